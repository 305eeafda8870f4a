//! Closes a chain that is over, and returns the rent to those who paid it.

use crate::error::MarginError;
use crate::event::{ChainClosed, StrikesRemoved};
use crate::state::{ChainAccount, LAYOUT_VERSION};
use alloc::vec;
use alloc::vec::Vec;
use anchor_lang::AccountClose;
use anchor_lang::cpi::rent_exempt_lamports;
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Owner of the sysvars.
const SYSVARS: Address = Address::from_str_const("Sysvar1111111111111111111111111111111111111");

/// Accounts of `close_chain`; those who paid for the last strikes follow, each once.
#[event_cpi]
#[derive(Accounts)]
pub struct CloseChain {
    /// The chain.
    #[account(mut)]
    pub chain: ChainAccount,
    /// Who created the chain. Strikes that it paid for need nobody else to be passed.
    #[account(mut, address = chain.rent_payer @ MarginError::NotRentPayer)]
    pub rent_payer: UncheckedAccount,
}

impl CloseChain {
    fn validate(&self, now: UnixSeconds) -> Result<()> {
        let chain = &self.chain;
        require!(chain.version == LAYOUT_VERSION, MarginError::WrongVersion);
        // No chain is made for an expiry that has passed, so this one never comes back to life.
        require!(now >= chain.expiry(), MarginError::ChainNotExpired);
        let is_empty = chain.open_positions == 0
            && chain.fees_atoms == 0
            && chain.debt_atoms == 0
            && chain.settlement_balance_atoms == 0;
        require!(is_empty, MarginError::ChainNotEmpty);
        Ok(())
    }

    /// Strikes that stay: those before the last whose payer is not among those who are passed.
    fn left(&self, payers: &[AccountView]) -> usize {
        let is_passed = |payer: &Address| {
            payer == self.rent_payer.address()
                || payers
                    .iter()
                    .any(|passed| passed.address() == payer && (passed.is_writable() || takes_nothing(passed)))
        };
        let strikes = self.chain.as_slice();
        strikes
            .iter()
            .rposition(|strike| !is_passed(&strike.rent_payer))
            .map_or(0, |last| last.saturating_add(1))
    }

    /// Removes strikes. What is owed to each of those who are passed, lamports; the creator's own stays with the chain.
    fn remove_strikes(&mut self, left: usize, payers: &[AccountView]) -> Vec<u64> {
        let mut owed = vec![0_u64; payers.len()];
        while self.chain.len() > left {
            let Some(strike) = self.chain.pop() else { break };
            let place = payers.iter().position(|passed| *passed.address() == strike.rent_payer);
            if let Some(owed) = place.and_then(|place| owed.get_mut(place)) {
                *owed = owed.saturating_add(strike.rent_lamports);
            }
        }
        owed
    }

    /// Returns what was paid for strikes, never more than the chain holds. What cannot be sent to its payer stays and goes
    /// to the creator with the rest.
    fn pay(&mut self, payers: &mut [AccountView], owed: &[u64]) -> Result<()> {
        let mut view = *self.chain.view();
        for (payer, owed) in payers.iter_mut().zip(owed) {
            let paid = (*owed).min(view.lamports());
            let balance = payer.lamports().checked_add(paid).ok_or(MarginError::MathOverflow)?;
            if paid == 0 || takes_nothing(payer) || balance < rent_exempt_lamports(payer.data_len())? {
                continue;
            }
            view.set_lamports(view.lamports().saturating_sub(paid));
            payer.set_lamports(balance);
        }
        Ok(())
    }

    /// Shrinks the account to the strikes that it has, unless the cluster would ask for more than it holds even then.
    fn shrink(&mut self) -> Result<()> {
        let capacity = u32::try_from(self.chain.len()).map_err(|_| MarginError::MathOverflow)?;
        if self.chain.view().lamports() >= rent_exempt_lamports(ChainAccount::try_space_for(capacity)?)? {
            self.chain.resize_to_capacity(capacity)?;
        }
        Ok(())
    }
}

/// Whether nothing can be sent to an account for good: programs, and what the cluster reserves.
fn takes_nothing(account: &AccountView) -> bool {
    account.executable() || account.owned_by(&SYSVARS)
}

/// See [`crate::tenor_margin::close_chain`].
#[inline(never)]
pub fn close_chain(ctx: &mut Context<CloseChain>) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let mut payers: Vec<AccountView> = ctx.remaining_accounts()?;
    let accounts = &mut ctx.accounts;
    accounts.validate(now)?;
    let (count, left) = (accounts.chain.len(), accounts.left(&payers));
    require!(left == 0 || left < count, MarginError::NotRentPayer);
    let (chain, rent_payer) = (*accounts.chain.address(), accounts.chain.rent_payer);
    let sequence = accounts.chain.advance();

    if left > 0 {
        emit_cpi!(StrikesRemoved {
            chain,
            sequence,
            left: u16::try_from(left).map_err(|_| MarginError::MathOverflow)?,
        });
        let accounts = &mut ctx.accounts;
        let owed = accounts.remove_strikes(left, &payers);
        accounts.pay(&mut payers, &owed)?;
        return accounts.shrink();
    }
    emit_cpi!(ChainClosed {
        chain,
        sequence,
        rent_payer,
    });
    let accounts = &mut ctx.accounts;
    let owed = accounts.remove_strikes(0, &payers);
    accounts.pay(&mut payers, &owed)?;
    accounts.chain.close(*accounts.rent_payer.account())?;
    Ok(())
}
