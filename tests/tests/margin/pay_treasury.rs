//! `pay_treasury`: pays the treasury's part of swept fees.

use crate::scene::Scene;
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::event::TreasuryPaid;
use tenor_testkit::action::{PayTreasury, Sweep};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::USUAL_FEES;
use tenor_testkit::{Actor, USDC, assert_fails_with, assert_lands};

/// Fees were paid and swept; the treasury owns half of them.
fn swept() -> (Scene, Actor) {
    let mut scene = Scene::new();
    let treasurer = scene.world.visitor("treasurer");
    scene.world.edit_house(|house| {
        house.fees = USUAL_FEES;
        house.treasury = treasurer.address();
    });
    // Notional 1,000 x 2 USD: the taker pays 0.60, the maker 0.40, of which half is the treasury's.
    scene.alice_buys(scene.chain.call(200), 1_000);
    let chain = scene.chain;
    scene.world.land(Sweep { chain });
    (scene, treasurer)
}

#[test]
fn what_is_owed_leaves_the_vault_and_the_books() {
    let (mut scene, treasurer) = swept();
    let booked = |scene: &Scene| scene.world.picture().collateral(USDC).booked_total_atoms;
    let vault = scene.world.picture().collateral(USDC).vault;
    let (booked_before, held_before) = (booked(&scene), scene.world.tokens(&vault));

    let receipt = assert_lands(scene.world.send(PayTreasury { to: &treasurer }));

    assert_eq!(scene.world.tokens(&treasurer.wallet(USDC)), 500_000);
    assert_eq!(booked(&scene), booked_before - 500_000);
    assert_eq!(scene.world.tokens(&vault), held_before - 500_000);
    let insurance = scene.world.picture().insurance.unwrap();
    assert_eq!((insurance.treasury_atoms, insurance.balance_atoms), (0, 500_000));
    assert_eq!(receipt.events(), ["TreasuryPaid"]);
    let event: TreasuryPaid = receipt.event();
    assert_eq!((event.atoms, event.treasury_balance_atoms), (500_000, 0));
    assert_eq!(
        event.registry_sequence,
        scene.world.picture().market.registry().unwrap().sequence
    );
    assert_adds_up(&scene.world);
}

#[test]
fn as_much_as_the_vault_holds_is_paid_and_the_rest_later() {
    let (mut scene, treasurer) = swept();
    let vault = scene.world.picture().collateral(USDC).vault;
    let mut held = scene.world.account(&vault).unwrap();
    // All but 300,000 atoms is lent.
    let amount = 300_000_u64.to_le_bytes();
    solana_account::WritableAccount::data_as_mut_slice(&mut held)[64..72].copy_from_slice(&amount);
    scene.world.set_account(vault, held);
    assert_lands(scene.world.send(PayTreasury { to: &treasurer }));
    assert_eq!(scene.world.tokens(&treasurer.wallet(USDC)), 300_000);
    assert_eq!(scene.world.picture().insurance.unwrap().treasury_atoms, 200_000);
    assert_fails_with(
        scene.world.send(PayTreasury { to: &treasurer }),
        MarginError::NothingToSweep,
    );
}

#[test]
fn requires_that_something_is_owed() {
    let (mut scene, treasurer) = swept();
    assert_lands(scene.world.send(PayTreasury { to: &treasurer }));
    assert_fails_with(
        scene.world.send(PayTreasury { to: &treasurer }),
        MarginError::NothingToSweep,
    );
}

#[test]
fn it_goes_nowhere_else_whoever_sends_it() {
    let (mut scene, treasurer) = swept();
    let mallory = scene.world.visitor("mallory");
    assert_fails_with(
        scene.world.send(PayTreasury { to: &mallory }),
        MarginError::NotTheTreasury,
    );
    // A house that names nobody pays nobody, not even a token account that nobody owns.
    scene.world.edit_house(|house| house.treasury = Pubkey::default());
    assert_fails_with(
        scene.world.send(PayTreasury { to: &treasurer }),
        MarginError::NotTheTreasury,
    );
}
