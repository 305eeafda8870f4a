//! Trades, alone and in a bracket of the buyer.

use crate::model::acts::account::{DAY, SAME_ACCOUNT_TWICE};
use crate::model::book::marks;
use crate::model::exact::{Approx, Exact};
use crate::model::forecast::{Act, Draft, Forecast, Seen};
use crate::model::freshness::{Rules, is_unusable};
use crate::model::health::Health;
use crate::model::lots::Option as Traded;
use crate::model::payoffs::lot_value_e9;
use crate::model::state::{Account, Model};
use num_bigint::BigInt;
use num_traits::Signed;
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::state::Pausable;
use tenor_sdk::decode::ProgramAccount;
use tenor_testkit::action::{BeginBracket, EndBracket, Quote, TermedTrade};
use tenor_testkit::{Action, Call, ChainOf, Picture};

const E9: i128 = 1_000_000_000;
const MOST_LEGS: usize = 8;

/// A trade between the beginning and the end of a bracket of the buyer.
#[derive(Clone, Debug)]
pub struct Bracketed<'a> {
    /// The trade.
    pub trade: TermedTrade<'a>,
    /// Chains in which it may open positions.
    pub opened: Vec<ChainOf>,
}

impl Action for Bracketed<'_> {
    fn call(&self, picture: &Picture) -> Call {
        let buyer = self.trade.trade.buyer;
        let end = EndBracket {
            of: buyer,
            opened: self.opened.clone(),
        };
        let by = self.trade.terms.for_buyer.unwrap_or(buyer);
        BeginBracket { of: buyer, by }
            .call(picture)
            .then(self.trade.call(picture))
            .then(end.call(picture))
    }
}

/// A leg against the market.
struct Leg {
    option: Traded,
    lots: i128,
    price_e9: i128,
    /// Mark per lot, if it is good enough for any trade.
    mark: Option<Approx>,
}

/// What an account must meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Initial,
    Withdrawal,
}

/// One side's money.
struct Side {
    address: Pubkey,
    signer: Pubkey,
    cash: i128,
    /// Worth at mark of what it gains less what it pays for that, before fees and rounding, USD x 1e9.
    gain: Approx,
    /// What its equity changes by.
    equity: Approx,
    reduces: bool,
}

impl Leg {
    fn of(quote: &Quote, model: &Model) -> Self {
        let option = Traded::of(quote.option, model);
        let (chain, kind) = (model.chain(&option.chain), option.kind);
        let underlying = model.underlying(chain.underlying);
        let array = chain.strikes[usize::from(option.strike)].array.as_deref();
        let is_good = Rules::Reduction.accepts_mark(array, chain, underlying, model.now);
        let mark = array.filter(|_| is_good).map(|array| {
            let marks = marks(array, underlying.price_e9);
            [marks.call, marks.put][kind].clone()
        });
        Self {
            option,
            lots: quote.lots.into(),
            price_e9: quote.price.e9().into(),
            mark,
        }
    }

    /// Its option is live, its mark good enough, and its price near the mark.
    fn check(&self, model: &Model, adds_risk: bool, forecast: &mut Forecast) {
        let chain = model.chain(&self.option.chain);
        let underlying = model.underlying(chain.underlying);
        forecast.require(model.now < chain.expiry, MarginError::ChainExpired);
        if adds_risk {
            forecast.take(Rules::Action.counts(underlying, model.now, true));
        }
        let Some(mark) = &self.mark else {
            forecast.refuse(MarginError::RiskStale);
            return;
        };
        let per_lot_e9 = lot_value_e9(underlying, self.price_e9);
        forecast.may_overflow(per_lot_e9);
        forecast.require(self.price_e9 <= i64::MAX.into(), MarginError::MathOverflow);
        let part = |rate_e9: u64, of: &Approx| of.times(&Exact::quotient(rate_e9, E9)).rounded(1);
        let notional = lot_value_e9(underlying, underlying.price_e9).into();
        let band =
            part(underlying.market.band_of_mark_e9, mark).larger(&part(underlying.market.band_of_spot_e9, &notional));
        let distance = (&Approx::from(per_lot_e9) - mark).abs();
        forecast.judge((&band - &distance).is_at_least_zero(), MarginError::PriceOutsideBand);
    }

