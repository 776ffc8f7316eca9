//! When a card comes back: ratings, intervals, and what every scheduler answers.
//!
//! Which formula decides is [`sm2`]'s business; what happened before is [`crate::history`]'s.

pub mod fsrs;
pub mod sm2;
pub mod spread;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::fsrs::Fsrs;
use self::sm2::Sm2;
use self::spread::Seed;
use crate::history::Step;
use crate::time::Day;

/// How well a card was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rating {
    /// Not known.
    Again,
    /// Known, with serious difficulty.
    Hard,
    /// Known.
    Good,
    /// Known at once.
    Easy,
}

impl Rating {
    /// All four, worst first.
    pub const ALL: [Rating; 4] = [Rating::Again, Rating::Hard, Rating::Good, Rating::Easy];

    /// Returns 1 for again to 4 for easy, as the history stores it.
    pub fn number(self) -> i64 {
        self as i64 + 1
    }

    /// Returns the rating with this number, 1 to 4.
    pub fn from_number(number: i64) -> Option<Rating> {
        Rating::ALL.into_iter().find(|rating| rating.number() == number)
    }

    /// Returns the word for it, lower case.
    pub fn word(self) -> &'static str {
        match self {
            Rating::Again => "again",
            Rating::Hard => "hard",
            Rating::Good => "good",
            Rating::Easy => "easy",
        }
    }

    /// Whether the card was recalled. Hard is a pass.
    pub fn passed(self) -> bool {
        self > Rating::Again
    }
}

impl fmt::Display for Rating {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A quality of SM-2: 0 (blackout) to 5 (perfect).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quality(u8);

impl Quality {
    /// Returns the quality with this number, or `None` outside 0 to 5.
    pub fn new(number: i64) -> Option<Quality> {
        (0..=5).contains(&number).then_some(Quality(number as u8))
    }

    /// Returns the number, 0 to 5.
    pub fn number(self) -> i64 {
        i64::from(self.0)
    }

    /// Returns the rating that stands for it: 0 to 2 are again, 3 hard, 4 good, 5 easy.
    pub fn rating(self) -> Rating {
        match self.0 {
            0..=2 => Rating::Again,
            3 => Rating::Hard,
            4 => Rating::Good,
            _ => Rating::Easy,
        }
    }
}

impl From<Rating> for Quality {
    /// Again, hard, good, easy are qualities 1, 3, 4, 5.
    fn from(rating: Rating) -> Quality {
        Quality(match rating {
            Rating::Again => 1,
            Rating::Hard => 3,
            Rating::Good => 4,
            Rating::Easy => 5,
        })
    }
}

/// An answer as a person gives it: a rating, and the quality where one was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Grade {
    /// One of four.
    pub rating: Rating,
    /// One of six, where the learner chose among six.
    pub quality: Option<Quality>,
}

impl Grade {
    /// Returns the quality that was given, or the one that stands for the rating.
    pub fn quality(self) -> Quality {
        self.quality.unwrap_or(self.rating.into())
    }

    /// Whether the card need not be asked again on the same day.
    pub fn settles(self) -> bool {
        self.rating >= Rating::Good
    }
}

impl From<Rating> for Grade {
    fn from(rating: Rating) -> Grade {
        Grade { rating, quality: None }
    }
}

impl From<Quality> for Grade {
    fn from(quality: Quality) -> Grade {
        Grade { rating: quality.rating(), quality: Some(quality) }
    }
}

/// A text is no rating.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no rating")]
pub struct NoRating(pub String);

impl FromStr for Grade {
    type Err = NoRating;

    /// Reads `again hard good easy`, `1` to `4`, or `q0` to `q5`.
    fn from_str(text: &str) -> Result<Grade, NoRating> {
        let of_word = Rating::ALL.into_iter().find(|rating| rating.word() == text);
        let digit = |text: &str| match text.as_bytes() {
            [digit @ b'0'..=b'9'] => Some(i64::from(digit - b'0')),
            _ => None,
        };
        let of_digit = || digit(text).and_then(Rating::from_number);
        let of_quality = || text.strip_prefix('q').and_then(digit).and_then(Quality::new);
        of_word
            .or_else(of_digit)
            .map(Grade::from)
            .or_else(|| of_quality().map(Grade::from))
            .ok_or_else(|| NoRating(text.to_owned()))
    }
}

