//! Mints and token accounts, read by their bytes: which mints the house lists, and transfers.
//!
//! The vault must hold what the registry says at any time, and exits must stay open. So a mint is listed only if nothing but
//! a transfer that its owner signs can move, shrink, lock or tax a token account: of the extensions of Token-2022 only those
//! that carry names and groups are allowed, and whatever is not known here is not. A freeze authority (which the quote's
//! issuer has) is accepted only where the admin names it, and the entry says so.

use crate::error::MarginError;
use anchor_lang::prelude::*;
use anchor_spl::token;

/// Length of a token account without extensions. No allowed extension of a mint asks for one.
pub const TOKEN_ACCOUNT_LEN: usize = 165;
/// Length of a mint without extensions.
const MINT_LEN: usize = 82;
/// Where a mint says how many decimals it has, and then that it is initialized.
const DECIMALS_AT: usize = 44;
const MINT_INITIALIZED_AT: usize = 45;
/// Where an account with extensions says what it is: one for a mint, two for a token account.
const KIND_AT: usize = 165;
/// Where a token account has its mint, owner and amount.
const MINT_OF: core::ops::Range<usize> = 0..32;
const OWNER_OF: core::ops::Range<usize> = 32..64;
const AMOUNT_OF: core::ops::Range<usize> = 64..72;
/// Where a mint's freeze authority is: a tag of four bytes, one if there is one.
const FREEZE_TAG: core::ops::Range<usize> = 46..50;
/// Where the first extension is: after the length of a token account and the byte that says what the account is.
const EXTENSIONS_AT: usize = 166;

/// What an extension is, by its number.
enum Extension {
    /// Ends the list.
    None,
    Allowed,
    Refused(MarginError),
}

const fn extension(number: u16) -> Extension {
    match number {
        0 => Extension::None,
        // Pointers to metadata, group and member, and the three themselves: names, of no effect on any balance.
        18..=23 => Extension::Allowed,
        // The transfer fee, and its confidential part.
        1 | 16 => Extension::Refused(MarginError::MintTransferFee),
        14 => Extension::Refused(MarginError::MintTransferHook),
        12 => Extension::Refused(MarginError::MintPermanentDelegate),
        // New accounts may be frozen from the start.
        6 => Extension::Refused(MarginError::MintFreezable),
        26 => Extension::Refused(MarginError::MintPausable),
        // A mint that can be closed can come back with other extensions; balances that are hidden, not transferable or shown
        // at another scale cannot be booked; and what is not known cannot be judged.
        _ => Extension::Refused(MarginError::MintExtension),
    }
}

/// Decimals of an initialized mint that this token program owns.
///
/// # Errors
/// [`MarginError::NotAMint`].
pub fn decimals(mint: &AccountView, token_program: &Address) -> core::result::Result<u8, MarginError> {
    let data = mint.try_borrow().map_err(|_| MarginError::NotAMint)?;
    let is_mint = data.len() == MINT_LEN || data.get(KIND_AT) == Some(&1);
    if !mint.owned_by(token_program) || !is_mint || data.get(MINT_INITIALIZED_AT) != Some(&1) {
        return Err(MarginError::NotAMint);
    }
    data.get(DECIMALS_AT).copied().ok_or(MarginError::NotAMint)
}

/// A token account that a token program owns. Whether it is initialized and not frozen is for that program to say when
/// tokens move.
#[derive(Clone, Copy)]
pub struct Holding {
    /// Mint of its tokens.
    pub mint: Address,
    /// Who may move them.
    pub owner: Address,
}

/// Reads a token account.
///
/// # Errors
/// [`MarginError::NotATokenAccount`].
pub fn holding(view: &AccountView, token_program: &Address) -> core::result::Result<Holding, MarginError> {
    let data = view.try_borrow().map_err(|_| MarginError::NotATokenAccount)?;
    let is_account = data.len() == TOKEN_ACCOUNT_LEN || data.get(KIND_AT) == Some(&2);
    let address = |range| {
        let bytes: Option<[u8; 32]> = data.get(range).and_then(|bytes: &[u8]| bytes.try_into().ok());
        bytes.map(Address::new_from_array)
    };
    match (address(MINT_OF), address(OWNER_OF)) {
        (Some(mint), Some(owner)) if is_account && view.owned_by(token_program) => Ok(Holding { mint, owner }),
        _ => Err(MarginError::NotATokenAccount),
    }
}

