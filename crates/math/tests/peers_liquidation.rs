//! Published numbers of other systems, where the same rule applies after choosing the same parameters. The files are not part
//! of the project: they are read from the folder `TENOR_PEERS_DIR`, by default beside the repository, and skipped without.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use serde_json::Value as Json;
use std::collections::HashMap;
use std::path::PathBuf;
use tenor_math::interest::{InterestIndex, InterestPool, RateModel};
use tenor_math::liquidation::{
    AuctionClock, ConversionPair, DiscountPoint, DiscountSchedule, SliceTerms, slice_fraction,
};
use tenor_math::quantity::{Atoms, Price, Ratio, Value};
use tenor_math::{MathError, Round};

/// Text of a file of the folder, or none with a printed line.
fn text(name: &str) -> Option<String> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/peers");
    let folder = std::env::var_os("TENOR_PEERS_DIR").map_or_else(|| PathBuf::from(default), PathBuf::from);
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {} is not there", path.display());
    }
    text
}

type Row = HashMap<String, String>;

fn rows(text: &str) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

fn number(row: &Row, column: &str) -> f64 {
    if row[column].is_empty() {
        0.0
    } else {
        row[column].parse().unwrap()
    }
}

fn e9(value: f64) -> i64 {
    (value * 1e9).round() as i64
}

fn ratio(value: f64) -> Ratio {
    Ratio::from_e9(e9(value) as u64)
}

fn close(got: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((got - expected).abs() <= tolerance, "{what}: {got} for {expected}");
}

/// Sale of a part of an account at a price that falls with time. Its slice is ours with t M = E - BM and d M = (1 - price)
/// (E - R), where BM is the margin with its buffer and R the cash reserved from earlier bids; only these products enter, so
/// M is chosen.
#[test]
fn dutch_auction_slices_and_prices_are_reproduced() {
    let Some(text) = text("derive_dutch_auction.csv") else {
        return;
    };
    let point = |seconds, discount| DiscountPoint::new(seconds, Ratio::from_bps(discount));
    let schedule = DiscountSchedule::try_new([point(0, 200), point(100, 2_000), point(14_500, 10_000)]).unwrap();
    let fraction = |equity: f64, buffer: f64, reserved: f64, price: f64| {
        const M: f64 = 100.0;
        let terms = SliceTerms {
            equity: Value::from_e9(e9(equity)),
            maintenance: Value::from_e9(e9(M)),
            haircut: Value::ZERO,
            discount: ratio((1.0 - price) * (equity - reserved) / M),
            target: ratio((equity - buffer) / M),
        };
        slice_fraction(&terms).unwrap().e18() as f64 / 1e18
    };
    let mut tried = 0;
    for row in rows(&text) {
        let [equity, reserved, buffer] = ["mtm_pre", "reserved_cash_pre", "bm_pre"].map(|column| number(&row, column));
        let what = format!("{} {}", row["test"], row["step"]);
        let discount = schedule.at(AuctionClock::from_seconds(row["t_sec"].parse().unwrap()));
        let price = 1.0 - discount.e9() as f64 / 1e9;
        close(price, number(&row, "discount"), 2e-9, &what);
        let largest = fraction(equity, buffer, reserved, price);
        close(largest, number(&row, "fmax_pre"), 2e-9, &what);
        let filled = largest.min(number(&row, "pct_wanted"));
        close(filled, number(&row, "pct_filled_of_current"), 2e-9, &what);
        let bid = (equity - reserved) * price * filled;
        close(bid, number(&row, "bid_cash"), 5e-7, &what);
        let equity_after = equity - filled * (equity - reserved) + bid;
        close(equity_after, number(&row, "mtm_post"), 5e-7, &what);
        let buffer_after = (buffer - reserved) * (1.0 - filled) + reserved + bid;
        close(buffer_after, number(&row, "bm_post"), 1e-6, &what);
        let next = if buffer_after > -1e-6 {
            0.0
        } else {
            fraction(equity_after, buffer_after, reserved + bid, price)
        };
        close(next, number(&row, "fmax_post"), 1e-8, &what);
        tried += 1;
    }
    assert_eq!(tried, 10);
}

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

fn input(case: &Json, name: &str) -> f64 {
    case["inputs"][name]
        .as_f64()
        .unwrap_or_else(|| panic!("no {name} in {case}"))
}

/// Base to sell until a margin shortage is covered, at a fee on notional: the slice of a position of ten units to t = 1, where
/// the fee is a discount of fee / margin ratio on the margin freed.
fn base_to_cover(case: &Json) -> u64 {
    const UNITS: f64 = 10.0;
    let price = input(case, "oracle_price") / 1e6 * input(case, "quote_oracle_price") / 1e6;
    let margin_ratio = input(case, "margin_ratio") / 1e4;
    let fee = (input(case, "liquidation_fee") + input(case, "if_liquidation_fee")) / 1e6;
    let maintenance = UNITS * price * margin_ratio;
    let terms = SliceTerms {
        equity: Value::from_e9(e9(maintenance - input(case, "margin_shortage") / 1e6)),
        maintenance: Value::from_e9(e9(maintenance)),
        haircut: Value::ZERO,
        discount: ratio(fee / margin_ratio),
        target: Ratio::ONE,
    };
    let fraction = slice_fraction(&terms).unwrap();
    fraction.of_atoms(Atoms::new((UNITS * 1e9) as u64)).unwrap().get()
}

