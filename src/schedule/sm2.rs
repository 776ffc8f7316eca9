//! SM-2, as published in 1990, on four ratings or six qualities.
//!
//! Source: P. A. Wozniak, "Optimization of learning", Master's thesis, Poznań 1990, section 3.2.
//! Arithmetic is in integers: the ease in hundredths, the interval ⌈I·EF/100⌉. What the text leaves
//! open (same-day answers, early answers) is stated in `docs/schedulers.md`.

use super::spread::Seed;
use super::{Ease, Grade, Interval, Rating, Schedule, Scheduler, Stage};
use crate::history::{Placement, Review, Step};
use crate::settings::Sm2Profile;
use crate::time::Day;

/// The scheduler SM-2 in one of its two profiles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sm2 {
    /// The text of 1990, or the author's later program.
    pub profile: Sm2Profile,
}

/// What SM-2 knows of a card between two reviews.
#[derive(Clone, Copy, Debug, Default)]
struct Memory {
    /// `None` for a card without a counted answer or a placement.
    standing: Option<Standing>,
    reviews: u32,
    lapses: u32,
    ever_passed: bool,
    repeat_on: Option<Day>,
}

#[derive(Clone, Copy, Debug)]
struct Standing {
    repetitions: u32,
    ease: Ease,
    interval: Interval,
    /// The interval before it was spread.
    exact: Interval,
    last_day: Day,
    due: Day,
    passed: bool,
}

/// When an answer comes, seen from the card's last counted one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// The card's first answer.
    First,
    /// On the day of the last counted answer, or filed before it.
    SameDay,
    /// On a later day, before the card was due.
    Early,
    /// On the due day.
    OnTime,
    /// After the due day.
    Late,
}

/// Returns when an answer on `day` comes for a card with `schedule`.
pub fn timing(schedule: Option<&Schedule>, day: Day) -> Timing {
    schedule.map_or(Timing::First, |card| timing_between(card.last_day, card.due, day))
}

fn timing_between(last_day: Day, due: Day, day: Day) -> Timing {
    if day <= last_day {
        Timing::SameDay
    } else {
        match day.cmp(&due) {
            std::cmp::Ordering::Less => Timing::Early,
            std::cmp::Ordering::Equal => Timing::OnTime,
            std::cmp::Ordering::Greater => Timing::Late,
        }
    }
}

impl Scheduler for Sm2 {
    fn schedules(&self, steps: &[Step]) -> Vec<Schedule> {
        self.spread(steps, None)
    }

    fn schedule(&self, steps: &[Step]) -> Option<Schedule> {
        let mut counted = false;
        let memory = steps.iter().fold(Memory::default(), |memory, step| {
            let after;
            (after, counted) = self.after(memory, step, None);
            after
        });
        memory.schedule(counted)
    }
}

impl Sm2 {
    /// Returns the schedules of [`Scheduler::schedules`], their intervals spread by `seed`.
    pub fn spread(&self, steps: &[Step], seed: Option<Seed>) -> Vec<Schedule> {
        let mut memory = Memory::default();
        steps
            .iter()
            .filter_map(|step| {
                let counted;
                (memory, counted) = self.after(memory, step, seed);
                memory.schedule(counted)
            })
            .collect()
    }

    /// Returns what is known of a card after one more step, and whether the step counted.
    fn after(self, memory: Memory, step: &Step, seed: Option<Seed>) -> (Memory, bool) {
        match step {
            Step::Review(review) => self.after_review(memory, review, seed),
            Step::Placed(placement) => (memory.placed(placement), false),
        }
    }

