//! `close_chain`: closes a chain that is over.

use crate::scene::Scene;
use core::mem::offset_of;
use solana_account::{ReadableAccount, WritableAccount};
use solana_transaction_error::TransactionError;
use tenor_margin::MarginError;
use tenor_margin::event::{ChainClosed, StrikesRemoved};
use tenor_margin::state::Strike;
use tenor_sdk::instruction::close_chain;
use tenor_testkit::action::{AddStrikes, CloseChain, CreateChain, ReplaceStrikes, SettleAccount};
use tenor_testkit::bank::rent;
use tenor_testkit::world::{FIRST_EXPIRY, anyone};
use tenor_testkit::{Actor, Call, ChainOf, SOL, World, assert_fails_with, assert_lands, usd};
use tenor_tests::listing::{dearest_order, list_64_strikes_in_turn};

impl Scene {
    fn close(&mut self) -> tenor_testkit::Outcome {
        self.world.send(CloseChain { chain: self.chain })
    }

    /// Traded, settled and paid out.
    fn paid_out() -> Self {
        let mut scene = Self::new();
        scene.alice_buys(scene.chain.call(200), 10);
        scene.settle_at(210);
        for of in [scene.alice.clone(), scene.bob.clone()] {
            scene.world.land(SettleAccount {
                chain: scene.chain,
                of: &of,
            });
        }
        scene
    }
}

#[test]
fn requires_that_the_chain_has_expired() {
    let mut scene = Scene::new();
    scene.world.set_time(scene.chain.expiry - 1);
    assert_fails_with(scene.close(), MarginError::ChainNotExpired);
    scene.world.set_time(scene.chain.expiry);
    // Nobody has a position: there is nothing to settle.
    assert_lands(scene.close());
}

#[test]
fn requires_that_it_has_no_positions() {
    let mut scene = Scene::new();
    scene.alice_buys(scene.chain.call(200), 10);
    scene.settle_at(210);
    assert_fails_with(scene.close(), MarginError::ChainNotEmpty);
    for of in [scene.alice.clone(), scene.bob.clone()] {
        assert_fails_with(scene.close(), MarginError::ChainNotEmpty);
        scene.world.land(SettleAccount {
            chain: scene.chain,
            of: &of,
        });
    }
    assert_lands(scene.close());
}

#[test]
fn requires_that_it_has_no_fees_debt_or_settlement_balance() {
    let mut scene = Scene::paid_out();
    let chain = scene.chain;
    scene.world.edit_chain(chain, |header| header.fees_atoms = 1);
    assert_fails_with(scene.close(), MarginError::ChainNotEmpty);
    scene
        .world
        .edit_chain(chain, |header| (header.fees_atoms, header.debt_atoms) = (0, 1));
    assert_fails_with(scene.close(), MarginError::ChainNotEmpty);
    for balance in [1, -1] {
        scene.world.edit_chain(chain, |header| {
            (header.debt_atoms, header.settlement_balance_atoms) = (0, balance);
        });
        assert_fails_with(scene.close(), MarginError::ChainNotEmpty);
    }
    scene
        .world
        .edit_chain(chain, |header| header.settlement_balance_atoms = 0);
    assert_lands(scene.close());
}

#[test]
fn the_chain_is_gone_and_its_rent_goes_to_whoever_paid_it() {
    let mut scene = Scene::paid_out();
    let address = scene.chain.address();
    let lamports = |scene: &Scene| scene.world.account(&anyone().address()).unwrap().lamports();
    let (before, rent) = (lamports(&scene), scene.world.account(&address).unwrap().lamports());
    let sequence = scene.world.picture().chain(scene.chain).chain.sequence;

    let receipt = assert_lands(scene.close());

    assert!(scene.world.account(&address).is_none());
    assert_eq!(lamports(&scene), before + rent);
    assert_eq!(receipt.events(), ["ChainClosed"]);
    let event: ChainClosed = receipt.event();
    assert_eq!((event.chain, event.rent_payer), (address, anyone().address()));
    assert_eq!(event.sequence, sequence + 1);
}

#[test]
fn the_rent_goes_to_nobody_else() {
    let mut scene = Scene::paid_out();
    let mut call = scene.world.call(CloseChain { chain: scene.chain });
    call.instruction_mut().accounts[1].pubkey = scene.alice.address();
    assert_fails_with(scene.world.send(call), MarginError::NotRentPayer);
    assert_lands(scene.close());
}

