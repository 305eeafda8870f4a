//! What a volatility slice must satisfy to be posted: bounds, bounded steps, and calendar order with its neighbours.

use crate::error::{MarginError, OrMarginError};
use crate::instructions::PostSurfaceArgs;
use crate::state::{Chain, MarketLimits, SurfaceAnchor, SurfaceLimits, Underlying};
use tenor_math::quantity::{E9, Ratio, SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_YEAR, UnixSeconds};
use tenor_math::surface::{E12, Slice, check_calendar};
use tenor_math::{Round, mul_div};

/// Least and greatest at-the-money variance per year x 1e12: volatilities of 5% and 500%.
const YEARLY_VARIANCE_E12: core::ops::RangeInclusive<u64> = 2_500_000_000..=25 * E12;
/// Factor of variance up to which a slice must stay free of butterfly arbitrage: room for a market maker that quotes the
/// slice raised by its inventory.
const BUTTERFLY_SLACK: Ratio = Ratio::from_bps(15_000);
/// Most that discount factors lose a year x 1e9: 30%.
const DISCOUNT_PER_YEAR_E9: u64 = 300_000_000;
/// Most that a forward differs from spot a year x 1e9: 50% ...
const CARRY_PER_YEAR_E9: u64 = 500_000_000;
/// ... and at any time: half a percent.
const CARRY_AT_ONCE_E9: u64 = 5_000_000;
/// Slopes below a quarter of a standard deviation step as one of a quarter does, so that a flat slice can gain one.
const LEAST_SLOPE_E9: u64 = 250_000_000;

impl SurfaceAnchor {
    /// A slice for so many seconds, as volatility.
    ///
    /// # Errors
    /// [`MarginError::MathOverflow`] for no seconds or a variance beyond every bound.
    pub fn of(args: &PostSurfaceArgs, seconds: u64, since: UnixSeconds) -> Result<Self, MarginError> {
        let root_e12 = u128::from(args.theta_e12).saturating_mul(u128::from(E12)).isqrt();
        let root_e12 = u64::try_from(root_e12).map_err(|_| MarginError::MathOverflow)?;
        Ok(Self {
            since: since.get(),
            variance_e12: mul_div(args.theta_e12, SECONDS_PER_YEAR, seconds, Round::Down).or_margin_error()?,
            rho_e12: args.rho_e12,
            slope_e9: mul_div(args.psi_e12, E9, root_e12, Round::Down).or_margin_error()?,
            forward_ratio_e9: args.forward_ratio_e9,
            discount_e9: args.discount_e9,
        })
    }

    /// The slice that a chain has now.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub fn of_chain(chain: &Chain) -> Result<Self, MarginError> {
        let posted_at = UnixSeconds::new(chain.slice_posted_at);
        Self::of(&last_args(chain), chain.expiry().since(posted_at), posted_at)
    }

    /// Whether both say the same but for the last digits, whenever they were posted.
    pub fn is_same_slice(&self, other: &Self) -> bool {
        let is_near = |one: u64, other: u64| one.abs_diff(other) <= one >> 24;
        is_near(self.variance_e12, other.variance_e12)
            && self.rho_e12 == other.rho_e12
            && self.slope_e9.abs_diff(other.slope_e9) <= 1_000
            && self.forward_ratio_e9 == other.forward_ratio_e9
            && self.discount_e9 == other.discount_e9
    }

    /// The slice for so many seconds, rounded down: it was accepted with slack, and its shape does not change with time.
    ///
    /// # Errors
    /// [`MarginError::SurfaceArbitrage`], [`MarginError::MathOverflow`].
    pub fn slice(&self, seconds: u64) -> Result<Slice, MarginError> {
        let theta_e12 = mul_div(self.variance_e12, seconds, SECONDS_PER_YEAR, Round::Down).or_margin_error()?;
        let root_e12 = u128::from(theta_e12).saturating_mul(u128::from(E12)).isqrt();
        let root_e12 = u64::try_from(root_e12).map_err(|_| MarginError::MathOverflow)?;
        let psi_e12 = mul_div(root_e12, self.slope_e9, E9, Round::Down).or_margin_error()?;
        Slice::try_new(theta_e12.max(1), self.rho_e12, psi_e12).map_err(|_| MarginError::SurfaceArbitrage)
    }

    /// Whether every number moves from `from` to this by at most a step.
    fn is_within(&self, from: &Self, step_e9: u64, carry_step_e9: u64) -> bool {
        let rho_step_e12 = u128::from(self.rho_e12.abs_diff(from.rho_e12));
        let slope_scale_e9 = from.slope_e9.max(LEAST_SLOPE_E9);
        moves_volatility_at_most(self.variance_e12, from.variance_e12, step_e9)
            && rho_step_e12 <= u128::from(step_e9).saturating_mul(1_000)
            && is_part(self.slope_e9.abs_diff(from.slope_e9), slope_scale_e9, step_e9)
            && [
                (self.forward_ratio_e9, from.forward_ratio_e9),
                (self.discount_e9, from.discount_e9),
            ]
            .iter()
            .all(|(to, from)| is_part(to.abs_diff(*from), *from, carry_step_e9))
    }
}

