//! Packages of Anki: read from a copy of their database, and what they bring besides cards.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;
use std::fs::File;
use std::path::PathBuf;

use super::sources::Source;
use crate::cli::args::Import;
use crate::cli::error::CliError;
use crate::cli::home::Desk;
use crate::cli::io::Io;
use crate::cli::{whole, words};
use crate::history::{Fact, Facts, Record};
use crate::import::anki::Collection;
use crate::import::anki::cards::{self, Brought};
use crate::import::anki::history::{self, Count};
use crate::import::anki::package::{self, Refused};
use crate::import::{Imported, Unreadable};
use crate::store::{United, anki};
use crate::text;
use crate::time::Moment;

/// So many events are one transaction.
const BATCH: usize = 20_000;

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
    /// How many of the events were new, once they are added.
    added: Option<crate::store::Count>,
    /// The files that cards name, and the folders of decks that they are for.
    media: BTreeMap<String, BTreeSet<String>>,
}

/// Reads a package.
///
/// # Errors
///
/// What is none, or is damaged, too large or too new.
pub fn read(
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
    let folder = tempfile::tempdir().map_err(failed)?;
    let copy = folder.path().join("collection");
    package.collection(&mut File::create(&copy).map_err(failed)?).map_err(refused)?;
    // Names that lead elsewhere refuse the package as a whole.
    package.media().map_err(refused)?;
    let mut collection = anki::collection(&copy)?;
    let Brought { mut imported, ids, media } = cards::brought(&collection, import.deck.as_deref());
    let refold = import.refold;
    imported.what = format!(
        "package of Anki, {}, {}",
        words::count(collection.notes.len(), "note", "notes"),
        words::count(collection.cards.len(), "card", "cards")
    );
    collection.notes = Vec::new();
    let now = desk.now;
    let counted = history::events(&collection, &ids, refold, now, |_| Ok::<_, Infallible>(()));
    let count = counted.unwrap_or_default();
    Ok((imported, Package { path, collection, ids, refold, now, count, added: None, media }))
}

/// Adds events to the history, in one transaction.
fn add(records: &mut Vec<Record>, desk: &mut Desk, united: &mut United) -> Result<(), CliError> {
    let facts: Vec<Fact<'_>> = records
        .iter()
        .map(|record| Fact::Event { id: record.id(), facts: Facts::of(record) })
        .collect();
    desk.store.unite(&facts, united)?;
    records.clear();
    Ok(())
}

impl Package {
    /// Writes media, and adds events to the history; what is there already stays as it is.
    ///
    /// # Errors
    ///
    /// What the system or the database says.
    pub fn put(&mut self, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
        self.put_media(desk, io)?;
        let mut united = United::default();
        let device = Fact::Device { id: history::device(), learner: None };
        desk.store.unite(&[device], &mut united)?;
        let mut records = Vec::with_capacity(BATCH);
        let (collection, ids) = (&self.collection, &self.ids);
        history::events(collection, ids, self.refold, self.now, |record| {
            records.push(record);
            if records.len() == BATCH { add(&mut records, desk, &mut united) } else { Ok(()) }
        })?;
        add(&mut records, desk, &mut united)?;
        self.added = Some(united.events);
        desk.bring_up_to_date()
    }

    fn put_media(&self, desk: &Desk, io: &mut Io) -> Result<(), CliError> {
        if self.media.is_empty() {
            return Ok(());
        }
        let failed = |error: String| CliError::failed(format!("media cannot be written: {error}"));
        let file = File::open(&self.path).map_err(|error| failed(error.to_string()))?;
        let mut package =
            package::Package::open(file).map_err(|error| failed(error.to_string()))?;
        let places: BTreeMap<String, String> = package
            .media()
            .map_err(|error| failed(error.to_string()))?
            .into_iter()
            .map(|(place, name)| (name, place))
            .collect();
        let mut missing = 0;
        for (name, folders) in &self.media {
            let Some(place) = places.get(name) else {
                missing += 1;
                continue;
            };
            for folder in folders {
                let folder = desk.home.decks().join(folder).join("media");
                let path = folder.join(crate::import::anki::html::file_name(name));
                if path.exists() {
                    continue;
                }
                std::fs::create_dir_all(&folder).map_err(|error| failed(error.to_string()))?;
                let mut file = whole::Unfinished::begin(&path, 0o644)
                    .map_err(|error| failed(error.to_string()))?;
                package.file(place, &mut file).map_err(|error| failed(error.to_string()))?;
                file.appear().map_err(|error| failed(error.to_string()))?;
            }
        }
        if missing > 0 {
            let files = words::count(missing, "file", "files");
            io.note(format!("note: {files} that cards name are not in the package"));
        }
        Ok(())
    }

    /// Says what it brought.
    ///
    /// # Errors
    ///
    /// If standard output is gone.
    pub fn say(&self, io: &mut Io) -> Result<(), CliError> {
        let Count { reviews, moved, refused, strays, placed, suspended } = self.count;
        let mut parts = vec![words::count(reviews, "review", "reviews")];
        if placed > 0 {
            parts.push(format!("{} where they stood", words::count(placed, "card", "cards")));
        }
        if suspended > 0 {
            parts.push(format!("{} suspended", words::grouped(suspended)));
        }
        if !self.media.is_empty() {
            parts.push(words::count(self.media.len(), "media file", "media files"));
        }
        let known = match &self.added {
            Some(crate::store::Count { new: 0, known: 1.. }) => "; all of it was there already",
            Some(crate::store::Count { known: 1.., .. }) => "; a part was there already",
            _ => "",
        };
        io.line(text::wrap(&format!("{}{known}", parts.join(", ")), io.width, "  ", "    "))?;
        for (number, what) in [
            (moved, "due dates were set otherwise than by an answer, and are left out"),
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
