use crate::decimal::{exact, fixed, rows, to_fixed};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive};
use proptest::prelude::*;
use std::collections::BTreeMap;
use tenor_math::pricing::{OptionPair, TotalVariance, black};
use tenor_math::quantity::Ratio;
use tenor_math::special::ln_ratio_q56;
use tenor_math::surface::{CalendarError, E12, Slice, SliceError, check_calendar};

const ONE: u64 = E12;

fn e12(value: &BigRational) -> BigInt {
    (value * BigRational::from_integer(E12.into())).round().to_integer()
}

/// w of a slice at k = -x/2^56 by integers of 600 bits: the formula, with one root of 200 fractional bits.
fn exact_variance(slice: &Slice, log_moneyness_q56: i64) -> BigRational {
    let ratio = |value: i128| BigRational::new(value.into(), E12.into());
    let (theta, rho, psi) = (
        ratio(slice.theta_e12().into()),
        ratio(slice.rho_e12().into()),
        ratio(slice.psi_e12().into()),
    );
    let k = -fixed(log_moneyness_q56, 56);
    let lever = &psi * &k + &rho * &theta;
    let square = &lever * &lever + &theta * &theta * (BigRational::one() - &rho * &rho);
    let root = fixed(to_fixed(&square, 400).sqrt(), 200);
    (theta + rho * psi * k + root) / BigRational::from_integer(2.into())
}

#[test]
fn verdicts_and_variances_match_ssvi() {
    let (mut accepted, mut refused, mut worst) = (0, 0, 0_f64);
    for row in rows("ssvi_cases.csv") {
        let theta = exact(&row["theta"]);
        let psi = e12(&(&theta * exact(&row["phi"]))).to_u64().unwrap();
        let rho = e12(&exact(&row["rho"])).to_i64().unwrap();
        let slice = Slice::try_new(e12(&theta).to_u64().unwrap(), rho, psi);
        let expected = match (row["cond1"].as_str(), row["cond2"].as_str()) {
            ("1", "1") => None,
            ("0", _) => Some(SliceError::Wing),
            _ => Some(SliceError::Butterfly),
        };
        assert_eq!(slice.err(), expected, "{row:?}");
        let Ok(slice) = slice else {
            refused += 1;
            continue;
        };
        let log_moneyness = to_fixed(&-exact(&row["k"]), 56).to_i64().unwrap();
        let got = fixed(slice.total_variance(log_moneyness).unwrap().q64(), 64);
        // psi is rounded to 1e-12, which |k| <= 1.2 multiplies.
        let error = (&got - exact(&row["w"])).abs().to_f64().unwrap();
        assert!(error <= 1e-12, "{error:e}: {row:?}");
        worst = worst.max((got - exact_variance(&slice, log_moneyness)).abs().to_f64().unwrap());
        accepted += 1;
    }
    assert!(
        accepted >= 100 && refused >= 30,
        "{accepted} accepted, {refused} refused"
    );
    assert!(worst <= 6e-16, "{worst:e}");
    println!("worst error of total variance {worst:e}");
}

