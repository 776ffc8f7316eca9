//! How a fact becomes an event: in one committed transaction, before anybody is told.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, params};

use super::device::Device;
use super::{Store, StoreError};
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

impl Store {
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
        let appended = self
            .within(|store| {
                entries.iter().map(|entry| store.append_within(entry, settings)).collect()
            })
            .map_err(|error| error.at(&self.path))?;
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
                let mut undone = Vec::new();
                for (id, record) in store.newest_by_hand(count)? {
                    store.retract_within(id, &record, now, settings)?;
                    undone.push(record);
                }
                Ok(undone)
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
                store.retract_within(target, &record, now, settings)?;
                Ok(Some(record))
            })
            .map_err(|error| error.at(&path))?;
        self.mark_progress();
        Ok(done)
    }

    /// Adds one event inside a transaction, and folds the cards that it touches.
    pub(super) fn append_within(
        &mut self,
        entry: &Entry,
        settings: &Settings,
    ) -> Result<Appended, StoreError> {
        let (appended, touched) = self.insert_within(entry, settings)?;
        if appended.added {
            self.fold_appended(&touched, settings)?;
        }
        if matches!(entry.deed, Deed::Linked { .. } | Deed::Retracted { .. }) {
            // A card that is parted from another may be one that nobody has any more.
            let decks = self.decks_of_wordings(touched)?;
            self.note_edited(decks)?;
        }
        Ok(appended)
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
            device_seq: self.next_seq(device)?,
            card: Some(entry.card.clone()),
            rev,
            when,
            day: when.day(settings.day_starts_at),
            kind: entry.deed.word().to_owned(),
            rating: answer.map(|(grade, _)| grade.rating.number()),
            quality: answer.and_then(|(grade, _)| grade.quality).map(|quality| quality.number()),
            took_ms: answer.and_then(|(_, took_ms)| took_ms),
            extra: extra::write(&entry.deed, marks),
        };
        let id = record.id();
        self.insert(&record, id, Some(card), device)?;
        Ok((Appended { id, card: entry.card.clone(), added: true, when }, touched))
    }

    fn retract_within(
        &mut self,
        target: EventId,
        record: &Record,
        now: Moment,
        settings: &Settings,
    ) -> Result<(), StoreError> {
        if let Some(card) = &record.card {
            let entry = Entry::now(card.clone(), Deed::Retracted { target }, now);
            self.append_within(&entry, settings)?;
        }
        Ok(())
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
        self.device = Some(Device { seq: record.device_seq, ..device });
        Ok(())
    }

    /// Returns the card's number in the history, giving it one if it has none.
    pub(super) fn card_key(&self, card: &CardId) -> Result<i64, StoreError> {
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
        // Nearly always it is there; a look is cheaper than an INSERT that is refused.
        let known: bool = self
            .db
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM wording WHERE card = ? AND rev = ?)")?
            .query_row(params![card, rev], |row| row.get(0))?;
        if known {
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

    pub(super) fn next_seq(&self, device: Device) -> Result<i64, StoreError> {
        let sql = format!(
            "SELECT coalesce(max(device_seq), 0) + 1 FROM history WHERE device = {}",
            device.key
        );
        Ok(self.db.prepare_cached(&sql)?.query_row([], |row| row.get(0))?)
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

    pub(super) fn mark_progress(&self) {
        if let Some(device) = self.device {
            self.mark(device, device.seq);
        }
    }

    /// Returns the newest events that were made here by hand and not taken back, newest first.
    fn newest_by_hand(&mut self, count: usize) -> Result<Vec<(EventId, Record)>, StoreError> {
        let Some(device) = self.known_device()? else { return Ok(Vec::new()) };
        let ids: Vec<EventId> = self
            .db
            .prepare_cached(
                "SELECT id FROM history WHERE device = ? AND device_seq > 0
                    AND kind IN ('reviewed', 'practised', 'reset', 'suspended', 'resumed', 'buried',
                                 'linked')
                  ORDER BY device_seq DESC",
            )?
            .query_map([device.key], |row| row.get(0).map(EventId))?
            .scan(0, |_, id| id.ok())
            .take(count.saturating_mul(4).saturating_add(4096))
            .collect();
        let mut found = Vec::new();
        for id in ids {
            if found.len() == count {
                break;
            }
            let Some(record) = self.facts_of(id)? else { continue };
            let by_itself = record.kind == kind::LINKED
                && record.extra.as_deref().is_some_and(extra::by_itself);
            if !by_itself && !self.is_retracted(id, &record)? {
                found.push((id, record));
            }
        }
        Ok(found)
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
            if row.get_ref(0)?.as_str_or_null()?.and_then(extra::target) == Some(id) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
