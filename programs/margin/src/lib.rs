//! Tenor's clearing house.
//!
//! It holds collateral, lists option chains, margins each account as one portfolio, moves positions and premium between
//! accounts that agree, settles expiries and lets anyone liquidate an account that no longer meets its requirement. All
//! formulas are those of `tenor-math`; this crate holds the accounts, the checks and the money.
//!
//! | module | holds |
//! |---|---|
//! | [`state`] | account layouts |
//! | [`instructions`] | one file per instruction |
//! | [`risk`] | an account's health over its stored positions, and the moves of lots |
//! | [`valuation`] | from a slice and a price to a strike's risk array |
//! | [`feed`], [`grid`], [`auction`], [`ledger`], [`portfolio_check`] | the rules that instructions share |
//!
//! Handlers are never inlined: the entry point with all of them inside has more instructions than a branch can cross.
//!
//! Each instruction below lists what it requires, does, ensures and rounds; the test of the same words is in
//! `tests/margin`.
#![cfg_attr(target_os = "solana", no_std)]
#![allow(
    missing_docs,
    reason = "the framework's macros generate undocumented modules; hand-written items are documented"
)]

extern crate alloc;

pub mod auction;
pub mod error;
pub mod event;
pub mod feed;
pub mod grid;
pub mod instructions;
pub mod ledger;
pub mod portfolio_check;
pub mod risk;
pub mod state;
pub mod valuation;

use alloc::vec::Vec;
use anchor_lang::prelude::*;
pub use error::MarginError;
use instructions::*;

declare_id!("HLzVjLdooxfESCqEqy6vbDZodt4oFwbRkXeuphvQmirV");

/// The instructions.
#[program]
pub mod tenor_margin {
    use super::*;

    /// Creates the house, its registry and its insurance fund.
    ///
    /// Requires: the signer is the program's upgrade authority; every parameter is within its bounds.
    /// Effects: house, registry and insurance fund exist with the arguments as parameters.
    /// Ensures: there is one house; a second call fails.
    /// Rounding: none.
    pub fn initialize(ctx: &mut Context<Initialize>, args: InitializeArgs) -> Result<()> {
        instructions::initialize(ctx, args)
    }

    /// Lists an asset with a price feed.
    ///
    /// Requires: the signer is the admin; every parameter is within its bounds.
    /// Effects: the underlying exists with the next index; its price range is the floor.
    /// Ensures: a symbol is listed once.
    /// Rounding: none.
    pub fn add_underlying(ctx: &mut Context<AddUnderlying>, args: AddUnderlyingArgs) -> Result<()> {
        instructions::add_underlying(ctx, args)
    }

    /// Lists a collateral and creates the house's vault for it.
    ///
    /// Requires: the signer is the admin; the quote comes first and without haircut; other collaterals name a listed
    /// underlying; haircut and cap are within their bounds.
    /// Effects: the registry has the entry; the vault exists and belongs to the house.
    /// Ensures: a mint is listed once.
    /// Rounding: none.
    pub fn add_collateral(ctx: &mut Context<AddCollateral>, args: AddCollateralArgs) -> Result<()> {
        instructions::add_collateral(ctx, args)
    }

    /// Stores a checked price. Anyone may send it.
    ///
    /// Requires: the feed is owned by the pull or the push oracle's program, is the underlying's and, from the pull oracle,
    /// fully verified; its exponent is the one listed for its oracle; its price is positive, not too old, not from the
    /// future, not older than the stored one and certain enough.
    /// Effects: price, confidence, publish time and average are stored; a push price that is not trading is its last one
    /// that was, with its time; a price of the second that is stored changes nothing.
    /// Ensures: the average moves by at most 6% a call, pro rata below an hour; a second has one price.
    /// Rounding: price down, confidence up.
    pub fn update_price(ctx: &mut Context<UpdatePrice>) -> Result<()> {
        instructions::update_price(ctx)
    }

    /// Lists an expiry. Anyone may pay for it.
    ///
    /// Requires: the expiry is a Friday 08:00 UTC within the market's tenor.
    /// Effects: the chain exists without strikes; the payer is remembered for the rent.
    /// Ensures: an underlying has one chain per expiry.
    /// Rounding: none.
    pub fn create_chain(ctx: &mut Context<CreateChain>, expiry: i64) -> Result<()> {
        instructions::create_chain(ctx, expiry)
    }

    /// Lists strikes of a chain. Anyone may pay for them.
    ///
    /// Requires: the price is fresh; the chain has not expired; each strike is on the grid, inside the window around
    /// spot and new; the chain has room.
    /// Effects: the strikes are appended without a risk array; the payer pays the rent of the growth.
    /// Ensures: slots of listed strikes never change.
    /// Rounding: the window inward.
    pub fn add_strikes(ctx: &mut Context<AddStrikes>, prices_e9: Vec<u64>) -> Result<()> {
        instructions::add_strikes(ctx, prices_e9)
    }

    /// Posts a volatility slice.
    ///
    /// Requires: the signer is the surface authority; the chain has not expired; the slice is free of butterfly
    /// arbitrage; volatility, forward and discount are within their bounds.
    /// Effects: the slice is stored with its time.
    /// Ensures: nothing is revalued until a refresh.
    /// Rounding: none; the arbitrage conditions are exact.
    pub fn post_surface(ctx: &mut Context<PostSurface>, args: PostSurfaceArgs) -> Result<()> {
        instructions::post_surface(ctx, args)
    }

