//! `stats --from`: what several people's histories come to, for who leads them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::page::{Page, columns_of, percent};
use crate::cli::args::Stats;
use crate::cli::error::CliError;
use crate::cli::home::Desk;
use crate::cli::io::Io;
use crate::cli::words;
use crate::history::{Fact, LearnerId};
use crate::import::history::{NoHistory, Reader};
use crate::stats::Tally;
use crate::stats::team::{self, Learned, Learner, Reading, Team};
use crate::text;
use crate::time::Day;

/// So many lines that are none are named of a file.
const MOST_NAMED: usize = 5;

/// Shows the figures of the people whose histories are in the files.
pub fn run(stats: &Stats, desk: &Desk, io: &mut Io) -> Result<(), CliError> {
    let mut people: Vec<(Option<LearnerId>, Reading)> = Vec::new();
    let mut bad = false;
    for path in &stats.from {
        bad |= read(path, &mut people, io)?;
    }
    let mut readings: Vec<Reading> = people.into_iter().map(|(_, reading)| reading).collect();
    tell_apart(&mut readings);
    let team = team::team(readings, desk.today);
    if stats.json {
        io.json(&team)?;
    } else {
        for line in lines(&team, io.width, stats.plain || io.lines_only) {
            io.line(line)?;
        }
    }
    if bad { Err(CliError::Quiet(1)) } else { Ok(()) }
}

/// Reads a file as a part of what is known of its learner; says whether lines were left out.
fn read(
    path: &Path,
    people: &mut Vec<(Option<LearnerId>, Reading)>,
    io: &mut Io,
) -> Result<bool, CliError> {
    let shown = words::path(path);
    let unread = |what: String| {
        CliError::failed(format!("{shown} {what}"))
            .hint("`retain export history --to FILE` writes what is read here")
    };
    let is_stdin = path == Path::new("-");
    let input: Box<dyn BufRead> = if is_stdin {
        Box::new(std::io::stdin().lock())
    } else {
        let opened = File::open(path);
        let file = opened.map_err(|error| unread(format!("cannot be read: {error}")))?;
        Box::new(BufReader::new(file))
    };
    let (heading, mut reader) = Reader::begin(input).map_err(|error| match error {
        NoHistory::Foreign => unread(format!("is {error}")),
        error => unread(error.to_string()),
    })?;
    let stem = match is_stdin {
        true => "stdin".into(),
        false => path.file_stem().unwrap_or_default().to_string_lossy(),
    };
    let name = stem.trim_end_matches(".ndjson").to_owned();
    let known = people.iter_mut().find(|(id, _)| id.is_some() && *id == heading.learner);
    let reading = match known {
        Some((_, reading)) => {
            if !reading.name.split(" + ").any(|part| part == name) {
                reading.name = format!("{} + {name}", reading.name);
            }
            reading
        }
        None => {
            people.push((heading.learner, Reading::of(name)));
            let Some((_, reading)) = people.last_mut() else { return Ok(false) };
            reading
        }
    };
    reading.files.push(shown.clone());
    for (card, deck) in &heading.decks {
        reading.stands(card, deck);
    }
    let mut left_out = 0;
    let failed = |error: std::io::Error| unread(format!("cannot be read: {error}"));
    while let Some((number, fact)) = reader.next_fact().map_err(failed)? {
        match fact {
            Ok(Fact::Event { id, facts }) => reading.happened(id, &facts),
            Ok(Fact::Asked(asked)) => reading.asked(&asked),
            Ok(Fact::Device { .. }) => {}
            Err(why) => {
                left_out += 1;
                if left_out <= MOST_NAMED {
                    io.note(text::one_line(&format!("{shown}, line {number}: {why}")));
                }
            }
        }
    }
    if left_out > 0 {
        io.note(format!("{shown}: {} left out", words::count(left_out, "line", "lines")));
    }
    Ok(left_out > 0)
}

