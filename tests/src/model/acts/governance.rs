//! Changes of parameters, at once and after their wait; pauses. Bounds and directions: `docs/governance.md`.

use super::account::{DAY, adopted};
use crate::model::exact::Exact;
use crate::model::forecast::{Act, Draft, Forecast, Seen};
use crate::model::interest::Pool;
use crate::model::state::{House, Model, QUOTE, Queued};
use solana_pubkey::Pubkey;
use std::ops::RangeInclusive;
use tenor_margin::MarginError;
use tenor_margin::governance::Change;
use tenor_margin::params::{CollateralTerms, HouseRisk, WithdrawalWindow};
use tenor_margin::state::Pausable;
use tenor_sdk::address;
use tenor_testkit::Asset;
use tenor_testkit::action::{ApplyChange, CancelChange, Pause, QueueChange, Tighten, Unpause};

const E9: i128 = 1_000_000_000;
/// Most that a cap may be, atoms.
const MOST_CAP: i128 = 1 << 62;
/// Longest pause at a stretch, seconds.
const LONGEST_PAUSE: i64 = 3 * DAY;
/// From one pause of a power to its next of the same action, seconds.
const BETWEEN_PAUSES: i64 = 10 * DAY;

/// Which moves of a number wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waits {
    Rise,
    Fall,
    Both,
}

/// A number of a set, its bounds, and which of its moves wait.
struct Row(i128, RangeInclusive<i128>, Waits);

impl Row {
    /// Whether a move to another number waits.
    fn waits(&self, to: &Self) -> bool {
        match self.2 {
            Waits::Rise => to.0 > self.0,
            Waits::Fall => to.0 < self.0,
            Waits::Both => to.0 != self.0,
        }
    }
}

/// The numbers of a change.
fn rows(change: &Change) -> Vec<Row> {
    use Waits::{Both, Fall, Rise};
    let day = i128::from(DAY);
    let all = i128::from(u64::MAX);
    let row = |value: u64, bounds, waits| Row(value.into(), bounds, waits);
    match change {
        Change::HouseRisk(set) => vec![
            row(set.correlation_credit_e9, 0..=E9, Both),
            row(set.maintenance_factor_e9, E9 / 2..=E9, Both),
            row(set.liquidation_target_e9, E9 + 1..=2 * E9, Both),
            Row(set.full_close_below_e9.into(), 0..=1_000 * E9, Both),
            row(set.auction_memory_seconds, 0..=day, Both),
        ],
        Change::Interest(set) => vec![
            row(set.optimal_utilisation_e9, 1..=E9 - 1, Both),
            row(set.base_rate_e9, 0..=set.optimal_rate_e9.into(), Both),
            row(set.optimal_rate_e9, 0..=set.max_rate_e9.into(), Both),
            row(set.max_rate_e9, 0..=10 * E9, Both),
            row(set.reserve_share_e9, 0..=E9 / 2, Both),
        ],
        Change::Fees(set) => vec![
            row(set.taker_e9, 0..=E9 / 200, Both),
            row(set.maker_e9, 0..=set.taker_e9.into(), Both),
            row(set.cap_e9, 0..=E9 / 4, Both),
            row(set.insurance_share_e9, E9 / 10..=E9, Both),
        ],
        Change::Withdrawals(set) => vec![
            row(set.window_seconds, 3_600..=7 * day, Both),
            row(set.small_withdrawal_e9, 100 * E9..=100_000 * E9, Both),
        ],
        Change::Collateral { index, terms } => {
            let is_quote = usize::from(*index) == QUOTE;
            let twentieth = Exact::quotient(terms.deposit_cap_atoms, 20).ceil_i128();
            vec![
                row(terms.haircut_e9, 0..=if is_quote { 0 } else { E9 / 2 }, Both),
                row(
                    terms.deposit_cap_atoms,
                    0..=MOST_CAP,
                    if is_quote { Both } else { Rise },
                ),
                row(terms.window_cap_atoms, twentieth.max(1)..=MOST_CAP, Both),
            ]
        }
        Change::Risk(set) => vec![
            row(set.range_floor_e9, E9 / 20..=set.range_cap_e9.into(), Both),
            row(set.range_cap_e9, 0..=780_000_000, Both),
            row(set.range_deviations_e9, E9..=10 * E9, Both),
            row(set.range_horizon_hours, 1..=720, Both),
            row(set.variance_decay_e9, 900_000_000..=999_000_000, Both),
            row(set.volatility_up_e9, E9 / 20..=E9, Both),
            row(set.volatility_down_e9, E9 / 20..=E9, Both),
            row(set.volatility_floor_e9, E9 / 100..=E9, Both),
            row(set.short_power_e9, 0..=400_000_000, Both),
            row(set.long_power_e9, 0..=400_000_000, Both),
            row(set.initial_short_e9, set.maintenance_short_e9.into()..=E9 / 10, Fall),
            row(set.maintenance_short_e9, 0..=E9 / 10, Both),
            row(set.roll_e9, 0..=E9 / 10, Both),
            row(set.concentration_e9, 0..=E9 / 5, Fall),
            row(set.free_share_e9, 0..=E9, Rise),
            row(set.free_lots, 0..=1 << 40, Rise),
            row(set.unpaired_short_e9, E9 / 20..=E9, Fall),
        ],
        Change::Market(set) => vec![
            row(set.strike_step_e9, 1..=all, Both),
            row(set.strike_window_low_e9, E9 / 100..=E9, Fall),
            row(set.strike_window_high_e9, E9..=10 * E9, Rise),
            row(set.max_tenor_seconds, 7 * day..=730 * day, Rise),
            row(set.band_of_mark_e9, 0..=E9 / 2, Both),
            row(set.band_of_spot_e9, E9 / 1_000..=E9 / 20, Both),
            row(set.max_open_interest_lots, 1..=1 << 40, Rise),
            row(set.min_forward_ratio_e9, E9 / 2..=E9, Both),
            row(set.min_discount_e9, E9 / 2..=E9, Both),
        ],
        _ => unreachable!("a change that is not replayed"),
    }
}

