//! An asset with a price feed, and the chains that are listed on it.

use super::Key;
use crate::Decimal9;
use serde::Deserialize;
use solana_pubkey::Pubkey;
use tenor_sdk::address;
use tenor_sdk::margin::instructions::AddUnderlyingArgs;
use tenor_sdk::margin::state::{FeedLimits, MarketLimits, RiskSettings, SurfaceLimits};

/// An asset with a price feed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnderlyingFile {
    /// Symbol, at most 16 bytes.
    pub symbol: String,
    /// Size of a lot in whole underlyings.
    pub lot: Decimal9,
    /// Where prices come from and what they must satisfy.
    pub feed: Feed,
    /// Scenario sizes and contingencies.
    pub risk: Risk,
    /// What may be listed and traded.
    pub market: MarketBounds,
    /// How far slices may move.
    pub surface: SurfaceBounds,
    /// Chains that a deployment lists; anyone may list more.
    pub listing: Option<Listing>,
}

/// A price feed and its limits.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// Account that holds the newest update.
    pub account: Key,
    /// Feed id, 64 hexadecimal digits.
    pub id: String,
    /// Exponent of its prices.
    pub exponent: i32,
    /// Account of the push oracle, where it prices the asset too.
    pub push: Option<PushFeed>,
    /// Most confidence over price that risk may be added on.
    pub max_confidence: Decimal9,
    /// Most confidence over price of a price that is stored at all.
    pub max_stored_confidence: Decimal9,
    /// Oldest price for trades that add risk and for withdrawals.
    pub max_age_seconds: u64,
    /// Age from which a price is of no use at all.
    pub unusable_age_seconds: u64,
    /// Oldest price for liquidations.
    pub max_liquidation_age_seconds: u64,
    /// Oldest risk array.
    pub max_risk_age_seconds: u64,
    /// Farthest that spot may be from a risk array's reference.
    pub max_drift: Decimal9,
    /// Age from which a surface slice is stale.
    pub max_surface_age_seconds: u64,
}

/// A price account of the push oracle.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushFeed {
    /// Its address.
    pub account: Key,
    /// Exponent of its prices.
    pub exponent: i32,
}

/// Scenario sizes and contingencies.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Risk {
    /// Least price range of the scenarios.
    pub range_floor: Decimal9,
    /// Greatest price range of the scenarios.
    pub range_cap: Decimal9,
    /// Standard deviations that the range holds.
    pub range_deviations: Decimal9,
    /// Hours over which it holds them.
    pub range_horizon_hours: u64,
    /// Part of the hourly variance that is kept each hour.
    pub variance_decay: Decimal9,
    /// Relative rise of volatility at thirty days.
    pub volatility_up: Decimal9,
    /// Relative fall of volatility at thirty days.
    pub volatility_down: Decimal9,
    /// Least shocked volatility per year.
    pub volatility_floor: Decimal9,
    /// Power of maturity below thirty days.
    pub short_power: Decimal9,
    /// Power of maturity above thirty days.
    pub long_power: Decimal9,
    /// Initial contingency per net short option as a fraction of spot.
    pub initial_short: Decimal9,
    /// Maintenance contingency per net short option as a fraction of spot.
    pub maintenance_short: Decimal9,
    /// Contingency on the net delta of each expiry.
    pub roll: Decimal9,
    /// Initial contingency per lot beyond the free share of a strike's open interest.
    pub concentration: Decimal9,
    /// Share of a strike's open interest that one account may hold free of it.
    pub free_share: Decimal9,
    /// Lots of a strike that one account may hold free of it whatever the open interest is.
    pub free_lots: u64,
    /// Standard rule: requirement of an unpaired short call as a fraction of spot.
    pub unpaired_short: Decimal9,
}

/// How far a slice may move: volatility, slope and correlation, and apart from them forward and discount.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurfaceBounds {
    /// In one post.
    pub max_step: Decimal9,
    /// Within an hour.
    pub max_hourly_step: Decimal9,
    /// Within a day.
    pub max_daily_step: Decimal9,
    /// Forward and discount in one post.
    pub max_carry_step: Decimal9,
    /// Forward and discount within an hour.
    pub max_hourly_carry_step: Decimal9,
    /// Forward and discount within a day.
    pub max_daily_carry_step: Decimal9,
    /// Least time between two posts for one chain.
    pub min_interval_seconds: u64,
}

/// What may be listed and traded.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarketBounds {
    /// Strikes are multiples of this.
    pub strike_step_usd: Decimal9,
    /// Lowest strike as a fraction of spot.
    pub strike_window_low: Decimal9,
    /// Highest strike as a multiple of spot.
    pub strike_window_high: Decimal9,
    /// Farthest expiry from now; zero for an asset that only prices collateral.
    pub max_tenor_seconds: u64,
    /// A trade's price may differ from the mark by this fraction of the mark, ...
    pub band_of_mark: Decimal9,
    /// ... or by this fraction of spot, whichever is more.
    pub band_of_spot: Decimal9,
    /// Most open interest of one option.
    pub max_open_interest_lots: u64,
    /// Least forward over spot that a slice may state.
    pub min_forward_ratio: Decimal9,
    /// Least discount factor that a slice may state.
    pub min_discount: Decimal9,
}

