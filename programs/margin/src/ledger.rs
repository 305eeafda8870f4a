//! Balances of margin accounts: credits, debits and the sequence number that every change advances.

use crate::error::{MarginError, OrMarginError};
use crate::state::{ClearingHouse, CollateralEntry, LAYOUT_VERSION, MarginAccount, QUOTE_INDEX, Registry};
use anchor_lang::prelude::Address;
use tenor_math::Round;
use tenor_math::quantity::{Atoms, Ratio};

/// Part of the fees that goes to the insurance fund: half.
const INSURANCE_SHARE: Ratio = Ratio::from_bps(5_000);

/// Where fees go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeSplit {
    /// The insurance fund's part, atoms.
    pub insurance_atoms: u64,
    /// The treasury's, atoms.
    pub treasury_atoms: u64,
}

/// Splits fees between insurance fund and treasury, in favour of the fund; nothing is lost between them.
///
/// # Errors
/// [`MarginError::MathOverflow`] never for a share of at most one.
pub fn split_fees(_house: &ClearingHouse, fees_atoms: u64) -> Result<FeeSplit, MarginError> {
    let insurance_atoms = INSURANCE_SHARE.of_count(fees_atoms, Round::Up).or_margin_error()?;
    let treasury_atoms = fees_atoms
        .checked_sub(insurance_atoms)
        .ok_or(MarginError::MathOverflow)?;
    Ok(FeeSplit {
        insurance_atoms,
        treasury_atoms,
    })
}

/// The collateral at an index.
///
/// # Errors
/// [`MarginError::NoSuchCollateral`].
pub fn entry(registry: &Registry, index: u8) -> Result<&CollateralEntry, MarginError> {
    registry
        .listed()
        .get(usize::from(index))
        .ok_or(MarginError::NoSuchCollateral)
}

/// Changes a collateral's booked total, in step with its vault.
///
/// # Errors
/// [`MarginError::NoSuchCollateral`], [`MarginError::MathOverflow`].
pub fn book(
    registry: &mut Registry,
    index: u8,
    change: impl FnOnce(Atoms) -> Option<Atoms>,
) -> Result<u64, MarginError> {
    entry(registry, index)?;
    let place = registry
        .collaterals
        .get_mut(usize::from(index))
        .ok_or(MarginError::NoSuchCollateral)?;
    let booked = change(place.booked_total()).ok_or(MarginError::MathOverflow)?;
    place.booked_total_atoms = booked.get();
    Ok(booked.get())
}

impl MarginAccount {
    /// Checks that the account is of this layout and house.
    ///
    /// # Errors
    /// [`MarginError::WrongVersion`], [`MarginError::WrongHouse`].
    pub fn check(&self, house: &Address) -> Result<(), MarginError> {
        if self.version != LAYOUT_VERSION {
            return Err(MarginError::WrongVersion);
        }
        if self.house != *house {
            return Err(MarginError::WrongHouse);
        }
        Ok(())
    }

    /// Whether a signer may trade for the account.
    pub fn may_trade(&self, signer: &Address) -> bool {
        self.owner == *signer || (self.delegate == *signer && self.delegate != Address::default())
    }

    /// Numbers a change that anyone may cause and that takes nothing away: a deposit, a touch.
    pub fn advance(&mut self) -> u64 {
        self.sequence = self.sequence.wrapping_add(1);
        self.sequence
    }

    /// Numbers a change of what the account holds at risk.
    pub fn advance_exposure(&mut self) -> u64 {
        self.exposure_sequence = self.exposure_sequence.wrapping_add(1);
        self.advance()
    }

    /// Adds to a balance; the quote is cash.
    ///
    /// # Errors
    /// [`MarginError::NoSuchCollateral`], [`MarginError::MathOverflow`].
    pub fn credit(&mut self, index: u8, atoms: Atoms) -> Result<(), MarginError> {
        if index == QUOTE_INDEX {
            let atoms = i64::try_from(atoms.get()).map_err(|_| MarginError::MathOverflow)?;
            return self.add_cash(atoms);
        }
        let place = self
            .balances_atoms
            .get_mut(usize::from(index))
            .ok_or(MarginError::NoSuchCollateral)?;
        *place = place.checked_add(atoms.get()).ok_or(MarginError::MathOverflow)?;
        Ok(())
    }

    /// Takes from a balance; cash only as far as it is positive.
    ///
    /// # Errors
    /// [`MarginError::InsufficientBalance`], [`MarginError::NoSuchCollateral`], [`MarginError::MathOverflow`].
    pub fn debit(&mut self, index: u8, atoms: Atoms) -> Result<(), MarginError> {
        if index == QUOTE_INDEX {
            let atoms = i64::try_from(atoms.get()).map_err(|_| MarginError::MathOverflow)?;
            if atoms > self.cash_atoms {
                return Err(MarginError::InsufficientBalance);
            }
            return self.add_cash(atoms.checked_neg().ok_or(MarginError::MathOverflow)?);
        }
        let place = self
            .balances_atoms
            .get_mut(usize::from(index))
            .ok_or(MarginError::NoSuchCollateral)?;
        *place = place.checked_sub(atoms.get()).ok_or(MarginError::InsufficientBalance)?;
        Ok(())
    }

    /// Adds a signed amount to cash, which may end below zero.
    ///
    /// # Errors
    /// [`MarginError::MathOverflow`].
    pub fn add_cash(&mut self, atoms: i64) -> Result<(), MarginError> {
        self.cash_atoms = self.cash_atoms.checked_add(atoms).ok_or(MarginError::MathOverflow)?;
        Ok(())
    }
}
