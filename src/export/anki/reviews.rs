//! What happened to a card, as Anki's log has it.

use crate::history::{Kind, Past};
use crate::schedule::{Schedule, Scheduler, Stage};
use crate::stats::Logged;

/// A row of the log of reviews.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// When, in milliseconds: no two rows of a package have one time.
    pub at_ms: i64,
    /// The number of its card.
    pub card: i64,
    /// The button, 1 to 4; 0 where the card was started over.
    pub button: i64,
    /// The interval afterwards, in days.
    pub interval: i64,
    /// The interval before, in days.
    pub before: i64,
    /// The ease afterwards in thousandths, or the difficulty; 0 where there is none.
    pub factor: i64,
    /// Milliseconds that it took.
    pub took_ms: i64,
    /// 0 learning, 1 review, 2 relearning, 3 practice, 4 by hand.
    pub kind: i64,
}

/// A minute: longer answers count as one.
const LONGEST_MS: i64 = 60_000;

/// Returns the rows of a card from what is in force of what happened to it, in that order. The
/// number of the card is left to the caller.
pub fn rows(deeds: &[Logged], scheduler: &impl Scheduler) -> Vec<Row> {
    let mut rows = Vec::new();
    for deeds in deeds.split_inclusive(|deed| deed.event.kind == Kind::Reset) {
        let mut past = Past::default();
        deeds.iter().for_each(|deed| past.take(&deed.event));
        let steps = past.former.first().unwrap_or(&past.steps);
        let mut schedules = scheduler.schedules(steps).into_iter();
        let mut stands: Option<Schedule> = None;
        for Logged { event, took_ms, .. } in deeds {
            let row = |button: i64, kind: i64| Row {
                at_ms: event.when.at_ms,
                card: 0,
                button,
                interval: 0,
                before: 0,
                factor: 0,
                took_ms: took_ms.unwrap_or(0).clamp(0, LONGEST_MS),
                kind,
            };
            match &event.kind {
                Kind::Reviewed(grade) => {
                    let before = stands;
                    stands = schedules.next();
                    let kind = match before.map(|schedule| schedule.stage) {
                        Some(Stage::Review) => 1,
                        Some(Stage::Relearning) => 2,
                        _ => 0,
                    };
                    rows.push(Row {
                        interval: days(stands),
                        before: days(before),
                        factor: if kind == 0 { 0 } else { factor(stands) },
                        ..row(grade.rating.number(), kind)
                    });
                }
                Kind::Placed(_) => stands = schedules.next(),
                Kind::Practised(grade) => rows.push(Row {
                    interval: days(stands),
                    before: days(stands),
                    ..row(grade.rating.number(), 3)
                }),
                Kind::Reset => rows.push(row(0, 4)),
                _ => {}
            }
        }
    }
    rows
}

fn days(schedule: Option<Schedule>) -> i64 {
    schedule.map_or(0, |schedule| schedule.interval.days().into())
}

/// Returns the ease in thousandths, or the difficulty as Anki writes it there.
fn factor(schedule: Option<Schedule>) -> i64 {
    let Some(schedule) = schedule else { return 0 };
    match (schedule.ease, schedule.difficulty) {
        (Some(ease), _) => i64::from(ease.hundredths()) * 10,
        (None, Some(difficulty)) => (((difficulty - 1.0) / 9.0 + 0.1) * 1_000.0).round() as i64,
        (None, None) => 0,
    }
}

/// Gives rows that have one time times of their own, each the next that is free, in the order of
/// time and card.
pub fn part(rows: &mut [Row]) {
    rows.sort_by_key(|row| (row.at_ms, row.card));
    let mut free = i64::MIN;
    for row in rows {
        row.at_ms = row.at_ms.max(free);
        free = row.at_ms + 1;
    }
}
