//! Moves lots of one strike between two margin accounts of one owner, at no price.

use crate::breadth::check_breadth;
use crate::error::{MarginError, OrMarginError};
use crate::event::PositionTransferred;
use crate::instructions::MarketAccounts;
use crate::portfolio_check::{Effect, check_after};
use crate::risk::{Freshness, LotMove, assess, chain_slot, find_position, move_lots};
use crate::state::{ClearingHouse, PortfolioAccount, Position, Registry, seeds};
use crate::withdrawal::check_withdrawal;
use anchor_lang::prelude::*;
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::{Lots, UnixSeconds};

/// Which lots of which strike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct TransferPositionArgs {
    /// Place of the chain among the chains that are passed, from zero.
    pub chain: u8,
    /// Place of the strike in the chain.
    pub strike_slot: u16,
    /// Lots of the call that the receiving account gains; negative for shorts.
    pub call_lots: i64,
    /// Lots of the put that the receiving account gains; negative for shorts.
    pub put_lots: i64,
}

/// Accounts of `transfer_position`; chains (writable where lots move) and underlyings of both accounts follow.
#[event_cpi]
#[derive(Accounts)]
pub struct TransferPosition {
    /// Owner of both margin accounts.
    #[account(address = from.owner @ MarginError::NotAccountAuthority)]
    pub owner: Signer,
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house.
    #[account(seeds = [seeds::REGISTRY, house.address().as_ref()], bump = registry.bump)]
    pub registry: Account<Registry>,
    /// The account that gives.
    #[account(mut)]
    pub from: PortfolioAccount,
    /// The account that receives.
    #[account(mut)]
    pub to: PortfolioAccount,
}

impl TransferPosition {
    fn validate(&self, args: &TransferPositionArgs, market: &MarketAccounts, now: UnixSeconds) -> Result<()> {
        require!(args.call_lots != 0 || args.put_lots != 0, MarginError::ZeroAmount);
        for account in [&self.from, &self.to] {
            account.check(self.house.address())?;
            account.check_not_bracketed()?;
            require!(account.owner == *self.owner.address(), MarginError::NotAccountAuthority);
        }
        let chain = market.chain_at(args.chain)?;
        require!(now < chain.expiry(), MarginError::ChainExpired);
        let held = chain_slot(&self.from, chain.address())
            .and_then(|slot| find_position(self.from.as_slice(), slot, args.strike_slot))
            .and_then(|place| self.from.get(place))
            .ok_or(MarginError::NoPositions)?;
        require!(
            is_part(args.call_lots, held.call_lots) && is_part(args.put_lots, held.put_lots),
            MarginError::NotEnoughLots
        );
        Ok(())
    }

    fn apply(
        &mut self,
        args: &TransferPositionArgs,
        market: &mut MarketAccounts,
    ) -> core::result::Result<(Address, u64), MarginError> {
        let (address, underlying_index) = {
            let chain = market.chain_at(args.chain)?;
            (*chain.address(), chain.underlying_index)
        };
        let chain = market.chain_mut(&address)?;
        let mut open_positions = chain.open_positions;
        let strike = chain
            .get_mut(usize::from(args.strike_slot))
            .ok_or(MarginError::NoSuchStrike)?;
        for (kind, lots) in [(OptionKind::Call, args.call_lots), (OptionKind::Put, args.put_lots)] {
            let gained = LotMove {
                chain: address,
                underlying_index,
                strike_slot: args.strike_slot,
                kind,
                lots: Lots::new(lots),
            };
            let given = LotMove {
                lots: gained.lots.try_neg().or_margin_error()?,
                ..gained
            };
            move_lots(&mut self.from, &given, strike, &mut open_positions)?;
            move_lots(&mut self.to, &gained, strike, &mut open_positions)?;
        }
        chain.open_positions = open_positions;
        Ok((address, chain.advance()))
    }

    /// The giving side as for a withdrawal. The receiving side as for a trade that adds risk, and as for a withdrawal too if it
    /// takes shorts: it gets nothing for what they are worth, so gains that nobody has realised would pay for them.
    fn check(
        &self,
        args: &TransferPositionArgs,
        market: &MarketAccounts,
        now: UnixSeconds,
    ) -> core::result::Result<(), MarginError> {
        check_breadth(&self.to, &self.registry)?;
        check_withdrawal(&self.house, &self.registry, &self.from, market, now)?;
        if args.call_lots < 0 || args.put_lots < 0 {
            check_withdrawal(&self.house, &self.registry, &self.to, market, now)?;
        }
        let positions: &[Position] = self.to.as_slice();
        let freshness = Freshness::Action(now);
        let health = assess(&self.house, &self.registry, &self.to, positions, market, freshness)?;
        check_after(&health, &health, Effect::AddsRisk)
    }
}

/// Whether lots are part of what is held: of its sign and no more.
const fn is_part(lots: i64, held: i64) -> bool {
    lots == 0 || ((lots < 0) == (held < 0) && lots.unsigned_abs() <= held.unsigned_abs())
}

/// See [`crate::tenor_margin::transfer_position`].
#[inline(never)]
pub fn transfer_position(ctx: &mut Context<TransferPosition>, args: TransferPositionArgs) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let mut market = MarketAccounts::load(&ctx.accounts.house.address().clone(), ctx.remaining_accounts()?)?;
    let accounts = &mut ctx.accounts;
    accounts.validate(&args, &market, now)?;

    let from_sequence = accounts.from.advance_exposure();
    let to_sequence = accounts.to.advance_exposure();
    let (chain, chain_sequence) = accounts.apply(&args, &mut market)?;
    accounts.check(&args, &market, now)?;

    emit_cpi!(PositionTransferred {
        from: *ctx.accounts.from.address(),
        from_sequence,
        to: *ctx.accounts.to.address(),
        to_sequence,
        chain,
        chain_sequence,
        strike_slot: args.strike_slot,
        call_lots: args.call_lots,
        put_lots: args.put_lots,
    });
    Ok(())
}
