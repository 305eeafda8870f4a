//! The computation in floats against published numbers and hand arithmetic.

use tenor_tests::portfolios::model::{
    Charges, Collateral, Concentration, Expiry, Holding, Holdings, House, Kind, Market, Option76, Requirement, Rules,
    Slice, Strike, Underlying, Volatility, VolatilityMoves, requirement, scenarios, standard_rule,
};

const MOVES: VolatilityMoves = VolatilityMoves {
    up: 0.45,
    down: 0.30,
    floor: 0.45,
    short_power: 0.5,
    long_power: 0.5,
};

const THIRTY_DAYS: f64 = 30.0 * 86_400.0;

#[track_caller]
fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found}, expected {expected}");
}

/// Two assets at 200 and 100 with lots of one unit, and options without variance: values are intrinsic, so that all that
/// follows is mental arithmetic.
fn plain(strikes: &[f64]) -> Market {
    let underlying = |spot: f64| Underlying {
        spot,
        confidence: 1.0,
        average: 0.95 * spot,
        range: 0.18,
        lot: 1.0,
        volatility: MOVES,
        charges: Charges {
            initial_short: 0.005,
            maintenance_short: 0.003,
            roll: 0.001,
        },
    };
    let expiry = |underlying: usize, scale: f64| Expiry {
        underlying,
        seconds_left: 0.0,
        slice_seconds: 1.0,
        slice: Slice {
            theta: 0.1,
            rho: 0.0,
            psi: 0.1,
        },
        forward_ratio: 1.0,
        discount: 1.0,
        strikes: strikes
            .iter()
            .map(|price| Strike {
                price: scale * price,
                open_interest: 10.0,
            })
            .collect(),
    };
    let own = |underlying: usize| Collateral {
        haircut: 0.1,
        priced_by: underlying,
        moves_with: underlying,
    };
    // The third collateral has the second asset's feed and the first one's scenarios.
    let foreign = Collateral { priced_by: 1, ..own(0) };
    Market {
        house: House {
            correlation_credit: 0.25,
            maintenance_factor: 0.8,
        },
        underlyings: vec![underlying(200.0), underlying(100.0)],
        collaterals: vec![own(0), own(1), foreign],
        expiries: vec![expiry(0, 1.0), expiry(1, 0.5)],
    }
}

const fn option(expiry: usize, strike: usize, kind: Kind, lots: f64) -> Holding {
    Holding {
        expiry,
        strike,
        kind,
        lots,
    }
}

fn options(options: &[Holding]) -> Holdings {
    Holdings {
        options: options.to_vec(),
        ..Holdings::default()
    }
}

fn by_program(market: &Market, holdings: &Holdings) -> Requirement {
    requirement(market, holdings, &Rules::OF_THE_PROGRAM)
}

/// None of the parts that can be switched.
const BARE: Rules = Rules {
    average_widens: false,
    concentration: None,
    greatest_loss_caps: false,
};

#[test]
fn blacks_formula_gives_the_published_price() {
    // Haug, "The complete guide to option pricing formulas", Black-76 on Brent futures: 1.7011, call and put.
    for kind in [Kind::Call, Kind::Put] {
        let option = Option76 {
            kind,
            forward: 19.0,
            strike: 19.0,
            variance: 0.28 * 0.28 * 0.75,
        };
        let value = (-0.1_f64 * 0.75).exp() * option.value();
        assert!((value - 1.7011).abs() < 5e-5, "{value}");
    }
}

#[test]
fn the_slice_at_points_where_its_root_is_whole() {
    let slice = |theta, rho, psi| Slice { theta, rho, psi };
    assert_near(slice(0.3, -0.4, 0.2).total_variance(0.0), 0.3);
    // sqrt(3 + 1) = 2.
    assert_near(slice(1.0, 0.0, 1.0).total_variance(3.0_f64.sqrt()), 1.5);
    // sqrt(0.36 + 0.64) = 1; a positive correlation lowers the side below the forward.
    assert_near(slice(1.0, 0.6, 1.0).total_variance(-1.2), 0.64);
}

