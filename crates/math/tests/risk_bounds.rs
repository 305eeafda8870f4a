//! Steps, books and health of made-up strikes whose numbers are worked out by hand.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use tenor_math::MathError;
use tenor_math::pricing::TotalVariance;
use tenor_math::quantity::{LotSize, Lots, Price, Ratio, Value};
use tenor_math::risk::{
    Collateral, FormerMarks, Health, HealthBuilder, PriceInterval, PriceShocks, Purpose, RiskParams, SCENARIOS, Step,
    StrikeMarket, StrikeRisk, StrikeView, UnderlyingBook, UnderlyingRisk, VolatilityParams, WithdrawalCheck,
    strike_risk,
};

const USD: i64 = 1_000_000_000;
const NONE: RiskParams = RiskParams {
    initial_short: Ratio::ZERO,
    maintenance_short: Ratio::ZERO,
    roll: Ratio::ZERO,
    concentration: Ratio::ZERO,
};

fn usd(usd: u64) -> Price {
    Price::from_e9(usd * 1_000_000_000)
}

fn value(e9: i64) -> Value {
    Value::from_e9(e9)
}

fn lot() -> LotSize {
    LotSize::from_units_e9(1_000_000_000).unwrap()
}

fn fifth() -> PriceShocks {
    PriceShocks::from_range(Ratio::from_bps(2_000)).unwrap()
}

fn view(reference: Price, pnl_e9: &[i64; SCENARIOS]) -> StrikeView<'_> {
    StrikeView {
        reference,
        mark: value(5 * USD),
        forward_value: value(i64::try_from(reference.e9()).unwrap()),
        strike_value: value(200 * USD),
        delta_units_e9: 500_000_000,
        drift_e9: 1_000,
        pnl_e9,
        pnl_bound_e9: pnl_e9.iter().map(|pnl| pnl.unsigned_abs()).max().unwrap(),
    }
}

/// What an underlying contributes whose book holds (expiry, calls, puts, free lots) at 100 USD with one of confidence.
fn assessed(params: &RiskParams, holdings: &[(usize, i64, i64, u64)]) -> UnderlyingRisk {
    let (shocks, pnl_e9) = (fifth(), [0; SCENARIOS]);
    let mut book = UnderlyingBook::new(PriceInterval::around(usd(100), usd(1)), lot(), &shocks);
    for (expiry, call, put, free_lots) in holdings {
        let view = view(usd(100), &pnl_e9);
        book.add_strike(*expiry, Lots::new(*call), Lots::new(*put), *free_lots, &view)
            .unwrap();
    }
    book.assess(params, Purpose::Liquidation, &mut [0; SCENARIOS]).unwrap()
}

#[test]
fn a_step_lies_below_one_between_prices_that_exist() {
    let between = |reference: u64, spot: u64| Step::between(Price::from_e9(reference), Price::from_e9(spot));
    assert_eq!(between(0, 5), Err(MathError::DivideByZero));
    for spot in [0, 10] {
        assert_eq!(between(5, spot), Err(MathError::OutOfDomain));
    }
    assert_eq!(between(1 << 63, 5), Err(MathError::Overflow));
    assert_eq!(between(5, 1 << 63), Err(MathError::Overflow));
    let step = between(5, 9).unwrap();
    assert_eq!((step.reference().e9(), step.spot().e9(), step.is_zero()), (5, 9, false));
    assert!(between(5, 5).unwrap().is_zero() && between(5, 1).is_ok());
}

#[test]
fn marks_move_by_delta_and_the_forward_by_the_step_rounded_down() {
    let pnl_e9 = [0; SCENARIOS];
    let strike = StrikeView {
        strike_value: value(100 * USD),
        ..view(usd(100), &pnl_e9)
    };
    let marks = |spot| {
        let marks = strike.marks(usd(spot)).unwrap();
        [marks.call, marks.put, marks.forward].map(Value::e9)
    };
    assert_eq!(marks(100), [5_000_000_000, 5_000_000_000, 100_000_000_000]);
    // A hundredth in binary is a little less than that.
    assert_eq!(marks(101), [5_500_000_000, 4_500_000_001, 100_999_999_999]);
    assert_eq!(marks(99), [4_500_000_000, 5_500_000_000, 99_000_000_000]);
    // Never below intrinsic value: 5 + 15 < 30, less a unit of the forward.
    assert_eq!(marks(130), [29_999_999_999, 0, 129_999_999_999]);
}

