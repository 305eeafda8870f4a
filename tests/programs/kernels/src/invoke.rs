//! How a kernel is called on a row.

use crate::kernel::Kernel;
use crate::meter::{Meter, Sample, measured};
use crate::row::Row;
use tenor_math::amm::{
    Anchor, InventoryCurve, InventoryParams, LotGreeks, OptionTerms, PoolState, PriceSpread, Quoter, Side,
};
use tenor_math::average::moving_average;
use tenor_math::interest::{InterestPool, RateModel};
use tenor_math::liquidation::{AuctionClock, SliceTerms, discount, slice_fraction};
use tenor_math::pricing::{
    Deviation, OptionKind, OptionQuote, TotalVariance, black, black_greeks, call_value, check_implied,
    implied_deviation, payoff_per_lot,
};
use tenor_math::quantity::{Atoms, LotSize, Lots, Price, Ratio, Value};
use tenor_math::risk::{
    Collateral, Health, HealthBuilder, PriceInterval, PriceShocks, Purpose, RiskParams, SCENARIOS, StrikeMarket,
    StrikePosition, StrikeView, UnderlyingBook, VolatilityParams, standard_requirement, strike_risk,
};
use tenor_math::shares::SharePool;
use tenor_math::special::{self, ln_ratio_q56};
use tenor_math::surface::{Slice, TermPoint, check_calendar, interpolate};
use tenor_math::{MathError, Round, mul_div, mul_div_signed};

/// Calls a kernel on a row between two readings of the meter; nothing if the row is too short or its words are out of
/// the ranges of the types that the kernel takes.
pub fn invoke(kernel: Kernel, words: &[u64], meter: &mut impl Meter) -> Option<Sample> {
    let mut row = Row::new(words);
    match kernel {
        Kernel::MulDiv
        | Kernel::MulDivWide
        | Kernel::MulDivSigned
        | Kernel::Ln
        | Kernel::LnRatio
        | Kernel::Log1p
        | Kernel::Exp
        | Kernel::ExpAny
        | Kernel::Expm1
        | Kernel::Pow
        | Kernel::Sqrt
        | Kernel::Rsqrt
        | Kernel::Cdf
        | Kernel::Survival
        | Kernel::Pdf
        | Kernel::Quantile => function(kernel, &mut row, meter),
        Kernel::DeviationOf
        | Kernel::CallValue
        | Kernel::Price
        | Kernel::PriceGreeks
        | Kernel::FullGreeks
        | Kernel::Payoff
        | Kernel::ImpliedWitness
        | Kernel::ImpliedSolve => pricing(kernel, &mut row, meter),
        Kernel::SliceAccept | Kernel::PairAccept | Kernel::SliceVariance | Kernel::Interpolate => {
            surface(kernel, &mut row, meter)
        }
        Kernel::AmmGreeks | Kernel::AmmQuote => market_maker(kernel, &mut row, meter),
        Kernel::StrikeRisk | Kernel::LogMoves | Kernel::HealthOfOne | Kernel::Health => risk(kernel, &mut row, meter),
        Kernel::SliceFraction
        | Kernel::Discount
        | Kernel::StandardRule
        | Kernel::Mint
        | Kernel::Burn
        | Kernel::Accrue
        | Kernel::MovingAverage => rules(kernel, &mut row, meter),
        _ => others(kernel, &mut row, meter),
    }
}

