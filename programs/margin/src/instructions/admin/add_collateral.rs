//! Lists a collateral and creates the house's vault for it.

use crate::error::MarginError;
use crate::event::CollateralListed;
use crate::governance::{Change, INSTRUCTIONS, check_listing, refuse_durable_nonce};
use crate::state::{
    ClearingHouse, CollateralEntry, InsuranceFund, MAX_COLLATERALS, NO_UNDERLYING, QUOTE_INDEX, QueuedChange, Registry,
    seeds,
};
use anchor_lang::prelude::*;
use anchor_spl::token::{self, Mint, TokenAccount};
use bytemuck::Zeroable;
use tenor_math::quantity::{E9, UnixSeconds};

/// Terms of a collateral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct AddCollateralArgs {
    /// Underlying that prices it, or 255 for the quote.
    pub underlying_index: u8,
    /// Part of the worth that does not count as equity x 1e9, at most half; zero for the quote.
    pub haircut_e9: u64,
    /// Most that the house takes, atoms.
    pub deposit_cap_atoms: u64,
}

/// Accounts of `add_collateral`.
#[event_cpi]
#[derive(Accounts)]
pub struct AddCollateral {
    /// Admin of the house; pays the rent.
    #[account(mut, address = house.admin @ MarginError::NotAuthorised)]
    pub admin: Signer,
    /// The house, which owns the vault.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house.
    #[account(mut, seeds = [seeds::REGISTRY, house.address().as_ref()], bump = registry.bump)]
    pub registry: Account<Registry>,
    /// Insurance fund, whose vault is that of the quote.
    #[account(mut, seeds = [seeds::INSURANCE, house.address().as_ref()], bump = insurance.bump)]
    pub insurance: Account<InsuranceFund>,
    /// Mint of the collateral.
    pub mint: Account<Mint>,
    /// Token account of the house for it.
    #[account(init, payer = admin, token::mint = mint, token::authority = house, seeds = [seeds::VAULT, house.address().as_ref(), mint.address().as_ref()], bump)]
    pub vault: Account<TokenAccount>,
    /// Token program.
    pub token_program: Program<Token>,
    /// System program.
    pub system_program: Program<System>,
    /// Instructions sysvar.
    #[account(address = INSTRUCTIONS @ MarginError::NotInstructionsSysvar)]
    pub instructions: UncheckedAccount,
    /// The queued listing, once set-up is over.
    pub approval: Option<Account<QueuedChange>>,
}

impl AddCollateral {
    fn validate(&self, args: &AddCollateralArgs) -> Result<()> {
        let count = usize::from(self.registry.count);
        require!(count < MAX_COLLATERALS, MarginError::RegistryFull);
        let mint = self.mint.address();
        require!(
            self.registry.listed().iter().all(|entry| entry.mint != *mint),
            MarginError::CollateralExists
        );
        let is_quote = *mint == self.house.quote_mint;
        let is_first = count == usize::from(QUOTE_INDEX);
        let bounds = [
            is_quote == is_first,
            is_quote == (args.underlying_index == NO_UNDERLYING),
            is_quote || u32::from(args.underlying_index) < self.house.underlying_count,
            args.haircut_e9 <= if is_quote { 0 } else { E9 >> 1 },
            args.deposit_cap_atoms > 0,
            self.mint.decimals() <= 18,
        ];
        require!(bounds.iter().all(|holds| *holds), MarginError::ParameterOutOfRange);
        Ok(())
    }
}

/// See [`crate::tenor_margin::add_collateral`].
#[inline(never)]
pub fn add_collateral(ctx: &mut Context<AddCollateral>, args: AddCollateralArgs) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let accounts = &mut ctx.accounts;
    refuse_durable_nonce(accounts.instructions.account())?;
    accounts.validate(&args)?;
    let mint = *accounts.mint.address();
    let listing = Change::ListCollateral { mint, args };
    check_listing(&accounts.house, accounts.approval.as_ref(), &listing, now)?;
    let index = accounts.registry.count;
    let entry = CollateralEntry {
        mint: *accounts.mint.address(),
        vault: *accounts.vault.address(),
        haircut_e9: args.haircut_e9,
        deposit_cap_atoms: args.deposit_cap_atoms,
        underlying_index: args.underlying_index,
        scenario_index: args.underlying_index,
        decimals: accounts.mint.decimals(),
        ..CollateralEntry::zeroed()
    };
    let place = accounts
        .registry
        .collaterals
        .get_mut(usize::from(index))
        .ok_or(MarginError::RegistryFull)?;
    *place = entry;
    accounts.registry.count = index.saturating_add(1);
    if index == QUOTE_INDEX {
        accounts.insurance.vault = entry.vault;
    }

    emit_cpi!(CollateralListed {
        index,
        mint: entry.mint,
        vault: entry.vault,
        underlying_index: entry.underlying_index,
        haircut_e9: entry.haircut_e9,
        deposit_cap_atoms: entry.deposit_cap_atoms,
    });
    Ok(())
}
