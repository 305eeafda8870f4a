//! What can be wrong with a price update.

use core::fmt;

/// Why a price update cannot be used. The meaning of a variant never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PythError {
    /// The data is shorter than the account that the receiver program creates.
    TooShort,
    /// The data starts with another account type's discriminator.
    WrongDiscriminator,
    /// The verification level is neither `Partial` nor `Full`.
    UnknownVerificationLevel,
    /// The exponent is outside [`EXPONENTS`](crate::EXPONENTS).
    ExponentOutOfRange,
    /// The price is zero, negative, or less than one e9 unit (1e-9 USD).
    NotPositive,
    /// The value x 1e9 does not fit 64 bits: it is 18.4 billion USD or more.
    Overflow,
}

impl fmt::Display for PythError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooShort => "Data ends before the price update does; pass a PriceUpdateV2 account",
            Self::WrongDiscriminator => "Data is of another account type; pass a PriceUpdateV2 account",
            Self::UnknownVerificationLevel => {
                "Verification level is unknown; pass an account written by a supported receiver"
            }
            Self::ExponentOutOfRange => "Exponent is not within -18..=9; use another feed",
            Self::NotPositive => "Price is not positive in units of 1e-9 USD; wait for the next update",
            Self::Overflow => "Value x 1e9 does not fit 64 bits; use another feed",
        })
    }
}

impl core::error::Error for PythError {}
