//! FSRS-6, through its authors' crate. Nothing of that crate's types leaves this file.
//!
//! Source: the `fsrs` crate (open-spaced-repetition/fsrs-rs), and its authors' page "The Algorithm".
//! What a study day and a same-day answer are is ours, and stated in `docs/schedulers.md`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use fsrs::{
    CombinedProgressState, ComputeParametersInput, FSRS, FSRSItem, FSRSReview, MemoryState,
};

use super::spread::Seed;
use super::{Interval, Rating, Schedule, Scheduler, Stage};
use crate::history::{Placement, Step};
use crate::time::Day;

/// What a model is made of: 21 numbers, each in its range.
#[derive(Clone, Copy, PartialEq)]
pub struct Weights([f32; 21]);

/// The range of each weight; the crate takes what is beyond it for its end, without a word.
const RANGES: [(f32, f32); 21] = [
    (0.001, 100.0),
    (0.001, 100.0),
    (0.001, 100.0),
    (0.001, 100.0),
    (1.0, 10.0),
    (0.001, 4.0),
    (0.001, 4.0),
    (0.001, 0.75),
    (0.0, 4.5),
    (0.0, 0.8),
    (0.001, 3.5),
    (0.001, 5.0),
    (0.001, 0.25),
    (0.001, 0.9),
    (0.0, 4.0),
    (0.0, 1.0),
    (1.0, 6.0),
    (0.0, 2.0),
    (0.0, 2.0),
    (0.0, 0.8),
    (0.1, 0.8),
];

/// How often a fit tells how far it is.
const TICK: Duration = Duration::from_millis(20);

/// Numbers that are no weights.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WrongWeights {
    /// Neither 21 of them nor 17 or 19.
    #[error(
        "{0} numbers; FSRS-6 has 21 weights, and lists of 17 and 19 from before are taken, too"
    )]
    Count(usize),
    /// One is beyond its range.
    #[error("weight {number} is {weight}; it must be from {} to {}", RANGES[*number].0, RANGES[*number].1)]
    Range {
        /// Which, from 0.
        number: usize,
        /// What it is.
        weight: f64,
    },
    /// Something is no number.
    #[error("{0:?} is no number; write 21 numbers with commas between them")]
    NoNumber(String),
}

impl Weights {
    /// Returns the weights that `numbers` are: 21, or 19 or 17 of FSRS-5 or 4.5, which become 21
    /// of the same model.
    ///
    /// # Errors
    ///
    /// Another count, or a number beyond its range.
    pub fn new(numbers: &[f64]) -> Result<Weights, WrongWeights> {
        if ![17, 19, 21].contains(&numbers.len()) {
            return Err(WrongWeights::Count(numbers.len()));
        }
        if let Some(number) = numbers.iter().position(|weight| !weight.is_finite()) {
            return Err(WrongWeights::Range { number, weight: numbers[number] });
        }
        let narrow: Vec<f32> = numbers.iter().map(|weight| *weight as f32).collect();
        let filled = fsrs::check_and_fill_parameters(&narrow)
            .ok()
            .and_then(|filled| <[f32; 21]>::try_from(filled).ok())
            .ok_or(WrongWeights::Count(numbers.len()))?;
        for (number, (weight, (least, most))) in filled.iter().zip(RANGES).enumerate() {
            // What was written with fewer digits than a weight has may be over its end by a little.
            let slack = most * 1e-4;
            if *weight < least - slack || *weight > most + slack {
                return Err(WrongWeights::Range { number, weight: f64::from(*weight) });
            }
        }
        let mut weights = filled;
        for (weight, (least, most)) in weights.iter_mut().zip(RANGES) {
            *weight = weight.clamp(least, most);
        }
        Ok(Weights(weights))
    }

    /// Returns the 21 numbers, with the digits that they are written with.
    pub fn numbers(&self) -> [f64; 21] {
        // By way of its shortest text: 0.2 is 0.2, and not 0.200000003.
        self.0.map(|weight| weight.to_string().parse().unwrap_or(f64::from(weight)))
    }
}

impl Default for Weights {
    /// The weights that its authors fitted to many learners.
    fn default() -> Weights {
        Weights(fsrs::DEFAULT_PARAMETERS)
    }
}

