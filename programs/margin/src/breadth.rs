//! How many underlyings and collaterals an account may depend on: what bounds the cost of its health.

use crate::error::MarginError;
use crate::state::{MarginAccount, NO_UNDERLYING, Registry};

/// Refuses an account that depends on more than its size class allows. Asked wherever something new may have come in; what
/// leaves never makes it worse.
///
/// # Errors
/// [`MarginError::TooManyUnderlyings`], [`MarginError::TooManyCollaterals`].
#[inline(never)]
pub fn check_breadth(account: &MarginAccount, registry: &Registry) -> Result<(), MarginError> {
    let class = account.size_class();
    let (mut underlyings, mut collaterals) = (0_u64, 0_u32);
    // Indices are below 64: `add_underlying` lists no more.
    let mut depend = |index: u8| underlyings |= 1_u64.checked_shl(u32::from(index)).unwrap_or(0);
    for slot in account.chains.iter().filter(|slot| slot.positions > 0) {
        depend(slot.underlying_index);
    }
    for (entry, balance) in registry.listed().iter().zip(account.balances_atoms) {
        if balance > 0 && entry.underlying_index != NO_UNDERLYING {
            depend(entry.scenario_index);
            collaterals = collaterals.saturating_add(1);
        }
    }
    if underlyings.count_ones() > class.max_underlyings() {
        return Err(MarginError::TooManyUnderlyings);
    }
    if collaterals > class.max_collaterals() {
        return Err(MarginError::TooManyCollaterals);
    }
    Ok(())
}
