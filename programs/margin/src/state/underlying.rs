//! An asset with a price feed: its checked price and everything that margins options on it.

use crate::error::MarginError;
use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};
use core::mem::{offset_of, size_of};
use tenor_math::quantity::{LotSize, Price, Ratio, UnixSeconds};
use tenor_math::risk::{PriceShocks, RangeParams, RiskParams, VolatilityParams};

/// Length of a symbol, padded with zeros.
pub const SYMBOL_LEN: usize = 16;
/// Most live expiries of an underlying: the listing grid has at most 20 at a time ([`crate::grid`]).
pub const MAX_EXPIRIES: usize = 24;

/// What a price must satisfy, and how old it may be for which action. See [`crate::risk::FeedState`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType, SchemaRead, SchemaWrite)]
#[repr(C)]
pub struct FeedLimits {
    /// Most confidence over price of a price that risk may be added on x 1e9.
    pub max_confidence_e9: u64,
    /// Most confidence over price of a price that is stored at all x 1e9.
    pub max_stored_confidence_e9: u64,
    /// Oldest price for trades that add risk and for withdrawals, seconds.
    pub max_age_seconds: u64,
    /// Age from which a price is of no use at all, seconds.
    pub unusable_age_seconds: u64,
    /// Oldest price for liquidations, seconds.
    pub max_liquidation_age_seconds: u64,
    /// Oldest risk array, seconds.
    pub max_risk_age_seconds: u64,
    /// Farthest that spot may be from a risk array's reference x 1e9.
    pub max_drift_e9: u64,
    /// Age from which a surface slice is stale, so that the initial requirement falls back, seconds.
    pub max_surface_age_seconds: u64,
}

/// Scenario sizes and contingencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType, SchemaRead, SchemaWrite)]
#[repr(C)]
pub struct RiskSettings {
    /// Least price range of the scenarios x 1e9.
    pub range_floor_e9: u64,
    /// Greatest price range of the scenarios x 1e9.
    pub range_cap_e9: u64,
    /// Standard deviations that the range holds x 1e9.
    pub range_deviations_e9: u64,
    /// Hours over which it holds them.
    pub range_horizon_hours: u64,
    /// Part of the hourly variance that is kept each hour x 1e9.
    pub variance_decay_e9: u64,
    /// Relative rise of volatility at thirty days x 1e9.
    pub volatility_up_e9: u64,
    /// Relative fall of volatility at thirty days x 1e9.
    pub volatility_down_e9: u64,
    /// Least shocked volatility per year x 1e9.
    pub volatility_floor_e9: u64,
    /// Power of maturity below thirty days x 1e9.
    pub short_power_e9: u64,
    /// Power of maturity above thirty days x 1e9.
    pub long_power_e9: u64,
    /// Initial contingency per net short option as a fraction of spot x 1e9.
    pub initial_short_e9: u64,
    /// Maintenance contingency per net short option as a fraction of spot x 1e9.
    pub maintenance_short_e9: u64,
    /// Contingency on the net delta of each expiry x 1e9.
    pub roll_e9: u64,
    /// Initial contingency per lot beyond the free share of a strike's open interest, as a fraction of spot x 1e9.
    pub concentration_e9: u64,
    /// Share of a strike's open interest, call and put together, that one account may hold free of it x 1e9.
    pub free_share_e9: u64,
    /// Lots of a strike that one account may hold free of it whatever the open interest is.
    pub free_lots: u64,
    /// Standard rule: requirement of a short call that no long call pairs, as a fraction of spot x 1e9.
    pub unpaired_short_e9: u64,
}

/// How far a slice may move from one post to the next, from what it was at the start of the hour and of the day. Each is
/// relative: of volatility for the variance, of the number itself for slope, forward and discount; of one for the correlation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType, SchemaRead, SchemaWrite)]
#[repr(C)]
pub struct SurfaceLimits {
    /// Most that volatility, slope and correlation move in one post x 1e9.
    pub max_step_e9: u64,
    /// Most that they move within an hour x 1e9.
    pub max_hourly_step_e9: u64,
    /// Most that they move within a day x 1e9.
    pub max_daily_step_e9: u64,
    /// Most that forward and discount move in one post x 1e9.
    pub max_carry_step_e9: u64,
    /// Most that they move within an hour x 1e9.
    pub max_hourly_carry_step_e9: u64,
    /// Most that they move within a day x 1e9.
    pub max_daily_carry_step_e9: u64,
    /// Least time between two posts for one chain, seconds.
    pub min_interval_seconds: u64,
}

