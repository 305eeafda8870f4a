//! Strategy-based requirements, in dollars per contract of a hundred.
//!
//! Spreads cost their greatest loss at expiry over zero and their strikes, premium included: the standard rule without
//! unpaired shorts. A naked option costs its price and a share of the underlying less what it is out of the money, with
//! a floor: the isolated rule, where the floor is of the underlying. The published figures are rounded to dollars.

use num_rational::BigRational;
use num_traits::Zero;
use tenor_math::MathError;
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::{Lots, Ratio, Value};
use tenor_math::risk::{IsolatedOption, IsolatedParams, StrikePosition, greatest_expiry_loss, isolated_short};

use super::{e9, ratio_e9, value};
use crate::exact::{decimal, integer, power_of_ten};
use crate::measure::Measure;
use crate::report::Line;
use crate::table::{Row, Table, Unreadable};

struct Leg {
    kind: OptionKind,
    strike: BigRational,
    price: BigRational,
    quantity: i64,
}

pub(crate) fn check(table: &Table) -> Result<Vec<Line>, Unreadable> {
    let mut spread = Measure::new("spreads, USD", 5, -1);
    let mut naked = Measure::new("naked options, USD", 5, -1);
    for row in table.rows() {
        let legs = legs(&row)?;
        match legs.as_slice() {
            [leg] => compare_naked(&row, leg, &mut naked)?,
            legs if legs.iter().all(|leg| leg.quantity < 0) => {
                naked.leave_out("a straddle or strangle costs its larger side there, its payoffs here");
            }
            legs => compare_spread(&row, legs, &mut spread)?,
        }
    }
    Ok(vec![spread.line(), naked.line()])
}

/// `P425@6.4:+1 P430@7.8:-1`: type, strike, price and signed quantity.
fn legs(row: &Row<'_>) -> Result<Vec<Leg>, Unreadable> {
    let legs: Option<Vec<Leg>> = row.text("legs")?.split_whitespace().map(leg).collect();
    legs.filter(|legs| !legs.is_empty()).ok_or_else(|| row.nonsense("legs"))
}

fn leg(text: &str) -> Option<Leg> {
    let (option, rest) = text.split_once('@')?;
    let (price, quantity) = rest.split_once(':')?;
    let (kind, strike) = match option.split_at_checked(1)? {
        ("C", strike) => (OptionKind::Call, strike),
        ("P", strike) => (OptionKind::Put, strike),
        _ => return None,
    };
    Some(Leg {
        kind,
        strike: decimal(strike)?,
        price: decimal(price)?,
        quantity: quantity.parse().ok()?,
    })
}

fn compare_spread(row: &Row<'_>, legs: &[Leg], measure: &mut Measure) -> Result<(), Unreadable> {
    let want = row.number("requirement")?;
    let Some(mut strikes) = legs.iter().map(position).collect::<Option<Vec<_>>>() else {
        measure.leave_out(TOO_FINE);
        return Ok(());
    };
    strikes.sort_by_key(|position| position.strike);
    let premium: BigRational = legs.iter().map(|leg| &leg.price * integer(leg.quantity)).sum();
    let Some(premium) = e9(&premium) else {
        measure.leave_out(TOO_FINE);
        return Ok(());
    };
    match greatest_expiry_loss(&strikes, 0, premium) {
        Ok(Some(loss)) => measure.error(row, &(value(loss) * integer(100) - want)),
        Ok(None) => measure.leave_out("calls are short on balance: no greatest loss"),
        Err(error) => measure.refused(row, &error),
    }
    Ok(())
}

const TOO_FINE: &str = "more than nine decimals";

fn position(leg: &Leg) -> Option<StrikePosition> {
    let lots = Lots::new(leg.quantity);
    let (call, put) = match leg.kind {
        OptionKind::Call => (lots, Lots::ZERO),
        OptionKind::Put => (Lots::ZERO, lots),
    };
    Some(StrikePosition {
        strike: e9(&leg.strike)?,
        call,
        put,
    })
}

fn compare_naked(row: &Row<'_>, leg: &Leg, measure: &mut Measure) -> Result<(), Unreadable> {
    let (spot, want) = (row.number("underlying")?, row.number("requirement")?);
    let leverage = row.number("leverage")?;
    let percent = if row.text("class")?.starts_with("equity") {
        20
    } else {
        15
    };
    let rate = integer(percent) * power_of_ten(-2) * &leverage;
    let floor = power_of_ten(-1) * leverage;
    if leg.quantity >= 0 {
        measure.leave_out("nothing is short");
        return Ok(());
    }
    if leg.kind == OptionKind::Put {
        // Their floor is a share of the strike: the two rules agree where neither floor binds.
        let out_of_the_money = (&spot - &leg.strike).max(BigRational::zero());
        if &rate * &spot - out_of_the_money < &floor * (&spot).max(&leg.strike) {
            measure.leave_out("a put's floor is a share of the strike there, of the underlying here");
            return Ok(());
        }
    }
    match isolated(leg, &spot, &rate, &floor) {
        None => measure.leave_out(TOO_FINE),
        Some(Ok(initial)) => {
            let size = integer(leg.quantity.abs() * 100);
            measure.error(row, &(value(initial) * size - want));
        }
        Some(Err(error)) => measure.refused(row, &error),
    }
    Ok(())
}

fn isolated(
    leg: &Leg,
    spot: &BigRational,
    rate: &BigRational,
    floor: &BigRational,
) -> Option<Result<Value, MathError>> {
    let option = IsolatedOption {
        kind: leg.kind,
        spot: e9(spot)?,
        strike: e9(&leg.strike)?,
        mark: e9(&leg.price)?,
    };
    let params = IsolatedParams {
        initial: ratio_e9(rate)?,
        initial_floor: ratio_e9(floor)?,
        // Strategy-based rules have one requirement only.
        maintenance: Ratio::from_e9(0),
        put_multiple: Ratio::from_e9(0),
    };
    Some(isolated_short(&option, &params).map(|requirement| requirement.initial))
}