/// What a token account holds now.
///
/// # Errors
/// [`MarginError::NotATokenAccount`].
pub fn amount(view: &AccountView) -> core::result::Result<u64, MarginError> {
    let data = view.try_borrow().map_err(|_| MarginError::NotATokenAccount)?;
    let bytes = data.get(AMOUNT_OF).and_then(|bytes| bytes.try_into().ok());
    bytes.map(u64::from_le_bytes).ok_or(MarginError::NotATokenAccount)
}

/// The token programs' `TransferChecked`: number, amount, decimals.
///
/// # Errors
/// Those of the token program.
pub fn transfer_checked<'a>(
    context: &CpiContext<'a, token::TransferChecked<'a>>,
    atoms: u64,
    decimals: u8,
) -> Result<()> {
    let mut data = [0; 10];
    let [number, amount @ .., last] = &mut data;
    (*number, *last) = (12, decimals);
    amount.copy_from_slice(&atoms.to_le_bytes());
    context.invoke(&data)
}

/// The token programs' `InitializeAccount3`: number, owner.
///
/// # Errors
/// Those of the token program.
pub fn initialize_account<'a>(context: &CpiContext<'a, token::InitializeAccount3<'a>>, owner: &Address) -> Result<()> {
    let mut data = [0; 33];
    let [number, rest @ ..] = &mut data;
    *number = 18;
    rest.copy_from_slice(owner.as_ref());
    context.invoke(&data)
}

/// Checks the bytes of a mint that a token program owns.
///
/// # Errors
/// [`MarginError::MintFreezable`] and one error for each class of extensions; [`MarginError::MintExtension`] also where the
/// list of extensions cannot be read.
pub fn check_mint(data: &[u8], accepts_freeze_authority: bool) -> core::result::Result<(), MarginError> {
    let mut at = EXTENSIONS_AT;
    while let Some(number) = number_at(data, at) {
        match extension(number) {
            Extension::None => break,
            Extension::Allowed => {}
            Extension::Refused(error) => return Err(error),
        }
        let length = number_at(data, at.saturating_add(2)).ok_or(MarginError::MintExtension)?;
        at = at.saturating_add(4).saturating_add(usize::from(length));
    }
    // An allowed extension that claims to go on beyond the end.
    if at > data.len().max(EXTENSIONS_AT) {
        return Err(MarginError::MintExtension);
    }
    let has_freeze_authority = data.get(FREEZE_TAG) != Some(&[0; 4]);
    if has_freeze_authority && !accepts_freeze_authority {
        return Err(MarginError::MintFreezable);
    }
    Ok(())
}

fn number_at(data: &[u8], at: usize) -> Option<u16> {
    let bytes = data.get(at..at.saturating_add(2))?;
    bytes.try_into().ok().map(u16::from_le_bytes)
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test states what it expects by failing there")]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    fn mint(extensions: &[(u16, u16)]) -> Vec<u8> {
        let mut data = vec![0; if extensions.is_empty() { 82 } else { EXTENSIONS_AT }];
        for (number, length) in extensions {
            data.extend(number.to_le_bytes());
            data.extend(length.to_le_bytes());
            data.extend(vec![7; usize::from(*length)]);
        }
        data
    }

    #[test]
    fn names_and_groups_are_allowed_and_nothing_else() {
        let allowed = [18, 19, 20, 21, 22, 23];
        for number in 1..200 {
            let result = check_mint(&mint(&[(18, 64), (number, 5)]), true);
            assert_eq!(result.is_ok(), allowed.contains(&number), "extension {number}");
        }
        assert_eq!(check_mint(&mint(&allowed.map(|number| (number, 64))), false), Ok(()));
    }

    #[test]
    fn a_list_that_cannot_be_read_is_refused() {
        let whole = mint(&[(18, 64)]);
        assert_eq!(check_mint(&whole, false), Ok(()));
        // The length is missing, or the value ends early.
        for length in [168, 169, 170, 200, 233] {
            assert_eq!(
                check_mint(&whole[..length], false),
                Err(MarginError::MintExtension),
                "{length}"
            );
        }
        // Space that no extension uses is zero.
        let mut padded = whole;
        padded.extend([0; 40]);
        assert_eq!(check_mint(&padded, false), Ok(()));
    }

    #[test]
    fn a_freeze_authority_is_accepted_only_where_it_is_named() {
        let mut data = mint(&[]);
        assert_eq!(check_mint(&data, false), Ok(()));
        data[46] = 1;
        assert_eq!(check_mint(&data, false), Err(MarginError::MintFreezable));
        assert_eq!(check_mint(&data, true), Ok(()));
    }
}
