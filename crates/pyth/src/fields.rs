//! Fields of known length, one after the other, from bytes of any length.

use crate::PythError;

/// The fields not yet read.
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) const fn of(data: &'a [u8]) -> Self {
        Self { rest: data }
    }

    pub(crate) fn take<const N: usize>(&mut self) -> Result<[u8; N], PythError> {
        let (field, rest) = self.rest.split_first_chunk().ok_or(PythError::TooShort)?;
        self.rest = rest;
        Ok(*field)
    }

    /// Passes over bytes that nobody needs.
    pub(crate) fn skip(&mut self, bytes: usize) -> Result<(), PythError> {
        self.rest = self.rest.get(bytes..).ok_or(PythError::TooShort)?;
        Ok(())
    }
}
