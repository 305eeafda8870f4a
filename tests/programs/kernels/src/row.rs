//! Inputs as words.

use tenor_math::quantity::{Lots, Price, Ratio, Value};

/// The words of one row, taken one after the other.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    rest: &'a [u64],
}

impl<'a> Row<'a> {
    /// From its words.
    pub const fn new(words: &'a [u64]) -> Self {
        Self { rest: words }
    }

    /// So many words as they are.
    pub fn words(&mut self, count: usize) -> Option<&'a [u64]> {
        let (words, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(words)
    }

    /// All words that are left.
    pub const fn rest(self) -> &'a [u64] {
        self.rest
    }

    /// An unsigned word.
    pub fn u64(&mut self) -> Option<u64> {
        self.words(1)?.first().copied()
    }

    /// A signed word.
    pub fn i64(&mut self) -> Option<i64> {
        self.u64().map(u64::cast_signed)
    }

    /// Two words, the low one first.
    pub fn u128(&mut self) -> Option<u128> {
        let (low, high) = (self.u64()?, self.u64()?);
        Some(u128::from(high) << 64 | u128::from(low))
    }

    /// A price.
    pub fn price(&mut self) -> Option<Price> {
        self.u64().map(Price::from_e9)
    }

    /// A ratio.
    pub fn ratio(&mut self) -> Option<Ratio> {
        self.u64().map(Ratio::from_e9)
    }

    /// A value.
    pub fn value(&mut self) -> Option<Value> {
        self.i64().map(Value::from_e9)
    }

    /// A position.
    pub fn lots(&mut self) -> Option<Lots> {
        self.i64().map(Lots::new)
    }
}
