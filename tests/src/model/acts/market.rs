//! Prices, listings, slices, risk arrays.

use crate::model::acts::account::ACCOUNT_EXISTS;
use crate::model::exact::Exact;
use crate::model::forecast::{Act, Forecast, Seen};
use crate::model::freshness::{Rules, seconds};
use crate::model::settling::Settling;
use crate::model::state::{Array, Chain, Model, Strike, Underlying};
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use tenor_margin::MarginError;
use tenor_margin::instructions::PostSurfaceArgs;
use tenor_margin::state::{Pausable, SurfaceAnchor};
use tenor_sdk::decode::ProgramAccount;
use tenor_sdk::pyth::PriceUpdate;
use tenor_testkit::action::{AddStrikes, CreateChain, MarkHour, PostSurface, RefreshRisk, UpdatePrice};

const E9: i128 = 1_000_000_000;
/// How far a publish time may run ahead of the clock.
pub(super) const MOST_LEAD_SECONDS: i128 = 10;
/// Seconds in which the average closes half of a gap, and over which its step is bounded.
const HOUR: i128 = 3_600;
/// Until then only the update that straddles an hour is its mark.
const GRACE_SECONDS: i128 = 600;
/// Most that the range rises at a mark x 1e9.
const MOST_RISE_E9: i128 = 20_000_000;
const MOST_STRIKES: usize = 64;
const MOST_STRIKES_A_CALL: usize = 16;
const MOST_STRIKES_A_REFRESH: usize = 14;
const WEEK: i64 = 604_800;
const DAY: i64 = 86_400;
/// Friday 1970-01-02, 08:00 UTC.
const FIRST_FRIDAY: i64 = 86_400 + 8 * 3_600;
/// A chain lives at least three hours.
const LEAST_TENOR: i128 = 10_800;
const YEAR: i128 = 31_536_000;
const E12: i128 = 1_000_000_000_000;

/// Price and confidence of an update, USD x 1e9: the price down, the confidence up.
pub(super) fn prices_e9(update: &PriceUpdate) -> (i128, i128) {
    let shift = 9 + update.exponent;
    let ten = 10_i128.pow(shift.unsigned_abs());
    let (price, confidence) = (i128::from(update.price), i128::from(update.conf));
    if shift >= 0 {
        (price * ten, confidence * ten)
    } else {
        (price / ten, (confidence + ten - 1) / ten)
    }
}

impl Act for UpdatePrice {
    const NAME: &'static str = "update_price";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let underlying = model.underlying_of(self.asset);
        let update = model.feeds.get(&self.feed).expect("a feed that was written");
        forecast.require(update.feed_id == underlying.feed_id, MarginError::FeedId);
        forecast.require(update.exponent == underlying.exponent, MarginError::FeedExponent);
        forecast.require(update.price > 0, MarginError::PriceNotPositive);
        if forecast.is_refused() {
            return forecast;
        }
        let (price_e9, confidence_e9) = prices_e9(update);
        let published_at = update.publish_time_secs;
        let lead = seconds(model.now, published_at);
        forecast.require(lead <= MOST_LEAD_SECONDS, MarginError::PriceFromFuture);
        let age = seconds(published_at, model.now);
        let youngest = underlying.feed.max_age_seconds;
        forecast.require(age <= youngest.into(), MarginError::PriceStale);
        let is_newer = published_at >= underlying.published_at;
        forecast.require(is_newer, MarginError::PriceOlderThanStored);
        let is_within = |most_e9: u64| confidence_e9 * E9 <= price_e9 * i128::from(most_e9);
        let is_stored = is_within(underlying.feed.max_stored_confidence_e9);
        forecast.require(is_stored, MarginError::PriceUncertain);
        if published_at == underlying.published_at && underlying.price_e9 != 0 {
            // A second has one price.
            return forecast;
        }
        let mut after = underlying.clone();
        after.sequence += 1;
        after.average_e9 = average_e9(underlying, price_e9, seconds(underlying.published_at, published_at));
        after.price_e9 = price_e9;
        after.confidence_e9 = confidence_e9;
        after.published_at = published_at;
        after.updated_slot = model.slot;
        // A wide price is no mark of an hour.
        if let Some(hour) = marked_hour(update, underlying).filter(|_| is_within(underlying.feed.max_confidence_e9)) {
            after.take_mark(hour, price_e9, model.now);
        }
        forecast.draft.underlyings.insert(after.index, after);
        forecast
    }

    fn adopt(&self, model: &mut Model, seen: &Seen<'_>) -> Result<(), String> {
        let underlying = model.underlying_of(self.asset);
        let Some(ProgramAccount::Underlying(stored)) = (seen.read)(&underlying.address) else {
            return Err("the underlying is gone".to_owned());
        };
        // The bound on the average's step is a product of two parts, each rounded: a unit either way.
        let stored_e9 = i128::from(stored.ema_e9);
        if (stored_e9 - underlying.average_e9).abs() > 1 {
            return Err(format!("average {stored_e9}, exact {}", underlying.average_e9));
        }
        let before = underlying.clone();
        let followed = followed(&before, &stored, model.now)?;
        let of_average = Underlying {
            average_e9: stored_e9,
            ..followed
        };
        model.underlyings.insert(of_average.index, of_average);
        Ok(())
    }
}