/// Days from a review to the next: 1 to 36,500; one unless it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Interval(u32);

impl Default for Interval {
    fn default() -> Interval {
        Interval(1)
    }
}

impl Interval {
    /// The longest there is: a hundred years.
    pub const MAX: Interval = Interval(36_500);

    /// Returns the interval of `days`, or the nearest that there is.
    pub fn of(days: u64) -> Interval {
        Interval(days.clamp(1, u64::from(Interval::MAX.0)) as u32)
    }

    /// Returns its days.
    pub fn days(self) -> u32 {
        self.0
    }
}

/// SM-2's ease factor in whole hundredths, so that every machine replays to the same day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ease(u32);

impl Ease {
    /// 1.30, below which no ease falls.
    pub const MIN: Ease = Ease(130);
    /// 2.50, with which every card begins.
    pub const START: Ease = Ease(250);

    /// Returns the ease of so many hundredths, at least 1.30.
    pub fn from_hundredths(hundredths: i64) -> Ease {
        Ease(hundredths.clamp(i64::from(Ease::MIN.0), i64::from(u32::MAX)) as u32)
    }

    /// Returns its hundredths: 250 for 2.50.
    pub fn hundredths(self) -> u32 {
        self.0
    }

    /// Returns it as a factor.
    pub fn factor(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl fmt::Display for Ease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// Where a card stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Never answered.
    New,
    /// Answered, never passed.
    Learning,
    /// Passed the last time.
    Review,
    /// Failed after a pass.
    Relearning,
}

impl Stage {
    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Stage::New => "new",
            Stage::Learning => "learning",
            Stage::Review => "review",
            Stage::Relearning => "relearning",
        }
    }

    /// Returns where an answered card stands that was passed the last time, or ever.
    pub(crate) fn of(passed: bool, ever_passed: bool) -> Stage {
        match (passed, ever_passed) {
            (true, _) => Stage::Review,
            (false, true) => Stage::Relearning,
            (false, false) => Stage::Learning,
        }
    }

    /// Returns the number under which a cache keeps it.
    pub fn number(self) -> i64 {
        self as i64
    }

    /// Returns the stage with this number.
    pub fn from_number(number: i64) -> Option<Stage> {
        [Stage::New, Stage::Learning, Stage::Review, Stage::Relearning]
            .into_iter()
            .find(|stage| stage.number() == number)
    }
}

/// What one step has earned a card.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    /// Where it stands.
    pub stage: Stage,
    /// The day it comes back.
    pub due: Day,
    /// Days from the last counted answer to `due`.
    pub interval: Interval,
    /// The same before it was spread.
    pub exact: Interval,
    /// Passes in a row that lengthened it.
    pub repetitions: u32,
    /// Times it was forgotten while in review.
    pub lapses: u32,
    /// SM-2's ease factor; `None` under a scheduler without one.
    pub ease: Option<Ease>,
    /// Days of 90 % recall, under a scheduler that models memory.
    pub stability: Option<f64>,
    /// 1 to 10, under a scheduler that models memory.
    pub difficulty: Option<f64>,
    /// How the chance of recall falls from there, under a scheduler that models memory.
    pub decay: Option<f64>,
    /// Day of the last counted answer.
    pub last_day: Day,
    /// Counted answers so far.
    pub reviews: u32,
    /// Whether this very step moved the schedule: the day's first answer does, repeats do not.
    pub counted: bool,
    /// The day on which it is asked once more, because its last answer there was below good.
    pub repeat_on: Option<Day>,
}

/// What a schedule says of a card's memory, from which its recall follows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Memory {
    /// Days from the last counted answer to the due day.
    pub interval: Interval,
    /// As in [`Schedule`].
    pub ease: Option<Ease>,
    /// As in [`Schedule`].
    pub repetitions: u32,
    /// As in [`Schedule`].
    pub stability: Option<f64>,
    /// As in [`Schedule`].
    pub difficulty: Option<f64>,
    /// As in [`Schedule`].
    pub decay: Option<f64>,
}

