//! Where an account stands against its requirement.

use crate::MathError;
use crate::quantity::{E9, Ratio, Value};

/// Equity and maintenance requirement of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Equity E.
    pub equity: Value,
    /// Maintenance requirement M.
    pub maintenance: Value,
}

impl Standing {
    /// Equity less requirement.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn health(self) -> Result<Value, MathError> {
        self.equity.try_sub(self.maintenance)
    }

    /// Whether E >= t M, exactly: what ends an auction. An account that needs no margin and owes nothing is at any target.
    pub fn is_at_target(self, target: Ratio) -> bool {
        self.over_target(target) >= 0
    }

    /// Whether E > t M, exactly.
    pub fn is_beyond_target(self, target: Ratio) -> bool {
        self.over_target(target) > 0
    }

    /// E - t M, x 1e18.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "|E| <= 2^63 times 1e9 is below 2^93; |M| <= 2^63 times t < 2^64 is below 2^127, and at most 2^127 - \
                  2^63 since t <= 2^64 - 1"
    )]
    fn over_target(self, target: Ratio) -> i128 {
        let required = i128::from(self.maintenance.e9()) * i128::from(target.e9());
        (i128::from(self.equity.e9()) * i128::from(E9)).saturating_sub(required)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_auction_ends_at_the_target_and_not_before() {
        let of = |equity, maintenance| Standing {
            equity: Value::from_e9(equity),
            maintenance: Value::from_e9(maintenance),
        };
        let target = Ratio::from_bps(11_500);
        assert!(of(115, 100).is_at_target(target) && !of(115, 100).is_beyond_target(target));
        assert!(!of(114, 100).is_at_target(target));
        assert!(of(116, 100).is_beyond_target(target));
        assert!(of(0, 0).is_at_target(target) && !of(-1, 0).is_at_target(target));
        assert!(!of(i64::MIN, i64::MAX).is_at_target(Ratio::from_e9(u64::MAX)));
        assert!(of(i64::MAX, i64::MIN).is_at_target(Ratio::from_e9(u64::MAX)));
        assert_eq!(of(i64::MIN, 1).health(), Err(MathError::Overflow));
    }
}
