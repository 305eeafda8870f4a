//! `liquidate_slice`: takes over a fraction of an unhealthy account.

use crate::scene::Distress;
use solana_instruction::error::InstructionError;
use tenor_margin::MarginError;
use tenor_margin::event::SliceLiquidated;
use tenor_margin::instructions::{LiquidateSliceArgs, Taken, TakenChain, TakenCollateral, TakenLots};
use tenor_testkit::action::{LiquidateSlice, OpenAccount, Touch};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::anyone;
use tenor_testkit::{Actor, Outcome, SOL, USDC, assert_fails_with, assert_lands, usd, usdc};

const E9: i128 = 1_000_000_000;
const E18: i128 = 1_000_000_000_000_000_000;

impl Distress {
    /// What the largest slice asks for, after `change`.
    fn slice(&mut self, change: impl FnOnce(&mut LiquidateSliceArgs)) -> Outcome {
        let picture = self.world.picture();
        let mut slice = LiquidateSlice::largest(&self.writer, &self.liquidator, &picture);
        change(&mut slice.args);
        self.world.send(slice)
    }

    fn largest_slice(&mut self) -> Outcome {
        self.slice(|_| ())
    }

    /// Writes cash into an account: a loss that no trade brings about.
    fn set_cash(&mut self, actor: &Actor, atoms: i64) {
        self.world.edit_account(actor, |account| account.cash_atoms = atoms);
    }
}

#[test]
fn requires_that_an_auction_runs() {
    let mut distress = Distress::new();
    assert_fails_with(distress.largest_slice(), MarginError::AuctionNotStarted);
    distress.world.land(Touch { of: &distress.writer });
    assert_lands(distress.largest_slice());
}

#[test]
fn requires_that_the_exposure_sequence_is_the_expected_one() {
    let mut distress = Distress::touched();
    for offset in [1, u64::MAX] {
        let result = distress.slice(|args| args.expected_sequence = args.expected_sequence.wrapping_add(offset));
        assert_fails_with(result, MarginError::SequenceMismatch);
    }
    assert_lands(distress.largest_slice());
}

#[test]
fn deposits_and_touches_leave_the_exposure_sequence_alone() {
    let mut distress = Distress::touched();
    let writer = distress.writer.clone();
    let decided = distress.world.call(LiquidateSlice::largest(
        &writer,
        &distress.liquidator,
        &distress.world.picture(),
    ));
    distress.world.deposit(&writer, USDC, 1);
    distress.world.land(Touch { of: &writer });
    assert_lands(distress.world.send(decided));

    // A trade changes what is at stake.
    let mut distress = Distress::touched();
    let decided = distress.world.call(LiquidateSlice::largest(
        &writer,
        &distress.liquidator,
        &distress.world.picture(),
    ));
    let put = distress.chain.put(180);
    distress.world.trade_at_mark(&writer, &distress.liquidator, put, 1);
    assert_fails_with(distress.world.send(decided), MarginError::SequenceMismatch);
}

#[test]
fn requires_that_price_and_risk_arrays_are_fresh() {
    let mut distress = Distress::touched();
    let price = distress.world.picture().underlying(SOL).price();
    distress.world.advance(11);
    assert_fails_with(distress.largest_slice(), MarginError::PriceStale);
    distress.world.advance(600);
    distress.world.set_price(SOL, price);
    assert_fails_with(distress.largest_slice(), MarginError::RiskStale);
    distress.world.refresh();
    assert_lands(distress.largest_slice());
}

#[test]
fn requires_that_equity_is_positive() {
    let mut distress = Distress::touched();
    let writer = distress.writer.clone();
    let (cash, equity) = {
        let picture = distress.world.picture();
        (picture.balance(&writer, USDC), picture.health(&writer).equity.e9())
    };
    // To an atom: with less cash than equity allows, there is nothing to sell.
    distress.set_cash(&writer, cash - equity / 1_000 - 1);
    assert!(distress.world.picture().health(&writer).equity.e9() <= 0);
    assert_fails_with(distress.largest_slice(), MarginError::EquityExhausted);
    distress.set_cash(&writer, cash);
    assert_lands(distress.largest_slice());
}

#[test]
fn requires_that_the_liquidator_is_someone_else() {
    let mut distress = Distress::touched();
    let other_account = distress.writer.with_account_number(1);
    distress.world.land(OpenAccount {
        payer: &anyone(),
        owner: &other_account,
        capacity: 32,
    });
    distress.world.deposit(&other_account, USDC, usdc(50_000));
    let slice = LiquidateSlice::largest(&distress.writer, &other_account, &distress.world.picture());
    assert_fails_with(distress.world.send(slice), MarginError::SameAccount);

    let mut itself = distress.world.call(LiquidateSlice::largest(
        &distress.writer,
        &distress.liquidator,
        &distress.world.picture(),
    ));
    let accounts = &mut itself.instruction_mut().accounts;
    accounts[4] = accounts[3].clone();
    assert_fails_with(distress.world.send(itself), InstructionError::Custom(2040));
    assert_lands(distress.largest_slice());
}

