//! What an account holds in one underlying, summed strike by strike.

use super::drift::recentred;
use super::former::FormerMarks;
use super::interval::PriceInterval;
use super::scenario::{PriceShocks, SCENARIOS};
use super::strike::{Step, StrikeView};
use crate::fixed::checked_product;
use crate::quantity::{LotSize, Lots, Price, Ratio, Value};
use crate::{MathError, Round};

/// Most expiries that one account can hold in one underlying.
pub const MAX_EXPIRIES: usize = 16;

/// Collateral priced by the underlying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collateral {
    /// Worth at the oracle price.
    pub value: Value,
    /// Part of the worth that does not count.
    pub haircut: Ratio,
}

/// Strikes whose arrays share one reference price; their results are summed in the book.
#[derive(Clone, Debug)]
struct Group {
    /// From their reference to the present spot; none while the group is empty.
    step: Option<Step>,
    /// Forward of the last strike that was moved, and where it went; zero before the first.
    forward: Value,
    moved_forward: Value,
    /// What their calls gained from the reference to the present spot, at the re-centred marks.
    mark_change: Value,
    /// Sum of net lots x drift.
    drift: Value,
    /// Sum of net lots x (largest result + forward): what the rounding of a step is relative to.
    size_e9: u64,
    /// Sum of lots, calls and puts apart.
    held_lots: u64,
}

/// An account's positions and collateral in one underlying, summed strike by strike.
#[derive(Clone, Debug)]
pub struct UnderlyingBook<'a> {
    pub(super) interval: PriceInterval,
    pub(super) lot: LotSize,
    pub(super) shocks: &'a PriceShocks,
    /// Sum over the open group's strikes of (call + put lots) x the call's result; once all groups are closed, over all
    /// strikes and at the present spot.
    pub(super) pnl_e9: [i64; SCENARIOS],
    group: Group,
    /// The same sum over the groups before, at the present spot.
    closed_e9: [i64; SCENARIOS],
    has_closed: bool,
    /// Whether there was a group.
    has_started: bool,
    /// Bound on every entry of the sums, kept below 2^61: why they may wrap without wrapping.
    pnl_bound_e9: u64,
    /// Sum of put lots x the forward per lot, by expiry: what parity takes off for each relative move.
    pub(super) put_forward: [Value; MAX_EXPIRIES],
    /// Sum of (call + put lots) x the call's delta, 1e-9 units of the underlying, by expiry.
    pub(super) call_delta_e9: [i64; MAX_EXPIRIES],
    /// One more than the highest place of an expiry that holds something.
    pub(super) expiries: usize,
    pub(super) option_value: Value,
    /// Payoffs of settled expiries: certain, so a debt among them is a debt like negative cash.
    pub(super) settled_value: Value,
    /// What re-centring from the strikes' references to the present spot may hide.
    pub(super) recentring: Value,
    /// Sum of lots x drift: what re-centring hides per unit of relative step.
    pub(super) drift: Value,
    /// What the lots may be worth less on the slices of the last day or two.
    pub(super) former_cost: Value,
    pub(super) net_short_lots: u64,
    pub(super) concentrated_lots: u64,
    pub(super) holds_short: bool,
    pub(super) base_value: Value,
    pub(super) base_haircut: Value,
}

impl<'a> UnderlyingBook<'a> {
    /// An empty book at a spot price and the interval around it.
    pub const fn new(interval: PriceInterval, lot: LotSize, shocks: &'a PriceShocks) -> Self {
        Self {
            interval,
            lot,
            shocks,
            pnl_e9: [0; SCENARIOS],
            group: Group {
                step: None,
                forward: Value::ZERO,
                moved_forward: Value::ZERO,
                mark_change: Value::ZERO,
                drift: Value::ZERO,
                size_e9: 0,
                held_lots: 0,
            },
            closed_e9: [0; SCENARIOS],
            has_closed: false,
            has_started: false,
            pnl_bound_e9: 0,
            put_forward: [Value::ZERO; MAX_EXPIRIES],
            call_delta_e9: [0; MAX_EXPIRIES],
            expiries: 0,
            option_value: Value::ZERO,
            settled_value: Value::ZERO,
            recentring: Value::ZERO,
            drift: Value::ZERO,
            former_cost: Value::ZERO,
            net_short_lots: 0,
            concentrated_lots: 0,
            holds_short: false,
            base_value: Value::ZERO,
            base_haircut: Value::ZERO,
        }
    }

