//! How far a strike's marks are from what other slices say, and what that can cost a book.

use super::StrikeRisk;
use super::open::OpenOption;
use crate::pricing::{Deviation, SettlementAverage, TotalVariance, call_value};
use crate::quantity::{LotSize, Lots, Price, Ratio, Value};
use crate::{MathError, Round};

/// Distances below 2^-24 of the discounted forward are none: a slice that is posted anew is the same but for its last digits.
const NOISE_SHIFT: u32 = 24;

/// What a former slice says of a strike now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormerMarket {
    /// Forward price of the underlying for the expiry.
    pub forward: Price,
    /// Strike price.
    pub strike: Price,
    /// Discount factor to the expiry.
    pub discount: Ratio,
    /// Size of a lot.
    pub lot: LotSize,
    /// Total variance at the moneyness of what is open of the strike.
    pub variance: TotalVariance,
    /// The settlement average, once a part of it is fixed.
    pub average: Option<SettlementAverage>,
}

impl FormerMarket {
    /// Value of a lot of the call, and of the discounted forward less strike: rounded as the risk array's are.
    fn values(&self) -> Result<(Value, Value), MathError> {
        let per_lot = |price: Price| self.discount.of(self.lot.value(price, Round::Down)?, Round::Down);
        let open = OpenOption::of(self.forward, self.strike, self.average.as_ref())?;
        let (forward, strike, excess) = (
            per_lot(open.forward)?,
            per_lot(open.strike)?,
            open.excess_value(per_lot)?,
        );
        let magnitude = |value: Value| u64::try_from(value.e9()).map_err(|_| MathError::OutOfDomain);
        let log_moneyness_q56 = open.log_moneyness_q56()?;
        let deviation = Deviation::of(self.variance).filter(|_| !open.is_decided);
        let call = call_value(magnitude(forward)?, magnitude(strike)?, log_moneyness_q56, deviation);
        let call = i64::try_from(call).map_err(|_| MathError::Overflow)?;
        let parity = forward.try_sub(strike)?.try_add(excess)?;
        Ok((Value::from_e9(call).try_add(excess)?, parity))
    }
}

/// How far the marks of a strike's call and its forward are from those on former slices, USD x 1e9 per lot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormerMarks {
    /// How far some former slice's call is below the mark.
    pub call_below_e9: u64,
    /// How far some former slice's call is above it.
    pub call_above_e9: u64,
    /// How far some former slice's discounted forward less strike is from the present one, in either direction.
    pub forward_off_e9: u64,
}

impl FormerMarks {
    /// With one more former slice of the strike that has a risk array.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a zero price; [`MathError::Overflow`].
    pub fn with(self, risk: &StrikeRisk, former: &FormerMarket) -> Result<Self, MathError> {
        let noise = risk.forward_value.e9().unsigned_abs() >> NOISE_SHIFT;
        let heard = |distance: u64| if distance > noise { distance } else { 0 };
        let (former_call, former_parity) = former.values()?;
        let parity = risk.forward_value.try_sub(risk.strike_value)?;
        let fall = risk.mark.try_sub(former_call)?.e9();
        let distance = heard(fall.unsigned_abs());
        let (below, above) = if fall > 0 { (distance, 0) } else { (0, distance) };
        let off = heard(parity.try_sub(former_parity)?.e9().unsigned_abs());
        Ok(Self {
            call_below_e9: self.call_below_e9.max(below),
            call_above_e9: self.call_above_e9.max(above),
            forward_off_e9: self.forward_off_e9.max(off),
        })
    }

    /// Most that lots of the call and the put are worth less on any of the former slices than at the marks. A put is a call
    /// less the forward, so this is the net lots at the worse call and the puts at the worse forward; exact.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn cost(&self, call: Lots, put: Lots) -> Result<Value, MathError> {
        let net = call.try_add(put)?;
        let per_call = if net.get() < 0 {
            self.call_above_e9
        } else {
            self.call_below_e9
        };
        let of_calls = at(net, per_call)?;
        of_calls.try_add(at(put, self.forward_off_e9)?)
    }
}

/// Nothing is multiplied where nothing moved.
fn at(lots: Lots, per_lot_e9: u64) -> Result<Value, MathError> {
    if per_lot_e9 == 0 || lots.get() == 0 {
        return Ok(Value::ZERO);
    }
    lots.magnitude_value(per_lot_e9)
}