/// Chains to list: the next expiries of the grid, all with the same strikes.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// How many expiries.
    pub expiries: u8,
    /// The first is at least this far away.
    pub min_days: u32,
    /// Lowest strike.
    pub lowest_strike_usd: Decimal9,
    /// Highest strike.
    pub highest_strike_usd: Decimal9,
    /// Distance between strikes.
    pub spacing_usd: Decimal9,
}

impl UnderlyingFile {
    /// Symbol, padded with zeros; `None` if it is empty or too long.
    pub fn padded_symbol(&self) -> Option<[u8; 16]> {
        address::symbol(&self.symbol)
    }

    /// Arguments of `add_underlying`; `None` if symbol or feed id are malformed.
    pub fn args(&self) -> Option<AddUnderlyingArgs> {
        let Self {
            feed,
            risk,
            market,
            surface,
            ..
        } = self;
        Some(AddUnderlyingArgs {
            symbol: self.padded_symbol()?,
            feed_id: feed.id_bytes()?,
            feed_exponent: feed.exponent,
            push_feed: feed.push.as_ref().map_or(Pubkey::default(), |push| push.account.0),
            push_exponent: feed.push.as_ref().map_or(0, |push| push.exponent),
            lot_units_e9: self.lot.e9(),
            feed: FeedLimits {
                max_confidence_e9: feed.max_confidence.e9(),
                max_stored_confidence_e9: feed.max_stored_confidence.e9(),
                max_age_seconds: feed.max_age_seconds,
                unusable_age_seconds: feed.unusable_age_seconds,
                max_liquidation_age_seconds: feed.max_liquidation_age_seconds,
                max_risk_age_seconds: feed.max_risk_age_seconds,
                max_drift_e9: feed.max_drift.e9(),
                max_surface_age_seconds: feed.max_surface_age_seconds,
            },
            risk: RiskSettings {
                range_floor_e9: risk.range_floor.e9(),
                range_cap_e9: risk.range_cap.e9(),
                range_deviations_e9: risk.range_deviations.e9(),
                range_horizon_hours: risk.range_horizon_hours,
                variance_decay_e9: risk.variance_decay.e9(),
                volatility_up_e9: risk.volatility_up.e9(),
                volatility_down_e9: risk.volatility_down.e9(),
                volatility_floor_e9: risk.volatility_floor.e9(),
                short_power_e9: risk.short_power.e9(),
                long_power_e9: risk.long_power.e9(),
                initial_short_e9: risk.initial_short.e9(),
                maintenance_short_e9: risk.maintenance_short.e9(),
                roll_e9: risk.roll.e9(),
                concentration_e9: risk.concentration.e9(),
                free_share_e9: risk.free_share.e9(),
                free_lots: risk.free_lots,
                unpaired_short_e9: risk.unpaired_short.e9(),
            },
            market: MarketLimits {
                strike_step_e9: market.strike_step_usd.e9(),
                strike_window_low_e9: market.strike_window_low.e9(),
                strike_window_high_e9: market.strike_window_high.e9(),
                max_tenor_seconds: market.max_tenor_seconds,
                band_of_mark_e9: market.band_of_mark.e9(),
                band_of_spot_e9: market.band_of_spot.e9(),
                max_open_interest_lots: market.max_open_interest_lots,
                min_forward_ratio_e9: market.min_forward_ratio.e9(),
                min_discount_e9: market.min_discount.e9(),
            },
            surface: SurfaceLimits {
                max_step_e9: surface.max_step.e9(),
                max_hourly_step_e9: surface.max_hourly_step.e9(),
                max_daily_step_e9: surface.max_daily_step.e9(),
                max_carry_step_e9: surface.max_carry_step.e9(),
                max_hourly_carry_step_e9: surface.max_hourly_carry_step.e9(),
                max_daily_carry_step_e9: surface.max_daily_carry_step.e9(),
                min_interval_seconds: surface.min_interval_seconds,
            },
        })
    }
}

impl Feed {
    /// The feed id; `None` unless it is 64 hexadecimal digits.
    pub fn id_bytes(&self) -> Option<[u8; 32]> {
        let digits: Vec<u8> = self
            .id
            .chars()
            .map(|digit| digit.to_digit(16)?.try_into().ok())
            .collect::<Option<_>>()?;
        let bytes: Vec<u8> = digits
            .chunks(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
            .collect();
        (digits.len() == 64).then(|| bytes.try_into().ok()).flatten()
    }
}

impl Listing {
    /// The strikes, lowest first, USD x 1e9.
    pub fn strikes_e9(&self) -> impl Iterator<Item = u64> + use<> {
        let spacing = usize::try_from(self.spacing_usd.e9()).unwrap_or(usize::MAX).max(1);
        (self.lowest_strike_usd.e9()..=self.highest_strike_usd.e9()).step_by(spacing)
    }
}
