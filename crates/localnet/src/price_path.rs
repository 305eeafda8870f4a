//! The fall that the demo replays.

use crate::feed::Quote;
use anyhow::{Context, Result};
use std::time::Duration;
use tenor_migrations::Decimal9;

/// Second of the market, then price and confidence in USD of each underlying in the order of the deployment file. SOL is
/// modelled on 10 October 2025, BTC falls with it by a little more than half as much, and JitoSOL is SOL with its yield,
/// a little cheaper the deeper the fall: not a recording.
const FALL: &str = include_str!("../data/fall.csv");

/// Underlyings of the deployment file.
pub const UNDERLYINGS: usize = 3;
/// Place of SOL among them.
pub const SOL: usize = 0;
/// Place of BTC.
pub const BTC: usize = 1;
/// Place of JitoSOL, which only prices a collateral.
pub const JITOSOL: usize = 2;

/// What the oracle says of each underlying, in their order.
pub type Quotes = [Quote; UNDERLYINGS];

/// Prices at a moment of the replayed market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Time since the start of the fall, as the market lived it.
    pub at: Duration,
    /// What the oracle said.
    pub quotes: Quotes,
}

/// The fall of SOL from about 220 to 174 USD in 45 minutes, of what falls with it, and what followed.
///
/// # Errors
/// If the committed file is malformed.
pub fn fall() -> Result<Vec<Point>> {
    FALL.lines()
        .skip(1)
        .map(|line| parse(line).with_context(|| format!("price path: `{line}`")))
        .collect()
}

fn parse(line: &str) -> Option<Point> {
    let mut fields = line.split(',');
    let mut decimal = || fields.next()?.parse().ok().map(Decimal9::e9);
    let at_e9 = decimal()?;
    let mut quotes = Quotes::default();
    for quote in &mut quotes {
        *quote = Quote {
            price_e9: decimal()?,
            confidence_e9: decimal()?,
        };
    }
    Some(Point {
        at: Duration::from_nanos(at_e9),
        quotes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn low(path: &[Point], place: usize) -> Point {
        *path.iter().min_by_key(|point| point.quotes[place].price_e9).unwrap()
    }

    #[test]
    fn sol_falls_by_a_fifth_in_forty_five_minutes_and_the_others_with_it() {
        let path = fall().unwrap();
        assert!(path.len() >= 90);
        assert_eq!(
            (path[0].quotes[SOL].price_e9, low(&path, SOL).quotes[SOL].price_e9),
            (220_410_000_000, 174_060_000_000)
        );
        for place in [SOL, BTC, JITOSOL] {
            let minutes = low(&path, place).at.as_secs() / 60;
            assert!((44..=46).contains(&minutes), "{place}: low at {minutes} minutes");
        }
        // BTC by an eighth.
        let (first, low) = (path[0].quotes[BTC].price_e9, low(&path, BTC).quotes[BTC].price_e9);
        assert!((first - low) * 8 < first + first / 20 && (first - low) * 10 > first);
        assert!(path.windows(2).all(|pair| pair[0].at < pair[1].at));
        let is_certain = |quote: &Quote| quote.confidence_e9 * 100 < quote.price_e9;
        assert!(path.iter().flat_map(|point| &point.quotes).all(is_certain));
    }
}
