//! Names for chains and their options.

use crate::asset::Asset;
use solana_pubkey::Pubkey;
use tenor_sdk::address;
use tenor_sdk::margin::instructions::PostSurfaceArgs;
use tenor_sdk::math::pricing::OptionKind;
use tenor_sdk::math::quantity::{E9, Price, SECONDS_PER_YEAR};

/// Seconds of a number of hours.
pub const fn hours(hours: i64) -> i64 {
    hours * 3_600
}

/// Seconds of a number of days.
pub const fn days(days: i64) -> i64 {
    days * 86_400
}

/// Seconds of a number of weeks.
pub const fn weeks(weeks: i64) -> i64 {
    weeks * 604_800
}

/// All options on an asset with one expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChainOf {
    /// The asset.
    pub asset: Asset,
    /// Expiry, Unix seconds.
    pub expiry: i64,
}

/// One option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// Its chain.
    pub chain: ChainOf,
    /// Call or put.
    pub kind: OptionKind,
    /// Strike price.
    pub strike: Price,
}

impl ChainOf {
    /// Address of the chain.
    pub fn address(&self) -> Pubkey {
        address::chain(&self.asset.underlying(), self.expiry)
    }

    /// The call at a strike in dollars.
    pub const fn call(self, strike_usd: u64) -> Instrument {
        Instrument {
            chain: self,
            kind: OptionKind::Call,
            strike: Price::from_e9(strike_usd * E9),
        }
    }

    /// The put at a strike in dollars.
    pub const fn put(self, strike_usd: u64) -> Instrument {
        Instrument {
            chain: self,
            kind: OptionKind::Put,
            strike: Price::from_e9(strike_usd * E9),
        }
    }

    /// A slice with a volatility in percent at the money, skewed to the downside, for the time from `now`.
    pub fn slice(&self, volatility_percent: u64, now: i64) -> PostSurfaceArgs {
        const E12: u128 = 1_000_000_000_000;
        let seconds = u128::from(self.expiry.saturating_sub(now).unsigned_abs());
        let yearly_e12 = u128::from(volatility_percent * volatility_percent) * (E12 / 10_000);
        let theta_e12 = yearly_e12 * seconds / u128::from(SECONDS_PER_YEAR);
        // psi = sqrt(theta) / 2: well inside the butterfly condition psi^2 (1 + |rho|) <= 4 theta.
        let psi_e12 = (theta_e12 * E12).isqrt() / 2;
        PostSurfaceArgs {
            theta_e12: theta_e12.try_into().expect("a variance within 64 bits"),
            rho_e12: -200_000_000_000,
            psi_e12: psi_e12.try_into().expect("a slope within 64 bits"),
            forward_ratio_e9: E9,
            discount_e9: E9,
        }
    }
}
