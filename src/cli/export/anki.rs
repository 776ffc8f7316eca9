//! Cards and their histories as a package for Anki.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::destination::{Destination, Privacy};
use super::facts;
use crate::cli::args::Export;
use crate::cli::error::CliError;
use crate::cli::home::Desk;
use crate::cli::io::Io;
use crate::cli::passing::{PassingFolder, Tidy};
use crate::cli::{list, words};
use crate::export::anki::{self, CardState, Outgoing, Package, Place, Times, reviews};
use crate::history::{Kind, keep_in_force};
use crate::import::anki::package::LARGEST_ENTRY;
use crate::store::{Standing, anki::write};
use crate::time::Day;

/// Writes the notes of the chosen cards, each whole, with all that happened to their cards.
///
/// # Errors
///
/// If there is nowhere to write it, or the database cannot be read.
pub fn run(export: &Export, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let mut to = Destination::open(export.to.as_deref(), Privacy::Mine, &desk.home, io)?;
    if to.is_terminal {
        return Err(CliError::usage("a package is no text for a terminal")
            .hint("as in `retain export anki --to cards.apkg`"));
    }
    let tidy = Tidy::saying("interrupted: the package is not finished");
    let chosen = list::chosen(&export.query, desk, io)?;
    let all = desk.store.standings()?;
    let (chosen, parked): (Vec<_>, Vec<_>) =
        chosen.unwrap_or_else(|| all.clone()).into_iter().partition(|card| !card.parked);
    if !parked.is_empty() {
        let cards = words::count(parked.len(), "parked card", "parked cards");
        io.note(format!("note: {cards} left out: a package has decks"));
    }
    if chosen.is_empty() && !export.query.is_empty() {
        return Err(CliError::failed("no card matches, so no package was written")
            .hint("`retain list QUERY` shows what a query finds"));
    }
    if chosen.is_empty() {
        io.note("no card is here");
    }
    let notes = outgoing(&chosen, all, desk)?;
    // Without an id a note is known by its question.
    let is_nameless = |note: &&Outgoing| note.row.key == note.row.note.key_of_front();
    let nameless = notes.iter().filter(is_nameless).count();
    let folders = folders(desk);
    let times = Times {
        now: desk.now,
        first: first_day(&notes, desk.today),
        rollover: desk.settings.day_starts_at,
    };
    let package = anki::package(&notes, times, &mut |place| file_of(place, &folders).is_some());
    let failed = |error: &dyn std::fmt::Display| {
        CliError::failed(format!("the package cannot be written: {error}"))
            .hint("make room for it, also where temporary files are")
    };
    let mut packed = tempfile::tempfile().map_err(|error| failed(&error))?;
    pack(&package, &folders, &mut packed).map_err(|error| failed(&error))?;
    packed.rewind().map_err(|error| failed(&error))?;
    std::io::copy(&mut packed, &mut to).map_err(|error| to.unwritten(error))?;
    let replaced = to.finish()?;
    drop(tidy);
    if nameless > 0 {
        io.note(format!(
            "note: {} no `id`: reworded here, {} a new note there. `{}` writes ids",
            words::count(nameless, "note has", "notes have"),
            if nameless == 1 { "it becomes" } else { "they become" },
            desk.home.command("check --fix"),
        ));
    }
    if let (Some(replaced), Some(path)) = (replaced, &export.to) {
        io.note(format!(
            "wrote {}, {}, {} and {} to {}{}",
            words::count(package.notes.len(), "note", "notes"),
            words::count(package.cards.len(), "card", "cards"),
            words::count(package.reviews.len(), "review", "reviews"),
            words::count(package.media.len(), "media file", "media files"),
            words::path(path),
            if replaced { ", in place of what was there" } else { "" }
        ));
    }
    Ok(())
}

