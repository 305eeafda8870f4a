//! What to do about the world, decided by pure functions: any decision can be replayed from a recorded [`World`].
//!
//! The keeper judges every account on a *projection*: the market as it will be once the newest feed prices are stored
//! and the risk arrays refreshed, computed by the program's own code. What it finds unhealthy there, the program will
//! find unhealthy in the transaction that carries those updates.

mod liquidate;
mod preview;
mod projection;
mod service;
mod settle;
mod upkeep;

pub use projection::{PriceProblem, Projection};

use crate::world::World;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use std::collections::HashMap;
use std::fmt;
use tenor_sdk::instruction::Party;

/// What the operator decided once and for all.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The keeper's margin account and its signer.
    pub liquidator: Party,
    /// Feed account of each underlying, by index.
    pub feed_accounts: HashMap<u8, Pubkey>,
    /// Most of an account to take in one slice x 1e18.
    pub max_fraction_e18: u64,
    /// Cash that the keeper's account keeps, atoms.
    pub reserve_cash_atoms: i64,
    /// Whether it also does for the house what anybody may do.
    pub serves_house: bool,
}

/// What an intent does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IntentKind {
    /// Bring price and risk arrays up to date, because a slice would not fit beside so many refreshes.
    Refresh,
    /// Start, advance or end an auction.
    Touch,
    /// Take over a slice, starting the auction first where none runs.
    Slice,
    /// Bring the risk arrays of a chain to the range that its underlying has moved to.
    Range,
    /// Bring the hour's mark of an underlying.
    Mark,
    /// Bring settlement marks of a chain.
    SettlementMark,
    /// Write the settlement price of a chain.
    SettleChain,
    /// Pay out an account's positions in a settled chain.
    SettleAccount,
    /// Move what a chain has collected to the house.
    Sweep,
    /// Close a chain that is over.
    Close,
    /// Bring interest to the present.
    Accrue,
}

impl fmt::Display for IntentKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Refresh => "refresh",
            Self::Touch => "touch",
            Self::Slice => "slice",
            Self::Range => "range",
            Self::Mark => "mark",
            Self::SettlementMark => "settlement_mark",
            Self::SettleChain => "settle_chain",
            Self::SettleAccount => "settle_account",
            Self::Sweep => "sweep",
            Self::Close => "close",
            Self::Accrue => "accrue",
        })
    }
}

/// One transaction that should land. Sending it twice is harmless: the program refuses a sequence number that has moved.
#[derive(Clone, Debug)]
pub struct Intent {
    /// The account that it acts on: a margin account, a chain or an underlying.
    pub account: Pubkey,
    /// Sequence number of that account when it was decided.
    pub sequence: u64,
    /// What it does.
    pub kind: IntentKind,
    /// Its instructions, without a compute budget.
    pub instructions: Vec<Instruction>,
    /// Upper estimate of its compute units; a simulation tells more.
    pub compute_units: u32,
}

/// Why an account that may need action gets none now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// This price is not good enough to tell whether the account is unhealthy.
    Price(PriceProblem),
    /// Its health cannot be computed; the text says why.
    Health(String),
    /// Nothing is left to sell at a discount: the account waits for bankruptcy resolution.
    EquityExhausted,
    /// The keeper's account lacks the cash or health even for a small slice.
    NoCapacity,
    /// It is the keeper's own account.
    Own,
}

impl SkipReason {
    /// Short name for metrics.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Price(problem) => problem.label(),
            Self::Health(_) => "health",
            Self::EquityExhausted => "equity_exhausted",
            Self::NoCapacity => "no_capacity",
            Self::Own => "own",
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Health(error) => write!(formatter, "health: {error}"),
            other => formatter.write_str(other.label()),
        }
    }
}

/// Everything decided in one tick.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What to send, most urgent first.
    pub intents: Vec<Intent>,
    /// Accounts that need action and get none, with the reason.
    pub skipped: Vec<(Pubkey, SkipReason)>,
    /// Accounts below maintenance or in an auction.
    pub unhealthy: Vec<Pubkey>,
}

/// Decides what to do about every account.
pub fn plan(world: &World, settings: &Settings) -> Plan {
    let projection = Projection::of(world, settings);
    let mut plan = Plan::default();
    let mut ranked = Vec::new();
    for (address, tracked) in &world.accounts {
        match liquidate::judge(*address, &tracked.data, world, &projection, settings) {
            liquidate::Verdict::Healthy => {}
            liquidate::Verdict::Skip(reason) => plan.skipped.push((*address, reason)),
            liquidate::Verdict::Unhealthy { shortfall_e9, action } => {
                plan.unhealthy.push(*address);
                match action {
                    Ok(intent) => ranked.push((shortfall_e9, intent)),
                    Err(reason) => plan.skipped.push((*address, reason)),
                }
            }
        }
    }
    // The deepest shortfall first: it is the one that can become a loss.
    ranked.sort_by_key(|(shortfall_e9, _)| std::cmp::Reverse(*shortfall_e9));
    plan.intents.extend(ranked.into_iter().map(|(_, intent)| intent));
    if settings.serves_house {
        plan.intents.extend(settle::intents(world, settings));
        plan.intents.extend(service::intents(world, &projection, settings));
    }
    plan
}