impl Act for MarkHour {
    const NAME: &'static str = "mark_hour";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let underlying = model.underlying_of(self.asset);
        let update = model.feeds.get(&self.feed).expect("a feed that was written");
        forecast.require(update.feed_id == underlying.feed_id, MarginError::FeedId);
        forecast.require(update.exponent == underlying.exponent, MarginError::FeedExponent);
        forecast.require(update.price > 0, MarginError::PriceNotPositive);
        if forecast.is_refused() {
            return forecast;
        }
        let (price_e9, confidence_e9) = prices_e9(update);
        let lead = seconds(model.now, update.publish_time_secs);
        forecast.require(lead <= MOST_LEAD_SECONDS, MarginError::PriceFromFuture);
        let is_certain = confidence_e9 * E9 <= price_e9 * i128::from(underlying.feed.max_confidence_e9);
        forecast.require(is_certain, MarginError::PriceUncertain);
        let is_in_time = straddles_hour(update) && seconds(beginning(update), model.now) < GRACE_SECONDS;
        let hour = marked_hour(update, underlying).filter(|_| is_in_time);
        let Some(hour) = hour else {
            forecast.refuse(MarginError::NotHourMark);
            return forecast;
        };
        let after = forecast.draft.underlying(model, underlying.index);
        after.sequence += 1;
        after.take_mark(hour, price_e9, model.now);
        forecast
    }

    fn adopt(&self, model: &mut Model, seen: &Seen<'_>) -> Result<(), String> {
        let underlying = model.underlying_of(self.asset);
        let Some(ProgramAccount::Underlying(stored)) = (seen.read)(&underlying.address) else {
            return Err("the underlying is gone".to_owned());
        };
        let followed = followed(underlying, &stored, model.now)?;
        model.underlyings.insert(followed.index, followed);
        Ok(())
    }
}

/// When the hour began that an update was published in.
fn beginning(update: &PriceUpdate) -> i64 {
    update.publish_time_secs.max(0) / 3_600 * 3_600
}

/// Whether it is the one update whose predecessor was published before that.
fn straddles_hour(update: &PriceUpdate) -> bool {
    update.prev_publish_time_secs < beginning(update)
}

/// The hour that an update is the mark of: it straddles an hour that has none yet, or comes ten minutes into it; the first
/// mark of all may be any.
fn marked_hour(update: &PriceUpdate, underlying: &Underlying) -> Option<i64> {
    let hour = beginning(update) / 3_600;
    let is_late = seconds(beginning(update), update.publish_time_secs) >= GRACE_SECONDS;
    let is_due = hour > underlying.marked_hour && (straddles_hour(update) || is_late);
    (underlying.mark_e9 == 0 || is_due).then_some(hour)
}

impl Underlying {
    /// Takes an hour's mark. Variance and range follow it; where they end is the program's word within bounds.
    fn take_mark(&mut self, hour: i64, price_e9: i128, now: i64) {
        (self.marked_hour, self.mark_e9) = (hour, price_e9);
        self.previous_range_e9 = self.range_e9;
        self.range_moved_at = now;
    }
}