impl fmt::Debug for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Weights {
    /// With commas between them, as [`Weights::from_str`] reads them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, weight) in self.0.iter().enumerate() {
            write!(f, "{}{weight}", if number == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl FromStr for Weights {
    type Err = WrongWeights;

    /// Reads numbers with commas or blanks between them, in brackets or not.
    fn from_str(text: &str) -> Result<Weights, WrongWeights> {
        let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
        let words = inner.split(|c: char| c == ',' || c.is_whitespace());
        let numbers: Vec<f64> = words
            .filter(|word| !word.is_empty())
            .map(|word| word.parse().map_err(|_| WrongWeights::NoNumber(word.to_owned())))
            .collect::<Result<_, _>>()?;
        Weights::new(&numbers)
    }
}

/// The share of cards that are to be recalled on their due day: 0.70 to 0.97.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Retention(f64);

impl Retention {
    /// The least and the most.
    pub const RANGE: std::ops::RangeInclusive<f64> = 0.70..=0.97;

    /// Returns the retention of this share, or `None` beyond [`Retention::RANGE`].
    pub fn new(share: f64) -> Option<Retention> {
        Retention::RANGE.contains(&share).then_some(Retention(share))
    }

    /// Returns the share.
    pub fn share(self) -> f64 {
        self.0
    }
}

impl Default for Retention {
    /// Nine of ten.
    fn default() -> Retention {
        Retention(0.9)
    }
}

/// The scheduler FSRS-6, with its weights.
#[derive(Clone, Debug)]
pub struct Fsrs {
    model: FSRS,
    weights: Weights,
    retention: Retention,
}

impl Default for Fsrs {
    fn default() -> Fsrs {
        Fsrs::new(Weights::default(), Retention::default())
    }
}

/// What FSRS knows of a card between two answers.
#[derive(Clone, Copy, Debug, Default)]
struct Card {
    memory: Option<MemoryState>,
    /// Of the last counted answer or placement; `None` for a card without one.
    last_day: Option<Day>,
    interval: Interval,
    /// The interval before it was spread.
    exact: Interval,
    due: Day,
    passed: bool,
    ever_passed: bool,
    repetitions: u32,
    reviews: u32,
    lapses: u32,
    counted: bool,
    repeat_on: Option<Day>,
}

impl Fsrs {
    /// Returns the model of these weights, for this retention.
    pub fn new(weights: Weights, retention: Retention) -> Fsrs {
        // The numbers are in their ranges, and the crate takes all such.
        let model = FSRS::new(&weights.0).unwrap_or_default();
        Fsrs { model, weights, retention }
    }

    /// Returns its weights.
    pub fn weights(&self) -> Weights {
        self.weights
    }

    /// Returns the retention that it aims at.
    pub fn retention(&self) -> Retention {
        self.retention
    }

    /// Returns the schedules of [`Scheduler::schedules`], spread by `seed`.
    pub fn spread(&self, steps: &[Step], seed: Option<Seed>) -> Vec<Schedule> {
        let mut card = Card::default();
        steps
            .iter()
            .filter_map(|step| {
                card = match step {
                    Step::Review(review) => {
                        self.answered(card, review.grade.rating, review.day, seed)
                    }
                    Step::Placed(placement) => self.placed(card, placement),
                };
                self.schedule_of(&card)
            })
            .collect()
    }

    fn answered(&self, card: Card, rating: Rating, day: Day, seed: Option<Seed>) -> Card {
        let elapsed = card.last_day.map_or(0, |last| day.since(last).max(0));
        let counted = card.last_day.is_none_or(|last| day > last);
        let memory = self.after(card.memory, rating, elapsed);
        let day = card.last_day.map_or(day, |last| day.max(last));
        let exact = self.interval(memory);
        // A repeat ends where the day's first answer would have: with the same number.
        let number = if counted { card.reviews } else { card.reviews.saturating_sub(1) };
        let interval = seed.map_or(exact, |seed| seed.spread(exact, number));
        let passed = rating.passed();
        let lapse = counted && card.passed && !passed;
        Card {
            memory: Some(memory),
            last_day: Some(day),
            interval,
            exact,
            due: day.plus(interval.days()),
            passed,
            ever_passed: card.ever_passed || passed,
            repetitions: match (counted, passed) {
                (_, false) => 0,
                (true, true) => card.repetitions.saturating_add(1),
                (false, true) => card.repetitions,
            },
            reviews: card.reviews.saturating_add(u32::from(counted)),
            lapses: card.lapses.saturating_add(u32::from(lapse)),
            counted,
            repeat_on: (!passed).then_some(day),
        }
    }

    /// Returns what is known of a card after an answer, so many days after the one before.
    pub(super) fn foreseen(
        &self,
        memory: &super::Memory,
        rating: Rating,
        elapsed: u32,
    ) -> super::Memory {
        let before = match (memory.stability, memory.difficulty) {
            (Some(stability), Some(difficulty)) => {
                Some(MemoryState { stability: stability as f32, difficulty: difficulty as f32 })
            }
            _ => None,
        };
        let after = self.after(before, rating, i64::from(elapsed));
        super::Memory {
            interval: self.interval(after),
            stability: Some(f64::from(after.stability)),
            difficulty: Some(f64::from(after.difficulty)),
            decay: Some(f64::from(self.weights.0[20])),
            ..*memory
        }
    }

    /// Returns the memory after an answer, so many study days after the one before.
    fn after(&self, memory: Option<MemoryState>, rating: Rating, elapsed: i64) -> MemoryState {
        let delta_t = u32::try_from(elapsed).unwrap_or(u32::MAX);
        let review = FSRSReview { rating: rating.number() as u32, delta_t };
        let item = FSRSItem { reviews: vec![review] };
        // What a model of weights in their ranges makes of finite numbers is finite.
        self.model
            .memory_state(item, memory)
            .unwrap_or(MemoryState { stability: self.weights.0[0], difficulty: self.weights.0[4] })
    }

    fn interval(&self, memory: MemoryState) -> Interval {
        let share = self.retention.0 as f32;
        let days = self.model.next_interval(Some(memory.stability), share, 0);
        Interval::of(days.round() as u64)
    }

    /// A card that was learned elsewhere comes back when it would have there. Its memory is that of
    /// its answers; where they are missing, it is what the standing comes to.
    fn placed(&self, card: Card, placement: &Placement) -> Card {
        let interval = Interval::of(u64::from(placement.interval.unwrap_or(1)));
        let ease = placement.ease.unwrap_or(super::Ease::START).factor() as f32;
        let seeded = || match (placement.stability, placement.difficulty) {
            (Some(stability), Some(difficulty)) => Some(MemoryState {
                stability: (stability as f32).clamp(0.001, 36_500.0),
                difficulty: (difficulty as f32).clamp(1.0, 10.0),
            }),
            _ => self.model.memory_state_from_sm2(ease, interval.days() as f32, 0.9).ok(),
        };
        let repetitions = placement.repetitions.unwrap_or(2);
        Card {
            memory: card.memory.or_else(seeded),
            last_day: Some(placement.day),
            interval,
            exact: interval,
            due: placement.due.unwrap_or(placement.day.plus(interval.days())),
            passed: repetitions > 0,
            ever_passed: true,
            repetitions,
            lapses: placement.lapses.unwrap_or(card.lapses),
            counted: false,
            repeat_on: None,
            ..card
        }
    }

    fn schedule_of(&self, card: &Card) -> Option<Schedule> {
        let digits = |number: f32| f64::from(number);
        Some(Schedule {
            stage: Stage::of(card.passed, card.ever_passed),
            due: card.due,
            interval: card.interval,
            exact: card.exact,
            repetitions: card.repetitions,
            lapses: card.lapses,
            ease: None,
            stability: card.memory.map(|memory| digits(memory.stability)),
            difficulty: card.memory.map(|memory| digits(memory.difficulty)),
            decay: Some(digits(self.weights.0[20])),
            last_day: card.last_day?,
            reviews: card.reviews,
            counted: card.counted,
            repeat_on: card.repeat_on,
        })
    }
}

impl Scheduler for Fsrs {
    fn schedules(&self, steps: &[Step]) -> Vec<Schedule> {
        self.spread(steps, None)
    }
}

/// Returns how likely a card of this stability is to be recalled after so many days: 0 to 1, by the
/// power curve (1 + factor · t/S)^−decay that is 0.9 after `stability` days.
pub fn recall(stability: f64, decay: f64, days: f64) -> f64 {
    let factor = 0.9_f64.powf(-1.0 / decay) - 1.0;
    (1.0 + factor * days / stability).powf(-decay)
}

/// Returns the weights that fit answers best: each is the last of its card's answers so far, with
/// the days before each; a number stands for each card. They are in the order in which they were
/// given, and the later ones weigh more.
///
/// `progress` is told the share that is done, and may end it by returning false; then `None`. With
/// few answers only a part of the weights is fitted, or none.
pub fn fit(
    answers: Vec<(usize, Vec<(Rating, u32)>)>,
    progress: &mut dyn FnMut(f32) -> bool,
) -> Option<Weights> {
    let (mut train_set, mut card_ids) = (Vec::new(), Vec::new());
    for (card, reviews) in answers {
        let reviews = reviews
            .iter()
            .map(|(rating, days)| FSRSReview { rating: rating.number() as u32, delta_t: *days });
        train_set.push(FSRSItem { reviews: reviews.collect() });
        card_ids.push(card as i64);
    }
    let state = CombinedProgressState::new_shared();
    let input = ComputeParametersInput {
        train_set,
        card_ids: Some(card_ids),
        progress: Some(state.clone()),
        enable_short_term: true,
        num_relearning_steps: None,
        training_config: None,
    };
    let found = std::thread::scope(|scope| {
        let fitting = scope.spawn(|| fsrs::compute_parameters(input));
        while !fitting.is_finished() {
            std::thread::sleep(TICK);
            if let Ok(mut state) = state.lock() {
                let total = state.total().max(1);
                state.want_abort |= !progress(state.current() as f32 / total as f32);
            }
        }
        fitting.join().ok()?.ok()
    })?;
    let numbers: Vec<f64> = found.iter().map(|weight| f64::from(*weight)).collect();
    Weights::new(&numbers).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::testing::review_on;
    use crate::schedule::Ease;

    /// Answers of a card, with the days since the one before.
    fn steps(answers: &[(i64, u32)]) -> Vec<Step> {
        let mut day = Day(20_000);
        answers
            .iter()
            .map(|(rating, days)| {
                day = day.plus(*days);
                review_on(day, Rating::from_number(*rating).unwrap().into())
            })
            .collect()
    }

    #[test]
    fn memories_are_those_of_the_crates_own_vectors() {
        // From the tests of fsrs 6.6.2, with its usual weights, and without the short-term part.
        let answers = steps(&[(1, 0), (3, 0), (3, 1), (3, 3), (3, 8), (3, 21)]);
        let mut long_term = Weights::default().0;
        long_term[17..20].fill(0.0);
        for (weights, stability) in
            [(Weights::default(), 53.62691), (Weights(long_term), 53.335106)]
        {
            let fsrs = Fsrs::new(weights, Retention::default());
            let schedule = fsrs.schedule(&answers).unwrap();
            assert!((schedule.stability.unwrap() - stability).abs() < 1e-4, "{schedule:?}");
            assert!((schedule.difficulty.unwrap() - 6.3574867).abs() < 1e-5, "{schedule:?}");
            assert_eq!(f64::from(schedule.interval.days()), stability.round());
        }
        let first: Vec<u32> = (1..=4)
            .map(|rating| Fsrs::default().schedule(&steps(&[(rating, 0)])).unwrap().interval.days())
            .collect();
        assert_eq!(first, [1, 1, 2, 8], "0.212, 1.29, 2.31 and 8.30 days to nearest, at least one");
    }

    #[test]
    fn a_retention_is_reached_on_the_due_day() {
        for share in [0.7, 0.8, 0.9, 0.97] {
            let fsrs = Fsrs::new(Weights::default(), Retention::new(share).unwrap());
            let schedule = fsrs.schedule(&steps(&[(3, 0), (3, 2), (3, 8)])).unwrap();
            let recall = schedule.retrievability(schedule.due);
            assert!((recall - share).abs() < 0.01, "{recall} of {share}");
        }
        assert_eq!([0.69, 0.98, 1.2, f64::NAN].map(Retention::new), [None; 4]);
    }

    #[test]
    fn an_answer_on_the_same_day_moves_the_memory_and_does_not_count() {
        let all = Fsrs::default().schedules(&steps(&[(3, 0), (1, 4), (3, 0)]));
        let [_, failed, repeated] = all[..] else { panic!() };
        assert_eq!((failed.counted, repeated.counted), (true, false));
        assert_eq!((failed.lapses, repeated.lapses, repeated.reviews), (1, 1, 2));
        assert_eq!((failed.stage, repeated.stage), (Stage::Relearning, Stage::Review));
        assert_eq!((failed.repeat_on, repeated.repeat_on), (Some(failed.last_day), None));
        assert!(repeated.stability > failed.stability);
        let hard = Fsrs::default().schedule(&steps(&[(2, 0)])).unwrap();
        assert_eq!(hard.repeat_on, None, "only again is asked again");
    }

    #[test]
    fn a_placed_card_keeps_its_due_day_and_is_seeded_where_its_answers_are_missing() {
        let day = Day(20_000);
        let placement = Placement {
            day,
            interval: Some(30),
            due: Some(day.plus(12)),
            ease: Some(Ease::from_hundredths(210)),
            lapses: Some(3),
            ..Placement::default()
        };
        let fsrs = Fsrs::default();
        let placed = fsrs.schedule(&[Step::Placed(placement)]).unwrap();
        assert_eq!((placed.due, placed.interval.days(), placed.lapses), (day.plus(12), 30, 3));
        assert!((placed.stability.unwrap() - 30.0).abs() < 1e-3, "{placed:?}");
        let known = Placement { stability: Some(55.5), difficulty: Some(4.0), ..placement };
        let placed = fsrs.schedule(&[Step::Placed(known)]).unwrap();
        assert_eq!((placed.stability, placed.difficulty), (Some(55.5), Some(4.0)));
        let mut answered = steps(&[(3, 0), (3, 3)]);
        let before = fsrs.schedule(&answered).unwrap();
        answered.push(Step::Placed(Placement { day: day.plus(3), ..known }));
        let placed = fsrs.schedule(&answered).unwrap();
        assert_eq!(placed.stability, before.stability, "its own answers say more");
        assert_eq!((placed.interval.days(), placed.reviews), (30, 2));
    }

    #[test]
    fn weights_are_read_as_they_are_written() {
        let usual = Weights::default();
        assert_eq!(usual.to_string().parse(), Ok(usual));
        assert_eq!(Weights::new(&usual.numbers()), Ok(usual));
        assert_eq!(format!("[{usual}]").parse(), Ok(usual));
        assert_eq!(usual.numbers()[0], 0.212);
    }

    #[test]
    fn older_lists_become_weights_of_the_same_model() {
        let older = "0.4, 0.9, 2.3, 10.9, 4.93, 0.94, 0.86, 0.01, 1.49, 0.14, 0.94, 2.18, 0.05, 0.34, 1.26, 0.29, 2.61";
        let upgraded: Weights = older.parse().unwrap();
        assert_eq!(upgraded.numbers()[20], 0.5, "the curve of FSRS-4.5");
        assert_eq!(upgraded.numbers()[17..20], [0.0; 3]);
        let with_short_term: Weights = format!("{older}, 0.5, 0.6").parse().unwrap();
        assert_eq!(with_short_term.numbers()[17..], [0.5, 0.6, 0.0, 0.5]);
    }

    #[test]
    fn what_is_no_weights_is_told_with_its_place() {
        let mut numbers = Weights::default().numbers();
        numbers[4] = 12.0;
        for (wrong, said) in [
            (Weights::new(&[1.0; 20]), "20 numbers; FSRS-6 has 21"),
            (Weights::new(&numbers), "weight 4 is 12; it must be from 1 to 10"),
            ("1, x".parse(), "\"x\" is no number"),
            ("".parse(), "0 numbers"),
        ] {
            let told = wrong.unwrap_err().to_string();
            assert!(told.starts_with(said), "{told}");
        }
        numbers[4] = f64::NAN;
        assert!(Weights::new(&numbers).is_err());
    }
}
