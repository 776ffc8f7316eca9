//! One sitting: what the session wants done is done here, to the history and on the front.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::answer::{Asks, record, say_what_was_missed};
use super::{Asking, Front, Said, View};
use crate::card::CardId;
use crate::cli::error::CliError;
use crate::cli::home::Desk;
use crate::cli::io::Io;
use crate::cli::{backlog, explain, scheduler, undo, words};
use crate::history::{Deed, EventId};
use crate::queue::{Candidate, Wish};
use crate::schedule::{Grade, Rating};
use crate::session::{Effect, Input, Session};
use crate::settings::Grades;
use crate::store::{Entry, Standing};
use crate::text;
use crate::time::Day;

/// A card of a sitting.
#[derive(PartialEq)]
enum Asked {
    /// By the caches' number. That changes as soon as any program reads an edited deck, so it is
    /// used only until the first question is to be seen, which should be soon.
    Row(i64),
    /// By its id.
    Card(CardId),
}

/// A deck into which a wording was written.
pub struct Accepted {
    pub(super) path: PathBuf,
    pub(super) before: String,
    pub(super) after: String,
}

/// A sitting on its way.
pub struct Sitting {
    pub(super) session: Session,
    /// The cards by the session's numbers for them.
    cards: Vec<Asked>,
    began: Instant,
    /// How long it may last: no card is asked after that.
    time: Option<Duration>,
    asked_at: Instant,
    pub(super) view: Option<View>,
    /// What was written into a deck while the current card was asked, to be taken back first.
    pub(super) accepted: Option<Accepted>,
    /// How many files of the current card were opened.
    pub(super) opened: usize,
    /// The number of a card that is asked although it is not due, because its answer was taken back.
    pub(super) forced: Option<i64>,
    practice: bool,
    /// Whether it is over cards that were chosen: what was done to others is left alone.
    is_chosen: bool,
    /// Whether the learner wants to type, in this sitting.
    by_typing: bool,
    horizon: Day,
    interrupted: bool,
    /// Whether the last thing done, and not taken back, was an answer.
    answered_last: bool,
}

impl Sitting {
    /// Begins a sitting over `cards`. Cards due after `horizon` are left out when their turn comes.
    pub fn new(cards: &[Candidate], practice: bool, horizon: Day) -> Sitting {
        let cards: Vec<Asked> = cards.iter().map(|card| Asked::Row(card.card)).collect();
        Sitting {
            session: Session::new((0..).take(cards.len()), !practice),
            cards,
            began: Instant::now(),
            time: None,
            asked_at: Instant::now(),
            view: None,
            accepted: None,
            opened: 0,
            forced: None,
            practice,
            is_chosen: false,
            by_typing: false,
            horizon,
            interrupted: false,
            answered_last: false,
        }
    }

    /// Returns the same, to end when `time` is over.
    pub fn within(self, time: Option<Duration>) -> Sitting {
        Sitting { time, ..self }
    }

    /// Returns the same, over cards that were chosen.
    pub fn over_chosen(self, is_chosen: bool) -> Sitting {
        Sitting { is_chosen, ..self }
    }

    /// Returns the same, with answers typed.
    pub fn by_typing(self, by_typing: bool) -> Sitting {
        Sitting { by_typing, ..self }
    }

    /// Returns the card that has this number in the session.
    fn card(&self, number: i64, desk: &Desk) -> Result<Option<CardId>, CliError> {
        let asked = usize::try_from(number).ok().and_then(|at| self.cards.get(at));
        Ok(match asked {
            Some(Asked::Card(card)) => Some(card.clone()),
            Some(Asked::Row(row)) => desk.store.id_of(*row)?,
            None => None,
        })
    }

    /// Takes down the ids of all cards, while the first question is read.
    fn take_down_ids(&mut self, desk: &Desk) -> Result<(), CliError> {
        for asked in &mut self.cards {
            if let Asked::Row(row) = asked
                && let Some(card) = desk.store.id_of(*row)?
            {
                *asked = Asked::Card(card);
            }
        }
        Ok(())
    }

