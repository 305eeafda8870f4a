//! A house with three underlyings as a keeper sees it: SOL and BTC with a chain each, JitoSOL as a feed. The writer is short puts
//! on SOL against SOL, JitoSOL and cash.

use super::accounts::price;
use bytemuck::Zeroable;
use solana_pubkey::Pubkey;
use std::collections::HashMap;
use tenor_keeper::strategy::{Plan, Settings, plan};
use tenor_keeper::world::{FeedState, Tracked, World};
use tenor_sdk::address;
use tenor_sdk::decode::{AccountData, ChainData, ProgramAccount};
use tenor_sdk::instruction::Party;
use tenor_sdk::margin::params::HouseRisk;
use tenor_sdk::margin::risk::MarketView;
use tenor_sdk::margin::state::{
    Chain, ChainSlot, ClearingHouse, CollateralEntry, FeedLimits, MarginAccount, NO_UNDERLYING, Position, Registry,
    RiskSettings, Strike, Underlying,
};
use tenor_sdk::margin::valuation::ChainValuation;
use tenor_sdk::math::quantity::UnixSeconds;
use tenor_sdk::pyth::PriceUpdate;

pub(crate) const SOL: usize = 0;
pub(crate) const BTC: usize = 1;
pub(crate) const JITOSOL: usize = 2;
/// Half an hour after a full one.
pub(crate) const NOW: i64 = 1_795_352_400 + 1_800;
const E9: u64 = 1_000_000_000;
const USD: [u64; 3] = [200, 100_000, 250];
const STRIKES: [u64; 2] = [180, 100_000];
const WEEK: i64 = 604_800;

pub(crate) fn writer() -> Pubkey {
    Pubkey::new_from_array([31; 32])
}

fn keeper() -> Pubkey {
    Pubkey::new_from_array([32; 32])
}

fn feed(place: usize) -> Pubkey {
    Pubkey::new_from_array([40 + u8::try_from(place).unwrap(); 32])
}

fn chain_address(place: usize) -> Pubkey {
    Pubkey::new_from_array([50 + u8::try_from(place).unwrap(); 32])
}

/// The keeper's picture of the house, and its settings.
pub(crate) struct House {
    pub(crate) world: World,
    pub(crate) settings: Settings,
}

impl House {
    pub(crate) fn new() -> Self {
        let mut world = World {
            now: UnixSeconds::new(NOW),
            slot: 100,
            ..World::default()
        };
        world
            .market
            .insert(address::house(), ProgramAccount::House(Box::new(clearing_house())));
        world
            .market
            .insert(address::registry(), ProgramAccount::Registry(Box::new(registry())));
        let mut house = Self {
            world,
            settings: Settings {
                liquidator: Party {
                    account: keeper(),
                    authority: keeper(),
                },
                feed_accounts: HashMap::from([(0, feed(SOL)), (1, feed(BTC)), (2, feed(JITOSOL))]),
                max_fraction_e18: E9 * E9,
                reserve_cash_atoms: 0,
                serves_house: true,
            },
        };
        for place in [SOL, BTC, JITOSOL] {
            let account = ProgramAccount::Underlying(Box::new(underlying(place)));
            house.world.market.insert(house.underlying(place), account);
            house.publish(place, 1.0, 0.001, NOW);
        }
        for place in [SOL, BTC] {
            house.list(place);
        }
        house.insert(writer(), writers_account());
        let mut own = MarginAccount::zeroed();
        own.cash_atoms = 1_000_000_000_000;
        house.insert(
            keeper(),
            AccountData {
                account: own,
                positions: Vec::new(),
            },
        );
        house
    }

    fn insert(&mut self, address: Pubkey, data: AccountData) {
        self.world.accounts.insert(address, Tracked { data, slot: 100 });
    }

    fn list(&mut self, place: usize) {
        let mut chain = Chain {
            underlying: self.underlying(place),
            underlying_index: place.try_into().unwrap(),
            expiry: NOW + WEEK,
            // 60% a year for a week, and a third of what butterfly arbitrage would need of a slope.
            theta_e12: 6_904_000_000,
            rho_e12: -250_000_000_000,
            psi_e12: 49_000_000_000,
            forward_ratio_e9: E9,
            discount_e9: E9,
            slice_posted_at: NOW,
            ..Chain::zeroed()
        };
        chain.sequence = 1;
        let mut strike = Strike::new(STRIKES[place] * E9);
        (strike.call_open_interest_lots, strike.put_open_interest_lots) = match place {
            SOL => (0, 40_000),
            _ => (0, 0),
        };
        let underlying = self.world.market.underlying(chain.underlying_index).unwrap();
        let valuation = ChainValuation::new(&chain, underlying, self.world.now).unwrap();
        valuation.refresh(&mut strike, self.world.now, 100).unwrap();
        let data = ChainData {
            chain,
            strikes: vec![strike],
        };
        self.world
            .market
            .insert(chain_address(place), ProgramAccount::Chain(Box::new(data)));
    }

    pub(crate) fn underlying(&self, place: usize) -> Pubkey {
        address::underlying(&address::symbol(["SOL", "BTC", "JITOSOL"][place]).unwrap())
    }

    /// The feed says a multiple of the first price, with a confidence relative to it.
    pub(crate) fn publish(&mut self, place: usize, multiple: f64, confidence: f64, at: i64) {
        let update = update(place, multiple, confidence, at - 1, at);
        self.world.feeds.insert(feed(place), FeedState { update, slot: 100 });
    }

    /// The first price once more, after an update of that time.
    pub(crate) fn publish_after(&mut self, place: usize, previous: i64, at: i64) {
        let update = update(place, 1.0, 0.001, previous, at);
        self.world.feeds.insert(feed(place), FeedState { update, slot: 100 });
    }

