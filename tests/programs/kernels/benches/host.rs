//! Nanoseconds of the kernels on this machine, and of a crate that prices in floats.
//!
//! `cargo xtask bench` runs it and puts the medians into `docs/benchmarks.md`: the names of the benchmarks are those of
//! the rows there.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use tenor_kernels::inputs::{Quote, quotes, strikes};
use tenor_kernels::invoke::{RANGE, price, volatility};
use tenor_math::pricing::{TotalVariance, black_greeks};
use tenor_math::risk::{PriceShocks, strike_risk};

criterion_group!(host, pricing, refresh);
criterion_main!(host);

/// One call on each input; what is reported is the time of all, which the throughput divides.
fn each<I, O>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, inputs: &[I], call: impl Fn(&I) -> O) {
    group.throughput(Throughput::Elements(inputs.len() as u64));
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            for input in inputs {
                black_box(call(black_box(input)));
            }
        });
    });
}

fn pricing(criterion: &mut Criterion) {
    let quotes = quotes();
    let fixed: Vec<_> = quotes.iter().filter_map(fixed).collect();
    let mut group = criterion.benchmark_group("price");
    each(&mut group, "tenor-math", &fixed, |(forward, strike, variance, _)| {
        price(*forward, *strike, *variance)
    });
    each(&mut group, "black_scholes, f64", &quotes, |quote| {
        black_scholes::call(quote.spot(), quote.strike, quote.rate(), quote.sigma, quote.years)
    });
    group.finish();
    let mut group = criterion.benchmark_group("price and greeks");
    each(
        &mut group,
        "tenor-math",
        &fixed,
        |(forward, strike, variance, seconds)| black_greeks(*forward, *strike, *variance, *seconds),
    );
    each(&mut group, "black_scholes, f64", &quotes, |quote| {
        black_scholes::compute_all(quote.spot(), quote.strike, quote.rate(), quote.sigma, quote.years)
    });
    group.finish();
}

fn fixed(quote: &Quote) -> Option<(u64, u64, TotalVariance, u64)> {
    let ([forward, strike], [low, high]) = (quote.normalised()?, quote.variance()?);
    let variance = TotalVariance::from_q96(u128::from(high) << 64 | u128::from(low)).ok()?;
    Some((forward, strike, variance, quote.seconds()))
}

fn refresh(criterion: &mut Criterion) {
    let shocks = PriceShocks::from_range(RANGE).expect("a range");
    let logs = shocks.log_moves_q56().expect("logarithms");
    let mut group = criterion.benchmark_group("strike refresh, 33 scenarios");
    each(&mut group, "tenor-math", &strikes(), |market| {
        strike_risk(market, &shocks, &logs, &volatility())
    });
    group.finish();
}
