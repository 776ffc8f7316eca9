//! One sitting, as a state machine: an input in, what the shell should do out.
//!
//! A session knows nothing of screens, clocks or databases. Cards are the shell's numbers; an
//! answer counts once the shell says that it is in the history ([`Session::recorded`]).

use std::collections::VecDeque;

use crate::history::EventId;
use crate::schedule::Grade;

/// What a person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Asked to see the answer.
    Reveal,
    /// Graded the card.
    Grade(Grade),
    /// Asked for a nudge.
    Hint,
    /// Took the last thing back.
    Undo,
    /// Put the card aside.
    Suspend,
    /// Put the card aside until tomorrow.
    Bury,
    /// Asked why the card comes when it does.
    Explain,
    /// Wants to edit the card.
    Edit,
    /// Wants to see or hear what the card names.
    Open,
    /// Counts what was typed as right, from now on.
    Accept,
    /// Asked what can be done here.
    Help,
    /// Had enough.
    Quit,
}

/// What the shell should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the current card.
    Ask,
    /// Show the answer of the current card.
    Reveal,
    /// Show its hint.
    Hint,
    /// Show why it comes when it does.
    Explain,
    /// Show what can be done.
    Help,
    /// Let the card be edited, then call [`Session::edited`].
    Edit,
    /// Open what the card names; what stands behind the question only if `revealed`.
    Open {
        /// Whether the answer is to be seen.
        revealed: bool,
    },
    /// Count what was typed as right.
    Accept,
    /// Put an answer into the history, then call [`Session::recorded`].
    Record {
        /// The card.
        card: i64,
        /// How well it was known.
        grade: Grade,
    },
    /// Put the card aside, then call [`Session::put_aside`].
    Suspend {
        /// The card.
        card: i64,
    },
    /// Put the card aside until tomorrow, then call [`Session::put_aside`].
    Bury {
        /// The card.
        card: i64,
    },
    /// Take an event back, then call [`Session::taken_back`].
    Retract {
        /// The event.
        event: EventId,
    },
    /// This sitting has nothing left to take back: what came before it may be.
    RetractEarlier,
    /// The answer must be seen before it can be graded.
    RevealFirst,
    /// Leave, with the summary.
    Finish,
}

/// Something that was done in this sitting and can be taken back.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Deed {
    event: EventId,
    card: i64,
    /// The grade, where it was an answer.
    grade: Option<Grade>,
    /// Whether it put the card at the end of the queue once more.
    queued_again: bool,
}

/// What a sitting came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Answers given, repeats among them.
    pub answers: usize,
    /// Different cards that were answered.
    pub cards: usize,
    /// Cards that were answered below a pass, each once, in the order of their first miss.
    pub missed: Vec<i64>,
    /// Cards that are still in the queue.
    pub left: usize,
}

/// One sitting.
#[derive(Clone, Debug)]
pub struct Session {
    queue: VecDeque<i64>,
    revealed: bool,
    done: Vec<Deed>,
    /// Whether a card that is not settled comes again before the end.
    repeats: bool,
}

impl Session {
    /// Begins a sitting over `cards`, in this order. With `repeats` a card that is not settled comes
    /// back at the end until it is.
    pub fn new(cards: impl IntoIterator<Item = i64>, repeats: bool) -> Session {
        Session { queue: cards.into_iter().collect(), revealed: false, done: Vec::new(), repeats }
    }

    /// Returns the card that is being asked; `None` at the end.
    pub fn current(&self) -> Option<i64> {
        self.queue.front().copied()
    }

    /// Whether the answer of the current card is to be seen.
    pub fn revealed(&self) -> bool {
        self.revealed
    }

    /// Returns how many answers are left, the current card's among them.
    pub fn left(&self) -> usize {
        self.queue.len()
    }

    /// Returns how many answers this sitting has so far.
    pub fn answered(&self) -> usize {
        self.done.iter().filter(|deed| deed.grade.is_some()).count()
    }

    /// Returns what to do first.
    pub fn begin(&self) -> Effect {
        if self.queue.is_empty() { Effect::Finish } else { Effect::Ask }
    }

    /// Returns what `input` means now.
    pub fn step(&mut self, input: Input) -> Effect {
        if input == Input::Undo {
            return match self.done.last() {
                Some(deed) => Effect::Retract { event: deed.event },
                None => Effect::RetractEarlier,
            };
        }
        let Some(card) = self.current() else { return Effect::Finish };
        match input {
            Input::Reveal if self.revealed => Effect::Help,
            Input::Reveal => {
                self.revealed = true;
                Effect::Reveal
            }
            Input::Grade(_) if !self.revealed => Effect::RevealFirst,
            Input::Grade(grade) => Effect::Record { card, grade },
            Input::Hint => Effect::Hint,
            Input::Suspend => Effect::Suspend { card },
            Input::Bury => Effect::Bury { card },
            Input::Explain => Effect::Explain,
            Input::Help => Effect::Help,
            Input::Edit => Effect::Edit,
            Input::Open => Effect::Open { revealed: self.revealed },
            Input::Accept if !self.revealed => Effect::RevealFirst,
            Input::Accept => Effect::Accept,
            Input::Quit | Input::Undo => Effect::Finish,
        }
    }

