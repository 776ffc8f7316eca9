//! How well schedulers would have foreseen the answers of a history.
//!
//! The history is cut into sixths; each but the first is foreseen from those before it. What is
//! measured, and by which formula, is stated in `docs/schedulers.md`.

mod logistic;
mod metrics;

pub use metrics::{Bins, Measure, calibration, interval_of_difference, log_loss, measure};

use crate::history::Step;
use crate::schedule::fsrs::{Fsrs, Retention, Weights, fit};
use crate::schedule::sm2::Sm2;
use crate::schedule::{Rating, Schedule, Scheduler};
use crate::settings::Sm2Profile;

use logistic::Logistic;

/// Parts of a history: the first is only learned from.
pub const PARTS: usize = 6;
/// So many scored answers before one are the window of the moving average.
const WINDOW: usize = 100;
/// Fewer scored answers than these say nothing about a learner.
pub const LEAST_FOR_FIT: usize = 64;
/// Fewer foreseen answers than these are no ground for a verdict.
pub const LEAST_FOR_VERDICT: usize = 200;

/// An answer that can be foreseen: given at least a study day after the card's one before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// Its card, in [`Reviews::cards`].
    card: usize,
    /// Which of the card's steps it is.
    step: usize,
    /// Study days since the card's answer before.
    pub days: u32,
    /// Whether the card was recalled: everything above again.
    pub passed: bool,
    /// Where it belongs among answers like it.
    pub bins: Bins,
}

/// The answers of a learner, card by card, and which of them are scored.
#[derive(Clone, Debug, Default)]
pub struct Reviews {
    cards: Vec<Vec<Step>>,
    scored: Vec<Scored>,
}

impl Reviews {
    /// Returns the answers of cards; each card's steps are those since its last reset.
    pub fn of(cards: Vec<Vec<Step>>) -> Reviews {
        let mut found = Vec::new();
        for (card, steps) in cards.iter().enumerate() {
            let mut last = None;
            let (mut reviews, mut lapses) = (0, 0);
            for (step, answer) in steps.iter().enumerate() {
                let Step::Review(review) = answer else { continue };
                let days = last.map_or(0, |last| review.day.since(last).max(0)) as u32;
                let passed = review.grade.rating.passed();
                if days > 0 {
                    reviews += 1;
                    let bins = Bins::of(days, reviews, lapses);
                    let scored = Scored { card, step, days, passed, bins };
                    found.push(((review.when.at_ms, review.event), scored));
                    lapses += u32::from(!passed);
                }
                last = last.max(Some(review.day));
            }
        }
        found.sort_by_key(|(at, _)| *at);
        Reviews { cards, scored: found.into_iter().map(|(_, scored)| scored).collect() }
    }

    /// Returns the scored answers, in the order of the folds.
    pub fn scored(&self) -> &[Scored] {
        &self.scored
    }

    /// Returns the weights that fit the first `count` scored answers best. `progress` is told the
    /// share that is done, and may end it by returning false.
    ///
    /// `None` if it was ended, or there is too little to fit.
    pub fn fitted(&self, count: usize, progress: &mut dyn FnMut(f32) -> bool) -> Option<Weights> {
        let asked = self.scored.iter().take(count).filter_map(|scored| {
            let steps = &self.cards[scored.card][..=scored.step];
            // Where the first answers are missing there is nothing to learn a memory from.
            matches!(steps.first(), Some(Step::Review(_))).then(|| (scored.card, ratings(steps)))
        });
        fit(asked.collect(), progress)
    }

    /// Returns the chance of recall that FSRS of these weights gives each of the scored answers in
    /// `range`.
    pub fn by_fsrs(&self, weights: Weights, range: std::ops::Range<usize>) -> Vec<f64> {
        let fsrs = Fsrs::new(weights, Retention::default());
        self.foreseen(&fsrs, range, |schedule, days| schedule.memory().recall(f64::from(days)))
    }

    /// Returns days in units of the interval then in force, for each of the scored answers in
    /// `range`.
    fn overdueness(&self, profile: Sm2Profile, range: std::ops::Range<usize>) -> Vec<f64> {
        self.foreseen(&Sm2 { profile }, range, |schedule, days| {
            f64::from(days) / f64::from(schedule.interval.days())
        })
    }

    fn foreseen(
        &self,
        scheduler: &impl Scheduler,
        range: std::ops::Range<usize>,
        of: impl Fn(&Schedule, u32) -> f64,
    ) -> Vec<f64> {
        let scored = &self.scored[range];
        // Up to where each card must be told again.
        let mut ends = vec![0; self.cards.len()];
        for scored in scored {
            ends[scored.card] = ends[scored.card].max(scored.step);
        }
        let schedules: Vec<Vec<Schedule>> = ends
            .iter()
            .zip(&self.cards)
            .map(|(end, steps)| scheduler.schedules(&steps[..*end]))
            .collect();
        // Every step makes a schedule, so the one before an answer is that of the step before.
        scored
            .iter()
            .map(|scored| of(&schedules[scored.card][scored.step - 1], scored.days))
            .collect()
    }
}

