//! What a run says on the terminal.

use std::io::{IsTerminal, Write, stdout};
use std::sync::{Arc, Mutex, PoisonError};
use tenor_report::{Landed, LiquidationClock, Tick};

const E9: i128 = 1_000_000_000;

/// How lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Line after line, without control codes.
    Plain,
    /// The writer's account on one line that changes in place, with events above it.
    Live,
}

/// The terminal, shared by the tasks of a run.
#[derive(Clone)]
pub struct Console {
    style: Style,
    status: Arc<Mutex<String>>,
}

impl Style {
    /// Live on a terminal, unless plain lines are asked for.
    pub fn detect(headless: bool) -> Self {
        if headless || !stdout().is_terminal() {
            Self::Plain
        } else {
            Self::Live
        }
    }
}

impl Console {
    /// A console without a status yet.
    pub fn new(style: Style) -> Self {
        Self {
            style,
            status: Arc::default(),
        }
    }

    /// Something happened.
    pub fn say(&self, text: &str) {
        self.line(text, "");
    }

    /// Something is not as it should be.
    pub fn warn(&self, text: &str) {
        self.line(&format!("! {text}"), "\x1b[33m");
    }

    /// The outcome of a check.
    pub fn check(&self, passed: bool, text: &str) {
        let (mark, colour) = if passed {
            ("ok    ", "\x1b[32m")
        } else {
            ("FAILED", "\x1b[31m")
        };
        self.line(&format!("{mark} {text}"), colour);
    }

    /// The writer's account changed.
    pub fn tick(&self, tick: &Tick, btc_usd_e9: u64) {
        let health = tick.maintenance_health_usd_e9();
        let auction = match tick.clock {
            LiquidationClock::Idle => String::new(),
            LiquidationClock::Running { clock_ms, discount_bps } => {
                format!(
                    "  auction {} s at {}.{:02}%",
                    clock_ms / 1_000,
                    discount_bps / 100,
                    discount_bps % 100
                )
            }
            LiquidationClock::Ended { .. } => "  auction ended".to_owned(),
        };
        let text = format!(
            "{:>7}  SOL {:>7}  BTC {:>8}  equity {:>9}  MM {:>9}  health {:>9}{auction}",
            seconds(tick.elapsed_ms),
            dollars(tick.price_usd_e9.into(), Cents::Shown),
            dollars(btc_usd_e9.into(), Cents::Hidden),
            dollars(tick.equity_usd_e9, Cents::Hidden),
            dollars(tick.maintenance_requirement_usd_e9, Cents::Hidden),
            dollars(health, Cents::Hidden),
        );
        self.status(&text, if health < 0 { "\x1b[31m" } else { "" });
    }

    /// A transaction was executed.
    pub fn transaction(&self, landed: &Landed) {
        let mut text = format!(
            "{:>7}  {:<10} {:<62} {:>7} CU",
            seconds(landed.elapsed_ms),
            landed.actor.to_string(),
            landed.instructions.join(", "),
            landed.compute_units,
        );
        if let Some(slice) = &landed.liquidation {
            let percent = u128::from(slice.fraction_e9) * 10_000 / 1_000_000_000;
            text += &format!("  took {}.{:02}% of the account", percent / 100, percent % 100);
        }
        if let Some(reaction_ms) = landed.reaction_ms {
            text += &format!(", {reaction_ms} ms after the price");
        }
        if let Some(failure) = &landed.failure {
            text += &format!("  refused: {}", failure.name);
        }
        let colour = match (&landed.failure, &landed.liquidation) {
            (Some(_), _) => "\x1b[33m",
            (None, Some(_)) => "\x1b[36m",
            (None, None) => "",
        };
        self.line(&text, colour);
    }

    fn line(&self, text: &str, colour: &str) {
        // The status is held while the line is written, so that two tasks do not write into each other.
        let status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        match self.style {
            Style::Plain => write(&format!("{text}\n")),
            Style::Live => write(&format!("\r\x1b[2K{colour}{text}\x1b[0m\n{status}")),
        }
    }

    fn status(&self, text: &str, colour: &str) {
        let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        match self.style {
            Style::Plain => write(&format!("{text}\n")),
            Style::Live => {
                *status = format!("{colour}{text}\x1b[0m");
                write(&format!("\r\x1b[2K{status}"));
            }
        }
    }

    /// Leaves the changing line behind as it is.
    pub fn end_status(&self) {
        let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        if !status.is_empty() {
            status.clear();
            write("\n");
        }
    }
}

/// A closed terminal is no reason to stop a run.
fn write(text: &str) {
    let mut out = stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn seconds(elapsed_ms: u64) -> String {
    format!("{}.{} s", elapsed_ms / 1_000, elapsed_ms % 1_000 / 100)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cents {
    Shown,
    Hidden,
}

/// An amount with its sign before the currency, rounded toward zero.
fn dollars(usd_e9: i128, cents: Cents) -> String {
    let (whole, rest) = (usd_e9.abs() / E9, usd_e9.abs() % E9 / 10_000_000);
    let is_nothing = whole == 0 && (rest == 0 || cents == Cents::Hidden);
    let sign = if usd_e9 < 0 && !is_nothing { "-" } else { "" };
    match cents {
        Cents::Shown => format!("{sign}${whole}.{rest:02}"),
        Cents::Hidden => format!("{sign}${whole}"),
    }
}
