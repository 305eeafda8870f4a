//! What can go wrong in a formula.

use core::fmt;

/// Why a formula has no answer for its inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MathError {
    /// The result does not fit its type.
    Overflow,
    /// The divisor is zero.
    DivideByZero,
    /// An input lies outside the domain that the function states.
    OutOfDomain,
}

impl fmt::Display for MathError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Overflow => "the result does not fit its type",
            Self::DivideByZero => "the divisor is zero",
            Self::OutOfDomain => "an input lies outside the function's domain",
        })
    }
}

impl core::error::Error for MathError {}
