//! Creates the house.

use crate::error::MarginError;
use crate::event::HouseInitialized;
use crate::state::{ClearingHouse, InsuranceFund, LAYOUT_VERSION, Registry, seeds};
use anchor_lang::prelude::*;
use anchor_spl::token::Mint;
use tenor_math::quantity::E9;

/// Address of the upgradeable loader, which owns the program's data account.
const LOADER: Address = anchor_lang::address!("BPFLoaderUpgradeab1e11111111111111111111111");
/// Index at which interest starts x 1e18.
const FIRST_INDEX_E18: u64 = 1_000_000_000_000_000_000;

/// Who governs the house, and the parameters that all accounts share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct InitializeArgs {
    /// May list and change parameters.
    pub admin: Address,
    /// May pause and cancel.
    pub guardian: Address,
    /// May post surface slices.
    pub surface_authority: Address,
    /// How long a loosening change waits, seconds: at least two days.
    pub timelock_seconds: u64,
    /// Credit for losses that underlyings do not have together x 1e9, at most 1e9.
    pub correlation_credit_e9: u64,
    /// Maintenance share of the scenario requirement x 1e9, half to one.
    pub maintenance_factor_e9: u64,
    /// Equity over maintenance requirement at which an auction ends x 1e9, above 1.0 and up to 2.0.
    pub liquidation_target_e9: u64,
    /// Accounts with a lower maintenance requirement are liquidated in full, USD x 1e9.
    pub full_close_below_e9: i64,
    /// An auction that restarts within this resumes its old clock, seconds, at most a day.
    pub auction_memory_seconds: u64,
}

impl InitializeArgs {
    /// Name of a parameter that is outside its bounds: an admin's key alone cannot leave them.
    pub fn out_of_bounds(&self) -> Option<&'static str> {
        let bounds = [
            (
                "timelock_seconds",
                (172_800..=7_776_000).contains(&self.timelock_seconds),
            ),
            ("correlation_credit_e9", self.correlation_credit_e9 <= E9),
            (
                "maintenance_factor_e9",
                (500_000_000..=E9).contains(&self.maintenance_factor_e9),
            ),
            (
                "liquidation_target_e9",
                (1_000_000_001..=2_000_000_000).contains(&self.liquidation_target_e9),
            ),
            (
                "full_close_below_e9",
                (0..=1_000_000_000_000).contains(&self.full_close_below_e9),
            ),
            ("auction_memory_seconds", self.auction_memory_seconds <= 86_400),
        ];
        bounds.iter().find(|(_, holds)| !holds).map(|(name, _)| *name)
    }

    fn validate(&self) -> Result<()> {
        require!(self.out_of_bounds().is_none(), MarginError::ParameterOutOfRange);
        Ok(())
    }
}

/// Accounts of `initialize`.
#[event_cpi]
#[derive(Accounts)]
pub struct Initialize {
    /// Upgrade authority of the program; pays the rent.
    #[account(mut)]
    pub upgrade_authority: Signer,
    /// The program's data account, which names the upgrade authority.
    #[account(seeds = [crate::ID.as_ref()], bump, seeds::program = LOADER)]
    pub program_data: UncheckedAccount,
    /// The house.
    #[account(init, payer = upgrade_authority, space = ClearingHouse::SPACE, seeds = [seeds::HOUSE], bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house.
    #[account(init, payer = upgrade_authority, space = Registry::SPACE, seeds = [seeds::REGISTRY, house.address().as_ref()], bump)]
    pub registry: Account<Registry>,
    /// Insurance fund of the house.
    #[account(init, payer = upgrade_authority, space = InsuranceFund::SPACE, seeds = [seeds::INSURANCE, house.address().as_ref()], bump)]
    pub insurance: Account<InsuranceFund>,
    /// Mint of the quote currency.
    pub quote_mint: Account<Mint>,
    /// System program.
    pub system_program: Program<System>,
}

impl Initialize {
    /// The loader's layout: variant 3 (u32), slot (u64), option tag (u8), authority.
    fn check_upgrade_authority(&self) -> Result<()> {
        let view = self.program_data.account();
        require!(view.owned_by(&LOADER), MarginError::NotUpgradeAuthority);
        let data = view.try_borrow()?;
        let is_program_data = data.get(..4) == Some(&[3, 0, 0, 0]) && data.get(12) == Some(&1);
        let authority = data.get(13..45);
        require!(
            is_program_data && authority == Some(self.upgrade_authority.address().as_ref()),
            MarginError::NotUpgradeAuthority
        );
        Ok(())
    }
}

/// See [`crate::tenor_margin::initialize`].
#[inline(never)]
pub fn initialize(ctx: &mut Context<Initialize>, args: InitializeArgs) -> Result<()> {
    let bumps = (ctx.bumps.house, ctx.bumps.registry, ctx.bumps.insurance);
    let accounts = &mut ctx.accounts;
    accounts.check_upgrade_authority()?;
    args.validate()?;
    let decimals = accounts.quote_mint.decimals();
    require!((1..=9).contains(&decimals), MarginError::ParameterOutOfRange);

    let address = *accounts.house.address();
    let house = &mut accounts.house;
    house.version = LAYOUT_VERSION;
    house.bump = bumps.0;
    house.quote_decimals = decimals;
    house.admin = args.admin;
    house.guardian = args.guardian;
    house.surface_authority = args.surface_authority;
    house.quote_mint = *accounts.quote_mint.address();
    house.timelock_seconds = args.timelock_seconds;
    house.correlation_credit_e9 = args.correlation_credit_e9;
    house.maintenance_factor_e9 = args.maintenance_factor_e9;
    house.liquidation_target_e9 = args.liquidation_target_e9;
    house.full_close_below_e9 = args.full_close_below_e9;
    house.auction_memory_seconds = args.auction_memory_seconds;
    house.deposit_index_e18 = FIRST_INDEX_E18;
    house.borrow_index_e18 = FIRST_INDEX_E18;
    let registry = &mut accounts.registry;
    registry.version = LAYOUT_VERSION;
    registry.bump = bumps.1;
    registry.house = address;
    let insurance = &mut accounts.insurance;
    insurance.version = LAYOUT_VERSION;
    insurance.bump = bumps.2;
    insurance.house = address;

    emit_cpi!(HouseInitialized {
        house: address,
        admin: args.admin,
        guardian: args.guardian,
        surface_authority: args.surface_authority,
        quote_mint: *ctx.accounts.quote_mint.address(),
    });
    Ok(())
}
