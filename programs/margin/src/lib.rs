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
//! | [`governance`], [`params`] | who may change what and when; the parameters and their bounds |
//! | [`valuation`] | from a slice and a price to a strike's risk array |
//! | [`surface`] | what a slice must satisfy to be posted |
//! | [`hourly`] | the hourly marks that the range of the scenarios follows |
//! | [`settlement`] | the one-minute marks, and what a chain settles at |
//! | [`feed`], [`grid`], [`auction`], [`ledger`], [`portfolio_check`], [`token`], [`withdrawal`] | the rules that instructions share |
//!
//! Handlers are never inlined: the entry point with all of them inside has more instructions than a branch can cross.
//!
//! Each instruction below lists what it requires, does, ensures and rounds; the test of the same words is in
//! `tests/margin`. Each handler is a function of its own (`inline(never)`): together in the entrypoint they would be longer than
//! a branch of the bytecode reaches.
#![cfg_attr(target_os = "solana", no_std)]
#![allow(
    missing_docs,
    reason = "the framework's macros generate undocumented modules; hand-written items are documented"
)]

extern crate alloc;

pub mod auction;
pub mod breadth;
mod described_enum;
pub mod error;
pub mod event;
pub mod feed;
pub mod governance;
pub mod grid;
pub mod hourly;
pub mod instructions;
pub mod ledger;
pub mod params;
pub mod portfolio_check;
pub mod risk;
pub mod security_txt;
pub mod settlement;
pub mod state;
pub mod surface;
pub mod token;
pub mod valuation;
pub mod withdrawal;

use alloc::vec::Vec;
use anchor_lang::prelude::*;
pub use error::MarginError;
use governance::Change;
use instructions::*;
use state::Pausable;

declare_id!("HLzVjLdooxfESCqEqy6vbDZodt4oFwbRkXeuphvQmirV");

/// The instructions.
#[program]
pub mod tenor_margin {
    use super::*;

    /// Creates the house, its registry and its insurance fund.
    ///
    /// Requires: the signer is the program's upgrade authority; every parameter is within its bounds; the guardian is not
    /// the admin.
    /// Effects: house, registry and insurance fund exist with the arguments as parameters.
    /// Ensures: there is one house; a second call fails.
    /// Rounding: none.
    pub fn initialize(ctx: &mut Context<Initialize>, args: InitializeArgs) -> Result<()> {
        instructions::initialize(ctx, args)
    }

    /// Lists an asset with a price feed.
    ///
    /// Requires: the signer is the admin; every parameter is within its bounds; set-up lasts, or the same listing was
    /// queued and is ready.
    /// Effects: the underlying exists with the next index; its price range is the floor.
    /// Ensures: a symbol is listed once.
    /// Rounding: none.
    pub fn add_underlying(ctx: &mut Context<AddUnderlying>, args: AddUnderlyingArgs) -> Result<()> {
        instructions::add_underlying(ctx, args)
    }

    /// Lists a collateral and creates the house's vault for it.
    ///
    /// Requires: the signer is the admin; the quote comes first and without haircut; other collaterals name listed
    /// underlyings for price and scenarios; haircut, caps and ramp are within their bounds; the mint is one of a token
    /// program, has no extension beyond names and groups, and no freeze authority unless the admin names the exception; set-up lasts, or
    /// the same listing was queued and is ready.
    /// Effects: the registry has the entry; the vault exists under the mint's program and belongs to the house; the deposit
    /// cap ramps from zero, at once in a house that holds nothing.
    /// Ensures: a mint is listed once.
    /// Rounding: the ramped cap down.
    pub fn add_collateral(ctx: &mut Context<AddCollateral>, args: AddCollateralArgs) -> Result<()> {
        instructions::add_collateral(ctx, args)
    }

    /// Ends set-up: from then on listings wait like other changes.
    ///
    /// Requires: the signer is the admin; set-up lasts.
    /// Effects: no listing is without delay any more, and deposits begin.
    /// Ensures: set-up never begins again; a house in set-up holds nothing.
    /// Rounding: none.
    pub fn end_genesis(ctx: &mut Context<EndGenesis>) -> Result<()> {
        instructions::end_genesis(ctx)
    }

