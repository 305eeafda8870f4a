//! Balances of margin accounts: credits, debits, interest on cash, and the sequence number that every change advances.
//!
//! Cash moves only through [`MarginAccount::add_cash`], which first brings it to the indices that the registry shows. Where
//! the registry is written, [`accrue`] brings those to the present before, and [`recount`] tells the pool what the account
//! has after.

use crate::error::{MarginError, OrMarginError};
use crate::params::InterestModel;
use crate::state::{
    ClearingHouse, CollateralEntry, InterestState, LAYOUT_VERSION, MarginAccount, QUOTE_INDEX, Registry,
};
use anchor_lang::prelude::Address;
use tenor_math::interest::RateModel;
use tenor_math::quantity::{Atoms, Ratio, UnixSeconds};
use tenor_math::{MathError, Round};

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
pub fn split_fees(house: &ClearingHouse, fees_atoms: u64) -> Result<FeeSplit, MarginError> {
    let insurance_atoms = Ratio::from_e9(house.fees.insurance_share_e9)
        .of_count(fees_atoms, Round::Up)
        .or_margin_error()?;
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

/// The collateral at an index, to change it.
///
/// # Errors
/// [`MarginError::NoSuchCollateral`].
pub fn entry_mut(registry: &mut Registry, index: u8) -> Result<&mut CollateralEntry, MarginError> {
    let listed = registry.collaterals.get_mut(..usize::from(registry.count));
    listed
        .and_then(|listed| listed.get_mut(usize::from(index)))
        .ok_or(MarginError::NoSuchCollateral)
}

/// Changes a collateral's booked total, in step with its vault.
///
/// # Errors
/// [`MarginError::NoSuchCollateral`], [`MarginError::MathOverflow`].
pub fn book(
    registry: &mut Registry,
    index: u8,
    change: impl FnOnce(Atoms) -> Result<Atoms, MathError>,
) -> Result<u64, MarginError> {
    let place = entry_mut(registry, index)?;
    let booked = change(place.booked_total()).or_margin_error()?;
    place.booked_total_atoms = booked.get();
    Ok(booked.get())
}

impl InterestModel {
    /// The rates. A model that is none, such as the zeros before the first is set, charges nothing: no parameter may stand
    /// in the way of an exit.
    pub fn rates(&self) -> Option<RateModel> {
        let of = Ratio::from_e9;
        let [base, kink] = [self.base_rate_e9, self.optimal_utilisation_e9].map(of);
        RateModel::try_new(base, kink, of(self.optimal_rate_e9), of(self.max_rate_e9)).ok()
    }

    /// Part of the interest that the house keeps.
    pub fn reserve_share(&self) -> Ratio {
        Ratio::from_e9(self.reserve_share_e9).min(Ratio::ONE)
    }
}

/// Brings the pool to the present. Doing it twice is doing it once.
///
/// # Errors
/// [`MarginError::MathOverflow`].
pub fn accrue(interest: &mut InterestState, house: &ClearingHouse, now: UnixSeconds) -> Result<(), MarginError> {
    let seconds = match interest.accrued_at {
        0 => 0,
        at => now.since(UnixSeconds::new(at)),
    };
    interest.accrued_at = interest.accrued_at.max(now.get());
    if seconds == 0 || interest.borrowed_q32 == [0; 2] {
        return Ok(());
    }
    if let Some(rates) = house.interest.rates() {
        let mut pool = interest.pool();
        pool.accrue(&rates, house.interest.reserve_share(), seconds)
            .or_margin_error()?;
        interest.store(&pool);
    }
    Ok(())
}

/// Tells the pool what the account has, and gives the reserve what the account owes it.
///
/// # Errors
/// [`MarginError::MathOverflow`].
pub fn recount(interest: &mut InterestState, account: &mut MarginAccount) -> Result<(), MarginError> {
    account.bring_cash(interest)?;
    if account.interest.counted_atoms == account.cash_atoms && account.interest.reserve_due_atoms == 0 {
        return Ok(());
    }
    let mut pool = interest.pool();
    let recounted = account.cash().recount(&mut pool).or_margin_error()?;
    interest.store(&pool);
    account.set_cash(&recounted);
    Ok(())
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

    /// Checks that no bracket is open: what takes value out of an account, or takes it over, waits for the bracket's end.
    ///
    /// # Errors
    /// [`MarginError::BracketActive`].
    pub fn check_not_bracketed(&self) -> Result<(), MarginError> {
        if self.bracket.is_active() {
            return Err(MarginError::BracketActive);
        }
        Ok(())
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

    /// Cash with the interest up to the indices that the registry shows.
    ///
    /// # Errors
    /// [`MarginError::MathOverflow`].
    pub fn cash_atoms_at(&self, interest: &InterestState) -> Result<i64, MarginError> {
        if self.interest.indices == interest.indices {
            return Ok(self.cash_atoms);
        }
        let brought = self.cash().brought_to(interest.indices.get()).or_margin_error()?;
        Ok(brought.cash_atoms)
    }

    /// Adds the interest up to the indices that the registry shows. Doing it twice is doing it once.
    ///
    /// # Errors
    /// [`MarginError::MathOverflow`].
    pub fn bring_cash(&mut self, interest: &InterestState) -> Result<(), MarginError> {
        if self.interest.indices == interest.indices {
            return Ok(());
        }
        let brought = self.cash().brought_to(interest.indices.get()).or_margin_error()?;
        self.set_cash(&brought);
        self.interest.indices = interest.indices;
        Ok(())
    }

    /// Adds to a balance; the quote is cash.
    ///
    /// # Errors
    /// [`MarginError::NoSuchCollateral`], [`MarginError::MathOverflow`].
    pub fn credit(&mut self, index: u8, atoms: Atoms, interest: &InterestState) -> Result<(), MarginError> {
        if index == QUOTE_INDEX {
            return self.add_cash(signed(atoms)?, interest);
        }
        let place = self
            .balances_atoms
            .get_mut(usize::from(index))
            .ok_or(MarginError::NoSuchCollateral)?;
        *place = place.checked_add(atoms.get()).ok_or(MarginError::MathOverflow)?;
        Ok(())
    }

    /// Takes from a balance. Cash may end below zero: whether the account may borrow is for its health to say.
    ///
    /// # Errors
    /// [`MarginError::InsufficientBalance`], [`MarginError::NoSuchCollateral`], [`MarginError::MathOverflow`].
    pub fn debit(&mut self, index: u8, atoms: Atoms, interest: &InterestState) -> Result<(), MarginError> {
        if index == QUOTE_INDEX {
            let change = signed(atoms)?.checked_neg().ok_or(MarginError::MathOverflow)?;
            return self.add_cash(change, interest);
        }
        let place = self
            .balances_atoms
            .get_mut(usize::from(index))
            .ok_or(MarginError::NoSuchCollateral)?;
        *place = place.checked_sub(atoms.get()).ok_or(MarginError::InsufficientBalance)?;
        Ok(())
    }

    /// Adds a signed amount to cash, which may end below zero, after the interest up to now.
    ///
    /// # Errors
    /// [`MarginError::MathOverflow`].
    pub fn add_cash(&mut self, atoms: i64, interest: &InterestState) -> Result<(), MarginError> {
        self.bring_cash(interest)?;
        self.cash_atoms = self.cash_atoms.checked_add(atoms).ok_or(MarginError::MathOverflow)?;
        Ok(())
    }
}

fn signed(atoms: Atoms) -> Result<i64, MarginError> {
    i64::try_from(atoms.get()).map_err(|_| MarginError::MathOverflow)
}
