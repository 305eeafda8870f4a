//! Parameters that all accounts share.

use super::{Field, Loosens, ParameterSet};
use alloc::vec;
use alloc::vec::Vec;
use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};
use core::mem::size_of;
use tenor_math::fees::FeeRates;
use tenor_math::quantity::{E9, Ratio};

const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

/// How requirements of several underlyings add up, and how far a liquidation goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType, SchemaRead, SchemaWrite)]
#[repr(C)]
pub struct HouseRisk {
    /// Credit for losses that underlyings do not have together x 1e9, at most 1e9.
    pub correlation_credit_e9: u64,
    /// Maintenance share of the scenario requirement x 1e9, half to one.
    pub maintenance_factor_e9: u64,
    /// Equity over maintenance requirement at which an auction ends x 1e9, above 1.0 and up to 2.0.
    pub liquidation_target_e9: u64,
    /// Accounts with a lower maintenance requirement are liquidated in full, USD x 1e9.
    pub full_close_below_e9: i64,
    /// An auction that restarts within this resumes its old clock, seconds, at most a day.
    pub auction_memory_seconds: u64,
}

impl ParameterSet for HouseRisk {
    fn fields(&self) -> Vec<Field> {
        // Each decides who is liquidated, how much of it and at what discount: no direction is harmless.
        vec![
            Field::new(
                "correlation_credit_e9",
                self.correlation_credit_e9,
                0..=E9,
                Loosens::Either,
            ),
            Field::new(
                "maintenance_factor_e9",
                self.maintenance_factor_e9,
                500_000_000..=E9,
                Loosens::Either,
            ),
            Field::new(
                "liquidation_target_e9",
                self.liquidation_target_e9,
                1_000_000_001..=2_000_000_000,
                Loosens::Either,
            ),
            Field::new(
                "full_close_below_e9",
                self.full_close_below_e9,
                0..=1_000_000_000_000,
                Loosens::Either,
            ),
            Field::new(
                "auction_memory_seconds",
                self.auction_memory_seconds,
                0..=DAY,
                Loosens::Either,
            ),
        ]
    }
}

/// Interest on borrowed and lent cash, by utilisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType, SchemaRead, SchemaWrite)]
#[repr(C)]
pub struct InterestModel {
    /// Utilisation at the kink x 1e9, strictly between zero and one.
    pub optimal_utilisation_e9: u64,
    /// Yearly rate without utilisation x 1e9.
    pub base_rate_e9: u64,
    /// Yearly rate at the kink x 1e9, at least the base rate.
    pub optimal_rate_e9: u64,
    /// Yearly rate at full utilisation x 1e9, at least the rate at the kink and at most 1,000%.
    pub max_rate_e9: u64,
    /// Part of the interest that the house keeps x 1e9, at most half.
    pub reserve_share_e9: u64,
}

impl ParameterSet for InterestModel {
    fn fields(&self) -> Vec<Field> {
        // What borrowers pay more, lenders earn: any change moves money between users.
        vec![
            Field::new(
                "optimal_utilisation_e9",
                self.optimal_utilisation_e9,
                1..=999_999_999,
                Loosens::Either,
            ),
            Field::new(
                "base_rate_e9",
                self.base_rate_e9,
                0..=self.optimal_rate_e9,
                Loosens::Either,
            ),
            Field::new(
                "optimal_rate_e9",
                self.optimal_rate_e9,
                0..=self.max_rate_e9,
                Loosens::Either,
            ),
            Field::new("max_rate_e9", self.max_rate_e9, 0..=10_000_000_000, Loosens::Either),
            Field::new("reserve_share_e9", self.reserve_share_e9, 0..=E9 >> 1, Loosens::Either),
        ]
    }
}

/// What a trade costs and who gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType, SchemaRead, SchemaWrite)]
#[repr(C)]
pub struct FeeModel {
    /// Fee of the side that takes, as a fraction of the notional x 1e9, at most 0.5%.
    pub taker_e9: u64,
    /// Fee of the side that makes, as a fraction of the notional x 1e9, at most the taker's.
    pub maker_e9: u64,
    /// Most that a fee may be of the premium x 1e9, at most a quarter.
    pub cap_e9: u64,
    /// Part that goes to insurance x 1e9, at least a tenth; the rest goes to the treasury.
    pub insurance_share_e9: u64,
}

impl FeeModel {
    /// Rates of a leg.
    pub const fn rates(&self) -> FeeRates {
        FeeRates {
            taker: Ratio::from_e9(self.taker_e9),
            maker: Ratio::from_e9(self.maker_e9),
            cap: Ratio::from_e9(self.cap_e9),
        }
    }
}

impl ParameterSet for FeeModel {
    fn fields(&self) -> Vec<Field> {
        // A rise takes from traders, a fall from insurance.
        vec![
            Field::new("taker_e9", self.taker_e9, 0..=5_000_000, Loosens::Either),
            Field::new("maker_e9", self.maker_e9, 0..=self.taker_e9, Loosens::Either),
            Field::new("cap_e9", self.cap_e9, 0..=250_000_000, Loosens::Either),
            Field::new(
                "insurance_share_e9",
                self.insurance_share_e9,
                100_000_000..=E9,
                Loosens::Either,
            ),
        ]
    }
}

/// How long net outflow is remembered against the collaterals' caps, and what is small enough to pass beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType, SchemaRead, SchemaWrite)]
#[repr(C)]
pub struct WithdrawalWindow {
    /// Length of the window, seconds, an hour to a week.
    pub window_seconds: u64,
    /// What an account may withdraw a day whatever the window remembers, USD x 1e9, 100 to 100,000 USD.
    pub small_withdrawal_e9: u64,
}

impl ParameterSet for WithdrawalWindow {
    fn fields(&self) -> Vec<Field> {
        // Wider, more leaves before anyone notices a theft; narrower, people are locked in while a bad change waits.
        vec![
            Field::new("window_seconds", self.window_seconds, HOUR..=7 * DAY, Loosens::Either),
            Field::new(
                "small_withdrawal_e9",
                self.small_withdrawal_e9,
                100 * E9..=100_000 * E9,
                Loosens::Either,
            ),
        ]
    }
}

/// How long a loosening change waits, and how long it may be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType, SchemaRead, SchemaWrite)]
#[repr(C)]
pub struct Timelock {
    /// From queueing to the first moment at which it may be applied, seconds, two days to thirty.
    pub delay_seconds: u64,
    /// From then to its death, seconds, one day to fourteen.
    pub ttl_seconds: u64,
}

impl ParameterSet for Timelock {
    fn fields(&self) -> Vec<Field> {
        // A longer delay would let a thief slow down those who have to answer.
        vec![
            Field::new("delay_seconds", self.delay_seconds, 2 * DAY..=30 * DAY, Loosens::Either),
            Field::new("ttl_seconds", self.ttl_seconds, DAY..=14 * DAY, Loosens::Either),
        ]
    }
}

const _: () = assert!(
    size_of::<HouseRisk>() == 40
        && size_of::<InterestModel>() == 40
        && size_of::<FeeModel>() == 32
        && size_of::<WithdrawalWindow>() == 16
        && size_of::<Timelock>() == 16
);
