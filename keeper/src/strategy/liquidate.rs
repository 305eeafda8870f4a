//! Whether an account needs liquidation, and what to send about it.

use super::preview::{Slice, preview};
use super::projection::{PriceProblem, Projection};
use super::upkeep::{Eagerness, Upkeep};
use super::{Intent, IntentKind, Settings, SkipReason};
use crate::world::World;
use solana_instruction::Instruction;
use solana_message::Message;
use solana_pubkey::Pubkey;
use tenor_sdk::SdkError;
use tenor_sdk::decode::AccountData;
use tenor_sdk::instruction::{liquidate_slice, touch_liquidation};
use tenor_sdk::margin::MarginError;
use tenor_sdk::margin::auction::is_at_target;
use tenor_sdk::margin::instructions::LiquidateSliceArgs;
use tenor_sdk::margin::risk::{Assessment, Counting, Freshness, MarketView, needed_underlyings};
use tenor_sdk::margin::state::ClearingHouse;
use tenor_sdk::math::liquidation::{Fraction, SliceTerms, discount, slice_fraction};
use tenor_sdk::math::quantity::{Ratio, UnixSeconds, Value};
use tenor_sdk::math::risk::Health;

/// Strikes that fit beside a slice in one transaction's compute budget.
const STRIKES_BESIDE_A_SLICE: usize = 12;
/// Compute units of a touch or a slice, with room for the largest account.
const TOUCH_UNITS: u32 = 120_000;
const SLICE_UNITS: u32 = 400_000;
const MAX_UNITS: u32 = 1_400_000;
/// Bytes of a transaction, without its signature and the two instructions of the compute budget.
const MAX_MESSAGE_BYTES: usize = 1_232 - 65 - 60;
/// A touch keeps the clock running: it advances by at most thirty seconds a touch.
const TOUCH_AFTER_SECONDS: u64 = 20;
/// Slices are tried at the allowed fraction and at halves of it, down to this many halvings.
const HALVINGS: u32 = 6;
/// How much worse than forecast a slice may turn out, in parts of 1e9 of the cash that moves: ten basis points.
const SLIPPAGE: Ratio = Ratio::from_bps(10);

/// What an account needs.
pub(super) enum Verdict {
    /// Nothing.
    Healthy,
    /// It cannot be judged, or is none of ours.
    Skip(SkipReason),
    /// It is below maintenance or in an auction.
    Unhealthy {
        /// Maintenance requirement less equity, USD x 1e9; negative for an auction that may end.
        shortfall_e9: i64,
        /// What to send, or why nothing.
        action: Result<Intent, SkipReason>,
    },
}

/// Judges one account on the projection.
pub(super) fn judge(
    address: Pubkey,
    data: &AccountData,
    world: &World,
    projection: &Projection,
    settings: &Settings,
) -> Verdict {
    let owes = data.account.cash_atoms < 0;
    if data.positions.is_empty() && !owes && !data.account.liquidation.is_active() {
        return Verdict::Healthy;
    }
    // By the rules of the chain: a wide price counts, an old one must be renewed first, one of no use counts at its best.
    let assessed = match projection.market().assessment(data, Freshness::Liquidation(world.now)) {
        Ok(assessed) => assessed,
        Err(SdkError::Margin(MarginError::PriceStale)) => {
            return Verdict::Skip(SkipReason::Price(worst_problem(data, world, projection)));
        }
        Err(error) => return Verdict::Skip(SkipReason::Health(error.to_string())),
    };
    let Assessment {
        health,
        left_out,
        is_wide,
    } = assessed;
    let is_active = data.account.liquidation.is_active();
    let is_negative = match health.maintenance_health() {
        Ok(margin) => margin < Value::ZERO,
        Err(error) => return Verdict::Skip(of_math(error)),
    };
    if left_out && !is_negative {
        return Verdict::Skip(SkipReason::Price(worst_problem(data, world, projection)));
    }
    match health.is_certainly_unhealthy() {
        Ok(false) if !is_active => return Verdict::Healthy,
        // An auction that runs goes on only where the account is unhealthy at both ends of a wide price.
        Ok(false) if is_wide => return Verdict::Skip(SkipReason::Price(PriceProblem::Uncertain)),
        Ok(_) => {}
        Err(error) => return Verdict::Skip(of_math(error)),
    }
    if address == settings.liquidator.account {
        return Verdict::Skip(SkipReason::Own);
    }
    let shortfall_e9 = health.maintenance.e9().saturating_sub(health.equity.e9());
    let case = Case {
        address,
        data,
        health,
        left_out,
        world,
        projection,
        settings,
    };
    Verdict::Unhealthy {
        shortfall_e9,
        action: case.action(),
    }
}

