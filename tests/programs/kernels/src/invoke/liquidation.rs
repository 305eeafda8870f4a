//! Auctions, conversion and losses.

use crate::kernel::Kernel;
use crate::meter::{Meter, Sample, measured};
use crate::row::Row;
use tenor_math::Round;
use tenor_math::liquidation::{
    AuctionClock, ConversionPair, DiscountSchedule, Fraction, LegsTerms, ProRata, SliceTerms, Standing,
    conversion_price, decide_legs, discount, insolvency_payment, slice_fraction, split_shortfall, whole_lots,
};
use tenor_math::quantity::{Atoms, Lots, Value};

/// Underlyings over which a shortfall is split.
const UNDERLYINGS: usize = 8;
/// Positions of which a slice takes whole lots.
const POSITIONS: usize = 32;

#[inline(never)]
pub(super) fn liquidation(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    Some(match kernel {
        Kernel::SliceFraction => {
            let terms = SliceTerms {
                equity: row.value()?,
                maintenance: row.value()?,
                haircut: row.value()?,
                discount: row.ratio()?,
                target: row.ratio()?,
            };
            measured(meter, terms, slice_fraction)
        }
        Kernel::Discount => measured(
            meter,
            (clock(row)?, row.value()?, row.value()?),
            |(clock, equity, maintenance)| discount(*clock, *equity, *maintenance),
        ),
        Kernel::WholeLots => {
            let fraction = Fraction::from_e18(row.u64()?).ok()?;
            let mut held = [Lots::ZERO; POSITIONS];
            for lots in &mut held {
                *lots = row.lots()?;
            }
            measured(meter, (fraction, held), |(fraction, held)| {
                let mut moved = [Lots::ZERO; POSITIONS];
                whole_lots(*fraction, held, &mut moved).map(|()| moved)
            })
        }
        Kernel::DecideLegs => {
            let terms = LegsTerms {
                before: Standing {
                    equity: row.value()?,
                    maintenance: row.value()?,
                },
                maintenance_after: row.value()?,
                maintenance_one_lot_less: row.value()?,
                discount: row.ratio()?,
                target: row.ratio()?,
            };
            measured(meter, terms, decide_legs)
        }
        Kernel::ConversionPrice => measured(meter, (row.price()?, clock(row)?), |(oracle, clock)| {
            conversion_price(*oracle, *clock, &DiscountSchedule::CONVERSION)
        }),
        Kernel::CashFor | Kernel::CollateralFor => conversion(kernel, row, meter)?,
        Kernel::InsolvencyPayment => {
            let (clock, equity, maintenance) = (clock(row)?, row.value()?, row.value()?);
            let taken = Fraction::from_e18(row.u64()?).ok()?;
            measured(
                meter,
                (clock, equity, maintenance, taken),
                |(clock, equity, maintenance, taken)| insolvency_payment(*clock, *equity, *maintenance, *taken),
            )
        }
        Kernel::SplitShortfall => {
            let (amount, mut weights) = (atoms(row)?, [Value::ZERO; UNDERLYINGS]);
            for weight in &mut weights {
                *weight = row.value()?;
            }
            measured(meter, (amount, weights), |(amount, weights)| {
                let mut shares = [Atoms::ZERO; UNDERLYINGS];
                split_shortfall(*amount, weights, &mut shares).map(|()| shares)
            })
        }
        Kernel::ProRata => {
            let rule = ProRata::new(atoms(row)?, atoms(row)?);
            measured(meter, (rule, atoms(row)?), |(rule, payout)| rule.settle(*payout))
        }
        _ => return None,
    })
}

/// The pair is made within what is measured: its price is new each time.
fn conversion(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    let price = row.price()?;
    let mut decimals = || u8::try_from(row.u64()?).ok();
    let (collateral, quote) = (decimals()?, decimals()?);
    let input = (price, collateral, quote, atoms(row)?);
    Some(if kernel == Kernel::CashFor {
        measured(meter, input, |(price, collateral, quote, amount)| {
            ConversionPair::try_new(*price, *collateral, *quote)?.cash_for(*amount, Round::Up)
        })
    } else {
        measured(meter, input, |(price, collateral, quote, amount)| {
            ConversionPair::try_new(*price, *collateral, *quote)?.collateral_for(*amount, Round::Up)
        })
    })
}

fn clock(row: &mut Row<'_>) -> Option<AuctionClock> {
    Some(AuctionClock::from_seconds(u32::try_from(row.u64()?).ok()?))
}

fn atoms(row: &mut Row<'_>) -> Option<Atoms> {
    row.u64().map(Atoms::new)
}
