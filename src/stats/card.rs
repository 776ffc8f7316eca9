//! Cards as they stand: at which stage, and when they come back.

use crate::schedule::{Ease, Interval, Schedule, Stage};
use crate::time::Day;

/// How many days a forecast has.
pub const FORECAST_DAYS: u32 = 30;

/// A card as it stands, as far as figures must know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Card {
    /// The caller's number for it; `None` for a parked card.
    pub row: Option<i64>,
    /// The number of its answers' card; `None` if it has no history.
    pub answers: Option<i64>,
    /// Position of its deck among all decks; `None` for a parked card.
    pub deck: Option<usize>,
    /// Its order within its file.
    pub place: i64,
    /// Where it stands.
    pub stage: Stage,
    /// Whether it is put aside.
    pub suspended: bool,
    /// The day it comes back; `None` for a new card.
    pub due: Option<Day>,
    /// The first day on which it is asked again, where it was buried.
    pub buried_until: Option<Day>,
    /// What its schedule says; `None` for a new card.
    pub stands: Option<Stands>,
}

/// What a schedule says of a card, as far as figures must know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stands {
    /// Days from the last counted answer to the due day.
    pub interval: Interval,
    /// SM-2's ease.
    pub ease: Option<Ease>,
    /// FSRS's stability, in days.
    pub stability: Option<f64>,
    /// FSRS's difficulty, 1 to 10.
    pub difficulty: Option<f64>,
    /// How likely it is to be recalled today, 0 to 1.
    pub recall: f64,
    /// Times forgotten.
    pub lapses: u32,
}

impl Stands {
    /// Returns what `schedule` says on `today`.
    pub fn of(schedule: &Schedule, today: Day) -> Stands {
        Stands {
            interval: schedule.interval,
            ease: schedule.ease,
            stability: schedule.stability,
            difficulty: schedule.difficulty,
            recall: schedule.retrievability(today),
            lapses: schedule.lapses,
        }
    }
}

/// How many cards are at each stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stages {
    /// Never answered.
    pub new: usize,
    /// Answered, never passed.
    pub learning: usize,
    /// Passed the last time.
    pub review: usize,
    /// Failed after a pass.
    pub relearning: usize,
    /// Put aside, and counted nowhere else.
    pub suspended: usize,
}

impl Stages {
    /// Returns how many cards there are in all.
    pub fn all(self) -> usize {
        self.named().iter().map(|(_, cards)| cards).sum()
    }

    /// Returns the numbers with their names for people.
    pub fn named(self) -> [(&'static str, usize); 5] {
        [
            ("new", self.new),
            ("learning", self.learning),
            ("in review", self.review),
            ("relearning", self.relearning),
            ("suspended", self.suspended),
        ]
    }
}

/// Returns how many of `cards` are at each stage.
pub fn stages(cards: &[Card]) -> Stages {
    let mut stages = Stages::default();
    for card in cards {
        let count = match card.stage {
            _ if card.suspended => &mut stages.suspended,
            Stage::New => &mut stages.new,
            Stage::Learning => &mut stages.learning,
            Stage::Review => &mut stages.review,
            Stage::Relearning => &mut stages.relearning,
        };
        *count += 1;
    }
    stages
}

/// Returns how many of `cards` come back on each of [`FORECAST_DAYS`] days from `today`, by their
/// schedules alone. Today has all that is overdue.
///
/// Suspended and parked cards do not come back; a buried one not before its time.
pub fn forecast(cards: &[Card], today: Day) -> Vec<(Day, usize)> {
    let mut days: Vec<_> = (0..FORECAST_DAYS).map(|days| (today.plus(days), 0)).collect();
    for card in cards.iter().filter(|card| !card.suspended && card.deck.is_some()) {
        let Some(due) = card.due else { continue };
        let due = due.max(card.buried_until.unwrap_or(due)).max(today);
        let at = usize::try_from(due.since(today));
        if let Some((_, count)) = at.ok().and_then(|at| days.get_mut(at)) {
            *count += 1;
        }
    }
    days
}

/// Returns how many of `cards` were due before `today` and are still to be asked, as the first day
/// of a [`forecast`] counts them.
pub fn backlog(cards: &[Card], today: Day) -> usize {
    let late = |card: &&Card| {
        let due = card.due.map(|due| due.max(card.buried_until.unwrap_or(due)));
        !card.suspended && card.deck.is_some() && due.is_some_and(|due| due < today)
    };
    cards.iter().filter(late).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Day = Day(100);

    fn card(due: i32) -> Card {
        Card {
            row: None,
            answers: Some(1),
            deck: Some(0),
            place: 0,
            stage: Stage::Review,
            suspended: false,
            due: Some(Day(due)),
            buried_until: None,
            stands: None,
        }
    }

    fn new() -> Card {
        Card { answers: None, stage: Stage::New, due: None, ..card(0) }
    }

    #[test]
    fn a_suspended_card_is_only_suspended() {
        let cards = [
            new(),
            Card { suspended: true, ..new() },
            Card { suspended: true, ..card(3) },
            Card { stage: Stage::Relearning, ..card(3) },
            Card { stage: Stage::Learning, ..card(3) },
            card(3),
        ];
        let wanted = Stages { new: 1, learning: 1, review: 1, relearning: 1, suspended: 2 };
        assert_eq!(stages(&cards), wanted);
        assert_eq!(stages(&[]), Stages::default());
    }

    #[test]
    fn a_forecast_begins_with_all_that_is_overdue() {
        let cards = [
            card(1),
            card(100),
            card(101),
            card(129),
            card(130),
            new(),
            Card { suspended: true, ..card(100) },
            Card { deck: None, ..card(100) },
            Card { buried_until: Some(Day(102)), ..card(90) },
            Card { buried_until: Some(Day(99)), ..card(105) },
        ];
        let days = forecast(&cards, TODAY);
        assert_eq!(days.len(), 30);
        let busy: Vec<_> =
            days.iter().filter(|(_, due)| *due > 0).map(|(day, due)| (day.0, *due)).collect();
        assert_eq!(busy, [(100, 2), (101, 1), (102, 1), (105, 1), (129, 1)]);
        assert_eq!(backlog(&cards, TODAY), 1);
    }
}
