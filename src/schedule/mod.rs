//! When a card comes back: ratings, intervals, and what every scheduler answers.
//!
//! Which formula decides is [`sm2`]'s business; what happened before is [`crate::history`]'s.

pub mod sm2;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

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

/// Days from a review to the next: 1 to 36,500.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Interval(u32);

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
    /// Day of the last counted answer.
    pub last_day: Day,
    /// Counted answers so far.
    pub reviews: u32,
    /// Whether this very step moved the schedule: the day's first answer does, repeats do not.
    pub counted: bool,
    /// The day on which it is asked once more, because its last answer there was below good.
    pub repeat_on: Option<Day>,
}

impl Schedule {
    /// Returns how likely the card is to be recalled on `today`, by the curve 0.9^(t/I).
    pub fn retrievability(&self, today: Day) -> f64 {
        let elapsed = today.since(self.last_day).max(0) as f64;
        0.9_f64.powf(elapsed / f64::from(self.interval.days()))
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
