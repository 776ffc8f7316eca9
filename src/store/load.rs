//! A whole history into a database that has none: all of it in one transaction, and the indexes
//! over it once it is in.

use rusqlite::{Connection, Statement};

use super::{FILLING_MEMORY, LOADING_MEMORY, Store, StoreError, USUAL_MEMORY, row};
use crate::card::CardId;
use crate::history::{DeviceId, Facts, Record};

/// What guards and orders the history row by row, and is made again behind a load. What the trigger
/// refuses, a load never does; that an event is there twice shows when its index is made.
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
    many: Statement<'db>,
    one: Statement<'db>,
    card: Statement<'db>,
    device: (DeviceId, i64),
    /// The card of the last event, and its key.
    last: Option<(CardId, i64)>,
    /// What is not written yet: events, and the keys of their cards.
    waiting: Vec<(Record, Option<i64>)>,
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
    /// many there were. All of them are added, or none. Where one comes twice, `each` is asked for all
    /// of them once more, and it is added once.
    ///
    /// # Errors
    ///
    /// What `each` says, and SQLite; a history that has begun.
    pub fn load<E: From<StoreError>>(
        &mut self,
        device: DeviceId,
        mut each: impl FnMut(&mut Loader<'_>) -> Result<(), E>,
    ) -> Result<usize, E> {
        self.refuse_read_only()?;
        self.db.execute_batch(LOADING_MEMORY).map_err(StoreError::from)?;
        let loaded = match self.load_by(device, Twice::Refused, &mut each) {
            Ok(None) => self.load_by(device, Twice::PassedOver, &mut each),
            loaded => loaded,
        };
        let memory = if self.unshared { FILLING_MEMORY } else { USUAL_MEMORY };
        self.db.execute_batch(memory).map_err(StoreError::from)?;
        Ok(loaded?.unwrap_or_default())
    }

    /// Returns `None`, and has added nothing, if an event came twice that may not.
    fn load_by<E: From<StoreError>>(
        &mut self,
        device: DeviceId,
        twice: Twice,
        each: &mut impl FnMut(&mut Loader<'_>) -> Result<(), E>,
    ) -> Result<Option<usize>, E> {
        let path = self.path.clone();
        let (mut said, mut came_twice) = (None, false);
        let loaded = self.within(|store| {
            if !store.has_no_history()? {
                return Err(StoreError::Begun);
            }
            let mut aside = laid_aside(&store.db)?;
            aside.retain(|(_, name, _)| twice == Twice::Refused || name != "history_id");
            for (kind, name, _) in &aside {
                store.db.execute_batch(&format!("DROP {kind} \"{name}\""))?;
            }
            store.db.execute("INSERT INTO device (id) VALUES (?)", [device.0])?;
            let sql = "SELECT key FROM device WHERE id = ?";
            let key = store.db.query_row(sql, [device.0], |row| row.get(0))?;
            let count = {
                let mut loader = Loader::new(&store.db, (device, key), twice)?;
                if let Err(error) = each(&mut loader) {
                    said = Some(error);
                    return Err(StoreError::Begun);
                }
                loader.finish()?
            };
            for (_, name, sql) in &aside {
                let made = store.db.execute_batch(sql);
                came_twice = name == "history_id" && made.as_ref().is_err_and(row::is_constraint);
                made?;
            }
            Ok(count)
        });
        match (loaded, said) {
            (_, Some(error)) => Err(error),
            (Err(_), None) if came_twice => Ok(None),
            (loaded, None) => Ok(Some(loaded.map_err(|error| error.at(&path))?)),
        }
    }
}

/// What becomes of an event that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Twice {
    /// The load ends with nothing. It is the quicker way, and nearly always the whole of it.
    Refused,
    PassedOver,
}

fn laid_aside(db: &Connection) -> rusqlite::Result<Vec<(String, String, String)>> {
    let mut statement = db.prepare(LAID_ASIDE)?;
    let rows = statement
        .query_map([], |row| Ok((row::owned(row, 0)?, row::owned(row, 1)?, row::owned(row, 2)?)))?;
    rows.collect()
}

