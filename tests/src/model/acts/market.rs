//! Prices, listings, slices, risk arrays.

use crate::model::acts::account::ACCOUNT_EXISTS;
use crate::model::forecast::{Act, Forecast, Seen};
use crate::model::freshness::{Counts, Rules, seconds};
use crate::model::state::{Chain, Model, Strike, Underlying};
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use tenor_margin::MarginError;
use tenor_sdk::decode::ProgramAccount;
use tenor_sdk::pyth::PriceUpdate;
use tenor_testkit::action::{AddStrikes, CreateChain, PostSurface, RefreshRisk, SettleChain, UpdatePrice};

const E9: i128 = 1_000_000_000;
/// How far a publish time may run ahead of the clock.
const MOST_LEAD_SECONDS: i128 = 10;
/// Seconds in which the average closes half of a gap, and over which its step is bounded.
const HOUR: i128 = 3_600;
const MOST_STRIKES: usize = 64;
const MOST_STRIKES_A_CALL: usize = 16;
const WEEK: i64 = 604_800;
/// Friday 1970-01-02, 08:00 UTC.
const FIRST_FRIDAY: i64 = 86_400 + 8 * 3_600;
/// A chain lives at least three hours.
const LEAST_TENOR: i128 = 10_800;
const YEAR: i128 = 31_536_000;
const E12: i128 = 1_000_000_000_000;

/// Price and confidence of an update, USD x 1e9: the price down, the confidence up.
fn prices_e9(update: &PriceUpdate) -> (i128, i128) {
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
        let most = stored_confidence_e9(underlying);
        forecast.require(confidence_e9 * E9 <= price_e9 * most, MarginError::PriceUncertain);
        let mut after = underlying.clone();
        after.average_e9 = average_e9(underlying, price_e9, seconds(underlying.published_at, published_at));
        after.price_e9 = price_e9;
        after.confidence_e9 = confidence_e9;
        after.published_at = published_at;
        after.updated_slot = model.slot;
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
        let index = underlying.index;
        model.underlyings.entry(index).and_modify(|each| each.average_e9 = stored_e9);
        Ok(())
    }
}

/// Most confidence over price of a price that is stored x 1e9.
fn stored_confidence_e9(underlying: &Underlying) -> i128 {
    underlying.feed.max_confidence_e9.into()
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

impl Act for CreateChain<'_> {
    const NAME: &'static str = "create_chain";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let underlying = model.underlying_of(self.chain.asset);
        let (address, expiry) = (self.chain.address(), self.chain.expiry);
        if model.chains.contains_key(&address) {
            forecast.refuse_foreign(ACCOUNT_EXISTS, "account exists");
        }
        let tenor = seconds(model.now, expiry);
        let is_on_grid = (expiry - FIRST_FRIDAY) % WEEK == 0
            && (LEAST_TENOR..=underlying.market.max_tenor_seconds.into()).contains(&tenor);
        forecast.require(is_on_grid, MarginError::ExpiryNotOnGrid);
        let chain = Chain {
            underlying: underlying.index,
            expiry,
            slice_at: None,
            slice_slot: 0,
            slice: [0; 5],
            settlement_e9: None,
            settled_by: 0,
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
        let total = chain.strikes.len() + prices_e9.len();
        forecast.require(total <= MOST_STRIKES, MarginError::ChainFull);
        forecast.take(Rules::Action.counts(underlying, model.now, true));
        let market = &underlying.market;
        for (place, price_e9) in prices_e9.iter().enumerate() {
            let is_in_window = price_e9 * E9 >= underlying.price_e9 * i128::from(market.strike_window_low_e9)
                && price_e9 * E9 <= underlying.price_e9 * i128::from(market.strike_window_high_e9);
            let is_on_grid = *price_e9 > 0 && price_e9 % i128::from(market.strike_step_e9) == 0;
            forecast.require(is_in_window && is_on_grid, MarginError::StrikeNotOnGrid);
            forecast.require(!prices_e9[..place].contains(price_e9), MarginError::DuplicateEntry);
            let is_new = chain.strikes.iter().all(|strike| strike.price_e9 != *price_e9);
            forecast.require(is_new, MarginError::StrikeExists);
        }
        let strikes = prices_e9.iter().map(|price_e9| Strike {
            price_e9: *price_e9,
            open_interest: [0; 2],
            array: None,
        });
        forecast.draft.chain(model, address).strikes.extend(strikes);
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
        let args = &self.args;
        let (theta, rho, psi) = (
            i128::from(args.theta_e12),
            i128::from(args.rho_e12),
            i128::from(args.psi_e12),
        );
        // No butterfly: psi (1 + |rho|) < 4 and psi^2 (1 + |rho|) <= 4 theta, exactly.
        let skew = BigInt::from(E12 + rho.abs());
        let is_free = (1..=16 * E12).contains(&theta)
            && psi >= 0
            && rho.abs() < E12
            && BigInt::from(psi) * &skew < BigInt::from(4 * E12) * E12
            && BigInt::from(psi) * psi * &skew <= BigInt::from(4 * theta) * E12 * E12;
        forecast.require(is_free, MarginError::SurfaceArbitrage);
        let seconds = seconds(model.now, chain.expiry);
        let least = i128::from(underlying.market.min_forward_ratio_e9);
        let is_bounded = seconds > 0
            && (2_500_000_000..=25 * E12).contains(&(theta * YEAR / seconds))
            && (least..=2 * E9 - least).contains(&args.forward_ratio_e9.into())
            && (i128::from(underlying.market.min_discount_e9)..=E9).contains(&args.discount_e9.into());
        forecast.require(is_bounded, MarginError::SurfaceOutOfBounds);
        let (now, slot) = (model.now, model.slot);
        let chain = forecast.draft.chain(model, address);
        chain.slice = [
            theta,
            rho,
            psi,
            args.forward_ratio_e9.into(),
            args.discount_e9.into(),
        ];
        (chain.slice_at, chain.slice_slot) = (Some(now), slot);
        forecast
    }
}

