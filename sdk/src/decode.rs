//! From account bytes to typed accounts.

use crate::SdkError;
use anchor_lang::Discriminator;
use bytemuck::Pod;
use solana_pubkey::Pubkey;
use tenor_margin::state::{
    Chain, ClearingHouse, DISCRIMINATOR_LEN, InsuranceFund, LAYOUT_VERSION, MarginAccount, Position, QueuedChange,
    Registry, Strike, Underlying,
};

/// A chain with its strikes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainData {
    /// Header.
    pub chain: Chain,
    /// Strikes in the order of their slots.
    pub strikes: Vec<Strike>,
}

impl ChainData {
    /// Who has to be passed, besides the chain's own payer, to remove its last strikes: at most so many, each once, in the
    /// order in which strikes go.
    pub fn rent_payers(&self, most: usize) -> Vec<Pubkey> {
        let mut payers: Vec<Pubkey> = Vec::new();
        for payer in self.strikes.iter().rev().map(|strike| strike.rent_payer) {
            if payer == self.chain.rent_payer || payers.contains(&payer) {
                continue;
            }
            if payers.len() >= most {
                break;
            }
            payers.push(payer);
        }
        payers
    }
}

/// A margin account with its positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountData {
    /// Header.
    pub account: MarginAccount,
    /// Positions.
    pub positions: Vec<Position>,
}

/// Any account of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgramAccount {
    /// The clearing house.
    House(Box<ClearingHouse>),
    /// The registry of collaterals.
    Registry(Box<Registry>),
    /// The insurance fund.
    Insurance(Box<InsuranceFund>),
    /// An underlying.
    Underlying(Box<Underlying>),
    /// A queued change.
    Change(Box<QueuedChange>),
    /// A chain.
    Chain(Box<ChainData>),
    /// A margin account.
    Account(Box<AccountData>),
}

/// The version byte that every layout starts with.
trait Versioned: Pod + Discriminator {
    const NAME: &'static str;
    fn version(&self) -> u8;
}

macro_rules! versioned {
    ($($kind:ty => $name:literal),* $(,)?) => {
        $(impl Versioned for $kind {
            const NAME: &'static str = $name;
            fn version(&self) -> u8 { self.version }
        })*
    };
}

versioned! {
    ClearingHouse => "clearing house",
    Registry => "registry",
    InsuranceFund => "insurance fund",
    Underlying => "underlying",
    QueuedChange => "queued change",
    Chain => "chain",
    MarginAccount => "margin account",
}

fn header<T: Versioned>(data: &[u8]) -> Result<T, SdkError> {
    let expected = T::NAME;
    let end = DISCRIMINATOR_LEN.saturating_add(size_of::<T>());
    let bytes = data
        .strip_prefix(T::DISCRIMINATOR)
        .and(data.get(DISCRIMINATOR_LEN..end))
        .ok_or(SdkError::NotA { expected })?;
    let value: T = bytemuck::pod_read_unaligned(bytes);
    match value.version() {
        LAYOUT_VERSION => Ok(value),
        found => Err(SdkError::UnknownVersion { expected, found }),
    }
}

/// Items after a header: a count (u32), padding to the alignment of eight, then the items.
fn tail<T: Versioned, I: Pod>(data: &[u8]) -> Result<Vec<I>, SdkError> {
    let expected = T::NAME;
    let error = || SdkError::NotA { expected };
    let count_at = DISCRIMINATOR_LEN.saturating_add(size_of::<T>());
    let items_at = count_at.saturating_add(4).next_multiple_of(align_of::<I>());
    let count = data.get(count_at..count_at.saturating_add(4)).ok_or_else(error)?;
    let count = usize::try_from(bytemuck::pod_read_unaligned::<u32>(count)).map_err(|_| error())?;
    let length = count.checked_mul(size_of::<I>()).ok_or_else(error)?;
    let bytes = data.get(items_at..items_at.saturating_add(length)).ok_or_else(error)?;
    Ok(bytes
        .chunks_exact(size_of::<I>())
        .map(bytemuck::pod_read_unaligned)
        .collect())
}

/// Decodes the clearing house.
///
/// # Errors
/// [`SdkError::NotA`], [`SdkError::UnknownVersion`]; so for all functions here.
pub fn house(data: &[u8]) -> Result<ClearingHouse, SdkError> {
    header(data)
}

/// Decodes the registry.
///
/// # Errors
/// As [`house`].
pub fn registry(data: &[u8]) -> Result<Registry, SdkError> {
    header(data)
}

/// Decodes the insurance fund.
///
/// # Errors
/// As [`house`].
pub fn insurance(data: &[u8]) -> Result<InsuranceFund, SdkError> {
    header(data)
}

/// Decodes an underlying.
///
/// # Errors
/// As [`house`].
pub fn underlying(data: &[u8]) -> Result<Underlying, SdkError> {
    header(data)
}

/// Decodes a queued change.
///
/// # Errors
/// As [`house`].
pub fn queued_change(data: &[u8]) -> Result<QueuedChange, SdkError> {
    header(data)
}

/// Decodes a chain with its strikes.
///
/// # Errors
/// As [`house`].
pub fn chain(data: &[u8]) -> Result<ChainData, SdkError> {
    Ok(ChainData {
        chain: header(data)?,
        strikes: tail::<Chain, Strike>(data)?,
    })
}

/// Decodes a margin account with its positions.
///
/// # Errors
/// As [`house`].
pub fn margin_account(data: &[u8]) -> Result<AccountData, SdkError> {
    Ok(AccountData {
        account: header(data)?,
        positions: tail::<MarginAccount, Position>(data)?,
    })
}

/// Decodes whatever account of the program the bytes are.
///
/// # Errors
/// [`SdkError::NotA`] for a discriminator that this SDK does not know; otherwise as [`house`].
pub fn any(data: &[u8]) -> Result<ProgramAccount, SdkError> {
    let is = |discriminator: &[u8]| data.starts_with(discriminator);
    if is(ClearingHouse::DISCRIMINATOR) {
        house(data).map(|value| ProgramAccount::House(Box::new(value)))
    } else if is(Registry::DISCRIMINATOR) {
        registry(data).map(|value| ProgramAccount::Registry(Box::new(value)))
    } else if is(InsuranceFund::DISCRIMINATOR) {
        insurance(data).map(|value| ProgramAccount::Insurance(Box::new(value)))
    } else if is(Underlying::DISCRIMINATOR) {
        underlying(data).map(|value| ProgramAccount::Underlying(Box::new(value)))
    } else if is(QueuedChange::DISCRIMINATOR) {
        queued_change(data).map(|value| ProgramAccount::Change(Box::new(value)))
    } else if is(Chain::DISCRIMINATOR) {
        chain(data).map(|value| ProgramAccount::Chain(Box::new(value)))
    } else if is(MarginAccount::DISCRIMINATOR) {
        margin_account(data).map(|value| ProgramAccount::Account(Box::new(value)))
    } else {
        Err(SdkError::NotA {
            expected: "account of the program",
        })
    }
}
