//! The keeper holds nothing that a restart cannot find again on the chain.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use std::env;
use std::path::PathBuf;
use tenor_localnet::console::{Console, Style};
use tenor_localnet::keeper_process::BINARY_VARIABLE;
use tenor_localnet::scenario::{Chaos, Scenario, publish};
use tenor_report::{Actor, Verdict};

/// Fast enough for a test, slow enough that the account is still in danger when the keeper comes back.
const SPEED: u32 = 100;

#[tokio::test(flavor = "multi_thread")]
async fn a_keeper_killed_in_the_middle_of_a_fall_finishes_after_its_restart() {
    let scenario = Scenario {
        keeper_binary: keeper_binary(),
        folder: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("keeper-restart"),
        speed: SPEED,
        chaos: Chaos::KillOnce,
        console: Console::new(Style::Plain),
    };

    let ended = scenario.run().await;

    publish(&ended.timeline, &scenario.folder).unwrap();
    assert_eq!(
        ended.verdict(),
        Verdict::Holds,
        "see the report and the logs in {}",
        scenario.folder.display()
    );
    let slices = ended
        .timeline
        .liquidations()
        .filter(|(landed, _)| landed.actor == Actor::Liquidator)
        .count();
    assert!(slices >= 2, "{slices} slices: nothing was left to do after the restart");
    if let Some(stage) = ended.stage {
        stage.strike().await;
    }
}

/// The binary that `TENOR_KEEPER_BIN` names, or the one that cargo built beside this test.
fn keeper_binary() -> PathBuf {
    let beside = || {
        let test = env::current_exe().unwrap();
        let folder = test.ancestors().nth(2).unwrap();
        folder.join("tenor-keeper").with_extension(env::consts::EXE_EXTENSION)
    };
    let binary = env::var_os(BINARY_VARIABLE).map_or_else(beside, PathBuf::from);
    assert!(
        binary.is_file(),
        "there is no keeper at {}: run `cargo build --package tenor-keeper`, or set {BINARY_VARIABLE}",
        binary.display()
    );
    binary
}