/// Whether a difference is at most a part of a number.
fn is_part(difference: u64, of: u64, part_e9: u64) -> bool {
    u128::from(difference).saturating_mul(u128::from(E9)) <= u128::from(of).saturating_mul(u128::from(part_e9))
}

/// Whether the roots of two variances differ by at most a part of the root of `from`, exactly: by squares.
fn moves_volatility_at_most(to: u64, from: u64, part_e9: u64) -> bool {
    let to_e18 = u128::from(to).saturating_mul(u128::from(E9).saturating_mul(u128::from(E9)));
    let square = |factor_e9: u64| {
        let factor = u128::from(factor_e9);
        u128::from(from).saturating_mul(factor.saturating_mul(factor))
    };
    (square(E9.saturating_sub(part_e9))..=square(E9.saturating_add(part_e9))).contains(&to_e18)
}

/// Checks a slice by itself: no butterfly arbitrage with slack, and everything within its bounds.
///
/// # Errors
/// [`MarginError::SurfaceArbitrage`], [`MarginError::SurfaceOutOfBounds`].
pub fn check_bounds(
    args: &PostSurfaceArgs,
    terms: &SurfaceAnchor,
    seconds: u64,
    limits: &MarketLimits,
) -> Result<(), MarginError> {
    let highest_ratio_e9 = E9.saturating_mul(2).saturating_sub(limits.min_forward_ratio_e9);
    let pro_rata = |per_year_e9| mul_div(per_year_e9, seconds, SECONDS_PER_YEAR, Round::Down).or_margin_error();
    let most_carry_e9 = pro_rata(CARRY_PER_YEAR_E9)?.saturating_add(CARRY_AT_ONCE_E9);
    let most_discount_e9 = pro_rata(DISCOUNT_PER_YEAR_E9)?;
    let bounds = [
        YEARLY_VARIANCE_E12.contains(&terms.variance_e12),
        (limits.min_forward_ratio_e9..=highest_ratio_e9).contains(&args.forward_ratio_e9),
        args.forward_ratio_e9.abs_diff(E9) <= most_carry_e9,
        (limits.min_discount_e9..=E9).contains(&args.discount_e9),
        E9.abs_diff(args.discount_e9) <= most_discount_e9,
    ];
    if bounds.iter().all(|holds| *holds) {
        Ok(())
    } else {
        Err(MarginError::SurfaceOutOfBounds)
    }
}

/// The slice, if it has no butterfly arbitrage, also when its variance is raised by the slack.
///
/// # Errors
/// [`MarginError::SurfaceArbitrage`].
pub fn slice_with_slack(args: &PostSurfaceArgs) -> Result<Slice, MarginError> {
    let slice =
        Slice::try_new(args.theta_e12, args.rho_e12, args.psi_e12).map_err(|_| MarginError::SurfaceArbitrage)?;
    slice
        .keeps_free_up_to(BUTTERFLY_SLACK)
        .map_err(|_| MarginError::SurfaceArbitrage)?;
    Ok(slice)
}

