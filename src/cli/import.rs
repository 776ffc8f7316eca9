//! `import`: other people's cards, read, planned, asked about and written.

use std::path::{Path, PathBuf};

use super::args::{Import, ImportFormat};
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use super::{prompt, words, write};
use crate::deck::Sources;
use crate::deck::load::{self, Folder, Folders};
use crate::import::board::{self, OpenCell, Place, Placements};
use crate::import::plan::{Fate, Outcome, Record, Report, Shelf};
use crate::import::{self, Format, Imported, Unreadable};
use crate::text;

/// So many cards of a file are listed by `--dry-run`.
const LISTED: usize = 50;

/// So many rows that were left out are named.
const NAMED: usize = 100;

/// A file on its way in.
struct Source {
    path: PathBuf,
    /// As it is shown.
    shown: String,
    /// What its deck is called, unless it says so itself.
    name: String,
    bytes: Vec<u8>,
    format: Format,
}

/// A file that was read.
struct Ready {
    shown: String,
    /// Under which its texts are kept.
    key: String,
    imported: Imported,
    record: Record,
}

/// Brings cards in.
pub fn run(import: &Import, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    if import.link {
        return link(import, desk, io);
    }
    let placed = placements(&import.place)?;
    if let Some(name) = &import.deck
        && import::deck_path(name).is_none()
    {
        return Err(CliError::usage(format!("{:?} is no name for a deck", text::one_line(name)))
            .hint("use letters and digits, and `/` between a folder and a deck"));
    }
    let sources = sources(import)?;
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
    let mut ready = Vec::new();
    for source in sources {
        ready.push(read(source, import, &placed, desk, io)?);
    }
    let mut shelf = shelf(desk, import);
    let mut brought = Vec::new();
    let mut reports = Vec::new();
    for ready in ready {
        let report = shelf.take_in(&ready.imported, ready.record.clone());
        let record = serde_json::to_string(&report.record)
            .map_err(|error| CliError::failed(format!("cannot be put into JSON: {error}")))?;
        brought.push((ready.key.clone(), record));
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
        put(&shelf, &brought, desk)?;
    }
    let mut bad = false;
    for (ready, report) in &reports {
        say(ready, report, import.dry_run, io)?;
        bad |= !ready.imported.skipped.is_empty();
    }
    conclude(&reports, import.dry_run, io)?;
    if !import.dry_run {
        desk.say_what_was_linked(io);
    }
    if bad { Err(CliError::Quiet(1)) } else { Ok(()) }
}

