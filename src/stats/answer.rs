//! From events to the answers that stand, each with what its card was like before it.

use std::borrow::Borrow;

use crate::history::{Event, Kind, Past, by_card};
use crate::schedule::{Grade, Interval, Schedule, Scheduler, Stage};
use crate::time::{Day, Moment};

/// An event, and what figures need of it besides.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// What happened.
    pub event: Event<i64>,
    /// From question to rating, in milliseconds.
    pub took_ms: Option<i64>,
    /// Who wrote it, by the caller's number.
    pub device: i64,
    /// How sure the person said to be before the answer, in percent.
    pub sure: Option<u8>,
}

impl Borrow<Event<i64>> for Logged {
    fn borrow(&self) -> &Event<i64> {
        &self.event
    }
}

/// An answer that was not taken back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// The card: the smallest of the numbers that are one card.
    pub card: i64,
    /// When.
    pub when: Moment,
    /// The study day.
    pub day: Day,
    /// How well it was known.
    pub grade: Grade,
    /// From question to rating, in milliseconds.
    pub took_ms: Option<i64>,
    /// Who wrote it, by the caller's number.
    pub device: i64,
    /// How sure the person said to be before it, in percent.
    pub sure: Option<u8>,
    /// Whether nothing was known of the card before, not even from before it was started over.
    pub first: bool,
    /// The interval that it earned; `None` for what no schedule counts: repeats and practice.
    pub interval: Option<Interval>,
    /// How the card stood before an answer that counts; `None` if it had never been passed.
    pub before: Option<Before>,
}

/// How a card stood that had been passed before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Before {
    /// The interval that ended with the answer, or would have.
    pub interval: Interval,
    /// Whether it was passed the last time.
    pub in_review: bool,
}

impl Answer {
    /// Whether the card was recalled.
    pub fn passed(&self) -> bool {
        self.grade.rating.passed()
    }

    /// Whether a card in review was forgotten.
    pub fn lapse(&self) -> bool {
        !self.passed() && self.before.is_some_and(|before| before.in_review)
    }
}

/// Returns the answers that stand, oldest first.
///
/// As [`crate::history::replay`] sees them: what was taken back never was, and linked cards have
/// always been one. `scheduler` returns the one of a card, by the smallest of its numbers.
pub fn answers<'a, S: Scheduler + 'a>(
    logged: &[Logged],
    scheduler: impl Fn(i64) -> &'a S,
) -> Vec<Answer> {
    let mut all = Vec::with_capacity(logged.len());
    each_answer(logged, scheduler, |answer| all.push(answer));
    in_order(&mut all);
    all
}

/// Puts answers that came card by card in the order of [`answers`].
pub fn in_order(answers: &mut [Answer]) {
    answers.sort_by_key(|answer| (answer.when.at_ms, answer.card));
}

/// Calls `with` for each of the same, those to a card one after the other: that is found sooner.
pub fn each_answer<'a, S: Scheduler + 'a>(
    logged: &[Logged],
    scheduler: impl Fn(i64) -> &'a S,
    mut with: impl FnMut(Answer),
) {
    for (card, events) in by_card(logged) {
        Course::of(card, &events, scheduler(card)).answers.into_iter().for_each(&mut with);
    }
}

/// What happened to a card, and what a scheduler makes of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// What it has been through.
    pub past: Past,
    /// Its schedule after each of the past's steps.
    pub schedules: Vec<Schedule>,
    /// The answers, also those that no schedule counts and those from before it was started over.
    pub answers: Vec<Answer>,
}

/// Where an answer that a scheduler reads stands: in which life of the card, as which step.
type Place = (usize, usize);