#[test]
fn volatility_moves_by_time_left_and_keeps_its_floor() {
    let sigma = |volatility: f64, seconds: f64, shock| {
        let scale = seconds / 31_536_000.0;
        (MOVES.shocked(volatility * volatility * scale, seconds, shock) / scale).sqrt()
    };
    assert_near(sigma(0.6, THIRTY_DAYS, Volatility::Up), 0.87);
    assert_near(sigma(0.6, THIRTY_DAYS, Volatility::Flat), 0.6);
    assert_near(sigma(0.6, THIRTY_DAYS, Volatility::Down), 0.42);
    assert_near(sigma(0.2, THIRTY_DAYS, Volatility::Up), 0.45);
    // The root of a quarter is a half.
    assert_near(sigma(0.6, 4.0 * THIRTY_DAYS, Volatility::Up), 0.6 * 1.225);
    // An hour counts as a day, where thirty's root takes more than all away.
    assert_near(
        sigma(0.6, 3_600.0, Volatility::Up),
        0.6 * (1.0 + 0.45 * 30.0_f64.sqrt()),
    );
    assert_near(sigma(0.6, 3_600.0, Volatility::Down), 0.0);
}

#[test]
fn there_are_33_scenarios_and_a_tail_costs_a_line_what_the_end_of_the_range_does() {
    let all = scenarios(0.2);
    assert_eq!(all.len(), 33);
    let tails: Vec<(f64, f64)> = all[27..].iter().map(|of| (of.price_move, of.weight)).collect();
    let weights = [0.2 / 0.66, 0.2 / 0.33, 0.4, 0.2, 0.1, 0.05];
    for ((price_move, weight), expected) in tails.iter().zip(weights) {
        assert_near(*weight, expected);
        assert_near((price_move * weight).abs(), 0.2);
    }
    assert_near(scenarios(0.4)[28].weight, 1.0);
}

#[test]
fn collateral_loses_the_range_and_the_price_may_be_anywhere_in_its_interval() {
    let market = plain(&[200.0]);
    let holdings = Holdings {
        collaterals: vec![(0, 10.0)],
        ..Holdings::default()
    };
    let of = by_program(&market, &holdings);
    // Ten units at 200 less a tenth; 18% of that; nine units times one dollar of confidence.
    assert_near(of.equity, 1_800.0);
    assert_near(of.haircut, 200.0);
    assert_near(of.scenarios, 324.0);
    let bare = requirement(&market, &holdings, &BARE);
    assert_near(bare.uncertainty, 9.0);
    assert_near(bare.withdrawable, 1_800.0 - 324.0 - 9.0);
    // The average is ten dollars lower.
    let widened = Rules {
        average_widens: true,
        ..BARE
    };
    assert_near(requirement(&market, &holdings, &widened).uncertainty, 90.0);
}

#[test]
fn a_token_with_its_own_feed_is_priced_by_that_and_moved_by_its_relative() {
    let market = plain(&[200.0]);
    let holdings = Holdings {
        collaterals: vec![(2, 10.0)],
        ..Holdings::default()
    };
    let of = requirement(&market, &holdings, &BARE);
    assert_near(of.equity, 900.0);
    assert_near(of.underlyings[0].scenario_loss, 162.0);
    assert_near(of.underlyings[1].scenario_loss, 0.0);
    assert_near(of.underlyings[0].uncertainty, 0.0);
    assert_near(of.underlyings[1].uncertainty, 9.0);
}

#[test]
fn a_short_put_costs_its_loss_at_the_end_of_the_range_and_half_a_percent() {
    let market = plain(&[200.0]);
    let of = requirement(&market, &options(&[option(0, 0, Kind::Put, -1.0)]), &BARE);
    assert_near(of.scenarios, 36.0);
    assert_near(of.initial, 37.0);
    assert_near(of.maintenance, 0.8 * 36.0 + 0.6);
    // Without cash nothing can leave, and the option's loss is missing.
    assert_near(of.withdrawable, -37.0);
}

#[test]
fn the_net_delta_of_each_expiry_rolls_at_a_tenth_of_a_percent() {
    let market = plain(&[150.0, 250.0]);
    // A short call deep in the money is short one unit: 0.2 to roll, 1 to be short. Worst at +18%.
    let short = requirement(&market, &options(&[option(0, 0, Kind::Call, -1.0)]), &BARE);
    assert_near(short.initial, 36.0 + 1.0 + 0.2);
    assert_near(short.uncertainty, 1.0);
    // A call without shorts beside it has no contingencies.
    let long = requirement(&market, &options(&[option(0, 0, Kind::Call, 1.0)]), &BARE);
    assert_near(long.initial, 36.0);
    assert_near(long.withdrawable, 0.0);
}

#[test]
fn a_call_and_a_put_of_opposite_sign_are_no_naked_option() {
    let market = plain(&[200.0]);
    let legs = [option(0, 0, Kind::Call, -1.0), option(0, 0, Kind::Put, 1.0)];
    let of = requirement(&market, &options(&legs), &BARE);
    assert_near(of.scenarios, 36.0);
    assert_near(of.initial, 36.0);
}

