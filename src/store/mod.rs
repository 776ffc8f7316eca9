//! The database: one file that only ever learns.
//!
//! All SQL lives here. Facts go in through [`Store::append`]; everything that a person sees comes
//! out of caches that are folds of the facts and of the decks, and that are made again whenever
//! they are not true ([`Store::bring_up_to_date`]). No code outside this module knows about them.

mod ahead;
pub mod anki;
mod answers;
mod append;
mod arrivals;
mod backup;
mod board;
mod cache;
mod connect;
mod device;
mod edited;
mod entries;
mod events;
mod families;
mod figures;
mod files;
mod findings;
mod fold;
mod imports;
mod links;
mod load;
mod migrate;
mod mistyped;
mod names;
mod packed;
mod read;
mod row;
mod rules;
mod standing;
mod union;
mod weights;

pub use ahead::AHEAD_MS;
pub use answers::Answered;
pub use append::{Appended, Entry};
pub use arrivals::{Arrival, FoldedCard, Folder};
pub use backup::{BACKUPS, refuse_no_copy};
pub use board::Played;
pub use edited::Likeness;
pub use events::HistoryRow;
pub use figures::FiguresKey;
pub use files::Refreshed;
pub use load::Loader;
pub use names::Placed;
pub use read::{DeckRow, Snapshot};
pub use standing::Standing;
pub use union::{Count, Found, Other, Refused, United};
pub use weights::{Fitted, InForce, Move, Proposal};

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode};

/// How much of it is kept in memory.
const USUAL_MEMORY: &str = "PRAGMA cache_size = -32768;";

/// The same, while a new one is filled from the decks, page behind page.
const FILLING_MEMORY: &str = "PRAGMA cache_size = -8192;";

/// How long a busy database is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the database could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It was written by a newer version of the program.
    #[error("{} was written by a newer version of retain (format {found}, this one knows {known})", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format that is known here.
        known: i64,
    },
    /// It is a database of something else.
    #[error("{} is not a database of retain", .0.display())]
    Foreign(PathBuf),
    /// Its bytes make no sense.
    #[error("{} is damaged: {problem}", path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        problem: String,
    },
    /// There is nothing in it, and once there was.
    #[error("{} is empty or gone, and at least {events} events were in it", path.display())]
    Emptied {
        /// The database.
        path: PathBuf,
        /// How far its device had counted.
        events: i64,
        /// The file that says so.
        mark: PathBuf,
    },
    /// Another program kept it busy for longer than anybody waits.
    #[error("another program kept {} busy for ten seconds", .0.display())]
    Busy(PathBuf),
    /// It may only be read.
    #[error("{} cannot be written", .0.display())]
    ReadOnly(PathBuf),
    /// Something happened, where nothing was to have happened yet.
    #[error("its history has begun")]
    Begun,
    /// There is no card with this id, neither in the decks nor in the history.
    #[error("no card {0:?}")]
    NoCard(String),
    /// The disk said no.
    #[error("{}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Anything else that SQLite says.
    #[error("the database refused")]
    Sqlite(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        StoreError::Sqlite(error)
    }
}

impl From<rusqlite::types::FromSqlError> for StoreError {
    fn from(error: rusqlite::types::FromSqlError) -> StoreError {
        StoreError::Sqlite(error.into())
    }
}

impl StoreError {
    /// Names the database in errors that are about the whole of it.
    fn at(self, path: &Path) -> StoreError {
        let path = || path.to_owned();
        match self {
            StoreError::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseCorrupt) => {
                    StoreError::Damaged { path: path(), problem: error.to_string() }
                }
                Some(ErrorCode::NotADatabase) => {
                    StoreError::Damaged { path: path(), problem: "it is no SQLite file".into() }
                }
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                    StoreError::Busy(path())
                }
                Some(ErrorCode::ReadOnly) => StoreError::ReadOnly(path()),
                _ if error.to_string().starts_with("no such ") => {
                    StoreError::Damaged { path: path(), problem: error.to_string() }
                }
                _ => StoreError::Sqlite(error),
            },
            other => other,
        }
    }
}

/// How the database was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// Facts can be added and caches kept.
    Write,
    /// Nothing can be written: caches are temporary.
    Read,
}

/// Something that happened while opening and is worth a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The file system cannot share memory, so the slower journal is used.
    NoWal,
    /// The format was brought up to date; the copy from before is named.
    Migrated {
        /// The verified copy from before, if there was anything to copy.
        backup: Option<PathBuf>,
    },
}

/// A generator of ids nobody else has.
pub type Ids = Box<dyn FnMut() -> [u8; 16]>;

/// The database of one home.
pub struct Store {
    db: Connection,
    path: PathBuf,
    access: Access,
    /// Whether it is new, and not shared with readers yet.
    unshared: bool,
    ids: Ids,
    device: Option<device::Device>,
    links: links::Cached,
    foreseen: Option<append::Foreseen>,
    /// Which state of the file the fields above were read from.
    version: Option<i64>,
    /// A copy that is read in place of a database whose folder cannot be written.
    _copy: Option<tempfile::TempDir>,
    /// What happened while opening.
    pub notices: Vec<Notice>,
}

impl Store {
    /// Opens the database at `path`, making it if there is none.
    ///
    /// Where nothing can be written it is opened for reading, and [`Store::append`] says so.
    ///
    /// # Errors
    ///
    /// A newer, foreign or damaged database is left untouched.
    pub fn open(path: &Path, ids: Ids) -> Result<Store, StoreError> {
        Store::open_as(path, ids).map_err(|error| error.at(path))
    }

