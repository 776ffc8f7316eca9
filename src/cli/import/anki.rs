//! Packages of Anki: read from a copy of their database, and what they bring besides cards.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::sources::{Source, is_called_package};
use crate::at_once::{Gone, Hand, both, made_and_taken};
use crate::card::CardId;
use crate::cli::args::Import;
use crate::cli::bar::Bar;
use crate::cli::error::CliError;
use crate::cli::home::Desk;
use crate::cli::io::Io;
use crate::cli::passing::PassingFolder;
use crate::cli::{whole, words};
use crate::history::{self as events, Fact, Facts, Kind};
use crate::import::anki::Collection;
use crate::import::anki::cards::{self, Brought};
use crate::import::anki::history::{self, Count, Here};
use crate::import::anki::package::{self, Refused};
use crate::import::plan::Record;
use crate::import::{Imported, Unreadable};
use crate::stats::Logged;
use crate::store::{Arrival, United, anki};
use crate::text;
use crate::time::Moment;

/// So many events are one transaction.
const BATCH: usize = 20_000;
/// So many bytes of a database are written at once.
const WRITTEN: usize = 256 * 1024;
/// So many events go from one core to the other at once, and so many times as many wait.
const PIECES: (usize, usize) = (512, 4);

/// What a package brings besides its cards.
pub struct Package {
    path: PathBuf,
    /// What there is of it besides the notes.
    collection: Collection,
    /// The ids of its cards here.
    ids: HashMap<i64, String>,
    refold: bool,
    now: Moment,
    count: Count,
    /// How many of the events were new, once they are added; or would be.
    added: Option<crate::store::Count>,
    /// The files that cards name, and where they are to be below the folder of the decks.
    media: BTreeMap<String, BTreeSet<String>>,
    /// Files that cards name, and that are not in it.
    missing: Vec<String>,
    /// Those that were written.
    written: Vec<PathBuf>,
}

/// Reads a package.
///
/// # Errors
///
/// What the database says. Within: what is no package, or is damaged, too large or too new.
pub fn read(
    source: &Source,
    import: &Import,
    desk: &mut Desk,
) -> Result<Result<(Imported, Package), Unreadable>, CliError> {
    let (mut imported, mut package) = match opened(source, import, desk) {
        Ok(opened) => opened,
        Err(unreadable) => return Ok(Err(unreadable)),
    };
    say_what_was(&mut imported, source, desk)?;
    if import.dry_run {
        let mut new = 0;
        package.count = package.each_event(desk, |_, _| {
            new += 1;
            Ok(())
        })?;
        package.added = Some(crate::store::Count { new, known: 0 });
    }
    Ok(Ok((imported, package)))
}

/// Says of each card what other packages said of it: they are of one collection, under many names.
fn say_what_was(imported: &mut Imported, source: &Source, desk: &Desk) -> Result<(), CliError> {
    if desk.store.last_import(&source.key(""))?.is_some() {
        return Ok(());
    }
    for other in desk.store.imported_sources()? {
        if !is_called_package(Path::new(&other)) {
            continue;
        }
        let kept = desk.store.last_import(&other)?.unwrap_or_default();
        let record: Record = serde_json::from_str(&kept).unwrap_or_default();
        for (origin, note) in record.into_notes() {
            imported.bases.entry(origin).or_default().push(note);
        }
    }
    Ok(())
}

fn opened(
    source: &Source,
    import: &Import,
    desk: &Desk,
) -> Result<(Imported, Package), Unreadable> {
    let path = source.path.clone().unwrap_or_default();
    let refused = |refused: Refused| Unreadable(refused.to_string());
    let failed = |error: std::io::Error| Unreadable(error.to_string());
    let mut package =
        package::Package::open(File::open(&path).map_err(failed)?).map_err(refused)?;
    // A database is a file of its own for SQLite.
    let folder = PassingFolder::make().map_err(failed)?;
    let copy = folder.path().join("collection");
    let mut file = BufWriter::with_capacity(WRITTEN, File::create(&copy).map_err(failed)?);
    package.collection(&mut file).map_err(refused)?;
    file.flush().map_err(failed)?;
    drop(file);
    // Names that lead elsewhere refuse the package as a whole.
    let files = package.media().map_err(refused)?;
    let mut database = anki::Database::open(&copy)?;
    let mut collection = database.notes_and_cards()?;
    let what = format!(
        "package of Anki, {}, {}",
        words::count(collection.notes.len(), "note", "notes"),
        words::count(collection.cards.len(), "card", "cards")
    );
    let (reviews, brought) = both(
        move || database.reviews(),
        || cards::brought(&mut collection, import.deck.as_deref()),
    );
    collection.reviews = reviews?;
    let Brought { mut imported, ids, mut media } = brought;
    imported.what = what;
    let files: BTreeSet<String> = files.into_iter().map(|(_, name)| name).collect();
    let mut missing = Vec::new();
    media.retain(|name, _| {
        let is_there = files.contains(name);
        if !is_there {
            missing.push(name.clone());
        }
        is_there
    });
    let refold = import.refold;
    let now = desk.now;
    let count = Count::default();
    let (added, written) = (None, Vec::new());
    let package =
        Package { path, collection, ids, refold, now, count, added, media, missing, written };
    Ok((imported, package))
}

