//! What a keeper decides in a market of three underlyings, one of which only prices a collateral.

use crate::support::house::{BTC, House, JITOSOL, NOW, SOL, writer};
use tenor_keeper::strategy::{IntentKind, Plan, PriceProblem, SkipReason};
use tenor_sdk::instruction;

fn names(plan: &Plan) -> Vec<&'static str> {
    let instructions = plan.intents.iter().flat_map(|intent| &intent.instructions);
    instructions
        .filter_map(|instruction| instruction::name(&instruction.data))
        .collect()
}

fn kinds(plan: &Plan) -> Vec<IntentKind> {
    plan.intents.iter().map(|intent| intent.kind).collect()
}

#[test]
fn a_healthy_account_needs_nothing() {
    let plan = House::new().plan();
    assert!(plan.unhealthy.is_empty() && plan.skipped.is_empty(), "{plan:?}");
    assert_eq!(names(&plan), Vec::<&str>::new());
}

/// The writer is short puts on SOL and holds JitoSOL: the slice needs both prices, but not that of BTC.
#[test]
fn a_slice_brings_the_price_of_every_underlying_that_the_accounts_need_and_of_no_other() {
    let mut house = House::new();
    for place in [SOL, BTC, JITOSOL] {
        house.publish(place, 0.75, 0.001, NOW + 1);
    }
    let plan = house.plan();
    assert_eq!(plan.unhealthy, [writer()]);
    assert_eq!(kinds(&plan), [IntentKind::Slice]);
    assert_eq!(
        names(&plan),
        [
            "update_price",
            "update_price",
            "refresh_risk",
            "touch_liquidation",
            "liquidate_slice"
        ]
    );
    let intent = &plan.intents[0];
    let updated: Vec<_> = intent.instructions[..2]
        .iter()
        .map(|update| update.accounts[0].pubkey)
        .collect();
    assert_eq!(updated, [house.underlying(SOL), house.underlying(JITOSOL)]);
}

/// Confidence of 3% is more than risk may be added on and less than what is stored.
#[test]
fn a_wide_price_stops_no_liquidation_that_is_certain_at_both_ends() {
    let mut house = House::new();
    house.publish(SOL, 0.70, 0.03, NOW + 1);
    house.publish(JITOSOL, 0.70, 0.001, NOW + 1);
    let plan = house.plan();
    assert_eq!(plan.unhealthy, [writer()]);
    assert!(names(&plan).contains(&"touch_liquidation"), "{plan:?}");
}

#[test]
fn a_wide_price_starts_no_liquidation_that_is_not_certain_at_both_ends() {
    let mut house = House::new();
    // The greatest fall that keeps it healthy at the middle of the interval, and one point more.
    let is_ill = |fall: f64| {
        let mut house = House::new();
        house.publish(SOL, 1.0 - fall, 0.0001, NOW + 1);
        house.publish(JITOSOL, 1.0 - fall, 0.0001, NOW + 1);
        !house.plan().unhealthy.is_empty()
    };
    let fall = (0..40)
        .map(|step| f64::from(step) / 100.0)
        .find(|fall| is_ill(*fall))
        .unwrap();
    house.publish(SOL, 1.0 - fall, 0.05, NOW + 1);
    house.publish(JITOSOL, 1.0 - fall, 0.0001, NOW + 1);
    let plan = house.plan();
    assert!(plan.unhealthy.is_empty() && plan.intents.is_empty(), "{plan:?}");
}

#[test]
fn a_price_too_wide_to_be_stored_leaves_the_account_unjudged_and_says_so_once_the_stored_one_is_old() {
    let mut house = House::new();
    house.publish(SOL, 0.70, 0.2, NOW + 20);
    house.publish(JITOSOL, 0.70, 0.001, NOW + 20);
    house.world.now = tenor_sdk::math::quantity::UnixSeconds::new(NOW + 20);
    let plan = house.plan();
    assert!(plan.intents.is_empty(), "{plan:?}");
    assert_eq!(plan.skipped, [(writer(), SkipReason::Price(PriceProblem::Uncertain))]);
}