    /// What the options added so far are worth at mark, but for settled ones.
    pub const fn option_value(&self) -> Value {
        self.option_value
    }

    /// Adds a strike's call and put. `expiry` tells expiries apart and is below [`MAX_EXPIRIES`]; `free_lots` are the lots
    /// of call and put together that one account may hold without a charge for concentration.
    ///
    /// # Errors
    /// [`MathError::Overflow`] where a sum could leave the range of [`Value`]; [`MathError::OutOfDomain`] for an expiry
    /// out of range; [`MathError::DivideByZero`] for a strike that was never refreshed.
    pub fn add_strike(
        &mut self,
        expiry: usize,
        call: Lots,
        put: Lots,
        free_lots: u64,
        strike: &StrikeView<'_>,
    ) -> Result<(), MathError> {
        let net = call.try_add(put)?;
        let step = self.step_from(strike.reference)?;
        self.add_results(net, strike)?;
        let forward = self.moved_forward(strike.forward_value, &step)?;
        let marks = strike.marks_with(&step, forward)?;
        let value = call.value(marks.call)?.try_add(put.value(marks.put)?)?;
        self.option_value = self.option_value.try_add(value)?;
        let put_forward = self.put_forward.get_mut(expiry).ok_or(MathError::OutOfDomain)?;
        *put_forward = put_forward.try_add(put.value(marks.forward)?)?;
        let delta = self.call_delta_e9.get_mut(expiry).ok_or(MathError::OutOfDomain)?;
        *delta = checked_product(net.get(), strike.delta_units_e9)
            .and_then(|of_calls| delta.checked_add(of_calls))
            .ok_or(MathError::Overflow)?;
        self.expiries = self.expiries.max(expiry.saturating_add(1));
        let held = call.magnitude().saturating_add(put.magnitude());
        self.add_drift(net, held, strike, marks.call, &step)?;
        // A call and a put of opposite sign are a conversion: no naked option.
        let short = if net.get() < 0 { net.magnitude() } else { 0 };
        self.net_short_lots = self.net_short_lots.checked_add(short).ok_or(MathError::Overflow)?;
        self.concentrated_lots = self.concentrated_lots.saturating_add(held.saturating_sub(free_lots));
        self.holds_short |= call.get() < 0 || put.get() < 0;
        Ok(())
    }

