//! Histories joined: every fact out, in one order, and facts of others in, each once.
//!
//! The database itself skips what it knows, so a union is plain INSERTs, after cards and devices
//! have keys here.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::connect::{Connected, connect_to_read};
use super::{Store, StoreError, backup, cache, migrate, row};
use crate::history::{Asked, DeviceId, EventId, Fact, Facts, Heading, LearnerId};

/// Why a fact that is in a database cannot be carried, or one that came is not kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Its columns are not what the format has.
    #[error("{0}")]
    Misfit(String),
    /// Its kind lacks what this version knows it to need.
    #[error("a {0:?} event without what its kind needs")]
    Unbound(String),
    /// Its device has no place here.
    #[error("its device is not there")]
    NoDevice,
}

impl Refused {
    /// Returns why the database does not take an event.
    fn of(facts: &Facts<'_>) -> Refused {
        if (0..=1 << 53).contains(&facts.device_seq) {
            Refused::Unbound(facts.kind.to_string())
        } else {
            Refused::Misfit("`device_seq` is out of range".into())
        }
    }
}

/// A fact of a database, or why it is none.
pub type Found<'a> = Result<Fact<'a>, Refused>;

/// How many of something came that were new, and that were there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Added now.
    pub new: usize,
    /// There already.
    pub known: usize,
}

impl Count {
    fn add(&mut self, new: bool) {
        if new {
            self.new += 1;
        } else {
            self.known += 1;
        }
    }
}

/// What a union came to, so far.
#[derive(Debug, Default)]
pub struct United {
    /// Events.
    pub events: Count,
    /// Texts that cards were asked with.
    pub wordings: Count,
    /// Devices.
    pub devices: Count,
    /// Cards that had no key here.
    pub new_cards: usize,
    /// The keys of all cards that were named.
    cards: HashSet<i64>,
    /// Whether something arrived that was done elsewhere in the name of this device.
    pub own_came_back: bool,
}

impl United {
    /// Returns how many cards were named.
    pub fn cards(&self) -> Count {
        Count { new: self.new_cards, known: self.cards.len().saturating_sub(self.new_cards) }
    }
}

/// Another database, opened for reading.
pub struct Other {
    db: Connection,
    _copy: Option<tempfile::TempDir>,
}

impl Other {
    /// Opens the database at `path`, which is checked and left as it is.
    ///
    /// # Errors
    ///
    /// A file that is damaged, foreign, newer, or without a history.
    pub fn open(path: &Path) -> Result<Other, StoreError> {
        let open = || {
            let (db, _, copy): Connected = connect_to_read(path)?;
            db.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA query_only = ON;")?;
            backup::verify(&db, path)?;
            migrate::refuse_unknown(&db, path)?;
            backup::refuse_without_history(&db, path)?;
            Ok(Other { db, _copy: copy })
        };
        open().map_err(|error: StoreError| error.at(path))
    }

    /// Returns whose history it is, if anything ever happened there.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn learner(&self) -> Result<Option<LearnerId>, StoreError> {
        learner(&self.db)
    }

    /// Calls `with` for every fact, as [`Store::facts`] does.
    ///
    /// # Errors
    ///
    /// What SQLite or `with` says.
    pub fn facts<E: From<StoreError>>(
        &self,
        mut with: impl FnMut(Found<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        each_fact(&self.db, &mut with)
    }
}

impl Store {
    /// Calls `heading`, and then `with` for every fact: devices and wordings by their ids, events
    /// in the order of the folds.
    ///
    /// All of it is from one moment, whatever is written meanwhile.
    ///
    /// # Errors
    ///
    /// What SQLite, `heading` or `with` says.
    pub fn facts<E: From<StoreError>>(
        &self,
        heading: impl FnOnce(Heading) -> Result<(), E>,
        mut with: impl FnMut(Found<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let snapshot = self.db.unchecked_transaction().map_err(StoreError::from)?;
        heading(Heading {
            learner: learner(&snapshot)?,
            decks: decks_of_cards(&snapshot)?,
            anonymous: false,
        })?;
        each_fact(&snapshot, &mut with)?;
        snapshot.commit().map_err(StoreError::from)?;
        Ok(())
    }

    /// Returns whose history this is, if anything ever happened here.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn learner(&self) -> Result<Option<LearnerId>, StoreError> {
        learner(&self.db)
    }

