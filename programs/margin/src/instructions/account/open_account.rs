//! Opens a margin account.

#![allow(
    unused_variables,
    reason = "the framework passes instruction arguments to steps that do not use them"
)]

use crate::error::MarginError;
use crate::event::AccountOpened;
use crate::state::{
    ClearingHouse, LAYOUT_VERSION, MAX_POSITIONS, MarginAccount, Pausable, PortfolioAccount, Position, seeds,
};
use anchor_lang::accounts::Slab;
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Which account to open and for how many positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct OpenAccountArgs {
    /// Number by which the owner tells accounts apart.
    pub number: u16,
    /// Strikes with a position that the account can hold, 1 to 64.
    pub capacity: u16,
}

/// Accounts of `open_account`.
#[event_cpi]
#[derive(Accounts)]
#[instruction(args: OpenAccountArgs)]
pub struct OpenAccount {
    /// Pays the rent; may be the owner, which is safe because neither is read or written as data.
    #[account(mut, unsafe(dup))]
    pub payer: Signer,
    /// Owner of the account.
    pub owner: Signer,
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// The account.
    #[account(init, payer = payer, space = Slab::<MarginAccount, Position>::try_space_for(u32::from(args.capacity).min(MAX_POSITIONS))?, seeds = [seeds::ACCOUNT, owner.address().as_ref(), bytemuck::bytes_of(&args.number)], bump)]
    pub account: PortfolioAccount,
    /// System program.
    pub system_program: Program<System>,
}

/// See [`crate::tenor_margin::open_account`].
#[inline(never)]
pub fn open_account(ctx: &mut Context<OpenAccount>, args: OpenAccountArgs) -> Result<()> {
    require!(
        (1..=MAX_POSITIONS).contains(&u32::from(args.capacity)),
        MarginError::ParameterOutOfRange
    );
    let bump = ctx.bumps.account;
    let accounts = &mut ctx.accounts;
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    accounts.house.check_not_paused(Pausable::OpenAccount, now)?;
    let (house, owner) = (*accounts.house.address(), *accounts.owner.address());
    let cash_index_e18 = accounts.house.deposit_index_e18;

    let account = &mut accounts.account;
    account.version = LAYOUT_VERSION;
    account.bump = bump;
    account.number = args.number;
    account.house = house;
    account.owner = owner;
    account.cash_index_e18 = cash_index_e18;

    emit_cpi!(AccountOpened {
        account: *ctx.accounts.account.address(),
        owner,
        number: args.number,
        capacity: args.capacity,
    });
    Ok(())
}
