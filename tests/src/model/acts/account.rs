//! Opening, deposits, withdrawals.

use crate::model::forecast::{Act, Forecast};
use crate::model::freshness::Rules;
use crate::model::state::{Account, Auction, Model, QUOTE};
use tenor_margin::MarginError;
use tenor_testkit::action::{Deposit, OpenAccount, Withdraw};

/// The system program: the account exists.
pub const ACCOUNT_EXISTS: u32 = 0;
/// The token program: the source holds too little.
const INSUFFICIENT_FUNDS: u32 = 1;
/// Most positions that an account is opened for.
const MOST_POSITIONS: u16 = 64;

impl Act for OpenAccount<'_> {
    const NAME: &'static str = "open_account";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let address = self.owner.account();
        if model.accounts.contains_key(&address) {
            forecast.refuse_foreign(ACCOUNT_EXISTS, "account exists");
        }
        let fits = (1..=MOST_POSITIONS).contains(&self.capacity);
        forecast.require(fits, MarginError::ParameterOutOfRange);
        let account = Account {
            owner: self.owner.address(),
            capacity: self.capacity.into(),
            sequence: 0,
            exposure: 0,
            cash: 0,
            balances: vec![0; model.collaterals.len()],
            positions: Vec::new(),
            auction: Auction::default(),
        };
        forecast.draft.accounts.insert(address, account);
        forecast
    }
}

impl Act for Deposit<'_> {
    const NAME: &'static str = "deposit";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let (atoms, index) = (i128::from(self.atoms), model.collateral_index(self.asset));
        let to = model.account(&self.to.account());
        let wallet = self.depositor.wallet(self.asset);
        forecast.require(atoms > 0, MarginError::ZeroAmount);
        let is_welcome = index == QUOTE || to.balances[index] > 0 || to.owner == self.depositor.address();
        forecast.require(is_welcome, MarginError::NotAccountAuthority);
        if model.token(&wallet) < atoms {
            forecast.refuse_foreign(INSUFFICIENT_FUNDS, "insufficient funds");
            return forecast;
        }
        let entry = &mut forecast.draft.collaterals(model)[index];
        entry.booked += atoms;
        let (is_within, vault) = (entry.booked <= entry.cap, entry.vault);
        forecast.require(is_within, MarginError::DepositCap);
        forecast.draft.add_tokens(model, wallet, -atoms);
        forecast.draft.add_tokens(model, vault, atoms);
        let account = forecast.draft.account(model, self.to.account());
        account.sequence += 1;
        account.add(index, atoms);
        forecast
    }
}

impl Act for Withdraw<'_> {
    const NAME: &'static str = "withdraw";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let (atoms, index) = (i128::from(self.atoms), model.collateral_index(self.asset));
        let address = self.owner.account();
        forecast.require(atoms > 0, MarginError::ZeroAmount);
        if index == QUOTE && atoms > i64::MAX.into() {
            forecast.refuse(MarginError::MathOverflow);
        }
        if atoms > model.account(&address).balance(index) {
            forecast.refuse(MarginError::InsufficientBalance);
            return forecast;
        }
        let account = forecast.draft.account(model, address);
        account.change_exposure();
        account.add(index, -atoms);
        let health = model.health(account, Rules::Withdrawal);
        if let Some(health) = forecast.take(health) {
            forecast.judge(health.withdrawable.is_at_least_zero(), MarginError::WithdrawalTooLarge);
        }
        let entry = &mut forecast.draft.collaterals(model)[index];
        entry.booked -= atoms;
        let vault = entry.vault;
        forecast.draft.add_tokens(model, vault, -atoms);
        forecast.draft.add_tokens(model, self.owner.wallet(self.asset), atoms);
        forecast
    }
}

impl Account {
    /// What it has of a collateral.
    pub fn balance(&self, index: usize) -> i128 {
        if index == QUOTE { self.cash } else { self.balances[index] }
    }

    /// Adds to a collateral.
    pub fn add(&mut self, index: usize, atoms: i128) {
        if index == QUOTE {
            self.cash += atoms;
        } else {
            self.balances[index] += atoms;
        }
    }

    /// Numbers a change of what it holds at risk.
    pub fn change_exposure(&mut self) {
        self.sequence += 1;
        self.exposure += 1;
    }
}
