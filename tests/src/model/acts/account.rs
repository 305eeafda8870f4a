//! Opening, growing and closing accounts; tokens in, out and between them; interest.

use crate::model::acts::trade::initial;
use crate::model::exact::{Approx, Exact};
use crate::model::forecast::{Act, Draft, Forecast, Seen};
use crate::model::freshness::{Rules, seconds};
use crate::model::interest::{Cash, Indices, Pool};
use crate::model::lots::Option as Traded;
use crate::model::state::{Account, Auction, Collateral, Model, QUOTE, Registry};
use num_bigint::BigInt;
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::state::{MAX_CHAINS, Pausable};
use tenor_sdk::decode::ProgramAccount;
use tenor_testkit::action::{
    Accrue, CloseAccount, Deposit, GrowAccount, OpenAccount, SetDelegate, Transfer, TransferPosition, Withdraw,
};

/// The system program: the account exists.
pub const ACCOUNT_EXISTS: u32 = 0;
/// The token program: the source holds too little.
const INSUFFICIENT_FUNDS: u32 = 1;
/// The framework: one account in two writable slots.
pub const SAME_ACCOUNT_TWICE: u32 = 2040;
const E9: i128 = 1_000_000_000;
/// Seconds of a day.
pub const DAY: i64 = 86_400;
/// Events of a chain that a transfer of positions makes.
const CHAIN_EVENTS: u64 = 1;

/// Most positions and chains of an account of a size class.
const fn most(is_large: bool) -> (usize, usize) {
    if is_large { (256, 16) } else { (64, 8) }
}

impl Act for OpenAccount<'_> {
    const NAME: &'static str = "open_account";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let address = self.owner.account();
        if model.accounts.contains_key(&address) {
            forecast.refuse_foreign(ACCOUNT_EXISTS, "account exists");
        }
        forecast.require(!model.is_paused(Pausable::OpenAccount), MarginError::ActionPaused);
        let (capacity, is_large) = (usize::from(self.capacity), self.capacity > 64);
        let fits = (1..=most(is_large).0).contains(&capacity);
        forecast.require(fits, MarginError::ParameterOutOfRange);
        let account = Account {
            owner: self.owner.address(),
            delegate: Pubkey::default(),
            delegate_limit_e9: 0,
            delegate_loss: (0, 0),
            capacity,
            is_large,
            opened_at: model.now,
            small: (0, 0),
            sequence: 0,
            exposure: 0,
            cash: Cash::NONE,
            balances: vec![0; model.registry.collaterals.len()],
            positions: Vec::new(),
            slots: [None; MAX_CHAINS],
            recent: (0, vec![0; model.registry.collaterals.len()]),
            auction: Auction::default(),
        };
        forecast.draft.accounts.insert(address, account);
        forecast
    }
}

impl Act for GrowAccount<'_> {
    const NAME: &'static str = "grow_account";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let account = forecast.draft.account(model, self.of.account());
        let capacity = usize::from(self.capacity);
        let fits = capacity > account.capacity && capacity <= most(account.is_large).0;
        account.capacity = capacity;
        account.sequence += 1;
        forecast.require(fits, MarginError::WrongCapacity);
        forecast
    }
}

impl Act for SetDelegate<'_> {
    const NAME: &'static str = "set_delegate";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let account = forecast.draft.account(model, self.owner.account());
        account.delegate = self.args.delegate;
        account.delegate_limit_e9 = self.args.max_daily_loss_e9.into();
        account.sequence += 1;
        forecast
    }
}

/// An action that brings the pool to the present and counts accounts anew.
trait Counted {
    /// What changes, from the pool as it is at the present.
    fn draft(&self, model: &Model, pool: &mut Pool) -> Draft;
}