/// Whether caps are in proportion to each other and to those before: the window's is at most the deposit cap or what it was, and
/// the deposit cap at most ten times the greater of those that are.
fn proportioned(change: &Change, present: &Change) -> bool {
    let (Change::Collateral { terms, .. }, Change::Collateral { terms: before, .. }) = (change, present) else {
        return true;
    };
    let caps = |terms: &CollateralTerms| [terms.deposit_cap_atoms, terms.window_cap_atoms].map(i128::from);
    let ([deposit, window], [deposit_before, window_before]) = (caps(terms), caps(before));
    window <= deposit.max(window_before) && deposit <= 10 * deposit_before.max(window_before)
}

fn word(number: i128) -> u64 {
    number.try_into().expect("a parameter of 64 bits")
}

impl Model {
    /// What a change would replace.
    fn present(&self, change: &Change, of: Option<Asset>) -> Change {
        let underlying = || self.underlying_of(of.expect("the underlying of a change of one"));
        match change {
            Change::HouseRisk(_) => Change::HouseRisk(HouseRisk {
                correlation_credit_e9: word(self.house.correlation_credit_e9),
                maintenance_factor_e9: word(self.house.maintenance_factor_e9),
                liquidation_target_e9: word(self.house.liquidation_target_e9),
                full_close_below_e9: self.house.full_close_below_e9.try_into().expect("a value of 64 bits"),
                auction_memory_seconds: word(self.house.auction_memory_seconds.into()),
            }),
            Change::Interest(_) => Change::Interest(self.house.interest),
            Change::Fees(_) => Change::Fees(self.house.fees),
            Change::Withdrawals(_) => Change::Withdrawals(WithdrawalWindow {
                window_seconds: word(self.registry.window_seconds),
                small_withdrawal_e9: word(self.registry.small_e9),
            }),
            Change::Collateral { index, .. } => {
                let entry = &self.registry.collaterals[usize::from(*index)];
                Change::Collateral {
                    index: *index,
                    terms: CollateralTerms {
                        haircut_e9: word(entry.haircut_e9),
                        deposit_cap_atoms: word(entry.cap),
                        window_cap_atoms: word(entry.window_cap),
                    },
                }
            }
            Change::Risk(_) => Change::Risk(underlying().risk),
            Change::Market(_) => Change::Market(underlying().market),
            _ => unreachable!("a change that is not replayed"),
        }
    }

