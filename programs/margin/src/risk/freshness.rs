//! Which action a health check is for: how old its inputs may be, and how it counts those that are not good enough.

use super::FeedState;
use crate::error::MarginError;
use crate::portfolio_check::Rule;
use crate::settlement::{FixedPart, average};
use crate::state::{Chain, Strike, Underlying};
use tenor_math::quantity::{Price, Ratio, UnixSeconds};
use tenor_math::risk::{PriceInterval, Purpose};

/// Widest band around a strike's reference in which a liquidation may start: where the bound on re-centred numbers is
/// proved, as long as it is no more than a fifth of the range.
const START_DRIFT_E9: u64 = 30_000_000;
/// One part in this of the least range bounds every band.
const BANDS_PER_RANGE: u64 = 5;

/// Which action a health is computed for. Source: design section 5.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// A trade that adds risk: every price that positions depend on is fresh.
    Action(UnixSeconds),
    /// A withdrawal, or a trade that gives value away: as [`Freshness::Action`].
    Withdrawal(UnixSeconds),
    /// A trade that only reduces: any price that is usable, with a wider requirement unless it is fresh; options on an
    /// unusable one count at the worst that they can pay.
    Reduction(UnixSeconds),
    /// Taking over a slice of another account: as [`Freshness::Action`], but a wide price only widens the requirement.
    TakeOver(UnixSeconds),
    /// A reduction that gives value away or borrows: as [`Freshness::Reduction`], but collateral on a price that is not fresh
    /// counts for nothing.
    PaidReduction(UnixSeconds),
    /// A liquidation's start: a younger price, farther re-centring; what lies on an unusable one counts at its best.
    LiquidationStart(UnixSeconds),
    /// A liquidation that moves positions at mark: as its start, within the narrow band.
    Liquidation(UnixSeconds),
    /// What a liquidation left: as the liquidation itself, without what only its start asks for.
    AfterLiquidation(UnixSeconds),
    /// A view that takes the stored numbers as they are: for displays and forecasts, never for an action. What former slices cost
    /// is left out.
    AsStored,
}

/// How a health check counts what depends on one underlying's price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// At the stored price.
    AtPrice {
        /// Whether the requirement is that of a price which is not good enough.
        is_widened: bool,
    },
    /// Options at the least that they can pay, collateral for nothing but cover.
    AtWorst,
    /// Options and collateral at the most that they can be worth; no requirement, and a liquidation leaves them alone.
    AtBest,
    /// Collateral for nothing; there are no options.
    Nothing,
}

impl Freshness {
    /// The time of the check, if it has one.
    pub const fn now(self) -> Option<UnixSeconds> {
        match self {
            Self::Action(now)
            | Self::Withdrawal(now)
            | Self::Reduction(now)
            | Self::TakeOver(now)
            | Self::PaidReduction(now)
            | Self::LiquidationStart(now)
            | Self::Liquidation(now)
            | Self::AfterLiquidation(now) => Some(now),
            Self::AsStored => None,
        }
    }

    /// What a health at these ages is for: a view shows what a liquidation would see.
    pub const fn purpose(self) -> Purpose {
        match self {
            Self::Action(_) | Self::Withdrawal(_) | Self::Reduction(_) | Self::PaidReduction(_) | Self::TakeOver(_) => {
                Purpose::Action
            }
            Self::LiquidationStart(_) | Self::Liquidation(_) | Self::AsStored => Purpose::Liquidation,
            Self::AfterLiquidation(_) => Purpose::Maintenance,
        }
    }

    /// What lets the action pass also with a health that is not held against greatest losses, which is never too high; none for
    /// actions that want the health itself.
    pub(super) const fn rule(self) -> Option<Rule> {
        match self {
            Self::Action(_) | Self::Reduction(_) | Self::TakeOver(_) => Some(Rule::Initial),
            Self::Withdrawal(_) | Self::PaidReduction(_) => Some(Rule::Withdrawal),
            Self::LiquidationStart(_) | Self::Liquidation(_) | Self::AfterLiquidation(_) | Self::AsStored => None,
        }
    }

