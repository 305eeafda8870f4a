//! Marks held against former slices: the cost covers what lots are worth less on any of them.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::integer_division,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use proptest::prelude::*;
use tenor_math::pricing::{TotalVariance, black};
use tenor_math::quantity::{LotSize, Lots, Price, Ratio};
use tenor_math::risk::{FormerMarket, FormerMarks, PriceShocks, StrikeMarket, VolatilityParams, strike_risk};

const SPOT: u64 = 200_000_000_000;
const SECONDS: u64 = 3_000_000;

fn lot() -> LotSize {
    LotSize::from_units_e9(10_000_000).unwrap()
}

/// Forward over spot and discount in e9, total variance in Q64.
type Terms = (u64, u64, u128);

fn terms() -> impl Strategy<Value = Terms> {
    (
        950_000_000_u64..1_050_000_000,
        900_000_000_u64..=1_000_000_000,
        1_u128 << 50..1 << 64,
    )
}

fn former((ratio_e9, discount_e9, variance): Terms, strike: Price) -> FormerMarket {
    FormerMarket {
        forward: Price::from_e9(SPOT / 1_000_000_000 * ratio_e9),
        strike,
        discount: Ratio::from_e9(discount_e9),
        lot: lot(),
        variance: TotalVariance::from_q64(variance).unwrap(),
        average: None,
    }
}

/// A lot's call and put, undiscounted by the library's pair and discounted here, in e9: within a few units.
fn worth(terms: Terms, strike: Price) -> (f64, f64) {
    let market = former(terms, strike);
    let pair = black(market.forward.e9(), strike.e9(), market.variance).unwrap().0;
    let scale = 0.01 * terms.1 as f64 / 1e9;
    (pair.call as f64 * scale, pair.put as f64 * scale)
}

proptest! {
    #[test]
    fn lots_less_their_cost_are_worth_no_more_than_on_any_former_slice(
        present in terms(),
        formers in proptest::collection::vec(terms(), 0..3),
        strike in 100_u64..400,
        call in -1_000_i64..1_000,
        put in prop_oneof![Just(0_i64), -1_000_i64..1_000],
    ) {
        let strike = Price::from_e9(strike * 1_000_000_000);
        let now = former(present, strike);
        let market = StrikeMarket {
            forward: now.forward,
            spot: Price::from_e9(SPOT),
            strike,
            discount: now.discount,
            lot: lot(),
            variance: now.variance,
            variance_slope: TotalVariance::ZERO,
            seconds_to_expiry: SECONDS,
            average: None,
        };
        let volatility = VolatilityParams {
            up: Ratio::from_bps(4_500),
            down: Ratio::from_bps(3_000),
            floor: Ratio::from_bps(4_500),
            short_power: Ratio::from_bps(3_000),
            long_power: Ratio::from_bps(1_300),
        };
        let shocks = PriceShocks::from_range(Ratio::from_bps(1_800)).unwrap();
        let risk = strike_risk(&market, &shocks, &shocks.log_moves_q56().unwrap(), &volatility).unwrap();
        let mut marks = FormerMarks::default();
        for terms in &formers {
            marks = marks.with(&risk, &former(*terms, strike)).unwrap();
        }
        let cost = marks.cost(Lots::new(call), Lots::new(put)).unwrap().e9() as f64;
        let value = |(of_call, of_put): (f64, f64)| call as f64 * of_call + put as f64 * of_put;
        let at_marks = value(worth(present, strike));
        // Noise is at most 2^-24 of a lot's forward, 2.1 USD, for each of call and forward.
        let doubt = (call.abs() + 2 * put.abs()) as f64 * 160.0 + 1.0;
        for terms in &formers {
            prop_assert!(at_marks - cost <= value(worth(*terms, strike)) + doubt);
        }
        if formers.is_empty() {
            prop_assert_eq!(cost, 0.0);
        }
        // No more than it must be: one former slice and calls alone cost exactly what they are worth less.
        if let ([only], 0) = (&formers[..], put) {
            let less = (at_marks - value(worth(*only, strike))).max(0.0);
            prop_assert!((cost - less).abs() <= doubt);
        }
    }
}
