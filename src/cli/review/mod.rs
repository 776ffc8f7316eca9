//! `review`: the daily sitting.
//!
//! The session decides what happens; a [`Front`] shows it and says what the person did: keys on a
//! terminal ([`keys`]), or lines ([`plain`]).

pub mod answer;
mod ask;
mod beside;
pub mod decode;
pub mod keys;
pub mod plain;
pub mod screen;
mod sitting;
pub mod terminal;
mod typed;

use self::sitting::Sitting;
use self::typed::Typed;
use super::args::Review;
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use super::{due, list, words};
use crate::answer::{Piece, Verdict};
use crate::diagnostic::{self, Severity};
use crate::queue::{self, Candidate, Plan, Wish};
use crate::schedule::{Grade, Rating, Schedule, Stage};
use crate::session::Input;
use crate::settings::Grades;
use crate::store::Standing;
use crate::text;
use crate::time::{Day, Moment};

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
    /// The answers to choose from, in the order in which they are shown; none for other cards.
    pub choices: Vec<String>,
    /// The choice that was taken, and whether it was right.
    pub taken: Option<Taken>,
    /// Whether the answer is to be typed.
    pub by_typing: bool,
    /// What was typed.
    pub typed: Option<Typed>,
    /// Whether it is asked on the board, where an answer is right or wrong and has no other grade.
    pub on_board: bool,
}

impl View {
    /// Returns the grade that an empty answer gives once the answer is to be seen.
    pub fn proposal(&self) -> Rating {
        match (&self.taken, &self.typed) {
            (Some(taken), _) if !taken.right => Rating::Again,
            (_, Some(typed)) => typed.proposes(),
            _ => Rating::Good,
        }
    }

    /// Returns what a person can do now.
    pub fn asking(&self, revealed: bool) -> Asking {
        if revealed && self.on_board {
            return Asking::Judge { judged: self.judged().map(|judged| judged.right) };
        }
        if revealed {
            return Asking::Grade { accept: self.can_accept() };
        }
        match typed::items(&self.standing.card) {
            _ if !self.choices.is_empty() => Asking::Choice(self.choices.len()),
            _ if !self.by_typing => Asking::Reveal,
            Some(_) => Asking::Items,
            None => Asking::Line,
        }
    }

    /// Returns whether the answer was right, where the person need not say so.
    pub fn judged(&self) -> Option<Judged> {
        if let Some(taken) = &self.taken {
            return Some(Judged { right: taken.right, nearly: false });
        }
        let verdict = self.typed.as_ref()?.verdict();
        Some(Judged { right: verdict != Verdict::Wrong, nearly: verdict == Verdict::Near })
    }

    /// Whether what was typed can be made to count.
    pub fn can_accept(&self) -> bool {
        let open = |typed: &Typed| typed.verdict() != Verdict::Right;
        self.typed.as_ref().is_some_and(open) && typed::takes_wordings(&self.standing.card)
    }
}

/// What a person can do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// See the answer.
    Reveal,
    /// Take one of so many choices.
    Choice(usize),
    /// Type the answer.
    Line,
    /// Type what is in the answer, an item a line.
    Items,
    /// Grade the card.
    Grade {
        /// Whether what was typed can be made to count.
        accept: bool,
    },
    /// Say whether the answer was right.
    Judge {
        /// What an empty answer says.
        judged: Option<bool>,
    },
}

/// Whether an answer was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Right, or nearly.
    pub right: bool,
    /// Not quite.
    pub nearly: bool,
}

/// A choice that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What it says.
    pub choice: String,
    /// Whether it is the answer.
    pub right: bool,
}

/// What changed in an answer.
pub struct Change {
    /// The day it was last passed.
    pub since: Day,
    /// The difference, by words.
    pub pieces: Vec<Piece>,
}

