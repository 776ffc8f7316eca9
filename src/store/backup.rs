//! Copies of the facts: whole, verified, without caches, and not too many.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::{Store, StoreError, migrate};
use crate::time::Day;

/// The folder of the copies, in the home.
pub const BACKUPS: &str = "backups";

/// The pages of a new database. An answer is a row and three entries of indexes, four pages of the
/// log: they are small, so that it is on the disk soon.
pub(super) const PAGES: &str = "PRAGMA page_size = 2048";

/// How many of the newest daily copies are kept.
const DAYS_KEPT: usize = 10;
/// In how many of the newest months the first copy is kept besides.
const MONTHS_KEPT: usize = 12;

/// Writes a verified copy of everything but the caches to `to`, which must not exist.
pub(super) fn copy(db: &Connection, to: &Path) -> Result<(), StoreError> {
    let io = |source| StoreError::Io { path: to.to_owned(), source };
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(io)?;
    // Under another name until it is whole; mode 0600 like the database.
    let unfinished = tempfile::Builder::new()
        .prefix(".unfinished-")
        .tempfile_in(folder)
        .map_err(|error| io(error.kind().into()))? // its own words name the unfinished file
        .into_temp_path();
    write_copy(db, &unfinished)?;
    std::fs::File::open(&unfinished).and_then(|file| file.sync_all()).map_err(io)?;
    unfinished.persist_noclobber(to).map_err(|error| io(error.error))
}

fn write_copy(db: &Connection, to: &Path) -> Result<(), StoreError> {
    // The copy is attached to a connection of its own, so that a session's goes on undisturbed.
    let source = db.path().unwrap_or_default().to_owned();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let copy = Connection::open_with_flags(to, flags)?;
    copy.busy_timeout(super::PATIENCE)?;
    copy.execute_batch(PAGES)?;
    // Rows are copied as they are: what is wrong in them is for the doctor to say.
    copy.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;",
    )?;
    copy.execute("ATTACH ? AS source", [&source])?;
    copy.execute_batch("BEGIN")?;
    let mut later = Vec::new();
    {
        let mut parts = copy.prepare(
            "SELECT type, name, sql FROM source.sqlite_schema
              WHERE sql IS NOT NULL AND name NOT LIKE 'cache\\_%' ESCAPE '\\'
                AND tbl_name NOT LIKE 'cache\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
              ORDER BY type <> 'table'",
        )?;
        let mut rows = parts.query([])?;
        while let Some(row) = rows.next()? {
            let (kind, name, sql): (String, String, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            if kind == "table" {
                copy.execute_batch(&sql)?;
                let name = name.replace('"', "\"\"");
                copy.execute_batch(&format!(
                    "INSERT INTO main.\"{name}\" SELECT * FROM source.\"{name}\""
                ))?;
                let count = |schema: &str| {
                    let sql = format!("SELECT count(*) FROM {schema}.\"{name}\"");
                    copy.query_row(&sql, [], |row| row.get::<_, i64>(0))
                };
                if count("main")? != count("source")? {
                    return Err(StoreError::Damaged {
                        path: to.to_owned(),
                        problem: format!("the copy of {name} is not whole"),
                    });
                }
            } else {
                // Indexes and triggers after the rows: the rows are known to be right.
                later.push(sql);
            }
        }
    }
    for sql in later {
        copy.execute_batch(&sql)?;
    }
    for pragma in ["user_version", "application_id"] {
        let value: i64 =
            copy.query_row(&format!("PRAGMA source.{pragma}"), [], |row| row.get(0))?;
        copy.pragma_update(Some("main"), pragma, value)?;
    }
    copy.execute_batch("COMMIT; DETACH source; PRAGMA synchronous = FULL;")?;
    verify(&copy, to)
}

/// Checks every page and constraint of `db`.
pub(super) fn verify(db: &Connection, path: &Path) -> Result<(), StoreError> {
    let problem: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if problem == "ok" {
        Ok(())
    } else {
        Err(StoreError::Damaged { path: path.to_owned(), problem })
    }
}

/// Returns `name` in `folder`, with a number where it is taken.
pub(super) fn free_name(folder: &Path, name: &str) -> PathBuf {
    let stem = name.strip_suffix(".db").unwrap_or(name);
    let numbered = (2..).map(|number| folder.join(format!("{stem}-{number}.db")));
    std::iter::once(folder.join(name))
        .chain(numbered)
        .find(|path| !path.exists())
        .unwrap_or_else(|| folder.join(name))
}

impl Store {
    /// Writes a verified copy of the facts to `to`.
    ///
    /// # Errors
    ///
    /// A file that is there already is never overwritten; nothing unfinished is left behind.
    pub fn back_up(&self, to: &Path) -> Result<(), StoreError> {
        copy(&self.db, to).map_err(|error| error.at(&self.path))
    }

