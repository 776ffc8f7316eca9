//! From the answers and standings of a collection to events.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Card, Collection, Review};
use crate::card::CardId;
use crate::history::{DeviceId, Record, kind};
use crate::schedule::{Interval, Schedule};
use crate::time::{Day, Moment, Rollover};

/// No answer was given before the year 2000, and a time in seconds looks like one.
const EARLIEST_MS: i64 = 946_684_800_000;
/// The end of the year 2200: no collection is made, and no card learned, later.
const LATEST_S: i64 = 7_289_654_400;
/// So much later than it was an answer may be in a package.
const LATEST_MS: i64 = 1_000;
/// The longest day that is known, in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// What is in the history, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Answers, practice among them.
    pub reviews: usize,
    /// Those of them that this history has already, from a package or because they went out in one.
    pub returned: usize,
    /// Due dates that were set by hand or by a new schedule: they are kept, and move nothing.
    pub moved: usize,
    /// Rows that make no sense.
    pub refused: usize,
    /// Rows of cards that are not there.
    pub strays: usize,
    /// Cards that go on where they stood.
    pub placed: usize,
    /// Cards that are put aside.
    pub suspended: usize,
    /// Cards that are put aside no more.
    pub resumed: usize,
}

/// What a history has of a card.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Here {
    /// When it was answered, in milliseconds, and how; 0 where it was started over.
    pub answers: Vec<(i64, i64)>,
    /// How it stands.
    pub schedule: Option<Schedule>,
    /// Whether it is put aside.
    pub suspended: bool,
    /// When it was last put aside, or taken up again, in milliseconds.
    pub switched_ms: Option<i64>,
}

impl Here {
    /// Takes out an answer, and says whether there was one: of those that come to one millisecond,
    /// a package moves all but the first a little.
    fn take(&mut self, at_ms: i64, rating: i64) -> bool {
        let late = |known: i64| at_ms - known;
        let same = self.answers.iter().enumerate().filter(|(_, (known, given))| {
            *given == rating && (0..=LATEST_MS).contains(&late(*known))
        });
        let nearest = same.min_by_key(|(_, (known, _))| late(*known)).map(|(at, _)| at);
        nearest.map(|at| self.answers.swap_remove(at)).is_some()
    }

    /// Whether a card stands here as in a package.
    fn stands(&self, card: &Card, calendar: &Calendar) -> bool {
        self.schedule.is_some_and(|schedule| {
            i64::from(schedule.interval.days()) == interval(card)
                && schedule.due == calendar.due(card)
                && schedule.ease.is_none_or(|ease| i64::from(ease.hundredths()) * 10 == card.factor)
        })
    }
}

/// Returns who wrote what Anki did: the first 16 bytes of SHA-256 over its name.
pub fn device() -> DeviceId {
    let hash: [u8; 32] = Sha256::digest(b"anki").into();
    DeviceId(hash[..16].try_into().unwrap_or_default())
}

/// Calls `with` for every event of a collection; `ids` are those of its cards here. With `refold`
/// the standing of cards is left to their answers. `now` bounds what can have happened. What is
/// `here` already is passed over.
///
/// # Errors
///
/// What `with` says.
pub fn events<E>(
    collection: &Collection,
    ids: &HashMap<i64, String>,
    refold: bool,
    now: Moment,
    mut here: impl FnMut(&CardId) -> Result<Here, E>,
    mut with: impl FnMut(Record) -> Result<(), E>,
) -> Result<Count, E> {
    let calendar = Calendar::of(collection);
    let mut count = Count::default();
    let rows = collection.reviews.chunk_by(|one, other| one.card == other.card);
    let mut of_card: HashMap<i64, &[Review]> =
        rows.filter_map(|rows| Some((rows.first()?.card, rows))).collect();
    for card in &collection.cards {
        let rows = of_card.remove(&card.id).unwrap_or_default();
        let Some(id) = ids.get(&card.id) else {
            count.strays += rows.len();
            continue;
        };
        let id = CardId::new(id.clone());
        let mut known = here(&id)?;
        let mut last = None;
        let mut learned = false;
        for row in rows {
            let at = calendar.moment(row.at_ms);
            if row.at_ms < EARLIEST_MS || row.at_ms > now.at_ms + DAY_MS || row.button > 4 {
                count.refused += 1;
                continue;
            }
            // Older versions wrote nothing when a card was started over: it is learned anew.
            if row.kind == 0 && row.button > 0 && learned {
                let before = calendar.moment(row.at_ms - 1);
                with(calendar.record(&id, kind::RESET, before, None))?;
                learned = false;
            }
            learned |= matches!(row.kind, 1 | 2) && row.button > 0;
            let rating = match (row.button, row.kind) {
                (0, 4) if row.factor == 0 => {
                    if !known.take(row.at_ms, 0) {
                        with(calendar.record(&id, kind::RESET, at, None))?;
                    }
                    last = Some(row.at_ms);
                    learned = false;
                    continue;
                }
                (..=0, _) => {
                    let by = if row.kind == 4 { "hand" } else { "scheduler" };
                    let extra = match row.interval {
                        days @ 1.. => json!({ "interval": days, "by": by }),
                        _ => json!({ "by": by }),
                    };
                    let extra = Some(extra.to_string());
                    with(calendar.record(&id, kind::RESCHEDULED, at, extra))?;
                    count.moved += 1;
                    continue;
                }
                (button @ (2 | 3), 0 | 2) if collection.first_scheduler => i64::from(button) + 1,
                (button, _) => i64::from(button),
            };
            count.reviews += 1;
            last = Some(row.at_ms);
            if known.take(row.at_ms, rating) {
                count.returned += 1;
                continue;
            }
            let practised = row.kind == 3 && row.factor == 0;
            let word = if practised { kind::PRACTISED } else { kind::REVIEWED };
            with(Record {
                rating: Some(rating),
                // Programs that do not know it write 0.
                took_ms: Some(i64::from(row.took_ms).clamp(0, DAY_MS))
                    .filter(|took_ms| *took_ms > 0),
                ..calendar.record(&id, word, at, None)
            })?;
        }
        let mut next = last.map_or(0, |last| last + 1);
        if matches!(card.kind, 2 | 3) && !refold && !known.stands(card, &calendar) {
            let (at_ms, extra) = placed(card, last, &calendar);
            next = at_ms + 1;
            let at = calendar.moment(at_ms);
            with(calendar.record(&id, kind::PLACED, at, Some(extra)))?;
            count.placed += 1;
        }
        // What was done here with it later than anything there stays.
        let modified = card.modified.clamp(0, LATEST_S) * 1_000;
        let is_later =
            known.switched_ms.is_none_or(|here| modified > here && modified <= now.at_ms + DAY_MS);
        match (card.queue == -1, known.suspended) {
            (true, false) if is_later => {
                let at = calendar.moment(match (known.switched_ms, next) {
                    (Some(_), _) => modified,
                    // Its number is the time at which it was made.
                    (None, 0) => card.id.clamp(EARLIEST_MS, now.at_ms.max(EARLIEST_MS)),
                    (None, next) => next,
                });
                with(calendar.record(&id, kind::SUSPENDED, at, None))?;
                count.suspended += 1;
            }
            (false, true) if is_later => {
                let at = calendar.moment(modified);
                with(calendar.record(&id, kind::RESUMED, at, None))?;
                count.resumed += 1;
            }
            _ => {}
        }
    }
    count.strays += of_card.values().map(|rows| rows.len()).sum::<usize>();
    Ok(count)
}

