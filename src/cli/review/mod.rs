//! `review`: the daily sitting.
//!
//! The session decides what happens; a [`Front`] shows it and says what the person did: keys on a
//! terminal ([`keys`]), or lines ([`plain`]).

mod ask;
mod keys;
mod plain;
mod screen;
mod terminal;

use std::time::Instant;

use super::args::Review;
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use super::{doctor, due, grade, list, undo, words};
use crate::answer::Piece;
use crate::card::CardId;
use crate::diagnostic::Severity;
use crate::history::{Deed, EventId};
use crate::queue::{self, Candidate, Plan, Wish};
use crate::schedule::{Grade, Quality, Rating, Schedule, Stage};
use crate::session::{Effect, Input, Session};
use crate::settings::Grades;
use crate::store::{Entry, Standing};
use crate::{answer, text};

/// What is to be seen of the card that is asked.
pub struct View {
    /// The card.
    pub standing: Standing,
    /// The name of its deck that a person reads.
    pub deck: String,
    /// How many answers this sitting has so far.
    pub answered: usize,
    /// How many answers are left, this card's among them.
    pub left: usize,
    /// Whether it was asked today already.
    pub again: bool,
    /// Whether no schedule will read the answer.
    pub practice: bool,
    /// The grades that can be given, worst first.
    pub grades: Vec<Grade>,
    /// What each of them leads to; empty for practice.
    pub outlook: Vec<Schedule>,
    /// What changed in the answer since it was last passed.
    pub change: Option<Change>,
}

/// What changed in an answer.
pub struct Change {
    /// The day it was last passed.
    pub since: crate::time::Day,
    /// The difference, by words.
    pub pieces: Vec<Piece>,
}

/// What a person did.
pub enum Said {
    /// Something for the session.
    Input(Input),
    /// An empty answer: what that means depends on what is to be seen.
    Empty,
    /// Nothing that is known here.
    Unknown(String),
    /// Nobody is there any more.
    End,
    /// Ctrl-C.
    Interrupt,
}

/// Where a sitting is seen and answered.
pub trait Front {
    /// Shows the question.
    fn ask(&mut self, io: &mut Io, view: &View) -> Result<(), CliError>;
    /// Shows the answer.
    fn reveal(&mut self, io: &mut Io, view: &View) -> Result<(), CliError>;
    /// Says something in between.
    fn say(&mut self, io: &mut Io, words: &str) -> Result<(), CliError>;
    /// Says that an answer is in the history.
    fn acknowledge(&mut self, io: &mut Io, acknowledged: &Acknowledged<'_>)
    -> Result<(), CliError>;
    /// Says what can be done.
    fn help(&mut self, io: &mut Io, grades: Grades) -> Result<(), CliError>;
    /// Waits for what the person does.
    fn listen(&mut self, io: &mut Io, revealed: bool, grades: Grades) -> Result<Said, CliError>;
    /// Gives the screen back.
    fn leave(&mut self, io: &mut Io) -> Result<(), CliError>;
}

/// An answer that is in the history.
pub struct Acknowledged<'a> {
    /// The line that a script waits for.
    pub line: &'a str,
    /// The grade.
    pub grade: Grade,
    /// The card as it stands now.
    pub standing: &'a Standing,
    /// Whether no schedule reads it.
    pub practice: bool,
    /// The study day.
    pub today: crate::time::Day,
}

/// Reviews what is due.
pub fn run(args: &Review, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    if !desk.store.writable() {
        return Err(crate::store::StoreError::ReadOnly(desk.store.path().to_owned()).into());
    }
    let by_keys = io.interactive && !args.plain && !desk.environment.dumb;
    say_before(desk, io)?;
    if by_keys {
        ask::about_edits(desk, io)?;
    }
    let order = order(args, desk, io)?;
    if order.is_empty() {
        return io.say(nothing(args, desk)?);
    }
    say_where_it_goes_on(desk, io)?;
    let mut front: Box<dyn Front> =
        if by_keys { Box::new(keys::Keys::new()?) } else { Box::new(plain::Plain::new()) };
    let mut sitting = Sitting {
        session: Session::new(order.iter().map(|card| card.card), !args.cram),
        began: Instant::now(),
        asked_at: Instant::now(),
        view: None,
        forced: None,
        practice: args.cram,
        horizon: desk.today.plus(args.ahead),
        interrupted: false,
    };
    let done = sitting.run(desk, io, front.as_mut());
    let left = front.leave(io);
    match done {
        // Whoever read the lines has gone: what was answered is in the history all the same.
        Err(CliError::ClosedPipe) => return Err(CliError::ClosedPipe),
        done => done?,
    }
    left?;
    sitting.summarise(desk, io)?;
    io.flush()?;
    tidy_up(desk, io)?;
    if sitting.interrupted { Err(CliError::Quiet(130)) } else { Ok(()) }
}