    /// Writes a verified copy of the facts before something that changes them for ever, called
    /// `what`, and returns its path.
    ///
    /// # Errors
    ///
    /// As [`Store::back_up`].
    pub fn back_up_before(&self, what: &str, today: Day) -> Result<PathBuf, StoreError> {
        let home = self.path.parent().unwrap_or(Path::new("."));
        let copy = free_name(&home.join(BACKUPS), &format!("before-{what}-{today}.db"));
        self.back_up(&copy)?;
        Ok(copy)
    }

    /// Makes today's copy if there is none yet, and deletes old ones. Returns the new copy.
    ///
    /// # Errors
    ///
    /// As [`Store::back_up`].
    pub fn back_up_daily(&self, today: Day) -> Result<Option<PathBuf>, StoreError> {
        let Some(folder) = self.path.parent().map(|home| home.join(BACKUPS)) else {
            return Ok(None);
        };
        let to = folder.join(format!("retain-{today}.db"));
        if !self.writable() || to.exists() {
            return Ok(None);
        }
        self.back_up(&to)?;
        prune(&folder);
        Ok(Some(to))
    }

    /// Replaces the facts of this home by those of the copy at `from`, after a copy of the present
    /// ones, whose path is returned.
    ///
    /// # Errors
    ///
    /// As [`refuse_no_copy`], and if the present facts cannot be copied; then nothing changes.
    pub fn restore(&mut self, from: &Path, today: Day) -> Result<PathBuf, StoreError> {
        self.deny_readers()?;
        // Copied once more, into pages like those of the database: it may come from elsewhere.
        let folder = tempfile::tempdir_in(self.path.parent().unwrap_or(Path::new(".")))
            .map_err(|source| StoreError::Io { path: self.path.clone(), source })?;
        let fresh = folder.path().join("retain.db");
        let source = open_copy(from)
            .and_then(|source| copy(&source, &fresh))
            .and_then(|()| open_copy(&fresh))
            .map_err(|error| error.at(from))?;
        let before = self.back_up_before("restore", today)?;
        let path = self.path.clone();
        self.replace(&source).map_err(|error| error.at(&path))?;
        Ok(before)
    }

    fn replace(&mut self, source: &Connection) -> Result<(), StoreError> {
        {
            let backup = rusqlite::backup::Backup::new(source, &mut self.db)?;
            // All pages in one step: nobody sees half of it.
            backup.run_to_completion(i32::MAX, std::time::Duration::from_millis(50), None)?;
        }
        self.forget_what_was_read();
        self.db.flush_prepared_statement_cache();
        self.prepare()?;
        self.forget_device()
    }
}

/// Refuses a file that no history can be restored from, naming what it is.
///
/// # Errors
///
/// A file that is damaged, foreign, newer, or without a history.
pub fn refuse_no_copy(from: &Path) -> Result<(), StoreError> {
    open_copy(from).map(drop).map_err(|error| error.at(from))
}

fn open_copy(from: &Path) -> Result<Connection, StoreError> {
    // Opened for reading only: a copy is evidence and is left as it is.
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from, flags)?;
    verify(&source, from)?;
    migrate::refuse_unknown(&source, from)?;
    refuse_without_history(&source, from)?;
    Ok(source)
}

/// Refuses a database that never had a history.
pub(super) fn refuse_without_history(db: &Connection, path: &Path) -> Result<(), StoreError> {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'history'";
    let facts: i64 = db.query_row(sql, [], |row| row.get(0))?;
    if facts == 0 { Err(StoreError::Foreign(path.to_owned())) } else { Ok(()) }
}

/// Keeps the newest copies and one a month; what cannot be deleted stays.
fn prune(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut daily: Vec<(Day, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let day = name.strip_prefix("retain-")?.strip_suffix(".db")?.parse().ok()?;
            Some((day, entry.path()))
        })
        .collect();
    daily.sort();
    let surplus = to_prune(&daily.iter().map(|(day, _)| *day).collect::<Vec<_>>());
    for (_, path) in daily.into_iter().filter(|(day, _)| surplus.contains(day)) {
        let _ = std::fs::remove_file(path);
    }
}

/// Returns the days, of `days` oldest first, whose copies can go.
fn to_prune(days: &[Day]) -> Vec<Day> {
    let month = |day: &Day| day.to_string().chars().take(7).collect::<String>();
    let newest = days.len().saturating_sub(DAYS_KEPT);
    let mut months: Vec<String> = days.iter().map(month).collect();
    months.dedup();
    let kept_months = months.split_off(months.len().saturating_sub(MONTHS_KEPT));
    let first_of_month = |at: usize| at == 0 || month(&days[at]) != month(&days[at - 1]);
    (0..newest)
        .filter(|at| !(first_of_month(*at) && kept_months.contains(&month(&days[*at]))))
        .map(|at| days[at])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_copies_and_the_first_of_each_month_are_kept() {
        let days: Vec<Day> = (0..800).map(|day| Day(20_000 + day)).collect();
        let gone = to_prune(&days);
        let kept: Vec<_> = days.iter().filter(|day| !gone.contains(day)).collect();
        assert_eq!(kept.len(), DAYS_KEPT + MONTHS_KEPT);
        assert!(to_prune(&days[..DAYS_KEPT]).is_empty());
    }
}