/// Adds events to the history, in one transaction.
fn add(
    records: &mut Vec<events::Record>,
    desk: &mut Desk,
    united: &mut United,
) -> Result<(), CliError> {
    let facts: Vec<Fact<'_>> = records
        .iter()
        .map(|record| Fact::Event { id: record.id(), facts: Facts::of(record) })
        .collect();
    desk.store.unite(&facts, united)?;
    records.clear();
    Ok(())
}

/// Returns what the history has of a card: what went out from here comes back with other facts than
/// it had, such as a shorter time.
fn here(card: &CardId, desk: &mut Desk) -> Result<Here, CliError> {
    let answer = |deed: &Logged| {
        let rating = match deed.event.kind {
            Kind::Reviewed(grade) | Kind::Practised(grade) => grade.rating.number(),
            Kind::Reset => 0,
            _ => return None,
        };
        Some((deed.event.when.at_ms, rating))
    };
    let deeds = desk.store.deeds(card)?;
    let switch = |deed: &&Logged| matches!(deed.event.kind, Kind::Suspended { .. } | Kind::Resumed);
    let switched_ms = deeds.iter().filter(switch).map(|deed| deed.event.when.at_ms).max();
    let answers: Vec<(i64, i64)> = deeds.iter().filter_map(answer).collect();
    let standing = desk.store.standing(card, &desk.settings)?;
    Ok(Here {
        answers,
        schedule: standing.as_ref().and_then(|standing| standing.schedule),
        suspended: standing.is_some_and(|standing| standing.suspended),
        switched_ms,
    })
}

