//! `grade`: reviews from scripts and editors.

use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;

use serde::Deserialize;

use super::args::Grade as Args;
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use super::json::CardJson;
use super::{leech, when, words};
use crate::card::CardId;
use crate::history::{Answered, Deed, EventId, Step};
use crate::leech::told;
use crate::schedule::{Grade, Schedule};
use crate::store::{AHEAD_MS, Entry, Standing};
use crate::text;
use crate::time::Moment;

/// So many lines of standard input are one transaction.
const BATCH: usize = 1_000;
/// A longer line is no grade.
const LONGEST_LINE: usize = 64 * 1024;

/// Grades one card, or one a line of standard input.
pub fn run(args: &Args, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    if args.stdin {
        return many(args.json, desk, io);
    }
    let (Some(card), Some(rating)) = (&args.card, &args.rating) else {
        return Err(CliError::usage("a card and a rating are needed"));
    };
    let grade: Grade = rating.parse()?;
    let at = match &args.at {
        Some(at) => Some(when::parse(at).ok_or_else(|| {
            CliError::usage(format!("{:?} is no time", text::one_line(at))).hint(when::FORMATS)
        })?),
        None => None,
    };
    let standing = desk.card_named(card)?;
    may_be_graded(&standing).map_err(|problem| {
        CliError::failed(problem).hint(if standing.left_out {
            "it goes on where it was as soon as that is mended".to_owned()
        } else if standing.parked {
            "it is asked again as soon as a deck has it again".to_owned()
        } else {
            format!("`retain resume {}` takes it up again", standing.card.id)
        })
    })?;
    not_ahead(at, desk.now()).map_err(CliError::failed)?;
    let took_ms = args.took.map(i64::from);
    let entry = entry(&standing, grade, at, took_ms, None, desk.now());
    let appended = desk.store.append(&[entry], &desk.settings)?;
    let Some(appended) = appended.first() else { return Ok(()) };
    let outcome = outcome(desk, &standing.card.id, appended.id)?;
    let before = standing;
    let Some((standing, counted)) = outcome else { return Ok(()) };
    if counted {
        for told in leech::after_answer(&before, &standing, appended.id, desk)? {
            io.note(told);
        }
    }
    if args.json {
        return io.json(&CardJson::of(&standing, desk.today).counted(counted));
    }
    io.line(acknowledgement(&standing, grade, counted, desk))
}

/// Returns the line that says an answer is in the history.
pub fn acknowledgement(standing: &Standing, grade: Grade, counted: bool, desk: &Desk) -> String {
    let id = text::one_line(standing.card.id.as_str());
    let comes = standing
        .schedule
        .map_or("new again".to_owned(), |schedule| comes_back(&schedule, counted, desk));
    format!("{id} {}, {comes}", grade.rating)
}

fn comes_back(schedule: &Schedule, counted: bool, desk: &Desk) -> String {
    let comes = words::comes_back(schedule, desk.today);
    if counted { comes } else { format!("{comes} (a repeat: the day's first answer counts)") }
}

fn entry(
    standing: &Standing,
    grade: Grade,
    at: Option<Moment>,
    took_ms: Option<i64>,
    key: Option<String>,
    now: Moment,
) -> Entry {
    let deed = Deed::Reviewed(Answered::new(grade).in_ms(took_ms));
    Entry {
        when: at.unwrap_or(now),
        at_given: at.is_some(),
        key,
        ..Entry::now(standing.card.id.clone(), deed, now).asking(&standing.card, &standing.deck)
    }
}

