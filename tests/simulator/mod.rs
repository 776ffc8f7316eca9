//! A learner with a memory that is neither of SM-2's shape nor of FSRS's.
//!
//! Every answer leaves a trace, and traces fade by a power law of their own: ACT-R's base-level
//! activation, as Pavlik and Anderson use it (Cognitive Science 29, 2005), where a trace that is
//! laid while the others are still strong fades the faster. Cards differ in how well they stick.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use retain::history::{EventId, Review, Step};
use retain::schedule::sm2::Sm2;
use retain::schedule::{Rating, Scheduler};
use retain::time::{Day, Moment};

/// How fast traces fade that are laid on their own.
const FADES: f64 = 0.17;
/// How much faster those do that are laid on strong ones.
const CROWDED: f64 = 0.22;
/// The activation at which a card is recalled as often as not.
const THRESHOLD: f64 = -1.1;
/// How noisy that is.
const NOISE: f64 = 0.35;

/// An answer of the learner.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// Which card.
    pub card: usize,
    /// When, at the offset of UTC.
    pub when: Moment,
    /// How well it was known.
    pub rating: Rating,
}

/// Returns the answers to `cards` cards, about `each` to each, in the order in which they were
/// given, the last on or before `today`. They come when SM-2 asks, or some days later.
pub fn history(cards: usize, each: usize, today: Day, seed: u64) -> Vec<Simulated> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut all = Vec::with_capacity(cards * each);
    for card in 0..cards {
        let count = random.random_range(each / 2..=each + each / 2);
        // The sum of three even numbers is nearly a bell.
        let sticks: f64 = (0..3).map(|_| random.random_range(-0.6..0.6)).sum();
        let mut traces: Vec<(i32, f64)> = Vec::new();
        let mut steps: Vec<Step> = Vec::new();
        let mut answers = Vec::new();
        let mut day = random.random_range(0..200);
        for _ in 0..count {
            let activation = activation(&traces, day) + sticks;
            let margin = if traces.is_empty() { -1.0 } else { activation - THRESHOLD };
            let recalled = random.random::<f64>() < 1.0 / (1.0 + (-margin / NOISE).exp());
            let rating = match (recalled, random.random::<f64>()) {
                (false, _) => Rating::Again,
                (true, luck) if margin < 0.2 && luck < 0.5 => Rating::Hard,
                (true, luck) if margin > 1.2 && luck < 0.4 => Rating::Easy,
                (true, _) => Rating::Good,
            };
            let strength = if traces.is_empty() { 0.0 } else { activation.exp().min(2.0) };
            traces.push((day, FADES + CROWDED * strength));
            answers.push((day, rating));
            let when = Moment { at_ms: i64::from(day) * 86_400_000, utc_offset_s: 0 };
            let grade = rating.into();
            let event = EventId([0; 16]);
            steps.push(Step::Review(Review { event, when, day: Day(day), rev: None, grade }));
            let interval = Sm2::default().schedule(&steps).map_or(1, |card| card.interval.days());
            day +=
                interval.min(400) as i32 + random.random_range(0..=(interval / 8).min(20) as i32);
        }
        let last = answers.last().map_or(0, |(day, _)| *day);
        let shift = today.0 - last - random.random_range(0..60);
        for (day, rating) in answers {
            let day = Day(day + shift);
            let second = random.random_range(0..40_000_000_i64) + 18_000_000;
            let at_ms = i64::from(day.0) * 86_400_000 + second;
            all.push(Simulated { card, when: Moment { at_ms, utc_offset_s: 0 }, rating });
        }
    }
    all.sort_by_key(|answer| (answer.when.at_ms, answer.card));
    all
}

fn activation(traces: &[(i32, f64)], day: i32) -> f64 {
    let left = |(laid, fades): &(i32, f64)| f64::from((day - laid).max(1)).powf(-fades);
    traces.iter().map(left).sum::<f64>().max(1e-9).ln() * 1.6
}
