//! `trade`: fees, limits, deadline and the rounding of money.

use crate::scene::Scene;
use tenor_margin::MarginError;
use tenor_margin::event::Traded;
use tenor_math::quantity::Price;
use tenor_testkit::action::{Quote, Trade, TradeTerms};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::USUAL_FEES;
use tenor_testkit::{USDC, assert_fails_with, assert_lands, usd};

fn with_fees() -> Scene {
    let mut scene = Scene::new();
    scene.world.edit_house(|house| house.fees = USUAL_FEES);
    scene
}

impl Scene {
    fn both_cash(&self) -> [i64; 2] {
        let picture = self.world.picture();
        [&self.alice, &self.bob].map(|actor| picture.balance(actor, USDC))
    }

    fn chain_fees(&self) -> u64 {
        self.world.picture().chain(self.chain).chain.fees_atoms
    }
}

/// Ten thousand dollars.
const START_ATOMS: i64 = 10_000_000_000;

#[test]
fn both_sides_fees_accrue_in_the_legs_chains() {
    // 3 SOL at 200 are 600 USD: the taker's 3 bps are 0.18 USD, the maker's 2 bps 0.12 USD. The call costs 5 USD a SOL, of
    // which an eighth is far more.
    let mut scene = with_fees();
    let call = scene.chain.call(200);
    assert!((4_500_000_000..6_500_000_000).contains(&scene.world.picture().mark(call).e9()));
    let offer = scene.world.call(scene.priced_offer(call, 300, 5_000_000_000));
    let event: Traded = scene.world.land(offer).event();
    assert_eq!(scene.both_cash(), [START_ATOMS - 15_180_000, START_ATOMS + 14_880_000]);
    assert_eq!(scene.chain_fees(), 300_000);
    assert_eq!(
        (
            event.premium_atoms,
            event.taker,
            event.buyer_fee_atoms,
            event.seller_fee_atoms
        ),
        (15_000_000, 0, 180_000, 120_000)
    );
    assert_eq!(event.legs[0].fees_atoms, 300_000);
    assert_adds_up(&scene.world);

    // The other way round, and the named seller takes.
    let back = scene
        .world
        .call(scene.priced_offer(call, -300, 5_000_000_000).seller_takes());
    let event: Traded = scene.world.land(back).event();
    assert_eq!(
        (event.taker, event.buyer_fee_atoms, event.seller_fee_atoms),
        (1, 120_000, 180_000)
    );
    assert_eq!(scene.both_cash(), [START_ATOMS - 300_000, START_ATOMS - 300_000]);
    assert_eq!(scene.chain_fees(), 600_000);
    assert_adds_up(&scene.world);
}

#[test]
fn a_fee_is_at_most_its_share_of_the_leg_s_premium() {
    // 3 SOL of a call at 0.3 USD: the premium is 0.9 USD, an eighth of it 0.1125 USD, less than either rate.
    let mut scene = with_fees();
    let (far, near) = (scene.chain.call(240), scene.chain.call(200));
    let offer = scene.world.call(scene.priced_offer(far, 300, 300_000_000));
    scene.world.land(offer);
    assert_eq!(scene.both_cash(), [START_ATOMS - 1_012_500, START_ATOMS + 787_500]);

    // A leg without premium costs nothing, and lends nothing of its cap to another: 0.18 and 0.12 USD for the second alone.
    let before = scene.both_cash();
    let quotes = [(far, 0), (near, 5)].map(|(option, dollars)| Quote {
        option,
        lots: 300,
        price: usd(dollars),
    });
    let (buyer, seller) = (&scene.alice, &scene.bob);
    scene.world.land(Trade {
        buyer,
        seller,
        quotes: quotes.into(),
    });
    assert_eq!(scene.both_cash(), [before[0] - 15_180_000, before[1] + 14_880_000]);
    assert_adds_up(&scene.world);
}

#[test]
fn each_fee_of_a_leg_rounds_up() {
    // One lot is 2 USD: 3 bps are 600 atoms, 2 bps are 400. At 200.01 they are 600.03 and 400.02.
    let mut scene = with_fees();
    let call = scene.chain.call(200);
    for (cents, fees) in [(20_000, 1_000), (20_001, 1_002)] {
        scene
            .world
            .move_price(tenor_testkit::SOL, Price::from_e9(cents * 10_000_000));
        let before = scene.chain_fees();
        let offer = scene.world.call(scene.priced_offer(call, 1, 5_000_000_000));
        scene.world.land(offer);
        assert_eq!(scene.chain_fees() - before, fees);
    }
}

