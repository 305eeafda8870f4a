//! Pays out an account's positions in a settled chain.

use crate::error::{MarginError, OrMarginError};
use crate::event::{AccountSettled, CashAfter};
use crate::risk::{payoff, release_chain};
use crate::state::{ChainAccount, ClearingHouse, PortfolioAccount, Position, Registry, Strike, Underlying, seeds};
use anchor_lang::prelude::*;
use tenor_math::Round;
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::Value;

/// Accounts of `settle_account`.
#[event_cpi]
#[derive(Accounts)]
pub struct SettleAccount {
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house, with the interest indices of cash.
    #[account(seeds = [seeds::REGISTRY, house.address().as_ref()], bump = registry.bump)]
    pub registry: Account<Registry>,
    /// Underlying of the options.
    #[account(address = chain.underlying @ MarginError::ForeignMarketAccount)]
    pub underlying: Account<Underlying>,
    /// The settled chain.
    #[account(mut)]
    pub chain: ChainAccount,
    /// The margin account.
    #[account(mut)]
    pub account: PortfolioAccount,
}

impl SettleAccount {
    /// Sums the payoffs, removes the positions and takes them out of open interest.
    fn close_positions(&mut self) -> core::result::Result<(Value, u32), MarginError> {
        let price = self.chain.settlement_price().ok_or(MarginError::ChainNotSettled)?;
        let lot = self.underlying.lot()?;
        let address = *self.chain.address();
        let (mut total, mut closed, mut open_positions) = (Value::ZERO, 0_u32, self.chain.open_positions);
        let chain = &mut self.chain;
        release_chain(&mut self.account, &address, &mut open_positions, |position| {
            let strike = chain
                .get_mut(usize::from(position.strike_slot))
                .ok_or(MarginError::NoSuchStrike)?;
            total = total.try_add(payoff(position, strike, price, lot)?).or_margin_error()?;
            closed = closed.saturating_add(1);
            leave_open_interest(position, strike)
        })?;
        self.chain.open_positions = open_positions;
        Ok((total, closed))
    }
}

fn leave_open_interest(position: &Position, strike: &mut Strike) -> core::result::Result<(), MarginError> {
    for kind in [OptionKind::Call, OptionKind::Put] {
        let long = position.lots(kind).long_part();
        let open_interest = strike.open_interest_mut(kind);
        *open_interest = open_interest.checked_sub(long).ok_or(MarginError::MathOverflow)?;
    }
    Ok(())
}

/// See [`crate::tenor_margin::settle_account`].
#[inline(never)]
pub fn settle_account(ctx: &mut Context<SettleAccount>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    accounts.account.check(accounts.house.address())?;
    require!(
        accounts.chain.house == *accounts.house.address(),
        MarginError::WrongHouse
    );

    let (payoff, positions) = accounts.close_positions()?;
    // Down on both sides: what is received loses the fraction of an atom, what is owed gains it.
    let payout_atoms = payoff
        .to_quote_atoms(accounts.house.quote_decimals, Round::Down)
        .or_margin_error()?;
    let sequence = accounts.account.advance_exposure();
    accounts.account.add_cash(payout_atoms, &accounts.registry.interest)?;
    let balance = accounts.chain.settlement_balance_atoms.checked_sub(payout_atoms);
    accounts.chain.settlement_balance_atoms = balance.ok_or(MarginError::MathOverflow)?;
    let chain_sequence = accounts.chain.advance();

    emit_cpi!(AccountSettled {
        account: *ctx.accounts.account.address(),
        sequence,
        chain: *ctx.accounts.chain.address(),
        chain_sequence,
        settlement_balance_atoms: ctx.accounts.chain.settlement_balance_atoms,
        positions,
        payout_atoms,
        cash: CashAfter::of(&ctx.accounts.account),
    });
    Ok(())
}
