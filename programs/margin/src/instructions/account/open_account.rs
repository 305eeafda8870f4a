//! Opens a margin account.

#![allow(
    unused_variables,
    reason = "the framework passes instruction arguments to steps that do not use them"
)]

use crate::error::MarginError;
use crate::event::AccountOpened;
use crate::state::{
    ClearingHouse, LARGE_MAX_POSITIONS, LAYOUT_VERSION, MarginAccount, Pausable, PortfolioAccount, Position, SizeClass,
    seeds,
};
use anchor_lang::accounts::Slab;
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Which account to open and for how many positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct OpenAccountArgs {
    /// Number by which the owner tells accounts apart.
    pub number: u16,
    /// Strikes with a position that the account can hold for now, one to what its class allows.
    pub capacity: u16,
    /// Zero for the standard class (64 positions, 8 chains), one for the large (256 positions, 16 chains).
    pub size_class: u8,
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
    #[account(init, payer = payer, space = Slab::<MarginAccount, Position>::try_space_for(u32::from(args.capacity).min(LARGE_MAX_POSITIONS))?, seeds = [seeds::ACCOUNT, owner.address().as_ref(), bytemuck::bytes_of(&args.number)], bump)]
    pub account: PortfolioAccount,
    /// System program.
    pub system_program: Program<System>,
}

/// See [`crate::tenor_margin::open_account`].
#[inline(never)]
pub fn open_account(ctx: &mut Context<OpenAccount>, args: OpenAccountArgs) -> Result<()> {
    let class = SizeClass::from_number(args.size_class).ok_or(MarginError::ParameterOutOfRange)?;
    require!(
        (1..=class.max_positions()).contains(&u32::from(args.capacity)),
        MarginError::ParameterOutOfRange
    );
    let now = Clock::get()?.unix_timestamp;
    let bump = ctx.bumps.account;
    let accounts = &mut ctx.accounts;
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    accounts.house.check_not_paused(Pausable::OpenAccount, now)?;
    let (house, owner, payer) = (
        *accounts.house.address(),
        *accounts.owner.address(),
        *accounts.payer.address(),
    );
    let rent_lamports = accounts.account.view().lamports();

    let account = &mut accounts.account;
    account.version = LAYOUT_VERSION;
    account.bump = bump;
    account.number = args.number;
    account.size_class = args.size_class;
    account.house = house;
    account.owner = owner;
    account.terms.rent_payer = payer;
    account.terms.rent_lamports = rent_lamports;
    account.terms.opened_at = now.get();

    emit_cpi!(AccountOpened {
        account: *ctx.accounts.account.address(),
        sequence: ctx.accounts.account.sequence,
        owner,
        number: args.number,
        capacity: args.capacity,
        size_class: args.size_class,
        rent_payer: payer,
        rent_lamports,
        opened_at: now.get(),
    });
    Ok(())
}