#[test]
fn a_premium_is_rounded_once_over_all_its_lots() {
    // 50e-9 USD a SOL beyond whole atoms a lot are half of 1e-9 USD a lot: 2e-6 USD, two atoms, for 4,000 lots.
    let mut scene = Scene::new();
    let option = scene.chain.call(220);
    let whole = scene.world.picture().mark(option).e9() / 1_000_000_000 * 1_000_000_000 + 1_000_000_000;
    let offer = scene.world.call(scene.priced_offer(option, 4_000, whole + 50));
    scene.world.land(offer);
    let atoms = i64::try_from(whole / 100_000 * 4_000).unwrap() + 2;
    assert_eq!(scene.both_cash(), [START_ATOMS - atoms, START_ATOMS + atoms]);
}

#[test]
fn the_premium_is_rounded_once_over_all_legs() {
    // Two legs of a quarter of an atom each are half an atom together: one atom, not two.
    let mut scene = Scene::new();
    let quotes = [scene.chain.call(220), scene.chain.put(180)].map(|option| Quote {
        option,
        lots: 1,
        // 0.000025 USD a SOL is a quarter of an atom a lot.
        price: Price::from_e9(25_000 + 1_000_000_000),
    });
    let (buyer, seller) = (&scene.alice, &scene.bob);
    scene.world.land(Trade {
        buyer,
        seller,
        quotes: quotes.into(),
    });
    assert_eq!(scene.both_cash(), [START_ATOMS - 20_001, START_ATOMS + 20_001]);
}

#[test]
fn the_payment_and_the_receipt_stay_within_their_limits_fees_included() {
    // As in the first test: Alice pays 15.18 USD, Bob receives 14.88 USD.
    let mut scene = with_fees();
    let call = scene.chain.call(200);
    let within = |buyer_max_payment_atoms, seller_min_receipt_atoms| TradeTerms {
        buyer_max_payment_atoms,
        seller_min_receipt_atoms,
        ..TradeTerms::default()
    };
    let offer = |scene: &Scene, lots, terms| {
        scene
            .world
            .call(scene.priced_offer(call, lots, 5_000_000_000).on(terms))
    };
    let dear = offer(&scene, 300, within(15_179_999, 14_880_000));
    assert_fails_with(scene.world.send(dear), MarginError::LimitExceeded);
    let cheap = offer(&scene, 300, within(15_180_000, 14_880_001));
    assert_fails_with(scene.world.send(cheap), MarginError::LimitExceeded);
    let fair = offer(&scene, 300, within(15_180_000, 14_880_000));
    assert_lands(scene.world.send(fair));

    // Alice gives them back as the named buyer: her cash must rise by 14.82 USD, Bob's may fall by 15.12 USD.
    let greedy = offer(&scene, -300, within(-14_820_001, -15_120_000));
    assert_fails_with(scene.world.send(greedy), MarginError::LimitExceeded);
    let stingy = offer(&scene, -300, within(-14_820_000, -15_119_999));
    assert_fails_with(scene.world.send(stingy), MarginError::LimitExceeded);
    let fair = offer(&scene, -300, within(-14_820_000, -15_120_000));
    assert_lands(scene.world.send(fair));
}

#[test]
fn requires_that_the_deadline_has_not_passed() {
    let mut scene = Scene::new();
    let until = |deadline| TradeTerms {
        deadline,
        ..TradeTerms::default()
    };
    let now = scene.world.now();
    let call = scene.chain.call(200);
    let late = scene.world.call(scene.offer(call, 1).on(until(now - 1)));
    assert_fails_with(scene.world.send(late), MarginError::DeadlinePassed);
    let timely = scene.world.call(scene.offer(call, 1).on(until(now)));
    assert_lands(scene.world.send(&timely));
    scene.world.advance(1);
    assert_fails_with(scene.world.send(timely), MarginError::DeadlinePassed);
}

#[test]
fn the_taker_is_one_of_the_two() {
    let mut scene = Scene::new();
    let call = scene.chain.call(200);
    let nobody = TradeTerms {
        taker: 2,
        ..TradeTerms::default()
    };
    let offer = scene.world.call(scene.offer(call, 1).on(nobody));
    assert_fails_with(scene.world.send(offer), MarginError::ParameterOutOfRange);
}
