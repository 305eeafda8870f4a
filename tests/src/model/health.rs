//! An account's health in exact arithmetic. Source: design section 5; decisions 0005, 0007, 0008 and 0020.

use super::book::{Book, Part, marks};
use super::exact::{Approx, Exact};
use super::freshness::{Counts, Rules};
use super::payoffs::{Expiry, lot_at_spot, payoff_e9};
use super::state::{Account, Chain, Collateral, Model, Position, SCENARIOS, Underlying};
use num_bigint::BigInt;
use solana_pubkey::Pubkey;
use std::collections::{BTreeMap, BTreeSet};
use tenor_margin::MarginError;
use tenor_margin::risk::HealthView;

const E9: i128 = 1_000_000_000;
/// Farthest that a price is taken to rise while nobody can see it.
const HIGHEST_OVER_LAST: i128 = 5;

/// Equity and requirements, USD x 1e9.
#[derive(Clone, Debug)]
pub struct Health {
    /// Cash, collateral after haircut and options at mark.
    pub equity: Approx,
    /// Initial requirement.
    pub initial: Approx,
    /// What the price's uncertainty adds to it.
    pub uncertainty: Approx,
    /// Maintenance requirement.
    pub maintenance: Approx,
    /// Haircut taken.
    pub haircut: Approx,
    /// What could be withdrawn.
    pub withdrawable: Approx,
    /// What a liquidation's start leaves to the account.
    pub tolerance: Approx,
    /// Whether something was counted at its best.
    pub left_out: bool,
    /// Whether a price that something was counted at is wide.
    pub is_wide: bool,
    /// Parts by underlying.
    pub parts: BTreeMap<u8, Part>,
}

impl Health {
    /// Equity less initial requirement and uncertainty.
    pub fn initial_health(&self) -> Approx {
        &(&self.equity - &self.initial) - &self.uncertainty
    }

    /// Equity less maintenance requirement.
    pub fn maintenance_health(&self) -> Approx {
        &self.equity - &self.maintenance
    }

    /// Compares with what the program shows; the most that a number was off, and the most that it may be.
    ///
    /// # Errors
    /// The first number that rounding does not explain.
    pub fn check(&self, shown: &HealthView) -> Result<(i128, i128), String> {
        let mut worst = (0, 0);
        let mut compare = |name: &str, exact: &Approx, shown_e9: i64| -> Result<(), String> {
            let off = exact.check(shown_e9.into()).map_err(|what| format!("{name} {what}"))?;
            worst = (worst.0.max(off), worst.1.max(exact.slack));
            Ok(())
        };
        compare("equity", &self.equity, shown.equity_e9)?;
        compare("initial requirement", &self.initial, shown.initial_e9)?;
        compare("uncertainty", &self.uncertainty, shown.uncertainty_e9)?;
        compare("maintenance requirement", &self.maintenance, shown.maintenance_e9)?;
        compare("haircut", &self.haircut, shown.haircut_e9)?;
        compare("withdrawable", &self.withdrawable, shown.withdrawable_e9)?;
        for part in &shown.underlyings {
            let exact = self
                .parts
                .get(&part.index)
                .ok_or_else(|| format!("shows an underlying {} that the account does not need", part.index))?;
            compare("scenario loss", &exact.loss, part.scenario_loss_e9)?;
            compare(
                "initial contingency",
                &exact.initial_contingency,
                part.initial_contingency_e9,
            )?;
            compare(
                "maintenance contingency",
                &exact.maintenance_contingency,
                part.maintenance_contingency_e9,
            )?;
            compare("uncertainty", &exact.uncertainty, part.uncertainty_e9)?;
            compare("options", &exact.options, part.option_value_e9)?;
            compare("collateral", &exact.collateral, part.collateral_value_e9)?;
            self.check_worst(exact, part.worst_scenario)?;
        }
        if shown.underlyings.len() != self.parts.len() || (shown.left_out != 0) != self.left_out {
            return Err(format!(
                "shows {} underlyings, left out {}; exact are {} and {}",
                shown.underlyings.len(),
                shown.left_out,
                self.parts.len(),
                self.left_out
            ));
        }
        Ok(worst)
    }

