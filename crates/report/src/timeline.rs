//! What a run records. A wire format: plain integers, each named after its unit.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::totals::{LotTotals, TokenTotals};

/// Everything one run recorded, in order of time; [`sort`](Self::sort) makes it so.
///
/// A run that stops early still makes a timeline: what it never reached is empty, and
/// [`interrupted`](Self::interrupted) says why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// Heading of the page.
    pub title: String,
    /// When `elapsed_ms` is zero, in seconds since the Unix epoch.
    pub started_at_secs: i64,
    /// Symbol of the asset whose price moves: `SOL`.
    pub underlying: String,
    /// Seconds of market that one second of the run replays; 1 is real time.
    pub replay_speed: u32,
    /// Why the run ended before its end; `None` for a complete one.
    pub interrupted: Option<String>,
    /// What the run asserted about itself.
    pub checks: Vec<Check>,
    /// Strikes of the listed options.
    pub strikes: Vec<Strike>,
    /// The writer's account at each price.
    pub ticks: Vec<Tick>,
    /// Prices and strikes of the other assets that options are listed on.
    #[serde(default)]
    pub also: Vec<PriceSeries>,
    /// The writer's requirement by underlying, at some moments.
    #[serde(default)]
    pub portfolios: Vec<PortfolioSample>,
    /// What somebody borrowed.
    #[serde(default)]
    pub loan: Option<Loan>,
    /// Positions of each actor, one sample after each change.
    pub positions: Vec<PositionSample>,
    /// Every transaction that reached a block.
    pub transactions: Vec<Landed>,
    /// What each vault holds against what the program booked, at the end.
    pub tokens: Vec<TokenTotals>,
    /// Lots of each instrument over all accounts, at the end.
    pub lots: Vec<LotTotals>,
    /// What ran.
    pub facts: Facts,
}

impl Timeline {
    /// Puts what several tasks recorded into order of time; what happened at once stays as it came.
    pub fn sort(&mut self) {
        self.ticks.sort_by_key(|tick| tick.elapsed_ms);
        self.positions.sort_by_key(|sample| sample.elapsed_ms);
        self.transactions.sort_by_key(|landed| landed.elapsed_ms);
    }

    /// The liquidations that succeeded, in order of time.
    pub fn liquidations(&self) -> impl Iterator<Item = (&Landed, &Liquidation)> + Clone {
        self.transactions
            .iter()
            .filter(|landed| landed.failure.is_none())
            .filter_map(|landed| Some((landed, landed.liquidation.as_ref()?)))
    }
}

/// Prices of one asset besides the main one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceSeries {
    /// Its symbol.
    pub symbol: String,
    /// Strikes of the listed options.
    pub strikes: Vec<Strike>,
    /// Its prices, in order of time.
    pub samples: Vec<PriceSample>,
}

/// The oracle at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceSample {
    /// Milliseconds since the start of the run.
    pub elapsed_ms: u64,
    /// USD per whole underlying x 1e9.
    pub price_usd_e9: i64,
    /// Half-width of the oracle's interval, in USD per whole underlying x 1e9.
    pub confidence_usd_e9: i64,
}

/// A portfolio's requirement and what it is made of. All in USD x 1e9.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortfolioSample {
    /// Milliseconds since the start of the run.
    pub elapsed_ms: u64,
    /// Which moment of the story it is.
    pub moment: String,
    /// Parts by underlying.
    pub parts: Vec<PortfolioPart>,
    /// Initial requirement of the whole.
    pub initial_usd_e9: i128,
    /// Maintenance requirement of the whole.
    pub maintenance_usd_e9: i128,
    /// Equity.
    pub equity_usd_e9: i128,
}

/// One underlying's part. All in USD x 1e9.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortfolioPart {
    /// Symbol.
    pub symbol: String,
    /// Greatest loss over the scenarios, by itself.
    pub scenario_loss_usd_e9: i128,
    /// Contingencies of the initial requirement.
    pub contingency_usd_e9: i128,
    /// Options at mark.
    pub option_value_usd_e9: i128,
    /// Collateral after haircut.
    pub collateral_value_usd_e9: i128,
}

impl PortfolioSample {
    /// What the underlyings would be asked for one by one.
    pub fn sum_of_parts_usd_e9(&self) -> i128 {
        let parts = self.parts.iter();
        parts
            .map(|part| part.scenario_loss_usd_e9.saturating_add(part.contingency_usd_e9))
            .fold(0, i128::saturating_add)
    }

    /// What is credited for losses that the underlyings do not have together.
    pub fn credit_usd_e9(&self) -> i128 {
        self.sum_of_parts_usd_e9().saturating_sub(self.initial_usd_e9)
    }
}

/// Cash below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loan {
    /// What was taken out, atoms of the quote.
    pub borrowed_atoms: i64,
    /// What is owed at the end.
    pub owed_atoms: i64,
    /// Decimals of the quote.
    pub decimals: u8,
    /// Maintenance health of the borrower at the end, USD x 1e9.
    pub health_usd_e9: i128,
}

impl Loan {
    /// Interest so far, atoms of the quote.
    pub const fn interest_atoms(&self) -> i64 {
        self.owed_atoms.saturating_sub(self.borrowed_atoms)
    }
}

