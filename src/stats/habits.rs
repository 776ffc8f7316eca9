//! How answers are given: by which button, at which hour, and how sure.

use serde::{Deserialize, Serialize};

use super::{Answer, MATURE, Tally};

/// How often each rating was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratings {
    /// Not recalled.
    pub again: u64,
    /// Recalled with trouble.
    pub hard: u64,
    /// Recalled.
    pub good: u64,
    /// Recalled at once.
    pub easy: u64,
}

impl Ratings {
    /// Returns the four numbers, again first.
    pub fn all(self) -> [u64; 4] {
        [self.again, self.hard, self.good, self.easy]
    }

    fn count(&mut self, answer: &Answer) {
        match answer.grade.rating.number() {
            1 => self.again += 1,
            2 => self.hard += 1,
            3 => self.good += 1,
            _ => self.easy += 1,
        }
    }
}

/// The day's first answers, by what their cards were before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buttons {
    /// Cards that had never been passed.
    pub learning: Ratings,
    /// Cards with an interval below [`MATURE`] days.
    pub young: Ratings,
    /// Cards with an interval from [`MATURE`] days.
    pub mature: Ratings,
}

impl Buttons {
    /// Takes an answer into account, if it counts for a schedule.
    pub fn count(&mut self, answer: &Answer) {
        if answer.interval.is_none() {
            return;
        }
        let ratings = match answer.before {
            None => &mut self.learning,
            Some(before) if before.interval.days() < MATURE => &mut self.young,
            Some(_) => &mut self.mature,
        };
        ratings.count(answer);
    }
}

/// An hour of the day, on the clock of where the answers were given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hour {
    /// 0 to 23.
    pub hour: u32,
    /// All answers.
    pub reviews: u64,
    /// How well cards were recalled that had been passed before.
    #[serde(flatten)]
    pub recall: Tally,
}

/// Returns a day's 24 hours without answers.
pub fn hours() -> [Hour; 24] {
    std::array::from_fn(|hour| Hour { hour: hour as u32, ..Hour::default() })
}

/// Returns the hour of an answer.
pub fn hour_of(answer: &Answer) -> usize {
    let local = answer.when.at_ms.div_euclid(1000) + i64::from(answer.when.utc_offset_s);
    (local.rem_euclid(86_400) / 3_600) as usize
}

/// How sure a person can say to be before an answer, in percent.
pub const SURE: [u8; 4] = [50, 70, 90, 99];

/// What became of answers of which was said how sure they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// What was said, in percent.
    pub said: u8,
    /// What became of it.
    #[serde(flatten)]
    pub came: Tally,
}

/// Adds an answer to what was said, where something was.
pub fn calibrate(all: &mut Vec<Said>, answer: &Answer) {
    let Some(said) = answer.sure else { return };
    let at = match all.binary_search_by_key(&said, |it| it.said) {
        Ok(at) => at,
        Err(at) => {
            all.insert(at, Said { said, ..Said::default() });
            at
        }
    };
    all[at].came.count(answer.passed());
}

#[cfg(test)]
mod tests {
    use super::super::testing::{answer, repeat};
    use super::*;
    use crate::schedule::Rating::{Again, Easy, Good, Hard};
    use crate::time::Moment;

    #[test]
    fn only_what_counts_for_a_schedule_is_counted_by_button() {
        let mut buttons = Buttons::default();
        let first = Answer { before: None, ..answer(0, 1, Easy) };
        for one in [first, answer(0, 20, Hard), answer(0, 21, Again), repeat(0, Good)] {
            buttons.count(&one);
        }
        assert_eq!(buttons.learning.all(), [0, 0, 0, 1]);
        assert_eq!(buttons.young.all(), [0, 1, 0, 0]);
        assert_eq!(buttons.mature.all(), [1, 0, 0, 0]);
    }

    #[test]
    fn an_hour_is_that_of_the_wall() {
        let at = |at_ms, utc_offset_s| {
            hour_of(&Answer { when: Moment { at_ms, utc_offset_s }, ..repeat(0, Good) })
        };
        assert_eq!(at(0, 0), 0);
        assert_eq!(at(0, -3_600), 23);
        assert_eq!(at(-1, 0), 23);
        assert_eq!(at(3_600_000 * 5 + 1, 5 * 3_600 + 1_800), 10);
    }

    #[test]
    fn what_was_said_is_held_against_what_came() {
        let mut all = Vec::new();
        for (sure, rating) in [(Some(90), Good), (Some(50), Again), (None, Good), (Some(90), Again)]
        {
            calibrate(&mut all, &Answer { sure, ..repeat(0, rating) });
        }
        let rows: Vec<_> = all.iter().map(|it| (it.said, it.came.passed, it.came.failed)).collect();
        assert_eq!(rows, [(50, 0, 1), (90, 1, 1)]);
    }
}
