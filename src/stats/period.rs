//! True retention by day, by week and by month.

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use super::{Daily, Recall};
use crate::time::Day;

/// So many weeks, and so many months, are looked back at least.
const AT_LEAST: usize = 12;

/// How well was recalled what had been passed before, in a stretch of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first day. Weeks begin on Monday.
    pub from: Day,
    /// Passes and fails.
    #[serde(flatten)]
    pub recall: Recall,
}

/// The same stretch of time in days, in weeks and in months, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Periods {
    /// Each of the days that are looked back.
    pub day: Vec<Period>,
    /// As many weeks as they touch, and twelve at least.
    pub week: Vec<Period>,
    /// As many months as they touch, and twelve at least.
    pub month: Vec<Period>,
}

impl Periods {
    /// Returns those of the last `days` days of `daily`, which ends today and has as many days as
    /// twelve months need.
    pub fn of(daily: &[Daily], days: usize) -> Periods {
        let day = |daily: &Daily| Period { from: daily.day, recall: daily.recall };
        let window = &daily[daily.len().saturating_sub(days)..];
        Periods {
            day: window.iter().map(day).collect(),
            week: together(daily, days, monday),
            month: together(daily, days, first_of_month),
        }
    }
}

/// Returns the first day of the week of a day.
pub fn monday(day: Day) -> Day {
    Day(day.0 - day.date().weekday().num_days_from_monday() as i32)
}

/// Returns the first day of the month of a day.
pub fn first_of_month(day: Day) -> Day {
    Day(day.0 - day.date().day0() as i32)
}

/// Adds up days that begin on the same day, after `first_of`; the last `days` of them, and at least
/// so many stretches.
fn together(daily: &[Daily], days: usize, first_of: fn(Day) -> Day) -> Vec<Period> {
    let mut all: Vec<Period> = Vec::new();
    for day in daily {
        let from = first_of(day.day);
        match all.last_mut() {
            Some(last) if last.from == from => last.recall += day.recall,
            _ => all.push(Period { from, recall: day.recall }),
        }
    }
    let first = daily.len().checked_sub(days.max(1)).and_then(|at| daily.get(at));
    let since = first.map(|day| first_of(day.day));
    let in_window = all.iter().filter(|period| Some(period.from) >= since).count();
    all.split_off(all.len().saturating_sub(in_window.max(AT_LEAST)))
}

#[cfg(test)]
mod tests {
    use super::super::Tally;
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        assert_eq!(monday(day("2026-11-29")), day("2026-11-23"));
        assert_eq!(monday(day("2026-11-23")), day("2026-11-23"));
        assert_eq!(monday(day("1969-12-31")), day("1969-12-29"));
        assert_eq!(first_of_month(day("2026-11-29")), day("2026-11-01"));
    }

    #[test]
    fn days_are_added_up_once_in_each() {
        let today = day("2026-11-29");
        let daily: Vec<Daily> = (0..400)
            .rev()
            .map(|back| {
                let mut daily = Daily::empty(Day(today.0 - back));
                daily.recall.young = Tally { passed: 1, failed: 0 };
                daily
            })
            .collect();
        let periods = Periods::of(&daily, 30);
        let sum = |all: &[Period]| all.iter().map(|it| it.recall.young.passed).sum::<u64>();
        assert_eq!((periods.day.len(), sum(&periods.day)), (30, 30));
        // The week of today is a whole one.
        assert_eq!((periods.week.len(), sum(&periods.week)), (12, 84));
        assert_eq!(periods.month.len(), 12);
        assert_eq!(periods.month[0].from, day("2025-12-01"));
        assert_eq!(sum(&periods.month), 31 + 31 + 28 + 31 + 30 + 31 + 30 + 31 + 31 + 30 + 31 + 29);
        assert_eq!(Periods::of(&daily, 400).day.len(), 400);
        assert_eq!(sum(&Periods::of(&daily, 400).week), 400);
        assert_eq!(sum(&Periods::of(&daily, 400).month), 400);
        assert_eq!(Periods::of(&[], 30), Periods::default());
    }
}
