//! The options market maker: what it asks, what it bids, what its shares are worth.
//!
//! A trade moves the pool along a path of net vega, and every lot is priced at the point of the path at which it is
//! traded: the premium is the integral of the marginal price. So an order costs what its slices cost, however it is cut,
//! and a round trip returns at most what was paid.
//!
//! - *Volatility*: the surface's total variance times c = m^2, where the multiplier m falls linearly with the pool's net
//!   vega and carries the inventory half-spread ([`InventoryCurve`]). In eSSVI w is homogeneous of degree one in
//!   (theta, psi) at fixed rho: 1/2 (c theta + rho c psi k + sqrt((c psi k + rho c theta)^2 + c^2 theta^2 (1 - rho^2)))
//!   = c w. Scaling a slice by c is therefore the same as scaling w at every strike, and quotes of all expiries at one
//!   inventory keep the calendar and butterfly order of slices (c theta, rho, c psi).
//! - *Price*: the gap that the lots' gamma adds to the pool, the latency of the oracle, and a floor of one tick
//!   ([`PriceSpread`]).
//!
//! Held fixed within a trade, and between trades at one price and one surface: forward, posted variance, and the greeks
//! of one lot ([`LotGreeks`]), taken at the pool's base volatility and not at the multiplier that inventory has reached.
//! The pool's net vega and gamma are sums of those, so they return exactly where they were when a trade is undone.
//!
//! Marginal prices of different options as functions of one net vega have no common potential: beyond first order, the
//! order of trades in two options matters. What closes that door is the mark: no ask is below it and no bid above, so a
//! sequence of trades that ends flat pays at least nothing, whatever the curvature.

mod breaker;
mod hedge;
mod inventory;
mod limits;
mod nav;
mod nudge;
mod path;
mod quadrature;
mod quote;
mod reservation;
mod spread;

pub use breaker::{Breaker, BreakerLimits, Trip, withdrawable};
pub use hedge::{HedgeParams, HedgeQuote, hedge_quote};
pub use inventory::{InventoryCurve, InventoryParams, Side};
pub use limits::{Change, Exposure, Limits, Refusal};
pub use nav::{Holding, NavBuilder, Navs, entry_nav, exit_nav, unearned};
pub use nudge::{Anchor, MIN_WINDOW_SECONDS, MidAverage};
pub use quote::{LotGreeks, OptionTerms, PoolState, Quote, QuoteError, Quoter};
pub use reservation::{Reservation, reservation};
pub use spread::{PriceSpread, latency_move};
