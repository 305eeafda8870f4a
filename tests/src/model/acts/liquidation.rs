//! Auctions of accounts, and slices of them.

use crate::model::acts::account::SAME_ACCOUNT_TWICE;
use crate::model::acts::trade::initial;
use crate::model::book::marks;
use crate::model::exact::{Approx, Exact};
use crate::model::forecast::{Act, Draft, Forecast, Seen};
use crate::model::freshness::{Counts, Rules, seconds};
use crate::model::health::Health;
use crate::model::lots::Option as Moved;
use crate::model::payoffs::lot_value_e9;
use crate::model::state::{Auction, House, Model, Position, QUOTE};
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use solana_pubkey::Pubkey;
use std::collections::BTreeSet;
use tenor_margin::MarginError;
use tenor_margin::event::{LiquidationTouched, SliceLiquidated};
use tenor_testkit::action::{LiquidateSlice, Touch};

const E9: i128 = 1_000_000_000;
const E18: i128 = 1_000_000_000_000_000_000;
/// Most that a touch advances a clock.
const MOST_STEP_SECONDS: i128 = 30;
/// The discount by the clock: 2% at the start, 20% after ten minutes, all after six hours more; x 1e9.
const DISCOUNTS: [(i128, i128); 3] = [(0, 20_000_000), (600, 200_000_000), (22_200, 1_000_000_000)];

/// What a touch makes of an auction.
enum Touched {
    /// It goes on, starts or ends so.
    Is(Auction),
    /// It is refused.
    Refused(MarginError),
    /// Rounding decides between going on and ending, or between starting and none.
    Doubtful(Box<[Touched; 2]>),
}

impl Touched {
    /// The auction, if it may run.
    fn running(self) -> Option<Auction> {
        match self {
            Self::Is(auction) => auction.runs.then_some(auction),
            Self::Refused(_) => None,
            Self::Doubtful(ways) => ways.into_iter().find_map(Self::running),
        }
    }
}

impl Auction {
    /// What the clock shows at a touch: it advances by at most 30 seconds while it runs; a new auction soon after an old one
    /// goes on from its clock.
    fn clock_at(&self, house: &House, now: i64) -> i64 {
        if self.runs {
            let step = seconds(self.touched_at, now).min(MOST_STEP_SECONDS);
            return self.clock + i64::try_from(step).expect("half a minute");
        }
        let is_recent = self.ended_at != 0 && seconds(self.ended_at, now) <= house.auction_memory_seconds.into();
        if is_recent { self.clock } else { 0 }
    }

    fn touched(self, health: &Health, house: &House, now: i64) -> Touched {
        // What was left out counts at its best: only a health that is negative even so says something.
        if health.left_out {
            match health.maintenance_health().is_at_least_zero() {
                Some(true) => return Touched::Refused(MarginError::PriceStale),
                Some(false) => {}
                None => {
                    let negative = self.judged(health, house, now);
                    return Touched::Doubtful(Box::new([Touched::Refused(MarginError::PriceStale), negative]));
                }
            }
        }
        self.judged(health, house, now)
    }

    fn judged(self, health: &Health, house: &House, now: i64) -> Touched {
        if self.runs {
            // On a wide price nobody is liquidated who may be healthy at one end of it.
            if health.is_wide {
                match (&health.maintenance_health() + &health.tolerance).is_at_least_zero() {
                    Some(true) => return Touched::Refused(MarginError::PriceUncertain),
                    Some(false) => {}
                    None => {
                        let certain = self.advanced(health, house, now);
                        return Touched::Doubtful(Box::new([Touched::Refused(MarginError::PriceUncertain), certain]));
                    }
                }
            }
            return self.advanced(health, house, now);
        }
        self.started(health, house, now)
    }

    fn advanced(self, health: &Health, house: &House, now: i64) -> Touched {
        {
            let clock = self.clock_at(house, now);
            let goes_on = Self {
                clock,
                touched_at: now,
                ..self
            };
            goes_on.ended(health, house, now)
        }
    }

