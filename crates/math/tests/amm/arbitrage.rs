//! What may never happen across options.

use super::{E9, curve, free, slack_e9};
use proptest::prelude::*;
use tenor_math::amm::{Anchor, Holding, LotGreeks, NavBuilder, OptionTerms, PoolState, Quoter, Side};
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::{LotSize, Lots, Price, Ratio, Value};
use tenor_math::special::ln_ratio_q56;
use tenor_math::surface::Slice;

/// A slice of at-the-money variance `theta_e12` with psi well inside its bounds.
fn slice(theta_e12: u64, rho_e12: i64, psi_e12: u64) -> Slice {
    Slice::try_new(theta_e12, rho_e12, psi_e12).expect("a slice")
}

fn on_slice(slice: &Slice, kind: OptionKind, strike: u64) -> OptionTerms {
    let forward = 150 * E9;
    OptionTerms {
        kind,
        forward: Price::from_e9(forward),
        strike: Price::from_e9(strike),
        discount: Ratio::ONE,
        lot: LotSize::from_units_e9(10_000_000).unwrap(),
        variance: slice.total_variance(ln_ratio_q56(forward, strike).unwrap()).unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    /// Scaled slices are slices: the quotes of one side at one inventory order by expiry and are convex in strike.
    #[test]
    fn quotes_at_one_inventory_keep_calendar_and_butterfly_order(
        theta in 10_000_000_000_u64..200_000_000_000, rho in -700_000_000_000_i64..700_000_000_000,
        growth in 0_u64..100_000_000_000, strike in 90_u64..230, width in 1_u64..20, vega in -100_000_i64..100_000,
        buy in any::<bool>(),
    ) {
        // psi / theta falls with the expiry while psi grows: accepted pairs.
        let psi = theta / 2;
        let (near, far) = (slice(theta, rho, psi), slice(theta + growth, rho, psi));
        let curve = curve();
        let spread = free();
        let pool = PoolState { vega: Value::from_e9(vega * E9 as i64), gamma: Value::ZERO };
        let quoter = Quoter { curve: &curve, spread: &spread, anchor: Anchor::default(), pool };
        let side = if buy { Side::Buy } else { Side::Sell };
        let lots = 1_000_000;
        // Without vega the path is a point: all quotes are at one inventory.
        let quote = |slice: &Slice, strike: u64| {
            let terms = on_slice(slice, OptionKind::Call, strike * E9);
            quoter.quote(&terms, &LotGreeks::default(), side, lots).unwrap().premium.e9()
        };
        let tolerance = 4 * slack_e9(&on_slice(&near, OptionKind::Call, 250 * E9), lots) as i64 + 8;
        prop_assert!(quote(&far, strike) + tolerance >= quote(&near, strike));
        let (low, middle, high) = (strike - width, strike, strike + width);
        let butterfly = quote(&near, low) + quote(&near, high) - 2 * quote(&near, middle);
        prop_assert!(butterfly >= -4 * tolerance, "butterfly {butterfly}");
        prop_assert!(quote(&near, low) + tolerance >= quote(&near, middle));
    }

    /// Every purchase is at the mark or above and every sale at the mark or below, so no sequence of trades over any
    /// options that ends flat gains.
    #[test]
    fn no_cycle_over_two_options_gains(
        strikes in (130_u64..170, 130_u64..170), calls in any::<(bool, bool)>(),
        orders in prop::collection::vec((any::<bool>(), any::<bool>(), 1_u64..20_000), 1..5), vega in -90_000_i64..90_000,
    ) {
        let near = slice(50_000_000_000, -300_000_000_000, 60_000_000_000);
        let kind = |call| if call { OptionKind::Call } else { OptionKind::Put };
        let options = [
            on_slice(&near, kind(calls.0), strikes.0 * E9),
            on_slice(&near, kind(calls.1), strikes.1 * E9),
        ];
        let (curve, spread, anchor) = (curve(), free(), Anchor::default());
        let mut pool = PoolState { vega: Value::from_e9(vega * E9 as i64), gamma: Value::ZERO };
        let (mut cash, mut held) = (0_i64, [0_i64; 2]);
        let mut trade = |option: usize, side: Side, lots: u64, cash: &mut i64, held: &mut [i64; 2]| {
            let greeks = LotGreeks::at_base(&options[option], anchor, 2_592_000).unwrap();
            let quoter = Quoter { curve: &curve, spread: &spread, anchor, pool };
            let quote = quoter.quote(&options[option], &greeks, side, lots).unwrap();
            pool = quote.pool;
            let (sign, lots) = if side == Side::Buy { (1, lots as i64) } else { (-1, lots as i64) };
            *cash -= sign * quote.premium.e9();
            held[option] += sign * lots;
        };
        for (first, buy, lots) in orders {
            let side = if buy { Side::Buy } else { Side::Sell };
            trade(usize::from(first), side, lots, &mut cash, &mut held);
        }
        for option in [0, 1] {
            let side = if held[option] < 0 { Side::Buy } else { Side::Sell };
            if held[option] != 0 {
                trade(option, side, held[option].unsigned_abs(), &mut cash, &mut held);
            }
        }
        prop_assert_eq!(held, [0, 0]);
        prop_assert!(cash <= 0, "gained {cash}");
    }

    #[test]
    fn the_ask_nav_is_never_below_the_bid_nav(
        cash in -1_000_000_i64..1_000_000,
        holdings in prop::collection::vec((-1_000_i64..1_000, 0_i64..1_000, 0_i64..1_000, 0_i64..1_000), 0..8),
    ) {
        let mut builder = NavBuilder::new(Value::from_e9(cash));
        let mut fair = (cash, cash);
        for (lots, bid, width, unearned) in holdings {
            builder.add(&Holding {
                lots: Lots::new(lots),
                bid: Value::from_e9(bid),
                ask: Value::from_e9(bid + width),
                unearned: Value::from_e9(unearned),
            }).unwrap();
            fair = (fair.0 + lots * bid, fair.1 + lots * (bid + width));
        }
        let navs = builder.finish();
        prop_assert!(navs.ask >= navs.bid);
        prop_assert!(navs.ask.e9() >= fair.0.max(fair.1));
        prop_assert!(navs.bid.e9() <= fair.0.min(fair.1));
    }
}
