//! Volatilities of prices whose roots were solved for in many digits.

use super::support::{YEAR, number, rows};
use tenor_math::calibration::{ImpliedError, Terms};
use tenor_math::pricing::OptionKind;

#[test]
fn inverts_the_prices_of_the_vectors() {
    let (mut solved, mut refused) = (0, 0);
    for row in rows("iv_cases.csv") {
        let terms = Terms {
            forward: number(&row, "F"),
            strike: number(&row, "K"),
            discount: number(&row, "DF"),
            years: number(&row, "T_sec") / YEAR,
        };
        let kind = if row["cp"] == "C" {
            OptionKind::Call
        } else {
            OptionKind::Put
        };
        let price = number(&row, "price");
        let answer = terms.implied_volatility(kind, price);
        if row["status"] == "ok" {
            // A float holds the price and its inputs to a relative 2^-53, which vega turns into volatility.
            let tick = 10_f64.powf(-number(&row, "price_places"));
            let float = 4.0 * f64::EPSILON * terms.forward.max(terms.strike);
            let limit = 1e-9_f64.max((tick + float) / number(&row, "vega"));
            let miss = (answer.unwrap_or(f64::NAN) - number(&row, "iv")).abs();
            assert!(miss <= limit, "{row:?}: {answer:?}, off by {miss:e}, limit {limit:e}");
            solved += 1;
        } else {
            assert!(
                matches!(answer, Err(ImpliedError::Intrinsic | ImpliedError::Maximum)),
                "{row:?}: {answer:?}"
            );
            refused += 1;
        }
    }
    assert_eq!((solved, refused), (320, 35));
}