    /// Queues a change or a listing.
    ///
    /// Requires: the signer is the admin; the change is within its bounds and changes something; the underlying is passed
    /// for a change of one, and only then.
    /// Effects: the change is stored with its number, from when on it may be made, when it dies and what it replaces.
    /// Ensures: nothing changes yet.
    /// Rounding: none.
    pub fn queue_change(ctx: &mut Context<QueueChange>, change: Change) -> Result<()> {
        instructions::queue_change(ctx, change)
    }

    /// Makes a queued change. Anyone may send it.
    ///
    /// Requires: the change has waited and is not dead; who queued it is still the admin; what it replaces is as it was;
    /// it is within its bounds still; it is no listing.
    /// Effects: the parameters are as the change says; its account closes and the rent returns to who paid it.
    /// Ensures: a change is made at most once.
    /// Rounding: none.
    pub fn apply_change(ctx: &mut Context<ApplyChange>) -> Result<()> {
        instructions::apply_change(ctx)
    }

    /// Cancels a queued change.
    ///
    /// Requires: the signer is the admin or the guardian, or the change is dead.
    /// Effects: its account closes and the rent returns to who paid it.
    /// Ensures: a cancelled change is never made.
    /// Rounding: none.
    pub fn cancel_change(ctx: &mut Context<CancelChange>) -> Result<()> {
        instructions::cancel_change(ctx)
    }

    /// Makes a change at once that only tightens.
    ///
    /// Requires: the signer is the admin; the change is within its bounds and changes something; no parameter of it moves
    /// in a direction that waits.
    /// Effects: the parameters are as the change says.
    /// Ensures: no account comes nearer to a liquidation, and no money moves.
    /// Rounding: none.
    pub fn tighten(ctx: &mut Context<Tighten>, change: Change) -> Result<()> {
        instructions::tighten(ctx, change)
    }

    /// Proposes a successor of the admin.
    ///
    /// Requires: the signer is the admin; the successor is someone else, and not the guardian.
    /// Effects: the successor may accept once the timelock is over, until the proposal dies.
    /// Ensures: the admin stays admin; a new proposal replaces the old one and waits anew.
    /// Rounding: none.
    pub fn propose_admin(ctx: &mut Context<ProposeAdmin>, successor: Address) -> Result<()> {
        instructions::propose_admin(ctx, successor)
    }

    /// Cancels the proposal of a successor.
    ///
    /// Requires: the signer is the admin or the guardian; there is a proposal.
    /// Effects: nobody is proposed.
    /// Ensures: the admin stays admin.
    /// Rounding: none.
    pub fn cancel_admin_proposal(ctx: &mut Context<CancelAdminProposal>) -> Result<()> {
        instructions::cancel_admin_proposal(ctx)
    }

    /// Takes over as admin.
    ///
    /// Requires: the signer is the proposed successor; the proposal has waited and is not dead.
    /// Effects: the successor is the admin and nobody is proposed.
    /// Ensures: what the former admin queued is dead.
    /// Rounding: none.
    pub fn accept_admin(ctx: &mut Context<AcceptAdmin>) -> Result<()> {
        instructions::accept_admin(ctx)
    }

    /// Pauses an action for a while.
    ///
    /// Requires: the signer is the admin or the guardian; one second to three days; this power began no pause of the
    /// action within ten days, or prolongs the one that it began within three.
    /// Effects: the action is refused until the time is over.
    /// Ensures: the pause ends by itself; no power pauses an action for more than three days in ten; exits stay open.
    /// Rounding: none.
    pub fn pause(ctx: &mut Context<Pause>, action: Pausable, seconds: u32) -> Result<()> {
        instructions::pause(ctx, action, seconds)
    }

    /// Ends one's own pause early.
    ///
    /// Requires: the signer is the admin or the guardian and pauses the action now.
    /// Effects: this power no longer pauses the action.
    /// Ensures: the other power's pause stays.
    /// Rounding: none.
    pub fn unpause(ctx: &mut Context<Pause>, action: Pausable) -> Result<()> {
        instructions::unpause(ctx, action)
    }

