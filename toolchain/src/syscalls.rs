//! The syscalls that the routines make, done with the host's own memory functions.
//!
//! The names exist only in the SBPF runtime, so they clash with nothing on the host.

use std::ffi::c_int;

#[unsafe(no_mangle)]
unsafe extern "C" fn sol_memmove_(to: *mut u8, from: *const u8, bytes: u64) {
    // SAFETY: the routines pass on runs that their caller vouches for.
    unsafe { std::ptr::copy(from, to, to_usize(bytes)) };
}

#[unsafe(no_mangle)]
unsafe extern "C" fn sol_memset_(to: *mut u8, value: u8, bytes: u64) {
    // SAFETY: as above.
    unsafe { std::ptr::write_bytes(to, value, to_usize(bytes)) };
}

#[unsafe(no_mangle)]
unsafe extern "C" fn sol_memcmp_(left: *const u8, right: *const u8, bytes: u64, difference: *mut c_int) {
    // SAFETY: as above; `difference` is a local of the caller.
    unsafe {
        let left = std::slice::from_raw_parts(left, to_usize(bytes));
        let right = std::slice::from_raw_parts(right, to_usize(bytes));
        let unequal = left.iter().zip(right).find(|(a, b)| a != b);
        *difference = unequal.map_or(0, |(a, b)| c_int::from(*a).wrapping_sub(c_int::from(*b)));
    }
}

fn to_usize(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
