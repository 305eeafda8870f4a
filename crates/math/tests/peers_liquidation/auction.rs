//! The auction of a whole account.

use super::{close, e9, number, ratio, rows, text};
use tenor_math::liquidation::{AuctionClock, DiscountPoint, DiscountSchedule, SliceTerms, slice_fraction};
use tenor_math::quantity::{Ratio, Value};

/// Sale of a part of an account at a price that falls with time. Its slice is ours with t M = E - BM and d M = (1 - price)
/// (E - R), where BM is the margin with its buffer and R the cash reserved from earlier bids; only these products enter, so
/// M is chosen.
#[test]
fn dutch_auction_slices_and_prices_are_reproduced() {
    let Some(text) = text("derive_dutch_auction.csv") else {
        return;
    };
    let point = |seconds, discount| DiscountPoint::new(seconds, Ratio::from_bps(discount));
    let schedule = DiscountSchedule::try_new([point(0, 200), point(100, 2_000), point(14_500, 10_000)]).unwrap();
    let fraction = |equity: f64, buffer: f64, reserved: f64, price: f64| {
        const M: f64 = 100.0;
        let terms = SliceTerms {
            equity: Value::from_e9(e9(equity)),
            maintenance: Value::from_e9(e9(M)),
            haircut: Value::ZERO,
            discount: ratio((1.0 - price) * (equity - reserved) / M),
            target: ratio((equity - buffer) / M),
        };
        slice_fraction(&terms).unwrap().e18() as f64 / 1e18
    };
    let mut tried = 0;
    for row in rows(&text) {
        let [equity, reserved, buffer] = ["mtm_pre", "reserved_cash_pre", "bm_pre"].map(|column| number(&row, column));
        let what = format!("{} {}", row["test"], row["step"]);
        let discount = schedule.at(AuctionClock::from_seconds(row["t_sec"].parse().unwrap()));
        let price = 1.0 - discount.e9() as f64 / 1e9;
        close(price, number(&row, "discount"), 2e-9, &what);
        let largest = fraction(equity, buffer, reserved, price);
        close(largest, number(&row, "fmax_pre"), 2e-9, &what);
        let filled = largest.min(number(&row, "pct_wanted"));
        close(filled, number(&row, "pct_filled_of_current"), 2e-9, &what);
        let bid = (equity - reserved) * price * filled;
        close(bid, number(&row, "bid_cash"), 5e-7, &what);
        let equity_after = equity - filled * (equity - reserved) + bid;
        close(equity_after, number(&row, "mtm_post"), 5e-7, &what);
        let buffer_after = (buffer - reserved) * (1.0 - filled) + reserved + bid;
        close(buffer_after, number(&row, "bm_post"), 1e-6, &what);
        let next = if buffer_after > -1e-6 {
            0.0
        } else {
            fraction(equity_after, buffer_after, reserved + bid, price)
        };
        close(next, number(&row, "fmax_post"), 1e-8, &what);
        tried += 1;
    }
    assert_eq!(tried, 10);
}
