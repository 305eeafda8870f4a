//! Queues a change, which then waits.

#![allow(
    unused_variables,
    reason = "the framework passes instruction arguments to steps that do not use them"
)]

use crate::error::MarginError;
use crate::event::ChangeQueued;
use crate::governance::{Change, INSTRUCTIONS, Targets, refuse_durable_nonce, target_address};
use crate::state::{ClearingHouse, LAYOUT_VERSION, QueuedChange, Registry, Underlying, seeds};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Accounts of `queue_change`.
#[event_cpi]
#[derive(Accounts)]
#[instruction(change: Change)]
pub struct QueueChange {
    /// Admin of the house; pays the rent, which returns to it.
    #[account(mut, address = house.admin @ MarginError::NotAuthorised)]
    pub admin: Signer,
    /// The house.
    #[account(mut, seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house.
    #[account(seeds = [seeds::REGISTRY, house.address().as_ref()], bump = registry.bump)]
    pub registry: Account<Registry>,
    /// The underlying, for a change of one.
    pub underlying: Option<Account<Underlying>>,
    /// The queued change.
    #[account(init, payer = admin, space = QueuedChange::SPACE, seeds = [seeds::CHANGE, house.address().as_ref(), bytemuck::bytes_of(&house.change_count)], bump)]
    pub queued: Account<QueuedChange>,
    /// Instructions sysvar.
    #[account(address = INSTRUCTIONS @ MarginError::NotInstructionsSysvar)]
    pub instructions: UncheckedAccount,
    /// System program.
    pub system_program: Program<System>,
}

/// See [`crate::tenor_margin::queue_change`].
#[inline(never)]
pub fn queue_change(ctx: &mut Context<QueueChange>, change: Change) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let bump = ctx.bumps.queued;
    let accounts = &mut ctx.accounts;
    refuse_durable_nonce(accounts.instructions.account())?;
    let (house, registry) = (*accounts.house.address(), *accounts.registry.address());
    let target = target_address(&change, &house, &registry, accounts.underlying.as_ref())?;
    let targets = Targets {
        house: &*accounts.house,
        registry: &*accounts.registry,
        underlying: accounts.underlying.as_deref(),
    };
    require!(
        change.out_of_bounds(&targets)?.is_none(),
        MarginError::ParameterOutOfRange
    );
    let replaced = change.replaced(&targets)?;
    require!(replaced != Some(change), MarginError::NothingChanges);
    let replaces = Change::digest(replaced.as_ref())?;

    let delay = i64::try_from(accounts.house.timelock.delay_seconds).map_err(|_| MarginError::MathOverflow)?;
    let ttl = i64::try_from(accounts.house.timelock.ttl_seconds).map_err(|_| MarginError::MathOverflow)?;
    let number = accounts.house.change_count;
    accounts.house.change_count = number.saturating_add(1);
    let sequence = accounts.house.advance();
    let admin = *accounts.admin.address();
    let queued = &mut accounts.queued;
    queued.version = LAYOUT_VERSION;
    queued.bump = bump;
    queued.house = house;
    queued.target = target;
    queued.proposed_by = admin;
    queued.rent_payer = admin;
    queued.replaces = replaces;
    queued.number = number;
    queued.ready_at = now.get().saturating_add(delay);
    queued.expires_at = queued.ready_at.saturating_add(ttl);
    queued.store(&change)?;

    emit_cpi!(ChangeQueued {
        sequence,
        number,
        target,
        proposed_by: admin,
        replaces,
        ready_at: ctx.accounts.queued.ready_at,
        expires_at: ctx.accounts.queued.expires_at,
        change,
    });
    Ok(())
}
