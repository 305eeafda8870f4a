//! Parameters of an underlying.

use super::{Field, Loosens, ParameterSet};
use crate::state::{FeedLimits, MarketLimits, RiskSettings, SurfaceLimits, Underlying};
use alloc::vec;
use alloc::vec::Vec;
use tenor_math::quantity::E9;

const DAY: u64 = 86_400;

impl ParameterSet for FeedLimits {
    fn fields(&self) -> Vec<Field> {
        // The least confidence and age are what an honest feed keeps: tightened to them, withdrawals still find a price.
        vec![
            Field::new(
                "max_confidence_e9",
                self.max_confidence_e9,
                5_000_000..=100_000_000,
                Loosens::Up,
            ),
            // A price that is not stored stops everything that needs one.
            Field::new(
                "max_stored_confidence_e9",
                self.max_stored_confidence_e9,
                self.max_confidence_e9..=300_000_000,
                Loosens::Either,
            ),
            Field::new("max_age_seconds", self.max_age_seconds, 10..=120, Loosens::Either),
            Field::new(
                "unusable_age_seconds",
                self.unusable_age_seconds,
                600..=DAY,
                Loosens::Either,
            ),
            // Younger prices than keepers can bring would stop liquidations.
            Field::new(
                "max_liquidation_age_seconds",
                self.max_liquidation_age_seconds,
                5..=self.max_age_seconds,
                Loosens::Either,
            ),
            // Arrays that cannot be kept fresh stop withdrawals and liquidations.
            Field::new(
                "max_risk_age_seconds",
                self.max_risk_age_seconds,
                60..=3_600,
                Loosens::Either,
            ),
            Field::new("max_drift_e9", self.max_drift_e9, 100_000..=30_000_000, Loosens::Either),
            Field::new(
                "max_surface_age_seconds",
                self.max_surface_age_seconds,
                60..=DAY,
                Loosens::Either,
            ),
        ]
    }
}

impl ParameterSet for RiskSettings {
    fn fields(&self) -> Vec<Field> {
        // What counts in maintenance waits: a rise liquidates. What counts in the initial requirement alone does not.
        vec![
            Field::new(
                "range_floor_e9",
                self.range_floor_e9,
                50_000_000..=self.range_cap_e9,
                Loosens::Either,
            ),
            Field::new("range_cap_e9", self.range_cap_e9, 0..=780_000_000, Loosens::Either),
            Field::new(
                "range_deviations_e9",
                self.range_deviations_e9,
                E9..=10_000_000_000,
                Loosens::Either,
            ),
            Field::new(
                "range_horizon_hours",
                self.range_horizon_hours,
                1..=720,
                Loosens::Either,
            ),
            Field::new(
                "variance_decay_e9",
                self.variance_decay_e9,
                900_000_000..=999_000_000,
                Loosens::Either,
            ),
            Field::new(
                "volatility_up_e9",
                self.volatility_up_e9,
                50_000_000..=E9,
                Loosens::Either,
            ),
            Field::new(
                "volatility_down_e9",
                self.volatility_down_e9,
                50_000_000..=E9,
                Loosens::Either,
            ),
            Field::new(
                "volatility_floor_e9",
                self.volatility_floor_e9,
                10_000_000..=E9,
                Loosens::Either,
            ),
            Field::new("short_power_e9", self.short_power_e9, 0..=400_000_000, Loosens::Either),
            Field::new("long_power_e9", self.long_power_e9, 0..=400_000_000, Loosens::Either),
            Field::new(
                "initial_short_e9",
                self.initial_short_e9,
                self.maintenance_short_e9..=100_000_000,
                Loosens::Down,
            ),
            Field::new(
                "maintenance_short_e9",
                self.maintenance_short_e9,
                0..=100_000_000,
                Loosens::Either,
            ),
            Field::new("roll_e9", self.roll_e9, 0..=100_000_000, Loosens::Either),
            Field::new(
                "concentration_e9",
                self.concentration_e9,
                0..=200_000_000,
                Loosens::Down,
            ),
            Field::new("free_share_e9", self.free_share_e9, 0..=E9, Loosens::Up),
            Field::new("free_lots", self.free_lots, 0..=1 << 40, Loosens::Up),
            Field::new(
                "unpaired_short_e9",
                self.unpaired_short_e9,
                50_000_000..=E9,
                Loosens::Down,
            ),
        ]
    }
}

