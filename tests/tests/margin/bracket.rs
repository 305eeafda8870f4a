//! `begin_bracket` and `end_bracket`: the check of an account waits for the end of a part of a transaction.

use crate::caller::{self, CALLER, passed_on};
use crate::scene::{Distress, Scene, Winner};
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::event::BracketEnded;
use tenor_testkit::action::{
    BeginBracket, Deposit, EndBracket, LiquidateSlice, Quote, RefreshRisk, Touch, Trade, TradeTerms, UpdatePrice,
    Withdraw,
};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::{Actor, Call, Feed, SOL, USDC, World, assert_fails_with, assert_lands, usd, usdc};

/// Carol has enough for a spread and far too little for its short leg alone.
struct Spreader {
    scene: Scene,
    carol: Actor,
}

const LOTS: i64 = 1_000;

impl Spreader {
    fn new() -> Self {
        let mut scene = Scene::new();
        caller::load(&mut scene.world);
        let carol = scene.world.trader("carol", &[(USDC, usdc(230))]);
        Self { scene, carol }
    }

    fn trade(&self, strike: u64, lots: i64) -> Call {
        let option = self.scene.chain.call(strike);
        let price = self.scene.world.picture().mark(option);
        self.scene.world.call(Trade {
            buyer: &self.carol,
            seller: &self.scene.alice,
            quotes: vec![Quote { option, lots, price }],
        })
    }

    fn begin(&self) -> Call {
        begin(&self.scene.world, &self.carol)
    }

    fn end(&self) -> Call {
        self.scene.world.call(EndBracket {
            of: &self.carol,
            opened: vec![self.scene.chain],
        })
    }

    /// Writes the 200 call and buys the 220 call.
    fn spread(&self) -> Call {
        self.trade(200, -LOTS).then(self.trade(220, LOTS))
    }

    fn bracketed(&self, inside: Call) -> Call {
        self.begin().then(inside).then(self.end())
    }
}

fn begin(world: &World, of: &Actor) -> Call {
    world.call(BeginBracket { of, by: of })
}

/// Every instruction, sent by another program.
fn by_program(call: &Call) -> Call {
    Call {
        instructions: call
            .instructions
            .iter()
            .map(|each| passed_on(each.clone(), 0))
            .collect(),
        signers: call.signers.clone(),
    }
}

fn allow(world: &mut World, program: Pubkey) {
    world.edit_house(|house| house.bracket_programs[3] = program);
}

#[test]
fn trades_of_the_account_are_checked_at_the_end_only() {
    let mut spreader = Spreader::new();
    let alone = spreader.trade(200, -LOTS);
    assert_fails_with(spreader.scene.world.send(alone), MarginError::InitialHealthNegative);
    let loose = spreader.spread();
    assert_fails_with(spreader.scene.world.send(loose), MarginError::InitialHealthNegative);

    let before = spreader.scene.world.picture().account(&spreader.carol).account.sequence;
    let call = spreader.bracketed(spreader.spread());
    let receipt = spreader.scene.world.land(call);
    assert_eq!(receipt.events(), ["BracketBegun", "Traded", "Traded", "BracketEnded"]);
    let event: BracketEnded = receipt.event();
    assert_eq!((event.account, event.sequence), (spreader.carol.account(), before + 4));
    assert_eq!((event.gave_value, event.gain_e9), (0, 0), "at mark nobody gains");
    let picture = spreader.scene.world.picture();
    let account = picture.account(&spreader.carol).account;
    assert!(!account.bracket.is_active());
    assert_eq!(picture.lots(&spreader.carol, spreader.scene.chain.call(200)), -LOTS);
    assert_adds_up(&spreader.scene.world);
}

