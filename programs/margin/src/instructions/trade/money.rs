//! What a trade does to both sides' money, decided before anything moves.

use super::accounts::{Taker, TradeArgs};
use super::legs::PricedLeg;
use crate::error::{MarginError, OrMarginError};
use tenor_math::Round;
use tenor_math::fees::Cash;
use tenor_math::quantity::{Atoms, Value};

/// One side's gain and cash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SideMoney {
    /// Fee that the side pays, atoms.
    pub(super) fee: Atoms,
    /// What its cash changes by, fee included, atoms.
    pub(super) cash_change_atoms: i64,
    /// What the legs are worth to it at mark less what it pays for them, before fees and before rounding.
    pub(super) price_gain: Cash,
    /// What its equity at mark changes by: after fees and rounding.
    pub(super) equity_change: Value,
}

impl SideMoney {
    /// Whether the prices hand value to the other side. Fees go to the house and are no exit; they are paid in cash.
    pub(super) fn gives_value(&self) -> bool {
        self.price_gain < Cash::ZERO
    }

    /// Worth is what the side gains at mark, price what it pays for that.
    fn new(worth: Value, price: Cash, receipt_atoms: i64, fee: Atoms, decimals: u8) -> Result<Self, MarginError> {
        let cash_change_atoms = i64::try_from(fee.get())
            .ok()
            .and_then(|fee| receipt_atoms.checked_sub(fee))
            .ok_or(MarginError::MathOverflow)?;
        let cash = Value::from_quote_atoms(cash_change_atoms, decimals, Round::Down).or_margin_error()?;
        Ok(Self {
            fee,
            cash_change_atoms,
            price_gain: Cash::of_value(worth).try_sub(price).or_margin_error()?,
            equity_change: worth.try_add(cash).or_margin_error()?,
        })
    }
}

/// Premium and fees of a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TradeMoney {
    /// Premium from buyer to seller, up for whoever pays, atoms.
    pub(super) premium_atoms: i64,
    pub(super) buyer: SideMoney,
    pub(super) seller: SideMoney,
}

impl TradeMoney {
    /// Sums the legs, exactly, and rounds the premium once.
    #[inline(never)]
    pub(super) fn of(legs: &[PricedLeg], taker: Taker, decimals: u8) -> Result<Self, MarginError> {
        let (mut premium, mut worth) = (Cash::ZERO, Value::ZERO);
        let (mut of_taker, mut of_maker) = (Atoms::ZERO, Atoms::ZERO);
        for leg in legs {
            premium = premium.try_add(leg.premium).or_margin_error()?;
            worth = worth.try_add(leg.worth).or_margin_error()?;
            of_taker = of_taker.try_add(leg.fees.taker).or_margin_error()?;
            of_maker = of_maker.try_add(leg.fees.maker).or_margin_error()?;
        }
        let (of_buyer, of_seller) = match taker {
            Taker::Buyer => (of_taker, of_maker),
            Taker::Seller => (of_maker, of_taker),
        };
        let premium_atoms = premium.to_quote_atoms_away(decimals).or_margin_error()?;
        let paid = premium_atoms.checked_neg().ok_or(MarginError::MathOverflow)?;
        let (given, received) = (
            worth.try_neg().or_margin_error()?,
            Cash::ZERO.try_sub(premium).or_margin_error()?,
        );
        Ok(Self {
            premium_atoms,
            buyer: SideMoney::new(worth, premium, paid, of_buyer, decimals)?,
            seller: SideMoney::new(given, received, premium_atoms, of_seller, decimals)?,
        })
    }

    /// Neither side gets less than it asked for.
    pub(super) fn check_limits(&self, args: &TradeArgs) -> Result<(), MarginError> {
        let payment = self.buyer.cash_change_atoms.checked_neg();
        let within = payment.is_some_and(|payment| payment <= args.buyer_max_payment_atoms)
            && self.seller.cash_change_atoms >= args.seller_min_receipt_atoms;
        if within {
            Ok(())
        } else {
            Err(MarginError::LimitExceeded)
        }
    }
}
