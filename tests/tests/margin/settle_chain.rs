//! `settle_chain`: writes the settlement price of a chain.

use crate::scene::Scene;
use tenor_margin::MarginError;
use tenor_margin::event::ChainSettled;
use tenor_math::quantity::Price;
use tenor_testkit::action::SettleChain;
use tenor_testkit::world::SETTLEMENT_GRACE;
use tenor_testkit::{Feed, Outcome, SOL, assert_fails_with, assert_lands, days, hours};

impl Scene {
    fn settle_chain(&mut self) -> Outcome {
        let chain = self.chain;
        self.world.send(SettleChain { chain })
    }

    fn settlement(&self) -> (u64, i64) {
        let picture = self.world.picture();
        let chain = &picture.chain(self.chain).chain;
        assert_eq!(chain.settled, 1);
        (chain.settlement_price_e9, chain.settlement_published_at)
    }

    /// Brings marks of these prices, one a minute from the first on; zero brings none.
    fn bring(&mut self, dollars: &[u64]) {
        for (place, dollars) in (0..).zip(dollars) {
            if *dollars != 0 {
                let time = 60 * (place - 29);
                assert_lands(self.mark(*dollars, time - 1, time));
            }
        }
    }
}

#[test]
fn requires_that_ten_minutes_have_passed_since_expiry() {
    let mut scene = Scene::at_expiry(-1);
    assert_fails_with(scene.settle_chain(), MarginError::ChainNotExpired);
    assert_lands(scene.mark(210, -1_800, -60));
    scene.world.advance(1);
    assert_fails_with(scene.settle_chain(), MarginError::SettlementMarksOpen);
    scene.world.advance(SETTLEMENT_GRACE - 1);
    assert_fails_with(scene.settle_chain(), MarginError::SettlementMarksOpen);
    scene.world.advance(1);
    assert_lands(scene.settle_chain());
}

#[test]
fn requires_that_the_chain_is_not_settled() {
    let mut scene = Scene::new();
    scene.settle_at(210);
    assert_fails_with(scene.settle_chain(), MarginError::ChainSettled);
}

#[test]
fn requires_fifteen_marks_or_the_mark_of_the_first_minute_after_expiry() {
    let mut scene = Scene::at_expiry(0);
    scene.bring(&[0; 15]);
    scene.bring(&[
        0, 0, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200,
    ]);
    scene.world.advance(SETTLEMENT_GRACE);
    assert_fails_with(scene.settle_chain(), MarginError::SettlementMarksMissing);
    scene.world.advance(days(3));
    assert_fails_with(scene.settle_chain(), MarginError::SettlementMarksMissing);
    // No need to wait: nothing lies between expiry and the first minute.
    assert_lands(scene.mark(220, 58, 61));
    assert_lands(scene.settle_chain());
    assert_eq!(scene.settlement(), (220_000_000_000, scene.chain.expiry + 61));

    let mut scene = Scene::at_expiry(0);
    scene.bring(&[200; 15]);
    scene.world.advance(SETTLEMENT_GRACE);
    assert_lands(scene.settle_chain());
    assert_eq!(scene.settlement(), (200_000_000_000, scene.chain.expiry));
}

#[test]
fn or_that_of_a_later_one_ten_minutes_ago() {
    let mut scene = Scene::at_expiry(hours(2));
    assert_lands(scene.mark(220, 119, 121));
    assert_fails_with(scene.settle_chain(), MarginError::SettlementMarkWaits);
    scene.world.advance(SETTLEMENT_GRACE - 1);
    assert_fails_with(scene.settle_chain(), MarginError::SettlementMarkWaits);
    scene.world.advance(1);
    // Now nothing replaces it any more.
    assert_fails_with(scene.mark(230, 59, 60), MarginError::SettlementFinal);
    assert_lands(scene.settle_chain());
    assert_eq!(scene.settlement(), (220_000_000_000, scene.chain.expiry + 121));
}