/// Liability to take over against collateral: the lending-style slice. A unit of liability frees its weight and costs the
/// weighted collateral that goes with it, and the insurance fee.
fn liability_to_cover(case: &Json) -> Result<u64, MathError> {
    const UNITS: f64 = 10.0;
    let weight = input(case, "liability_weight") / 1e4;
    let collateral = input(case, "asset_weight") / 1e4 * input(case, "asset_liq_multiplier")
        / input(case, "liability_liq_multiplier");
    let maintenance = UNITS * input(case, "liability_price") / 1e6 * weight;
    let terms = SliceTerms {
        equity: Value::from_e9(e9(maintenance - input(case, "margin_shortage") / 1e6)),
        maintenance: Value::from_e9(e9(maintenance)),
        haircut: Value::ZERO,
        discount: ratio((collateral + weight * input(case, "if_liquidation_fee") / 1e6) / weight),
        target: Ratio::ONE,
    };
    let units = UNITS * 10_f64.powf(input(case, "liability_decimals"));
    Ok(slice_fraction(&terms)?.of_atoms(Atoms::new(units as u64))?.get())
}

/// A liability priced in the asset that pays for it, each with its multiplier.
fn pair(case: &Json) -> ConversionPair {
    let price = input(case, "liability_price") * input(case, "asset_liq_multiplier")
        / (input(case, "asset_price") * input(case, "liability_liq_multiplier"));
    ConversionPair::try_new(
        Price::from_e9(e9(price) as u64),
        input(case, "liability_decimals") as u8,
        input(case, "asset_decimals") as u8,
    )
    .unwrap()
}

/// A fee that stays for the slots of grace and then stands at what it would have grown to: a schedule whose first rise is one
/// slot long.
fn fee(case: &Json) -> u64 {
    let [base, largest, grace, rise] =
        ["base_fee", "max_fee", "grace_slots", "increase_per_slot"].map(|name| input(case, name) as u64);
    let point = |slot: u64, fee_e6: u64| DiscountPoint::new(slot as u32, Ratio::from_e9(fee_e6 * 1_000));
    let end = (largest - base) / rise;
    let points = [
        point(grace - 1, base),
        point(grace, base + grace * rise),
        point(end, largest),
    ];
    let slots = (input(case, "current_slot") - input(case, "last_active_slot")) as u32;
    DiscountSchedule::try_new(points)
        .unwrap()
        .at(AuctionClock::from_seconds(slots))
        .e9()
        / 1_000
}

/// Deposits lowered through their index by a loss, as a difference of the index x 1e10.
fn index_fall(case: &Json) -> u64 {
    let mut pool = InterestPool::EMPTY;
    pool.add_deposit(Atoms::new(input(case, "deposit_balance_tokens") as u64))
        .unwrap();
    pool.socialise(Atoms::new(input(case, "loss") as u64)).unwrap();
    let fall_e18 = InterestIndex::ONE.e18() - pool.deposit_index().e18();
    let scale = 10_u128.pow(18) / input(case, "cumulative_deposit_interest") as u128;
    u64::try_from(fall_e18.div_ceil(scale)).unwrap()
}

#[test]
fn close_amounts_and_fees_are_reproduced() {
    let Some(text) = text("drift_liquidation_math.json") else {
        return;
    };
    let file: Json = serde_json::from_str(&text).unwrap();
    let (mut tried, mut skipped) = (0, 0);
    for case in file["cases"].as_array().unwrap() {
        let expected = case["expected"].as_u64();
        match case["fn"].as_str().unwrap() {
            "base_asset_amount_to_cover_margin_shortage" => {
                let got = base_to_cover(case);
                assert!(got.abs_diff(expected.unwrap()) <= 2, "{got} in {case}");
            }
            "liability_transfer_to_cover_margin_shortage" => match expected {
                // Their weights are whole basis points where ours are exact: 4e-5 of the amount.
                Some(expected) => close(
                    liability_to_cover(case).unwrap() as f64 / expected as f64,
                    1.0,
                    5e-5,
                    "ratio",
                ),
                None => assert_eq!(liability_to_cover(case), Err(MathError::OutOfDomain)),
            },
            "liability_transfer_implied_by_asset_amount" => {
                let asset = Atoms::new(input(case, "asset_transfer") as u64);
                let got = pair(case).collateral_for(asset, Round::Up).unwrap().get();
                assert_eq!(Some(got), expected, "{case}");
            }
            "asset_transfer_for_liability_transfer" => {
                let liability = Atoms::new(input(case, "liability_transfer") as u64);
                let got = pair(case).cash_for(liability, Round::Down).unwrap();
                let held = Atoms::new(input(case, "asset_amount") as u64);
                assert_eq!(Some(got.min(held).get()), expected, "{case}");
            }
            "get_liquidation_fee" => assert_eq!(Some(fee(case)), expected, "{case}"),
            "deposit_interest_delta_to_resolve_bankruptcy" => assert_eq!(Some(index_fall(case)), expected, "{case}"),
            // Their insurance fund takes a fee of each close, losses of perpetuals go through the funding rate, and the rule
            // for small accounts looks at the shortage: rules that are not ours.
            "perp_if_fee" | "spot_if_fee" | "funding_rate_delta_to_resolve_bankruptcy" | "max_pct_to_liquidate" => {
                skipped += 1;
                continue;
            }
            other => panic!("unknown function {other}"),
        }
        tried += 1;
    }
    println!("{tried} cases reproduced, {skipped} of rules that are not ours");
    assert!(tried >= 21);
}
