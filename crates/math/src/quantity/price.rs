//! Prices of whole underlyings.

/// USD per whole underlying x 1e9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Price(u64);

impl Price {
    /// A price in USD x 1e9.
    pub const fn from_e9(e9: u64) -> Self {
        Self(e9)
    }

    /// USD x 1e9.
    pub const fn e9(self) -> u64 {
        self.0
    }
}
