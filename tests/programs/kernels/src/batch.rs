//! Many rows in one instruction.

use crate::invoke::invoke;
use crate::kernel::Kernel;
use crate::meter::Meter;
use bytemuck::{Pod, Zeroable};

/// Units below which no further row is begun: the largest kernel takes less.
const RESERVE: u64 = 700_000;

/// Instruction data.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Request {
    /// Number of the kernel.
    pub kernel: u64,
    /// First row.
    pub first: u64,
}

/// Return data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Report {
    /// First row, as requested.
    pub first: u64,
    /// Row after the last one that was run.
    pub next: u64,
    /// Rows that gave a result; the units below are theirs.
    pub results: u64,
    /// Most units of a call.
    pub worst_units: u64,
    /// Row of that call.
    pub worst_row: u64,
    /// Units of all calls.
    pub total_units: u64,
    /// Digest of everything that was returned, errors included.
    pub digest: u64,
}

/// Runs rows from the first one on, until they or the compute units end.
///
/// Nothing if the request names no kernel or the words are no whole rows of it.
pub fn run(request: Request, words: &[u64], meter: &mut impl Meter) -> Option<Report> {
    let kernel = Kernel::of_number(request.kernel)?;
    let mut report = Report {
        first: request.first,
        next: request.first,
        ..Report::default()
    };
    let rows = words.chunks_exact(kernel.words());
    if !rows.remainder().is_empty() {
        return None;
    }
    for row in rows.skip(usize::try_from(request.first).ok()?) {
        if meter.remaining() < RESERVE {
            break;
        }
        let sample = invoke(kernel, row, meter)?;
        if sample.is_ok {
            report.results += 1;
            report.total_units += sample.units;
            if sample.units > report.worst_units {
                (report.worst_units, report.worst_row) = (sample.units, report.next);
            }
        }
        report.digest = report.digest.rotate_left(7) ^ sample.digest;
        report.next += 1;
    }
    Some(report)
}
