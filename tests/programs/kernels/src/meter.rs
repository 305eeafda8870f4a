//! Reading compute units around a call.

use crate::outcome::{Digest, Outcome};
use core::hint::black_box;

/// Where the remaining compute units are read.
pub trait Meter {
    /// Units that remain.
    fn remaining(&mut self) -> u64;
}

/// For the host, where only results count.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unmetered;

impl Meter for Unmetered {
    fn remaining(&mut self) -> u64 {
        u64::MAX
    }
}

/// What one call cost and gave.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Compute units.
    pub units: u64,
    /// Whether it gave a result and no error.
    pub is_ok: bool,
    /// Digest of the result.
    pub digest: u64,
}

/// Calls `kernel` on `input` between two readings, less what two adjacent readings cost.
///
/// Neither the input nor the result is known to the compiler, so it can neither fold the call nor move it across a
/// reading.
#[inline(never)]
pub fn measured<I, O: Outcome>(meter: &mut impl Meter, input: I, kernel: impl FnOnce(&I) -> O) -> Sample {
    let overhead = {
        let before = meter.remaining();
        before.wrapping_sub(meter.remaining())
    };
    let input = black_box(&input);
    let before = meter.remaining();
    let output = kernel(input);
    let output = black_box(&output);
    let after = meter.remaining();
    let mut digest = Digest::default();
    output.fold(&mut digest);
    Sample {
        units: before.wrapping_sub(after).saturating_sub(overhead),
        is_ok: output.is_ok(),
        digest: digest.get(),
    }
}