    /// What a change would replace, if it is one that may be made.
    fn judged(&self, change: &Change, of: Option<Asset>, forecast: &mut Forecast) -> Option<Change> {
        if matches!(change, Change::Risk(_) | Change::Market(_)) != of.is_some() {
            forecast.refuse(MarginError::WrongChangeTarget);
            return None;
        }
        if let Change::Collateral { index, .. } = change {
            if usize::from(*index) >= self.registry.collaterals.len() {
                forecast.refuse(MarginError::NoSuchCollateral);
                return None;
            }
        }
        let are_bounded = rows(change).iter().all(|row| row.1.contains(&row.0));
        forecast.require(are_bounded, MarginError::ParameterOutOfRange);
        let present = self.present(change, of);
        let are_proportioned = proportioned(change, &present);
        forecast.require(are_proportioned, MarginError::ParameterOutOfRange);
        forecast.require(present != *change, MarginError::NothingChanges);
        Some(present)
    }
}

/// Makes a change; it is numbered for the house and for the account that it changes.
fn write(change: &Change, of: Option<Asset>, model: &Model, draft: &mut Draft) {
    draft.house(model).sequence += 1;
    // A change of interest accrues first, which is an event of the registry.
    if matches!(
        change,
        Change::Collateral { .. } | Change::Withdrawals(_) | Change::Interest(_)
    ) {
        draft.registry(model).sequence += 1;
    }
    if let Some(asset) = of {
        let underlying = draft.underlying(model, model.underlying_of(asset).index);
        underlying.sequence += 1;
        match change {
            Change::Risk(set) => underlying.risk = *set,
            Change::Market(set) => underlying.market = *set,
            _ => unreachable!("no change of an underlying"),
        }
        return;
    }
    match change {
        Change::HouseRisk(set) => {
            let house = draft.house(model);
            house.correlation_credit_e9 = set.correlation_credit_e9.into();
            house.maintenance_factor_e9 = set.maintenance_factor_e9.into();
            house.liquidation_target_e9 = set.liquidation_target_e9.into();
            house.full_close_below_e9 = set.full_close_below_e9.into();
            house.auction_memory_seconds = set.auction_memory_seconds.try_into().expect("a short time");
        }
        Change::Interest(set) => draft.house(model).interest = *set,
        Change::Fees(set) => draft.house(model).fees = *set,
        Change::Withdrawals(set) => {
            let registry = draft.registry(model);
            registry.window_seconds = set.window_seconds.into();
            registry.small_e9 = set.small_withdrawal_e9.into();
        }
        Change::Collateral { index, terms } => {
            let entry = &mut draft.registry(model).collaterals[usize::from(*index)];
            entry.haircut_e9 = terms.haircut_e9.into();
            entry.cap = terms.deposit_cap_atoms.into();
            entry.window_cap = terms.window_cap_atoms.into();
        }
        _ => unreachable!("a change that is not replayed"),
    }
}

impl Act for QueueChange<'_> {
    const NAME: &'static str = "queue_change";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let by = self.admin.address();
        forecast.require(by == model.house.admin, MarginError::NotAuthorised);
        let Some(replaces) = model.judged(&self.change, self.of, &mut forecast) else {
            return forecast;
        };
        let ready_at = model.now + model.house.delay_seconds;
        let queued = Queued {
            change: self.change,
            of: self.of,
            replaces,
            by,
            ready_at,
            dies_at: ready_at + model.house.ttl_seconds,
        };
        let address = address::change(model.house.change_count);
        forecast.draft.changes.insert(address, queued);
        let house = forecast.draft.house(model);
        house.change_count += 1;
        house.sequence += 1;
        forecast
    }
}

/// What a queued change leaves, on the pool as it accrued if interest is what changes.
fn applied(queued: &Queued, address: Pubkey, model: &Model, pool: Option<&Pool>) -> Draft {
    let mut draft = Draft::default();
    write(&queued.change, queued.of, model, &mut draft);
    if let Some(pool) = pool {
        draft.registry(model).pool = *pool;
    }
    draft.closed.insert(address);
    draft
}

