//! How good foreseen chances were.

use std::collections::HashMap;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::Scored;

/// A chance is taken for no nearer to 0 or 1 than this.
const CLIP: f64 = 1e-15;
/// Bins of equal width for the calibration error.
const ECE_BINS: usize = 20;
/// How often the cards are drawn anew for an interval.
const DRAWS: usize = 400;

/// Which answers are alike: by the time since the one before, the number of answers, and lapses.
///
/// Source: the bins of the srs-benchmark of open-spaced-repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bins(u32, u32, u32);

impl Bins {
    /// Returns the bins of an answer after `days`, the `reviews`th of its card that is scored, with
    /// `lapses` scored fails before.
    pub fn of(days: u32, reviews: u32, lapses: u32) -> Bins {
        let bin = |factor: f64, base: f64, number: u32| {
            factor * base.powf(f64::from(number).log(base).floor())
        };
        Bins(
            (bin(2.48, 3.62, days) * 100.0).round() as u32,
            bin(1.99, 1.89, reviews.saturating_add(1)).round() as u32,
            if lapses == 0 { 0 } else { bin(1.65, 1.73, lapses).round() as u32 },
        )
    }
}

/// The figures of one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// Mean of −ln of the chance of what happened.
    pub log_loss: f64,
    /// Root of the mean square of what bins are off by, weighted by their answers.
    pub rmse_bins: f64,
    /// Chance that a recalled answer was given more than a failed one; `None` with only one kind.
    pub auc: Option<f64>,
    /// Mean of what 20 bins of chances are off by, weighted by their answers.
    pub ece: f64,
    /// Mean chance less the share recalled.
    pub bias: f64,
}

/// Returns −ln of the chance that was given to what happened.
pub fn log_loss(chance: f64, passed: bool) -> f64 {
    let chance = chance.clamp(CLIP, 1.0 - CLIP);
    if passed { -chance.ln() } else { -(1.0 - chance).ln() }
}

/// Returns the figures of the chances that were given to answers. There is at least one.
pub fn measure(answers: &[Scored], chances: &[f64]) -> Measure {
    let pairs = || answers.iter().zip(chances).map(|(answer, chance)| (answer, *chance));
    let count = answers.len() as f64;
    let mut by_bins: HashMap<Bins, Sums> = HashMap::new();
    let mut by_chance = [Sums::default(); ECE_BINS];
    let mut all = Sums::default();
    for (answer, chance) in pairs() {
        by_bins.entry(answer.bins).or_default().add(chance, answer.passed);
        by_chance[bin_of(chance, ECE_BINS)].add(chance, answer.passed);
        all.add(chance, answer.passed);
    }
    // In a fixed order, so that the same history has the same last digit.
    let mut squares: Vec<f64> =
        by_bins.values().map(|sums| sums.off().powi(2) * sums.count).collect();
    squares.sort_by(f64::total_cmp);
    Measure {
        log_loss: pairs().map(|(answer, chance)| log_loss(chance, answer.passed)).sum::<f64>()
            / count,
        rmse_bins: (squares.iter().sum::<f64>() / count).sqrt(),
        auc: auc(&answers.iter().map(|answer| answer.passed).collect::<Vec<_>>(), chances),
        ece: by_chance.iter().map(|sums| sums.off().abs() * sums.count).sum::<f64>() / count,
        bias: all.off(),
    }
}

/// Chances and what happened, summed up.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    chances: f64,
    passed: f64,
    count: f64,
}

impl Sums {
    fn add(&mut self, chance: f64, passed: bool) {
        self.chances += chance;
        self.passed += f64::from(u8::from(passed));
        self.count += 1.0;
    }

    /// Returns the mean chance less the share that passed.
    fn off(&self) -> f64 {
        if self.count == 0.0 { 0.0 } else { (self.chances - self.passed) / self.count }
    }
}

fn bin_of(chance: f64, bins: usize) -> usize {
    ((chance * bins as f64) as usize).min(bins - 1)
}