    /// Computes the risk arrays of strikes from the stored price and the slice. Anyone may send it.
    ///
    /// Requires: the price is fresh; the slice exists and is not too old; the chain is not settled; every strike exists.
    /// Effects: mark, greeks and the 33 scenario results of each strike are stored with price and time.
    /// Ensures: the numbers follow from price, slice and parameters alone, whoever calls.
    /// Rounding: values of a lot down.
    pub fn refresh_risk(ctx: &mut Context<RefreshRisk>, strike_slots: Vec<u16>) -> Result<()> {
        instructions::refresh_risk(ctx, strike_slots)
    }

    /// Opens a margin account.
    ///
    /// Requires: the owner signs; the capacity is 1 to 64.
    /// Effects: the account exists, empty; the payer pays its rent.
    /// Ensures: an owner has one account per number.
    /// Rounding: none.
    pub fn open_account(ctx: &mut Context<OpenAccount>, args: OpenAccountArgs) -> Result<()> {
        instructions::open_account(ctx, args)
    }

    /// Brings tokens into a margin account. Anyone may deposit for anyone, but only owner and delegate a collateral that
    /// the account does not hold yet.
    ///
    /// Requires: the amount is positive; source, mint and vault are the collateral's; the depositor owns the source; the
    /// cap is kept.
    /// Effects: balance and booked total grow by what arrived in the vault.
    /// Ensures: vault and booked total move together.
    /// Rounding: none.
    pub fn deposit(ctx: &mut Context<Deposit>, collateral_index: u8, atoms: u64) -> Result<()> {
        instructions::deposit(ctx, collateral_index, atoms)
    }

    /// Takes tokens out of a margin account.
    ///
    /// Requires: the owner signs; the balance suffices; afterwards the withdrawal rule holds on fresh prices and risk
    /// arrays: in every scenario equity without option gains is not negative.
    /// Effects: balance, booked total and vault shrink by the amount.
    /// Ensures: unrealised gains never leave the house; an account without positions can withdraw everything.
    /// Rounding: requirements up, values down.
    pub fn withdraw(ctx: &mut Context<Withdraw>, collateral_index: u8, atoms: u64) -> Result<()> {
        instructions::withdraw(ctx, collateral_index, atoms)
    }

    /// Moves positions and premium between two margin accounts.
    ///
    /// Requires: an authority of each account signs; one to eight legs of live options on fresh prices and risk arrays;
    /// each price is within the band around its mark; the payer of the premium has the cash.
    /// Effects: the buyer gains and the seller gives the legs' lots; the premium moves the other way.
    /// Ensures: lots of each option sum to zero over all accounts; both accounts meet their initial requirement, or
    /// only reduced their risk.
    /// Rounding: the premium up for whoever pays it.
    pub fn trade(ctx: &mut Context<Trade>, legs: Vec<Leg>) -> Result<()> {
        instructions::trade(ctx, legs)
    }

    /// Writes the settlement price of a chain. Anyone may send it.
    ///
    /// Requires: the chain has expired and is not settled; the feed is the pull oracle's; its update straddles the expiry:
    /// `prev_publish_time < expiry <= publish_time`.
    /// Effects: the settlement price is written.
    /// Ensures: it is written once and is the same for every caller.
    /// Rounding: the price down.
    pub fn settle_chain(ctx: &mut Context<SettleChain>) -> Result<()> {
        instructions::settle_chain(ctx)
    }

    /// Pays out an account's positions in a settled chain. Anyone may send it.
    ///
    /// Requires: the chain is settled; the account has positions in it.
    /// Effects: positions become cash at their payoff and leave open interest.
    /// Ensures: each account is paid once; what is paid out never exceeds what is paid in.
    /// Rounding: down for both sides; less than an atom an account stays with the chain.
    pub fn settle_account(ctx: &mut Context<SettleAccount>) -> Result<()> {
        instructions::settle_account(ctx)
    }

    /// An account's health as return data, for simulations and calling programs. Changes nothing.
    ///
    /// Requires: the market accounts that the account's health reads; prices and risk arrays as the chosen rules ask for:
    /// 0 as stored, 1 a trade that adds risk, 2 a withdrawal, 3 a trade that only reduces, 4 a liquidation's start.
    /// Effects: none.
    /// Ensures: the numbers are those by which the action would be judged, in total and by underlying with its worst
    /// scenario, requirements bounded by the greatest loss until expiry.
    /// Rounding: requirements up, values down.
    pub fn health(ctx: &mut Context<ShowHealth>, view_of: u8) -> Result<crate::risk::HealthView> {
        instructions::health(ctx, view_of)
    }

    /// Starts, advances or ends the auction of an account. Anyone may send it.
    ///
    /// Requires: price and risk arrays are fresh; an auction runs, or maintenance health is negative at both ends of the
    /// price's confidence interval.
    /// Effects: the auction starts, its clock advances by at most 30 seconds, or it ends at the target.
    /// Ensures: a new auction soon after an old one resumes its clock.
    /// Rounding: requirements up, values down.
    pub fn touch_liquidation(ctx: &mut Context<TouchLiquidation>) -> Result<()> {
        instructions::touch_liquidation(ctx)
    }

    /// Takes over a fraction of an unhealthy account, at a discount on the requirement that it frees.
    ///
    /// Requires: an auction runs; the exposure sequence is the expected one; price and risk arrays are fresh; equity is positive;
    /// the liquidator is someone else, has the cash and meets its initial requirement afterwards; its cash changes by at
    /// least the limit.
    /// Effects: the fraction of every position moves at mark and of every collateral but the quote at the oracle price;
    /// the liquidator pays their worth less the discount.
    /// Ensures: health rises; the fraction is at most what restores the target; at least one lot moves; equity never
    /// turns negative.
    /// Rounding: shorts up, longs and collateral down; the price up and the discount down, in favour of the account.
    pub fn liquidate_slice(ctx: &mut Context<LiquidateSlice>, args: LiquidateSliceArgs) -> Result<()> {
        instructions::liquidate_slice(ctx, args)
    }
}
