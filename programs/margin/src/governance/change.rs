//! Everything that the admin can change, and which of it may act at once.

use crate::described_enum::described_enum;
use crate::error::MarginError;
use crate::instructions::{AddCollateralArgs, AddUnderlyingArgs};
use crate::params::{
    CollateralTerms, FeeModel, HouseRisk, InterestModel, ParameterSet, Timelock, UnderlyingParams, WithdrawalWindow,
};
use crate::state::{
    ClearingHouse, FeedLimits, LAYOUT_VERSION, MAX_BRACKET_PROGRAMS, MarketLimits, QUOTE_INDEX, Registry, RiskSettings,
    SurfaceLimits, Underlying,
};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Where an underlying's price comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct FeedSource {
    /// Feed of the pull oracle.
    pub feed_id: [u8; 32],
    /// Exponent of its prices, -18 to 0.
    pub feed_exponent: i32,
    /// Account of the push oracle, or zero.
    pub push_feed: Address,
    /// Exponent of its prices, -18 to 0; zero without a push feed.
    pub push_exponent: i32,
}

impl FeedSource {
    /// Name of a parameter that is outside its bounds.
    fn out_of_bounds(&self) -> Option<&'static str> {
        let least = if self.push_feed == Address::default() { 0 } else { -18 };
        let bounds = [
            ("feed_id", self.feed_id != [0; 32]),
            ("feed_exponent", (-18..=0).contains(&self.feed_exponent)),
            ("push_exponent", (least..=0).contains(&self.push_exponent)),
        ];
        bounds.iter().find(|(_, holds)| !holds).map(|(name, _)| *name)
    }
}

described_enum! {
change_twin,
/// A change of the house, of a collateral, of an underlying, or a listing. Sets are replaced as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub enum Change {
    /// How requirements add up, and how far a liquidation goes.
    HouseRisk(HouseRisk),
    /// Interest on cash.
    Interest(InterestModel),
    /// What a trade costs.
    Fees(FeeModel),
    /// How much may leave in a window.
    Withdrawals(WithdrawalWindow),
    /// How long changes wait and live.
    Timelock(Timelock),
    /// Who may pause and cancel.
    Guardian(Address),
    /// Who may post slices; zero for nobody.
    SurfaceAuthority(Address),
    /// Where the treasury's part of fees goes; zero for nowhere.
    Treasury(Address),
    /// Programs that brackets may call; zeros where none.
    BracketPrograms([Address; MAX_BRACKET_PROGRAMS]),
    /// Ends everything but reducing, for good.
    WindDown,
    /// Terms of a collateral.
    Collateral {
        /// Its index in the registry.
        index: u8,
        /// The terms.
        terms: CollateralTerms,
    },
    /// What the price of an underlying must satisfy.
    Feed(FeedLimits),
    /// Scenario sizes and contingencies of an underlying.
    Risk(RiskSettings),
    /// What may be listed and traded on an underlying.
    Market(MarketLimits),
    /// How far slices of an underlying may move.
    Surface(SurfaceLimits),
    /// Where the price of an underlying comes from.
    FeedSource(FeedSource),
    /// A new underlying. Listed by `add_underlying` once the change is ready.
    ListUnderlying(AddUnderlyingArgs),
    /// A new collateral. Listed by `add_collateral` once the change is ready.
    ListCollateral {
        /// Its mint.
        mint: Address,
        /// Its terms.
        args: AddCollateralArgs,
    },
}
}

/// The accounts that a change may touch.
pub struct Targets<H, R, U> {
    /// The house.
    pub house: H,
    /// Its collaterals.
    pub registry: R,
    /// The underlying, for a change of one.
    pub underlying: Option<U>,
}

impl Change {
    /// Whether it is one of an underlying that exists.
    pub const fn is_of_underlying(&self) -> bool {
        matches!(
            self,
            Self::Feed(_) | Self::Risk(_) | Self::Market(_) | Self::Surface(_) | Self::FeedSource(_)
        )
    }

    /// Whether it is a listing, which its own instruction carries out.
    pub const fn is_listing(&self) -> bool {
        matches!(self, Self::ListUnderlying(_) | Self::ListCollateral { .. })
    }

