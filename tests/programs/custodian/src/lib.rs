//! Holds an authority behind a delay: it stands for the timelock or multisig that a house's upgrade authority is handed to. It has the
//! one property of theirs that a drill needs: what a proposer asks for is passed on no sooner than the delay after it was asked for,
//! exactly as asked, unless somebody cancelled it. It has none of their other guards and holds nothing but in tests.
//!
//! State, an account of this program: proposer (32 bytes), who may cancel (32), delay in seconds (8), when the queued instruction is ready
//! (8, zero for none), its length (8) and its bytes: the program's address, those of its accounts, its data.
//!
//! Instructions: 0 queues (state, proposer; then the instruction's bytes), 1 cancels (state, who may), 2 passes on (the bump; state,
//! program, then the instruction's accounts; then its data), signing for the address of [`SEED`].
#![cfg_attr(target_os = "solana", no_std)]

#[cfg(target_os = "solana")]
mod entrypoint;

/// Seed of the address that holds the authority.
pub const SEED: &[u8] = b"custodian";
/// Where the queued instruction begins in the state.
pub const QUEUED: usize = 88;
/// Most bytes of a queued instruction.
pub const MOST: usize = 512;
/// Error of an instruction that is passed on before its time, or was never queued.
pub const NOT_READY: u32 = 1;
/// Error of one that is not what was queued.
pub const NOT_WHAT_WAS_QUEUED: u32 = 2;
/// Error of whoever may not queue or cancel.
pub const NOT_ALLOWED: u32 = 3;