    pub(crate) fn edit_underlying(&mut self, place: usize, change: impl FnOnce(&mut Underlying)) {
        let mut underlying = *self.world.market.underlying(place.try_into().unwrap()).unwrap();
        change(&mut underlying);
        let account = ProgramAccount::Underlying(Box::new(underlying));
        self.world.market.insert(self.underlying(place), account);
    }

    pub(crate) fn edit_chain(&mut self, place: usize, change: impl FnOnce(&mut Chain)) {
        let mut data = self.world.market.chain_data(&chain_address(place)).unwrap().clone();
        change(&mut data.chain);
        self.world
            .market
            .insert(chain_address(place), ProgramAccount::Chain(Box::new(data)));
    }

    pub(crate) fn edit_registry(&mut self, change: impl FnOnce(&mut Registry)) {
        let mut registry = *self.world.market.registry().unwrap();
        change(&mut registry);
        self.world
            .market
            .insert(address::registry(), ProgramAccount::Registry(Box::new(registry)));
    }

    pub(crate) fn plan(&self) -> Plan {
        plan(&self.world, &self.settings)
    }
}

fn update(place: usize, multiple: f64, confidence: f64, previous: i64, at: i64) -> PriceUpdate {
    #[allow(clippy::as_conversions, clippy::float_arithmetic, reason = "a made-up price")]
    let value = |part: f64| (USD[place] as f64 * part * 1e8) as i64;
    #[allow(clippy::float_arithmetic, reason = "a made-up price")]
    let conf = value(multiple * confidence).unsigned_abs();
    PriceUpdate {
        feed_id: [u8::try_from(place).unwrap() + 1; 32],
        conf,
        publish_time_secs: at,
        prev_publish_time_secs: previous,
        ..price(value(multiple))
    }
}

fn clearing_house() -> ClearingHouse {
    ClearingHouse {
        quote_decimals: 6,
        underlying_count: 3,
        risk: HouseRisk {
            correlation_credit_e9: 250_000_000,
            maintenance_factor_e9: 800_000_000,
            liquidation_target_e9: 1_150_000_000,
            full_close_below_e9: 100 * 1_000_000_000,
            auction_memory_seconds: 1_800,
        },
        ..ClearingHouse::zeroed()
    }
}

fn registry() -> Registry {
    let entry = |underlying_index, scenario_index, decimals, haircut_e9| CollateralEntry {
        underlying_index,
        scenario_index,
        decimals,
        haircut_e9,
        ..CollateralEntry::zeroed()
    };
    let mut registry = Registry {
        count: 3,
        ..Registry::zeroed()
    };
    registry.collaterals[0] = entry(NO_UNDERLYING, NO_UNDERLYING, 6, 0);
    registry.collaterals[1] = entry(0, 0, 9, 100_000_000);
    registry.collaterals[2] = entry(2, 0, 9, 100_000_000);
    registry.interest.accrued_at = NOW;
    registry
}

fn underlying(place: usize) -> Underlying {
    let price_e9 = USD[place] * E9;
    Underlying {
        index: place.try_into().unwrap(),
        symbol: address::symbol(["SOL", "BTC", "JITOSOL"][place]).unwrap(),
        feed_id: [u8::try_from(place).unwrap() + 1; 32],
        feed_exponent: -8,
        lot_units_e9: if place == BTC { 100_000 } else { 10_000_000 },
        feed: FeedLimits {
            max_confidence_e9: 20_000_000,
            max_stored_confidence_e9: 100_000_000,
            max_age_seconds: 30,
            unusable_age_seconds: 3_600,
            max_liquidation_age_seconds: 10,
            max_risk_age_seconds: 600,
            max_drift_e9: 5_000_000,
            max_surface_age_seconds: 86_400,
        },
        risk: RiskSettings {
            range_floor_e9: 180_000_000,
            range_cap_e9: 400_000_000,
            range_deviations_e9: 3_500_000_000,
            range_horizon_hours: 24,
            variance_decay_e9: 970_000_000,
            volatility_up_e9: 450_000_000,
            volatility_down_e9: 300_000_000,
            volatility_floor_e9: 450_000_000,
            short_power_e9: 300_000_000,
            long_power_e9: 130_000_000,
            initial_short_e9: 5_000_000,
            maintenance_short_e9: 3_000_000,
            roll_e9: 1_000_000,
            free_share_e9: 250_000_000,
            free_lots: 1_000_000,
            unpaired_short_e9: 150_000_000,
            ..RiskSettings::zeroed()
        },
        price_e9,
        confidence_e9: price_e9 / 1_000,
        published_at: NOW,
        ema_e9: price_e9,
        variance_hour: NOW / 3_600,
        variance_price_e9: price_e9,
        range_e9: 180_000_000,
        previous_range_e9: 180_000_000,
        ..Underlying::zeroed()
    }
}

/// 40,000 puts at 180 against 60 SOL, 20 JitoSOL and 10,000 USDC.
fn writers_account() -> AccountData {
    let mut account = MarginAccount::zeroed();
    account.sequence = 1;
    account.cash_atoms = 10_000_000_000;
    account.balances_atoms[1] = 60_000_000_000;
    account.balances_atoms[2] = 20_000_000_000;
    account.chains[0] = ChainSlot {
        chain: chain_address(SOL),
        positions: 1,
        ..ChainSlot::zeroed()
    };
    let position = Position {
        put_lots: -40_000,
        ..Position::default()
    };
    AccountData {
        account,
        positions: vec![position],
    }
}
