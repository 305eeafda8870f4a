//! Everything that a run needs at once: validator, market, feed, keeper, record.

use crate::actors::{self, CAST, SALES};
use crate::artifact::{Artifact, MARGIN};
use crate::books;
use crate::checks::Evidence;
use crate::console::Console;
use crate::feed::{PriceFeed, Quote};
use crate::keeper_process::Keeper;
use crate::keys::Role;
use crate::market::{self, Listed, letter};
use crate::record::Record;
use crate::validator::{self, Validator};
use crate::view::View;
use crate::watch::Watch;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use tenor_report::{Facts, ProgramFacts, Strike};
use tenor_sdk::MARGIN_PROGRAM;

/// A listed market with actors in position and a keeper that watches.
pub struct Stage {
    validator: Validator,
    built: Artifact,
    listed: Listed,
    feed: PriceFeed,
    keeper: Keeper,
    keeper_starts: u32,
    watch: Watch,
    record: Record,
    console: Console,
    quote: Quote,
}

impl Stage {
    /// Builds it all up at a first quote.
    ///
    /// # Errors
    /// If any part fails.
    pub async fn build(
        keeper_binary: PathBuf,
        folder: &Path,
        record: &Record,
        console: &Console,
        quote: Quote,
    ) -> Result<Self> {
        let built = Artifact::load(MARGIN)?;
        let validator = Validator::start().await?;
        console.say(&format!("Validator at {} ({})", validator.rpc_url(), validator::NAME));
        let watch = Watch::start(validator.rpc_url(), validator.ws_url(), record.clone(), console.clone()).await?;
        validator
            .deploy(&MARGIN_PROGRAM, &built, &Role::Upgrade.address())
            .await?;
        console.say(&format!(
            "Deployed {MARGIN}, {} bytes, sha256 {}",
            built.bytes.len(),
            built.sha256
        ));

        let (listed, mut feed, steps) = market::list(&validator, quote).await?;
        for step in &steps {
            console.say(&format!("Migration: {step}"));
        }
        feed.publish(&validator, quote).await?;
        listed.post_surface(&validator).await?;
        for means in &CAST {
            actors::enter(&validator, &listed, means).await?;
        }
        feed.publish(&validator, quote).await?;
        listed.refresh(&validator).await?;
        actors::trade(&validator, &listed).await?;

        let mut keeper = Keeper::prepare(keeper_binary, folder, &validator, &listed)?;
        let facts = facts(&built, keeper.version().await?);
        keeper.start()?;
        keeper.wait_ready().await?;
        console.say(&format!(
            "The keeper runs as its own process ({}) and is ready",
            facts.keeper_version
        ));
        record.edit(|timeline| {
            timeline.strikes = strikes();
            timeline.facts = Facts {
                compute: std::mem::take(&mut timeline.facts.compute),
                ..facts
            };
        });
        let (record, console) = (record.clone(), console.clone());
        Ok(Self {
            validator,
            built,
            listed,
            feed,
            keeper,
            keeper_starts: 1,
            watch,
            record,
            console,
            quote,
        })
    }

    /// Address of the validator's RPC.
    pub fn rpc_url(&self) -> &str {
        self.validator.rpc_url()
    }

    /// Publishes a quote, then looks at the accounts and records them.
    ///
    /// # Errors
    /// If the validator fails, or the keeper has ended by itself.
    pub async fn tick(&mut self, quote: Quote) -> Result<View> {
        let published_ms = self.record.elapsed_ms();
        self.record.published(quote.price_e9, published_ms);
        self.feed.publish(&self.validator, quote).await?;
        self.quote = quote;
        let view = View::take(&self.validator, quote).await?;
        let elapsed_ms = self.record.elapsed_ms();
        let tick = view.tick(elapsed_ms);
        self.console.tick(&tick);
        self.record.tick(tick);
        for sample in view.positions(&self.listed, elapsed_ms) {
            self.record.positions(sample);
        }
        Ok(view)
    }

    /// Publishes the last quote once more, so that it does not grow old.
    ///
    /// # Errors
    /// As [`Stage::tick`].
    pub async fn hold(&mut self) -> Result<View> {
        self.tick(self.quote).await
    }

    /// Publishes the last quote once more and looks at nothing.
    ///
    /// # Errors
    /// If the validator fails.
    pub async fn keep_fresh(&mut self) -> Result<()> {
        self.feed.publish(&self.validator, self.quote).await
    }

    /// The keeper must not end by itself.
    ///
    /// # Errors
    /// If it has.
    pub fn require_keeper(&mut self) -> Result<()> {
        if !self.keeper.is_running()? {
            bail!("the keeper has ended by itself; see its logs");
        }
        Ok(())
    }

    /// Kills the keeper as a power cut would.
    ///
    /// # Errors
    /// If it does not run.
    pub async fn kill_keeper(&mut self) -> Result<()> {
        self.keeper.kill().await?;
        self.console.say("The keeper was killed (SIGKILL)");
        Ok(())
    }

    /// Starts the keeper again.
    ///
    /// # Errors
    /// If it does not start.
    pub fn restart_keeper(&mut self) -> Result<()> {
        self.keeper.start()?;
        self.keeper_starts += 1;
        self.console.say("The keeper was started again");
        Ok(())
    }

    /// Number of slices so far.
    pub fn slices(&self) -> usize {
        self.record.slices()
    }

    /// Looks at everything once more, checks it, and adds books and checks to the record.
    ///
    /// # Errors
    /// If something cannot be read. A check that fails is no error.
    pub async fn conclude(&mut self) -> Result<()> {
        self.watch.catch_up().await?;
        let view = self.hold().await?;
        self.watch.catch_up().await?;
        let tokens = books::tokens(&self.validator, &view.snapshot).await?;
        let (lots, imbalances) = books::lots(&view.snapshot, &self.listed);
        let keeper_runs = self.keeper.is_running()?;
        let checks = Evidence {
            timeline: &self.record.timeline(),
            view: &view,
            listed: &self.listed,
            tokens: &tokens,
            lots: &lots,
            imbalances: &imbalances,
            built: &self.built,
            deployed: &self.validator.program_bytes(&MARGIN_PROGRAM).await?,
            keeper_errors: &self.keeper.error_lines()?,
            keeper_starts: self.keeper_starts,
            keeper_runs,
        }
        .checks();
        self.record.edit(|timeline| {
            timeline.tokens = tokens;
            timeline.lots = lots;
            timeline.checks = checks;
        });
        Ok(())
    }

    /// Stops the keeper; the validator stops with this value.
    pub async fn strike(mut self) {
        self.keeper.stop().await;
    }
}

/// The options that the writer sold, as marks on the price chart.
fn strikes() -> Vec<Strike> {
    let of = |sale: &actors::Sale| Strike {
        label: format!("{} {}", sale.strike_usd, letter(sale.kind)),
        price_usd_e9: sale.strike_usd.cast_signed() * 1_000_000_000,
    };
    SALES.iter().map(of).collect()
}

fn facts(built: &Artifact, keeper_version: String) -> Facts {
    let size_bytes = u64::try_from(built.bytes.len()).unwrap_or(u64::MAX);
    let program = ProgramFacts {
        name: MARGIN.to_owned(),
        size_bytes,
        sha256: built.sha256.clone(),
    };
    Facts {
        validator: validator::NAME.to_owned(),
        keeper_version,
        programs: vec![program],
        compute: Vec::new(),
    }
}
