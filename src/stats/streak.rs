//! Days in a row.

use std::collections::BTreeSet;

use super::Answer;
use crate::time::Day;

/// Returns on how many days in a row something was answered, up to `today` or, while today is
/// empty, yesterday.
pub fn streak(answers: &[Answer], today: Day) -> u32 {
    let days: BTreeSet<Day> = answers.iter().map(|answer| answer.day).collect();
    let before = |day: Day| Day(day.0.saturating_sub(1));
    let mut day = if days.contains(&today) { today } else { before(today) };
    let mut streak = 0;
    while days.contains(&day) && streak < u32::MAX {
        streak += 1;
        day = before(day);
    }
    streak
}

#[cfg(test)]
mod tests {
    use super::super::testing::repeat;
    use super::*;
    use crate::schedule::Rating::Good;

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
            assert_eq!(streak(&answers, Day(today)), wanted, "{days:?}");
        }
    }
}