/// What is wrong with the first price that is not good enough for a liquidation.
fn worst_problem(data: &AccountData, world: &World, projection: &Projection) -> PriceProblem {
    let market = projection.market();
    let Some(registry) = market.registry() else {
        return PriceProblem::NoFeed;
    };
    let is_bad = |index: &u8| {
        let underlying = market.underlying(*index);
        underlying.is_some_and(|underlying| {
            let counting = Freshness::Liquidation(world.now).counting(underlying, true);
            !matches!(counting, Ok(Counting::AtPrice { .. }))
        })
    };
    let index = needed_underlyings(&data.account, registry).find(is_bad);
    // A price that could be stored and is still too old for a liquidation has no problem of its own.
    index
        .and_then(|index| projection.problem(index))
        .unwrap_or(PriceProblem::Stale)
}

/// An unhealthy account with everything that a decision about it reads.
struct Case<'a> {
    address: Pubkey,
    data: &'a AccountData,
    health: Health,
    /// Whether something counts at its best, and cannot change hands.
    left_out: bool,
    world: &'a World,
    projection: &'a Projection,
    settings: &'a Settings,
}

impl Case<'_> {
    fn action(&self) -> Result<Intent, SkipReason> {
        let house = self
            .projection
            .market()
            .house()
            .ok_or_else(|| SkipReason::Health("no house".to_owned()))?;
        let is_active = self.data.account.liquidation.is_active();
        let at_target = is_at_target(&self.health, house.liquidation_target());
        let may_end = is_active && !self.left_out;
        if may_end && (at_target || self.health.maintenance == Value::ZERO) {
            return self.touch();
        }
        match self.slice(house) {
            // The clock must run on even if nobody can take a slice yet.
            Err(SkipReason::NoCapacity | SkipReason::EquityExhausted | SkipReason::Health(_))
                if self.is_touch_due() =>
            {
                self.touch()
            }
            outcome => outcome,
        }
    }

    fn is_touch_due(&self) -> bool {
        let state = &self.data.account.liquidation;
        !state.is_active() || self.world.now.since(UnixSeconds::new(state.touched_at)) >= TOUCH_AFTER_SECONDS
    }

    fn touch(&self) -> Result<Intent, SkipReason> {
        let market = self.accounts(&[self.data])?;
        let touch = vec![touch_liquidation(self.address, &market)];
        Ok(self.fitting(IntentKind::Touch, &[self.data], touch, TOUCH_UNITS))
    }

    /// The action behind the upkeep that it needs, in one transaction: behind all of it if that fits, else behind what the
    /// program would insist on; if not even that fits, the upkeep alone, and the action later.
    fn fitting(&self, kind: IntentKind, accounts: &[&AccountData], action: Vec<Instruction>, units: u32) -> Intent {
        let mut upkeep = Upkeep::default();
        for eagerness in [Eagerness::Exact, Eagerness::Required] {
            upkeep = self.upkeep(accounts, eagerness);
            if upkeep.strikes <= STRIKES_BESIDE_A_SLICE && self.fits(&upkeep, &action) {
                return self.intent(kind, upkeep, action, units);
            }
        }
        self.intent(IntentKind::Refresh, upkeep, Vec::new(), 0)
    }

    fn fits(&self, upkeep: &Upkeep, action: &[Instruction]) -> bool {
        let all: Vec<_> = upkeep.instructions.iter().chain(action).cloned().collect();
        let message = Message::new(&all, Some(&self.settings.liquidator.authority));
        message.serialize().len() <= MAX_MESSAGE_BYTES
    }

    /// The largest slice that the formula allows and the keeper's account can carry.
    fn slice(&self, house: &ClearingHouse) -> Result<Intent, SkipReason> {
        if self.health.equity <= Value::ZERO {
            return Err(SkipReason::EquityExhausted);
        }
        let own = self
            .world
            .accounts
            .get(&self.settings.liquidator.account)
            .ok_or(SkipReason::NoCapacity)?;
        // What the clock will show when the slice lands: a touch in the same transaction starts it, a slice advances it.
        let clock = self.data.account.liquidation.clock_at(house, self.world.now);
        let discount = discount(clock, self.health.equity, self.health.maintenance).map_err(of_math)?;
        let terms = SliceTerms {
            equity: self.health.equity,
            maintenance: self.health.maintenance,
            haircut: self.health.haircut,
            discount,
            target: house.liquidation_target(),
        };
        let allowed = if self.health.maintenance.e9() < house.risk.full_close_below_e9 {
            Fraction::ONE
        } else {
            slice_fraction(&terms).map_err(of_math)?
        };
        let wanted = allowed.e18().min(self.settings.max_fraction_e18);
        let mut refusal = SkipReason::NoCapacity;
        for halving in 0..=HALVINGS {
            let Ok(fraction) = Fraction::from_e18(wanted.checked_shr(halving).unwrap_or(0)) else {
                continue;
            };
            let slice = Slice {
                account: self.data,
                maintenance: self.health.maintenance,
                fraction,
                discount,
                now: self.world.now,
            };
            let forecast = match preview(self.projection.market(), &slice, &own.data) {
                Ok(forecast) => forecast,
                Err(error) => {
                    refusal = SkipReason::Health(error.to_string());
                    continue;
                }
            };
            let is_sound = forecast
                .health
                .initial_health()
                .is_ok_and(|health| health >= Value::ZERO);
            if is_sound && forecast.cash_after_atoms >= self.settings.reserve_cash_atoms {
                // The whole allowance is asked for as such: what the formula allows on chain may differ in the last digit.
                let max_fraction_e18 = if halving == 0 {
                    self.settings.max_fraction_e18
                } else {
                    fraction.e18()
                };
                return self.slice_of(max_fraction_e18, forecast.cash_change_atoms, &own.data);
            }
        }
        Err(refusal)
    }

    fn slice_of(&self, max_fraction_e18: u64, cash_change: i64, own: &AccountData) -> Result<Intent, SkipReason> {
        let parties = [self.data, own];
        let tolerance = SLIPPAGE
            .of_count(cash_change.unsigned_abs(), tenor_sdk::math::Round::Up)
            .map_err(of_math)?;
        let tolerance = i64::try_from(tolerance).unwrap_or(i64::MAX);
        let starts = !self.data.account.liquidation.is_active();
        let args = LiquidateSliceArgs {
            max_fraction_e18,
            min_cash_change_atoms: cash_change.saturating_sub(tolerance),
            expected_sequence: self.data.account.exposure_sequence,
        };
        let mut instructions = Vec::with_capacity(2);
        if starts {
            instructions.push(touch_liquidation(self.address, &self.accounts(&[self.data])?));
        }
        let market = self.accounts(&parties)?;
        instructions.push(liquidate_slice(self.address, self.settings.liquidator, &market, args));
        let units = TOUCH_UNITS.saturating_add(SLICE_UNITS);
        Ok(self.fitting(IntentKind::Slice, &parties, instructions, units))
    }

    fn upkeep(&self, accounts: &[&AccountData], eagerness: Eagerness) -> Upkeep {
        Upkeep::of(accounts, self.world, self.projection, self.settings, eagerness)
    }

    fn accounts(&self, parties: &[&AccountData]) -> Result<tenor_sdk::market::HealthAccounts, SkipReason> {
        self.projection
            .market()
            .health_accounts(parties.iter().copied())
            .map_err(|error| SkipReason::Health(error.to_string()))
    }

    fn intent(&self, kind: IntentKind, upkeep: Upkeep, instructions: Vec<Instruction>, units: u32) -> Intent {
        let mut all = upkeep.instructions;
        all.extend(instructions);
        Intent {
            account: self.address,
            sequence: self.data.account.sequence,
            kind,
            instructions: all,
            compute_units: upkeep.compute_units.saturating_add(units).min(MAX_UNITS),
        }
    }
}

fn of_math(error: tenor_sdk::math::MathError) -> SkipReason {
    SkipReason::Health(error.to_string())
}
