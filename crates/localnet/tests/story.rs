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
use tenor_localnet::market::{DECIMALS, QUOTE_INDEX, revalued, surface};
use tenor_localnet::price_path::{Quotes, fall};
use tenor_migrations::{Deployment, LOCALNET};
use tenor_sdk::address;
use tenor_sdk::decode::{AccountData, ChainData, ProgramAccount};
use tenor_sdk::margin::risk::{Freshness, HealthView};
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
const E9: u64 = 1_000_000_000;

fn underlying_address(place: usize) -> Pubkey {
    Pubkey::new_from_array([10 + u8::try_from(place).unwrap(); 32])
}

fn chain_address(place: usize) -> Pubkey {
    Pubkey::new_from_array([20 + u8::try_from(place).unwrap(); 32])
}

/// The local network's market as the program would hold it, and the writer after its sale.
struct Story {
    market: Market,
    writer: AccountData,
}

impl Story {
    fn begin(hours_to_expiry: i64, first: &Quotes) -> Self {
        let market = market(hours_to_expiry);
        let mut writer = AccountData {
            account: MarginAccount::zeroed(),
            positions: Vec::new(),
        };
        let mut deposit = 0;
        for (index, units) in CAST[0].deposits {
            let atoms = units * 10_u64.pow(DECIMALS[usize::from(*index)].into());
            if *index == QUOTE_INDEX {
                deposit = i64::try_from(atoms).unwrap();
            } else {
                writer.account.balances_atoms[usize::from(*index)] = atoms;
            }
        }
        let priced = revalued(&market, first, NOW).unwrap();
        let mut premium = Value::ZERO;
        for sale in &SALES {
            let strike_slot = strikes(sale.place)
                .iter()
                .position(|price_e9| *price_e9 == sale.strike_usd * E9)
                .unwrap();
            let strike = &priced.chain_data(&chain_address(sale.place)).unwrap().strikes[strike_slot];
            let marks = strike.view().marks(Price::from_e9(first[sale.place].price_e9)).unwrap();
            let (mark, call_lots, put_lots) = match sale.kind {
                OptionKind::Call => (marks.call, -sale.lots, 0),
                OptionKind::Put => (marks.put, 0, -sale.lots),
            };
            premium = premium.try_add(Value::from_e9(mark.e9() * sale.lots)).unwrap();
            let slot = &mut writer.account.chains[sale.place];
            *slot = ChainSlot {
                chain: chain_address(sale.place),
                positions: slot.positions + 1,
                underlying_index: sale.place.try_into().unwrap(),
                ..ChainSlot::zeroed()
            };
            writer.positions.push(Position {
                chain_slot: sale.place.try_into().unwrap(),
                strike_slot: strike_slot.try_into().unwrap(),
                call_lots,
                put_lots,
                ..Position::default()
            });
        }
        writer.account.cash_atoms = deposit + premium.to_quote_atoms(6, Round::Down).unwrap();
        Self { market, writer }
    }

    fn health(&self, quotes: &Quotes) -> Health {
        let market = revalued(&self.market, quotes, NOW).unwrap();
        market.health(&self.writer, Freshness::AsStored).unwrap()
    }

    fn parts(&self, quotes: &Quotes) -> HealthView {
        let market = revalued(&self.market, quotes, NOW).unwrap();
        market.health_view(&self.writer, Freshness::AsStored).unwrap()
    }
}

fn deployment() -> Deployment {
    Deployment::parse(LOCALNET).unwrap()
}

fn strikes(place: usize) -> Vec<u64> {
    deployment().underlyings[place].listing.unwrap().strikes_e9().collect()
}

