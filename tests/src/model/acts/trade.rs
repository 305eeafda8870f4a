//! Trades.

use crate::model::book::marks;
use crate::model::exact::{Approx, Exact};
use crate::model::forecast::{Act, Forecast};
use crate::model::freshness::Rules;
use crate::model::health::Health;
use crate::model::lots::Option as Traded;
use crate::model::payoffs::lot_value_e9;
use crate::model::state::{Account, Model};
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_math::pricing::OptionKind;
use tenor_testkit::action::{Quote, Trade};

const E9: i128 = 1_000_000_000;
/// The framework: one account in two writable slots.
pub const SAME_ACCOUNT_TWICE: u32 = 2040;
const MOST_LEGS: usize = 8;

/// A leg against the market.
struct Leg {
    option: Traded,
    lots: i128,
    /// Price per lot, USD x 1e9, rounded down.
    price_e9: i128,
}

impl Leg {
    fn of(quote: &Quote, model: &Model) -> Self {
        let chain = quote.option.chain.address();
        let strikes = &model.chain(&chain).strikes;
        let strike = strikes
            .iter()
            .position(|strike| strike.price_e9 == i128::from(quote.option.strike.e9()));
        let underlying = model.underlying_of(quote.option.chain.asset);
        Self {
            option: Traded {
                chain,
                strike: strike
                    .and_then(|place| u16::try_from(place).ok())
                    .expect("a listed strike"),
                kind: match quote.option.kind {
                    OptionKind::Call => 0,
                    OptionKind::Put => 1,
                },
            },
            lots: quote.lots.into(),
            price_e9: lot_value_e9(underlying, quote.price.e9().into()),
        }
    }

    /// Its option is live, its mark good enough, and its price near the mark.
    fn check(&self, model: &Model, forecast: &mut Forecast) {
        let chain = model.chain(&self.option.chain);
        let underlying = model.underlying(chain.underlying);
        forecast.require(model.now < chain.expiry, MarginError::ChainExpired);
        let array = chain.strikes[usize::from(self.option.strike)].array.as_deref();
        let is_good = Rules::Reduction.accepts_mark(array, chain, underlying, model.now);
        forecast.require(is_good, MarginError::RiskStale);
        let Some(array) = array.filter(|_| is_good) else {
            return;
        };
        forecast.may_overflow(self.price_e9);
        let marks = marks(array, underlying.price_e9);
        let mark = [marks.call, marks.put][self.option.kind].clone();
        let part = |rate_e9: u64, of: &Approx| of.times(&Exact::quotient(rate_e9, E9)).rounded(1);
        let notional = lot_value_e9(underlying, underlying.price_e9).into();
        let band = part(underlying.market.band_of_mark_e9, &mark)
            .larger(&part(underlying.market.band_of_spot_e9, &notional));
        let distance = (&Approx::from(self.price_e9) - &mark).abs();
        let is_within = (&band - &distance).is_at_least_zero();
        forecast.judge(is_within, MarginError::PriceOutsideBand);
    }
}

/// Whether each leg brings the account closer to zero, each option being named once.
fn reduces(account: &Account, legs: &[Leg], sign: i128) -> bool {
    legs.iter().enumerate().all(|(place, leg)| {
        let held = account.lots(&leg.option.chain, leg.option.strike, leg.option.kind);
        let gained = sign * leg.lots;
        let is_repeated = legs[place + 1..].iter().any(|other| other.option == leg.option);
        !is_repeated && held.signum() == -gained.signum() && gained.abs() <= held.abs()
    })
}

/// What an account must meet after an action: initial health, or a reduction that raised both healths and cost at most a
/// fifth of the requirement that it freed.
pub fn meets(after: &Health, before: Option<&Health>) -> Option<bool> {
    let is_met = after.initial_health().is_at_least_zero();
    let Some(before) = before.filter(|_| is_met != Some(true)) else {
        return is_met;
    };
    let freed = (&before.initial - &after.initial).or_zero();
    let cost = &before.equity - &after.equity;
    let most = freed.times(&Exact::quotient(1, 5)).rounded(1);
    let is_reduction = [
        (&after.initial_health() - &before.initial_health()).is_above_zero(),
        (&after.maintenance_health() - &before.maintenance_health()).is_above_zero(),
        (&most - &cost).is_at_least_zero(),
    ];
    let is_reduction = is_reduction.into_iter().fold(Some(true), and);
    or(is_met, is_reduction)
}