/// Returns, for about `parts` parts of equal size from the least chance to the greatest, the mean
/// chance, the share recalled, and how many answers there are. Equal chances stay together.
pub fn calibration(answers: &[Scored], chances: &[f64], parts: usize) -> Vec<(f64, f64, usize)> {
    let mut order: Vec<usize> = (0..answers.len()).collect();
    order.sort_by(|one, other| chances[*one].total_cmp(&chances[*other]));
    let mut found: Vec<Sums> = Vec::new();
    let size = answers.len().div_ceil(parts.max(1));
    let (mut taken, mut full) = (0, 0);
    for alike in order.chunk_by(|one, other| chances[*one] == chances[*other]) {
        if taken >= full {
            found.push(Sums::default());
            full = taken + size;
        }
        taken += alike.len();
        for at in alike {
            if let Some(sums) = found.last_mut() {
                sums.add(chances[*at], answers[*at].passed);
            }
        }
    }
    found
        .iter()
        .map(|sums| (sums.chances / sums.count, sums.passed / sums.count, sums.count as usize))
        .collect()
}

/// Returns the area under the curve of true against false passes: by ranks, ties averaged.
fn auc(passed: &[bool], chances: &[f64]) -> Option<f64> {
    let mut order: Vec<usize> = (0..chances.len()).collect();
    order.sort_by(|one, other| chances[*one].total_cmp(&chances[*other]));
    let positives = passed.iter().filter(|passed| **passed).count() as f64;
    let negatives = passed.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return None;
    }
    let mut ranks = 0.0;
    let mut below = 0;
    for tied in order.chunk_by(|one, other| chances[*one] == chances[*other]) {
        let rank = below as f64 + (tied.len() as f64 + 1.0) / 2.0;
        ranks += rank * tied.iter().filter(|at| passed[**at]).count() as f64;
        below += tied.len();
    }
    Some((ranks - positives * (positives + 1.0) / 2.0) / (positives * negatives))
}