/// The program's pool after an action that accrued, if it did what the model's would have done; its accounts are counted by
/// `count` as the action counts them.
pub fn adopted(model: &Model, seen: &Seen<'_>, count: &dyn Fn(&mut Pool) -> Draft) -> Result<Draft, String> {
    let Some(ProgramAccount::Registry(stored)) = (seen.read)(&tenor_sdk::address::registry()) else {
        return Err("the registry is gone".to_owned());
    };
    let (before, stored) = (&model.registry.pool, Registry::of(&stored).pool);
    before.check_indices(&stored.indices, &model.house.interest, model.now)?;
    let mut pool = before.accrued(&model.house.interest, model.now);
    pool.indices = stored.indices;
    let mut draft = count(&mut pool);
    for (name, exact, stored) in [
        ("borrowed", pool.borrowed_q32, stored.borrowed_q32),
        ("deposited", pool.deposited_q32, stored.deposited_q32),
        ("reserve", pool.reserve_q32, stored.reserve_q32),
    ] {
        // Each accrual rounds totals by less than 40 x 2^-64 of what is borrowed and a few units of 2^-32 atoms.
        let slack = before.borrowed_q32.max(pool.borrowed_q32) / (1 << 58) + 64;
        if (exact - stored).abs() > slack {
            return Err(format!("{name} is {stored}, exact {exact}, in units of 2^-32 atoms"));
        }
    }
    draft.registry(model).pool = stored;
    Ok(draft)
}

impl Model {
    /// The pool now, to within rounding, and by how many atoms an account's cash may differ for it.
    fn pool_now(&self) -> (Pool, i128) {
        let pool = self.registry.pool;
        let slack = if pool.moves(self.now) { 3 } else { 0 };
        (pool.accrued(&self.house.interest, self.now), slack)
    }

    /// That many atoms of the quote in USD x 1e9.
    fn quote_e9(&self, atoms: i128) -> i128 {
        atoms * E9 / 10_i128.pow(self.house.quote_decimals)
    }

    /// Checks that an account as it will be does not borrow while that is paused.
    fn check_borrowing(&self, account: &Account, index: usize, slack: i128, forecast: &mut Forecast) {
        if index == QUOTE && self.is_paused(Pausable::Borrow) {
            let cash = Approx::from(account.cash.atoms).off_by(slack);
            forecast.judge(cash.is_at_least_zero(), MarginError::ActionPaused);
        }
    }

    /// Checks the withdrawal rule on an account as it will be.
    fn check_withdrawal(&self, account: &Account, slack: i128, forecast: &mut Forecast) {
        if let Some(mut health) = forecast.take(self.health(account, Rules::Withdrawal)) {
            health.withdrawable = health.withdrawable.off_by(self.quote_e9(slack));
            forecast.judge(health.withdrawable.is_at_least_zero(), MarginError::WithdrawalTooLarge);
        }
    }
}

impl Counted for Deposit<'_> {
    fn draft(&self, model: &Model, pool: &mut Pool) -> Draft {
        let mut draft = Draft::default();
        let (atoms, index) = (i128::from(self.atoms), model.collateral_index(self.asset));
        let registry = draft.registry(model);
        registry.sequence += 1;
        let window = registry.window_seconds;
        let entry = &mut registry.collaterals[index];
        entry.booked += atoms;
        let vault = entry.vault;
        draft.add_tokens(model, self.depositor.wallet(self.asset), -atoms);
        draft.add_tokens(model, vault, atoms);
        let account = draft.account(model, self.to.account());
        account.sequence += 1;
        account.forget(window, model.now);
        account.recent.1[index] += atoms;
        account.add(index, atoms, pool.indices);
        pool.recount(&mut account.cash);
        draft.registry(model).pool = *pool;
        draft
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
        forecast.require(model.now >= model.house.set_up_until, MarginError::GenesisLasts);
        let depositor = self.depositor.address();
        let is_welcome = index == QUOTE || to.balances[index] > 0 || to.is_authority(&depositor);
        forecast.require(is_welcome, MarginError::NotAccountAuthority);
        // Whoever owes or has positions may always bring the quote.
        let is_needed = index == QUOTE && (to.cash.atoms < 0 || !to.positions.is_empty());
        let is_paused = !is_needed && model.is_paused(Pausable::Deposit);
        forecast.require(!is_paused, MarginError::ActionPaused);
        if model.token(&wallet) < atoms {
            forecast.refuse_foreign(INSUFFICIENT_FUNDS, "insufficient funds");
            return forecast;
        }
        let entry = &model.registry.collaterals[index];
        let is_within = is_needed || entry.booked + atoms <= entry.cap_at(model.now);
        forecast.require(is_within, MarginError::DepositCap);
        let (mut pool, _) = model.pool_now();
        forecast.draft = self.draft(model, &mut pool);
        forecast
    }

    fn redraft(&self, model: &Model, _: Draft, seen: &Seen<'_>) -> Result<Draft, String> {
        adopted(model, seen, &|pool| self.draft(model, pool))
    }
}

