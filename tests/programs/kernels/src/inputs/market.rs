//! Inputs of prices and risk arrays.

use super::{Line, binary, decimal, lines, number, signed_decimal};
use crate::kernel::Kernel;
use tenor_math::Round;
use tenor_math::quantity::{LotSize, Price, Ratio};
use tenor_math::risk::StrikeMarket;
use tenor_math::special::ln_ratio_q56;
use tenor_math::surface::Slice;

const SECONDS_PER_YEAR: f64 = 31_536_000.0;

pub(super) fn rows(kernel: Kernel) -> Option<Vec<Vec<u64>>> {
    Some(match kernel {
        Kernel::Price | Kernel::PriceGreeks => of_grid(|quote| {
            let [forward, strike] = quote.normalised()?;
            let [low, high] = quote.variance()?;
            Some(vec![forward, strike, low, high])
        }),
        Kernel::FullGreeks => of_grid(|quote| {
            let [forward, strike] = quote.normalised()?;
            let [low, high] = quote.variance()?;
            Some(vec![forward, strike, low, high, quote.seconds()])
        }),
        Kernel::CallValue => of_grid(|quote| {
            let [forward, strike] = quote.normalised()?;
            let log = ln_ratio_q56(forward, strike).ok()?.cast_unsigned();
            let [low, high] = quote.variance()?;
            Some(vec![forward, strike, log, low, high])
        }),
        Kernel::DeviationOf => of_grid(|quote| quote.variance().map(Vec::from)),
        Kernel::MulDivWide => of_grid(|quote| {
            let [forward, strike] = quote.normalised()?;
            Some(vec![forward, strike, forward.max(strike) | 1])
        }),
        Kernel::SolmathPrice | Kernel::SolmathFull | Kernel::SolmathFullHp => of_grid(|quote| {
            let Quote {
                strike, sigma, years, ..
            } = *quote;
            [quote.spot(), strike, quote.rate(), sigma, years]
                .map(|value| decimal(value, 12))
                .into_iter()
                .collect()
        }),
        Kernel::SolmathImpliedVolatility => of_grid(|quote| {
            let Quote {
                call, strike, years, ..
            } = *quote;
            [call, quote.spot(), strike, quote.rate(), years]
                .map(|value| decimal(value, 12))
                .into_iter()
                .collect()
        }),
        Kernel::MulDiv | Kernel::MulDivSigned => {
            of_markets(|market| Some(vec![market.forward.e9(), market.discount.e9(), 1_000_000_000]))
        }
        Kernel::Payoff => of_markets(|market| {
            Some(vec![
                market.forward.e9(),
                market.strike.e9(),
                market.lot.units_e9(),
                market.strike.e9() & 1,
            ])
        }),
        Kernel::StrikeRisk => of_markets(|market| {
            let variance = market.variance.q96();
            Some(vec![
                market.forward.e9(),
                market.spot.e9(),
                market.strike.e9(),
                market.discount.e9(),
                market.lot.units_e9(),
                variance as u64,
                (variance >> 64) as u64,
                market.variance_slope.q96() as u64,
                (market.variance_slope.q96() >> 64) as u64,
                market.seconds_to_expiry,
            ])
        }),
        Kernel::ImpliedSolve => of_grid(implied),
        Kernel::ImpliedWitness => of_grid(|quote| Some([implied(quote)?.as_slice(), &quote.variance()?].concat())),
        Kernel::Interpolate => of_markets(|market| {
            let (near, seconds) = (market.variance.q96(), market.seconds_to_expiry);
            let far = near + near / 3;
            let words = |variance: u128| [variance as u64, (variance >> 64) as u64];
            let ([a, b], [c, d]) = (words(near), words(far));
            Some(vec![seconds, a, b, seconds * 2, c, d, seconds + seconds / 3])
        }),
        Kernel::LogMoves => (180..=400).map(|permille| vec![permille * 1_000_000]).collect(),
        Kernel::AverageVariance | Kernel::AverageOption => averages(),
        _ => return None,
    })
}

/// Averages as the file has them, prices in units of 1e-12. Dearest are options near the money of an average that is
/// mostly open: one that is linear or certain skips Black's formula.
fn averages() -> Vec<Vec<u64>> {
    let row = |line: &Line| {
        let price = |column| decimal(number(line, column), 12);
        let count = |column| number(line, column) as u64;
        let [low, high] = binary(number(line, "variance"), 96)?;
        Some(vec![
            price("forward")?,
            price("strike")?,
            count("fixed"),
            count("open"),
            count("ahead"),
            price("fixed_sum")?,
            count("next"),
            count("seconds"),
            low,
            high,
        ])
    };
    lines("averaging.csv").iter().filter_map(row).collect()
}

/// A line of the grid of options.
#[derive(Clone, Copy, Debug)]
pub struct Quote {
    /// Forward price.
    pub forward: f64,
    /// Strike price.
    pub strike: f64,
    /// Volatility per year.
    pub sigma: f64,
    /// Time to expiry.
    pub years: f64,
    /// Discount factor.
    pub discount: f64,
    /// Price of the call.
    pub call: f64,
}

