//! An option on a partly fixed settlement average, as an option on the open share of the price.

use crate::MathError;
use crate::pricing::SettlementAverage;
use crate::quantity::{Price, Value};
use crate::special::ln_ratio_q56;

/// What is still open of an option: one on `forward` struck at `strike`, and `excess` on top of the call.
///
/// With fixed share x and mean A of the fixed marks a call is worth (1-x) Black(F, (K - xA)/(1-x)) = Black((1-x)F, K - xA).
/// A put is it less the forward plus the strike, as ever: both are known to the same fixed marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenOption {
    /// (1-x)F, rounded down.
    pub forward: Price,
    /// K - xA, rounded down; zero if the fixed marks alone reach the strike.
    pub strike: Price,
    /// By how much the fixed marks alone exceed the strike, xA - K, rounded down.
    pub excess: Price,
    /// Whether nothing is left to decide: the call is worth what the forward and the excess are, or nothing.
    pub is_decided: bool,
}

impl OpenOption {
    /// The open share of an option; all of it without an average.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for prices of 2^57 or more on an average.
    pub fn of(forward: Price, strike: Price, average: Option<&SettlementAverage>) -> Result<Self, MathError> {
        let Some(average) = average else {
            return Ok(Self {
                forward,
                strike,
                excess: Price::from_e9(0),
                is_decided: false,
            });
        };
        let marks = u64::from(average.marks());
        let (open_forward, open_strike) = average.open_share(forward.e9(), strike.e9())?;
        let share = |sum: u64| {
            sum.checked_div(marks)
                .map(Price::from_e9)
                .ok_or(MathError::DivideByZero)
        };
        let (forward, open_strike) = (share(open_forward)?, share(open_strike.unwrap_or(0))?);
        let excess = average.fixed_part().saturating_sub(strike.e9());
        Ok(Self {
            forward,
            strike: open_strike,
            excess: Price::from_e9(excess),
            is_decided: forward.e9() == 0 || open_strike.e9() == 0,
        })
    }

    /// Worth of the excess, of which nearly always there is none.
    ///
    /// # Errors
    /// Those of `per_lot`.
    pub(super) fn excess_value(
        &self,
        per_lot: impl FnOnce(Price) -> Result<Value, MathError>,
    ) -> Result<Value, MathError> {
        if self.excess.e9() == 0 {
            return Ok(Value::ZERO);
        }
        per_lot(self.excess)
    }

    /// ln(forward / strike); of a decided option only its sign says something.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a zero price that nothing fixed explains.
    pub fn log_moneyness_q56(&self) -> Result<i64, MathError> {
        if self.is_decided {
            return Ok(if self.strike.e9() == 0 { 1 } else { -1 });
        }
        ln_ratio_q56(self.forward.e9(), self.strike.e9())
    }
}
