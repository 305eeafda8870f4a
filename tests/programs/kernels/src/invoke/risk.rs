//! Scenarios and requirements.

use super::variance;
use crate::kernel::Kernel;
use crate::meter::{Meter, Sample, measured};
use crate::row::Row;
use tenor_math::MathError;
use tenor_math::quantity::{LotSize, Lots, Price, Ratio, Value};
use tenor_math::risk::{
    Collateral, Health, HealthBuilder, PriceInterval, PriceShocks, Purpose, RiskParams, SCENARIOS, StrikeMarket,
    StrikeView, UnderlyingBook, VolatilityParams, strike_risk,
};

#[inline(never)]
pub(super) fn risk(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    Some(match kernel {
        Kernel::LogMoves => measured(meter, row.ratio()?, |range| {
            PriceShocks::from_range(*range)?.log_moves_q56()
        }),
        Kernel::StrikeRisk => {
            let market = StrikeMarket {
                forward: row.price()?,
                spot: row.price()?,
                strike: row.price()?,
                discount: row.ratio()?,
                lot: LotSize::from_units_e9(row.u64()?).ok()?,
                variance: variance(row)?,
                variance_slope: variance(row)?,
                seconds_to_expiry: row.u64()?,
                average: None,
            };
            let shocks = PriceShocks::from_range(RANGE).ok()?;
            let logs = shocks.log_moves_q56().ok()?;
            measured(meter, market, |market| {
                strike_risk(market, &shocks, &logs, &volatility())
            })
        }
        Kernel::HealthOfOne | Kernel::Health | Kernel::HealthRecentred => {
            let purpose = match kernel {
                Kernel::HealthRecentred => Purpose::Liquidation,
                _ => Purpose::Action,
            };
            let account = Account {
                spot: row.price()?,
                confidence: row.price()?,
                cash: row.value()?,
                base: Collateral {
                    value: row.value()?,
                    haircut: row.ratio()?,
                },
                range: row.ratio()?,
                credit: row.ratio()?,
                positions: row.clone().rest(),
            };
            measured(meter, account, |account| account.health(purpose))
        }
        Kernel::Marks => {
            let spot = row.price()?;
            let view = Position::of(row)?.view;
            measured(meter, (view, spot), |(view, spot)| view.marks(*spot))
        }
        _ => return None,
    })
}

/// Price range of the scenarios: the floor that the design gives SOL.
pub const RANGE: Ratio = Ratio::from_bps(1_800);
/// A hundredth of the underlying.
const LOT: LotSize = match LotSize::from_units_e9(10_000_000) {
    Ok(lot) => lot,
    Err(_) => panic!("a positive number"),
};

/// Lots of a strike that take no charge for concentration.
const FREE_LOTS: u64 = 5;

/// Volatility shocks of the design.
pub const fn volatility() -> VolatilityParams {
    VolatilityParams {
        up: Ratio::from_bps(4_500),
        down: Ratio::from_bps(3_000),
        floor: Ratio::from_bps(4_500),
        short_power: Ratio::from_bps(3_000),
        long_power: Ratio::from_bps(1_300),
    }
}

/// A position as accounts hold it: lots, and the strike's stored numbers.
struct Position<'a> {
    expiry: usize,
    call: Lots,
    put: Lots,
    view: StrikeView<'a>,
}

impl<'a> Position<'a> {
    const WORDS: usize = 10 + SCENARIOS;

    fn of(row: &mut Row<'a>) -> Option<Self> {
        let (expiry, call, put) = (usize::try_from(row.u64()?).ok()?, row.lots()?, row.lots()?);
        let view = StrikeView {
            reference: row.price()?,
            mark: row.value()?,
            forward_value: row.value()?,
            strike_value: row.value()?,
            delta_units_e9: row.i64()?,
            drift_e9: row.u64()?,
            pnl_bound_e9: row.u64()?,
            pnl_e9: bytemuck::cast_slice(row.words(SCENARIOS)?).try_into().ok()?,
        };
        Some(Self {
            expiry,
            call,
            put,
            view,
        })
    }

    fn add_to(&self, book: &mut UnderlyingBook<'_>) -> Result<(), MathError> {
        book.add_strike(self.expiry, self.call, self.put, FREE_LOTS, &self.view)
    }
}

/// An account with one underlying.
struct Account<'a> {
    spot: Price,
    confidence: Price,
    cash: Value,
    base: Collateral,
    range: Ratio,
    credit: Ratio,
    positions: &'a [u64],
}

impl Account<'_> {
    /// Everything that a health check computes; reading the accounts is not among it.
    fn health(&self, purpose: Purpose) -> Result<Health, MathError> {
        let mut health = HealthBuilder::new(self.cash);
        let shocks = PriceShocks::from_range(self.range)?;
        let interval = PriceInterval::around(self.spot, self.confidence);
        let mut book = UnderlyingBook::new(interval, LOT, &shocks);
        for words in self.positions.chunks_exact(Position::WORDS) {
            let position = Position::of(&mut Row::new(words)).ok_or(MathError::OutOfDomain)?;
            position.add_to(&mut book)?;
        }
        book.add_collateral(self.base)?;
        let params = RiskParams {
            initial_short: Ratio::from_bps(50),
            maintenance_short: Ratio::from_bps(30),
            roll: Ratio::from_bps(10),
            concentration: Ratio::from_bps(50),
        };
        let risk = book.assess(&params, purpose, health.systemic_mut())?;
        health.add(&risk)?;
        health.finish(self.credit, Ratio::from_bps(8_000))
    }
}
