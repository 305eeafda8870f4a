//! The record of a liquidation run, and the page that shows it.
//!
//! A run fills a [`Timeline`] and calls [`render`]; the answer is one HTML document that needs nothing
//! else: no request leaves it, and everything but the read-out under the pointer works without a script.
//! The crate knows no chain and reads no clock, so the same timeline always gives the same page.

mod chart;
mod figures;
mod format;
mod page;
mod timeline;
mod totals;
mod verdict;

pub use page::render;
pub use timeline::{
    Actor, Check, ComputePeak, Facts, Failure, Holding, Landed, Liquidation, LiquidationClock, Loan, PortfolioPart,
    PortfolioSample, PositionSample, PriceSample, PriceSeries, ProgramFacts, Strike, Tick, Timeline,
};
pub use totals::{LotTotals, TokenTotals};
pub use verdict::Verdict;
