//! The calendar order of raw SVI slices.

use super::smile::{Smile, params, realistic};
use crate::decimal::rows;
use proptest::prelude::*;
use tenor_math::surface::{RawCalendarError, RawSvi, RawSviError, RawSviParams, check_raw_calendar};

#[test]
fn calendar_verdicts_equal_the_published_ones() {
    let mut compared = 0;
    for row in rows("svi_calendar.csv") {
        let slices = [RawSvi::try_new(params(&row, "1")), RawSvi::try_new(params(&row, "2"))];
        // Only slices free of butterfly arbitrage exist; the near one of this pair is not, so it gets no further.
        if row["name"] == "constructed_cross" {
            assert_eq!(slices[0], Err(RawSviError::Density));
            assert_eq!(row["calendar_free"], "0");
            compared += 1;
            continue;
        }
        let [near, far] = slices.map(Result::unwrap);
        let expected = match row["name"].as_str() {
            "wing_cross" | "atm_ok_wing_l" => Err(RawCalendarError::Wing),
            _ => Ok(()),
        };
        assert_eq!(expected.is_ok(), row["calendar_free"] == "1", "{row:?}");
        assert_eq!(check_raw_calendar(&near, &far), expected, "{row:?}");
        compared += 1;
    }
    assert_eq!(compared, 10);
}

#[test]
fn equal_and_raised_slices_are_in_order_and_touching_ones_are_refused() {
    let flat = |a_e12| RawSviParams {
        a_e12,
        b_e12: 200_000_000_000,
        rho_e12: 0,
        m_e12: 0,
        sigma_e12: 100_000_000_000,
    };
    let near = RawSvi::try_new(flat(40_000_000_000)).unwrap();
    assert_eq!(check_raw_calendar(&near, &near), Ok(()));
    let raised = RawSvi::try_new(flat(40_000_000_001)).unwrap();
    assert_eq!(check_raw_calendar(&near, &raised), Ok(()));
    assert_eq!(check_raw_calendar(&raised, &near), Err(RawCalendarError::Crossing));
    // b 0.2 -> 0.22 adds 0.02 x 0.1 = 0.002 at the money: at a = 0.038 the two touch there.
    let steeper = |a_e12| {
        RawSvi::try_new(RawSviParams {
            b_e12: 220_000_000_000,
            ..flat(a_e12)
        })
        .unwrap()
    };
    assert_eq!(
        check_raw_calendar(&near, &steeper(38_000_000_000)),
        Err(RawCalendarError::Crossing)
    );
    assert_eq!(
        check_raw_calendar(&near, &steeper(37_999_999_000)),
        Err(RawCalendarError::Crossing)
    );
    assert_eq!(check_raw_calendar(&near, &steeper(38_000_100_000)), Ok(()));
    let tilted = |rho_e12| {
        RawSvi::try_new(RawSviParams {
            rho_e12,
            a_e12: 80_000_000_000,
            ..flat(0)
        })
        .unwrap()
    };
    assert_eq!(check_raw_calendar(&near, &tilted(1)), Err(RawCalendarError::Wing));
    assert_eq!(check_raw_calendar(&near, &tilted(-1)), Err(RawCalendarError::Wing));
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    #[test]
    fn accepted_raw_pairs_are_in_order_at_every_strike(
        near in realistic(), far in realistic(), follows in any::<bool>(), factor in 1_f64..3.0, k in -8_f64..8.0,
    ) {
        // Half the pairs are slices of one shape, raised a little: close, so that many are accepted by a small margin.
        let far = if follows {
            RawSviParams { a_e12: (near.a_e12 as f64 * factor) as i64, b_e12: (near.b_e12 as f64 * factor) as u64, ..near }
        } else {
            far
        };
        let (Ok(first), Ok(second)) = (RawSvi::try_new(near), RawSvi::try_new(far)) else { return Ok(()) };
        if check_raw_calendar(&first, &second).is_ok() {
            let (first, second) = (Smile::of(&near), Smile::of(&far));
            for k in [k, first.m + first.sigma * k, second.m + second.sigma * k].map(|k| k.clamp(-8.0, 8.0)) {
                prop_assert!(second.variance(k) >= first.variance(k) - 1e-14, "at {k}");
            }
        }
    }

    #[test]
    fn ordered_raw_pairs_with_room_are_accepted(near in realistic(), factor in 1.01_f64..3.0) {
        // Twice the same smile is above it by at least a hundredth of the least variance.
        let far = RawSviParams { a_e12: (near.a_e12 as f64 * factor) as i64, b_e12: (near.b_e12 as f64 * factor) as u64, ..near };
        let (Ok(first), Ok(second)) = (RawSvi::try_new(near), RawSvi::try_new(far)) else { return Ok(()) };
        prop_assert_eq!(check_raw_calendar(&first, &second), Ok(()));
    }
}
