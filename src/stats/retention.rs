//! How much was recalled of what had been learned.

use std::ops::AddAssign;

use super::Answer;

/// Days of the interval from which a card is mature.
pub const MATURE: u32 = 21;

/// Passes and fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Tally {
    /// Times recalled.
    pub passed: u64,
    /// Times not.
    pub failed: u64,
}

impl Tally {
    /// Counts one more.
    pub fn count(&mut self, passed: bool) {
        if passed {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
    }

    /// Returns how many there are.
    pub fn total(self) -> u64 {
        self.passed + self.failed
    }

    /// Returns the share that passed, 0 to 1; `None` of none.
    pub fn share(self) -> Option<f64> {
        (self.total() > 0).then(|| self.passed as f64 / self.total() as f64)
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// The day's first answers to cards that had been passed before, by the interval before them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Recall {
    /// Intervals below [`MATURE`] days.
    pub young: Tally,
    /// Intervals from [`MATURE`] days.
    pub mature: Tally,
}

impl Recall {
    /// Takes an answer into account, if it is one that tells.
    pub fn count(&mut self, answer: &Answer) {
        if let Some(before) = answer.before {
            let mature = before.interval.days() >= MATURE;
            let tally = if mature { &mut self.mature } else { &mut self.young };
            tally.count(answer.passed());
        }
    }

    /// Returns young and mature together.
    pub fn all(self) -> Tally {
        let mut all = self.young;
        all += self.mature;
        all
    }
}

impl AddAssign for Recall {
    fn add_assign(&mut self, other: Recall) {
        self.young += other.young;
        self.mature += other.mature;
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{answer, repeat};
    use super::*;
    use crate::schedule::Rating::{Again, Easy, Good, Hard};

    #[test]
    fn a_card_is_mature_from_an_interval_of_21_days() {
        let mut recall = Recall::default();
        let answers = [
            answer(0, 20, Good),
            answer(0, 20, Again),
            answer(0, 21, Hard),
            answer(0, 36_500, Easy),
            answer(0, 21, Again),
            repeat(0, Again),
        ];
        answers.iter().for_each(|answer| recall.count(answer));
        assert_eq!(recall.young, Tally { passed: 1, failed: 1 });
        assert_eq!(recall.mature, Tally { passed: 2, failed: 1 });
        assert_eq!(recall.all(), Tally { passed: 3, failed: 2 });
        assert_eq!(recall.all().share(), Some(0.6));
    }

    #[test]
    fn of_nothing_there_is_no_share() {
        assert_eq!(Recall::default().all().share(), None);
    }
}
