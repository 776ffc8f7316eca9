//! Figures: how much was answered, how well it was known, what comes.
//!
//! [`answers`] is the fold from events to answers; every figure is a fold over those, or over
//! [`Card`]s as they stand. No clock and no file: the day and the events are arguments. What each
//! number means, `docs/commands.md` says.

mod answer;
mod bucket;
mod card;
mod daily;
mod deck;
mod figures;
mod habits;
mod ledger;
mod packed;
mod period;
mod retention;
pub mod team;

pub use answer::{Answer, Before, Course, Logged, answers, each_answer, in_order};
pub use bucket::{Bucket, Spread, Times, trimmed};
pub use card::{Card, FORECAST_DAYS, Stages, Stands, backlog, forecast, stages};
pub use daily::{Daily, Days, LONGEST, Progress};
pub use deck::{Deck, Tags, by_deck, by_tag, hardest};
pub use figures::{
    Busy, Coming, Confused, DayFigures, Figures, Group, HardCard, Shades, Tagged, Today, Total,
};
pub use habits::{Buttons, Hour, Ratings, SURE, Said};
pub use ledger::{Ledger, Record};
pub use packed::{Garbled, pack, unpack};
pub use period::{Period, Periods, monday};
pub use retention::{MATURE, Recall, Tally};

#[cfg(test)]
mod testing {
    //! Answers in a few words.

    use super::*;
    use crate::schedule::{Grade, Interval, Rating};
    use crate::time::{Day, Moment};

    /// Returns an answer on `day` to a card in review that came back after `interval` days.
    pub fn answer(day: i32, interval: u64, rating: Rating) -> Answer {
        let before = Before { interval: Interval::of(interval), in_review: true };
        Answer { before: Some(before), interval: Some(Interval::of(1)), ..repeat(day, rating) }
    }

    /// Returns an answer that did not count.
    pub fn repeat(day: i32, rating: Rating) -> Answer {
        Answer {
            card: 1,
            when: Moment { at_ms: i64::from(day) * 86_400_000, utc_offset_s: 0 },
            day: Day(day),
            grade: Grade::from(rating),
            took_ms: None,
            device: 1,
            sure: None,
            first: false,
            interval: None,
            before: None,
        }
    }
}
