//! When, how much and at what price an unhealthy account is liquidated. Source: design section 6.

mod auction;
mod slice;

pub use auction::{AuctionClock, MAX_STEP_SECONDS, discount};
pub use slice::{Fraction, SliceTerms, slice_fraction};
