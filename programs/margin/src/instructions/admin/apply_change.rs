//! Makes a queued change that has waited.

use crate::error::MarginError;
use crate::event::ChangeApplied;
use crate::governance::{Change, Targets, target_address};
use crate::ledger::accrue;
use crate::state::{ClearingHouse, QueuedChange, Registry, Underlying, seeds};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Accounts of `apply_change`.
#[event_cpi]
#[derive(Accounts)]
pub struct ApplyChange {
    /// The house.
    #[account(mut, seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house.
    #[account(mut, seeds = [seeds::REGISTRY, house.address().as_ref()], bump = registry.bump)]
    pub registry: Account<Registry>,
    /// The underlying, for a change of one.
    #[account(mut)]
    pub underlying: Option<Account<Underlying>>,
    /// The queued change, which closes.
    #[account(mut, close = rent_payer)]
    pub queued: Account<QueuedChange>,
    /// Who paid its rent and gets it back.
    #[account(mut, address = queued.rent_payer @ MarginError::NotAuthorised)]
    pub rent_payer: UncheckedAccount,
}

/// See [`crate::tenor_margin::apply_change`].
#[inline(never)]
pub fn apply_change(ctx: &mut Context<ApplyChange>) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let accounts = &mut ctx.accounts;
    let (house, registry) = (*accounts.house.address(), *accounts.registry.address());
    accounts.queued.check_applicable(&house, &accounts.house.admin, now)?;
    let change = accounts.queued.change()?;
    require!(!change.is_listing(), MarginError::ListingByItsInstruction);
    let target = target_address(&change, &house, &registry, accounts.underlying.as_ref())?;
    require!(target == accounts.queued.target, MarginError::WrongChangeTarget);
    let targets = Targets {
        house: &*accounts.house,
        registry: &*accounts.registry,
        underlying: accounts.underlying.as_deref(),
    };
    let replaced = change.replaced(&targets)?;
    require!(
        Change::digest(replaced.as_ref())? == accounts.queued.replaces,
        MarginError::ChangeOutdated
    );
    require!(
        change.out_of_bounds(&targets)?.is_none(),
        MarginError::ParameterOutOfRange
    );

    if matches!(change, Change::Interest(_)) {
        // What has passed is paid at the rates that held then.
        accrue(&mut accounts.registry.interest, &accounts.house, now)?;
        accounts.registry.advance();
    }
    let targets = Targets {
        house: &mut *accounts.house,
        registry: &mut *accounts.registry,
        underlying: accounts.underlying.as_deref_mut(),
    };
    change.write(targets, now)?;
    let sequence = accounts.house.advance();
    let underlying = accounts.underlying.as_deref_mut();
    let target_sequence = change.advance_target(sequence, &mut accounts.registry, underlying);

    emit_cpi!(ChangeApplied {
        sequence,
        number: ctx.accounts.queued.number,
        target,
        target_sequence,
        registry_sequence: ctx.accounts.registry.sequence,
        applied_at: now.get(),
        interest: ctx.accounts.registry.interest,
        change,
    });
    Ok(())
}
