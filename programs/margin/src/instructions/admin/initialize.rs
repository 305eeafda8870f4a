//! Creates the house.

use crate::error::MarginError;
use crate::event::HouseInitialized;
use crate::governance::{INSTRUCTIONS, refuse_durable_nonce};
use crate::params::{FeeModel, HouseRisk, InterestModel, ParameterSet, Timelock, WithdrawalWindow};
use crate::state::{ClearingHouse, InsuranceFund, LAYOUT_VERSION, Registry, seeds};
use anchor_lang::prelude::*;
use anchor_spl::token::Mint;

/// Address of the upgradeable loader, which owns the program's data account.
const LOADER: Address = anchor_lang::address!("BPFLoaderUpgradeab1e11111111111111111111111");

/// Longest time in which the admin lists without delay, seconds: a week.
pub const MAX_GENESIS_SECONDS: u32 = 604_800;

/// Who governs the house, and the parameters that all accounts share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct InitializeArgs {
    /// May queue changes, tighten parameters and pause.
    pub admin: Address,
    /// May pause and cancel. Not the admin.
    pub guardian: Address,
    /// May post surface slices.
    pub surface_authority: Address,
    /// Owner of the token accounts that the treasury's part of fees may be paid to, or zero: none.
    pub treasury: Address,
    /// How long the admin may list without delay, seconds, at most a week. `end_genesis` ends it sooner.
    pub genesis_seconds: u32,
    /// How long changes wait and live.
    pub timelock: Timelock,
    /// How requirements add up, and how far a liquidation goes.
    pub risk: HouseRisk,
    /// Interest on cash.
    pub interest: InterestModel,
    /// What a trade costs.
    pub fees: FeeModel,
    /// How much may leave in a window.
    pub withdrawals: WithdrawalWindow,
}

impl InitializeArgs {
    /// Name of a parameter that is outside its bounds: an admin's key alone cannot leave them.
    pub fn out_of_bounds(&self) -> Option<&'static str> {
        let guards = self.guardian != Address::default() && self.guardian != self.admin;
        let bounds = [
            ("admin", self.admin != Address::default()),
            ("guardian", guards),
            ("genesis_seconds", self.genesis_seconds <= MAX_GENESIS_SECONDS),
        ];
        let outside = bounds.iter().find(|(_, holds)| !holds).map(|(name, _)| *name);
        outside
            .or_else(|| self.timelock.out_of_bounds())
            .or_else(|| self.risk.out_of_bounds())
            .or_else(|| self.interest.out_of_bounds())
            .or_else(|| self.fees.out_of_bounds())
            .or_else(|| self.withdrawals.out_of_bounds())
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
    /// Instructions sysvar.
    #[account(address = INSTRUCTIONS @ MarginError::NotInstructionsSysvar)]
    pub instructions: UncheckedAccount,
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
    let now = Clock::get()?.unix_timestamp;
    let accounts = &mut ctx.accounts;
    refuse_durable_nonce(accounts.instructions.account())?;
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
    house.treasury = args.treasury;
    house.genesis_until = now.saturating_add(i64::from(args.genesis_seconds));
    house.timelock = args.timelock;
    house.risk = args.risk;
    house.interest = args.interest;
    house.fees = args.fees;
    let registry = &mut accounts.registry;
    registry.version = LAYOUT_VERSION;
    registry.withdrawals = args.withdrawals;
    registry.bump = bumps.1;
    registry.house = address;
    let insurance = &mut accounts.insurance;
    insurance.version = LAYOUT_VERSION;
    insurance.bump = bumps.2;
    insurance.house = address;

    let sequence = ctx.accounts.house.advance();
    emit_cpi!(HouseInitialized {
        house: address,
        sequence,
        registry_sequence: ctx.accounts.registry.sequence,
        quote_mint: *ctx.accounts.quote_mint.address(),
        quote_decimals: decimals,
        genesis_until: ctx.accounts.house.genesis_until,
        args,
    });
    Ok(())
}
