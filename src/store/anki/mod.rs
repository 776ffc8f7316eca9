//! The database of a package of Anki, read as it is.

mod write;

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Row};

pub use self::write::write;
use super::row;
use crate::import::Unreadable;
use crate::import::anki::{Card, Collection, Deck, Note, Notetype, Review, Template};

/// As many notes, cards and answers as a collection may have, each.
const MOST_ROWS: usize = 20_000_000;

/// The database of a collection, which nobody else has.
pub struct Database(Connection);

impl Database {
    /// Opens that at `path`.
    ///
    /// # Errors
    ///
    /// What is no collection, or one that is damaged.
    pub fn open(path: &Path) -> Result<Database, Unreadable> {
        open(path).map(Database).map_err(damaged)
    }

    /// Returns what is in it besides the answers.
    ///
    /// # Errors
    ///
    /// As above, and more rows than are read.
    pub fn notes_and_cards(&mut self) -> Result<Collection, Unreadable> {
        let found = notes_and_cards(&self.0).map_err(damaged)?;
        within_bounds(found.notes.len().max(found.cards.len()))?;
        Ok(found)
    }

    /// Returns the answers, by card and time.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn reviews(&mut self) -> Result<Vec<Review>, Unreadable> {
        let reviews = reviews(&self.0).map_err(damaged)?;
        within_bounds(reviews.len())?;
        Ok(reviews)
    }
}

fn damaged(error: rusqlite::Error) -> Unreadable {
    Unreadable(format!("its collection is damaged: {error}"))
}

fn within_bounds(rows: usize) -> Result<(), Unreadable> {
    if rows < MOST_ROWS {
        return Ok(());
    }
    Err(Unreadable(format!("it has more than {MOST_ROWS} rows of one kind")))
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    // Names of decks and the like are compared by a collation of Anki's own.
    db.create_collation("unicase", |one: &str, other: &str| {
        one.to_lowercase().cmp(&other.to_lowercase())
    })?;
    db.execute_batch(
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA journal_mode = DELETE;
         PRAGMA query_only = ON;",
    )?;
    // A view may have rows without an end.
    let is_view: bool = db.query_row(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'view')",
        [],
        |row| row.get(0),
    )?;
    if is_view {
        return Err(rusqlite::Error::InvalidQuery);
    }
    Ok(db)
}

fn notes_and_cards(db: &Connection) -> rusqlite::Result<Collection> {
    let mut found = Collection::default();
    let (created, version, conf, models, decks): (i64, i64, String, String, String) = db
        .query_row("SELECT crt, ver, conf, models, decks FROM col", [], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row::owned(row, 2)?,
                row::owned(row, 3)?,
                row::owned(row, 4)?,
            ))
        })?;
    found.created = created;
    if version < 15 {
        let conf: serde_json::Value = serde_json::from_str(&conf).unwrap_or_default();
        found.minutes_west = conf["creationOffset"].as_i64();
        found.rollover = conf["rollover"].as_i64();
        found.first_scheduler = conf["schedVer"].as_i64() != Some(2);
        found.notetypes = Notetype::all_of_json(&models).unwrap_or_default();
        found.decks = Deck::all_of_json(&decks).unwrap_or_default();
    } else {
        found.minutes_west = setting(db, "creationOffset")?;
        found.rollover = setting(db, "rollover")?;
        found.notetypes = notetypes(db)?;
        let mut statement = db.prepare("SELECT id, name, kind FROM decks")?;
        let decks = statement.query_map([], |row| {
            let kind: Vec<u8> = row.get(2)?;
            Ok((row.get(0)?, Deck::of_kind(&row::owned(row, 1)?, &kind)))
        })?;
        found.decks = decks.collect::<Result<_, _>>()?;
    }
    found.notes = rows(db, "notes", "id, guid, mid, tags, flds", |row| {
        Ok(Note {
            id: row.get(0)?,
            guid: row::owned(row, 1)?,
            notetype: row.get(2)?,
            tags: row::owned(row, 3)?,
            fields: row::owned(row, 4)?.split('\u{1f}').map(str::to_owned).collect(),
        })
    })?;
    found.cards = rows(
        db,
        "cards",
        "id, nid, did, ord, type, queue, due, ivl, factor, reps, lapses, odue, odid, data, mod",
        |row| {
            Ok(Card {
                id: row.get(0)?,
                note: row.get(1)?,
                deck: row.get(2)?,
                ord: row.get(3)?,
                kind: row.get(4)?,
                queue: row.get(5)?,
                due: whole(row, 6)?,
                interval: whole(row, 7)?,
                factor: whole(row, 8)?,
                answers: whole(row, 9)?,
                lapses: whole(row, 10)?,
                home_due: whole(row, 11)?,
                home_deck: row.get(12)?,
                data: row::owned(row, 13)?,
                modified: whole(row, 14)?,
            })
        },
    )?;
    Ok(found)
}

