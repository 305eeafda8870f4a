//! Builders of every instruction of the clearing house.
//!
//! Each takes what the caller decides and derives the rest. Remaining accounts come as [`HealthAccounts`], which
//! [`crate::market::Market::health_accounts`] fills.

use crate::address::{self, SYSTEM_PROGRAM};
use crate::market::HealthAccounts;
use anchor_lang::{Discriminator, InstructionData, ToAccountMetas};
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use tenor_margin::governance::INSTRUCTIONS;
use tenor_margin::instructions::{
    AddCollateralArgs, AddUnderlyingArgs, InitializeArgs, LiquidateSliceArgs, OpenAccountArgs, PostSurfaceArgs,
    SetDelegateArgs, TradeArgs, TransferPositionArgs,
};
use tenor_margin::risk::ViewOf;
use tenor_margin::{accounts, instruction as data};

mod governance;

pub use governance::{
    accept_admin, apply_change, cancel_admin_proposal, cancel_change, end_genesis, pause, propose_admin, queue_change,
    tighten, unpause,
};

fn build(metas: Vec<AccountMeta>, data: Vec<u8>) -> Instruction {
    Instruction {
        program_id: tenor_margin::ID,
        accounts: metas,
        data,
    }
}

/// Health accounts as metas; the chains writable where positions move.
fn with_market(mut metas: Vec<AccountMeta>, market: &HealthAccounts, chains: Access) -> Vec<AccountMeta> {
    metas.extend(
        market
            .underlyings
            .iter()
            .map(|address| AccountMeta::new_readonly(*address, false)),
    );
    metas.extend(market.chains.iter().map(|address| match chains {
        Access::Reads => AccountMeta::new_readonly(*address, false),
        Access::Writes => AccountMeta::new(*address, false),
    }));
    metas
}

#[derive(Clone, Copy)]
enum Access {
    Reads,
    Writes,
}

/// `initialize`: creates the house.
pub fn initialize(upgrade_authority: Pubkey, quote_mint: Pubkey, args: InitializeArgs) -> Instruction {
    let metas = accounts::Initialize {
        upgrade_authority,
        program_data: address::program_data(),
        house: address::house(),
        registry: address::registry(),
        insurance: address::insurance(),
        quote_mint,
        system_program: SYSTEM_PROGRAM,
        instructions: INSTRUCTIONS,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::Initialize { args }.data())
}

/// `add_underlying`: lists an asset with a price feed. Once set-up is over, `approval` is the queued change.
pub fn add_underlying(admin: Pubkey, args: AddUnderlyingArgs, approval: Option<Pubkey>) -> Instruction {
    let metas = accounts::AddUnderlying {
        admin,
        house: address::house(),
        underlying: address::underlying(&args.symbol),
        system_program: SYSTEM_PROGRAM,
        instructions: INSTRUCTIONS,
        approval,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::AddUnderlying { args }.data())
}

/// `add_collateral`: lists a collateral, whose mint belongs to a token program. Once set-up is over, `approval` is the queued
/// change.
pub fn add_collateral(
    admin: Pubkey,
    mint: Pubkey,
    token_program: Pubkey,
    args: AddCollateralArgs,
    approval: Option<Pubkey>,
) -> Instruction {
    let metas = accounts::AddCollateral {
        admin,
        house: address::house(),
        registry: address::registry(),
        insurance: address::insurance(),
        mint,
        vault: address::vault(&mint),
        token_program,
        system_program: SYSTEM_PROGRAM,
        instructions: INSTRUCTIONS,
        approval,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::AddCollateral { args }.data())
}

/// `update_price`: stores the price of a feed account.
pub fn update_price(underlying: Pubkey, feed: Pubkey) -> Instruction {
    let metas = accounts::UpdatePrice {
        underlying,
        feed,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::UpdatePrice {}.data())
}

/// `mark_hour`: takes the hour's mark from the update that straddles the hour.
pub fn mark_hour(underlying: Pubkey, feed: Pubkey) -> Instruction {
    let metas = accounts::MarkHour {
        underlying,
        feed,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::MarkHour {}.data())
}

/// `create_chain`: lists an expiry, Unix seconds.
pub fn create_chain(payer: Pubkey, underlying: Pubkey, expiry: i64) -> Instruction {
    let metas = accounts::CreateChain {
        payer,
        house: address::house(),
        underlying,
        chain: address::chain(&underlying, expiry),
        system_program: SYSTEM_PROGRAM,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::CreateChain { expiry }.data())
}

