//! Makes a change that only tightens, at once.

use crate::error::MarginError;
use crate::event::ParametersTightened;
use crate::governance::{Change, INSTRUCTIONS, Targets, refuse_durable_nonce, target_address};
use crate::state::{ClearingHouse, Registry, Underlying, seeds};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Accounts of `tighten`.
#[event_cpi]
#[derive(Accounts)]
pub struct Tighten {
    /// Admin of the house.
    #[account(address = house.admin @ MarginError::NotAuthorised)]
    pub admin: Signer,
    /// The house.
    #[account(mut, seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house.
    #[account(mut, seeds = [seeds::REGISTRY, house.address().as_ref()], bump = registry.bump)]
    pub registry: Account<Registry>,
    /// The underlying, for a change of one.
    #[account(mut)]
    pub underlying: Option<Account<Underlying>>,
    /// Instructions sysvar.
    #[account(address = INSTRUCTIONS @ MarginError::NotInstructionsSysvar)]
    pub instructions: UncheckedAccount,
}

/// See [`crate::tenor_margin::tighten`].
#[inline(never)]
pub fn tighten(ctx: &mut Context<Tighten>, change: Change) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
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
    require!(!change.loosens(replaced.as_ref()), MarginError::ChangeLoosens);

    let targets = Targets {
        house: &mut *accounts.house,
        registry: &mut *accounts.registry,
        underlying: accounts.underlying.as_deref_mut(),
    };
    change.write(targets, now)?;
    let sequence = accounts.house.advance();
    let underlying = accounts.underlying.as_deref_mut();
    let target_sequence = change.advance_target(sequence, &mut accounts.registry, underlying);

    emit_cpi!(ParametersTightened {
        sequence,
        target,
        target_sequence,
        change,
    });
    Ok(())
}