/// Returns the card with the schedule after `event`, and whether that was the day's first answer
/// to it. Reads the history itself: the answer may not be settled yet.
pub fn after(
    standing: Standing,
    event: EventId,
    desk: &mut Desk,
) -> Result<(Standing, bool), CliError> {
    let (past, schedules) = desk.store.story(&standing, &desk.settings)?;
    let found = past.steps.iter().zip(&schedules).find_map(|(step, schedule)| match step {
        Step::Review(review) if review.event == event => Some(schedule.counted),
        _ => None,
    });
    let counted = match found {
        Some(counted) => counted,
        // Filed before a reset, where it counted as it would have then.
        None => {
            let rows = desk.store.history(Some(&standing.card.id), &desk.settings)?;
            rows.iter().any(|row| row.id == event && row.counted)
        }
    };
    Ok((Standing { schedule: schedules.last().copied(), ..standing }, counted))
}

/// Returns the card as it stands after `event`, and whether that was the day's first answer to it.
fn outcome(
    desk: &mut Desk,
    card: &CardId,
    event: EventId,
) -> Result<Option<(Standing, bool)>, CliError> {
    match desk.store.standing(card, &desk.settings)? {
        Some(standing) => after(standing, event, desk).map(Some),
        None => Ok(None),
    }
}

fn may_be_graded(standing: &Standing) -> Result<(), String> {
    let id = text::one_line(standing.card.id.as_str());
    if standing.left_out {
        Err(format!("card {id:?} is left out: there is a mistake in it, `retain check` shows it"))
    } else if standing.parked {
        Err(format!("card {id:?} is parked: it stands in no deck now"))
    } else if standing.suspended {
        Err(format!("card {id:?} is suspended"))
    } else {
        Ok(())
    }
}

fn not_ahead(at: Option<Moment>, now: Moment) -> Result<(), String> {
    match at {
        Some(at) if at.at_ms > now.at_ms.saturating_add(AHEAD_MS) => {
            Err(format!("{} is more than a day ahead of the clock", at.to_rfc3339()))
        }
        _ => Ok(()),
    }
}

/// A line of standard input.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    card: String,
    rating: serde_json::Value,
    #[serde(default)]
    at: Option<String>,
    #[serde(default)]
    took_ms: Option<u32>,
    #[serde(default)]
    key: Option<String>,
}

/// What has become of the lines.
#[derive(Default)]
struct Tally {
    added: usize,
    known: usize,
    bad: usize,
    /// How the cards stood before their first line.
    before: HashMap<CardId, Standing>,
    /// The cards that have become leeches since, or come to the lowest ease, with the last answer.
    named: BTreeMap<CardId, (Standing, EventId)>,
}

impl Tally {
    /// Notes a card that a counted answer made worth naming; one more answer stands in its place.
    fn name(&mut self, after: Standing, event: EventId) {
        let Some(before) = self.before.get(&after.card.id) else { return };
        let Some(schedule) = &after.schedule else { return };
        if told(before.schedule.as_ref(), schedule).is_empty() {
            self.named.remove(&after.card.id);
        } else {
            self.named.insert(after.card.id.clone(), (after, event));
        }
    }
}

fn many(json: bool, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let mut input = std::io::stdin().lock();
    let mut tally = Tally::default();
    let mut batch: Vec<(Entry, Grade)> = Vec::new();
    let mut number = 0;
    while let Some(line) = next_line(&mut input)? {
        number += 1;
        match line.and_then(|line| graded(&line, desk)) {
            Ok(None) => {}
            Ok(Some((entry, grade, standing))) => {
                tally.before.entry(entry.card.clone()).or_insert(standing);
                batch.push((entry, grade));
            }
            Err(problem) => {
                tally.bad += 1;
                io.note(text::one_line(&format!("line {number}: {problem}")));
            }
        }
        if batch.len() == BATCH {
            commit(&mut batch, json, desk, io, &mut tally)?;
        }
    }
    commit(&mut batch, json, desk, io, &mut tally)?;
    // At the end: a card that is suspended as a leech takes no further line.
    for (card, (after, event)) in std::mem::take(&mut tally.named) {
        if let Some(before) = tally.before.remove(&card) {
            for told in leech::after_answer(&before, &after, event, desk)? {
                io.note(told);
            }
        }
    }
    let known = match tally.known {
        0 => String::new(),
        known => format!(", {} there already", words::grouped(known)),
    };
    let bad = match tally.bad {
        0 => String::new(),
        bad => format!(", {} left out", words::count(bad, "line", "lines")),
    };
    io.note(format!("{} added{known}{bad}", words::count(tally.added, "review", "reviews")));
    if tally.bad > 0 { Err(CliError::Quiet(1)) } else { Ok(()) }
}

