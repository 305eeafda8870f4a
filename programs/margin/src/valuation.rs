//! From a chain's slice and a spot price to the risk array of a strike: the same code on chain and in the SDK.

use crate::error::{MarginError, OrMarginError};
use crate::settlement::{AVERAGED_SECONDS, FixedPart, average};
use crate::state::{Chain, Strike, SurfaceAnchor, Underlying};
use tenor_math::pricing::{MAX_MARKS, OpenTime, SettlementAverage, TotalVariance};
use tenor_math::quantity::{LotSize, Price, Ratio, UnixSeconds};
use tenor_math::risk::{
    FormerMarket, FormerMarks, MOVES, OpenOption, PriceShocks, StrikeMarket, StrikeRisk, VolatilityParams, strike_risk,
};
use tenor_math::settlement::marks_ahead;
use tenor_math::surface::Slice;
use tenor_math::{MathError, Round};

/// What all strikes of a chain share at one moment, computed once.
#[derive(Clone, Debug)]
pub struct ChainValuation {
    slice: Slice,
    forward: Price,
    spot: Price,
    discount: Ratio,
    range: Ratio,
    slice_number: u64,
    lot: LotSize,
    shocks: PriceShocks,
    log_moves_q56: [i64; MOVES],
    volatility: VolatilityParams,
    /// The settlement average, once a part of it is fixed.
    average: Option<SettlementAverage>,
    /// Time whose variance is left of the slice.
    open_time: OpenTime,
    slice_seconds: u64,
    /// The day's slice and the eve's, but for those that are the present one or each other.
    former: [Option<FormerSlice>; 2],
}

/// A former slice for the time that is left.
#[derive(Clone, Debug)]
struct FormerSlice {
    slice: Slice,
    forward: Price,
    discount: Ratio,
    /// Seconds to expiry, of which the slice's variance is.
    seconds: u64,
}

/// Variance of a slice of so many seconds that the open time has, at what is open of a strike.
fn open_variance(slice: &Slice, open: &OpenOption, time: OpenTime, seconds: u64) -> Result<TotalVariance, MathError> {
    if open.is_decided {
        return Ok(TotalVariance::ZERO);
    }
    scaled(slice.total_variance(open.log_moneyness_q56()?)?, time, seconds)
}

fn scaled(variance: TotalVariance, time: OpenTime, seconds: u64) -> Result<TotalVariance, MathError> {
    let seconds = time.pairs.checked_mul(seconds).ok_or(MathError::Overflow)?;
    variance.scaled(time.sum, seconds)
}

/// The time whose variance is left: that to expiry, but in its last day that of the mean of the marks.
fn open_time(chain: &Chain, average: Option<&SettlementAverage>, seconds: u64) -> Result<OpenTime, MathError> {
    if seconds > AVERAGED_SECONDS || seconds == 0 {
        return Ok(OpenTime { sum: seconds, pairs: 1 });
    }
    let marks = marks_ahead(seconds, |mark| chain.is_marked(mark));
    match average {
        Some(average) => average.open_time(marks),
        None => SettlementAverage::try_new(0, 0, MAX_MARKS)?.open_time(marks),
    }
}

impl FormerSlice {
    fn new(anchor: &SurfaceAnchor, spot: Price, seconds: u64) -> Result<Self, MarginError> {
        let forward_e9 = Ratio::from_e9(anchor.forward_ratio_e9)
            .of_count(spot.e9(), Round::Down)
            .or_margin_error()?;
        Ok(Self {
            slice: anchor.slice(seconds)?,
            forward: Price::from_e9(forward_e9),
            discount: Ratio::from_e9(anchor.discount_e9),
            seconds,
        })
    }
}

/// The former slices that marks are held against; none once nothing is left to value.
fn former_slices(chain: &Chain, spot: Price, now: UnixSeconds) -> Result<[Option<FormerSlice>; 2], MarginError> {
    if now >= chain.expiry() {
        return Ok([None, None]);
    }
    let seconds = chain.expiry().since(now);
    let present = SurfaceAnchor::of_chain(chain)?;
    let of = |anchor: &SurfaceAnchor| FormerSlice::new(anchor, spot, seconds);
    let (day, eve) = (&chain.day_anchor, &chain.eve_anchor);
    let is_former = |anchor: &SurfaceAnchor| anchor.variance_e12 != 0 && !anchor.is_same_slice(&present);
    Ok([
        is_former(day).then(|| of(day)).transpose()?,
        (is_former(eve) && !eve.is_same_slice(day))
            .then(|| of(eve))
            .transpose()?,
    ])
}