impl Counted for Withdraw<'_> {
    fn draft(&self, model: &Model, pool: &mut Pool) -> Draft {
        let mut draft = Draft::default();
        let (atoms, index) = (i128::from(self.atoms), model.collateral_index(self.asset));
        let account = draft.account(model, self.owner.account());
        account.change_exposure();
        account.add(index, -atoms, pool.indices);
        pool.recount(&mut account.cash);
        let registry = draft.registry(model);
        registry.sequence += 1;
        registry.pool = *pool;
        let entry = &mut registry.collaterals[index];
        entry.booked -= atoms;
        let vault = entry.vault;
        draft.add_tokens(model, vault, -atoms);
        draft.add_tokens(model, self.owner.wallet(self.asset), atoms);
        count_outflow(self, model, &mut draft);
        draft
    }
}

/// Counts the amount against the window, or as a small one of an account that is older than the window.
fn count_outflow(of: &Withdraw<'_>, model: &Model, draft: &mut Draft) -> bool {
    let (atoms, index, now) = (i128::from(of.atoms), model.collateral_index(of.asset), model.now);
    let window = model.registry.window_seconds;
    let account = draft.account(model, of.owner.account());
    account.forget(window, now);
    // What it takes back of its own deposits is no outflow.
    let own = atoms.min(account.recent.1[index]);
    account.recent.1[index] -= own;
    let atoms = atoms - own;
    if atoms == 0 {
        return true;
    }
    let registry = draft.registry(model);
    let (window, small_e9) = (registry.window_seconds, registry.small_e9);
    let entry = &mut registry.collaterals[index];
    let level = entry.outflow_at(window, now);
    if level + atoms <= entry.window_cap {
        entry.outflow = (level + atoms, now);
        return true;
    }
    entry.outflow = (level.max(entry.window_cap), now);
    let (decimals, priced_by) = (entry.decimals, entry.priced_by);
    let price_e9 = priced_by.map_or(E9, |index| model.underlying(index).price_e9);
    let worth = Exact::quotient(BigInt::from(atoms) * price_e9, 10_i128.pow(decimals)).ceil_i128();
    let account = draft.account(model, of.owner.account());
    let day = now.max(0) / DAY;
    let before = if account.small.1 == day { account.small.0 } else { 0 };
    account.small = (before + worth, day);
    let is_old = seconds(account.opened_at, now) >= window;
    is_old && price_e9 > 0 && before + worth <= small_e9
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
        if index != QUOTE && atoms > model.account(&address).balances[index] {
            forecast.refuse(MarginError::InsufficientBalance);
        }
        if forecast.is_refused() {
            return forecast;
        }
        let worth_e9 = if index == QUOTE { model.quote_e9(atoms) } else { 0 };
        forecast.may_overflow(worth_e9);
        let (mut pool, slack) = model.pool_now();
        forecast.draft = self.draft(model, &mut pool);
        let vault = model.registry.collaterals[index].vault;
        forecast.require(model.token(&vault) >= atoms, MarginError::NotEnoughLiquidity);
        let fits = count_outflow(self, model, &mut Draft::default());
        forecast.require(fits, MarginError::WindowCapReached);
        let account = forecast.draft.accounts[&address].clone();
        model.check_borrowing(&account, index, slack, &mut forecast);
        model.check_withdrawal(&account, slack, &mut forecast);
        forecast
    }

    fn redraft(&self, model: &Model, _: Draft, seen: &Seen<'_>) -> Result<Draft, String> {
        adopted(model, seen, &|pool| self.draft(model, pool))
    }
}

