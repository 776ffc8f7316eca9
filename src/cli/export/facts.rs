//! Whole histories and cards, for other machines and programs.

use std::collections::HashSet;
use std::io::Write;

use super::destination::{Destination, Privacy};
use crate::card::{Answer, Card, Details, Kind, Note, Side};
use crate::cli::args::{Export, Format};
use crate::cli::error::CliError;
use crate::cli::home::Desk;
use crate::cli::io::Io;
use crate::cli::json::CardJson;
use crate::cli::{list, words};
use crate::export::anonymous::Renaming;
use crate::export::cards::{self, NoteRow};
use crate::export::history;
use crate::store::{Refused, Standing};
use crate::text;

pub fn whole_history(export: &Export, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    if !export.query.is_empty() {
        return Err(CliError::usage("a history is exported whole, without a QUERY")
            .hint("`retain history CARD --json` shows what happened to one card"));
    }
    let mut left_out: Vec<Refused> = Vec::new();
    let mut untrue = 0;
    let renaming = match export.anonymous {
        true => Some(renaming(desk)?),
        false => None,
    };
    let mut to = Destination::open(export.to.as_deref(), Privacy::Mine, &desk.home, io)?;
    {
        let out = std::cell::RefCell::new(&mut to);
        desk.store.facts(
            |heading| {
                let mut out = out.borrow_mut();
                let heading = match &renaming {
                    Some(_) => Renaming::heading(heading),
                    None => heading,
                };
                history::write_heading(&heading, &mut **out).map_err(|error| out.unwritten(error))
            },
            |fact| match fact {
                Ok(fact) => {
                    untrue += usize::from(fact.check().is_err());
                    let mut out = out.borrow_mut();
                    let fact = match &renaming {
                        Some(renaming) => renaming.fact(&fact),
                        None => fact,
                    };
                    history::write(&fact, &mut **out).map_err(|error| out.unwritten(error))
                }
                Err(refused) => {
                    left_out.push(refused);
                    Ok(())
                }
            },
        )?;
    }
    to.finish()?;
    if untrue > 0 {
        io.note(format!(
            "note: {} that another program wrote {} not what the id says, and `merge` will leave {} out",
            words::count(untrue, "fact", "facts"),
            if untrue == 1 { "is" } else { "are" },
            if untrue == 1 { "it" } else { "them" },
        ));
    }
    if left_out.is_empty() {
        return Ok(());
    }
    for refused in left_out.iter().take(20) {
        io.note(text::one_line(&format!("left out: {refused}")));
    }
    io.note(format!("{} left out", words::count(left_out.len(), "fact", "facts")));
    Err(CliError::Quiet(1))
}

/// Returns the other names that all of the history gets.
fn renaming(desk: &Desk) -> Result<Renaming, CliError> {
    let mut renaming = Renaming::default();
    let nothing = |_| Ok::<(), CliError>(());
    desk.store.facts(nothing, |fact| {
        fact.into_iter().for_each(|fact| renaming.look(&fact));
        Ok(())
    })?;
    desk.store.facts(nothing, |fact| {
        fact.into_iter().for_each(|fact| renaming.rename(&fact));
        Ok::<(), CliError>(())
    })?;
    renaming.settle();
    Ok(renaming)
}

