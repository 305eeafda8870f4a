//! Calibrates the slices of a file of quotes.
//!
//! `cargo run -p tenor-math --example calibrate [FILE]`. A row is `days,forward,discount,strike,kind,bid,ask`, in order
//! of time: `kind` is `call`, `put` (sides are prices) or `vol`; a side may be empty.
#![allow(
    clippy::as_conversions,
    clippy::float_arithmetic,
    reason = "calibration runs in floats"
)]

use std::error::Error;
use tenor_math::calibration::{Expiry, Measure, Quote, Settings, calibrate};
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::SECONDS_PER_DAY;

type Row = (u64, f64, f64, f64, String, Option<f64>, Option<f64>);

struct Group {
    days: u64,
    forward: f64,
    discount: f64,
    quotes: Vec<Quote>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/examples/quotes.csv").to_owned());
    let groups = read(&path)?;
    let expiries: Vec<Expiry<'_>> = groups
        .iter()
        .map(|group| Expiry {
            seconds: group.days.saturating_mul(SECONDS_PER_DAY),
            forward: group.forward,
            discount: group.discount,
            quotes: &group.quotes,
        })
        .collect();
    let fits =
        calibrate(&expiries, &Settings::default()).map_err(|(index, error)| format!("expiry {index}: {error}"))?;
    println!("days      theta_e12       rho_e12       psi_e12  vol %  rms pts  used  refused, binding");
    for (group, fit) in groups.iter().zip(&fits) {
        let [theta, ..] = fit.parameters.floats();
        println!(
            "{:>4} {:>14} {:>13} {:>13} {:>6.2} {:>8.3} {:>5}  {:?}, {:?}",
            group.days,
            fit.parameters.theta_e12,
            fit.parameters.rho_e12,
            fit.parameters.psi_e12,
            100.0 * (theta * 365.0 / group.days as f64).sqrt(),
            100.0 * fit.rms_volatility,
            fit.used,
            fit.refused,
            fit.binding,
        );
    }
    Ok(())
}

fn read(path: &str) -> Result<Vec<Group>, Box<dyn Error>> {
    let mut groups: Vec<Group> = Vec::new();
    for row in csv::Reader::from_path(path)?.deserialize() {
        let (days, forward, discount, strike, kind, bid, ask): Row = row?;
        let measure = match kind.as_str() {
            "call" => Measure::Price(OptionKind::Call),
            "put" => Measure::Price(OptionKind::Put),
            "vol" => Measure::Volatility,
            other => return Err(format!("no kind of quote: {other}").into()),
        };
        let quote = Quote {
            strike,
            measure,
            bid,
            ask,
        };
        match groups.last_mut().filter(|group| group.days == days) {
            Some(group) => group.quotes.push(quote),
            None => groups.push(Group {
                days,
                forward,
                discount,
                quotes: vec![quote],
            }),
        }
    }
    Ok(groups)
}
