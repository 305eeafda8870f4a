//! What may leave the house: the withdrawal rule, the cap on net outflow and what the vault holds.

use crate::error::{MarginError, OrMarginError};
use crate::ledger::{entry, entry_mut};
use crate::risk::{Freshness, MarketView, assess};
use crate::state::{
    AccountTerms, ClearingHouse, CollateralEntry, MarginAccount, PortfolioAccount, QUOTE_INDEX, Registry,
};
use tenor_math::Round;
use tenor_math::quantity::{Atoms, UnixSeconds, Value};
use tenor_math::risk::WithdrawalCheck;

const SECONDS_PER_DAY: u64 = 86_400;

/// The withdrawal rule, on the account as it is after the debit.
///
/// # Errors
/// [`MarginError::WithdrawalTooLarge`]; whatever [`assess`] returns.
pub fn check_withdrawal(
    house: &ClearingHouse,
    registry: &Registry,
    account: &PortfolioAccount,
    market: &impl MarketView,
    now: UnixSeconds,
) -> Result<(), MarginError> {
    let health = assess(
        house,
        registry,
        account,
        account.as_slice(),
        market,
        Freshness::Withdrawal(now),
    )?;
    match health.withdrawal().or_margin_error()? {
        WithdrawalCheck::Passes => Ok(()),
        WithdrawalCheck::Short(_) => Err(MarginError::WithdrawalTooLarge),
    }
}

/// Counts a withdrawal against the cap on net outflow, but for what the account takes back of its own deposits of the last window:
/// otherwise tokens that come and go would fill the window and lock everybody else in. One that does not fit may still be small: up to a limit a day for an
/// account that is older than the window, so that nobody opens accounts for the sake of their limits.
///
/// # Errors
/// [`MarginError::WindowCapReached`].
pub fn count_outflow(
    registry: &mut Registry,
    account: &mut MarginAccount,
    index: u8,
    atoms: Atoms,
    market: &impl MarketView,
    now: UnixSeconds,
) -> Result<(), MarginError> {
    let atoms = account
        .recent_deposits
        .take(index, atoms, registry.withdrawals.window_seconds, now);
    if atoms == Atoms::ZERO {
        return Ok(());
    }
    let listed = entry(registry, index)?;
    let limit = registry.outflow_limit(listed);
    let drained = listed.outflow(limit, now);
    let filled = match drained.filled(atoms, limit) {
        Some(filled) => filled,
        None => {
            let is_old = now.since(UnixSeconds::new(account.terms.opened_at)) >= registry.withdrawals.window_seconds;
            let worth = worth(index, listed, atoms, market).filter(|_| is_old);
            let worth = worth.ok_or(MarginError::WindowCapReached)?;
            account
                .terms
                .count_small(worth, registry.withdrawals.small_withdrawal_e9, now)?;
            drained.brimmed(limit)
        }
    };
    entry_mut(registry, index)?.set_outflow(filled);
    Ok(())
}

/// What an amount is worth at the stored price, however old: it decides on a limit and on nothing else. Rounds up.
fn worth(index: u8, listed: &CollateralEntry, atoms: Atoms, market: &impl MarketView) -> Option<Value> {
    if index == QUOTE_INDEX {
        let quote = tenor_math::quantity::Price::from_e9(tenor_math::quantity::E9);
        return atoms.value(listed.decimals, quote, Round::Up).ok();
    }
    let price = market.underlying(listed.underlying_index)?.price();
    atoms
        .value(listed.decimals, price, Round::Up)
        .ok()
        .filter(|_| price.e9() > 0)
}

impl AccountTerms {
    fn count_small(&mut self, worth: Value, limit_e9: u64, now: UnixSeconds) -> Result<(), MarginError> {
        // Unsigned: the target has no signed division. Zero before 1970.
        let day = now.since(UnixSeconds::new(0)).checked_div(SECONDS_PER_DAY).unwrap_or(0);
        let before = if day == self.small_day {
            self.small_withdrawn_e9
        } else {
            0
        };
        let after = before.checked_add(worth.e9().unsigned_abs());
        let after = after
            .filter(|after| *after <= limit_e9)
            .ok_or(MarginError::WindowCapReached)?;
        (self.small_day, self.small_withdrawn_e9) = (day, after);
        Ok(())
    }
}