#[test]
fn requires_that_an_authority_of_the_liquidators_account_signs() {
    let mut distress = Distress::touched();
    let mallory = distress.world.visitor("mallory");
    let slice = LiquidateSlice::largest(&distress.writer, &distress.liquidator, &distress.world.picture());
    let mut call = distress.world.call(slice);
    call.instruction_mut().accounts[0].is_signer = false;
    assert_fails_with(distress.world.send(&call), InstructionError::MissingRequiredSignature);
    let mut call = distress.world.call(slice);
    call.instruction_mut().accounts[0].pubkey = mallory.address();
    call.signers = vec![mallory.key()];
    assert_fails_with(distress.world.send(&call), MarginError::NotAccountAuthority);
    assert_lands(distress.world.send(slice));
}

/// What the liquidator pays for the largest slice at the start of the auction.
fn first_price_atoms() -> i64 {
    let event: SliceLiquidated = assert_lands(Distress::touched().largest_slice()).event();
    assert!(
        event.cash_atoms < 0,
        "the collateral is worth more than the shorts cost"
    );
    -event.cash_atoms
}

#[test]
fn requires_that_the_liquidator_has_the_cash() {
    let price = first_price_atoms();
    let mut distress = Distress::touched();
    let liquidator = distress.liquidator.clone();
    distress.world.deposit(&liquidator, SOL, tenor_testkit::sol(1_000));
    distress.set_cash(&liquidator, price - 1);
    assert_fails_with(distress.largest_slice(), MarginError::CashBelowZero);
    distress.set_cash(&liquidator, price);
    assert_lands(distress.largest_slice());
}

#[test]
fn requires_that_the_liquidator_meets_its_initial_requirement_afterwards() {
    let price = first_price_atoms();
    let mut distress = Distress::touched();
    let liquidator = distress.liquidator.clone();
    distress.set_cash(&liquidator, price);
    assert_fails_with(distress.largest_slice(), MarginError::InitialHealthNegative);
    distress.set_cash(&liquidator, price + 100_000_000_000);
    assert_lands(distress.largest_slice());
}

#[test]
fn requires_that_the_liquidators_cash_changes_by_at_least_the_limit() {
    let cash = assert_lands(Distress::touched().largest_slice())
        .event::<SliceLiquidated>()
        .cash_atoms;
    let mut distress = Distress::touched();
    assert_fails_with(
        distress.slice(|args| args.min_cash_change_atoms = cash + 1),
        MarginError::LimitExceeded,
    );
    assert_fails_with(
        distress.slice(|args| args.min_cash_change_atoms = i64::MAX),
        MarginError::LimitExceeded,
    );
    assert_lands(distress.slice(|args| args.min_cash_change_atoms = cash));
}

#[test]
fn the_fraction_of_every_position_moves_at_mark_and_of_every_collateral_at_the_oracle_price() {
    let mut distress = Distress::touched();
    let (writer, liquidator) = (distress.writer.clone(), distress.liquidator.clone());
    let put = distress.chain.put(180);
    let before = distress.world.picture();
    let (lots, coins) = (before.lots(&writer, put), before.balance(&writer, SOL));
    let cash = [&writer, &liquidator].map(|actor| before.balance(actor, USDC));
    let sequences = [&writer, &liquidator].map(|actor| before.account(actor).account.sequence);

    let receipt = assert_lands(distress.largest_slice());

    let event: SliceLiquidated = receipt.event();
    let fraction = i128::from(event.fraction_e18);
    assert!(fraction > 0 && fraction < E18);
    // Shorts up, collateral down.
    let moved_lots = i64::try_from((i128::from(-lots) * fraction + E18 - 1) / E18).unwrap();
    let moved_coins = i64::try_from(i128::from(coins) * fraction / E18).unwrap();
    let after = distress.world.picture();
    assert_eq!(
        (after.lots(&writer, put), after.lots(&liquidator, put)),
        (lots + moved_lots, -moved_lots)
    );
    assert_eq!(
        (after.balance(&writer, SOL), after.balance(&liquidator, SOL)),
        (coins - moved_coins, moved_coins)
    );
    let Taken {
        chains,
        lots,
        collaterals,
    } = &event.taken;
    assert_eq!(
        chains.as_slice(),
        [TakenChain {
            chain: put.chain.address(),
            sequence: before.chain(put.chain).chain.sequence + 1,
        }]
    );
    assert_eq!(
        lots.as_slice(),
        [TakenLots {
            chain: 0,
            strike_slot: before.strike_slot(put),
            call_lots: 0,
            put_lots: -moved_lots,
        }]
    );
    let atoms = u64::try_from(moved_coins).unwrap();
    assert_eq!(collaterals.as_slice(), [TakenCollateral { index: 1, atoms }]);

    // The liquidator pays what it took is worth, up, and keeps the discount.
    let strike = before.chain(put.chain).strikes[usize::from(before.strike_slot(put))];
    let mark = strike.view().marks(before.underlying(SOL).price()).unwrap().put.e9();
    let options = -i128::from(moved_lots) * i128::from(mark);
    let collateral = i128::from(moved_coins) * i128::from(before.underlying(SOL).price_e9) / E9;
    let price = (options + collateral + 999).div_euclid(1_000);
    let change = i64::try_from(i128::from(event.discount_atoms) - price).unwrap();
    assert_eq!(event.cash_atoms, change);
    assert_eq!(after.balance(&liquidator, USDC), cash[1] + change);
    assert_eq!(after.balance(&writer, USDC), cash[0] - change);
    assert_eq!(receipt.events(), ["SliceLiquidated"]);
    assert_eq!(
        (event.account, event.liquidator),
        (writer.account(), liquidator.account())
    );
    assert_eq!(
        [event.sequence, event.liquidator_sequence],
        sequences.map(|sequence| sequence + 1)
    );
    assert_adds_up(&distress.world);
}

