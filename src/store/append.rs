//! How a fact becomes an event: in one committed transaction, before anybody is told.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, params};

use super::device::Device;
use super::{Store, StoreError, row};
use crate::card::{Card, CardId, Wording};
use crate::history::extra::{self, Marks};
use crate::history::{Deed, EventId, Record, kind};
use crate::settings::Settings;
use crate::time::Moment;

/// A fact on its way into the history.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The card it is about.
    pub card: CardId,
    /// What was done.
    pub deed: Deed,
    /// When: the clock, or the time that was given.
    pub when: Moment,
    /// Whether the time was given. It is kept as it is; the clock never goes back.
    pub at_given: bool,
    /// Under which a second event is not added.
    pub key: Option<String>,
    /// What was asked, and the deck it stood in.
    pub asked: Option<(Wording, String)>,
}

impl Entry {
    /// Returns a deed done now.
    pub fn now(card: CardId, deed: Deed, now: Moment) -> Entry {
        Entry { card, deed, when: now, at_given: false, key: None, asked: None }
    }

    /// Returns the same with what was asked.
    pub fn asking(self, card: &Card, deck: &str) -> Entry {
        Entry { asked: Some((Wording::of(card), deck.to_owned())), ..self }
    }
}

/// An event that is in the history, durably.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Its id; of the one that was there already, if its key was known.
    pub id: EventId,
    /// The card it is about.
    pub card: CardId,
    /// Whether it was added now.
    pub added: bool,
    /// The moment under which it stands.
    pub when: Moment,
}

/// What recording an answer to a card needs, looked up while its question is read.
#[derive(Debug)]
pub(super) struct Foreseen {
    card: CardId,
    /// Its number in the history.
    key: i64,
    /// Its wording, if it was asked with it before.
    rev: Option<i64>,
}

impl Store {
    /// Looks up what recording an answer to `card` will need.
    pub(super) fn foresee(&mut self, card: &Card) -> Result<(), StoreError> {
        self.foreseen = None;
        if let Some(key) = self.key_of(&card.id)? {
            let rev = Wording::of(card).rev();
            let rev = self.knows_wording(key, rev)?.then_some(rev);
            self.foreseen = Some(Foreseen { card: card.id.clone(), key, rev });
        }
        Ok(())
    }

    /// Adds events, in one transaction, and brings the cards' schedules up to them.
    ///
    /// When this returns they are on the disk.
    ///
    /// # Errors
    ///
    /// Then none of them is in the history.
    pub fn append(
        &mut self,
        entries: &[Entry],
        settings: &Settings,
    ) -> Result<Vec<Appended>, StoreError> {
        self.deny_readers()?;
        let path = self.path.clone();
        let appended = self
            .within(|store| store.append_within(entries, settings))
            .map_err(|error| error.at(&path))?;
        self.mark_progress();
        Ok(appended)
    }

    /// Adds one event and nothing else: an answer is on the disk as soon as can be.
    ///
    /// Until [`Store::settle`] cards stand as before; whoever opens the database in between, after
    /// a crash too, finds the event and settles it.
    ///
    /// # Errors
    ///
    /// Then it is not in the history.
    pub fn record(&mut self, entry: &Entry, settings: &Settings) -> Result<Appended, StoreError> {
        self.deny_readers()?;
        let path = self.path.clone();
        let (appended, _) = self
            .within(|store| store.insert_within(entry, settings))
            .map_err(|error| error.at(&path))?;
        Ok(appended)
    }

