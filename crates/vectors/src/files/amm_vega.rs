//! Quotes of a vega-bounded market maker.
//!
//! The file's rule is additive in volatility, the library's multiplies the posted one, so each term is taken relative to
//! `iv0`; the mark, which bounds the library's quotes, is put where it does not bind. The file prices an order at its
//! average volatility, the library averages the price along the path. Cutting the order into ten closes 99 parts in 100
//! of that difference, so the file's two prices point at the integral, which is what the price is compared with.

use num_rational::BigRational;
use tenor_math::amm::{
    Anchor, InventoryCurve, InventoryParams, LotGreeks, OptionTerms, PoolState, PriceSpread, Quote, QuoteError, Quoter,
    Side,
};
use tenor_math::quantity::{LotSize, Price, Ratio, Value};

use super::{e9, kind, value};
use crate::exact::{integer, nearest, power_of_ten, whole};
use crate::measure::Measure;
use crate::pricing::total_variance;
use crate::report::Line;
use crate::table::{Row, Table, Unreadable};

pub(crate) fn check(table: &Table) -> Result<Vec<Line>, Unreadable> {
    let mut measures = Measures {
        vega: Measure::new("vega of a lot", 3, -9),
        volatility: Measure::new("volatility used", 4, -9),
        price: Measure::new("price per contract", 4, -8),
    };
    for row in table.rows() {
        match Inputs::of(&row)? {
            Some(inputs) => compare(&row, &inputs, &mut measures)?,
            None => measures.price.leave_out("an input that the formats cannot hold"),
        }
    }
    let Measures {
        vega,
        volatility,
        price,
    } = measures;
    Ok([vega, volatility, price].map(Measure::line).into())
}

struct Measures {
    vega: Measure,
    volatility: Measure,
    price: Measure,
}

struct Inputs {
    curve: InventoryParams,
    terms: OptionTerms,
    net_vega: Value,
    side: Side,
    lots: u64,
    seconds: u64,
}

impl Inputs {
    fn of(row: &Row<'_>) -> Result<Option<Self>, Unreadable> {
        let (forward, strike, kind) = (row.number("F")?, row.number("K")?, kind(row)?);
        let (volatility, seconds) = (row.positive("iv0")?, row.number("T_sec")?);
        let count = row.number("n")?;
        let net_vega = row.number("V0")?;
        let variance = &volatility * &volatility * &seconds / integer(31_536_000);
        let curve = curve(row, &volatility)?;
        let inputs = || {
            let price = |price: &BigRational| whole(&(price * power_of_ten(9))).map(Price::from_e9);
            let count: i64 = whole(&count)?;
            Some(Self {
                terms: OptionTerms {
                    kind,
                    forward: price(&forward)?,
                    strike: price(&strike)?,
                    discount: Ratio::ONE,
                    lot: LotSize::from_units_e9(1_000_000_000).ok()?,
                    variance: total_variance(&variance)?,
                },
                curve: curve?,
                net_vega: e9(&net_vega)?,
                side: if count > 0 { Side::Sell } else { Side::Buy },
                lots: count.unsigned_abs(),
                seconds: whole(&seconds)?,
            })
        };
        Ok(inputs())
    }

    /// A level of the mark that the side never meets, with an offset that leaves the pool's base at the posted one.
    fn anchor(&self) -> Option<Anchor> {
        let (level_bps, offset_e9) = match self.side {
            Side::Sell => (40_000, -3_000_000_000),
            Side::Buy => (2_500, 750_000_000),
        };
        Anchor::try_new(Ratio::from_bps(level_bps), offset_e9).ok()
    }

    fn quote(&self, greeks: &LotGreeks) -> Option<Result<Quote, QuoteError>> {
        let curve = InventoryCurve::try_new(&self.curve).ok()?;
        let spread = PriceSpread {
            gap: Ratio::from_e9(0),
            gamma_cap: Value::from_e9(1),
            latency: Ratio::from_e9(0),
            tick: Value::ZERO,
        };
        let quoter = Quoter {
            curve: &curve,
            spread: &spread,
            anchor: self.anchor()?,
            pool: PoolState {
                vega: self.net_vega,
                gamma: Value::ZERO,
            },
        };
        Some(quoter.quote(&self.terms, greeks, self.side, self.lots))
    }
}

/// The file's rule relative to the posted volatility. It has no clamps: the wide ones here do not bind.
fn curve(row: &Row<'_>, volatility: &BigRational) -> Result<Option<InventoryParams>, Unreadable> {
    let relative = |term: BigRational| nearest(&(term / volatility * power_of_ten(9))).map(Ratio::from_e9);
    let (base, slope) = (row.number("h0")?, row.number("h1")?);
    let (shift, cap) = (row.number("lam")?, row.number("Vcap")?);
    let params = || {
        Some(InventoryParams {
            vega_cap: e9(&cap)?,
            shift: relative(shift)?,
            floor: Ratio::from_bps(5_500),
            ceiling: Ratio::from_bps(20_000),
            half_spread: relative(base.clone())?,
            half_spread_slope: relative(slope.clone())?,
            half_spread_cap: relative(base + slope)?,
        })
    };
    Ok(params())
}

fn compare(row: &Row<'_>, inputs: &Inputs, measures: &mut Measures) -> Result<(), Unreadable> {
    let greeks = match LotGreeks::at_base(&inputs.terms, Anchor::default(), inputs.seconds) {
        Ok(greeks) => greeks,
        Err(error) => {
            measures.vega.refused(row, &error);
            return Ok(());
        }
    };
    measures.vega.error(row, &(value(greeks.vega) - row.number("vega")?));
    match inputs.quote(&greeks) {
        None => measures.price.leave_out("a rule that the library does not accept"),
        Some(Err(error)) => measures.price.refused(row, &format!("{error:?}")),
        Some(Ok(quote)) => {
            let volatility = integer(quote.multiplier.e9()) * power_of_ten(-9) * row.number("iv0")?;
            measures.volatility.error(row, &(volatility - row.number("iv_used")?));
            let (single, slices) = (row.number("price_per_contract")?, row.number("price_10_slices")?);
            let integral = &slices + (&slices - single) / integer(99);
            let each = value(quote.premium) / integer(inputs.lots);
            measures.price.error(row, &(each - integral));
        }
    }
    Ok(())
}