#[inline(never)]
fn function(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    Some(match kernel {
        Kernel::MulDiv | Kernel::MulDivWide => measured(meter, (row.u64()?, row.u64()?, row.u64()?), |(a, b, c)| {
            mul_div(*a, *b, *c, Round::Down)
        }),
        Kernel::MulDivSigned => measured(meter, (row.i64()?, row.u64()?, row.u64()?), |(a, b, c)| {
            mul_div_signed(*a, *b, *c, Round::Down)
        }),
        Kernel::Ln => measured(meter, row.u64()?, |x| special::ln_u64_q56(*x)),
        Kernel::LnRatio => measured(meter, (row.u64()?, row.u64()?), |(x, y)| special::ln_ratio_q56(*x, *y)),
        Kernel::Log1p => measured(meter, row.i64()?, |x| special::ln_1p_q62(*x)),
        Kernel::Exp => measured(meter, row.i64()?, |x| special::exp_neg_q62(*x)),
        Kernel::ExpAny => measured(meter, row.i64()?, |x| special::exp_q56(*x)),
        Kernel::Expm1 => measured(meter, row.i64()?, |x| special::exp_m1_q62(*x)),
        Kernel::Pow => measured(meter, (row.u128()?, row.i64()?), |(base, power)| {
            special::pow_e9(*base, *power)
        }),
        Kernel::Rsqrt => measured(meter, row.u128()?, |x| special::rsqrt_q64(*x)),
        Kernel::Survival => measured(meter, row.i64()?, |x| special::normal_sf_q62(*x)),
        Kernel::Quantile => measured(meter, row.u128()?, |p| special::normal_quantile_q56(*p)),
        Kernel::Sqrt => measured(meter, row.u128()?, |x| special::sqrt_q64(*x)),
        Kernel::Cdf => measured(meter, row.i64()?, |x| special::normal_cdf_q62(*x)),
        Kernel::Pdf => measured(meter, row.i64()?, |x| special::normal_pdf_q62(*x)),
        _ => return None,
    })
}

#[inline(never)]
fn pricing(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    Some(match kernel {
        Kernel::DeviationOf => measured(meter, variance(row)?, |variance| Deviation::of(*variance)),
        Kernel::CallValue => {
            let (forward, strike, log) = (row.u64()?, row.u64()?, row.i64()?);
            let deviation = Deviation::of(variance(row)?);
            measured(meter, (forward, strike, log, deviation), |(forward, strike, log, s)| {
                call_value(*forward, *strike, *log, *s)
            })
        }
        Kernel::Price => measured(
            meter,
            (row.u64()?, row.u64()?, variance(row)?),
            |(forward, strike, w)| price(*forward, *strike, *w),
        ),
        Kernel::PriceGreeks => measured(
            meter,
            (row.u64()?, row.u64()?, variance(row)?),
            |(forward, strike, w)| black(*forward, *strike, *w),
        ),
        Kernel::FullGreeks => measured(
            meter,
            (row.u64()?, row.u64()?, variance(row)?, row.u64()?),
            |(forward, strike, w, seconds)| black_greeks(*forward, *strike, *w, *seconds),
        ),
        Kernel::Payoff => {
            let (settlement, strike) = (row.price()?, row.price()?);
            let lot = LotSize::from_units_e9(row.u64()?).ok()?;
            let kind = kind(row)?;
            measured(
                meter,
                (settlement, strike, lot, kind),
                |(settlement, strike, lot, kind)| payoff_per_lot(*kind, *settlement, *strike, *lot),
            )
        }
        Kernel::ImpliedWitness => {
            let quote = quote(row)?;
            measured(meter, (quote, variance(row)?), |(quote, w)| {
                check_implied(quote, *w, TICK_Q64)
            })
        }
        Kernel::ImpliedSolve => measured(meter, quote(row)?, implied_deviation),
        _ => return None,
    })
}

/// A billionth of a forward of one in Q62.
const TICK_Q64: u128 = 1 << 96;

fn quote(row: &mut Row<'_>) -> Option<OptionQuote> {
    Some(OptionQuote {
        kind: kind(row)?,
        forward: row.u64()?,
        strike: row.u64()?,
        price_q64: row.u128()?,
    })
}

fn kind(row: &mut Row<'_>) -> Option<OptionKind> {
    Some(if row.u64()? == 0 {
        OptionKind::Call
    } else {
        OptionKind::Put
    })
}

fn slice(row: &mut Row<'_>) -> Option<(u64, i64, u64)> {
    Some((row.u64()?, row.i64()?, row.u64()?))
}

