//! Spreading due days, so that cards that were learned together do not come back together.

use sha2::{Digest, Sha256};

use super::Interval;

/// What moves the due days of one card: a function of its id alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seed(u64);

/// An interval from the first days on may be longer or shorter by this share of what lies between
/// the two, besides one day. The widths are those of Anki.
const SHARES: [(f64, f64, f64); 3] = [(2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, f64::MAX, 0.05)];

impl Seed {
    /// Returns the seed of the card with this id.
    pub fn of(card: &str) -> Seed {
        let hash: [u8; 32] = Sha256::digest(card.as_bytes()).into();
        Seed(u64::from_le_bytes(hash[..8].try_into().unwrap_or_default()))
    }

    /// Returns an interval near `interval`, the same whenever it is asked of the same review.
    ///
    /// `review` is the number of the card's counted answers before this one. Intervals below three
    /// days stay, and no interval becomes shorter than two days.
    pub fn spread(self, interval: Interval, review: u32) -> Interval {
        let days = f64::from(interval.days());
        if days < SHARES[0].0 {
            return interval;
        }
        let room = SHARES
            .iter()
            .map(|(from, to, share)| share * (days.min(*to) - from).max(0.0))
            .sum::<f64>()
            + 1.0;
        let (shortest, longest) = ((days - room).round().max(2.0), (days + room).round());
        let choices = longest - shortest + 1.0;
        // Far below 2^53 choices: a share of them is exact enough.
        let share = (mixed(self.0 ^ u64::from(review)) >> 11) as f64 / (1_u64 << 53) as f64;
        Interval::of((shortest + (share * choices).floor()) as u64)
    }
}

/// Returns a number that has nothing visible in common with its neighbours': SplitMix64, by
/// Steele, Lea and Flood, 2014.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(days: u64) -> (u32, u32) {
        let spread = (0..2_000).map(|review| Seed::of("a").spread(Interval::of(days), review));
        let days: Vec<u32> = spread.map(Interval::days).collect();
        (*days.iter().min().unwrap(), *days.iter().max().unwrap())
    }

    #[test]
    fn an_interval_is_spread_by_a_share_that_falls_with_its_length() {
        for (days, range) in [
            (1, (1, 1)),
            (2, (2, 2)),
            (3, (2, 4)),
            (7, (5, 9)),
            (15, (13, 17)),
            (100, (93, 107)),
            (36_500, (34_673, 36_500)),
        ] {
            assert_eq!(reached(days), range, "{days}");
        }
    }

    #[test]
    fn the_same_review_of_a_card_is_spread_alike_and_others_are_not() {
        let of = |card: &str, review| Seed::of(card).spread(Interval::of(1_000), review);
        assert_eq!(of("a", 3), of("a", 3));
        let others = [of("a", 4), of("b", 3), of("a", 5)];
        assert!(others.iter().any(|other| *other != of("a", 3)), "{others:?}");
    }
}
