//! Mint and burn.

use crate::quantity::Atoms;
use crate::{MathError, Round, mul_div};

/// Shares that nobody holds: a new pool mints a thousand shares an atom.
pub const VIRTUAL_SHARES: u64 = 1_000;
/// Assets that nobody owns, atoms.
pub const VIRTUAL_ASSETS: u64 = 1;

/// Net assets and shares of a pool, at one moment. Whose net assets (at ask, at bid) is the caller's choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SharePool {
    assets: u64,
    shares: u64,
}

/// What a deposit becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minted {
    /// Shares minted, rounded down.
    pub shares: u64,
    /// What they cost, rounded up: never more than was offered. The rest stays with the depositor.
    pub cost: Atoms,
    /// The pool after.
    pub pool: SharePool,
}

/// What shares are redeemed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Burned {
    /// Paid out, rounded down.
    pub paid: Atoms,
    /// The pool after.
    pub pool: SharePool,
}

impl SharePool {
    /// A pool with net assets and a supply of shares.
    ///
    /// # Errors
    /// [`MathError::Overflow`] within [`VIRTUAL_ASSETS`] or [`VIRTUAL_SHARES`] of `u64::MAX`.
    pub fn try_new(assets: Atoms, shares: u64) -> Result<Self, MathError> {
        let assets = assets.get();
        let fits = assets
            .checked_add(VIRTUAL_ASSETS)
            .and(shares.checked_add(VIRTUAL_SHARES));
        fits.map(|_| Self { assets, shares }).ok_or(MathError::Overflow)
    }

    /// Net assets.
    pub const fn assets(self) -> Atoms {
        Atoms::new(self.assets)
    }

    /// Supply of shares.
    pub const fn shares(self) -> u64 {
        self.shares
    }

    /// Numerator and denominator of the price of a share in atoms.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "the constructor leaves room for the virtual amounts"
    )]
    pub(super) const fn price(self) -> (u64, u64) {
        (self.assets + VIRTUAL_ASSETS, self.shares + VIRTUAL_SHARES)
    }

    /// Shares that an amount buys, rounded down, in favour of those who stay.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn shares_for(self, offered: Atoms) -> Result<u64, MathError> {
        let (assets, shares) = self.price();
        mul_div(offered.get(), shares, assets, Round::Down)
    }

    /// What a number of shares is worth. `Up` for a buyer, `Down` for a seller.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn worth_of(self, shares: u64, round: Round) -> Result<Atoms, MathError> {
        let (assets, supply) = self.price();
        mul_div(shares, assets, supply, round).map(Atoms::new)
    }

    /// Mints what an offer buys and charges only what that costs: price times shares, rounded up, at least one atom. So a
    /// depositor never pays more than one atom beyond what the shares are worth, however far a donation has driven the
    /// price: offers below the price of one share buy nothing and cost nothing.
    ///
    /// The price of a share does not fall: cost >= shares · price.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] if the offer buys no share; [`MathError::Overflow`].
    pub fn mint(self, offered: Atoms) -> Result<Minted, MathError> {
        self.mint_into(self, offered)
    }

    /// [`Self::mint`] at the price of this pool into another.
    pub(super) fn mint_into(self, current: Self, offered: Atoms) -> Result<Minted, MathError> {
        let shares = self.shares_for(offered)?;
        if shares == 0 {
            return Err(MathError::OutOfDomain);
        }
        let cost = self.worth_of(shares, Round::Up)?;
        let supply = current.shares.checked_add(shares).ok_or(MathError::Overflow)?;
        let pool = Self::try_new(current.assets().try_add(cost)?, supply)?;
        Ok(Minted { shares, cost, pool })
    }

    /// Burns shares for what they are worth, rounded down: a pool can always pay it, since n < shares + 1,000 makes n ·
    /// price < assets + 1. The price of a share does not fall: paid <= n · price.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for more shares than there are.
    pub fn burn(self, shares: u64) -> Result<Burned, MathError> {
        self.burn_from(self, shares)
    }

    /// [`Self::burn`] at the price of this pool out of another, which may lack the assets.
    pub(super) fn burn_from(self, current: Self, shares: u64) -> Result<Burned, MathError> {
        let supply = current.shares.checked_sub(shares).ok_or(MathError::OutOfDomain)?;
        let paid = self.worth_of(shares, Round::Down)?;
        let pool = Self::try_new(current.assets().try_sub(paid)?, supply)?;
        Ok(Burned { paid, pool })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(assets: u64, shares: u64) -> SharePool {
        SharePool::try_new(Atoms::new(assets), shares).unwrap()
    }

    #[test]
    fn a_new_pool_mints_a_thousand_shares_an_atom() {
        let minted = SharePool::default().mint(Atoms::new(5)).unwrap();
        assert_eq!((minted.shares, minted.cost), (5_000, Atoms::new(5)));
        assert_eq!(minted.pool.burn(5_000).unwrap().paid, Atoms::new(5));
    }

    #[test]
    fn shares_cost_up_and_pay_down() {
        // (99 + 1) / (200 + 1,000): twelve shares an atom.
        let pool = pool(99, 200);
        assert_eq!(pool.worth_of(13, Round::Up), Ok(Atoms::new(2)));
        assert_eq!(pool.worth_of(13, Round::Down), Ok(Atoms::new(1)));
        assert_eq!(pool.mint(Atoms::new(1)).unwrap().shares, 12);
        assert_eq!(pool.burn(11).unwrap().paid, Atoms::ZERO);
    }

    #[test]
    fn an_offer_below_one_share_buys_nothing_and_costs_nothing() {
        let pool = pool(1_000_000, 0);
        assert_eq!(pool.mint(Atoms::new(1_000)), Err(MathError::OutOfDomain));
        let minted = pool.mint(Atoms::new(2_999)).unwrap();
        assert_eq!((minted.shares, minted.cost), (2, Atoms::new(2_001)));
    }

    #[test]
    fn no_more_is_burned_than_there_is() {
        assert_eq!(pool(10, 10).burn(11), Err(MathError::OutOfDomain));
        assert_eq!(
            pool(0, u64::MAX - 1_000).burn(u64::MAX - 1_000).unwrap().paid,
            Atoms::ZERO
        );
        assert_eq!(SharePool::try_new(Atoms::new(u64::MAX), 0), Err(MathError::Overflow));
        assert_eq!(
            SharePool::try_new(Atoms::ZERO, u64::MAX - 999),
            Err(MathError::Overflow)
        );
        assert_eq!(pool(0, 0).mint(Atoms::new(u64::MAX >> 1)), Err(MathError::Overflow));
    }
}
