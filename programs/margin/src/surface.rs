//! What a volatility slice must satisfy to be posted: bounds, bounded steps, and calendar order with its neighbours.

use crate::error::{MarginError, OrMarginError};
use crate::instructions::PostSurfaceArgs;
use crate::state::{Chain, MarketLimits, SurfaceAnchor, Underlying};
use tenor_math::quantity::{E9, Ratio, SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_YEAR, UnixSeconds};
use tenor_math::surface::{E12, Slice, carried_ratio, check_calendar};
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
        let (theta_e12, psi_e12) = self.totals(seconds)?;
        Slice::try_new(theta_e12, self.rho_e12, psi_e12).map_err(|_| MarginError::SurfaceArbitrage)
    }

    /// What it says of another expiry: volatility, correlation and slope in standard deviations as they are, forward and
    /// discount at their rates, from the time that it was for to the time from now on. What would be no slice, or beyond the
    /// bounds, for so long becomes the nearest that is one.
    ///
    /// # Errors
    /// [`MarginError::SurfaceMissing`] if it is empty or was for no time; [`MarginError::SurfaceArbitrage`] and
    /// [`MarginError::MathOverflow`] never for one that was accepted.
    fn carried(
        &self,
        expiry: UnixSeconds,
        to: UnixSeconds,
        now: UnixSeconds,
        limits: &MarketLimits,
    ) -> Result<Self, MarginError> {
        let (from_seconds, seconds) = (expiry.since(UnixSeconds::new(self.since)), to.since(now));
        if self.variance_e12 == 0 || from_seconds == 0 {
            return Err(MarginError::SurfaceMissing);
        }
        let at_rate = |ratio_e9| carried_ratio(Ratio::from_e9(ratio_e9), from_seconds, seconds).or_margin_error();
        let [forwards, discounts] = carry_bounds(seconds, limits)?;
        let terms = Self {
            since: now.get(),
            forward_ratio_e9: at_rate(self.forward_ratio_e9)?
                .e9()
                .clamp(*forwards.start(), *forwards.end()),
            discount_e9: at_rate(self.discount_e9)?
                .e9()
                .clamp(*discounts.start(), *discounts.end()),
            ..*self
        };
        let (theta_e12, psi_e12) = terms.totals(seconds)?;
        let slice = Slice::nearest(theta_e12, self.rho_e12, psi_e12).map_err(|_| MarginError::SurfaceArbitrage)?;
        if (slice.theta_e12(), slice.psi_e12()) == (theta_e12, psi_e12) {
            return Ok(terms);
        }
        let args = PostSurfaceArgs {
            theta_e12: slice.theta_e12(),
            rho_e12: slice.rho_e12(),
            psi_e12: slice.psi_e12(),
            forward_ratio_e9: terms.forward_ratio_e9,
            discount_e9: terms.discount_e9,
        };
        Self::of(&args, seconds, now)
    }

    /// At-the-money total variance and slope for so many seconds, x 1e12, rounded down.
    fn totals(&self, seconds: u64) -> Result<(u64, u64), MarginError> {
        let theta_e12 = mul_div(self.variance_e12, seconds, SECONDS_PER_YEAR, Round::Down).or_margin_error()?;
        let root_e12 = u128::from(theta_e12).saturating_mul(u128::from(E12)).isqrt();
        let root_e12 = u64::try_from(root_e12).map_err(|_| MarginError::MathOverflow)?;
        let psi_e12 = mul_div(root_e12, self.slope_e9, E9, Round::Down).or_margin_error()?;
        Ok((theta_e12.max(1), psi_e12))
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
    let [forwards, discounts] = carry_bounds(seconds, limits)?;
    let bounds = [
        YEARLY_VARIANCE_E12.contains(&terms.variance_e12),
        forwards.contains(&args.forward_ratio_e9),
        discounts.contains(&args.discount_e9),
    ];
    if bounds.iter().all(|holds| *holds) {
        Ok(())
    } else {
        Err(MarginError::SurfaceOutOfBounds)
    }
}

