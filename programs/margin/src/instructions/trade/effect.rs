//! Whether a trade can only have reduced an account's positions.

use super::legs::FoundLeg;
use crate::portfolio_check::Effect;
use crate::risk::{chain_slot, find_position};
use crate::state::PortfolioAccount;
use tenor_math::quantity::Lots;

/// Which side of the legs an account is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// It gains the legs' lots.
    Buyer,
    /// It gives them.
    Seller,
}

/// Looks at all legs of an option together: each option must end closer to zero than it was without crossing it, or where
/// it was.
#[inline(never)]
pub(super) fn effect(account: &PortfolioAccount, legs: &[FoundLeg], side: Side) -> Effect {
    let reduces = legs.iter().enumerate().all(|(place, leg)| {
        let is_seen = legs.iter().take(place).any(|earlier| earlier.is_same_option(leg));
        is_seen || brings_closer_to_zero(held(account, leg), net_lots(leg, legs, side))
    });
    if reduces { Effect::ReducesOnly } else { Effect::AddsRisk }
}

fn held(account: &PortfolioAccount, leg: &FoundLeg) -> Lots {
    chain_slot(account, &leg.change.chain)
        .and_then(|slot| find_position(account.as_slice(), slot, leg.change.strike_slot))
        .and_then(|place| account.get(place))
        .map_or(Lots::ZERO, |position| position.lots(leg.change.kind))
}

/// What an account gains of a leg's option over all legs; exact, since eight numbers of 64 bits fit 128.
fn net_lots(leg: &FoundLeg, legs: &[FoundLeg], side: Side) -> i128 {
    let gained = legs
        .iter()
        .filter(|other| other.is_same_option(leg))
        .fold(0_i128, |sum, other| {
            sum.wrapping_add(i128::from(other.change.lots.get()))
        });
    match side {
        Side::Buyer => gained,
        Side::Seller => gained.wrapping_neg(),
    }
}

fn brings_closer_to_zero(held: Lots, gained: i128) -> bool {
    // Legs that cancel each other move money and nothing else: they are no reduction.
    if gained == 0 {
        return false;
    }
    let opposes = held != Lots::ZERO && (held.get() < 0) != (gained < 0);
    opposes && gained.unsigned_abs() <= u128::from(held.magnitude())
}
