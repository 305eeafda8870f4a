//! The rate that borrowers pay, by utilisation.

use crate::quantity::{Atoms, E9, Ratio};
use crate::{MathError, Round, mul_div};

/// Highest rate a year: 1,000%.
pub const MAX_RATE: Ratio = Ratio::from_e9(10 * E9);

/// Rate a year, continuously compounded, linear in utilisation on both sides of a kink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateModel {
    base: Ratio,
    kink: Ratio,
    at_kink: Ratio,
    at_full: Ratio,
}

impl RateModel {
    /// A model by its rates where nothing is borrowed, at the kink, and where everything is borrowed.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] unless 0 < kink < 1 and base <= at kink <= at full <= [`MAX_RATE`].
    pub fn try_new(base: Ratio, kink: Ratio, at_kink: Ratio, at_full: Ratio) -> Result<Self, MathError> {
        let splits = kink > Ratio::ZERO && kink < Ratio::ONE;
        if !splits || base > at_kink || at_kink > at_full || at_full > MAX_RATE {
            return Err(MathError::OutOfDomain);
        }
        Ok(Self {
            base,
            kink,
            at_kink,
            at_full,
        })
    }

    /// Rate at a utilisation, above one as at one. Rounds up, in favour of depositors; never falls as utilisation rises.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "rates do not fall from point to point and the kink lies inside (0, 1), so no difference is negative; a \
                  rate of at most 1e10 times a utilisation of at most 1e9 is below 2^64; the divisors are not zero"
    )]
    pub fn rate(&self, utilisation: Ratio) -> Ratio {
        let used = utilisation.e9().min(E9);
        let (from, rise, ran, width) = if used <= self.kink.e9() {
            (self.base, self.at_kink.e9() - self.base.e9(), used, self.kink.e9())
        } else {
            let ran = used - self.kink.e9();
            (
                self.at_kink,
                self.at_full.e9() - self.at_kink.e9(),
                ran,
                E9 - self.kink.e9(),
            )
        };
        Ratio::from_e9(from.e9() + (rise * ran).div_ceil(width))
    }
}

/// Part of the deposits that is borrowed, rounded up; zero without borrows and one where they exceed the deposits.
pub(super) fn utilisation(borrowed: u64, deposited: u64) -> Ratio {
    if borrowed >= deposited {
        return if borrowed == 0 { Ratio::ZERO } else { Ratio::ONE };
    }
    // Borrowed is less than deposited: the quotient is at most one, and the divisor is not zero.
    mul_div(borrowed, E9, deposited, Round::Up).map_or(Ratio::ONE, Ratio::from_e9)
}

impl RateModel {
    /// Rate for borrows against deposits, at their utilisation.
    pub fn rate_for(&self, borrowed: Atoms, deposited: Atoms) -> Ratio {
        self.rate(utilisation(borrowed.get(), deposited.get()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> RateModel {
        let ratio = Ratio::from_bps;
        RateModel::try_new(ratio(500), ratio(6_000), ratio(2_300), ratio(10_300)).unwrap()
    }

    #[test]
    fn rate_bends_at_the_kink() {
        let at = |utilisation_e9| model().rate(Ratio::from_e9(utilisation_e9)).e9();
        assert_eq!(at(0), 50_000_000);
        assert_eq!(at(300_000_000), 140_000_000);
        assert_eq!(at(600_000_000), 230_000_000);
        assert_eq!(at(600_000_001), 230_000_002);
        assert_eq!(at(1), 50_000_001); // 0.3 of a unit, rounded up.
        assert_eq!(at(800_000_000), 630_000_000);
        assert_eq!(at(E9), 1_030_000_000);
        assert_eq!(at(u64::MAX), 1_030_000_000);
    }

    #[test]
    fn utilisation_stays_between_zero_and_one() {
        let of = |borrowed, deposited| model().rate_for(Atoms::new(borrowed), Atoms::new(deposited)).e9();
        assert_eq!(of(0, 0), 50_000_000);
        assert_eq!(of(0, 10), 50_000_000);
        assert_eq!(of(6, 10), 230_000_000);
        assert_eq!(of(1, 3), 150_000_001); // A third, rounded up, and what it adds rounded up.
        assert_eq!(of(10, 10), 1_030_000_000);
        assert_eq!(of(1, 0), 1_030_000_000);
    }

    #[test]
    fn models_out_of_order_are_refused() {
        let ratio = Ratio::from_bps;
        let flat = RateModel::try_new(MAX_RATE, ratio(5_000), MAX_RATE, MAX_RATE).unwrap();
        assert_eq!(flat.rate(ratio(7_500)), MAX_RATE);
        let refused = |base, kink, at_kink, at_full| {
            let model = RateModel::try_new(ratio(base), ratio(kink), ratio(at_kink), at_full);
            assert_eq!(model, Err(MathError::OutOfDomain));
        };
        refused(0, 0, 0, ratio(1));
        refused(0, 10_000, 0, ratio(1));
        refused(2, 5_000, 1, ratio(3));
        refused(1, 5_000, 4, ratio(3));
        refused(1, 5_000, 2, Ratio::from_e9(MAX_RATE.e9() + 1));
    }
}