#[test]
fn the_other_side_is_checked_at_once() {
    let mut spreader = Spreader::new();
    let poor = spreader.scene.world.trader("poor", &[(USDC, usdc(20))]);
    let option = spreader.scene.chain.call(200);
    let price = spreader.scene.world.picture().mark(option);
    let sells = spreader.scene.world.call(Trade {
        buyer: &spreader.carol,
        seller: &poor,
        quotes: vec![Quote {
            option,
            lots: 100,
            price,
        }],
    });
    let call = spreader.bracketed(sells);
    assert_fails_with(spreader.scene.world.send(call), MarginError::InitialHealthNegative);
}

#[test]
fn a_bracket_that_does_not_end_well_leaves_no_trace() {
    let mut spreader = Spreader::new();
    let call = spreader.bracketed(spreader.trade(200, -LOTS));
    assert_fails_with(spreader.scene.world.send(call), MarginError::InitialHealthNegative);
}

#[test]
fn requires_a_matching_end_later_in_the_transaction() {
    let mut spreader = Spreader::new();
    let alice_end = spreader.scene.world.call(EndBracket {
        of: &spreader.scene.alice,
        opened: vec![],
    });
    for (call, error) in [
        (spreader.begin(), MarginError::BracketNotEnded),
        (spreader.begin().then(spreader.spread()), MarginError::BracketNotEnded),
        (spreader.end().then(spreader.begin()), MarginError::BracketNotActive),
        (spreader.end(), MarginError::BracketNotActive),
        (
            spreader.begin().then(alice_end.clone()),
            MarginError::BracketForeignInstruction,
        ),
        (
            spreader.begin().then(alice_end).then(spreader.end()),
            MarginError::BracketForeignInstruction,
        ),
        (
            spreader.begin().then(by_program(&spreader.end())),
            MarginError::BracketForeignInstruction,
        ),
    ] {
        assert_fails_with(spreader.scene.world.send(call), error);
    }
    let empty = spreader.begin().then(spreader.end());
    assert_lands(spreader.scene.world.send(&empty));
    let twice = empty.clone().then(empty);
    assert_lands(spreader.scene.world.send(twice));
}

#[test]
fn requires_the_top_level() {
    let mut spreader = Spreader::new();
    allow(&mut spreader.scene.world, CALLER);
    let begun_by_program = by_program(&spreader.begin()).then(spreader.end());
    assert_fails_with(
        spreader.scene.world.send(begun_by_program),
        MarginError::BracketNotTopLevel,
    );
    // An end that a listed program sends does not end it, so that a top-level end is still needed, and is refused first.
    let ended_by_program = spreader.begin().then(by_program(&spreader.end()));
    assert_fails_with(
        spreader.scene.world.send(ended_by_program),
        MarginError::BracketNotEnded,
    );
    let ended_twice = spreader.begin().then(by_program(&spreader.end())).then(spreader.end());
    assert_fails_with(spreader.scene.world.send(ended_twice), MarginError::BracketNotTopLevel);
}

#[test]
fn brackets_do_not_nest_or_overlap() {
    let mut spreader = Spreader::new();
    let alice = spreader.scene.alice.clone();
    let of_alice = begin(&spreader.scene.world, &alice);
    let end_alice = spreader.scene.world.call(EndBracket {
        of: &alice,
        opened: vec![],
    });
    for call in [
        spreader.begin().then(spreader.begin()).then(spreader.end()),
        spreader
            .begin()
            .then(spreader.begin())
            .then(spreader.end())
            .then(spreader.end()),
        spreader.begin().then(of_alice).then(end_alice).then(spreader.end()),
    ] {
        assert_fails_with(spreader.scene.world.send(call), MarginError::BracketNested);
    }
}

#[test]
fn requires_owner_or_delegate() {
    let mut spreader = Spreader::new();
    let mallory = spreader.scene.world.visitor("mallory");
    let by = |by| BeginBracket {
        of: &spreader.carol,
        by,
    };
    let usurped = spreader.scene.world.call(by(&mallory)).then(spreader.end());
    assert_fails_with(spreader.scene.world.send(&usurped), MarginError::NotAccountAuthority);
    spreader
        .scene
        .world
        .edit_account(&spreader.carol, |account| account.delegate = mallory.address());
    assert_lands(spreader.scene.world.send(usurped));
}

