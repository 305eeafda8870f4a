//! `sweep`: moves what a chain has collected to the house.

use crate::scene::Scene;
use tenor_margin::MarginError;
use tenor_margin::event::ChainSwept;
use tenor_testkit::action::{CloseChain, Quote, SettleAccount, Sweep, Trade};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::{Actor, USDC, assert_fails_with, assert_lands, usdc};

impl Scene {
    fn sweep(&mut self) -> tenor_testkit::Outcome {
        self.world.send(Sweep { chain: self.chain })
    }

    /// Fees, taken from Alice's cash: no trade charges any yet.
    fn with_fees(mut self, atoms: u64) -> Self {
        let alice = self.alice.clone();
        self.world
            .edit_account(&alice, |account| account.cash_atoms -= i64::try_from(atoms).unwrap());
        self.world.edit_chain(self.chain, |chain| chain.fees_atoms += atoms);
        self
    }
}

#[test]
fn requires_that_the_chain_holds_fees_or_is_paid_out_and_holds_what_rounding_left() {
    let mut scene = Scene::new();
    assert_fails_with(scene.sweep(), MarginError::NothingToSweep);
    let mut scene = scene.with_fees(1);
    assert_lands(scene.sweep());
    assert_fails_with(scene.sweep(), MarginError::NothingToSweep);
}

#[test]
fn fees_go_to_insurance_fund_and_treasury_by_their_shares_the_funds_rounded_up() {
    let mut scene = Scene::new().with_fees(1_001);
    assert_adds_up(&scene.world);
    let sequence = scene.world.picture().chain(scene.chain).chain.sequence;

    let receipt = assert_lands(scene.sweep());

    let picture = scene.world.picture();
    let insurance = picture.insurance.unwrap();
    assert_eq!(picture.chain(scene.chain).chain.fees_atoms, 0);
    // Half of 1,001, and what rounding makes of it.
    assert_eq!((insurance.balance_atoms, insurance.inflow_atoms), (501, 501));
    assert_eq!(insurance.treasury_atoms, 500);
    assert_eq!(receipt.events(), ["ChainSwept"]);
    let event: ChainSwept = receipt.event();
    assert_eq!((event.chain, event.sequence), (scene.chain.address(), sequence + 1));
    assert_eq!(
        (event.fees_atoms, event.insurance_atoms, event.treasury_atoms),
        (1_001, 501, 500)
    );
    assert_eq!((event.residue_atoms, event.insurance_balance_atoms), (0, 501));
    assert_eq!(event.treasury_balance_atoms, 500);
}

#[test]
fn the_booked_total_stays_as_it_is() {
    let mut scene = Scene::new().with_fees(usdc(3) + 1);
    let booked = scene.world.picture().collateral(USDC).booked_total_atoms;
    assert_lands(scene.sweep());
    assert_eq!(scene.world.picture().collateral(USDC).booked_total_atoms, booked);
    assert_adds_up(&scene.world);
}

#[test]
fn the_residue_of_a_settlement_that_is_paid_out_goes_to_the_insurance_fund() {
    // One buyer of one lot each from two sellers of one: payoffs of fractions of an atom, rounded down three times.
    let mut scene = Scene::new();
    let carol = scene.world.trader("carol", &[(USDC, usdc(10_000))]);
    let option = scene.chain.call(200);
    scene.alice_buys(option, 1);
    let price = scene.world.picture().mark(option);
    scene.world.land(Trade {
        buyer: &scene.alice,
        seller: &carol,
        quotes: vec![Quote { option, lots: 1, price }],
    });
    // 10.0000001 dollars a unit: a lot pays 100,000.001 atoms.
    let odd = tenor_math::quantity::Price::from_e9(210_000_000_100);
    scene.world.settle(scene.chain, odd);
    let chain = scene.chain;
    let settle = |scene: &mut Scene, of: &Actor| scene.world.land(SettleAccount { chain, of });
    let bob = scene.bob.clone();
    settle(&mut scene, &bob);
    settle(&mut scene, &carol);
    // Before the last is paid the balance is owed.
    assert_fails_with(scene.sweep(), MarginError::NothingToSweep);
    let alice = scene.alice.clone();
    settle(&mut scene, &alice);
    // Received 2 x 100,001 atoms and paid 200,000.
    assert_eq!(scene.world.picture().chain(chain).chain.settlement_balance_atoms, 2);
    assert_fails_with(scene.world.send(CloseChain { chain }), MarginError::ChainNotEmpty);

    let receipt = assert_lands(scene.sweep());

    let event: ChainSwept = receipt.event();
    assert_eq!(
        (event.fees_atoms, event.residue_atoms, event.insurance_balance_atoms),
        (0, 2, 2)
    );
    assert_eq!(scene.world.picture().chain(chain).chain.settlement_balance_atoms, 0);
    assert_adds_up(&scene.world);
    assert_lands(scene.world.send(CloseChain { chain }));
}

#[test]
fn the_residue_stays_while_a_debt_is_open() {
    let mut scene = Scene::new();
    scene.settle_at(210);
    let chain = scene.chain;
    scene.world.edit_chain(chain, |header| {
        (header.settlement_balance_atoms, header.debt_atoms) = (2, 5);
    });
    assert_fails_with(scene.sweep(), MarginError::NothingToSweep);
}