    /// Price of the lots at so much a whole underlying, USD x 1e18.
    fn cost_e18(&self, model: &Model, price_e9: i128) -> BigInt {
        let underlying = model.underlying(model.chain(&self.option.chain).underlying);
        BigInt::from(self.lots) * underlying.lot_units_e9 * price_e9
    }

    /// Fees of taker and maker: `min(rate x notional, cap x premium)`, each up to an atom.
    fn fees(&self, model: &Model) -> [i128; 2] {
        let spot_e9 = model.underlying(model.chain(&self.option.chain).underlying).price_e9;
        let (notional, premium) = (
            self.cost_e18(model, spot_e9).abs(),
            self.cost_e18(model, self.price_e9).abs(),
        );
        let fees = &model.house.fees;
        [fees.taker_e9, fees.maker_e9].map(|rate_e9| {
            let fee_e27 = (&notional * rate_e9).min(&premium * fees.cap_e9);
            Exact::quotient(fee_e27, 10_i128.pow(27 - model.house.quote_decimals)).ceil_i128()
        })
    }
}

/// Whether each option, all its legs together, ends closer to zero than it was, or where it was.
fn reduces(account: &Account, legs: &[Leg], sign: i128) -> bool {
    legs.iter().all(|leg| {
        let held = account.lots(&leg.option.chain, leg.option.strike, leg.option.kind);
        let of_option = legs.iter().filter(|other| other.option == leg.option);
        let gained = sign * of_option.map(|other| other.lots).sum::<i128>();
        // Legs that cancel each other are no reduction.
        gained != 0 && (held.signum() == -gained.signum() && gained.abs() <= held.abs())
    })
}

/// Whether initial health is not negative.
pub fn initial(health: &Health) -> Option<bool> {
    health.initial_health().is_at_least_zero()
}

/// Both, where that is known.
fn and(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Either, where that is known.
fn or(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    and(one.map(|holds| !holds), other.map(|holds| !holds)).map(|neither| !neither)
}

impl Rule {
    /// Rules on fresh prices, and for a reduction on any.
    const fn rules(self) -> (Rules, Rules) {
        match self {
            Self::Initial => (Rules::Action, Rules::Reduction),
            Self::Withdrawal => (Rules::Withdrawal, Rules::PaidReduction),
        }
    }

    /// Whether a health meets it; what it lacks goes into the forecast.
    fn judge(self, health: &Health, forecast: &mut Forecast) -> Option<bool> {
        let initial = initial(health);
        if self == Self::Initial {
            forecast.judge(initial, MarginError::InitialHealthNegative);
            return initial;
        }
        forecast.judge(initial, MarginError::InitialHealthNegative);
        let withdrawal = health.withdrawable.is_at_least_zero();
        forecast.judge(withdrawal, MarginError::GainsUnrealised);
        and(initial, withdrawal)
    }
}

/// Initial and maintenance health both rose, and the cost is at most a fifth of the requirement freed.
fn is_reduction(after: &Health, before: &Health, cost: &Approx) -> Option<bool> {
    let freed = (&before.initial - &after.initial).or_zero();
    let most = freed.times(&Exact::quotient(1, 5)).rounded(1);
    [
        (&after.initial_health() - &before.initial_health()).is_above_zero(),
        (&after.maintenance_health() - &before.maintenance_health()).is_above_zero(),
        (&most - cost).is_at_least_zero(),
    ]
    .into_iter()
    .fold(Some(true), and)
}

/// Whether a side's rule holds after, or it only reduced what it could not bear.
fn side_forecast(
    model: &Model,
    after: &Model,
    legs: &[Leg],
    side: &Side,
    (rule, is_open): (Rule, Option<bool>),
) -> Forecast {
    let (fresh, any) = rule.rules();
    let account = after.account(&side.address);
    let meets = |rules| {
        let mut forecast = Forecast::default();
        let health = forecast.take(after.health(account, rules));
        let is_met = health.map_or(Some(false), |health| rule.judge(&health, &mut forecast));
        forecast.judge(is_open, MarginError::ActionPaused);
        (and(is_met, is_open), forecast)
    };
    let (is_met, mut forecast) = meets(fresh);
    if is_met == Some(true) || !side.reduces {
        return forecast;
    }
    // On a feed that says nothing only what is fully covered afterwards may be reduced.
    for leg in legs {
        let index = after.chain(&leg.option.chain).underlying;
        if is_unusable(after.underlying(index), after.now) && !after.is_covered(account, index) {
            forecast.judge((is_met == Some(false)).then_some(false), MarginError::NotCovered);
            return forecast;
        }
    }
    let (is_met_on_any, on_any) = meets(any);
    let healths = [(after, account), (model, model.account(&side.address))];
    let healths = healths.map(|(model, account)| model.health(account, Rules::Reduction));
    let has_reduced = match healths {
        [Ok(health_after), Ok(health_before)] => {
            let had_to = initial(&health_before).map(|holds| !holds);
            and(
                had_to,
                is_reduction(&health_after, &health_before, &side.equity.opposite()),
            )
        }
        [Err(error), _] | [_, Err(error)] => {
            forecast.refuse(error);
            Some(false)
        }
    };
    match or(is_met, or(is_met_on_any, has_reduced)) {
        Some(true) => Forecast::default(),
        Some(false) => {
            // It names what the rule lacks on any price.
            forecast.refusals.extend(on_any.refusals);
            forecast
        }
        None => {
            forecast.doubts.append(&mut forecast.refusals);
            forecast.doubts.extend(on_any.refusals);
            forecast.doubts.extend(on_any.doubts);
            forecast
        }
    }
}

/// What two forecasts have in common, where rounding decides which of them holds.
fn either(one: Forecast, other: Forecast) -> Forecast {
    let both = one.is_refused() && other.is_refused();
    let mut forecast = Forecast::default();
    for each in [one, other] {
        let into = if both {
            &mut forecast.refusals
        } else {
            &mut forecast.doubts
        };
        into.extend(each.refusals);
        forecast.doubts.extend(each.doubts);
    }
    forecast
}

impl Forecast {
    fn include(&mut self, other: Self) {
        self.refusals.extend(other.refusals);
        self.doubts.extend(other.doubts);
    }
}

impl Act for TermedTrade<'_> {
    const NAME: &'static str = "trade";

    fn forecast(&self, model: &Model) -> Forecast {
        forecast(self, model, false)
    }

    fn redraft(&self, model: &Model, draft: Draft, seen: &Seen<'_>) -> Result<Draft, String> {
        follow_losses(self, model, draft, seen)
    }
}