/// The feed of the collateral alone is silent, for more than the hour after which a price is of no use.
#[test]
fn what_lies_on_a_price_of_no_use_counts_at_its_best_and_stays_where_it_is() {
    let later = NOW + 3_700;
    let silent = |multiple: f64| {
        let mut house = House::new();
        house.settings.serves_house = false;
        house.world.now = tenor_sdk::math::quantity::UnixSeconds::new(later);
        house.publish(SOL, multiple, 0.001, later);
        house.plan()
    };
    // Ill even so: the slice goes on without the collateral, whose price it does not bring.
    let plan = silent(0.45);
    assert_eq!(plan.unhealthy, [writer()]);
    assert_eq!(kinds(&plan), [IntentKind::Slice]);
    assert_eq!(names(&plan).iter().filter(|name| **name == "update_price").count(), 1);
    // Nothing known: it is said that a price is missing.
    assert_eq!(
        silent(0.97).skipped,
        [(writer(), SkipReason::Price(PriceProblem::Stale))]
    );
}

/// Old, but of some use: whoever liquidates must bring a newer one, and there is none.
#[test]
fn an_old_price_stops_an_account_that_needs_it_and_is_named() {
    let later = NOW + 20;
    let mut house = House::new();
    house.world.now = tenor_sdk::math::quantity::UnixSeconds::new(later);
    house.publish(SOL, 0.45, 0.001, later);
    let plan = house.plan();
    assert!(plan.intents.is_empty(), "{plan:?}");
    assert_eq!(plan.skipped, [(writer(), SkipReason::Price(PriceProblem::Stale))]);
}

#[test]
fn an_underlying_without_a_feed_is_named_once_its_price_is_old() {
    let later = NOW + 20;
    let mut house = House::new();
    house.world.now = tenor_sdk::math::quantity::UnixSeconds::new(later);
    house.publish(SOL, 1.0, 0.001, later);
    house.settings.feed_accounts.remove(&u8::try_from(JITOSOL).unwrap());
    let plan = house.plan();
    assert_eq!(plan.skipped, [(writer(), SkipReason::Price(PriceProblem::NoFeed))]);
}

#[test]
fn strikes_of_an_earlier_range_are_refreshed_without_any_account_in_need() {
    let mut house = House::new();
    house.edit_underlying(SOL, |underlying| {
        underlying.previous_range_e9 = underlying.range_e9;
        underlying.range_e9 += 20_000_000;
    });
    let plan = house.plan();
    assert_eq!(kinds(&plan), [IntentKind::Range]);
    assert_eq!(names(&plan), ["refresh_risk"]);
    house.settings.serves_house = false;
    assert!(house.plan().intents.is_empty());
}

#[test]
fn the_update_that_straddles_an_hour_is_brought_as_its_mark() {
    let mut house = House::new();
    let hour = NOW / 3_600 + 1;
    let begins = hour * 3_600;
    house.world.now = tenor_sdk::math::quantity::UnixSeconds::new(begins + 2);
    house.publish_after(BTC, begins - 1, begins + 1);
    for place in [SOL, JITOSOL] {
        house.publish_after(place, begins, begins + 1);
    }
    let plan = house.plan();
    assert_eq!(kinds(&plan), [IntentKind::Mark]);
    assert_eq!(plan.intents[0].account, house.underlying(BTC));
}

#[test]
fn fees_are_swept_once_they_are_worth_it_and_a_chain_that_is_over_is_closed() {
    let mut house = House::new();
    house.edit_chain(SOL, |chain| chain.fees_atoms = 999_999);
    assert!(house.plan().intents.is_empty());
    house.edit_chain(SOL, |chain| chain.fees_atoms = 1_000_000);
    assert_eq!(kinds(&house.plan()), [IntentKind::Sweep]);

    let mut house = House::new();
    house.edit_chain(BTC, |chain| chain.expiry = NOW - 1);
    assert_eq!(kinds(&house.plan()), [IntentKind::Close]);
}