pub fn some_cards(
    format: Format,
    export: &Export,
    desk: &mut Desk,
    io: &mut Io,
) -> Result<(), CliError> {
    let chosen = match list::chosen(&export.query, desk, io)? {
        Some(chosen) => chosen,
        None => desk.store.standings()?,
    };
    if chosen.is_empty() && !export.query.is_empty() {
        io.note("no card matches");
    }
    if format == Format::Json {
        let cards = chosen.iter().map(|card| CardJson::of(card, desk.today)).collect();
        let json = serde_json::to_string(&list::CardsJson { cards })
            .map_err(|error| CliError::failed(format!("cannot be put into JSON: {error}")))?;
        let mut to = Destination::open(export.to.as_deref(), Privacy::Shared, &desk.home, io)?;
        writeln!(to, "{}", text::inert(&json)).map_err(|error| to.unwritten(error))?;
        return to.finish().map(drop);
    }
    let (rows, title) = notes_of(&chosen, Columns::Told, desk)?;
    let (rows, strange): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| format != Format::Yaml || cards::unwritable(row).is_none());
    let mut to = Destination::open(export.to.as_deref(), Privacy::Shared, &desk.home, io)?;
    let mut bytes = Vec::new();
    match format {
        Format::Yaml => cards::write_yaml(title.as_deref(), &rows, &mut bytes)?,
        _ => cards::write_csv(&rows, &mut bytes)?,
    }
    if to.is_terminal {
        // What cards say is data: it commands no terminal.
        bytes = text::harmless(&String::from_utf8_lossy(&bytes)).into_owned().into_bytes();
    }
    to.write_all(&bytes).map_err(|error| to.unwritten(error))?;
    to.finish()?;
    for row in &strange {
        let problem = cards::unwritable(row).unwrap_or_default();
        io.note(text::one_line(&format!("left out: {:?}, {problem}", row.key)));
    }
    if strange.is_empty() { Ok(()) } else { Err(CliError::Quiet(1)) }
}

/// Where cells of the board say which column they are of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Columns {
    /// As in their decks.
    AsInDeck,
    /// Also where the deck says it for them: away from it they keep their column.
    Told,
}

/// Returns the notes of cards, each whole and once, and the title of their deck if it is one.
pub fn notes_of(
    chosen: &[Standing],
    columns: Columns,
    desk: &mut Desk,
) -> Result<(Vec<NoteRow>, Option<String>), CliError> {
    let mut seen = HashSet::new();
    let mut rows = Vec::new();
    let mut decks: Vec<&str> = chosen.iter().map(|card| card.deck.as_str()).collect();
    decks.sort_unstable();
    decks.dedup();
    let one = match decks.as_slice() {
        [deck] => desk.decks.iter().find(|row| row.deck == *deck).map(|row| row.title().to_owned()),
        _ => None,
    };
    // The other side of a note may not be among the chosen.
    let all = desk.store.standings()?;
    let mut sides: HashSet<&str> = all.iter().map(|card| card.card.id.as_str()).collect();
    sides.extend(chosen.iter().map(|card| card.card.id.as_str()));
    for standing in chosen {
        let key = &standing.card.note;
        if !seen.insert(key.clone()) {
            continue;
        }
        let front = if standing.card.kind == Kind::Reverse {
            let front = Side::Front.of(key);
            let find = |cards: &[Standing]| {
                cards.iter().find(|card| card.card.id == front).map(|card| card.card.clone())
            };
            find(&all).or_else(|| find(chosen)).unwrap_or_else(|| turned(&standing.card))
        } else {
            standing.card.clone()
        };
        let reverse =
            standing.card.kind == Kind::Reverse || sides.contains(Side::Reverse.of(key).as_str());
        let mut details = front.details;
        let cloze = details.cloze.take();
        if columns == Columns::Told && one.is_none() && details.value.is_some() {
            details.category.get_or_insert_with(|| standing.category.clone());
        }
        rows.push(NoteRow {
            deck: standing.deck.clone(),
            key: key.clone(),
            note: Note {
                id: Some(key.clone()),
                line: 0,
                cloze: cloze.is_some(),
                reverse: reverse && matches!(front.back, Answer::Text(_)),
                back: if cloze.is_some() { Answer::Text(String::new()) } else { front.back },
                front: cloze.unwrap_or(front.front),
                details,
            },
        });
    }
    Ok((rows, one))
}

/// Returns the front of a note of which only the other side is known.
fn turned(card: &Card) -> Card {
    let front = card.back.texts().join("\n");
    Card {
        front,
        back: Answer::Text(card.front.clone()),
        details: Details { accept: Vec::new(), ..card.details.clone() },
        ..card.clone()
    }
}
