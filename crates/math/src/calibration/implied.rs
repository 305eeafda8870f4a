//! Implied volatility in floats.
//!
//! The out-of-the-money leg is inverted, by Newton's method on the logarithm of its price inside a bracket. The log
//! price is concave in the volatility, so that from below the root each step stays below it (Choi, Huh and Su,
//! *Tighter 'uniform bounds for Black-Scholes implied volatility' and the applications to root-finding*,
//! arXiv:2302.08758); the bracket takes care of the other side.

use crate::pricing::OptionKind;
use core::f64::consts::{FRAC_1_SQRT_2, PI};

/// Why a price has no implied volatility.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImpliedError {
    /// Forward, strike, discount and time must be positive and finite, and the price finite.
    Input,
    /// The price is at or below intrinsic value: any volatility is worth more.
    Intrinsic,
    /// The price is at or above what an option can be worth at most: forward for a call, strike for a put, discounted.
    Maximum,
}

/// What a price is quoted against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// Forward of the underlying at expiry.
    pub forward: f64,
    /// Strike, in the unit of the forward.
    pub strike: f64,
    /// Value today of one unit at expiry.
    pub discount: f64,
    /// Time to expiry in years.
    pub years: f64,
}

impl Terms {
    /// Black volatility per square root of a year at which an option has a price.
    ///
    /// Errs by at most 1e-9 or by what the last place of the price makes of it, whichever is more.
    ///
    /// # Errors
    /// [`ImpliedError`] where no volatility gives the price, to the precision of the price.
    pub fn implied_volatility(&self, kind: OptionKind, price: f64) -> Result<f64, ImpliedError> {
        let positive = |value: f64| value.is_finite() && value > 0.0;
        let inputs = [self.forward, self.strike, self.discount, self.years];
        let undiscounted = price / self.discount;
        if !inputs.into_iter().all(positive) || !undiscounted.is_finite() {
            return Err(ImpliedError::Input);
        }
        let (intrinsic, most) = match kind {
            OptionKind::Call => (self.forward - self.strike, self.forward),
            OptionKind::Put => (self.strike - self.forward, self.strike),
        };
        if undiscounted <= intrinsic.max(0.0) {
            return Err(ImpliedError::Intrinsic);
        }
        if undiscounted >= most {
            return Err(ImpliedError::Maximum);
        }
        let leg = OutOfTheMoney::new(self.forward, self.strike);
        leg.deviation(undiscounted - intrinsic.max(0.0))
            .map(|deviation| deviation / self.years.sqrt())
    }
}

/// The leg that is worth nothing at the forward: the call where forward <= strike, else the put.
#[derive(Clone, Copy, Debug)]
struct OutOfTheMoney {
    /// The smaller of forward and strike, which bounds the leg's value.
    bound: f64,
    /// The larger over the smaller.
    ratio: f64,
    /// |ln(forward/strike)|.
    distance: f64,
}

/// Steps after which the bracket has shrunk to nothing, even by halving alone.
const MAX_STEPS: usize = 200;
/// Standard deviations beyond which an option is worth its maximum in floats.
const MAX_DEVIATION: f64 = 64.0;

impl OutOfTheMoney {
    fn new(forward: f64, strike: f64) -> Self {
        let (bound, other) = (forward.min(strike), forward.max(strike));
        Self {
            bound,
            ratio: other / bound,
            distance: (other / bound).ln(),
        }
    }

    /// Value and its derivative in the deviation, both per unit of the bound. With a = ln(forward/strike) of the call or
    /// its mirror image for the put, both legs are Phi(d1) - ratio Phi(d2).
    fn value(&self, deviation: f64) -> (f64, f64) {
        let d1 = deviation / 2.0 - self.distance / deviation;
        let value = cdf(d1) - self.ratio * cdf(d1 - deviation);
        (value, density(d1))
    }

    fn deviation(&self, price: f64) -> Result<f64, ImpliedError> {
        let target = price / self.bound;
        let (mut low, mut high) = (0.0_f64, MAX_DEVIATION);
        // The inflection of the price (Manaster and Koehler 1982); at the forward, the slope there.
        let mut guess = (2.0 * self.distance).sqrt().max(target * (2.0 * PI).sqrt()).min(8.0);
        for _ in 0..MAX_STEPS {
            let (value, slope) = self.value(guess);
            if value < target {
                low = guess;
            } else {
                high = guess;
            }
            let step = if value > 0.0 && slope > 0.0 {
                newton_step(value, slope, target)
            } else {
                f64::NAN
            };
            let next = guess + step;
            let next = if next > low && next < high {
                next
            } else if low > 0.0 {
                (low * high).sqrt()
            } else {
                high / 16.0
            };
            if (next - guess).abs() <= 1e-13 * guess || high < f64::MIN_POSITIVE {
                return self.finish(next);
            }
            guess = next;
        }
        self.finish(guess)
    }

    /// A deviation at which the price is lost in rounding at either end is no answer.
    fn finish(&self, deviation: f64) -> Result<f64, ImpliedError> {
        let (value, _) = self.value(deviation);
        if value <= 0.0 {
            Err(ImpliedError::Intrinsic)
        } else if value >= 1.0 {
            Err(ImpliedError::Maximum)
        } else {
            Ok(deviation)
        }
    }
}

/// On the logarithm of the price where it is small, on that of its distance from the maximum where it is large.
fn newton_step(value: f64, slope: f64, target: f64) -> f64 {
    if target < 0.5 {
        (target / value).ln() * value / slope
    } else {
        let (left, wanted) = (1.0 - value, 1.0 - target);
        if left > 0.0 {
            (left / wanted).ln() * left / slope
        } else {
            f64::NAN
        }
    }
}

/// Standard normal distribution.
pub(super) fn cdf(x: f64) -> f64 {
    libm::erfc(-x * FRAC_1_SQRT_2) / 2.0
}

/// Standard normal density.
pub(super) fn density(x: f64) -> f64 {
    (-x * x / 2.0).exp() / (2.0 * PI).sqrt()
}
