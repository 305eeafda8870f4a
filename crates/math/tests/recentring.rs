//! Re-centred numbers against full revaluation: what an account may do on arrays of another spot price, it may also do on
//! fresh ones, and whom they call unhealthy is unhealthy.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use proptest::prelude::*;
use tenor_math::Round;
use tenor_math::quantity::{LotSize, Lots, Price, Ratio, Value};
use tenor_math::risk::{
    Collateral, Health, HealthBuilder, PriceInterval, PriceShocks, Purpose, RiskParams, StrikeMarket, StrikeRisk,
    StrikeView, UnderlyingBook, VolatilityParams, strike_risk,
};
use tenor_math::special::ln_ratio_q56;
use tenor_math::surface::Slice;

const USD: u64 = 1_000_000_000;

#[derive(Clone, Debug)]
struct Market {
    slice: (u64, i64, u64),
    seconds: u64,
    forward_ratio_e9: u64,
    discount_e9: u64,
    lot_units_e9: u64,
    range_bps: u16,
}

#[derive(Clone, Debug)]
struct Holding {
    /// Strike over the first spot, thousandths.
    strike_permille: u64,
    call: i64,
    put: i64,
}

impl Market {
    fn shocks(&self) -> PriceShocks {
        PriceShocks::from_range(Ratio::from_bps(self.range_bps)).unwrap()
    }

    fn lot(&self) -> LotSize {
        LotSize::from_units_e9(self.lot_units_e9).unwrap()
    }

    /// The strike's numbers with everything, volatility too, taken anew at a spot price.
    fn risk(&self, spot: Price, strike: Price) -> Option<StrikeRisk> {
        let slice = Slice::try_new(self.slice.0, self.slice.1, self.slice.2).ok()?;
        let forward = Price::from_e9(
            Ratio::from_e9(self.forward_ratio_e9)
                .of_count(spot.e9(), Round::Down)
                .unwrap(),
        );
        let log_moneyness = ln_ratio_q56(forward.e9(), strike.e9()).unwrap();
        let market = StrikeMarket {
            forward,
            spot,
            strike,
            discount: Ratio::from_e9(self.discount_e9),
            lot: self.lot(),
            variance: slice.total_variance(log_moneyness).unwrap(),
            variance_slope: slice.steepest_slope().unwrap(),
            seconds_to_expiry: self.seconds,
            average: None,
        };
        let volatility = VolatilityParams {
            up: Ratio::from_bps(4_500),
            down: Ratio::from_bps(3_000),
            floor: Ratio::from_bps(4_500),
            short_power: Ratio::from_bps(3_000),
            long_power: Ratio::from_bps(1_300),
        };
        let shocks = self.shocks();
        Some(strike_risk(&market, &shocks, &shocks.log_moves_q56().unwrap(), &volatility).unwrap())
    }

    /// Health at `spot` on arrays of `reference` prices, one for each holding.
    fn health(
        &self,
        (spot, confidence): (Price, Price),
        references: &[Price],
        first: Price,
        book: &[Holding],
        base_e9: u64,
    ) -> Option<Health> {
        let shocks = self.shocks();
        let interval = PriceInterval::around(spot, confidence);
        let mut sums = UnderlyingBook::new(interval, self.lot(), &shocks);
        for (holding, reference) in book.iter().zip(references) {
            let strike = Price::from_e9(first.e9() / 1_000 * holding.strike_permille);
            let risk = self.risk(*reference, strike)?;
            let view = StrikeView {
                reference: *reference,
                mark: risk.mark,
                forward_value: risk.forward_value,
                strike_value: risk.strike_value,
                delta_units_e9: risk.delta_units_e9,
                drift_e9: risk.drift_e9,
                pnl_e9: &risk.pnl_e9,
                pnl_bound_e9: risk.pnl_bound_e9,
            };
            sums.add_strike(0, Lots::new(holding.call), Lots::new(holding.put), u64::MAX, &view)
                .unwrap();
        }
        let value = i64::try_from(u128::from(base_e9) * u128::from(spot.e9()) / 1_000_000_000).unwrap();
        sums.add_collateral(Collateral {
            value: Value::from_e9(value),
            haircut: Ratio::ZERO,
        })
        .unwrap();
        let params = RiskParams {
            initial_short: Ratio::from_bps(50),
            maintenance_short: Ratio::from_bps(30),
            // The roll is taken on deltas of the reference, to which the bound does not speak.
            roll: Ratio::ZERO,
            concentration: Ratio::ZERO,
        };
        let mut health = HealthBuilder::new(Value::from_e9(1_000_000_000_000));
        let risk = sums
            .assess(&params, Purpose::Liquidation, health.systemic_mut())
            .unwrap();
        health.add(&risk).unwrap();
        Some(health.finish(Ratio::from_bps(1_000), Ratio::from_bps(8_000)).unwrap())
    }
}

