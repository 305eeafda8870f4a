//! The bytecode's memory routines do what the host's own do and touch no byte beside the run.

use tenor_toolchain_tests::memory;
use tenor_toolchain_tests::operands::Operands;

const LONGEST_BYTES: usize = 70;
const ALIGNMENTS: usize = 8;
const BUFFER_BYTES: usize = LONGEST_BYTES + 2 * ALIGNMENTS;

#[test]
fn copies_match_native_ones() {
    let mut operands = Operands::seeded(11);
    for bytes in 0..=LONGEST_BYTES {
        for to in 0..ALIGNMENTS {
            for from in 0..ALIGNMENTS {
                let source = random_buffer(&mut operands);
                let mut buffer = random_buffer(&mut operands);
                let mut expected = buffer;
                expected[to..to + bytes].copy_from_slice(&source[from..from + bytes]);

                memory::copy(&mut buffer[to..to + bytes], &source[from..from + bytes]);

                assert_eq!(buffer, expected, "{bytes} bytes from {from} to {to}");
            }
        }
    }
}

#[test]
fn a_copy_onto_itself_changes_nothing() {
    let mut operands = Operands::seeded(12);
    for bytes in 0..=LONGEST_BYTES {
        let mut buffer = random_buffer(&mut operands);
        let expected = buffer;

        memory::copy_onto_itself(&mut buffer[..bytes]);

        assert_eq!(buffer, expected, "{bytes} bytes");
    }
}

#[test]
fn overlapping_moves_match_native_ones() {
    let mut operands = Operands::seeded(13);
    for bytes in 0..=LONGEST_BYTES {
        for to in 0..ALIGNMENTS {
            for from in 0..ALIGNMENTS {
                let mut buffer = random_buffer(&mut operands);
                let mut expected = buffer;
                expected.copy_within(from..from + bytes, to);

                memory::move_within(&mut buffer, from..from + bytes, to);

                assert_eq!(buffer, expected, "{bytes} bytes from {from} to {to}");
            }
        }
    }
}

#[test]
fn fills_match_native_ones_and_use_only_the_low_byte() {
    let mut operands = Operands::seeded(14);
    for bytes in 0..=LONGEST_BYTES {
        for to in 0..ALIGNMENTS {
            for (value, low_byte) in [(0, 0), (0x7f, 0x7f), (0xa5, 0xa5), (-1, 0xff), (0x1234, 0x34)] {
                let mut buffer = random_buffer(&mut operands);
                let mut expected = buffer;
                expected[to..to + bytes].fill(low_byte);

                memory::fill(&mut buffer[to..to + bytes], value);

                assert_eq!(buffer, expected, "{bytes} bytes of {value} at {to}");
            }
        }
    }
}

#[test]
fn comparisons_match_native_ones_wherever_the_runs_differ() {
    let mut operands = Operands::seeded(15);
    for bytes in 0..=LONGEST_BYTES {
        for at in 0..ALIGNMENTS {
            let left = random_buffer(&mut operands);
            let left = &left[at..at + bytes];
            check_comparison(left, left);
            for first in 0..bytes {
                let mut right = left.to_vec();
                right[first] ^= operands.byte() | 1;
                right[bytes - 1] ^= operands.byte();
                check_comparison(left, &right);
            }
        }
    }
}

fn check_comparison(left: &[u8], right: &[u8]) {
    assert_eq!(memory::compare(left, right), left.cmp(right), "{left:?} with {right:?}");
    assert_eq!(memory::same(left, right), left == right, "{left:?} with {right:?}");
}

fn random_buffer(operands: &mut Operands) -> [u8; BUFFER_BYTES] {
    std::array::from_fn(|_| operands.byte())
}