/// What the hour's and the day's posts are measured from, after a post at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchors {
    /// The slice at the start of the hour.
    pub hour: SurfaceAnchor,
    /// The slice at the start of the day.
    pub day: SurfaceAnchor,
    /// The slice at the start of the day before.
    pub eve: SurfaceAnchor,
}

/// Checks a post against the last slice, the hour's and the day's, and returns the anchors that it leaves. A window begins
/// with the first post after the last one ended, at the slice that was in effect before it. The first slice of a chain is
/// measured from nothing: nobody can have traded. Its marks are held against the eve of the nearest expiry with a slice.
///
/// # Errors
/// [`MarginError::SurfaceTooSoon`], [`MarginError::SurfaceStep`], [`MarginError::MathOverflow`].
pub fn check_steps(
    terms: &SurfaceAnchor,
    chain: &Chain,
    limits: &SurfaceLimits,
    now: UnixSeconds,
    nearest: Option<&Chain>,
) -> Result<Anchors, MarginError> {
    if !chain.has_slice() {
        return Ok(Anchors {
            hour: *terms,
            day: *terms,
            eve: nearest.map_or(*terms, |chain| chain.eve_anchor),
        });
    }
    let posted_at = UnixSeconds::new(chain.slice_posted_at);
    if now.since(posted_at) < limits.min_interval_seconds {
        return Err(MarginError::SurfaceTooSoon);
    }
    let last = SurfaceAnchor {
        since: now.get(),
        ..SurfaceAnchor::of_chain(chain)?
    };
    let is_over = |anchor: &SurfaceAnchor, seconds| now.since(UnixSeconds::new(anchor.since)) >= seconds;
    let (hour, day) = (chain.hour_anchor, chain.day_anchor);
    let (day, eve) = if is_over(&day, SECONDS_PER_DAY) {
        (last, day)
    } else {
        (day, chain.eve_anchor)
    };
    let anchors = Anchors {
        hour: if is_over(&hour, SECONDS_PER_HOUR) { last } else { hour },
        day,
        eve,
    };
    let is_within = terms.is_within(&last, limits.max_step_e9, limits.max_carry_step_e9)
        && terms.is_within(
            &anchors.hour,
            limits.max_hourly_step_e9,
            limits.max_hourly_carry_step_e9,
        )
        && terms.is_within(&anchors.day, limits.max_daily_step_e9, limits.max_daily_carry_step_e9);
    if is_within {
        Ok(anchors)
    } else {
        Err(MarginError::SurfaceStep)
    }
}

const fn last_args(chain: &Chain) -> PostSurfaceArgs {
    PostSurfaceArgs {
        theta_e12: chain.theta_e12,
        rho_e12: chain.rho_e12,
        psi_e12: chain.psi_e12,
        forward_ratio_e9: chain.forward_ratio_e9,
        discount_e9: chain.discount_e9,
    }
}

/// A chain's slice as it is now: variance and slope shrink with the time that is left.
fn slice_now(chain: &Chain, now: UnixSeconds) -> Result<Slice, MarginError> {
    let left = chain.expiry().since(now);
    let posted_for = chain.expiry().since(UnixSeconds::new(chain.slice_posted_at));
    let scale = |e12, round| mul_div(e12, left, posted_for, round).or_margin_error();
    let (theta_e12, psi_e12) = (scale(chain.theta_e12, Round::Up)?, scale(chain.psi_e12, Round::Down)?);
    Slice::try_new(theta_e12, chain.rho_e12, psi_e12).map_err(|_| MarginError::SurfaceMissing)
}

/// The nearest live expiries that have slices, on both sides of one.
#[derive(Clone, Copy, Debug)]
pub struct Neighbours<'a> {
    near: Option<&'a Chain>,
    far: Option<&'a Chain>,
}