fn market() -> impl Strategy<Value = Market> {
    let slice = (
        100_000_000_u64..2_000_000_000_000,
        -900_000_000_000_i64..900_000_000_000,
        0_u64..1_000_000,
    )
        .prop_map(|(theta, rho, part)| {
            // psi up to its butterfly bound, 2 sqrt(theta / (1 + |rho|)), and below 4 / (1 + |rho|).
            let spread = 1_000_000_000_000 + rho.unsigned_abs();
            let square = 4 * u128::from(theta) * 1_000_000_000_000_u128.pow(2) / u128::from(spread);
            let wing = 4_000_000_000_000_000_000_000_000 / u128::from(spread) - 1;
            let bound = square.isqrt().min(wing);
            (theta, rho, u64::try_from(bound * u128::from(part) / 1_000_000).unwrap())
        });
    (
        slice,
        600_u64..31_536_000,
        900_000_000_u64..1_100_000_000,
        900_000_000_u64..1_000_000_000,
        1_u64..1_000,
        500_u16..7_800,
    )
        .prop_map(
            |(slice, seconds, forward_ratio_e9, discount_e9, lot, range_bps)| Market {
                slice,
                seconds,
                forward_ratio_e9,
                discount_e9,
                lot_units_e9: lot * 1_000_000,
                range_bps,
            },
        )
}

fn holdings() -> impl Strategy<Value = Vec<Holding>> {
    let one = (500_u64..2_000, -40_i64..40, -40_i64..40).prop_map(|(strike_permille, call, put)| Holding {
        strike_permille,
        call,
        put,
    });
    prop::collection::vec(one, 1..4)
}

proptest! {
    #[test]
    fn recentring_never_flatters_an_account_nor_condemns_a_healthy_one(
        market in market(),
        book in holdings(),
        steps_e9 in prop::collection::vec(-30_000_000_i64..30_000_000, 3),
        base_e9 in 0_u64..5_000_000_000,
        shared in any::<bool>(),
    ) {
        let first = Price::from_e9(200 * USD);
        // The bound is for steps of up to a fifth of the range.
        let limit = i64::from(market.range_bps) * 100_000 / 5 - 1_000;
        let reference = |step_e9: i64| {
            let distance = i128::from(first.e9()) * i128::from(step_e9.clamp(-limit, limit)) / 1_040_000_000;
            Price::from_e9(u64::try_from(i128::from(first.e9()) - distance).unwrap())
        };
        let references: Vec<Price> = (0..book.len()).map(|place| reference(steps_e9[if shared { 0 } else { place }])).collect();
        let exact = (first, Price::from_e9(0));
        let fresh_references = vec![first; book.len()];
        let Some(moved) = market.health(exact, &references, first, &book, base_e9) else { return Ok(()) };
        let fresh = market.health(exact, &fresh_references, first, &book, base_e9).unwrap();
        let (moved_initial, fresh_initial) = (moved.initial_health().unwrap(), fresh.initial_health().unwrap());
        prop_assert!(moved_initial <= fresh_initial, "flattered: {} > {}", moved_initial.e9(), fresh_initial.e9());
        prop_assert!(moved.withdrawable <= fresh.withdrawable, "{} > {}", moved.withdrawable.e9(), fresh.withdrawable.e9());
        let favoured = moved.maintenance_health().unwrap().try_add(moved.liquidation_tolerance.unwrap()).unwrap();
        let fresh_maintenance = fresh.maintenance_health().unwrap();
        prop_assert!(favoured >= fresh_maintenance, "condemned: {} < {}", favoured.e9(), fresh_maintenance.e9());
    }

    #[test]
    fn whom_the_confidence_interval_condemns_is_unhealthy_all_over_it(
        market in market(),
        book in holdings(),
        step_e9 in -30_000_000_i64..30_000_000,
        confidence_e9 in 0_i64..30_000_000,
        place_e9 in -1_000_000_000_i64..=1_000_000_000,
        base_e9 in 0_u64..5_000_000_000,
    ) {
        // Arrays of a reference price, the stored price, and a true price within its confidence.
        let stored = Price::from_e9(200 * USD);
        let limit = i64::from(market.range_bps) * 100_000 / 5 - 1_000;
        let part = |parts_e9: i64| i128::from(stored.e9()) * i128::from(parts_e9) / 1_000_000_000;
        let at = |distance: i128| Price::from_e9(u64::try_from(i128::from(stored.e9()) + distance).unwrap());
        let step = step_e9.clamp(-limit / 3, limit / 3) / 2;
        let confidence = part(confidence_e9.clamp(0, limit / 3) / 2);
        let reference = at(part(step));
        let truth = at(confidence * i128::from(place_e9) / 1_000_000_000);
        let interval = (stored, Price::from_e9(u64::try_from(confidence).unwrap()));
        let references = vec![reference; book.len()];
        let Some(seen) = market.health(interval, &references, stored, &book, base_e9) else { return Ok(()) };
        let references = vec![truth; book.len()];
        let fresh = market.health((truth, Price::from_e9(0)), &references, stored, &book, base_e9).unwrap();
        let favoured = seen.maintenance_health().unwrap().try_add(seen.liquidation_tolerance.unwrap()).unwrap();
        // The naked short's charge is a share of spot, at the stored price here and at the true one there.
        let shorts: i64 = book.iter().map(|holding| -(holding.call + holding.put).min(0)).sum();
        let charge = confidence * i128::from(shorts) * i128::from(market.lot_units_e9) / 1_000_000_000 * 30 / 10_000 + 100;
        let true_health = i128::from(fresh.maintenance_health().unwrap().e9());
        prop_assert!(i128::from(favoured.e9()) + charge >= true_health, "condemned: {} < {true_health}", favoured.e9());
    }
}
