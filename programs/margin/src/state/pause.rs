//! Pauses: which actions, by whom, for how long. A pause only shrinks what is allowed, never blocks an exit, and ends by
//! itself.

use super::ClearingHouse;
use crate::described_enum::described_enum;
use crate::error::MarginError;
use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};
use core::mem::size_of;
use tenor_math::quantity::UnixSeconds;

/// Places for pausable actions.
pub const ACTIONS: usize = 8;
/// Longest that one power can pause an action at a stretch, seconds: three days.
pub const MAX_PAUSE_SECONDS: i64 = 259_200;
/// How long after the longest end of its pause a power cannot pause the same action again, seconds: a week.
pub const PAUSE_COOLDOWN_SECONDS: i64 = 604_800;

described_enum! {
pausable_twin,
/// An action that can be paused. Reducing, repaying, withdrawing, settling, liquidating, refreshing and price updates
/// cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub enum Pausable {
    /// Deposits, save of the quote into an account that owes cash or has positions.
    Deposit,
    /// Trades in which both sides add risk: open interest could grow.
    RiskTrade,
    /// Taking cash below zero.
    Borrow,
    /// New chains and strikes.
    Listing,
    /// New volatility slices.
    Surface,
    /// New margin accounts.
    OpenAccount,
}
}

impl Pausable {
    /// Every action.
    pub const ALL: [Self; 6] = [
        Self::Deposit,
        Self::RiskTrade,
        Self::Borrow,
        Self::Listing,
        Self::Surface,
        Self::OpenAccount,
    ];

    /// Place in the house's tables.
    pub const fn index(self) -> usize {
        match self {
            Self::Deposit => 0,
            Self::RiskTrade => 1,
            Self::Borrow => 2,
            Self::Listing => 3,
            Self::Surface => 4,
            Self::OpenAccount => 5,
        }
    }

    /// Whether the action ends for good when the house is wound down. Slices do not: open positions need their marks.
    pub const fn ends_at_wind_down(self) -> bool {
        !matches!(self, Self::Surface)
    }
}

described_enum! {
power_twin,
/// Who paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub enum Power {
    /// The guardian.
    Guardian,
    /// The admin.
    Admin,
}
}

/// One power's last pause of one action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable, IdlType)]
#[repr(C)]
pub struct PauseRecord {
    /// When it began, Unix seconds; zero if there was none.
    pub began_at: i64,
    /// When it ends or ended, Unix seconds.
    pub until: i64,
}

impl PauseRecord {
    /// The record of a pause from now on. A pause that was begun may be prolonged up to its longest end; a new one has to
    /// wait out the cool-down after that.
    fn paused(self, now: i64, seconds: i64) -> core::result::Result<Self, MarginError> {
        let longest_end = self.began_at.saturating_add(MAX_PAUSE_SECONDS);
        let until = now.saturating_add(seconds);
        if self.began_at != 0 && now < longest_end {
            return Ok(Self {
                began_at: self.began_at,
                until: until.min(longest_end),
            });
        }
        if self.began_at != 0 && now < longest_end.saturating_add(PAUSE_COOLDOWN_SECONDS) {
            return Err(MarginError::PauseCoolingDown);
        }
        Ok(Self { began_at: now, until })
    }
}

impl ClearingHouse {
    /// Which power a signer holds.
    ///
    /// # Errors
    /// [`MarginError::NotAuthorised`].
    pub fn power_of(&self, signer: &Address) -> core::result::Result<Power, MarginError> {
        if *signer == self.guardian {
            Ok(Power::Guardian)
        } else if *signer == self.admin {
            Ok(Power::Admin)
        } else {
            Err(MarginError::NotAuthorised)
        }
    }

    const fn pauses(&mut self, power: Power) -> &mut [PauseRecord; ACTIONS] {
        match power {
            Power::Guardian => &mut self.guardian_pauses,
            Power::Admin => &mut self.admin_pauses,
        }
    }