/// Gives people whose files are called the same the whole names of these.
fn tell_apart(readings: &mut [Reading]) {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for reading in readings.iter() {
        *names.entry(reading.name.clone()).or_default() += 1;
    }
    for reading in readings.iter_mut().filter(|reading| names[&reading.name] > 1) {
        reading.name = reading.files.join(" + ");
    }
}

fn lines(team: &Team, width: usize, plain: bool) -> Vec<String> {
    let mut page = Page::new(width, plain);
    let people = words::count(team.learners.len(), "learner", "learners");
    page.head(&format!("{people}, {}", team.day.in_words()));
    page.aside("(all by SM-2: cards met, that is ever answered; those known, at least 90 % likely to be recalled today; and what was passed of answers to cards that had been passed before)");
    let rows = team.learners.iter().map(|it| (it.learner.clone(), it.learned));
    table(&rows.collect::<Vec<_>>(), team.day, &mut page);
    for Learner { learner, decks, .. } in &team.learners {
        if decks.is_empty() {
            continue;
        }
        page.head(&text::one_line(learner));
        let rows = decks.iter().map(|it| match &*it.deck {
            "" => ("(no deck)".to_owned(), it.learned),
            deck => (deck.to_owned(), it.learned),
        });
        table(&rows.collect::<Vec<_>>(), team.day, &mut page);
    }
    if !team.weakest.is_empty() {
        page.head("The weakest cards, of all learners");
    }
    for card in &team.weakest {
        let Tally { failed, .. } = card.counted;
        let said = format!(
            "{}: failed {failed} of {}, known by {} of {}",
            text::one_line(&card.card),
            card.counted.total(),
            card.known,
            words::count(card.learners, "learner", "learners"),
        );
        page.say(&said);
        let deck = if card.deck.is_empty() { "no deck" } else { &card.deck };
        let line = format!("{}: {}", text::one_line(deck), text::one_line(&card.front));
        page.line(format!("    {}", words::shortened(&line, width.saturating_sub(4).max(8))));
    }
    page.into_lines()
}

/// Adds what each of `rows` comes to, in columns or in a sentence each.
fn table(rows: &[(String, Learned)], today: Day, page: &mut Page) {
    let columns = |it: &Learned| -> Vec<String> {
        let Tally { passed, .. } = it.recalled;
        let share = it.recalled.share().map(|share| format!(" ({})", percent(share)));
        vec![
            format!("{} met", words::grouped(it.met)),
            format!("{} known", words::grouped(it.known)),
            match share {
                None => "nothing to recall yet".to_owned(),
                Some(share) => format!(
                    "{} of {} passed{share}",
                    words::grouped(passed as usize),
                    words::grouped(it.recalled.total() as usize),
                ),
            },
            it.last_active.map_or_else(
                || "never active".to_owned(),
                |day| match today.since(day) {
                    0 => "active today".to_owned(),
                    _ => format!("active {}", day.in_words()),
                },
            ),
        ]
    };
    let rows: Vec<(String, Vec<String>)> =
        rows.iter().map(|(name, it)| (text::one_line(name), columns(it))).collect();
    let wide = |at: usize| rows.iter().map(|(_, columns)| columns[at].len()).max().unwrap_or(0);
    let wide = [wide(0), wide(1), wide(2), wide(3)];
    let names = rows.iter().map(|(name, _)| columns_of(name)).max().unwrap_or(0);
    let fits = 2 + names + wide.iter().map(|wide| wide + 2).sum::<usize>() <= page.width;
    for (name, columns) in rows {
        if page.plain || !fits {
            page.say(&format!("{name}: {}", columns.join(", ")));
            continue;
        }
        let (last, others) = (&columns[3], &columns[..3]);
        let cells: String =
            others.iter().zip(wide).map(|(column, wide)| format!("  {column:>wide$}")).collect();
        page.line(format!("  {}{cells}  {last}", words::padded(&name, names)));
    }
}