/// The underlying with variance and range as the program has them, if they follow from the model's: between floor and cap, and
/// higher by at most two points.
fn followed(modelled: &Underlying, stored: &tenor_margin::state::Underlying, now: i64) -> Result<Underlying, String> {
    let (variance_q62, range_e9) = (i128::from(stored.hourly_variance_q62), i128::from(stored.range_e9));
    let mut followed = modelled.clone();
    if modelled.range_moved_at != now {
        return Ok(followed);
    }
    let risk = &modelled.risk;
    let bounds = i128::from(risk.range_floor_e9)..=i128::from(risk.range_cap_e9);
    if !bounds.contains(&range_e9) || range_e9 > modelled.previous_range_e9 + MOST_RISE_E9 {
        return Err(format!("a range of {range_e9} after {}", modelled.previous_range_e9));
    }
    // Where no speed limit holds it, the range is z sigma sqrt(h) between floor and cap, to within what floats can tell.
    let variance = variance_q62.to_f64().unwrap_or(f64::NAN) / 2_f64.powi(62);
    let horizon = risk.range_horizon_hours.to_f64().unwrap_or(f64::NAN);
    let target_e9 = risk.range_deviations_e9.to_f64().unwrap_or(f64::NAN) * (variance * horizon).sqrt();
    let target_e9 = target_e9.clamp(
        risk.range_floor_e9.to_f64().unwrap_or(f64::NAN),
        risk.range_cap_e9.to_f64().unwrap_or(f64::NAN),
    );
    let range = range_e9.to_f64().unwrap_or(f64::NAN);
    if range > target_e9 + 2.0 || (range < target_e9 - 2.0 && range_e9 < modelled.previous_range_e9) {
        return Err(format!("a range of {range_e9} where the variance asks for {target_e9}"));
    }
    (followed.variance_q62, followed.range_e9) = (variance_q62, range_e9);
    Ok(followed)
}

/// The average closes the part elapsed / (elapsed + one hour) of the gap, but moves by at most 6% of itself, below an hour
/// pro rata; the step rounds down.
fn average_e9(underlying: &Underlying, price_e9: i128, elapsed: i128) -> i128 {
    let average_e9 = underlying.average_e9;
    if average_e9 == 0 {
        return price_e9;
    }
    let gap = (price_e9 - average_e9).abs();
    let part = BigInt::from(gap) * elapsed / (elapsed + HOUR);
    let most = BigInt::from(average_e9) * 6 * elapsed.min(HOUR) / (100 * HOUR);
    let step = part.min(most).to_i128().expect("a step within a price");
    average_e9 + if price_e9 < average_e9 { -step } else { step }
}

/// Whether an expiry is on the grid: a Friday 08:00 UTC within eight weeks, a month's last within 26 weeks, or a quarter's last
/// within the market's tenor.
fn is_on_grid(expiry: i64, now: i64, most: i128) -> bool {
    let tenor = seconds(now, expiry);
    let is_friday = expiry >= FIRST_FRIDAY && (expiry - FIRST_FRIDAY) % WEEK == 0;
    if !is_friday || tenor < LEAST_TENOR || tenor > most {
        return false;
    }
    let (month, next) = (month(expiry), month(expiry + WEEK));
    let is_last = month != next;
    tenor <= 8 * i128::from(WEEK)
        || (is_last && tenor <= 26 * i128::from(WEEK))
        || (is_last && [3, 6, 9, 12].contains(&month))
}

/// Month of a moment after 1970, 1 to 12, counted month by month.
fn month(moment: i64) -> i64 {
    let mut days = moment / DAY;
    for year in 1970.. {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let february = if is_leap { 29 } else { 28 };
        for (month, length) in (1..).zip([31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
            if days < length {
                return month;
            }
            days -= length;
        }
    }
    unreachable!("years go on")
}

/// Whether a strike is on the grid at a spot and a tenor: a multiple of the step inside the window.
fn is_listable(strike_e9: i128, underlying: &Underlying, tenor: i128) -> bool {
    let (spot_e9, market) = (underlying.price_e9, &underlying.market);
    let (coarseness, low_bps, high_bps) = if tenor <= 8 * i128::from(WEEK) {
        (1, 5_000, 20_000)
    } else if tenor <= 26 * i128::from(WEEK) {
        (2, 3_500, 30_000)
    } else {
        (4, 2_500, 40_000)
    };
    let is_inside =
        |low_e9: i128, high_e9: i128| strike_e9 * E9 >= spot_e9 * low_e9 && strike_e9 * E9 <= spot_e9 * high_e9;
    let sparsity = if is_inside(700_000_000, 1_400_000_000) { 1 } else { 2 };
    // The least of 1, 2, 5, 10, 20, ... times the market's step that makes 2% of spot.
    let scales = (0..).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_i128.pow(power)));
    let mut steps = scales.map(|scale| scale * i128::from(market.strike_step_e9));
    let step = steps
        .find(|step| step * 50 >= spot_e9)
        .expect("a step that is large enough");
    let low_e9 = (low_bps * 100_000).max(market.strike_window_low_e9.into());
    let high_e9 = (high_bps * 100_000).min(market.strike_window_high_e9.into());
    strike_e9 > 0 && strike_e9 % (step * coarseness * sparsity) == 0 && is_inside(low_e9, high_e9)
}