#[test]
fn losses_that_assets_do_not_have_together_get_a_credit() {
    let market = plain(&[200.0]);
    let holdings = Holdings {
        collaterals: vec![(0, 10.0)],
        options: vec![option(1, 0, Kind::Call, -1.0)],
        ..Holdings::default()
    };
    // 324 when all falls, 18 when all rises: a quarter of the 18 that never come on top.
    let of = requirement(&market, &holdings, &BARE);
    assert_near(of.scenarios, 324.0 + 18.0 - 4.5);
}

#[test]
fn gains_of_options_do_not_leave_and_a_paid_long_locks_nothing() {
    let market = plain(&[150.0, 200.0]);
    let mut holdings = options(&[option(0, 0, Kind::Call, 1.0)]);
    holdings.cash = 10.0;
    let of = requirement(&market, &holdings, &BARE);
    assert_near(of.equity, 60.0);
    assert_near(of.initial, 36.0);
    assert_near(of.withdrawable, 10.0);
    // Ten puts gain 360 where ten units of collateral lose 324; the loss is charged, the gain is not.
    let hedged = Holdings {
        collaterals: vec![(0, 10.0)],
        ..options(&[option(0, 1, Kind::Put, 10.0)])
    };
    let of = requirement(&market, &hedged, &BARE);
    assert_near(of.withdrawable, 1_800.0 - 324.0 - 9.0);
    assert!(of.initial < 324.0);
}

#[test]
fn no_book_is_asked_for_more_than_it_can_lose() {
    let market = plain(&[190.0, 200.0]);
    let caps = Rules {
        greatest_loss_caps: true,
        ..BARE
    };
    // A spread ten dollars wide: 10 in the scenarios, 1 for the short option, but 10 is all there is.
    let spread = options(&[option(0, 0, Kind::Put, 1.0), option(0, 1, Kind::Put, -1.0)]);
    assert_near(requirement(&market, &spread, &BARE).initial, 11.0);
    let capped = requirement(&market, &spread, &caps);
    assert_near(capped.initial, 10.0);
    assert_near(capped.maintenance, 8.0);
    // Nothing bounds a naked call.
    let naked = options(&[option(0, 1, Kind::Call, -1.0)]);
    assert_near(
        requirement(&market, &naked, &caps).initial,
        requirement(&market, &naked, &BARE).initial,
    );
    // Cover bounds it: 180 after the haircut, of which the scenarios take 32.4 and the contingency is 1.
    let covered = Holdings {
        collaterals: vec![(0, 1.0)],
        ..naked
    };
    assert_near(requirement(&market, &covered, &caps).initial, 33.4);
}

#[test]
fn holding_much_of_a_strike_costs_initial_requirement_alone() {
    let market = plain(&[200.0]);
    let short = options(&[option(0, 0, Kind::Put, -5.0)]);
    let concentrated = Rules {
        concentration: Some(Concentration {
            free_share: 0.2,
            free_lots: 0.0,
            rate: 0.01,
        }),
        ..BARE
    };
    let (with, without) = (
        requirement(&market, &short, &concentrated),
        requirement(&market, &short, &BARE),
    );
    // Two of ten are free; three times one percent of 200.
    assert_near(with.initial - without.initial, 6.0);
    assert_near(with.maintenance, without.maintenance);
}

#[test]
fn the_standard_rule_looks_at_payoffs_at_zero_and_every_strike() {
    let market = plain(&[180.0, 200.0, 220.0]);
    let of = |legs: &[Holding]| standard_rule(&market, &options(legs));
    let (call, put) = (
        |strike, lots| option(0, strike, Kind::Call, lots),
        |strike, lots| option(0, strike, Kind::Put, lots),
    );
    assert_near(of(&[call(1, -1.0)]), 20.0 + 30.0);
    assert_near(of(&[put(1, -1.0)]), 200.0);
    assert_near(of(&[call(0, -1.0), call(1, 1.0)]), 20.0);
    assert_near(of(&[put(0, 1.0), put(1, -1.0)]), 20.0);
    assert_near(of(&[call(0, 1.0), call(1, -2.0), call(2, 1.0)]), 0.0);
    // Nothing of one asset helps the other.
    assert_near(of(&[call(1, -1.0), option(1, 1, Kind::Call, 1.0)]), 50.0);
}