#[test]
fn variance_keeps_its_bound_over_the_whole_domain() {
    let (mut worst, mut worst_large, mut tried) = (0_f64, 0_f64, 0);
    for theta in [1_000_000, 400_000_000, 52_000_000_000, ONE, 5 * ONE, 16 * ONE] {
        for rho in [-990, -700, -1, 0, 333, 990] {
            for share in [0, 1, 400, 1_000] {
                let rho = rho * 1_000_000_000_i64;
                let one_plus_rho = 1.0 + rho.abs() as f64 / 1e12;
                let most = (4.0 / one_plus_rho).min(2.0 * (theta as f64 / 1e12 / one_plus_rho).sqrt());
                let psi = (most * share as f64 * 0.999e9) as u64;
                let slice = Slice::try_new(theta, rho, psi).unwrap();
                for eighths in [-64, -63, -17, -4, -1, 0, 1, 3, 9, 40, 64] {
                    let log_moneyness =
                        eighths * (1 << 53) + i64::from(eighths != 64) * 12_345 * i64::from(eighths > -64);
                    let got = fixed(slice.total_variance(log_moneyness).unwrap().q64(), 64);
                    let error = (got - exact_variance(&slice, log_moneyness)).abs().to_f64().unwrap();
                    if theta <= ONE {
                        worst = worst.max(error);
                    } else {
                        worst_large = worst_large.max(error);
                    }
                    tried += 1;
                }
            }
        }
    }
    assert_eq!(tried, 6 * 6 * 4 * 11);
    assert!(worst <= 6e-16, "{worst:e}");
    assert!(worst_large <= 2e-15, "{worst_large:e}");
    println!("worst error for theta <= 1: {worst:e}, for theta <= 16: {worst_large:e}");
    let slice = Slice::try_new(ONE, 0, ONE).unwrap();
    let edge = slice.total_variance(8 << 56);
    assert_eq!(slice.total_variance(i64::MAX), edge, "flat beyond eight e-folds");
    assert_eq!(slice.total_variance((8 << 56) + 1), edge);
}

#[test]
fn each_butterfly_condition_is_decided_at_its_edge() {
    let refused = |theta, rho, psi| Slice::try_new(theta, rho, psi).err();
    assert_eq!(refused(0, 0, 0), Some(SliceError::Theta));
    assert_eq!(refused(1, 0, 0), None);
    assert_eq!(refused(16 * ONE, 0, 0), None);
    assert_eq!(refused(16 * ONE + 1, 0, 0), Some(SliceError::Theta));
    assert_eq!(refused(u64::MAX, 0, 0), Some(SliceError::Theta));
    for sign in [-1, 1] {
        assert_eq!(refused(ONE, sign * (ONE as i64 - 1), 0), None);
        assert_eq!(refused(ONE, sign * ONE as i64, 0), Some(SliceError::Rho));
        // psi (1 + 1/4) = 4 at psi = 3.2.
        let quarter = sign * (ONE / 4) as i64;
        assert_eq!(refused(16 * ONE, quarter, 3_200_000_000_000), Some(SliceError::Wing));
        assert_eq!(refused(16 * ONE, quarter, 3_199_999_999_999), None);
        // psi^2 (1 + 9/16) = 4 theta at theta = 1, psi = 1.6.
        let rho = sign * 562_500_000_000;
        assert_eq!(refused(ONE, rho, 1_600_000_000_000), None);
        assert_eq!(refused(ONE, rho, 1_600_000_000_001), Some(SliceError::Butterfly));
        assert_eq!(refused(ONE - 1, rho, 1_600_000_000_000), Some(SliceError::Butterfly));
    }
    assert_eq!(refused(ONE, i64::MIN, 0), Some(SliceError::Rho));
    assert_eq!(refused(ONE, 0, u64::MAX), Some(SliceError::Wing));
    assert_eq!(refused(ONE, 0, 4 * ONE), Some(SliceError::Wing));
}

#[test]
fn each_calendar_condition_is_decided_at_its_edge() {
    let slice = |theta, rho, psi| Slice::try_new(theta, rho, psi).unwrap();
    let near = slice(40_000_000_000, -300_000_000_000, 200_000_000_000);
    let with = |theta, rho, psi| check_calendar(&near, &slice(theta, rho, psi));
    assert_eq!(check_calendar(&near, &near), Ok(()));
    let rho = -300_000_000_000;
    assert_eq!(with(39_999_999_999, rho, 200_000_000_000), Err(CalendarError::Theta));
    assert_eq!(with(60_000_000_000, rho, 199_999_999_999), Err(CalendarError::Psi));
    // psi / theta may not exceed 5.
    assert_eq!(with(60_000_000_000, rho, 300_000_000_000), Ok(()));
    assert_eq!(
        with(60_000_000_000, rho, 300_000_000_001),
        Err(CalendarError::Curvature)
    );
    // rho psi was -0.06: with psi 0.1 more it may reach -0.16 (rho = -8/15) and 0.04 (rho = 2/15).
    assert_eq!(with(60_000_000_000, -533_333_333_333, 300_000_000_000), Ok(()));
    assert_eq!(
        with(60_000_000_000, -533_333_333_334, 300_000_000_000),
        Err(CalendarError::Wing)
    );
    assert_eq!(with(60_000_000_000, 133_333_333_333, 300_000_000_000), Ok(()));
    assert_eq!(
        with(60_000_000_000, 133_333_333_334, 300_000_000_000),
        Err(CalendarError::Wing)
    );
    // The largest parameters there are do not overflow.
    let largest = slice(16 * ONE, 0, 3_999_999_999_999);
    assert_eq!(check_calendar(&largest, &largest), Ok(()));
    let one_sided = slice(16 * ONE, 999_999_999_999, 2_000_000_000_000);
    assert_eq!(check_calendar(&one_sided, &largest), Err(CalendarError::Curvature));
    assert_eq!(check_calendar(&largest, &one_sided), Err(CalendarError::Psi));
}