    /// Returns the session's number for a card, a new one if it has none.
    pub(super) fn number_of(&mut self, card: CardId) -> i64 {
        let card = Asked::Card(card);
        let at = self.cards.iter().position(|known| *known == card).unwrap_or_else(|| {
            self.cards.push(card);
            self.cards.len() - 1
        });
        i64::try_from(at).unwrap_or(i64::MAX)
    }

    /// Whether an answer ended it, so that no key can take that answer back.
    pub fn ended_by_an_answer(&self) -> bool {
        self.answered_last && self.session.left() == 0
    }

    /// Whether the person left by Ctrl-C.
    pub fn interrupted(&self) -> bool {
        self.interrupted
    }

    /// Asks card after card until there is none or the person leaves.
    ///
    /// # Errors
    ///
    /// What the database or the terminal says; every answer that was acknowledged is safe.
    pub fn run(
        &mut self,
        desk: &mut Desk,
        io: &mut Io,
        front: &mut dyn Front,
    ) -> Result<(), CliError> {
        let mut effect = self.session.begin();
        loop {
            effect = match effect {
                Effect::Finish => return Ok(()),
                Effect::Ask => match self.ask(desk, io, front)? {
                    Some(effect) => effect,
                    None => self.session.skip(),
                },
                Effect::Reveal => {
                    if let Some(view) = &self.view {
                        front.reveal(io, view)?;
                    }
                    self.listen(desk, io, front)?
                }
                Effect::Record { card: _, grade } => self.record(grade, desk, io, front)?,
                Effect::Suspend { card: _ } => self.put_aside(
                    Deed::Suspended { because: None },
                    "suspended until it is resumed",
                    desk,
                    io,
                    front,
                )?,
                Effect::Bury { card: _ } => {
                    let until = desk.today.plus(1);
                    self.put_aside(
                        Deed::Buried { until },
                        "buried until tomorrow",
                        desk,
                        io,
                        front,
                    )?
                }
                Effect::Retract { .. } | Effect::RetractEarlier if self.accepted.is_some() => {
                    self.take_wording_back(desk, io, front)?;
                    self.listen(desk, io, front)?
                }
                Effect::Retract { event } => self.take_back(event, desk, io, front)?,
                Effect::RetractEarlier => self.take_back_earlier(desk, io, front)?,
                Effect::Hint => {
                    let hint =
                        self.view.as_ref().and_then(|view| view.standing.card.details.hint.clone());
                    let hint = hint.map_or("This card has no hint.".to_owned(), |hint| {
                        format!("Hint: {}", hint.trim())
                    });
                    front.say(io, &hint)?;
                    self.listen(desk, io, front)?
                }
                Effect::Explain => {
                    if let Some(view) = &self.view {
                        let lines = explain::explained(&view.standing, 3, desk)?;
                        front.explain(io, &lines)?;
                    }
                    self.listen(desk, io, front)?
                }
                Effect::Open { revealed } => {
                    self.open(revealed, desk, io, front)?;
                    self.listen(desk, io, front)?
                }
                Effect::Accept => {
                    self.accept(desk, io, front)?;
                    self.listen(desk, io, front)?
                }
                Effect::Edit => self.edit(desk, io, front)?,
                Effect::Help => {
                    front.help(io, desk.settings.grades)?;
                    self.listen(desk, io, front)?
                }
                Effect::RevealFirst => {
                    front.say(io, "See the answer first.")?;
                    self.listen(desk, io, front)?
                }
            };
        }
    }