impl ParameterSet for MarketLimits {
    fn fields(&self) -> Vec<Field> {
        vec![
            Field::new("strike_step_e9", self.strike_step_e9, 1..=u64::MAX, Loosens::Either),
            Field::new(
                "strike_window_low_e9",
                self.strike_window_low_e9,
                10_000_000..=E9,
                Loosens::Down,
            ),
            Field::new(
                "strike_window_high_e9",
                self.strike_window_high_e9,
                E9..=10_000_000_000,
                Loosens::Up,
            ),
            // Zero is for assets that only price collateral: no option is listed on them.
            Field::new(
                "max_tenor_seconds",
                self.max_tenor_seconds,
                if self.max_tenor_seconds == 0 {
                    0..=0
                } else {
                    7 * DAY..=730 * DAY
                },
                Loosens::Up,
            ),
            Field::new(
                "band_of_mark_e9",
                self.band_of_mark_e9,
                0..=500_000_000,
                Loosens::Either,
            ),
            Field::new(
                "band_of_spot_e9",
                self.band_of_spot_e9,
                1_000_000..=50_000_000,
                Loosens::Either,
            ),
            Field::new(
                "max_open_interest_lots",
                self.max_open_interest_lots,
                1..=1 << 40,
                Loosens::Up,
            ),
            // A slice that cannot state the true forward stops the chain's marks.
            Field::new(
                "min_forward_ratio_e9",
                self.min_forward_ratio_e9,
                500_000_000..=E9,
                Loosens::Either,
            ),
            Field::new(
                "min_discount_e9",
                self.min_discount_e9,
                500_000_000..=E9,
                Loosens::Either,
            ),
        ]
    }
}

impl ParameterSet for SurfaceLimits {
    fn fields(&self) -> Vec<Field> {
        // Looser, a stolen surface key moves marks further; tighter, marks cannot follow the market.
        vec![
            Field::new(
                "max_step_e9",
                self.max_step_e9,
                1_000_000..=self.max_hourly_step_e9.min(200_000_000),
                Loosens::Either,
            ),
            Field::new(
                "max_hourly_step_e9",
                self.max_hourly_step_e9,
                0..=self.max_daily_step_e9.min(300_000_000),
                Loosens::Either,
            ),
            Field::new(
                "max_daily_step_e9",
                self.max_daily_step_e9,
                0..=500_000_000,
                Loosens::Either,
            ),
            Field::new(
                "max_carry_step_e9",
                self.max_carry_step_e9,
                100_000..=self.max_hourly_carry_step_e9.min(5_000_000),
                Loosens::Either,
            ),
            Field::new(
                "max_hourly_carry_step_e9",
                self.max_hourly_carry_step_e9,
                0..=self.max_daily_carry_step_e9.min(10_000_000),
                Loosens::Either,
            ),
            Field::new(
                "max_daily_carry_step_e9",
                self.max_daily_carry_step_e9,
                0..=20_000_000,
                Loosens::Either,
            ),
            Field::new(
                "min_interval_seconds",
                self.min_interval_seconds,
                0..=600,
                Loosens::Either,
            ),
        ]
    }
}

/// All parameters of an underlying: some bounds lie between sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnderlyingParams {
    /// What a price must satisfy.
    pub feed: FeedLimits,
    /// Scenario sizes and contingencies.
    pub risk: RiskSettings,
    /// What may be listed and traded.
    pub market: MarketLimits,
    /// How far slices may move.
    pub surface: SurfaceLimits,
}

impl UnderlyingParams {
    /// Those of an underlying.
    pub const fn of(underlying: &Underlying) -> Self {
        Self {
            feed: underlying.feed,
            risk: underlying.risk,
            market: underlying.market,
            surface: underlying.surface,
        }
    }

    /// Name of a parameter that is outside its bounds.
    pub fn out_of_bounds(&self) -> Option<&'static str> {
        // Where the bound on re-centred numbers is proved: a fifth of the range.
        let drift_is_proved = self.feed.max_drift_e9.saturating_mul(5) <= self.risk.range_floor_e9;
        self.feed
            .out_of_bounds()
            .or_else(|| self.risk.out_of_bounds())
            .or_else(|| self.market.out_of_bounds())
            .or_else(|| self.surface.out_of_bounds())
            .or(if drift_is_proved { None } else { Some("max_drift_e9") })
    }
}