/// Writes the decks, then what was brought.
fn put(shelf: &Shelf, brought: &[(String, String)], desk: &mut Desk) -> Result<(), CliError> {
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
    write::all(&changes)?;
    desk.keep_imports(brought)
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

/// Returns the files, all of them read.
fn sources(import: &Import) -> Result<Vec<Source>, CliError> {
    let mut sources = Vec::new();
    for path in &import.files {
        let shown = words::path(path);
        if !path.exists() {
            return Err(CliError::failed(format!("{shown} is not there")));
        }
        if path.is_dir() {
            let before = sources.len();
            sources.extend(folder(path, import)?);
            if sources.len() == before {
                return Err(CliError::failed(format!("there is no YAML deck below {shown}"))
                    .hint("name the files, if they are of another format"));
            }
            continue;
        }
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        sources.push(source(path, shown, stem.unwrap_or_default(), import)?);
    }
    Ok(sources)
}

/// Returns the decks below a folder.
fn folder(path: &Path, import: &Import) -> Result<Vec<Source>, CliError> {
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = real.file_name().map(|name| name.to_string_lossy().into_owned());
    let shown = path.to_string_lossy().into_owned();
    let folder = Folder { path: path.to_owned(), shown, prefix: name };
    let mut found = Vec::new();
    for file in Folders::new(vec![folder], 0).files() {
        let source = source(&file.path, text::one_line(&file.shown), file.deck, import)?;
        // Other YAML is nobody's deck, and nobody's mistake.
        let reading = crate::deck::yaml::read(&source.bytes, "");
        if reading.deck.is_some() || !reading.diagnostics.is_empty() {
            found.push(source);
        }
    }
    Ok(found)
}

fn source(path: &Path, shown: String, name: String, import: &Import) -> Result<Source, CliError> {
    let bytes = load::read_within(path, load::LARGEST_FILE)
        .map_err(|error| CliError::failed(format!("{shown} cannot be read: {error}")))?;
    if bytes.len() > load::LARGEST_FILE {
        let most = load::LARGEST_FILE >> 20;
        return Err(CliError::failed(format!("{shown} is larger than {most} MiB"))
            .hint("divide it into several files"));
    }
    let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let format = match import.format {
        Some(ImportFormat::Board) => Some(Format::Board),
        Some(ImportFormat::Csv) => Some(Format::Csv),
        Some(ImportFormat::Tsv) => Some(Format::Tsv),
        Some(ImportFormat::Markdown) => Some(Format::Markdown),
        Some(ImportFormat::Yaml) => Some(Format::Yaml),
        None => import::format_of(&file_name.unwrap_or_default(), &bytes),
    };
    let format = format.ok_or_else(|| {
        CliError::failed(format!("it is not clear what {shown} is"))
            .hint("say it with --format: board, csv, tsv, markdown or yaml")
    })?;
    Ok(Source { path: path.to_owned(), shown, name, bytes, format })
}

/// Reads a file as what it is, and asks about rows of a board that do not say where they belong.
fn read(
    source: Source,
    import: &Import,
    placed: &Placements,
    desk: &Desk,
    io: &mut Io,
) -> Result<Ready, CliError> {
    let Source { path, shown, name, bytes, format } = source;
    let refused = |error: Unreadable| {
        CliError::failed(text::one_line(&format!("{shown} cannot be read: {error}")))
            .hint("nothing was imported")
    };
    let real = std::fs::canonicalize(&path).unwrap_or(path);
    let key = real.to_string_lossy().into_owned();
    let last = desk.store.last_import(&key)?;
    let mut record: Record =
        last.and_then(|last| serde_json::from_str(&last).ok()).unwrap_or_default();
    let deck = import.deck.as_deref();
    let name = deck.unwrap_or(&name);
    let imported = match format {
        Format::Csv => import::csv::read(&bytes, name, b',').map_err(refused)?,
        Format::Tsv => import::csv::read(&bytes, name, b'\t').map_err(refused)?,
        Format::Markdown => import::markdown::read(&bytes, name).map_err(refused)?,
        Format::Yaml => import::decks::read(&bytes, name).map_err(refused)?,
        Format::Board => {
            // What was said once holds until it makes no sense any more.
            let mut all = Placements::new();
            for (place, category) in &record.places {
                let known =
                    place.parse().ok().map(|place| Placements::from([(place, category.clone())]));
                if let Some(known) = known.filter(|known| board::read(&bytes, deck, known).is_ok())
                {
                    all.extend(known);
                }
            }
            all.extend(placed.clone());
            let mut imported = board::read(&bytes, deck, &all).map_err(refused)?;
            if io.interactive && !import.dry_run && !imported.open.is_empty() {
                let categories = board::categories(&bytes).map_err(refused)?;
                for cell in imported.open.iter().flat_map(|row| &row.cells) {
                    if let Some(category) = ask(cell, &categories, io)? {
                        all.insert(cell.place, category);
                    }
                }
                imported = board::read(&bytes, deck, &all).map_err(refused)?;
            }
            record.places =
                all.into_iter().map(|(place, category)| (place.to_string(), category)).collect();
            imported
        }
    };
    Ok(Ready { shown, key, imported, record })
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

/// Says what becomes of a file.
fn say(ready: &Ready, report: &Report, dry_run: bool, io: &mut Io) -> Result<(), CliError> {
    let Ready { shown, imported, .. } = ready;
    io.line(format!("{shown}: {}", imported.what))?;
    let mut files: Vec<&str> = Vec::new();
    for outcome in &report.outcomes {
        if !outcome.file.is_empty() && !files.contains(&&*outcome.file) {
            files.push(&outcome.file);
        }
    }
    for file in files {
        let here: Vec<&Outcome> =
            report.outcomes.iter().filter(|outcome| outcome.file == file).collect();
        io.line(format!("  {}", text::one_line(&format!("{file}: {}", counted(&here)))))?;
        if dry_run {
            list(&here, io)?;
        }
    }
    for (wanted, given) in &report.renamed {
        io.note(text::one_line(&format!(
            "note: the name {wanted} is taken by other cards: this deck is {given}"
        )));
    }
    for outcome in &report.outcomes {
        if let Fate::Kept { kept, .. } = &outcome.fate {
            let back = outcome.back.texts().join(" | ");
            let says = match kept[..] {
                ["front"] => format!("another front: {}", outcome.front),
                ["back"] => format!("another back: {back}"),
                _ => format!("another {}: {} → {back}", kept.join(", "), outcome.front),
            };
            io.note(text::one_line(&format!(
                "note: {} is yours and was kept; line {} of {shown} says {says}",
                outcome.id, outcome.line
            )));
        }
    }
    let gone = report.outcomes.iter().filter(|outcome| outcome.fate == Fate::Gone).count();
    if gone > 0 {
        let cards = words::count(gone, "card stays out: it was", "cards stay out: they were");
        io.note(format!("note: {cards} taken out of the deck here"));
    }
    for remark in &imported.remarks {
        let line =
            if remark.line > 0 { format!("{shown}:{}: ", remark.line) } else { String::new() };
        io.note(text::one_line(&format!("note: {line}{}", remark.what)));
    }
    let open: Vec<&OpenCell> = imported.open.iter().flat_map(|row| &row.cells).collect();
    if !open.is_empty() {
        let cells: Vec<String> =
            open.iter().map(|cell| format!("{} (line {})", cell.place, cell.line)).collect();
        let likely: Vec<String> = open
            .iter()
            .map(|cell| {
                let place = format!("{}={}", cell.place, cell.likely_name);
                format!("--place {}", words::quoted(&place))
            })
            .collect();
        io.note(text::one_line(&format!(
            "note: {shown} does not say which categories these cells are of: {}; `retain import` with --place settles it, perhaps {}",
            cells.join(", "),
            likely.join(" ")
        )));
    }
    for row in imported.skipped.iter().take(NAMED) {
        io.note(text::one_line(&format!("{shown}:{}: {}; left out", row.line, row.what)));
    }
    if let Some(more) = imported.skipped.len().checked_sub(NAMED).filter(|more| *more > 0) {
        io.note(format!("{shown}: and {} more", words::grouped(more)));
    }
    Ok(())
}

/// Returns what becomes of the cards of a file, in numbers.
fn counted(here: &[&Outcome]) -> String {
    let count = |is: &dyn Fn(&Fate) -> bool| here.iter().filter(|one| is(&one.fate)).count();
    let parts = [
        (count(&|fate| *fate == Fate::Added), "new"),
        (count(&|fate| matches!(fate, Fate::Moved(_))), "moved here"),
        (count(&|fate| matches!(fate, Fate::Updated(_))), "updated"),
        (count(&|fate| matches!(fate, Fate::Kept { .. })), "kept as you have it"),
        (count(&|fate| *fate == Fate::Same), "there already"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what}", words::grouped(number)))
        .collect();
    parts.join(", ")
}

/// Lists the cards of a file that something becomes of.
fn list(here: &[&Outcome], io: &mut Io) -> Result<(), CliError> {
    let told: Vec<&&Outcome> = here.iter().filter(|one| one.fate != Fate::Same).collect();
    let widest = told.iter().take(LISTED).map(|one| one.id.chars().count()).max().unwrap_or(0);
    for outcome in told.iter().take(LISTED) {
        let sign = match &outcome.fate {
            Fate::Added => '+',
            Fate::Updated(_) => '~',
            Fate::Moved(_) => '>',
            Fate::Kept { .. } | Fate::Same | Fate::Gone => '=',
        };
        let id = words::padded(&outcome.id, widest.min(30));
        let room = io.width.saturating_sub(8 + widest.min(30));
        let back = text::one_line(&outcome.back.texts().join(" | "));
        let front = text::one_line(&outcome.front);
        let half = room.saturating_sub(3) / 2;
        let behind =
            words::shortened(&back, half.max(room.saturating_sub(3 + front.chars().count())));
        let taken = behind.chars().count() + 3;
        let front = words::shortened(&front, room.saturating_sub(taken));
        io.line(format!("    {sign} {id}  {front} → {behind}"))?;
    }
    if told.len() > LISTED {
        io.line(format!("    … and {} more", words::grouped(told.len() - LISTED)))?;
    }
    Ok(())
}

/// Says it all in a line.
fn conclude(reports: &[(Ready, Report)], dry_run: bool, io: &mut Io) -> Result<(), CliError> {
    let outcomes: Vec<&Outcome> = reports.iter().flat_map(|(_, report)| &report.outcomes).collect();
    let added = outcomes.iter().filter(|one| one.fate == Fate::Added).count();
    let cards = words::count(added, "card", "cards");
    let others =
        counted(&outcomes.into_iter().filter(|one| one.fate != Fate::Added).collect::<Vec<_>>());
    let others = if others.is_empty() { others } else { format!("; {others}") };
    io.say(if dry_run {
        format!("{cards} would be added{others}; nothing was written")
    } else {
        format!("{cards} added{others}")
    })
}

/// Links a folder into the decks.
fn link(import: &Import, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let [folder] = &import.files[..] else {
        return Err(CliError::usage("--link takes one folder"));
    };
    let shown = words::path(folder);
    let real = std::fs::canonicalize(folder)
        .map_err(|error| CliError::failed(format!("{shown} cannot be read: {error}")))?;
    if !real.is_dir() {
        return Err(CliError::failed(format!("{shown} is no folder"))
            .hint("--link is for folders of YAML decks; without it a file is imported"));
    }
    let decks = desk.home.decks();
    let own = std::fs::canonicalize(&decks).unwrap_or_else(|_| decks.clone());
    if real.starts_with(&own) || own.starts_with(&real) {
        return Err(CliError::failed(format!(
            "{shown} and the decks of this home hold each other"
        ))
        .hint("link a folder that lies elsewhere"));
    }
    let linked = std::fs::read_dir(&decks).into_iter().flatten().flatten().find(|entry| {
        entry.file_type().is_ok_and(|kind| kind.is_symlink())
            && std::fs::canonicalize(entry.path()).is_ok_and(|path| path == real)
    });
    if let Some(linked) = linked {
        return io.line(format!("{} links {shown} already", words::path(&linked.path())));
    }
    let one = Folder { path: real.clone(), shown: shown.clone(), prefix: None };
    let files = Folders::new(vec![one], 0).files();
    let read = |file: &crate::deck::DeckFile| {
        let bytes = load::read_within(&file.path, load::LARGEST_FILE).unwrap_or_default();
        crate::deck::yaml::read(&bytes, &file.shown).deck
    };
    let found: Vec<usize> = files.iter().filter_map(read).map(|deck| deck.notes.len()).collect();
    if found.is_empty() {
        return Err(CliError::failed(format!("there is no YAML deck below {shown}"))
            .hint("files of other formats are imported, not linked"));
    }
    let name = real.file_name().map(|name| name.to_string_lossy().into_owned());
    let base = name.filter(|name| !name.starts_with('.')).unwrap_or_else(|| "linked".into());
    let taken = |name: &str| std::fs::symlink_metadata(decks.join(name)).is_ok();
    let numbers = (2u32..).map(|number| format!("{base}-{number}"));
    let name = std::iter::once(base.clone()).chain(numbers).find(|name| !taken(name));
    let place = decks.join(name.unwrap_or(base));
    let cards = words::count(found.iter().sum(), "card", "cards");
    let cards = format!("{cards} in {}", words::count(found.len(), "deck", "decks"));
    if import.dry_run {
        let place = words::path(&place);
        return io.line(format!("{place} would link {shown}: {cards}; nothing was written"));
    }
    std::fs::create_dir_all(&decks)
        .and_then(|()| std::os::unix::fs::symlink(&real, &place))
        .map_err(|error| {
            CliError::failed(format!("{} cannot be made: {error}", words::path(&place)))
        })?;
    io.line(format!("{} links {shown}: {cards}", words::path(&place)))?;
    io.line(format!("`{}` looks through them", desk.home.command("check")))
}