impl Counted for Transfer<'_> {
    fn draft(&self, model: &Model, pool: &mut Pool) -> Draft {
        let mut draft = Draft::default();
        let (atoms, index) = (i128::from(self.atoms), model.collateral_index(self.asset));
        let [from, to] = [self.from.account(), self.to.account()];
        draft.account(model, from).change_exposure();
        draft.account(model, to).sequence += 1;
        draft.account(model, from).add(index, -atoms, pool.indices);
        draft.account(model, to).add(index, atoms, pool.indices);
        for address in [from, to] {
            pool.recount(&mut draft.account(model, address).cash);
        }
        let registry = draft.registry(model);
        registry.sequence += 1;
        registry.pool = *pool;
        draft
    }
}

impl Act for Transfer<'_> {
    const NAME: &'static str = "transfer";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let (atoms, index) = (i128::from(self.atoms), model.collateral_index(self.asset));
        let [from, to] = [self.from.account(), self.to.account()];
        if from == to {
            forecast.refuse_foreign(SAME_ACCOUNT_TWICE, "same account twice");
            return forecast;
        }
        forecast.require(atoms > 0, MarginError::ZeroAmount);
        let is_own = model.account(&to).owner == self.from.address();
        forecast.require(is_own, MarginError::NotAccountAuthority);
        if index == QUOTE && atoms > i64::MAX.into() {
            forecast.refuse(MarginError::MathOverflow);
        }
        if index != QUOTE && atoms > model.account(&from).balances[index] {
            forecast.refuse(MarginError::InsufficientBalance);
        }
        if forecast.is_refused() {
            return forecast;
        }
        let worth_e9 = if index == QUOTE { model.quote_e9(atoms) } else { 0 };
        forecast.may_overflow(worth_e9);
        let (mut pool, slack) = model.pool_now();
        forecast.draft = self.draft(model, &mut pool);
        let account = forecast.draft.accounts[&from].clone();
        model.check_borrowing(&account, index, slack, &mut forecast);
        model.check_withdrawal(&account, slack, &mut forecast);
        forecast
    }

    fn redraft(&self, model: &Model, _: Draft, seen: &Seen<'_>) -> Result<Draft, String> {
        adopted(model, seen, &|pool| self.draft(model, pool))
    }
}

impl Act for TransferPosition<'_> {
    const NAME: &'static str = "transfer_position";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let [from, to] = [self.from.account(), self.to.account()];
        if from == to {
            forecast.refuse_foreign(SAME_ACCOUNT_TWICE, "same account twice");
            return forecast;
        }
        let lots = i128::from(self.lots);
        let option = Traded::of(self.option, model);
        forecast.require(lots != 0, MarginError::ZeroAmount);
        let is_own = model.account(&to).owner == self.from.address();
        forecast.require(is_own, MarginError::NotAccountAuthority);
        forecast.require(model.now < model.chain(&option.chain).expiry, MarginError::ChainExpired);
        let account = model.account(&from);
        let has_position = account
            .positions
            .iter()
            .any(|held| held.is_of(&option.chain, option.strike));
        forecast.require(has_position, MarginError::NoPositions);
        let held = account.lots(&option.chain, option.strike, option.kind);
        let is_part = lots == 0 || (lots.signum() == held.signum() && lots.abs() <= held.abs());
        forecast.require(is_part, MarginError::NotEnoughLots);
        if forecast.is_refused() {
            return forecast;
        }
        for address in [from, to] {
            forecast.draft.account(model, address).change_exposure();
        }
        forecast.draft.chain(model, option.chain).sequence += CHAIN_EVENTS;
        let moved = forecast.draft.move_lots(model, [from, to], option, lots);
        if forecast.take(moved).is_none() {
            return forecast;
        }
        let after = forecast.draft.on(model);
        after.check_withdrawal(after.account(&from), 0, &mut forecast);
        // Nothing is paid for shorts: gains that nobody has realised may not pay for them.
        if lots < 0 {
            after.check_withdrawal(after.account(&to), 0, &mut forecast);
        }
        if let Some(health) = forecast.take(after.health(after.account(&to), Rules::Action)) {
            forecast.judge(initial(&health), MarginError::InitialHealthNegative);
        }
        forecast
    }
}

