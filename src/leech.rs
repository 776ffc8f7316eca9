//! Leeches: cards that are forgotten again and again, and would rather be made easier.

use crate::schedule::{Ease, Schedule};

/// Lapses that make a card a leech.
pub const LAPSES: u32 = 8;

/// After so many more it is told again.
pub const AGAIN: u32 = 4;

/// What an answer brought a card to, for the learner to do something about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It was forgotten so many times: 8, 12, 16, ….
    Leech {
        /// How often, in all.
        lapses: u32,
    },
    /// Its ease has come down to SM-2's floor.
    Floor,
}

/// Whether a card that was forgotten so many times is a leech.
pub fn is_leech(lapses: u32) -> bool {
    lapses >= LAPSES
}

/// Returns what there is to tell about the answer that made `after` of `before`.
///
/// An answer that was filed where it belongs, between others, may add more than one lapse.
pub fn told(before: Option<&Schedule>, after: &Schedule) -> Vec<Told> {
    let lapses = after.lapses;
    let mut all = Vec::new();
    if times_told(lapses) > before.map_or(0, |before| times_told(before.lapses)) {
        all.push(Told::Leech { lapses });
    }
    let was = before.map_or(Some(Ease::START), |before| before.ease);
    let falls = was.is_some_and(|was| was > Ease::MIN) && after.ease == Some(Ease::MIN);
    all.extend(falls.then_some(Told::Floor));
    all
}

/// Returns how often a card that was forgotten so many times has been told.
fn times_told(lapses: u32) -> u32 {
    lapses.checked_sub(LAPSES).map_or(0, |more| more / AGAIN + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{Interval, Stage};
    use crate::time::Day;

    fn schedule(lapses: u32, ease: i64) -> Schedule {
        Schedule {
            stage: Stage::Review,
            due: Day(1),
            interval: Interval::of(1),
            exact: Interval::of(1),
            repetitions: 0,
            lapses,
            decay: None,
            ease: Some(Ease::from_hundredths(ease)),
            stability: None,
            difficulty: None,
            last_day: Day(0),
            reviews: 1,
            counted: true,
            repeat_on: None,
        }
    }

    #[test]
    fn a_leech_is_told_at_eight_lapses_and_at_every_fourth_after() {
        let told_at: Vec<u32> = (1..=20)
            .filter(|lapses| {
                let (before, after) = (schedule(lapses - 1, 250), schedule(*lapses, 250));
                told(Some(&before), &after) == [Told::Leech { lapses: *lapses }]
            })
            .collect();
        assert_eq!(told_at, [8, 12, 16, 20]);
        // An answer that is no lapse tells nothing.
        assert_eq!(told(Some(&schedule(8, 250)), &schedule(8, 250)), []);
        // One answer, filed late, that made two lapses.
        let leech = Told::Leech { lapses: 9 };
        assert_eq!(told(Some(&schedule(7, 250)), &schedule(9, 250)), [leech]);
        assert_eq!(told(Some(&schedule(7, 140)), &schedule(9, 130)), [leech, Told::Floor]);
    }

    #[test]
    fn the_floor_of_the_ease_is_told_once() {
        assert_eq!(told(Some(&schedule(0, 140)), &schedule(0, 130)), [Told::Floor]);
        assert_eq!(told(Some(&schedule(0, 130)), &schedule(0, 130)), []);
        assert_eq!(told(Some(&schedule(0, 250)), &schedule(0, 140)), []);
        let without = Schedule { ease: None, ..schedule(0, 130) };
        assert_eq!(told(Some(&without), &without), []);
    }
}