    /// Whether `learner` is the one here, or one whose devices are here already.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn knows_learner(&self, learner: LearnerId) -> Result<bool, StoreError> {
        let of_a_device = self.db.query_row(
            "SELECT EXISTS (SELECT 1 FROM device WHERE learner = ?)",
            [learner.0],
            |row| row.get::<_, bool>(0),
        )?;
        Ok(of_a_device || self.learner()? == Some(learner))
    }

    /// Makes this the history of `learner` where it is nobody's yet.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn adopt_learner(&mut self, learner: LearnerId) -> Result<(), StoreError> {
        self.deny_readers()?;
        let path = self.path.clone();
        self.within(|store| {
            store.db.execute(
                "INSERT INTO meta (name, value) VALUES ('learner', ?) ON CONFLICT DO NOTHING",
                [learner.0],
            )?;
            Ok(())
        })
        .map_err(|error| error.at(&path))
    }

    /// Adds facts of others in one transaction and counts them; returns those that are refused, by
    /// their place among `facts`.
    ///
    /// Nothing is folded: [`Store::bring_up_to_date`] or [`Store::settle`] does that for all of
    /// them.
    ///
    /// # Errors
    ///
    /// Then none of them is in the history.
    pub fn unite(
        &mut self,
        facts: &[Fact<'_>],
        united: &mut United,
    ) -> Result<Vec<(usize, Refused)>, StoreError> {
        self.deny_readers()?;
        let path = self.path.clone();
        self.within(|store| store.unite_within(facts, united)).map_err(|error| error.at(&path))
    }

    fn unite_within(
        &mut self,
        facts: &[Fact<'_>],
        united: &mut United,
    ) -> Result<Vec<(usize, Refused)>, StoreError> {
        let own = self.known_device()?;
        let mut refused = Vec::new();
        let mut own_came_back = false;
        // Whether a wording came behind its card, and behind an event that names it.
        let (mut late, mut named) = (false, false);
        {
            let mut cards = Cards { db: &self.db, keys: HashMap::new() };
            let mut devices: HashMap<DeviceId, Option<i64>> = HashMap::new();
            let mut device = self.db.prepare("INSERT INTO device (id, learner) VALUES (?, ?)")?;
            let mut device_key = self.db.prepare("SELECT key FROM device WHERE id = ?")?;
            let mut known = self.db.prepare(
                "SELECT h.card FROM card AS c JOIN history AS h ON h.card = c.key
                  WHERE c.id = ?2 AND h.at_ms = ?3 AND h.id = ?1
                 UNION ALL
                 SELECT card FROM history WHERE id = ?1 AND (device_seq > 0 OR card IS NULL)",
            )?;
            let mut wording = self.db.prepare(
                "INSERT INTO wording (card, rev, front, back, accept, deck)
                 VALUES (?, ?, ?, ?, ?, ?)",
            )?;
            let mut in_use = self
                .db
                .prepare("SELECT EXISTS (SELECT 1 FROM history WHERE card = ? AND rev = ?)")?;
            let mut event = self.db.prepare(
                "INSERT INTO history (id, device, device_seq, card, rev, at_ms, utc_offset_s, day,
                                      kind, rating, quality, took_ms, extra)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?;
            for (at, fact) in facts.iter().enumerate() {
                match fact {
                    Fact::Device { id, learner } => {
                        let learner = learner.map(|learner| learner.0);
                        united.devices.add(device.execute(params![id.0, learner])? > 0);
                    }
                    Fact::Asked(asked) => {
                        let (key, new) = cards.key(&asked.card)?;
                        let added = wording.execute(params![
                            key,
                            asked.rev,
                            asked.front,
                            asked.back,
                            asked.accept,
                            asked.deck
                        ])?;
                        if added > 0 && !new {
                            late = true;
                            named |=
                                in_use.query_row([key, asked.rev], |row| row.get::<_, bool>(0))?;
                        }
                        united.wordings.add(added > 0);
                        united.cards.insert(key);
                        united.new_cards += usize::from(new);
                    }
                    Fact::Event { id, facts } => {
                        let here: Option<Option<i64>> = known
                            .query_row(params![id.0, facts.card, facts.at_ms], |row| row.get(0))
                            .optional()?;
                        if let Some(card) = here {
                            united.events.add(false);
                            united.cards.extend(card);
                            continue;
                        }
                        let by = match devices.get(&facts.device) {
                            Some(by) => *by,
                            None => {
                                let by = device_key
                                    .query_row([facts.device.0], |row| row.get(0))
                                    .optional()?;
                                devices.insert(facts.device, by);
                                by
                            }
                        };
                        let Some(by) = by else {
                            refused.push((at, Refused::NoDevice));
                            continue;
                        };
                        // A card that only a refused event names is not to stay.
                        let strange = match &facts.card {
                            Some(card) if !cards.is_known(card)? => {
                                self.db.execute_batch("SAVEPOINT one")?;
                                true
                            }
                            _ => false,
                        };
                        let key = match &facts.card {
                            Some(card) => Some(cards.key(card)?),
                            None => None,
                        };
                        let added = event.execute(params![
                            id.0,
                            by,
                            facts.device_seq,
                            key.map(|(key, _)| key),
                            facts.rev,
                            facts.at_ms,
                            facts.utc_offset_s,
                            facts.day,
                            facts.kind,
                            facts.rating,
                            facts.quality,
                            facts.took_ms,
                            facts.extra,
                        ]);
                        match added {
                            Ok(added) => {
                                united.events.add(added > 0);
                                own_came_back |= added > 0 && own == Some(by);
                                if let Some((key, new)) = key {
                                    united.cards.insert(key);
                                    united.new_cards += usize::from(new);
                                }
                            }
                            Err(error) if row::is_constraint(&error) => {
                                refused.push((at, Refused::of(facts)));
                                if strange {
                                    self.db.execute_batch("ROLLBACK TO one")?;
                                    cards.forget(facts.card.as_deref());
                                }
                            }
                            Err(error) => return Err(error.into()),
                        }
                        if strange {
                            self.db.execute_batch("RELEASE one")?;
                        }
                    }
                }
            }
        }
        if late {
            // What a card said is known now: whether it was edited is to be looked at again.
            cache::set_stamp(&self.db, cache::Stamp::Astray, &1)?;
        }
        if named {
            // And so is whether its answer changed, which the folds compare.
            cache::set_stamp(&self.db, cache::Stamp::Seq, &0)?;
        }
        if own_came_back {
            // Somebody goes on in the name of this device: its next number may be taken there.
            self.forget_device()?;
            united.own_came_back = true;
        }
        Ok(refused)
    }
}

/// The keys of cards, looked up once a batch.
struct Cards<'db, 'f> {
    db: &'db Connection,
    keys: HashMap<&'f str, i64>,
}

impl<'f> Cards<'_, 'f> {
    fn is_known(&mut self, card: &'f str) -> Result<bool, StoreError> {
        if self.keys.contains_key(card) {
            return Ok(true);
        }
        let key: Option<i64> = self
            .db
            .prepare_cached("SELECT key FROM card WHERE id = ?")?
            .query_row([card], |row| row.get(0))
            .optional()?;
        self.keys.extend(key.map(|key| (card, key)));
        Ok(key.is_some())
    }

    /// Returns the key of a card, and whether it is a new one.
    fn key(&mut self, card: &'f str) -> Result<(i64, bool), StoreError> {
        if self.is_known(card)? {
            return Ok((self.keys[card], false));
        }
        self.db.prepare_cached("INSERT INTO card (id) VALUES (?)")?.execute([card])?;
        let key = self.db.last_insert_rowid();
        self.keys.insert(card, key);
        Ok((key, true))
    }

    fn forget(&mut self, card: Option<&str>) {
        if let Some(card) = card {
            self.keys.remove(card);
        }
    }
}

