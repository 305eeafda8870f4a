//! What may never happen to one option, on random rules, pools and orders.

use super::{E9, costly, curve, free, slack_e9};
use proptest::prelude::*;
use tenor_math::amm::{
    Anchor, InventoryCurve, InventoryParams, LotGreeks, OptionTerms, PoolState, PriceSpread, Quote, QuoteError, Quoter,
    Refusal, Side,
};
use tenor_math::pricing::{OptionKind, TotalVariance};
use tenor_math::quantity::{LotSize, Price, Ratio, Value};

#[derive(Clone, Debug)]
struct Case {
    params: InventoryParams,
    spread: PriceSpread,
    anchor: Anchor,
    pool: PoolState,
    terms: OptionTerms,
    greeks: LotGreeks,
    first: u64,
    second: u64,
}

fn a_rule() -> impl Strategy<Value = InventoryParams> {
    (
        0_u64..=600,
        0_u64..=100,
        5_000_u64..=10_000,
        10_000_u64..=20_000,
        0_u64..=200,
        0_u64..=99,
    )
        .prop_map(|(shift, slope, floor, ceiling, spread, cap)| {
            let bps = |value: u64| Ratio::from_e9(value * 100_000);
            let (shift, slope) = (shift * 10, (shift * slope) / 10);
            let reach = (10_000 - floor).min(ceiling - 10_000);
            // The half-spread stops growing before the shift is clamped.
            let growth = (reach * slope * cap / 100)
                .checked_div(shift)
                .map_or(0, |growth| growth.min(floor - spread - 1_300));
            InventoryParams {
                vega_cap: Value::from_e9(100_000 * E9 as i64),
                shift: bps(shift),
                floor: bps(floor),
                ceiling: bps(ceiling),
                half_spread: bps(spread),
                half_spread_slope: bps(slope),
                half_spread_cap: bps(spread + growth),
            }
        })
}

fn an_option() -> impl Strategy<Value = OptionTerms> {
    (
        any::<bool>(),
        1_000_000_u64..200_000 * E9,
        -2_000_i32..2_000,
        10_u32..1_000,
        900_000_000_u64..=E9,
    )
        .prop_map(|(call, forward, deviations, deviation, discount)| {
            let s = f64::from(deviation) / 1_000.0;
            let strike = forward as f64 * (f64::from(deviations) / 1_000.0 * s).exp();
            OptionTerms {
                kind: if call { OptionKind::Call } else { OptionKind::Put },
                forward: Price::from_e9(forward),
                strike: Price::from_e9(strike as u64),
                discount: Ratio::from_e9(discount),
                lot: LotSize::from_units_e9(10_000_000).unwrap(),
                variance: TotalVariance::from_q64((s * s * 2.0_f64.powi(64)) as u128).unwrap(),
            }
        })
}

prop_compose! {
    fn a_case()(
        params in a_rule(), terms in an_option(), charged in any::<bool>(), level in 9_000_u16..11_000,
        offset in -50_000_000_i64..50_000_000, vega in -120_000_i64..120_000, gamma in -200_000_i64..200_000,
        first in 1_u64..3_000, second in 1_u64..3_000, reach in 1_i64..60_000,
    ) -> Case {
        let anchor = Anchor::try_new(Ratio::from_bps(level), offset).unwrap();
        let mut greeks = LotGreeks::at_base(&terms, anchor, 2_592_000).unwrap();
        // Lots that take the pool far, so that every kink is met.
        greeks.gamma = greeks.gamma.min(Value::from_e9(100 * E9 as i64));
        greeks.vega = Value::from_e9(reach * E9 as i64 / 1_000);
        Case {
            params, terms, anchor, greeks, first, second,
            spread: if charged { costly() } else { free() },
            pool: PoolState {
                vega: Value::from_e9(vega * E9 as i64),
                gamma: Value::from_e9(gamma * E9 as i64),
            },
        }
    }
}

impl Case {
    fn quote(&self, pool: PoolState, side: Side, lots: u64) -> Result<Quote, QuoteError> {
        let curve = InventoryCurve::try_new(&self.params).expect("a rule");
        let quoter = Quoter {
            curve: &curve,
            spread: &self.spread,
            anchor: self.anchor,
            pool,
        };
        quoter.quote(&self.terms, &self.greeks, side, lots)
    }

    /// Two slacks and the units of a premium and its charges: what the pool may keep.
    fn tolerance(&self) -> i64 {
        2 * slack_e9(&self.terms, self.first + self.second) as i64 + 6
    }

