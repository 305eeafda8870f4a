//! What a trade costs: its premium in cash, to the atom, and the fees of both sides.

use crate::quantity::{Atoms, LotSize, Lots, Price, Ratio, Value};
use crate::{MathError, Round};

/// Decimals of a [`Cash`].
const CASH_DECIMALS: u8 = 18;
/// Decimals of a part of one.
const PART_DECIMALS: u8 = 27;
/// From USD x 1e9 to USD x 1e18.
const E9_WIDE: i128 = 1_000_000_000;

/// A signed amount of USD x 1e18: lots times price times the size of a lot, exact. It is rounded once, when money moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cash(i128);

impl Cash {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Price of a number of lots; negative if they are.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn of_lots(lots: Lots, price: Price, lot: LotSize) -> Result<Self, MathError> {
        let units = u128::from(lots.magnitude())
            .checked_mul(u128::from(lot.units_e9()))
            .ok_or(MathError::Overflow)?;
        let magnitude = match u64::try_from(units) {
            // A product of two 64-bit words cannot wrap.
            Ok(units) => u128::from(units).wrapping_mul(u128::from(price.e9())),
            Err(_) => units.checked_mul(u128::from(price.e9())).ok_or(MathError::Overflow)?,
        };
        let magnitude = i128::try_from(magnitude).map_err(|_| MathError::Overflow)?;
        Ok(Self(if lots.get() < 0 {
            magnitude.wrapping_neg()
        } else {
            magnitude
        }))
    }

    /// An amount of USD x 1e9.
    pub fn of_value(value: Value) -> Self {
        // 2^63 x 1e9 fits 94 bits.
        Self(i128::from(value.e9()).wrapping_mul(E9_WIDE))
    }

    /// USD x 1e18.
    pub const fn e18(self) -> i128 {
        self.0
    }

    /// Sum.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn try_add(self, other: Self) -> Result<Self, MathError> {
        self.0.checked_add(other.0).map(Self).ok_or(MathError::Overflow)
    }

    /// Difference.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn try_sub(self, other: Self) -> Result<Self, MathError> {
        self.0.checked_sub(other.0).map(Self).ok_or(MathError::Overflow)
    }

    /// Signed atoms of the quote, away from zero: up for whoever pays.
    ///
    /// # Errors
    /// [`MathError::Overflow`], also above 18 decimals.
    pub fn to_quote_atoms_away(self, decimals: u8) -> Result<i64, MathError> {
        let atoms = atoms_up(self.0.unsigned_abs(), CASH_DECIMALS, decimals)?;
        let atoms = i64::try_from(atoms).map_err(|_| MathError::Overflow)?;
        Ok(if self.0 < 0 { atoms.wrapping_neg() } else { atoms })
    }

    /// The amount as USD x 1e9.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "both sides are unsigned; the divisor is a constant"
    )]
    pub fn to_value(self, round: Round) -> Result<Value, MathError> {
        let magnitude = self.0.unsigned_abs();
        let quotient = match (self.0 < 0, round) {
            (false, Round::Down) | (true, Round::Up) => magnitude / E9_WIDE.unsigned_abs(),
            (false, Round::Up) | (true, Round::Down) => magnitude.div_ceil(E9_WIDE.unsigned_abs()),
        };
        // A quotient by 1e9 is far from the ends of 128 bits.
        let quotient = i128::try_from(quotient).map_err(|_| MathError::Overflow)?;
        let signed = if self.0 < 0 { quotient.wrapping_neg() } else { quotient };
        i64::try_from(signed)
            .map(Value::from_e9)
            .map_err(|_| MathError::Overflow)
    }
}

/// Powers of ten, of which a division needs one each time: reckoning one costs more than the division.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated when the crate is compiled, which an index out of range would stop"
)]
const POWERS: [u128; 28] = {
    let mut powers = [1_u128; 28];
    let mut place = 1;
    while place < powers.len() {
        powers[place] = powers[place - 1] * 10;
        place += 1;
    }
    powers
};

