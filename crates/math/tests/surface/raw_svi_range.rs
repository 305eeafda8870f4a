//! The edges of what a raw SVI slice may be.

use tenor_math::MathError;
use tenor_math::surface::{E12, RawSvi, RawSviError, RawSviParams};

const ONE: u64 = E12;

#[test]
fn each_range_is_decided_at_its_edge() {
    let good = RawSviParams {
        a_e12: 40_000_000_000,
        b_e12: 100_000_000_000,
        rho_e12: 0,
        m_e12: 0,
        sigma_e12: 200_000_000_000,
    };
    assert!(RawSvi::try_new(good).is_ok());
    let refused = |params: RawSviParams| RawSvi::try_new(params).err();
    for out in [
        RawSviParams {
            a_e12: 4 * ONE as i64 + 1,
            ..good
        },
        RawSviParams {
            a_e12: i64::MIN,
            ..good
        },
        RawSviParams {
            b_e12: 2 * ONE + 1,
            ..good
        },
        RawSviParams {
            rho_e12: ONE as i64,
            ..good
        },
        RawSviParams {
            rho_e12: i64::MIN,
            ..good
        },
        RawSviParams {
            m_e12: 2 * ONE as i64 + 1,
            ..good
        },
        RawSviParams {
            m_e12: -2 * ONE as i64 - 1,
            ..good
        },
        RawSviParams {
            sigma_e12: 99_999_999,
            ..good
        },
        RawSviParams {
            sigma_e12: 4 * ONE + 1,
            ..good
        },
        RawSviParams {
            sigma_e12: u64::MAX,
            ..good
        },
    ] {
        assert_eq!(refused(out), Some(RawSviError::Parameter), "{out:?}");
    }
    // The extremes of every range at once do not overflow.
    for rho in [-999_999_999_999, 999_999_999_999] {
        for m in [-2 * ONE as i64, 2 * ONE as i64] {
            for sigma_e12 in [100_000_000, 4 * ONE] {
                let extreme = RawSviParams {
                    a_e12: 4 * ONE as i64,
                    b_e12: ONE,
                    rho_e12: rho,
                    m_e12: m,
                    sigma_e12,
                };
                let verdict = refused(extreme);
                assert!(
                    verdict.is_none() || verdict == Some(RawSviError::Density),
                    "{verdict:?}"
                );
            }
        }
    }
    // b (1 + |rho|) = 2 exactly; a + b sigma sqrt(1 - rho^2) = 1e-8 exactly, at rho = 0.6.
    let wing = |b_e12| RawSviParams {
        a_e12: ONE as i64,
        b_e12,
        rho_e12: 600_000_000_000,
        ..good
    };
    assert_eq!(refused(wing(1_250_000_000_000)), Some(RawSviError::Wing));
    assert_ne!(refused(wing(1_249_999_999_999)), Some(RawSviError::Wing));
    let least = |a_e12| RawSviParams {
        a_e12,
        b_e12: 100_000_000_000,
        rho_e12: 600_000_000_000,
        sigma_e12: 150_000_000_000,
        ..good
    };
    assert_eq!(refused(least(-12_000_000_000 + 9_999)), Some(RawSviError::Variance));
    assert_ne!(refused(least(-12_000_000_000 + 10_000)), Some(RawSviError::Variance));
    let slice = RawSvi::try_new(good).unwrap();
    assert!(slice.at(14 << 56).is_ok());
    assert_eq!(slice.at((14 << 56) + 1), Err(MathError::OutOfDomain));
    assert_eq!(slice.density_factor_q40(i64::MIN), Err(MathError::OutOfDomain));
    assert_eq!(slice.total_variance(i64::MIN), slice.total_variance(-8 << 56));
}