    fn started(self, health: &Health, house: &House, now: i64) -> Touched {
        let clock = self.clock_at(house, now);
        let started = Self {
            runs: true,
            started_at: now,
            touched_at: now,
            clock,
            ..self
        };
        let refused = if health.left_out {
            MarginError::PriceStale
        } else {
            MarginError::AccountHealthy
        };
        // Unhealthy wherever in the interval the price truly is, whatever re-centring hides.
        let is_healthy = (&health.maintenance_health() + &health.tolerance).is_at_least_zero();
        match is_healthy {
            Some(true) => Touched::Refused(refused),
            Some(false) => Touched::Is(started),
            None => Touched::Doubtful(Box::new([Touched::Refused(refused), Touched::Is(started)])),
        }
    }

    /// The auction, ended if equity has reached the target or nothing needs margin.
    fn ended(self, health: &Health, house: &House, now: i64) -> Touched {
        if health.left_out {
            return Touched::Is(self);
        }
        let ended = Self {
            runs: false,
            ended_at: now,
            ..self
        };
        match is_at_target(health, house) {
            Some(true) => Touched::Is(ended),
            Some(false) => Touched::Is(self),
            None => Touched::Doubtful(Box::new([Touched::Is(self), Touched::Is(ended)])),
        }
    }
}

/// Whether equity has reached the target, or nothing needs margin.
fn is_at_target(health: &Health, house: &House) -> Option<bool> {
    let target = Exact::quotient(house.liquidation_target_e9, E9);
    let beyond = &health.equity - &health.maintenance.times(&target);
    match health.maintenance.is_above_zero() {
        Some(false) => Some(true),
        Some(true) => beyond.is_at_least_zero(),
        None if beyond.is_at_least_zero() == Some(true) => Some(true),
        None => None,
    }
}

/// Rules of a touch: what ends an auction is computed as closely as what moves positions in it.
const fn touch_rules(auction: &Auction) -> Rules {
    if auction.runs { Rules::Slice } else { Rules::Start }
}

impl Act for Touch<'_> {
    const NAME: &'static str = "touch_liquidation";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let address = self.of.account();
        let account = model.account(&address);
        let Some(health) = forecast.take(model.health(account, touch_rules(&account.auction))) else {
            return forecast;
        };
        settle_on(
            account.auction.touched(&health, &model.house, model.now),
            &mut forecast,
            &mut |forecast, auction| {
                let account = forecast.draft.account(model, address);
                account.auction = auction;
            },
        );
        forecast.draft.account(model, address).sequence += 1;
        forecast
    }

    fn adopt(&self, model: &mut Model, seen: &Seen<'_>) -> Result<(), String> {
        let address = self.of.account();
        let event: LiquidationTouched = seen.receipt.event();
        let account = model.account(&address);
        // The rules of a start, or of an auction that runs: which is not to be seen from what a touch leaves.
        let by = |rules| {
            let health = model.health(account, rules).map_err(|error| format!("{error:?}"))?;
            health.equity.check(event.equity_e9.into())?;
            health.maintenance.check(event.maintenance_e9.into())
        };
        by(Rules::Start).or_else(|_| by(Rules::Slice))?;
        let before = model.account(&address).auction;
        follow(model, address, before, event.active, event.clock_seconds)
    }
}

/// Drafts what a touch makes of an auction, the first of what rounding may decide.
fn settle_on(touched: Touched, forecast: &mut Forecast, take: &mut dyn FnMut(&mut Forecast, Auction)) {
    match touched {
        Touched::Is(auction) => take(forecast, auction),
        Touched::Refused(error) => forecast.refuse(error),
        Touched::Doubtful(ways) => {
            for way in *ways {
                match way {
                    Touched::Refused(error) => forecast.judge(None, error),
                    Touched::Is(auction) => take(forecast, auction),
                    Touched::Doubtful(_) => settle_on(way, forecast, take),
                }
            }
        }
    }
}