impl Memory {
    /// Returns how likely the card is to be recalled so many days after its last counted answer:
    /// by the curve of its scheduler, or by 0.9^(t/I) where that has none.
    pub fn recall(&self, days: f64) -> f64 {
        match (self.stability, self.decay) {
            (Some(stability), Some(decay)) => fsrs::recall(stability, decay, days),
            _ => 0.9_f64.powf(days / f64::from(self.interval.days())),
        }
    }
}

impl Schedule {
    /// Returns what it says of the card's memory.
    pub fn memory(&self) -> Memory {
        Memory {
            interval: self.interval,
            ease: self.ease,
            repetitions: self.repetitions,
            stability: self.stability,
            difficulty: self.difficulty,
            decay: self.decay,
        }
    }

    /// Returns how likely the card is to be recalled on `today`, as [`Memory::recall`] does.
    pub fn retrievability(&self, today: Day) -> f64 {
        self.memory().recall(today.since(self.last_day).max(0) as f64)
    }
}

/// Decides when a card comes back.
pub trait Scheduler {
    /// Returns the schedule earned after each of `steps`, oldest first.
    ///
    /// The last one is in force; a new card, without steps, has none.
    fn schedules(&self, steps: &[Step]) -> Vec<Schedule>;

    /// Returns the schedule in force after `steps`; `None` for a new card.
    fn schedule(&self, steps: &[Step]) -> Option<Schedule> {
        self.schedules(steps).pop()
    }
}

/// The scheduler of a card, as the settings of its deck choose it.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// Which formula.
    pub model: Model,
    /// What spreads its due days, where they are to be spread.
    pub seed: Option<Seed>,
}

/// A formula, with what it is set to.
#[derive(Clone, Debug)]
pub enum Model {
    /// SM-2.
    Sm2(Sm2),
    /// FSRS-6. All cards with the same settings share one.
    Fsrs(Arc<Fsrs>),
}

impl Default for Chosen {
    fn default() -> Chosen {
        Chosen { model: Model::Sm2(Sm2::default()), seed: None }
    }
}

/// The days over which an answer's gain is reckoned.
const GAIN_DAYS: u32 = 60;

impl Chosen {
    /// Returns how much more likely the card is to be recalled, on the mean day of the next 60, if
    /// it is answered now, `elapsed` days after its last counted answer, than if it is not.
    ///
    /// The answer is good as often as the card is recalled, else again.
    pub fn gain(&self, memory: &Memory, elapsed: u32) -> f64 {
        let passes = memory.recall(f64::from(elapsed));
        let [again, good] = [Rating::Again, Rating::Good].map(|rating| match &self.model {
            Model::Sm2(sm2) => sm2.foreseen(memory, rating),
            Model::Fsrs(fsrs) => fsrs.foreseen(memory, rating, elapsed),
        });
        let gains = (1..=GAIN_DAYS).map(|days| {
            let then = f64::from(days);
            passes * good.recall(then) + (1.0 - passes) * again.recall(then)
                - memory.recall(f64::from(elapsed) + then)
        });
        gains.sum::<f64>() / f64::from(GAIN_DAYS)
    }
}

impl Scheduler for Chosen {
    fn schedules(&self, steps: &[Step]) -> Vec<Schedule> {
        match &self.model {
            Model::Sm2(sm2) => sm2.spread(steps, self.seed),
            Model::Fsrs(fsrs) => fsrs.spread(steps, self.seed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings_are_read_as_words_numbers_and_qualities() {
        for (text, grade) in [
            ("again", Some(Rating::Again.into())),
            ("4", Some(Rating::Easy.into())),
            ("q2", Quality::new(2).map(Grade::from)),
            ("q5", Quality::new(5).map(Grade::from)),
            ("q6", None),
            ("5", None),
            ("0", None),
            ("Good", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<Grade>().ok(), grade, "{text}");
        }
    }

    #[test]
    fn qualities_below_three_are_again() {
        let words: Vec<_> =
            (0..=5).filter_map(Quality::new).map(|quality| quality.rating().word()).collect();
        assert_eq!(words, ["again", "again", "again", "hard", "good", "easy"]);
    }
}