    fn after_review(self, memory: Memory, review: &Review, seed: Option<Seed>) -> (Memory, bool) {
        let grade = review.grade;
        let timing = memory
            .standing
            .map_or(Timing::First, |card| timing_between(card.last_day, card.due, review.day));
        let repeat_on = (!grade.settles()).then_some(review.day);
        if timing == Timing::SameDay {
            // A repeat of today: logged, and that is all.
            return (Memory { repeat_on, ..memory }, false);
        }
        let before = memory.standing;
        let standing = match (before, grade.rating.passed()) {
            (Some(card), true) if timing == Timing::Early => card.lengthened(self, review.day),
            (_, true) => self.advanced(before, grade, review.day),
            (_, false) => self.failed(before, grade, review.day),
        };
        let standing = match seed {
            Some(seed) => standing.of(seed.spread(standing.interval, memory.reviews)),
            None => standing,
        };
        let lapse = before.is_some_and(|card| card.passed) && !standing.passed;
        let after = Memory {
            standing: Some(standing),
            reviews: memory.reviews.saturating_add(1),
            lapses: memory.lapses.saturating_add(u32::from(lapse)),
            ever_passed: memory.ever_passed || standing.passed,
            repeat_on,
        };
        (after, true)
    }

    /// Returns what is known of a card after an answer on its due day.
    pub(super) fn foreseen(self, memory: &super::Memory, rating: Rating) -> super::Memory {
        let ease = memory.ease.unwrap_or(Ease::START);
        let before = Standing {
            repetitions: memory.repetitions,
            ease,
            interval: memory.interval,
            exact: memory.interval,
            last_day: Day(0),
            due: Day(0),
            passed: true,
        };
        let after = match rating.passed() {
            true => self.advanced(Some(before), rating.into(), Day(0)),
            false => self.failed(Some(before), rating.into(), Day(0)),
        };
        super::Memory {
            interval: after.interval,
            ease: Some(after.ease),
            repetitions: after.repetitions,
            ..*memory
        }
    }

    /// A pass on or after the due day. The interval is made with the ease from before it.
    fn advanced(self, before: Option<Standing>, grade: Grade, day: Day) -> Standing {
        let (repetitions, ease) =
            before.map_or((0, Ease::START), |card| (card.repetitions, card.ease));
        let interval = match (repetitions, before) {
            (0, _) | (_, None) => Interval::of(1),
            (1, _) => Interval::of(6),
            (_, Some(card)) => self.grown(card.interval.days(), ease),
        };
        Standing {
            repetitions: repetitions.saturating_add(1),
            ease: self.ease_after(ease, grade),
            interval,
            exact: interval,
            last_day: day,
            due: day.plus(interval.days()),
            passed: true,
        }
    }

    /// A fail on a later day than the last counted answer: the repetitions begin again.
    fn failed(self, before: Option<Standing>, grade: Grade, day: Day) -> Standing {
        let ease = before.map_or(Ease::START, |card| card.ease);
        Standing {
            repetitions: 0,
            ease: match self.profile {
                // Rule 6 keeps the ease here; some ports lower it.
                Sm2Profile::Text => ease,
                Sm2Profile::Delphi => self.ease_after(ease, grade),
            },
            interval: Interval::of(1),
            exact: Interval::of(1),
            last_day: day,
            due: day.plus(1),
            passed: false,
        }
    }

    /// Returns `days` · EF, rounded up as in the text, or to nearest as in the program.
    fn grown(self, days: u32, ease: Ease) -> Interval {
        let hundredths = u64::from(days) * u64::from(ease.hundredths());
        Interval::of(match self.profile {
            Sm2Profile::Text => hundredths.div_ceil(100),
            Sm2Profile::Delphi => (hundredths + 50) / 100,
        })
    }

    /// Returns EF + (0.1 − (5 − q)(0.08 + (5 − q)·0.02)), not below 1.30.
    fn ease_after(self, ease: Ease, grade: Grade) -> Ease {
        let short = 5 - grade.quality().number();
        Ease::from_hundredths(i64::from(ease.hundredths()) + 10 - short * (8 + short * 2))
    }
}