/// Where rounding decides whether an auction ends, the program's word stands.
fn follow(model: &mut Model, address: Pubkey, drafted: Auction, active: u8, clock: u32) -> Result<(), String> {
    if i64::from(clock) != drafted.clock {
        return Err(format!("the clock shows {clock}, not {}", drafted.clock));
    }
    if (active != 0) == drafted.runs {
        return Ok(());
    }
    let health = model.health(model.account(&address), Rules::Slice);
    let health = health.map_err(|error| format!("{error:?}"))?;
    if is_at_target(&health, &model.house).is_some() {
        return Err(format!("the auction runs: {active}, but {}", drafted.runs));
    }
    let now = model.now;
    let account = model.accounts.get_mut(&address).expect("an account");
    account.auction = Auction {
        runs: active != 0,
        ended_at: if active != 0 { drafted.ended_at } else { now },
        ..drafted
    };
    Ok(())
}

/// What a slice takes: decided by the account's health.
#[derive(Clone, Copy, Debug)]
struct Plan {
    fraction_e18: i128,
    discount_atoms: i128,
}

impl Act for LiquidateSlice<'_> {
    const NAME: &'static str = "liquidate_slice";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let [of, to] = [self.of.account(), self.liquidator.account()];
        if of == to {
            forecast.refuse_foreign(SAME_ACCOUNT_TWICE, "same account twice");
            return forecast;
        }
        let (account, liquidator) = (model.account(&of), model.account(&to));
        forecast.require(account.owner != liquidator.owner, MarginError::SameAccount);
        let is_expected = account.exposure == self.args.expected_sequence;
        forecast.require(is_expected, MarginError::SequenceMismatch);
        forecast.require(account.auction.runs, MarginError::AuctionNotStarted);
        forecast.require(self.args.max_fraction_e18 > 0, MarginError::ZeroAmount);
        let Some(health) = forecast.take(model.health(account, Rules::Slice)) else {
            return forecast;
        };
        if forecast.is_refused() {
            return forecast;
        }
        let mut auction = account.auction;
        settle_on(
            account.auction.touched(&health, &model.house, model.now),
            &mut forecast,
            &mut |_, touched| auction = touched,
        );
        if !auction.runs && is_at_target(&health, &model.house) == Some(true) {
            forecast.refuse(MarginError::NothingToLiquidate);
        }
        // What was left out counted at its best, and may be gone: a discount is held against the stored numbers as well.
        let mut spare = health.equity.clone();
        if health.left_out {
            let Some(stored) = forecast.take(model.health(account, Rules::Stored)) else {
                return forecast;
            };
            spare = spare.lesser(&stored.equity);
        }
        let has_equity = spare.is_above_zero();
        forecast.judge(has_equity, MarginError::EquityExhausted);
        if is_at_target(&health, &model.house).is_none() || health.maintenance.is_above_zero().is_none() {
            forecast.judge(None, MarginError::NothingToLiquidate);
        }
        if forecast.is_refused() || has_equity.is_none() || health.maintenance.is_above_zero() != Some(true) {
            return forecast;
        }
        // The fraction follows from rounded numbers: both ends of what it may be are judged.
        let plans = self.plans(&health, &spare, auction.clock, &model.house);
        let ends = plans.map(|plan| self.judged(model, &health, plan));
        let [low, high] = ends;
        // Where one end is refused and the other not, rounding decides.
        let both = low.is_refused() && high.is_refused();
        for end in [low, high] {
            let into = if both {
                &mut forecast.refusals
            } else {
                &mut forecast.doubts
            };
            into.extend(end.refusals);
            forecast.doubts.extend(end.doubts);
        }
        forecast
    }

    fn adopt(&self, model: &mut Model, seen: &Seen<'_>) -> Result<(), String> {
        let event: SliceLiquidated = seen.receipt.event();
        let [of, to] = [self.of.account(), self.liquidator.account()];
        let account = model.account(&of);
        let before = model
            .health(account, Rules::Slice)
            .map_err(|error| format!("{error:?}"))?;
        before.equity.check(event.equity_before_e9.into())?;
        before.maintenance.check(event.maintenance_before_e9.into())?;
        let touched = account.auction.touched(&before, &model.house, model.now);
        let touched = touched.running().ok_or("a slice of an auction that has ended")?;
        let (equity, maintenance) = (
            i128::from(event.equity_before_e9),
            i128::from(event.maintenance_before_e9),
        );
        let discount_e9 = discount_e9(touched.clock, equity, maintenance);
        // What is spare beside something that was left out, the event does not name.
        let discount_e9 = if before.left_out {
            discount_e9.min(event.discount_e9.into())
        } else {
            discount_e9
        };
        if discount_e9 != i128::from(event.discount_e9) {
            return Err(format!("a discount of {}, not {discount_e9}", event.discount_e9));
        }
        // The haircut is the only number that the event does not name.
        let bounds = [before.haircut.slack, -before.haircut.slack].map(|slack| {
            let haircut = &before.haircut.value + &slack.into();
            self.fraction_e18(equity, maintenance, &haircut, discount_e9, &model.house)
        });
        let fraction_e18 = i128::from(event.fraction_e18);
        if !(bounds[0] - 1..=bounds[1] + 1).contains(&fraction_e18) {
            return Err(format!("a fraction of {fraction_e18}, not of {bounds:?}"));
        }
        let plan = Plan {
            fraction_e18,
            discount_atoms: discount_atoms(fraction_e18, discount_e9, maintenance, &model.house),
        };
        if plan.discount_atoms != i128::from(event.discount_atoms) {
            return Err(format!(
                "{} atoms of discount, not {}",
                event.discount_atoms, plan.discount_atoms
            ));
        }
        let (draft, worth) = self.moved(model, plan).map_err(|error| format!("{error:?}"))?;
        let cash = i128::from(event.cash_atoms);
        let exact = cash_change(&worth, plan, &model.house);
        exact
            .check(cash)
            .map_err(|what| format!("the liquidator's cash {what}"))?;
        model.commit(draft);
        let indices = model.registry.pool.indices;
        for (address, change) in [(of, -cash), (to, cash)] {
            let account = model.accounts.get_mut(&address).expect("an account");
            account.pay(change, indices);
            account.change_exposure();
        }
        let after = model
            .health(model.account(&of), Rules::Slice)
            .map_err(|error| format!("{error:?}"))?;
        after.equity.check(event.equity_after_e9.into())?;
        after.maintenance.check(event.maintenance_after_e9.into())?;
        let house = model.house.clone();
        let ended = match touched.ended(&after, &house, model.now) {
            Touched::Is(auction) => auction,
            _ => touched,
        };
        model.accounts.get_mut(&of).expect("an account").auction = ended;
        follow(model, of, ended, event.active, event.clock_seconds)
    }
}

