//! A logistic curve in one variable.

/// How often Newton's method is repeated: it doubles its digits each time.
const MOST_STEPS: usize = 50;
/// What the parameters are drawn to 0 by, so that answers without a failure have a curve, too.
const RIDGE: f64 = 1e-6;

/// The chance 1/(1 + e^−(intercept + slope · x)).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Logistic {
    intercept: f64,
    slope: f64,
}

impl Logistic {
    /// Returns the curve of the greatest likelihood, found by Newton's method.
    pub fn fitted(of: impl Iterator<Item = f64>, happened: &[bool]) -> Logistic {
        let points: Vec<(f64, f64)> =
            of.zip(happened).map(|(x, happened)| (x, f64::from(u8::from(*happened)))).collect();
        let mut curve = Logistic::default();
        let mut loss = curve.loss(&points);
        for _ in 0..MOST_STEPS {
            let (mut g0, mut g1) = (-RIDGE * curve.intercept, -RIDGE * curve.slope);
            let (mut h00, mut h01, mut h11) = (RIDGE, 0.0, RIDGE);
            for (x, y) in &points {
                let p = curve.chance(*x);
                let weight = p * (1.0 - p);
                g0 += y - p;
                g1 += (y - p) * x;
                h00 += weight;
                h01 += weight * x;
                h11 += weight * x * x;
            }
            let determinant = h00 * h11 - h01 * h01;
            if determinant <= 0.0 {
                break;
            }
            let step = [(g0 * h11 - g1 * h01) / determinant, (g1 * h00 - g0 * h01) / determinant];
            // A full step may lead beyond the valley; half of it, or a half of that, does not.
            let halves = (0..30).map(|halvings| 0.5_f64.powi(halvings));
            let next = halves
                .map(|part| Logistic {
                    intercept: curve.intercept + part * step[0],
                    slope: curve.slope + part * step[1],
                })
                .map(|next| (next, next.loss(&points)))
                .find(|(_, after)| *after < loss);
            let Some((next, after)) = next else { break };
            let gained = loss - after;
            (curve, loss) = (next, after);
            if gained < 1e-12 * loss.abs() {
                break;
            }
        }
        curve
    }

    /// Returns the chance at `x`.
    pub fn chance(&self, x: f64) -> f64 {
        1.0 / (1.0 + (-(self.intercept + self.slope * x)).exp())
    }

    fn loss(&self, points: &[(f64, f64)]) -> f64 {
        let ridge = 0.5 * RIDGE * (self.intercept.powi(2) + self.slope.powi(2));
        // ln(1 + e^z) − y·z, written so that it does not overflow.
        let of = |(x, y): &(f64, f64)| {
            let z = self.intercept + self.slope * x;
            z.max(0.0) + (-z.abs()).exp().ln_1p() - y * z
        };
        points.iter().map(of).sum::<f64>() + ridge
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_goes_through_the_shares_where_it_can() {
        // Two places: at 0 three of four, at 1 one of four. The likeliest curve meets both.
        let x = [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0];
        let y = [true, true, true, false, true, false, false, false];
        let curve = Logistic::fitted(x.into_iter(), &y);
        assert!((curve.chance(0.0) - 0.75).abs() < 1e-5, "{curve:?}");
        assert!((curve.chance(1.0) - 0.25).abs() < 1e-5, "{curve:?}");
    }

    #[test]
    fn answers_that_are_all_alike_or_parted_have_a_finite_curve() {
        let always = Logistic::fitted([0.5, 1.0, 2.0].into_iter(), &[true; 3]);
        assert!(always.chance(1.0) > 0.99 && always.chance(1.0) <= 1.0, "{always:?}");
        let parted =
            Logistic::fitted([-1.0, -0.5, 0.5, 1.0].into_iter(), &[true, true, false, false]);
        assert!(parted.chance(-1.0) > 0.99 && parted.chance(1.0) < 0.01, "{parted:?}");
        assert_eq!(Logistic::fitted(std::iter::empty(), &[]), Logistic::default());
    }
}
