//! What a deployment file must satisfy before anything is planned.

use super::{CollateralFile, Deployment, Listing, UnderlyingFile};
use solana_pubkey::Pubkey;
use tenor_sdk::margin::state::{MAX_COLLATERALS, MAX_STRIKES};

/// A value that contradicts another or a bound.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A symbol is empty or longer than 16 bytes.
    #[error("symbol `{0}` must have 1 to 16 bytes")]
    Symbol(String),
    /// Two entries have the same name or mint.
    #[error("{0} is listed twice")]
    Duplicate(String),
    /// More collaterals than the registry holds.
    #[error("the registry holds at most {MAX_COLLATERALS} collaterals")]
    TooManyCollaterals,
    /// A collateral names an underlying that the file does not list.
    #[error("collateral {collateral} is priced by {priced_by}, which is not among the underlyings")]
    UnknownUnderlying {
        /// The collateral.
        collateral: String,
        /// What it names.
        priced_by: String,
    },
    /// A collateral takes the scenarios of an underlying that the file does not list.
    #[error("collateral {collateral} is shocked by {shocked_by}, which is not among the underlyings")]
    UnknownScenarios {
        /// The collateral.
        collateral: String,
        /// What it names.
        shocked_by: String,
    },
    /// A feed id that is not 32 bytes.
    #[error("{0}: the feed id must be 64 hexadecimal digits")]
    FeedId(String),
    /// The program would refuse the parameter.
    #[error("{entry}: {parameter} is outside the bounds that the program sets")]
    OutOfBounds {
        /// The house or the underlying.
        entry: String,
        /// The parameter, as the program names it.
        parameter: &'static str,
    },
    /// The upgrade authority would go to a key that someone may lose.
    #[error("upgrade_timelock {0} is a plain key; name an address of a timelock or multisig program")]
    PlainUpgradeKey(Pubkey),
    /// Strikes that are not on the listing grid, or in the wrong order, or too many.
    #[error("{symbol}: {reason}")]
    Strikes {
        /// The underlying.
        symbol: String,
        /// What is wrong.
        reason: &'static str,
    },
}

impl Deployment {
    pub(super) fn validate(&self) -> Result<(), Violation> {
        let house = self
            .house
            .args(&self.authorities)
            .map_or(Some("full_close_below_e9"), |args| args.out_of_bounds());
        within("house", house)?;
        if let Some(timelock) = self.authorities.upgrade_timelock {
            if timelock.0.is_on_curve() {
                return Err(Violation::PlainUpgradeKey(timelock.0));
            }
        }
        for underlying in &self.underlyings {
            underlying.validate()?;
        }
        for collateral in &self.collaterals {
            self.validate_collateral(collateral)?;
        }
        if self.collaterals.len() >= MAX_COLLATERALS {
            return Err(Violation::TooManyCollaterals);
        }
        let mints = self
            .collaterals
            .iter()
            .map(|collateral| collateral.mint.0)
            .chain([self.quote.mint.0]);
        refuse_duplicates(mints.map(|mint| format!("mint {mint}")))?;
        refuse_duplicates(
            self.underlyings
                .iter()
                .map(|underlying| format!("underlying {}", underlying.symbol)),
        )
    }

    fn validate_collateral(&self, collateral: &CollateralFile) -> Result<(), Violation> {
        let is_unknown = |name: &str| self.underlyings.iter().all(|underlying| underlying.symbol != name);
        let symbol = || collateral.symbol.clone();
        if is_unknown(&collateral.priced_by) {
            return Err(Violation::UnknownUnderlying {
                collateral: symbol(),
                priced_by: collateral.priced_by.clone(),
            });
        }
        if is_unknown(collateral.shocked_by()) {
            return Err(Violation::UnknownScenarios {
                collateral: symbol(),
                shocked_by: collateral.shocked_by().to_owned(),
            });
        }
        Ok(())
    }
}

impl UnderlyingFile {
    fn validate(&self) -> Result<(), Violation> {
        self.padded_symbol()
            .ok_or_else(|| Violation::Symbol(self.symbol.clone()))?;
        let args = self.args().ok_or_else(|| Violation::FeedId(self.symbol.clone()))?;
        within(&self.symbol, args.out_of_bounds())?;
        let refuse = |reason| {
            Err(Violation::Strikes {
                symbol: self.symbol.clone(),
                reason,
            })
        };
        let Some(listing) = &self.listing else { return Ok(()) };
        let Listing {
            lowest_strike_usd: lowest,
            highest_strike_usd: highest,
            spacing_usd: spacing,
            ..
        } = listing;
        if self.market.max_tenor_seconds == 0 {
            return refuse("a tenor of zero lists no options, but there is a listing");
        }
        let is_on_grid = |e9: u64| e9.checked_rem(self.market.strike_step_usd.e9()) == Some(0);
        if lowest > highest {
            return refuse("the lowest strike is above the highest");
        }
        if spacing.e9() == 0 || !is_on_grid(lowest.e9()) || !is_on_grid(spacing.e9()) {
            return refuse("lowest strike and spacing must be multiples of the strike step");
        }
        if listing.strikes_e9().nth(MAX_STRIKES).is_some() {
            return refuse("a chain holds at most 64 strikes");
        }
        Ok(())
    }
}

fn within(entry: &str, violated: Option<&'static str>) -> Result<(), Violation> {
    violated.map_or(Ok(()), |parameter| {
        Err(Violation::OutOfBounds {
            entry: entry.to_owned(),
            parameter,
        })
    })
}

fn refuse_duplicates(names: impl Iterator<Item = String>) -> Result<(), Violation> {
    let mut seen = Vec::new();
    for name in names {
        if seen.contains(&name) {
            return Err(Violation::Duplicate(name));
        }
        seen.push(name);
    }
    Ok(())
}