    /// Holds a strike's lots, added before, against former slices: initial requirements ask for what they may be worth less on
    /// them, leg by leg, because nobody knows which slice is the true one.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn add_former(&mut self, call: Lots, put: Lots, former: &FormerMarks) -> Result<(), MathError> {
        self.former_cost = self.former_cost.try_add(former.cost(call, put)?)?;
        Ok(())
    }

    fn add_results(&mut self, net: Lots, strike: &StrikeView<'_>) -> Result<(), MathError> {
        let bound = net.magnitude_value(strike.pnl_bound_e9)?.e9().unsigned_abs();
        self.pnl_bound_e9 = self
            .pnl_bound_e9
            .checked_add(bound)
            .filter(|bound| bound >> 61 == 0)
            .ok_or(MathError::Overflow)?;
        self.group.size_e9 = self.group.size_e9.saturating_add(bound);
        // Every partial sum is at most the bound above: wrapping never happens, and checking each of the 33 products would
        // cost eight times as much.
        for (sum, pnl) in self.pnl_e9.iter_mut().zip(strike.pnl_e9) {
            *sum = sum.wrapping_add(net.get().wrapping_mul(*pnl));
        }
        Ok(())
    }

    /// What re-centring may hide of this strike, and the mark's change that the results must not count twice.
    fn add_drift(
        &mut self,
        net: Lots,
        held: u64,
        strike: &StrikeView<'_>,
        mark: Value,
        step: &Step,
    ) -> Result<(), MathError> {
        self.group.drift = self.group.drift.try_add(net.magnitude_value(strike.drift_e9)?)?;
        if step.is_zero() {
            return Ok(());
        }
        let forwards = net.magnitude_value(strike.forward_value.e9().unsigned_abs())?;
        self.group.size_e9 = self.group.size_e9.saturating_add(forwards.e9().unsigned_abs());
        self.group.held_lots = self.group.held_lots.saturating_add(held);
        let change = net.value(mark.try_sub(strike.mark)?)?;
        self.group.mark_change = self.group.mark_change.try_add(change)?;
        Ok(())
    }

    /// A strike's forward at the present spot: that of the last strike, where it is the same before.
    fn moved_forward(&mut self, forward: Value, step: &Step) -> Result<Value, MathError> {
        if step.is_zero() {
            return Ok(forward);
        }
        if self.group.forward != forward {
            self.group.moved_forward = step.moved(forward)?;
            self.group.forward = forward;
        }
        Ok(self.group.moved_forward)
    }

    /// The step from a reference to the present spot; a new reference starts a new group.
    fn step_from(&mut self, reference: Price) -> Result<Step, MathError> {
        match self.group.step {
            Some(step) if step.reference() == reference => Ok(step),
            _ => {
                self.put_group_aside()?;
                let step = Step::between(reference, self.interval.spot())?;
                self.group.step = Some(step);
                (self.group.forward, self.group.moved_forward) = (Value::ZERO, Value::ZERO);
                self.has_started = true;
                Ok(step)
            }
        }
    }

    /// Moves the open group's results to the present spot.
    fn move_group(&mut self, step: &Step) -> Result<(), MathError> {
        if !step.is_zero() {
            let change_e9 = self.group.mark_change.e9();
            self.pnl_e9 = recentred(&self.pnl_e9, self.shocks, step.relative_q30())?;
            for result in &mut self.pnl_e9 {
                *result = result.checked_sub(change_e9).ok_or(MathError::Overflow)?;
            }
            let doubt = step.doubt(self.group.drift, self.group.size_e9, self.group.held_lots)?;
            self.recentring = self.recentring.try_add(doubt)?;
            self.group.mark_change = Value::ZERO;
        }
        self.drift = self.drift.try_add(self.group.drift)?;
        (self.group.drift, self.group.size_e9, self.group.held_lots) = (Value::ZERO, 0, 0);
        Ok(())
    }

    /// Closes the open group before another one.
    fn put_group_aside(&mut self) -> Result<(), MathError> {
        if !self.has_started {
            return Ok(());
        }
        if let Some(step) = self.group.step.take() {
            self.move_group(&step)?;
        }
        for (closed, result) in self.closed_e9.iter_mut().zip(&mut self.pnl_e9) {
            *closed = closed.checked_add(*result).ok_or(MathError::Overflow)?;
            *result = 0;
        }
        self.has_closed = true;
        Ok(())
    }

    /// Closes the last group. Mostly it is the only one and stays where it is: then its sums are the book's.
    pub(super) fn close_groups(&mut self) -> Result<(), MathError> {
        if let Some(step) = self.group.step.take() {
            self.move_group(&step)?;
        }
        if self.has_closed {
            self.has_closed = false;
            for (sum, closed) in self.pnl_e9.iter_mut().zip(&mut self.closed_e9) {
                *sum = sum.checked_add(*closed).ok_or(MathError::Overflow)?;
                *closed = 0;
            }
        }
        Ok(())
    }

    /// Adds the certain payoff of a settled expiry: equity in full; for a withdrawal a gain counts for nothing until it is
    /// paid out, and a debt in full, whatever unexpired options are worth.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn add_settled(&mut self, payoff: Value) -> Result<(), MathError> {
        self.settled_value = self.settled_value.try_add(payoff)?;
        Ok(())
    }

    /// Adds collateral priced by this underlying. The haircut rounds up; it is the same whatever the options are, for these
    /// are settled in cash: who covers a call must sell the cover.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn add_collateral(&mut self, collateral: Collateral) -> Result<(), MathError> {
        self.base_value = self.base_value.try_add(collateral.value)?;
        self.base_haircut = self
            .base_haircut
            .try_add(collateral.haircut.of(collateral.value, Round::Up)?)?;
        Ok(())
    }
}
