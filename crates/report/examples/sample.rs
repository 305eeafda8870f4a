//! Renders a made-up run to the given path: a fall like that of 10 October 2025, thirty times as fast.
//!
//! ```text
//! cargo run -p tenor-report --example sample -- report.html
//! ```
//!
//! The writer's account follows a rough model, good enough to look at: a normal (Bachelier) price for the
//! puts, one scenario for the requirement, and the slices of a keeper that answers within a second.

use std::path::PathBuf;

use anyhow::Context;
use tenor_report::{
    Actor, Check, ComputePeak, Facts, Failure, Holding, Landed, Liquidation, LiquidationClock, LotTotals,
    PositionSample, ProgramFacts, Strike, Tick, Timeline, TokenTotals, render,
};

const TICK_MS: u64 = 400;
/// SOL in one lot.
const LOT: f64 = 0.01;
/// Strike and lots that the writer is short at the start.
const PUTS: [(f64, f64); 2] = [(200.0, 40_000.0), (180.0, 15_000.0)];
/// The price at moments of the replay, in seconds and USD.
const PATH: [(f64, f64); 12] = [
    (0.0, 220.4),
    (12.0, 218.9),
    (20.0, 213.2),
    (28.0, 209.0),
    (36.0, 203.6),
    (42.0, 205.1),
    (50.0, 195.4),
    (56.0, 186.8),
    (60.0, 174.1),
    (66.0, 181.5),
    (78.0, 186.9),
    (90.0, 185.2),
];

fn main() -> anyhow::Result<()> {
    let path: PathBuf = std::env::args_os()
        .nth(1)
        .context("give the path of the page to write")?
        .into();
    std::fs::write(&path, render(&Run::new().timeline())).with_context(|| format!("cannot write {}", path.display()))
}

/// A run in the making.
struct Run {
    noise: Noise,
    /// Share of the writer's account that is left.
    left: f64,
    sol: f64,
    usdc: f64,
    clock: Option<f64>,
    timeline: Timeline,
}

impl Run {
    fn new() -> Self {
        Self {
            noise: Noise(10),
            left: 1.0,
            sol: 120.0,
            usdc: 6_500.0,
            clock: None,
            timeline: Timeline {
                title: "SOL falls 21%: a writer of puts is liquidated slice by slice".to_owned(),
                started_at_secs: 1_760_130_600,
                underlying: "SOL".to_owned(),
                replay_speed: 30,
                strikes: vec![strike(200), strike(180)],
                ..Timeline::default()
            },
        }
    }

    fn timeline(mut self) -> Timeline {
        self.opening();
        let last = PATH.last().map_or(0.0, |(at, _)| *at);
        let mut elapsed_ms = TICK_MS;
        while elapsed_ms as f64 / 1e3 <= last {
            self.tick(elapsed_ms);
            elapsed_ms += TICK_MS;
        }
        self.closing();
        self.timeline.sort();
        self.timeline
    }

    fn opening(&mut self) {
        for (at, actor, names, units) in [
            (20, Actor::Writer, &["open_account", "deposit", "deposit"][..], 31_902),
            (25, Actor::Buyer, &["open_account", "deposit"], 22_140),
            (30, Actor::Liquidator, &["open_account", "deposit"], 22_140),
            (210, Actor::Writer, &["trade", "trade"], 141_377),
        ] {
            self.land(at, actor, names, units);
        }
        self.sample_positions(210);
    }

    fn tick(&mut self, elapsed_ms: u64) {
        let price = price_at(elapsed_ms as f64 / 1e3) + self.noise.next() * 0.35;
        self.land(elapsed_ms, Actor::Operator, &["update_price", "refresh_risk"], 96_400);
        let confidence = 0.12 + (0.3 + 0.2 * self.noise.next().abs()) * (0.3 + 2.5 * stress(price));
        let (equity, maintenance) = self.account(price);
        let unhealthy = equity < maintenance;
        self.clock = match self.clock {
            Some(clock) if equity < 1.15 * maintenance => Some(clock + TICK_MS as f64),
            _ => unhealthy.then_some(0.0),
        };
        self.timeline.ticks.push(Tick {
            elapsed_ms,
            price_usd_e9: e9(price) as i64,
            confidence_usd_e9: e9(confidence) as i64,
            equity_usd_e9: e9(equity),
            initial_requirement_usd_e9: e9(1.25 * maintenance),
            maintenance_requirement_usd_e9: e9(maintenance),
            clock: self
                .clock
                .map_or(LiquidationClock::Idle, |clock| LiquidationClock::Running {
                    clock_ms: clock as u64,
                    discount_bps: discount_bps(clock),
                }),
        });
        // The keeper takes a while to answer the prices of an unhealthy account.
        if unhealthy && self.noise.next() > 0.5 {
            let delay_ms = 90 + (self.noise.next().abs() * 240.0) as u64;
            self.slice(elapsed_ms + delay_ms, price);
        }
    }

