//! Lists an asset with a price feed.

#![allow(
    unused_variables,
    reason = "the framework passes instruction arguments to steps that do not use them"
)]

use crate::error::MarginError;
use crate::event::UnderlyingListed;
use crate::state::{
    ClearingHouse, FeedLimits, LAYOUT_VERSION, MarketLimits, RiskSettings, SYMBOL_LEN, SurfaceLimits, Underlying, seeds,
};
use anchor_lang::prelude::*;
use tenor_math::quantity::{E9, LotSize};

/// Most underlyings of a house: health checks name them by bits of a word.
pub const MAX_UNDERLYINGS: u32 = 64;

/// What to list and how it is margined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct AddUnderlyingArgs {
    /// Symbol, padded with zeros.
    pub symbol: [u8; SYMBOL_LEN],
    /// Feed of the pull oracle.
    pub feed_id: [u8; 32],
    /// Exponent of its prices, -18 to 0.
    pub feed_exponent: i32,
    /// Price account of the push oracle, or zero: there is none.
    pub push_feed: Address,
    /// Exponent of its prices, -18 to 0; zero without a push feed.
    pub push_exponent: i32,
    /// One lot in 1e-9 units of the underlying, at most 1,000 units.
    pub lot_units_e9: u64,
    /// What a price must satisfy.
    pub feed: FeedLimits,
    /// Scenario sizes and contingencies.
    pub risk: RiskSettings,
    /// What may be listed and traded.
    pub market: MarketLimits,
    /// How far slices may move.
    pub surface: SurfaceLimits,
}

impl AddUnderlyingArgs {
    /// Name of a parameter that is outside its bounds: an admin's key alone cannot leave them.
    pub fn out_of_bounds(&self) -> Option<&'static str> {
        let AddUnderlyingArgs {
            feed,
            risk,
            market,
            surface,
            ..
        } = self;
        let bounds = [
            ("symbol", self.symbol.first().is_some_and(|first| *first != 0)),
            ("feed_id", self.feed_id != [0; 32]),
            ("feed_exponent", (-18..=0).contains(&self.feed_exponent)),
            ("push_exponent", self.push_exponent_is_valid()),
            ("lot_units_e9", LotSize::from_units_e9(self.lot_units_e9).is_ok()),
            (
                "max_confidence_e9",
                (1_000_000..=100_000_000).contains(&feed.max_confidence_e9),
            ),
            (
                "max_stored_confidence_e9",
                (feed.max_confidence_e9..=300_000_000).contains(&feed.max_stored_confidence_e9),
            ),
            (
                "unusable_age_seconds",
                (600..=86_400).contains(&feed.unusable_age_seconds),
            ),
            ("max_age_seconds", (5..=120).contains(&feed.max_age_seconds)),
            (
                "max_liquidation_age_seconds",
                (5..=feed.max_age_seconds).contains(&feed.max_liquidation_age_seconds),
            ),
            (
                "max_risk_age_seconds",
                (10..=3_600).contains(&feed.max_risk_age_seconds),
            ),
            (
                "max_surface_age_seconds",
                (60..=86_400).contains(&feed.max_surface_age_seconds),
            ),
            (
                "range_floor_e9",
                (50_000_000..=risk.range_cap_e9).contains(&risk.range_floor_e9),
            ),
            ("range_cap_e9", risk.range_cap_e9 <= 780_000_000),
            (
                // Where the bound on re-centred numbers is proved: 3%, and a fifth of the range.
                "max_drift_e9",
                (100_000..=30_000_000).contains(&feed.max_drift_e9)
                    && feed.max_drift_e9.saturating_mul(5) <= risk.range_floor_e9,
            ),
            (
                "range_deviations_e9",
                (E9..=10_000_000_000).contains(&risk.range_deviations_e9),
            ),
            ("range_horizon_hours", (1..=720).contains(&risk.range_horizon_hours)),
            (
                "variance_decay_e9",
                (900_000_000..=999_000_000).contains(&risk.variance_decay_e9),
            ),
            ("concentration_e9", risk.concentration_e9 <= 200_000_000),
            ("free_share_e9", risk.free_share_e9 <= E9),
            ("free_lots", risk.free_lots <= 1 << 40),
            ("unpaired_short_e9", (50_000_000..=E9).contains(&risk.unpaired_short_e9)),
            ("volatility_up_e9", (50_000_000..=E9).contains(&risk.volatility_up_e9)),
            (
                "volatility_down_e9",
                (50_000_000..=E9).contains(&risk.volatility_down_e9),
            ),
            (
                "volatility_floor_e9",
                (10_000_000..=E9).contains(&risk.volatility_floor_e9),
            ),
            ("short_power_e9", risk.short_power_e9 <= 400_000_000),
            ("long_power_e9", risk.long_power_e9 <= 400_000_000),
            (
                "initial_short_e9",
                (risk.maintenance_short_e9..=100_000_000).contains(&risk.initial_short_e9),
            ),
            ("roll_e9", risk.roll_e9 <= 100_000_000),
            ("strike_step_e9", market.strike_step_e9 > 0),
            (
                "strike_window_low_e9",
                (10_000_000..=E9).contains(&market.strike_window_low_e9),
            ),
            (
                "strike_window_high_e9",
                (E9..=10_000_000_000).contains(&market.strike_window_high_e9),
            ),
            (
                "max_tenor_seconds",
                (604_800..=63_072_000).contains(&market.max_tenor_seconds),
            ),
            ("band_of_mark_e9", market.band_of_mark_e9 <= 500_000_000),
            ("band_of_spot_e9", market.band_of_spot_e9 <= 50_000_000),
            (
                "max_open_interest_lots",
                (1..=1 << 40).contains(&market.max_open_interest_lots),
            ),
            (
                "min_forward_ratio_e9",
                (500_000_000..=E9).contains(&market.min_forward_ratio_e9),
            ),
            ("min_discount_e9", (500_000_000..=E9).contains(&market.min_discount_e9)),
            (
                "max_step_e9",
                (1_000_000..=surface.max_hourly_step_e9).contains(&surface.max_step_e9),
            ),
            (
                "max_hourly_step_e9",
                surface.max_hourly_step_e9 <= surface.max_daily_step_e9,
            ),
            ("max_daily_step_e9", surface.max_daily_step_e9 <= 2 * E9),
            (
                "max_carry_step_e9",
                (100_000..=surface.max_hourly_carry_step_e9).contains(&surface.max_carry_step_e9),
            ),
            (
                "max_hourly_carry_step_e9",
                surface.max_hourly_carry_step_e9 <= surface.max_daily_carry_step_e9,
            ),
            (
                "max_daily_carry_step_e9",
                surface.max_daily_carry_step_e9 <= 100_000_000,
            ),
            ("min_interval_seconds", surface.min_interval_seconds <= 600),
        ];
        bounds.iter().find(|(_, holds)| !holds).map(|(name, _)| *name)
    }

    fn push_exponent_is_valid(&self) -> bool {
        if self.push_feed == Address::default() {
            self.push_exponent == 0
        } else {
            (-18..=0).contains(&self.push_exponent)
        }
    }

    fn validate(&self) -> Result<()> {
        require!(self.out_of_bounds().is_none(), MarginError::ParameterOutOfRange);
        Ok(())
    }
}