impl<'a> Neighbours<'a> {
    /// `find` shows the chains that were passed, by expiry. A chain without a slice is no neighbour, but must be passed to
    /// show that.
    ///
    /// # Errors
    /// [`MarginError::MissingNeighbour`].
    pub fn find(
        expiry: i64,
        underlying: &Underlying,
        now: UnixSeconds,
        find: impl Fn(i64) -> Option<&'a Chain>,
    ) -> Result<Self, MarginError> {
        let nearest = |expiries: &mut dyn Iterator<Item = i64>| -> Result<Option<&'a Chain>, MarginError> {
            for expiry in expiries {
                let chain = find(expiry).ok_or(MarginError::MissingNeighbour)?;
                if chain.has_slice() {
                    return Ok(Some(chain));
                }
            }
            Ok(None)
        };
        Ok(Self {
            near: nearest(&mut underlying.live_expiries(now).rev().filter(|other| *other < expiry))?,
            far: nearest(&mut underlying.live_expiries(now).filter(|other| *other > expiry))?,
        })
    }

    /// The earlier one, or else the later one.
    pub fn nearest(&self) -> Option<&'a Chain> {
        self.near.or(self.far)
    }

    /// Checks that a slice is in calendar order with both.
    ///
    /// # Errors
    /// [`MarginError::CalendarArbitrage`].
    pub fn check(&self, slice: &Slice, now: UnixSeconds) -> Result<(), MarginError> {
        if let Some(near) = self.near {
            check_calendar(&slice_now(near, now)?, slice).map_err(|_| MarginError::CalendarArbitrage)?;
        }
        if let Some(far) = self.far {
            check_calendar(slice, &slice_now(far, now)?).map_err(|_| MarginError::CalendarArbitrage)?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::integer_division, reason = "whole steps and hours")]
mod tests {
    use super::*;

    const FROM: SurfaceAnchor = SurfaceAnchor {
        since: 0,
        variance_e12: E12,
        rho_e12: -200_000_000_000,
        slope_e9: 500_000_000,
        forward_ratio_e9: E9,
        discount_e9: 800_000_000,
    };

    #[test]
    fn steps_are_exact_at_their_ends() {
        // A fifth and a thousandth: volatility 1 to 1.2 and 0.8 by squares, slope 0.5 to 0.6, discount 0.8 to 0.8008.
        let is_within = |change: fn(&mut SurfaceAnchor)| {
            let mut to = FROM;
            change(&mut to);
            to.is_within(&FROM, 200_000_000, 1_000_000)
        };
        assert!(
            is_within(|to| to.variance_e12 = 1_440_000_000_000) && !is_within(|to| to.variance_e12 = 1_440_000_000_001)
        );
        assert!(
            is_within(|to| to.variance_e12 = 640_000_000_000) && !is_within(|to| to.variance_e12 = 639_999_999_999)
        );
        assert!(is_within(|to| to.rho_e12 = 0) && !is_within(|to| to.rho_e12 = 1));
        assert!(is_within(|to| to.rho_e12 = -400_000_000_000) && !is_within(|to| to.rho_e12 = -400_000_000_001));
        assert!(is_within(|to| to.slope_e9 = 600_000_000) && !is_within(|to| to.slope_e9 = 600_000_001));
        assert!(is_within(|to| to.slope_e9 = 400_000_000) && !is_within(|to| to.slope_e9 = 399_999_999));
        assert!(
            is_within(|to| to.forward_ratio_e9 = 1_001_000_000) && !is_within(|to| to.forward_ratio_e9 = 1_001_000_001)
        );
        assert!(is_within(|to| to.discount_e9 = 800_800_000) && !is_within(|to| to.discount_e9 = 799_199_999));
    }

    #[test]
    fn a_step_beyond_one_has_no_lower_end() {
        let gone = SurfaceAnchor {
            variance_e12: 1,
            ..FROM
        };
        assert!(gone.is_within(&FROM, 2 * E9, E9) && !gone.is_within(&FROM, E9 / 2, E9));
        assert!(moves_volatility_at_most(9 * E12, E12, 2 * E9) && !moves_volatility_at_most(9 * E12 + 1, E12, 2 * E9));
    }
}