#[test]
fn the_instructions_are_those_of_the_transaction() {
    let mut spreader = Spreader::new();
    let mut call = spreader.begin().then(spreader.end());
    call.instruction_mut().accounts[3].pubkey = Pubkey::new_from_array([9; 32]);
    assert_fails_with(spreader.scene.world.send(call), MarginError::NotInstructionsSysvar);
}

#[test]
fn only_what_is_listed_lies_inside() {
    let mut spreader = Spreader::new();
    let (carol, chain) = (spreader.carol.clone(), spreader.scene.chain);
    spreader.scene.world.set_wallet(&carol, USDC, usdc(10));
    let world = &spreader.scene.world;
    let update = world.call(UpdatePrice {
        asset: SOL,
        feed: SOL.feed(),
    });
    let refresh = world.call(RefreshRisk {
        chain,
        strike_slots: vec![0, 2],
    });
    let deposit = world.call(Deposit {
        depositor: &carol,
        to: &carol,
        asset: USDC,
        atoms: usdc(10),
    });
    let withdraw = world.call(Withdraw {
        owner: &carol,
        asset: USDC,
        atoms: 1,
    });
    let of_alice = world.call(Withdraw {
        owner: &spreader.scene.alice,
        asset: USDC,
        atoms: 1,
    });
    let touch = world.call(Touch { of: &spreader.carol });
    for foreign in [&withdraw, &of_alice, &touch, &by_program(&update)] {
        let call = spreader.bracketed(foreign.clone());
        assert_fails_with(spreader.scene.world.send(call), MarginError::BracketForeignInstruction);
    }
    for allowed in [update, refresh, deposit] {
        let call = spreader.bracketed(allowed);
        assert_lands(spreader.scene.world.send(call));
    }
}

#[test]
fn a_listed_program_trades_inside_and_withdraws_nothing() {
    let mut spreader = Spreader::new();
    let through_program = spreader.bracketed(by_program(&spreader.spread()));
    assert_fails_with(
        spreader.scene.world.send(&through_program),
        MarginError::BracketForeignInstruction,
    );
    allow(&mut spreader.scene.world, CALLER);
    let carol = spreader.carol.clone();
    let withdraw = by_program(&spreader.scene.world.call(Withdraw {
        owner: &carol,
        asset: USDC,
        atoms: 1,
    }));
    assert_lands(spreader.scene.world.send(&withdraw));
    let inside = spreader.bracketed(withdraw);
    assert_fails_with(spreader.scene.world.send(inside), MarginError::BracketActive);
    assert_lands(spreader.scene.world.send(through_program));
    assert_adds_up(&spreader.scene.world);
}

#[test]
fn an_account_in_a_bracket_is_neither_liquidated_nor_a_liquidator() {
    let mut distress = Distress::new();
    caller::load(&mut distress.world);
    allow(&mut distress.world, CALLER);
    let (writer, liquidator) = (distress.writer.clone(), distress.liquidator.clone());
    let bracketed = |world: &World, of: &Actor, inside: &Call| {
        let end = world.call(EndBracket { of, opened: vec![] });
        begin(world, of).then(by_program(inside)).then(end)
    };
    let touch = distress.world.call(Touch { of: &writer });
    let inside = bracketed(&distress.world, &writer, &touch);
    assert_fails_with(distress.world.send(inside), MarginError::BracketActive);
    distress.world.land(touch);

    let slice = LiquidateSlice::largest(&writer, &liquidator, &distress.world.picture());
    let slice = distress.world.call(slice);
    for of in [&writer, &liquidator] {
        let inside = bracketed(&distress.world, of, &slice);
        assert_fails_with(distress.world.send(inside), MarginError::BracketActive);
    }
    assert_lands(distress.world.send(slice));
}