    /// How to count what depends on an underlying, for an account with options on it or with collateral alone.
    ///
    /// # Errors
    /// [`MarginError::PriceStale`], also before the first price, and [`MarginError::PriceUncertain`] where the action needs
    /// a better price.
    pub fn counting(self, underlying: &Underlying, has_options: bool) -> Result<Counting, MarginError> {
        const AS_STORED: Counting = Counting::AtPrice { is_widened: false };
        let limits = &underlying.feed;
        match self {
            Self::Action(now) | Self::Withdrawal(now) => match FeedState::of(underlying, now, limits.max_age_seconds) {
                FeedState::Fresh => Ok(AS_STORED),
                _ if !has_options => Ok(Counting::Nothing),
                FeedState::Wide => Err(MarginError::PriceUncertain),
                FeedState::Old | FeedState::Unusable => Err(MarginError::PriceStale),
            },
            Self::TakeOver(now) => match FeedState::of(underlying, now, limits.max_age_seconds) {
                FeedState::Fresh => Ok(AS_STORED),
                _ if !has_options => Ok(Counting::Nothing),
                FeedState::Wide => Ok(Counting::AtPrice { is_widened: true }),
                FeedState::Old | FeedState::Unusable => Err(MarginError::PriceStale),
            },
            Self::Reduction(now) | Self::PaidReduction(now) => {
                Ok(match FeedState::of(underlying, now, limits.max_age_seconds) {
                    FeedState::Fresh => AS_STORED,
                    FeedState::Wide | FeedState::Old => Counting::AtPrice { is_widened: true },
                    FeedState::Unusable => Counting::AtWorst,
                })
            }
            Self::LiquidationStart(now) | Self::Liquidation(now) | Self::AfterLiquidation(now) => {
                match FeedState::of(underlying, now, limits.max_liquidation_age_seconds) {
                    FeedState::Fresh | FeedState::Wide => Ok(AS_STORED),
                    // Whoever liquidates brings the price: otherwise leaving it out would choose what counts at its best.
                    FeedState::Old => Err(MarginError::PriceStale),
                    FeedState::Unusable => Ok(Counting::AtBest),
                }
            }
            Self::AsStored if underlying.price_e9 != 0 => Ok(AS_STORED),
            Self::AsStored => Err(MarginError::PriceStale),
        }
    }

    /// Whether a price is young enough for the action, but wide.
    pub fn is_wide(self, underlying: &Underlying) -> bool {
        self.state(underlying) == Some(FeedState::Wide)
    }

    /// Whether collateral on a feed counts beside a payment out of the account.
    pub fn counts_collateral(self, feed: &Underlying) -> bool {
        !matches!(self, Self::PaidReduction(_)) || self.state(feed) == Some(FeedState::Fresh)
    }

    fn state(self, underlying: &Underlying) -> Option<FeedState> {
        let limits = &underlying.feed;
        let age = match self {
            Self::LiquidationStart(_) | Self::Liquidation(_) | Self::AfterLiquidation(_) => {
                limits.max_liquidation_age_seconds
            }
            _ => limits.max_age_seconds,
        };
        self.now().map(|now| FeedState::of(underlying, now, age))
    }

    /// Where the price may be: a price that has just jumped opens no door to actions, but does not hold up those that
    /// reduce, and starts no liquidation beyond its own confidence.
    pub fn interval(self, underlying: &Underlying) -> PriceInterval {
        let interval = PriceInterval::around(underlying.price(), underlying.confidence());
        match self {
            Self::Action(_) | Self::Withdrawal(_) | Self::TakeOver(_) => {
                interval.widened_to(Price::from_e9(underlying.ema_e9))
            }
            _ => interval,
        }
    }

    /// Checks that a price is fresh enough for a trade that adds risk.
    ///
    /// # Errors
    /// As [`Freshness::counting`] with options.
    pub fn check_fresh(underlying: &Underlying, now: UnixSeconds) -> Result<(), MarginError> {
        Self::Action(now).counting(underlying, true).map(|_| ())
    }

    /// What the risk arrays of a chain must be like: asked once for a chain, not once for a strike.
    pub fn of_arrays(self, chain: &Chain, underlying: &Underlying) -> ArrayCheck {
        ArrayCheck {
            price_e9: underlying.price_e9,
            range_e9: None,
            near_e9: underlying.price_e9,
            action: self.now().map(|now| {
                let age = i64::try_from(underlying.feed.max_risk_age_seconds).unwrap_or(i64::MAX);
                ArrayLimits {
                    slice_number: chain.slice_number,
                    oldest_at: now.get().saturating_sub(age),
                    band_e9: self.band_e9(underlying),
                    fixed: fixed_part(chain, now),
                }
            }),
        }
    }

    /// Checks a strike's risk array: see [`ArrayCheck::check`].
    ///
    /// # Errors
    /// [`MarginError::RiskStale`].
    pub fn check_mark(self, strike: &Strike, chain: &Chain, underlying: &Underlying) -> Result<(), MarginError> {
        self.of_arrays(chain, underlying).check(strike)
    }

    fn band_e9(self, underlying: &Underlying) -> u64 {
        match self {
            Self::LiquidationStart(_) => {
                let proved_e9 = underlying.risk.range_floor_e9.checked_div(BANDS_PER_RANGE).unwrap_or(0);
                START_DRIFT_E9.min(proved_e9).max(underlying.feed.max_drift_e9)
            }
            _ => underlying.feed.max_drift_e9,
        }
    }

