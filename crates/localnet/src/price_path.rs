//! The fall that the demo replays.

use crate::feed::Quote;
use anyhow::{Context, Result};
use std::time::Duration;
use tenor_migrations::Decimal9;

/// Second of the market, price and confidence in USD: modelled on SOL on 10 October 2025, not a recording.
const SOL_FALL: &str = include_str!("../data/sol-fall.csv");

/// A price at a moment of the replayed market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Time since the start of the fall, as the market lived it.
    pub at: Duration,
    /// What the oracle said.
    pub quote: Quote,
}

/// The fall of SOL from about 220 to 174 USD in 45 minutes, with what followed.
///
/// # Errors
/// If the committed file is malformed.
pub fn sol_fall() -> Result<Vec<Point>> {
    SOL_FALL
        .lines()
        .skip(1)
        .map(|line| parse(line).with_context(|| format!("price path: `{line}`")))
        .collect()
}

fn parse(line: &str) -> Option<Point> {
    let mut fields = line.split(',');
    let mut decimal = || fields.next()?.parse().ok().map(Decimal9::e9);
    let (at_e9, price_e9, confidence_e9) = (decimal()?, decimal()?, decimal()?);
    Some(Point {
        at: Duration::from_nanos(at_e9),
        quote: Quote {
            price_e9,
            confidence_e9,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_falls_by_a_fifth_in_forty_five_minutes() {
        let path = sol_fall().unwrap();
        let low = path.iter().min_by_key(|point| point.quote.price_e9).unwrap();
        assert!(path.len() >= 90);
        assert_eq!(
            (path[0].quote.price_e9, low.quote.price_e9),
            (220_410_000_000, 174_060_000_000)
        );
        assert_eq!(low.at, Duration::from_secs(45 * 60));
        assert!(path.windows(2).all(|pair| pair[0].at < pair[1].at));
        assert!(
            path.iter()
                .all(|point| point.quote.confidence_e9 * 100 < point.quote.price_e9)
        );
    }
}
