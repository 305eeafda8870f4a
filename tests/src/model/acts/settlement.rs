//! Paying out.

use crate::model::exact::Exact;
use crate::model::forecast::{Act, Forecast};
use crate::model::payoffs::payoff_e9;
use crate::model::state::{Model, QUOTE};
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_testkit::USDC;
use tenor_testkit::action::{CloseChain, PayTreasury, SettleAccount, Sweep};

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
        let atoms = Exact::quotient(payoffs.sum::<i128>() * 10_i128.pow(model.house.quote_decimals), E9);
        let payout = atoms.floor_i128();
        let account = forecast.draft.account(model, address);
        account.change_exposure();
        account.pay(payout, model.registry.pool.indices);
        let chain = forecast.draft.chain(model, chain_address);
        chain.settlement_balance -= payout;
        chain.sequence += 1;
        forecast
    }
}

impl Act for Sweep {
    const NAME: &'static str = "sweep";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let chain = forecast.draft.chain(model, self.chain.address());
        let is_paid = chain.settlement_e9.is_some() && chain.open_positions == 0;
        let residue = if is_paid { chain.settlement_balance.max(0) } else { 0 };
        let fees = chain.fees;
        chain.fees = 0;
        chain.settlement_balance -= residue;
        chain.sequence += 1;
        // The insurance fund's share up.
        let share = Exact::quotient(fees * i128::from(model.house.fees.insurance_share_e9), E9).ceil_i128();
        let funds = forecast.draft.funds(model);
        funds.insurance += share + residue;
        funds.inflow += share + residue;
        funds.treasury += fees - share;
        forecast.require(fees != 0 || residue != 0, MarginError::NothingToSweep);
        forecast
    }
}

impl Act for PayTreasury<'_> {
    const NAME: &'static str = "pay_treasury";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let is_treasury = self.to.address() == model.house.treasury && model.house.treasury != Pubkey::default();
        forecast.require(is_treasury, MarginError::NotTheTreasury);
        let vault = model.registry.collaterals[QUOTE].vault;
        // What the vault does not hold is lent.
        let atoms = model.funds.treasury.min(model.token(&vault));
        forecast.require(atoms > 0, MarginError::NothingToSweep);
        forecast.draft.funds(model).treasury -= atoms;
        let registry = forecast.draft.registry(model);
        registry.sequence += 1;
        registry.collaterals[QUOTE].booked -= atoms;
        forecast.draft.add_tokens(model, vault, -atoms);
        forecast.draft.add_tokens(model, self.to.wallet(USDC), atoms);
        forecast
    }
}

impl Act for CloseChain {
    const NAME: &'static str = "close_chain";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let chain = model.chain(&self.chain.address());
        forecast.require(model.now >= chain.expiry, MarginError::ChainNotExpired);
        let is_empty = chain.open_positions == 0 && chain.fees == 0 && chain.settlement_balance == 0;
        forecast.require(is_empty, MarginError::ChainNotEmpty);
        forecast.draft.closed.insert(self.chain.address());
        forecast
    }
}
