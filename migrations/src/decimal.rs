//! Decimal numbers of deployment files.

use serde::Deserialize;
use std::str::FromStr;

const DIGITS: usize = 9;

/// A non-negative number with at most nine decimals, written as a string, such as `"0.18"`: exact, unlike a float.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Decimal9(u64);

/// Why a string is no [`Decimal9`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Something else than digits and one point.
    #[error("`{0}` is no decimal number; write one like \"0.18\"")]
    Malformed(String),
    /// More decimals than are kept.
    #[error("`{0}` has more than nine decimals")]
    TooPrecise(String),
    /// Beyond 64 bits.
    #[error("`{0}` is too large")]
    TooLarge(String),
}

impl Decimal9 {
    /// The number x 1e9.
    pub const fn e9(self) -> u64 {
        self.0
    }
}

impl FromStr for Decimal9 {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(decimals) {
            return Err(DecimalError::Malformed(text.to_owned()));
        }
        if decimals.len() > DIGITS {
            return Err(DecimalError::TooPrecise(text.to_owned()));
        }
        format!("{whole}{decimals:0<DIGITS$}")
            .parse()
            .map(Self)
            .map_err(|_| DecimalError::TooLarge(text.to_owned()))
    }
}

impl TryFrom<String> for Decimal9 {
    type Error = DecimalError;

    fn try_from(text: String) -> Result<Self, DecimalError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        let cases = [
            ("0", 0),
            ("0.18", 180_000_000),
            ("1.15", 1_150_000_000),
            ("220", 220_000_000_000),
        ];
        for (text, e9) in cases {
            assert_eq!(text.parse::<Decimal9>().map(Decimal9::e9), Ok(e9), "{text}");
        }
        assert_eq!("0.000000001".parse::<Decimal9>().map(Decimal9::e9), Ok(1));
    }

    #[test]
    fn what_is_no_decimal_is_refused_by_name() {
        for text in ["", ".5", "5.", "-1", "1e9", "1_000", " 1", "1.2.3"] {
            assert_eq!(
                text.parse::<Decimal9>(),
                Err(DecimalError::Malformed(text.to_owned())),
                "{text}"
            );
        }
        assert_eq!(
            "0.0000000001".parse::<Decimal9>(),
            Err(DecimalError::TooPrecise("0.0000000001".to_owned()))
        );
        assert_eq!(
            "99999999999".parse::<Decimal9>(),
            Err(DecimalError::TooLarge("99999999999".to_owned()))
        );
    }
}
