//! Results as a digest, by which bytecode and host are compared.

use tenor_math::amm::{LotGreeks, Quote};
use tenor_math::interest::InterestPool;
use tenor_math::liquidation::Fraction;
use tenor_math::pricing::{Deviation, FullGreeks, Greeks, OptionPair, TotalVariance};
use tenor_math::quantity::{Price, Ratio, Value};
use tenor_math::risk::{Health, StrikeRisk};
use tenor_math::shares::{Burned, Minted};
use tenor_math::special::Exponential;
use tenor_math::surface::Slice;

/// An order-dependent mix of words.
#[derive(Clone, Copy, Debug, Default)]
pub struct Digest(u64);

impl Digest {
    /// Mixes in one word.
    pub fn word(&mut self, word: u64) {
        // The multiplier of Fibonacci hashing: odd, so that no word is lost.
        const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(MULTIPLIER);
    }

    /// The digest.
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// What a kernel returns.
pub trait Outcome {
    /// Whether it is a result and no error.
    fn is_ok(&self) -> bool {
        true
    }

    /// Mixes every part of it in.
    fn fold(&self, digest: &mut Digest);
}

macro_rules! outcomes {
    ($($type:ty: |$value:ident| $words:expr;)*) => {
        $(impl Outcome for $type {
            fn fold(&self, digest: &mut Digest) {
                let $value = self;
                for word in $words {
                    digest.word(word);
                }
            }
        })*
    };
}

outcomes! {
    u64: |it| [*it];
    i64: |it| [it.cast_unsigned()];
    u128: |it| [*it as u64, (*it >> 64) as u64];
    i128: |it| [*it as u64, (*it >> 64) as u64];
    Price: |it| [it.e9()];
    Ratio: |it| [it.e9()];
    Value: |it| [it.e9().cast_unsigned()];
    LotGreeks: |it| [it.vega.e9() as u64, it.gamma.e9() as u64, it.delta.e9() as u64];
    Quote: |it| [it.premium.e9() as u64, it.mark.e9() as u64, it.multiplier.e9(), it.pool.vega.e9() as u64];
    Minted: |it| [it.shares, it.cost.get(), it.pool.shares()];
    Burned: |it| [it.paid.get(), it.pool.shares()];
    InterestPool: |it| [it.borrowed().get(), it.deposited().get(), it.reserve().get(), it.borrow_index().e18() as u64];
    Fraction: |it| [it.e18()];
    TotalVariance: |it| [it.q96() as u64, (it.q96() >> 64) as u64];
    Deviation: |it| [it.s_q56().cast_unsigned()];
    Greeks: |it| [it.delta_q62, it.gamma_cash, it.vega_per_deviation];
    FullGreeks: |it| [it.delta_q62, it.gamma_cash, it.vega, it.theta as u64, it.vanna_cash as u64, it.volga as u64];
    Exponential: |it| [it.mantissa_q63, it.exponent as u64];
    OptionPair: |it| [it.call, it.put];
    [i64; tenor_math::risk::MOVES]: |it| it.map(i64::cast_unsigned);
    solmath::BsFull: |it| [it.call as u64, it.put as u64, it.gamma as u64, it.vega as u64, it.call_delta as u64];
}

impl Outcome for StrikeRisk {
    fn fold(&self, digest: &mut Digest) {
        for value in [
            self.mark,
            self.forward_value,
            self.strike_value,
            self.gamma_cash,
            self.vega,
        ] {
            value.fold(digest);
        }
        digest.word(self.delta_units_e9.cast_unsigned());
        digest.word(self.drift_e9);
        self.pnl_e9.iter().for_each(|pnl| pnl.fold(digest));
    }
}

impl Outcome for Health {
    fn fold(&self, digest: &mut Digest) {
        for value in [
            self.equity,
            self.initial,
            self.maintenance,
            self.haircut,
            self.initial_uncertainty,
            self.withdrawable,
        ] {
            value.fold(digest);
        }
    }
}

impl Outcome for Slice {
    fn fold(&self, digest: &mut Digest) {
        // Its parameters are private: any point of it depends on all of them.
        self.total_variance(1 << 55).fold(digest);
    }
}

impl Outcome for () {
    fn fold(&self, _: &mut Digest) {}
}

impl<A: Outcome, B: Outcome> Outcome for (A, B) {
    fn fold(&self, digest: &mut Digest) {
        self.0.fold(digest);
        self.1.fold(digest);
    }
}

impl<T: Outcome> Outcome for Option<T> {
    fn is_ok(&self) -> bool {
        self.is_some()
    }

    fn fold(&self, digest: &mut Digest) {
        match self {
            Some(value) => value.fold(digest),
            None => digest.word(u64::MAX),
        }
    }
}

impl<T: Outcome, E> Outcome for Result<T, E> {
    fn is_ok(&self) -> bool {
        self.is_ok()
    }

    fn fold(&self, digest: &mut Digest) {
        match self {
            Ok(value) => value.fold(digest),
            Err(_) => digest.word(u64::MAX),
        }
    }
}
