//! The database of a package for Anki, written.

use std::path::Path;

use rusqlite::{Connection, params};

use crate::export::anki::Package;

/// The tables of schema 11, which every version of Anki reads.
const TABLES: &str = "
CREATE TABLE col (id integer PRIMARY KEY, crt integer NOT NULL, mod integer NOT NULL,
    scm integer NOT NULL, ver integer NOT NULL, dty integer NOT NULL, usn integer NOT NULL,
    ls integer NOT NULL, conf text NOT NULL, models text NOT NULL, decks text NOT NULL,
    dconf text NOT NULL, tags text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, guid text NOT NULL, mid integer NOT NULL,
    mod integer NOT NULL, usn integer NOT NULL, tags text NOT NULL, flds text NOT NULL,
    sfld integer NOT NULL, csum integer NOT NULL, flags integer NOT NULL, data text NOT NULL);
CREATE TABLE cards (id integer PRIMARY KEY, nid integer NOT NULL, did integer NOT NULL,
    ord integer NOT NULL, mod integer NOT NULL, usn integer NOT NULL, type integer NOT NULL,
    queue integer NOT NULL, due integer NOT NULL, ivl integer NOT NULL, factor integer NOT NULL,
    reps integer NOT NULL, lapses integer NOT NULL, left integer NOT NULL, odue integer NOT NULL,
    odid integer NOT NULL, flags integer NOT NULL, data text NOT NULL);
CREATE TABLE revlog (id integer PRIMARY KEY, cid integer NOT NULL, usn integer NOT NULL,
    ease integer NOT NULL, ivl integer NOT NULL, lastIvl integer NOT NULL,
    factor integer NOT NULL, time integer NOT NULL, type integer NOT NULL);
CREATE TABLE graves (usn integer NOT NULL, oid integer NOT NULL, type integer NOT NULL);
";

/// Writes the database of a package to `path`, where nothing is yet.
///
/// # Errors
///
/// What SQLite says.
pub fn write(package: &Package, path: &Path) -> rusqlite::Result<()> {
    let mut db = Connection::open(path)?;
    // It is packed as soon as it is written, and worth nothing before that.
    db.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
    let db = db.transaction()?;
    db.execute_batch(TABLES)?;
    let Package { created, settings, kinds, decks, options, .. } = package;
    db.execute(
        "INSERT INTO col VALUES (1, ?1, ?1 * 1000, ?1 * 1000, 11, 0, 0, 0, ?2, ?3, ?4, ?5, '{}')",
        params![
            created,
            settings.to_string(),
            kinds.to_string(),
            decks.to_string(),
            options.to_string()
        ],
    )?;
    {
        let mut insert =
            db.prepare("INSERT INTO notes VALUES (?, ?, ?, ?, -1, ?, ?, ?, 0, 0, '')")?;
        for note in &package.notes {
            let sorted = note.fields.first().map_or("", String::as_str);
            let fields = note.fields.join("\u{1f}");
            insert.execute(params![
                note.id,
                note.guid,
                note.kind,
                note.changed,
                note.tags,
                fields,
                sorted
            ])?;
        }
        let mut insert = db.prepare(
            "INSERT INTO cards VALUES (?, ?, ?, ?, ?, -1, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?)",
        )?;
        for card in &package.cards {
            insert.execute(params![
                card.id,
                card.note,
                card.deck,
                card.ord,
                card.changed,
                card.stage,
                card.queue,
                card.due,
                card.interval,
                card.factor,
                card.answers,
                card.lapses,
                card.left,
                card.data
            ])?;
        }
        let mut insert = db.prepare("INSERT INTO revlog VALUES (?, ?, -1, ?, ?, ?, ?, ?, ?)")?;
        for row in &package.reviews {
            insert.execute(params![
                row.at_ms,
                row.card,
                row.button,
                row.interval,
                row.before,
                row.factor,
                row.took_ms,
                row.kind
            ])?;
        }
    }
    db.commit()
}