impl Standing {
    /// Returns it with another interval.
    fn of(self, interval: Interval) -> Standing {
        Standing { interval, due: self.last_day.plus(interval.days()), ..self }
    }

    /// An early pass: max(I, ⌈elapsed · EF⌉) from its day; repetitions and ease stay.
    fn lengthened(self, sm2: Sm2, day: Day) -> Standing {
        let elapsed = day.since(self.last_day).clamp(0, i64::from(u32::MAX)) as u32;
        let interval = self.interval.max(sm2.grown(elapsed, self.ease));
        let due = day.plus(interval.days());
        Standing { interval, exact: interval, last_day: day, due, passed: true, ..self }
    }
}

impl Memory {
    /// A card that was learned elsewhere takes the standing that it had there.
    fn placed(self, placement: &Placement) -> Memory {
        let interval = Interval::of(u64::from(placement.interval.unwrap_or(1)));
        let due = placement.due.unwrap_or(placement.day.plus(interval.days()));
        let repetitions = placement.repetitions.unwrap_or(2);
        Memory {
            standing: Some(Standing {
                repetitions,
                ease: placement.ease.unwrap_or(Ease::START),
                interval,
                exact: interval,
                last_day: placement.day,
                due,
                passed: repetitions > 0,
            }),
            lapses: placement.lapses.unwrap_or(self.lapses),
            ever_passed: true,
            repeat_on: None,
            ..self
        }
    }