/// Quotient of an amount with so many decimals by one atom of the quote, rounded up.
fn atoms_up(amount: u128, amount_decimals: u8, decimals: u8) -> Result<u128, MathError> {
    let divisor = amount_decimals
        .checked_sub(decimals)
        .and_then(|exponent| POWERS.get(usize::from(exponent)))
        .ok_or(MathError::Overflow)?;
    Ok(amount.div_ceil(*divisor))
}

/// What each side of a trade pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeRates {
    /// Of the notional, by the side that takes.
    pub taker: Ratio,
    /// Of the notional, by the side that makes.
    pub maker: Ratio,
    /// Most that a fee may be of the premium.
    pub cap: Ratio,
}

/// Fees of one leg.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LegFees {
    /// What the taker pays.
    pub taker: Atoms,
    /// What the maker pays.
    pub maker: Atoms,
}

impl FeeRates {
    /// Fees of one leg: `min(rate x notional, cap x premium)` for either side, whichever way the premium flows, each
    /// rounded up to an atom. A leg without premium costs nothing, and splitting a leg never makes it cheaper.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a rate or cap above one; [`MathError::Overflow`].
    pub fn of_leg(&self, notional: Cash, premium: Cash, decimals: u8) -> Result<LegFees, MathError> {
        let most = part(self.cap, premium)?;
        let fee = |rate: Ratio| -> Result<Atoms, MathError> {
            if rate == Ratio::ZERO || most == 0 {
                return Ok(Atoms::ZERO);
            }
            let atoms = atoms_up(part(rate, notional)?.min(most), PART_DECIMALS, decimals)?;
            u64::try_from(atoms).map(Atoms::new).map_err(|_| MathError::Overflow)
        };
        Ok(LegFees {
            taker: fee(self.taker)?,
            maker: fee(self.maker)?,
        })
    }
}

/// A part of an amount without its sign, USD x 1e27, exact.
fn part(ratio: Ratio, of: Cash) -> Result<u128, MathError> {
    if ratio > Ratio::ONE {
        return Err(MathError::OutOfDomain);
    }
    of.0.unsigned_abs()
        .checked_mul(u128::from(ratio.e9()))
        .ok_or(MathError::Overflow)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "small numbers of a test")]
mod tests {
    use super::*;

    /// Lots of 0.01 of the underlying.
    fn cash(lots: i64, price_e9: u64) -> Result<Cash, MathError> {
        Cash::of_lots(
            Lots::new(lots),
            Price::from_e9(price_e9),
            LotSize::from_units_e9(10_000_000)?,
        )
    }

    const RATES: FeeRates = FeeRates {
        taker: Ratio::from_bps(3),
        maker: Ratio::from_bps(2),
        cap: Ratio::from_bps(1_250),
    };

    #[test]
    fn fractions_of_a_lot_are_summed_before_they_are_rounded() {
        // 0.5e-9 USD a lot: 4,000 lots are 2e-6 USD, two atoms; one lot is a fraction of one, up for whoever pays.
        assert_eq!(cash(4_000, 50).and_then(|cash| cash.to_quote_atoms_away(6)), Ok(2));
        assert_eq!(cash(1, 50).and_then(|cash| cash.to_quote_atoms_away(6)), Ok(1));
        assert_eq!(cash(-1, 50).and_then(|cash| cash.to_quote_atoms_away(6)), Ok(-1));
        assert_eq!(cash(-4_000, 50).and_then(|cash| cash.to_quote_atoms_away(6)), Ok(-2));
        // 4,001 lots are 2.0005 atoms.
        assert_eq!(cash(-4_001, 50).and_then(|cash| cash.to_quote_atoms_away(6)), Ok(-3));
        assert_eq!(cash(0, 50), Ok(Cash::ZERO));
    }