impl Package {
    /// Adds events to the history; those that are there already stay as they are.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn put(&mut self, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
        let mut bar = Bar::new("history", io);
        if desk.store.has_no_history()? {
            desk.read_decks()?;
            let (count, new) = self.load(&mut bar, desk)?;
            self.count = count;
            self.added = Some(crate::store::Count { new, known: 0 });
            self.collection = Collection::default();
            return Ok(());
        }
        // What comes to cards that are known is told from how they stand.
        desk.bring_up_to_date()?;
        desk.say_what_was_linked(io);
        let mut united = United::default();
        let device = Fact::Device { id: history::device(), learner: None };
        desk.store.unite(&[device], &mut united)?;
        let mut records = Vec::with_capacity(BATCH);
        let mut done = 0;
        self.count = self.each_event(desk, |record, desk| {
            done += 1;
            bar.show(self.done(done));
            records.push(record);
            if records.len() == BATCH { add(&mut records, desk, &mut united) } else { Ok(()) }
        })?;
        add(&mut records, desk, &mut united)?;
        self.added = Some(united.events);
        Ok(())
    }

    /// Returns how much of the work is about done with so many events.
    fn done(&self, events: usize) -> f32 {
        let all = self.collection.reviews.len() + self.collection.cards.len();
        (events as f32 / all.max(1) as f32).min(1.0)
    }

    /// Adds all events to a history that has none, at once; returns what they are, and how many of
    /// them there were.
    fn load(&self, bar: &mut Bar, desk: &mut Desk) -> Result<(Count, usize), CliError> {
        let Desk { store, settings, .. } = desk;
        let Package { collection, ids, refold, now, .. } = self;
        let mut count: Result<_, Gone> = Ok(Count::default());
        let added = store.load(history::device(), settings, |loader| {
            let mut folder = loader.folder();
            let fold = |hand: Hand<'_, Arrival>| {
                let nothing = |_: &CardId| Ok(Here::default());
                let take = |record| folder.take(record, &mut *hand);
                let count = history::events(collection, ids, *refold, *now, nothing, take)?;
                folder.end(hand)?;
                Ok(count)
            };
            let taken;
            (count, taken) = made_and_taken(PIECES, fold, |made| {
                let mut done = 0;
                for arrival in made {
                    done += usize::from(matches!(arrival, Arrival::Event(..)));
                    bar.show(self.done(done));
                    loader.add(arrival)?;
                }
                Ok::<(), CliError>(())
            });
            taken
        })?;
        // It ends early only where nobody takes what it makes.
        Ok((count.unwrap_or_default(), added))
    }

    /// Calls `with` for every event that is not here already.
    fn each_event(
        &self,
        desk: &mut Desk,
        mut with: impl FnMut(events::Record, &mut Desk) -> Result<(), CliError>,
    ) -> Result<Count, CliError> {
        let is_empty = desk.store.has_no_history()?;
        let desk = RefCell::new(desk);
        history::events(
            &self.collection,
            &self.ids,
            self.refold,
            self.now,
            |card| match is_empty {
                true => Ok(Here::default()),
                false => here(card, &mut desk.borrow_mut()),
            },
            |record| with(record, &mut desk.borrow_mut()),
        )
    }

    /// Takes away the media that were written, and folders from that of the `decks` on that are
    /// empty then.
    pub fn take_media_back(&mut self, decks: &Path) {
        for path in self.written.drain(..) {
            // What cannot be taken away does no harm.
            let _ = std::fs::remove_file(&path);
            let mut above = path.ancestors().skip(1).take_while(|folder| folder.starts_with(decks));
            let _ = above.try_for_each(std::fs::remove_dir);
        }
    }

    /// Writes media; files that are there already stay as they are.
    ///
    /// # Errors
    ///
    /// What the system says, or a file of the package that is damaged.
    pub fn put_media(&mut self, desk: &Desk) -> Result<(), CliError> {
        if self.media.is_empty() {
            return Ok(());
        }
        let failed = |error: String| {
            CliError::failed(text::one_line(&format!("media cannot be written: {error}")))
                .hint("nothing was imported")
        };
        let file = File::open(&self.path).map_err(|error| failed(error.to_string()))?;
        let mut package =
            package::Package::open(file).map_err(|error| failed(error.to_string()))?;
        let places: BTreeMap<String, String> = package
            .media()
            .map_err(|error| failed(error.to_string()))?
            .into_iter()
            .map(|(place, name)| (name, place))
            .collect();
        for (name, paths) in &self.media {
            let Some(place) = places.get(name) else { continue };
            for path in paths {
                let path = desk.home.decks().join(path);
                if path.exists() {
                    continue;
                }
                self.written.push(path.clone());
                let folder = path.parent().unwrap_or(&path);
                std::fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
                let mut file = whole::Unfinished::begin(&path, 0o644)
                    .map_err(|error| failed(error.to_string()))?;
                package.file(place, &mut file).map_err(|error| failed(error.to_string()))?;
                file.appear().map_err(|error| failed(error.to_string()))?;
            }
        }
        Ok(())
    }

    /// Says what it brought.
    ///
    /// # Errors
    ///
    /// If standard output is gone.
    pub fn say(&self, io: &mut Io) -> Result<(), CliError> {
        let Count { reviews, returned, moved, refused, strays, placed, suspended, resumed } =
            self.count;
        let mut parts = vec![words::count(reviews, "review", "reviews")];
        if placed > 0 {
            parts.push(format!("{} where they stood", words::count(placed, "card", "cards")));
        }
        if suspended > 0 {
            parts.push(format!("{} suspended", words::grouped(suspended)));
        }
        if resumed > 0 {
            parts.push(format!("{} suspended no more", words::grouped(resumed)));
        }
        if moved > 0 {
            let days = words::count(moved, "due date", "due dates");
            parts.push(format!("{days} set without an answer"));
        }
        if !self.media.is_empty() {
            parts.push(words::count(self.media.len(), "media file", "media files"));
        }
        let known = match &self.added {
            Some(crate::store::Count { new: 0, known }) if *known + returned > 0 => {
                "; all of it was there already"
            }
            Some(crate::store::Count { known, .. }) if *known + returned > 0 => {
                "; a part was there already"
            }
            _ => "",
        };
        io.line(text::wrap(&format!("{}{known}", parts.join(", ")), io.width, "  ", "    "))?;
        if let [first, others @ ..] = &self.missing[..] {
            let first = words::shortened(&text::one_line(first), 60);
            let what = match others.len() {
                0 => format!("{first}, which a card names, is not in the package"),
                others => format!(
                    "{first} and {} that cards name are not in the package",
                    words::count(others, "more file", "more files")
                ),
            };
            io.note(format!("note: {what}"));
        }
        for (number, what) in [
            (refused, "rows of its history make no sense, and are left out"),
            (strays, "rows of its history are of cards that are not there"),
        ] {
            if number > 0 {
                io.note(format!("note: {} {what}", words::grouped(number)));
            }
        }
        Ok(())
    }
}
