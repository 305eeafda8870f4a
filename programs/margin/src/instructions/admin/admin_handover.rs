//! Hands the admin's powers over in two steps: the admin proposes, the successor accepts once the proposal has waited.

use crate::error::MarginError;
use crate::event::{AdminAccepted, AdminProposalCancelled, AdminProposed};
use crate::governance::{INSTRUCTIONS, refuse_durable_nonce};
use crate::state::{ClearingHouse, check_window, seeds};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Accounts of `propose_admin`.
#[event_cpi]
#[derive(Accounts)]
pub struct ProposeAdmin {
    /// Admin of the house.
    #[account(address = house.admin @ MarginError::NotAuthorised)]
    pub admin: Signer,
    /// The house.
    #[account(mut, seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Instructions sysvar.
    #[account(address = INSTRUCTIONS @ MarginError::NotInstructionsSysvar)]
    pub instructions: UncheckedAccount,
}

/// Accounts of `cancel_admin_proposal`.
#[event_cpi]
#[derive(Accounts)]
pub struct CancelAdminProposal {
    /// Admin or guardian of the house.
    pub authority: Signer,
    /// The house.
    #[account(mut, seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Instructions sysvar.
    #[account(address = INSTRUCTIONS @ MarginError::NotInstructionsSysvar)]
    pub instructions: UncheckedAccount,
}

/// Accounts of `accept_admin`.
#[event_cpi]
#[derive(Accounts)]
pub struct AcceptAdmin {
    /// The proposed admin.
    pub successor: Signer,
    /// The house.
    #[account(mut, seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Instructions sysvar.
    #[account(address = INSTRUCTIONS @ MarginError::NotInstructionsSysvar)]
    pub instructions: UncheckedAccount,
}

impl ClearingHouse {
    const fn forget_proposal(&mut self) {
        self.pending_admin = Address::new_from_array([0; 32]);
        self.pending_admin_ready_at = 0;
        self.pending_admin_expires_at = 0;
    }
}

/// See [`crate::tenor_margin::propose_admin`].
#[inline(never)]
pub fn propose_admin(ctx: &mut Context<ProposeAdmin>, successor: Address) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    refuse_durable_nonce(ctx.accounts.instructions.account())?;
    let house = &mut ctx.accounts.house;
    let is_someone_else = successor != Address::default() && successor != house.admin && successor != house.guardian;
    require!(is_someone_else, MarginError::ParameterOutOfRange);
    let delay = i64::try_from(house.timelock.delay_seconds).map_err(|_| MarginError::MathOverflow)?;
    let ttl = i64::try_from(house.timelock.ttl_seconds).map_err(|_| MarginError::MathOverflow)?;
    house.pending_admin = successor;
    house.pending_admin_ready_at = now.saturating_add(delay);
    house.pending_admin_expires_at = house.pending_admin_ready_at.saturating_add(ttl);

    emit_cpi!(AdminProposed {
        sequence: ctx.accounts.house.advance(),
        successor,
        ready_at: ctx.accounts.house.pending_admin_ready_at,
        expires_at: ctx.accounts.house.pending_admin_expires_at,
    });
    Ok(())
}

/// See [`crate::tenor_margin::cancel_admin_proposal`].
#[inline(never)]
pub fn cancel_admin_proposal(ctx: &mut Context<CancelAdminProposal>) -> Result<()> {
    refuse_durable_nonce(ctx.accounts.instructions.account())?;
    let by = *ctx.accounts.authority.address();
    let house = &mut ctx.accounts.house;
    house.power_of(&by)?;
    require!(house.pending_admin != Address::default(), MarginError::NoPendingAdmin);
    house.forget_proposal();

    emit_cpi!(AdminProposalCancelled {
        sequence: ctx.accounts.house.advance(),
        by,
    });
    Ok(())
}

/// See [`crate::tenor_margin::accept_admin`].
#[inline(never)]
pub fn accept_admin(ctx: &mut Context<AcceptAdmin>) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    refuse_durable_nonce(ctx.accounts.instructions.account())?;
    let admin = *ctx.accounts.successor.address();
    let house = &mut ctx.accounts.house;
    require!(house.pending_admin != Address::default(), MarginError::NoPendingAdmin);
    require!(house.pending_admin == admin, MarginError::NotAuthorised);
    // The guardian may have been replaced by this very key since.
    require!(admin != house.guardian, MarginError::ParameterOutOfRange);
    check_window(now, house.pending_admin_ready_at, house.pending_admin_expires_at)?;
    house.admin = admin;
    house.forget_proposal();

    emit_cpi!(AdminAccepted {
        sequence: ctx.accounts.house.advance(),
        admin,
    });
    Ok(())
}
