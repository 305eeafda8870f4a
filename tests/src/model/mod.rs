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
//! | [`forecast`], [`acts`], [`lots`] | what each action requires and changes |
//! | [`lockstep`] | the model beside a world |
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
pub mod state;