    /// Stores a checked price. Anyone may send it.
    ///
    /// Requires: the feed is owned by the pull or the push oracle's program, is the underlying's and, from the pull oracle,
    /// fully verified; its exponent is the one listed for its oracle; its price is positive, not too old, not from the
    /// future, not older than the stored one and certain enough to be stored.
    /// Effects: price, confidence, publish time and average are stored; a push price that is not trading is its last one
    /// that was, with its time; a price of the second that is stored changes nothing. A certain price that straddles its hour, or is
    /// the first after ten minutes of an hour without a mark, is the hour's mark: variance and range follow it.
    /// Ensures: the average moves by at most 6% a call, pro rata below an hour; a second has one price;
    /// prices between marks do not move the variance; the range rises by at most two points a mark, pro rata below an hour, and
    /// falls at once.
    /// Rounding: price down, confidence up; the range down.
    pub fn update_price(ctx: &mut Context<UpdatePrice>) -> Result<()> {
        instructions::update_price(ctx)
    }

    /// Takes the hour's mark for the range from the one update that straddles the hour. Anyone may send it, also when a newer price
    /// is stored already.
    ///
    /// Requires: the feed is owned by the oracle program, is the underlying's and fully verified; its price is certain and not
    /// from the future; the update straddles an hour that began less than ten minutes ago and has no mark yet.
    /// Effects: variance and range follow the mark; price and average stay.
    /// Ensures: an hour has one mark, the same for every caller.
    /// Rounding: the range down.
    pub fn mark_hour(ctx: &mut Context<MarkHour>) -> Result<()> {
        instructions::mark_hour(ctx)
    }

    /// Lists an expiry. Anyone may pay for it.
    ///
    /// Requires: the underlying is active; listings are not paused; the expiry is on the grid: a Friday 08:00 UTC within eight weeks, a month's last within
    /// 26 weeks or a quarter's last within the market's tenor.
    /// Effects: the chain exists without strikes; the payer is remembered for the rent; the underlying's table of live expiries
    /// has it.
    /// Ensures: an underlying has one chain per expiry.
    /// Rounding: none.
    pub fn create_chain(ctx: &mut Context<CreateChain>, expiry: i64) -> Result<()> {
        instructions::create_chain(ctx, expiry)
    }

    /// Lists strikes of a chain. Anyone may pay for them. The first prices go to the slots to be replaced.
    ///
    /// Requires: the price is fresh; the chain has not expired; each strike is on the grid, inside the window around
    /// spot and new; the chain has room; listings are not paused; slots are replaced only when the chain is full, and only those without open interest
    /// whose strike could not be listed now.
    /// Effects: the strikes are appended without a risk array, or take the place of those to be replaced; the payer pays the rent
    /// of the growth and is remembered for it.
    /// Ensures: a strike that somebody holds keeps its slot.
    /// Rounding: the window inward.
    pub fn add_strikes(ctx: &mut Context<AddStrikes>, prices_e9: Vec<u64>, replace_slots: Vec<u16>) -> Result<()> {
        instructions::add_strikes(ctx, prices_e9, replace_slots)
    }

    /// Closes a chain that is over, in one step or several. Anyone may send it.
    ///
    /// Requires: the chain has expired; it has no positions, fees, debt or settlement balance; who paid for the last strike is passed.
    /// Effects: strikes go, from the last on as far as their payers are passed, and what was paid for each to whoever paid it,
    /// whatever rent is now; when none is left the chain is gone and the rest goes to whoever created it.
    /// Ensures: nobody gets the rent of another, but the creator that of payers that nothing can be sent to; these block
    /// nobody; the chain never comes back.
    /// Rounding: what several strikes of one call cost is divided down.
    pub fn close_chain(ctx: &mut Context<CloseChain>) -> Result<()> {
        instructions::close_chain(ctx)
    }

    /// Moves what a chain has collected to the house. Anyone may send it.
    ///
    /// Requires: the chain holds fees, or is paid out and holds what rounding left.
    /// Effects: fees go to insurance fund and treasury by their shares; the residue of a settlement that is paid out goes to the
    /// insurance fund.
    /// Ensures: the booked total stays as it is.
    /// Rounding: the insurance fund's share up.
    pub fn sweep(ctx: &mut Context<Sweep>) -> Result<()> {
        instructions::sweep(ctx)
    }