impl Act for ApplyChange {
    const NAME: &'static str = "apply_change";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let address = address::change(self.number);
        let queued = model.queued(&address);
        forecast.require(queued.by == model.house.admin, MarginError::ChangeOfFormerAdmin);
        forecast.require(model.now >= queued.ready_at, MarginError::ChangeNotReady);
        forecast.require(model.now < queued.dies_at, MarginError::ChangeExpired);
        let is_as_it_was = model.present(&queued.change, queued.of) == queued.replaces;
        forecast.require(is_as_it_was, MarginError::ChangeOutdated);
        forecast.draft = applied(queued, address, model, None);
        forecast
    }

    fn redraft(&self, model: &Model, draft: Draft, seen: &Seen<'_>) -> Result<Draft, String> {
        let address = address::change(self.number);
        let queued = model.queued(&address);
        // What has passed is paid at the rates that held then.
        match queued.change {
            Change::Interest(_) => adopted(model, seen, &|pool| applied(queued, address, model, Some(&*pool))),
            _ => Ok(draft),
        }
    }
}

impl Act for CancelChange<'_> {
    const NAME: &'static str = "cancel_change";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let address = address::change(self.number);
        let queued = model.queued(&address);
        let is_dead = model.now >= queued.dies_at || queued.by != model.house.admin;
        let may = is_dead || power(&model.house, &self.authority.address()).is_some();
        forecast.require(may, MarginError::NotAuthorised);
        forecast.draft.house(model).sequence += 1;
        forecast.draft.closed.insert(address);
        forecast
    }
}

impl Act for Tighten<'_> {
    const NAME: &'static str = "tighten";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        forecast.require(self.admin.address() == model.house.admin, MarginError::NotAuthorised);
        let Some(replaced) = model.judged(&self.change, self.of, &mut forecast) else {
            return forecast;
        };
        let waits = rows(&replaced)
            .iter()
            .zip(&rows(&self.change))
            .any(|(from, to)| from.waits(to));
        forecast.require(!waits, MarginError::ChangeLoosens);
        if !forecast.is_refused() {
            write(&self.change, self.of, model, &mut forecast.draft);
        }
        forecast
    }
}

/// Place of a power's pauses: the guardian's first, then the admin's.
fn power(house: &House, key: &Pubkey) -> Option<usize> {
    [house.guardian, house.admin].iter().position(|holder| holder == key)
}

const fn place(action: Pausable) -> usize {
    match action {
        Pausable::Deposit => 0,
        Pausable::RiskTrade => 1,
        Pausable::Borrow => 2,
        Pausable::Listing => 3,
        Pausable::Surface => 4,
        Pausable::OpenAccount => 5,
    }
}

impl Model {
    /// Whether an action is paused by guardian or admin.
    pub fn is_paused(&self, action: Pausable) -> bool {
        self.house
            .pauses
            .iter()
            .any(|pauses| self.now < pauses[place(action)].1)
    }
}

impl Act for Pause<'_> {
    const NAME: &'static str = "pause";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let Some(power) = power(&model.house, &self.authority.address()) else {
            return Forecast::refused(MarginError::NotAuthorised);
        };
        let seconds = i64::from(self.seconds);
        forecast.require((1..=LONGEST_PAUSE).contains(&seconds), MarginError::ParameterOutOfRange);
        let (now, house) = (model.now, forecast.draft.house(model));
        house.sequence += 1;
        let (began, until) = &mut house.pauses[power][place(self.action)];
        let is_prolonged = *began != 0 && now < *began + LONGEST_PAUSE;
        if is_prolonged {
            *until = (now + seconds).min(*began + LONGEST_PAUSE);
            return forecast;
        }
        let is_cooling = *began != 0 && now < *began + BETWEEN_PAUSES;
        (*began, *until) = (now, now + seconds);
        forecast.require(!is_cooling, MarginError::PauseCoolingDown);
        forecast
    }
}

impl Act for Unpause<'_> {
    const NAME: &'static str = "unpause";

    fn forecast(&self, model: &Model) -> Forecast {
        let mut forecast = Forecast::default();
        let Some(power) = power(&model.house, &self.authority.address()) else {
            return Forecast::refused(MarginError::NotAuthorised);
        };
        let house = forecast.draft.house(model);
        house.sequence += 1;
        let until = &mut house.pauses[power][place(self.action)].1;
        let is_paused = model.now < *until;
        *until = model.now;
        forecast.require(is_paused, MarginError::NotPaused);
        forecast
    }
}
