//! `export`: what is here, for other programs.

use std::collections::HashSet;
use std::fs::Permissions;
use std::io::{BufWriter, IsTerminal, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::args::{Export, Format, What};
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use super::json::CardJson;
use super::{list, words};
use crate::card::{Answer, Card, Details, Kind, Note, Side};
use crate::export::cards::{self, NoteRow};
use crate::export::history;
use crate::store::{Refused, Standing};
use crate::text;

/// Writes what was asked for, to standard output or into a file.
pub fn run(export: &Export, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let format = export.format.or_else(|| by_ending(export.to.as_deref()));
    match (export.what, format) {
        (What::History, None | Some(Format::Ndjson)) => whole_history(export, desk, io),
        (What::Cards, None | Some(Format::Csv)) => some_cards(Format::Csv, export, desk, io),
        (What::Cards, Some(format @ (Format::Json | Format::Yaml))) => {
            some_cards(format, export, desk, io)
        }
        // A file of events may be called what one likes; asking for another format is a mistake.
        (What::History, Some(_)) if export.format.is_none() => whole_history(export, desk, io),
        (What::History, Some(_)) => {
            Err(CliError::usage("a history is written as NDJSON only").hint("leave --format out"))
        }
        (What::Cards, Some(Format::Ndjson)) => {
            Err(CliError::usage("cards are written as yaml, csv or json")
                .hint("name one with --format, or by the ending of --to"))
        }
    }
}

fn by_ending(to: Option<&Path>) -> Option<Format> {
    let ending = to?.extension()?.to_str()?.to_ascii_lowercase();
    match ending.as_str() {
        "yaml" | "yml" => Some(Format::Yaml),
        "csv" => Some(Format::Csv),
        "json" => Some(Format::Json),
        "ndjson" | "jsonl" => Some(Format::Ndjson),
        _ => None,
    }
}

fn whole_history(export: &Export, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    if !export.query.is_empty() {
        return Err(CliError::usage("a history is exported whole, without a QUERY")
            .hint("`retain history CARD --json` shows what happened to one card"));
    }
    let mut left_out: Vec<Refused> = Vec::new();
    let mut untrue = 0;
    let mut to = Destination::open(export.to.as_deref(), Privacy::Mine, io)?;
    {
        let out = std::cell::RefCell::new(&mut to);
        desk.store.facts(
            |heading| {
                let mut out = out.borrow_mut();
                history::write_heading(&heading, &mut **out).map_err(|error| out.unwritten(error))
            },
            |fact| match fact {
                Ok(fact) => {
                    untrue += usize::from(fact.check().is_err());
                    let mut out = out.borrow_mut();
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

fn some_cards(
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
        let mut to = Destination::open(export.to.as_deref(), Privacy::Shared, io)?;
        writeln!(to, "{}", text::inert(&json)).map_err(|error| to.unwritten(error))?;
        return to.finish();
    }
    let (rows, title) = notes_of(&chosen, desk)?;
    let (rows, strange): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| format != Format::Yaml || cards::unwritable(row).is_none());
    let mut to = Destination::open(export.to.as_deref(), Privacy::Shared, io)?;
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

/// Returns the notes of cards, each whole and once, and the title of their deck if it is one.
fn notes_of(
    chosen: &[Standing],
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
        if one.is_none() && details.value.is_some() {
            // Away from its deck a cell of the board keeps its column.
            details.category.get_or_insert_with(|| standing.category.clone());
        }
        rows.push(NoteRow {
            deck: standing.deck.clone(),
            key: key.clone(),
            note: Note {
                id: Some(key.clone()),
                line: 0,
                front: front.front,
                reverse: reverse && matches!(front.back, Answer::Text(_)),
                back: front.back,
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

/// Who may read a file that is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// Only its owner, as the database.
    Mine,
    /// Whoever may read the owner's other files.
    Shared,
}

/// Where an export goes: standard output, or a file that appears whole or not at all.
pub struct Destination {
    out: Out,
    /// Whether a person sees the bytes as they come.
    pub is_terminal: bool,
}

enum Out {
    Stdout(BufWriter<std::io::StdoutLock<'static>>),
    /// Something that is no file, such as a pipe with a name.
    Special(BufWriter<std::fs::File>),
    File(BufWriter<tempfile::NamedTempFile>, PathBuf),
}

impl Destination {
    /// Opens standard output, or makes ready to write the file `to`.
    ///
    /// # Errors
    ///
    /// If nothing can be written there.
    pub fn open(to: Option<&Path>, privacy: Privacy, io: &mut Io) -> Result<Destination, CliError> {
        io.flush()?;
        let Some(to) = to.filter(|to| *to != Path::new("-")) else {
            let stdout = std::io::stdout();
            let is_terminal = stdout.is_terminal();
            return Ok(Destination {
                out: Out::Stdout(BufWriter::new(stdout.lock())),
                is_terminal,
            });
        };
        let failed = |error: std::io::Error| unwritten_file(to, &error);
        // A link stays one: what it leads to is replaced.
        let real = std::fs::canonicalize(to).unwrap_or_else(|_| to.to_owned());
        let there = std::fs::metadata(&real).ok();
        if there.as_ref().is_some_and(|there| !there.is_file() && !there.is_dir()) {
            let file = std::fs::OpenOptions::new().write(true).open(&real).map_err(failed)?;
            let is_terminal = file.is_terminal();
            return Ok(Destination { out: Out::Special(BufWriter::new(file)), is_terminal });
        }
        if there.as_ref().is_some_and(std::fs::Metadata::is_dir) {
            return Err(CliError::failed(format!("{} is a folder", words::path(to)))
                .hint("name a file in it"));
        }
        let mode = match (&there, privacy) {
            (Some(there), _) => there.permissions().mode() & 0o777,
            (None, Privacy::Mine) => 0o600,
            (None, Privacy::Shared) => 0o666,
        };
        let folder = real.parent().filter(|folder| !folder.as_os_str().is_empty());
        let file = tempfile::Builder::new()
            .prefix(".unfinished-")
            .permissions(Permissions::from_mode(mode))
            .tempfile_in(folder.unwrap_or(Path::new(".")))
            .map_err(|error| failed(error.kind().into()))?; // its own words name the unfinished file
        Ok(Destination { out: Out::File(BufWriter::new(file), real), is_terminal: false })
    }

    /// Returns what to say of an error while writing.
    pub fn unwritten(&self, error: std::io::Error) -> CliError {
        match &self.out {
            Out::File(_, path) => unwritten_file(path, &error),
            Out::Stdout(_) | Out::Special(_) => super::io::unwritten(error),
        }
    }

    /// Hands everything on; a file gets its name.
    ///
    /// # Errors
    ///
    /// If not all of it could be written; there is no file then, or the one from before.
    pub fn finish(mut self) -> Result<(), CliError> {
        self.flush().map_err(|error| self.unwritten(error))?;
        if let Out::File(file, path) = self.out {
            let failed = |error: std::io::Error| unwritten_file(&path, &error);
            let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
            file.as_file().sync_all().map_err(failed)?;
            file.persist(&path).map_err(|error| failed(error.error))?;
        }
        Ok(())
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match &mut self.out {
            Out::Stdout(out) => out.write(bytes),
            Out::Special(out) => out.write(bytes),
            Out::File(out, _) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match &mut self.out {
            Out::Stdout(out) => out.flush(),
            Out::Special(out) => out.flush(),
            Out::File(out, _) => out.flush(),
        }
    }
}

fn unwritten_file(path: &Path, error: &std::io::Error) -> CliError {
    CliError::failed(format!("{} cannot be written: {error}", words::path(path)))
        .hint("make room, or name another place with --to")
}
