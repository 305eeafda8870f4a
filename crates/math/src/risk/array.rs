//! The risk array of a strike: what one lot of its call gains in each scenario.

use super::drift::{OuterResults, StrikeDrift, volatility_drift_e9};
use super::open::OpenOption;
use super::scenario::{MOVES, PriceShocks, SCENARIOS, VolatilityParams, VolatilityShock, VolatilityShocks, scenario};
use crate::pricing::{Deviation, SettlementAverage, TotalVariance, call_value, greeks};
use crate::quantity::{E9, LotSize, Price, Ratio, Value};
use crate::special::ln_ratio_q56;
use crate::{MathError, Round, mul_div};

/// What the market says of a strike at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrikeMarket {
    /// Forward price of the underlying for the expiry.
    pub forward: Price,
    /// Spot price of the underlying.
    pub spot: Price,
    /// Strike price.
    pub strike: Price,
    /// Discount factor to the expiry, at most one.
    pub discount: Ratio,
    /// Size of a lot.
    pub lot: LotSize,
    /// Total variance at the moneyness of what is open of the strike: see [`OpenOption`].
    pub variance: TotalVariance,
    /// Steepest slope of the slice: how much total variance moves at most per unit of log-moneyness.
    pub variance_slope: TotalVariance,
    /// Time whose variance this is: that to expiry, or less for a mean of marks.
    pub seconds_to_expiry: u64,
    /// The settlement average, once a part of it is fixed.
    pub average: Option<SettlementAverage>,
}

/// Value, sensitivities and scenario results of one lot, USD x 1e9 unless said otherwise.
///
/// All are the call's. The put follows by parity, exactly: its mark is `mark - forward_value + strike_value` and its
/// result in a scenario is the call's less the forward's, `forward_value x move`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrikeRisk {
    /// Model value of the call.
    pub mark: Value,
    /// Discounted forward per lot; of a partly fixed average the open share's, which alone moves with spot.
    pub forward_value: Value,
    /// Discounted strike per lot, less what fixed marks make certain: negative where they alone exceed the strike.
    pub strike_value: Value,
    /// Delta of the call with respect to spot, units of 1e-9 of the underlying.
    pub delta_units_e9: i64,
    /// Spot^2 x second derivative by spot, USD x 1e9.
    pub gamma_cash: Value,
    /// Derivative by volatility, USD x 1e9 per 100 points of volatility.
    pub vega: Value,
    /// `value(scenario) - value(now)` of the call, USD x 1e9.
    pub pnl_e9: [i64; SCENARIOS],
    /// Largest magnitude in `pnl_e9`: with it a sum over many lots is bounded before it is taken.
    pub pnl_bound_e9: u64,
    /// How far mark and results may be off after re-centring them to another spot price, USD x 1e9 per unit of relative
    /// step: see [`super::StrikeView`].
    pub drift_e9: u64,
}

/// Risk array of one lot of a strike's call.
///
/// The volatility of the strike is held as the price moves (sticky strike), then shocked. The forward moves with spot. Of a
/// partly fixed settlement average only the open share moves; with nothing left to decide the call is linear or worthless.
/// Values are those of lots: forward and strike are scaled to a lot and discounted before pricing, each rounded down,
/// so every entry is within three units (3e-9 USD) of exact plus 1e-16 of the larger of the two.
///
/// # Errors
/// [`MathError::OutOfDomain`] for a zero price, a discount above one or parameters out of range;
/// [`MathError::Overflow`] where a lot is worth more than the range of [`Value`] in some scenario.
pub fn strike_risk(
    market: &StrikeMarket,
    shocks: &PriceShocks,
    log_moves_q56: &[i64; MOVES],
    volatility: &VolatilityParams,
) -> Result<StrikeRisk, MathError> {
    if market.discount > Ratio::ONE || market.spot.e9() == 0 {
        return Err(MathError::OutOfDomain);
    }
    let per_lot = |price: Price| market.discount.of(market.lot.value(price, Round::Down)?, Round::Down);
    let open = OpenOption::of(market.forward, market.strike, market.average.as_ref())?;
    let (forward_value, open_strike, excess) = (
        per_lot(open.forward)?,
        per_lot(open.strike)?,
        open.excess_value(per_lot)?,
    );
    let (forward, strike) = (magnitude(forward_value)?, magnitude(open_strike)?);
    let log_moneyness_q56 = open.log_moneyness_q56()?;
    let deviations = if open.is_decided {
        VolatilityShocks::NONE
    } else {
        volatility.shocked(market.variance, market.seconds_to_expiry)?
    };
    let mark_e9 = call_value(forward, strike, log_moneyness_q56, deviations.flat);

    let prices = StrikePrices {
        strike,
        mark_e9,
        deviations,
    };
    let (pnl_e9, pnl_bound_e9) = prices.array(forward, log_moneyness_q56, shocks, log_moves_q56)?;
    let greeks = greeks(forward, log_moneyness_q56, deviations.flat);
    let drift = StrikeDrift {
        pnl_e9: &pnl_e9,
        outer: prices.outer(forward, log_moneyness_q56, shocks)?,
        forward_e9: forward,
        slope_e9: crate::fixed::scale_by_q62(forward, greeks.delta_q62),
    };
    let by_volatility = volatility_drift_e9(strike, market.variance_slope, &deviations)?;
    let drift_e9 = drift.per_step_e9(shocks)?.checked_add(by_volatility);
    let vega = Deviation::of_time(market.seconds_to_expiry)
        .map_or(0, |root_years| root_years.multiply(greeks.vega_per_deviation));
    Ok(StrikeRisk {
        mark: Value::from_e9(to_signed(mark_e9)?).try_add(excess)?,
        forward_value,
        strike_value: open_strike.try_sub(excess)?,
        delta_units_e9: delta_units(market, forward, greeks.delta_q62)?,
        gamma_cash: Value::from_e9(to_signed(greeks.gamma_cash.min(MAX_GAMMA_CASH_E9))?),
        vega: Value::from_e9(to_signed(vega)?),
        pnl_e9,
        pnl_bound_e9,
        drift_e9: drift_e9.ok_or(MathError::Overflow)?,
    })
}

