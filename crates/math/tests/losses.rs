//! Conversions and losses: what is paid, by whom, and that nothing is paid twice.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use num_bigint::BigInt;
use proptest::prelude::*;
use tenor_math::Round;
use tenor_math::liquidation::{
    AuctionClock, ConversionPair, Coverage, DiscountSchedule, Fraction, INSOLVENCY_SECONDS, ProRata, conversion_price,
    insolvency_payment, split_shortfall,
};
use tenor_math::quantity::{Atoms, Price, Value};

const E9: i128 = 1_000_000_000;
const E18: u64 = 1_000_000_000_000_000_000;

fn value(e9: i64) -> Value {
    Value::from_e9(e9)
}

proptest! {
    #[test]
    fn insolvency_payment_grows_to_what_the_account_lacks_and_parts_never_exceed_it(
        equity in -(1_i64 << 50)..=0, maintenance in 0_i64..1 << 50, seconds in 0_u32..5_000, part in 0..=E18,
    ) {
        let pay = |seconds, part| {
            insolvency_payment(AuctionClock::from_seconds(seconds), value(equity), value(maintenance), part).unwrap().e9()
        };
        let largest = i128::from(maintenance - equity);
        let whole = i128::from(pay(seconds, Fraction::ONE));
        let ran = i128::from(seconds.min(INSOLVENCY_SECONDS));
        prop_assert_eq!(whole, largest * ran / i128::from(INSOLVENCY_SECONDS));
        prop_assert!(pay(seconds + 1, Fraction::ONE) >= pay(seconds, Fraction::ONE));
        let [one, rest] = [part, E18 - part].map(|part| Fraction::from_e18(part).unwrap());
        let sum = pay(seconds, one) + pay(seconds, rest);
        prop_assert!((whole - 1..=whole).contains(&i128::from(sum)));
    }

    #[test]
    fn conversions_are_exact_and_round_trips_never_gain(
        price in 1_u64..1 << 50, amount in 0_u64..1 << 40, collateral_decimals in 0_u8..=12, quote_decimals in 0_u8..=9,
    ) {
        let pair = ConversionPair::try_new(Price::from_e9(price), collateral_decimals, quote_decimals).unwrap();
        let amount = Atoms::new(amount);
        let ten = |exponent: u8| BigInt::from(10).pow(u32::from(exponent));
        let (numerator, divisor) = (BigInt::from(price) * ten(quote_decimals), BigInt::from(E9) * ten(collateral_decimals));
        // Whether `got` is `amount` times `up / down`, rounded.
        let is_rounded = |got: [Atoms; 2], up: &BigInt, down: &BigInt| {
            let exact = BigInt::from(amount.get()) * up;
            let [least, most] = got.map(|atoms| BigInt::from(atoms.get()) * down);
            least <= exact && exact < &least + down && exact <= most && most < &exact + down
        };
        if let (Ok(down), Ok(up)) = (pair.cash_for(amount, Round::Down), pair.cash_for(amount, Round::Up)) {
            prop_assert!(is_rounded([down, up], &numerator, &divisor));
            if let Ok(back) = pair.collateral_for(down, Round::Down) {
                prop_assert!(back <= amount);
            }
        }
        if let (Ok(down), Ok(up)) = (pair.collateral_for(amount, Round::Down), pair.collateral_for(amount, Round::Up)) {
            prop_assert!(is_rounded([down, up], &divisor, &numerator));
            prop_assert!(pair.cash_for(down, Round::Up).unwrap() <= amount);
            prop_assert!(pair.cash_for(up, Round::Down).map_or(true, |cash| cash >= amount));
        }
    }

    #[test]
    fn conversion_price_falls_with_the_clock_and_rounds_for_the_seller(price in 1_u64..1 << 50, seconds in 0_u32..30_000) {
        let schedule = DiscountSchedule::CONVERSION;
        let at = |seconds| conversion_price(Price::from_e9(price), AuctionClock::from_seconds(seconds), &schedule).unwrap();
        let kept = u128::from(1_000_000_000 - schedule.at(AuctionClock::from_seconds(seconds)).e9());
        let exact = u128::from(price) * kept;
        let got = u128::from(at(seconds).e9()) * 1_000_000_000;
        prop_assert!(got >= exact && got < exact + 1_000_000_000);
        prop_assert!(at(seconds + 1) <= at(seconds));
    }

    #[test]
    fn a_shortfall_splits_to_its_exact_sum_each_share_within_an_atom(
        amount: u64, available: u64, weights in proptest::collection::vec(0_i64..1 << 58, 1..12),
    ) {
        let coverage = Coverage::of(Atoms::new(amount), Atoms::new(available));
        prop_assert_eq!(coverage.insurance.get(), amount.min(available));
        prop_assert_eq!(coverage.insurance.get() + coverage.debt.get(), amount);
        let total: u128 = weights.iter().map(|weight| *weight as u128).sum();
        prop_assume!(total > 0);
        let debt = coverage.debt;
        let values: Vec<_> = weights.iter().copied().map(value).collect();
        let mut shares = vec![Atoms::ZERO; weights.len()];
        split_shortfall(debt, &values, &mut shares).unwrap();
        prop_assert_eq!(shares.iter().map(|share| u128::from(share.get())).sum::<u128>(), u128::from(debt.get()));
        for (share, weight) in shares.iter().zip(&weights) {
            // |share - quota| < 1, both times the total.
            let (share, quota) = (u128::from(share.get()) * total, u128::from(debt.get()) * *weight as u128);
            prop_assert!(share.abs_diff(quota) < total);
            prop_assert!(*weight > 0 || share == 0);
        }
    }

    #[test]
    fn pro_rata_never_collects_more_than_the_debt_nor_pays_more_than_the_funds(
        payouts in proptest::collection::vec(0_u64..1 << 50, 1..20), debt in 0_u64..1 << 54, netted in 0_u64..1 << 50,
    ) {
        let net: u64 = payouts.iter().sum();
        let gross = net + netted;
        let chain = ProRata::new(Atoms::new(debt), Atoms::new(gross));
        let (mut paid, mut collected) = (0, 0);
        for payout in &payouts {
            let settled = chain.settle(Atoms::new(*payout)).unwrap();
            prop_assert_eq!(settled.paid.get() + settled.collected.get() + settled.residue.get(), *payout);
            prop_assert!(settled.residue.get() <= 1);
            prop_assert!(chain.factor().of_count(*payout, Round::Down).unwrap() <= settled.paid.get());
            paid += settled.paid.get();
            collected += settled.collected.get();
        }
        let borne = debt.min(gross);
        prop_assert!(collected <= borne, "over-collected");
        prop_assert!(paid <= gross - borne, "paid more than there is");
        if netted == 0 {
            prop_assert!(borne - collected <= payouts.len() as u64, "collected too little");
        }
        if debt == 0 {
            prop_assert!(collected == 0 && paid == net);
        }
    }
}