impl Act for CreateChain<'_> {
    const NAME: &'static str = "create_chain";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let underlying = model.underlying_of(self.chain.asset);
        let (address, expiry) = (self.chain.address(), self.chain.expiry);
        if model.chains.contains_key(&address) {
            forecast.refuse_foreign(ACCOUNT_EXISTS, "account exists");
        }
        forecast.require(!model.is_paused(Pausable::Listing), MarginError::ActionPaused);
        forecast.require(model.now >= underlying.active_from, MarginError::UnderlyingNotActive);
        let is_on_grid = is_on_grid(expiry, model.now, underlying.market.max_tenor_seconds.into());
        forecast.require(is_on_grid, MarginError::ExpiryNotOnGrid);
        let mut expiries = underlying.expiries.clone();
        expiries.retain(|live| *live > model.now);
        expiries.push(expiry);
        expiries.sort_unstable();
        let listed = forecast.draft.underlying(model, underlying.index);
        listed.expiries = expiries;
        listed.sequence += 1;
        let chain = Chain {
            underlying: underlying.index,
            expiry,
            slice_at: None,
            slice_number: 0,
            slice: [0; 5],
            anchors: [SurfaceAnchor::default(); 3],
            sequence: 1,
            settlement_e9: None,
            settled_by: 0,
            settling: Settling::default(),
            settlement_balance: 0,
            fees: 0,
            open_positions: 0,
            strikes: Vec::new(),
        };
        forecast.draft.chains.insert(address, chain);
        forecast
    }
}

impl Act for AddStrikes<'_> {
    const NAME: &'static str = "add_strikes";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let address = self.chain.address();
        let (chain, underlying) = (model.chain(&address), model.underlying_of(self.chain.asset));
        let prices_e9: Vec<i128> = self.strikes.iter().map(|strike| strike.e9().into()).collect();
        let counts = (1..=MOST_STRIKES_A_CALL).contains(&prices_e9.len());
        forecast.require(counts, MarginError::WrongListLength);
        forecast.require(model.now < chain.expiry, MarginError::ChainExpired);
        forecast.require(!model.is_paused(Pausable::Listing), MarginError::ActionPaused);
        let total = chain.strikes.len() + prices_e9.len();
        forecast.require(total <= MOST_STRIKES, MarginError::ChainFull);
        forecast.take(Rules::Action.counts(underlying, model.now, true));
        let tenor = seconds(model.now, chain.expiry);
        for (place, price_e9) in prices_e9.iter().enumerate() {
            let is_listable = is_listable(*price_e9, underlying, tenor);
            forecast.require(is_listable, MarginError::StrikeNotOnGrid);
            forecast.require(!prices_e9[..place].contains(price_e9), MarginError::DuplicateEntry);
            let is_new = chain.strikes.iter().all(|strike| strike.price_e9 != *price_e9);
            forecast.require(is_new, MarginError::StrikeExists);
        }
        let strikes = prices_e9.iter().map(|price_e9| Strike {
            price_e9: *price_e9,
            open_interest: [0; 2],
            array: None,
        });
        let chain = forecast.draft.chain(model, address);
        chain.strikes.extend(strikes);
        chain.sequence += 1;
        forecast
    }
}

