//! Lists an asset with a price feed.

#![allow(
    unused_variables,
    reason = "the framework passes instruction arguments to steps that do not use them"
)]

use crate::error::MarginError;
use crate::event::UnderlyingListed;
use crate::governance::{Change, INSTRUCTIONS, check_listing, refuse_durable_nonce};
use crate::params::UnderlyingParams;
use crate::state::{
    ClearingHouse, FeedLimits, LAYOUT_VERSION, MarketLimits, QueuedChange, RiskSettings, SYMBOL_LEN, SurfaceLimits,
    Underlying, seeds,
};
use anchor_lang::prelude::*;
use tenor_math::quantity::{LotSize, UnixSeconds};

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
        let bounds = [
            ("symbol", self.symbol.first().is_some_and(|first| *first != 0)),
            ("feed_id", self.feed_id != [0; 32]),
            ("feed_exponent", (-18..=0).contains(&self.feed_exponent)),
            ("push_exponent", self.push_exponent_is_valid()),
            ("lot_units_e9", LotSize::from_units_e9(self.lot_units_e9).is_ok()),
        ];
        let params = UnderlyingParams {
            feed: self.feed,
            risk: self.risk,
            market: self.market,
            surface: self.surface,
        };
        let outside = bounds.iter().find(|(_, holds)| !holds).map(|(name, _)| *name);
        outside.or_else(|| params.out_of_bounds())
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
    /// Instructions sysvar.
    #[account(address = INSTRUCTIONS @ MarginError::NotInstructionsSysvar)]
    pub instructions: UncheckedAccount,
    /// The queued listing, once set-up is over.
    pub approval: Option<Account<QueuedChange>>,
}

/// See [`crate::tenor_margin::add_underlying`].
#[inline(never)]
pub fn add_underlying(ctx: &mut Context<AddUnderlying>, args: AddUnderlyingArgs) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    refuse_durable_nonce(ctx.accounts.instructions.account())?;
    args.validate()?;
    let bump = ctx.bumps.underlying;
    let accounts = &mut ctx.accounts;
    check_listing(
        &accounts.house,
        accounts.approval.as_ref(),
        &Change::ListUnderlying(args),
        now,
    )?;
    require!(
        accounts.house.underlying_count < MAX_UNDERLYINGS,
        MarginError::RegistryFull
    );
    let index = u8::try_from(accounts.house.underlying_count).map_err(|_| MarginError::RegistryFull)?;
    accounts.house.underlying_count = accounts.house.underlying_count.saturating_add(1);
    let sequence = accounts.house.advance();

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
    underlying.active_from = now.get();
    underlying.range_e9 = args.risk.range_floor_e9;
    underlying.previous_range_e9 = args.risk.range_floor_e9;

    emit_cpi!(UnderlyingListed {
        sequence,
        underlying: *ctx.accounts.underlying.address(),
        underlying_sequence: ctx.accounts.underlying.sequence,
        index,
        active_from: now.get(),
        args,
    });
    Ok(())
}
