//! What may never happen, on random inputs.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use std::sync::LazyLock;

use num_rational::BigRational;
use num_traits::{One, Zero};
use proptest::prelude::*;
use tenor_math::liquidation::{AuctionClock, SliceTerms, discount, slice_fraction};
use tenor_math::pricing::{TotalVariance, black};
use tenor_math::quantity::{LotSize, Lots, Price, Ratio, Value};
use tenor_math::risk::{
    Collateral, Health, HealthBuilder, PriceInterval, PriceShocks, Purpose, RiskParams, StrikeMarket, StrikeRisk,
    StrikeView, UnderlyingBook, VolatilityParams, strike_risk,
};
use tenor_math::surface::Slice;

const E9: i128 = 1_000_000_000;
const E18: i128 = E9 * E9;
const SPOT: Price = Price::from_e9(200_000_000_000);
const STRIKES: [u64; 5] = [120, 180, 200, 220, 320];

fn lot() -> LotSize {
    LotSize::from_units_e9(10_000_000).unwrap()
}

fn params(roll: Ratio) -> RiskParams {
    RiskParams {
        initial_short: Ratio::from_bps(50),
        maintenance_short: Ratio::from_bps(30),
        roll,
        concentration: Ratio::ZERO,
    }
}

fn shocks() -> PriceShocks {
    PriceShocks::from_range(Ratio::from_bps(1_800)).unwrap()
}

/// The arrays of the strikes: the same in every case.
static RISKS: LazyLock<Vec<StrikeRisk>> = LazyLock::new(risks);

fn risks() -> Vec<StrikeRisk> {
    let volatility = VolatilityParams {
        up: Ratio::from_bps(4_500),
        down: Ratio::from_bps(3_000),
        floor: Ratio::from_bps(4_500),
        short_power: Ratio::from_bps(3_000),
        long_power: Ratio::from_bps(1_300),
    };
    let shocks = shocks();
    let risk = |strike: &u64| {
        let market = StrikeMarket {
            forward: SPOT,
            spot: SPOT,
            strike: Price::from_e9(strike * 1_000_000_000),
            discount: Ratio::ONE,
            lot: lot(),
            variance: TotalVariance::from_q64(200_000_000_000_000_000).unwrap(),
            variance_slope: TotalVariance::ZERO,
            seconds_to_expiry: 604_800,
            average: None,
        };
        strike_risk(&market, &shocks, &shocks.log_moves_q56().unwrap(), &volatility).unwrap()
    };
    STRIKES.iter().map(risk).collect()
}

#[derive(Clone, Debug)]
struct Portfolio {
    cash_e9: i64,
    base_units_e9: u64,
    lots: Vec<(i64, i64)>,
}

impl Portfolio {
    fn plus(&self, other: &Self) -> Self {
        Self {
            cash_e9: self.cash_e9 + other.cash_e9,
            base_units_e9: self.base_units_e9 + other.base_units_e9,
            lots: self
                .lots
                .iter()
                .zip(&other.lots)
                .map(|(a, b)| (a.0 + b.0, a.1 + b.1))
                .collect(),
        }
    }

    fn times(&self, factor: i64) -> Self {
        Self {
            cash_e9: self.cash_e9 * factor,
            base_units_e9: self.base_units_e9 * factor.unsigned_abs(),
            lots: self
                .lots
                .iter()
                .map(|(call, put)| (call * factor, put * factor))
                .collect(),
        }
    }

    fn lots_held(&self) -> i64 {
        self.lots.iter().map(|(call, put)| call.abs() + put.abs()).sum()
    }

    fn health(&self, haircut: Ratio) -> Health {
        health(&[self], haircut, &params(Ratio::from_bps(10)), Ratio::ZERO)
    }
}

/// Health of an account whose part in each underlying is one of `parts`; the underlyings are alike but each its own.
fn health(parts: &[&Portfolio], haircut: Ratio, params: &RiskParams, credit: Ratio) -> Health {
    let shocks = shocks();
    let cash_e9 = parts.iter().map(|part| part.cash_e9).sum();
    let mut builder = HealthBuilder::new(Value::from_e9(cash_e9));
    for part in parts {
        let mut book = UnderlyingBook::new(PriceInterval::around(SPOT, Price::from_e9(0)), lot(), &shocks);
        for (risk, (call, put)) in RISKS.iter().zip(&part.lots) {
            let view = StrikeView {
                reference: SPOT,
                mark: risk.mark,
                forward_value: risk.forward_value,
                strike_value: risk.strike_value,
                delta_units_e9: risk.delta_units_e9,
                drift_e9: risk.drift_e9,
                pnl_e9: &risk.pnl_e9,
                pnl_bound_e9: risk.pnl_bound_e9,
            };
            book.add_strike(0, Lots::new(*call), Lots::new(*put), u64::MAX, &view)
                .unwrap();
        }
        let value = i64::try_from(u128::from(part.base_units_e9) * 200).unwrap();
        book.add_collateral(Collateral {
            value: Value::from_e9(value),
            haircut,
        })
        .unwrap();
        let risk = book.assess(params, Purpose::Action, builder.systemic_mut()).unwrap();
        builder.add(&risk).unwrap();
    }
    builder.finish(credit, Ratio::from_bps(8_000)).unwrap()
}

