//! Rows with raw SVI parameters, `w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2))`.

use num_rational::BigRational;
use tenor_math::surface::RawSviParams;

use crate::exact::{fixed, integer, nearest, power_of_ten};
use crate::table::{Row, Unreadable};

/// The parameters of a row, and as the library takes them.
pub(crate) struct Slice {
    /// a, b, rho, m, sigma.
    stated: [BigRational; 5],
    pub(crate) params: RawSviParams,
}

impl Slice {
    /// From five columns in the order a, b, rho, m, sigma, to the nearest 1e-12; `None` if one does not fit.
    pub(crate) fn of(row: &Row<'_>, columns: [&'static str; 5]) -> Result<Option<Self>, Unreadable> {
        let [a, b, rho, m, sigma] = columns;
        let stated = [
            row.number(a)?,
            row.number(b)?,
            row.number(rho)?,
            row.number(m)?,
            row.number(sigma)?,
        ];
        Ok(params(&stated).map(|params| Self { stated, params }))
    }

    /// Whether twelve decimals hold the parameters exactly.
    pub(crate) fn is_exact(&self) -> bool {
        self.given() == self.stated
    }

    pub(crate) fn sigma(&self) -> &BigRational {
        let [_, _, _, _, sigma] = &self.stated;
        sigma
    }

    pub(crate) fn b(&self) -> &BigRational {
        let [_, b, ..] = &self.stated;
        b
    }

    fn given(&self) -> [BigRational; 5] {
        let RawSviParams {
            a_e12,
            b_e12,
            rho_e12,
            m_e12,
            sigma_e12,
        } = self.params;
        [
            a_e12.into(),
            b_e12.into(),
            rho_e12.into(),
            m_e12.into(),
            sigma_e12.into(),
        ]
        .map(|raw: i128| integer(raw) * power_of_ten(-12))
    }

    /// w at k of the given parameters, from w of the stated ones and its partial derivatives, with x = k - m and
    /// q = (w - a)/b - rho x: 1 in a, (w - a)/b in b, b x in rho, -b (rho + x/q) in m, b sigma/q in sigma, and the
    /// opposite of that in m for a step in k.
    pub(crate) fn carried(&self, k: &BigRational, w: &BigRational, k_q56: i64) -> BigRational {
        let [a, b, rho, m, sigma] = &self.stated;
        let [da, db, drho, dm, dsigma] = {
            let given = self.given();
            let mut steps = given;
            for (step, stated) in steps.iter_mut().zip(&self.stated) {
                *step -= stated;
            }
            steps
        };
        if *b == integer(0) {
            return w + da;
        }
        let (x, per_b) = (k - m, (w - a) / b);
        let q = &per_b - rho * &x;
        if q == integer(0) {
            // No such slice has this w: what it is off by will show.
            return w.clone();
        }
        let slope = b * (rho + &x / &q);
        let dk = fixed(k_q56, 56) - k;
        w + da + per_b * db + b * &x * drho + slope * (dk - dm) + b * sigma / q * dsigma
    }
}

fn params(stated: &[BigRational; 5]) -> Option<RawSviParams> {
    let [a, b, rho, m, sigma] = stated.each_ref().map(|value| value * power_of_ten(12));
    Some(RawSviParams {
        a_e12: nearest(&a)?,
        b_e12: nearest(&b)?,
        rho_e12: nearest(&rho)?,
        m_e12: nearest(&m)?,
        sigma_e12: nearest(&sigma)?,
    })
}
