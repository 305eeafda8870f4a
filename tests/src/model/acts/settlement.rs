//! Paying out.

use crate::model::exact::Exact;
use crate::model::forecast::{Act, Forecast};
use crate::model::payoffs::payoff_e9;
use crate::model::state::Model;
use tenor_margin::MarginError;
use tenor_testkit::action::SettleAccount;

const E9: i128 = 1_000_000_000;

impl Act for SettleAccount<'_> {
    const NAME: &'static str = "settle_account";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let (address, chain_address) = (self.of.account(), self.chain.address());
        let chain = model.chain(&chain_address);
        let has_positions = model.account(&address).chains().contains(&chain_address);
        forecast.require(has_positions, MarginError::NoPositions);
        let Some(price_e9) = chain.settlement_e9 else {
            forecast.refuse(MarginError::ChainNotSettled);
            return forecast;
        };
        let underlying = model.underlying(chain.underlying);
        let released = forecast.draft.release(model, address, chain_address);
        let payoffs = released.iter().map(|held| payoff_e9(held, chain, underlying, price_e9));
        // Down: what is received loses the fraction of an atom, what is owed gains it.
        let atoms = Exact::quotient(
            payoffs.sum::<i128>() * 10_i128.pow(model.house.quote_decimals),
            E9,
        );
        let payout = atoms.floor_i128();
        let account = forecast.draft.account(model, address);
        account.change_exposure();
        account.cash += payout;
        forecast.draft.chain(model, chain_address).settlement_balance -= payout;
        forecast
    }
}
