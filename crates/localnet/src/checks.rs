//! What a run asserts about itself once it is over.

use crate::actors::SALES;
use crate::artifact::Artifact;
use crate::books::Imbalance;
use crate::keys::Role;
use crate::market::{Listed, letter};
use crate::view::{View, account_of, holdings};
use tenor_report::{Actor, Check, Landed, Loan, LotTotals, Tick, Timeline, TokenTotals};
use tenor_sdk::math::Round;
use tenor_sdk::math::quantity::Ratio;

/// Everything that the checks look at.
pub struct Evidence<'a> {
    /// The run's record.
    pub timeline: &'a Timeline,
    /// The accounts at the end.
    pub view: &'a View,
    /// The market.
    pub listed: &'a Listed,
    /// Vaults and books.
    pub tokens: &'a [TokenTotals],
    /// Lots of every option.
    pub lots: &'a [LotTotals],
    /// The loan at the end.
    pub loan: &'a Loan,
    /// How often the keeper stored a price, by symbol.
    pub brought: &'a [(String, usize)],
    /// Options whose open interest is wrong.
    pub imbalances: &'a [Imbalance],
    /// The program as it was built.
    pub built: &'a Artifact,
    /// The program as it is deployed at the end.
    pub deployed: &'a [u8],
    /// What the keeper logged as errors.
    pub keeper_errors: &'a [String],
    /// Times that the keeper was started.
    pub keeper_starts: u32,
    /// Whether it still runs.
    pub keeper_runs: bool,
}