    /// Asks the current card; `None` if it needs no answer any more.
    fn ask(
        &mut self,
        desk: &mut Desk,
        io: &mut Io,
        front: &mut dyn Front,
    ) -> Result<Option<Effect>, CliError> {
        let Some(number) = self.session.current() else { return Ok(Some(Effect::Finish)) };
        if self.time.is_some_and(|time| self.began.elapsed() >= time) {
            front.say(io, "The time is over.")?;
            return Ok(Some(Effect::Finish));
        }
        let forced = self.forced.take() == Some(number);
        // What was answered here, and in another window, is known before the next card is chosen.
        desk.store.settle(&desk.settings)?;
        let Some(card) = self.card(number, desk)? else { return Ok(None) };
        let standing = desk.store.standing(&card, &desk.settings)?;
        let Some(standing) = standing.filter(|standing| !standing.parked) else { return Ok(None) };
        if !forced && !self.still_wanted(&standing, desk) {
            return Ok(None);
        }
        let asks = Asks {
            practice: self.practice,
            by_typing: self.by_typing,
            answered: self.session.answered(),
            left: self.session.left(),
            on_board: false,
        };
        let view = View::of(standing, asks, desk)?;
        self.accepted = None;
        front.ask(io, &view)?;
        if self.view.is_none() {
            self.take_down_ids(desk)?;
        }
        self.view = Some(view);
        self.opened = 0;
        self.asked_at = Instant::now();
        self.listen(desk, io, front).map(Some)
    }

    /// Whether nobody answered the card, or put it aside, since the queue was made.
    fn still_wanted(&self, standing: &Standing, desk: &Desk) -> bool {
        let today = desk.today;
        if standing.suspended || standing.buried(today) {
            return false;
        }
        self.practice
            || standing.changed.is_some()
            || standing.schedule.is_none_or(|schedule| {
                schedule.repeat_on == Some(today)
                    || (schedule.last_day < today && schedule.due <= self.horizon)
            })
    }

    /// Waits for something that means something.
    pub(super) fn listen(
        &mut self,
        desk: &Desk,
        io: &mut Io,
        front: &mut dyn Front,
    ) -> Result<Effect, CliError> {
        let grades = desk.settings.grades;
        loop {
            let revealed = self.session.revealed();
            let asking = self.view.as_ref().map_or(Asking::Reveal, |view| view.asking(revealed));
            let input = match front.listen(io, asking, grades)? {
                Said::Input(input) => input,
                Said::Empty if revealed => {
                    let proposal = self.view.as_ref().map_or(Rating::Good, View::proposal);
                    Input::Grade(proposal.into())
                }
                Said::Empty => Input::Reveal,
                Said::Chosen(place) => {
                    if let Some(view) = &mut self.view {
                        view.choose(place);
                    }
                    Input::Reveal
                }
                Said::Typed(lines) => {
                    if let Some(view) = &mut self.view {
                        view.judge(lines, &desk.settings);
                    }
                    Input::Reveal
                }
                // Only the board asks that.
                Said::Judged(_) => continue,
                Said::Unknown(what) => {
                    front.say(io, &not_understood(&what, revealed, grades))?;
                    continue;
                }
                Said::End => Input::Quit,
                Said::Interrupt => {
                    self.interrupted = true;
                    Input::Quit
                }
            };
            return Ok(self.session.step(input));
        }
    }

    /// Puts the answer into the history, and only then says so.
    fn record(
        &mut self,
        grade: Grade,
        desk: &mut Desk,
        io: &mut Io,
        front: &mut dyn Front,
    ) -> Result<Effect, CliError> {
        let Some(view) = &self.view else { return Ok(self.session.skip()) };
        let answered = view.answered(grade, self.asked_at.elapsed());
        let recorded = record(view, answered, desk, io, front)?;
        self.answered_last = true;
        Ok(self.session.recorded(recorded.event, grade, recorded.again))
    }

    fn put_aside(
        &mut self,
        deed: Deed,
        words: &str,
        desk: &mut Desk,
        io: &mut Io,
        front: &mut dyn Front,
    ) -> Result<Effect, CliError> {
        let Some(view) = &self.view else { return Ok(self.session.skip()) };
        let card = view.standing.card.id.clone();
        let entry = Entry::now(card.clone(), deed, desk.now());
        let appended = desk.store.append(&[entry], &desk.settings)?;
        front.say(io, &format!("{} {words}", text::one_line(card.as_str())))?;
        self.answered_last = false;
        Ok(match appended.first() {
            Some(appended) => self.session.put_aside(appended.id),
            None => self.session.skip(),
        })
    }