    fn slice(&mut self, elapsed_ms: u64, price: f64) {
        let (equity, maintenance) = self.account(price);
        let discount_bps = discount_bps(self.clock.unwrap_or(0.0));
        let discount = f64::from(discount_bps) / 1e4;
        let haircut = 0.1 * self.sol * price;
        let fraction = ((1.15 * maintenance - equity) / (maintenance * (1.15 - discount) + haircut)).clamp(0.0, 1.0);
        let paid = discount * fraction * maintenance;
        // Cash that goes with the options at mark, and the price of the SOL that goes with them.
        self.usdc += fraction * (self.sol * price - self.options(price)) - paid;
        self.sol *= 1.0 - fraction;
        self.left *= 1.0 - fraction;

        let names = ["update_price", "refresh_risk", "touch_liquidation", "liquidate_slice"];
        if self.noise.next() > 0.4 {
            self.land(elapsed_ms - 40, Actor::Liquidator, &names, 201_774);
            if let Some(landed) = self.timeline.transactions.last_mut() {
                landed.failure = Some(Failure {
                    code: Some(6_045),
                    name: "SequenceMismatch".to_owned(),
                });
            }
        }
        let units = (412_000.0 + self.noise.next() * 8_000.0) as u64;
        self.land(elapsed_ms, Actor::Liquidator, &names, units);
        if let Some(landed) = self.timeline.transactions.last_mut() {
            landed.reaction_ms = Some(elapsed_ms % TICK_MS);
            landed.liquidation = Some(Liquidation {
                fraction_e9: e9(fraction) as u64,
                discount_bps,
                discount_paid_usd_e9: e9(paid),
            });
        }
        self.sample_positions(elapsed_ms);
    }

    fn closing(&mut self) {
        let timeline = &mut self.timeline;
        timeline.tokens = vec![
            token("USDC", 6, 264_310_225_118, 3),
            token("SOL", 9, 820_000_000_000, 0),
        ];
        timeline.lots = PUTS
            .iter()
            .map(|(strike, lots)| LotTotals {
                instrument: instrument(*strike),
                long_lots: *lots as i128,
                short_lots: -*lots as i128,
            })
            .collect();
        timeline.checks = [
            (
                "The keeper lands a slice within two seconds of the account going unhealthy",
                "573 ms",
            ),
            ("Every slice raises the writer’s maintenance health", "all of them"),
            (
                "No slice lifts equity above 1.15 times maintenance by more than a lot of each position",
                "largest excess 0.02 lots",
            ),
            ("The writer’s equity never falls below zero", "lowest $11,090.92"),
            ("Vault balances are at least the booked totals", "2 of 2 vaults"),
            ("Lots of every instrument sum to zero", "2 of 2 instruments"),
            ("The buyer’s positions are untouched", "40,000 and 15,000 lots"),
            ("No transaction uses more than 1,000,000 compute units", "most: 420,318"),
        ]
        .map(|(name, detail)| Check {
            name: name.to_owned(),
            passed: true,
            detail: detail.to_owned(),
        })
        .into();
        timeline.facts = facts();
    }

    /// Equity and maintenance requirement at a price.
    fn account(&self, price: f64) -> (f64, f64) {
        let equity = self.usdc + 0.9 * self.sol * price - self.options(price);
        let shocked = price * (1.0 - 0.18 - 0.1 * stress(price));
        let loss = self.options(shocked) - self.options(price) + self.sol * (price - shocked);
        (equity, 0.8 * loss)
    }

    /// What it would cost to buy back the writer's puts.
    fn options(&self, price: f64) -> f64 {
        let deviation = price * (0.18 + 0.12 * stress(price));
        PUTS.iter()
            .map(|(strike, lots)| lots * LOT * put(strike - price, deviation))
            .sum::<f64>()
            * self.left
    }