    /// The scenario that is shown as the worst is one of the worst, within rounding.
    fn check_worst(&self, part: &Part, shown: u8) -> Result<(), String> {
        let Some(result) = part.results.get(usize::from(shown)) else {
            return Ok(());
        };
        let worse = part
            .results
            .iter()
            .find(|other| (*other - result).is_at_least_zero() == Some(false));
        match worse {
            Some(worse) if worse.is_at_least_zero() == Some(false) => Err(format!(
                "shows scenario {shown} as the worst at {:.0}, another is at {:.0}",
                result.value.about(),
                worse.value.about()
            )),
            _ => Ok(()),
        }
    }
}

/// Collaterals with feeds of their own: what those feeds' uncertainty costs, and the worth of those that count at their best.
struct OwnFeeds {
    loss: Approx,
    confidence: Approx,
    best: Approx,
}

/// A health in the making.
struct Reckoning<'a> {
    model: &'a Model,
    account: &'a Account,
    rules: Rules,
}

impl Model {
    /// The health of an account by the rules of an action.
    ///
    /// # Errors
    /// Why the action is refused whatever the health is.
    pub fn health(&self, account: &Account, rules: Rules) -> Result<Health, MarginError> {
        let reckoning = Reckoning {
            model: self,
            account,
            rules,
        };
        reckoning.run()
    }

    /// Whether an account's short calls on an underlying are covered.
    pub fn is_covered(&self, account: &Account, index: u8) -> bool {
        let reckoning = Reckoning {
            model: self,
            account,
            rules: Rules::Stored,
        };
        reckoning.is_covered(self.underlying(index))
    }

    /// Worth of so many atoms of a collateral at a price: the program's rounds down.
    fn worth(entry: &Collateral, atoms: i128, price_e9: i128) -> Approx {
        Approx::from(Exact::quotient(
            BigInt::from(atoms) * price_e9,
            10_i128.pow(entry.decimals),
        ))
        .rounded(1)
    }
}

impl<'a> Reckoning<'a> {
    fn run(&self) -> Result<Health, MarginError> {
        let model = self.model;
        let unit = 10_i128.pow(model.house.quote_decimals);
        let held = self.account.cash.brought_to(model.registry.pool.indices);
        let cash = Approx::from(Exact::quotient(BigInt::from(held.atoms) * E9, unit));
        let cash = if E9 % unit == 0 { cash } else { cash.rounded(1) };
        let mut parts = BTreeMap::new();
        let (mut left_out, mut is_wide) = (false, false);
        for index in self.needed() {
            let underlying = model.underlying(index);
            let has_options = self.chains(index).any(|(_, chain)| chain.settlement_e9.is_none());
            let has_collateral = self
                .balances()
                .any(|(entry, _)| [entry.priced_by, entry.shocked_by].contains(&Some(index)));
            let counts = if has_options || has_collateral {
                self.rules.counts(underlying, model.now, has_options)?
            } else {
                Counts::Nothing
            };
            is_wide |= counts != Counts::Nothing && self.rules.is_wide(underlying, model.now);
            let part = match counts {
                Counts::AtPrice { widened } => self.at_price(underlying, widened)?,
                Counts::AtWorst => self.at_worst(underlying),
                Counts::AtBest => {
                    left_out = true;
                    self.at_best(underlying)
                }
                Counts::Nothing => self.settled_alone(underlying),
            };
            parts.insert(index, part);
        }
        let mut health = self.sum(&cash, parts, left_out);
        health.is_wide = is_wide;
        Ok(health)
    }

