//! How a database is opened: to write it, or to read it, and then perhaps a copy of it.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{Access, PATIENCE, StoreError};

/// Where SQLite looks for a place of files that nobody else sees.
const TEMPORARY: [&str; 3] = ["/var/tmp", "/usr/tmp", "/tmp"];

pub(super) type Connected = (Connection, Access, Option<tempfile::TempDir>);

pub(super) fn connect(path: &Path) -> Result<Connected, StoreError> {
    let io = |source| StoreError::Io { path: path.to_owned(), source };
    if path.is_dir() {
        return Err(StoreError::Damaged {
            path: path.to_owned(),
            problem: "it is a folder".into(),
        });
    }
    if !path.exists() {
        if let Some(home) = path.parent() {
            std::fs::create_dir_all(home).map_err(io)?;
        }
        new_private_file(path).map_err(io)?;
    }
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let writable = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_READ_WRITE);
    if let Ok(db) = writable
        && !db.is_readonly(rusqlite::MAIN_DB)?
        && can_lock(&db)
        && folder_is_writable(path)
    {
        return Ok((db, Access::Write, None));
    }
    connect_to_read(path)
}

/// Opens a database for reading only, or a copy of it where its log cannot be shared.
pub(super) fn connect_to_read(path: &Path) -> Result<Connected, StoreError> {
    let io = |source| StoreError::Io { path: path.to_owned(), source };
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let read = flags | OpenFlags::SQLITE_OPEN_READ_ONLY;
    let db = Connection::open_with_flags(path, read)?;
    db.busy_timeout(PATIENCE)?;
    match db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())) {
        Err(rusqlite::Error::SqliteFailure(error, _))
            if matches!(error.code, ErrorCode::CannotOpen | ErrorCode::ReadOnly) =>
        {
            // A log that cannot be shared here: read a copy of both.
            let copy = tempfile::tempdir().map_err(io)?;
            let copied = copy.path().join("retain.db");
            std::fs::copy(path, &copied).map_err(io)?;
            // Or one that takes back what was broken off.
            for end in ["-wal", "-journal"] {
                let log = |path: &Path| {
                    let mut name = path.as_os_str().to_owned();
                    name.push(end);
                    PathBuf::from(name)
                };
                if log(path).exists() {
                    std::fs::copy(log(path), log(&copied)).map_err(io)?;
                }
            }
            let flags = flags | OpenFlags::SQLITE_OPEN_READ_WRITE;
            make_writable(&copied).map_err(io)?;
            Ok((Connection::open_with_flags(&copied, flags)?, Access::Read, Some(copy)))
        }
        Err(error) => Err(error.into()),
        Ok(()) => Ok((db, Access::Read, None)),
    }
}

/// Whether the file's system lets us write at all. Any other trouble shows where it matters.
fn can_lock(db: &Connection) -> bool {
    let readonly = |error: rusqlite::Error| {
        matches!(error.sqlite_error_code(), Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen))
    };
    db.query_row("PRAGMA user_version", [], |_| Ok(()))
        .map_or_else(|error| !readonly(error), |()| true)
}

/// Whether there is a place for what memory is too small for.
pub(super) fn can_spill() -> bool {
    use rustix::fs::{Access, access};
    TEMPORARY.iter().any(|folder| access(*folder, Access::WRITE_OK | Access::EXEC_OK).is_ok())
}

/// SQLite needs to make files beside the database.
pub(super) fn folder_is_writable(path: &Path) -> bool {
    use rustix::fs::{Access, access};
    let above = path
        .ancestors()
        .skip(1)
        .map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    // One that is not there yet is made in the first that is.
    let folder = above.into_iter().find(|folder| folder.exists());
    access(folder.unwrap_or(Path::new(".")), Access::WRITE_OK).is_ok()
}

#[cfg(unix)]
fn new_private_file(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other.map(drop),
    }
}

#[cfg(unix)]
fn make_writable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Ids, Store};

    fn ids() -> Ids {
        Box::new(|| [1; 16])
    }

    #[test]
    fn what_was_broken_off_is_not_read_where_nothing_can_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("retain.db");
        let store = Store::open(&path, ids()).unwrap();
        assert!(store.unshared, "a new one");
        // So much that it does not wait for the end of its transaction.
        let much = "PRAGMA cache_size = 1; BEGIN;
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000)
            INSERT INTO meta SELECT i, randomblob(500) FROM n;";
        store.db.execute_batch(much).unwrap();
        let copied = tempfile::tempdir().unwrap();
        for end in ["", "-journal"] {
            let name = format!("retain.db{end}");
            std::fs::copy(folder.path().join(&name), copied.path().join(&name)).unwrap();
        }
        let copy = copied.path().join("retain.db");
        let before = std::fs::read(&copy).unwrap();
        let (db, access, _copy) = connect_to_read(&copy).unwrap();
        assert_eq!(access, Access::Read);
        let count = db.query_row("SELECT count(*) FROM meta", [], |row| row.get::<_, i64>(0));
        assert_eq!(count, Ok(0));
        assert_eq!(std::fs::read(&copy).unwrap(), before, "it is left as it is");
    }
}
