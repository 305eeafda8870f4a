//! Who takes part in the story: a writer who sells more than it can keep, a buyer, and the account that takes slices.

use crate::keys::Role;
use crate::market::{Listed, QUOTE_INDEX, SOL_INDEX};
use crate::tokens::{self, WRAPPED_SOL};
use crate::validator::Validator;
use anyhow::{Context, Result};
use solana_pubkey::Pubkey;
use tenor_sdk::address::{self, TOKEN_PROGRAM};
use tenor_sdk::instruction::{self, Party, TokenMove};
use tenor_sdk::margin::instructions::{Leg, OpenAccountArgs, TradeArgs};
use tenor_sdk::margin::risk::MarketView;
use tenor_sdk::market::{HealthAccounts, Market};
use tenor_sdk::math::pricing::OptionKind;

/// Number of every actor's margin account.
pub const ACCOUNT_NUMBER: u16 = 0;
const CAPACITY: u16 = 16;
const WHOLE_USDC: u64 = 1_000_000;
const WHOLE_SOL: u64 = 1_000_000_000;

/// What an actor brings.
#[derive(Clone, Copy, Debug)]
pub struct Means {
    /// Who.
    pub role: Role,
    /// Whole USDC.
    pub usdc: u64,
    /// Whole SOL.
    pub sol: u64,
}

/// The actors, with the writer first.
pub const CAST: [Means; 3] = [
    Means {
        role: Role::Writer,
        usdc: 5_000,
        sol: 150,
    },
    Means {
        role: Role::Buyer,
        usdc: 150_000,
        sol: 0,
    },
    Means {
        role: Role::Liquidator,
        usdc: 1_000_000,
        sol: 0,
    },
];

/// An option that the writer sells to the buyer at mark.
#[derive(Clone, Copy, Debug)]
pub struct Sale {
    /// Call or put.
    pub kind: OptionKind,
    /// Strike in whole USD.
    pub strike_usd: u64,
    /// Lots of 0.01 SOL.
    pub lots: i64,
}

/// The writer's book: puts below spot, and a strangle around it.
pub const SALES: [Sale; 3] = [
    Sale {
        kind: OptionKind::Put,
        strike_usd: 200,
        lots: 60_000,
    },
    Sale {
        kind: OptionKind::Put,
        strike_usd: 180,
        lots: 25_000,
    },
    Sale {
        kind: OptionKind::Call,
        strike_usd: 260,
        lots: 15_000,
    },
];

/// Margin account of a role.
pub fn account(role: Role) -> Pubkey {
    address::margin_account(&role.address(), ACCOUNT_NUMBER)
}

const fn party(role: Role, account: Pubkey, authority: Pubkey) -> (Role, Party) {
    (role, Party { account, authority })
}

/// Opens an actor's account and brings its means in.
///
/// # Errors
/// If a transaction fails.
pub async fn enter(validator: &Validator, listed: &Listed, means: &Means) -> Result<()> {
    let authority = means.role.address();
    let account = account(means.role);
    let args = OpenAccountArgs {
        number: ACCOUNT_NUMBER,
        capacity: CAPACITY,
        size_class: 0,
    };
    let mut instructions = vec![instruction::open_account(authority, authority, args)];
    let deposits = [
        (listed.quote_mint, QUOTE_INDEX, means.usdc * WHOLE_USDC),
        (WRAPPED_SOL, SOL_INDEX, means.sol * WHOLE_SOL),
    ];
    for (mint, collateral_index, atoms) in deposits.into_iter().filter(|(_, _, atoms)| *atoms > 0) {
        let wallet = tokens::create_wallet(validator, &authority, &mint, atoms).await?;
        instructions.push(instruction::deposit(&TokenMove {
            authority,
            account,
            wallet,
            mint,
            token_program: TOKEN_PROGRAM,
            collateral_index,
            atoms,
        }));
    }
    validator.send(&instructions, &[means.role]).await?;
    Ok(())
}

/// The writer sells its book to the buyer at mark, in one transaction.
///
/// # Errors
/// If the trade fails.
pub async fn trade(validator: &Validator, listed: &Listed) -> Result<()> {
    let market = validator.client().snapshot().await?.market;
    let legs = SALES
        .iter()
        .map(|sale| leg(sale, listed, &market))
        .collect::<Result<Vec<_>>>()?;
    let accounts = HealthAccounts {
        underlyings: vec![listed.underlying],
        chains: vec![listed.chain],
    };
    let args = TradeArgs {
        legs,
        taker: 0,
        buyer_max_payment_atoms: i64::MAX,
        seller_min_receipt_atoms: i64::MIN,
        deadline: i64::MAX,
    };
    let parties = [Role::Buyer, Role::Writer].map(|role| party(role, account(role), role.address()));
    let [(buyer_role, buyer), (seller_role, seller)] = parties;
    validator
        .send(
            &[instruction::trade(buyer, seller, &accounts, args)],
            &[buyer_role, seller_role],
        )
        .await?;
    Ok(())
}

fn leg(sale: &Sale, listed: &Listed, market: &Market) -> Result<Leg> {
    let strike_slot = listed.slot_of(sale.strike_usd).context("the strike is not listed")?;
    let price_e9 = mark_e9(market, listed, strike_slot, sale.kind).context("the strike has no mark")?;
    Ok(Leg {
        chain: 0,
        kind: u8::from(sale.kind == OptionKind::Put),
        strike_slot,
        strike_e9: sale.strike_usd.saturating_mul(1_000_000_000),
        lots: sale.lots,
        price_e9,
    })
}

/// Mark of an option per whole underlying, USD x 1e9.
fn mark_e9(market: &Market, listed: &Listed, strike_slot: u16, kind: OptionKind) -> Option<u64> {
    let chain = market.chain(&listed.chain)?;
    let underlying = market.underlying(chain.chain.underlying_index)?;
    let marks = chain
        .strikes
        .get(usize::from(strike_slot))?
        .view()
        .marks(underlying.price())
        .ok()?;
    let per_lot = match kind {
        OptionKind::Call => marks.call,
        OptionKind::Put => marks.put,
    };
    let lots_per_unit = 1_000_000_000_u64.checked_div(underlying.lot_units_e9)?;
    u64::try_from(per_lot.e9()).ok()?.checked_mul(lots_per_unit)
}