fn interval(card: &Card) -> i64 {
    card.interval.clamp(1, i64::from(Interval::MAX.days()))
}

/// Returns when the standing of a card is from, and what it is.
fn placed(card: &Card, last: Option<i64>, calendar: &Calendar) -> (i64, String) {
    let due = calendar.due(card);
    let interval = interval(card);
    let at_ms = last.map_or_else(
        || {
            let day = i64::from(due.0) - interval;
            day * DAY_MS + DAY_MS / 2
        },
        |last| last + 1,
    );
    let data: serde_json::Value = serde_json::from_str(&card.data).unwrap_or_default();
    // What is being learned again was failed; else the next pass makes a longer interval.
    // A card that retain wrote says it itself, as long as Anki did not ask it.
    let own: serde_json::Value =
        data["cd"].as_str().and_then(|own| serde_json::from_str(own).ok()).unwrap_or_default();
    let own = own["r"].as_i64().filter(|_| own["of"].as_i64() == Some(card.answers));
    let repetitions = match own {
        Some(repetitions) => repetitions.clamp(0, 1_000_000),
        None if card.kind == 3 => 0,
        None => card.answers.clamp(2, 1_000_000),
    };
    let extra = Placed {
        difficulty: data["d"].as_f64(),
        due: due.to_string(),
        ease: (card.factor >= 1_300).then_some(card.factor as f64 / 1_000.0),
        interval,
        lapses: card.lapses.clamp(0, 1_000_000),
        repetitions,
        stability: data["s"].as_f64(),
    };
    (at_ms, serde_json::to_string(&extra).unwrap_or_default())
}

/// How a card stood, as its event says it: it is a part of the event's id, to the letter.
#[derive(Serialize)]
struct Placed {
    #[serde(skip_serializing_if = "Option::is_none")]
    difficulty: Option<f64>,
    due: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ease: Option<f64>,
    interval: i64,
    lapses: i64,
    repetitions: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    stability: Option<f64>,
}

/// How a collection reckons its days.
struct Calendar {
    /// Who writes what happened in them.
    device: DeviceId,
    offset_s: i32,
    rollover: Rollover,
    first: Day,
}

impl Calendar {
    fn of(collection: &Collection) -> Calendar {
        let west = collection.minutes_west.unwrap_or(0).clamp(-24 * 60, 24 * 60);
        let offset_s = -(west as i32) * 60;
        let hour = u8::try_from(collection.rollover.unwrap_or(4)).ok();
        let rollover = hour.and_then(Rollover::at).unwrap_or_default();
        let created = collection.created.clamp(0, LATEST_S) * 1_000;
        // Day 0 is that of the calendar.
        let midnight = Rollover::at(0).unwrap_or_default();
        let first = Moment { at_ms: created, utc_offset_s: offset_s }.day(midnight);
        Calendar { device: device(), offset_s, rollover, first }
    }

    fn moment(&self, at_ms: i64) -> Moment {
        Moment { at_ms, utc_offset_s: self.offset_s }
    }

    /// Returns the day on which a card comes back: at home, where it is borrowed.
    fn due(&self, card: &Card) -> Day {
        let due = if card.home_deck != 0 && card.home_due != 0 { card.home_due } else { card.due };
        if due > 1_000_000_000 {
            // In learning it is a second.
            return self.moment(due.min(LATEST_S) * 1_000).day(self.rollover);
        }
        let day = i64::from(self.first.0).saturating_add(due);
        Day(day.clamp(-100_000, 100_000) as i32)
    }

    fn record(
        &self,
        card: &CardId,
        word: &'static str,
        when: Moment,
        extra: Option<String>,
    ) -> Record {
        Record {
            device: self.device,
            device_seq: 0,
            card: Some(card.clone()),
            rev: None,
            when,
            day: when.day(self.rollover),
            kind: word.into(),
            rating: None,
            quality: None,
            took_ms: None,
            extra,
        }
    }
}