    /// Brings the cards' schedules up to everything that is in the history, whoever added it.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn settle(&mut self, settings: &Settings) -> Result<(), StoreError> {
        if !self.is_folded(settings)? {
            let path = self.path.clone();
            self.within(|store| store.catch_up(settings)).map_err(|error| error.at(&path))?;
            self.mark_progress();
        }
        Ok(())
    }

    /// Takes back the newest `count` events that were made here by hand, newest first.
    ///
    /// # Errors
    ///
    /// Then nothing is taken back. Fewer events than `count` are no error.
    pub fn undo(
        &mut self,
        count: usize,
        now: Moment,
        settings: &Settings,
    ) -> Result<Vec<Record>, StoreError> {
        self.deny_readers()?;
        let path = self.path.clone();
        let undone = self
            .within(|store| {
                let undone = store.newest_by_hand(count)?;
                let entries: Vec<Entry> =
                    undone.iter().filter_map(|(id, record)| retraction(*id, record, now)).collect();
                store.append_within(&entries, settings)?;
                Ok(undone.into_iter().map(|(_, record)| record).collect::<Vec<_>>())
            })
            .map_err(|error| error.at(&path))?;
        self.mark_progress();
        Ok(undone)
    }

    /// Takes back one event; returns its facts if it was still there to take.
    ///
    /// # Errors
    ///
    /// Then nothing is taken back.
    pub fn retract(
        &mut self,
        target: EventId,
        now: Moment,
        settings: &Settings,
    ) -> Result<Option<Record>, StoreError> {
        self.deny_readers()?;
        let path = self.path.clone();
        let done = self
            .within(|store| {
                let Some(record) = store.facts_of(target)? else { return Ok(None) };
                if store.is_retracted(target, &record)? {
                    return Ok(None);
                }
                store.append_within(retraction(target, &record, now).as_slice(), settings)?;
                Ok(Some(record))
            })
            .map_err(|error| error.at(&path))?;
        self.mark_progress();
        Ok(done)
    }

    /// Adds events inside a transaction, and folds the cards that they touch, each once.
    pub(super) fn append_within(
        &mut self,
        entries: &[Entry],
        settings: &Settings,
    ) -> Result<Vec<Appended>, StoreError> {
        let (mut all, mut touched, mut relinked) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        for entry in entries {
            let (appended, cards) = self.insert_within(entry, settings)?;
            if matches!(entry.deed, Deed::Linked { .. } | Deed::Retracted { .. }) {
                relinked.extend(&cards);
            }
            touched.extend(cards);
            all.push(appended);
        }
        let added = all.iter().filter(|appended| appended.added).count();
        if added > 0 {
            self.fold_appended(&touched, added as i64, settings)?;
        }
        if !relinked.is_empty() {
            // A card that is parted from another may be one that nobody has any more.
            let decks = self.decks_of_wordings(relinked)?;
            self.note_edited(decks)?;
        }
        Ok(all)
    }

    /// Adds one event inside a transaction; returns it, and the cards that it touches.
    fn insert_within(
        &mut self,
        entry: &Entry,
        settings: &Settings,
    ) -> Result<(Appended, BTreeSet<i64>), StoreError> {
        if let Some((id, when)) = self.known_key(entry.key.as_deref())? {
            let known = Appended { id, card: entry.card.clone(), added: false, when };
            return Ok((known, BTreeSet::new()));
        }
        let device = self.ensure_device()?;
        let card = self.card_key(&entry.card)?;
        let mut touched = BTreeSet::from([card]);
        if let Deed::Linked { from, .. } = &entry.deed {
            touched.insert(self.card_key(from)?);
        }
        if let Deed::Retracted { .. } = entry.deed {
            // What a link joined must be folded again on both sides of the cut.
            touched.extend(self.groups()?.members(card));
        }
        let when =
            if entry.at_given { entry.when } else { self.not_before_last(entry.when, device)? };
        let rev = match &entry.asked {
            Some((wording, deck)) => Some(self.keep_wording(card, wording, deck)?),
            None => None,
        };
        let answer = entry.deed.answer();
        let marks = Marks { at_given: entry.at_given, key: entry.key.as_deref() };
        let record = Record {
            device: device.id,
            device_seq: device.seq + 1,
            card: Some(entry.card.clone()),
            rev,
            when,
            // By the clock, also where an answer from ahead of it holds the time there.
            day: entry.when.day(settings.day_starts_at),
            kind: entry.deed.word().into(),
            rating: answer.map(|answer| answer.grade.rating.number()),
            quality: answer.and_then(|answer| answer.grade.quality).map(|quality| quality.number()),
            took_ms: answer.and_then(|answer| answer.took_ms),
            extra: extra::write(&entry.deed, marks),
        };
        let id = record.id();
        self.insert(&record, id, Some(card), device)?;
        Ok((Appended { id, card: entry.card.clone(), added: true, when }, touched))
    }

    /// Puts an event of this device into the history; `card` is the key of its card there.
    pub(super) fn insert(
        &mut self,
        record: &Record,
        id: EventId,
        card: Option<i64>,
        device: Device,
    ) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO history (id, device, device_seq, card, rev, at_ms, utc_offset_s, day,
                                      kind, rating, quality, took_ms, extra)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                id.0,
                device.key,
                record.device_seq,
                card,
                record.rev,
                record.when.at_ms,
                record.when.utc_offset_s,
                record.day.0,
                record.kind,
                record.rating,
                record.quality,
                record.took_ms,
                record.extra,
            ])?;
        let mut device = self.device.unwrap_or(device);
        device.seq = record.device_seq;
        if !record.extra.as_deref().is_some_and(extra::at_given) {
            device.last_ms = device.last_ms.max(Some(record.when.at_ms));
        }
        self.device = Some(device);
        Ok(())
    }

    /// Returns the card's number in the history, giving it one if it has none.
    pub(super) fn card_key(&self, card: &CardId) -> Result<i64, StoreError> {
        if let Some(foreseen) = self.foreseen.as_ref().filter(|foreseen| foreseen.card == *card) {
            return Ok(foreseen.key);
        }
        if let Some(key) = self.key_of(card)? {
            return Ok(key);
        }
        self.db.prepare_cached("INSERT INTO card (id) VALUES (?)")?.execute([card.as_str()])?;
        Ok(self.db.last_insert_rowid())
    }

    /// Returns the card's number in the history, if anything ever happened to it.
    pub(super) fn key_of(&self, card: &CardId) -> Result<Option<i64>, StoreError> {
        Ok(self
            .db
            .prepare_cached("SELECT key FROM card WHERE id = ?")?
            .query_row([card.as_str()], |row| row.get(0))
            .optional()?)
    }

    fn keep_wording(&self, card: i64, wording: &Wording, deck: &str) -> Result<i64, StoreError> {
        let rev = wording.rev();
        let foreseen = self.foreseen.as_ref().filter(|foreseen| foreseen.key == card);
        if foreseen.is_some_and(|foreseen| foreseen.rev == Some(rev))
            || self.knows_wording(card, rev)?
        {
            return Ok(rev);
        }
        self.db
            .prepare_cached(
                "INSERT INTO wording (card, rev, front, back, accept, deck)
                 VALUES (?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![card, rev, wording.front, wording.back, wording.accept, deck])?;
        Ok(rev)
    }

    fn knows_wording(&self, card: i64, rev: i64) -> Result<bool, StoreError> {
        Ok(self
            .db
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM wording WHERE card = ? AND rev = ?)")?
            .query_row(params![card, rev], |row| row.get(0))?)
    }

    fn known_key(&self, key: Option<&str>) -> Result<Option<(EventId, Moment)>, StoreError> {
        let Some(key) = key else { return Ok(None) };
        Ok(self
            .db
            .prepare_cached(
                "SELECT id, at_ms, utc_offset_s FROM history
                  WHERE instr(extra, '\"key\":') > 0
                    AND CASE WHEN json_valid(extra) THEN extra ->> '$.key' END = ?",
            )?
            .query_row([key], |row| {
                let when = Moment { at_ms: row.get(1)?, utc_offset_s: row.get(2)? };
                Ok((EventId(row.get(0)?), when))
            })
            .optional()?)
    }

    /// Returns the newest events that were made here by hand and not taken back, newest first.
    fn newest_by_hand(&mut self, count: usize) -> Result<Vec<(EventId, Record)>, StoreError> {
        let Some(device) = self.known_device()? else { return Ok(Vec::new()) };
        let retracted = self.retracted()?;
        let mut statement = self.db.prepare_cached(
            "SELECT h.id, c.id, h.kind, h.extra, h.seq FROM history AS h
               JOIN card AS c ON c.key = h.card
              WHERE h.device = ? AND h.device_seq > 0
                AND h.kind IN ('reviewed', 'practised', 'reset', 'suspended', 'resumed', 'buried',
                               'linked')
              ORDER BY h.device_seq DESC",
        )?;
        let mut rows = statement.query([device])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()?.filter(|_| found.len() < count) {
            let id = EventId(row.get(0)?);
            let by_itself = row::text(row, 2)?.as_deref() == Some(kind::LINKED)
                && row::text(row, 3)?.as_deref().is_some_and(extra::by_itself);
            let led_to = row::text(row, 2)?.as_deref() == Some(kind::SUSPENDED)
                && row::text(row, 3)?.as_deref().and_then(extra::because).is_some();
            if !by_itself && !led_to && !retracted.contains(&(id, CardId::new(row::owned(row, 1)?)))
            {
                found.push(row.get::<_, i64>(4)?);
            }
        }
        drop(rows);
        drop(statement);
        let facts = found.into_iter().map(|seq| self.events_with("h.seq = ?", [seq]));
        Ok(facts.collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// Returns what was taken back, each as event and card.
    pub(super) fn retracted(&self) -> Result<BTreeSet<(EventId, CardId)>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT c.id, h.extra FROM history AS h JOIN card AS c ON c.key = h.card
              WHERE h.kind = 'retracted' AND h.kind NOT IN ('reviewed', 'practised')",
        )?;
        let mut rows = statement.query([])?;
        let mut retracted = BTreeSet::new();
        while let Some(row) = rows.next()? {
            if let Some(target) = row::text(row, 1)?.as_deref().and_then(extra::target) {
                retracted.insert((target, CardId::new(row::owned(row, 0)?)));
            }
        }
        Ok(retracted)
    }

    /// Whether an event about a card was taken back.
    pub(super) fn is_retracted(&self, id: EventId, record: &Record) -> Result<bool, StoreError> {
        let Some(card) = &record.card else { return Ok(false) };
        let mut statement = self.db.prepare_cached(
            "SELECT h.extra FROM history AS h JOIN card AS c ON c.key = h.card
              WHERE c.id = ? AND h.kind = 'retracted'",
        )?;
        let mut rows = statement.query([card.as_str()])?;
        while let Some(row) = rows.next()? {
            if row::text(row, 0)?.as_deref().and_then(extra::target) == Some(id) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Returns what takes an event about a card back.
fn retraction(target: EventId, record: &Record, now: Moment) -> Option<Entry> {
    let card = record.card.clone()?;
    Some(Entry::now(card, Deed::Retracted { target }, now))
}
