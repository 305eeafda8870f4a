//! From the bytes of accounts to what the formulas take: parameters, prices, slices and lots, but nothing that the program
//! computed from them.

use super::model::{
    Charges, Collateral, Expiry, Holding, Holdings, House, Kind, Market, Slice, Strike, Underlying, VolatilityMoves,
};
use solana_pubkey::Pubkey;
use tenor_sdk::decode::ChainData;
use tenor_sdk::margin::state;
use tenor_testkit::{Actor, Picture};

const E9: f64 = 1e9;
const E12: f64 = 1e12;

/// The market, and the chains in the order of its expiries.
///
/// # Panics
/// If there is no house, or the strikes of a chain were not refreshed together.
pub fn market(picture: &Picture) -> (Market, Vec<Pubkey>) {
    let (house, registry) = (picture.market.house(), picture.market.registry());
    let (house, registry) = (house.expect("a house"), registry.expect("a registry"));
    let mut underlyings: Vec<&state::Underlying> =
        picture.market.underlyings().map(|(_, underlying)| underlying).collect();
    underlyings.sort_by_key(|underlying| underlying.index);
    let mut chains: Vec<(&Pubkey, &ChainData)> = picture.market.chains().collect();
    chains.sort_by_key(|(_, data)| (data.chain.underlying_index, data.chain.expiry));
    let market = Market {
        house: House {
            correlation_credit: house.risk.correlation_credit_e9 as f64 / E9,
            maintenance_factor: house.risk.maintenance_factor_e9 as f64 / E9,
        },
        underlyings: underlyings.into_iter().map(underlying).collect(),
        // The first collateral is cash.
        collaterals: registry.listed().iter().skip(1).map(collateral).collect(),
        expiries: chains.iter().map(|(_, data)| expiry(data)).collect(),
    };
    (market, chains.into_iter().map(|(address, _)| *address).collect())
}

fn underlying(of: &state::Underlying) -> Underlying {
    let e9 = |value: u64| value as f64 / E9;
    Underlying {
        spot: e9(of.price_e9),
        confidence: e9(of.confidence_e9),
        average: e9(of.ema_e9),
        range: e9(of.range_e9),
        lot: e9(of.lot_units_e9),
        volatility: VolatilityMoves {
            up: e9(of.risk.volatility_up_e9),
            down: e9(of.risk.volatility_down_e9),
            floor: e9(of.risk.volatility_floor_e9),
            short_power: e9(of.risk.short_power_e9),
            long_power: e9(of.risk.long_power_e9),
        },
        charges: Charges {
            initial_short: e9(of.risk.initial_short_e9),
            maintenance_short: e9(of.risk.maintenance_short_e9),
            roll: e9(of.risk.roll_e9),
        },
    }
}

fn collateral(of: &state::CollateralEntry) -> Collateral {
    Collateral {
        haircut: of.haircut_e9 as f64 / E9,
        priced_by: usize::from(of.underlying_index),
        moves_with: usize::from(of.underlying_index),
    }
}

fn expiry(data: &ChainData) -> Expiry {
    let ChainData { chain, strikes } = data;
    let refreshed_at = strikes[0].reference_at;
    assert!(strikes.iter().all(|strike| strike.reference_at == refreshed_at));
    let seconds = |since: i64| (chain.expiry - since).max(0) as f64;
    Expiry {
        underlying: usize::from(chain.underlying_index),
        seconds_left: seconds(refreshed_at),
        slice_seconds: seconds(chain.slice_posted_at),
        slice: Slice {
            theta: chain.theta_e12 as f64 / E12,
            rho: chain.rho_e12 as f64 / E12,
            psi: chain.psi_e12 as f64 / E12,
        },
        forward_ratio: chain.forward_ratio_e9 as f64 / E9,
        discount: chain.discount_e9 as f64 / E9,
        strikes: strikes
            .iter()
            .map(|strike| Strike {
                price: strike.price_e9 as f64 / E9,
                open_interest: (strike.call_open_interest_lots + strike.put_open_interest_lots) as f64,
            })
            .collect(),
    }
}

/// What an actor's margin account holds.
///
/// # Panics
/// If it has positions in a chain that is not among `chains`.
pub fn holdings(picture: &Picture, actor: &Actor, chains: &[Pubkey]) -> Holdings {
    let data = picture.account(actor);
    let registry = picture.market.registry().expect("a registry");
    let units = |atoms: u64, decimals: u8| atoms as f64 / 10_f64.powi(i32::from(decimals));
    let others = registry.listed().iter().zip(data.account.balances_atoms).skip(1);
    let mut holdings = Holdings {
        cash: data.account.cash_atoms as f64 / 1e6,
        collaterals: (0..)
            .zip(others)
            .filter(|(_, (_, atoms))| *atoms > 0)
            .map(|(place, (entry, atoms))| (place, units(atoms, entry.decimals)))
            .collect(),
        options: Vec::new(),
    };
    for position in &data.positions {
        let chain = data.account.chains[usize::from(position.chain_slot)].chain;
        let expiry = chains
            .iter()
            .position(|address| *address == chain)
            .expect("a known chain");
        for (kind, lots) in [(Kind::Call, position.call_lots), (Kind::Put, position.put_lots)] {
            if lots != 0 {
                holdings.options.push(Holding {
                    expiry,
                    strike: usize::from(position.strike_slot),
                    kind,
                    lots: lots as f64,
                });
            }
        }
    }
    holdings
}
