//! Pays the treasury's part of the fees to where the house says.

use crate::error::MarginError;
use crate::event::TreasuryPaid;
use crate::ledger::{book, entry};
use crate::state::{ClearingHouse, InsuranceFund, LAYOUT_VERSION, QUOTE_INDEX, Registry, seeds};
use crate::token;
use anchor_lang::prelude::*;
use anchor_spl::token::TransferChecked;
use anchor_spl::token_interface::TokenInterface;
use tenor_math::quantity::Atoms;

/// Accounts of `pay_treasury`.
#[event_cpi]
#[derive(Accounts)]
pub struct PayTreasury {
    /// The house, which owns the vault.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house.
    #[account(mut, seeds = [seeds::REGISTRY, house.address().as_ref()], bump = registry.bump)]
    pub registry: Account<Registry>,
    /// The insurance fund, which counts what the treasury owns.
    #[account(mut, seeds = [seeds::INSURANCE, house.address().as_ref()], bump = insurance.bump)]
    pub insurance: Account<InsuranceFund>,
    /// Token account of the house for the quote.
    #[account(mut)]
    pub vault: UncheckedAccount,
    /// Token account of the treasury.
    #[account(mut)]
    pub destination: UncheckedAccount,
    /// Mint of the quote.
    pub mint: UncheckedAccount,
    /// Token program of the mint.
    pub token_program: Interface<'static, TokenInterface>,
}

impl PayTreasury {
    fn validate(&self) -> Result<u8> {
        require!(self.insurance.version == LAYOUT_VERSION, MarginError::WrongVersion);
        let entry = entry(&self.registry, QUOTE_INDEX)?;
        require!(*self.vault.address() == entry.vault, MarginError::WrongVault);
        require!(
            *self.token_program.address() == entry.token_program,
            MarginError::WrongTokenProgram
        );
        let destination = token::holding(self.destination.account(), &entry.token_program)?;
        require!(
            destination.mint == entry.mint && *self.mint.address() == entry.mint,
            MarginError::WrongMint
        );
        let is_treasury = destination.owner == self.house.treasury && self.house.treasury != Address::default();
        require!(is_treasury, MarginError::NotTheTreasury);
        Ok(entry.decimals)
    }

    /// All that is owed, or what the vault holds of it: the rest is lent.
    fn payable_atoms(&self) -> core::result::Result<u64, MarginError> {
        let held = token::amount(self.vault.account())?;
        match self.insurance.treasury_atoms.min(held) {
            0 => Err(MarginError::NothingToSweep),
            atoms => Ok(atoms),
        }
    }

    fn transfer(&mut self, atoms: u64, decimals: u8) -> Result<()> {
        let bump = [self.house.bump];
        let house_seeds: &[&[u8]] = &[seeds::HOUSE, &bump];
        let accounts = TransferChecked {
            from: self.vault.cpi_handle_mut(),
            mint: self.mint.cpi_handle(),
            to: self.destination.cpi_handle_mut(),
            authority: self.house.cpi_handle(),
        };
        let signers = [house_seeds];
        let context = CpiContext::new_with_signer(self.token_program.address(), accounts, &signers);
        token::transfer_checked(&context, atoms, decimals)
    }
}

/// See [`crate::tenor_margin::pay_treasury`].
#[inline(never)]
pub fn pay_treasury(ctx: &mut Context<PayTreasury>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let decimals = accounts.validate()?;
    let atoms = accounts.payable_atoms()?;

    accounts.insurance.treasury_atoms = accounts.insurance.treasury_atoms.saturating_sub(atoms);
    let booked_total_atoms = book(&mut accounts.registry, QUOTE_INDEX, |booked| {
        booked.try_sub(Atoms::new(atoms))
    })?;
    let registry_sequence = accounts.registry.advance();
    accounts.transfer(atoms, decimals)?;

    emit_cpi!(TreasuryPaid {
        registry_sequence,
        destination: *ctx.accounts.destination.address(),
        atoms,
        treasury_balance_atoms: ctx.accounts.insurance.treasury_atoms,
        booked_total_atoms,
    });
    Ok(())
}