#[test]
fn it_never_comes_back() {
    let mut scene = Scene::paid_out();
    let chain = scene.chain;
    let create = scene.world.call(CreateChain {
        payer: &anyone(),
        chain,
    });
    // Not in the same transaction either.
    let both = scene.world.call(CloseChain { chain }).then(create.clone());
    let refused = scene.world.send(both).expect_err("a second life");
    assert_eq!(refused.changed, []);
    assert_lands(scene.close());
    assert_fails_with(scene.world.send(create), MarginError::ExpiryNotOnGrid);
}

/// A chain that one person created, and whose strikes two others paid for in turn.
fn shared() -> (World, ChainOf, [Actor; 3]) {
    let mut world = World::new();
    let [creator, first, second] = ["creator", "first", "second"].map(|name| world.visitor(name));
    let chain = ChainOf {
        asset: SOL,
        expiry: FIRST_EXPIRY,
    };
    world.land(CreateChain { payer: &creator, chain });
    for (payer, strikes) in [
        (&first, vec![180, 200]),
        (&creator, vec![220]),
        (&second, vec![160, 240, 260]),
        (&first, vec![140]),
    ] {
        let strikes = strikes.into_iter().map(usd).collect();
        world.land(AddStrikes { payer, chain, strikes });
    }
    (world, chain, [creator, first, second])
}

#[test]
fn the_rent_of_each_strike_goes_to_whoever_paid_it_and_the_rest_to_whoever_created_the_chain() {
    let (mut world, chain, actors) = shared();
    // Everybody began with the same, and has it again.
    let lamports = |world: &World| [0, 1, 2].map(|place| world.account(&actors[place].address()).unwrap().lamports());
    let before = world.account(&anyone().address()).unwrap().lamports();
    let of_strike = 472 * 6_960;
    let paid = lamports(&world).map(|left| world_lamports() - left);
    assert_eq!([paid[1], paid[2]], [3 * of_strike, 3 * of_strike]);
    world.set_time(chain.expiry);
    let receipt = world.land(CloseChain { chain });
    assert_eq!(receipt.events(), ["ChainClosed"]);
    assert!(world.account(&chain.address()).is_none());
    assert_eq!(lamports(&world), [world_lamports(); 3]);
    assert_eq!(world.account(&anyone().address()).unwrap().lamports(), before);
}

fn world_lamports() -> u64 {
    1_000_000_000_000
}

#[test]
fn whoever_creates_a_chain_early_does_not_get_the_rent_of_those_who_list_its_strikes() {
    let (mut world, chain, [creator, first, second]) = shared();
    world.set_time(chain.expiry);
    let close = |payers: &[&Actor]| {
        let payers: Vec<_> = payers.iter().map(|payer| payer.address()).collect();
        let instruction = close_chain(chain.address(), creator.address(), &payers);
        Call::new(instruction, [&creator])
    };
    // Alone, and with somebody who did not pay for the last strike.
    assert_fails_with(world.send(close(&[])), MarginError::NotRentPayer);
    assert_fails_with(world.send(close(&[&second])), MarginError::NotRentPayer);
    // One who paid but cannot be paid.
    let mut frozen = close(&[&first]);
    frozen.instruction_mut().accounts.last_mut().unwrap().is_writable = false;
    assert_fails_with(world.send(frozen), MarginError::NotRentPayer);
    assert_lands(world.send(close(&[&first, &second])));
    for actor in [&creator, &first, &second] {
        assert_eq!(world.account(&actor.address()).unwrap().lamports(), world_lamports());
    }
}

#[test]
fn strikes_go_from_the_last_on_as_far_as_their_payers_are_passed() {
    let (mut world, chain, [creator, first, second]) = shared();
    world.set_time(chain.expiry);
    let step = |world: &mut World, payer: &Actor| {
        let instruction = close_chain(chain.address(), creator.address(), &[payer.address()]);
        assert_lands(world.send(Call::new(instruction, [])))
    };
    let sequence = world.picture().chain(chain).chain.sequence;
    let receipt = step(&mut world, &first);
    let event: StrikesRemoved = receipt.event();
    assert_eq!(
        (event.chain, event.sequence, event.left),
        (chain.address(), sequence + 1, 6)
    );
    let left: Vec<u64> = world
        .picture()
        .chain(chain)
        .strikes
        .iter()
        .map(|strike| strike.price_e9 / 1_000_000_000)
        .collect();
    assert_eq!(left, [180, 200, 220, 160, 240, 260]);
    let account = world.account(&chain.address()).unwrap();
    assert_eq!(
        account.lamports(),
        rent(account.data().len()),
        "what stays pays its own rent"
    );
    // The creator's own goes with those of the second; then the first's two, and the chain with them.
    assert_eq!(step(&mut world, &second).event::<StrikesRemoved>().left, 2);
    assert_eq!(step(&mut world, &first).events(), ["ChainClosed"]);
    for actor in [&creator, &first, &second] {
        assert_eq!(world.account(&actor.address()).unwrap().lamports(), world_lamports());
    }
}