/// What may be listed and traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType, SchemaRead, SchemaWrite)]
#[repr(C)]
pub struct MarketLimits {
    /// Strikes are multiples of this, USD x 1e9.
    pub strike_step_e9: u64,
    /// Lowest strike as a fraction of spot x 1e9.
    pub strike_window_low_e9: u64,
    /// Highest strike as a multiple of spot x 1e9.
    pub strike_window_high_e9: u64,
    /// Farthest expiry from now, seconds.
    pub max_tenor_seconds: u64,
    /// A trade's price may differ from the mark by this fraction of the mark x 1e9 ...
    pub band_of_mark_e9: u64,
    /// ... or by this fraction of spot x 1e9, whichever is more.
    pub band_of_spot_e9: u64,
    /// Most open interest of one option, lots.
    pub max_open_interest_lots: u64,
    /// Least forward over spot that a slice may state x 1e9; the greatest is its reciprocal's mirror, 2 - this.
    pub min_forward_ratio_e9: u64,
    /// Least discount factor that a slice may state x 1e9.
    pub min_discount_e9: u64,
}

/// An asset with a price feed. Seeds: `[underlying, house, symbol]`.
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct Underlying {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// Index by which collaterals and positions name it.
    pub index: u8,
    /// Alignment.
    pub padding: [u8; 1],
    /// Exponent of the pull oracle's prices, fixed at listing.
    pub feed_exponent: i32,
    /// House that it belongs to.
    pub house: Address,
    /// Symbol, padded with zeros.
    pub symbol: [u8; SYMBOL_LEN],
    /// Feed of the pull oracle.
    pub feed_id: [u8; 32],
    /// Account of the push oracle, or zero.
    pub push_feed: Address,
    /// Exponent of the push oracle's prices, fixed at listing.
    pub push_exponent: i32,
    /// Alignment.
    pub padding_2: [u8; 4],
    /// One lot, in 1e-9 units of the underlying.
    pub lot_units_e9: u64,
    /// What a price must satisfy.
    pub feed: FeedLimits,
    /// Scenario sizes and contingencies.
    pub risk: RiskSettings,
    /// What may be listed and traded.
    pub market: MarketLimits,
    /// How far slices may move.
    pub surface: SurfaceLimits,
    /// Number of the underlying's last event.
    pub sequence: u64,
    /// From when chains may be listed on it and collaterals priced by it may be deposited, Unix seconds.
    pub active_from: i64,
    /// Last checked price, USD x 1e9; zero before the first.
    pub price_e9: u64,
    /// Its confidence interval, USD x 1e9.
    pub confidence_e9: u64,
    /// When it was published, Unix seconds.
    pub published_at: i64,
    /// Slot of the update that stored it.
    pub updated_slot: u64,
    /// Exponential average that moves at most 6% a call, pro rata below an hour, USD x 1e9.
    pub ema_e9: u64,
    /// Variance of hourly returns, exponentially weighted, x 2^62.
    pub hourly_variance_q62: u64,
    /// Hour of the last mark that entered it, Unix hours.
    pub variance_hour: i64,
    /// That mark, USD x 1e9; zero before the first.
    pub variance_price_e9: u64,
    /// Price range of the scenarios now x 1e9.
    pub range_e9: u64,
    /// Price range before its last move x 1e9.
    pub previous_range_e9: u64,
    /// When the range last moved, Unix seconds.
    pub range_moved_at: i64,
    /// Losses of this underlying that nothing has covered yet, atoms of the quote.
    pub bad_debt_atoms: u64,
    /// When the oldest of them arose, Unix seconds.
    pub bad_debt_since: i64,
    /// Expiries that were listed and had not passed when the last one was, Unix seconds, ascending; then zeros.
    pub expiries: [i64; MAX_EXPIRIES],
    /// For later versions.
    pub reserved: [u8; 248],
}

impl Underlying {
    /// Size of the account.
    pub const SPACE: usize = super::DISCRIMINATOR_LEN + size_of::<Self>();

    /// Whether the push oracle's account at an address is this asset's.
    pub fn has_push_feed(&self, address: &Address) -> bool {
        self.push_feed != Address::default() && self.push_feed == *address
    }

