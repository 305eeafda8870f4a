//! Generated quotes, and acceptance in exact integers.

use std::collections::HashMap;
use std::path::PathBuf;
use tenor_math::calibration::{Anchor, Expiry, Fit, Measure, Parameters, Quote, Settings, calibrate};
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::Ratio;
use tenor_math::surface::Slice;

pub(super) const DAY: u64 = 86_400;
pub(super) const YEAR: f64 = 31_536_000.0;

pub(super) type Row = HashMap<String, String>;

pub(super) fn rows(file: &str) -> Vec<Row> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(file);
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .flexible(true)
        .from_path(&path)
        .unwrap();
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

pub(super) fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} of {row:?}"))
}

/// One expiry of a generated case, with the truth beside each quote.
pub(super) struct Generated {
    pub(super) seconds: u64,
    pub(super) forward: f64,
    pub(super) discount: f64,
    pub(super) quotes: Vec<Quote>,
    pub(super) volatilities: Vec<f64>,
    pub(super) off: Vec<usize>,
}

impl Generated {
    pub(super) fn expiry(&self) -> Expiry<'_> {
        Expiry {
            seconds: self.seconds,
            forward: self.forward,
            discount: self.discount,
            quotes: &self.quotes,
        }
    }

    pub(super) fn years(&self) -> f64 {
        self.seconds as f64 / YEAR
    }

    /// Largest difference between a slice's volatility and the true one over the strikes.
    pub(super) fn worst(&self, parameters: &Parameters) -> f64 {
        let miss = |(quote, truth): (&Quote, &f64)| {
            (volatility(parameters, (quote.strike / self.forward).ln(), self.years()) - truth).abs()
        };
        self.quotes.iter().zip(&self.volatilities).map(miss).fold(0.0, f64::max)
    }
}

pub(super) fn generated(case: &str) -> Vec<Generated> {
    let mut expiries: Vec<Generated> = Vec::new();
    for row in rows("calibration_quotes.csv").iter().filter(|row| row["case"] == case) {
        if number(row, "expiry") as usize == expiries.len() {
            expiries.push(Generated {
                seconds: number(row, "seconds") as u64,
                forward: number(row, "forward"),
                discount: number(row, "discount"),
                quotes: Vec::new(),
                volatilities: Vec::new(),
                off: Vec::new(),
            });
        }
        let expiry = expiries.last_mut().unwrap();
        if row["off"] == "1" {
            expiry.off.push(expiry.quotes.len());
        }
        let side = |column: &str| (!row[column].is_empty()).then(|| number(row, column));
        expiry.volatilities.push(number(row, "vol"));
        expiry.quotes.push(Quote {
            strike: number(row, "strike"),
            measure: match row["measure"].as_str() {
                "V" => Measure::Volatility,
                "C" => Measure::Price(OptionKind::Call),
                _ => Measure::Price(OptionKind::Put),
            },
            bid: side("bid"),
            ask: side("ask"),
        });
    }
    assert!(!expiries.is_empty(), "{case} has quotes");
    expiries
}

/// The formula of Corbetta et al. in floats.
pub(super) fn volatility(parameters: &Parameters, k: f64, years: f64) -> f64 {
    let [theta, rho, psi] = parameters.floats();
    let root = ((psi * k + rho * theta).powi(2) + theta * theta * (1.0 - rho * rho)).sqrt();
    ((theta + rho * psi * k + root) / 2.0 / years).sqrt()
}

pub(super) fn fit(expiries: &[Generated], settings: &Settings) -> Vec<Fit> {
    let expiries: Vec<Expiry<'_>> = expiries.iter().map(Generated::expiry).collect();
    let fits = calibrate(&expiries, settings).unwrap();
    assert_accepted(&fits, settings.factor);
    fits
}

/// Acceptance of one slice, also with theta and psi multiplied by the factor, and of neighbours: exact in integers.
pub(super) fn assert_accepted(fits: &[Fit], factor: Ratio) {
    for fit in fits {
        let Parameters {
            theta_e12,
            rho_e12,
            psi_e12,
        } = fit.parameters;
        assert_eq!(Slice::try_new(theta_e12, rho_e12, psi_e12), Ok(fit.slice));
        let multiplied = |value: u64, up: u128| {
            u64::try_from((u128::from(value) * u128::from(factor.e9()) + up) / 1_000_000_000).unwrap()
        };
        let (theta, psi) = (multiplied(theta_e12, 0), multiplied(psi_e12, 999_999_999));
        assert!(Slice::try_new(theta, rho_e12, psi).is_ok(), "{fit:?} times {factor:?}");
    }
    for pair in fits.windows(2) {
        assert!(follows(&pair[0].parameters, &pair[1].parameters), "{pair:?}");
    }
}

pub(super) fn follows(shorter: &Parameters, longer: &Parameters) -> bool {
    let [theta1, psi1] = [shorter.theta_e12, shorter.psi_e12].map(i128::from);
    let [theta2, psi2] = [longer.theta_e12, longer.psi_e12].map(i128::from);
    let (rho1, rho2) = (i128::from(shorter.rho_e12), i128::from(longer.rho_e12));
    theta2 >= theta1
        && psi2 >= psi1
        && (rho2 * psi2 - rho1 * psi1).abs() <= (psi2 - psi1) * 1_000_000_000_000
        && psi2 * theta1 <= psi1 * theta2
}

pub(super) fn quote(strike: f64, bid: f64, ask: f64) -> Quote {
    Quote {
        strike,
        measure: Measure::Volatility,
        bid: Some(bid),
        ask: Some(ask),
    }
}

pub(super) fn expiry(days: u64, quotes: &[Quote]) -> Expiry<'_> {
    Expiry {
        seconds: days * DAY,
        forward: 100.0,
        discount: 1.0,
        quotes,
    }
}

pub(super) fn anchor(days: u64, theta_e12: u64, rho_e12: i64, psi_e12: u64) -> Anchor {
    Anchor {
        seconds: days * DAY,
        parameters: Parameters {
            theta_e12,
            rho_e12,
            psi_e12,
        },
    }
}
