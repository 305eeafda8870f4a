//! A scenario set of any shape, given the protocol's own moves and cases, is the protocol's risk array and requirement:
//! what is shown of the one holds for the other.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use proptest::prelude::*;
use tenor_math::pricing::TotalVariance;
use tenor_math::quantity::{LotSize, Lots, Price, Ratio};
use tenor_math::risk::{
    HealthBuilder, PriceInterval, PriceShocks, Purpose, RiskParams, SCENARIOS, Scenario, ScenarioGrid, StrikeInputs,
    StrikeMarket, StrikeRisk, StrikeView, UnderlyingBook, VolatilityParams, grid_results, scenario, strike_risk,
};

fn volatility() -> VolatilityParams {
    VolatilityParams {
        up: Ratio::from_bps(4_500),
        down: Ratio::from_bps(3_000),
        floor: Ratio::from_bps(4_500),
        short_power: Ratio::from_bps(3_000),
        long_power: Ratio::from_bps(1_300),
    }
}

fn cases() -> Vec<Scenario> {
    (0..SCENARIOS).map(scenario).collect()
}

/// Weights of the moves, as their definition states them: the range over the move, at most one.
fn weights_e12(shocks: &PriceShocks) -> Vec<u64> {
    let range_e9 = *shocks.moves_e9().iter().take(9).max().unwrap();
    let weight = |move_e9: &i64| {
        let ratio = i128::from(range_e9) * 1_000_000_000_000 / i128::from(*move_e9).abs().max(1);
        u64::try_from(ratio.min(1_000_000_000_000)).unwrap()
    };
    shocks.moves_e9().iter().map(weight).collect()
}

fn market() -> impl Strategy<Value = StrikeMarket> {
    let (spot, strike) = (1_000_000_000_u64..200_000_000_000_000, 200_u64..4_000);
    (spot, strike, 0_u128..1 << 62, 60_u64..20_000_000).prop_map(|(spot, per_mille, variance, seconds)| StrikeMarket {
        forward: Price::from_e9(spot),
        spot: Price::from_e9(spot),
        strike: Ratio::from_e9(per_mille * 1_000_000)
            .of_count(spot, tenor_math::Round::Down)
            .map(Price::from_e9)
            .unwrap(),
        discount: Ratio::ONE,
        lot: LotSize::from_units_e9(1_000_000_000).unwrap(),
        variance: TotalVariance::from_q64(variance).unwrap(),
        variance_slope: TotalVariance::ZERO,
        seconds_to_expiry: seconds,
        average: None,
    })
}

fn view<'a>(market: &StrikeMarket, risk: &'a StrikeRisk) -> StrikeView<'a> {
    StrikeView {
        reference: market.spot,
        mark: risk.mark,
        forward_value: risk.forward_value,
        strike_value: risk.strike_value,
        delta_units_e9: risk.delta_units_e9,
        drift_e9: risk.drift_e9,
        pnl_e9: &risk.pnl_e9,
        pnl_bound_e9: risk.pnl_bound_e9,
    }
}

proptest! {
    #[test]
    fn the_protocols_own_set_gives_its_risk_array_and_requirement(
        market in market(), range in 1_000_u16..4_000, calls in -999_i64..999, puts in -999_i64..999,
    ) {
        let shocks = PriceShocks::from_range(Ratio::from_bps(range)).unwrap();
        let risk = strike_risk(&market, &shocks, &shocks.log_moves_q56().unwrap(), &volatility()).unwrap();
        let (weights, cases) = (weights_e12(&shocks), cases());
        let grid = ScenarioGrid::try_new(shocks.moves_e9(), &weights, &cases).unwrap();
        let inputs = StrikeInputs {
            forward: market.forward.e9(),
            strike: market.strike.e9(),
            deviations: volatility().shocked(market.variance, market.seconds_to_expiry).unwrap(),
        };
        let mut results = [0; SCENARIOS];
        let mark = grid_results(&grid, &inputs, &mut results).unwrap();
        prop_assert_eq!(i64::try_from(mark).unwrap(), risk.mark.e9());
        prop_assert_eq!(results, risk.pnl_e9);

        let mut book = UnderlyingBook::new(PriceInterval::around(market.spot, Price::from_e9(0)), market.lot, &shocks);
        book.add_strike(0, Lots::new(calls), Lots::new(puts), u64::MAX, &view(&market, &risk)).unwrap();
        let params = RiskParams {
            initial_short: Ratio::ZERO,
            maintenance_short: Ratio::ZERO,
            roll: Ratio::ZERO,
            concentration: Ratio::ZERO,
        };
        let mut health = HealthBuilder::new(tenor_math::quantity::Value::ZERO);
        let loss = book.assess(&params, Purpose::Liquidation, health.systemic_mut()).unwrap().scenario_loss.e9();
        let net = calls + puts;
        let mut sums = results.map(|result| result * net);
        grid.add_linear(risk.forward_value.e9() * -puts, &mut sums).unwrap();
        // The protocol's moves and weights are binary, the grid's have nine and twelve digits.
        let of_grid = -grid.worst_weighted(&sums).unwrap();
        prop_assert!((loss - of_grid).unsigned_abs() <= 8 + of_grid.unsigned_abs() / 100_000_000_000, "{loss} {of_grid}");
    }
}
