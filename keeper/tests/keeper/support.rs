//! What the tests are made of.

pub(crate) mod accounts;
pub(crate) mod house;
pub(crate) mod node;
pub(crate) mod script;
