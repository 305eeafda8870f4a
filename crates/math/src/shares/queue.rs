//! A round of queued deposits and withdrawals, each served at exactly the round's price.

use super::{Burned, Minted, SharePool};
use crate::MathError;
use crate::quantity::Atoms;

/// The price of a round, fixed as the pool's assets and shares when it closed: the order in which requests are served, and
/// what has been served before, change nothing for any of them.
///
/// The caller serves a round from assets and shares set aside when it closed, to which nothing but its own requests
/// happens. There no request lowers the price of a share and, supply within `u64`, none is refused for want of assets. On a
/// pool that has moved since, a round serves at a price that is not the pool's: after a loss withdrawals lower the price for
/// those who stay until the pool cannot pay, after a gain deposits do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceRound {
    entering: SharePool,
    leaving: SharePool,
}

impl ServiceRound {
    /// A round in which those who enter and those who leave meet the same price.
    pub const fn at(pool: SharePool) -> Self {
        Self {
            entering: pool,
            leaving: pool,
        }
    }

    /// A round with a price for each side: shares are bought at the net assets at ask and sold at those at bid.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] if bid exceeds ask; [`MathError::Overflow`].
    pub fn between(bid: Atoms, ask: Atoms, shares: u64) -> Result<Self, MathError> {
        if bid > ask {
            return Err(MathError::OutOfDomain);
        }
        Ok(Self {
            entering: SharePool::try_new(ask, shares)?,
            leaving: SharePool::try_new(bid, shares)?,
        })
    }

    /// Serves a deposit: shares down, their cost up, the rest of the offer back. `current` is what was set aside, as the
    /// requests before have left it.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] if the offer buys no share; [`MathError::Overflow`].
    pub fn serve_deposit(&self, current: SharePool, offered: Atoms) -> Result<Minted, MathError> {
        self.entering.mint_into(current, offered)
    }

    /// Serves a withdrawal: what the shares are worth, rounded down. `current` is what was set aside, as the requests before
    /// have left it.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for more shares than there are; [`MathError::Overflow`] if the pool cannot pay.
    pub fn serve_withdrawal(&self, current: SharePool, shares: u64) -> Result<Burned, MathError> {
        self.leaving.burn_from(current, shares)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(assets: u64, shares: u64) -> SharePool {
        SharePool::try_new(Atoms::new(assets), shares).unwrap()
    }

    #[test]
    fn all_of_a_round_meet_one_price_in_any_order() {
        // 300 atoms for 1,100 + 1,000 shares: seven shares an atom.
        let start = pool(299, 1_100);
        let round = ServiceRound::at(start);
        let first = round.serve_deposit(start, Atoms::new(10)).unwrap();
        assert_eq!((first.shares, first.cost), (70, Atoms::new(10)));
        let second = round.serve_withdrawal(first.pool, 76).unwrap();
        assert_eq!(second.paid, Atoms::new(10));
        let early = round.serve_withdrawal(start, 76).unwrap();
        assert_eq!(early.paid, Atoms::new(10));
        assert_eq!(
            round.serve_deposit(early.pool, Atoms::new(10)).unwrap().pool,
            second.pool
        );
    }

    #[test]
    fn those_who_enter_pay_ask_and_those_who_leave_get_bid() {
        let round = ServiceRound::between(Atoms::new(299), Atoms::new(599), 1_100).unwrap();
        let now = pool(449, 1_100);
        assert_eq!(round.serve_deposit(now, Atoms::new(2)).unwrap().shares, 7);
        assert_eq!(round.serve_withdrawal(now, 7).unwrap().paid, Atoms::new(1));
        let level = ServiceRound::between(Atoms::new(299), Atoms::new(299), 1_100);
        assert_eq!(level, Ok(ServiceRound::at(pool(299, 1_100))));
        let crossed = ServiceRound::between(Atoms::new(2), Atoms::new(1), 1);
        assert_eq!(crossed, Err(MathError::OutOfDomain));
    }

    #[test]
    fn a_pool_that_lost_since_the_round_pays_for_the_price_of_then() {
        // A seventh of an atom a share then, 100 for 2,100 shares now.
        let round = ServiceRound::at(pool(299, 1_100));
        let lost = round.serve_withdrawal(pool(99, 1_100), 600).unwrap();
        assert_eq!((lost.paid, lost.pool), (Atoms::new(85), pool(14, 500)));
        assert_eq!(round.serve_withdrawal(lost.pool, 500), Err(MathError::Overflow));
        // From what was set aside the rest keep theirs.
        let kept = round.serve_withdrawal(pool(299, 1_100), 600).unwrap();
        assert_eq!((kept.paid, kept.pool), (Atoms::new(85), pool(214, 500)));
        assert_eq!(round.serve_withdrawal(kept.pool, 500).unwrap().paid, Atoms::new(71));
    }

    #[test]
    fn requests_that_buy_nothing_or_burn_too_much_are_refused() {
        let round = ServiceRound::at(pool(299, 1_100));
        assert_eq!(
            round.serve_deposit(pool(299, 1_100), Atoms::ZERO),
            Err(MathError::OutOfDomain)
        );
        assert_eq!(round.serve_withdrawal(pool(299, 5), 6), Err(MathError::OutOfDomain));
        assert_eq!(round.serve_withdrawal(pool(0, 1_100), 1_100), Err(MathError::Overflow));
    }
}