/// Whoever lists each strike from another address makes the close longer, not impossible.
#[test]
fn a_chain_with_as_many_payers_as_strikes_closes_in_steps() {
    let mut world = World::new();
    let chain = ChainOf {
        asset: SOL,
        expiry: FIRST_EXPIRY,
    };
    world.land(CreateChain {
        payer: &anyone(),
        chain,
    });
    let payers: Vec<Actor> = (0..29).map(|place| world.visitor(&format!("payer {place}"))).collect();
    for (payer, strike) in payers.iter().zip((140..=280).step_by(5)) {
        let strikes = vec![usd(strike)];
        world.land(AddStrikes { payer, chain, strikes });
    }
    world.set_time(chain.expiry);
    assert_eq!(world.land(CloseChain { chain }).event::<StrikesRemoved>().left, 9);
    let receipt = world.land(CloseChain { chain });
    assert_eq!(receipt.events(), ["ChainClosed"]);
    assert!(receipt.compute_units < 40_000, "{}", receipt.compute_units);
    for payer in &payers {
        assert_eq!(world.account(&payer.address()).unwrap().lamports(), world_lamports());
    }
}

/// `CLOSE_UNITS` of the keeper's strategy and this are set together.
const KEEPERS_LIMIT: u64 = 80_000;

/// Interleaved payers, and the dearest order: most strikes have the payer that is found last.
#[test]
fn a_full_chain_of_as_many_payers_as_a_transaction_holds_closes_within_three_quarters_of_the_keepers_limit() {
    let count = 20;
    for orders in [(0..count).collect(), dearest_order(count)] {
        let mut world = World::new();
        let payers: Vec<Actor> = (0..count)
            .map(|place| world.visitor(&format!("payer {place}")))
            .collect();
        let in_turn: Vec<Actor> = orders.iter().map(|place| payers[*place].clone()).collect();
        let chain = list_64_strikes_in_turn(&mut world, &in_turn);
        world.set_time(chain.expiry);
        let receipt = world.land(CloseChain { chain });
        println!("{} compute units, {} bytes", receipt.compute_units, receipt.bytes);
        assert_eq!(receipt.events(), ["ChainClosed"]);
        assert!(
            receipt.compute_units < KEEPERS_LIMIT * 3 / 4,
            "{}",
            receipt.compute_units
        );
        for payer in &payers {
            assert_eq!(world.account(&payer.address()).unwrap().lamports(), world_lamports());
        }
    }
}

// Rent that is not what it was

/// The creator of [`shared`] and the two others have what they began with, whatever a byte costs now.
fn assert_everybody_has_what_they_paid(world: &World, actors: &[Actor; 3]) {
    for actor in actors {
        assert_eq!(world.account(&actor.address()).unwrap().lamports(), world_lamports());
    }
}

#[test]
fn rent_that_fell_since_returns_as_it_was_paid() {
    for denominator in [2, 10] {
        let (mut world, chain, actors) = shared();
        world.set_time(chain.expiry);
        world.scale_rent(1, denominator);
        assert_eq!(world.land(CloseChain { chain }).events(), ["ChainClosed"]);
        assert_everybody_has_what_they_paid(&world, &actors);
    }
}

#[test]
fn rent_that_rose_since_blocks_nobody_and_nobody_gets_more_than_was_paid() {
    for numerator in [2, 10] {
        let (mut world, chain, actors) = shared();
        world.set_time(chain.expiry);
        world.scale_rent(numerator, 1);
        assert_eq!(world.land(CloseChain { chain }).events(), ["ChainClosed"]);
        assert_everybody_has_what_they_paid(&world, &actors);
    }
}