impl Act for PostSurface<'_> {
    const NAME: &'static str = "post_surface";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let address = self.chain.address();
        let (chain, underlying) = (model.chain(&address), model.underlying_of(self.chain.asset));
        let is_authority = self.authority.address() == model.house.surface_authority;
        forecast.require(is_authority, MarginError::NotAuthorised);
        forecast.require(model.now < chain.expiry, MarginError::ChainExpired);
        forecast.require(!model.is_paused(Pausable::Surface), MarginError::ActionPaused);
        let slice = slice_of(&self.args);
        forecast.require(is_free(slice, 1_500), MarginError::SurfaceArbitrage);
        let left = seconds(model.now, chain.expiry);
        if forecast.is_refused() {
            return forecast;
        }
        let terms = anchor(slice, left, model.now);
        forecast.require(
            is_bounded(slice, &terms, left, underlying),
            MarginError::SurfaceOutOfBounds,
        );
        let neighbours = neighbours(chain, model);
        let anchors = steps(&terms, chain, underlying, model.now, neighbours, &mut forecast);
        check_neighbours(slice, neighbours, model.now, &mut forecast);
        let now = model.now;
        let chain = forecast.draft.chain(model, address);
        (chain.slice, chain.anchors) = (slice, anchors);
        chain.slice_at = Some(now);
        chain.slice_number += 1;
        chain.sequence += 1;
        forecast
    }
}

fn slice_of(args: &PostSurfaceArgs) -> [i128; 5] {
    [
        args.theta_e12.into(),
        args.rho_e12.into(),
        args.psi_e12.into(),
        args.forward_ratio_e9.into(),
        args.discount_e9.into(),
    ]
}

/// Whether a slice has no butterfly up to a multiple of its variance in thousandths: c psi (1 + |rho|) < 4 and
/// c psi^2 (1 + |rho|) <= 4 theta, c psi and c theta rounded up.
fn is_free([theta, rho, psi, ..]: [i128; 5], thousandths: i128) -> bool {
    let up = |number: i128| Exact::quotient(number * thousandths, 1_000).ceil_i128();
    let skew = BigInt::from(E12 + rho.abs());
    (1..=16 * E12).contains(&theta)
        && up(theta) <= 16 * E12
        && rho.abs() < E12
        && up(psi) < 4 * E12
        && BigInt::from(up(psi)) * &skew < BigInt::from(4 * E12) * E12
        && BigInt::from(psi) * up(psi) * &skew <= BigInt::from(4 * theta) * E12 * E12
}

/// A slice for so many seconds, by volatility.
fn anchor([theta, rho, psi, forward, discount]: [i128; 5], left: i128, since: i64) -> SurfaceAnchor {
    let word = |number: i128| u64::try_from(number).expect("a number of 64 bits");
    let root = BigInt::from(theta) * E12;
    let root = root.sqrt();
    SurfaceAnchor {
        since,
        variance_e12: word(theta * YEAR / left),
        rho_e12: i64::try_from(rho).expect("a number of 64 bits"),
        slope_e9: (BigInt::from(psi) * E9 / root).to_u64().expect("a number of 64 bits"),
        forward_ratio_e9: word(forward),
        discount_e9: word(discount),
    }
}

/// Whether volatility, forward and discount are within their bounds: 5% to 500%; half a percent and 50% a year; 30% a year.
fn is_bounded([_, _, _, forward, discount]: [i128; 5], terms: &SurfaceAnchor, left: i128, of: &Underlying) -> bool {
    let [most_carry, most_discount] = most_carry(left, of);
    (2_500_000_000..=25 * E12).contains(&terms.variance_e12.into())
        && (forward - E9).abs() <= most_carry
        && (E9 - most_discount..=E9).contains(&discount)
}

/// Most that a forward is off spot, and a discount factor off one, for so many seconds: half a percent and 50% a year, 30% a
/// year, and never more than the listing allows.
fn most_carry(left: i128, of: &Underlying) -> [i128; 2] {
    [
        (500_000_000 * left / YEAR + 5_000_000).min(E9 - i128::from(of.market.min_forward_ratio_e9)),
        (300_000_000 * left / YEAR).min(E9 - i128::from(of.market.min_discount_e9)),
    ]
}