    /// Pays the treasury's part of swept fees. Anyone may send it.
    ///
    /// Requires: the destination is a token account of the quote whose owner is the house's treasury; something is owed
    /// and the vault holds something.
    /// Effects: what is owed, or as much as the vault holds, leaves the vault; booked total and the treasury's balance
    /// shrink by it.
    /// Ensures: it goes nowhere else, whoever sends it.
    /// Rounding: none.
    pub fn pay_treasury(ctx: &mut Context<PayTreasury>) -> Result<()> {
        instructions::pay_treasury(ctx)
    }

    /// Posts a volatility slice.
    ///
    /// Requires: the signer is the surface authority; the chain has not expired; the slice is free of butterfly
    /// arbitrage, also with its variance raised by half; volatility, forward and discount are within their bounds, and each of
    /// them, correlation and slope within a step of the last slice, the hour's and the day's; the last post is not too recent; slices are not paused; the
    /// slice is in calendar order with the nearest live expiries that have slices, which are passed.
    /// Effects: the slice is stored with its time; hour and day begin anew when they are over.
    /// Ensures: nothing is revalued until a refresh; a surface moves up far first and down near first without being refused for
    /// its order.
    /// Rounding: none; the arbitrage conditions are exact.
    pub fn post_surface(ctx: &mut Context<PostSurface>, args: PostSurfaceArgs) -> Result<()> {
        instructions::post_surface(ctx, args)
    }

    /// Computes the risk arrays of strikes from the stored price and the slice. Anyone may send it.
    ///
    /// Requires: a price is stored and a slice posted, however old; the chain is not settled; one to fourteen strikes, all of
    /// which exist.
    /// Effects: mark, greeks and the 33 scenario results of each strike are stored with price, range, slice number and time;
    /// beside them how far the call's mark is above and below its values on the day's slice and the eve's, and how far the
    /// forward is off.
    /// Ensures: the numbers follow from price, range, the three slices, parameters and time alone, whoever calls; after expiry
    /// no former slice says anything.
    /// Rounding: values of a lot down, on former slices too; distances up to 2^-24 of the forward are none.
    pub fn refresh_risk(ctx: &mut Context<RefreshRisk>, strike_slots: Vec<u16>) -> Result<()> {
        instructions::refresh_risk(ctx, strike_slots)
    }

    /// Opens a margin account.
    ///
    /// Requires: the owner signs; the capacity is 1 to 64, in the large class 1 to 256; new accounts are not paused. A standard
    /// account has room for 8 chains, 8 underlyings and every collateral; a large one for 16 chains, 2 underlyings and 4
    /// collaterals besides the quote.
    /// Effects: the account exists, empty; the payer pays its rent and is remembered.
    /// Ensures: an owner has one account per number.
    /// Rounding: none.
    pub fn open_account(ctx: &mut Context<OpenAccount>, args: OpenAccountArgs) -> Result<()> {
        instructions::open_account(ctx, args)
    }

    /// Makes room for more positions in a margin account. Anyone may pay for it.
    ///
    /// Requires: the capacity is above the present one and within the account's size class.
    /// Effects: the account can hold as many positions; the payer pays the rent of the growth.
    /// Ensures: what the account holds stays as it is.
    /// Rounding: none.
    pub fn grow_account(ctx: &mut Context<GrowAccount>, capacity: u16) -> Result<()> {
        instructions::grow_account(ctx, capacity)
    }

    /// Closes a margin account.
    ///
    /// Requires: the owner signs; the account holds and owes nothing.
    /// Effects: the account is gone; who paid its rent at opening gets that back, the owner what was added later.
    /// Ensures: what was due to the reserve stays with it.
    /// Rounding: none.
    pub fn close_account(ctx: &mut Context<CloseAccount>) -> Result<()> {
        instructions::close_account(ctx)
    }

    /// Names who may trade for a margin account.
    ///
    /// Requires: the owner signs.
    /// Effects: the delegate and its daily limit of loss are stored; the zero address is nobody.
    /// Ensures: a delegate may trade and never withdraw, transfer or close.
    /// Rounding: none.
    pub fn set_delegate(ctx: &mut Context<SetDelegate>, args: SetDelegateArgs) -> Result<()> {
        instructions::set_delegate(ctx, args)
    }

