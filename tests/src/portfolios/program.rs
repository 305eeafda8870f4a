//! What the program says of an account.

use tenor_sdk::margin::risk::Freshness;
use tenor_sdk::math::quantity::UnixSeconds;
use tenor_testkit::{Actor, Picture};

/// Health of an account by the program's own code, USD.
#[derive(Clone, Copy, Debug)]
pub struct ProgramHealth {
    /// Cash, collateral after haircut and options at mark.
    pub equity: f64,
    /// Haircut of the collateral.
    pub haircut: f64,
    /// R and contingencies.
    pub initial: f64,
    /// A part of R, and contingencies.
    pub maintenance: f64,
    /// What initial health loses for the price's uncertainty.
    pub uncertainty: f64,
    /// What could be withdrawn.
    pub withdrawable: f64,
}

/// Health of an account for a trade or a withdrawal now: the one place where the program's numbers are taken.
///
/// # Panics
/// If the program would refuse to compute it.
pub fn health(picture: &Picture, actor: &Actor) -> ProgramHealth {
    let freshness = Freshness::Action(UnixSeconds::new(picture.now));
    let health = picture
        .market
        .health_view(picture.account(actor), freshness)
        .expect("a health");
    let dollars = |value_e9: i64| value_e9 as f64 / 1e9;
    ProgramHealth {
        equity: dollars(health.equity_e9),
        haircut: dollars(health.haircut_e9),
        initial: dollars(health.initial_e9),
        maintenance: dollars(health.maintenance_e9),
        uncertainty: dollars(health.uncertainty_e9),
        withdrawable: dollars(health.withdrawable_e9),
    }
}
