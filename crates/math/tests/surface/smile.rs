//! Raw SVI smiles as the tests see them.

use crate::decimal::{Row, exact};
use num_rational::BigRational;
use num_traits::ToPrimitive;
use proptest::prelude::*;
use tenor_math::surface::{E12, RawSviParams};

pub(super) fn params(row: &Row, suffix: &str) -> RawSviParams {
    let e12 = |name: &str| {
        (exact(&row[&format!("{name}{suffix}")]) * BigRational::from_integer(E12.into()))
            .round()
            .to_integer()
            .to_i64()
            .unwrap()
    };
    RawSviParams {
        a_e12: e12("a"),
        b_e12: e12("b") as u64,
        rho_e12: e12("rho"),
        m_e12: e12("m"),
        sigma_e12: e12("sigma") as u64,
    }
}

/// The formulas in floats: an oracle independent of the code under test.
#[derive(Clone, Copy)]
pub(super) struct Smile {
    pub(super) a: f64,
    pub(super) b: f64,
    pub(super) rho: f64,
    pub(super) m: f64,
    pub(super) sigma: f64,
}

impl Smile {
    pub(super) fn of(params: &RawSviParams) -> Self {
        let unit = |e12: i64| e12 as f64 / 1e12;
        Self {
            a: unit(params.a_e12),
            b: unit(params.b_e12 as i64),
            rho: unit(params.rho_e12),
            m: unit(params.m_e12),
            sigma: unit(params.sigma_e12 as i64),
        }
    }

    pub(super) fn variance(&self, k: f64) -> f64 {
        let x = k - self.m;
        self.a + self.b * (self.rho * x + x.hypot(self.sigma))
    }

    pub(super) fn density_factor(&self, k: f64) -> f64 {
        let x = k - self.m;
        let q = x.hypot(self.sigma);
        let w = self.variance(k);
        let slope = self.b * (self.rho + x / q);
        let curvature = self.b * self.sigma * self.sigma / (q * q * q);
        (1.0 - k * slope / (2.0 * w)).powi(2) - slope * slope / 4.0 * (1.0 / w + 0.25) + curvature / 2.0
    }

    /// The least density factor on |k| <= 8 over `steps` points, dense around the centre.
    pub(super) fn least_density_factor(&self, steps: u32) -> f64 {
        let reach = 8.0 + self.m.abs();
        let widest = (reach / self.sigma).asinh();
        (0..=steps)
            .map(|step| self.m + self.sigma * (widest * (2.0 * f64::from(step) / f64::from(steps) - 1.0)).sinh())
            .filter(|k| k.abs() <= 8.0)
            .map(|k| self.density_factor(k))
            .fold(f64::INFINITY, f64::min)
    }
}

pub(super) fn e12(value: f64) -> i64 {
    (value * 1e12).round() as i64
}

/// Parameters over the whole domain.
pub(super) fn wide() -> impl Strategy<Value = RawSviParams> {
    (-0.95_f64..0.95, -4_f64..0.6, 0_f64..1.0, -2_f64..2.0, -0.95_f64..1.5).prop_map(|(rho, log_sigma, b, m, a)| {
        let sigma = 10_f64.powf(log_sigma);
        let b = 0.005 + b * (2.0 / (1.0 + rho.abs()) - 0.005);
        let a = a * b * sigma * (1.0 - rho * rho).sqrt();
        RawSviParams {
            a_e12: e12(a),
            b_e12: e12(b) as u64,
            rho_e12: e12(rho),
            m_e12: e12(m),
            sigma_e12: e12(sigma) as u64,
        }
    })
}

/// Parameters of smiles as they are quoted.
pub(super) fn realistic() -> impl Strategy<Value = RawSviParams> {
    (
        -0.7_f64..0.5,
        -1.5_f64..-0.1,
        -2.2_f64..0.0,
        0.025_f64..1.35,
        0.02_f64..1.2,
        -0.15_f64..0.15,
    )
        .prop_map(|(rho, log_sigma, log_time, level, b, m)| {
            let (sigma, time) = (10_f64.powf(log_sigma), 10_f64.powf(log_time));
            let b = b * time.sqrt();
            RawSviParams {
                a_e12: e12(level * time - b * sigma * (1.0 - rho * rho).sqrt()),
                b_e12: e12(b) as u64,
                rho_e12: e12(rho),
                m_e12: e12(m),
                sigma_e12: e12(sigma) as u64,
            }
        })
}
