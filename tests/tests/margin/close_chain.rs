//! `close_chain`: closes a chain that is over.

use crate::scene::Scene;
use solana_account::ReadableAccount;
use tenor_margin::MarginError;
use tenor_margin::event::ChainClosed;
use tenor_testkit::action::{CloseChain, CreateChain, SettleAccount};
use tenor_testkit::world::anyone;
use tenor_testkit::{assert_fails_with, assert_lands};

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
