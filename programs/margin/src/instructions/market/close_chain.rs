//! Closes a chain that is over, and returns the rent to those who paid it.

use crate::error::MarginError;
use crate::event::{ChainClosed, StrikesRemoved};
use crate::state::{ChainAccount, LAYOUT_VERSION};
use alloc::vec::Vec;
use anchor_lang::AccountClose;
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

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
                    .any(|passed| passed.address() == payer && passed.is_writable())
        };
        let strikes = self.chain.as_slice();
        strikes
            .iter()
            .rposition(|strike| !is_passed(&strike.rent_payer))
            .map_or(0, |last| last.saturating_add(1))
    }

    /// Removes strikes and returns the rent of each to its payer.
    fn remove_strikes(&mut self, left: usize, payers: &mut [AccountView]) -> Result<()> {
        let mut view = *self.chain.view();
        while self.chain.len() > left {
            let before = self.chain.min_lamports()?;
            let strike = self.chain.pop().ok_or(MarginError::NoSuchStrike)?;
            let capacity = u32::try_from(self.chain.len()).map_err(|_| MarginError::MathOverflow)?;
            self.chain.resize_to_capacity(capacity)?;
            let rent = before.saturating_sub(self.chain.min_lamports()?);
            // The creator's share of strikes leaves with the rest.
            let Some(payer) = payers.iter_mut().find(|passed| *passed.address() == strike.rent_payer) else {
                continue;
            };
            let to_payer = payer.lamports().checked_add(rent).ok_or(MarginError::MathOverflow)?;
            let kept = view.lamports().checked_sub(rent).ok_or(MarginError::MathOverflow)?;
            view.set_lamports(kept);
            payer.set_lamports(to_payer);
        }
        Ok(())
    }
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
        return ctx.accounts.remove_strikes(left, &mut payers);
    }
    emit_cpi!(ChainClosed {
        chain,
        sequence,
        rent_payer,
    });
    let accounts = &mut ctx.accounts;
    accounts.remove_strikes(0, &mut payers)?;
    accounts.chain.close(*accounts.rent_payer.account())?;
    Ok(())
}