impl Act for Bracketed<'_> {
    const NAME: &'static str = "trade in a bracket";

    fn forecast(&self, model: &Model) -> Forecast {
        forecast(&self.trade, model, true)
    }

    fn redraft(&self, model: &Model, draft: Draft, seen: &Seen<'_>) -> Result<Draft, String> {
        follow_losses(&self.trade, model, draft, seen)
    }
}

fn forecast(termed: &TermedTrade<'_>, model: &Model, bracketed: bool) -> Forecast {
    let mut forecast = Forecast::default();
    let (trade, terms) = (&termed.trade, &termed.terms);
    let [buyer, seller] = [trade.buyer.account(), trade.seller.account()];
    if buyer == seller {
        forecast.refuse_foreign(SAME_ACCOUNT_TWICE, "same account twice");
        return forecast;
    }
    forecast.require(model.now <= terms.deadline, MarginError::DeadlinePassed);
    forecast.require(
        (1..=MOST_LEGS).contains(&trade.quotes.len()),
        MarginError::WrongListLength,
    );
    for (address, signer) in [(buyer, termed.signers()[0]), (seller, termed.signers()[1])] {
        let is_authority = model.account(&address).is_authority(&signer);
        forecast.require(is_authority, MarginError::NotAccountAuthority);
    }
    let is_self = model.account(&buyer).owner == model.account(&seller).owner;
    forecast.require(!is_self, MarginError::SelfTrade);
    let legs: Vec<Leg> = trade.quotes.iter().map(|quote| Leg::of(quote, model)).collect();
    let reduce = [(buyer, 1), (seller, -1)].map(|(address, sign)| reduces(model.account(&address), &legs, sign));
    // A pause stops what adds risk to both sides.
    let is_paused = reduce == [false; 2] && model.is_paused(Pausable::RiskTrade);
    forecast.require(!is_paused, MarginError::ActionPaused);
    for leg in &legs {
        forecast.require(leg.lots != 0, MarginError::ZeroAmount);
        leg.check(model, reduce != [true; 2], &mut forecast);
    }
    // From here on numbers matter whose size the program may refuse.
    for leg in &legs {
        let spot_e9 = model.underlying(model.chain(&leg.option.chain).underlying).price_e9;
        let cost = leg.cost_e18(model, leg.price_e9.max(spot_e9)) / E9;
        forecast.may_overflow(i128::try_from(cost).unwrap_or(i128::MAX));
    }
    if legs.iter().any(|leg| leg.mark.is_none()) {
        return forecast;
    }
    let sides = sides(termed, model, &legs, reduce);
    let within = -sides[0].cash <= terms.buyer_max_payment_atoms.into()
        && sides[1].cash >= terms.seller_min_receipt_atoms.into();
    forecast.require(within, MarginError::LimitExceeded);
    if forecast.is_refused() {
        return forecast;
    }
    apply(model, &legs, &sides, bracketed, &mut forecast);
    for side in &sides {
        side.judge_loss(model, &mut forecast);
    }
    if forecast.is_refused() {
        return forecast;
    }
    let after = forecast.draft.on(model);
    for (side, is_bracketed) in sides.iter().zip([bracketed, false]) {
        let cash = after.account(&side.address).cash.atoms;
        let borrows = cash < 0 && (is_bracketed || side.cash < 0);
        let gives = side.gain.is_at_least_zero().map(|gains| !gains);
        // A pause of borrowing leaves a reduction at mark or better its exit.
        let is_blocked = if borrows && side.cash < 0 && model.is_paused(Pausable::Borrow) {
            if side.reduces { gives } else { Some(true) }
        } else {
            Some(false)
        };
        let is_open = is_blocked.map(|is_blocked| !is_blocked);
        let side = &Side {
            reduces: side.reduces && !is_bracketed,
            gain: side.gain.clone(),
            equity: side.equity.clone(),
            ..*side
        };
        let by = |rule| side_forecast(model, &after, &legs, side, (rule, is_open));
        let of_side = match or(gives, Some(borrows)) {
            Some(true) => by(Rule::Withdrawal),
            Some(false) => by(Rule::Initial),
            None => either(by(Rule::Withdrawal), by(Rule::Initial)),
        };
        forecast.include(of_side);
    }
    if bracketed {
        // The end of the bracket numbers another event; its beginning was counted with the trade.
        forecast.draft.account(model, buyer).sequence += 1;
    }
    forecast
}

