//! Moves what a chain has collected to the insurance fund and the treasury.

use crate::error::MarginError;
use crate::event::ChainSwept;
use crate::ledger::{FeeSplit, split_fees};
use crate::state::{ChainAccount, ClearingHouse, InsuranceFund, LAYOUT_VERSION, seeds};
use anchor_lang::prelude::*;

/// Accounts of `sweep`.
#[event_cpi]
#[derive(Accounts)]
pub struct Sweep {
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// The chain.
    #[account(mut)]
    pub chain: ChainAccount,
    /// The insurance fund.
    #[account(mut, seeds = [seeds::INSURANCE, house.address().as_ref()], bump = insurance.bump)]
    pub insurance: Account<InsuranceFund>,
}

impl Sweep {
    fn validate(&self) -> Result<()> {
        require!(self.chain.version == LAYOUT_VERSION, MarginError::WrongVersion);
        require!(self.insurance.version == LAYOUT_VERSION, MarginError::WrongVersion);
        require!(self.chain.house == *self.house.address(), MarginError::WrongHouse);
        Ok(())
    }

    /// What rounding left of a settlement once everybody is paid; while a debt is open it stays where it can cover it.
    fn residue_atoms(&self) -> u64 {
        let is_paid = self.chain.settlement_price().is_some() && self.chain.open_positions == 0;
        let is_free = is_paid && self.chain.debt_atoms == 0;
        u64::try_from(self.chain.settlement_balance_atoms)
            .ok()
            .filter(|_| is_free)
            .unwrap_or(0)
    }

    fn apply(&mut self, split: &FeeSplit, residue_atoms: u64) -> core::result::Result<(), MarginError> {
        let insured = split.insurance_atoms.checked_add(residue_atoms);
        let insured = insured.ok_or(MarginError::MathOverflow)?;
        let add = |atoms: u64, more: u64| atoms.checked_add(more).ok_or(MarginError::MathOverflow);
        self.insurance.balance_atoms = add(self.insurance.balance_atoms, insured)?;
        self.insurance.inflow_atoms = add(self.insurance.inflow_atoms, insured)?;
        self.insurance.treasury_atoms = add(self.insurance.treasury_atoms, split.treasury_atoms)?;
        self.chain.fees_atoms = 0;
        if residue_atoms != 0 {
            self.chain.settlement_balance_atoms = 0;
        }
        Ok(())
    }
}

/// See [`crate::tenor_margin::sweep`].
#[inline(never)]
pub fn sweep(ctx: &mut Context<Sweep>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    accounts.validate()?;
    let (fees_atoms, residue_atoms) = (accounts.chain.fees_atoms, accounts.residue_atoms());
    require!(fees_atoms != 0 || residue_atoms != 0, MarginError::NothingToSweep);
    let split = split_fees(&accounts.house, fees_atoms)?;

    accounts.apply(&split, residue_atoms)?;

    let event = ChainSwept {
        chain: *accounts.chain.address(),
        sequence: accounts.chain.advance(),
        fees_atoms,
        insurance_atoms: split.insurance_atoms,
        treasury_atoms: split.treasury_atoms,
        residue_atoms,
        insurance_balance_atoms: accounts.insurance.balance_atoms,
        treasury_balance_atoms: accounts.insurance.treasury_atoms,
    };
    emit_cpi!(event);
    Ok(())
}
