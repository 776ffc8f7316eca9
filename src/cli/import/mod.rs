//! `import`: other people's cards, read, planned, asked about and written.

mod anki;
mod kept;
mod link;
mod said;
mod sources;

use self::kept::Kept;
use self::sources::Source;
use super::args::Import;
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use super::passing::Tidy;
use super::{prompt, words, write};
use crate::deck::Sources;
use crate::deck::load;
use crate::import::board::{self, OpenCell, Place, Placements};
use crate::import::plan::{Record, Report, Shelf};
use crate::import::{self, Format, Imported, Unreadable};
use crate::text;

/// A file that was read.
struct Ready {
    shown: String,
    /// As it is named on the command line.
    argument: String,
    /// Under which its texts are kept.
    key: String,
    imported: Imported,
    record: Record,
    /// Under which they were kept, as long as its file had another path.
    was: Option<String>,
    /// What else a package of Anki brings.
    package: Option<anki::Package>,
}

/// Brings cards in.
pub fn run(import: &Import, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    if import.link {
        return link::run(import, desk, io);
    }
    let placed = placements(&import.place)?;
    if let Some(name) = &import.deck
        && import::deck_path(name).is_none()
    {
        return Err(CliError::usage(format!("{:?} is no name for a deck", text::one_line(name)))
            .hint("use letters and digits, and `/` between a folder and a deck"));
    }
    let sources = sources::of(import, &desk.home, io)?;
    if !placed.is_empty() && !sources.iter().any(|source| source.format == Format::Board) {
        return Err(CliError::usage("--place is for the cells of a quiz board, and there is none"));
    }
    if !import.dry_run && !desk.store.writable() {
        return Err(CliError::failed(format!(
            "{} cannot be written",
            words::path(desk.store.path())
        ))
        .hint(
            "let yourself write it, or choose another home with --home; --dry-run writes nothing",
        ));
    }
    let _tidy = Tidy::saying("interrupted: nothing was imported");
    let mut ready = Vec::new();
    let mut moved = Vec::new();
    for source in sources {
        let source = read(source, import, &placed, &moved, desk, io)?;
        moved.extend(source.was.clone());
        ready.push(source);
    }
    let mut shelf = shelf(desk, import);
    let mut brought = Vec::new();
    let mut reports = Vec::new();
    for mut ready in ready {
        let cards = Imported {
            decks: std::mem::take(&mut ready.imported.decks),
            bases: std::mem::take(&mut ready.imported.bases),
            ..Imported::default()
        };
        let mut report = shelf.take_in(cards, std::mem::take(&mut ready.record));
        brought.push((ready.key.clone(), std::mem::take(&mut report.record)));
        reports.push((ready, report));
    }
    let too_large = shelf.changed().into_iter().find(|file| file.text.len() > load::LARGEST_FILE);
    if let Some(file) = too_large {
        let most = load::LARGEST_FILE >> 20;
        let shown = text::one_line(&file.shown);
        return Err(CliError::failed(format!("{shown} would be larger than {most} MiB"))
            .hint("divide the file that you import"));
    }
    if !import.dry_run {
        let says = "interrupted: a part may be here; the same import again brings the rest";
        let _from_now_on = Tidy::saying(says);
        let put = packages(&mut reports)
            .try_for_each(|package| package.put_media(desk))
            .and_then(|()| put(&shelf, desk));
        if let Err(error) = put {
            // Media without their decks are nobody's.
            let decks = desk.home.decks();
            packages(&mut reports).for_each(|package| package.take_media_back(&decks));
            return Err(error);
        }
        drop(shelf);
        desk.keep_imports(&brought, &moved)?;
        drop(brought);
        packages(&mut reports).try_for_each(|package| package.put(desk, io))?;
        desk.bring_up_to_date()?;
    }
    let mut bad = false;
    for (ready, report) in &reports {
        said::say(ready, report, import, &desk.home, io)?;
        if let Some(package) = &ready.package {
            package.say(io)?;
        }
        bad |= !ready.imported.skipped.is_empty();
    }
    said::conclude(&reports, import.dry_run, io)?;
    if !import.dry_run {
        desk.say_what_was_linked(io);
        desk.say_what_opening_found(io);
    }
    if bad { Err(CliError::Quiet(1)) } else { Ok(()) }
}

fn packages(reports: &mut [(Ready, Report)]) -> impl Iterator<Item = &mut anki::Package> {
    reports.iter_mut().filter_map(|(ready, _)| ready.package.as_mut())
}

/// Writes the decks.
fn put(shelf: &Shelf, desk: &Desk) -> Result<(), CliError> {
    let decks = desk.home.decks();
    if !decks.exists() {
        std::fs::create_dir_all(&decks).map_err(|error| {
            CliError::failed(format!("{} cannot be made: {error}", words::path(&decks)))
                .hint("choose another folder with --home")
        })?;
    }
    let changed = shelf.changed();
    let changes: Vec<write::Change<'_>> = changed
        .iter()
        .map(|file| write::Change {
            path: &file.path,
            was: file.on_disk.as_deref(),
            text: &file.text,
        })
        .collect();
    write::all(&changes)
}