/// Premium, fees and worth of both sides.
fn sides(termed: &TermedTrade<'_>, model: &Model, legs: &[Leg], reduce: [bool; 2]) -> [Side; 2] {
    let unit = 10_i128.pow(18 - model.house.quote_decimals);
    let premium_e18: BigInt = legs.iter().map(|leg| leg.cost_e18(model, leg.price_e9)).sum();
    let premium = Exact::quotient(premium_e18.clone(), unit);
    // Up for whoever pays.
    let premium = if premium_e18.is_negative() {
        premium.floor_i128()
    } else {
        premium.ceil_i128()
    };
    let worth = legs.iter().fold(Approx::zero(), |sum, leg| match &leg.mark {
        Some(mark) => &sum + &mark.times_whole(leg.lots),
        None => sum,
    });
    let fees = legs.iter().fold([0; 2], |[taker, maker], leg| {
        let fees = leg.fees(model);
        [taker + fees[0], maker + fees[1]]
    });
    let fees = if termed.terms.taker == 0 {
        fees
    } else {
        [fees[1], fees[0]]
    };
    let price = Approx::from(Exact::quotient(premium_e18, E9));
    let signers = termed.signers();
    let side = |place: usize, address: Pubkey, sign: i128| {
        let cash = -sign * premium - fees[place];
        let cash_e9 = Exact::quotient(BigInt::from(cash) * E9, 10_i128.pow(model.house.quote_decimals));
        let worth = worth.times_whole(sign);
        Side {
            address,
            signer: signers[place],
            cash,
            gain: &worth - &price.times_whole(sign),
            equity: &worth + &cash_e9.into(),
            reduces: reduce[place],
        }
    };
    [
        side(0, termed.trade.buyer.account(), 1),
        side(1, termed.trade.seller.account(), -1),
    ]
}

