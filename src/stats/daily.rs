//! Days, one by one.

use std::collections::BTreeMap;

use super::ledger::Counter;
use super::{Answer, Recall};
use crate::time::Day;

/// How many days progress goes back at most: 100 years. A stranger's event of the year 0 is no
/// reason to write a row for every day since.
pub const LONGEST: u32 = 36_500;

/// One day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Daily {
    /// Which.
    pub day: Day,
    /// All answers, repeats and practice included.
    pub reviews: u64,
    /// Cards answered for the first time ever.
    pub new: u64,
    /// How well cards were recalled that had been passed before.
    pub recall: Recall,
    /// Cards in review that were forgotten.
    pub lapses: u64,
    /// What the answers took together, in milliseconds.
    pub took_ms: u64,
}

impl Daily {
    /// Returns an empty day.
    pub fn empty(day: Day) -> Daily {
        Daily { day, reviews: 0, new: 0, recall: Recall::default(), lapses: 0, took_ms: 0 }
    }

    /// Returns what the answers took together, in whole seconds.
    pub fn seconds(&self) -> u64 {
        self.took_ms / 1000
    }

    pub(super) fn count(&mut self, answer: &Answer) {
        self.reviews += 1;
        self.new += u64::from(answer.first);
        self.recall.count(answer);
        self.lapses += u64::from(answer.lapse());
        let took = answer.took_ms.and_then(|ms| u64::try_from(ms).ok()).unwrap_or(0);
        self.took_ms = self.took_ms.saturating_add(took);
    }
}

/// All days on which something was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Days(BTreeMap<Day, Daily>);

impl Days {
    /// Returns those of `answers`.
    pub fn of(answers: &[Answer]) -> Days {
        let Some(last) = answers.last() else { return Days::default() };
        let mut counter = Counter::around(last.day);
        answers.iter().for_each(|answer| counter.count(answer));
        counter.days()
    }

    /// Returns these days.
    pub(super) fn from(days: BTreeMap<Day, Daily>) -> Days {
        Days(days)
    }

    /// Returns the last `days` days up to `today`, oldest first, empty ones too.
    pub fn last(&self, today: Day, days: u32) -> Vec<Daily> {
        if days == 0 {
            return Vec::new();
        }
        let first = i64::from(today.0) - i64::from(days) + 1;
        let first = i32::try_from(first).unwrap_or(i32::MIN);
        let mut all: Vec<Daily> = (first..=today.0).map(|day| Daily::empty(Day(day))).collect();
        for (day, daily) in self.0.range(Day(first)..=today) {
            let at = usize::try_from(day.since(Day(first)));
            if let Some(empty) = at.ok().and_then(|at| all.get_mut(at)) {
                *empty = *daily;
            }
        }
        all
    }

    /// Returns the days, oldest first, without the empty ones.
    pub fn all(&self) -> impl ExactSizeIterator<Item = &Daily> {
        self.0.values()
    }

    /// Returns on how many days in a row something was answered, up to `today` or, while today is
    /// empty, yesterday.
    pub fn streak(&self, today: Day) -> u32 {
        let before = |day: Day| Day(day.0.saturating_sub(1));
        let mut day = if self.0.contains_key(&today) { today } else { before(today) };
        let mut streak = 0;
        while self.0.contains_key(&day) && streak < u32::MAX {
            streak += 1;
            day = before(day);
        }
        streak
    }

    /// Returns on how many days in a row something was ever answered, up to `today`.
    pub fn longest_streak(&self, today: Day) -> u32 {
        let (mut longest, mut streak, mut last) = (0, 0, None);
        for day in self.0.range(..=today).map(|(day, _)| *day) {
            let follows = last.is_some_and(|last: Day| day.since(last) == 1);
            streak = if follows { streak + 1 } else { 1 };
            longest = longest.max(streak);
            last = Some(day);
        }
        longest
    }

    /// Returns every day from the first answer to `today`, the last [`LONGEST`] of them.
    pub fn progress(&self, today: Day) -> Vec<Progress> {
        let Some(first) = self.0.keys().next() else { return Vec::new() };
        let days = u32::try_from(today.since(*first) + 1).unwrap_or(if *first > today {
            0
        } else {
            LONGEST
        });
        let mut streak = 0;
        let count = |daily: Daily| {
            if daily.reviews > 0 {
                streak += 1;
            } else if daily.day != today {
                streak = 0;
            }
            Progress { daily, streak }
        };
        self.last(today, days.min(LONGEST)).into_iter().map(count).collect()
    }
}