/// All lines of the grid that have a variance.
pub fn quotes() -> Vec<Quote> {
    let lines = lines("bs_grid.csv");
    let quotes = lines.iter().map(Quote::of);
    quotes.filter(|quote| quote.sigma * quote.years > 0.0).collect()
}

impl Quote {
    fn of(line: &Line) -> Self {
        Self {
            forward: number(line, "F"),
            strike: number(line, "K"),
            sigma: number(line, "sigma"),
            years: number(line, "T_sec") / SECONDS_PER_YEAR,
            discount: number(line, "DF"),
            call: number(line, "call"),
        }
    }

    /// Forward and strike with the larger of them as one, Q62.
    pub fn normalised(&self) -> Option<[u64; 2]> {
        let scale = self.forward.max(self.strike);
        let word = |value: f64| binary(value / scale, 62).map(|[low, _]| low);
        Some([word(self.forward)?, word(self.strike)?])
    }

    /// Total variance, Q96.
    pub fn variance(&self) -> Option<[u64; 2]> {
        binary(self.sigma * self.sigma * self.years, 96)
    }

    /// Time to expiry, seconds.
    pub fn seconds(&self) -> u64 {
        (self.years * SECONDS_PER_YEAR).round() as u64
    }

    /// The spot price without yield that has this forward.
    pub fn spot(&self) -> f64 {
        self.forward * self.discount
    }

    /// The rate of the discount factor; zero where there is no time.
    pub fn rate(&self) -> f64 {
        if self.years > 0.0 {
            -self.discount.ln() / self.years
        } else {
            0.0
        }
    }
}

/// The call's undiscounted price with forward and strike in Q62 and 64 bits below that.
fn implied(quote: &Quote) -> Option<Vec<u64>> {
    let [forward, strike] = quote.normalised()?;
    let price = quote.call / quote.discount / quote.forward.max(quote.strike);
    let [low, high] = binary(price, 126)?;
    Some(vec![0, forward, strike, low, high])
}

fn of_grid(row: impl Fn(&Quote) -> Option<Vec<u64>>) -> Vec<Vec<u64>> {
    let lines = lines("bs_grid.csv");
    lines.iter().filter_map(|line| row(&Quote::of(line))).collect()
}

/// The strikes of the risk arrays.
pub fn strikes() -> Vec<StrikeMarket> {
    let lines = lines("risk_arrays.csv");
    let strike = |line: &Line| Market::of(line).strike(number(line, "k"), 1);
    lines.iter().map(strike).collect()
}

pub(super) fn of_markets(row: impl Fn(&StrikeMarket) -> Option<Vec<u64>>) -> Vec<Vec<u64>> {
    strikes().iter().filter_map(row).collect()
}

/// The market of a line of `risk_arrays.csv` or `portfolios.csv`.
pub(super) struct Market {
    pub(super) spot: Price,
    forward: Price,
    discount: Ratio,
    lot: LotSize,
    slice: Slice,
    seconds: u64,
    slice_seconds: u64,
}

impl Market {
    pub(super) fn of(line: &Line) -> Self {
        let e9 = |column| decimal(number(line, column), 9).expect("a decimal");
        let e12 = |column| decimal(number(line, column), 12).expect("a decimal");
        let spot = Price::from_e9(e9("spot"));
        let rho = signed_decimal(number(line, "rho"), 12).expect("a decimal");
        Self {
            spot,
            forward: Price::from_e9(
                Ratio::from_e9(e9("ratio"))
                    .of_count(spot.e9(), Round::Down)
                    .expect("a price"),
            ),
            discount: Ratio::from_e9(e9("df")),
            lot: LotSize::from_units_e9(e9("lot")).expect("a size"),
            slice: Slice::try_new(e12("theta"), rho.cast_signed(), e12("psi")).expect("a slice"),
            seconds: e9("seconds") / 1_000_000_000,
            slice_seconds: e9("slice_seconds") / 1_000_000_000,
        }
    }

    /// A strike of it, at so many times its time to expiry.
    pub(super) fn strike(&self, strike: f64, times: u64) -> StrikeMarket {
        let strike = Price::from_e9(decimal(strike, 9).expect("a price"));
        let log = ln_ratio_q56(self.forward.e9(), strike.e9()).expect("positive prices");
        let variance = self.slice.total_variance(log).expect("a variance");
        StrikeMarket {
            forward: self.forward,
            spot: self.spot,
            strike,
            discount: self.discount,
            lot: self.lot,
            variance: variance
                .scaled(self.seconds * times, self.slice_seconds)
                .expect("a variance"),
            variance_slope: self.slice.steepest_slope().expect("a slope"),
            seconds_to_expiry: self.seconds * times,
            average: None,
        }
    }
}
