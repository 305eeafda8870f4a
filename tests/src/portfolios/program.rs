//! What the program says of an account.

use tenor_sdk::math::quantity::Value;
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
    let health = picture.action_health(actor);
    let dollars = |value: Value| value.e9() as f64 / 1e9;
    ProgramHealth {
        equity: dollars(health.equity),
        haircut: dollars(health.haircut),
        initial: dollars(health.initial),
        maintenance: dollars(health.maintenance),
        uncertainty: dollars(health.initial_uncertainty),
        withdrawable: dollars(health.withdrawable),
    }
}
