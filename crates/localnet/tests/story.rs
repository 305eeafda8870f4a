//! The story works out on every day of the week: the time to the listed expiry is three to ten days.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use bytemuck::Zeroable;
use solana_pubkey::Pubkey;
use tenor_localnet::actors::{CAST, SALES};
use tenor_localnet::feed::Quote;
use tenor_localnet::market::{QUOTE_INDEX, SOL_INDEX, revalued, surface};
use tenor_localnet::price_path::sol_fall;
use tenor_migrations::{Deployment, LOCALNET};
use tenor_sdk::address;
use tenor_sdk::decode::{AccountData, ChainData, ProgramAccount};
use tenor_sdk::margin::risk::{Freshness, MarketView};
use tenor_sdk::margin::state::{
    Chain, ChainSlot, ClearingHouse, CollateralEntry, MarginAccount, NO_UNDERLYING, Position, Registry, Strike,
    Underlying,
};
use tenor_sdk::market::Market;
use tenor_sdk::math::Round;
use tenor_sdk::math::pricing::OptionKind;
use tenor_sdk::math::quantity::{Price, Value};
use tenor_sdk::math::risk::Health;

const NOW: i64 = 1_795_352_400;
const HOUR: i64 = 3_600;
const CHAIN: Pubkey = Pubkey::new_from_array([1; 32]);
const UNDERLYING: Pubkey = Pubkey::new_from_array([2; 32]);
const E9: u64 = 1_000_000_000;

/// The local network's market as the program would hold it, and the writer after its sale.
struct Story {
    market: Market,
    writer: AccountData,
}

impl Story {
    fn begin(hours_to_expiry: i64, first: Quote) -> Self {
        let market = market(hours_to_expiry);
        let mut writer = AccountData {
            account: MarginAccount::zeroed(),
            positions: Vec::new(),
        };
        let means = &CAST[0];
        writer.account.balances_atoms[usize::from(SOL_INDEX)] = means.sol * 1_000_000_000;
        writer.account.chains[0] = ChainSlot {
            chain: CHAIN,
            positions: 3,
            ..ChainSlot::zeroed()
        };
        let priced = revalued(&market, first, NOW).unwrap();
        let mut premium = Value::ZERO;
        for sale in &SALES {
            let strike_slot = strikes()
                .iter()
                .position(|price_e9| *price_e9 == sale.strike_usd * E9)
                .unwrap();
            let strike = &priced.chain(&CHAIN).unwrap().strikes[strike_slot];
            let marks = strike.view().marks(Price::from_e9(first.price_e9)).unwrap();
            let (mark, call_lots, put_lots) = match sale.kind {
                OptionKind::Call => (marks.call, -sale.lots, 0),
                OptionKind::Put => (marks.put, 0, -sale.lots),
            };
            premium = premium.try_add(Value::from_e9(mark.e9() * sale.lots)).unwrap();
            let strike_slot = strike_slot.try_into().unwrap();
            writer.positions.push(Position {
                strike_slot,
                call_lots,
                put_lots,
                ..Position::default()
            });
        }
        let deposit = i64::try_from(means.usdc).unwrap() * 1_000_000;
        writer.account.cash_atoms = deposit + premium.to_quote_atoms(6, Round::Down).unwrap();
        Self { market, writer }
    }

    fn health(&self, quote: Quote) -> Health {
        revalued(&self.market, quote, NOW)
            .unwrap()
            .health(&self.writer, Freshness::AsStored)
            .unwrap()
    }
}

fn deployment() -> Deployment {
    Deployment::parse(LOCALNET).unwrap()
}

fn strikes() -> Vec<u64> {
    deployment().underlyings[0].listing.unwrap().strikes_e9().collect()
}

fn market(hours_to_expiry: i64) -> Market {
    let deployment = deployment();
    let house = deployment.house.args(&deployment.authorities).unwrap();
    let house = ClearingHouse {
        quote_decimals: 6,
        risk: house.risk,
        ..ClearingHouse::zeroed()
    };
    let args = deployment.underlyings[0].args().unwrap();
    let underlying = Underlying {
        lot_units_e9: args.lot_units_e9,
        feed: args.feed,
        risk: args.risk,
        market: args.market,
        range_e9: args.risk.range_floor_e9,
        ..Underlying::zeroed()
    };
    let mut registry = Registry {
        count: 2,
        ..Registry::zeroed()
    };
    let quote = CollateralEntry {
        underlying_index: NO_UNDERLYING,
        decimals: 6,
        ..CollateralEntry::zeroed()
    };
    let haircut_e9 = deployment.collaterals[0].args(0, 0).haircut_e9;
    let sol = CollateralEntry {
        decimals: 9,
        haircut_e9,
        ..CollateralEntry::zeroed()
    };
    registry.collaterals[usize::from(QUOTE_INDEX)] = quote;
    registry.collaterals[usize::from(SOL_INDEX)] = sol;
    let slice = surface((hours_to_expiry * HOUR).cast_unsigned());
    let chain = Chain {
        underlying: UNDERLYING,
        expiry: NOW + hours_to_expiry * HOUR,
        theta_e12: slice.theta_e12,
        rho_e12: slice.rho_e12,
        psi_e12: slice.psi_e12,
        forward_ratio_e9: slice.forward_ratio_e9,
        discount_e9: slice.discount_e9,
        slice_posted_at: NOW,
        ..Chain::zeroed()
    };
    let strikes = strikes().into_iter().map(Strike::new).collect();
    let mut market = Market::new();
    market.insert(address::house(), ProgramAccount::House(Box::new(house)));
    market.insert(address::registry(), ProgramAccount::Registry(Box::new(registry)));
    market.insert(UNDERLYING, ProgramAccount::Underlying(Box::new(underlying)));
    market.insert(CHAIN, ProgramAccount::Chain(Box::new(ChainData { chain, strikes })));
    market
}

#[test]
fn on_every_weekday_the_writer_may_sell_then_falls_ill_and_stays_solvent() {
    let path = sol_fall().unwrap();
    let low = path.iter().min_by_key(|point| point.quote.price_e9).unwrap().quote;
    for hours_to_expiry in (3 * 24..=10 * 24).step_by(6) {
        let story = Story::begin(hours_to_expiry, path[0].quote);
        let first = story.health(path[0].quote);
        assert!(
            first.initial_health().unwrap() >= Value::ZERO,
            "{hours_to_expiry} h: the sale is refused: {first:?}"
        );
        let ill = path
            .iter()
            .position(|point| story.health(point.quote).is_certainly_unhealthy().unwrap());
        let low_at = path.iter().position(|point| point.quote == low);
        assert!(
            ill.is_some_and(|ill| Some(ill) < low_at),
            "{hours_to_expiry} h: the writer stays healthy"
        );
        assert!(
            story.health(low).equity > Value::ZERO,
            "{hours_to_expiry} h: a liquidation would be too late"
        );
    }
}
