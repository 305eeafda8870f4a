//! `close_chain`: closes a chain that is over.

use crate::scene::Scene;
use solana_account::ReadableAccount;
use tenor_margin::MarginError;
use tenor_margin::event::{ChainClosed, StrikesRemoved};
use tenor_sdk::instruction::close_chain;
use tenor_testkit::action::{AddStrikes, CloseChain, CreateChain, ReplaceStrikes, SettleAccount};
use tenor_testkit::bank::rent;
use tenor_testkit::world::{FIRST_EXPIRY, anyone};
use tenor_testkit::{Actor, Call, ChainOf, SOL, World, assert_fails_with, assert_lands, usd};

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
