//! Settlement marks and the price that follows from them.

use crate::model::forecast::{Act, Forecast};
use crate::model::freshness::seconds;
use crate::model::settling::{Late, marks_of, minute_of};
use crate::model::state::Model;
use tenor_margin::MarginError;
use tenor_testkit::action::{MarkSettlement, SettleChain};

use super::market::{MOST_LEAD_SECONDS, prices_e9};

impl Act for MarkSettlement {
    const NAME: &'static str = "mark_settlement";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let address = self.chain.address();
        let (chain, underlying) = (model.chain(&address), model.underlying_of(self.chain.asset));
        let update = model.feeds.get(&self.feed).expect("a feed that was written");
        forecast.require(chain.settlement_e9.is_none(), MarginError::ChainSettled);
        forecast.require(update.feed_id == underlying.feed_id, MarginError::FeedId);
        forecast.require(update.exponent == underlying.exponent, MarginError::FeedExponent);
        forecast.require(update.price > 0, MarginError::PriceNotPositive);
        if forecast.is_refused() {
            return forecast;
        }
        let lead = seconds(model.now, update.publish_time_secs);
        forecast.require(lead <= MOST_LEAD_SECONDS, MarginError::PriceFromFuture);
        let (price_e9, _) = prices_e9(update);
        if chain.marks_are_final(model.now) {
            forecast.require(chain.final_price(model.now).is_none(), MarginError::SettlementFinal);
            let Some(minute) = minute_of(update, chain.expiry) else {
                forecast.refuse(MarginError::NotSettlementUpdate);
                return forecast;
            };
            let known = chain.settling.late;
            if known.is_none_or(|known| minute < known.minute) {
                let after = forecast.draft.chain(model, address);
                after.settling.late = Some(Late {
                    minute,
                    price_e9,
                    published_at: update.publish_time_secs,
                    since: known.map_or(model.now, |known| known.since),
                });
                after.sequence += 1;
            }
            return forecast;
        }
        let marks = marks_of(update, chain.expiry);
        forecast.require(!marks.is_empty(), MarginError::NotSettlementUpdate);
        if marks.iter().any(|mark| chain.settling.marks_e9[*mark].is_none()) {
            let after = forecast.draft.chain(model, address);
            for mark in marks {
                after.settling.marks_e9[mark].get_or_insert(price_e9);
            }
            after.sequence += 1;
        }
        forecast
    }
}

impl Act for SettleChain {
    const NAME: &'static str = "settle_chain";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let address = self.chain.address();
        let chain = model.chain(&address);
        forecast.require(chain.settlement_e9.is_none(), MarginError::ChainSettled);
        forecast.require(model.now >= chain.expiry, MarginError::ChainNotExpired);
        forecast.require(chain.marks_are_final(model.now), MarginError::SettlementMarksOpen);
        let price = chain.final_price(model.now);
        let missing = if chain.settling.late.is_some() {
            MarginError::SettlementMarkWaits
        } else {
            MarginError::SettlementMarksMissing
        };
        forecast.require(price.is_some(), missing);
        if let Some((price_e9, settled_by)) = price.filter(|_| !forecast.is_refused()) {
            let chain = forecast.draft.chain(model, address);
            (chain.settlement_e9, chain.settled_by) = (Some(price_e9), settled_by);
            chain.sequence += 1;
        }
        forecast
    }
}