/// `add_strikes`: lists strikes, USD x 1e9. The first prices take the slots to be replaced, the others are appended.
pub fn add_strikes(
    payer: Pubkey,
    underlying: Pubkey,
    chain: Pubkey,
    prices_e9: Vec<u64>,
    replace_slots: Vec<u16>,
) -> Instruction {
    let metas = accounts::AddStrikes {
        payer,
        house: address::house(),
        underlying,
        chain,
        system_program: SYSTEM_PROGRAM,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    let data = data::AddStrikes {
        prices_e9,
        replace_slots,
    };
    build(metas.to_account_metas(None), data.data())
}

/// `close_chain`: closes a chain that is over and returns its rent to the payer that it names, and to the others who paid for
/// strikes; see [`crate::decode::ChainData::rent_payers`].
pub fn close_chain(chain: Pubkey, rent_payer: Pubkey, others: &[Pubkey]) -> Instruction {
    let metas = accounts::CloseChain {
        chain,
        rent_payer,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    let mut metas = metas.to_account_metas(None);
    metas.extend(others.iter().map(|payer| AccountMeta::new(*payer, false)));
    build(metas, data::CloseChain {}.data())
}

/// `pay_treasury`: pays the treasury's part of swept fees to a token account of it.
pub fn pay_treasury(mint: Pubkey, token_program: Pubkey, destination: Pubkey) -> Instruction {
    let metas = accounts::PayTreasury {
        house: address::house(),
        registry: address::registry(),
        insurance: address::insurance(),
        vault: address::vault(&mint),
        destination,
        mint,
        token_program,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::PayTreasury {}.data())
}

/// `sweep`: moves what a chain has collected to the house.
pub fn sweep(chain: Pubkey) -> Instruction {
    let metas = accounts::Sweep {
        house: address::house(),
        chain,
        insurance: address::insurance(),
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::Sweep {}.data())
}

/// `post_surface`: posts a volatility slice. The neighbours are those of [`crate::market::Market::neighbours`].
pub fn post_surface(
    surface_authority: Pubkey,
    underlying: Pubkey,
    chain: Pubkey,
    neighbours: &[Pubkey],
    args: PostSurfaceArgs,
) -> Instruction {
    let metas = accounts::PostSurface {
        surface_authority,
        house: address::house(),
        underlying,
        chain,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    let mut metas = metas.to_account_metas(None);
    metas.extend(neighbours.iter().map(|chain| AccountMeta::new_readonly(*chain, false)));
    build(metas, data::PostSurface { args }.data())
}

/// `refresh_risk`: computes the risk arrays of strikes.
pub fn refresh_risk(underlying: Pubkey, chain: Pubkey, strike_slots: Vec<u16>) -> Instruction {
    let metas = accounts::RefreshRisk {
        underlying,
        chain,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::RefreshRisk { strike_slots }.data())
}

/// `open_account`: opens a margin account.
pub fn open_account(payer: Pubkey, owner: Pubkey, args: OpenAccountArgs) -> Instruction {
    let metas = accounts::OpenAccount {
        payer,
        owner,
        house: address::house(),
        account: address::margin_account(&owner, args.number),
        system_program: SYSTEM_PROGRAM,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::OpenAccount { args }.data())
}

/// `grow_account`: makes room for more positions.
pub fn grow_account(payer: Pubkey, account: Pubkey, capacity: u16) -> Instruction {
    let metas = accounts::GrowAccount {
        payer,
        house: address::house(),
        account,
        system_program: SYSTEM_PROGRAM,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::GrowAccount { capacity }.data())
}

/// `close_account`: closes an empty margin account, whose header names who paid its rent.
pub fn close_account(owner: Pubkey, account: Pubkey, rent_payer: Pubkey) -> Instruction {
    let metas = accounts::CloseAccount {
        owner,
        rent_payer,
        house: address::house(),
        registry: address::registry(),
        account,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::CloseAccount {}.data())
}

/// `set_delegate`: names who may trade for a margin account.
pub fn set_delegate(owner: Pubkey, account: Pubkey, args: SetDelegateArgs) -> Instruction {
    let metas = accounts::SetDelegate {
        owner,
        house: address::house(),
        account,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::SetDelegate { args }.data())
}

/// `accrue`: brings interest to the present, for the pool and one account.
pub fn accrue(account: Pubkey) -> Instruction {
    let metas = accounts::Accrue {
        house: address::house(),
        registry: address::registry(),
        insurance: address::insurance(),
        account,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::Accrue {}.data())
}

/// Two margin accounts of one owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnAccounts {
    /// Owner of both.
    pub owner: Pubkey,
    /// The account that gives.
    pub from: Pubkey,
    /// The account that receives.
    pub to: Pubkey,
}

/// `transfer`: moves cash or a collateral between two accounts of one owner. The market is what the giving account needs.
pub fn transfer(between: OwnAccounts, market: &HealthAccounts, collateral_index: u8, atoms: u64) -> Instruction {
    let metas = accounts::Transfer {
        owner: between.owner,
        house: address::house(),
        registry: address::registry(),
        from: between.from,
        to: between.to,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    let data = data::Transfer {
        collateral_index,
        atoms,
    };
    build(
        with_market(metas.to_account_metas(None), market, Access::Reads),
        data.data(),
    )
}

/// `transfer_position`: moves lots of one strike between two accounts of one owner. The market is what both need.
pub fn transfer_position(between: OwnAccounts, market: &HealthAccounts, args: TransferPositionArgs) -> Instruction {
    let metas = accounts::TransferPosition {
        owner: between.owner,
        house: address::house(),
        registry: address::registry(),
        from: between.from,
        to: between.to,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(
        with_market(metas.to_account_metas(None), market, Access::Writes),
        data::TransferPosition { args }.data(),
    )
}

/// Tokens between a wallet and a margin account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenMove {
    /// Owner of the wallet's token account when depositing, of the margin account when withdrawing.
    pub authority: Pubkey,
    /// The margin account.
    pub account: Pubkey,
    /// The wallet's token account.
    pub wallet: Pubkey,
    /// Mint of the collateral.
    pub mint: Pubkey,
    /// Program of the mint, as the registry lists it.
    pub token_program: Pubkey,
    /// Index of the collateral in the registry.
    pub collateral_index: u8,
    /// Amount, atoms.
    pub atoms: u64,
}

/// `deposit`: brings tokens in.
pub fn deposit(transfer: &TokenMove) -> Instruction {
    let metas = accounts::Deposit {
        depositor: transfer.authority,
        house: address::house(),
        registry: address::registry(),
        account: transfer.account,
        source: transfer.wallet,
        vault: address::vault(&transfer.mint),
        mint: transfer.mint,
        token_program: transfer.token_program,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    let data = data::Deposit {
        collateral_index: transfer.collateral_index,
        atoms: transfer.atoms,
    };
    build(metas.to_account_metas(None), data.data())
}

/// `withdraw`: takes tokens out.
pub fn withdraw(transfer: &TokenMove, market: &HealthAccounts) -> Instruction {
    let metas = accounts::Withdraw {
        owner: transfer.authority,
        house: address::house(),
        registry: address::registry(),
        account: transfer.account,
        vault: address::vault(&transfer.mint),
        destination: transfer.wallet,
        mint: transfer.mint,
        token_program: transfer.token_program,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    let data = data::Withdraw {
        collateral_index: transfer.collateral_index,
        atoms: transfer.atoms,
    };
    build(
        with_market(metas.to_account_metas(None), market, Access::Reads),
        data.data(),
    )
}

/// One side of a trade or liquidation: a margin account and who signs for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Party {
    /// The margin account.
    pub account: Pubkey,
    /// Its owner or delegate.
    pub authority: Pubkey,
}

/// `trade`: moves the legs' lots from seller to buyer and the premium back, within both sides' limits.
pub fn trade(buyer: Party, seller: Party, market: &HealthAccounts, args: TradeArgs) -> Instruction {
    let metas = accounts::Trade {
        buyer_authority: buyer.authority,
        seller_authority: seller.authority,
        house: address::house(),
        registry: address::registry(),
        buyer: buyer.account,
        seller: seller.account,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(
        with_market(metas.to_account_metas(None), market, Access::Writes),
        data::Trade { args }.data(),
    )
}

/// `begin_bracket`: defers the check of an account to the end that must follow in the same transaction.
pub fn begin_bracket(party: Party) -> Instruction {
    let metas = accounts::BeginBracket {
        authority: party.authority,
        house: address::house(),
        account: party.account,
        instructions: address::INSTRUCTIONS_SYSVAR,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::BeginBracket {}.data())
}

/// `end_bracket`: checks an account after what was done in its bracket.
pub fn end_bracket(account: Pubkey, market: &HealthAccounts) -> Instruction {
    let metas = accounts::EndBracket {
        house: address::house(),
        registry: address::registry(),
        account,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(
        with_market(metas.to_account_metas(None), market, Access::Reads),
        data::EndBracket {}.data(),
    )
}

/// `mark_settlement`: takes settlement marks from the update that straddles them.
pub fn mark_settlement(underlying: Pubkey, chain: Pubkey, feed: Pubkey) -> Instruction {
    let metas = accounts::MarkSettlement {
        underlying,
        chain,
        feed,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::MarkSettlement {}.data())
}

/// `settle_chain`: writes the settlement price.
pub fn settle_chain(chain: Pubkey) -> Instruction {
    let metas = accounts::SettleChain {
        chain,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::SettleChain {}.data())
}

/// `settle_account`: pays out an account's positions in a chain.
pub fn settle_account(underlying: Pubkey, chain: Pubkey, account: Pubkey) -> Instruction {
    let metas = accounts::SettleAccount {
        house: address::house(),
        registry: address::registry(),
        underlying,
        chain,
        account,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::SettleAccount {}.data())
}

/// `health`: returns the account's health by the rules of an action.
pub fn health(account: Pubkey, market: &HealthAccounts, view_of: ViewOf) -> Instruction {
    let metas = accounts::ShowHealth {
        house: address::house(),
        registry: address::registry(),
        account,
    };
    let data = data::Health {
        view_of: view_of.number(),
    };
    build(
        with_market(metas.to_account_metas(None), market, Access::Reads),
        data.data(),
    )
}

/// `touch_liquidation`: starts, advances or ends an auction.
pub fn touch_liquidation(account: Pubkey, market: &HealthAccounts) -> Instruction {
    let metas = accounts::TouchLiquidation {
        house: address::house(),
        registry: address::registry(),
        account,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(
        with_market(metas.to_account_metas(None), market, Access::Reads),
        data::TouchLiquidation {}.data(),
    )
}

/// `liquidate_slice`: takes over a fraction of an account.
pub fn liquidate_slice(
    account: Pubkey,
    liquidator: Party,
    market: &HealthAccounts,
    args: LiquidateSliceArgs,
) -> Instruction {
    let metas = accounts::LiquidateSlice {
        liquidator_authority: liquidator.authority,
        house: address::house(),
        registry: address::registry(),
        account,
        liquidator: liquidator.account,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(
        with_market(metas.to_account_metas(None), market, Access::Writes),
        data::LiquidateSlice { args }.data(),
    )
}

/// Name of the instruction with this data; `None` if it is none of the clearing house's.
pub fn name(instruction_data: &[u8]) -> Option<&'static str> {
    macro_rules! names {
        ($($kind:ident => $name:literal),* $(,)?) => {
            [$((data::$kind::DISCRIMINATOR, $name)),*]
        };
    }
    let known = names![
        Initialize => "initialize", EndGenesis => "end_genesis", QueueChange => "queue_change",
        ApplyChange => "apply_change", CancelChange => "cancel_change", Tighten => "tighten",
        ProposeAdmin => "propose_admin", CancelAdminProposal => "cancel_admin_proposal", AcceptAdmin => "accept_admin",
        Pause => "pause", Unpause => "unpause", AddUnderlying => "add_underlying", AddCollateral => "add_collateral",
        MarkHour => "mark_hour", CloseChain => "close_chain", Sweep => "sweep", PayTreasury => "pay_treasury",
        UpdatePrice => "update_price", CreateChain => "create_chain", AddStrikes => "add_strikes",
        PostSurface => "post_surface", RefreshRisk => "refresh_risk", OpenAccount => "open_account",
        Deposit => "deposit", Withdraw => "withdraw", Trade => "trade", BeginBracket => "begin_bracket",
        EndBracket => "end_bracket", MarkSettlement => "mark_settlement", SettleChain => "settle_chain",
        SettleAccount => "settle_account", TouchLiquidation => "touch_liquidation",
        LiquidateSlice => "liquidate_slice", Health => "health", GrowAccount => "grow_account", CloseAccount => "close_account",
        SetDelegate => "set_delegate", Accrue => "accrue", Transfer => "transfer",
        TransferPosition => "transfer_position",
    ];
    known
        .into_iter()
        .find(|(discriminator, _)| instruction_data.starts_with(discriminator))
        .map(|(_, name)| name)
}