    /// Whether a chain's slice is too old to rest an initial requirement on. After expiry no slice is needed.
    pub fn is_stale(self, chain: &Chain, underlying: &Underlying) -> bool {
        self.now().is_some_and(|now| {
            now < chain.expiry()
                && now.since(UnixSeconds::new(chain.slice_posted_at)) > underlying.feed.max_surface_age_seconds
        })
    }

    /// The range of a book's scenarios, by the range of the arrays that it holds: the present one, or for as long as arrays
    /// may be old the one before it.
    ///
    /// # Errors
    /// [`MarginError::RiskStale`] for another.
    pub fn range(self, underlying: &Underlying, of_arrays_e9: Option<u64>) -> Result<Ratio, MarginError> {
        let Some(range_e9) = of_arrays_e9.filter(|range_e9| *range_e9 != underlying.range_e9) else {
            return Ok(Ratio::from_e9(underlying.range_e9));
        };
        let Some(now) = self.now() else {
            return Ok(Ratio::from_e9(range_e9));
        };
        let since = now.since(UnixSeconds::new(underlying.range_moved_at));
        let is_recent = since <= underlying.feed.max_risk_age_seconds;
        if range_e9 != underlying.previous_range_e9 || !is_recent {
            return Err(MarginError::RiskStale);
        }
        Ok(Ratio::from_e9(range_e9))
    }
}

/// What an action asks of a risk array.
#[derive(Clone, Copy, Debug)]
struct ArrayLimits {
    slice_number: u64,
    oldest_at: i64,
    band_e9: u64,
    /// Of the settlement average.
    fixed: FixedPart,
}

/// What settlement marks fix of the average at a time; nearly always nothing.
#[inline(always)]
fn fixed_part(chain: &Chain, now: UnixSeconds) -> FixedPart {
    if chain.marks_taken == 0 && chain.late_minute == 0 {
        return FixedPart::default();
    }
    // An average of marks that were taken is never out of range.
    FixedPart::of(average(chain, now).ok().flatten().as_ref())
}

/// What the risk arrays of a chain must be like to be good for a mark.
#[derive(Clone, Copy, Debug)]
pub struct ArrayCheck {
    price_e9: u64,
    range_e9: Option<u64>,
    /// None for a view, which takes what is stored.
    action: Option<ArrayLimits>,
    /// Reference price last found near enough: mostly that of the next strike too.
    near_e9: u64,
}

impl ArrayCheck {
    /// The same where arrays must share their scenarios, those of one range; a view does not ask.
    #[must_use]
    pub fn with_range(self, range: Ratio) -> Self {
        Self {
            range_e9: self.action.map(|_| range.e9()),
            ..self
        }
    }

    /// Checks the age of a strike's risk array, its distance from the present spot, and that it is of the chain's present
    /// slice: otherwise whoever refreshes could choose which strikes see a new slice.
    ///
    /// # Errors
    /// [`MarginError::RiskStale`], also before the first refresh, and for any view once the price has doubled since.
    #[inline(always)]
    pub fn check(&mut self, strike: &Strike) -> Result<(), MarginError> {
        let reference_e9 = strike.reference_price_e9;
        let is_good = reference_e9 != 0
            && self.range_e9.is_none_or(|range_e9| range_e9 == strike.range_e9)
            && match &self.action {
                // No number is moved so far, whoever asks.
                None => self.price_e9.abs_diff(reference_e9) < reference_e9,
                Some(limits) => {
                    strike.slice_number == limits.slice_number
                        && strike.reference_at >= limits.oldest_at
                        && ((reference_e9 ^ self.near_e9) | (strike.fixed_e9 ^ limits.fixed.price_e9) == 0
                            || is_near(self.price_e9, strike, limits))
                }
            };
        if is_good {
            self.near_e9 = reference_e9;
            Ok(())
        } else {
            Err(MarginError::RiskStale)
        }
    }
}

/// Whether price and marks are so near an array's that it is good with the band: the marks taken since are new to it like a
/// price that moved, and may move the expected average as far.
#[inline(never)]
fn is_near(price_e9: u64, strike: &Strike, limits: &ArrayLimits) -> bool {
    let reference_e9 = strike.reference_price_e9;
    is_within(price_e9.abs_diff(reference_e9), reference_e9, limits.band_e9)
        && (strike.fixed_e9 == limits.fixed.price_e9 || {
            let distance = limits.fixed.distance_e9(strike.fixed_part(), price_e9);
            is_within(distance, reference_e9, limits.band_e9)
        })
}

fn is_within(distance: u64, reference_e9: u64, band_e9: u64) -> bool {
    // Two products of 64 bits each: they cannot wrap.
    let product = |a: u64, b: u64| u128::from(a).wrapping_mul(u128::from(b));
    product(distance, 1_000_000_000) <= product(reference_e9, band_e9)
}
