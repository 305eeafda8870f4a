//! The Mills ratio of the standard normal distribution.

use super::mills_table::MILLS_Q60;
use crate::fixed::polynomial_q62;

/// R(x) = (1 - Phi(x)) / phi(x) for x in Q56, Q60; `None` outside [-1, 17).
///
/// What a tail price has left after its exponential is taken out: F Phi(d1) - K Phi(d2) = F phi(d1) (R(-d1) - R(-d2)),
/// because F phi(d1) = K phi(d2). Error at most 1e-17 absolute: truncation 6e-18 and twelve roundings of 8.7e-19, all
/// downward, of which each is scaled by |t| < 1.
#[expect(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "x is at least -1 when shifted; the place has 54 bits, so it is below 2^63 when shifted by nine"
)]
pub(crate) fn mills_q60(x_q56: i64) -> Option<i64> {
    let shifted = u64::try_from(x_q56.checked_add(1 << 56)?).ok()?;
    let coefficients = MILLS_Q60.get((shifted >> 54) as usize)?;
    let place = shifted & ((1 << 54) - 1);
    Some(polynomial_q62(coefficients, ((place << 9) as i64) - (1 << 62)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_sixty_digit_values_and_ends_where_it_says() {
        // mpmath: erfc(x/sqrt 2)/2 sqrt(2 pi) exp(x^2/2) in Q60, at x = n / 8.
        let cases = [
            (-8, 4_008_767_806_345_386_604),
            (-7, 3_429_303_374_042_899_713),
            (-3, 2_003_422_924_427_330_584),
            (0, 1_444_972_820_938_818_966),
            (1, 1_311_437_744_350_688_133),
            (5, 934_481_750_554_077_460),
            (11, 628_967_259_869_504_075),
            (24, 351_168_705_477_501_253),
            (37, 238_968_577_674_649_782),
            (68, 133_833_507_176_834_084),
            (101, 90_758_039_320_497_552),
            (135, 68_083_837_515_492_213),
        ];
        for (eighths, want) in cases {
            let got = mills_q60(eighths << 53).unwrap_or(0);
            assert!(got.abs_diff(want) <= 12, "x = {eighths}/8: {got} for {want}");
        }
        assert_eq!(mills_q60((-1 << 56) - 1), None);
        assert_eq!(mills_q60(17 << 56), None);
        assert_eq!(mills_q60(i64::MAX), None);
        assert_eq!(mills_q60(i64::MIN), None);
    }
}