#[test]
fn power_law_slices_of_rising_theta_are_in_calendar_order() {
    let mut families: BTreeMap<(String, String, String), Vec<Slice>> = BTreeMap::new();
    for row in rows("ssvi_cases.csv").iter().filter(|row| row["cal_ok"] == "1") {
        let theta = exact(&row["theta"]);
        let psi = e12(&(&theta * exact(&row["phi"]))).to_u64().unwrap();
        let rho = e12(&exact(&row["rho"])).to_i64().unwrap();
        let Ok(slice) = Slice::try_new(e12(&theta).to_u64().unwrap(), rho, psi) else {
            continue;
        };
        let key = (row["rho"].clone(), row["eta"].clone(), row["gamma"].clone());
        let family = families.entry(key).or_default();
        if family.last() != Some(&slice) {
            family.push(slice);
        }
    }
    let mut pairs = 0;
    for family in families.values() {
        for (near, far) in family.iter().zip(family.iter().skip(1)) {
            assert_eq!(check_calendar(near, far), Ok(()), "{near:?} {far:?}");
            assert_eq!(check_calendar(far, near), Err(CalendarError::Theta));
            pairs += 1;
        }
    }
    assert!(pairs >= 30, "only {pairs} pairs");
}

#[test]
fn slack_is_decided_at_its_edge() {
    // theta = 1, rho = 0, psi = 1: c psi^2 <= 4 theta up to c = 4, but c psi < 4 excludes 4 itself.
    let slice = Slice::try_new(ONE, 0, ONE).unwrap();
    assert_eq!(slice.keeps_free_up_to(Ratio::from_e9(3_999_999_999)), Ok(()));
    assert_eq!(
        slice.keeps_free_up_to(Ratio::from_e9(4_000_000_000)),
        Err(SliceError::Wing)
    );
    // psi = 1.5: c <= 16/9.
    let steep = Slice::try_new(ONE, 0, ONE + ONE / 2).unwrap();
    assert_eq!(steep.keeps_free_up_to(Ratio::from_e9(1_777_777_777)), Ok(()));
    assert_eq!(
        steep.keeps_free_up_to(Ratio::from_e9(1_777_777_778)),
        Err(SliceError::Butterfly)
    );
    assert_eq!(steep.scaled(Ratio::from_e9(1_777_777_778)), Err(SliceError::Butterfly));
    let high = Slice::try_new(10 * ONE, 0, 0).unwrap();
    assert_eq!(high.keeps_free_up_to(Ratio::from_e9(1_600_000_000)), Ok(()));
    assert_eq!(
        high.keeps_free_up_to(Ratio::from_e9(1_600_000_001)),
        Err(SliceError::Theta)
    );
    assert_eq!(high.scaled(Ratio::ZERO), Err(SliceError::Theta));
    assert_eq!(high.keeps_free_up_to(Ratio::from_e9(u64::MAX)), Err(SliceError::Theta));
    // A factor below one needs no slack.
    assert_eq!(steep.keeps_free_up_to(Ratio::ZERO), Ok(()));
}

