//! Results as a digest, by which bytecode and host are compared.

use tenor_math::amm::{Anchor, HedgeQuote, LotGreeks, MidAverage, Navs, Quote, Reservation, Side};
use tenor_math::interest::{InterestPool, Socialised};
use tenor_math::liquidation::{Fraction, LegsPlan, Payout};
use tenor_math::pricing::{AveragedOption, Deviation, FullGreeks, Greeks, OptionPair, TotalVariance};
use tenor_math::quantity::{Atoms, Lots, Price, Ratio, UnixSeconds, Value};
use tenor_math::risk::{Health, HourlyVariance, IsolatedRequirement, Marks, StrikeRisk, WorstPayoff};
use tenor_math::shares::{Burned, Fees, Minted};
use tenor_math::special::Exponential;
use tenor_math::surface::{RawCalendarError, RawSvi, RawSviError, Slice};

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
    Atoms: |it| [it.get()];
    Lots: |it| [it.get().cast_unsigned()];
    LotGreeks: |it| [it.vega.e9() as u64, it.gamma.e9() as u64, it.delta.e9() as u64];
    Quote: |it| [it.premium.e9() as u64, it.mark.e9() as u64, it.multiplier.e9(), it.pool.vega.e9() as u64];
    Anchor: |it| [it.level().e9(), it.offset_e9().cast_unsigned()];
    HedgeQuote: |it| [u64::from(it.side == Side::Buy), it.units_e9, it.price.e9()];
    Navs: |it| [it.ask.e9().cast_unsigned(), it.bid.e9().cast_unsigned()];
    Reservation: |it| [it.price_e9.cast_unsigned(), it.spread_e9];
    Minted: |it| [it.shares, it.cost.get(), it.pool.shares()];
    Burned: |it| [it.paid.get(), it.pool.shares()];
    InterestPool: |it| [it.borrowed().get(), it.deposited().get(), it.reserve().get(), it.borrow_index().e18() as u64];
    Socialised: |it| [it.collected.get(), it.remaining.get()];
    Fees: |it| [
        it.management.get(), it.performance.get(), it.pool.assets().get(), it.high_water_mark.q64() as u64,
        (it.high_water_mark.q64() >> 64) as u64,
    ];
    LegsPlan: |it| [
        it.payment.e9().cast_unsigned(), it.after.equity.e9().cast_unsigned(), it.after.maintenance.e9().cast_unsigned(),
    ];
    Payout: |it| [it.paid.get(), it.collected.get(), it.residue.get()];
    HourlyVariance: |it| [it.q62()];
    IsolatedRequirement: |it| [it.initial.e9().cast_unsigned(), it.maintenance.e9().cast_unsigned()];
    Marks: |it| [it.call, it.put, it.forward].map(|value| value.e9().cast_unsigned());
    WorstPayoff: |it| [it.payoff.e9().cast_unsigned(), it.price.e9().cast_unsigned(), it.unpaired];
    RawSviError: |it| [*it as u64];
    RawCalendarError: |it| [*it as u64];
    Fraction: |it| [it.e18()];
    TotalVariance: |it| [it.q96() as u64, (it.q96() >> 64) as u64];
    Deviation: |it| [it.s_q56().cast_unsigned()];
    Greeks: |it| [it.delta_q62, it.gamma_cash, it.vega_per_deviation];
    FullGreeks: |it| [it.delta_q62, it.gamma_cash, it.vega, it.theta as u64, it.vanna_cash as u64, it.volga as u64];
    Exponential: |it| [it.mantissa_q63, it.exponent as u64];
    OptionPair: |it| [it.call, it.put];
    solmath::BsFull: |it| [it.call as u64, it.put as u64, it.gamma as u64, it.vega as u64, it.call_delta as u64];
}

impl<T: Outcome, const N: usize> Outcome for [T; N] {
    fn fold(&self, digest: &mut Digest) {
        self.iter().for_each(|each| each.fold(digest));
    }
}

impl Outcome for AveragedOption {
    fn fold(&self, digest: &mut Digest) {
        digest.word(self.expected);
        self.value.fold(digest);
        self.greeks.fold(digest);
    }
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

impl Outcome for RawSvi {
    fn fold(&self, digest: &mut Digest) {
        self.total_variance(1 << 55).fold(digest);
    }
}

impl Outcome for MidAverage {
    fn fold(&self, digest: &mut Digest) {
        // Its parts are private: the mean up to now depends on the integral, that of a long time on the last mid.
        let Ok(start) = Self::starting(Ratio::ONE, UnixSeconds::new(0)) else {
            return;
        };
        self.since(start).fold(digest);
        let later = self.recorded(Ratio::ONE, UnixSeconds::new(1 << 40));
        later.and_then(|later| later.since(start)).fold(digest);
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