    /// R = sum W - credit (sum W - W of all), and what follows from it.
    fn sum(&self, cash: &Approx, parts: BTreeMap<u8, Part>, left_out: bool) -> Health {
        let house = &self.model.house;
        let total = |of: &dyn Fn(&Part) -> Approx| {
            let all = parts.values();
            all.fold(Approx::zero(), |sum, part| &sum + &of(part))
        };
        let losses = total(&|part| part.loss.clone());
        let together = (0..SCENARIOS)
            .map(|scenario| total(&|part| part.results.get(scenario).cloned().unwrap_or_else(Approx::zero)))
            .fold(Approx::zero(), |least, result| least.lesser(&result))
            .opposite();
        let after_credit = |counted: &Approx| {
            let credit = (counted - &together).or_zero();
            let credit = credit
                .times(&Exact::quotient(house.correlation_credit_e9, E9))
                .rounded(1);
            &losses - &credit
        };
        let scenario_requirement = after_credit(&losses);
        // No credit where former slices' cost stands in the place of a loss.
        let initial_requirement = after_credit(&(&losses - &total(&|part| part.uncredited.clone())));
        let initial_contingency = total(&|part| part.initial_contingency.clone());
        let without_options = cash + &total(&|part| part.collateral.clone());
        let share = Exact::quotient(house.maintenance_factor_e9, E9);
        let maintenance = scenario_requirement.times(&share).rounded(1);
        let withdrawable = &without_options - &total(&|part| part.withdrawal.clone());
        Health {
            equity: &without_options + &total(&|part| part.options.clone()),
            initial: &initial_requirement + &initial_contingency,
            uncertainty: total(&|part| part.uncertainty.clone()),
            maintenance: &maintenance + &total(&|part| part.maintenance_contingency.clone()),
            haircut: total(&|part| part.haircut.clone()),
            withdrawable: &withdrawable - &total(&|part| part.withdrawal_uncertainty.clone()),
            tolerance: total(&|part| part.tolerance.clone()),
            left_out,
            is_wide: false,
            parts,
        }
    }

    /// Underlyings of the account's chains and collaterals.
    fn needed(&self) -> BTreeSet<u8> {
        let of_chains = self.account.positions.iter();
        let of_chains = of_chains.map(|held| self.model.chain(&held.chain).underlying);
        let of_collaterals = self
            .balances()
            .flat_map(|(entry, _)| entry.priced_by.into_iter().chain(entry.shocked_by));
        of_chains.chain(of_collaterals).collect()
    }

    fn balances(&self) -> impl Iterator<Item = (&'a Collateral, i128)> {
        let all = self.model.registry.collaterals.iter().zip(&self.account.balances);
        all.filter(|(entry, atoms)| **atoms > 0 && entry.priced_by.is_some())
            .map(|(entry, atoms)| (entry, *atoms))
    }

    fn chains(&self, index: u8) -> impl Iterator<Item = (Pubkey, &'a Chain)> {
        let chains = self.account.chains().into_iter();
        let chains = chains.map(|address| (address, self.model.chain(&address)));
        chains.filter(move |(_, chain)| chain.underlying == index)
    }