    /// What it would replace, in the same form; none for a listing.
    ///
    /// # Errors
    /// [`MarginError::WrongChangeTarget`] without the underlying of a change of one;
    /// [`MarginError::NoSuchCollateral`].
    #[inline(never)]
    pub fn replaced(
        &self,
        targets: &Targets<&ClearingHouse, &Registry, &Underlying>,
    ) -> core::result::Result<Option<Self>, MarginError> {
        let Targets { house, registry, .. } = targets;
        let underlying = || targets.underlying.ok_or(MarginError::WrongChangeTarget);
        Ok(Some(match self {
            Self::HouseRisk(_) => Self::HouseRisk(house.risk),
            Self::Interest(_) => Self::Interest(house.interest),
            Self::Fees(_) => Self::Fees(house.fees),
            Self::Withdrawals(_) => Self::Withdrawals(registry.withdrawals),
            Self::Timelock(_) => Self::Timelock(house.timelock),
            Self::Guardian(_) => Self::Guardian(house.guardian),
            Self::SurfaceAuthority(_) => Self::SurfaceAuthority(house.surface_authority),
            Self::Treasury(_) => Self::Treasury(house.treasury),
            Self::BracketPrograms(_) => Self::BracketPrograms(house.bracket_programs),
            Self::Collateral { index, .. } => Self::Collateral {
                index: *index,
                terms: CollateralTerms::of(crate::ledger::entry(registry, *index)?),
            },
            Self::Feed(_) => Self::Feed(underlying()?.feed),
            Self::Risk(_) => Self::Risk(underlying()?.risk),
            Self::Market(_) => Self::Market(underlying()?.market),
            Self::Surface(_) => Self::Surface(underlying()?.surface),
            Self::FeedSource(_) => {
                let of = underlying()?;
                Self::FeedSource(FeedSource {
                    feed_id: of.feed_id,
                    push_feed: of.push_feed,
                    feed_exponent: of.feed_exponent,
                    push_exponent: of.push_exponent,
                })
            }
            Self::WindDown | Self::ListUnderlying(_) | Self::ListCollateral { .. } => return Ok(None),
        }))
    }

    /// Name of a parameter that would be outside its bounds.
    ///
    /// # Errors
    /// As [`Change::replaced`].
    #[inline(never)]
    pub fn out_of_bounds(
        &self,
        targets: &Targets<&ClearingHouse, &Registry, &Underlying>,
    ) -> core::result::Result<Option<&'static str>, MarginError> {
        let present = || -> core::result::Result<_, MarginError> {
            let of = targets.underlying.ok_or(MarginError::WrongChangeTarget)?;
            Ok(UnderlyingParams::of(of))
        };
        let refuse = |name: &'static str, holds: bool| if holds { None } else { Some(name) };
        Ok(match self {
            Self::HouseRisk(set) => set.out_of_bounds(),
            Self::Interest(set) => set.out_of_bounds(),
            Self::Fees(set) => set.out_of_bounds(),
            Self::Withdrawals(set) => set.out_of_bounds(),
            Self::Timelock(set) => set.out_of_bounds(),
            Self::Guardian(guardian) => refuse(
                "guardian",
                *guardian != Address::default() && *guardian != targets.house.admin,
            ),
            Self::SurfaceAuthority(_) | Self::Treasury(_) => None,
            Self::BracketPrograms(programs) => refuse("bracket_programs", !names_twice(programs)),
            Self::WindDown => refuse("wound_down_at", targets.house.wound_down_at == 0),
            Self::Collateral { index, terms } => {
                let present = CollateralTerms::of(crate::ledger::entry(targets.registry, *index)?);
                let quote_is_whole = *index != QUOTE_INDEX || terms.haircut_e9 == 0;
                terms
                    .out_of_bounds_after(Some(&present))
                    .or(refuse("haircut_e9", quote_is_whole))
            }
            Self::Feed(feed) => UnderlyingParams {
                feed: *feed,
                ..present()?
            }
            .out_of_bounds(),
            Self::Risk(risk) => UnderlyingParams {
                risk: *risk,
                ..present()?
            }
            .out_of_bounds(),
            Self::Market(market) => {
                let present = present()?;
                // A key that may tighten at once could otherwise end the listing of options.
                let keeps_options = market.max_tenor_seconds != 0 || present.market.max_tenor_seconds == 0;
                UnderlyingParams {
                    market: *market,
                    ..present
                }
                .out_of_bounds()
                .or(refuse("max_tenor_seconds", keeps_options))
            }
            Self::Surface(surface) => UnderlyingParams {
                surface: *surface,
                ..present()?
            }
            .out_of_bounds(),
            Self::FeedSource(source) => source.out_of_bounds(),
            Self::ListUnderlying(args) => args.out_of_bounds(),
            Self::ListCollateral { args, .. } => {
                refuse("deposit_cap_atoms", args.deposit_cap_atoms > 0).or(args.terms().out_of_bounds_after(None))
            }
        })
    }

    /// Whether it has to wait, given what it replaces. Whatever is not a number that only shrinks what is allowed waits.
    #[inline(never)]
    pub fn loosens(&self, replaced: Option<&Self>) -> bool {
        let Some(replaced) = replaced else { return true };
        match (replaced, self) {
            (Self::HouseRisk(from), Self::HouseRisk(to)) => from.is_loosened_by(to),
            (Self::Interest(from), Self::Interest(to)) => from.is_loosened_by(to),
            (Self::Fees(from), Self::Fees(to)) => from.is_loosened_by(to),
            (Self::Withdrawals(from), Self::Withdrawals(to)) => from.is_loosened_by(to),
            (Self::Timelock(from), Self::Timelock(to)) => from.is_loosened_by(to),
            (Self::BracketPrograms(from), Self::BracketPrograms(to)) => to
                .iter()
                .any(|program| *program != Address::default() && !from.contains(program)),
            (Self::Collateral { index: of, terms: from }, Self::Collateral { index, terms: to }) => {
                // Without the quote nobody could top up or repay.
                of != index || *index == QUOTE_INDEX || from.is_loosened_by(to)
            }
            (Self::Feed(from), Self::Feed(to)) => from.is_loosened_by(to),
            (Self::Risk(from), Self::Risk(to)) => from.is_loosened_by(to),
            (Self::Market(from), Self::Market(to)) => from.is_loosened_by(to),
            (Self::Surface(from), Self::Surface(to)) => from.is_loosened_by(to),
            _ => true,
        }
    }

    /// Writes it.
    ///
    /// # Errors
    /// As [`Change::replaced`]; [`MarginError::ListingByItsInstruction`] for a listing.
    #[inline(never)]
    pub fn write(
        &self,
        targets: Targets<&mut ClearingHouse, &mut Registry, &mut Underlying>,
        now: UnixSeconds,
    ) -> core::result::Result<(), MarginError> {
        let Targets {
            house,
            registry,
            underlying,
        } = targets;
        let underlying = underlying.ok_or(MarginError::WrongChangeTarget);
        match self {
            Self::HouseRisk(set) => house.risk = *set,
            Self::Interest(set) => house.interest = *set,
            Self::Fees(set) => house.fees = *set,
            Self::Withdrawals(set) => registry.withdrawals = *set,
            Self::Timelock(set) => house.timelock = *set,
            Self::Guardian(guardian) => house.guardian = *guardian,
            Self::SurfaceAuthority(authority) => house.surface_authority = *authority,
            Self::Treasury(treasury) => house.treasury = *treasury,
            Self::BracketPrograms(programs) => house.bracket_programs = *programs,
            Self::WindDown => house.wound_down_at = now.get(),
            Self::Collateral { index, terms } => {
                crate::ledger::entry(registry, *index)?;
                let entry = registry.collaterals.get_mut(usize::from(*index));
                terms.write(entry.ok_or(MarginError::NoSuchCollateral)?);
            }
            Self::Feed(set) => underlying?.feed = *set,
            Self::Risk(set) => underlying?.risk = *set,
            Self::Market(set) => underlying?.market = *set,
            Self::Surface(set) => underlying?.surface = *set,
            Self::FeedSource(source) => {
                let underlying = underlying?;
                underlying.feed_id = source.feed_id;
                underlying.push_feed = source.push_feed;
                underlying.feed_exponent = source.feed_exponent;
                underlying.push_exponent = source.push_exponent;
            }
            Self::ListUnderlying(_) | Self::ListCollateral { .. } => return Err(MarginError::ListingByItsInstruction),
        }
        Ok(())
    }

    /// Numbers it, once it is written, for the account that it changed: the house's own number if that is the house.
    pub fn advance_target(&self, of_house: u64, registry: &mut Registry, underlying: Option<&mut Underlying>) -> u64 {
        match (self, underlying) {
            (_, Some(underlying)) => underlying.advance(),
            (Self::Collateral { .. } | Self::Withdrawals(_), None) => registry.advance(),
            _ => of_house,
        }
    }

    /// Digest of what a change replaces; zeros if nothing.
    ///
    /// # Errors
    /// [`MarginError::MathOverflow`] never for the changes that there are.
    #[inline(never)]
    pub fn digest(replaced: Option<&Self>) -> core::result::Result<[u8; 32], MarginError> {
        replaced.map_or(Ok([0; 32]), |replaced| {
            Ok(anchor_lang::hash::sha256(&replaced.bytes()?))
        })
    }
}