#[test]
fn doubt_is_drift_times_step_and_what_rounding_costs() {
    let (shocks, pnl_e9) = (fifth(), [0; SCENARIOS]);
    // Bound and forward sum to 1,000 x 2^27.
    let strike = StrikeView {
        pnl_bound_e9: 34_217_728_000,
        ..view(usd(100), &pnl_e9)
    };
    let doubt = |spot| {
        let mut book = UnderlyingBook::new(PriceInterval::around(usd(spot), usd(0)), lot(), &shocks);
        book.add_strike(0, Lots::new(-2), Lots::new(1), u64::MAX, &strike)
            .unwrap();
        let risk = book.assess(&NONE, Purpose::Liquidation, &mut [0; SCENARIOS]).unwrap();
        assert_eq!(risk.liquidation_tolerance, Some(risk.initial_uncertainty));
        risk.initial_uncertainty.e9()
    };
    assert_eq!(doubt(100), 0);
    // One net lot: drift of 1,000 over a hundredth, and 1,000 of its size; three lots held: 48 and a unit of delta each.
    for spot in [99, 101] {
        assert_eq!(doubt(spot), 9 + 1_000 + 3 * 49 + 2, "{spot}");
    }
}

#[test]
fn strikes_of_one_reference_move_together() {
    let (shocks, mut pnl_e9) = (fifth(), [0; SCENARIOS]);
    pnl_e9[4] = 1;
    let loss = |references: [u64; 2]| {
        let mut book = UnderlyingBook::new(PriceInterval::around(usd(129), usd(0)), lot(), &shocks);
        for reference in references {
            let flat = StrikeView {
                delta_units_e9: 0,
                ..view(usd(reference), &pnl_e9)
            };
            book.add_strike(0, Lots::new(1), Lots::ZERO, u64::MAX, &flat).unwrap();
        }
        let mut systemic_e9 = [7; SCENARIOS];
        let risk = book.assess(&NONE, Purpose::Liquidation, &mut systemic_e9).unwrap();
        assert_eq!([systemic_e9[0], systemic_e9[10]], [7, 7 - risk.scenario_loss.e9()]);
        (risk.scenario_loss.e9(), risk.worst_scenario)
    };
    // A lot each of 1 at +5%: at +10% the chord below takes 1/128 x 1.1 / 10% of it off, rounded down once a reference.
    assert_eq!(loss([128, 128]), (1, 10));
    assert_eq!(loss([128, 127]), (2, 10));
    // Without a step there is nothing to move, and nothing to lose.
    assert_eq!(loss([129, 129]), (0, 0));
}

#[test]
fn a_settled_debt_counts_in_full_and_a_gain_not_for_a_withdrawal() {
    let assessed = |payoffs: &[i64]| {
        let shocks = fifth();
        let mut book = UnderlyingBook::new(PriceInterval::around(usd(100), usd(1)), lot(), &shocks);
        for payoff in payoffs {
            book.add_settled(value(*payoff)).unwrap();
        }
        let risk = book.assess(&NONE, Purpose::Liquidation, &mut [0; SCENARIOS]).unwrap();
        (risk.option_value.e9(), risk.withdrawal_loss.e9())
    };
    assert_eq!(assessed(&[10]), (10, 0));
    assert_eq!(assessed(&[10, -15]), (-5, 5));
}

