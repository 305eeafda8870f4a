//! Interest on the cash of a few accounts.

use super::{close, number, ratio, rows, text};
use std::collections::HashMap;
use tenor_math::interest::{InterestIndex, InterestPool, RateModel};
use tenor_math::quantity::{Atoms, Ratio};

const SCALE: f64 = 1e6;

/// Signed cash of an account and the index that it stands at.
#[derive(Clone, Copy)]
struct Account {
    cash: i64,
    index: InterestIndex,
}

struct Bank {
    pool: InterestPool,
    accounts: HashMap<&'static str, Account>,
    net_settled: f64,
}

const NAMES: [&str; 6] = ["Alice", "Bob", "Charlie", "David", "Eric", "SM"];

impl Bank {
    fn new() -> Self {
        let accounts = NAMES.map(|name| {
            (
                name,
                Account {
                    cash: 0,
                    index: InterestIndex::ONE,
                },
            )
        });
        Self {
            pool: InterestPool::EMPTY,
            accounts: accounts.into(),
            net_settled: 0.0,
        }
    }

    fn change(&mut self, name: &str, amount: f64) {
        self.change_atoms(name, (amount * SCALE).round() as i64);
    }

    fn change_atoms(&mut self, name: &str, atoms: i64) {
        let name = NAMES.into_iter().find(|known| *known == name).unwrap();
        let account = self.accounts.get_mut(name).unwrap();
        let magnitude = Atoms::new(account.cash.unsigned_abs());
        let mut cash = if account.cash >= 0 {
            let now = self.pool.deposit_index().deposit(magnitude, account.index).unwrap();
            self.pool.take_deposit(now);
            now.get() as i64
        } else {
            let now = self.pool.borrow_index().debt(magnitude, account.index).unwrap();
            self.pool.take_borrow(now);
            -(now.get() as i64)
        };
        cash += atoms;
        let magnitude = Atoms::new(cash.unsigned_abs());
        if cash >= 0 {
            self.pool.add_deposit(magnitude).unwrap();
            *account = Account {
                cash,
                index: self.pool.deposit_index(),
            };
        } else {
            self.pool.add_borrow(magnitude).unwrap();
            *account = Account {
                cash,
                index: self.pool.borrow_index(),
            };
        }
    }

    fn supply(&self) -> f64 {
        self.pool.deposited().get() as f64 / SCALE
    }

    fn borrow(&self) -> f64 {
        self.pool.borrowed().get() as f64 / SCALE
    }

    /// Their utilisation counts what has been settled out of the pool.
    fn utilisation(&self) -> f64 {
        self.borrow() / (self.supply() + (-self.net_settled).max(0.0))
    }
}

/// A pool with a security module that takes a fifth of the interest and lends like everyone else.
#[test]
fn cash_interest_sequence_is_reproduced() {
    let Some(text) = text("derive_cash_interest_sequence.csv") else {
        return;
    };
    let bps = Ratio::from_bps;
    let model = RateModel::try_new(bps(500), bps(6_000), bps(2_300), bps(10_300)).unwrap();
    let mut bank = Bank::new();
    for (name, cash) in NAMES
        .into_iter()
        .zip([-10_000.0, -20_000.0, 30_000.0, 40_000.0, 0.0, 100_000.0])
    {
        bank.change(name, cash);
    }
    let mut tried = 0;
    for row in rows(&text) {
        let what = format!("step {}", row["step"]);
        let seconds = (number(&row, "days_before") * 86_400.0) as u64;
        let rate = model.rate(ratio(bank.utilisation()));
        bank.pool.accrue_at(rate, bps(2_000), seconds).unwrap();
        let kept = bank.pool.sweep_reserve().get() as i64;
        bank.change_atoms("SM", kept);
        let amount = number(&row, "amount");
        match row["event"].as_str() {
            "START" => {}
            "TRADE" => {
                bank.change(&row["account"], amount);
                bank.change(&row["counterparty"], -amount);
            }
            "SETTLEMENT" => {
                bank.change(&row["account"], amount);
                bank.net_settled += amount;
            }
            "BORROW" => bank.change(&row["account"], amount),
            "INSOLVENCY" => {
                bank.change("SM", -amount);
                bank.change(&row["account"], amount);
            }
            other => panic!("unknown event {other}"),
        }
        close(bank.supply(), number(&row, "recomputed_supply"), 5e-5, &what);
        close(bank.borrow(), number(&row, "recomputed_borrow"), 5e-5, &what);
        close(bank.supply(), number(&row, "total_supply"), 3e-4, &what);
        close(bank.borrow(), number(&row, "total_borrow"), 3e-4, &what);
        close(bank.utilisation(), number(&row, "utilisation"), 1e-8, &what);
        tried += 1;
    }
    assert_eq!(tried, 9);
}