#[test]
fn volatility_is_the_root_of_variance_over_time() {
    let slice = Slice::try_new(40_000_000_000, -200_000_000_000, 150_000_000_000).unwrap();
    // sqrt(0.04 / 0.25) = 0.4 at the money after a quarter of a year.
    let got = slice.volatility(0, 31_536_000 / 4).unwrap().e12();
    assert!(400_000_000_000 - got <= 2, "{got}");
}

/// A slice within its butterfly bounds: `share` of the greatest psi.
/// What stays is what was valid; else theta is at its bound or psi is the greatest that is.
#[test]
fn the_nearest_slice_is_the_same_or_at_the_edge_of_what_is_valid() {
    let is_valid = |theta, rho, psi| Slice::try_new(theta, rho, psi).is_ok();
    let thetas = [0, 1, 40_000_000_000, 3 * E12, 16 * E12, 16 * E12 + 1, u64::MAX];
    let psis = [0, 1, 300_000_000_000, 2 * E12, 4 * E12, u64::MAX];
    let rhos = [0, 1, -700_000_000_000, 999_999_999_999, -999_999_999_999];
    let (mut same, mut less) = (0, 0);
    for (theta, psi, rho) in thetas
        .into_iter()
        .flat_map(|theta| psis.map(|psi| (theta, psi)))
        .flat_map(|(theta, psi)| rhos.map(|rho| (theta, psi, rho)))
    {
        let near = Slice::nearest(theta, rho, psi).unwrap();
        assert_eq!((near.theta_e12(), near.rho_e12()), (theta.clamp(1, 16 * E12), rho));
        if near.psi_e12() == psi {
            same += 1;
        } else {
            less += 1;
            assert!(near.psi_e12() < psi && !is_valid(near.theta_e12(), rho, near.psi_e12() + 1));
        }
        if is_valid(theta, rho, psi) {
            assert_eq!((near.theta_e12(), near.psi_e12()), (theta, psi));
        }
    }
    assert!(same > 50 && less > 50, "{same} {less}");
    // 4 / 1.6 = 2.5 and less than that for a wing; the root of 4 x 0.04 / 1.6 for the density.
    let psi = |theta| Slice::nearest(theta, 600_000_000_000, u64::MAX).unwrap().psi_e12();
    assert_eq!(
        [psi(16 * E12), psi(40_000_000_000)],
        [2_499_999_999_999, 316_227_766_016]
    );
    for rho in [1_000_000_000_000, i64::MIN] {
        assert_eq!(Slice::nearest(E12, rho, 0), Err(SliceError::Rho));
    }
}

fn any_slice() -> impl Strategy<Value = Slice> {
    (10_f64..29.0, -990_000_000_000_i64..=990_000_000_000, 0_f64..0.999_999).prop_map(|(ln_theta, rho, share)| {
        let theta = ln_theta.exp().floor();
        let rho_plus = 1.0 + rho.abs() as f64 / 1e12;
        let most = (4.0 / rho_plus).min(2.0 * (theta / 1e12 / rho_plus).sqrt());
        Slice::try_new(theta as u64, rho, (most * share * 1e12) as u64).unwrap()
    })
}

/// Two slices of which nearly all are in calendar order.
fn any_pair() -> impl Strategy<Value = (Slice, Slice)> {
    (any_slice(), 0_f64..1.5, 0_f64..1.0, -1_f64..1.0).prop_filter_map(
        "a second slice",
        |(near, growth, share, tilt)| {
            let psi_near = near.psi_e12() as f64;
            let theta = near.theta_e12() as f64 * (1.0 + growth);
            let psi = psi_near * (1.0 + growth * share);
            let skew = near.rho_e12() as f64 * psi_near + tilt * 1e12 * (psi - psi_near);
            let rho = if psi > 0.0 { skew / psi } else { 0.0 };
            let far = Slice::try_new(theta as u64, rho as i64, psi as u64).ok()?;
            Some((near, far))
        },
    )
}

fn log_of(forward: u64, strike: u64) -> i64 {
    ln_ratio_q56(forward, strike).unwrap()
}