/// Returns, for each of `others`, the bounds of the middle 95 % of its mean log loss less that of
/// `base`, over many drawings of as many cards.
///
/// Cards are drawn, not answers: those of one card are alike.
pub fn interval_of_difference(
    cards: &[usize],
    passed: &[bool],
    base: &[f64],
    others: &[&[f64]],
    seed: u64,
) -> Vec<(f64, f64)> {
    let mut places: HashMap<usize, usize> = HashMap::new();
    let mut counts: Vec<f64> = Vec::new();
    let wide = others.len();
    // A row a card: what each of the others loses more than the base.
    let mut lost: Vec<f64> = Vec::new();
    for (at, card) in cards.iter().enumerate() {
        let place = *places.entry(*card).or_insert_with(|| {
            counts.push(0.0);
            lost.resize(lost.len() + wide, 0.0);
            counts.len() - 1
        });
        counts[place] += 1.0;
        let usual = log_loss(base[at], passed[at]);
        for (number, chances) in others.iter().enumerate() {
            lost[place * wide + number] += log_loss(chances[at], passed[at]) - usual;
        }
    }
    let mut random = StdRng::seed_from_u64(seed);
    let mut means = vec![Vec::with_capacity(DRAWS); wide];
    for _ in 0..DRAWS {
        let mut sums = vec![0.0; wide];
        let mut count = 0.0;
        for _ in 0..counts.len() {
            let place = random.random_range(0..counts.len());
            count += counts[place];
            for (sum, lost) in sums.iter_mut().zip(&lost[place * wide..]) {
                *sum += lost;
            }
        }
        for (means, sum) in means.iter_mut().zip(sums) {
            means.push(sum / count);
        }
    }
    let bounds = |mut means: Vec<f64>| {
        means.sort_by(f64::total_cmp);
        let at = |share: f64| means[((means.len() - 1) as f64 * share).round() as usize];
        (at(0.025), at(0.975))
    };
    means.into_iter().map(bounds).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(card: usize, passed: bool, bins: Bins) -> Scored {
        Scored { card, step: 1, days: 1, passed, bins }
    }

    fn close(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-12
    }

    #[test]
    fn bins_are_those_of_the_benchmark() {
        for (days, reviews, lapses, bins) in [
            (1, 1, 0, (248, 4, 0)),
            (3, 1, 0, (248, 4, 0)),
            (4, 2, 0, (898, 4, 0)),
            (14, 3, 1, (3250, 7, 2)),
            (100, 6, 2, (11765, 13, 3)),
        ] {
            assert_eq!(Bins::of(days, reviews, lapses), Bins(bins.0, bins.1, bins.2), "{days}");
        }
    }

    #[test]
    fn figures_of_a_few_answers_are_those_reckoned_by_hand() {
        let (near, far) = (Bins::of(1, 1, 0), Bins::of(100, 1, 0));
        let answers = [
            scored(0, true, near),
            scored(1, false, near),
            scored(2, true, far),
            scored(3, true, far),
        ];
        let chances = [0.8, 0.8, 0.5, 0.9];
        let found = measure(&answers, &chances);
        let loss = -(0.8_f64.ln() + 0.2_f64.ln() + 0.5_f64.ln() + 0.9_f64.ln()) / 4.0;
        assert!(close(found.log_loss, loss), "{found:?}");
        // Near: 0.8 said, 0.5 were; far: 0.7 said, 1 was.
        let squares: f64 = (2.0 * 0.3_f64.powi(2) + 2.0 * 0.3_f64.powi(2)) / 4.0;
        assert!(close(found.rmse_bins, squares.sqrt()), "{found:?}");
        // The failed one ties with one, is above one and below one: 1.5 of 3.
        assert!(close(found.auc.unwrap(), 0.5), "{found:?}");
        // Bins of 0.05: two at 0.8 off by 0.3, one at 0.5 by 0.5, one at 0.9 by 0.1.
        assert!(close(found.ece, (2.0 * 0.3 + 0.5 + 0.1) / 4.0), "{found:?}");
        assert!(close(found.bias, 0.75 - 0.75), "{found:?}");
    }

    #[test]
    fn one_kind_of_answers_has_no_area_and_certainty_costs_what_is_finite() {
        let answers = [scored(0, true, Bins::of(1, 1, 0)); 2];
        let found = measure(&answers, &[1.0, 0.0]);
        assert_eq!(found.auc, None);
        assert!(found.log_loss.is_finite() && found.log_loss > 17.0, "{found:?}");
    }

    #[test]
    fn the_area_is_the_share_of_pairs_in_order() {
        let mut random = StdRng::seed_from_u64(5);
        let chances: Vec<f64> =
            (0..60).map(|_| f64::from(random.random_range(0..9)) / 9.0).collect();
        let passed: Vec<bool> = (0..60).map(|_| random.random()).collect();
        let (mut pairs, mut won) = (0.0, 0.0);
        for (good, _) in passed.iter().enumerate().filter(|(_, passed)| **passed) {
            for (bad, _) in passed.iter().enumerate().filter(|(_, passed)| !**passed) {
                pairs += 1.0;
                won += match chances[good].total_cmp(&chances[bad]) {
                    std::cmp::Ordering::Greater => 1.0,
                    std::cmp::Ordering::Equal => 0.5,
                    std::cmp::Ordering::Less => 0.0,
                };
            }
        }
        assert!(close(auc(&passed, &chances).unwrap(), won / pairs));
    }

    #[test]
    fn an_interval_holds_a_difference_that_is_the_same_everywhere() {
        let cards: Vec<usize> = (0..200).map(|at| at / 4).collect();
        let passed: Vec<bool> = (0..200).map(|at| at % 5 != 0).collect();
        let base = vec![0.5; 200];
        let (better, worse) = (vec![0.8; 200], vec![0.2; 200]);
        let found = interval_of_difference(&cards, &passed, &base, &[&better, &worse, &base], 1);
        let mean =
            passed.iter().map(|it| log_loss(0.8, *it) - log_loss(0.5, *it)).sum::<f64>() / 200.0;
        assert!(found[0].0 <= mean && mean <= found[0].1 && found[0].1 < 0.0, "{found:?}");
        assert!(found[1].0 > 0.0, "{found:?}");
        assert_eq!(found[2], (0.0, 0.0));
    }

    #[test]
    fn equal_chances_stay_in_one_part() {
        let answers = vec![scored(0, true, Bins::of(1, 1, 0)); 100];
        let mut chances = vec![0.9; 95];
        chances.extend([0.1, 0.2, 0.95, 0.96, 0.97]);
        let parts = calibration(&answers, &chances, 10);
        let counts: Vec<usize> = parts.iter().map(|(_, _, count)| *count).collect();
        assert_eq!(counts.iter().sum::<usize>(), 100);
        assert_eq!(counts, [97, 3]);
    }
}
