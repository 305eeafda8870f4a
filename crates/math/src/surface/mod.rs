//! The volatility surface: slices, the conditions that keep them free of arbitrage, and what lies between them.
//!
//! | slice | accepted by | calendar order |
//! |---|---|---|
//! | [`Slice`] (eSSVI) | algebra, exact in integers | [`check_calendar`], algebra, exact in integers |
//! | [`RawSvi`] | 25 samples of the density and finer ones where it is small | [`check_raw_calendar`], tangents and chords |
//!
//! Log-moneyness is ln(F/K) where a pricing kernel takes it and k = ln(K/F) where a formula of the literature does; the
//! names say which.

mod calendar;
mod carried;
mod density;
mod essvi;
mod raw_calendar;
mod raw_svi;
mod term;

pub use crate::quantity::E12;
pub use calendar::{CalendarError, check_calendar};
pub use carried::carried_ratio;
pub use essvi::{Slice, SliceError};
pub use raw_calendar::{RawCalendarError, check_raw_calendar};
pub use raw_svi::{RawSvi, RawSviError, RawSviParams, SmilePoint};
pub use term::{Expiry, Surface, TermError, TermPoint, interpolate, scale_in_time};

/// One in Q56, wide.
const ONE_Q56: i128 = 1 << 56;
/// Log-moneyness beyond which a slice is flat: eight e-folds either way.
const MAX_LOG_MONEYNESS_Q56: i64 = 8 << 56;

/// A number x 1e12 as Q56: at most 9/8 units of the last place nearer to zero than the exact value.
///
/// A multiplication by 2^103 / 1e12, rounded down, in place of a 128-bit division. Domain: |x| < 2^44.
#[expect(
    clippy::as_conversions,
    reason = "the factor is below 2^64 and |x| below 2^44, so the product shifted by 47 is below 2^61"
)]
const fn e12_to_q56(x_e12: i64) -> i64 {
    /// floor(2^103 / 1e12).
    const FACTOR_Q47: u128 = 10_141_204_801_825_835_211;
    let magnitude = ((x_e12.unsigned_abs() as u128).wrapping_mul(FACTOR_Q47) >> 47) as i64;
    if x_e12 < 0 { magnitude.wrapping_neg() } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_convert_to_at_most_one_and_an_eighth_unit_below() {
        // Exact: x 2^56 / 1e12 - result lies in [0, 9/8], checked times 8e12 in integers.
        let mut x = 1_i64;
        while x < 1 << 44 {
            for sign in [1, -1] {
                let got = i128::from(e12_to_q56(sign * x));
                let above = ((i128::from(sign * x) << 56) - got * 1_000_000_000_000) * i128::from(sign);
                assert!((0..=1_125_000_000_000).contains(&above), "{x}: {above}");
            }
            x += (x >> 6) + 1;
        }
        assert_eq!(e12_to_q56(1_000_000_000_000) - (1 << 56), -1);
        assert_eq!(e12_to_q56(0), 0);
    }
}