    fn take_back(
        &mut self,
        event: EventId,
        desk: &mut Desk,
        io: &mut Io,
        front: &mut dyn Front,
    ) -> Result<Effect, CliError> {
        match desk.store.retract(event, desk.now(), &desk.settings)? {
            Some(record) => front.say(io, &format!("Taken back: {}", undo::described(&record)))?,
            None => front.say(io, "That was taken back elsewhere already.")?,
        }
        let effect = self.session.taken_back();
        self.answered_last = false;
        self.forced = self.session.current();
        Ok(effect)
    }

    /// Takes back what was done before this sitting began.
    fn take_back_earlier(
        &mut self,
        desk: &mut Desk,
        io: &mut Io,
        front: &mut dyn Front,
    ) -> Result<Effect, CliError> {
        if self.is_chosen {
            let undo = desk.home.command("undo");
            front.say(io, &format!("Nothing was done in this review yet; `{undo}` takes back what was done before it."))?;
            return self.listen(desk, io, front);
        }
        let undone = desk.store.undo(1, desk.now(), &desk.settings)?;
        let Some(record) = undone.first() else {
            front.say(io, "There is nothing to take back.")?;
            return self.listen(desk, io, front);
        };
        front.say(
            io,
            &format!("Taken back, from before this sitting: {}", undo::described(record)),
        )?;
        let card = record.card.clone().unwrap_or_else(|| CardId::new(""));
        let standing = desk.store.standing(&card, &desk.settings)?;
        match standing.filter(|standing| !standing.parked) {
            Some(standing) => {
                let number = self.number_of(standing.card.id);
                let effect = self.session.taken_back_earlier(number);
                self.forced = Some(number);
                Ok(effect)
            }
            None => self.listen(desk, io, front),
        }
    }

    /// Says what the sitting came to; `all` says whether it was over everything of today.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn summarise(&self, all: bool, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
        // What was edited meanwhile is part of what is left.
        desk.bring_up_to_date()?;
        desk.say_what_was_linked(io);
        let summary = self.session.summary();
        if summary.answers > 0 {
            let took = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
            io.say(format!(
                "{} to {} in {}.",
                words::count(summary.answers, "answer", "answers"),
                words::count(summary.cards, "card", "cards"),
                words::span(took)
            ))?;
            let missed = summary.missed.iter().map(|number| self.card(*number, desk));
            let missed: Vec<CardId> =
                missed.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
            say_what_was_missed(&missed, desk, io)?;
        }
        if self.practice {
            return Ok(());
        }
        if summary.answers > 0 {
            scheduler::refit(desk, io)?;
        }
        let plan = desk.plan(None, Wish::default())?;
        let left = plan.due + plan.new;
        if summary.answers == 0 {
            return io.say(format!("Nothing answered; {} left for today.", words::grouped(left)));
        }
        if left > 0 {
            let goes_on = if all { "goes on where you stopped" } else { "asks the rest" };
            return io.say(format!(
                "{} left for today{}: `{}` {goes_on}.",
                words::grouped(left),
                if all { "" } else { " in all decks" },
                desk.home.command("review"),
            ));
        }
        if let Some(forecast) = backlog::forecast(&plan, desk)? {
            io.say(forecast)?;
        }
        if let Some((day, cards)) = desk.store.next_due(desk.today)? {
            io.say(format!(
                "Done for today. Come back {}: {} then ({day}).",
                words::relative(day, desk.today),
                words::count(cards, "card is due", "cards are due")
            ))?;
        }
        Ok(())
    }
}

fn not_understood(what: &str, revealed: bool, grades: Grades) -> String {
    let what = text::one_line(what);
    let take = match (revealed, grades) {
        (false, _) => "an empty line shows the answer".to_owned(),
        (true, Grades::Four) => "1 to 4, or an empty line for good".to_owned(),
        (true, Grades::Six) => "0 to 5, or an empty line for good".to_owned(),
    };
    format!("{what:?} is not understood here: {take}; :? helps")
}
