use proptest::prelude::*;
use tenor_math::MathError;
use tenor_math::pricing::TotalVariance;
use tenor_math::surface::{
    CalendarError, E12, Expiry, Slice, Surface, TermError, TermPoint, interpolate, scale_in_time,
};

fn variance(q64: u128) -> TotalVariance {
    TotalVariance::from_q64(q64).unwrap()
}

fn point(seconds: u64, q64: u128) -> TermPoint {
    TermPoint {
        seconds,
        variance: variance(q64),
    }
}

fn expiry(days: u64, theta_e12: u64, psi_e12: u64) -> Expiry {
    Expiry {
        seconds: days * 86_400,
        slice: Slice::try_new(theta_e12, -(E12 as i64) / 5, psi_e12).unwrap(),
    }
}

#[test]
fn interpolates_linearly_and_rounds_down() {
    let (near, far) = (point(100, 1_000), point(200, 2_001));
    assert_eq!(interpolate(near, far, 100), Ok(variance(1_000)));
    assert_eq!(interpolate(near, far, 150), Ok(variance(1_500)));
    assert_eq!(interpolate(near, far, 199), Ok(variance(1_990)));
    assert_eq!(interpolate(near, far, 200), Ok(variance(2_001)));
    for (near, far, seconds) in [
        (near, far, 99),
        (near, far, 201),
        (near, point(100, 2_001), 100),
        (near, point(200, 999), 150),
        (near, point(1 << 47, 2_001), 150),
    ] {
        assert_eq!(interpolate(near, far, seconds), Err(MathError::OutOfDomain));
    }
    // The largest sum there is: 2^80 - 1 times almost 2^47.
    let most = (1 << 80) - 1;
    let wide = interpolate(point(0, most), point((1 << 47) - 1, most), 1 << 40);
    assert_eq!(wide, Ok(variance(most)));
}

#[test]
fn extrapolates_at_constant_volatility() {
    let third = (1_000_u128 << 32) / 3;
    assert_eq!(
        scale_in_time(point(300, 1_000), 100),
        Ok(TotalVariance::from_q96(third).unwrap())
    );
    assert_eq!(scale_in_time(point(300, 1_000), 0), Ok(TotalVariance::ZERO));
    assert_eq!(scale_in_time(point(300, 1_000), 900), Ok(variance(3_000)));
    assert_eq!(scale_in_time(point(0, 1_000), 900), Err(MathError::DivideByZero));
    assert_eq!(scale_in_time(point(1, 1), 1 << 47), Err(MathError::OutOfDomain));
}

#[test]
fn a_surface_refuses_slices_out_of_order() {
    let week = expiry(7, 12_000_000_000, 90_000_000_000);
    let month = expiry(30, 50_000_000_000, 180_000_000_000);
    assert_eq!(Surface::try_new(&[]), Err(TermError::Empty));
    assert_eq!(Surface::try_new(&[month, week]), Err(TermError::Order));
    assert_eq!(Surface::try_new(&[week, week]), Err(TermError::Order));
    assert_eq!(
        Surface::try_new(&[Expiry { seconds: 0, ..week }]),
        Err(TermError::Order)
    );
    let endless = Expiry {
        seconds: 1 << 47,
        ..month
    };
    assert_eq!(Surface::try_new(&[week, endless]), Err(TermError::Order));
    let lower = expiry(60, 49_999_999_999, 180_000_000_000);
    assert_eq!(
        Surface::try_new(&[week, month, lower]),
        Err(TermError::Calendar(CalendarError::Theta))
    );
    assert!(Surface::try_new(&[week, month]).is_ok());
}

#[test]
fn a_surface_is_each_slice_at_its_expiry_and_constant_volatility_outside() {
    let expiries = [
        expiry(7, 12_000_000_000, 90_000_000_000),
        expiry(30, 50_000_000_000, 180_000_000_000),
        expiry(90, 140_000_000_000, 300_000_000_000),
    ];
    let surface = Surface::try_new(&expiries).unwrap();
    let k = 1 << 54;
    let at = |days: u64| surface.total_variance(k, days * 86_400).unwrap().q64();
    for expiry in &expiries {
        assert_eq!(
            surface.total_variance(k, expiry.seconds),
            expiry.slice.total_variance(k)
        );
    }
    assert_eq!(at(0), 0);
    assert_eq!(at(180), 2 * at(90));
    assert_eq!(surface.total_variance(k, 86_400 * 7 / 2).unwrap().q64(), at(7) / 2);
    assert_eq!(at(60), (at(30) + at(90)) / 2);
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    #[test]
    fn total_variance_never_falls_with_time(
        theta in 1_000_000_u64..1_000_000_000_000,
        growths in [0_u64..1_000_000_000_000, 0..1_000_000_000_000],
        shares in [0_f64..1.0, 0_f64..1.0],
        log_moneyness in -8_i64 << 56..8 << 56,
        days in [1_u64..90, 1_u64..90, 1_u64..90],
        times in [0_u64..40_000_000, 0_u64..40_000_000],
    ) {
        let slice = |theta: u64, psi: f64| Slice::try_new(theta, -300_000_000_000, psi as u64).ok();
        let (theta_2, theta_3) = (theta + growths[0], theta + growths[0] + growths[1]);
        let psi = (theta as f64 / 1e12).sqrt() * 0.8e12;
        let psi_2 = psi + shares[0] * psi * (growths[0] as f64 / theta as f64);
        let psi_3 = psi_2 + shares[1] * psi_2 * (growths[1] as f64 / theta_2 as f64);
        let (Some(a), Some(b), Some(c)) = (slice(theta, psi), slice(theta_2, psi_2), slice(theta_3, psi_3)) else {
            return Ok(());
        };
        let seconds = |count: usize| days.iter().take(count).sum::<u64>() * 86_400;
        let expiries = [(1, a), (2, b), (3, c)].map(|(count, slice)| Expiry { seconds: seconds(count), slice });
        let Ok(surface) = Surface::try_new(&expiries) else { return Ok(()) };
        let [early, late] = if times[0] <= times[1] { times } else { [times[1], times[0]] };
        let at = |seconds| surface.total_variance(log_moneyness, seconds).unwrap();
        prop_assert!(at(early) <= at(late), "{early}: {:?}, {late}: {:?}", at(early), at(late));
    }
}