fn outgoing(
    chosen: &[Standing],
    all: Vec<Standing>,
    desk: &mut Desk,
) -> Result<Vec<Outgoing>, CliError> {
    let (rows, _) = facts::notes_of(chosen, facts::Columns::AsInDeck, desk)?;
    let mut by_note: HashMap<String, Vec<Standing>> = HashMap::new();
    for card in all {
        by_note.entry(card.card.note.clone()).or_default().push(card);
    }
    let titles: HashMap<String, String> =
        desk.decks.iter().map(|deck| (deck.deck.clone(), deck.title().to_owned())).collect();
    let mut changed: HashMap<String, i64> = HashMap::new();
    for file in desk.deck_files() {
        changed.insert(file.deck.clone(), changed_at(&file.path));
    }
    let mut notes = Vec::with_capacity(rows.len());
    for row in rows {
        let mut cards = Vec::new();
        for standing in by_note.remove(&row.key).unwrap_or_default() {
            let mut deeds = desk.store.deeds(&standing.card.id)?;
            keep_in_force(&mut deeds);
            let rows = match &deeds[..] {
                [] => Vec::new(),
                deeds => reviews::rows(deeds, &desk.store.scheduler_of(&standing, &desk.settings)?),
            };
            cards.push(CardState {
                id: standing.card.id,
                schedule: standing.schedule,
                suspended: standing.suspended,
                placed: deeds.iter().any(|deed| matches!(deed.event.kind, Kind::Placed(_))),
                rows,
            });
        }
        notes.push(Outgoing {
            title: titles.get(&row.deck).unwrap_or(&row.deck).clone(),
            changed: changed.get(&row.deck).copied().unwrap_or(0),
            cards,
            row,
        });
    }
    Ok(notes)
}

/// Returns when a file was changed last, in seconds.
fn changed_at(path: &Path) -> i64 {
    let changed = std::fs::metadata(path).and_then(|file| file.modified()).ok();
    let since = changed.and_then(|changed| changed.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| since.as_secs() as i64)
}

/// Returns a day before everything that is in a package.
fn first_day(notes: &[Outgoing], today: Day) -> Day {
    let cards = || notes.iter().flat_map(|note| &note.cards);
    let due = cards().filter_map(|card| Some(card.schedule?.due));
    let answered = cards().flat_map(|card| &card.rows).map(|row| row.at_ms);
    let answered = answered.min().map(|at_ms| Day((at_ms / 86_400_000) as i32));
    let first = due.chain(answered).chain([today]).min().unwrap_or(today);
    Day(first.0.max(2) - 2)
}

/// Returns the real folders of decks, by what stands before the last `/` of their names.
fn folders(desk: &Desk) -> BTreeMap<String, PathBuf> {
    let files = desk.deck_files().into_iter();
    let folder = |deck: &str| deck.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    files.filter_map(|file| Some((folder(&file.deck), file.path.parent()?.to_owned()))).collect()
}

/// Returns the file that a card names, if it is one.
fn file_of((folder, address): &Place, folders: &BTreeMap<String, PathBuf>) -> Option<PathBuf> {
    let path = folders.get(folder)?.join(address);
    let file = std::fs::metadata(&path).ok()?;
    (file.is_file() && file.len() <= LARGEST_ENTRY).then_some(path)
}

/// Writes a package of the second version of the container.
fn pack(
    package: &Package,
    folders: &BTreeMap<String, PathBuf>,
    out: &mut (impl Write + Seek),
) -> Result<(), Box<dyn std::error::Error>> {
    let folder = PassingFolder::make()?;
    let collection = folder.path().join("collection");
    write(package, &collection)?;
    let mut zip = ZipWriter::new(out);
    let time = zip::DateTime::default();
    let options = SimpleFileOptions::default().last_modified_time(time).large_file(false);
    let packed = options.compression_method(CompressionMethod::Deflated);
    let stored = options.compression_method(CompressionMethod::Stored);
    zip.start_file("meta", stored)?;
    zip.write_all(&[0x08, 0x02])?;
    zip.start_file("collection.anki21", packed)?;
    std::io::copy(&mut File::open(&collection)?, &mut zip)?;
    let mut names = BTreeMap::new();
    for (number, (name, place)) in package.media.iter().enumerate() {
        names.insert(number.to_string(), name);
        let Some(path) = file_of(place, folders) else { continue };
        zip.start_file(number.to_string(), stored)?;
        std::io::copy(&mut File::open(path)?.take(LARGEST_ENTRY), &mut zip)?;
    }
    zip.start_file("media", stored)?;
    zip.write_all(serde_json::to_string(&names)?.as_bytes())?;
    zip.finish()?;
    Ok(())
}