fn learner(db: &Connection) -> Result<Option<LearnerId>, StoreError> {
    let found: Option<[u8; 16]> = db
        .query_row("SELECT value FROM meta WHERE name = 'learner'", [], |row| row.get(0))
        .optional()?;
    Ok(found.map(LearnerId))
}

/// Returns the deck of each card with a history: where it stands, else where it was asked last.
fn decks_of_cards(db: &Connection) -> Result<Vec<(String, String)>, StoreError> {
    let mut statement = db.prepare(
        "SELECT c.id, coalesce(
                (SELECT f.deck FROM cache_card AS k JOIN cache_file AS f ON f.key = k.file
                  WHERE k.id = c.id AND k.shadowed = 0),
                (SELECT w.deck FROM history AS h JOIN wording AS w ON w.card = h.card AND w.rev = h.rev
                  WHERE h.card = c.key AND w.deck IS NOT NULL
                  ORDER BY h.at_ms DESC, h.id DESC LIMIT 1)) AS deck
           FROM card AS c WHERE deck IS NOT NULL ORDER BY c.id",
    )?;
    let decks = statement.query_map([], |row| Ok((row::owned(row, 0)?, row::owned(row, 1)?)))?;
    Ok(decks.collect::<Result<_, _>>()?)
}

fn each_fact<E: From<StoreError>>(
    db: &Connection,
    with: &mut dyn FnMut(Found<'_>) -> Result<(), E>,
) -> Result<(), E> {
    type Read = fn(&Row<'_>) -> Found<'static>;
    let listed: [(&str, Read); 2] = [
        ("SELECT id, learner FROM device ORDER BY id", device_of),
        (
            "SELECT c.id, w.rev, w.front, w.back, w.accept, w.deck
               FROM card AS c CROSS JOIN wording AS w ON w.card = c.key ORDER BY c.id, w.rev",
            asked_of,
        ),
    ];
    for (sql, read) in listed {
        let mut statement = db.prepare(sql).map_err(StoreError::from)?;
        let mut rows = statement.query([]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            with(read(row))?;
        }
    }
    // Only the places are sorted: a million events are never in memory.
    let mut order =
        db.prepare("SELECT seq FROM history ORDER BY at_ms, id").map_err(StoreError::from)?;
    let mut event = db
        .prepare(
            "SELECT h.id, d.id, h.device_seq, c.id, h.rev, h.at_ms, h.utc_offset_s, h.day, h.kind,
                    h.rating, h.quality, h.took_ms, h.extra
               FROM history AS h LEFT JOIN device AS d ON d.key = h.device
               LEFT JOIN card AS c ON c.key = h.card WHERE h.seq = ?",
        )
        .map_err(StoreError::from)?;
    let mut places = order.query([]).map_err(StoreError::from)?;
    while let Some(place) = places.next().map_err(StoreError::from)? {
        let place: i64 = place.get(0).map_err(StoreError::from)?;
        let mut rows = event.query([place]).map_err(StoreError::from)?;
        if let Some(row) = rows.next().map_err(StoreError::from)? {
            with(event_of(row))?;
        }
    }
    Ok(())
}

fn device_of(row: &Row<'_>) -> Found<'static> {
    let id = DeviceId(value(row, 0)?);
    Ok(Fact::Device { id, learner: value::<Option<[u8; 16]>>(row, 1)?.map(LearnerId) })
}

fn asked_of(row: &Row<'_>) -> Found<'static> {
    let asked = Asked {
        card: there(text(row, 0)?)?,
        rev: value(row, 1)?,
        front: there(text(row, 2)?)?,
        back: there(text(row, 3)?)?,
        accept: there(text(row, 4)?)?,
        deck: text(row, 5)?,
    };
    Ok(Fact::Asked(asked).into_owned())
}

fn event_of<'row>(row: &'row Row<'_>) -> Found<'row> {
    Ok(Fact::Event {
        id: EventId(value(row, 0)?),
        facts: Facts {
            device: DeviceId(value(row, 1)?),
            device_seq: value(row, 2)?,
            card: text(row, 3)?,
            rev: value(row, 4)?,
            at_ms: value(row, 5)?,
            utc_offset_s: value(row, 6)?,
            day: value(row, 7)?,
            kind: there(text(row, 8)?)?,
            rating: value(row, 9)?,
            quality: value(row, 10)?,
            took_ms: value(row, 11)?,
            extra: text(row, 12)?,
        },
    })
}

fn value<T: rusqlite::types::FromSql>(row: &Row<'_>, column: usize) -> Result<T, Refused> {
    row.get(column).map_err(|_| misfit(row, column, "is not of its type"))
}

/// Returns the text in a column, whose bytes must be one: what is shown instead is another fact.
fn text<'row>(row: &'row Row<'_>, column: usize) -> Result<Option<Cow<'row, str>>, Refused> {
    match row.get_ref(column) {
        Ok(ValueRef::Null) => Ok(None),
        Ok(ValueRef::Text(bytes)) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Some(Cow::Borrowed(text))),
            Err(_) => Err(misfit(row, column, "is not UTF-8")),
        },
        _ => Err(misfit(row, column, "is not of its type")),
    }
}

fn there<T>(value: Option<T>) -> Result<T, Refused> {
    value.ok_or_else(|| Refused::Misfit("a text is missing".into()))
}

fn misfit(row: &Row<'_>, column: usize, what: &str) -> Refused {
    let name = row.as_ref().column_name(column).unwrap_or("a column");
    Refused::Misfit(format!("`{name}` {what}"))
}