/// The discount on the requirement that a slice frees x 1e9, rounded down: by the clock, at most equity over requirement.
fn discount_e9(clock: i64, equity_e9: i128, maintenance_e9: i128) -> i128 {
    let clock = i128::from(clock);
    let [first, knee, last] = DISCOUNTS;
    let (from, to) = if clock <= knee.0 { (first, knee) } else { (knee, last) };
    let ran = clock.min(to.0) - from.0;
    let by_clock = from.1 + (to.1 - from.1) * ran / (to.0 - from.0);
    by_clock.min(equity_e9 * E9 / maintenance_e9)
}

/// What the liquidator receives: discount x fraction x requirement, each product rounded down.
fn discount_atoms(fraction_e18: i128, discount_e9: i128, maintenance_e9: i128, house: &House) -> i128 {
    let freed: BigInt = BigInt::from(maintenance_e9) * fraction_e18 / E18;
    let reward = freed * discount_e9 / E9;
    let atoms = reward * 10_i128.pow(house.quote_decimals) / E9;
    atoms.to_i128().expect("atoms within 128 bits")
}

/// What the liquidator's cash changes by: the discount less the price, rounded up.
fn cash_change(worth: &Approx, plan: Plan, house: &House) -> Approx {
    let unit = Exact::quotient(10_i128.pow(house.quote_decimals), E9);
    let price = &worth.value * &unit;
    let (least, most) = (
        (&price - &(&Exact::from(worth.slack) * &unit)).ceil_i128(),
        (&price + &(&Exact::from(worth.slack) * &unit)).ceil_i128(),
    );
    let nominal = price.ceil_i128();
    Approx::from(plan.discount_atoms - nominal).off_by((most - nominal).max(nominal - least))
}

