//! Lists strikes of a chain.

use crate::error::MarginError;
use crate::event::StrikesAdded;
use crate::grid::{check_strike, is_listable};
use crate::risk::Freshness;
use crate::state::{ChainAccount, ClearingHouse, LAYOUT_VERSION, MAX_STRIKES, Pausable, Strike, Underlying, seeds};
use alloc::vec::Vec;
use anchor_lang::prelude::*;
use tenor_math::quantity::{Price, UnixSeconds};

/// Most strikes of one call: an account grows by at most 10,240 bytes an instruction.
pub const MAX_STRIKES_PER_CALL: usize = 16;

/// Accounts of `add_strikes`.
#[event_cpi]
#[derive(Accounts)]
pub struct AddStrikes {
    /// Pays the rent of the growth, which returns to it when the chain closes.
    #[account(mut)]
    pub payer: Signer,
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump, address = underlying.house @ MarginError::WrongHouse)]
    pub house: Account<ClearingHouse>,
    /// Underlying of the options.
    #[account(seeds = [seeds::UNDERLYING, underlying.house.as_ref(), underlying.symbol.as_ref()], bump = underlying.bump, address = chain.underlying @ MarginError::ForeignMarketAccount)]
    pub underlying: Account<Underlying>,
    /// The chain.
    #[account(mut)]
    pub chain: ChainAccount,
    /// System program.
    pub system_program: Program<System>,
}

impl AddStrikes {
    fn validate(&self, prices_e9: &[u64], replace_slots: &[u16], now: UnixSeconds) -> Result<()> {
        self.house.check_not_paused(Pausable::Listing, now)?;
        require!(self.chain.version == LAYOUT_VERSION, MarginError::WrongVersion);
        require!(
            (1..=MAX_STRIKES_PER_CALL).contains(&prices_e9.len()) && replace_slots.len() <= prices_e9.len(),
            MarginError::WrongListLength
        );
        require!(now < self.chain.expiry(), MarginError::ChainExpired);
        let appended = prices_e9.len().saturating_sub(replace_slots.len());
        let total = self.chain.len().saturating_add(appended);
        require!(total <= MAX_STRIKES, MarginError::ChainFull);
        require!(
            replace_slots.is_empty() || total == MAX_STRIKES,
            MarginError::ChainNotFull
        );
        Freshness::check_fresh(&self.underlying, now)?;
        self.check_new(prices_e9, now)?;
        self.check_replaced(replace_slots, now)
    }

    /// Each strike is on the grid, in the window and new.
    fn check_new(&self, prices_e9: &[u64], now: UnixSeconds) -> Result<()> {
        let tenor = self.chain.expiry().since(now);
        for (place, price_e9) in prices_e9.iter().enumerate() {
            let strike = Price::from_e9(*price_e9);
            check_strike(strike, self.underlying.price(), tenor, &self.underlying.market)?;
            require!(is_first_of(prices_e9, place, price_e9), MarginError::DuplicateEntry);
            require!(
                self.chain.iter().all(|strike| strike.price_e9 != *price_e9),
                MarginError::StrikeExists
            );
        }
        Ok(())
    }

    /// Each strike to be replaced exists, has no open interest and could not be listed now.
    fn check_replaced(&self, replace_slots: &[u16], now: UnixSeconds) -> Result<()> {
        let tenor = self.chain.expiry().since(now);
        for (place, slot) in replace_slots.iter().enumerate() {
            require!(is_first_of(replace_slots, place, slot), MarginError::DuplicateEntry);
            let strike = self.chain.get(usize::from(*slot)).ok_or(MarginError::NoSuchStrike)?;
            let is_in_place = is_listable(strike.price(), self.underlying.price(), tenor, &self.underlying.market)?;
            require!(!is_in_place && !strike.has_open_interest(), MarginError::StrikeInUse);
        }
        Ok(())
    }

    /// Puts the first strikes into the slots to be replaced, void of a risk array, and appends the others. The rent of a slot
    /// stays its payer's whatever strike is in it. Returns what was paid for each new slot, rounded down.
    fn list(&mut self, prices_e9: &[u64], replace_slots: &[u16]) -> Result<u64> {
        for (slot, price_e9) in replace_slots.iter().zip(prices_e9) {
            let place = self.chain.get_mut(usize::from(*slot));
            let place = place.ok_or(MarginError::NoSuchStrike)?;
            *place = Strike::new(*price_e9).paid_by(place.rent_payer, place.rent_lamports);
        }
        let appended = prices_e9.get(replace_slots.len()..).unwrap_or(&[]);
        if appended.is_empty() {
            return Ok(0);
        }
        let total = self.chain.len().saturating_add(appended.len());
        let capacity = u32::try_from(total).map_err(|_| MarginError::ChainFull)?;
        self.chain.resize_to_capacity(capacity)?;
        let before = self.chain.view().lamports();
        self.chain.top_up(self.payer.account())?;
        let paid = self.chain.view().lamports().saturating_sub(before);
        let count = u64::try_from(appended.len()).map_err(|_| MarginError::ChainFull)?;
        let each = paid.checked_div(count).unwrap_or(0);
        for price_e9 in appended {
            let strike = Strike::new(*price_e9).paid_by(*self.payer.address(), each);
            self.chain.try_push(strike)?;
        }
        Ok(each)
    }
}

/// Whether no entry of a list equals one before it.
fn is_first_of<T: PartialEq>(list: &[T], place: usize, entry: &T) -> bool {
    list.iter().take(place).all(|other| other != entry)
}

/// See [`crate::tenor_margin::add_strikes`].
#[inline(never)]
pub fn add_strikes(ctx: &mut Context<AddStrikes>, prices_e9: Vec<u64>, replace_slots: Vec<u16>) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let accounts = &mut ctx.accounts;
    accounts.validate(&prices_e9, &replace_slots, now)?;
    let first_slot = u16::try_from(accounts.chain.len()).map_err(|_| MarginError::ChainFull)?;

    let rent_lamports = accounts.list(&prices_e9, &replace_slots)?;
    let sequence = accounts.chain.advance();

    emit_cpi!(StrikesAdded {
        chain: *ctx.accounts.chain.address(),
        sequence,
        rent_payer: *ctx.accounts.payer.address(),
        rent_lamports,
        first_slot,
        replaced_slots: replace_slots,
        prices_e9
    });
    Ok(())
}