    /// What slicing may gain. The slack that each premium adds cancels; left are the true errors of three averages, each
    /// the kernel's 1e-16, and the roundings of a premium and its charges.
    fn gain(&self) -> i64 {
        (slack_e9(&self.terms, self.first + self.second) >> 6) as i64 + 4
    }
}

/// Undiscounted intrinsic value of an order, discounted, exact and rounded up, in 1e-9 USD.
fn intrinsic_e9(terms: &OptionTerms, lots: u64) -> i64 {
    let (forward, strike) = (terms.forward.e9(), terms.strike.e9());
    let per_unit = match terms.kind {
        OptionKind::Call => forward.saturating_sub(strike),
        OptionKind::Put => strike.saturating_sub(forward),
    };
    let scale = u128::from(E9);
    let discounted = u128::from(per_unit) * u128::from(terms.discount.e9());
    let amount = u128::from(lots) * u128::from(terms.lot.units_e9());
    i64::try_from((discounted * amount).div_ceil(scale * scale)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    #[test]
    fn cutting_a_purchase_gains_nothing_and_costs_no_more_than_rounding(case in a_case()) {
        let all = case.quote(case.pool, Side::Buy, case.first + case.second).unwrap();
        let one = case.quote(case.pool, Side::Buy, case.first).unwrap();
        let two = case.quote(one.pool, Side::Buy, case.second).unwrap();
        prop_assert_eq!(two.pool, all.pool);
        let difference = one.premium.e9() + two.premium.e9() - all.premium.e9();
        prop_assert!(difference >= -case.gain(), "gained {difference}");
        prop_assert!(difference <= 2 * case.tolerance(), "lost {difference}");
    }

    #[test]
    fn cutting_a_sale_gains_nothing_and_costs_no_more_than_rounding(case in a_case()) {
        let Ok(all) = case.quote(case.pool, Side::Sell, case.first + case.second) else {
            // No bid for the last lot: nor for the slice that holds it, if there is one for the slice before.
            if let Ok(one) = case.quote(case.pool, Side::Sell, case.first) {
                let two = case.quote(one.pool, Side::Sell, case.second);
                prop_assert_eq!(two, Err(QuoteError::Refused(Refusal::NoBid)));
            }
            return Ok(());
        };
        let one = case.quote(case.pool, Side::Sell, case.first).unwrap();
        let two = case.quote(one.pool, Side::Sell, case.second).unwrap();
        prop_assert_eq!(two.pool, all.pool);
        let difference = all.premium.e9() - one.premium.e9() - two.premium.e9();
        // A slice worth less than its slack is bid nothing, not less: there the slack of the whole does not cancel.
        let gain = if two.premium == Value::ZERO { case.tolerance() } else { case.gain() };
        prop_assert!(difference >= -gain, "gained {difference}");
        prop_assert!(difference <= 2 * case.tolerance(), "lost {difference}");
    }

    #[test]
    fn a_round_trip_never_gains_and_restores_the_pool(case in a_case(), buy_first in any::<bool>()) {
        let (out, back) = if buy_first { (Side::Buy, Side::Sell) } else { (Side::Sell, Side::Buy) };
        if let Ok(opened) = case.quote(case.pool, out, case.first) {
            if let Ok(closed) = case.quote(opened.pool, back, case.first) {
                prop_assert_eq!(closed.pool, case.pool);
                let (paid, received) = if buy_first { (opened, closed) } else { (closed, opened) };
                prop_assert!(received.premium <= paid.premium);
            }
        }
    }

    #[test]
    fn an_ask_is_at_least_and_a_bid_at_most_the_mark_for_every_size(case in a_case()) {
        let ask = case.quote(case.pool, Side::Buy, case.first).unwrap();
        prop_assert!(ask.premium >= ask.mark);
        prop_assert!(ask.premium.e9() >= intrinsic_e9(&case.terms, case.first));
        prop_assert!(ask.premium.e9() >= case.spread.tick.e9() * case.first as i64);
        prop_assert!(ask.multiplier.e9() + 1 >= case.anchor.level().e9());
        if let Ok(bid) = case.quote(case.pool, Side::Sell, case.first) {
            prop_assert!(bid.premium <= bid.mark);
            prop_assert!(bid.premium >= Value::ZERO);
            prop_assert!(bid.mark <= ask.mark);
            prop_assert!(bid.multiplier <= case.anchor.level());
        }
    }

    #[test]
    fn a_larger_order_never_has_a_better_average_price(case in a_case()) {
        let (small, large) = (case.first, case.first + case.second);
        let (little, much) = (case.quote(case.pool, Side::Buy, small), case.quote(case.pool, Side::Buy, large));
        let cross = |quote: &Quote, lots: u64| i128::from(quote.premium.e9()) * i128::from(lots);
        let tolerance = i128::from(case.tolerance()) * i128::from(large);
        let (little, much) = (little.unwrap(), much.unwrap());
        prop_assert!(cross(&little, large) <= cross(&much, small) + tolerance);
        prop_assert!(little.premium <= much.premium);
        if let Ok(much) = case.quote(case.pool, Side::Sell, large) {
            let little = case.quote(case.pool, Side::Sell, small).unwrap();
            prop_assert!(cross(&little, large) + tolerance >= cross(&much, small));
            prop_assert!(i128::from(little.premium.e9()) <= i128::from(much.premium.e9()) + tolerance);
        }
    }

    #[test]
    fn inventory_moves_quotes_against_itself(case in a_case()) {
        let longer = PoolState { vega: case.pool.vega.try_add(Value::from_e9(E9 as i64)).unwrap(), ..case.pool };
        let (now, then) = (case.quote(case.pool, Side::Buy, case.first), case.quote(longer, Side::Buy, case.first));
        prop_assert!(then.unwrap().premium.e9() <= now.unwrap().premium.e9() + case.tolerance());
    }

    #[test]
    fn a_nudge_leaves_the_free_quotes_as_they_were(case in a_case(), mid in 5_000_u16..20_000, step in 0_u16..500) {
        let nudged = case.anchor.nudged(Ratio::from_bps(mid), Ratio::from_bps(step)).unwrap();
        let gained = nudged.level().e9() as i64 - case.anchor.level().e9() as i64;
        prop_assert_eq!(nudged.base(), case.anchor.base());
        prop_assert_eq!(case.anchor.offset_e9() - nudged.offset_e9(), gained);
        prop_assert_eq!(
            LotGreeks::at_base(&case.terms, nudged, 2_592_000),
            LotGreeks::at_base(&case.terms, case.anchor, 2_592_000)
        );
        let moved = Case { anchor: nudged, spread: PriceSpread { tick: Value::ZERO, ..case.spread }, ..case.clone() };
        let still = Case { spread: moved.spread, ..case };
        // Free on both sides of the nudge: the whole path of the lot, not its end alone, is beyond both levels.
        let free = |quote: &Quote| quote.multiplier.e9() > 2_000_000 + nudged.level().e9().max(still.anchor.level().e9());
        let far = PoolState { vega: Value::from_e9(-150_000 * E9 as i64), ..still.pool };
        let (before, after) = (still.quote(far, Side::Buy, 1).unwrap(), moved.quote(far, Side::Buy, 1).unwrap());
        if free(&before) && free(&after) {
            prop_assert_eq!(before.premium, after.premium);
        }
    }

    #[test]
    fn no_input_panics(
        raw in prop::array::uniform12(prop_oneof![Just(0_u64), Just(1), Just(u64::MAX), Just(1 << 62), any::<u64>()]),
        variance in 0_u128..(1 << 80), call in any::<bool>(), buy in any::<bool>(),
    ) {
        let value = |index: usize| Value::from_e9(raw[index] as i64);
        let curve = curve();
        let spread = PriceSpread {
            gap: Ratio::from_e9(raw[0]), gamma_cap: value(1), latency: Ratio::from_e9(raw[2]), tick: value(3),
        };
        let pool = PoolState { vega: Value::from_e9((raw[4] as i64) >> 16), gamma: value(5) };
        let terms = OptionTerms {
            kind: if call { OptionKind::Call } else { OptionKind::Put },
            forward: Price::from_e9(raw[6] >> 1),
            strike: Price::from_e9(raw[7] >> 2),
            discount: Ratio::from_e9(raw[8] >> 20),
            lot: LotSize::from_units_e9(1 + raw[9] % 1_000_000_000_000).unwrap(),
            variance: TotalVariance::from_q64(variance).unwrap(),
        };
        let greeks = LotGreeks { vega: Value::from_e9((raw[10] as i64) >> 30), gamma: value(11), delta: value(0) };
        let quoter = Quoter { curve: &curve, spread: &spread, anchor: Anchor::default(), pool };
        let side = if buy { Side::Buy } else { Side::Sell };
        if let Ok(quote) = quoter.quote(&terms, &greeks, side, 1 + (raw[2] >> 40)) {
            prop_assert!(quote.premium >= Value::ZERO);
        }
        let _ = LotGreeks::at_base(&terms, Anchor::default(), raw[3]);
    }
}
