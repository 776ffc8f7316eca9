//! A whole history into a database that has none: all of it in one transaction, and the indexes
//! over it once it is in.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::{Store, StoreError, row};
use crate::card::CardId;
use crate::history::{DeviceId, Facts, Record};

/// What guards and orders the history row by row, and is made again behind a load: all but what
/// keeps events from being there twice. What the trigger refuses, a load never does.
const LAID_ASIDE: &str = "SELECT type, name, sql FROM sqlite_schema
     WHERE tbl_name = 'history' AND sql IS NOT NULL
       AND (type = 'index' OR name = 'history_takes_each_once')";

/// So many events are one statement: what it checks of each it sets up once.
const ROWS: usize = 64;
/// The columns of an event.
const COLUMNS: usize = 13;

/// Takes events of one device, in any order; those of a card one after the other.
pub struct Loader<'db> {
    db: &'db Connection,
    many: rusqlite::Statement<'db>,
    card: rusqlite::Statement<'db>,
    device: (DeviceId, i64),
    /// The card of the last event, and its key.
    last: Option<(CardId, i64)>,
    /// What is not written yet.
    waiting: Vec<Value>,
    count: usize,
}

impl Store {
    /// Whether nothing has happened yet.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn has_no_history(&self) -> Result<bool, StoreError> {
        let sql = "SELECT NOT EXISTS (SELECT 1 FROM history)";
        Ok(self.db.query_row(sql, [], |row| row.get(0))?)
    }

    /// Adds the events of `device`, which `each` hands over, to a history that has none; returns how
    /// many there were. All of them are added, or none.
    ///
    /// # Errors
    ///
    /// What `each` says, and SQLite; a history that has begun.
    pub fn load<E: From<StoreError>>(
        &mut self,
        device: DeviceId,
        each: impl FnOnce(&mut Loader<'_>) -> Result<(), E>,
    ) -> Result<usize, E> {
        self.deny_readers()?;
        let path = self.path.clone();
        let mut said = None;
        let loaded = self.within(|store| {
            if !store.has_no_history()? {
                return Err(StoreError::Begun);
            }
            let aside = laid_aside(&store.db)?;
            for (kind, name, _) in &aside {
                store.db.execute_batch(&format!("DROP {kind} \"{name}\""))?;
            }
            store.db.execute("INSERT INTO device (id) VALUES (?)", [device.0])?;
            let sql = "SELECT key FROM device WHERE id = ?";
            let key = store.db.query_row(sql, [device.0], |row| row.get(0))?;
            let count = {
                let mut loader = Loader::new(&store.db, (device, key))?;
                if let Err(error) = each(&mut loader) {
                    said = Some(error);
                    return Err(StoreError::Begun);
                }
                loader.finish()?
            };
            for (_, _, sql) in &aside {
                store.db.execute_batch(sql)?;
            }
            Ok(count)
        });
        match (loaded, said) {
            (_, Some(error)) => Err(error),
            (loaded, None) => loaded.map_err(|error| error.at(&path).into()),
        }
    }
}

fn laid_aside(db: &Connection) -> rusqlite::Result<Vec<(String, String, String)>> {
    let mut statement = db.prepare(LAID_ASIDE)?;
    let rows = statement
        .query_map([], |row| Ok((row::owned(row, 0)?, row::owned(row, 1)?, row::owned(row, 2)?)))?;
    rows.collect()
}

impl<'db> Loader<'db> {
    fn new(db: &'db Connection, device: (DeviceId, i64)) -> Result<Loader<'db>, StoreError> {
        Ok(Loader {
            db,
            many: db.prepare(&insert(ROWS))?,
            card: db.prepare("INSERT INTO card (id) VALUES (?)")?,
            device,
            last: None,
            waiting: Vec::with_capacity(ROWS * COLUMNS),
            count: 0,
        })
    }

    /// Adds an event of the device; one that is there already is passed over.
    ///
    /// # Errors
    ///
    /// What SQLite says: also if an event is none that a history may have.
    pub fn add(&mut self, record: &Record) -> Result<(), StoreError> {
        debug_assert_eq!(record.device, self.device.0);
        let card = match &record.card {
            Some(card) => Some(self.key(card)?),
            None => None,
        };
        let facts = Facts::of(record);
        let text = |text: &str| Value::Text(text.to_owned());
        let values: [Value; COLUMNS] = [
            Value::Blob(facts.id().0.to_vec()),
            self.device.1.into(),
            facts.device_seq.into(),
            card.into(),
            facts.rev.into(),
            facts.at_ms.into(),
            facts.utc_offset_s.into(),
            facts.day.into(),
            text(&facts.kind),
            facts.rating.into(),
            facts.quality.into(),
            facts.took_ms.into(),
            facts.extra.as_deref().map_or(Value::Null, text),
        ];
        self.waiting.extend(values);
        if self.waiting.len() == ROWS * COLUMNS {
            self.count += self.many.execute(params_from_iter(&self.waiting))?;
            self.waiting.clear();
        }
        Ok(())
    }

    /// Writes what waits; returns how many events there are.
    fn finish(self) -> Result<usize, StoreError> {
        let rows = self.waiting.len() / COLUMNS;
        let rest = match rows {
            0 => 0,
            _ => self.db.execute(&insert(rows), params_from_iter(&self.waiting))?,
        };
        Ok(self.count + rest)
    }

    /// Returns the key of a card, which gets one if it has none.
    fn key(&mut self, card: &CardId) -> Result<i64, StoreError> {
        if let Some((last, key)) = &self.last
            && last == card
        {
            return Ok(*key);
        }
        let key = match self.card.execute([card.as_str()])? {
            0 => self
                .db
                .prepare_cached("SELECT key FROM card WHERE id = ?")?
                .query_row([card.as_str()], |row| row.get(0))?,
            _ => self.db.last_insert_rowid(),
        };
        self.last = Some((card.clone(), key));
        Ok(key)
    }
}

/// Returns the statement that adds so many events, each once.
fn insert(rows: usize) -> String {
    let row = format!("({})", vec!["?"; COLUMNS].join(", "));
    format!(
        "INSERT INTO history (id, device, device_seq, card, rev, at_ms, utc_offset_s, day, kind,
                              rating, quality, took_ms, extra)
         VALUES {} ON CONFLICT (id) DO NOTHING",
        vec![row; rows].join(", ")
    )
}
