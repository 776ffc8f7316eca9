//! The tables that can be dropped at any moment, and how far they are true.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Access, StoreError};

/// Counted up whenever the tables or the folds behind them change.
const VERSION: i64 = 13;

/// Every cache, for dropping.
const TABLES: [&str; 9] = [
    "cache_stamp",
    "cache_file",
    "cache_card",
    "cache_tag",
    "cache_left_out",
    "cache_schedule",
    "cache_answers",
    "cache_mistyped",
    "cache_figures",
];

/// What a stamp says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stamp {
    /// The tables are those of [`VERSION`].
    Version,
    /// The `seq` up to which history is folded.
    Seq,
    /// The settings by which it is folded.
    Settings,
    /// Unix milliseconds of the newest event there is.
    Newest,
    /// Unix milliseconds of the last thing done now on this device.
    LastNow,
    /// The decks in which a new card may be an edited old one, as JSON.
    Edited,
    /// Set while something happened to a card that stands in no deck, which may be an edited one.
    Astray,
    /// The `seq` up to which history was searched for typed answers that were graded again.
    Mistyped,
}

impl Stamp {
    fn name(self) -> &'static str {
        match self {
            Stamp::Version => "version",
            Stamp::Seq => "seq",
            Stamp::Settings => "settings",
            Stamp::Newest => "newest",
            Stamp::LastNow => "last-now",
            Stamp::Edited => "edited",
            Stamp::Astray => "astray",
            Stamp::Mistyped => "mistyped",
        }
    }
}

/// Makes the caches where they are missing or of another version.
///
/// Where nothing can be written they are temporary tables, which all queries find by the same
/// names.
pub(super) fn create(db: &Connection, access: Access) -> Result<(), StoreError> {
    let known = match access {
        Access::Write if !whole(db)? => None,
        Access::Write => version(db),
        Access::Read => {
            // A cache in the file serves as long as nothing needs to change it.
            if whole(db)? && version(db) == Some(VERSION) {
                return Ok(());
            }
            None
        }
    };
    if known != Some(VERSION) {
        make(db, access, &|db| {
            // Another process may have been faster; its caches are not to be dropped.
            let made = access == Access::Write && whole(db)? && version(db) == Some(VERSION);
            Ok(!made)
        })?;
    }
    Ok(())
}

/// Whether none of the caches was dropped.
fn whole(db: &Connection) -> Result<bool, StoreError> {
    let mut named = db.prepare_cached("SELECT 1 FROM sqlite_schema WHERE name = ?")?;
    for table in TABLES {
        if !named.exists([table])? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn version(db: &Connection) -> Option<i64> {
    stamp(db, Stamp::Version).ok().flatten()
}

/// Drops the caches and makes them anew, in one transaction, if they are still `wanted` in it.
fn make(
    db: &Connection,
    access: Access,
    wanted: &dyn Fn(&Connection) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let (tables, schema) = match access {
        Access::Write => (include_str!("cache.sql").to_owned(), "main"),
        Access::Read => {
            let tables = include_str!("cache.sql").replace("CREATE TABLE ", "CREATE TEMP TABLE ");
            (tables.replace("CREATE INDEX ", "CREATE INDEX temp."), "temp")
        }
    };
    let begin = if access == Access::Write { "BEGIN IMMEDIATE;" } else { "BEGIN;" };
    let drop: String =
        TABLES.iter().map(|table| format!("DROP TABLE IF EXISTS {schema}.{table};")).collect();
    let remake = || -> Result<(), StoreError> {
        db.execute_batch(begin)?;
        if wanted(db)? {
            db.execute_batch(&format!("{drop}{tables}"))?;
            set_stamp(db, Stamp::Version, &VERSION)?;
        }
        Ok(db.execute_batch("COMMIT")?)
    };
    let made = remake();
    if made.is_err() && !db.is_autocommit() {
        db.execute_batch("ROLLBACK")?;
    }
    made
}

/// Puts temporary caches in front of those in the file, because they must change and cannot.
pub(super) fn shadow(db: &Connection) -> Result<(), StoreError> {
    make(db, Access::Read, &|_| Ok(true))
}

/// Makes the indexes, which wait until the tables are filled.
pub(super) fn index(db: &Connection) -> Result<(), StoreError> {
    let temporary: bool = db.query_row(
        "SELECT EXISTS (SELECT 1 FROM temp.sqlite_schema WHERE name = 'cache_card')",
        [],
        |row| row.get(0),
    )?;
    let sql = include_str!("cache_index.sql");
    if temporary {
        db.execute_batch(&sql.replace("NOT EXISTS cache", "NOT EXISTS temp.cache"))?;
    } else {
        db.execute_batch(sql)?;
    }
    Ok(())
}

/// Drops all indexes over the schedules, which are about to be written anew, and returns what makes
/// them again. Those of temporary caches stay.
pub(super) fn lay_aside(db: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = db.prepare(
        "SELECT name, sql FROM main.sqlite_schema
          WHERE tbl_name = 'cache_schedule' AND type = 'index' AND sql IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM temp.sqlite_schema WHERE name = 'cache_schedule')",
    )?;
    let indexes: Vec<(String, String)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    drop(statement);
    indexes
        .into_iter()
        .map(|(name, sql)| {
            db.execute_batch(&format!("DROP INDEX main.\"{name}\""))?;
            Ok(sql)
        })
        .collect()
}

/// Drops the caches and makes empty ones.
pub(super) fn reset(db: &Connection, access: Access) -> Result<(), StoreError> {
    make(db, access, &|_| Ok(true))
}

/// Returns what a stamp says, if it was ever set.
pub(super) fn stamp<T: rusqlite::types::FromSql>(
    db: &Connection,
    stamp: Stamp,
) -> rusqlite::Result<Option<T>> {
    db.prepare_cached("SELECT value FROM cache_stamp WHERE name = ?")?
        .query_row([stamp.name()], |row| row.get(0))
        .optional()
}

/// Sets what a stamp says.
pub(super) fn set_stamp(
    db: &Connection,
    stamp: Stamp,
    value: &dyn rusqlite::ToSql,
) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO cache_stamp (name, value) VALUES (?, ?)")?
        .execute(params![stamp.name(), value])
        .map(drop)
}