#[inline(never)]
fn surface(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    let accept = |(theta, rho, psi): (u64, i64, u64)| Slice::try_new(theta, rho, psi);
    Some(match kernel {
        Kernel::SliceAccept => measured(meter, slice(row)?, |slice| accept(*slice)),
        Kernel::PairAccept => measured(meter, (slice(row)?, slice(row)?), |(near, far)| {
            let (near, far) = (accept(*near).ok()?, accept(*far).ok()?);
            check_calendar(&near, &far).ok()?;
            Some((near, far))
        }),
        Kernel::SliceVariance => {
            let slice = accept(slice(row)?).ok()?;
            measured(meter, (slice, row.i64()?), |(slice, log)| slice.total_variance(*log))
        }
        Kernel::Interpolate => {
            let (near, far) = (point(row)?, point(row)?);
            measured(meter, (near, far, row.u64()?), |(near, far, seconds)| {
                interpolate(*near, *far, *seconds)
            })
        }
        _ => return None,
    })
}

fn point(row: &mut Row<'_>) -> Option<TermPoint> {
    Some(TermPoint {
        seconds: row.u64()?,
        variance: variance(row)?,
    })
}

/// The pool of the measured quotes: a million of vega each way, every charge on.
fn pool() -> Option<(InventoryCurve, PriceSpread, Anchor)> {
    let curve = InventoryCurve::try_new(&InventoryParams {
        vega_cap: Value::from_e9(1_000_000_000_000_000),
        shift: Ratio::from_bps(4_000),
        floor: Ratio::from_bps(7_000),
        ceiling: Ratio::from_bps(15_000),
        half_spread: Ratio::from_bps(200),
        half_spread_slope: Ratio::from_bps(200),
        half_spread_cap: Ratio::from_bps(300),
    });
    let spread = PriceSpread {
        gap: Ratio::from_bps(100),
        gamma_cap: Value::from_e9(1_000_000_000_000_000),
        latency: Ratio::from_bps(10),
        tick: Value::from_e9(100_000),
    };
    let anchor = Anchor::try_new(Ratio::from_bps(10_500), 20_000_000);
    Some((curve.ok()?, spread, anchor.ok()?))
}

#[inline(never)]
fn market_maker(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    let (curve, spread, anchor) = pool()?;
    let terms = OptionTerms {
        kind: kind(row)?,
        forward: row.price()?,
        strike: row.price()?,
        discount: row.ratio()?,
        lot: LotSize::from_units_e9(row.u64()?).ok()?,
        variance: variance(row)?,
    };
    let seconds = row.u64()?;
    if kernel == Kernel::AmmGreeks {
        return Some(measured(meter, (terms, seconds), |(terms, seconds)| {
            LotGreeks::at_base(terms, anchor, *seconds)
        }));
    }
    let greeks = LotGreeks::at_base(&terms, anchor, seconds).ok()?;
    let state = PoolState {
        vega: row.value()?,
        gamma: row.value()?,
    };
    let side = if row.u64()? == 0 { Side::Buy } else { Side::Sell };
    let quoter = Quoter {
        curve: &curve,
        spread: &spread,
        anchor,
        pool: state,
    };
    Some(measured(
        meter,
        (quoter, terms, greeks, side, row.u64()?),
        |(quoter, terms, greeks, side, lots)| quoter.quote(terms, greeks, *side, *lots),
    ))
}

fn variance(row: &mut Row<'_>) -> Option<TotalVariance> {
    TotalVariance::from_q96(row.u128()?).ok()
}

/// A call's value from forward, strike and total variance alone.
///
/// # Errors
/// [`MathError::OutOfDomain`] for a forward or strike of zero.
pub fn price(forward: u64, strike: u64, variance: TotalVariance) -> Result<u64, MathError> {
    Ok(call_value(
        forward,
        strike,
        ln_ratio_q56(forward, strike)?,
        Deviation::of(variance),
    ))
}

