//! A whole history into a database that has none: all of it in one transaction, each event once.

use std::collections::HashSet;

use rusqlite::{Connection, Statement};

use super::arrivals::{Arrival, Arrivals, Folder, reaches_far};
use super::{Store, StoreError};
use crate::card::CardId;
use crate::history::{DeviceId, EventId, Facts, Record};
use crate::settings::Settings;

/// The trigger that looks at every row, and is made again behind a load. What it refuses, a load never
/// does; what it passes over, a load knows by itself.
const GUARD: &str = "history_takes_each_once";

/// So many events are one statement: what it checks of each it sets up once.
const ROWS: usize = 256;
/// The columns of an event.
const COLUMNS: usize = 13;

/// An event, its id, and the key of its card.
type Row = (Record, EventId, Option<i64>);

/// Takes events of one device, in any order; it is quick where those of a card follow each other.
pub struct Loader<'db> {
    db: &'db Connection,
    many: Statement<'db>,
    one: Statement<'db>,
    card: Statement<'db>,
    device: (DeviceId, i64),
    /// The card of the last event, and its key.
    last: Option<(Option<CardId>, Option<i64>)>,
    /// The events of that card, or of none: as long as there is no guard.
    seen: Seen,
    /// What makes the guard; `None` once it is there again.
    guard: Option<String>,
    /// Folds what comes, until somebody does.
    folder: Option<Folder>,
    /// Writes what was folded, where that can be done meanwhile.
    arrivals: Option<Arrivals>,
    /// Whether that has all that was added.
    is_folded: bool,
    /// What `many` was given last, row by row.
    rows: Vec<Row>,
    /// So many of them are not written yet.
    waiting: usize,
    count: usize,
}

/// The events of a card that came already. The time is a part of the id: as long as each is later
/// than all before, none of them needs a look.
#[derive(Default)]
struct Seen {
    in_order: Vec<EventId>,
    newest_ms: Option<i64>,
    /// Once one was not later: all of them.
    all: Option<HashSet<EventId>>,
}

impl Seen {
    /// Whether an event of this time did not come before; it has now.
    fn is_new(&mut self, id: EventId, at_ms: i64) -> bool {
        let is_later = self.newest_ms.is_none_or(|newest| at_ms > newest);
        if is_later && self.all.is_none() {
            self.newest_ms = Some(at_ms);
            self.in_order.push(id);
            return true;
        }
        self.all.get_or_insert_with(|| self.in_order.iter().copied().collect()).insert(id)
    }

    fn clear(&mut self) {
        self.in_order.clear();
        (self.newest_ms, self.all) = (None, None);
    }
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
    /// many there were. One that comes twice is added once. All of them are added, or none.
    ///
    /// # Errors
    ///
    /// What `each` says, and SQLite; a history that has begun.
    pub fn load<E: From<StoreError>>(
        &mut self,
        device: DeviceId,
        settings: &Settings,
        each: impl FnOnce(&mut Loader<'_>) -> Result<(), E>,
    ) -> Result<usize, E> {
        self.refuse_read_only()?;
        let path = self.path.clone();
        let mut said = None;
        let loaded = self.within(|store| {
            if !store.has_no_history()? {
                return Err(StoreError::Begun);
            }
            let sql = "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?";
            let guard: String = store.db.query_row(sql, [GUARD], |row| row.get(0))?;
            store.db.execute_batch(&format!("DROP TRIGGER {GUARD}"))?;
            store.db.execute("INSERT INTO device (id) VALUES (?)", [device.0])?;
            let sql = "SELECT key FROM device WHERE id = ?";
            let key = store.db.query_row(sql, [device.0], |row| row.get(0))?;
            let (arrivals, folder) = Arrivals::expect(store, settings, key)?;
            let (count, arrivals) = {
                let mut loader = Loader::new(&store.db, (device, key), guard, (folder, arrivals))?;
                if let Err(error) = each(&mut loader) {
                    said = Some(error);
                    return Err(StoreError::Begun);
                }
                loader.finish()?
            };
            if let Some(arrivals) = arrivals {
                arrivals.end(store)?;
            }
            Ok(count)
        });
        match (loaded, said) {
            (_, Some(error)) => Err(error),
            (loaded, None) => Ok(loaded.map_err(|error| error.at(&path))?),
        }
    }
}

impl<'db> Loader<'db> {
    fn new(
        db: &'db Connection,
        device: (DeviceId, i64),
        guard: String,
        (folder, arrivals): (Folder, Option<Arrivals>),
    ) -> Result<Loader<'db>, StoreError> {
        Ok(Loader {
            db,
            many: db.prepare(&insert(ROWS))?,
            one: db.prepare(&insert(1))?,
            card: db.prepare("INSERT INTO card (id) VALUES (?)")?,
            device,
            last: None,
            seen: Seen::default(),
            guard: Some(guard),
            folder: Some(folder),
            arrivals,
            is_folded: true,
            rows: Vec::with_capacity(ROWS),
            waiting: 0,
            count: 0,
        })
    }