/// One assertion about the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The claim, as a sentence that is true when it holds.
    pub name: String,
    /// Whether it held.
    pub passed: bool,
    /// The numbers behind the answer.
    pub detail: String,
}

/// A strike to mark on the price chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strike {
    /// Short name, such as `200 P`; names of one price share a line.
    pub label: String,
    /// USD per whole underlying x 1e9.
    pub price_usd_e9: i64,
}

/// The oracle and the writer's account at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// Milliseconds since the start of the run.
    pub elapsed_ms: u64,
    /// USD per whole underlying x 1e9.
    pub price_usd_e9: i64,
    /// Half-width of the oracle's interval, in USD per whole underlying x 1e9.
    pub confidence_usd_e9: i64,
    /// Equity in USD x 1e9.
    pub equity_usd_e9: i128,
    /// Initial requirement in USD x 1e9.
    pub initial_requirement_usd_e9: i128,
    /// Maintenance requirement in USD x 1e9.
    pub maintenance_requirement_usd_e9: i128,
    /// The account's Dutch clock.
    pub clock: LiquidationClock,
}

impl Tick {
    /// Equity less the maintenance requirement, in USD x 1e9. Below zero the account may be liquidated.
    pub const fn maintenance_health_usd_e9(&self) -> i128 {
        self.equity_usd_e9.saturating_sub(self.maintenance_requirement_usd_e9)
    }
}

/// State of an account's liquidation clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiquidationClock {
    /// No liquidation.
    #[default]
    Idle,
    /// In liquidation.
    Running {
        /// Time on the clock in milliseconds; it stands still while no price is fresh.
        clock_ms: u64,
        /// Discount on offer, in hundredths of a percent of the maintenance margin that a slice frees.
        discount_bps: u32,
    },
    /// Ended; a new liquidation soon after resumes at this time.
    Ended {
        /// Time on the clock in milliseconds.
        clock_ms: u64,
    },
}

/// Who signed a transaction or holds positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Short the options; the account that is liquidated.
    Writer,
    /// Long the options.
    Buyer,
    /// Owes cash against collateral.
    Borrower,
    /// The keeper process and the account it takes slices into.
    Liquidator,
    /// Deploys, lists and publishes prices.
    Operator,
}

impl Actor {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 5] = [
        Self::Writer,
        Self::Buyer,
        Self::Borrower,
        Self::Liquidator,
        Self::Operator,
    ];
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Writer => "Writer",
            Self::Buyer => "Buyer",
            Self::Borrower => "Borrower",
            Self::Liquidator => "Liquidator",
            Self::Operator => "Operator",
        })
    }
}

/// One actor's positions from this moment until its next sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionSample {
    /// Milliseconds since the start of the run.
    pub elapsed_ms: u64,
    /// Whose positions.
    pub actor: Actor,
    /// The positions; an instrument that is missing here is held at zero.
    pub holdings: Vec<Holding>,
}

/// A position in one instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// Name, such as `SOL 27-Nov 200 P`.
    pub instrument: String,
    /// Signed lots: long above zero, short below.
    pub lots: i64,
}

/// A transaction that reached a block, whether it succeeded or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Landed {
    /// Milliseconds from the start of the run to its confirmation.
    pub elapsed_ms: u64,
    /// Who signed it.
    pub actor: Actor,
    /// Names of its instructions, in order.
    pub instructions: Vec<String>,
    /// Signature in base 58.
    pub signature: String,
    /// Compute units it consumed.
    pub compute_units: u64,
    /// Milliseconds from the price change that the keeper reacted to until this landed; `None` if it is no reaction.
    pub reaction_ms: Option<u64>,
    /// What it liquidated, if it did.
    pub liquidation: Option<Liquidation>,
    /// Why it failed; `None` if it succeeded.
    pub failure: Option<Failure>,
}

/// What one slice took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Liquidation {
    /// Share of the account that it took x 1e9.
    pub fraction_e9: u64,
    /// Discount of the moment, in hundredths of a percent of the maintenance margin freed.
    pub discount_bps: u32,
    /// Discount that the writer paid, in USD x 1e9.
    pub discount_paid_usd_e9: i128,
}

/// Why a transaction failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Custom error code of the program, if it was the program that refused.
    pub code: Option<u32>,
    /// Name of the error.
    pub name: String,
}

/// What ran: enough to run it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Name and version of the validator.
    pub validator: String,
    /// Version of the keeper.
    pub keeper_version: String,
    /// The deployed programs.
    pub programs: Vec<ProgramFacts>,
    /// Largest compute use of each instruction.
    pub compute: Vec<ComputePeak>,
}

/// A deployed program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramFacts {
    /// Name of the program.
    pub name: String,
    /// Size of the bytecode in bytes.
    pub size_bytes: u64,
    /// SHA-256 of the bytecode in hexadecimal.
    pub sha256: String,
}

/// Largest compute use of one instruction over the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComputePeak {
    /// Name of the instruction.
    pub instruction: String,
    /// Most compute units that one call consumed.
    pub max_compute_units: u64,
    /// Its budget in compute units, if it has one of its own.
    pub limit_compute_units: Option<u64>,
}
