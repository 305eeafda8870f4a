//! How many tests ran, over all the summaries that `cargo test` prints.

use std::fmt;
use std::io::{self, Read, Write};

/// Sums the `test result:` lines of what passes through it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Tally {
    /// Copies `from` to `to` as it comes, and counts.
    pub(crate) fn tee(&mut self, mut from: impl Read, mut to: impl Write) -> io::Result<()> {
        let mut chunk = [0; 4096];
        let mut unfinished = Vec::new();
        loop {
            let length = from.read(&mut chunk)?;
            let Some(read @ [_, ..]) = chunk.get(..length) else {
                break;
            };
            to.write_all(read)?;
            to.flush()?;
            for piece in read.split_inclusive(|byte| *byte == b'\n') {
                unfinished.extend_from_slice(piece);
                if piece.ends_with(b"\n") {
                    self.count_line(&String::from_utf8_lossy(&unfinished));
                    unfinished.clear();
                }
            }
        }
        self.count_line(&String::from_utf8_lossy(&unfinished));
        Ok(())
    }

    /// `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s`
    fn count_line(&mut self, line: &str) {
        let Some((_, counts)) = line
            .strip_prefix("test result: ")
            .and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for count in counts.split(';') {
            let mut words = count.split_whitespace();
            let (Some(number), Some(what)) = (words.next().and_then(|word| word.parse::<u64>().ok()), words.next())
            else {
                continue;
            };
            let sum = match what {
                "passed" => &mut self.passed,
                "failed" => &mut self.failed,
                "ignored" => &mut self.skipped,
                _ => continue,
            };
            *sum = sum.saturating_add(number);
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
running 2 tests
test one ... ok
test result: an imitation
test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.02s

test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s";

    #[test]
    fn summaries_are_summed_and_all_output_passes_through() {
        let mut tally = Tally::default();
        let mut shown = Vec::new();

        tally.tee(OUTPUT.as_bytes(), &mut shown).unwrap();

        assert_eq!(
            tally,
            Tally {
                passed: 8,
                failed: 2,
                skipped: 1
            }
        );
        assert_eq!(tally.to_string(), "8 passed, 2 failed, 1 skipped");
        assert_eq!(shown, OUTPUT.as_bytes());
    }

    #[test]
    fn a_summary_may_arrive_in_pieces() {
        struct ByteByByte<'a>(&'a [u8]);
        impl Read for ByteByByte<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let length = buffer.len().min(1);
                self.0.read(&mut buffer[..length])
            }
        }
        let mut tally = Tally::default();

        tally.tee(ByteByByte(OUTPUT.as_bytes()), io::sink()).unwrap();

        assert_eq!(
            tally,
            Tally {
                passed: 8,
                failed: 2,
                skipped: 1
            }
        );
    }
}