#[test]
fn interest_is_accrued_by_the_keepers_own_account_once_an_hour() {
    let mut house = House::new();
    house.edit_registry(|registry| registry.interest.accrued_at = NOW - 3_599);
    assert!(house.plan().intents.is_empty());
    house.edit_registry(|registry| registry.interest.accrued_at = NOW - 3_600);
    assert_eq!(kinds(&house.plan()), [IntentKind::Accrue]);
}

/// A house that the expiry of SOL's chain is so many seconds away from, with the writer's position in it.
fn house_at_expiry(seconds: i64) -> (House, i64) {
    let mut house = House::new();
    let expiry = NOW - seconds;
    house.edit_chain(SOL, |chain| (chain.expiry, chain.open_positions) = (expiry, 1));
    (house, expiry)
}

/// What is planned for the chain and the accounts in it.
fn settling(house: &House) -> Vec<IntentKind> {
    let is_of_settling = |kind: &IntentKind| {
        matches!(
            kind,
            IntentKind::SettlementMark | IntentKind::SettleChain | IntentKind::SettleAccount
        )
    };
    kinds(&house.plan()).into_iter().filter(is_of_settling).collect()
}

#[test]
fn updates_that_straddle_a_minute_of_the_last_half_hour_are_brought_as_settlement_marks() {
    for (seconds, previous, published, is_mark) in [
        (-1_739, -1_741, -1_740, true),
        (-1_741, -1_743, -1_742, false),
        (-600, -601, -600, true),
        (-598, -600, -599, false),
        (300, -1, 0, true),
        // After expiry there is no mark before ten minutes are over.
        (61, 59, 60, false),
    ] {
        let (mut house, expiry) = house_at_expiry(seconds);
        house.publish_after(SOL, expiry + previous, expiry + published);
        let expected = if is_mark {
            vec![IntentKind::SettlementMark]
        } else {
            vec![]
        };
        assert_eq!(settling(&house), expected, "{seconds}");
        if is_mark {
            assert!(names(&house.plan()).contains(&"mark_settlement"));
            // Nobody needs it twice, and nobody needs it in a chain that nobody holds.
            house.edit_chain(SOL, |chain| chain.open_positions = 0);
            assert_eq!(settling(&house), []);
            house.edit_chain(SOL, |chain| {
                (chain.open_positions, chain.settlement_marks_e9) = (1, [200_000_000_000; 30]);
            });
            assert_eq!(settling(&house), []);
        }
    }
}

#[test]
fn a_chain_is_settled_when_its_marks_are_final_and_then_its_accounts() {
    let (mut house, expiry) = house_at_expiry(599);
    house.publish_after(SOL, expiry + 590, expiry + 591);
    house.edit_chain(SOL, |chain| {
        (chain.marks_taken, chain.marks_sum_e9) = (15, 15 * 190_000_000_000);
    });
    assert_eq!(settling(&house), []);
    house.world.now = tenor_sdk::math::quantity::UnixSeconds::new(expiry + 600);
    assert_eq!(settling(&house), [IntentKind::SettleChain]);
    house.edit_chain(SOL, |chain| {
        (chain.settled, chain.settlement_price_e9) = (1, 190_000_000_000)
    });
    assert_eq!(settling(&house), [IntentKind::SettleAccount]);
    let plan = house.plan();
    let payout = plan
        .intents
        .iter()
        .find(|intent| intent.kind == IntentKind::SettleAccount);
    assert_eq!(payout.unwrap().account, writer());
}

#[test]
fn without_enough_marks_the_first_minutes_is_brought_at_once_and_a_later_ones_after_an_hour() {
    let (mut house, expiry) = house_at_expiry(700);
    house.publish_after(SOL, expiry - 50, expiry + 61);
    assert_eq!(settling(&house), [IntentKind::SettlementMark]);
    house.publish_after(SOL, expiry + 650, expiry + 661);
    assert_eq!(settling(&house), []);
    house.world.now = tenor_sdk::math::quantity::UnixSeconds::new(expiry + 3_600);
    assert_eq!(settling(&house), [IntentKind::SettlementMark]);
}