/// A day, and how many days in a row there had been an answer by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The day.
    pub daily: Daily,
    /// Days in a row with an answer, this one included. An empty day has none, but today, while it
    /// is empty, has those up to yesterday.
    pub streak: u32,
}

#[cfg(test)]
mod tests {
    use super::super::Tally;
    use super::super::testing::{answer, repeat};
    use super::*;
    use crate::schedule::Rating::{Again, Good};

    #[test]
    fn a_day_has_all_its_answers_and_no_others() {
        let took = |answer: Answer, took_ms| Answer { took_ms, ..answer };
        let answers = [
            Answer { first: true, ..took(repeat(9, Good), Some(1_600)) },
            took(answer(10, 6, Good), Some(999)),
            took(answer(10, 30, Again), Some(1_000)),
            took(repeat(10, Good), None),
            took(repeat(10, Good), Some(-5)),
            repeat(11, Good),
        ];
        let days = Days::of(&answers).last(Day(10), 3);
        assert_eq!(days.iter().map(|day| day.day.0).collect::<Vec<_>>(), [8, 9, 10]);
        assert_eq!(days[0], Daily::empty(Day(8)));
        assert_eq!((days[1].reviews, days[1].new, days[1].seconds()), (1, 1, 1));
        assert_eq!((days[2].reviews, days[2].new, days[2].seconds()), (4, 0, 1));
        assert_eq!(days[2].recall.all(), Tally { passed: 1, failed: 1 });
        assert_eq!(days[2].lapses, 1);
    }

    #[test]
    fn progress_has_a_row_for_every_day_from_the_first_answer_to_today() {
        let answers: Vec<_> = [3, 4, 7, 8].map(|day| repeat(day, Good)).into();
        let streaks = |today: i32| -> Vec<(i32, u32)> {
            Days::of(&answers)
                .progress(Day(today))
                .iter()
                .map(|row| (row.daily.day.0, row.streak))
                .collect()
        };
        let rows = [(3, 1), (4, 2), (5, 0), (6, 0), (7, 1), (8, 2)];
        assert_eq!(streaks(8), rows);
        assert_eq!(streaks(9), [&rows[..], &[(9, 2)]].concat());
        assert_eq!(streaks(10), [&rows[..], &[(9, 0), (10, 0)]].concat());
        assert_eq!(streaks(2), [], "all of it is still to come");
        for today in 3..12 {
            let last = streaks(today).pop().map(|(_, streak)| streak);
            assert_eq!(last, Some(Days::of(&answers).streak(Day(today))), "{today}");
        }
    }

    #[test]
    fn days_that_no_calendar_holds_make_no_rows_without_end() {
        for first in [i32::MIN, -700_000] {
            let rows = Days::of(&[repeat(first, Good), repeat(20_000, Good)]).progress(Day(20_000));
            assert_eq!(rows.len(), LONGEST as usize);
        }
        assert!(Days::of(&[repeat(i32::MAX, Good)]).progress(Day(20_000)).is_empty());
        assert_eq!(Days::default().last(Day(i32::MIN), 30).len(), 1);
    }

    #[test]
    fn times_that_nobody_can_have_taken_are_added_without_a_panic() {
        let long = Answer { took_ms: Some(i64::MAX), ..repeat(1, Good) };
        assert_eq!(Days::of(&[long, long, long]).last(Day(1), 1)[0].took_ms, u64::MAX);
    }

    #[test]
    fn a_streak_ends_today_or_yesterday() {
        for (days, today, wanted) in [
            (&[][..], 10, 0),
            (&[10], 10, 1),
            (&[9], 10, 1),
            (&[8], 10, 0),
            (&[7, 8, 9, 10], 10, 4),
            (&[7, 8, 9], 10, 3),
            (&[6, 8, 9, 9], 10, 2),
            (&[8, 9, 10, 11], 10, 3), // an answer of tomorrow, by a clock that ran ahead
        ] {
            let answers: Vec<_> = days.iter().map(|day| repeat(*day, Good)).collect();
            assert_eq!(Days::of(&answers).streak(Day(today)), wanted, "{days:?}");
        }
        let answers: Vec<_> = [1, 2, 5, 6, 7, 9, 10].map(|day| repeat(day, Good)).into();
        assert_eq!(Days::of(&answers).longest_streak(Day(10)), 3);
        assert_eq!(Days::of(&answers).longest_streak(Day(6)), 2);
        assert_eq!(Days::default().longest_streak(Day(6)), 0);
    }
}
