//! Collateral for cash, at the oracle price less a discount.

use super::{AuctionClock, DiscountSchedule};
use crate::quantity::{Atoms, E9, Price, power_of_ten_wide};
use crate::{MathError, Round, mul_div};

/// Largest number of decimals of a mint.
const MAX_DECIMALS: u8 = 18;
/// Decimals of a [`Price`].
const PRICE_DECIMALS: u8 = 9;

/// A collateral and the quote that it is paid in: a price and the decimals of both mints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConversionPair {
    price: Price,
    /// Atoms of collateral times price x 1e9 for one atom of quote: a power of ten.
    scale: u128,
    /// Its inverse, where the quote has more decimals than collateral and price together; else one.
    inverse_scale: u128,
}

impl ConversionPair {
    /// Collateral with `collateral_decimals` at `price`, for a quote with `quote_decimals`.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a price of zero or more than 18 decimals.
    pub fn try_new(price: Price, collateral_decimals: u8, quote_decimals: u8) -> Result<Self, MathError> {
        if price.e9() == 0 || collateral_decimals > MAX_DECIMALS || quote_decimals > MAX_DECIMALS {
            return Err(MathError::OutOfDomain);
        }
        let price_decimals = collateral_decimals.saturating_add(PRICE_DECIMALS);
        Ok(Self {
            price,
            scale: power_of_ten_wide(price_decimals.saturating_sub(quote_decimals))?,
            inverse_scale: power_of_ten_wide(quote_decimals.saturating_sub(price_decimals))?,
        })
    }

    /// Cash for an amount of collateral, exact before the one rounding. `Up` where the account sells and a buyer pays,
    /// `Down` where the account buys back.
    ///
    /// # Errors
    /// [`MathError::Overflow`] if it exceeds `u64`.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "a product of two u64 fits u128; the scale is a power of ten, never zero"
    )]
    pub fn cash_for(&self, collateral: Atoms, round: Round) -> Result<Atoms, MathError> {
        let worth = (u128::from(collateral.get()) * u128::from(self.price.e9()))
            .checked_mul(self.inverse_scale)
            .ok_or(MathError::Overflow)?;
        let cash = match round {
            Round::Down => worth / self.scale,
            Round::Up => worth.div_ceil(self.scale),
        };
        u64::try_from(cash).map(Atoms::new).map_err(|_| MathError::Overflow)
    }

    /// Collateral for an amount of cash, exact before the one rounding. `Down` where the account sells and a buyer
    /// receives, `Up` where the account buys back.
    ///
    /// # Errors
    /// [`MathError::Overflow`] if it exceeds `u64`, or cash times its scale `u128`.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "neither the price nor a power of ten is zero; price < 2^64 times 10^9 fits u128"
    )]
    pub fn collateral_for(&self, cash: Atoms, round: Round) -> Result<Atoms, MathError> {
        let paid = u128::from(cash.get())
            .checked_mul(self.scale)
            .ok_or(MathError::Overflow)?;
        let per_atom = u128::from(self.price.e9()) * self.inverse_scale;
        let collateral = match round {
            Round::Down => paid / per_atom,
            Round::Up => paid.div_ceil(per_atom),
        };
        u64::try_from(collateral)
            .map(Atoms::new)
            .map_err(|_| MathError::Overflow)
    }
}

/// Price at which collateral is converted: the oracle's less the schedule's discount. Rounds up, in favour of the account
/// that sells. While the discount is below the collateral's haircut a conversion raises equity, and it never changes what
/// the account owns by more than the discount. Source: design section 6.
///
/// # Errors
/// [`MathError::OutOfDomain`] if the oracle's price is zero.
pub fn conversion_price(oracle: Price, clock: AuctionClock, schedule: &DiscountSchedule) -> Result<Price, MathError> {
    if oracle.e9() == 0 {
        return Err(MathError::OutOfDomain);
    }
    let kept = schedule.at(clock).complement()?;
    mul_div(oracle.e9(), kept.e9(), E9, Round::Up).map(Price::from_e9)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOL: Price = Price::from_e9(200_000_000_000);

    #[test]
    fn price_falls_with_the_clock() {
        let at = |seconds| {
            conversion_price(SOL, AuctionClock::from_seconds(seconds), &DiscountSchedule::CONVERSION).map(Price::e9)
        };
        assert_eq!(at(0), Ok(199_000_000_000));
        assert_eq!(at(600), Ok(190_000_000_000));
        assert_eq!(at(u32::MAX), Ok(100_000_000_000));
        let none = conversion_price(Price::default(), AuctionClock::default(), &DiscountSchedule::CONVERSION);
        assert_eq!(none, Err(MathError::OutOfDomain));
    }

    #[test]
    fn buyers_pay_up_and_receive_down() {
        let pair = ConversionPair::try_new(SOL, 9, 6).unwrap();
        assert_eq!(
            pair.cash_for(Atoms::new(1_500_000_000), Round::Up),
            Ok(Atoms::new(300_000_000))
        );
        assert_eq!(pair.cash_for(Atoms::new(1), Round::Up), Ok(Atoms::new(1)));
        assert_eq!(pair.cash_for(Atoms::new(1), Round::Down), Ok(Atoms::ZERO));
        assert_eq!(pair.collateral_for(Atoms::new(1), Round::Down), Ok(Atoms::new(5)));
        let odd = ConversionPair::try_new(Price::from_e9(300_000_000_000), 9, 6).unwrap();
        assert_eq!(odd.collateral_for(Atoms::new(1), Round::Down), Ok(Atoms::new(3)));
        assert_eq!(odd.collateral_for(Atoms::new(1), Round::Up), Ok(Atoms::new(4)));
    }

    #[test]
    fn decimals_may_lie_either_way_round() {
        let fine = ConversionPair::try_new(Price::from_e9(1_000_000_000), 0, 18).unwrap();
        assert_eq!(
            fine.cash_for(Atoms::new(2), Round::Up),
            Ok(Atoms::new(2_000_000_000_000_000_000))
        );
        assert_eq!(fine.collateral_for(Atoms::new(1), Round::Up), Ok(Atoms::new(1)));
        assert_eq!(fine.collateral_for(Atoms::new(1), Round::Down), Ok(Atoms::ZERO));
        assert_eq!(fine.cash_for(Atoms::new(100), Round::Up), Err(MathError::Overflow));
        let finest = ConversionPair::try_new(Price::from_e9(1_000_000_000), 18, 18).unwrap();
        assert_eq!(finest.cash_for(Atoms::new(7), Round::Up), Ok(Atoms::new(7)));
        for (price, collateral, quote) in [(0, 9, 6), (1, 19, 6), (1, 9, 19)] {
            let pair = ConversionPair::try_new(Price::from_e9(price), collateral, quote);
            assert_eq!(pair, Err(MathError::OutOfDomain));
        }
    }
}