#[inline(never)]
fn risk(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    Some(match kernel {
        Kernel::LogMoves => measured(meter, row.ratio()?, |range| {
            PriceShocks::from_range(*range)?.log_moves_q56()
        }),
        Kernel::StrikeRisk => {
            let market = StrikeMarket {
                forward: row.price()?,
                spot: row.price()?,
                strike: row.price()?,
                discount: row.ratio()?,
                lot: LotSize::from_units_e9(row.u64()?).ok()?,
                variance: variance(row)?,
                variance_slope: variance(row)?,
                seconds_to_expiry: row.u64()?,
            };
            let shocks = PriceShocks::from_range(RANGE).ok()?;
            let logs = shocks.log_moves_q56().ok()?;
            measured(meter, market, |market| {
                strike_risk(market, &shocks, &logs, &volatility())
            })
        }
        Kernel::HealthOfOne | Kernel::Health => {
            let account = Account {
                spot: row.price()?,
                confidence: row.price()?,
                cash: row.value()?,
                base: Collateral {
                    value: row.value()?,
                    haircut: row.ratio()?,
                },
                range: row.ratio()?,
                credit: row.ratio()?,
                positions: row.clone().rest(),
            };
            measured(meter, account, Account::health)
        }
        _ => return None,
    })
}

/// Price range of the scenarios: the floor that the design gives SOL.
pub const RANGE: Ratio = Ratio::from_bps(1_800);
/// A hundredth of the underlying.
const LOT: LotSize = match LotSize::from_units_e9(10_000_000) {
    Ok(lot) => lot,
    Err(_) => panic!("a positive number"),
};

/// Lots of a strike that take no charge for concentration.
const FREE_LOTS: u64 = 5;

/// Volatility shocks of the design.
pub const fn volatility() -> VolatilityParams {
    VolatilityParams {
        up: Ratio::from_bps(4_500),
        down: Ratio::from_bps(3_000),
        floor: Ratio::from_bps(4_500),
        short_power: Ratio::from_bps(3_000),
        long_power: Ratio::from_bps(1_300),
    }
}

/// A position as accounts hold it: lots, and the strike's stored numbers.
struct Position<'a> {
    expiry: usize,
    call: Lots,
    put: Lots,
    view: StrikeView<'a>,
}

impl<'a> Position<'a> {
    const WORDS: usize = 10 + SCENARIOS;

    fn of(row: &mut Row<'a>) -> Option<Self> {
        let (expiry, call, put) = (usize::try_from(row.u64()?).ok()?, row.lots()?, row.lots()?);
        let view = StrikeView {
            reference: row.price()?,
            mark: row.value()?,
            forward_value: row.value()?,
            strike_value: row.value()?,
            delta_units_e9: row.i64()?,
            drift_e9: row.u64()?,
            pnl_bound_e9: row.u64()?,
            pnl_e9: bytemuck::cast_slice(row.words(SCENARIOS)?).try_into().ok()?,
        };
        Some(Self {
            expiry,
            call,
            put,
            view,
        })
    }

    fn add_to(&self, book: &mut UnderlyingBook<'_>) -> Result<(), MathError> {
        book.add_strike(self.expiry, self.call, self.put, FREE_LOTS, &self.view)
    }
}

/// An account with one underlying.
struct Account<'a> {
    spot: Price,
    confidence: Price,
    cash: Value,
    base: Collateral,
    range: Ratio,
    credit: Ratio,
    positions: &'a [u64],
}

impl Account<'_> {
    /// Everything that a health check computes; reading the accounts is not among it.
    fn health(&self) -> Result<Health, MathError> {
        let mut health = HealthBuilder::new(self.cash);
        let shocks = PriceShocks::from_range(self.range)?;
        let interval = PriceInterval::around(self.spot, self.confidence);
        let mut book = UnderlyingBook::new(interval, LOT, &shocks);
        for words in self.positions.chunks_exact(Position::WORDS) {
            let position = Position::of(&mut Row::new(words)).ok_or(MathError::OutOfDomain)?;
            position.add_to(&mut book)?;
        }
        book.add_collateral(self.base)?;
        let params = RiskParams {
            initial_short: Ratio::from_bps(50),
            maintenance_short: Ratio::from_bps(30),
            roll: Ratio::from_bps(10),
            concentration: Ratio::from_bps(50),
        };
        let risk = book.assess(&params, Purpose::Liquidation, health.systemic_mut())?;
        health.add(&risk)?;
        health.finish(self.credit, Ratio::from_bps(8_000))
    }
}