impl<'db> Loader<'db> {
    fn new(
        db: &'db Connection,
        device: (DeviceId, i64),
        twice: Twice,
    ) -> Result<Loader<'db>, StoreError> {
        Ok(Loader {
            db,
            many: db.prepare(&insert(ROWS, twice))?,
            one: db.prepare(&insert(1, twice))?,
            card: db.prepare("INSERT INTO card (id) VALUES (?)")?,
            device,
            last: None,
            waiting: Vec::with_capacity(ROWS),
            count: 0,
        })
    }

    /// Adds an event of the device.
    ///
    /// # Errors
    ///
    /// What SQLite says: also if an event is none that a history may have.
    pub fn add(&mut self, record: Record) -> Result<(), StoreError> {
        debug_assert_eq!(record.device, self.device.0);
        let card = match &record.card {
            Some(card) => Some(self.key(card)?),
            None => None,
        };
        self.waiting.push((record, card));
        if self.waiting.len() == ROWS {
            for (at, (record, card)) in self.waiting.iter().enumerate() {
                bind(&mut self.many, at, self.device.1, record, *card)?;
            }
            self.count += self.many.raw_execute()?;
            self.waiting.clear();
        }
        Ok(())
    }

    /// Writes what waits; returns how many events there are.
    fn finish(mut self) -> Result<usize, StoreError> {
        for (record, card) in &self.waiting {
            bind(&mut self.one, 0, self.device.1, record, *card)?;
            self.count += self.one.raw_execute()?;
        }
        Ok(self.count)
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

/// Returns the statement that adds so many events.
fn insert(rows: usize, twice: Twice) -> String {
    let row = format!("({})", vec!["?"; COLUMNS].join(", "));
    let behind = match twice {
        Twice::Refused => "",
        Twice::PassedOver => "ON CONFLICT (id) DO NOTHING",
    };
    format!(
        "INSERT INTO history (id, device, device_seq, card, rev, at_ms, utc_offset_s, day, kind,
                              rating, quality, took_ms, extra)
         VALUES {} {behind}",
        vec![row; rows].join(", ")
    )
}

/// Gives a statement its row number `at`.
fn bind(
    statement: &mut Statement<'_>,
    at: usize,
    device: i64,
    record: &Record,
    card: Option<i64>,
) -> rusqlite::Result<()> {
    let facts = Facts::of(record);
    let id = facts.id().0;
    let values: [&dyn rusqlite::ToSql; COLUMNS] = [
        &id,
        &device,
        &facts.device_seq,
        &card,
        &facts.rev,
        &facts.at_ms,
        &facts.utc_offset_s,
        &facts.day,
        &facts.kind,
        &facts.rating,
        &facts.quality,
        &facts.took_ms,
        &facts.extra,
    ];
    for (place, value) in (at * COLUMNS + 1..).zip(values) {
        statement.raw_bind_parameter(place, value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::kind;
    use crate::time::{Day, Moment};

    fn record(card: &str, at_ms: i64) -> Record {
        Record {
            device: DeviceId([7; 16]),
            device_seq: 0,
            card: Some(CardId::new(card)),
            rev: None,
            when: Moment { at_ms, utc_offset_s: 0 },
            day: Day(20_000),
            kind: kind::REVIEWED.to_owned(),
            rating: Some(3),
            quality: None,
            took_ms: None,
            extra: None,
        }
    }

    fn loaded(records: &[Record]) -> (Store, Result<usize, StoreError>) {
        let mut store = Store::nowhere(Box::new(|| [1; 16])).unwrap();
        let loaded = store.load(DeviceId([7; 16]), |loader| {
            records.iter().try_for_each(|record| loader.add(record.clone()))
        });
        (store, loaded)
    }

    fn guards(store: &Store) -> Vec<String> {
        let sql = "SELECT name FROM sqlite_schema WHERE tbl_name = 'history' ORDER BY name";
        let mut statement = store.db.prepare(sql).unwrap();
        let names = statement.query_map([], |row| row.get(0)).unwrap();
        names.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_load_leaves_all_that_guards_the_history() {
        let before = guards(&Store::nowhere(Box::new(|| [1; 16])).unwrap());
        assert!(before.iter().any(|name| name == "history_id"));
        // A whole statement of many, two of them, and some rows more.
        let records: Vec<Record> = (0..150).map(|at| record("a", at)).collect();
        let (store, count) = loaded(&records);
        assert_eq!((count.unwrap(), guards(&store)), (150, before));
        let again = "INSERT INTO history SELECT NULL, id, device, device_seq, card, rev, at_ms,
                            utc_offset_s, day, kind, rating, quality, took_ms, extra FROM history";
        assert_eq!(store.db.execute(again, []).unwrap(), 0, "each once");
    }

    #[test]
    fn what_comes_twice_is_added_once() {
        let mut records: Vec<Record> = (0..100).map(|at| record("a", at)).collect();
        records.extend([record("b", 5), record("b", 5), record("a", 7)]);
        let (store, count) = loaded(&records);
        assert_eq!(count.unwrap(), 101);
        let guarded = guards(&store);
        assert!(guarded.iter().any(|name| name == "history_id"), "{guarded:?}");
    }

    #[test]
    fn what_is_no_event_leaves_nothing() {
        let before = guards(&Store::nowhere(Box::new(|| [1; 16])).unwrap());
        let (store, said) = loaded(&[record("a", 1), Record { rating: None, ..record("a", 2) }]);
        assert!(matches!(said, Err(StoreError::Sqlite(_))), "{said:?}");
        assert!(store.has_no_history().unwrap());
        assert_eq!(guards(&store), before);
    }
}
