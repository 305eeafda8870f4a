//! Square root.

/// Square root of a Q64 number, as Q56, exact but for rounding down: the largest s with s^2 <= x.
///
/// Domain: x < 2^14, so that the root is below 128; larger ones saturate to the largest result, just below 128.
#[expect(clippy::as_conversions, reason = "the root of a number below 2^126 is below 2^63")]
pub const fn sqrt_q64(x_q64: u128) -> u64 {
    if x_q64 >> 78 != 0 {
        return (1 << 63) - 1;
    }
    // Q64 shifted by 48 is Q112, whose root is Q56.
    (x_q64 << 48).isqrt() as u64
}