fn registry(deployment: &Deployment) -> Registry {
    let place_of = |symbol: &str| {
        let place = deployment.underlyings.iter().position(|file| file.symbol == symbol);
        u8::try_from(place.unwrap()).unwrap()
    };
    let mut registry = Registry {
        count: 4,
        ..Registry::zeroed()
    };
    registry.collaterals[0] = CollateralEntry {
        underlying_index: NO_UNDERLYING,
        scenario_index: NO_UNDERLYING,
        decimals: DECIMALS[0],
        ..CollateralEntry::zeroed()
    };
    for (index, file) in (1..).zip(&deployment.collaterals) {
        registry.collaterals[index] = CollateralEntry {
            underlying_index: place_of(&file.priced_by),
            scenario_index: place_of(file.shocked_by()),
            decimals: DECIMALS[index],
            haircut_e9: file.args(0, 0).haircut_e9,
            ..CollateralEntry::zeroed()
        };
    }
    registry
}

fn market(hours_to_expiry: i64) -> Market {
    let deployment = deployment();
    let house = deployment.house.args(&deployment.authorities).unwrap();
    let house = ClearingHouse {
        quote_decimals: 6,
        risk: house.risk,
        ..ClearingHouse::zeroed()
    };
    let mut market = Market::new();
    market.insert(address::house(), ProgramAccount::House(Box::new(house)));
    let registry = ProgramAccount::Registry(Box::new(registry(&deployment)));
    market.insert(address::registry(), registry);
    for (place, file) in deployment.underlyings.iter().enumerate() {
        let args = file.args().unwrap();
        let index = u8::try_from(place).unwrap();
        let underlying = Underlying {
            index,
            lot_units_e9: args.lot_units_e9,
            feed: args.feed,
            risk: args.risk,
            market: args.market,
            range_e9: args.risk.range_floor_e9,
            ..Underlying::zeroed()
        };
        market.insert(
            underlying_address(place),
            ProgramAccount::Underlying(Box::new(underlying)),
        );
        let Some(listing) = file.listing else { continue };
        let slice = surface(place, (hours_to_expiry * HOUR).cast_unsigned());
        let chain = Chain {
            underlying: underlying_address(place),
            underlying_index: index,
            expiry: NOW + hours_to_expiry * HOUR,
            theta_e12: slice.theta_e12,
            rho_e12: slice.rho_e12,
            psi_e12: slice.psi_e12,
            forward_ratio_e9: slice.forward_ratio_e9,
            discount_e9: slice.discount_e9,
            slice_posted_at: NOW,
            ..Chain::zeroed()
        };
        let strikes = listing.strikes_e9().map(Strike::new).collect();
        let data = ChainData { chain, strikes };
        market.insert(chain_address(place), ProgramAccount::Chain(Box::new(data)));
    }
    market
}

#[test]
fn on_every_weekday_the_writer_may_sell_then_falls_ill_and_stays_solvent() {
    let path = fall().unwrap();
    let low = path.iter().min_by_key(|point| point.quotes[0].price_e9).unwrap().quotes;
    for hours_to_expiry in (3 * 24..=10 * 24).step_by(6) {
        let story = Story::begin(hours_to_expiry, &path[0].quotes);
        let first = story.health(&path[0].quotes);
        assert!(
            first.initial_health().unwrap() >= Value::ZERO,
            "{hours_to_expiry} h: the sale is refused: {first:?}"
        );
        let ill = path
            .iter()
            .position(|point| story.health(&point.quotes).is_certainly_unhealthy().unwrap());
        let low_at = path.iter().position(|point| point.quotes == low);
        assert!(
            ill.is_some_and(|ill| Some(ill) < low_at),
            "{hours_to_expiry} h: the writer stays healthy"
        );
        assert!(
            story.health(&low).equity > Value::ZERO,
            "{hours_to_expiry} h: a liquidation would be too late: {:?}",
            story.health(&low)
        );
    }
}

#[test]
fn on_every_weekday_the_writer_earns_a_correlation_credit_at_first() {
    let path = fall().unwrap();
    for hours_to_expiry in (3 * 24..=10 * 24).step_by(6) {
        let parts = Story::begin(hours_to_expiry, &path[0].quotes).parts(&path[0].quotes);
        let apart: i64 = parts
            .underlyings
            .iter()
            .map(|part| part.scenario_loss_e9 + part.initial_contingency_e9)
            .sum();
        assert!(
            parts.initial_e9 < apart,
            "{hours_to_expiry} h: asked for {}, apart {apart}",
            parts.initial_e9
        );
    }
}