/// Names what is wrong before the first card.
fn say_before(desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let findings = desk.findings()?;
    let errors: Vec<_> =
        findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    const MOST: usize = 5;
    for error in errors.iter().take(MOST) {
        let place = match (error.line, error.column) {
            (0, _) => error.file.clone(),
            (line, 0) => format!("{}:{line}", error.file),
            (line, column) => format!("{}:{line}:{column}", error.file),
        };
        io.note(text::one_line(&format!("{place}: {}", error.message)));
    }
    if !errors.is_empty() {
        io.note(format!(
            "{} in the decks; the cards there are left out, the others are asked. `retain check` shows {}.",
            words::count(errors.len(), "error", "errors"),
            if errors.len() == 1 { "it" } else { "them" }
        ));
    }
    if let Some(newest) = doctor::ahead_of_clock(desk)? {
        io.note(format!(
            "warning: the history has an event from {}, and the clock says {}. If the clock is wrong, mend it before you answer; `retain doctor` says more.",
            newest.to_rfc3339(),
            desk.now.to_rfc3339()
        ));
    }
    Ok(())
}

/// Says that this sitting goes on where an earlier one of today ended, however it ended.
fn say_where_it_goes_on(desk: &Desk, io: &mut Io) -> Result<(), CliError> {
    let (answered, last) = desk.store.answered_on(desk.today)?;
    if let (1.., Some(last)) = (answered, last) {
        io.say(format!(
            "Going on: {} answered today, the last at {}; all of it is in the history.",
            words::count(answered, "card", "cards"),
            last.wall_clock().format("%H:%M")
        ))?;
    }
    Ok(())
}

fn order(args: &Review, desk: &mut Desk, io: &mut Io) -> Result<Vec<Candidate>, CliError> {
    let seed = desk.chance.seed();
    let chosen = list::chosen(&args.query, desk)?;
    let mut order = if args.cram {
        let all = match chosen {
            Some(chosen) => chosen,
            None => desk.store.standings()?,
        };
        let candidates = all
            .iter()
            .filter(|card| !card.parked)
            .map(|card| card.candidate(desk.deck_of(card), desk.today))
            .filter(|card| !card.hidden)
            .collect();
        queue::practice(candidates, desk.today, desk.settings.order, seed)
    } else {
        let wish = Wish { ahead: args.ahead, new: args.new, seed };
        let plan = desk.plan(chosen.as_deref(), wish)?;
        say_what_waits(&plan, io);
        plan.order
    };
    order.truncate(args.limit.unwrap_or(usize::MAX));
    Ok(order)
}

fn say_what_waits(plan: &Plan, io: &mut Io) {
    if plan.new_held_back {
        io.note("New cards wait until fewer are due (`new_while_behind: yes` lets them in).");
    }
    if plan.over_limit > 0 {
        io.note(format!(
            "{} more due; reviews_per_day keeps them for another day.",
            words::grouped(plan.over_limit)
        ));
    }
}

fn nothing(args: &Review, desk: &Desk) -> Result<String, CliError> {
    if args.cram || !args.query.is_empty() {
        return Ok("no card to ask: nothing that matches is due or let in today; `retain list QUERY` shows what matches".to_owned());
    }
    due::nothing_due(desk)
}

/// A sitting on its way.
struct Sitting {
    session: Session,
    began: Instant,
    asked_at: Instant,
    view: Option<View>,
    /// A card that is asked although it is not due, because its answer was taken back.
    forced: Option<i64>,
    practice: bool,
    horizon: crate::time::Day,
    interrupted: bool,
}