fn reviews(db: &Connection) -> rusqlite::Result<Vec<Review>> {
    let mut reviews = rows(db, "revlog", "id, cid, ease, factor, time, type, ivl", |row| {
        Ok(Review {
            at_ms: row.get(0)?,
            card: row.get(1)?,
            button: small(row, 2)?,
            factor: row::clamped(whole(row, 3)?),
            took_ms: row::clamped(whole(row, 4)?),
            kind: small(row, 5)?,
            interval: row::clamped(whole(row, 6)?),
        })
    })?;
    reviews.sort_unstable_by_key(|review| (review.card, review.at_ms));
    Ok(reviews)
}

/// Reads these columns of all rows of a table.
fn rows<T>(
    db: &Connection,
    table: &str,
    columns: &str,
    mut read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let count = format!("SELECT min(count(*), {MOST_ROWS}) FROM {table}");
    let count: i64 = db.query_row(&count, [], |row| row.get(0))?;
    let mut all = Vec::with_capacity(usize::try_from(count).unwrap_or_default());
    let mut statement = db.prepare(&format!("SELECT {columns} FROM {table}"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()?.filter(|_| all.len() < MOST_ROWS) {
        all.push(read(row)?);
    }
    Ok(all)
}

fn notetypes(db: &Connection) -> rusqlite::Result<BTreeMap<i64, Notetype>> {
    let mut found: BTreeMap<i64, Notetype> = BTreeMap::new();
    let mut statement = db.prepare("SELECT id, name, config FROM notetypes")?;
    let mut kinds = statement.query([])?;
    while let Some(row) = kinds.next()? {
        let config: Vec<u8> = row.get(2)?;
        let cloze = Notetype::is_cloze(&config);
        let name = row::owned(row, 1)?;
        found.insert(row.get(0)?, Notetype { name, cloze, ..Notetype::default() });
    }
    // What is left of kinds that were removed has no place.
    let mut fields = rows(db, "fields", "ntid, ord, name", |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row::owned(row, 2)?))
    })?;
    fields.sort();
    for (kind, _, name) in fields {
        if let Some(kind) = found.get_mut(&kind) {
            kind.fields.push(name);
        }
    }
    let mut templates = rows(db, "templates", "ntid, ord, name, config", |row| {
        Ok((
            row.get::<_, i64>(0)?,
            row.get::<_, i64>(1)?,
            row::owned(row, 2)?,
            row.get::<_, Vec<u8>>(3)?,
        ))
    })?;
    templates.sort();
    for (kind, _, name, config) in templates {
        if let Some(kind) = found.get_mut(&kind) {
            kind.templates.push(Template::of_config(name, &config));
        }
    }
    Ok(found)
}

fn setting(db: &Connection, key: &str) -> rusqlite::Result<Option<i64>> {
    let value: Option<Vec<u8>> = db
        .query_row("SELECT CAST(val AS BLOB) FROM config WHERE KEY = ?", [key], |row| row.get(0))
        .optional()?;
    Ok(value.and_then(|value| serde_json::from_slice(&value).ok()))
}

/// Returns a small number; one that has no room is the next that has.
fn small(row: &Row<'_>, column: usize) -> rusqlite::Result<i8> {
    Ok(whole(row, column)?.clamp(i8::MIN.into(), i8::MAX.into()) as i8)
}

/// Returns a whole number; files by other programs have others, too.
fn whole(row: &Row<'_>, column: usize) -> rusqlite::Result<i64> {
    use rusqlite::types::ValueRef;
    Ok(match row.get_ref(column)? {
        ValueRef::Integer(number) => number,
        ValueRef::Real(number) => number as i64,
        _ => 0,
    })
}