/// Where forwards over spot and discount factors for so many seconds lie, x 1e9.
fn carry_bounds(seconds: u64, limits: &MarketLimits) -> Result<[core::ops::RangeInclusive<u64>; 2], MarginError> {
    let pro_rata = |per_year_e9| mul_div(per_year_e9, seconds, SECONDS_PER_YEAR, Round::Down).or_margin_error();
    let most_carry_e9 = pro_rata(CARRY_PER_YEAR_E9)?
        .saturating_add(CARRY_AT_ONCE_E9)
        .min(E9.saturating_sub(limits.min_forward_ratio_e9));
    let least_discount_e9 = E9
        .saturating_sub(pro_rata(DISCOUNT_PER_YEAR_E9)?)
        .max(limits.min_discount_e9)
        .min(E9);
    Ok([
        E9.saturating_sub(most_carry_e9)..=E9.saturating_add(most_carry_e9),
        least_discount_e9..=E9,
    ])
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
/// measured from nothing: nobody can have traded. Its marks are held against the eve of the nearest expiry with a slice, carried
/// to its own tenor; against itself where that has none.
///
/// # Errors
/// [`MarginError::SurfaceTooSoon`], [`MarginError::SurfaceStep`], [`MarginError::MathOverflow`].
pub fn check_steps(
    terms: &SurfaceAnchor,
    chain: &Chain,
    underlying: &Underlying,
    now: UnixSeconds,
    nearest: Option<&Chain>,
) -> Result<Anchors, MarginError> {
    if !chain.has_slice() {
        let limits = &underlying.market;
        let carried = |near: &Chain| near.eve_anchor.carried(near.expiry(), chain.expiry(), now, limits);
        return Ok(Anchors {
            hour: *terms,
            day: *terms,
            eve: nearest.and_then(|near| carried(near).ok()).unwrap_or(*terms),
        });
    }
    let limits = &underlying.surface;
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

    const YEAR: i64 = 31_536_000;

    fn limits() -> MarketLimits {
        MarketLimits {
            min_forward_ratio_e9: 600_000_000,
            min_discount_e9: 600_000_000,
            ..bytemuck::Zeroable::zeroed()
        }
    }

    /// From an expiry in a tenth of a year to one after so many seconds.
    fn carried(from: SurfaceAnchor, seconds: i64) -> Result<SurfaceAnchor, MarginError> {
        let [expiry, to, now] = [YEAR / 10, seconds, 0].map(UnixSeconds::new);
        from.carried(expiry, to, now, &limits())
    }

    #[test]
    fn another_tenor_keeps_volatility_shape_and_rates() {
        // 1.01^5 = 1.0510100501 and 0.99^5 = 0.9509900499.
        let near = SurfaceAnchor {
            forward_ratio_e9: 1_010_000_000,
            discount_e9: 990_000_000,
            ..FROM
        };
        let far = SurfaceAnchor {
            forward_ratio_e9: 1_051_010_050,
            discount_e9: 950_990_050,
            ..near
        };
        assert_eq!(carried(near, YEAR / 2), Ok(far));
        assert_eq!(carried(near, YEAR / 10), Ok(near));
    }

    #[test]
    fn forward_and_discount_stay_within_the_bounds_of_the_other_tenor() {
        // Half a percent and 50% a year, 30% a year, for half a year; for two years the listing's 40%.
        let near = SurfaceAnchor {
            forward_ratio_e9: 1_055_000_000,
            discount_e9: 900_000_000,
            ..FROM
        };
        let terms = |of: SurfaceAnchor| (of.forward_ratio_e9, of.discount_e9);
        assert_eq!(carried(near, YEAR / 2).map(terms), Ok((1_255_000_000, 850_000_000)));
        assert_eq!(carried(near, 2 * YEAR).map(terms), Ok((1_400_000_000, 600_000_000)));
        let below = SurfaceAnchor {
            forward_ratio_e9: 945_000_000,
            discount_e9: E9,
            ..FROM
        };
        // 0.945^5 = 0.753631499840625.
        assert_eq!(carried(below, YEAR / 2).map(terms), Ok((753_631_500, E9)));
        assert_eq!(carried(below, YEAR).map(terms), Ok((600_000_000, E9)));
    }

    #[test]
    fn a_shape_that_is_no_slice_for_so_long_becomes_the_nearest_that_is_one() {
        let near = SurfaceAnchor {
            variance_e12: 25 * E12,
            slope_e9: 1_500_000_000,
            discount_e9: E9,
            ..FROM
        };
        // A tenth of a year: theta 2.5, psi 1.5 x 1.5811 = 2.3717, times 1.2 is 2.85: a slice.
        assert!(near.slice(3_153_600).is_ok());
        // Half a year: theta 12.5, psi 5.30; the wing allows 4 / 1.2 = 3.3333, over the root of 12.5 a slope of 0.942809.
        assert_eq!(near.slice(15_768_000), Err(MarginError::SurfaceArbitrage));
        let half = carried(near, YEAR / 2).unwrap();
        assert_eq!((half.variance_e12, half.rho_e12), (25 * E12, near.rho_e12));
        assert_eq!(half.slope_e9, 942_809_041);
        // A year: theta 25, of which 16 are valid, and 3.3333 over its root.
        let year = carried(near, YEAR).unwrap();
        assert_eq!((year.variance_e12, year.slope_e9), (16 * E12, 833_333_333));
        // And it stays a slice for as long as it is held.
        for (of, whole) in [(half, 15_768_000_u64), (year, 31_536_000)] {
            for left in (1..=whole).rev().step_by(43_199) {
                assert!(of.slice(left).is_ok(), "{left}");
            }
        }
    }

    #[test]
    fn what_says_nothing_is_not_carried() {
        let empty = SurfaceAnchor::default();
        assert_eq!(carried(empty, YEAR), Err(MarginError::SurfaceMissing));
        let over = SurfaceAnchor {
            since: YEAR / 10,
            ..FROM
        };
        assert_eq!(carried(over, YEAR), Err(MarginError::SurfaceMissing));
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