/// Both, where that is known.
pub fn and(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Either, where that is known.
pub fn or(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    and(one.map(|holds| !holds), other.map(|holds| !holds)).map(|neither| !neither)
}

impl Act for Trade<'_> {
    const NAME: &'static str = "trade";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let [buyer, seller] = [self.buyer.account(), self.seller.account()];
        if buyer == seller {
            forecast.refuse_foreign(SAME_ACCOUNT_TWICE, "same account twice");
            return forecast;
        }
        forecast.require((1..=MOST_LEGS).contains(&self.quotes.len()), MarginError::WrongListLength);
        let legs: Vec<Leg> = self.quotes.iter().map(|quote| Leg::of(quote, model)).collect();
        for leg in &legs {
            forecast.require(leg.lots != 0, MarginError::ZeroAmount);
            leg.check(model, &mut forecast);
        }
        // From here on numbers matter whose size the program may refuse.
        forecast.may_overflow(magnitude_e9(&legs, model));
        let premium_e9: i128 = legs.iter().map(|leg| leg.lots * leg.price_e9).sum();
        let atoms = Exact::quotient(premium_e9 * 10_i128.pow(model.house.quote_decimals), E9);
        // Up for whoever pays.
        let premium = if premium_e9 < 0 { atoms.floor_i128() } else { atoms.ceil_i128() };
        if forecast.is_refused() {
            return forecast;
        }
        self.apply(model, &legs, premium, &mut forecast);
        if !forecast.is_refused() {
            self.check_sides(model, &legs, [buyer, seller], &mut forecast);
        }
        forecast
    }
}

/// The largest number that the legs can bring about, about.
fn magnitude_e9(legs: &[Leg], model: &Model) -> i128 {
    let of_leg = |leg: &Leg| {
        let underlying = model.underlying(model.chain(&leg.option.chain).underlying);
        let spot_e9 = lot_value_e9(underlying, underlying.price_e9) + 1;
        leg.lots.abs().saturating_mul(leg.price_e9.max(spot_e9))
    };
    legs.iter().map(of_leg).max().unwrap_or(0)
}

impl Trade<'_> {
    fn apply(&self, model: &Model, legs: &[Leg], premium: i128, forecast: &mut Forecast) {
        let [buyer, seller] = [self.buyer.account(), self.seller.account()];
        for leg in legs {
            let limit = model.underlying(model.chain(&leg.option.chain).underlying);
            let limit = i128::from(limit.market.max_open_interest_lots);
            let moved = forecast.draft.move_lots(model, [seller, buyer], leg.option, leg.lots);
            let Some(open_interest) = forecast.take(moved) else {
                return;
            };
            forecast.require(open_interest <= limit, MarginError::OpenInterestLimit);
        }
        for (address, change) in [(buyer, -premium), (seller, premium)] {
            let account = forecast.draft.account(model, address);
            account.change_exposure();
            account.cash += change;
            let has_paid = change >= 0 || account.cash >= 0;
            forecast.require(has_paid, MarginError::CashBelowZero);
        }
    }

    fn check_sides(&self, model: &Model, legs: &[Leg], sides: [Pubkey; 2], forecast: &mut Forecast) {
        let after = forecast.draft.on(model);
        for (address, sign) in sides.into_iter().zip([1, -1]) {
            let reduces = reduces(model.account(&address), legs, sign);
            let rules = if reduces { Rules::Reduction } else { Rules::Action };
            let before = if reduces {
                let Some(before) = forecast.take(model.health(model.account(&address), rules)) else {
                    continue;
                };
                Some(before)
            } else {
                None
            };
            let Some(health) = forecast.take(after.health(after.account(&address), rules)) else {
                continue;
            };
            let is_met = meets(&health, before.as_ref());
            forecast.judge(is_met, MarginError::InitialHealthNegative);
        }
    }
}