fn portfolio(lots: std::ops::Range<i64>) -> impl Strategy<Value = Portfolio> {
    let lots = proptest::collection::vec((lots.clone(), lots), STRIKES.len());
    (0_i64..1_000_000_000_000, 0_u64..50_000_000_000, lots).prop_map(|(cash_e9, base_units_e9, lots)| Portfolio {
        cash_e9,
        base_units_e9,
        lots,
    })
}

proptest! {
    #[test]
    fn merging_portfolios_never_raises_the_sum_of_requirements(a in portfolio(-300..300), b in portfolio(-300..300)) {
        // The roll is left out: a book without shorts is exempt from it, and merged with one that has shorts it is not.
        let of = |portfolio: &Portfolio| {
            health(&[portfolio], Ratio::from_bps(1_000), &params(Ratio::ZERO), Ratio::ZERO)
        };
        let (apart, merged) = (of(&a).initial.e9() + of(&b).initial.e9(), of(&a.plus(&b)).initial.e9());
        prop_assert!(merged <= apart + 10, "{merged} > {apart}");
    }

    #[test]
    fn several_underlyings_share_a_credit_that_never_exceeds_what_they_lose_together(
        a in (portfolio(-300..300), portfolio(-300..300)),
        b in (portfolio(-300..300), portfolio(-300..300)),
        credit_bps in 0_u16..=10_000,
    ) {
        let credit = Ratio::from_bps(credit_bps);
        let of = |parts: &[&Portfolio], credit| health(parts, Ratio::from_bps(1_000), &params(Ratio::ZERO), credit);
        let pair = of(&[&a.0, &a.1], credit).initial.e9();
        let (none, whole) = (of(&[&a.0, &a.1], Ratio::ZERO).initial.e9(), of(&[&a.0, &a.1], Ratio::ONE).initial.e9());
        let alone = [&a.0, &a.1].map(|part| of(&[part], credit).initial.e9());
        // Without credit the requirements add up; with it they fall, down to the losses of common scenarios.
        prop_assert!((none - alone[0] - alone[1]).abs() <= 4, "{none} != {alone:?}");
        prop_assert!(whole <= pair && pair <= none, "{whole} <= {pair} <= {none}");
        // Merging accounts, underlying by underlying, never raises the sum.
        let other = of(&[&b.0, &b.1], credit).initial.e9();
        let merged = of(&[&a.0.plus(&b.0), &a.1.plus(&b.1)], credit).initial.e9();
        prop_assert!(merged <= pair + other + 20, "{merged} > {pair} + {other}");
    }

    #[test]
    fn the_requirement_is_homogeneous_of_degree_one(a in portfolio(-300..300), factor in 2_i64..50) {
        let haircut = Ratio::from_bps(500);
        let (one, many) = (a.health(haircut), a.times(factor).health(haircut));
        for (one, many) in [(one.initial, many.initial), (one.maintenance, many.maintenance), (one.haircut, many.haircut)] {
            prop_assert!((one.e9() * factor - many.e9()).abs() <= 5 * factor, "{one:?} x {factor} != {many:?}");
        }
    }

    #[test]
    fn a_long_received_for_nothing_never_lowers_initial_health(
        a in portfolio(-300..300), strike in 0_usize..STRIKES.len(), calls in 0_i64..100, puts in 0_i64..100,
    ) {
        let mut gifted = a.clone();
        gifted.lots[strike].0 += calls;
        gifted.lots[strike].1 += puts;
        let before = a.health(Ratio::ZERO);
        let after = gifted.health(Ratio::ZERO);
        // A long may move the book's delta and with it the roll contingency, which is no part of R.
        let roll = 2 * (calls + puts) * 2_000_000_000 / 1_000;
        let lost = before.initial_health().unwrap().e9() - after.initial_health().unwrap().e9();
        prop_assert!(lost <= roll + 10, "lost {lost}");
    }

    #[test]
    fn a_short_taken_for_nothing_never_raises_initial_health(
        a in portfolio(-300..300), strike in 0_usize..STRIKES.len(), calls in 0_i64..100, puts in 0_i64..100,
    ) {
        let mut burdened = a.clone();
        burdened.lots[strike].0 -= calls;
        burdened.lots[strike].1 -= puts;
        let haircut = Ratio::from_bps(1_000);
        // The charges of shorts and of the roll are no part of R: the first only ever adds, the second may fall.
        let of = |portfolio: &Portfolio| health(&[portfolio], haircut, &params(Ratio::ZERO), Ratio::ZERO);
        let gained = of(&burdened).initial_health().unwrap().e9() - of(&a).initial_health().unwrap().e9();
        prop_assert!(gained <= 10, "gained {gained}");
    }

    #[test]
    fn an_account_that_holds_only_longs_can_withdraw_all_free_cash(a in portfolio(0..300)) {
        let without_collateral = Portfolio { base_units_e9: 0, ..a };
        let health = without_collateral.health(Ratio::ZERO);
        prop_assert_eq!(health.withdrawable.e9(), without_collateral.cash_e9);
        // Values round per lot, so a scenario may take a few units more than the mark.
        prop_assert!(health.initial_health().unwrap().e9() >= -without_collateral.lots_held() * 4);
    }

    #[test]
    fn unrealised_gains_never_leave_the_house(a in portfolio(-300..300)) {
        let health = a.health(Ratio::from_bps(500));
        let without_options = a.cash_e9 + i64::try_from(a.base_units_e9).unwrap() * 200;
        prop_assert!(health.withdrawable.e9() <= without_options);
    }

    #[test]
    fn a_slice_restores_the_target_exactly_and_never_overshoots(
        equity in 1_i64..1_000_000_000_000_000,
        maintenance in 1_000_i64..1_000_000_000_000_000,
        haircut in 0_i64..100_000_000_000_000,
        seconds in 0_u32..30_000,
    ) {
        let target = Ratio::from_bps(11_500);
        let (e, m, h) = (Value::from_e9(equity), Value::from_e9(maintenance), Value::from_e9(haircut));
        let d = discount(AuctionClock::from_seconds(seconds), e, m).unwrap();
        let f = slice_fraction(&SliceTerms { equity: e, maintenance: m, haircut: h, discount: d, target }).unwrap();
        let ratio = |numerator: i128, denominator: i128| BigRational::new(numerator.into(), denominator.into());
        let (e, m, h) = (ratio(equity.into(), 1), ratio(maintenance.into(), 1), ratio(haircut.into(), 1));
        let (f18, d, t) = (i128::from(f.e18()), ratio(d.e9().into(), E9), ratio(target.e9().into(), E9));
        let after = |f: &BigRational| &e + f * &h - &d * f * &m - &t * (BigRational::one() - f) * &m;
        let taken = ratio(f18, E18);
        if !f.is_whole() {
            // At the fraction the account is at most at its target, one unit of the fraction later it is there.
            prop_assert!(after(&taken) <= BigRational::zero() || f18 == 0);
            prop_assert!(after(&ratio(f18 + 1, E18)) > BigRational::zero());
        }
        // Equity never turns negative, whatever part is taken.
        prop_assert!(&e + &taken * &h - &d * &taken * &m >= BigRational::zero());
    }

    #[test]
    fn accepted_slices_have_no_butterfly_arbitrage(
        theta in 1_000_000_u64..4_000_000_000_000, rho in -990_000_000_000_i64..990_000_000_000, psi in 0_u64..4_000_000_000_000,
    ) {
        let Ok(slice) = Slice::try_new(theta, rho, psi) else { return Ok(()) };
        // Calls are convex and decreasing in strike: equally spaced strikes around the forward, within rounding.
        let forward = 1_u64 << 60;
        let call = |strike: u64| {
            let log = tenor_math::special::ln_ratio_q56(forward, strike).unwrap();
            let variance = slice.total_variance(log).unwrap();
            i128::from(black(forward, strike, variance).unwrap().0.call)
        };
        let step = 1_u64 << 54;
        for place in [20_u64, 40, 60, 63, 64, 65, 70, 90, 120] {
            let (low, middle, high) = (call(step * (place - 1)), call(step * place), call(step * (place + 1)));
            let slack = 1 << 14; // 1e-14 of the forward
            prop_assert!(low + slack >= middle && middle + slack >= high, "not decreasing at {place}");
            prop_assert!(low + high + slack >= 2 * middle, "not convex at {place}");
        }
    }
}