impl ChainValuation {
    /// Values a chain at the underlying's stored price. After expiry no variance is left and values are intrinsic.
    ///
    /// # Errors
    /// [`MarginError::SurfaceMissing`] before the first slice; [`MarginError::MathOverflow`].
    pub fn new(chain: &Chain, underlying: &Underlying, now: UnixSeconds) -> Result<Self, MarginError> {
        let spot = underlying.price();
        // Nothing is left to carry after expiry.
        let (forward_ratio, discount) = if now < chain.expiry() {
            (Ratio::from_e9(chain.forward_ratio_e9), chain.discount())
        } else {
            (Ratio::ONE, Ratio::ONE)
        };
        let forward_e9 = forward_ratio.of_count(spot.e9(), Round::Down).or_margin_error()?;
        let shocks = underlying.shocks()?;
        let average = average(chain, now)?;
        let open_time = open_time(chain, average.as_ref(), chain.expiry().since(now)).or_margin_error()?;
        Ok(Self {
            slice: chain.slice()?,
            forward: Price::from_e9(forward_e9),
            spot,
            discount,
            range: Ratio::from_e9(underlying.range_e9),
            slice_number: chain.slice_number,
            lot: underlying.lot()?,
            log_moves_q56: shocks.log_moves_q56().or_margin_error()?,
            shocks,
            volatility: underlying.volatility_params(),
            average,
            open_time,
            slice_seconds: chain.expiry().since(UnixSeconds::new(chain.slice_posted_at)),
            former: former_slices(chain, spot, now)?,
        })
    }

    /// What is open of an option struck at a price.
    fn open_option(&self, forward: Price, strike: Price) -> Result<OpenOption, MathError> {
        OpenOption::of(forward, strike, self.average.as_ref())
    }

    /// Total variance that is left of the slice at a strike: the slice's, times the part of its time that is left.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a zero strike.
    pub fn variance(&self, strike: Price) -> Result<TotalVariance, MathError> {
        let open = self.open_option(self.forward, strike)?;
        open_variance(&self.slice, &open, self.open_time, self.slice_seconds)
    }

    /// Most that the variance left moves per unit of log-moneyness.
    fn variance_slope(&self) -> Result<TotalVariance, MathError> {
        scaled(self.slice.steepest_slope()?, self.open_time, self.slice_seconds)
    }

    /// What fixed settlement marks add to the average.
    pub fn fixed_part(&self) -> FixedPart {
        FixedPart::of(self.average.as_ref())
    }

    fn former_market(&self, former: &FormerSlice, strike: Price) -> Result<FormerMarket, MathError> {
        let open = self.open_option(former.forward, strike)?;
        Ok(FormerMarket {
            forward: former.forward,
            strike,
            discount: former.discount,
            lot: self.lot,
            variance: open_variance(&former.slice, &open, self.open_time, former.seconds)?,
            average: self.average,
        })
    }

    /// Gives a strike its risk array as of now.
    ///
    /// # Errors
    /// As [`Self::strike`].
    pub fn refresh(&self, strike: &mut Strike, now: UnixSeconds, slot: u64) -> Result<(), MarginError> {
        let risk = self.strike(strike)?;
        strike.store(&risk, self.spot, self.range, now, slot);
        strike.slice_number = self.slice_number;
        let fixed = self.fixed_part();
        (strike.fixed_e9, strike.fixed_share) = (fixed.price_e9, fixed.share);
        let mut former = FormerMarks::default();
        for slice in self.former.iter().flatten() {
            let market = self.former_market(slice, strike.price()).or_margin_error()?;
            former = former.with(&risk, &market).or_margin_error()?;
        }
        strike.store_former(&former);
        Ok(())
    }

    /// Risk array of one strike.
    ///
    /// # Errors
    /// [`MarginError::MathOverflow`], [`MarginError::ParameterOutOfRange`].
    pub fn strike(&self, strike: &Strike) -> Result<StrikeRisk, MarginError> {
        let market = StrikeMarket {
            forward: self.forward,
            spot: self.spot,
            strike: strike.price(),
            discount: self.discount,
            lot: self.lot,
            variance: self.variance(strike.price()).or_margin_error()?,
            variance_slope: self.variance_slope().or_margin_error()?,
            seconds_to_expiry: self.open_time.seconds(),
            average: self.average,
        };
        strike_risk(&market, &self.shocks, &self.log_moves_q56, &self.volatility).or_margin_error()
    }
}