    fn open_as(path: &Path, ids: Ids) -> Result<Store, StoreError> {
        if !path.exists() {
            refuse_emptied(path)?;
            if !connect::folder_is_writable(path) {
                // What there is to read is in the decks.
                let store = Store::nowhere(ids)?;
                let path = path.to_owned();
                return Ok(Store { path, access: Access::Read, unshared: false, ..store });
            }
        }
        let (db, access, copy) = connect::connect(path)?;
        let mut store = Store {
            db,
            path: path.to_owned(),
            access,
            unshared: false,
            ids,
            device: None,
            links: links::Cached::default(),
            foreseen: None,
            version: None,
            _copy: copy,
            notices: Vec::new(),
        };
        store.prepare()?;
        Ok(store)
    }

    /// Opens a database without a file, for a home that does not exist yet.
    ///
    /// # Errors
    ///
    /// Only if SQLite cannot work at all.
    pub fn nowhere(ids: Ids) -> Result<Store, StoreError> {
        let mut store = Store {
            db: Connection::open_in_memory()?,
            path: PathBuf::from("(no database yet)"),
            access: Access::Write,
            unshared: false,
            ids,
            device: None,
            links: links::Cached::default(),
            foreseen: None,
            version: None,
            _copy: None,
            notices: Vec::new(),
        };
        store.prepare()?;
        Ok(store)
    }

    fn prepare(&mut self) -> Result<(), StoreError> {
        self.db.busy_timeout(PATIENCE)?;
        let tables: i64 =
            self.db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if tables == 0 {
            refuse_emptied(&self.path)?;
            if self.access == Access::Write {
                self.db.execute_batch(backup::PAGES)?;
            }
        }
        self.db.set_prepared_statement_cache_capacity(64);
        // Otherwise SQLite compiles a statement anew whenever it is asked with other values.
        self.db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        // What is sorted may lie in a file; temporary caches, which stand in for those of a database
        // that cannot be written, are in memory.
        let spills = self.access == Access::Write && self.path.exists() && connect::can_spill();
        let temporary = if spills { "FILE" } else { "MEMORY" };
        self.db.execute_batch(&format!("PRAGMA temp_store = {temporary}; {USUAL_MEMORY}"))?;
        // A step between formats moves rows as they are, whatever they refer to.
        self.db.execute_batch("PRAGMA foreign_keys = OFF;")?;
        if self.access == Access::Write {
            let backups = self.path.parent().map(|home| home.join(BACKUPS));
            if let Some(migrated) = migrate::migrate(&mut self.db, &self.path, backups.as_deref())?
            {
                self.notices.extend(migrated);
            }
            // One sync a commit. Checkpoints come when the last reader has gone, or when asked for.
            self.db.execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;")?;
            self.unshared = tables == 0;
            if self.unshared {
                self.db.execute_batch(FILLING_MEMORY)?;
            } else {
                self.share()?;
            }
        } else {
            migrate::refuse_unknown(&self.db, &self.path)?;
        }
        self.db.execute_batch("PRAGMA foreign_keys = ON;")?;
        cache::create(&self.db, self.access)?;
        Ok(())
    }

    /// Lets readers and a writer share the database from now on, where that can be.
    ///
    /// A new one is filled first: what is written once is in no log.
    fn share(&mut self) -> Result<(), StoreError> {
        self.unshared = false;
        self.db.execute_batch(USUAL_MEMORY)?;
        if self.path.exists() && !self.use_wal()? {
            self.notices.push(Notice::NoWal);
        }
        Ok(())
    }

    /// Returns whether readers and a writer can share the database.
    fn use_wal(&self) -> Result<bool, StoreError> {
        let mode = |pragma: &str| self.db.query_row(pragma, [], |row| row.get::<_, String>(0));
        if mode("PRAGMA journal_mode")?.eq_ignore_ascii_case("wal") {
            return Ok(true);
        }
        match mode("PRAGMA journal_mode = WAL") {
            Ok(mode) if mode.eq_ignore_ascii_case("wal") => return Ok(true),
            // Somebody else is at work in a home that is new to both; whoever comes later shares it.
            Err(error) if matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy)) => {
                return Ok(true);
            }
            _ => {}
        }
        mode("PRAGMA journal_mode = TRUNCATE")?;
        Ok(false)
    }

    /// Whether facts can be added.
    pub fn writable(&self) -> bool {
        self.access == Access::Write
    }

    /// Returns the path of the database.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Copies what was written lately into the main file. Comes after a session, never before a
    /// card.
    ///
    /// # Errors
    ///
    /// What SQLite says; a busy database is no error.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        if self.writable() {
            self.db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        }
        Ok(())
    }

    /// Checks the whole file.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] with the first thing that is wrong.
    pub fn verify(&self) -> Result<(), StoreError> {
        backup::verify(&self.db, &self.path).map_err(|error| error.at(&self.path))
    }

    /// Makes sure that facts can be added, while others read.
    fn deny_readers(&mut self) -> Result<(), StoreError> {
        self.refuse_read_only()?;
        if self.unshared { self.share() } else { Ok(()) }
    }

    /// Makes sure that facts can be added; a new database may be filled before it is shared.
    fn refuse_read_only(&self) -> Result<(), StoreError> {
        match self.access {
            Access::Write => Ok(()),
            Access::Read => Err(StoreError::ReadOnly(self.path.clone())),
        }
    }
}

/// Refuses a database without anything in it if the mark beside it says that events were there.
fn refuse_emptied(path: &Path) -> Result<(), StoreError> {
    match device::marked(path) {
        Some(events @ 1..) => Err(StoreError::Emptied {
            path: path.to_owned(),
            events,
            mark: device::mark_path(path),
        }),
        _ => Ok(()),
    }
}
