//! When, how much and at what price an unhealthy account is liquidated, and who bears what is lost. Source: design
//! section 6.

mod auction;
mod convert;
mod discount;
mod insolvency;
mod legs;
mod lots;
mod pro_rata;
mod shortfall;
mod slice;
mod standing;

pub use auction::{AUCTION_MEMORY_SECONDS, AuctionClock, ClockSpeed, MAX_STEP_SECONDS};
pub use convert::{ConversionPair, conversion_price};
pub use discount::{DiscountPoint, DiscountSchedule, discount, discount_on};
pub use insolvency::{INSOLVENCY_SECONDS, insolvency_payment};
pub use legs::{LegsPlan, LegsRefusal, LegsTerms, decide_legs};
pub use lots::whole_lots;
pub use pro_rata::{GrossPayouts, Payout, ProRata};
pub use shortfall::{Coverage, split_shortfall};
pub use slice::{Fraction, SliceTerms, largest_slice, slice_fraction};
pub use standing::Standing;