    /// Returns the folder of this load. A second one folds nothing, so that all is folded later.
    pub fn folder(&mut self) -> Folder {
        self.folder.take().unwrap_or_default()
    }

    /// Adds what comes from the [`Folder`].
    ///
    /// # Errors
    ///
    /// What SQLite says: also if an event is none that a history may have.
    pub fn add(&mut self, arrival: Arrival) -> Result<(), StoreError> {
        match arrival {
            Arrival::Event(id, record) => self.add_event(id, record),
            Arrival::Card(folded) => match (&mut self.arrivals, &self.last) {
                (Some(arrivals), Some((Some(card), Some(key)))) if *card == folded.id => {
                    self.is_folded = true;
                    arrivals.keep(self.db, *key, *folded)
                }
                _ => Ok(()),
            },
        }
    }

    fn add_event(&mut self, id: EventId, record: Record) -> Result<(), StoreError> {
        debug_assert_eq!((record.device, record.id()), (self.device.0, id));
        let card = match &self.last {
            Some((last, key)) if *last == record.card => *key,
            _ => self.turn_to(record.card.as_ref())?,
        };
        if self.guard.is_some() && !self.seen.is_new(id, record.when.at_ms) {
            return Ok(());
        }
        if reaches_far(&record) {
            self.fold_later()?;
        }
        if let Some(arrivals) = &mut self.arrivals {
            arrivals.note(&record);
        }
        self.is_folded = false;
        self.put((record, id, card))
    }

    fn put(&mut self, row: Row) -> Result<(), StoreError> {
        let at = self.waiting;
        bind(&mut self.many, at, self.device.1, &row, self.rows.get(at))?;
        match self.rows.get_mut(at) {
            Some(before) => *before = row,
            None => self.rows.push(row),
        }
        self.waiting += 1;
        if self.waiting == ROWS {
            self.count += self.many.raw_execute()?;
            self.waiting = 0;
        }
        Ok(())
    }

    /// Writes what waits, row by row.
    fn write(&mut self) -> Result<(), StoreError> {
        for row in &self.rows[..self.waiting] {
            bind(&mut self.one, 0, self.device.1, row, None)?;
            self.count += self.one.raw_execute()?;
        }
        self.waiting = 0;
        Ok(())
    }

    /// Leaves the folding to whoever brings the caches up to date: it needs all events.
    fn fold_later(&mut self) -> Result<(), StoreError> {
        match self.arrivals.take() {
            Some(mut arrivals) => arrivals.make_indexes(self.db),
            None => Ok(()),
        }
    }

    /// Writes what waits, and makes the guard again.
    fn be_guarded(&mut self) -> Result<(), StoreError> {
        self.write()?;
        if let Some(guard) = self.guard.take() {
            self.db.execute_batch(&guard)?;
        }
        Ok(())
    }

    /// Writes what waits; returns how many events there are, and what folded them.
    fn finish(mut self) -> Result<(usize, Option<Arrivals>), StoreError> {
        self.be_guarded()?;
        if !self.is_folded {
            self.fold_later()?;
        }
        Ok((self.count, self.arrivals))
    }

    /// Turns to the events of another card, or of none; returns the card's key. It gets one if it
    /// has none, and has no events then.
    fn turn_to(&mut self, card: Option<&CardId>) -> Result<Option<i64>, StoreError> {
        self.seen.clear();
        if !self.is_folded {
            self.fold_later()?;
        }
        let (key, new) = match card {
            Some(card) if self.card.execute([card.as_str()])? > 0 => {
                (Some(self.db.last_insert_rowid()), true)
            }
            Some(card) => {
                let mut key = self.db.prepare_cached("SELECT key FROM card WHERE id = ?")?;
                (Some(key.query_row([card.as_str()], |row| row.get(0))?), false)
            }
            None => (None, false),
        };
        if !new {
            // It may have any event already: from now on each is looked for.
            self.fold_later()?;
            self.be_guarded()?;
        }
        self.last = Some((card.cloned(), key));
        Ok(key)
    }
}

