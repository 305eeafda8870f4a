//! Runs the kernels of `tenor-math` on the bytecode and says what each costs.
//!
//! A kernel is a public function of the crate, or the few calls that a program makes together. Its inputs are rows of
//! 64-bit words in an account; the program reads the remaining compute units just before and just after each call and
//! returns the worst, the sum and a digest of all results. The same code, built for the host, gives the digest that the
//! bytecode must have.
//!
//! To measure one more function: a line in [`kernel`], an arm in [`invoke`], and rows in [`inputs`].
//!
//! | module | holds |
//! |---|---|
//! | [`kernel`] | what there is to measure |
//! | [`invoke`] | how a kernel is called on a row |
//! | [`row`], [`outcome`] | words in, a digest out |
//! | [`meter`] | reading compute units around a call |
//! | [`batch`] | many rows in one instruction |
//! | [`inputs`] | rows from the vector files, on the host |
#![cfg_attr(target_os = "solana", no_std)]

pub mod batch;
#[cfg(target_os = "solana")]
mod entrypoint;
#[cfg(not(target_os = "solana"))]
pub mod inputs;
pub mod invoke;
pub mod kernel;
pub mod meter;
pub mod outcome;
pub mod row;

pub use batch::{Report, Request, run};
pub use kernel::Kernel;
pub use meter::{Meter, Unmetered};