    fn schedule(self, counted: bool) -> Option<Schedule> {
        self.standing.map(|card| Schedule {
            stage: Stage::of(card.passed, self.ever_passed),
            due: card.due,
            interval: card.interval,
            exact: card.exact,
            repetitions: card.repetitions,
            lapses: self.lapses,
            ease: Some(card.ease),
            stability: None,
            difficulty: None,
            decay: None,
            last_day: card.last_day,
            reviews: self.reviews,
            counted,
            repeat_on: self.repeat_on,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::testing::review_on;
    use crate::schedule::{Quality, Rating};

    /// Answers each quality on the day it is due; returns the intervals and the last ease.
    fn on_time(profile: Sm2Profile, qualities: &[i64]) -> (Vec<u32>, String) {
        let sm2 = Sm2 { profile };
        let mut steps = Vec::new();
        let mut day = Day(20_000);
        let mut intervals = Vec::new();
        let mut ease = String::new();
        for quality in qualities {
            steps.push(review_on(day, Quality::new(*quality).unwrap().into()));
            let schedule = sm2.schedule(&steps).unwrap();
            intervals.push(schedule.interval.days());
            ease = schedule.ease.unwrap().to_string();
            day = schedule.due;
        }
        assert_eq!(sm2.schedules(&steps).last(), sm2.schedule(&steps).as_ref());
        (intervals, ease)
    }

    #[test]
    fn intervals_match_the_published_rules() {
        for (qualities, intervals, ease) in [
            (&[4; 8][..], &[1, 6, 15, 38, 95, 238, 595, 1488][..], "2.50"),
            (&[5; 8], &[1, 6, 17, 48, 140, 420, 1302, 4167], "3.30"),
            (&[3; 6], &[1, 6, 14, 30, 59, 107], "1.66"),
            (&[4, 4, 4, 0, 4, 4, 4, 4], &[1, 6, 15, 1, 1, 6, 15, 38], "2.50"),
            (&[5, 5, 4, 4, 5, 3], &[1, 6, 17, 46, 125, 350], "2.66"),
        ] {
            let expected = (intervals.to_vec(), ease.to_owned());
            assert_eq!(on_time(Sm2Profile::Text, qualities), expected, "{qualities:?}");
        }
    }

    #[test]
    fn the_program_rounds_to_nearest_and_lowers_the_ease_on_a_fail() {
        for (qualities, intervals, ease) in [
            (&[4; 6][..], &[1, 6, 15, 38, 95, 238][..], "2.50"),
            (&[3; 6], &[1, 6, 13, 27, 52, 94], "1.66"),
            (&[4, 4, 2], &[1, 6, 1], "2.18"),
            (&[4, 4, 1], &[1, 6, 1], "1.96"),
            (&[4, 4, 0], &[1, 6, 1], "1.70"),
        ] {
            let expected = (intervals.to_vec(), ease.to_owned());
            assert_eq!(on_time(Sm2Profile::Delphi, qualities), expected, "{qualities:?}");
        }
    }

    #[test]
    fn an_interval_never_exceeds_a_hundred_years() {
        let (intervals, _) = on_time(Sm2Profile::Text, &[5; 20]);
        assert_eq!(intervals.last(), Some(&36_500));
    }

    /// Answers on given days, counted from the first; returns interval, repetitions, ease, counted.
    fn on_days(answers: &[(u32, Rating)]) -> Schedule {
        let steps: Vec<_> = answers
            .iter()
            .map(|(day, rating)| review_on(Day(20_000).plus(*day), (*rating).into()))
            .collect();
        Sm2::default().schedule(&steps).unwrap()
    }

    use Rating::{Again, Easy, Good, Hard};

    #[test]
    fn repeats_of_a_day_change_nothing_but_the_repeat() {
        let failed = on_days(&[(0, Good), (1, Good), (7, Again)]);
        let repeated = on_days(&[(0, Good), (1, Good), (7, Again), (7, Easy)]);
        assert_eq!(failed.repeat_on, Some(Day(20_007)));
        assert_eq!(repeated.repeat_on, None);
        assert!(!repeated.counted);
        assert_eq!((repeated.due, repeated.ease), (failed.due, failed.ease));
        assert_eq!(repeated.stage, Stage::Relearning);
    }

    #[test]
    fn a_late_pass_uses_the_stored_interval() {
        let late = on_days(&[(0, Good), (1, Good), (40, Good)]);
        assert_eq!((late.interval.days(), late.due), (15, Day(20_055)));
    }

    #[test]
    fn an_early_pass_lengthens_only() {
        let soon = on_days(&[(0, Good), (1, Good), (7, Good), (9, Easy)]);
        assert_eq!((soon.interval.days(), soon.due), (15, Day(20_024)));
        assert_eq!((soon.repetitions, soon.ease), (3, Some(Ease::START)));
        let nearly = on_days(&[(0, Good), (1, Good), (7, Good), (20, Hard)]);
        assert_eq!((nearly.interval.days(), nearly.due), (33, Day(20_053)));
        assert_eq!((nearly.repetitions, nearly.ease), (3, Some(Ease::START)));
    }

    #[test]
    fn an_early_fail_is_a_lapse() {
        let failed = on_days(&[(0, Good), (1, Good), (3, Again)]);
        assert_eq!((failed.interval.days(), failed.lapses, failed.repetitions), (1, 1, 0));
    }

    #[test]
    fn a_fail_of_a_card_not_in_review_is_no_lapse() {
        let learning = on_days(&[(0, Again), (1, Again)]);
        assert_eq!((learning.lapses, learning.stage), (0, Stage::Learning));
        let relearning = on_days(&[(0, Good), (1, Again), (2, Again)]);
        assert_eq!((relearning.lapses, relearning.stage), (1, Stage::Relearning));
    }

    #[test]
    fn a_placed_card_goes_on_from_where_it_stood() {
        let placed = Step::Placed(Placement {
            day: Day(20_000),
            interval: Some(10),
            ease: Some(Ease::from_hundredths(200)),
            repetitions: Some(4),
            lapses: Some(2),
            ..Placement::default()
        });
        let schedule = Sm2::default()
            .schedule(&[placed, review_on(Day(20_010), Rating::Good.into())])
            .unwrap();
        assert_eq!((schedule.interval.days(), schedule.repetitions, schedule.lapses), (20, 5, 2));
    }
}
