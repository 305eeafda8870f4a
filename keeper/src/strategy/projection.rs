//! The market as it will be once the newest prices are stored and the risk arrays refreshed.

use super::Settings;
use crate::world::World;
use std::collections::HashMap;
use tenor_sdk::decode::ProgramAccount;
use tenor_sdk::margin::MarginError;
use tenor_sdk::margin::feed::FeedPrice;
use tenor_sdk::margin::hourly::marked_hour;
use tenor_sdk::margin::risk::MarketView;
use tenor_sdk::margin::state::Underlying;
use tenor_sdk::margin::valuation::ChainValuation;
use tenor_sdk::market::Market;
use tenor_sdk::math::average::moving_average;
use tenor_sdk::math::quantity::{Price, UnixSeconds};
use tenor_sdk::pyth::{PriceUpdate, VerificationLevel};

/// Why the newest price of an underlying is of no use for a liquidation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceProblem {
    /// No feed account is configured or seen.
    NoFeed,
    /// The update is not the underlying's, not fully verified or not positive.
    Unusable,
    /// The update is too old, or ahead of the chain's clock.
    Stale,
    /// Its confidence interval is too wide to be stored at all. One that is merely wide is stored: a liquidation then needs
    /// negative health at both of its ends.
    Uncertain,
}

impl PriceProblem {
    /// Short name for metrics.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NoFeed => "no_feed",
            Self::Unusable => "price_unusable",
            Self::Stale => "price_stale",
            Self::Uncertain => "price_uncertain",
        }
    }
}

/// A projected market, with what is wrong where it could not be projected.
#[derive(Clone, Debug, Default)]
pub struct Projection {
    market: Market,
    problems: HashMap<u8, PriceProblem>,
}

impl Projection {
    /// Projects every underlying to its newest feed price and every chain to that price and the present time.
    ///
    /// An underlying whose newest price the program would refuse keeps its stored price and gets a problem; what depends on it
    /// counts by the age of the stored price, as on chain. A strike that cannot be valued (a chain without a slice) keeps its
    /// stored array, which health checks then judge.
    pub fn of(world: &World, settings: &Settings) -> Self {
        let mut projection = Self {
            market: world.market.clone(),
            problems: HashMap::new(),
        };
        for (address, underlying) in world.market.underlyings() {
            let feed = settings
                .feed_accounts
                .get(&underlying.index)
                .and_then(|feed| world.feeds.get(feed));
            let projected = feed
                .ok_or(PriceProblem::NoFeed)
                .and_then(|feed| at_feed_price(underlying, &feed.update, world.now));
            match projected {
                Ok(projected) => {
                    projection
                        .market
                        .insert(*address, ProgramAccount::Underlying(Box::new(projected)));
                }
                Err(problem) => {
                    projection.problems.insert(underlying.index, problem);
                }
            }
        }
        projection.revalue_chains(world);
        projection
    }

    fn revalue_chains(&mut self, world: &World) {
        for (address, data) in world.market.chains() {
            let Some(underlying) = self.market.underlying(data.chain.underlying_index).copied() else {
                continue;
            };
            let Ok(valuation) = ChainValuation::new(&data.chain, &underlying, world.now) else {
                continue;
            };
            let mut projected = data.clone();
            for strike in &mut projected.strikes {
                let has_interest = strike.call_open_interest_lots > 0 || strike.put_open_interest_lots > 0;
                if !has_interest {
                    continue;
                }
                // A strike that cannot be valued keeps the numbers that it has.
                let _ = valuation.refresh(strike, world.now, world.slot);
            }
            self.market.insert(*address, ProgramAccount::Chain(Box::new(projected)));
        }
    }

    /// The projected market.
    pub const fn market(&self) -> &Market {
        &self.market
    }

    /// What is wrong with the price of an underlying.
    pub fn problem(&self, index: u8) -> Option<PriceProblem> {
        self.problems.get(&index).copied()
    }
}

/// The underlying as `update_price` would leave it, or why the program would refuse.
fn at_feed_price(underlying: &Underlying, update: &PriceUpdate, now: UnixSeconds) -> Result<Underlying, PriceProblem> {
    let price = feed_price(underlying, update).ok_or(PriceProblem::Unusable)?;
    match price.check_usable(underlying, now) {
        Ok(()) if !price.is_of_stored_second(underlying) => {
            stored(underlying, &price, now).ok_or(PriceProblem::Unusable)
        }
        // An update that is not newer than the stored price changes nothing.
        Ok(()) | Err(MarginError::PriceOlderThanStored) => Ok(*underlying),
        Err(MarginError::PriceUncertain) => Err(PriceProblem::Uncertain),
        Err(_) => Err(PriceProblem::Stale),
    }
}

/// The update as the program reads it; `None` if it is not the underlying's.
pub(super) fn feed_price(underlying: &Underlying, update: &PriceUpdate) -> Option<FeedPrice> {
    let is_ours = update.feed_id == underlying.feed_id
        && update.verification_level == VerificationLevel::Full
        && update.exponent == underlying.feed_exponent;
    let price = update.oracle_price().ok().filter(|_| is_ours)?;
    Some(FeedPrice {
        price: Price::from_e9(price.price_e9),
        confidence: Price::from_e9(price.conf_e9),
        published_at: UnixSeconds::new(price.publish_time_secs),
        previous_published_at: price.prev_publish_time_secs.map(UnixSeconds::new),
    })
}

/// The underlying with a price stored: average, hourly mark and range move with it.
fn stored(underlying: &Underlying, price: &FeedPrice, now: UnixSeconds) -> Option<Underlying> {
    let elapsed = price.published_at.since(underlying.published_at());
    let average = moving_average(Price::from_e9(underlying.ema_e9), price.price, elapsed).ok()?;
    let mut stored = Underlying {
        ema_e9: average.e9(),
        price_e9: price.price.e9(),
        confidence_e9: price.confidence.e9(),
        published_at: price.published_at.get(),
        ..*underlying
    };
    let is_certain = price.check_confidence(underlying.feed.max_confidence_e9).is_ok();
    if let Some(hour) = marked_hour(price, underlying).filter(|_| is_certain) {
        stored.take_mark(price.price, hour, now).ok()?;
    }
    Some(stored)
}