#[test]
fn the_settlement_price_is_the_mean_of_the_marks_if_there_are_fifteen() {
    let mut scene = Scene::at_expiry(0);
    let before = scene.world.picture().chain(scene.chain).chain.sequence;
    // Twenty marks: 191 + 192 + ... + 210 = 4,010 in twenty.
    let marks: Vec<u64> = (191..=210).collect();
    scene.bring(&marks);
    scene.world.advance(SETTLEMENT_GRACE);

    let receipt = assert_lands(scene.settle_chain());

    assert_eq!(scene.settlement(), (200_500_000_000, scene.chain.expiry));
    assert_eq!(receipt.events(), ["ChainSettled"]);
    let event: ChainSettled = receipt.event();
    assert_eq!((event.chain, event.price_e9), (scene.chain.address(), 200_500_000_000));
    assert_eq!((event.sequence, event.published_at), (before + 21, scene.chain.expiry));
}

#[test]
fn the_mark_after_expiry_settles_otherwise() {
    // Fourteen marks of 300 dollars count for nothing.
    let mut scene = Scene::at_expiry(0);
    scene.bring(&[300; 14]);
    scene.world.advance(SETTLEMENT_GRACE);
    assert_lands(scene.mark(180, 30, 90));
    assert_lands(scene.settle_chain());
    assert_eq!(scene.settlement(), (180_000_000_000, scene.chain.expiry + 90));
}

#[test]
fn it_is_written_once_and_is_the_same_for_every_caller_whatever_the_order_of_the_marks() {
    let bytes_after = |order: &[i64], wait: i64| {
        let mut scene = Scene::at_expiry(0);
        for mark in order {
            let time = 60 * (mark - 29);
            let dollars = 200 + u64::try_from(*mark).unwrap();
            assert_lands(scene.mark(dollars, time - 30, time + 5));
        }
        scene.world.advance(SETTLEMENT_GRACE + wait);
        assert_lands(scene.settle_chain());
        // 200 + (0 + ... + 29) / 30.
        assert_eq!(scene.settlement().0, 214_500_000_000);
        assert_fails_with(scene.settle_chain(), MarginError::ChainSettled);
        scene.chain_bytes()
    };
    let forth: Vec<i64> = (0..30).collect();
    let back: Vec<i64> = (0..30).rev().collect();
    let mixed: Vec<i64> = (0..30).map(|place| place * 7 % 30).collect();
    let first = bytes_after(&forth, 0);
    assert_eq!(bytes_after(&back, 5), first);
    assert_eq!(bytes_after(&mixed, days(30)), first);
}

#[test]
fn the_mean_rounds_down() {
    let mut scene = Scene::at_expiry(0);
    // Fifteen marks, fourteen of 200 dollars and one of 200.00000002: the mean is 200 and 4/3 of 1e-9.
    scene.bring(&[200; 14]);
    let odd = Feed::of(SOL, Price::from_e9(200_000_000_020), scene.chain.expiry);
    assert_lands(scene.mark_with(&odd));
    scene.world.advance(SETTLEMENT_GRACE);
    assert_lands(scene.settle_chain());
    assert_eq!(scene.settlement().0, 200_000_000_001);
}

#[test]
fn a_gap_of_minutes_is_bridged_by_the_update_that_ends_it() {
    let mut scene = Scene::at_expiry(0);
    // Nothing was published for twelve minutes: the update after them is twelve marks.
    scene.bring(&[200; 10]);
    assert_lands(scene.mark(230, -1_200 + 1, -465));
    let late = scene.marks()[10..22].to_vec();
    assert_eq!(late, vec![230_000_000_000; 12]);
    scene.world.advance(SETTLEMENT_GRACE);
    assert_lands(scene.settle_chain());
    // (10 x 200 + 12 x 230) / 22 = 216.363636363...
    assert_eq!(scene.settlement().0, 216_363_636_363);
}

#[test]
fn a_silence_of_hours_across_expiry_ends_in_the_first_update_after_it() {
    // The feed is silent from twenty minutes before expiry to three hours after it.
    let mut scene = Scene::at_expiry(0);
    scene.bring(&[200; 9]);
    scene.world.advance(hours(3));
    assert_fails_with(scene.settle_chain(), MarginError::SettlementMarksMissing);
    // The second update after it is the mark of a later minute and would have to wait; the first is all minutes' since expiry.
    scene.world.advance(120);
    assert_lands(scene.mark(251, hours(3), hours(3) + 60));
    assert_fails_with(scene.settle_chain(), MarginError::SettlementMarkWaits);
    assert_lands(scene.mark(250, -1_200, hours(3)));
    assert_lands(scene.settle_chain());
    assert_eq!(scene.settlement().0, 250_000_000_000);
}