/// Returns the next line, or why it is none; `None` at the end.
fn next_line(input: &mut impl BufRead) -> Result<Option<Result<String, String>>, CliError> {
    let mut bytes = Vec::new();
    let mut limited = std::io::Read::take(&mut *input, LONGEST_LINE as u64 + 1);
    if limited.read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.len() > LONGEST_LINE {
        // Skipped in pieces, so that a line without an end costs no memory.
        while bytes.last() != Some(&b'\n') {
            bytes.clear();
            let mut limited = std::io::Read::take(&mut *input, LONGEST_LINE as u64);
            if limited.read_until(b'\n', &mut bytes)? == 0 {
                break;
            }
        }
        return Ok(Some(Err(format!("longer than {} bytes", words::grouped(LONGEST_LINE)))));
    }
    Ok(Some(String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())))
}

fn graded(line: &str, desk: &mut Desk) -> Result<Option<(Entry, Grade, Standing)>, String> {
    let line = line.trim().trim_start_matches('\u{feff}');
    if line.is_empty() {
        return Ok(None);
    }
    if !line.starts_with('{') {
        return Err("no JSON object (fields: card, rating, at, took_ms, key)".to_owned());
    }
    let line: Line = serde_json::from_str(line).map_err(|error| {
        format!("{} (fields: card, rating, at, took_ms, key)", without_place(&error.to_string()))
    })?;
    let grade: Grade = match &line.rating {
        serde_json::Value::String(rating) => rating.parse(),
        serde_json::Value::Number(rating) => rating.to_string().parse(),
        other => Err(crate::schedule::NoRating(other.to_string())),
    }
    .map_err(|error| error.to_string())?;
    let at = match &line.at {
        Some(at) => Some(when::parse(at).ok_or_else(|| format!("{at:?} is no time"))?),
        None => None,
    };
    let card = CardId::new(line.card);
    let standing = desk
        .store
        .standing(&card, &desk.settings)
        .map_err(|error| error.to_string())?
        .ok_or_else(|| format!("no card {:?}", card.as_str()))?;
    may_be_graded(&standing)?;
    let now = desk.now();
    not_ahead(at, now)?;
    let took_ms = line.took_ms.map(i64::from);
    Ok(Some((entry(&standing, grade, at, took_ms, line.key, now), grade, standing)))
}

/// The place in the line says nothing that the line's number does not.
fn without_place(message: &str) -> &str {
    message.split(" at line 1 ").next().unwrap_or(message)
}

fn commit(
    batch: &mut Vec<(Entry, Grade)>,
    json: bool,
    desk: &mut Desk,
    io: &mut Io,
    tally: &mut Tally,
) -> Result<(), CliError> {
    if batch.is_empty() {
        return Ok(());
    }
    let (entries, grades): (Vec<Entry>, Vec<Grade>) = batch.drain(..).unzip();
    let appended = desk.store.append(&entries, &desk.settings)?;
    for (appended, grade) in appended.iter().zip(grades) {
        if !appended.added {
            tally.known += 1;
            continue;
        }
        tally.added += 1;
        let Some((standing, counted)) = outcome(desk, &appended.card, appended.id)? else {
            continue;
        };
        if json {
            io.json(&CardJson::of(&standing, desk.today).counted(counted))?;
        } else {
            io.line(acknowledgement(&standing, grade, counted, desk))?;
        }
        if counted {
            tally.name(standing, appended.id);
        }
    }
    io.flush()
}
