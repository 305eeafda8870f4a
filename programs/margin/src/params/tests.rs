//! The rules that all sets share. Bounds and directions of each parameter have their table in the end-to-end tests.

use super::*;
use alloc::vec;

/// One parameter of each direction, each from 0 to 10.
struct Three {
    up: i64,
    down: i64,
    either: i64,
}

impl ParameterSet for Three {
    fn fields(&self) -> Vec<Field> {
        vec![
            Field::new("up", self.up, 0..=10, Loosens::Up),
            Field::new("down", self.down, 0..=10, Loosens::Down),
            Field::new("either", self.either, 0..=10, Loosens::Either),
        ]
    }
}

const fn set(up: i64, down: i64, either: i64) -> Three {
    Three { up, down, either }
}

#[test]
fn bounds_include_their_ends() {
    for inside in [0, 10] {
        assert_eq!(set(inside, inside, inside).out_of_bounds(), None);
    }
    for outside in [-1, 11] {
        assert_eq!(set(outside, 5, 5).out_of_bounds(), Some("up"));
        assert_eq!(set(5, outside, 5).out_of_bounds(), Some("down"));
        assert_eq!(set(5, 5, outside).out_of_bounds(), Some("either"));
    }
}

#[test]
fn each_direction_loosens_as_it_says() {
    let from = set(5, 5, 5);
    for (to, loosens) in [
        (set(5, 5, 5), false),
        (set(6, 5, 5), true),
        (set(4, 5, 5), false),
        (set(5, 6, 5), false),
        (set(5, 4, 5), true),
        (set(5, 5, 6), true),
        (set(5, 5, 4), true),
        // One loosening among tightenings loosens the whole.
        (set(4, 6, 5), false),
        (set(4, 6, 6), true),
        (set(6, 6, 5), true),
    ] {
        assert_eq!(
            from.is_loosened_by(&to),
            loosens,
            "{}, {}, {}",
            to.up,
            to.down,
            to.either
        );
    }
}

#[test]
fn large_numbers_compare_exactly() {
    let cap = |deposit_cap_atoms| CollateralTerms {
        haircut_e9: 0,
        deposit_cap_atoms,
        window_cap_atoms: 1,
    };
    assert!(cap(u64::MAX - 1).is_loosened_by(&cap(u64::MAX)));
    assert!(!cap(u64::MAX).is_loosened_by(&cap(u64::MAX - 1)));
}