impl Counted for Accrue<'_> {
    fn draft(&self, model: &Model, pool: &mut Pool) -> Draft {
        let mut draft = Draft::default();
        let account = draft.account(model, self.of.account());
        account.sequence += 1;
        pool.recount(&mut account.cash);
        let swept = pool.sweep();
        let registry = draft.registry(model);
        registry.sequence += 1;
        registry.pool = *pool;
        let funds = draft.funds(model);
        funds.insurance += swept;
        funds.inflow += swept;
        draft
    }
}

impl Act for Accrue<'_> {
    const NAME: &'static str = "accrue";

    fn forecast(&self, model: &Model) -> Forecast {
        let (mut pool, _) = model.pool_now();
        Forecast {
            draft: self.draft(model, &mut pool),
            ..Forecast::default()
        }
    }

    fn redraft(&self, model: &Model, _: Draft, seen: &Seen<'_>) -> Result<Draft, String> {
        adopted(model, seen, &|pool| self.draft(model, pool))
    }
}

impl Counted for CloseAccount<'_> {
    fn draft(&self, model: &Model, pool: &mut Pool) -> Draft {
        let mut draft = Draft::default();
        let mut cash = model.account(&self.owner.account()).cash;
        pool.recount(&mut cash);
        let registry = draft.registry(model);
        registry.sequence += 1;
        registry.pool = *pool;
        draft.closed.insert(self.owner.account());
        draft
    }
}

impl Act for CloseAccount<'_> {
    const NAME: &'static str = "close_account";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let account = model.account(&self.owner.account());
        let holds = !account.positions.is_empty() || account.balances.iter().any(|atoms| *atoms != 0);
        let (mut pool, slack) = model.pool_now();
        let mut cash = account.cash;
        pool.recount(&mut cash);
        let is_empty = !holds && cash.atoms == 0;
        let is_near = !holds && cash.atoms != 0 && cash.atoms.abs() <= slack && account.cash.atoms != 0;
        forecast.judge((!is_near).then_some(is_empty), MarginError::AccountNotEmpty);
        let (mut pool, _) = model.pool_now();
        forecast.draft = self.draft(model, &mut pool);
        forecast
    }

    fn redraft(&self, model: &Model, _: Draft, seen: &Seen<'_>) -> Result<Draft, String> {
        adopted(model, seen, &|pool| self.draft(model, pool))
    }
}

impl Collateral {
    /// The cap while it grows: in a line from zero, rounded down.
    fn cap_at(&self, now: i64) -> i128 {
        let (started, length) = self.ramp;
        let elapsed = seconds(started, now);
        if now < started {
            0
        } else if elapsed >= length {
            self.cap
        } else {
            self.cap * elapsed / length
        }
    }

    /// Net outflow that the window still remembers: it forgets one cap a window, rounded down.
    fn outflow_at(&self, window: i128, now: i64) -> i128 {
        let (level, at) = self.outflow;
        let forgotten = Exact::quotient(BigInt::from(self.window_cap) * seconds(at, now), window.max(1));
        (&Exact::from(level) - &forgotten.floor_exact())
            .max(0.into())
            .floor_i128()
    }
}

impl Account {
    /// Forgets what it brought in a window ago.
    fn forget(&mut self, window: i128, now: i64) {
        if seconds(self.recent.0, now) >= window {
            self.recent = (now, vec![0; self.recent.1.len()]);
        }
    }

    /// Adds to a collateral; cash after the interest up to these indices.
    pub fn add(&mut self, index: usize, atoms: i128, indices: Indices) {
        if index == QUOTE {
            self.cash = self.cash.brought_to(indices);
            self.cash.atoms += atoms;
        } else {
            self.balances[index] += atoms;
        }
    }

    /// Adds to cash, after the interest up to these indices.
    pub fn pay(&mut self, atoms: i128, indices: Indices) {
        self.add(QUOTE, atoms, indices);
    }

    /// Most chains that it may use.
    pub const fn most_chains(&self) -> usize {
        most(self.is_large).1
    }

    /// Numbers a change of what it holds at risk.
    pub const fn change_exposure(&mut self) {
        self.sequence += 1;
        self.exposure += 1;
    }
}