/// Carol buys puts back in a bracket, at a percentage of the mark.
fn buys_back(winner: &Winner, percent: u64) -> Call {
    let (carol, rich, put) = (&winner.carol, &winner.rich, winner.bitcoin.put(90_000));
    let end = winner.world.call(EndBracket {
        of: carol,
        opened: vec![],
    });
    let buys = winner.world.call(winner.at(carol, rich, put, 1, percent));
    begin(&winner.world, carol).then(buys).then(end)
}

#[test]
fn the_end_applies_the_withdrawal_rule_if_value_was_given() {
    let mut winner = Winner::who_wrote_puts();
    let dear = buys_back(&winner, 101);
    assert_fails_with(winner.world.send(dear), MarginError::GainsUnrealised);
    let fair = buys_back(&winner, 100);
    let event: BracketEnded = winner.world.land(fair).event();
    assert_eq!((event.gave_value, event.gain_e9), (0, 0));
}

#[test]
fn the_end_applies_the_withdrawal_rule_if_cash_is_below_zero() {
    let mut winner = Winner::who_wrote_puts();
    let carol = winner.carol.clone();
    winner
        .world
        .edit_account(&carol, |account| account.cash_atoms = -1_000_000);
    assert!(winner.initial(&carol) > 0);
    let end = winner.world.call(EndBracket {
        of: &carol,
        opened: vec![],
    });
    let call = begin(&winner.world, &carol).then(end);
    assert_fails_with(winner.world.send(call), MarginError::GainsUnrealised);
}

#[test]
fn the_end_says_what_the_trades_gave_at_mark() {
    // Ten thousand dollars of cash: Alice may give. A hundred lots at two cents each are two dollars, before fees.
    let mut scene = Scene::new();
    scene
        .world
        .edit_house(|house| house.fees = tenor_testkit::world::USUAL_FEES);
    let (alice, option) = (scene.alice.clone(), scene.chain.call(240));
    let mark = scene.world.picture().mark(option).e9();
    let end = scene.world.call(EndBracket {
        of: &alice,
        opened: vec![scene.chain],
    });
    let buys = scene.world.call(scene.priced_offer(option, 100, mark + 2_000_000_000));
    let call = begin(&scene.world, &alice).then(buys).then(end);
    let event: BracketEnded = scene.world.land(call).event();
    assert_eq!((event.gave_value, event.gain_e9), (1, -2_000_000_000));
}

#[test]
fn a_delegate_s_losses_count_inside() {
    let mut scene = Scene::new();
    let (alice, option) = (scene.alice.clone(), scene.chain.call(240));
    let dora = scene.world.visitor("dora");
    scene
        .world
        .edit_account(&alice, |account| account.delegate = dora.address());
    let end = scene.world.call(EndBracket {
        of: &alice,
        opened: vec![scene.chain],
    });
    let by_dora = TradeTerms {
        for_buyer: Some(&dora),
        ..TradeTerms::default()
    };
    let mark = scene.world.picture().mark(option).e9();
    let buys = scene
        .world
        .call(scene.priced_offer(option, 100, mark + 1_000_000_000).on(by_dora));
    let begin = scene.world.call(BeginBracket { of: &alice, by: &dora });
    let call = begin.then(buys).then(end);
    assert_fails_with(scene.world.send(call), MarginError::DelegateLossLimit);
}

#[test]
fn trades_inside_that_add_risk_need_fresh_prices_as_any_other() {
    // The end would see the new price; the trade was made on the old one.
    let mut spreader = Spreader::new();
    spreader.scene.world.advance(31);
    let update = spreader.scene.world.call(UpdatePrice {
        asset: SOL,
        feed: SOL.feed(),
    });
    let now = spreader.scene.world.now();
    let feed = Feed::of(SOL, usd(200), now);
    spreader.scene.world.write_feed(SOL.feed(), &feed);
    let late = spreader.bracketed(spreader.spread().then(update.clone()));
    assert_fails_with(spreader.scene.world.send(late), MarginError::PriceStale);
    let timely = spreader.bracketed(update.then(spreader.spread()));
    assert_lands(spreader.scene.world.send(timely));
}