#[test]
fn contingencies_count_net_shorts_lots_beyond_the_free_ones_and_deltas_by_expiry() {
    let params = RiskParams {
        initial_short: Ratio::from_bps(50),
        maintenance_short: Ratio::from_bps(30),
        roll: Ratio::ZERO,
        concentration: Ratio::from_bps(100),
    };
    let of = |params: &RiskParams, holdings: &[(usize, i64, i64, u64)]| {
        let risk = assessed(params, holdings);
        (risk.initial_contingency.e9(), risk.maintenance_contingency.e9())
    };
    // Five net short lots and three of fifteen that are not free, each worth 100.
    assert_eq!(of(&params, &[(0, -10, 5, 12)]), (5_500_000_000, 1_500_000_000));
    // A conversion has no naked option, and longs alone no contingency.
    assert_eq!(of(&params, &[(0, -10, 10, 18)]), (2 * USD, 0));
    assert_eq!(of(&params, &[(0, 10, -10, 18)]), (2 * USD, 0));
    assert_eq!(of(&params, &[(0, 10, 10, 0)]), (0, 0));
    assert_eq!(of(&params, &[(0, 0, 0, 0)]), (0, 0));
    // Five units long in one expiry and five short in the next; a put short is a delta long: 0.5 less 1, times -4.
    let roll = RiskParams {
        roll: Ratio::from_bps(10),
        ..NONE
    };
    assert_eq!(of(&roll, &[(0, 10, 0, 99), (1, -10, 0, 99)]), (USD, USD));
    assert_eq!(of(&roll, &[(2, 0, -4, 99)]), (200_000_000, 200_000_000));
}

#[test]
fn confidence_costs_delta_and_drift_whichever_way() {
    // Ten lots of half a unit each over one USD, and drift of 1,000 a lot over a hundredth.
    for lots in [10, -10] {
        let risk = assessed(&NONE, &[(0, lots, 0, 99)]);
        // The step is rounded up, and so is what the drift costs.
        assert_eq!(risk.liquidation_tolerance, Some(value(5_000_000_101)));
        assert_eq!(risk.initial_uncertainty.e9(), 5 * USD);
    }
    // Longs count for nothing in a withdrawal.
    assert_eq!(assessed(&NONE, &[(0, 10, 0, 99)]).withdrawal_uncertainty, Value::ZERO);
    assert_eq!(assessed(&NONE, &[(0, -10, 0, 99)]).withdrawal_uncertainty.e9(), 5 * USD);
}

#[test]
fn a_book_without_a_price_has_no_deltas() {
    let shocks = fifth();
    let mut book = UnderlyingBook::new(PriceInterval::around(usd(0), usd(1)), lot(), &shocks);
    book.add_collateral(Collateral {
        value: value(5),
        haircut: Ratio::ZERO,
    })
    .unwrap();
    let risk = book.assess(&NONE, Purpose::Liquidation, &mut [0; SCENARIOS]).unwrap();
    assert_eq!(
        (risk.collateral_value.e9(), risk.liquidation_tolerance),
        (5, Some(Value::ZERO))
    );
}

#[test]
fn no_requirement_asks_for_more_than_the_greatest_loss() {
    let capped = |greatest_loss| {
        let risk = UnderlyingRisk {
            scenario_loss: value(100),
            initial_contingency: value(30),
            maintenance_contingency: value(20),
            haircut: value(7),
            ..UnderlyingRisk::default()
        };
        let capped = risk.capped(value(greatest_loss));
        assert_eq!(capped.haircut, value(7));
        [
            capped.scenario_loss,
            capped.initial_contingency,
            capped.maintenance_contingency,
        ]
        .map(Value::e9)
    };
    assert_eq!(capped(200), [100, 30, 20]);
    assert_eq!(capped(125), [100, 25, 20]);
    assert_eq!(capped(110), [100, 10, 10]);
    assert_eq!(capped(60), [60, 0, 0]);
    assert_eq!(capped(-5), [0, 0, 0]);
}

/// What calls contribute that are marked at 5 USD, lose so many USD in one scenario and are one USD off a former slice's mark,
/// either way.
fn with_former_slices(calls: &[i64], loss: i64) -> UnderlyingRisk {
    let (shocks, mut pnl_e9) = (fifth(), [0; SCENARIOS]);
    pnl_e9[4] = -loss * USD;
    let former = FormerMarks {
        call_below_e9: 1_000_000_000,
        call_above_e9: 1_000_000_000,
        forward_off_e9: 0,
    };
    let mut book = UnderlyingBook::new(PriceInterval::around(usd(100), usd(0)), lot(), &shocks);
    for lots in calls {
        let call = Lots::new(*lots);
        book.add_strike(0, call, Lots::ZERO, 99, &view(usd(100), &pnl_e9))
            .unwrap();
        book.add_former(call, Lots::ZERO, &former).unwrap();
    }
    book.assess(&NONE, Purpose::Action, &mut [0; SCENARIOS]).unwrap()
}

