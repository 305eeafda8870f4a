//! A reference model of the clearing house in exact numbers, to replay random actions beside the bytecode.
//!
//! It is written from the design and from what the instructions state, and calls neither the program's functions nor those of
//! `tenor-math`; it uses the program's types where it reads accounts. What a pricing model alone could say, the risk arrays that
//! a refresh stores, is an input; all else follows from the actions.
//!
//! | module | holds |
//! |---|---|
//! | [`exact`] | fractions, and numbers known to within stated units |
//! | [`state`] | the house as a plain value |
//! | [`interest`] | cash that is lent and borrowed |
//! | [`freshness`], [`scenarios`], [`book`], [`payoffs`], [`health`] | an account's health |
//! | [`settling`] | what a chain settles at |
//! | [`forecast`], [`acts`], [`lots`] | what each action requires and changes |
//! | [`lockstep`] | the model beside a world |
//!
//! Replayed: `accrue`, `add_strikes`, `apply_change`, `begin_bracket` and `end_bracket` (around a trade), `cancel_change`,
//! `close_account`, `close_chain`, `create_chain`, `deposit`, `grow_account`, `health`, `liquidate_slice`, `mark_hour`,
//! `mark_settlement`, `open_account`, `pause`, `pay_treasury`, `post_surface`, `queue_change`, `refresh_risk`, `set_delegate`, `settle_account`,
//! `settle_chain`, `sweep`, `tighten`, `touch_liquidation`, `trade` (of owners and delegates), `transfer`, `transfer_position`,
//! `unpause`, `update_price`, `withdraw`.
//!
//! Changes are of house risk, interest, fees, withdrawals, collaterals, the contingencies of an underlying's risk and its
//! market limits. Not replayed: changes of the range and the volatilities of scenarios (they enter what only the pricing model
//! can say), of limits of feeds and slices, of feed sources, of bracket programs, of the timelock and of who holds which power,
//! queued listings, strikes that replace others, and prices of the push oracle: not done yet; `wind_down`, which leaves a run
//! nothing to do; `initialize`, `add_underlying`, `add_collateral` and `end_genesis`, which happen once, before a run;
//! `propose_admin`, `cancel_admin_proposal` and `accept_admin`, which touch no balance. All these have tests of their own in
//! `tests/tests/margin`. In brackets lies one trade; calls of other programs do not.
//!
//! Balances, lots, sequence numbers, clocks and times must agree to the unit. Health agrees to within the rounding that the
//! program states, which [`exact::Approx`] sums over everything that a number is made of; [`book`] lists the units. An action
//! must land if it meets every requirement and be refused for one of those that it does not meet; where a requirement holds by
//! less than that rounding, the program's word stands and is counted.

pub mod acts;
pub mod book;
pub mod exact;
pub mod forecast;
pub mod freshness;
pub mod health;
pub mod interest;
pub mod lockstep;
pub mod lots;
pub mod payoffs;
pub mod scenarios;
pub mod settling;
pub mod state;