/// The account stays as large as it is while its lamports would not do for any size; each gets what it paid.
#[test]
fn rent_that_changed_since_returns_in_steps_too() {
    for (numerator, denominator) in [(1, 3), (3, 1)] {
        let (mut world, chain, actors) = shared();
        let creator = actors[0].address();
        world.set_time(chain.expiry);
        world.scale_rent(numerator, denominator);
        for (place, left) in [(1, 6), (2, 2)] {
            let close = close_chain(chain.address(), creator, &[actors[place].address()]);
            let receipt = assert_lands(world.send(Call::new(close, [])));
            assert_eq!(receipt.event::<StrikesRemoved>().left, left);
        }
        let close = close_chain(chain.address(), creator, &[actors[1].address()]);
        assert_eq!(assert_lands(world.send(Call::new(close, []))).events(), ["ChainClosed"]);
        assert_everybody_has_what_they_paid(&world, &actors);
    }
}

/// What somebody sent to the chain was paid for no strike.
#[test]
fn what_a_chain_was_given_beyond_its_rent_goes_to_the_creator_and_none_is_lost() {
    let (mut world, chain, actors) = shared();
    give(&mut world, chain, 1_000_003);
    world.set_time(chain.expiry);
    world.land(CloseChain { chain });
    let gained = [0, 1, 2].map(|place| world.account(&actors[place].address()).unwrap().lamports() - world_lamports());
    assert_eq!(gained, [1_000_003, 0, 0]);
}

fn give(world: &mut World, chain: ChainOf, lamports: u64) {
    let mut account = world.account(&chain.address()).unwrap();
    account.set_lamports(account.lamports() + lamports);
    world.set_account(chain.address(), account);
}

/// Whoever lists after the rent fell pays nothing while the account holds enough, and gets nothing.
#[test]
fn whoever_lists_at_another_rent_gets_what_it_paid_itself() {
    for (numerator, denominator) in [(1, 4), (5, 2)] {
        let (mut world, chain, actors) = shared();
        let late = world.visitor("late");
        world.scale_rent(numerator, denominator);
        let strikes = [190, 210].map(usd).to_vec();
        world.land(AddStrikes {
            payer: &late,
            chain,
            strikes,
        });
        let paid = world_lamports() - world.account(&late.address()).unwrap().lamports();
        let slots = world.picture().chain(chain).strikes[7..].to_vec();
        assert_eq!(slots.iter().map(|slot| slot.rent_lamports).sum::<u64>(), paid);
        assert_eq!(paid == 0, numerator == 1);
        world.set_time(chain.expiry);
        assert_eq!(world.land(CloseChain { chain }).events(), ["ChainClosed"]);
        assert_everybody_has_what_they_paid(&world, &actors);
        assert_eq!(world.account(&late.address()).unwrap().lamports(), world_lamports());
    }
}

/// What a late payer paid for the whole account after a rise cannot leave before the rest; anyone may make it up.
#[test]
fn a_step_that_would_leave_the_chain_short_of_rent_lands_once_somebody_makes_it_up() {
    let (mut world, chain, actors) = shared();
    let late = world.visitor("late");
    world.scale_rent(2, 1);
    let strikes = vec![usd(190)];
    world.land(AddStrikes {
        payer: &late,
        chain,
        strikes,
    });
    world.set_time(chain.expiry);
    let step = || {
        let close = close_chain(chain.address(), actors[0].address(), &[late.address()]);
        Call::new(close, [])
    };
    let before = world.account(&chain.address());
    let refused = world.send(step()).expect_err("less than the least balance");
    assert!(matches!(
        refused.error,
        TransactionError::InsufficientFundsForRent { .. }
    ));
    assert_eq!(world.account(&chain.address()), before);
    let paid = world_lamports() - world.account(&late.address()).unwrap().lamports();
    give(&mut world, chain, paid);
    assert_eq!(assert_lands(world.send(step())).event::<StrikesRemoved>().left, 7);
    assert_eq!(world.account(&late.address()).unwrap().lamports(), world_lamports());
    assert_eq!(world.land(CloseChain { chain }).events(), ["ChainClosed"]);
    let gained = [0, 1, 2].map(|place| world.account(&actors[place].address()).unwrap().lamports() - world_lamports());
    assert_eq!(gained, [paid, 0, 0]);
}

// Payers that nothing can be sent to

/// Somebody may turn the address that paid into a program. Its share is the creator's, and the others get theirs.
#[test]
fn a_payer_that_became_a_program_blocks_nobody_and_its_share_goes_to_the_creator() {
    let (mut world, chain, [creator, first, second]) = shared();
    world.add_program(second.address(), "tenor_caller");
    let program = world.account(&second.address()).unwrap().lamports();
    world.set_time(chain.expiry);
    assert_eq!(world.land(CloseChain { chain }).events(), ["ChainClosed"]);
    let of_strike = 472 * 6_960;
    let lamports = |of: &Actor| world.account(&of.address()).unwrap().lamports();
    assert_eq!(lamports(&first), world_lamports());
    assert_eq!(lamports(&creator), world_lamports() + 3 * of_strike);
    assert_eq!(lamports(&second), program);
}

