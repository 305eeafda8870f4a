//! The requirement of one short option alone, as crypto venues state it.

use crate::pricing::OptionKind;
use crate::quantity::{Ratio, Value};
use crate::{MathError, Round};

/// Rates of the isolated requirement, as fractions of spot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsolatedParams {
    /// Initial rate at the strike; falls by how far the option is out of the money.
    pub initial: Ratio,
    /// Initial rate is at least this.
    pub initial_floor: Ratio,
    /// Maintenance rate. A put's is also taken of its mark if that is larger.
    pub maintenance: Ratio,
    /// A put's initial requirement is at least this multiple of its maintenance requirement.
    pub put_multiple: Ratio,
}

/// An option seen alone, per lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsolatedOption {
    /// Call or put.
    pub kind: OptionKind,
    /// Spot price.
    pub spot: Value,
    /// Strike price.
    pub strike: Value,
    /// Mark.
    pub mark: Value,
}

/// What one short lot requires, its mark included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsolatedRequirement {
    /// To open.
    pub initial: Value,
    /// To keep.
    pub maintenance: Value,
}

/// Requirement of one short lot, its mark included: initial `max(initial S - OTM, floor S) + mark`, maintenance
/// `rate S + mark` for a call and `max(rate S, rate mark) + mark` for a put, whose initial requirement is at least the
/// multiple of its maintenance. OTM is how far the option is out of the money. Each product rounds up.
///
/// Source: the standard margin of Deribit and of those who follow it.
///
/// # Errors
/// [`MathError::Overflow`].
pub fn isolated_short(option: &IsolatedOption, params: &IsolatedParams) -> Result<IsolatedRequirement, MathError> {
    let out_of_the_money = match option.kind {
        OptionKind::Call => option.strike.try_sub(option.spot)?,
        OptionKind::Put => option.spot.try_sub(option.strike)?,
    };
    let initial = params
        .initial
        .of(option.spot, Round::Up)?
        .try_sub(out_of_the_money.or_zero())?
        .max(params.initial_floor.of(option.spot, Round::Up)?)
        .try_add(option.mark)?;
    let base = match option.kind {
        OptionKind::Call => option.spot,
        OptionKind::Put => option.spot.max(option.mark),
    };
    let maintenance = params.maintenance.of(base, Round::Up)?.try_add(option.mark)?;
    let initial = match option.kind {
        OptionKind::Call => initial,
        OptionKind::Put => initial.max(params.put_multiple.of(maintenance, Round::Up)?),
    };
    Ok(IsolatedRequirement { initial, maintenance })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requirement(kind: OptionKind, spot: i64, strike: i64, mark: i64) -> (i64, i64) {
        requirement_at_least(Ratio::ONE, kind, spot, strike, mark)
    }

    fn requirement_at_least(put_multiple: Ratio, kind: OptionKind, spot: i64, strike: i64, mark: i64) -> (i64, i64) {
        let params = IsolatedParams {
            initial: Ratio::from_bps(1_500),
            initial_floor: Ratio::from_bps(1_000),
            maintenance: Ratio::from_bps(750),
            put_multiple,
        };
        let option = IsolatedOption {
            kind,
            spot: Value::from_e9(spot),
            strike: Value::from_e9(strike),
            mark: Value::from_e9(mark),
        };
        let IsolatedRequirement { initial, maintenance } = isolated_short(&option, &params).unwrap();
        (initial.e9(), maintenance.e9())
    }

    // Exact decimals of the formula at spot 150, in cents.
    #[test]
    fn follows_the_published_formula() {
        assert_eq!(requirement(OptionKind::Call, 15_000, 15_000, 950), (3_200, 2_075));
        assert_eq!(requirement(OptionKind::Call, 15_000, 16_500, 425), (1_925, 1_550));
        assert_eq!(requirement(OptionKind::Call, 15_000, 12_000, 3_110), (5_360, 4_235));
        assert_eq!(requirement(OptionKind::Put, 15_000, 24_000, 2), (2_252, 1_127));
        assert_eq!(requirement(OptionKind::Put, 15_000, 9_000, 60), (1_560, 1_185));
    }

    #[test]
    fn a_put_deep_in_the_money_follows_its_mark() {
        assert_eq!(
            requirement(OptionKind::Put, 50_000, 300_000, 249_000),
            (267_675, 267_675)
        );
    }

    #[test]
    fn rates_round_up() {
        // 15% of 7 is 1.05, 10% is 0.7 and 7.5% is 0.525.
        assert_eq!(requirement(OptionKind::Call, 7, 7, 0), (2, 1));
        assert_eq!(requirement(OptionKind::Call, 7, 100, 0), (1, 1));
        // A maintenance of 1,000 + 75 a put, times 1.0001.
        let multiple = Ratio::from_bps(10_001);
        assert_eq!(
            requirement_at_least(multiple, OptionKind::Put, 1_000, 1, 1_000),
            (1_100, 1_075)
        );
        assert_eq!(
            requirement_at_least(multiple, OptionKind::Put, 1_000, 1, 9_000),
            (9_676, 9_675)
        );
    }
}