/// A day-old slice of another expiry for so many seconds: volatility, correlation and slope stay, forward and discount keep
/// their rates. Where that is beyond a bound, what is nearest.
fn carried(from: &SurfaceAnchor, tenor: i128, left: i128, now: i64, underlying: &Underlying) -> SurfaceAnchor {
    let float = |number: i128| number.to_f64().expect("a finite number");
    let at_rate = |ratio_e9: u64| {
        let ratio = libm::pow(float(ratio_e9.into()) / 1e9, float(left) / float(tenor));
        libm::round(ratio * 1e9).to_i128().unwrap_or(i128::MAX)
    };
    let [most_carry, most_discount] = most_carry(left, underlying);
    let forward = at_rate(from.forward_ratio_e9).clamp(E9 - most_carry, E9 + most_carry);
    let discount = at_rate(from.discount_e9).clamp(E9 - most_discount, E9);
    let (variance, rho, slope): (i128, i128, i128) =
        (from.variance_e12.into(), from.rho_e12.into(), from.slope_e9.into());
    let theta = variance * left / YEAR;
    let psi: BigInt = (BigInt::from(theta) * E12).sqrt() * slope / E9;
    let psi = psi.to_i128().expect("a slope of 128 bits");
    // Greatest psi with psi (1 + |rho|) < 4 and with psi^2 (1 + |rho|) <= 4 theta.
    let skew = BigInt::from(E12 + rho.abs());
    let valid_theta = theta.clamp(1, 16 * E12);
    let steepest: BigInt = (BigInt::from(4 * E12) * E12 - 1) / &skew;
    let densest = (BigInt::from(4 * valid_theta) * E12 * E12 / &skew).sqrt();
    let valid_psi = psi.min(steepest.min(densest).to_i128().expect("a slope below four"));
    if (valid_theta, valid_psi) == (theta.max(1), psi) {
        return SurfaceAnchor {
            since: now,
            forward_ratio_e9: u64::try_from(forward).expect("a ratio"),
            discount_e9: u64::try_from(discount).expect("a ratio"),
            ..*from
        };
    }
    anchor([valid_theta, rho, valid_psi, forward, discount], left, now)
}

/// Checks the steps from the last slice, the hour's and the day's; the anchors that the post leaves. A chain's first slice is
/// held against the eve of the nearest expiry with a slice, the earlier one first, at its own tenor.
fn steps(
    terms: &SurfaceAnchor,
    chain: &Chain,
    underlying: &Underlying,
    now: i64,
    [near, far]: [Option<&Chain>; 2],
    forecast: &mut Forecast,
) -> [SurfaceAnchor; 3] {
    let Some(posted_at) = chain.slice_at else {
        let at_tenor = |nearest: &Chain| {
            let eve = &nearest.anchors[2];
            let tenor = seconds(eve.since, nearest.expiry);
            carried(eve, tenor, seconds(now, chain.expiry), now, underlying)
        };
        let eve = near.or(far).map_or(*terms, at_tenor);
        return [*terms, *terms, eve];
    };
    let limits = &underlying.surface;
    let is_due = seconds(posted_at, now) >= limits.min_interval_seconds.into();
    forecast.require(is_due, MarginError::SurfaceTooSoon);
    let last = anchor(chain.slice, seconds(posted_at, chain.expiry), now);
    let [hour, day, eve] = chain.anchors;
    let is_over = |of: SurfaceAnchor, length: i128| seconds(of.since, now) >= length;
    let hour = if is_over(hour, HOUR) { last } else { hour };
    // Yesterday is the day that is over.
    let [day, eve] = if is_over(day, DAY.into()) {
        [last, day]
    } else {
        [day, eve]
    };
    let anchors = [hour, day, eve];
    let is_within = is_step(terms, &last, limits.max_step_e9, limits.max_carry_step_e9)
        && is_step(
            terms,
            &anchors[0],
            limits.max_hourly_step_e9,
            limits.max_hourly_carry_step_e9,
        )
        && is_step(
            terms,
            &anchors[1],
            limits.max_daily_step_e9,
            limits.max_daily_carry_step_e9,
        );
    forecast.require(is_within, MarginError::SurfaceStep);
    anchors
}

