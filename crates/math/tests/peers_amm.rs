//! Published numbers of other options market makers, where the same rule applies.
//!
//! The files lie outside the repository: `TENOR_PEERS_DIR`, by default `../shared/vectors/peers` beside it. A missing
//! file is a printed line, not a failure. Rules that are not ours, and so are not compared: Lyra's variance, utilisation
//! and time-weighted fees, Premia's C-level (a multiplier of the premium, not of volatility) and Rysk's SABR.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use std::path::PathBuf;
use tenor_math::amm::{InventoryCurve, InventoryParams, MidAverage};
use tenor_math::pricing::{TotalVariance, black};
use tenor_math::quantity::{Ratio, UnixSeconds, Value};
use tenor_math::special::ln_ratio_q56;
use tenor_math::surface::Slice;

const E9: f64 = 1e9;

/// The text of a peer's file, or nothing where the folder is absent.
fn peer(file: &str) -> Option<String> {
    let folder = std::env::var_os("TENOR_PEERS_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/peers"),
        PathBuf::from,
    );
    let text = std::fs::read_to_string(folder.join(file)).ok();
    if text.is_none() {
        println!("skipped: no {file} in {}", folder.display());
    }
    text
}

/// The numbers that follow `"name":` in a piece of JSON, in order; lists are flattened.
fn numbers(json: &str, name: &str) -> Vec<f64> {
    let key = format!("\"{name}\":");
    let mut found = Vec::new();
    for (at, _) in json.match_indices(&key) {
        let rest = json[at + key.len()..].trim_start();
        let (end, rest) = match rest.strip_prefix('[') {
            Some(list) => (closing(list), list),
            None => (rest.find([',', '}', ']']).unwrap_or(rest.len()), rest),
        };
        found.extend(
            rest[..end]
                .split(|c: char| !(c.is_ascii_digit() || "+-.eE".contains(c)))
                .filter(|text| !text.is_empty())
                .filter_map(|text| text.parse::<f64>().ok()),
        );
    }
    found
}

/// Length of a list's text up to the bracket that closes it.
fn closing(list: &str) -> usize {
    let mut depth = 1;
    for (at, character) in list.char_indices() {
        depth += match character {
            '[' => 1,
            ']' => -1,
            _ => 0,
        };
        if depth == 0 {
            return at;
        }
    }
    list.len()
}

/// The text between `"name":` and the next of `ends`, or the end.
fn section<'a>(json: &'a str, name: &str, end: &str) -> &'a str {
    let start = json.find(&format!("\"{name}\":")).expect("the section");
    let rest = &json[start..];
    &rest[..rest.find(&format!("\"{end}\":")).unwrap_or(rest.len())]
}

/// Objects without nested objects.
fn objects(json: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, character) in json.char_indices() {
        match (character, start) {
            ('{', _) => start = Some(at),
            ('}', Some(from)) => {
                found.push(&json[from..=at]);
                start = None;
            }
            _ => {}
        }
    }
    found
}

fn ratio(value: f64) -> Ratio {
    Ratio::from_e9((value * E9).round() as u64)
}

fn close(got: f64, expected: f64, relative: f64, what: &str) {
    let error = (got / expected - 1.0).abs();
    assert!(error <= relative, "{what}: {got} against {expected}, off by {error:e}");
}

/// Geometric average of (hours, value) records, each standing until the next, over a window.
fn gwav(records: &[(f64, f64)], window: (f64, f64)) -> f64 {
    let seconds = |hours: f64| UnixSeconds::new((hours * 3_600.0).round() as i64);
    let mut state = MidAverage::starting(ratio(records[0].1), seconds(records[0].0.min(window.0))).unwrap();
    let (mut opened, mut value) = (None, records[0].1);
    for (hours, next) in records {
        if *hours > window.0 && opened.is_none() {
            state = state.recorded(ratio(value), seconds(window.0)).unwrap();
            opened = Some(state);
        }
        if *hours >= window.1 {
            break;
        }
        state = state.recorded(ratio(*next), seconds(*hours)).unwrap();
        value = *next;
    }
    let opened = opened.unwrap_or_else(|| {
        state = state.recorded(ratio(value), seconds(window.0)).unwrap();
        state
    });
    let closed = state.recorded(ratio(value), seconds(window.1)).unwrap();
    closed.since(opened).unwrap().e9() as f64 / E9
}

#[test]
fn the_average_of_the_mid_is_lyras_geometric_average() {
    let Some(text) = peer("lyra_v1_pricer_units.json") else {
        return;
    };
    let rows = objects(section(&text, "gwav", "none"));
    let mut compared = 0;
    for row in rows.iter().filter(|row| row.contains("records_h_v")) {
        let flat = numbers(row, "records_h_v");
        let records: Vec<(f64, f64)> = flat.chunks(2).map(|pair| (pair[0], pair[1])).collect();
        let window = numbers(row, "window_h");
        let got = gwav(&records, (window[0], window[1]));
        close(got, numbers(row, "gwav")[0], numbers(row, "tol_rel")[0], "published");
        close(got, numbers(row, "recomputed")[0], 2e-8, "recomputed");
        compared += 1;
    }
    assert_eq!(compared, 6);
}