#[test]
fn the_fraction_is_at_most_what_restores_the_target() {
    let mut distress = Distress::touched();
    let health = distress.world.picture().health(&distress.writer);
    let event: SliceLiquidated = assert_lands(distress.largest_slice()).event();
    assert_eq!(
        (event.equity_before_e9, event.maintenance_before_e9),
        (health.equity.e9(), health.maintenance.e9())
    );

    // (t M - E) / (M (t - d) + H) with t = 1.15, d = 2% at the start of the auction.
    let (equity, maintenance) = (
        i128::from(event.equity_before_e9),
        i128::from(event.maintenance_before_e9),
    );
    assert_eq!(event.discount_e9, 20_000_000);
    let above = 115 * maintenance - 100 * equity;
    let below = 113 * maintenance + 100 * i128::from(health.haircut.e9());
    let fraction = i128::from(event.fraction_e18);
    assert!(
        (fraction * below - above * E18).abs() <= below,
        "{fraction} is not {above} / {below}"
    );
    // Two percent of the requirement that the fraction frees.
    let discount = maintenance * fraction / E18 * 20 / 1_000 / 1_000;
    assert!((i128::from(event.discount_atoms) - discount).abs() <= 1);

    // It lands on the target, not beyond it by more than a lot of each position.
    let (equity, maintenance) = (
        i128::from(event.equity_after_e9),
        i128::from(event.maintenance_after_e9),
    );
    let overshoot = equity * 100 - maintenance * 115;
    assert!(overshoot >= 0, "the target is reached");
    let of_a_lot = i128::from(event.maintenance_before_e9) / 8_000 * 115;
    assert!(overshoot <= 2 * of_a_lot, "{overshoot} beyond the target");
    assert_eq!(event.active, 0);
}

#[test]
fn a_smaller_fraction_may_be_taken() {
    let mut distress = Distress::touched();
    let event: SliceLiquidated =
        assert_lands(distress.slice(|args| args.max_fraction_e18 = 10_000_000_000_000_000)).event();
    assert_eq!((event.fraction_e18, event.active), (10_000_000_000_000_000, 1));
    assert_eq!(
        distress
            .world
            .picture()
            .lots(&distress.liquidator, distress.chain.put(180)),
        -80
    );
    assert_fails_with(
        distress.slice(|args| args.max_fraction_e18 = 0),
        MarginError::ZeroAmount,
    );
}

#[test]
fn health_rises() {
    for max_fraction in [1, 1_000_000_000_000_000, 100_000_000_000_000_000, u64::MAX] {
        let mut distress = Distress::touched();
        let before = distress.world.picture().health(&distress.writer);
        assert_lands(distress.slice(|args| args.max_fraction_e18 = max_fraction));
        let after = distress.world.picture().health(&distress.writer);
        assert!(
            after.maintenance_health().unwrap() > before.maintenance_health().unwrap(),
            "at {max_fraction}"
        );
    }
}