    #[test]
    fn values_round_as_named_on_both_sides_of_zero() {
        // 0.5e-9 USD.
        assert_eq!(
            cash(1, 50).and_then(|cash| cash.to_value(Round::Down)),
            Ok(Value::from_e9(0))
        );
        assert_eq!(
            cash(1, 50).and_then(|cash| cash.to_value(Round::Up)),
            Ok(Value::from_e9(1))
        );
        assert_eq!(
            cash(-1, 50).and_then(|cash| cash.to_value(Round::Down)),
            Ok(Value::from_e9(-1))
        );
        assert_eq!(
            cash(-1, 50).and_then(|cash| cash.to_value(Round::Up)),
            Ok(Value::from_e9(0))
        );
        assert_eq!(
            Cash::of_value(Value::from_e9(i64::MIN)).to_value(Round::Up),
            Ok(Value::from_e9(i64::MIN))
        );
        assert_eq!(Cash::of_value(Value::from_e9(-7)).e18(), -7_000_000_000);
    }

    #[test]
    fn a_fee_is_a_part_of_the_notional_unless_the_cap_is_less() {
        // 300 lots are 3 SOL: 600 USD at 200. Taker 0.18 USD, maker 0.12 USD.
        let notional = cash(300, 200_000_000_000).unwrap_or_default();
        let fees = |premium_e9| RATES.of_leg(notional, cash(300, premium_e9)?, 6);
        let both = |taker, maker| {
            Ok(LegFees {
                taker: Atoms::new(taker),
                maker: Atoms::new(maker),
            })
        };
        assert_eq!(fees(5_000_000_000), both(180_000, 120_000));
        // A premium of 1.2 USD allows 0.15 each; of 0.3 USD 0.0375.
        assert_eq!(fees(400_000_000), both(150_000, 120_000));
        assert_eq!(fees(100_000_000), both(37_500, 37_500));
        assert_eq!(fees(0), both(0, 0));
        // 1e-9 USD for 3 SOL is 3e-9 USD: any fee at all is one atom.
        assert_eq!(fees(1), both(1, 1));
    }

    #[test]
    fn the_sign_of_the_premium_does_not_matter() {
        let notional = cash(-300, 200_000_000_000).unwrap_or_default();
        let premium = cash(-300, 400_000_000).unwrap_or_default();
        let fees = RATES.of_leg(notional, premium, 6);
        assert_eq!(fees.map(|fees| fees.taker), Ok(Atoms::new(150_000)));
    }

    #[test]
    fn splitting_a_leg_never_makes_it_cheaper() {
        let whole = |lots: i64, premium_e9: u64| {
            let fees = RATES.of_leg(cash(lots, 123_456_789_123)?, cash(lots, premium_e9)?, 6)?;
            Ok::<u64, MathError>(fees.taker.get())
        };
        for premium_e9 in [0, 1, 999, 1_000_001, 77_777_777, 5_000_000_001] {
            for (first, second) in [(1, 1), (1, 99), (33, 67), (1_000, 1)] {
                let merged = whole(first + second, premium_e9);
                let split = whole(first, premium_e9).and_then(|one| Ok(one + whole(second, premium_e9)?));
                let is_no_dearer = merged.and_then(|merged| Ok(merged <= split?));
                assert_eq!(is_no_dearer, Ok(true), "{premium_e9} {first} {second}");
            }
        }
    }

    #[test]
    fn refuses_what_is_out_of_range() {
        let excess = FeeRates {
            cap: Ratio::from_e9(1_000_000_001),
            ..RATES
        };
        let one = cash(1, 1).unwrap_or_default();
        assert_eq!(excess.of_leg(one, one, 6), Err(MathError::OutOfDomain));
        assert_eq!(one.to_quote_atoms_away(19), Err(MathError::Overflow));
        assert_eq!(cash(i64::MAX, u64::MAX), Err(MathError::Overflow));
        assert_eq!(cash(i64::MIN, u64::MAX), Err(MathError::Overflow));
        let vast = cash(i64::MAX, 200_000_000_000).unwrap_or_default();
        assert_eq!(vast.to_quote_atoms_away(6), Err(MathError::Overflow));
        assert_eq!(vast.to_value(Round::Down), Err(MathError::Overflow));
    }
}