/// Lyra moves volatility by a point for each standard size, and skew by a factor of that: our mid with the shift set so.
#[test]
fn the_mid_moves_as_lyras_base_volatility_and_skew() {
    let Some(text) = peer("lyra_v1_pricer_units.json") else {
        return;
    };
    let mut compared = 0;
    for row in objects(section(&text, "iv_impact", "variance_fee")) {
        let number = |name: &str| numbers(row, name).first().copied();
        // A move below zero is an error there; here the floor of the multiplier holds it.
        let (Some(new_iv), Some(new_skew)) = (number("newIv"), number("newSkew")) else {
            continue;
        };
        let (size, amount) = (number("standardSize").unwrap(), number("amount").unwrap());
        let signed = if row.contains("\"isBuy\": true") || row.contains("\"isBuy\":true") {
            -amount
        } else {
            amount
        };
        let moved = |value: f64, factor: f64| {
            let curve = InventoryCurve::try_new(&InventoryParams {
                vega_cap: Value::from_e9((size * E9) as i64),
                shift: ratio(factor / 100.0 / value),
                floor: Ratio::from_bps(5_000),
                ceiling: Ratio::from_bps(20_000),
                half_spread: Ratio::ZERO,
                half_spread_slope: Ratio::ZERO,
                half_spread_cap: Ratio::ZERO,
            })
            .unwrap();
            value * curve.mid(Value::from_e9((signed * E9) as i64)).unwrap().e9() as f64 / E9
        };
        close(moved(number("iv").unwrap(), 1.0), new_iv, 2e-8, "volatility");
        close(
            moved(number("skew").unwrap(), number("skewAdj").unwrap()),
            new_skew,
            2e-8,
            "skew",
        );
        compared += 1;
    }
    assert_eq!(compared, 9);
}

/// Lyra's premium is one Black price at the volatility *after* the trade, so ten slices there cost less than one order.
/// The prices themselves and the 12-hour averages agree.
#[test]
fn lyras_trades_have_our_black_prices_and_averages() {
    let Some(text) = peer("lyra_v1_amm_trade_sequence.csv") else {
        return;
    };
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let headers: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let column = |name: &str| headers.iter().position(|header| header == name).expect("a column");
    let rows: Vec<Vec<f64>> = reader.deserialize().collect::<Result<_, _>>().expect("numbers");
    let (hours, base) = (column("t_hours"), column("base_iv_after"));
    let mut records = vec![(rows[0][hours], rows[0][base])];
    for row in &rows[1..] {
        let years = (14.0 * 24.0 - row[hours]) / 8_760.0;
        let volatility = row[base] * row[column("skew_after")];
        let discount = (-0.06 * years).exp();
        // Scaled so that a unit is 1e-12: forward S e^(rT), all discounted.
        let scale = 1e12;
        let (forward, strike) = (row[column("spot")] * scale, 3_000.0 * discount * scale);
        let variance = TotalVariance::from_q64((volatility * volatility * years * 2.0_f64.powi(64)) as u128).unwrap();
        let (pair, _) = black(forward as u64, strike as u64, variance).unwrap();
        let size = row[column("trade_size_calls")].abs();
        close(pair.call as f64 / scale * size, row[column("premium")], 1e-9, "premium");
        let window = (row[hours] - 12.0, row[hours]);
        close(gwav(&records, window), row[column("iv_gwav_12h")], 1e-8, "average");
        records.push((row[hours], row[base]));
    }
    assert_eq!(records.len(), 11);
}

/// Premia interpolates theta, psi and rho psi linearly in time, as slices of ours may be.
#[test]
fn premias_ssvi_points_are_our_slices() {
    let Some(text) = peer("premia_ssvi_clevel.json") else {
        return;
    };
    let ssvi = section(&text, "ssvi", "c_level");
    let knots = |name: &str| numbers(ssvi, name);
    let (tau, theta, psi, rho) = (knots("tau"), knots("theta"), knots("psi"), knots("rho"));
    let mut compared = 0;
    for case in objects(section(ssvi, "cases", "none")) {
        let number = |name: &str| numbers(case, name)[0];
        let years = number("T");
        // Before the first knot: from nothing at time zero; beyond the last theta goes on and psi stays.
        let above = tau.iter().position(|knot| *knot >= years).unwrap_or(tau.len());
        let at = |values: &[f64], beyond: fn(&[f64], &[f64], f64) -> f64| match above {
            0 => values[0] * years / tau[0],
            last if last == tau.len() => beyond(&tau, values, years),
            next => line((tau[next - 1], values[next - 1]), (tau[next], values[next]), years),
        };
        let products: Vec<f64> = rho.iter().zip(&psi).map(|(rho, psi)| rho * psi).collect();
        let (theta, psi, product) = (at(&theta, last_slope), at(&psi, last_value), at(&products, last_value));
        let e12 = |value: f64| (value * 1e12).round();
        let slice = Slice::try_new(e12(theta) as u64, e12(product / psi) as i64, e12(psi) as u64).expect("a slice");
        let log_moneyness = ln_ratio_q56(number("S") as u64, number("K") as u64).unwrap();
        let variance = slice.total_variance(log_moneyness).unwrap().q64() as f64 / 2.0_f64.powi(64);
        let got = (variance / years).sqrt();
        close(got, number("expected"), number("tol"), "published");
        close(got, number("recomputed"), 1e-9, "recomputed");
        compared += 1;
    }
    assert_eq!(compared, 4);
}

fn line(from: (f64, f64), to: (f64, f64), at: f64) -> f64 {
    from.1 + (to.1 - from.1) * (at - from.0) / (to.0 - from.0)
}

fn last_slope(tau: &[f64], values: &[f64], years: f64) -> f64 {
    let last = tau.len() - 1;
    line((tau[last - 1], values[last - 1]), (tau[last], values[last]), years)
}

fn last_value(_: &[f64], values: &[f64], _: f64) -> f64 {
    values[values.len() - 1]
}
