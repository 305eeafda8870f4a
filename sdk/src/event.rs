//! Events of the program, as found in a transaction's inner instructions.

use anchor_lang::wincode::{self, SchemaRead};
use anchor_lang::{BORSH_CONFIG, BorshConfig, Discriminator};
use tenor_margin::event as events;

/// Tag before every event's discriminator.
const TAG: [u8; 8] = 0x1d9a_cb51_2ea5_45e4_u64.to_le_bytes();

/// Name of the event in the data of an inner instruction of the program; `None` if it is no event.
///
/// The caller has checked that the inner instruction's program is the clearing house and that it is nested directly
/// below an instruction of the same program: bytes alone prove nothing.
pub fn name(data: &[u8]) -> Option<&'static str> {
    let body = data.strip_prefix(&TAG)?;
    macro_rules! names {
        ($($event:ident),* $(,)?) => {
            [$((events::$event::DISCRIMINATOR, stringify!($event))),*]
        };
    }
    let known = names![
        HouseInitialized,
        ChangeQueued,
        ChangeApplied,
        ChangeCancelled,
        ParametersTightened,
        AdminProposed,
        AdminProposalCancelled,
        AdminAccepted,
        ActionPaused,
        ActionUnpaused,
        GenesisEnded,
        UnderlyingListed,
        CollateralListed,
        PriceUpdated,
        HourMarked,
        AccountOpened,
        Deposited,
        Withdrawn,
        ChainCreated,
        StrikesAdded,
        SurfacePosted,
        RiskRefreshed,
        Traded,
        BracketBegun,
        BracketEnded,
        ChainSettled,
        ChainSwept,
        TreasuryPaid,
        ChainClosed,
        AccountSettled,
        LiquidationTouched,
        SliceLiquidated,
        AccountGrown,
        AccountClosed,
        DelegateSet,
        InterestAccrued,
        Transferred,
        PositionTransferred,
    ];
    known
        .into_iter()
        .find(|(discriminator, _)| body.starts_with(discriminator))
        .map(|(_, name)| name)
}

/// Bytes of an event's fields, if the data is this event.
pub fn fields<E: Discriminator>(data: &[u8]) -> Option<&[u8]> {
    data.strip_prefix(&TAG)?.strip_prefix(E::DISCRIMINATOR)
}

/// The event's fields, if the data is this event.
///
/// The caller has checked what [`name`] says.
pub fn read<E>(data: &[u8]) -> Option<E>
where
    E: Discriminator + for<'de> SchemaRead<'de, BorshConfig, Dst = E>,
{
    wincode::config::deserialize(fields::<E>(data)?, BORSH_CONFIG).ok()
}
