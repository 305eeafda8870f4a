//! 128-bit arithmetic of `routines/int128.c`.

mod c {
    unsafe extern "C" {
        pub(super) fn tenor_multi3(a: u128, b: u128) -> u128;
        pub(super) fn tenor_udivti3(n: u128, d: u128) -> u128;
        pub(super) fn tenor_umodti3(n: u128, d: u128) -> u128;
        pub(super) fn tenor_divti3(n: i128, d: i128) -> i128;
        pub(super) fn tenor_modti3(n: i128, d: i128) -> i128;
    }
}

/// The low 128 bits of `a * b`; the same bits for signed operands.
pub fn multiply(a: u128, b: u128) -> u128 {
    // SAFETY: the routine only computes on its arguments.
    unsafe { c::tenor_multi3(a, b) }
}

/// `n / d` for a divisor that is not zero.
pub fn divide_unsigned(n: u128, d: u128) -> u128 {
    assert_ne!(d, 0, "the routine is never called with a zero divisor");
    // SAFETY: the divisor is not zero.
    unsafe { c::tenor_udivti3(n, d) }
}

/// `n % d` for a divisor that is not zero.
pub fn remainder_unsigned(n: u128, d: u128) -> u128 {
    assert_ne!(d, 0, "the routine is never called with a zero divisor");
    // SAFETY: the divisor is not zero.
    unsafe { c::tenor_umodti3(n, d) }
}

/// `n / d`, rounded towards zero and wrapping, for a divisor that is not zero.
pub fn divide_signed(n: i128, d: i128) -> i128 {
    assert_ne!(d, 0, "the routine is never called with a zero divisor");
    // SAFETY: the divisor is not zero.
    unsafe { c::tenor_divti3(n, d) }
}

/// `n % d` with the sign of `n`, for a divisor that is not zero.
pub fn remainder_signed(n: i128, d: i128) -> i128 {
    assert_ne!(d, 0, "the routine is never called with a zero divisor");
    // SAFETY: the divisor is not zero.
    unsafe { c::tenor_modti3(n, d) }
}