/// Returns the cells that `--place` names, and their categories.
fn placements(given: &[String]) -> Result<Placements, CliError> {
    let mut placed = Placements::new();
    for text in given {
        let read = text.split_once('=').and_then(|(place, category)| {
            let category = category.trim();
            Some((place.parse::<Place>().ok()?, category.to_owned()))
                .filter(|_| !category.is_empty())
        });
        let Some((place, category)) = read else {
            return Err(CliError::usage(format!("--place {:?} is no place", text::one_line(text)))
                .hint("write value.position=category, such as --place '500.3=Domains'"));
        };
        if placed.insert(place, category).is_some() {
            return Err(CliError::usage(format!("--place names the cell {place} twice")));
        }
    }
    Ok(placed)
}

/// Reads a file as what it is, and asks about rows of a board that do not say where they belong.
fn read(
    source: Source,
    import: &Import,
    placed: &Placements,
    moved: &[String],
    desk: &mut Desk,
    io: &mut Io,
) -> Result<Ready, CliError> {
    let Source { shown, name, bytes, format, .. } = &source;
    let deck = import.deck.as_deref();
    let name = deck.unwrap_or(name);
    let mut package = None;
    let read = match format {
        Format::Anki => anki::read(&source, import, desk)?.map(|(imported, more)| {
            package = Some(more);
            imported
        }),
        Format::Csv => import::csv::read(bytes, name, b','),
        Format::Tsv => import::csv::read(bytes, name, b'\t'),
        Format::Markdown => import::markdown::read(bytes, name),
        Format::Yaml => import::decks::read(bytes, name),
        Format::Board => board::read(bytes, deck, &Placements::new()),
    };
    let mut imported = read.map_err(|error| refused(shown, &error))?;
    if source.path.is_none() && deck.is_none() && *format != Format::Board {
        imported.name_by_titles();
    }
    // The categories of a board are there also where no cell of theirs is.
    let key = match (format, deck) {
        (Format::Board, None) => {
            source.key(&board::categories(bytes).unwrap_or_default().join(", "))
        }
        _ => source.key(imported.decks.first().map_or("", |deck| &deck.name)),
    };
    let Kept { mut record, was } = kept::of(&key, &source, &imported, moved, desk)?;
    if was.is_some() && deck.is_none() {
        record.stays_in_its_deck(&imported);
    }
    if *format == Format::Board {
        imported = place_cells(&source, import, placed, &mut record, io)?;
    }
    Ok(Ready {
        shown: source.shown,
        argument: source.argument,
        key,
        imported,
        record,
        was,
        package,
    })
}

fn refused(shown: &str, error: &Unreadable) -> CliError {
    CliError::failed(text::one_line(&format!("{shown} cannot be read: {error}")))
        .hint("nothing was imported")
}

/// Reads a board with its cells where a person says that they belong, now or in `record`.
fn place_cells(
    source: &Source,
    import: &Import,
    placed: &Placements,
    record: &mut Record,
    io: &mut Io,
) -> Result<Imported, CliError> {
    let Source { shown, bytes, .. } = source;
    let deck = import.deck.as_deref();
    let refused = |error: Unreadable| refused(shown, &error);
    // What was said once holds until it makes no sense any more.
    let mut all = Placements::new();
    for (place, category) in &record.places {
        let known = place.parse().ok().map(|place| Placements::from([(place, category.clone())]));
        if let Some(known) = known.filter(|known| board::read(bytes, deck, known).is_ok()) {
            all.extend(known);
        }
    }
    all.extend(placed.clone());
    let mut imported = board::read(bytes, deck, &all).map_err(refused)?;
    if io.interactive && !import.dry_run && !imported.open.is_empty() {
        let categories = board::categories(bytes).map_err(refused)?;
        for cell in imported.open.iter().flat_map(|row| &row.cells) {
            if let Some(category) = ask(cell, &categories, io)? {
                all.insert(cell.place, category);
            }
        }
        imported = board::read(bytes, deck, &all).map_err(refused)?;
    }
    record.places =
        all.into_iter().map(|(place, category)| (place.to_string(), category)).collect();
    Ok(imported)
}

/// Asks for the category of a cell; `None` if nobody knows it.
fn ask(cell: &OpenCell, categories: &[String], io: &mut Io) -> Result<Option<String>, CliError> {
    let clue = words::shortened(&text::one_line(&cell.clue), 200);
    io.say("")?;
    io.say(format!("{} on line {}: {clue}", cell.place, cell.line))?;
    let likely = categories.get(cell.likely);
    let others = categories.iter().filter(|name| Some(*name) != likely);
    let shown: Vec<String> = others.chain(likely).map(|name| text::one_line(name)).collect();
    let mut answers: Vec<&str> = shown.iter().map(String::as_str).collect();
    let leave = answers.len().saturating_sub(1);
    answers.insert(leave, "leave it open");
    let chosen = prompt::select("Which category is it of?", &answers, io)?;
    let chosen = chosen.filter(|at| *at != leave).and_then(|at| answers.get(at));
    let named = chosen.and_then(|name| board::category_named(categories, name));
    Ok(named.and_then(|at| categories.get(at)).cloned())
}

/// Returns all decks as they are on the disk.
fn shelf(desk: &Desk, import: &Import) -> Shelf {
    let files = desk.folders().files().into_iter().map(|file| {
        let bytes = load::read_within(&file.path, load::LARGEST_FILE).unwrap_or_default();
        (file.path, file.shown, file.deck, bytes)
    });
    let mut shelf = Shelf::new(desk.home.decks(), files);
    shelf.together = import.deck.is_some();
    shelf
}