#[test]
fn a_slice_that_would_not_raise_health_is_refused() {
    let mut distress = Distress::new();
    let liquidator = distress.liquidator.clone();
    // Calls in the money that cover coins: a call alone, without its part of the coins, leaves the coins unhedged.
    let covered = distress.world.trader("covered", &[(SOL, tenor_testkit::sol(40))]);
    distress
        .world
        .trade_at_mark(&liquidator, &covered, distress.chain.call(160), 3_000);
    let health = distress.world.picture().health(&covered);
    let excess = (health.equity.e9() - health.maintenance.e9() * 9 / 10) / 1_000;
    distress
        .world
        .edit_account(&covered, |account| account.cash_atoms -= excess);
    distress.writer = covered;
    distress.world.land(Touch { of: &distress.writer });

    assert_fails_with(
        distress.slice(|args| args.max_fraction_e18 = 1),
        MarginError::HealthNotRaised,
    );
    assert_lands(distress.largest_slice());
}

#[test]
fn at_least_one_lot_moves() {
    let mut distress = Distress::touched();
    assert_lands(distress.slice(|args| args.max_fraction_e18 = 1));
    assert_eq!(
        distress
            .world
            .picture()
            .lots(&distress.liquidator, distress.chain.put(180)),
        -1
    );
}

#[test]
fn at_least_one_lot_moves_of_an_account_that_holds_only_longs() {
    let mut distress = Distress::new();
    let liquidator = distress.liquidator.clone();
    let owing = distress.world.trader("owing", &[(USDC, usdc(1_000))]);
    let option = distress.chain.put(200);
    distress.world.trade_at_mark(&owing, &liquidator, option, 1_000);
    // It owes nearly all that its options are worth, as after a loss in a chain that was settled.
    let health = distress.world.picture().health(&owing);
    let worth = health.equity.e9() / 1_000 - distress.world.picture().balance(&owing, USDC);
    distress.set_cash(&owing, -worth * 9 / 10);
    distress.writer = owing;
    distress.world.land(Touch { of: &distress.writer });

    assert_lands(distress.slice(|args| args.max_fraction_e18 = 1));

    assert_eq!(distress.world.picture().lots(&distress.writer, option), 999);
}

#[test]
fn equity_never_turns_negative() {
    // However late, however deep: the discount is at most equity over the requirement.
    for (dollars, pauses) in [(172, 0), (172, 40), (165, 40), (160, 80)] {
        let mut distress = Distress::touched();
        if distress.world.picture().underlying(SOL).price() > usd(dollars) {
            distress.world.move_price(SOL, usd(dollars));
        }
        for _ in 0..pauses {
            distress.world.advance(30);
            distress.world.refresh();
            distress.world.land(Touch { of: &distress.writer });
        }
        if distress.world.picture().health(&distress.writer).equity.e9() <= 0 {
            assert_fails_with(distress.largest_slice(), MarginError::EquityExhausted);
            continue;
        }
        let event: SliceLiquidated = assert_lands(distress.largest_slice()).event();
        assert!(event.equity_after_e9 >= 0, "{event:?}", event = event.equity_after_e9);
        let most = i128::from(event.equity_before_e9) * E9 / i128::from(event.maintenance_before_e9);
        assert!(i128::from(event.discount_e9) <= most.min(E9));
        assert_adds_up(&distress.world);
    }
}

#[test]
fn small_accounts_close_in_full() {
    let mut distress = Distress::new();
    let small = distress.world.trader("small", &[(USDC, usdc(100))]);
    let option = distress.chain.put(160);
    let liquidator = distress.liquidator.clone();
    distress.world.trade_at_mark(&liquidator, &small, option, 100);
    let health = distress.world.picture().health(&small);
    assert!(health.maintenance.e9() < 50_000_000_000, "less than 50 dollars");
    let cash = distress.world.picture().balance(&small, USDC);
    // Equity becomes half of the requirement.
    let excess = (health.equity.e9() - health.maintenance.e9() / 2) / 1_000;
    distress.set_cash(&small, cash - excess);
    distress.writer = small;
    distress.world.land(Touch { of: &distress.writer });

    let event: SliceLiquidated = assert_lands(distress.largest_slice()).event();

    assert_eq!((event.fraction_e18, event.active), (1_000_000_000_000_000_000, 0));
    assert!(distress.world.picture().account(&distress.writer).positions.is_empty());
    assert!(event.equity_after_e9 >= 0);
}

#[test]
fn an_account_at_the_target_has_nothing_to_liquidate() {
    let mut distress = Distress::touched();
    let writer = distress.writer.clone();
    distress.world.deposit(&writer, USDC, usdc(10_000));
    assert_fails_with(distress.largest_slice(), MarginError::NothingToLiquidate);
}

#[test]
fn the_same_slice_cannot_be_taken_twice() {
    let mut distress = Distress::touched();
    let slice = LiquidateSlice::largest(&distress.writer, &distress.liquidator, &distress.world.picture());
    let call = distress.world.call(slice);
    assert_lands(distress.world.send(&call));
    assert_fails_with(distress.world.send(&call), MarginError::SequenceMismatch);
}