impl Evidence<'_> {
    /// All checks, in the order of the report.
    pub fn checks(&self) -> Vec<Check> {
        vec![
            self.both_fell(),
            self.margined_as_one(),
            self.four_collaterals(),
            self.fell_ill(),
            self.keeper_liquidated(),
            self.keeper_brought_prices(),
            self.writer_recovered(),
            self.equity_stayed_positive(),
            self.borrower_paid(),
            self.tokens_add_up(),
            self.lots_add_up(),
            self.buyer_untouched(),
            self.nothing_missed(),
            self.program_is_the_built_one(),
            self.keeper_survived(),
            self.keeper_logged_no_error(),
        ]
    }

    fn both_fell(&self) -> Check {
        let sol = self.timeline.ticks.iter().map(|tick| tick.price_usd_e9);
        let mut falls = vec![("SOL", fall_bps(sol))];
        for series in &self.timeline.also {
            let prices = series.samples.iter().map(|sample| sample.price_usd_e9);
            falls.push((series.symbol.as_str(), fall_bps(prices)));
        }
        let detail: Vec<_> = falls
            .iter()
            .map(|(symbol, fall)| format!("{symbol} by {}.{:02}%", fall / 100, fall % 100))
            .collect();
        let passed = falls.len() == 2 && falls.iter().all(|(_, fall)| *fall >= 1_000);
        check("Both underlyings fall by a tenth or more", passed, detail.join(", "))
    }

    /// What the account is asked for against the sum of its parts, by the program's own code.
    fn margined_as_one(&self) -> Check {
        let opening = self.timeline.portfolios.first();
        let house = self.view.snapshot.market.house();
        let detail = opening.map_or_else(
            || "nothing was sampled".to_owned(),
            |opening| {
                format!(
                    "{} instead of {}",
                    usd(opening.initial_usd_e9),
                    usd(opening.sum_of_parts_usd_e9())
                )
            },
        );
        let passed = opening.zip(house).is_some_and(|(opening, house)| {
            let losses: i128 = opening.parts.iter().map(|part| part.scenario_loss_usd_e9).sum();
            let most = losses * i128::from(house.risk.correlation_credit_e9) / 1_000_000_000;
            let with_options = opening
                .parts
                .iter()
                .filter(|part| part.option_value_usd_e9 != 0)
                .count();
            with_options == 2 && (1..=most).contains(&opening.credit_usd_e9())
        });
        check(
            "SOL and BTC are margined as one portfolio: the correlation credit lowers the writer’s requirement",
            passed,
            detail,
        )
    }

    fn four_collaterals(&self) -> Check {
        let used: Vec<_> = self
            .tokens
            .iter()
            .filter(|row| row.accounts_atoms > 0)
            .map(|row| row.symbol.clone())
            .collect();
        check(
            "Accounts hold at least three collaterals",
            used.len() >= 3,
            used.join(", "),
        )
    }

    fn keeper_brought_prices(&self) -> Check {
        let detail: Vec<_> = self
            .brought
            .iter()
            .map(|(symbol, count)| format!("{symbol} {count}"))
            .collect();
        let passed = !self.brought.is_empty() && self.brought.iter().all(|(_, count)| *count > 0);
        check(
            "The keeper stores prices of every underlying, also of the one that only prices a collateral",
            passed,
            detail.join(", "),
        )
    }

    fn borrower_paid(&self) -> Check {
        let loan = self.loan;
        let detail = format!(
            "borrowed {} atoms, owes {}, interest {}",
            loan.borrowed_atoms,
            loan.owed_atoms,
            loan.interest_atoms()
        );
        check(
            "The borrower’s cash is below zero, it pays interest, and it stays healthy",
            loan.borrowed_atoms > 0 && loan.interest_atoms() > 0 && loan.health_usd_e9 > 0,
            detail,
        )
    }

    fn fell_ill(&self) -> Check {
        let ill = self
            .timeline
            .ticks
            .iter()
            .find(|tick| tick.maintenance_health_usd_e9() < 0);
        let detail = ill.map_or_else(
            || "it never did".to_owned(),
            |tick| format!("at {}", usd(tick.price_usd_e9.into())),
        );
        check(
            "The fall takes the writer below its maintenance requirement",
            ill.is_some(),
            detail,
        )
    }

    fn keeper_liquidated(&self) -> Check {
        let slices: Vec<_> = self.timeline.liquidations().map(|(landed, _)| landed).collect();
        let by_keeper = slices.iter().filter(|landed| landed.actor == Actor::Liquidator).count();
        check(
            "The keeper lands at least one slice, and nobody else lands any",
            by_keeper > 0 && by_keeper == slices.len(),
            format!("{by_keeper} by the keeper, {} by others", slices.len() - by_keeper),
        )
    }

    fn writer_recovered(&self) -> Check {
        let health = &self.view.health;
        let house = self.view.snapshot.market.house();
        let target = house.map_or(Ratio::ONE, |house| house.liquidation_target());
        let at_target = target
            .of(health.maintenance, Round::Up)
            .is_ok_and(|target| health.equity >= target);
        let passed = !self.view.is_unhealthy() && (!self.view.is_in_auction() || at_target);
        let auction = if self.view.is_in_auction() {
            "runs"
        } else {
            "does not run"
        };
        let detail = format!(
            "equity {}, maintenance requirement {}, the auction {auction}",
            usd(health.equity.e9().into()),
            usd(health.maintenance.e9().into()),
        );
        check("The writer ends healthy", passed, detail)
    }

    fn equity_stayed_positive(&self) -> Check {
        let lowest = self.timeline.ticks.iter().map(|tick: &Tick| tick.equity_usd_e9).min();
        let detail = lowest.map_or_else(
            || "nothing was sampled".to_owned(),
            |lowest| format!("lowest {}", usd(lowest)),
        );
        check(
            "The writer’s equity stays above zero",
            lowest.is_some_and(|lowest| lowest > 0),
            detail,
        )
    }

    fn tokens_add_up(&self) -> Check {
        let exact = |row: &&TokenTotals| row.holds() && row.vault_atoms == row.booked_atoms;
        let passed = self.tokens.iter().filter(exact).count();
        check(
            "Every vault holds what is booked, and the accounts own all of it",
            passed > 0 && passed == self.tokens.len(),
            format!("{passed} of {} tokens to the atom", self.tokens.len()),
        )
    }

    fn lots_add_up(&self) -> Check {
        let passed = self.lots.iter().filter(|row| row.holds()).count();
        let mut detail = format!("{passed} of {} options", self.lots.len());
        for imbalance in self.imbalances {
            detail += &format!("; {imbalance}");
        }
        let all = passed > 0 && passed == self.lots.len() && self.imbalances.is_empty();
        check(
            "Every long lot has its short, and open interest counts the longs",
            all,
            detail,
        )
    }

    fn buyer_untouched(&self) -> Check {
        let held = account_of(&self.view.snapshot, Role::Buyer).map(|account| holdings(account, self.listed));
        let bought = |held: &Vec<tenor_report::Holding>| {
            held.len() == SALES.len()
                && SALES.iter().all(|sale| {
                    let symbol = self
                        .listed
                        .assets
                        .get(sale.place)
                        .map_or("?", |asset| asset.symbol.as_str());
                    let end = format!(" {} {}", sale.strike_usd, letter(sale.kind));
                    let is_of = |name: &str| name.starts_with(symbol) && name.ends_with(&end);
                    held.iter()
                        .any(|holding| holding.lots == sale.lots && is_of(&holding.instrument))
                })
        };
        let detail = format!("{} options", held.as_ref().map_or(0, Vec::len));
        check(
            "The buyer holds exactly what it bought",
            held.as_ref().is_some_and(bought),
            detail,
        )
    }

    /// Each change of an account advances its sequence number by one, so a missed transaction would show.
    fn nothing_missed(&self) -> Check {
        let changes = |landed: &Landed| match landed.failure {
            Some(_) => 0,
            None => landed
                .instructions
                .iter()
                .filter(|name| changes_writer(landed.actor, name))
                .count(),
        };
        let recorded: usize = self.timeline.transactions.iter().map(changes).sum();
        let sequence = self.view.writer.account.sequence;
        check(
            "The record has every change of the writer’s account",
            u64::try_from(recorded) == Ok(sequence),
            format!("{recorded} recorded, the account counts {sequence}"),
        )
    }

    fn program_is_the_built_one(&self) -> Check {
        let digest = self.built.sha256.get(..16).unwrap_or_default();
        check(
            "The deployed program is the one that was built",
            self.deployed == self.built.bytes,
            format!("sha256 {digest}…"),
        )
    }

    fn keeper_survived(&self) -> Check {
        let detail = match self.keeper_starts {
            1 => "one process".to_owned(),
            starts => format!("killed and started again: {starts} processes"),
        };
        check("The keeper runs to the end", self.keeper_runs, detail)
    }

    fn keeper_logged_no_error(&self) -> Check {
        let detail = self.keeper_errors.first().map_or_else(
            || "no line of level ERROR, no panic".to_owned(),
            |first| format!("{} lines, the first: {first}", self.keeper_errors.len()),
        );
        check("The keeper logs no error", self.keeper_errors.is_empty(), detail)
    }
}

fn changes_writer(actor: Actor, instruction: &str) -> bool {
    match instruction {
        "trade" | "touch_liquidation" | "liquidate_slice" => true,
        "deposit" => actor == Actor::Writer,
        _ => false,
    }
}

fn check(name: &str, passed: bool, detail: String) -> Check {
    Check {
        name: name.to_owned(),
        passed,
        detail,
    }
}

/// Fall from the first price to the lowest, hundredths of a percent.
fn fall_bps(prices: impl Iterator<Item = i64> + Clone) -> i128 {
    let ends = prices.clone().next().zip(prices.min());
    ends.map_or(0, |(first, low)| {
        let (first, low) = (i128::from(first), i128::from(low));
        ((first - low) * 10_000).checked_div(first).unwrap_or(0)
    })
}

fn usd(e9: i128) -> String {
    let sign = if e9 < 0 { "-" } else { "" };
    let cents = e9.unsigned_abs() / 10_000_000;
    format!("{sign}${}.{:02}", cents / 100, cents % 100)
}
