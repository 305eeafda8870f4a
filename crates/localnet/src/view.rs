//! The accounts as they are at one moment, and what they are worth at the feed's price.

use crate::actors::{self, CAST};
use crate::keys::Role;
use crate::market::{Listed, revalued};
use crate::price_path::Quotes;
use crate::validator::Validator;
use anyhow::{Context, Result};
use tenor_report::{Holding, LiquidationClock, PortfolioPart, PortfolioSample, PositionSample, Tick};
use tenor_sdk::client::Snapshot;
use tenor_sdk::decode::AccountData;
use tenor_sdk::margin::risk::{Freshness, HealthView};
use tenor_sdk::market::Market;
use tenor_sdk::math::liquidation::discount;
use tenor_sdk::math::pricing::OptionKind;
use tenor_sdk::math::risk::Health;

const KINDS: [OptionKind; 2] = [OptionKind::Call, OptionKind::Put];

/// The protocol's accounts, and the writer's health at the feed's price.
pub struct View {
    /// As the validator has them.
    pub snapshot: Snapshot,
    /// The writer's account.
    pub writer: AccountData,
    /// Its health if prices and risk arrays were refreshed now.
    pub health: Health,
    /// The same health with its parts by underlying.
    pub parts: HealthView,
    /// What the feeds say.
    pub quotes: Quotes,
    revalued: Market,
}

impl View {
    /// Looks at everything at quotes.
    ///
    /// # Errors
    /// If the RPC fails or an account cannot be valued.
    pub async fn take(validator: &Validator, quotes: Quotes) -> Result<Self> {
        let snapshot = validator.client().snapshot().await?;
        let writer = account_of(&snapshot, Role::Writer)
            .context("the writer has no account")?
            .clone();
        let revalued = revalued(&snapshot.market, &quotes, validator.now().await?)?;
        let health = revalued.health(&writer, Freshness::AsStored)?;
        let parts = revalued.health_view(&writer, Freshness::AsStored)?;
        Ok(Self {
            snapshot,
            writer,
            health,
            parts,
            quotes,
            revalued,
        })
    }

    /// A role's health if prices and risk arrays were refreshed now.
    ///
    /// # Errors
    /// If it has no account, or the account cannot be valued.
    pub fn health_of(&self, role: Role) -> Result<Health> {
        let account = account_of(&self.snapshot, role).context("the role has no account")?;
        Ok(self.revalued.health(account, Freshness::AsStored)?)
    }

    /// The writer's requirement by underlying.
    pub fn portfolio(&self, listed: &Listed, elapsed_ms: u64, moment: &str) -> PortfolioSample {
        let parts = self.parts.underlyings.iter().map(|part| {
            let asset = listed.assets.get(usize::from(part.index));
            PortfolioPart {
                symbol: asset.map_or_else(|| "?".to_owned(), |asset| asset.symbol.clone()),
                scenario_loss_usd_e9: part.scenario_loss_e9.into(),
                contingency_usd_e9: part.initial_contingency_e9.into(),
                option_value_usd_e9: part.option_value_e9.into(),
                collateral_value_usd_e9: part.collateral_value_e9.into(),
            }
        });
        PortfolioSample {
            elapsed_ms,
            moment: moment.to_owned(),
            parts: parts.collect(),
            initial_usd_e9: self.parts.initial_e9.into(),
            maintenance_usd_e9: self.parts.maintenance_e9.into(),
            equity_usd_e9: self.parts.equity_e9.into(),
        }
    }

    /// Whether the writer's maintenance health is negative.
    pub fn is_unhealthy(&self) -> bool {
        self.health.equity < self.health.maintenance
    }

    /// Whether an auction of the writer's account runs.
    pub const fn is_in_auction(&self) -> bool {
        self.writer.account.liquidation.is_active()
    }

    /// The writer's account as the record shows it.
    pub fn tick(&self, elapsed_ms: u64) -> Tick {
        let [sol, ..] = self.quotes;
        Tick {
            elapsed_ms,
            price_usd_e9: sol.price_e9.cast_signed(),
            confidence_usd_e9: sol.confidence_e9.cast_signed(),
            equity_usd_e9: self.health.equity.e9().into(),
            initial_requirement_usd_e9: self.health.initial.e9().into(),
            maintenance_requirement_usd_e9: self.health.maintenance.e9().into(),
            clock: self.clock(),
        }
    }

    fn clock(&self) -> LiquidationClock {
        let state = &self.writer.account.liquidation;
        let clock_ms = u64::from(state.clock_seconds) * 1_000;
        if state.is_active() {
            let discount_e9 =
                discount(state.clock(), self.health.equity, self.health.maintenance).map_or(0, |d| d.e9());
            return LiquidationClock::Running {
                clock_ms,
                discount_bps: u32::try_from(discount_e9 / 100_000).unwrap_or(0),
            };
        }
        if state.ended_at == 0 {
            LiquidationClock::Idle
        } else {
            LiquidationClock::Ended { clock_ms }
        }
    }

    /// Everybody's positions as the record shows them.
    pub fn positions<'a>(&'a self, listed: &'a Listed, elapsed_ms: u64) -> impl Iterator<Item = PositionSample> + 'a {
        let traders = CAST.iter().filter(|means| means.role != Role::Borrower);
        traders.filter_map(move |means| {
            let account = account_of(&self.snapshot, means.role)?;
            Some(PositionSample {
                elapsed_ms,
                actor: means.role.actor(),
                holdings: holdings(account, listed),
            })
        })
    }
}

/// A role's margin account.
pub fn account_of(snapshot: &Snapshot, role: Role) -> Option<&AccountData> {
    let address = actors::account(role);
    snapshot
        .accounts
        .iter()
        .find(|(found, _)| *found == address)
        .map(|(_, account)| account)
}

/// An account's positions by name, in the order of their chains and strikes.
pub fn holdings(account: &AccountData, listed: &Listed) -> Vec<Holding> {
    let mut positions = account.positions.clone();
    positions.sort_by_key(|position| (position.chain_slot, position.strike_slot));
    let legs = positions.iter().flat_map(|position| KINDS.map(|kind| (position, kind)));
    legs.filter_map(|(position, kind)| {
        let slot = account.account.chains.get(usize::from(position.chain_slot))?;
        Some(Holding {
            instrument: listed.instrument(&slot.chain, position.strike_slot, kind)?,
            lots: position.lots(kind).get(),
        })
    })
    .filter(|holding| holding.lots != 0)
    .collect()
}