/// Returns the statement that adds so many events. With all columns in the order of the table, SQLite
/// has each where the row is made of it, and copies none; the `seq` is left to it.
fn insert(rows: usize) -> String {
    let row = format!("(NULL, {})", vec!["?"; COLUMNS].join(", "));
    format!(
        "INSERT INTO history (seq, id, device, device_seq, card, rev, at_ms, utc_offset_s, day, kind,
                              rating, quality, took_ms, extra)
         VALUES {}",
        vec![row; rows].join(", ")
    )
}

/// Gives a statement its row number `at`, in which `before` still is: what is the same stays there.
fn bind(
    statement: &mut Statement<'_>,
    at: usize,
    device: i64,
    (record, id, card): &Row,
    before: Option<&Row>,
) -> rusqlite::Result<()> {
    let facts = Facts::of(record);
    let stays = |same: fn(&Record, &Record) -> bool| {
        before.is_some_and(|(before, _, _)| same(before, record))
    };
    let values: [(bool, &dyn rusqlite::ToSql); COLUMNS] = [
        (false, &id.0),
        (before.is_some(), &device),
        (stays(|one, other| one.device_seq == other.device_seq), &facts.device_seq),
        (before.is_some_and(|(_, _, before)| before == card), card),
        (stays(|one, other| one.rev == other.rev), &facts.rev),
        (false, &facts.at_ms),
        (stays(|one, other| one.when.utc_offset_s == other.when.utc_offset_s), &facts.utc_offset_s),
        (stays(|one, other| one.day == other.day), &facts.day),
        (stays(|one, other| one.kind == other.kind), &facts.kind),
        (stays(|one, other| one.rating == other.rating), &facts.rating),
        (stays(|one, other| one.quality == other.quality), &facts.quality),
        (stays(|one, other| one.took_ms == other.took_ms), &facts.took_ms),
        (stays(|one, other| one.extra == other.extra), &facts.extra),
    ];
    for (place, (_, value)) in (at * COLUMNS + 1..).zip(values).filter(|(_, (stays, _))| !stays) {
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
            kind: kind::REVIEWED.into(),
            rating: Some(3),
            quality: None,
            took_ms: None,
            extra: None,
        }
    }

    fn loaded(records: &[Record]) -> (Store, Result<usize, StoreError>) {
        let mut store = Store::nowhere(Box::new(|| [1; 16])).unwrap();
        let loaded = store.load(DeviceId([7; 16]), &Settings::default(), |loader| {
            let mut folder = loader.folder();
            let mut each = records.iter().cloned();
            each.try_for_each(|record| folder.take(record, |arrival| loader.add(arrival)))?;
            folder.end(|arrival| loader.add(arrival))
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
        assert!(before.iter().any(|name| name == GUARD));
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
        let of_none =
            |at| Record { card: None, kind: "of a later version".into(), ..record("", at) };
        records.extend([record("b", 5), record("b", 5), record("a", 7), record("a", 200)]);
        records.extend([of_none(1), of_none(1), record("b", 5), of_none(1)]);
        let (store, count) = loaded(&records);
        assert_eq!(count.unwrap(), 103);
        let (_, count) = loaded(&[5, 3, 5, 9, 9, 3, 4].map(|at| record("a", at)));
        assert_eq!(count.unwrap(), 4, "in no order");
        let guarded = guards(&store);
        assert!(guarded.iter().any(|name| name == GUARD), "{guarded:?}");
    }

    #[test]
    fn every_column_of_every_row_is_as_it_came() {
        let some = |number: i64| (number % 3 > 0).then_some(number % 4 + 1);
        let mut records: Vec<Record> = Vec::new();
        for number in 0..3 * ROWS as i64 + 7 {
            // What comes to no card goes row by row, and what waits before it.
            let of_none = number > 3 * ROWS as i64;
            let later = number % 5 == 0 || of_none;
            records.push(Record {
                card: (!of_none).then(|| CardId::new(format!("card {}", number / 7))),
                rev: some(number + 1),
                when: Moment { at_ms: 1_000 + number, utc_offset_s: (number % 2) as i32 * 3_600 },
                day: Day((number / 9) as i32),
                kind: if later {
                    format!("later {}", number % 2).into()
                } else {
                    "reviewed".into()
                },
                rating: if later { some(number) } else { Some(number % 4 + 1) },
                quality: some(number + 2),
                took_ms: some(number / 2),
                extra: (number % 4 == 1).then(|| format!("{{\"n\":{}}}", number % 3)),
                ..record("", 0)
            });
        }
        let (mut store, count) = loaded(&records);
        assert_eq!(count.unwrap(), records.len());
        let kept = store.history(None, &Settings::default()).unwrap();
        let mut kept: Vec<Record> = kept.into_iter().map(|row| row.record).collect();
        kept.sort_by_key(|record| record.when.at_ms);
        assert_eq!(kept, records);
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
