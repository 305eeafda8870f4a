//! Repeatable operands that lean towards the edges where carries and estimates go wrong.

/// SplitMix64: the same sequence for the same seed, on every machine.
pub struct Operands(u64);

impl Operands {
    /// The sequence of this seed, from its start.
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 uniform bits.
    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Eight uniform bits.
    pub fn byte(&mut self) -> u8 {
        let [byte, ..] = self.word().to_le_bytes();
        byte
    }

    /// A value of random width or its complement, of extreme digits, or next to a power of two.
    pub fn wide(&mut self) -> u128 {
        match self.byte() % 4 {
            0 => self.of_random_width(),
            1 => !self.of_random_width(),
            2 => (0..4).fold(0, |digits, _| (digits << 32) | u128::from(self.extreme_digit())),
            _ => {
                let power = 1_u128 << (self.byte() % 128);
                power.wrapping_add(u128::from(self.byte() % 3)).wrapping_sub(1)
            }
        }
    }

    /// As [`Self::wide`], never zero.
    pub fn wide_divisor(&mut self) -> u128 {
        self.wide().max(1)
    }

    fn of_random_width(&mut self) -> u128 {
        let uniform = (u128::from(self.word()) << 64) | u128::from(self.word());
        uniform >> (self.byte() % 128)
    }

    /// One 32-bit digit, mostly of those that make the estimate of a quotient wrong.
    fn extreme_digit(&mut self) -> u32 {
        match self.byte() % 6 {
            0 => 0,
            1 => 1,
            2 => 1 << 31,
            3 => u32::MAX - 1,
            4 => u32::MAX,
            _ => u32::from_le_bytes([self.byte(), self.byte(), self.byte(), self.byte()]),
        }
    }
}
