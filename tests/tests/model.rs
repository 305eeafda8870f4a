//! Random actions of all kinds, in lockstep with a model in exact numbers.

use tenor_tests::fuzz;

const SEEDS: [u64; 8] = [1, 2, 3, 4, 5, 6, 7, 8];
const STEPS: u64 = 5_000;
const ACTIONS: u64 = 100_000;

#[test]
fn a_hundred_thousand_actions_end_as_the_model_says() {
    let report = fuzz::run_all(&std::env::var("SEEDS").map_or(SEEDS.to_vec(), |s| s.split(",").map(|x| x.parse().unwrap()).collect()), STEPS, 2).unwrap_or_else(|failure| panic!("{failure}"));
    let tally = &report.tally;
    println!("{report}");
    assert!(tally.actions >= ACTIONS, "{} actions", tally.actions);
    // Where rounding decides, the program's word stands: rarely.
    assert!(tally.left() * 200 <= tally.actions, "{:?} of {} actions", tally.left, tally.actions);
    assert!(tally.healths * 20 >= tally.actions, "{} healths compared", tally.healths);
    for action in [
        "accrue",
        "add_strikes",
        "close_account",
        "close_chain",
        "create_chain",
        "deposit",
        "grow_account",
        "health",
        "liquidate_slice",
        "mark_hour",
        "open_account",
        "post_surface",
        "refresh_risk",
        "settle_account",
        "settle_chain",
        "sweep",
        "touch_liquidation",
        "trade",
        "trade in a bracket",
        "transfer",
        "transfer_position",
        "update_price",
        "withdraw",
    ] {
        assert!(action == "health" || report.count(action) > 0, "no {action} landed:\n{report}");
    }
}