    /// A power's last pause of an action.
    pub fn last_pause(&self, power: Power, action: Pausable) -> PauseRecord {
        let pauses = match power {
            Power::Guardian => &self.guardian_pauses,
            Power::Admin => &self.admin_pauses,
        };
        pauses.get(action.index()).copied().unwrap_or_default()
    }

    fn set_pause(&mut self, power: Power, action: Pausable, record: PauseRecord) -> Option<i64> {
        let index = action.index();
        *self.pauses(power).get_mut(index)? = record;
        let until = self
            .guardian_pauses
            .get(index)?
            .until
            .max(self.admin_pauses.get(index)?.until);
        *self.paused_until.get_mut(index)? = until;
        Some(until)
    }

    /// Pauses an action and says until when it is paused.
    ///
    /// # Errors
    /// [`MarginError::ParameterOutOfRange`] unless it lasts 1 second to three days; [`MarginError::PauseCoolingDown`].
    pub fn pause(
        &mut self,
        power: Power,
        action: Pausable,
        seconds: u32,
        now: UnixSeconds,
    ) -> core::result::Result<i64, MarginError> {
        let seconds = i64::from(seconds);
        if !(1..=MAX_PAUSE_SECONDS).contains(&seconds) {
            return Err(MarginError::ParameterOutOfRange);
        }
        let last = self.pauses(power).get(action.index()).copied();
        let record = last
            .ok_or(MarginError::ParameterOutOfRange)?
            .paused(now.get(), seconds)?;
        self.set_pause(power, action, record)
            .ok_or(MarginError::ParameterOutOfRange)
    }

    /// Ends a power's own pause and says until when the action is still paused by the other.
    ///
    /// # Errors
    /// [`MarginError::NotPaused`] unless this power pauses the action now.
    pub fn unpause(
        &mut self,
        power: Power,
        action: Pausable,
        now: UnixSeconds,
    ) -> core::result::Result<i64, MarginError> {
        let last = self.pauses(power).get(action.index()).copied();
        let record = last.filter(|record| now.get() < record.until);
        let record = record.ok_or(MarginError::NotPaused)?;
        let ended = PauseRecord {
            until: now.get(),
            ..record
        };
        self.set_pause(power, action, ended).ok_or(MarginError::NotPaused)
    }
}

const _: () = assert!(size_of::<PauseRecord>() == 16);

#[cfg(test)]
mod tests {
    use super::*;
    use bytemuck::Zeroable;

    const DAY: i64 = 86_400;

    /// By the definition: no window of ten days holds more than three days of one power's pauses, however it tries.
    #[test]
    fn no_sequence_of_pauses_takes_more_than_three_days_in_ten() {
        let mut house = ClearingHouse::zeroed();
        let mut paused = [false; 60 * 24];
        for (hour, is_paused) in (0_i64..).zip(&mut paused) {
            let now = UnixSeconds::new(1_000_000 + hour.saturating_mul(3_600));
            // A greedy thief asks for the longest each hour, and gives up now and then to begin anew.
            let _ = house.pause(Power::Guardian, Pausable::Deposit, 259_200, now);
            if hour.checked_rem(7) == Some(0) {
                let _ = house.unpause(Power::Guardian, Pausable::Deposit, now);
            }
            *is_paused = house.check_not_paused(Pausable::Deposit, now).is_err();
        }
        assert!(paused.iter().any(|is_paused| *is_paused));
        let hours = |days: i64| usize::try_from(days.saturating_mul(24)).unwrap_or(0);
        for window in paused.windows(hours(10)) {
            let total = window.iter().filter(|is_paused| **is_paused).count();
            assert!(total <= hours(3), "{total} hours in ten days");
        }
        assert_eq!(
            MAX_PAUSE_SECONDS.saturating_add(PAUSE_COOLDOWN_SECONDS),
            DAY.saturating_mul(10)
        );
    }
}