/// Whether volatility and slope move by at most a part of themselves, correlation by that part of one, forward and discount by
/// at most another part.
fn is_step(to: &SurfaceAnchor, from: &SurfaceAnchor, step_e9: u64, carry_e9: u64) -> bool {
    let part = |difference: i128, of: i128, part_e9: u64| difference.abs() * E9 <= of * i128::from(part_e9);
    let square = |factor_e9: i128| BigInt::from(from.variance_e12) * factor_e9 * factor_e9;
    let variance = BigInt::from(to.variance_e12) * E9 * E9;
    let step = i128::from(step_e9);
    let numbers = |of: &SurfaceAnchor| [of.slope_e9, of.forward_ratio_e9, of.discount_e9].map(i128::from);
    let ([slope, forward, discount], [from_slope, from_forward, from_discount]) = (numbers(to), numbers(from));
    variance >= square((E9 - step).max(0))
        && variance <= square(E9 + step)
        && (i128::from(to.rho_e12) - i128::from(from.rho_e12)).abs() <= step * 1_000
        && part(slope - from_slope, from_slope.max(250_000_000), step_e9)
        && part(forward - from_forward, from_forward, carry_e9)
        && part(discount - from_discount, from_discount, carry_e9)
}

/// The nearest earlier and the nearest later live expiry with a slice.
fn neighbours<'a>(chain: &Chain, model: &'a Model) -> [Option<&'a Chain>; 2] {
    let others = model
        .chains
        .values()
        .filter(|other| other.underlying == chain.underlying && other.expiry > model.now);
    let others: Vec<&Chain> = others.filter(|other| other.slice_at.is_some()).collect();
    let near = others
        .iter()
        .filter(|other| other.expiry < chain.expiry)
        .max_by_key(|other| other.expiry);
    let far = others
        .iter()
        .filter(|other| other.expiry > chain.expiry)
        .min_by_key(|other| other.expiry);
    [near.copied(), far.copied()]
}

/// Checks that total variance does not fall from the nearest earlier expiry with a slice to this one, nor from this to the
/// nearest later one.
fn check_neighbours(slice: [i128; 5], [near, far]: [Option<&Chain>; 2], now: i64, forecast: &mut Forecast) {
    // Variance and slope shrink with the time that is left: theta up, psi down.
    let aged = |other: &Chain| {
        let [theta, rho, psi, ..] = other.slice;
        let (left, whole) = (
            seconds(now, other.expiry),
            seconds(other.slice_at.unwrap_or(0), other.expiry),
        );
        let theta = Exact::quotient(BigInt::from(theta) * left, whole).ceil_i128();
        let psi = Exact::quotient(BigInt::from(psi) * left, whole).floor_i128();
        [theta, rho, psi, 0, 0]
    };
    let pairs = [near.map(|near| (aged(near), slice)), far.map(|far| (slice, aged(far)))];
    for (near, far) in pairs.into_iter().flatten() {
        forecast.require(is_in_order(near, far), MarginError::CalendarArbitrage);
    }
}

/// The sufficient conditions of Hendriks and Martini for two slices.
fn is_in_order([theta, rho, psi, ..]: [i128; 5], [far_theta, far_rho, far_psi, ..]: [i128; 5]) -> bool {
    far_theta >= theta
        && far_psi >= psi
        && (far_rho * far_psi - rho * psi).abs() <= (far_psi - psi) * E12
        && BigInt::from(far_psi) * theta <= BigInt::from(psi) * far_theta
}

