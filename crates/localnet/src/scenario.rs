//! The story: a market falls, an account becomes unhealthy, a keeper that knows nothing of the story liquidates it.

use crate::console::Console;
use crate::price_path::{Point, fall};
use crate::record::Record;
use crate::stage::Stage;
use crate::view::View;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tenor_report::{Timeline, Verdict, render};
use tokio::time::{Instant, sleep, sleep_until};

/// Time after the last price in which the keeper may finish.
const AFTERMATH: Duration = Duration::from_secs(20);
const HOLD_INTERVAL: Duration = Duration::from_millis(400);
/// Least time that a killed keeper stays dead.
const OUTAGE: Duration = Duration::from_secs(1);

/// What goes wrong besides the market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chaos {
    /// Nothing.
    Nothing,
    /// The keeper is killed once, after its first slice, and comes back to an account that is in danger again.
    KillOnce,
}

/// How the story is told.
#[derive(Clone)]
pub struct Scenario {
    /// The keeper's binary.
    pub keeper_binary: PathBuf,
    /// Folder for logs, report and timeline.
    pub folder: PathBuf,
    /// Seconds of the market in one second of the run.
    pub speed: u32,
    /// What goes wrong.
    pub chaos: Chaos,
    /// Where progress is shown.
    pub console: Console,
}

/// A story that is over.
pub struct Ended {
    /// What happened.
    pub timeline: Timeline,
    /// What still stands, unless it never stood.
    pub stage: Option<Stage>,
}

impl Ended {
    /// Whether everything that was claimed holds.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.timeline)
    }
}

impl Scenario {
    /// Tells the story. Whatever goes wrong is in the timeline.
    pub async fn run(&self) -> Ended {
        let record = Record::start(self.title());
        let mut stage = None;
        let ended = self.tell(&record, &mut stage).await;
        self.console.end_status();
        let mut timeline = record.timeline();
        timeline.interrupted = ended.err().map(|error| format!("{error:#}"));
        for check in &timeline.checks {
            self.console
                .check(check.passed, &format!("{} ({})", check.name, check.detail));
        }
        if let Some(reason) = &timeline.interrupted {
            self.console.check(false, &format!("Stopped early: {reason}"));
        }
        Ended { timeline, stage }
    }

    fn title(&self) -> Timeline {
        Timeline {
            title: "SOL and BTC fall: the keeper liquidates a cross-margined writer slice by slice".to_owned(),
            started_at_secs: jiff::Timestamp::now().as_second(),
            underlying: "SOL".to_owned(),
            replay_speed: self.speed,
            ..Timeline::default()
        }
    }

    async fn tell(&self, record: &Record, place: &mut Option<Stage>) -> Result<()> {
        fs::create_dir_all(&self.folder).with_context(|| format!("cannot make {}", self.folder.display()))?;
        let path = fall()?;
        let first = path.first().context("the price path is empty")?.quotes;
        let stage = Stage::build(self.keeper_binary.clone(), &self.folder, record, &self.console, first).await?;
        let stage = place.insert(stage);
        self.fall(stage, &path).await?;
        aftermath(stage).await?;
        stage.conclude().await
    }

    async fn fall(&self, stage: &mut Stage, path: &[Point]) -> Result<()> {
        let start = Instant::now();
        let mut outage = Outage::of(self.chaos);
        for point in path {
            sleep_until(start + point.at / self.speed).await;
            let view = stage.tick(point.quotes).await?;
            outage.advance(stage, &view).await?;
        }
        outage.end(stage)
    }
}

/// Holds the last price until the writer is out of liquidation.
async fn aftermath(stage: &mut Stage) -> Result<()> {
    let deadline = Instant::now() + AFTERMATH;
    while Instant::now() < deadline {
        let view = stage.hold().await?;
        stage.require_keeper()?;
        if !view.is_unhealthy() && !view.is_in_auction() {
            break;
        }
        sleep(HOLD_INTERVAL).await;
    }
    Ok(())
}

/// The keeper's death and return.
enum Outage {
    /// None is planned, or it is over.
    Over,
    /// It will be killed once it has landed a slice.
    Planned,
    /// It is dead at least until then, and until the account is unhealthy.
    Until(Instant),
}

impl Outage {
    const fn of(chaos: Chaos) -> Self {
        match chaos {
            Chaos::Nothing => Self::Over,
            Chaos::KillOnce => Self::Planned,
        }
    }

    async fn advance(&mut self, stage: &mut Stage, view: &View) -> Result<()> {
        match self {
            Self::Over => stage.require_keeper()?,
            Self::Planned => {
                stage.require_keeper()?;
                if stage.slices() > 0 {
                    stage.kill_keeper().await?;
                    *self = Self::Until(Instant::now() + OUTAGE);
                }
            }
            Self::Until(end) if Instant::now() >= *end && view.is_unhealthy() => {
                stage.restart_keeper()?;
                *self = Self::Over;
            }
            Self::Until(_) => {}
        }
        Ok(())
    }

    /// A path that ends during the outage does not leave the keeper dead.
    fn end(self, stage: &mut Stage) -> Result<()> {
        match self {
            Self::Over => Ok(()),
            Self::Planned => {
                bail!("the keeper was to be killed after its first slice, but landed none during the fall")
            }
            Self::Until(_) => stage.restart_keeper(),
        }
    }
}

/// Writes `report.html` and `timeline.json`.
///
/// # Errors
/// If a file cannot be written.
pub fn publish(timeline: &Timeline, folder: &Path) -> Result<()> {
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    };
    write("report.html", render(timeline))?;
    write("timeline.json", serde_json::to_string_pretty(timeline)? + "\n")
}
