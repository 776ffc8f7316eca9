//! Events of a clock that ran ahead: they are found, and entered again where they belong.
//!
//! Links and retractions are left alone: no fold reads their times.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::params;

use super::cache::{self, Stamp};
use super::device::Device;
use super::{Entry, Store, StoreError};
use crate::history::{Deed, EventId, Record, extra};
use crate::settings::Settings;
use crate::time::Moment;

/// How far ahead of the clock an event may be without a word: a day, for zones and slow clocks.
pub const AHEAD_MS: i64 = 24 * 3600 * 1000;

/// The kinds whose times a fold reads, among those that are done by hand.
const TIMED: &str = "'reviewed', 'practised', 'reset', 'suspended', 'resumed', 'buried'";

impl Store {
    /// Returns the moment, in UTC, of the newest event that stands, if it is more than a day ahead
    /// of `now`.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn ahead_of(&self, now: Moment) -> Result<Option<Moment>, StoreError> {
        let newest: Option<i64> = cache::stamp(&self.db, Stamp::Newest)?.flatten();
        if newest.is_none_or(|newest| newest <= now.plus_ms(AHEAD_MS).at_ms) {
            return Ok(None);
        }
        // Rare, so that it may look at every event: what was taken back is no trouble any more.
        let standing = self.standing_after(now.plus_ms(AHEAD_MS).at_ms)?;
        Ok(standing.last().map(|(_, record)| Moment { utc_offset_s: 0, ..record.when }))
    }

    /// Takes back what was done more than a day ahead of `now`, because a clock was wrong, and
    /// enters it again: the newest of it as done now, the rest as long before that as it was.
    ///
    /// Returns how many events that were.
    ///
    /// # Errors
    ///
    /// Then nothing has changed.
    pub fn enter_again(&mut self, now: Moment, settings: &Settings) -> Result<usize, StoreError> {
        self.deny_readers()?;
        let path = self.path.clone();
        let entered = self
            .within(|store| {
                let ahead = store.standing_after(now.plus_ms(AHEAD_MS).at_ms)?;
                let newest = ahead.last().map_or(now.at_ms, |(_, record)| record.when.at_ms);
                let mut moved = BTreeMap::new();
                for (id, record) in &ahead {
                    let earlier = record.when.at_ms.saturating_sub(newest);
                    let when = now.plus_ms(earlier);
                    let new = store.move_within(*id, record, (now, when), &moved, settings)?;
                    moved.extend(new.map(|new| (*id, new)));
                }
                Ok(ahead.len())
            })
            .map_err(|error| error.at(&path))?;
        self.mark_progress();
        Ok(entered)
    }

    /// Takes an event back, and enters it again at `when`; returns its new id. `before` are the new
    /// ids of those that were entered again before it: an answer may have led to it.
    fn move_within(
        &mut self,
        id: EventId,
        record: &Record,
        (now, when): (Moment, Moment),
        before: &BTreeMap<EventId, EventId>,
        settings: &Settings,
    ) -> Result<Option<EventId>, StoreError> {
        let Some(card) = &record.card else { return Ok(None) };
        let retraction = Entry::now(card.clone(), Deed::Retracted { target: id }, now);
        self.append_within(&[Entry { at_given: true, ..retraction }], settings)?;
        let device = self.ensure_device()?;
        let key = self.card_key(card)?;
        let day = when.day(settings.day_starts_at);
        let moved = Record {
            device: device.id,
            device_seq: device.seq + 1,
            when,
            day,
            extra: Some(extra::moved(record.extra.as_deref(), day.since(record.day), before)),
            ..record.clone()
        };
        let new = moved.id();
        self.insert(&moved, new, Some(key), device)?;
        self.fold_appended(&BTreeSet::from([key]), 1, settings)?;
        Ok(Some(new))
    }

    /// Returns the events later than `after_ms` that can be entered again and were not taken back,
    /// oldest first.
    fn standing_after(&self, after_ms: i64) -> Result<Vec<(EventId, Record)>, StoreError> {
        let events = self.events_with(
            &format!(
                "h.at_ms > ? AND h.card IS NOT NULL AND h.kind IN ({TIMED}) ORDER BY h.at_ms, h.id"
            ),
            [after_ms],
        )?;
        self.not_retracted(events)
    }

    fn not_retracted(
        &self,
        mut events: Vec<(EventId, Record)>,
    ) -> Result<Vec<(EventId, Record)>, StoreError> {
        let retracted = self.retracted()?;
        events.retain(|(id, record)| {
            let card = record.card.as_ref();
            !card.is_some_and(|card| retracted.contains(&(*id, card.clone())))
        });
        Ok(events)
    }

    /// Returns `now`, or the moment after the last thing done now on `device` where the clock went
    /// back since.
    pub(super) fn not_before_last(
        &mut self,
        now: Moment,
        mut device: Device,
    ) -> Result<Moment, StoreError> {
        if device.last_ms.is_some_and(|last| last > now.plus_ms(AHEAD_MS).at_ms) {
            device.last_ms = self.last_standing(now, device)?;
            cache::set_stamp(&self.db, Stamp::LastNow, &device.last_ms)?;
            self.device = Some(device);
        }
        let next = device.last_ms.map_or(i64::MIN, |last| last.saturating_add(1));
        Ok(Moment { at_ms: now.at_ms.max(next), ..now })
    }

    /// Returns the time of the last thing done now on `device`, of those behind `now` that stand:
    /// what a wrong clock made and was taken back does not hold later answers there.
    fn last_standing(&self, now: Moment, device: Device) -> Result<Option<i64>, StoreError> {
        let events = self.events_with(
            &format!(
                "h.device = ? AND h.device_seq > 0 AND h.at_ms > ? AND h.kind IN ({TIMED})
                    AND (h.extra IS NULL OR instr(h.extra, '\"at\":\"given\"') = 0)
                  ORDER BY h.at_ms, h.id"
            ),
            params![device.key, now.at_ms],
        )?;
        Ok(self.not_retracted(events)?.last().map(|(_, record)| record.when.at_ms))
    }

    /// Returns the time of the last thing done now on the device with this key.
    pub(super) fn last_now(&self, device: i64) -> Result<Option<i64>, StoreError> {
        let known: Option<Option<i64>> = cache::stamp(&self.db, Stamp::LastNow)?;
        let folded: i64 = match known {
            Some(_) => cache::stamp(&self.db, Stamp::Seq)?.unwrap_or(0),
            None => 0,
        };
        let since: Option<i64> = self
            .db
            .prepare_cached(
                "SELECT max(at_ms) FROM history NOT INDEXED WHERE seq > ? AND device = ?
                    AND (extra IS NULL OR instr(extra, '\"at\":\"given\"') = 0)",
            )?
            .query_row([folded, device], |row| row.get(0))?;
        Ok(since.max(known.flatten()))
    }
}
