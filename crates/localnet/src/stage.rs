//! Everything that a run needs at once: validator, market, feed, keeper, record.

use crate::actors::{self, CAST, LOAN_USDC, SALES};
use crate::artifact::{Artifact, MARGIN};
use crate::books;
use crate::checks::Evidence;
use crate::console::Console;
use crate::feed::PriceFeed;
use crate::keeper_process::Keeper;
use crate::keys::Role;
use crate::market::{self, Listed, Listing, QUOTE_INDEX, letter};
use crate::price_path::{BTC, Quotes, SOL};
use crate::record::Record;
use crate::validator::{self, Validator};
use crate::view::{View, account_of};
use crate::watch::Watch;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use tenor_report::{Actor, Facts, Loan, PriceSample, PriceSeries, ProgramFacts, Strike};
use tenor_sdk::{MARGIN_PROGRAM, SdkError};

/// A listed market with actors in position and a keeper that watches.
pub struct Stage {
    validator: Validator,
    built: Artifact,
    listed: Listed,
    feeds: Vec<PriceFeed>,
    keeper: Keeper,
    keeper_starts: u32,
    watch: Watch,
    record: Record,
    console: Console,
    quotes: Quotes,
    /// Whether the writer has been below maintenance.
    has_fallen_ill: bool,
}

impl Stage {
    /// Builds it all up at first quotes.
    ///
    /// # Errors
    /// If any part fails.
    pub async fn build(
        keeper_binary: PathBuf,
        folder: &Path,
        record: &Record,
        console: &Console,
        quotes: Quotes,
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

        let Listing {
            listed,
            mut feeds,
            steps,
            open_ends,
        } = market::list(&validator, &quotes).await?;
        for step in &steps {
            console.say(&format!("Migration: {step}"));
        }
        for open_end in &open_ends {
            console.say(&format!("Open end, as on every local network: {open_end}"));
        }
        publish(&validator, &mut feeds, &quotes).await?;
        listed.post_surfaces(&validator).await?;
        for means in &CAST {
            actors::enter(&validator, &listed, means).await?;
        }
        publish(&validator, &mut feeds, &quotes).await?;
        listed.refresh(&validator).await?;
        actors::trade(&validator, &listed).await?;
        actors::borrow(&validator, &listed).await?;

        let mut keeper = Keeper::prepare(keeper_binary, folder, &validator, &listed)?;
        let facts = facts(&built, keeper.version().await?);
        keeper.start()?;
        keeper.wait_ready().await?;
        console.say(&format!(
            "The keeper runs as its own process ({}) and is ready",
            facts.keeper_version
        ));
        record.edit(|timeline| {
            timeline.strikes = strikes(SOL);
            timeline.also = vec![PriceSeries {
                symbol: "BTC".to_owned(),
                strikes: strikes(BTC),
                samples: Vec::new(),
            }];
            timeline.facts = Facts {
                compute: std::mem::take(&mut timeline.facts.compute),
                ..facts
            };
        });
        let (record, console) = (record.clone(), console.clone());
        let opening = View::take(&validator, quotes).await?;
        let portfolio = opening.portfolio(&listed, record.elapsed_ms(), "before the fall");
        record.edit(|timeline| timeline.portfolios.push(portfolio));
        Ok(Self {
            validator,
            built,
            listed,
            feeds,
            keeper,
            keeper_starts: 1,
            watch,
            record,
            console,
            quotes,
            has_fallen_ill: false,
        })
    }

    /// Address of the validator's RPC.
    pub fn rpc_url(&self) -> &str {
        self.validator.rpc_url()
    }

    /// Publishes quotes, then looks at the accounts and records them.
    ///
    /// # Errors
    /// If the validator fails, or the keeper has ended by itself.
    pub async fn tick(&mut self, quotes: Quotes) -> Result<View> {
        let published_ms = self.record.elapsed_ms();
        for (asset, quote) in self.listed.assets.iter().zip(&quotes) {
            self.record.published(asset.underlying, quote.price_e9, published_ms);
        }
        publish(&self.validator, &mut self.feeds, &quotes).await?;
        self.quotes = quotes;
        let view = View::take(&self.validator, quotes).await?;
        let elapsed_ms = self.record.elapsed_ms();
        let tick = view.tick(elapsed_ms);
        let [_, btc, _] = quotes;
        self.console.tick(&tick, btc.price_e9);
        self.record.tick(tick);
        let sample = PriceSample {
            elapsed_ms,
            price_usd_e9: btc.price_e9.cast_signed(),
            confidence_usd_e9: btc.confidence_e9.cast_signed(),
        };
        self.record.edit(|timeline| {
            if let Some(series) = timeline.also.first_mut() {
                series.samples.push(sample);
            }
        });
        for sample in view.positions(&self.listed, elapsed_ms) {
            self.record.positions(sample);
        }
        if view.is_unhealthy() && !self.has_fallen_ill {
            self.has_fallen_ill = true;
            self.note_portfolio(&view, "when first below maintenance");
        }
        Ok(view)
    }

