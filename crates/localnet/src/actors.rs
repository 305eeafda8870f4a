//! Who takes part in the story: a writer who sells more than it can keep, a buyer, a borrower, and the account that takes
//! slices.

use crate::keys::Role;
use crate::market::{JITOSOL_INDEX, Listed, QUOTE_INDEX, SOL_INDEX, WBTC_INDEX};
use crate::price_path::{BTC, SOL};
use crate::tokens;
use crate::validator::Validator;
use anyhow::{Context, Result};
use solana_instruction::Instruction;
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
/// What the borrower takes out, whole USDC.
pub const LOAN_USDC: u64 = 80_000;

/// What an actor brings.
#[derive(Clone, Copy, Debug)]
pub struct Means {
    /// Who.
    pub role: Role,
    /// Index of a collateral in the registry, and how many whole ones.
    pub deposits: &'static [(u8, u64)],
}

/// The actors, with the writer first.
pub const CAST: [Means; 4] = [
    Means {
        role: Role::Writer,
        deposits: &[(QUOTE_INDEX, 6_000), (SOL_INDEX, 125), (JITOSOL_INDEX, 40)],
    },
    Means {
        role: Role::Buyer,
        deposits: &[(QUOTE_INDEX, 150_000), (WBTC_INDEX, 1)],
    },
    Means {
        role: Role::Liquidator,
        deposits: &[(QUOTE_INDEX, 400_000)],
    },
    Means {
        role: Role::Borrower,
        deposits: &[(SOL_INDEX, 800)],
    },
];

/// An option that the writer sells to the buyer at mark.
#[derive(Clone, Copy, Debug)]
pub struct Sale {
    /// Place of the underlying in the deployment file.
    pub place: usize,
    /// Call or put.
    pub kind: OptionKind,
    /// Strike in whole USD.
    pub strike_usd: u64,
    /// Lots: of 0.01 SOL or of 0.0001 BTC.
    pub lots: i64,
}

const fn sale(place: usize, kind: OptionKind, strike_usd: u64, lots: i64) -> Sale {
    Sale {
        place,
        kind,
        strike_usd,
        lots,
    }
}

/// The writer's book. In SOL it is short puts, in BTC mostly calls: before the fall one loses where the other gains.
pub const SALES: [Sale; 5] = [
    sale(SOL, OptionKind::Put, 200, 48_000),
    sale(SOL, OptionKind::Put, 180, 23_000),
    sale(SOL, OptionKind::Call, 260, 10_000),
    sale(BTC, OptionKind::Call, 125_000, 6_000),
    sale(BTC, OptionKind::Put, 110_000, 3_000),
];

/// Margin account of a role.
pub fn account(role: Role) -> Pubkey {
    address::margin_account(&role.address(), ACCOUNT_NUMBER)
}

const fn party(role: Role, account: Pubkey, authority: Pubkey) -> (Role, Party) {
    (role, Party { account, authority })
}

fn whole(listed: &Listed, index: u8, units: u64) -> u64 {
    let decimals = listed.token(index).map_or(0, |token| token.decimals);
    units * 10_u64.pow(decimals.into())
}

fn token_move(listed: &Listed, role: Role, index: u8, wallet: Pubkey, atoms: u64) -> Result<TokenMove> {
    Ok(TokenMove {
        authority: role.address(),
        account: account(role),
        wallet,
        mint: listed.token(index).context("the token is not listed")?.mint,
        token_program: TOKEN_PROGRAM,
        collateral_index: index,
        atoms,
    })
}

/// Opens an actor's account and brings its means in.
///
/// # Errors
/// If a transaction fails.
pub async fn enter(validator: &Validator, listed: &Listed, means: &Means) -> Result<()> {
    let authority = means.role.address();
    let args = OpenAccountArgs {
        number: ACCOUNT_NUMBER,
        capacity: CAPACITY,
        size_class: 0,
    };
    let mut instructions = vec![instruction::open_account(authority, authority, args)];
    for (index, units) in means.deposits {
        let atoms = whole(listed, *index, *units);
        let mint = listed.token(*index).context("the token is not listed")?.mint;
        let wallet = tokens::create_wallet(validator, &authority, &mint, atoms).await?;
        let deposit = token_move(listed, means.role, *index, wallet, atoms)?;
        instructions.push(instruction::deposit(&deposit));
    }
    validator.send(&instructions, &[means.role]).await?;
    Ok(())
}

/// The borrower takes USDC out against its SOL: its cash goes below zero.
///
/// # Errors
/// If the withdrawal fails.
pub async fn borrow(validator: &Validator, listed: &Listed) -> Result<()> {
    let role = Role::Borrower;
    let quote = listed.token(QUOTE_INDEX).context("the quote is not listed")?;
    let wallet = tokens::create_wallet(validator, &role.address(), &quote.mint, 0).await?;
    let atoms = whole(listed, QUOTE_INDEX, LOAN_USDC);
    let loan = token_move(listed, role, QUOTE_INDEX, wallet, atoms)?;
    let sol = listed.assets.get(SOL).context("SOL is not listed")?.underlying;
    let market = HealthAccounts {
        underlyings: vec![sol],
        chains: Vec::new(),
    };
    validator
        .send(&[instruction::withdraw(&loan, &market)], &[role])
        .await?;
    Ok(())
}

/// Brings interest to the present for those who owe and those who lend.
pub fn accruals() -> Vec<Instruction> {
    CAST.iter()
        .map(|means| means.role)
        .filter(|role| *role != Role::Writer)
        .map(|role| instruction::accrue(account(role)))
        .collect()
}

/// The writer sells its book to the buyer at mark, in one transaction.
///
/// # Errors
/// If the trade fails.
pub async fn trade(validator: &Validator, listed: &Listed) -> Result<()> {
    let market = validator.client().snapshot().await?.market;
    let accounts = HealthAccounts {
        underlyings: listed.assets.iter().map(|asset| asset.underlying).collect(),
        chains: listed.chains().map(|(_, chain)| chain.address).collect(),
    };
    let legs = SALES
        .iter()
        .map(|sale| leg(sale, listed, &market, &accounts))
        .collect::<Result<Vec<_>>>()?;
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

fn leg(sale: &Sale, listed: &Listed, market: &Market, accounts: &HealthAccounts) -> Result<Leg> {
    let chain = listed.chain(sale.place).context("the underlying has no chain")?;
    let strike_slot = chain.slot_of(sale.strike_usd).context("the strike is not listed")?;
    let price_e9 = mark_e9(market, &chain.address, strike_slot, sale.kind).context("the strike has no mark")?;
    let place = accounts.chains.iter().position(|address| *address == chain.address);
    Ok(Leg {
        chain: place.context("the chain is not passed")?.try_into()?,
        kind: u8::from(sale.kind == OptionKind::Put),
        strike_slot,
        strike_e9: sale.strike_usd.saturating_mul(1_000_000_000),
        lots: sale.lots,
        price_e9,
    })
}

/// Mark of an option per whole underlying, USD x 1e9.
fn mark_e9(market: &Market, chain: &Pubkey, strike_slot: u16, kind: OptionKind) -> Option<u64> {
    let chain = market.chain(chain)?;
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