impl Act for RefreshRisk {
    const NAME: &'static str = "refresh_risk";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let address = self.chain.address();
        let (chain, underlying) = (model.chain(&address), model.underlying_of(self.chain.asset));
        let counts = (1..=MOST_STRIKES).contains(&self.strike_slots.len());
        forecast.require(counts, MarginError::WrongListLength);
        forecast.require(chain.settlement_e9.is_none(), MarginError::ChainSettled);
        forecast.take(Rules::Action.counts(underlying, model.now, true).map(|_: Counts| ()));
        let youngest = i128::from(underlying.feed.max_surface_age_seconds);
        let has_slice = chain.slice_at.is_some_and(|at| seconds(at, model.now) <= youngest);
        forecast.require(has_slice, MarginError::SurfaceMissing);
        for slot in &self.strike_slots {
            forecast.require(usize::from(*slot) < chain.strikes.len(), MarginError::NoSuchStrike);
        }
        forecast.draft.chain(model, address);
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
            let array = Strike::of(&stored.strikes[place]).array;
            let array = array.ok_or_else(|| format!("strike {place} has no array after its refresh"))?;
            let found = (array.reference_e9, array.range_e9, array.at, array.slot);
            let expected = (underlying.price_e9, underlying.range_e9, now, slot);
            if found != expected {
                return Err(format!("strike {place} has reference, range and time {found:?}, not {expected:?}"));
            }
            if array.mark_e9 < 0 || array.gains_e9[1] != 0 {
                return Err(format!("strike {place} is worth {} and gains where nothing moves", array.mark_e9));
            }
            chain.strikes[place].array = Some(array);
        }
        Ok(())
    }
}

impl Act for SettleChain {
    const NAME: &'static str = "settle_chain";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let address = self.chain.address();
        let (chain, underlying) = (model.chain(&address), model.underlying_of(self.chain.asset));
        let update = model.feeds.get(&self.feed).expect("a feed that was written");
        forecast.require(chain.settlement_e9.is_none(), MarginError::ChainSettled);
        forecast.require(model.now >= chain.expiry, MarginError::ChainNotExpired);
        forecast.require(update.feed_id == underlying.feed_id, MarginError::FeedId);
        forecast.require(update.exponent == underlying.exponent, MarginError::FeedExponent);
        forecast.require(update.price > 0, MarginError::PriceNotPositive);
        let straddles = update.prev_publish_time_secs < chain.expiry && chain.expiry <= update.publish_time_secs;
        forecast.require(straddles, MarginError::NotSettlementUpdate);
        if !forecast.is_refused() {
            let chain = forecast.draft.chain(model, address);
            chain.settlement_e9 = Some(prices_e9(update).0);
            chain.settled_by = update.publish_time_secs;
        }
        forecast
    }
}