#[test]
fn in_a_withdrawal_former_slices_take_from_what_options_are_worth_and_no_more() {
    let asked = |calls: &[i64], loss| {
        let risk = with_former_slices(calls, loss);
        let withdrawal = risk.withdrawal_loss.try_add(risk.withdrawal_contingency).unwrap();
        [risk.initial_contingency, withdrawal].map(|value| value.e9() / USD)
    };
    // Ten long and one short are worth 45 and cost 11 on former slices: 34 are no gain and no loss.
    assert_eq!(asked(&[10, -1], 0), [11, 0]);
    // Nine net lose 27 of the 45, of which 7 are left; or 36, and 2 are missing; or all.
    assert_eq!(asked(&[10, -1], 3), [11, 0]);
    assert_eq!(asked(&[10, -1], 4), [11, 2]);
    assert_eq!(asked(&[10, -1], 5), [11, 11]);
    // Shorts are worth less than nothing before: 45 owed, and 9 more on a former slice.
    assert_eq!(asked(&[-9], 0), [9, 45 + 9]);
    // Longs alone are never worth less than nothing.
    assert_eq!(asked(&[10], 5), [10, 0]);
}

#[test]
fn what_former_slices_take_in_a_withdrawal_is_held_against_the_greatest_loss() {
    let asked = |greatest_loss: i64| {
        let risk = with_former_slices(&[10, -1], 4).capped(value(greatest_loss * USD));
        let withdrawal = risk.withdrawal_loss.try_add(risk.withdrawal_contingency).unwrap();
        withdrawal.e9() / USD
    };
    // The scenarios lose 36 of 45. A book that can lose 37 leaves one for all that former slices say.
    assert_eq!([50, 38, 37, 36].map(asked), [2, 2, 1, 0]);
}

/// An underlying whose spread loses all that it can in its worst scenario, and what it costs on a former slice.
fn spread(loss: i64, greatest_loss: i64, former_cost: i64) -> UnderlyingRisk {
    let risk = UnderlyingRisk {
        scenario_loss: value(loss),
        initial_contingency: value(former_cost),
        former_cost: value(former_cost),
        ..UnderlyingRisk::default()
    };
    risk.capped(value(greatest_loss))
}

/// Initial and maintenance requirements of underlyings that lose at most 8 together in one scenario.
fn asked_together(parts: &[UnderlyingRisk], credit: Ratio) -> (i64, i64) {
    let mut builder = HealthBuilder::new(Value::ZERO);
    for part in parts {
        builder.add(part).unwrap();
    }
    builder.systemic_mut()[5] = -8;
    let health = builder.finish(credit, Ratio::ONE).unwrap();
    (health.initial.e9(), health.maintenance.e9())
}

#[test]
fn no_credit_is_given_on_what_former_slices_may_cost() {
    // Two short spreads ten wide, in opposite directions, marked at 2: each can lose 8, does so in its worst scenario, and was
    // marked at 10 on the day's slice. Less a quarter of 16 - 8, an account of 18 would pass that owes 20 on that slice.
    let quarter = Ratio::from_bps(2_500);
    assert_eq!(asked_together(&[spread(8, 8, 8), spread(8, 8, 8)], quarter), (16, 14));
    assert_eq!(asked_together(&[spread(8, 8, 8), spread(8, 8, 8)], Ratio::ONE), (16, 8));
    // Without a cost, or one that fits below the greatest loss beside the scenarios', the credit is as it was.
    assert_eq!(asked_together(&[spread(8, 8, 0), spread(8, 8, 0)], quarter), (14, 14));
    assert_eq!(asked_together(&[spread(8, 11, 3), spread(8, 11, 3)], quarter), (20, 14));
    // Two of three fit: 14 of scenarios and 6 of cost, less a quarter of 14 - 8, rounded down.
    assert_eq!(asked_together(&[spread(8, 10, 3), spread(8, 10, 3)], quarter), (19, 14));
}

