//! Random actions of all kinds, in lockstep with a model in exact numbers.

use tenor_tests::fuzz;

const SEEDS: [u64; 8] = [1, 2, 3, 4, 5, 6, 7, 8];
const STEPS: u64 = 7_000;
const THREADS: usize = 2;
const ACTIONS: u64 = 100_000;
const HEALTHS: u64 = 5_000;

#[test]
fn a_hundred_thousand_actions_end_as_the_model_says() {
    let report = fuzz::run_all(&SEEDS, STEPS, THREADS).unwrap_or_else(|failure| panic!("{failure}"));
    let tally = &report.tally;
    assert!(tally.actions >= ACTIONS, "{} actions", tally.actions);
    // Where rounding decides, the program's word stands: less than once in a thousand actions.
    assert!(
        tally.left() * 1_000 <= tally.actions,
        "{:?} of {} actions",
        tally.left,
        tally.actions
    );
    assert!(tally.healths >= HEALTHS, "{} healths compared", tally.healths);
    for action in [
        "accrue",
        "add_strikes",
        "apply_change",
        "cancel_change",
        "close_account",
        "close_chain",
        "create_chain",
        "deposit",
        "grow_account",
        "liquidate_slice",
        "mark_hour",
        "mark_settlement",
        "open_account",
        "pause",
        "pay_treasury",
        "post_surface",
        "queue_change",
        "refresh_risk",
        "set_delegate",
        "settle_account",
        "settle_chain",
        "sweep",
        "tighten",
        "touch_liquidation",
        "trade",
        "trade in a bracket",
        "transfer",
        "transfer_position",
        "unpause",
        "update_price",
        "withdraw",
    ] {
        assert!(report.count(action) > 0, "no {action} landed:\n{report}");
    }
}