#[inline(never)]
fn rules(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
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
        Kernel::Discount => {
            let clock = AuctionClock::from_seconds(u32::try_from(row.u64()?).ok()?);
            measured(
                meter,
                (clock, row.value()?, row.value()?),
                |(clock, equity, maintenance)| discount(*clock, *equity, *maintenance),
            )
        }
        Kernel::StandardRule => {
            let mut strikes = [StrikePosition {
                strike: Value::ZERO,
                call: Lots::ZERO,
                put: Lots::ZERO,
            }; 8];
            for strike in &mut strikes {
                *strike = StrikePosition {
                    strike: row.value()?,
                    call: row.lots()?,
                    put: row.lots()?,
                };
            }
            let reference = strikes[4].strike;
            measured(meter, strikes, |strikes| {
                standard_requirement(strikes, reference, Ratio::from_bps(1_500))
            })
        }
        Kernel::Mint => {
            let pool = SharePool::try_new(Atoms::new(row.u64()?), row.u64()?).ok()?;
            measured(meter, (pool, Atoms::new(row.u64()?)), |(pool, offered)| {
                pool.mint(*offered)
            })
        }
        Kernel::Burn => {
            let pool = SharePool::try_new(Atoms::new(row.u64()?), row.u64()?).ok()?;
            measured(meter, (pool, row.u64()?), |(pool, shares)| pool.burn(*shares))
        }
        Kernel::Accrue => {
            let ratio = Ratio::from_bps;
            let model = RateModel::try_new(ratio(100), ratio(8_000), ratio(1_000), ratio(10_000)).ok()?;
            let mut pool = InterestPool::EMPTY;
            pool.add_deposit(Atoms::new(row.u64()?)).ok()?;
            pool.add_borrow(Atoms::new(row.u64()?)).ok()?;
            pool.accrue(&model, ratio(1_000), row.u64()?).ok()?;
            measured(meter, (pool, row.u64()?), |(pool, seconds)| {
                let mut pool = *pool;
                pool.accrue(&model, ratio(1_000), *seconds).map(|_| pool)
            })
        }
        Kernel::MovingAverage => measured(
            meter,
            (row.price()?, row.price()?, row.u64()?),
            |(average, price, seconds)| moving_average(*average, *price, *seconds),
        ),
        _ => return None,
    })
}

/// The crate that others use, in its decimal format of twelve digits.
#[inline(never)]
fn others(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    let mut wide = || row.u64().map(u128::from);
    Some(match kernel {
        Kernel::SolmathLn => measured(meter, wide()?, |x| solmath::ln_fixed_i(*x)),
        Kernel::SolmathExp => measured(meter, i128::from(row.i64()?), |x| solmath::exp_fixed_i(*x)),
        Kernel::SolmathSqrt => measured(meter, wide()?, |x| solmath::fp_sqrt(*x)),
        Kernel::SolmathCdf => measured(meter, i128::from(row.i64()?), |x| solmath::norm_cdf_poly(*x)),
        Kernel::SolmathPrice => measured(meter, market(row)?, |[s, k, r, sigma, t]| {
            solmath::black_scholes_price(*s, *k, *r, *sigma, *t)
        }),
        Kernel::SolmathFull => measured(meter, market(row)?, |[s, k, r, sigma, t]| {
            solmath::bs_full(*s, *k, *r, *sigma, *t)
        }),
        Kernel::SolmathFullHp => measured(meter, market(row)?, |[s, k, r, sigma, t]| {
            solmath::bs_full_hp(*s, *k, *r, *sigma, *t)
        }),
        Kernel::SolmathImpliedVolatility => measured(meter, market(row)?, |[price, s, k, r, t]| {
            solmath::implied_vol(*price, *s, *k, *r, *t)
        }),
        _ => return None,
    })
}

fn market(row: &mut Row<'_>) -> Option<[u128; 5]> {
    let mut word = || row.u64().map(u128::from);
    Some([word()?, word()?, word()?, word()?, word()?])
}