    fn note_portfolio(&self, view: &View, moment: &str) {
        let sample = view.portfolio(&self.listed, self.record.elapsed_ms(), moment);
        self.record.edit(|timeline| timeline.portfolios.push(sample));
    }

    /// Publishes the last quotes once more, so that they do not grow old.
    ///
    /// # Errors
    /// As [`Stage::tick`].
    pub async fn hold(&mut self) -> Result<View> {
        self.tick(self.quotes).await
    }

    /// Publishes the last quotes once more and looks at nothing.
    ///
    /// # Errors
    /// If the validator fails.
    pub async fn keep_fresh(&mut self) -> Result<()> {
        publish(&self.validator, &mut self.feeds, &self.quotes).await
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
        self.validator.send(&actors::accruals(), &[Role::Admin]).await?;
        let view = self.hold().await?;
        self.note_portfolio(&view, "at the end");
        let loan = self.loan(&view)?;
        self.watch.catch_up().await?;
        let tokens = books::tokens(&self.validator, &view.snapshot, &self.listed).await?;
        let (lots, imbalances) = books::lots(&view.snapshot, &self.listed);
        let keeper_runs = self.keeper.is_running()?;
        let checks = Evidence {
            timeline: &self.record.timeline(),
            view: &view,
            listed: &self.listed,
            tokens: &tokens,
            lots: &lots,
            loan: &loan,
            brought: &self.brought(),
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
            timeline.loan = Some(loan);
        });
        Ok(())
    }

    /// How often the keeper has stored a price of each underlying.
    fn brought(&self) -> Vec<(String, usize)> {
        let assets = self.listed.assets.iter();
        assets
            .map(|asset| {
                let count = self.record.brought(Actor::Liquidator, asset.underlying);
                (asset.symbol.clone(), count)
            })
            .collect()
    }

    /// What the borrower took out and what it owes now.
    fn loan(&self, view: &View) -> Result<Loan> {
        let registry = view.snapshot.market.registry().context("there is no registry")?;
        let cash_of = |role| {
            let data = account_of(&view.snapshot, role)?;
            Some(data.account.cash_atoms_at(&registry.interest).map_err(SdkError::from))
        };
        let cash_atoms = cash_of(Role::Borrower).context("the borrower has no account")??;
        let borrowed_atoms = i64::try_from(LOAN_USDC * 1_000_000)?;
        let health = view.health_of(Role::Borrower)?;
        Ok(Loan {
            borrowed_atoms,
            owed_atoms: cash_atoms.saturating_neg(),
            decimals: self.listed.token(QUOTE_INDEX).map_or(6, |token| token.decimals),
            health_usd_e9: health
                .maintenance_health()
                .map_or(i128::MIN, |health| health.e9().into()),
        })
    }

    /// Stops the keeper; the validator stops with this value.
    pub async fn strike(mut self) {
        self.keeper.stop().await;
    }
}

/// Publishes quotes on all feeds.
async fn publish(validator: &Validator, feeds: &mut [PriceFeed], quotes: &Quotes) -> Result<()> {
    for (feed, quote) in feeds.iter_mut().zip(quotes) {
        feed.publish(validator, *quote).await?;
    }
    Ok(())
}

/// The options on an underlying that the writer sold, as marks on the price chart.
fn strikes(place: usize) -> Vec<Strike> {
    let of = |sale: &actors::Sale| Strike {
        label: format!("{} {}", sale.strike_usd, letter(sale.kind)),
        price_usd_e9: sale.strike_usd.cast_signed() * 1_000_000_000,
    };
    SALES.iter().filter(|sale| sale.place == place).map(of).collect()
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