/// Returns the ratings of answers and the days between them.
fn ratings(steps: &[Step]) -> Vec<(Rating, u32)> {
    let mut last = None;
    steps
        .iter()
        .filter_map(|step| match step {
            Step::Review(review) => {
                let days = last.map_or(0, |last| review.day.since(last).max(0)) as u32;
                last = last.max(Some(review.day));
                Some((review.grade.rating, days))
            }
            Step::Placed(_) => None,
        })
        .collect()
}

/// What foresees answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// The share that was recalled before.
    Average,
    /// The share of the last hundred.
    MovingAverage,
    /// SM-2, by the curve 0.9^(t/I).
    Sm2,
    /// SM-2, by the curve of t/I that fits the learner best.
    Sm2Recalibrated,
    /// The later SM-2.
    Sm2Delphi,
    /// FSRS with its usual weights.
    FsrsDefault,
    /// FSRS with weights fitted to the learner.
    FsrsFitted,
}

impl Row {
    /// All, in the order in which they are shown.
    pub const ALL: [Row; 7] = [
        Row::Average,
        Row::MovingAverage,
        Row::Sm2,
        Row::Sm2Recalibrated,
        Row::Sm2Delphi,
        Row::FsrsDefault,
        Row::FsrsFitted,
    ];

    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Row::Average => "average",
            Row::MovingAverage => "moving-average",
            Row::Sm2 => "sm2",
            Row::Sm2Recalibrated => "sm2-recalibrated",
            Row::Sm2Delphi => "sm2-delphi",
            Row::FsrsDefault => "fsrs-default",
            Row::FsrsFitted => "fsrs-fitted",
        }
    }
}

/// What was foreseen of the answers of all parts but the first.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The answers that were foreseen.
    pub tested: Vec<Scored>,
    /// The chances that each row gave them.
    pub rows: Vec<(Row, Vec<f64>)>,
}

/// Returns the part that is foreseen `fold`th, 0 to 4: what is before it is learned from.
fn part(count: usize, fold: usize) -> std::ops::Range<usize> {
    let size = count / PARTS;
    let end = if fold + 2 == PARTS { count } else { (fold + 2) * size };
    (fold + 1) * size..end
}

/// Returns what each row foresees, or `None` if there are fewer answers than parts. `progress` is
/// told the share that is done, and may end it by returning false; then `None`, too.
pub fn evaluate(reviews: &Reviews, progress: &mut dyn FnMut(f32) -> bool) -> Option<Evaluation> {
    let count = reviews.scored.len();
    if count < PARTS {
        return None;
    }
    let passed = |scored: &Scored| f64::from(u8::from(scored.passed));
    let mut rows: Vec<(Row, Vec<f64>)> = Row::ALL.map(|row| (row, Vec::new())).into();
    // A fit takes as long as what it is fitted to.
    let effort = |folds: usize| (1..=folds).sum::<usize>() as f32;
    for fold in 0..PARTS - 1 {
        let test = part(count, fold);
        let training = &reviews.scored[..test.start];
        let mean = training.iter().map(passed).sum::<f64>() / training.len() as f64;
        let mut share =
            |done: f32| progress((effort(fold) + done * (fold + 1) as f32) / effort(PARTS - 1));
        if !share(0.0) {
            return None;
        }
        let fitted = reviews.fitted(test.start, &mut share);
        let weights = fitted.unwrap_or_default();
        let known = reviews.overdueness(Sm2Profile::Text, 0..test.end);
        let (known, overdue) = known.split_at(test.start);
        let answers: Vec<bool> = training.iter().map(|scored| scored.passed).collect();
        let logistic = Logistic::fitted(known.iter().map(|share| share.ln()), &answers);
        let by_interval = |share: &f64| 0.9_f64.powf(*share);
        for (row, chances) in &mut rows {
            chances.extend(match row {
                Row::Average => vec![mean; test.len()],
                Row::MovingAverage => moving_average(&reviews.scored, test.clone(), mean),
                Row::Sm2 => overdue.iter().map(by_interval).collect(),
                Row::Sm2Recalibrated => {
                    overdue.iter().map(|share| logistic.chance(share.ln())).collect()
                }
                Row::Sm2Delphi => {
                    let overdue = reviews.overdueness(Sm2Profile::Delphi, test.clone());
                    overdue.iter().map(by_interval).collect()
                }
                Row::FsrsDefault => reviews.by_fsrs(Weights::default(), test.clone()),
                Row::FsrsFitted => reviews.by_fsrs(weights, test.clone()),
            });
        }
    }
    Some(Evaluation { tested: reviews.scored[part(count, 0).start..].to_vec(), rows })
}

/// Returns the share recalled of the scored answers before each one in `test`: of the last hundred,
/// what is missing of them taken for the mean of the training.
fn moving_average(scored: &[Scored], test: std::ops::Range<usize>, mean: f64) -> Vec<f64> {
    let mut passes = vec![0_u32; test.end + 1];
    for (at, scored) in scored[..test.end].iter().enumerate() {
        passes[at + 1] = passes[at] + u32::from(scored.passed);
    }
    test.map(|at| {
        let from = at.saturating_sub(WINDOW);
        let missing = (WINDOW - (at - from)) as f64;
        (f64::from(passes[at] - passes[from]) + missing * mean) / WINDOW as f64
    })
    .collect()
}