    fn sample_positions(&mut self, elapsed_ms: u64) {
        for actor in [Actor::Writer, Actor::Buyer, Actor::Liquidator] {
            let share = match actor {
                Actor::Writer => -self.left,
                Actor::Liquidator => self.left - 1.0,
                _ => 1.0,
            };
            self.timeline.positions.push(PositionSample {
                elapsed_ms,
                actor,
                holdings: PUTS
                    .iter()
                    .map(|(strike, lots)| Holding {
                        instrument: instrument(*strike),
                        lots: (lots * share).round() as i64,
                    })
                    .collect(),
            });
        }
    }

    fn land(&mut self, elapsed_ms: u64, actor: Actor, names: &[&str], compute_units: u64) {
        self.timeline.transactions.push(Landed {
            elapsed_ms,
            actor,
            instructions: names.iter().map(|name| (*name).to_owned()).collect(),
            signature: self.noise.signature(),
            compute_units,
            reaction_ms: None,
            liquidation: None,
            failure: None,
        });
    }
}

/// A repeatable stand-in for chance.
struct Noise(u64);

impl Noise {
    /// From -1 to 1.
    fn next(&mut self) -> f64 {
        (self.bits() >> 40) as f64 / f64::from(1 << 23) - 1.0
    }

    fn bits(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0
    }

    fn signature(&mut self) -> String {
        const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        (0..87)
            .filter_map(|_| ALPHABET.get((self.bits() >> 33) as usize % ALPHABET.len()))
            .map(|letter| char::from(*letter))
            .collect()
    }
}

fn price_at(second: f64) -> f64 {
    PATH.windows(2)
        .find_map(|pair| match pair {
            [(from, start), (to, end)] if (*from..=*to).contains(&second) => {
                Some(start + (end - start) * (second - from) / (to - from))
            }
            _ => None,
        })
        .unwrap_or_default()
}

/// How nervous the market is: 0 at the first price, 1 at the lowest.
fn stress(price: f64) -> f64 {
    ((220.0 - price) / 46.0).clamp(0.0, 1.0)
}

/// A put `moneyness` in the money when the price at expiry has this standard deviation.
fn put(moneyness: f64, deviation: f64) -> f64 {
    let x = moneyness / deviation;
    let density = (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let below = 1.0 / (1.0 + (-1.702 * x).exp());
    moneyness * below + deviation * density
}

/// 2% at first, 20% after ten minutes.
fn discount_bps(clock_ms: f64) -> u32 {
    200 + (1_800.0 * clock_ms / 600_000.0) as u32
}

fn e9(value: f64) -> i128 {
    (value * 1e9).round() as i128
}

fn instrument(strike: f64) -> String {
    format!("SOL 27-Nov {strike} P")
}

fn strike(dollars: i64) -> Strike {
    Strike {
        label: format!("{dollars} P"),
        price_usd_e9: dollars * 1_000_000_000,
    }
}

fn token(symbol: &str, decimals: u8, booked_atoms: u64, residue_atoms: i128) -> TokenTotals {
    let reserves_atoms = i128::from(booked_atoms / 40);
    TokenTotals {
        symbol: symbol.to_owned(),
        mint: Noise(u64::from(decimals)).signature().chars().take(44).collect(),
        decimals,
        vault_atoms: booked_atoms,
        booked_atoms,
        accounts_atoms: i128::from(booked_atoms) - reserves_atoms - residue_atoms,
        reserves_atoms,
        residue_limit_atoms: 12,
    }
}

fn facts() -> Facts {
    let peak = |instruction: &str, most, limit| ComputePeak {
        instruction: instruction.to_owned(),
        max_compute_units: most,
        limit_compute_units: limit,
    };
    Facts {
        validator: "surfpool 1.6.1 (Agave 4.2)".to_owned(),
        keeper_version: "tenor-keeper 0.1.0".to_owned(),
        programs: vec![ProgramFacts {
            name: "margin".to_owned(),
            size_bytes: 612_408,
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        }],
        compute: vec![
            peak("liquidate_slice", 420_318, Some(1_000_000)),
            peak("trade", 141_377, Some(200_000)),
            peak("refresh_risk", 68_912, Some(70_000)),
            peak("update_price", 21_004, None),
            peak("deposit", 11_380, Some(12_000)),
        ],
    }
}
