//! Passes an instruction on to the program in its first account, and signs for one address of its own: what a program that
//! trades for itself does.
//!
//! Data: the tag of the address, its bump, and the data of the instruction. Accounts: the program that is called, then those
//! of the instruction; of these the program's own address need not sign.
#![cfg_attr(target_os = "solana", no_std)]

#[cfg(target_os = "solana")]
mod entrypoint;

/// First seed of the addresses that the program signs for; a byte of the caller's choice follows.
pub const SEED: &[u8] = b"caller";