/// What a person did.
pub enum Said {
    /// Something for the session.
    Input(Input),
    /// An empty answer: what that means depends on what is to be seen.
    Empty,
    /// One of the choices, by its place among those shown.
    Chosen(usize),
    /// An answer, or the items of one.
    Typed(Vec<String>),
    /// Whether the answer was right.
    Judged(bool),
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
    /// Says why the card comes when it does.
    fn explain(&mut self, io: &mut Io, lines: &[String]) -> Result<(), CliError>;
    /// Says that an answer is in the history.
    fn acknowledge(&mut self, io: &mut Io, acknowledged: &Acknowledged<'_>)
    -> Result<(), CliError>;
    /// Says what can be done.
    fn help(&mut self, io: &mut Io, grades: Grades) -> Result<(), CliError>;
    /// Shows once more which grades there are.
    fn grades(&mut self, io: &mut Io, view: &View) -> Result<(), CliError>;
    /// Waits for what the person does.
    fn listen(&mut self, io: &mut Io, asking: Asking, grades: Grades) -> Result<Said, CliError>;
    /// Lets another program have the terminal while `other` runs.
    fn aside(&mut self, other: &mut dyn FnMut() -> Result<(), CliError>) -> Result<(), CliError>;
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
    /// Whether it was the day's first answer to the card.
    pub counted: bool,
    /// The study day.
    pub today: Day,
}

/// Reviews what is due.
pub fn run(args: &Review, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    if !desk.store.writable() {
        return Err(crate::store::StoreError::ReadOnly(desk.store.path().to_owned()).into());
    }
    let by_keys = io.interactive && !io.lines_only;
    say_before(desk, io)?;
    if io.interactive && ask::about_edits(desk, io)? {
        // The person may have taken a while, and edited decks in it.
        desk.begin_again()?;
    }
    let chosen = list::chosen(&args.query, desk, io)?;
    let order = order(args, chosen.as_deref(), desk, io)?;
    if order.is_empty() {
        return io.say(nothing(args, chosen, desk)?);
    }
    say_where_it_goes_on(desk, io)?;
    let mut front: Box<dyn Front> = if by_keys {
        Box::new(keys::Keys::new(&desk.environment)?)
    } else {
        Box::new(plain::Plain::default())
    };
    let horizon = desk.today.plus(args.ahead);
    let mut sitting = Sitting::new(&order, args.cram, horizon)
        .within(args.time)
        .by_typing(args.typed)
        .over_chosen(!args.query.is_empty());
    let all = args.query.is_empty() && args.limit.is_none();
    let done = sitting.run(desk, io, front.as_mut());
    let left = front.leave(io);
    match done {
        // Whoever read the lines has gone: what was answered is in the history all the same.
        Err(CliError::ClosedPipe) => return Err(CliError::ClosedPipe),
        done => done?,
    }
    left?;
    sitting.summarise(all, desk, io)?;
    if by_keys && sitting.ended_by_an_answer() {
        let undo = format!("{} takes back the last answer", desk.home.command("undo"));
        io.line(screen::aside(&undo, io.width))?;
    }
    io.flush()?;
    tidy_up(desk, io)?;
    if sitting.interrupted() { Err(CliError::Quiet(130)) } else { Ok(()) }
}

/// Names what is wrong before the first card.
pub fn say_before(desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let findings = desk.findings()?;
    let errors: Vec<_> =
        findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    const MOST: usize = 5;
    for error in errors.iter().take(MOST) {
        io.note(text::one_line(&format!("{}: {}", error.place(), error.message)));
    }
    let count = diagnostic::count(&findings, Severity::Error);
    if count > 0 {
        io.note(format!(
            "{} in the decks; the cards there are left out, the others are asked. `retain check` shows {}.",
            words::count(count, "error", "errors"),
            if count == 1 { "it" } else { "them" }
        ));
    }
    if let Some(newest) = desk.store.ahead_of(desk.now)? {
        let newest = Moment { utc_offset_s: desk.now.utc_offset_s, ..newest };
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

fn order(
    args: &Review,
    chosen: Option<&[Standing]>,
    desk: &mut Desk,
    io: &mut Io,
) -> Result<Vec<Candidate>, CliError> {
    let seed = desk.chance.seed();
    let mut order = if args.cram {
        let all = match chosen {
            Some(chosen) => chosen.to_vec(),
            None => desk.store.standings()?,
        };
        let mut candidates: Vec<_> = all
            .iter()
            .filter(|card| !card.parked)
            .map(|card| card.candidate(desk.deck_of(card), desk.today))
            .filter(|card| !card.hidden)
            .collect();
        desk.store.rank(&mut candidates, &desk.settings, desk.today)?;
        queue::practice(candidates, desk.today, desk.settings.order, seed)
    } else {
        let wish = Wish { ahead: args.ahead, new: args.new, seed };
        let plan = desk.plan(chosen, wish)?;
        say_what_waits(&plan, io);
        plan.order
    };
    if let Some(most) = args.limit.filter(|most| *most < order.len()) {
        shorten(&mut order, most);
    }
    Ok(order)
}

/// Keeps `most` cards in their order: due ones before new ones, so that a short review a day leaves
/// no backlog behind.
fn shorten(order: &mut Vec<Candidate>, most: usize) {
    let due = order.iter().filter(|card| card.stage != Stage::New).count();
    let (mut due, mut new) = (most.min(due), most.saturating_sub(due));
    order.retain(|card| {
        let left = if card.stage == Stage::New { &mut new } else { &mut due };
        let keep = *left > 0;
        *left -= usize::from(keep);
        keep
    });
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

/// Returns why there is nothing to ask, and what can be done.
fn nothing(
    args: &Review,
    chosen: Option<Vec<Standing>>,
    desk: &mut Desk,
) -> Result<String, CliError> {
    let cards = match chosen {
        None if !args.cram && args.ahead == 0 => return due::nothing_due(desk),
        None => desk.store.standings()?,
        Some(chosen) if chosen.is_empty() => {
            return Ok("no card to ask: none matches; `retain list` shows what there is".to_owned());
        }
        Some(mut chosen) => {
            chosen.retain(|card| !card.parked);
            chosen
        }
    };
    if let Some(aside) = due::set_aside(&cards, desk.today) {
        return Ok(format!("no card to ask: {aside}"));
    }
    let horizon = desk.today.plus(args.ahead);
    let soon = cards.iter().filter_map(|card| card.schedule);
    let soon = soon.filter(|card| card.last_day == desk.today && card.due <= horizon).count();
    if args.ahead > 0 && soon > 0 {
        return Ok(format!(
            "no card to ask: {} by {horizon}, answered today already; `--cram` practises",
            words::count(soon, "card comes back", "cards come back"),
        ));
    }
    if args.query.is_empty() {
        return due::nothing_due(desk);
    }
    if cards.is_empty() {
        return Ok("no card to ask: what matches is in no deck now".to_owned());
    }
    Ok(format!(
        "no card to ask: {}, and none is due or let in today; `--cram` practises them",
        words::count(cards.len(), "card matches", "cards match")
    ))
}

/// What may take a moment, once the person has seen everything.
pub fn tidy_up(desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
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
