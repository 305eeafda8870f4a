//! Lists a collateral and creates the house's vault for it.

use crate::error::MarginError;
use crate::event::CollateralListed;
use crate::governance::{Change, INSTRUCTIONS, check_listing, refuse_durable_nonce};
use crate::params::CollateralTerms;
use crate::state::{
    ClearingHouse, CollateralEntry, InsuranceFund, MAX_COLLATERALS, NO_UNDERLYING, QUOTE_INDEX, QueuedChange, Registry,
    seeds,
};
use crate::token::{self, TOKEN_ACCOUNT_LEN, check_mint};
use anchor_lang::prelude::*;
use anchor_spl::token::InitializeAccount3;
use anchor_spl::token_interface::TokenInterface;
use bytemuck::Zeroable;
use tenor_math::quantity::UnixSeconds;

/// Longest ramp of a deposit cap, seconds: 90 days.
const MAX_RAMP_SECONDS: u64 = 7_776_000;
/// Shortest ramp in a house that holds something, seconds: two days.
const MIN_RAMP_SECONDS: u64 = 172_800;

/// Terms of a collateral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct AddCollateralArgs {
    /// Underlying whose price values it, or 255 for the quote.
    pub underlying_index: u8,
    /// Underlying whose scenarios shock it, or 255 for the quote.
    pub scenario_index: u8,
    /// One to list the mint although somebody may freeze accounts of it; zero otherwise.
    pub accepts_freeze_authority: u8,
    /// Part of the worth that does not count as equity x 1e9, at most half; zero for the quote.
    pub haircut_e9: u64,
    /// Most that the house takes, atoms, at most 2^62.
    pub deposit_cap_atoms: u64,
    /// How long that cap grows from zero, seconds, at most 90 days; at least two days in a house that holds something.
    pub ramp_seconds: u64,
    /// Most net outflow within the registry's window, atoms: a twentieth of the deposit cap to all of it.
    pub window_cap_atoms: u64,
}

impl AddCollateralArgs {
    /// Those that may change later.
    pub const fn terms(&self) -> CollateralTerms {
        CollateralTerms {
            haircut_e9: self.haircut_e9,
            deposit_cap_atoms: self.deposit_cap_atoms,
            window_cap_atoms: self.window_cap_atoms,
        }
    }
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
    pub mint: UncheckedAccount,
    /// Token account of the house for it.
    #[account(init, payer = admin, space = TOKEN_ACCOUNT_LEN, owner = *token_program.address(), seeds = [seeds::VAULT, house.address().as_ref(), mint.address().as_ref()], bump)]
    pub vault: UncheckedAccount,
    /// Token program of the mint.
    pub token_program: Interface<'static, TokenInterface>,
    /// System program.
    pub system_program: Program<System>,
    /// Instructions sysvar.
    #[account(address = INSTRUCTIONS @ MarginError::NotInstructionsSysvar)]
    pub instructions: UncheckedAccount,
    /// The queued listing, once set-up is over.
    pub approval: Option<Account<QueuedChange>>,
}

impl AddCollateral {
    /// Checks the listing and returns the decimals of the mint.
    fn validate(&self, args: &AddCollateralArgs) -> Result<u8> {
        let count = usize::from(self.registry.count);
        require!(count < MAX_COLLATERALS, MarginError::RegistryFull);
        let mint = self.mint.address();
        require!(
            self.registry.listed().iter().all(|entry| entry.mint != *mint),
            MarginError::CollateralExists
        );
        let decimals = token::decimals(self.mint.account(), self.token_program.address())?;
        let is_quote = *mint == self.house.quote_mint;
        let is_first = count == usize::from(QUOTE_INDEX);
        let names = |index: u8| {
            let is_listed = u32::from(index) < self.house.underlying_count;
            if is_quote { index == NO_UNDERLYING } else { is_listed }
        };
        let bounds = [
            is_quote == is_first,
            names(args.underlying_index) && names(args.scenario_index),
            args.accepts_freeze_authority <= 1,
            !is_quote || args.haircut_e9 == 0,
            args.deposit_cap_atoms > 0,
            args.terms().out_of_bounds_after(None).is_none(),
            (self.least_ramp_seconds()..=MAX_RAMP_SECONDS).contains(&args.ramp_seconds),
            decimals <= 18,
        ];
        require!(bounds.iter().all(|holds| *holds), MarginError::ParameterOutOfRange);
        let data = self.mint.account().try_borrow()?;
        check_mint(&data, args.accepts_freeze_authority == 1)?;
        Ok(decimals)
    }

    /// A house that holds nothing has nothing to lose.
    fn holds_nothing(&self) -> bool {
        self.registry.listed().iter().all(|entry| entry.booked_total_atoms == 0)
    }

    fn least_ramp_seconds(&self) -> u64 {
        if self.holds_nothing() { 0 } else { MIN_RAMP_SECONDS }
    }

    fn entry(&self, args: &AddCollateralArgs, decimals: u8, now: UnixSeconds) -> CollateralEntry {
        CollateralEntry {
            mint: *self.mint.address(),
            vault: *self.vault.address(),
            token_program: *self.token_program.address(),
            haircut_e9: args.haircut_e9,
            deposit_cap_atoms: args.deposit_cap_atoms,
            window_cap_atoms: args.window_cap_atoms,
            ramp_started_at: now.get(),
            ramp_seconds: args.ramp_seconds,
            underlying_index: args.underlying_index,
            scenario_index: args.scenario_index,
            decimals,
            accepts_freeze_authority: args.accepts_freeze_authority,
            ..CollateralEntry::zeroed()
        }
    }

    /// Makes the account, which exists and belongs to the token program, a token account of the house.
    fn initialize_vault(&mut self) -> Result<()> {
        let accounts = InitializeAccount3 {
            account: self.vault.cpi_handle_mut(),
            mint: self.mint.cpi_handle(),
            authority: self.house.cpi_handle(),
        };
        let context = CpiContext::new(self.token_program.address(), accounts);
        token::initialize_account(&context, self.house.address())
    }
}

/// See [`crate::tenor_margin::add_collateral`].
#[inline(never)]
pub fn add_collateral(ctx: &mut Context<AddCollateral>, args: AddCollateralArgs) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let accounts = &mut ctx.accounts;
    refuse_durable_nonce(accounts.instructions.account())?;
    let decimals = accounts.validate(&args)?;
    accounts.initialize_vault()?;
    let mint = *accounts.mint.address();
    let listing = Change::ListCollateral { mint, args };
    check_listing(&accounts.house, accounts.approval.as_ref(), &listing, now)?;
    let index = accounts.registry.count;
    let entry = accounts.entry(&args, decimals, now);
    let registry = &mut accounts.registry;
    let place = registry.collaterals.get_mut(usize::from(index));
    *place.ok_or(MarginError::RegistryFull)? = entry;
    registry.count = index.saturating_add(1);
    if index == QUOTE_INDEX {
        accounts.insurance.vault = entry.vault;
    }
    let registry_sequence = registry.advance();

    emit_cpi!(CollateralListed {
        registry_sequence,
        index,
        mint: entry.mint,
        vault: entry.vault,
        token_program: entry.token_program,
        underlying_index: entry.underlying_index,
        scenario_index: entry.scenario_index,
        decimals: entry.decimals,
        accepts_freeze_authority: entry.accepts_freeze_authority,
        haircut_e9: entry.haircut_e9,
        deposit_cap_atoms: entry.deposit_cap_atoms,
        ramp_started_at: entry.ramp_started_at,
        ramp_seconds: entry.ramp_seconds,
        window_cap_atoms: entry.window_cap_atoms,
    });
    Ok(())
}