impl Sitting {
    fn run(&mut self, desk: &mut Desk, io: &mut Io, front: &mut dyn Front) -> Result<(), CliError> {
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
                    Deed::Suspended,
                    "suspended: `retain resume` takes it up again",
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
                        for line in super::explain::explained(&view.standing, 3, desk)? {
                            front.say(io, &line)?;
                        }
                    }
                    self.listen(desk, io, front)?
                }
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
        let Some(row) = self.session.current() else { return Ok(Some(Effect::Finish)) };
        let forced = self.forced.take() == Some(row);
        // What was answered here, and in another window, is known before the next card is chosen.
        desk.store.settle(&desk.settings)?;
        let Some(standing) = desk.store.standing_of(row)? else { return Ok(None) };
        if !forced && !self.still_wanted(&standing, desk) {
            return Ok(None);
        }
        let view = self.view_of(standing, desk)?;
        front.ask(io, &view)?;
        self.view = Some(view);
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

    fn view_of(&self, standing: Standing, desk: &mut Desk) -> Result<View, CliError> {
        let grades: Vec<Grade> = match desk.settings.grades {
            Grades::Four => Rating::ALL.into_iter().map(Grade::from).collect(),
            Grades::Six => (0..=5).filter_map(Quality::new).map(Grade::from).collect(),
        };
        let outlook = if self.practice {
            Vec::new()
        } else {
            desk.store.outlook(&standing, &desk.settings, desk.clock.now(), &grades)?
        };
        let change = match standing.changed {
            Some(since) => desk.store.wording_passed(&standing.card.id)?.map(|was| Change {
                since,
                pieces: answer::word_difference(
                    &was.answer().texts().join("\n"),
                    &standing.card.back.texts().join("\n"),
                ),
            }),
            None => None,
        };
        let deck = desk.decks.get(desk.deck_of(&standing));
        Ok(View {
            deck: deck.map_or(standing.deck.clone(), |deck| deck.title().to_owned()),
            answered: self.session.answered(),
            left: self.session.left(),
            again: standing.schedule.is_some_and(|schedule| schedule.last_day == desk.today),
            practice: self.practice,
            grades,
            outlook,
            change,
            standing,
        })
    }

    /// Waits for something that means something.
    fn listen(
        &mut self,
        desk: &Desk,
        io: &mut Io,
        front: &mut dyn Front,
    ) -> Result<Effect, CliError> {
        let grades = desk.settings.grades;
        loop {
            let input = match front.listen(io, self.session.revealed(), grades)? {
                Said::Input(input) => input,
                Said::Empty if self.session.revealed() => Input::Grade(Rating::Good.into()),
                Said::Empty => Input::Reveal,
                Said::Unknown(what) => {
                    let revealed = self.session.revealed();
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
        let took_ms = Some(i64::try_from(self.asked_at.elapsed().as_millis()).unwrap_or(i64::MAX));
        let deed = if self.practice {
            Deed::Practised { grade, took_ms }
        } else {
            Deed::Reviewed { grade, took_ms }
        };
        let card = view.standing.card.id.clone();
        let entry = Entry::now(card.clone(), deed, desk.now())
            .asking(&view.standing.card, &view.standing.deck);
        let event = desk.store.record(&entry, &desk.settings)?.id;
        {
            let (standing, counted) = grade::after(view.standing.clone(), event, desk)?;
            let line = if self.practice {
                format!("{} {}, for practice", text::one_line(card.as_str()), grade.rating)
            } else {
                grade::acknowledgement(&standing, grade, counted, desk)
            };
            let (practice, today) = (self.practice, desk.today);
            let acknowledged =
                Acknowledged { line: &line, grade, standing: &standing, practice, today };
            front.acknowledge(io, &acknowledged)?;
        }
        Ok(self.session.recorded(event, grade))
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
        let there = desk.store.retract(event, desk.now(), &desk.settings)?;
        front.say(
            io,
            if there { "Taken back." } else { "That was taken back elsewhere already." },
        )?;
        let effect = self.session.taken_back();
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
        let row = desk.store.standing(&card, &desk.settings)?.and_then(|standing| standing.row);
        match row {
            Some(row) => {
                let effect = self.session.taken_back_earlier(row);
                self.forced = Some(row);
                Ok(effect)
            }
            None => self.listen(desk, io, front),
        }
    }

    /// Says what the sitting came to.
    fn summarise(&self, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
        desk.store.settle(&desk.settings)?;
        let summary = self.session.summary();
        if summary.answers > 0 {
            let took = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
            io.say(format!(
                "{} to {} in {}.",
                words::count(summary.answers, "answer", "answers"),
                words::count(summary.cards, "card", "cards"),
                words::span(took)
            ))?;
            self.say_what_was_missed(&summary.missed, desk, io)?;
        }
        if self.practice {
            return Ok(());
        }
        let plan = desk.plan(None, Wish::default())?;
        let left = plan.due + plan.new;
        if summary.answers == 0 {
            return io.say(format!("Nothing answered; {} left for today.", words::grouped(left)));
        }
        if left > 0 {
            return io.say(format!(
                "{} left for today: `retain review` goes on where you stopped.",
                words::grouped(left)
            ));
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

    fn say_what_was_missed(
        &self,
        missed: &[i64],
        desk: &Desk,
        io: &mut Io,
    ) -> Result<(), CliError> {
        const MOST: usize = 10;
        if missed.is_empty() {
            return Ok(());
        }
        io.say(format!("Missed: {}", words::count(missed.len(), "card", "cards")))?;
        for row in missed.iter().take(MOST) {
            if let Some(standing) = desk.store.standing_of(*row)? {
                let id = text::one_line(standing.card.id.as_str());
                let line = format!("  {id}  {}", text::one_line(&standing.card.front));
                io.line(words::shortened(&line, io.width))?;
            }
        }
        if missed.len() > MOST {
            io.say(format!("  and {} more", words::grouped(missed.len() - MOST)))?;
        }
        Ok(())
    }
}

fn not_understood(what: &str, revealed: bool, grades: Grades) -> String {
    let what = text::one_line(what);
    let take = match (revealed, grades) {
        (false, _) => "an empty line shows the answer".to_owned(),
        (true, Grades::Four) => "1 to 4, or an empty line for good".to_owned(),
        (true, Grades::Six) => "0 to 5, or an empty line for 4".to_owned(),
    };
    format!("{what:?} is not understood here: {take}; :? helps")
}

/// What may take a moment, once the person has seen everything.
fn tidy_up(desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    desk.store.checkpoint()?;
    if let Err(error) = desk.store.back_up_daily(desk.today) {
        // The review is safe without it; the person should know all the same.
        let error = CliError::from(error);
        if let CliError::Failed(trouble) = error {
            io.note(format!("note: today's backup could not be made: {trouble}"));
        }
    }
    Ok(())
}

/// Whether a card counts as new for what is said about it.
fn is_new(standing: &Standing) -> bool {
    standing.stage() == Stage::New
}
