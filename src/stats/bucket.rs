//! Numbers sorted into ranges.

use serde::{Deserialize, Serialize};

use super::Card;
use crate::schedule::Ease;

/// How many numbers are from `from` on and below `to`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    /// The smallest number that belongs here.
    pub from: f64,
    /// The smallest number that does not any more; `None`: all that are larger belong here.
    pub to: Option<f64>,
    /// How many there are.
    pub count: u64,
}

/// Days of intervals.
const INTERVALS: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 15.0, 31.0, 61.0, 91.0, 181.0, 366.0];
/// Ease factors.
const EASES: [f64; 9] = [1.3, 1.5, 1.7, 1.9, 2.1, 2.3, 2.5, 2.7, 2.9];
/// Days of FSRS's stability.
const STABILITIES: [f64; 9] = [0.0, 1.0, 3.0, 7.0, 14.0, 30.0, 90.0, 180.0, 365.0];
/// FSRS's difficulty, which goes up to 10.
const DIFFICULTIES: [f64; 9] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
/// Shares that are likely to be recalled.
const SHARES: [f64; 7] = [0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
/// Seconds from question to rating.
const SECONDS: [f64; 8] = [0.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0];

/// Returns how many `numbers` there are in each range that begins at one of `edges`. One that is
/// below all of them belongs to the first.
pub fn buckets(edges: &[f64], numbers: impl IntoIterator<Item = f64>) -> Vec<Bucket> {
    let ends = edges.iter().skip(1).map(|edge| Some(*edge)).chain([None]);
    let mut all: Vec<Bucket> =
        edges.iter().zip(ends).map(|(from, to)| Bucket { from: *from, to, count: 0 }).collect();
    for number in numbers {
        let after = edges.partition_point(|edge| *edge <= number);
        if let Some(bucket) = all.get_mut(after.saturating_sub(1)) {
            bucket.count += 1;
        }
    }
    all
}

/// Returns the ranges without the empty ones at both ends.
pub fn trimmed(buckets: &[Bucket]) -> &[Bucket] {
    let is_full = |bucket: &Bucket| bucket.count > 0;
    match (buckets.iter().position(is_full), buckets.iter().rposition(is_full)) {
        (Some(first), Some(last)) => &buckets[first..=last],
        _ => &[],
    }
}

/// What the cards that were ever answered come to in ranges; suspended ones are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Days from the last counted answer to the due day.
    pub intervals: Vec<Bucket>,
    /// SM-2's ease factor, where it schedules the card.
    pub ease: Vec<Bucket>,
    /// FSRS's stability in days, where it schedules the card.
    pub stability: Vec<Bucket>,
    /// FSRS's difficulty, 1 to 10, where it schedules the card.
    pub difficulty: Vec<Bucket>,
    /// How likely a card is to be recalled today, 0 to 1.
    pub retrievability: Vec<Bucket>,
}

impl Spread {
    /// Returns that of `cards`.
    pub fn of(cards: &[Card]) -> Spread {
        let stand =
            || cards.iter().filter(|card| !card.suspended).filter_map(|card| card.stands.as_ref());
        Spread {
            intervals: buckets(&INTERVALS, stand().map(|it| f64::from(it.interval.days()))),
            ease: buckets(&EASES, stand().filter_map(|it| it.ease.map(Ease::factor))),
            stability: buckets(&STABILITIES, stand().filter_map(|it| it.stability)),
            difficulty: buckets(&DIFFICULTIES, stand().filter_map(|it| it.difficulty)),
            retrievability: buckets(&SHARES, stand().map(|it| it.recall)),
        }
    }
}

/// How long answers took.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Times {
    /// The answers of which it is known.
    pub answers: u64,
    /// What they took together, in milliseconds.
    pub total_ms: u64,
    /// The one in the middle, in milliseconds, the faster of two; `None` of none.
    pub median_ms: Option<u64>,
    /// In ranges of seconds.
    pub seconds: Vec<Bucket>,
}

impl Times {
    /// Returns what these milliseconds come to.
    pub fn of(mut ms: Vec<u64>) -> Times {
        let middle = ms.len().saturating_sub(1) / 2;
        let median_ms = (!ms.is_empty()).then(|| *ms.select_nth_unstable(middle).1);
        Times {
            answers: ms.len() as u64,
            total_ms: ms.iter().fold(0, |sum, ms| sum.saturating_add(*ms)),
            median_ms,
            seconds: buckets(&SECONDS, ms.iter().map(|ms| *ms as f64 / 1000.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(buckets: &[Bucket]) -> Vec<u64> {
        buckets.iter().map(|bucket| bucket.count).collect()
    }

    #[test]
    fn an_edge_belongs_to_what_it_begins() {
        let found = buckets(&[1.0, 2.0, 4.0], [0.5, 1.0, 1.9, 2.0, 3.99, 4.0, 1e9]);
        assert_eq!(counts(&found), [3, 2, 2]);
        assert_eq!((found[1].from, found[1].to), (2.0, Some(4.0)));
        assert_eq!(found[2].to, None);
        assert!(buckets(&[], [1.0]).is_empty());
        let found = buckets(&[1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 4.0]);
        assert_eq!(counts(trimmed(&found)), [1, 0, 1]);
        assert!(trimmed(&buckets(&[1.0], [])).is_empty());
    }

    #[test]
    fn the_median_is_an_answer_that_was_given() {
        assert_eq!(Times::of(Vec::new()).median_ms, None);
        assert_eq!(Times::of(vec![5]).median_ms, Some(5));
        assert_eq!(Times::of(vec![9_000, 1_000]).median_ms, Some(1_000));
        let times = Times::of(vec![3_000, 1_000, 200_000]);
        assert_eq!((times.median_ms, times.answers), (Some(3_000), 3));
        assert_eq!(counts(&times.seconds), [1, 1, 0, 0, 0, 0, 0, 1]);
    }
}