    /// Last checked price.
    pub const fn price(&self) -> Price {
        Price::from_e9(self.price_e9)
    }

    /// Confidence interval of the price.
    pub const fn confidence(&self) -> Price {
        Price::from_e9(self.confidence_e9)
    }

    /// When the price was published.
    pub const fn published_at(&self) -> UnixSeconds {
        UnixSeconds::new(self.published_at)
    }

    /// Size of a lot.
    ///
    /// # Errors
    /// [`MarginError::ParameterOutOfRange`] never for an account that this program wrote.
    pub fn lot(&self) -> core::result::Result<LotSize, MarginError> {
        LotSize::from_units_e9(self.lot_units_e9).map_err(|_| MarginError::ParameterOutOfRange)
    }

    /// Price moves of the scenarios.
    ///
    /// # Errors
    /// [`MarginError::ParameterOutOfRange`] never for an account that this program wrote.
    pub fn shocks(&self) -> core::result::Result<PriceShocks, MarginError> {
        PriceShocks::from_range(Ratio::from_e9(self.range_e9)).map_err(|_| MarginError::ParameterOutOfRange)
    }

    /// Numbers an event about the underlying.
    pub fn advance(&mut self) -> u64 {
        self.sequence = self.sequence.wrapping_add(1);
        self.sequence
    }

    /// Expiries that have not passed, ascending.
    pub fn live_expiries(&self, now: UnixSeconds) -> impl DoubleEndedIterator<Item = i64> + '_ {
        self.expiries.iter().copied().filter(move |expiry| *expiry > now.get())
    }

    /// Enters an expiry into the table and drops those that have passed.
    ///
    /// # Errors
    /// [`MarginError::TooManyExpiries`] never for expiries of the listing grid.
    pub fn list_expiry(&mut self, expiry: UnixSeconds, now: UnixSeconds) -> core::result::Result<(), MarginError> {
        let mut listed = [0; MAX_EXPIRIES];
        let is_before = |other: &i64| *other < expiry.get();
        let in_order = (self.live_expiries(now).filter(is_before))
            .chain(core::iter::once(expiry.get()))
            .chain(self.live_expiries(now).filter(|other| *other > expiry.get()));
        for (place, expiry) in in_order.enumerate() {
            *listed.get_mut(place).ok_or(MarginError::TooManyExpiries)? = expiry;
        }
        self.expiries = listed;
        Ok(())
    }

    /// Parameters of the requirement.
    pub const fn risk_params(&self) -> RiskParams {
        RiskParams {
            initial_short: Ratio::from_e9(self.risk.initial_short_e9),
            maintenance_short: Ratio::from_e9(self.risk.maintenance_short_e9),
            roll: Ratio::from_e9(self.risk.roll_e9),
            concentration: Ratio::from_e9(self.risk.concentration_e9),
        }
    }

    /// How the range follows the variance of hourly returns.
    pub const fn range_params(&self) -> RangeParams {
        RangeParams {
            deviations_e9: self.risk.range_deviations_e9,
            horizon_hours: self.risk.range_horizon_hours,
            floor: Ratio::from_e9(self.risk.range_floor_e9),
            cap: Ratio::from_e9(self.risk.range_cap_e9),
        }
    }

    /// Shocks to volatility.
    pub const fn volatility_params(&self) -> VolatilityParams {
        VolatilityParams {
            up: Ratio::from_e9(self.risk.volatility_up_e9),
            down: Ratio::from_e9(self.risk.volatility_down_e9),
            floor: Ratio::from_e9(self.risk.volatility_floor_e9),
            short_power: Ratio::from_e9(self.risk.short_power_e9),
            long_power: Ratio::from_e9(self.risk.long_power_e9),
        }
    }
}

const _: () =
    assert!(size_of::<FeedLimits>() == 64 && size_of::<RiskSettings>() == 136 && size_of::<MarketLimits>() == 72);
const _: () = assert!(size_of::<SurfaceLimits>() == 56);
const _: () = assert!(
    size_of::<Underlying>()
        == 8 + 32 + SYMBOL_LEN + 2 * 32 + 8 + 8 + 64 + 136 + 72 + 56 + 15 * 8 + MAX_EXPIRIES * 8 + 248
);
const _: () = assert!(offset_of!(Underlying, house) == 8);