    /// Takes note that the answer to the current card is in the history as `event`. With `again`
    /// the card is not settled for today.
    pub fn recorded(&mut self, event: EventId, grade: Grade, again: bool) -> Effect {
        let Some(card) = self.queue.pop_front() else { return Effect::Finish };
        let queued_again = self.repeats && again;
        if queued_again {
            self.queue.push_back(card);
        }
        self.done.push(Deed { event, card, grade: Some(grade), queued_again });
        self.next()
    }

    /// Takes note that the current card was put aside by `event`.
    pub fn put_aside(&mut self, event: EventId) -> Effect {
        let Some(card) = self.queue.pop_front() else { return Effect::Finish };
        self.done.push(Deed { event, card, grade: None, queued_again: false });
        self.next()
    }

    /// Takes note that the last deed was taken back: its card is asked again.
    pub fn taken_back(&mut self) -> Effect {
        if let Some(deed) = self.done.pop() {
            if deed.queued_again
                && let Some(at) = self.queue.iter().rposition(|card| *card == deed.card)
            {
                self.queue.remove(at);
            }
            self.queue.push_front(deed.card);
        }
        self.next()
    }

    /// Takes note that something from before this sitting was taken back; `card` is asked now.
    pub fn taken_back_earlier(&mut self, card: i64) -> Effect {
        self.queue.retain(|other| *other != card);
        self.queue.push_front(card);
        self.next()
    }

    /// Takes note that the current card was edited and is `card` now: it is asked anew.
    pub fn edited(&mut self, card: i64) -> Effect {
        if let Some(current) = self.queue.front_mut() {
            *current = card;
        }
        self.next()
    }

    /// Leaves out the current card, because it needs no answer any more.
    pub fn skip(&mut self) -> Effect {
        self.queue.pop_front();
        self.next()
    }

    fn next(&mut self) -> Effect {
        self.revealed = false;
        self.begin()
    }

    /// Returns what the sitting came to so far.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary { left: self.queue.len(), ..Summary::default() };
        let mut seen = std::collections::HashSet::new();
        for deed in &self.done {
            let Some(grade) = deed.grade else { continue };
            summary.answers += 1;
            summary.cards += usize::from(seen.insert(deed.card));
            if !grade.rating.passed() && !summary.missed.contains(&deed.card) {
                summary.missed.push(deed.card);
            }
        }
        summary
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Rating;
    use Rating::{Again, Good};

    fn event(number: u8) -> EventId {
        EventId([number; 16])
    }

    fn answer(session: &mut Session, number: u8, rating: Rating) -> Effect {
        session.step(Input::Reveal);
        let Effect::Record { grade, .. } = session.step(Input::Grade(rating.into())) else {
            panic!("not recorded")
        };
        session.recorded(event(number), grade, !grade.settles())
    }

    #[test]
    fn a_card_that_is_not_good_comes_back_at_the_end_until_it_is() {
        let mut session = Session::new([1, 2], true);
        assert_eq!(session.begin(), Effect::Ask);
        answer(&mut session, 1, Again);
        assert_eq!(session.current(), Some(2));
        answer(&mut session, 2, Good);
        assert_eq!(session.current(), Some(1));
        assert_eq!(answer(&mut session, 3, Rating::Hard), Effect::Ask);
        assert_eq!(answer(&mut session, 4, Good), Effect::Finish);
        let summary = session.summary();
        assert_eq!((summary.answers, summary.cards, summary.missed), (4, 2, vec![1]));
    }

    #[test]
    fn nothing_is_graded_unseen() {
        let mut session = Session::new([1], true);
        assert_eq!(session.step(Input::Grade(Good.into())), Effect::RevealFirst);
        assert_eq!(session.step(Input::Reveal), Effect::Reveal);
        assert_eq!(
            session.step(Input::Grade(Good.into())),
            Effect::Record { card: 1, grade: Good.into() }
        );
        // Until the shell says so, nothing has happened.
        assert_eq!((session.answered(), session.left()), (0, 1));
    }

    #[test]
    fn undo_goes_back_to_any_depth_and_leaves_the_queue_as_it_was() {
        let mut session = Session::new([1, 2, 3], true);
        answer(&mut session, 1, Again);
        answer(&mut session, 2, Good);
        session.step(Input::Suspend);
        session.put_aside(event(3));
        assert_eq!(session.current(), Some(1));
        for number in [3, 2, 1] {
            assert_eq!(session.step(Input::Undo), Effect::Retract { event: event(number) });
            session.taken_back();
        }
        assert_eq!(session.queue, [1, 2, 3]);
        assert_eq!(session.step(Input::Undo), Effect::RetractEarlier);
        assert_eq!(session.summary(), Summary { left: 3, ..Summary::default() });
    }

    #[test]
    fn the_last_answer_can_be_taken_back_too() {
        let mut session = Session::new([1], true);
        assert_eq!(answer(&mut session, 1, Good), Effect::Finish);
        assert_eq!(session.step(Input::Undo), Effect::Retract { event: event(1) });
        assert_eq!(session.taken_back(), Effect::Ask);
    }

    #[test]
    fn practice_asks_each_card_once() {
        let mut session = Session::new([1], false);
        assert_eq!(answer(&mut session, 1, Again), Effect::Finish);
    }
}
