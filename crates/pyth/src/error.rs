//! What can be wrong with a price.

use core::fmt;

/// Why a price cannot be used. The meaning of a variant never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PythError {
    /// The data is shorter than the account that the oracle's program creates.
    TooShort,
    /// The data starts with another account type's discriminator.
    WrongDiscriminator,
    /// The verification level is neither `Partial` nor `Full`.
    UnknownVerificationLevel,
    /// The data does not start with the push oracle's number.
    WrongMagic,
    /// The layout's version is not [`PUSH_VERSION`](crate::PUSH_VERSION).
    WrongVersion,
    /// The push oracle's account is a mapping, a product or a permission, not a price.
    WrongAccountType,
    /// The status of the push oracle's price is none of [`PriceStatus`](crate::PriceStatus).
    UnknownStatus,
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
            Self::TooShort => "Data ends before the price does; pass a PriceUpdateV2 or a push price account",
            Self::WrongDiscriminator => "Data is of another account type; pass a PriceUpdateV2 account",
            Self::UnknownVerificationLevel => {
                "Verification level is unknown; pass an account written by a supported receiver"
            }
            Self::WrongMagic => "Data is not the push oracle's; pass a price account of the push oracle",
            Self::WrongVersion => "Layout version is not 2; pass an account written by a supported push oracle",
            Self::WrongAccountType => "Account of the push oracle is no price; pass the price account of the feed",
            Self::UnknownStatus => "Status is unknown; pass an account written by a supported push oracle",
            Self::ExponentOutOfRange => "Exponent is not within -18..=9; use another feed",
            Self::NotPositive => "Price is not positive in units of 1e-9 USD; wait for the next update",
            Self::Overflow => "Value x 1e9 does not fit 64 bits; use another feed",
        })
    }
}

impl core::error::Error for PythError {}