/// What a slice comes to.
trait Sliced {
    /// The fraction: (t M - E) / (M (t - d) + H), all of a small account, at most what is asked for; rounded down.
    fn fraction_e18(
        &self,
        equity_e9: i128,
        maintenance_e9: i128,
        haircut: &Exact,
        discount_e9: i128,
        house: &House,
    ) -> i128;
    /// The slice by the least and the greatest fraction that rounding allows.
    fn plans(&self, health: &Health, spare: &Approx, clock: i64, house: &House) -> [Plan; 2];
    /// Moves the slice's positions and collaterals; what they are worth to the liquidator.
    fn moved(&self, model: &Model, plan: Plan) -> Result<(Draft, Approx), MarginError>;
    /// What follows from a slice of a certain size.
    fn judged(&self, model: &Model, before: &Health, plan: Plan) -> Forecast;
}

impl Sliced for LiquidateSlice<'_> {
    /// The fraction: (t M - E) / (M (t - d) + H), all of a small account, at most what is asked for; rounded down.
    fn fraction_e18(
        &self,
        equity_e9: i128,
        maintenance_e9: i128,
        haircut: &Exact,
        discount_e9: i128,
        house: &House,
    ) -> i128 {
        let target = Exact::quotient(house.liquidation_target_e9, E9);
        let missing = &(&target * maintenance_e9) - &equity_e9.into();
        let rest = &target - &Exact::quotient(discount_e9, E9);
        let divisor = &(&rest * maintenance_e9) + haircut;
        let largest = if maintenance_e9 < house.full_close_below_e9 || missing >= divisor {
            E18
        } else {
            (&missing.over(&divisor) * E18).floor_i128()
        };
        largest.min(self.args.max_fraction_e18.into())
    }

    /// The slice by the least and the greatest fraction that rounding allows.
    fn plans(&self, health: &Health, spare: &Approx, clock: i64, house: &House) -> [Plan; 2] {
        let end = |sign: i128| {
            let equity_e9 = health.equity.value.floor_i128() + sign * health.equity.slack;
            let maintenance_e9 = (health.maintenance.value.ceil_i128() - sign * health.maintenance.slack).max(1);
            let haircut = &health.haircut.value + &(sign * health.haircut.slack).into();
            let spare_e9 = spare.value.floor_i128() + sign * spare.slack;
            let discount_e9 = discount_e9(clock, spare_e9.max(0), maintenance_e9);
            let fraction_e18 = self.fraction_e18(equity_e9, maintenance_e9, &haircut, discount_e9, house);
            Plan {
                fraction_e18: fraction_e18.max(0),
                discount_atoms: discount_atoms(fraction_e18.max(0), discount_e9, maintenance_e9, house),
            }
        };
        [end(1), end(-1)]
    }

    /// Moves the slice's positions and collaterals; what they are worth to the liquidator.
    fn moved(&self, model: &Model, plan: Plan) -> Result<(Draft, Approx), MarginError> {
        let [of, to] = [self.of.account(), self.liquidator.account()];
        let account = model.account(&of);
        let is_movable = |index: u8| {
            let counts = Rules::Slice.counts(model.underlying(index), model.now, true);
            counts.map(|counts| counts != Counts::AtBest)
        };
        let mut draft = Draft::default();
        let mut worth = Approx::zero();
        let mut movable = Vec::new();
        for held in &account.positions {
            let chain = model.chain(&held.chain);
            if chain.settlement_e9.is_some() || is_movable(chain.underlying)? {
                movable.push(*held);
            }
        }
        let mut moves: Vec<(Moved, i128)> = Vec::new();
        // From the last to the first.
        for held in movable.iter().rev() {
            for kind in [0, 1] {
                // Shorts round up, longs down.
                let lots = Exact::quotient(BigInt::from(held.lots[kind]) * plan.fraction_e18, E18).floor_i128();
                if lots != 0 {
                    moves.push((option(held, kind), lots));
                }
            }
        }
        if let (Some(first), true) = (movable.first(), moves.is_empty()) {
            let kind = usize::from(first.lots[0] <= 0);
            moves.push((option(first, kind), 1));
        }
        let mut chains = BTreeSet::new();
        for (option, lots) in moves {
            worth = &worth + &per_lot(model, option).times_whole(lots);
            if chains.insert(option.chain) {
                draft.chain(model, option.chain).sequence += 1;
            }
            draft.move_lots(model, [of, to], option, lots)?;
        }
        for (index, entry) in model.registry.collaterals.iter().enumerate() {
            let balance = account.balances[index];
            let (Some(priced_by), Some(shocked_by)) = (entry.priced_by, entry.shocked_by) else {
                continue;
            };
            if index == QUOTE || balance == 0 || !is_movable(priced_by)? || !is_movable(shocked_by)? {
                continue;
            }
            let atoms = Exact::quotient(BigInt::from(balance) * plan.fraction_e18, E18).floor_i128();
            draft.account(model, of).balances[index] -= atoms;
            draft.account(model, to).balances[index] += atoms;
            let price_e9 = model.underlying(priced_by).price_e9;
            // Down, for each collateral.
            let value = Exact::quotient(atoms * price_e9, 10_i128.pow(entry.decimals));
            worth = &worth + &value.floor_i128().into();
        }
        draft.account(model, of);
        draft.account(model, to);
        Ok((draft, worth))
    }

    /// What follows from a slice of a certain size.
    fn judged(&self, model: &Model, before: &Health, plan: Plan) -> Forecast {
        let mut forecast = Forecast::default();
        let [of, to] = [self.of.account(), self.liquidator.account()];
        let Some((draft, worth)) = forecast.take(self.moved(model, plan)) else {
            return forecast;
        };
        forecast.draft = draft;
        let change = cash_change(&worth, plan, &model.house);
        let least = Approx::from(i128::from(self.args.min_cash_change_atoms));
        forecast.judge((&change - &least).is_at_least_zero(), MarginError::LimitExceeded);
        let indices = model.registry.pool.indices;
        let has = model.account(&to).cash.brought_to(indices).atoms;
        forecast.judge((&change + &has.into()).is_at_least_zero(), MarginError::CashBelowZero);
        if forecast.is_refused() {
            return forecast;
        }
        let nominal = change.value.floor_i128();
        forecast.draft.account(model, of).pay(-nominal, indices);
        forecast.draft.account(model, to).pay(nominal, indices);
        let after = forecast.draft.on(model);
        let slack_e9 = (change.slack + 1) * E9 / 10_i128.pow(model.house.quote_decimals);
        if let Some(health) = forecast.take(after.health(after.account(&of), Rules::Slice)) {
            let rise = &health.maintenance_health() - &before.maintenance_health();
            forecast.judge(rise.off_by(slack_e9).is_above_zero(), MarginError::HealthNotRaised);
        }
        if let Some(mut health) = forecast.take(after.health(after.account(&to), Rules::TakeOver)) {
            health.equity = health.equity.off_by(slack_e9);
            forecast.judge(initial(&health), MarginError::InitialHealthNegative);
        }
        forecast
    }
}

fn option(held: &Position, kind: usize) -> Moved {
    Moved {
        chain: held.chain,
        strike: held.strike,
        kind,
    }
}

/// What a lot changes hands for: its mark, or its payoff once settled.
fn per_lot(model: &Model, option: Moved) -> Approx {
    let chain = model.chain(&option.chain);
    let underlying = model.underlying(chain.underlying);
    let strike = &chain.strikes[usize::from(option.strike)];
    if let Some(price_e9) = chain.settlement_e9 {
        let intrinsic = if option.kind == 0 {
            price_e9 - strike.price_e9
        } else {
            strike.price_e9 - price_e9
        };
        return lot_value_e9(underlying, intrinsic.max(0)).into();
    }
    let array = strike
        .array
        .as_deref()
        .expect("an array that the health check accepted");
    let marks = marks(array, underlying.price_e9);
    if option.kind == 0 { marks.call } else { marks.put }
}