#[test]
fn health_is_equity_less_what_is_asked() {
    let health = Health {
        equity: value(100),
        initial: value(30),
        maintenance: value(20),
        initial_uncertainty: value(5),
        ..Health::default()
    };
    assert_eq!(health.initial_health(), Ok(value(65)));
    assert_eq!(health.maintenance_health(), Ok(value(80)));
    let is_unhealthy = |tolerance| {
        let health = Health {
            equity: value(10),
            liquidation_tolerance: tolerance,
            ..health
        };
        health.is_certainly_unhealthy()
    };
    let tolerances = [9, 10, 11].map(|tolerance| is_unhealthy(Some(value(tolerance))));
    assert_eq!(tolerances, [Ok(true), Ok(false), Ok(false)]);
    assert_eq!(is_unhealthy(None), Err(MathError::OutOfDomain));
    let withdrawal = |withdrawable| {
        let health = Health {
            withdrawable: value(withdrawable),
            ..health
        };
        health.withdrawal()
    };
    assert_eq!(withdrawal(1), Ok(WithdrawalCheck::Passes));
    assert_eq!(withdrawal(0), Ok(WithdrawalCheck::Passes));
    assert_eq!(withdrawal(-3), Ok(WithdrawalCheck::Short(value(3))));
}

#[test]
fn credit_is_a_share_of_what_underlyings_do_not_lose_together() {
    let mut builder = HealthBuilder::new(value(1_000));
    for _ in 0..2 {
        let risk = UnderlyingRisk {
            scenario_loss: value(100),
            initial_contingency: value(3),
            maintenance_contingency: value(2),
            ..UnderlyingRisk::default()
        };
        builder.add(&risk).unwrap();
    }
    builder.systemic_mut()[5] = -120;
    let asked = |credit| {
        let health = builder.finish(credit, Ratio::from_bps(5_000))?;
        Ok((health.initial.e9(), health.maintenance.e9()))
    };
    assert_eq!(asked(Ratio::ZERO), Ok((206, 104)));
    assert_eq!(asked(Ratio::from_bps(5_000)), Ok((166, 84)));
    assert_eq!(asked(Ratio::ONE), Ok((126, 64)));
    assert_eq!(asked(Ratio::from_e9(1_000_000_001)), Err(MathError::OutOfDomain));
}

/// The array of a call at expiry on 200 USD, worth its intrinsic value in every scenario.
fn at_expiry(strike: u64, spot: u64, discount: Ratio) -> Result<StrikeRisk, MathError> {
    let market = StrikeMarket {
        forward: usd(200),
        spot: usd(spot),
        strike: usd(strike),
        discount,
        lot: lot(),
        variance: TotalVariance::ZERO,
        variance_slope: TotalVariance::ZERO,
        seconds_to_expiry: 0,
        average: None,
    };
    let volatility = VolatilityParams {
        up: Ratio::from_bps(4_500),
        down: Ratio::from_bps(3_000),
        floor: Ratio::from_bps(4_500),
        short_power: Ratio::from_bps(3_000),
        long_power: Ratio::from_bps(1_300),
    };
    let shocks = fifth();
    strike_risk(&market, &shocks, &shocks.log_moves_q56()?, &volatility)
}

#[test]
fn drift_at_expiry_is_that_of_the_kink() {
    // At an end of the range the kink's second difference, 5% of the forward and 8 units, counts whole over one spacing.
    let drift = |strike| at_expiry(strike, 200, Ratio::ONE).unwrap().drift_e9;
    assert_eq!(drift(240), 24 * (10_000_000_000 + 8));
    assert_eq!(drift(160), 16 * (10_000_000_000 + 8));
    let far = at_expiry(300, 200, Ratio::ONE).unwrap();
    assert_eq!(
        (far.pnl_e9[29], far.pnl_e9[30], far.pnl_bound_e9),
        (0, 100_000_000_000, 700_000_000_000)
    );
}

#[test]
fn refuses_a_discount_above_one_and_no_price() {
    assert_eq!(at_expiry(200, 0, Ratio::ONE), Err(MathError::OutOfDomain));
    assert_eq!(
        at_expiry(200, 200, Ratio::from_e9(1_000_000_001)),
        Err(MathError::OutOfDomain)
    );
    assert_eq!(at_expiry(0, 200, Ratio::ONE), Err(MathError::OutOfDomain));
}