    /// Brings interest to the present, for the pool and one account. Anyone may send it.
    ///
    /// Requires: the account is of the house.
    /// Effects: indices grow by the rate for the utilisation; the account's cash is brought to them and counted anew; whole
    /// atoms of the reserve go to insurance.
    /// Ensures: twice is once; the order of accounts changes nothing; no atom is created or lost.
    /// Rounding: deposits down, debts up; the difference is the reserve's.
    pub fn accrue(ctx: &mut Context<Accrue>) -> Result<()> {
        instructions::accrue(ctx)
    }

    /// Brings tokens into a margin account. Anyone may deposit for anyone, but only owner and delegate a collateral that
    /// the account does not hold yet.
    ///
    /// Requires: set-up is over; the amount is positive; source, mint, vault and token program are the collateral's; the depositor owns the
    /// source; the cap, while it ramps its present part, is kept; deposits are not paused, or it
    /// is the quote and the account owes cash or has positions; afterwards the account depends on no more underlyings and
    /// collaterals than its size class allows.
    /// Effects: interest comes to the present; balance and booked total grow by what arrived in the vault; the window
    /// forgets as much outflow.
    /// Ensures: vault and booked total move together.
    /// Rounding: none; interest against the account.
    pub fn deposit(ctx: &mut Context<Deposit>, collateral_index: u8, atoms: u64) -> Result<()> {
        instructions::deposit(ctx, collateral_index, atoms)
    }

    /// Takes tokens out of a margin account.
    ///
    /// Requires: the owner signs; a collateral's balance suffices, while cash may end below zero; afterwards the withdrawal
    /// rule holds on fresh prices and risk arrays: in every scenario equity without option gains is not negative; the vault
    /// holds the amount; net outflow stays within the collateral's cap for the window, or the amount is small.
    /// Effects: interest comes to the present; balance, booked total and vault shrink by the amount.
    /// Ensures: unrealised gains never leave the house; an account without positions can withdraw everything; an account
    /// older than the window can always withdraw a small amount a day.
    /// Rounding: requirements up, values down; what the window forgets down.
    pub fn withdraw(ctx: &mut Context<Withdraw>, collateral_index: u8, atoms: u64) -> Result<()> {
        instructions::withdraw(ctx, collateral_index, atoms)
    }

    /// Moves cash or a collateral between two margin accounts of one owner.
    ///
    /// Requires: the owner of both signs, which a delegate may not; the amount is positive; a collateral's balance suffices;
    /// afterwards the withdrawal rule holds for the account that gives, and the other is within its size class.
    /// Effects: interest comes to the present; one balance shrinks and the other grows by the amount.
    /// Ensures: booked totals stay; the account that receives is only better off and needs no price.
    /// Rounding: requirements up, values down.
    pub fn transfer(ctx: &mut Context<Transfer>, collateral_index: u8, atoms: u64) -> Result<()> {
        instructions::transfer(ctx, collateral_index, atoms)
    }

    /// Moves lots of one strike between two margin accounts of one owner, at no price.
    ///
    /// Requires: the owner of both signs, which a delegate may not; the chain has not expired; the lots are part of what the
    /// giving account holds; afterwards the withdrawal rule holds for it and the receiving account meets its initial
    /// requirement, on fresh prices and risk arrays, and is within its size class.
    /// Effects: the lots move.
    /// Ensures: lots of each option sum to zero over all accounts; unrealised gains do not become free cash.
    /// Rounding: requirements up, values down.
    pub fn transfer_position(ctx: &mut Context<TransferPosition>, args: TransferPositionArgs) -> Result<()> {
        instructions::transfer_position(ctx, args)
    }

