//! Memory routines of `routines/memory.c`.

use std::cmp::Ordering;
use std::ops::Range;

mod c {
    use std::ffi::{c_int, c_void};

    unsafe extern "C" {
        pub(super) fn tenor_memcpy(to: *mut c_void, from: *const c_void, bytes: u64) -> *mut c_void;
        pub(super) fn tenor_memmove(to: *mut c_void, from: *const c_void, bytes: u64) -> *mut c_void;
        pub(super) fn tenor_memset(to: *mut c_void, value: c_int, bytes: u64) -> *mut c_void;
        pub(super) fn tenor_memcmp(left: *const c_void, right: *const c_void, bytes: u64) -> c_int;
        pub(super) fn tenor_bcmp(left: *const c_void, right: *const c_void, bytes: u64) -> c_int;
    }
}

/// Copies `from` over `to`, which is as long.
pub fn copy(to: &mut [u8], from: &[u8]) {
    assert_eq!(to.len(), from.len(), "memcpy takes one length");
    let destination = to.as_mut_ptr().cast();
    // SAFETY: both slices are valid for their common length and do not overlap.
    let returned = unsafe { c::tenor_memcpy(destination, from.as_ptr().cast(), length(from)) };
    assert_eq!(returned, destination, "memcpy returns its destination");
}

/// Copies a run onto itself, which LLVM allows of memcpy.
pub fn copy_onto_itself(bytes: &mut [u8]) {
    let destination = bytes.as_mut_ptr().cast();
    // SAFETY: the slice is valid for its length, and equal pointers are allowed.
    let returned = unsafe { c::tenor_memcpy(destination, destination, length(bytes)) };
    assert_eq!(returned, destination, "memcpy returns its destination");
}

/// Copies `source` of the buffer to `destination` in it; the two may overlap.
pub fn move_within(buffer: &mut [u8], source: Range<usize>, destination: usize) {
    let bytes = source.len();
    let start = buffer.as_mut_ptr();
    assert!(
        source.end <= buffer.len() && bytes <= buffer.len().saturating_sub(destination),
        "run out of bounds"
    );
    // SAFETY: both runs lie inside the buffer, as just asserted.
    unsafe {
        let to = start.add(destination).cast();
        let returned = c::tenor_memmove(to, start.add(source.start).cast(), to_u64(bytes));
        assert_eq!(returned, to, "memmove returns its destination");
    }
}

/// Fills `to` with the low byte of `value`, as C defines it.
pub fn fill(to: &mut [u8], value: i32) {
    let destination = to.as_mut_ptr().cast();
    // SAFETY: the slice is valid for its length.
    let returned = unsafe { c::tenor_memset(destination, value, length(to)) };
    assert_eq!(returned, destination, "memset returns its destination");
}

/// Orders two runs of one length by their first different bytes.
pub fn compare(left: &[u8], right: &[u8]) -> Ordering {
    assert_eq!(left.len(), right.len(), "memcmp takes one length");
    // SAFETY: both slices are valid for their common length.
    let difference = unsafe { c::tenor_memcmp(left.as_ptr().cast(), right.as_ptr().cast(), length(left)) };
    difference.cmp(&0)
}

/// Whether two runs of one length hold the same bytes.
pub fn same(left: &[u8], right: &[u8]) -> bool {
    assert_eq!(left.len(), right.len(), "bcmp takes one length");
    // SAFETY: both slices are valid for their common length.
    let difference = unsafe { c::tenor_bcmp(left.as_ptr().cast(), right.as_ptr().cast(), length(left)) };
    difference == 0
}

fn length(bytes: &[u8]) -> u64 {
    to_u64(bytes.len())
}

fn to_u64(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
