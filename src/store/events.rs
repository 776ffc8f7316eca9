//! The history as it is read: every event, and what became of it.

use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{OptionalExtension, Row};

use super::rules::{Rules, rules_of};
use super::{Store, StoreError, row};
use crate::card::CardId;
use crate::history::{DeviceId, Event, EventId, Record, Step, extra, kind, replay};
use crate::schedule::{Interval, Scheduler};
use crate::settings::Settings;

/// An event, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// Its id.
    pub id: EventId,
    /// Its facts.
    pub record: Record,
    /// Whether it is the day's first answer to its card, and neither practice nor retracted.
    pub counted: bool,
    /// Whether it was taken back.
    pub retracted: bool,
    /// The interval after this answer as the present scheduler sees it.
    pub interval: Option<Interval>,
}

const RECORD: &str = "SELECT h.id, d.id, h.device_seq, c.id, h.rev, h.at_ms, h.utc_offset_s, h.day,
        h.kind, h.rating, h.quality, h.took_ms, h.extra
   FROM history AS h JOIN device AS d ON d.key = h.device LEFT JOIN card AS c ON c.key = h.card";

fn record(row: &Row<'_>) -> rusqlite::Result<(EventId, Record)> {
    let record = Record {
        device: DeviceId(row.get(1)?),
        device_seq: row.get(2)?,
        card: row::text(row, 3)?.map(CardId::new),
        rev: row.get(4)?,
        when: row::moment(row, (5, 6))?,
        day: row::day(row, 7)?,
        kind: row::owned(row, 8)?.into(),
        rating: row.get(9)?,
        quality: row.get(10)?,
        took_ms: row.get(11)?,
        extra: row::text(row, 12)?.map(Cow::into_owned),
    };
    Ok((EventId(row.get(0)?), record))
}

impl Store {
    /// Returns the facts of an event.
    pub(super) fn facts_of(&self, id: EventId) -> Result<Option<Record>, StoreError> {
        // What was imported is in no index over ids.
        for among in ["(h.device_seq > 0 OR h.card IS NULL)", "h.device_seq <= 0"] {
            let found = self.events_with(&format!("h.id = ? AND {among}"), [id.0])?;
            if let Some((_, record)) = found.into_iter().next() {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// Returns the events that a condition of SQL, in which `h` is the history, is true of.
    pub(super) fn events_with(
        &self,
        condition: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Vec<(EventId, Record)>, StoreError> {
        let mut statement = self.db.prepare_cached(&format!("{RECORD} WHERE {condition}"))?;
        Ok(statement.query_map(parameters, record)?.collect::<Result<_, _>>()?)
    }

    /// Calls `with` for every event, or those of one card and what it is linked with, in the order
    /// of the folds.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn history(
        &mut self,
        card: Option<&CardId>,
        settings: &Settings,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let groups = self.groups()?;
        let mut found: Vec<(EventId, Record)> = Vec::new();
        match card {
            Some(card) => {
                let Some(key) = self.key_of(card)? else { return Ok(Vec::new()) };
                let mut statement =
                    self.db.prepare_cached(&format!("{RECORD} WHERE h.card = ?"))?;
                for key in groups.members(key) {
                    found.extend(
                        statement.query_map([key], record)?.collect::<Result<Vec<_>, _>>()?,
                    );
                }
            }
            None => {
                let mut statement = self.db.prepare(&format!("{RECORD} ORDER BY h.seq"))?;
                found.extend(statement.query_map([], record)?.collect::<Result<Vec<_>, _>>()?);
            }
        }
        found.sort_by_key(|(id, record)| (record.when.at_ms, *id));
        let retracted: BTreeSet<(EventId, Option<CardId>)> = found
            .iter()
            .filter(|(_, record)| record.kind == kind::RETRACTED)
            .filter_map(|(_, record)| {
                Some((extra::target(record.extra.as_deref()?)?, record.card.clone()))
            })
            .collect();
        let outcomes = self.outcomes(&found, settings)?;
        Ok(found
            .into_iter()
            .map(|(id, record)| {
                let is_back = |id| retracted.contains(&(id, record.card.clone()));
                // As the folds take it: what an answer led to goes with it.
                let led_to = match &*record.kind {
                    kind::SUSPENDED => record.extra.as_deref().and_then(extra::because),
                    _ => None,
                };
                let retracted =
                    record.kind != kind::RETRACTED && (is_back(id) || led_to.is_some_and(is_back));
                let interval = outcomes.get(&id).copied();
                HistoryRow { id, record, counted: interval.is_some(), retracted, interval }
            })
            .collect())
    }

    /// Returns the interval after each counted answer among `records`.
    fn outcomes(
        &mut self,
        records: &[(EventId, Record)],
        settings: &Settings,
    ) -> Result<HashMap<EventId, Interval>, StoreError> {
        let cards: BTreeSet<&CardId> =
            records.iter().filter_map(|(_, record)| record.card.as_ref()).collect();
        let mut outcomes = HashMap::new();
        let mut rules: BTreeMap<Option<i64>, Rules> = BTreeMap::new();
        let fitted = self.fitted()?;
        let pasts = replay(
            records
                .iter()
                .map(|(id, record)| Event { id: *id, ..Event::understand(record) })
                .collect(),
        );
        let mut placed = Vec::new();
        for card in cards {
            let file: Option<i64> = self
                .db
                .prepare_cached("SELECT file FROM cache_card WHERE id = ? AND shadowed = 0")?
                .query_row([card.as_str()], |row| row.get(0))
                .optional()?;
            placed.push((file, card));
        }
        // Of ids that are one card, the one that stands in a deck says how it is scheduled.
        placed.sort_by_key(|(file, _)| file.is_some());
        for (file, card) in placed {
            let Some(past) = pasts.get(card) else { continue };
            let rules = match rules.entry(file) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(rules_of(&self.db, file, settings, &fitted)?),
            };
            let scheduler = rules.scheduler(card.as_str());
            // What counted before the card was started over counted then.
            for steps in past.former.iter().chain([&past.steps]) {
                for (step, schedule) in steps.iter().zip(scheduler.schedules(steps)) {
                    if let (Step::Review(review), true) = (step, schedule.counted) {
                        outcomes.insert(review.event, schedule.interval);
                    }
                }
            }
        }
        Ok(outcomes)
    }

    /// Returns the ids of all events, sorted.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn event_ids(&self) -> Result<Vec<EventId>, StoreError> {
        let mut statement = self.db.prepare("SELECT id FROM history")?;
        let ids = statement.query_map([], |row| row.get(0).map(EventId))?;
        let mut ids: Vec<EventId> = ids.collect::<Result<_, _>>()?;
        ids.sort_unstable();
        Ok(ids)
    }
}