    /// Moves positions and premium between two margin accounts.
    ///
    /// Requires: an authority of each account signs (owner, delegate, or a program for its own address); the owners differ;
    /// the deadline has not passed; one to eight legs of live options on fresh prices and risk arrays; each price is within
    /// the band around its mark; the buyer's payment and the seller's receipt are within their limits, fees included; the
    /// losses of the day under a delegate's signature stay within the owner's limit; trades are not paused, or one side only reduces;
    /// afterwards each account is within its size class; of two large ones at most one only reduced because it had to.
    /// Effects: the buyer gains and the seller gives the legs' lots; the premium moves the other way; both sides' fees
    /// accrue in the legs' chains.
    /// Ensures: lots of each option sum to zero over all accounts; each account meets its initial requirement, or the
    /// withdrawal rule if it gives value away at mark or borrows cash, or only reduced a risk that it could not bear; one
    /// in a bracket is checked at its end.
    /// Rounding: the premium once, up for whoever pays it; each fee of a leg up.
    pub fn trade(ctx: &mut Context<Trade>, args: TradeArgs) -> Result<()> {
        instructions::trade(ctx, args)
    }

    /// Begins a bracket: until its end in the same transaction, trades of the account are not checked one by one.
    ///
    /// Requires: owner or delegate signs; the instruction is at the top level of the transaction; a matching end follows at
    /// the top level; nothing but instructions that brackets allow lies between; no other bracket begins before.
    /// Effects: the account is in a bracket.
    /// Ensures: nothing is withdrawn from an account in a bracket, nor is it liquidated or made to liquidate.
    /// Rounding: none.
    pub fn begin_bracket(ctx: &mut Context<BeginBracket>) -> Result<()> {
        instructions::begin_bracket(ctx)
    }

    /// Ends a bracket and checks the account as it is now.
    ///
    /// Requires: the instruction is at the top level of the transaction; a bracket of the account is open; the account
    /// meets its initial requirement on fresh prices and risk arrays, or the withdrawal rule if a trade in the bracket
    /// gave value away at mark or cash is below zero.
    /// Effects: the account is in no bracket.
    /// Ensures: a bracket that does not end well leaves no trace of what was done in it.
    /// Rounding: requirements up, values down.
    pub fn end_bracket(ctx: &mut Context<EndBracket>) -> Result<()> {
        instructions::end_bracket(ctx)
    }

    /// Takes settlement marks from the one update that straddles them. Anyone may send it.
    ///
    /// Requires: the chain is not settled and nothing is final yet; the feed is the pull oracle's and its update not from the
    /// future; until ten minutes after expiry it straddles one or more of the thirty marks, which are a minute apart, the last at
    /// expiry: `prev_publish_time < mark <= publish_time`; from then on, with fewer than fifteen marks, a minute after
    /// expiry.
    /// Effects: every mark that the update straddles is its price, whatever its age and confidence; or the first minute after
    /// expiry that it straddles, unless an earlier one was brought. What was brought before changes nothing.
    /// Ensures: a mark is the same for every caller, in any order, and never changes.
    /// Rounding: the price down.
    pub fn mark_settlement(ctx: &mut Context<MarkSettlement>) -> Result<()> {
        instructions::mark_settlement(ctx)
    }

    /// Writes the settlement price of a chain. Anyone may send it.
    ///
    /// Requires: ten minutes have passed since expiry and the chain is not settled; fifteen marks were taken, or the mark of
    /// the first minute after expiry, or that of a later one ten minutes ago.
    /// Effects: the settlement price is written: the mean of the marks if there are fifteen, otherwise the mark after expiry.
    /// Ensures: it is written once and is the same for every caller, whatever the order of the marks.
    /// Rounding: the mean down.
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
    /// scenario, requirements bounded by the greatest loss until expiry; as stored and for a liquidation without what former
    /// slices cost.
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
    /// the liquidator is someone else, has the cash, meets its initial requirement afterwards and is within its size class; its
    /// cash changes by at least the limit.
    /// Effects: the fraction of every position moves at mark and of every collateral but the quote at the oracle price;
    /// the liquidator pays their worth less the discount.
    /// Ensures: health rises; the fraction is at most what restores the target; at least one lot moves; equity never
    /// turns negative.
    /// Rounding: shorts up, longs and collateral down; the price up and the discount down, in favour of the account.
    pub fn liquidate_slice(ctx: &mut Context<LiquidateSlice>, args: LiquidateSliceArgs) -> Result<()> {
        instructions::liquidate_slice(ctx, args)
    }
}