impl Course {
    /// Returns that of `card`, whose `events` are as [`by_card`] returns them.
    pub fn of(card: i64, events: &[&Logged], scheduler: &impl Scheduler) -> Course {
        let mut past = Past::default();
        let mut found: Vec<(Answer, Option<Place>)> = Vec::with_capacity(events.len());
        for Logged { event, took_ms, device, sure } in events {
            let place = (past.former.len(), past.steps.len());
            let graded = match event.kind {
                Kind::Reviewed(grade) => Some((grade, Some(place))),
                Kind::Practised(grade) => Some((grade, None)),
                _ => None,
            };
            if let Some((grade, place)) = graded {
                let answer = Answer {
                    card,
                    when: event.when,
                    day: event.day,
                    grade,
                    took_ms: *took_ms,
                    device: *device,
                    sure: *sure,
                    first: place == Some((0, 0)),
                    interval: None,
                    before: None,
                };
                found.push((answer, place));
            }
            past.take(event);
        }
        let lives = past.former.iter().chain([&past.steps]);
        let mut lives: Vec<Vec<Schedule>> = lives.map(|steps| scheduler.schedules(steps)).collect();
        for (answer, place) in &mut found {
            let Some((life, step)) = *place else { continue };
            let Some(after) = lives[life].get(step).filter(|after| after.counted) else { continue };
            let before = step.checked_sub(1).and_then(|step| lives[life].get(step));
            answer.interval = Some(after.interval);
            answer.before = before
                .filter(|card| matches!(card.stage, Stage::Review | Stage::Relearning))
                .map(|card| Before {
                    interval: card.interval,
                    in_review: card.stage == Stage::Review,
                });
        }
        let answers = found.into_iter().map(|(answer, _)| answer).collect();
        Course { schedules: lives.pop().unwrap_or_default(), past, answers }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::history::{EventId, Placement, replay};
    use crate::schedule::Rating::{self, Again, Easy, Good, Hard};
    use crate::schedule::sm2::Sm2;
    use crate::settings::Sm2Profile;

    const SM2: Sm2 = Sm2 { profile: Sm2Profile::Text };

    fn logged(number: u8, card: i64, day: i32, kind: Kind<i64>) -> Logged {
        let when =
            Moment { at_ms: i64::from(day) * 86_400_000 + i64::from(number), utc_offset_s: 0 };
        let id = EventId([number; 16]);
        let event = Event { id, card: Some(card), when, day: Day(day), rev: None, kind };
        Logged { event, took_ms: Some(1_000), device: 7, sure: None }
    }

    fn history(events: &[(i64, i32, Kind<i64>)]) -> Vec<Logged> {
        let numbered = (1..).zip(events);
        numbered
            .map(|(number, (card, day, kind))| logged(number, *card, *day, kind.clone()))
            .collect()
    }

    fn reviewed(rating: Rating) -> Kind<i64> {
        Kind::Reviewed(Grade::from(rating))
    }

    /// Each answer's day, whether it is the first, the interval it earned, and how its card stood.
    type Seen = (i32, bool, Option<u32>, Option<(u32, bool)>);

    fn seen(events: Vec<Logged>) -> Vec<Seen> {
        let seen = |answer: &Answer| {
            let before = answer.before.map(|before| (before.interval.days(), before.in_review));
            (answer.day.0, answer.first, answer.interval.map(|interval| interval.days()), before)
        };
        answers(&events, |_| &SM2).iter().map(seen).collect()
    }

    #[test]
    fn an_answer_knows_how_its_card_stood() {
        let events = history(&[
            (1, 0, reviewed(Again)),
            (1, 0, reviewed(Good)),
            (1, 1, reviewed(Hard)),
            (1, 2, reviewed(Good)),
            (1, 8, reviewed(Again)),
            (1, 8, reviewed(Good)),
            (1, 9, reviewed(Easy)),
            (1, 9, Kind::Practised(Grade::from(Good))),
        ]);
        assert_eq!(
            seen(events),
            [
                (0, true, Some(1), None),
                (0, false, None, None),    // a repeat
                (1, false, Some(1), None), // never passed before
                (2, false, Some(6), Some((1, true))),
                (8, false, Some(1), Some((6, true))),
                (8, false, None, None),
                (9, false, Some(1), Some((1, false))),
                (9, false, None, None), // practice
            ]
        );
    }

    #[test]
    fn a_card_that_was_started_over_is_new_to_schedules_and_not_answered_for_the_first_time() {
        let events = history(&[
            (1, 0, reviewed(Good)),
            (1, 1, Kind::Reset),
            (1, 1, reviewed(Good)),
            (1, 2, reviewed(Good)),
        ]);
        assert_eq!(
            seen(events),
            [
                (0, true, Some(1), None),
                (1, false, Some(1), None),
                (2, false, Some(6), Some((1, true))),
            ]
        );
    }

    #[test]
    fn what_was_taken_back_never_was() {
        let mut events = history(&[(1, 0, reviewed(Good)), (1, 1, reviewed(Again))]);
        let target = events[0].event.id;
        events.push(logged(9, 1, 2, Kind::Retracted { target }));
        assert_eq!(seen(events), [(1, true, Some(1), None)]);
    }

    #[test]
    fn linked_cards_are_one_in_any_order_and_however_often() {
        let events = history(&[
            (5, 0, reviewed(Good)),
            (3, 1, reviewed(Good)),
            (3, 9, Kind::Linked { from: 5 }),
        ]);
        let wanted = [(0, true, Some(1), None), (1, false, Some(6), Some((1, true)))];
        assert_eq!(seen(events.clone()), wanted);
        let mut turned = [events.clone(), events.clone()].concat();
        turned.reverse();
        assert_eq!(seen(turned), wanted);
        assert!(answers(&events, |_| &SM2).iter().all(|answer| answer.card == 3));
    }

    #[test]
    fn a_card_learned_elsewhere_has_been_passed_there() {
        let placement = Placement { day: Day(0), interval: Some(30), ..Placement::default() };
        let events =
            history(&[(1, 0, Kind::Placed(Box::new(placement))), (1, 30, reviewed(Again))]);
        assert_eq!(seen(events), [(30, false, Some(1), Some((30, true)))]);
    }

    #[test]
    fn practice_comes_before_the_first_answer_and_is_none() {
        let events = history(&[(1, 0, Kind::Practised(Grade::from(Good))), (1, 1, reviewed(Good))]);
        assert_eq!(seen(events), [(0, false, None, None), (1, true, Some(1), None)]);
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert!(answers(&[], |_| &SM2).is_empty());
        assert!(
            seen(history(&[(1, 0, Kind::Suspended { because: None }), (1, 0, Kind::Other)]))
                .is_empty()
        );
    }

    /// Histories of four cards, with all that can happen to them.
    fn any_history() -> impl Strategy<Value = Vec<Logged>> {
        let event = (0..4_i64, 0..40_i32, 0..14_usize, 0..4_usize, any::<prop::sample::Index>());
        proptest::collection::vec(event, 1..60).prop_map(|events| {
            let mut all: Vec<Logged> = Vec::new();
            for (number, (card, day, kind, rating, index)) in (1..).zip(events) {
                let grade = Grade::from(Rating::ALL[rating]);
                let mut card = card;
                let kind = match kind {
                    0 => Kind::Practised(grade),
                    1 => Kind::Reset,
                    2 => Kind::Linked { from: (card + 1) % 4 },
                    3 if !all.is_empty() => {
                        let target = &all[index.index(all.len())].event;
                        card = target.card.unwrap_or(card);
                        Kind::Retracted { target: target.id }
                    }
                    4 => Kind::Placed(Box::new(Placement {
                        day: Day(day),
                        interval: Some(25),
                        ..Placement::default()
                    })),
                    _ => Kind::Reviewed(grade),
                };
                all.push(logged(number, card, day, kind));
            }
            all
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn neither_order_nor_repeats_make_a_difference(
            history in any_history(),
            turn in any::<prop::sample::Index>(),
        ) {
            let mut twice = [history.clone(), history.clone()].concat();
            let at = turn.index(twice.len());
            twice.rotate_left(at);
            let fold = |history: Vec<Logged>| answers(&history, |_| &SM2);
            prop_assert_eq!(fold(twice), fold(history));
        }

        #[test]
        fn what_counts_is_what_the_schedules_count(history in any_history()) {
            let found = answers(&history, |_| &SM2);
            let pasts = replay(history.iter().map(|logged| logged.event.clone()).collect());
            for card in found.iter().map(|answer| answer.card) {
                let past = &pasts[&card];
                let lives = past.former.iter().chain([&past.steps]);
                let counted: Vec<u32> = lives
                    .flat_map(|steps| Sm2::default().schedules(steps))
                    .filter(|schedule| schedule.counted)
                    .map(|schedule| schedule.interval.days())
                    .collect();
                let of_card = found.iter().filter(|answer| answer.card == card);
                let seen: Vec<u32> =
                    of_card.filter_map(|answer| Some(answer.interval?.days())).collect();
                prop_assert_eq!(seen, counted);
            }
            // By card they are the same.
            let mut by_card = Vec::new();
            each_answer(&history, |_| &SM2, |answer| by_card.push(answer));
            prop_assert!(by_card.is_sorted_by_key(|answer| answer.card));
            by_card.sort_by_key(|answer| answer.when.at_ms);
            let mut sorted = found.clone();
            sorted.sort_by_key(|answer| (answer.when.at_ms, answer.card));
            prop_assert_eq!(by_card, sorted);
            // A card is answered for the first time at most once.
            for card in 0..4 {
                let first = found.iter().filter(|answer| answer.card == card && answer.first);
                prop_assert!(first.count() <= 1);
            }
        }
    }
}
