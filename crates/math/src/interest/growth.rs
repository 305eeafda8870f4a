//! By how much a balance grows: e^x - 1.

use crate::Round;
use crate::quantity::{E9, Ratio, SECONDS_PER_YEAR};
use crate::wide::mul_q64;

/// 1/2 as Q64: the most that one piece of an exponent is.
const HALF_Q64: u64 = 1 << 63;
/// e^(1/2) - 1 as Q64, by [`expm1_q64`].
const EXPM1_HALF_Q64: u64 = expm1_q64(HALF_Q64);
/// Largest exponent: 32 as Q64. An index that starts at one is at its end before.
const MAX_EXPONENT_Q64: u128 = 32 << 64;
/// One year at a rate of one, in the units of rate times time.
const YEAR_E9: u64 = 31_536_000 * 1_000_000_000;

const _: () = assert!(SECONDS_PER_YEAR == 31_536_000 && E9 == 1_000_000_000);

/// The exponent r t by which an index grows, in [0, 32], as Q64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Growth {
    exponent_q64: u128,
}

impl Growth {
    /// Growth at a rate a year over a time. Rounds down by less than 2^-64; saturates at an exponent of 32.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "rate times time is below 2^128; whole years are cut off at 32"
    )]
    pub fn over(rate_per_year: Ratio, seconds: u64) -> Self {
        let product = u128::from(rate_per_year.e9()) * u128::from(seconds);
        // The target divides words in one instruction and wider numbers in hundreds.
        let (whole, rest) = match u64::try_from(product) {
            Ok(product) => (u128::from(product / YEAR_E9), product % YEAR_E9),
            Err(_) => {
                let year = u128::from(YEAR_E9);
                (product / year, u64::try_from(product % year).unwrap_or(0))
            }
        };
        let exponent_q64 = (whole.min(32) << 64) + u128::from(fraction_of_year_q64(rest));
        Self {
            exponent_q64: exponent_q64.min(MAX_EXPONENT_Q64),
        }
    }

    /// Whether nothing grows.
    pub const fn is_none(self) -> bool {
        self.exponent_q64 == 0
    }

    /// What amounts are multiplied with, computed once for all that grow together.
    pub(super) fn factors(self) -> Factors {
        let halves = self.exponent_q64 >> 63;
        Factors {
            // At most 64: exponents are at most 32.
            halves: u32::try_from(halves).unwrap_or(0),
            rest_q64: expm1_q64(u64::try_from(self.exponent_q64 & u128::from(HALF_Q64 - 1)).unwrap_or(0)),
        }
    }
}

/// Growth in pieces: e^x - 1 of each, by [`expm1_q64`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Factors {
    /// Pieces of 1/2.
    halves: u32,
    /// Of the last one.
    rest_q64: u64,
}

impl Factors {
    /// An amount times e^x, rounded at each piece. `limit`, at most 2^127 and in the unit of the amount, whichever that is,
    /// bounds amount and result; beyond it the amount stands still.
    ///
    /// The exponent is taken in pieces of at most 1/2, each by [`expm1_q64`], whose value both directions share: what grows
    /// `Down` from one amount never exceeds, in proportion, what grows `Up` from another.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "an amount below 2^127 grows by less than itself in a piece"
    )]
    pub(super) fn grow(&self, amount: u128, limit: u128, round: Round) -> u128 {
        let mut grown = amount;
        for _ in 0..self.halves {
            if grown >= limit {
                return limit;
            }
            grown += mul_q64(grown, EXPM1_HALF_Q64, round);
        }
        if grown < limit {
            grown += mul_q64(grown, self.rest_q64, round);
        }
        grown.min(limit)
    }
}

/// A part of a year, in the units of [`YEAR_E9`] and less than it, as Q64, rounded down: long division, nine bits a step.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    reason = "a remainder is below 2^55, so that nine more bits fit a word; seven digits of nine bits and one of a bit are 64 bits"
)]
const fn fraction_of_year_q64(part: u64) -> u64 {
    let (mut quotient, mut rest, mut digits) = (0_u64, part, 0);
    while digits < 7 {
        let widened = rest << 9;
        quotient = (quotient << 9) | (widened / YEAR_E9);
        rest = widened % YEAR_E9;
        digits += 1;
    }
    (quotient << 1) | ((rest << 1) / YEAR_E9)
}

/// e^x - 1 for x in [0, 1/2], both Q64, by its series. Never above the exact value and less than 19 units of 2^-64 below it;
/// never falls as x grows, since every step rounds down; exact at zero.
///
/// Not `special::exp_m1_q62`: that errs either way, by up to 30 of these units, and is not monotone by proof, so an accrual of
/// seconds could credit depositors with more than the exact interest.
///
/// Proof: term n >= 2 is `floor(floor(term x / 2^64) / n) = floor(term x / (2^64 n))`, so its error e_n < e_(n-1) x/n + 1 with
/// e_1 = 0 and x/n <= 1/4: e_n < 1.17. At x = 1/2 the terms up to n = 16 are not zero, and what is cut off after the first
/// zero sums to less than 1.3: 15 · 1.17 + 1.3 < 19.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::integer_division,
    reason = "two factors below 2^64 fit u128 and the product, shifted by 64, u64; the divisor counts up from 2; the sum \
              is at most e^(1/2) - 1 < 1 as Q64"
)]
const fn expm1_q64(x_q64: u64) -> u64 {
    let (mut sum, mut term, mut n) = (x_q64, x_q64, 2_u64);
    loop {
        term = ((term as u128 * x_q64 as u128) >> 64) as u64 / n;
        if term == 0 {
            return sum;
        }
        sum += term;
        n += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_lies_less_than_nineteen_units_below_the_exact_value() {
        // floor(expm1(x) 2^64) by mpmath with 60 digits.
        let cases: [(u64, u64); 6] = [
            (1, 1),
            (5_849_424_173, 5_849_424_173),
            (1_099_511_627_776, 1_099_511_660_544),
            (1_152_921_504_606_859_321, 1_189_712_777_830_140_714),
            (5_700_357_409_661_599_242, 6_679_298_885_163_928_862),
            (9_223_372_036_854_775_808, 11_966_795_255_776_918_679),
        ];
        for (x, exact) in cases {
            let got = expm1_q64(x);
            assert!(got <= exact && exact - got < 19, "{x}: {got} for {exact}");
        }
        assert_eq!(expm1_q64(0), 0);
    }

    #[test]
    fn a_second_at_one_percent_is_not_lost() {
        // floor(0.01 / 31,536,000 · 2^64).
        assert_eq!(Growth::over(Ratio::from_bps(100), 1).exponent_q64, 5_849_424_173);
    }

    #[test]
    fn exponents_saturate() {
        assert_eq!(
            Growth::over(Ratio::from_e9(u64::MAX), u64::MAX).exponent_q64,
            MAX_EXPONENT_Q64
        );
        assert_eq!(
            Growth::over(Ratio::from_e9(33 * E9), SECONDS_PER_YEAR).exponent_q64,
            MAX_EXPONENT_Q64
        );
        assert_eq!(
            Growth::over(Ratio::from_e9(31 * E9), SECONDS_PER_YEAR).exponent_q64,
            31 << 64
        );
        assert!(Growth::over(Ratio::ONE, 0).is_none() && !Growth::over(Ratio::ONE, 1).is_none());
        assert_eq!(
            Growth::over(Ratio::from_e9(u64::MAX), u64::MAX)
                .factors()
                .grow(7, 1 << 40, Round::Down),
            1 << 40
        );
    }
}