/// Accounts of `add_underlying`.
#[event_cpi]
#[derive(Accounts)]
#[instruction(args: AddUnderlyingArgs)]
pub struct AddUnderlying {
    /// Admin of the house; pays the rent.
    #[account(mut, address = house.admin @ MarginError::NotAuthorised)]
    pub admin: Signer,
    /// The house.
    #[account(mut, seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// The underlying.
    #[account(init, payer = admin, space = Underlying::SPACE, seeds = [seeds::UNDERLYING, house.address().as_ref(), args.symbol.as_ref()], bump)]
    pub underlying: Account<Underlying>,
    /// System program.
    pub system_program: Program<System>,
}

/// See [`crate::tenor_margin::add_underlying`].
#[inline(never)]
pub fn add_underlying(ctx: &mut Context<AddUnderlying>, args: AddUnderlyingArgs) -> Result<()> {
    args.validate()?;
    let bump = ctx.bumps.underlying;
    let accounts = &mut ctx.accounts;
    require!(
        accounts.house.underlying_count < MAX_UNDERLYINGS,
        MarginError::RegistryFull
    );
    let index = u8::try_from(accounts.house.underlying_count).map_err(|_| MarginError::RegistryFull)?;
    accounts.house.underlying_count = accounts.house.underlying_count.saturating_add(1);

    let house = *accounts.house.address();
    let underlying = &mut accounts.underlying;
    underlying.version = LAYOUT_VERSION;
    underlying.bump = bump;
    underlying.index = index;
    underlying.feed_exponent = args.feed_exponent;
    underlying.house = house;
    underlying.symbol = args.symbol;
    underlying.feed_id = args.feed_id;
    underlying.push_feed = args.push_feed;
    underlying.push_exponent = args.push_exponent;
    underlying.lot_units_e9 = args.lot_units_e9;
    underlying.feed = args.feed;
    underlying.risk = args.risk;
    underlying.market = args.market;
    underlying.surface = args.surface;
    underlying.range_e9 = args.risk.range_floor_e9;
    underlying.previous_range_e9 = args.risk.range_floor_e9;

    emit_cpi!(UnderlyingListed {
        underlying: *ctx.accounts.underlying.address(),
        index,
        symbol: args.symbol,
        feed_id: args.feed_id,
        feed_exponent: args.feed_exponent,
        push_feed: args.push_feed,
        push_exponent: args.push_exponent,
        lot_units_e9: args.lot_units_e9,
    });
    Ok(())
}
