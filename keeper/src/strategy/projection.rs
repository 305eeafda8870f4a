//! The market as it will be once the newest prices are stored and the risk arrays refreshed.

use super::Settings;
use crate::world::World;
use std::collections::HashMap;
use tenor_sdk::decode::ProgramAccount;
use tenor_sdk::margin::risk::MarketView;
use tenor_sdk::margin::state::Underlying;
use tenor_sdk::margin::valuation::ChainValuation;
use tenor_sdk::market::Market;
use tenor_sdk::math::quantity::UnixSeconds;
use tenor_sdk::pyth::{PriceUpdate, VerificationLevel};

/// Why the program would refuse the newest price of an underlying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceProblem {
    /// No feed account is configured or seen.
    NoFeed,
    /// The update is not the underlying's, not fully verified or not positive.
    Unusable,
    /// The update is too old for a liquidation.
    Stale,
    /// Its confidence interval is too wide.
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
    /// An underlying whose newest price the program would refuse keeps its stored price and gets a problem. A strike
    /// that cannot be valued (a chain without a slice) keeps its stored array, which health checks then judge.
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
    let published_at = UnixSeconds::new(update.publish_time_secs);
    let is_ours = update.feed_id == underlying.feed_id
        && update.verification_level == VerificationLevel::Full
        && update.exponent == underlying.feed_exponent;
    let (price_e9, confidence_e9) = match (update.price_e9(), update.conf_e9()) {
        (Ok(price), Ok(confidence)) if is_ours => (price, confidence),
        _ => return Err(PriceProblem::Unusable),
    };
    let limits = &underlying.feed;
    if now.since(published_at) > limits.max_liquidation_age_seconds {
        return Err(PriceProblem::Stale);
    }
    let confidence = u128::from(confidence_e9).saturating_mul(1_000_000_000);
    if confidence > u128::from(price_e9).saturating_mul(u128::from(limits.max_confidence_e9)) {
        return Err(PriceProblem::Uncertain);
    }
    // An update that is not newer than the stored price changes nothing.
    if published_at <= underlying.published_at() {
        return Ok(*underlying);
    }
    Ok(Underlying {
        price_e9,
        confidence_e9,
        published_at: update.publish_time_secs,
        ..*underlying
    })
}