impl Act for RefreshRisk {
    const NAME: &'static str = "refresh_risk";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let address = self.chain.address();
        let (chain, underlying) = (model.chain(&address), model.underlying_of(self.chain.asset));
        let counts = (1..=MOST_STRIKES_A_REFRESH).contains(&self.strike_slots.len());
        forecast.require(counts, MarginError::WrongListLength);
        forecast.require(chain.settlement_e9.is_none(), MarginError::ChainSettled);
        forecast.require(underlying.price_e9 != 0, MarginError::PriceStale);
        forecast.require(chain.slice_at.is_some(), MarginError::SurfaceMissing);
        for slot in &self.strike_slots {
            forecast.require(usize::from(*slot) < chain.strikes.len(), MarginError::NoSuchStrike);
        }
        forecast.draft.chain(model, address).sequence += 1;
        forecast
    }

    fn adopt(&self, model: &mut Model, seen: &Seen<'_>) -> Result<(), String> {
        let address = self.chain.address();
        let Some(ProgramAccount::Chain(stored)) = (seen.read)(&address) else {
            return Err("the chain is gone".to_owned());
        };
        let underlying = model.underlying_of(self.chain.asset).clone();
        let (now, slot) = (model.now, model.slot);
        let chain = model.chains.get_mut(&address).expect("a chain");
        for place in &self.strike_slots {
            let place = usize::from(*place);
            let price_e9 = chain.strikes[place].price_e9;
            let array = Strike::of(&stored.strikes[place]).array;
            let array = array.ok_or_else(|| format!("strike {place} has no array after its refresh"))?;
            let found = (
                array.reference_e9,
                array.range_e9,
                array.at,
                array.slot,
                array.slice_number,
            );
            let expected = (underlying.price_e9, underlying.range_e9, now, slot, chain.slice_number);
            if found != expected {
                return Err(format!(
                    "strike {place} has reference, range and time {found:?}, not {expected:?}"
                ));
            }
            let fixed = chain.fixed_part(now);
            if (array.fixed_e9, array.fixed_share) != fixed {
                return Err(format!(
                    "strike {place} rests on {} of {} marks, not on {fixed:?}",
                    array.fixed_e9, array.fixed_share
                ));
            }
            if array.mark_e9 < 0 || array.gains_e9[1] != 0 {
                return Err(format!(
                    "strike {place} is worth {} and gains where nothing moves",
                    array.mark_e9
                ));
            }
            check_former(&array, price_e9, chain, &underlying, now).map_err(|what| format!("strike {place} {what}"))?;
            chain.strikes[place].array = Some(array);
        }
        Ok(())
    }
}

/// Checks what is stored of the day's slice and the eve's: how far the forward is off follows from them exactly, and no call is
/// worth less than nothing or more than the forward. Differences below 2^-24 of the forward count as none.
fn check_former(
    array: &Array,
    strike_e9: i128,
    chain: &Chain,
    underlying: &Underlying,
    now: i64,
) -> Result<(), String> {
    let found = (array.call_below_e9, array.call_above_e9, array.forward_off_e9);
    let [_, day, eve] = chain.anchors;
    let former = [day, eve].into_iter().filter(|of| of.variance_e12 != 0);
    let former: Vec<SurfaceAnchor> = former.filter(|_| now < chain.expiry).collect();
    let posted_at = chain.slice_at.unwrap_or(0);
    let present = |since: i64| anchor(chain.slice, seconds(posted_at, chain.expiry), since);
    if former.iter().all(|of| *of == present(of.since)) && found != (0, 0, 0) {
        return Err(format!("is off by {found:?} on slices that are the present one"));
    }
    // Forward price, worth of the lot and discounted worth round down, here and there; with fixed marks shares of them too.
    let (fixed_e9, share) = (array.fixed_e9, array.fixed_share);
    let rounding = if share == 0 { 2 } else { 6 } * (underlying.lot_units_e9 / E9 + 4);
    let noise = array.forward_e9 >> 24;
    let heard = |distance: i128| if distance > noise { distance } else { 0 };
    let lots_worth = |price_e9: i128, of: &SurfaceAnchor| {
        let undiscounted = BigInt::from(price_e9) * underlying.lot_units_e9 * of.discount_e9;
        Exact::quotient(undiscounted, E9 * E9).floor_i128()
    };
    let (mut least, mut most, mut dearest) = (0, 0, 0);
    for of in &former {
        let forward_e9 = Exact::quotient(underlying.price_e9 * i128::from(of.forward_ratio_e9), E9).floor_i128();
        // Of the forward what the fixed marks leave open, and of the strike.
        let forward_e9 = lots_worth(Exact::quotient(forward_e9 * (30 - share), 30).floor_i128(), of);
        let parity_e9 = forward_e9 - lots_worth(strike_e9 - fixed_e9, of);
        let off = (array.forward_e9 - array.strike_e9 - parity_e9).abs();
        least = least.max(heard(off - rounding));
        most = most.max(heard(off + rounding));
        dearest = dearest.max(forward_e9 + lots_worth((fixed_e9 - strike_e9).max(0), of));
    }
    let is_possible = array.call_below_e9 <= array.mark_e9
        && (array.call_above_e9 == 0 || array.mark_e9 + array.call_above_e9 <= dearest + rounding);
    if !(least..=most).contains(&array.forward_off_e9) || !is_possible {
        return Err(format!("is off by {found:?}, its forward by {least} to {most}"));
    }
    Ok(())
}