/// What the scenarios of a strike share: the protocol's own set and any other price with it.
pub(super) struct StrikePrices {
    /// Discounted strike, in one scale with the forwards.
    pub(super) strike: u64,
    /// Unshocked value of the call.
    pub(super) mark_e9: u64,
    /// The three deviations.
    pub(super) deviations: VolatilityShocks,
}

impl StrikePrices {
    /// Value of the call at a moved forward and a shock to volatility, less its mark.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "both values are below 2^63 by the conversions, so their difference fits i64"
    )]
    pub(super) fn result(&self, moved: u64, log_moneyness_q56: i64, shock: VolatilityShock) -> Result<i64, MathError> {
        let value = call_value(moved, self.strike, log_moneyness_q56, self.deviations.get(shock));
        Ok(to_signed(value)? - to_signed(self.mark_e9)?)
    }

    /// Results of all scenarios, and their largest magnitude.
    fn array(
        &self,
        forward: u64,
        log_moneyness_q56: i64,
        shocks: &PriceShocks,
        log_moves_q56: &[i64; MOVES],
    ) -> Result<([i64; SCENARIOS], u64), MathError> {
        let mut shocked = [(0_u64, 0_i64); MOVES];
        for ((place, move_e9), log_move) in shocked.iter_mut().zip(shocks.moves_e9()).zip(log_moves_q56) {
            *place = (
                moved_forward(forward, *move_e9)?,
                log_moneyness_q56.wrapping_add(*log_move),
            );
        }
        let (mut results_e9, mut bound_e9) = ([0_i64; SCENARIOS], 0_u64);
        for (index, result) in results_e9.iter_mut().enumerate() {
            if index == UNSHOCKED {
                continue;
            }
            let case = scenario(index);
            let (moved, log) = shocked.get(case.price_move).copied().ok_or(MathError::OutOfDomain)?;
            *result = self.result(moved, log, case.volatility)?;
            bound_e9 = bound_e9.max(result.unsigned_abs());
        }
        Ok((results_e9, bound_e9))
    }

    /// Results beyond both ends of the grid, for the bound on drift.
    fn outer(&self, forward: u64, log_moneyness_q56: i64, shocks: &PriceShocks) -> Result<OuterResults, MathError> {
        let mut outer = OuterResults::default();
        for (results, move_e9) in [&mut outer.below_e9, &mut outer.above_e9]
            .into_iter()
            .zip(shocks.outer_moves_e9())
        {
            let moved = moved_forward(forward, move_e9)?;
            let log_move = ln_ratio_q56(E9.saturating_add_signed(move_e9), E9)?;
            let log = log_moneyness_q56.wrapping_add(log_move);
            let shocks = [VolatilityShock::Down, VolatilityShock::Flat, VolatilityShock::Up];
            for (result, shock) in results.iter_mut().zip(shocks) {
                *result = self.result(moved, log, shock)?;
            }
        }
        Ok(outer)
    }
}

/// A lot's forward after a relative move, rounded down; below 2^62.
pub(super) fn moved_forward(forward: u64, move_e9: i64) -> Result<u64, MathError> {
    let moved_e9 = E9.checked_add_signed(move_e9).ok_or(MathError::OutOfDomain)?;
    let value = mul_div(forward, moved_e9, E9, Round::Down)?;
    if value >> 62 != 0 {
        return Err(MathError::Overflow);
    }
    Ok(value)
}

/// The scenario without any shock: price unmoved, volatility flat.
const UNSHOCKED: usize = 1;
const _: () =
    assert!(scenario(UNSHOCKED).price_move == 0 && matches!(scenario(UNSHOCKED).volatility, VolatilityShock::Flat));
/// Gamma grows without bound at expiry; beyond a million USD a lot it says no more than "at the strike".
const MAX_GAMMA_CASH_E9: u64 = 1_000_000_000_000_000;

/// Delta by spot in 1e-9 units of the underlying: Phi(d1) times the discounted forward of a lot, over spot.
fn delta_units(market: &StrikeMarket, forward_value_e9: u64, delta_q62: u64) -> Result<i64, MathError> {
    let discounted = crate::fixed::scale_by_q62(forward_value_e9, delta_q62);
    to_signed(mul_div(discounted, E9, market.spot.e9(), Round::Down)?)
}

fn magnitude(value: Value) -> Result<u64, MathError> {
    u64::try_from(value.e9()).map_err(|_| MathError::OutOfDomain)
}

fn to_signed(value: u64) -> Result<i64, MathError> {
    i64::try_from(value).map_err(|_| MathError::Overflow)
}
