//! The C routines that the bytecode is linked with, callable on the host.
//!
//! `routines/` is compiled by the system's C compiler under other names, and the tests compare it with what the host
//! computes natively.

#![expect(unsafe_code, reason = "the routines are C; each call states why it is sound")]

pub mod int128;
pub mod memory;
pub mod operands;
mod syscalls;