fn price(slice: &Slice, forward: u64, strike: u64) -> OptionPair {
    let variance = slice.total_variance(log_of(forward, strike)).unwrap();
    black(forward, strike, variance).unwrap().0
}

/// Forward of the priced properties, and how far a price may err: 1.4e-14 of the greater of forward and strike.
const FORWARD: u64 = 1 << 56;
fn slack(strike: u64) -> i128 {
    i128::from(FORWARD.max(strike) >> 46)
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    #[test]
    fn accepted_slices_give_prices_that_fall_and_are_convex_in_strike(
        slice in any_slice(), a in 48_f64..58.0, b in 48_f64..58.0, c in 48_f64..58.0,
    ) {
        let mut strikes = [a, b, c].map(|bits| bits.exp2() as u64);
        strikes.sort_unstable();
        let [low, middle, high] = strikes;
        let [at_low, at_middle, at_high] = strikes.map(|strike| price(&slice, FORWARD, strike));
        let (near, far) = (i128::from(middle - low), i128::from(high - middle));
        let of = |pair: OptionPair| i128::from(pair.call);
        let tolerance = slack(high);
        prop_assert!(of(at_low) + tolerance >= of(at_middle) && of(at_middle) + tolerance >= of(at_high), "not decreasing");
        prop_assert!(of(at_low) - of(at_middle) <= near + tolerance, "falls faster than the strike rises");
        prop_assert!(
            of(at_low) * far + of(at_high) * near + tolerance * (near + far) >= of(at_middle) * (near + far),
            "not convex"
        );
    }

    #[test]
    fn accepted_pairs_are_in_order_at_every_strike((near, far) in any_pair(), log_moneyness in -8_i64 << 56..8 << 56, strike in 48_f64..64.0) {
        if check_calendar(&near, &far).is_ok() {
            let at = |slice: &Slice| slice.total_variance(log_moneyness).unwrap().q64();
            // Twice the error of one evaluation, 2e-15, in Q64.
            prop_assert!(at(&far) + 73_787 >= at(&near), "variance falls by {}", at(&near) - at(&far));
            let strike = strike.min(62.9).exp2() as u64;
            let value = |slice: &Slice| i128::from(price(slice, FORWARD, strike).call);
            prop_assert!(value(&far) + slack(strike) >= value(&near), "price falls");
        }
    }

    #[test]
    fn any_crossing_pair_is_refused(near in any_slice(), far in any_slice(), log_moneyness in -8_i64 << 56..8 << 56) {
        let at = |slice: &Slice| slice.total_variance(log_moneyness).unwrap().q64();
        if at(&far) + 73_787 < at(&near) {
            prop_assert!(check_calendar(&near, &far).is_err());
        }
    }

    #[test]
    fn a_slice_with_slack_scales_by_every_factor_up_to_it(
        slice in any_slice(), greatest in 1_000_000_000_u64..5_000_000_000, part in 0_f64..=1.0, log_moneyness in -8_i64 << 56..8 << 56,
    ) {
        let factor = ((greatest as f64 * part) as u64).max(1_000_000);
        if slice.keeps_free_up_to(Ratio::from_e9(greatest)).is_ok() {
            let scaled = slice.scaled(Ratio::from_e9(factor));
            prop_assert!(scaled.is_ok(), "{scaled:?}");
            let got = scaled.unwrap().total_variance(log_moneyness).unwrap().q64() as f64;
            let want = slice.total_variance(log_moneyness).unwrap().q64() as f64 * factor as f64 / 1e9;
            // theta and psi |k| are rounded by 1e-12; near |rho| = 1 theirs is multiplied.
            prop_assert!((got - want).abs() / TotalVariance::from_q64(1 << 64).unwrap().q64() as f64 <= 2e-11 + want * 1e-15);
        } else {
            // The condition is sharp: the greatest factor itself fails, but for the rounding of theta and psi.
            let more = Ratio::from_e9(greatest + 10 + greatest / 1_000);
            prop_assert!(slice.scaled(more).is_err() || slice.psi_e12() < 10_000, "refused without need");
        }
    }
}