impl Side {
    /// What a delegate's trades have lost by this one, if its own loss counts: none under the owner's signature, and gains of
    /// others do not offset it.
    fn loss(&self, model: &Model) -> Option<Approx> {
        let account = model.account(&self.address);
        if account.owner == self.signer || self.equity.is_at_least_zero() == Some(true) {
            return None;
        }
        let (lost_e9, day) = account.delegate_loss;
        let before = if day == today(model) { lost_e9 } else { 0 };
        Some(&Approx::from(before) + &self.equity.opposite())
    }

    /// Whether it stays within the owner's limit.
    fn judge_loss(&self, model: &Model, forecast: &mut Forecast) {
        let Some(loss) = self.loss(model) else { return };
        let limit = Approx::from(model.account(&self.address).delegate_limit_e9);
        let is_within = (&limit - &loss).is_at_least_zero();
        // A gain that rounding may make a loss passes any limit.
        let is_within = if self.equity.is_at_least_zero().is_none() && is_within == Some(false) {
            None
        } else {
            is_within
        };
        forecast.judge(is_within, MarginError::DelegateLossLimit);
    }
}

fn today(model: &Model) -> i64 {
    model.now.max(0) / DAY
}

/// The draft with the losses of delegates as the program counts them, if rounding explains the difference.
fn follow_losses(termed: &TermedTrade<'_>, model: &Model, mut draft: Draft, seen: &Seen<'_>) -> Result<Draft, String> {
    let trade = &termed.trade;
    let legs: Vec<Leg> = trade.quotes.iter().map(|quote| Leg::of(quote, model)).collect();
    for side in sides(termed, model, &legs, [false; 2]) {
        let Some(loss) = side.loss(model) else { continue };
        let Some(ProgramAccount::Account(stored)) = (seen.read)(&side.address) else {
            return Err("a side's account is gone".to_owned());
        };
        let stored = stored.account;
        let counted = (i128::from(stored.delegate_loss_e9), stored.delegate_day);
        let is_uncounted =
            counted == model.account(&side.address).delegate_loss && side.equity.is_at_least_zero().is_none();
        if !is_uncounted {
            if counted.1 != today(model) {
                return Err(format!("a delegate's loss of day {}", counted.1));
            }
            loss.check(counted.0)
                .map_err(|what| format!("a delegate's loss {what}"))?;
        }
        draft.account(model, side.address).delegate_loss = counted;
    }
    Ok(draft)
}

/// Who signs for buyer and seller.
trait Signers {
    /// Their addresses.
    fn signers(&self) -> [Pubkey; 2];
}

impl Signers for TermedTrade<'_> {
    fn signers(&self) -> [Pubkey; 2] {
        let TermedTrade { trade, terms } = self;
        [(terms.for_buyer, trade.buyer), (terms.for_seller, trade.seller)]
            .map(|(instead, party)| instead.unwrap_or(party).address())
    }
}

fn apply(model: &Model, legs: &[Leg], sides: &[Side; 2], bracketed: bool, forecast: &mut Forecast) {
    let [buyer, seller] = [sides[0].address, sides[1].address];
    for (place, leg) in legs.iter().enumerate() {
        let limit = model.underlying(model.chain(&leg.option.chain).underlying);
        let limit = i128::from(limit.market.max_open_interest_lots);
        let is_first = legs[..place]
            .iter()
            .all(|earlier| earlier.option.chain != leg.option.chain);
        let fees: i128 = leg.fees(model).iter().sum();
        let chain = forecast.draft.chain(model, leg.option.chain);
        chain.sequence += u64::from(is_first);
        chain.fees += fees;
        let before = chain.strikes[usize::from(leg.option.strike)].open_interest[leg.option.kind];
        let moved = forecast.draft.move_lots(model, [seller, buyer], leg.option, leg.lots);
        let Some(after) = forecast.take(moved) else {
            return;
        };
        forecast.require(after <= limit || after <= before, MarginError::OpenInterestLimit);
    }
    for side in sides {
        let account = forecast.draft.account(model, side.address);
        account.change_exposure();
        account.pay(side.cash, model.registry.pool.indices);
    }
    if bracketed {
        forecast.draft.account(model, buyer).sequence += 1;
    }
}
