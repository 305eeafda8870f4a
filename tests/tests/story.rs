//! The whole story on a bank in memory, and many random ones.

use tenor_testkit::World;
use tenor_tests::{fuzz, story};

#[test]
fn the_whole_story_adds_up_after_every_step() {
    story::tell(&mut World::new());
}

#[test]
fn random_stories_add_up_after_every_step() {
    let report = fuzz::run(1, 2_000).unwrap_or_else(|failure| panic!("{failure}"));
    // A run in which nothing happens proves nothing.
    for action in [
        "deposit",
        "withdraw",
        "trade",
        "touch_liquidation",
        "liquidate_slice",
        "settle_account",
    ] {
        assert!(report.count(action) > 0, "no {action} landed:\n{report}");
    }
}

#[test]
fn at_one_price_no_account_ever_falls_below_its_requirement() {
    let report = fuzz::run_at_one_price(3, 1_500).unwrap_or_else(|failure| panic!("{failure}"));
    assert!(report.count("trade") > 100 && report.count("withdraw") > 50, "{report}");
}