    fn positions(&self, chain: Pubkey) -> impl Iterator<Item = &'a Position> {
        self.account.positions.iter().filter(move |held| held.chain == chain)
    }

    fn at_price(&self, underlying: &Underlying, widened: bool) -> Result<Part, MarginError> {
        let now = self.model.now;
        let live = |(_, chain): &(Pubkey, &Chain)| chain.settlement_e9.is_none();
        let live: Vec<_> = self.chains(underlying.index).filter(live).collect();
        let mut ranges = Vec::new();
        let mut stale = false;
        for (address, chain) in &live {
            stale |= self.rules.is_stale(chain, underlying, now);
            for held in self.positions(*address) {
                let array = chain.strikes[usize::from(held.strike)].array.as_deref();
                if !self.rules.accepts_mark(array, chain, underlying, now) {
                    return Err(MarginError::RiskStale);
                }
                // Twice as high or more, nothing is known to first order.
                let reference_e9 = array.map_or(0, |array| array.reference_e9);
                if (underlying.price_e9 - reference_e9).abs() >= reference_e9 {
                    let is_view = self.rules == Rules::Stored;
                    return Err(if is_view {
                        MarginError::RiskStale
                    } else {
                        MarginError::ParameterOutOfRange
                    });
                }
                ranges.extend(array.map(|array| array.range_e9));
            }
        }
        let range = self.rules.range(&ranges, underlying, now);
        let range_e9 = range.ok_or(MarginError::RiskStale)?;
        let mut book = Book::new(underlying, range_e9, self.rules.minds_average());
        for (address, chain) in &live {
            for held in self.positions(*address) {
                let strike = &chain.strikes[usize::from(held.strike)];
                let array = strike.array.as_deref().ok_or(MarginError::RiskStale)?;
                let open: i128 = strike.open_interest.iter().sum();
                let share = open * i128::from(underlying.risk.free_share_e9) / E9;
                let free = share.max(underlying.risk.free_lots.into());
                book.add_strike(chain.expiry, held.lots, free, array);
                if !self.rules.is_liquidation() {
                    book.add_former(held.lots, array);
                }
            }
        }
        book.add_settled(self.settled_e9(underlying));
        let own_feeds = self.add_collaterals(&mut book, underlying)?;
        let mut part = book.part(self.rules.is_liquidation());
        let limit = self.greatest_loss(underlying, &live);
        if let Some(limit) = &limit {
            part.capped(limit);
        }
        let has_shorts = live
            .iter()
            .flat_map(|(address, _)| self.positions(*address))
            .any(|held| held.lots.iter().any(|lots| *lots < 0));
        if has_shorts && (stale || widened) {
            let last = &part.loss + &part.initial_contingency;
            let mut fallback = last.times(&Exact::quotient(5, 4)).rounded(1);
            if stale {
                let expiries = live
                    .iter()
                    .map(|(address, chain)| self.expiry(*address, chain, underlying));
                let standard = expiries.fold(Approx::zero(), |sum, expiry| &sum + &expiry.standard());
                fallback = fallback.larger(&standard);
            }
            part.raised_to(&fallback);
            // Nothing loses more than the greatest loss, whatever is stale.
            if let Some(limit) = &limit {
                part.capped(limit);
            }
        }
        let OwnFeeds { loss, confidence, best } = own_feeds;
        part.collateral = &part.collateral + &best;
        part.uncertainty = &part.uncertainty + &loss;
        part.withdrawal_uncertainty = &part.withdrawal_uncertainty + &loss;
        part.tolerance = &part.tolerance + &confidence;
        Ok(part)
    }

    /// Adds collaterals that move with the underlying.
    fn add_collaterals(&self, book: &mut Book<'_>, underlying: &Underlying) -> Result<OwnFeeds, MarginError> {
        let mut own = OwnFeeds {
            loss: Approx::zero(),
            confidence: Approx::zero(),
            best: Approx::zero(),
        };
        let now = self.model.now;
        for (entry, atoms) in self
            .balances()
            .filter(|(entry, _)| entry.shocked_by == Some(underlying.index))
        {
            let feed = self.model.underlying(entry.priced_by.unwrap_or_default());
            if !self.rules.counts_collateral(feed, now) || !self.rules.counts_collateral(underlying, now) {
                continue;
            }
            let worth = Model::worth(entry, atoms, feed.price_e9);
            if feed.index != underlying.index {
                match self.rules.counts(feed, now, false)? {
                    Counts::AtPrice { .. } => {}
                    Counts::AtBest => {
                        own.best = &own.best + &worth.times_whole(HIGHEST_OVER_LAST);
                        continue;
                    }
                    Counts::AtWorst | Counts::Nothing => continue,
                }
                let mut low_e9 = (feed.price_e9 - feed.confidence_e9).max(0);
                if self.rules.minds_average() {
                    low_e9 = low_e9.min(feed.average_e9);
                }
                let at = |distance_e9: i128| Model::worth(entry, atoms, distance_e9).rounded(1 + distance_e9 / E9);
                own.loss = &own.loss + &at(feed.price_e9 - low_e9);
                own.confidence = &own.confidence + &at(feed.confidence_e9);
            }
            book.add_collateral(&worth, entry.haircut_e9);
        }
        Ok(own)
    }

    fn expiry<'b>(&self, address: Pubkey, chain: &'b Chain, underlying: &'b Underlying) -> Expiry<'b> {
        Expiry::new(self.positions(address), chain, underlying)
    }

    /// Payoffs of settled chains.
    fn settled_e9(&self, underlying: &Underlying) -> i128 {
        self.chains(underlying.index)
            .filter_map(|(address, chain)| chain.settlement_e9.map(|price_e9| (address, chain, price_e9)))
            .flat_map(|(address, chain, price_e9)| {
                self.positions(address)
                    .map(move |held| payoff_e9(held, chain, underlying, price_e9))
            })
            .sum()
    }

    fn settled_alone(&self, underlying: &Underlying) -> Part {
        let settled = Approx::from(self.settled_e9(underlying));
        Part {
            withdrawal: settled.opposite().or_zero(),
            options: settled,
            ..Part::nothing()
        }
    }

    fn live(&self, underlying: &Underlying) -> Vec<(Pubkey, &'a Chain)> {
        let live = |(_, chain): &(Pubkey, &Chain)| chain.settlement_e9.is_none();
        self.chains(underlying.index).filter(live).collect()
    }

    /// Options at the least that they can pay; for a withdrawal no gain counts and every loss does.
    fn at_worst(&self, underlying: &Underlying) -> Part {
        let mut part = self.settled_alone(underlying);
        let mut cover = self.cover(underlying);
        let live = self.live(underlying).into_iter();
        let worst = live.map(|(address, chain)| self.expiry(address, chain, underlying).worst_e9(&mut cover));
        let worst = Approx::from(worst.sum::<i128>());
        part.options = &part.options + &worst;
        part.withdrawal = &part.withdrawal + &worst.opposite().or_zero();
        part
    }

    fn at_best(&self, underlying: &Underlying) -> Part {
        let mut part = self.settled_alone(underlying);
        for (address, chain) in self.live(underlying) {
            let mut best = self.expiry(address, chain, underlying).best();
            // Or their last mark where that is more, as of debts that are due later.
            if let Some(mark) = self.mark(address, chain, underlying) {
                best = best.larger(&mark);
            }
            part.options = &part.options + &best;
        }
        for (entry, atoms) in self
            .balances()
            .filter(|(entry, _)| entry.shocked_by == Some(underlying.index))
        {
            let feed = self.model.underlying(entry.priced_by.unwrap_or_default());
            let worth = Model::worth(entry, atoms, feed.price_e9).times_whole(HIGHEST_OVER_LAST);
            part.collateral = &part.collateral + &worth;
        }
        part
    }

    /// Whole lots of the underlying itself held as collateral.
    fn cover(&self, underlying: &Underlying) -> i128 {
        let own = |entry: &Collateral| entry.priced_by == Some(underlying.index) && entry.shocked_by == entry.priced_by;
        let units: i128 = self
            .balances()
            .filter(|(entry, _)| own(entry))
            .map(|(entry, atoms)| Exact::quotient(atoms * E9, 10_i128.pow(entry.decimals)).floor_i128())
            .sum();
        units / underlying.lot_units_e9
    }

    /// Worth of an expiry's options at mark; none before a refresh, or too far from one.
    fn mark(&self, address: Pubkey, chain: &Chain, underlying: &Underlying) -> Option<Approx> {
        let mut total = Approx::zero();
        for held in self.positions(address) {
            let array = chain.strikes[usize::from(held.strike)].array.as_deref()?;
            if (underlying.price_e9 - array.reference_e9).abs() >= array.reference_e9 {
                return None;
            }
            let marks = marks(array, underlying.price_e9);
            let [calls, puts] = held.lots;
            total = &(&total + &marks.call.times_whole(calls)) + &marks.put.times_whole(puts);
        }
        Some(total)
    }

    /// Whether short calls on an underlying are covered by long ones of the same expiry and by the underlying itself.
    fn is_covered(&self, underlying: &Underlying) -> bool {
        let live = self.live(underlying).into_iter();
        let naked = live.map(|(address, chain)| self.expiry(address, chain, underlying).naked());
        naked.sum::<i128>() <= self.cover(underlying)
    }

    /// The most that options and collateral can lose until the last expiry; nothing if that has no bound.
    fn greatest_loss(&self, underlying: &Underlying, live: &[(Pubkey, &Chain)]) -> Option<Approx> {
        let mut cover = self.cover(underlying);
        let mut total = Approx::zero();
        for (address, chain) in live {
            let mark = self.mark(*address, chain, underlying)?;
            let loss = self
                .expiry(*address, chain, underlying)
                .greatest_loss(&mark, &mut cover)?;
            total = &total + &loss;
        }
        // Collateral that covers nothing can lose all its worth.
        let mut worth = Approx::zero();
        for (entry, atoms) in self
            .balances()
            .filter(|(entry, _)| entry.shocked_by == Some(underlying.index))
        {
            let feed = self.model.underlying(entry.priced_by.unwrap_or_default());
            worth = &worth + &Model::worth(entry, atoms, feed.price_e9);
        }
        let counted = lot_at_spot(underlying).times_whole(self.cover(underlying) - cover);
        total = &total + &(&worth - &counted).or_zero();
        Some(total)
    }
}