fn names_twice(programs: &[Address]) -> bool {
    programs.iter().enumerate().any(|(place, program)| {
        *program != Address::default()
            && programs
                .iter()
                .skip(place.saturating_add(1))
                .any(|other| other == program)
    })
}

/// Account that a change changes: an underlying of this house, the registry or the house; zero for a listing.
///
/// # Errors
/// [`MarginError::WrongChangeTarget`] without the underlying of a change of one, or with one that is not needed;
/// [`MarginError::WrongHouse`], [`MarginError::WrongVersion`].
#[inline(never)]
pub fn target_address(
    change: &Change,
    house: &Address,
    registry: &Address,
    underlying: Option<&Account<Underlying>>,
) -> core::result::Result<Address, MarginError> {
    if change.is_of_underlying() != underlying.is_some() {
        return Err(MarginError::WrongChangeTarget);
    }
    if let Some(underlying) = underlying {
        if underlying.house != *house {
            return Err(MarginError::WrongHouse);
        }
        if underlying.version != LAYOUT_VERSION {
            return Err(MarginError::WrongVersion);
        }
        return Ok(*underlying.address());
    }
    Ok(match change {
        Change::ListUnderlying(_) | Change::ListCollateral { .. } => Address::default(),
        Change::Collateral { .. } | Change::Withdrawals(_) => *registry,
        _ => *house,
    })
}
