//! Decks, and what of their cards the queue must know.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::rules::{head_of, rules_by_file};
use super::{Store, StoreError};
use crate::deck::Head;
use crate::queue::Candidate;
use crate::schedule::{Chosen, Ease, Interval, Memory, Stage};
use crate::settings::{Order, Settings};
use crate::time::{Day, Moment};

/// A deck that is there.
#[derive(Clone, Debug, PartialEq)]
pub struct DeckRow {
    /// The caches' number for its file.
    pub key: i64,
    /// Its name for commands and JSON.
    pub deck: String,
    /// Its file, as commands show it.
    pub file: String,
    /// What it says for all of its notes.
    pub head: Head,
}

impl DeckRow {
    /// Returns the name that a person reads.
    pub fn title(&self) -> &str {
        self.head.title.as_deref().unwrap_or(&self.deck)
    }
}

const CANDIDATE: &str = "SELECT card, note, file, place, stage, due, interval, first_day, last_day,
        repeat_on, changed, suspended, buried_until FROM cache_schedule";

/// A view of the database that no writer changes, as long as it lives.
pub struct Snapshot<'a> {
    _open: Transaction<'a>,
}

impl Store {
    /// Returns the decks, in the order in which commands show them.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn decks(&self) -> Result<Vec<DeckRow>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT key, deck, shown, head FROM cache_file WHERE is_deck = 1 ORDER BY shown",
        )?;
        let decks = statement.query_map([], |row| {
            Ok(DeckRow {
                key: row.get(0)?,
                deck: row.get(1)?,
                file: row.get(2)?,
                head: head_of(row.get_ref(3)?.as_str_or_null()?),
            })
        })?;
        Ok(decks.collect::<Result<_, _>>()?)
    }

    /// Returns a view of the database as it is now, for all that is read until it is dropped; many
    /// small questions share one lock by it.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn snapshot(&self) -> Result<Snapshot<'_>, StoreError> {
        Ok(Snapshot { _open: self.db.unchecked_transaction()? })
    }

    /// Returns how many cards stand in the decks.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn count_cards(&self) -> Result<usize, StoreError> {
        let count: i64 =
            self.db.query_row("SELECT count(*) FROM cache_schedule", [], |row| row.get(0))?;
        Ok(count as usize)
    }

    /// Returns how many cards were never answered and are not put aside on `today`.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn count_new(&self, today: Day) -> Result<usize, StoreError> {
        let count: i64 = self.db.query_row(
            "SELECT count(*) FROM cache_schedule
              WHERE stage = 0 AND suspended = 0 AND (buried_until IS NULL OR buried_until <= ?)",
            [today.0],
            |row| row.get(0),
        )?;
        Ok(count as usize)
    }

    /// Returns every answered card that can matter to the queue of `today`, looking ahead to
    /// `horizon`. `decks` are the decks as [`Store::decks`] returns them.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn candidates(
        &self,
        decks: &[DeckRow],
        today: Day,
        horizon: Day,
    ) -> Result<Vec<Candidate>, StoreError> {
        let places = places(decks);
        // Each part has an index of its own; an OR of them would look at every card.
        let mut statement = self.db.prepare_cached(&format!(
            "{CANDIDATE} WHERE due <= ?1
              UNION ALL {CANDIDATE} WHERE last_day = ?2 AND +due > ?1
              UNION ALL {CANDIDATE} WHERE repeat_on = ?2 AND last_day <> ?2 AND +due > ?1
              UNION ALL {CANDIDATE} INDEXED BY cache_schedule_changed
                  WHERE changed IS NOT NULL AND +due > ?1 AND last_day <> ?2
                    AND (repeat_on IS NULL OR repeat_on <> ?2)"
        ))?;
        // Room for what is due on most days: growing moves them.
        let mut found = Vec::with_capacity(4_096);
        let mut rows = statement.query(params![horizon.0, today.0])?;
        while let Some(row) = rows.next()? {
            found.push(candidate(row, &places, today)?);
        }
        Ok(found)
    }

    /// Gives answered cards the ranks that the order of the settings goes by.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn rank(
        &self,
        cards: &mut [Candidate],
        settings: &Settings,
        today: Day,
    ) -> Result<(), StoreError> {
        if !matches!(settings.order, Order::Gain | Order::Retrievability) {
            return Ok(());
        }
        let rules = rules_by_file(&self.db, settings, &self.fitted()?)?;
        let schedulers: HashMap<i64, Chosen> =
            rules.iter().map(|(file, rules)| (*file, rules.scheduler(""))).collect();
        let mut statement = self.db.prepare_cached(
            "SELECT file, interval, ease, repetitions, stability, difficulty, decay, last_day
               FROM cache_schedule WHERE card = ? AND last_day IS NOT NULL",
        )?;
        for card in cards {
            let mut rows = statement.query([card.card])?;
            let Some(row) = rows.next()? else { continue };
            let Some(scheduler) = schedulers.get(&row.get(0)?) else { continue };
            let memory = Memory {
                interval: Interval::of(row.get::<_, Option<u32>>(1)?.unwrap_or(1).into()),
                ease: row.get::<_, Option<i64>>(2)?.map(Ease::from_hundredths),
                repetitions: row.get::<_, Option<u32>>(3)?.unwrap_or(0),
                stability: row.get(4)?,
                difficulty: row.get(5)?,
                decay: row.get(6)?,
            };
            let elapsed = day(row, 7)?.map_or(0, |last| today.since(last).max(0)) as u32;
            card.rank = match settings.order {
                Order::Gain => scheduler.gain(&memory, elapsed),
                _ => memory.recall(f64::from(elapsed)),
            };
        }
        Ok(())
    }

    /// Returns how many notes fall due on each day after `after`.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn due_after(&self, after: Day) -> Result<BTreeMap<Day, usize>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT due, count(DISTINCT note) FROM cache_schedule
              WHERE due > ? AND suspended = 0 GROUP BY due",
        )?;
        let days = statement
            .query_map([after.0], |row| Ok((Day(row.get(0)?), row.get::<_, i64>(1)? as usize)))?;
        Ok(days.collect::<Result<_, _>>()?)
    }

    /// Returns how many cards were answered last on a day of the `days` before `today`, in the
    /// mean of those on which any were.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn answered_a_day(&self, today: Day, days: u32) -> Result<usize, StoreError> {
        let (cards, days): (i64, i64) = self
            .db
            .prepare_cached(
                "SELECT count(*), count(DISTINCT last_day) FROM cache_schedule
                  WHERE last_day BETWEEN ? AND ?",
            )?
            .query_row([today.0 - days as i32, today.0 - 1], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        Ok((cards / days.max(1)) as usize)
    }

    /// Returns the first new card of a deck behind `place` that is not put aside.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn next_new(
        &self,
        decks: &[DeckRow],
        deck: usize,
        place: i64,
        today: Day,
    ) -> Result<Option<Candidate>, StoreError> {
        let Some(row) = decks.get(deck) else { return Ok(None) };
        let mut statement = self.db.prepare_cached(&format!(
            "{CANDIDATE} WHERE file = ?1 AND stage = 0 AND place > ?2 AND suspended = 0
                AND (buried_until IS NULL OR buried_until <= ?3)
              ORDER BY place LIMIT 1"
        ))?;
        let places = HashMap::from([(row.key, deck)]);
        Ok(statement
            .query_row(params![row.key, place, today.0], |row| candidate(row, &places, today))
            .optional()?)
    }

    /// Returns how many answers this home has of `day`, repeats and practice included, and the
    /// moment of the last one.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn answered_on(&self, day: Day) -> Result<(usize, Option<Moment>), StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT count(*), max(last_ms), last_offset FROM cache_schedule WHERE last_day = ?",
        )?;
        let found = statement.query_row([day.0], |row| {
            let last = match (row.get::<_, Option<i64>>(1)?, row.get::<_, Option<i32>>(2)?) {
                (Some(at_ms), Some(utc_offset_s)) => Some(Moment { at_ms, utc_offset_s }),
                _ => None,
            };
            Ok((row.get::<_, i64>(0)? as usize, last))
        })?;
        Ok(found)
    }

    /// Returns the first day after `today` on which cards are asked, and of how many notes, once
    /// nothing is left for `today`: what is due and was not asked, such as the other side of a note
    /// that was, comes on the next day.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn next_due(&self, today: Day) -> Result<Option<(Day, usize)>, StoreError> {
        const ASKED: &str = "suspended = 0 AND (buried_until IS NULL OR buried_until <= ?2)";
        let tomorrow = today.plus(1);
        let left = format!(
            "SELECT count(DISTINCT note), coalesce(min(due) <= ?1, 0) FROM cache_schedule
              WHERE due <= ?2 AND {ASKED}"
        );
        let (notes, is_left): (i64, bool) = self
            .db
            .prepare_cached(&left)?
            .query_row([today.0, tomorrow.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if is_left {
            return Ok(Some((tomorrow, notes as usize)));
        }
        Ok(self
            .db
            .prepare_cached(
                "SELECT due, count(DISTINCT note) FROM cache_schedule
                  WHERE due > ? AND suspended = 0 GROUP BY due ORDER BY due LIMIT 1",
            )?
            .query_row([today.0], |row| Ok((Day(row.get(0)?), row.get::<_, i64>(1)? as usize)))
            .optional()?)
    }
}

fn places(decks: &[DeckRow]) -> HashMap<i64, usize> {
    decks.iter().enumerate().map(|(at, deck)| (deck.key, at)).collect()
}

pub(super) fn day(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Day>> {
    Ok(row.get::<_, Option<i32>>(column)?.map(Day))
}

fn candidate(
    row: &Row<'_>,
    places: &HashMap<i64, usize>,
    today: Day,
) -> rusqlite::Result<Candidate> {
    let file: i64 = row.get(2)?;
    let buried = day(row, 12)?.is_some_and(|until| today < until);
    Ok(Candidate {
        card: row.get(0)?,
        note: row.get(1)?,
        deck: places.get(&file).copied().unwrap_or(usize::MAX),
        place: row.get(3)?,
        stage: Stage::from_number(row.get(4)?).unwrap_or(Stage::New),
        due: day(row, 5)?,
        interval: row.get::<_, Option<u32>>(6)?.unwrap_or(0),
        first_day: day(row, 7)?,
        last_day: day(row, 8)?,
        repeat_on: day(row, 9)?,
        changed: row.get::<_, Option<i64>>(10)?.is_some(),
        hidden: row.get::<_, bool>(11)? || buried,
        rank: 0.0,
    })
}