impl Evaluation {
    /// Returns the figures of each row.
    pub fn measures(&self) -> Vec<(Row, Measure)> {
        self.rows.iter().map(|(row, chances)| (*row, measure(&self.tested, chances))).collect()
    }

    /// Returns the chances that a row gave.
    pub fn chances(&self, wanted: Row) -> &[f64] {
        self.rows.iter().find(|(row, _)| *row == wanted).map_or(&[], |(_, chances)| chances)
    }

    /// Returns, for each row, between which bounds its log loss less that of SM-2 lies with a
    /// chance of 95 %: below 0 it foresees better. `seed` makes it the same each time.
    pub fn differences(&self, seed: u64) -> Vec<(Row, (f64, f64))> {
        let sm2 = self.chances(Row::Sm2);
        let cards: Vec<usize> = self.tested.iter().map(|scored| scored.card).collect();
        let passed: Vec<bool> = self.tested.iter().map(|scored| scored.passed).collect();
        let others: Vec<&(Row, Vec<f64>)> =
            self.rows.iter().filter(|(row, _)| *row != Row::Sm2).collect();
        let chances: Vec<&[f64]> = others.iter().map(|(_, chances)| &**chances).collect();
        let bounds = interval_of_difference(&cards, &passed, sm2, &chances, seed);
        others.iter().map(|(row, _)| *row).zip(bounds).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::testing::review_on;
    use crate::time::Day;

    fn card(first: i32, answers: &[(i64, u32)]) -> Vec<Step> {
        let mut day = Day(first);
        answers
            .iter()
            .map(|(rating, days)| {
                day = day.plus(*days);
                review_on(day, Rating::from_number(*rating).unwrap().into())
            })
            .collect()
    }

    #[test]
    fn scored_are_answers_a_day_or_more_after_the_one_before() {
        let reviews = Reviews::of(vec![card(0, &[(3, 0), (1, 0), (3, 1), (1, 6), (3, 0)])]);
        let found: Vec<(usize, u32, bool)> =
            reviews.scored().iter().map(|it| (it.step, it.days, it.passed)).collect();
        assert_eq!(found, [(2, 1, true), (3, 6, false)]);
        assert_eq!(reviews.scored()[1].bins, Bins::of(6, 2, 0));
        assert!(Reviews::of(Vec::new()).scored().is_empty());
    }

    #[test]
    fn parts_are_sixths_and_the_last_takes_what_is_over() {
        let parts: Vec<_> = (0..5).map(|fold| part(20, fold)).collect();
        assert_eq!(parts, [3..6, 6..9, 9..12, 12..15, 15..20]);
    }

    #[test]
    fn each_row_foresees_by_its_rule() {
        // Twelve cards, each answered thrice: 24 scored answers.
        let cards = (0..12)
            .map(|number| {
                card(number * 10, &[(3, 0), (3, 1), (if number % 3 == 0 { 1 } else { 3 }, 9)])
            })
            .collect();
        let reviews = Reviews::of(cards);
        let found = evaluate(&reviews, &mut |_| true).unwrap();
        let scored = reviews.scored();
        assert_eq!(found.tested, scored[4..]);
        assert!(found.rows.iter().all(|(_, chances)| chances.len() == 20));
        let mean = |scored: &[Scored]| {
            scored.iter().filter(|it| it.passed).count() as f64 / scored.len() as f64
        };
        assert_eq!(found.chances(Row::Average)[..4], [mean(&scored[..4]); 4]);
        assert_eq!(found.chances(Row::Average)[16..], [mean(&scored[..20]); 4]);
        // 96 of the hundred are missing at first, and taken for the mean.
        let first = mean(&scored[..4]);
        let moving = found.chances(Row::MovingAverage);
        assert!((moving[0] - first).abs() < 1e-12);
        let passes = scored[..5].iter().filter(|it| it.passed).count() as f64;
        assert!((moving[1] - (passes + 95.0 * first) / 100.0).abs() < 1e-12);
        // By SM-2 the second answer comes after its interval of a day, the third after 9 of 6.
        for (scored, chance) in found.tested.iter().zip(found.chances(Row::Sm2)) {
            let overdue = if scored.step == 1 { 1.0 } else { 9.0 / 6.0 };
            assert!((chance - 0.9_f64.powf(overdue)).abs() < 1e-12);
        }
        let usual = Fsrs::default();
        let at = found.tested.iter().position(|it| it.step == 2).unwrap();
        let steps = card(0, &[(3, 0), (3, 1)]);
        let recall = usual.schedule(&steps).unwrap().memory().recall(9.0);
        assert!((found.chances(Row::FsrsDefault)[at] - recall).abs() < 1e-12);
        assert!(evaluate(&reviews, &mut |_| false).is_none(), "it can be ended");
        assert!(evaluate(&Reviews::default(), &mut |_| true).is_none());
    }
}