/// An address that the cluster reserves is never writable, whatever a transaction asks for.
#[test]
fn a_payer_that_is_reserved_blocks_nobody_and_its_share_goes_to_the_creator() {
    let (mut world, chain, [creator, first, second]) = shared();
    for reserved in [
        "SysvarC1ock11111111111111111111111111111111",
        "Vote111111111111111111111111111111111111111",
    ] {
        let reserved = solana_pubkey::Pubkey::from_str_const(reserved);
        let mut world_of = shared();
        std::mem::swap(&mut world, &mut world_of.0);
        edit_last_payer(&mut world, chain, reserved);
        world.set_time(chain.expiry);
        assert_eq!(world.land(CloseChain { chain }).events(), ["ChainClosed"]);
        let lamports = |of: &Actor| world.account(&of.address()).unwrap().lamports();
        let of_strike = 472 * 6_960;
        assert_eq!(lamports(&second), world_lamports());
        assert_eq!(lamports(&first), world_lamports() - of_strike);
        assert_eq!(lamports(&creator), world_lamports() + of_strike);
    }
}

/// The last strike's payer is somebody else.
fn edit_last_payer(world: &mut World, chain: ChainOf, payer: solana_pubkey::Pubkey) {
    let mut account = world.account(&chain.address()).unwrap();
    let length = account.data().len();
    let last: &mut [u8] = &mut account.data_as_mut_slice()[length - size_of::<Strike>()..];
    last[offset_of!(Strike, rent_payer)..][..32].copy_from_slice(payer.as_ref());
    world.set_account(chain.address(), account);
}

/// After rent rose tenfold a share is less than an empty wallet must hold: the transaction would fail for everybody.
#[test]
fn a_payer_whose_wallet_is_empty_and_whose_share_is_below_the_least_balance_blocks_nobody() {
    let (mut world, chain, [creator, first, second]) = shared();
    world.set_time(chain.expiry);
    world.scale_rent(10, 1);
    let of_strike = 472 * 6_960;
    edit_last_payer(&mut world, chain, Actor::named("nobody").address());
    assert_eq!(world.land(CloseChain { chain }).events(), ["ChainClosed"]);
    let lamports = |of: &Actor| world.account(&of.address()).unwrap().lamports();
    assert_eq!(lamports(&second), world_lamports());
    assert_eq!(lamports(&first), world_lamports() - of_strike);
    assert_eq!(lamports(&creator), world_lamports() + of_strike);
    assert!(world.account(&Actor::named("nobody").address()).is_none());
}

/// Nobody is left out because a sender shows its account read-only.
#[test]
fn a_payer_that_can_be_paid_is_never_left_out() {
    let (mut world, chain, [creator, first, second]) = shared();
    world.set_time(chain.expiry);
    for (frozen, left) in [(0, None), (1, Some(6))] {
        let payers = [first.address(), second.address()];
        let mut call = Call::new(close_chain(chain.address(), creator.address(), &payers), []);
        let metas = &mut call.instruction_mut().accounts;
        let place = metas.len() - 2 + frozen;
        metas[place].is_writable = false;
        match left {
            None => assert_fails_with(world.send(call), MarginError::NotRentPayer),
            Some(left) => assert_eq!(assert_lands(world.send(call)).event::<StrikesRemoved>().left, left),
        }
    }
}

/// A strike that takes another's slot leaves the rent with whoever paid for the slot.
#[test]
fn the_rent_of_a_replaced_strike_stays_its_payers() {
    let mut world = crate::add_strikes::full_world();
    let chain = crate::add_strikes::CHAIN;
    let stranger = world.visitor("stranger");
    world.set_price(SOL, usd(130));
    let slot = world.picture().strike_slot(chain.call(410));
    world.land(ReplaceStrikes {
        listed: AddStrikes {
            payer: &stranger,
            chain,
            strikes: vec![usd(70)],
        },
        slots: vec![slot],
    });
    let strike = world.picture().chain(chain).strikes[usize::from(slot)];
    assert_eq!(
        (strike.price_e9, strike.rent_payer),
        (70_000_000_000, anyone().address())
    );
    assert_eq!(world.account(&stranger.address()).unwrap().lamports(), world_lamports());
}
