//! Compute units of the functions of `tenor-math`, beside those of others.

use tenor_kernels::{Kernel, Report, Request, inputs};
use tenor_testkit::LoneProgram;

/// What one kernel costs.
#[derive(Clone, Debug)]
pub struct KernelRow {
    /// What it is called.
    pub kernel: &'static str,
    /// Most units over the rows of its inputs.
    pub worst: u64,
    /// Mean over the same rows, rounded up.
    pub mean: u64,
    /// Most that the design allows in the worst case.
    pub budget: Option<u64>,
    /// What `solmath` takes for the same on the same rows, worst and mean.
    pub solmath: Option<(u64, u64)>,
    /// What others publish.
    pub published: &'static str,
}

/// A kernel with what it is held against.
struct Case {
    kernel: Kernel,
    budget: Option<u64>,
    solmath: Option<Kernel>,
    published: &'static str,
}

const fn case(kernel: Kernel) -> Case {
    Case {
        kernel,
        budget: None,
        solmath: None,
        published: "",
    }
}

impl Case {
    const fn within(self, budget: u64) -> Self {
        Self {
            budget: Some(budget),
            ..self
        }
    }

    const fn beside(self, solmath: Kernel, published: &'static str) -> Self {
        Self {
            solmath: Some(solmath),
            published,
            ..self
        }
    }

    const fn published(self, published: &'static str) -> Self {
        Self { published, ..self }
    }
}

const CASES: &[Case] = &[
    case(Kernel::MulDiv),
    case(Kernel::MulDivSigned),
    case(Kernel::MulDivWide),
    case(Kernel::Ln).beside(
        Kernel::SolmathLn,
        "solmath 705; brine-fp 42k; rust_decimal 97k; DefiMath 390 gas; Derive 670 gas",
    ),
    case(Kernel::LnRatio),
    case(Kernel::Log1p),
    case(Kernel::Exp),
    case(Kernel::ExpAny).beside(
        Kernel::SolmathExp,
        "solmath 961; brine-fp 19k; rust_decimal 29k; Derive 500 gas",
    ),
    case(Kernel::Expm1),
    case(Kernel::Pow),
    case(Kernel::Sqrt).beside(
        Kernel::SolmathSqrt,
        "rust_decimal 20k; brine-fp 77k; DefiMath 197 gas; Solady 384 gas",
    ),
    case(Kernel::Rsqrt),
    case(Kernel::Cdf).beside(
        Kernel::SolmathCdf,
        "solmath 960; DefiMath 618 gas; Derive 1,800 gas; solstat 3,115 gas",
    ),
    case(Kernel::Survival),
    case(Kernel::Pdf),
    case(Kernel::Quantile),
    case(Kernel::DeviationOf),
    case(Kernel::CallValue),
    case(Kernel::Price)
        .within(5_000)
        .beside(Kernel::SolmathPrice, "DefiMath 2,582 gas; Derive 13,360 gas"),
    case(Kernel::PriceGreeks),
    case(Kernel::FullGreeks).within(10_000).beside(
        Kernel::SolmathFull,
        "solmath 24.7k mean, 25.7k worst; in its precise form 113k mean, 150k worst",
    ),
    case(Kernel::ImpliedWitness),
    case(Kernel::ImpliedSolve).beside(Kernel::SolmathImpliedVolatility, "DefiMath 11.7k gas"),
    case(Kernel::AverageVariance),
    case(Kernel::AverageOption),
    case(Kernel::StrikeRisk).within(70_000),
    case(Kernel::LogMoves),
    case(Kernel::Marks),
    case(Kernel::HourlyVariance),
    case(Kernel::RangeNext),
    case(Kernel::SliceAccept),
    case(Kernel::PairAccept).within(3_000),
    case(Kernel::SliceVariance),
    case(Kernel::Interpolate),
    case(Kernel::RawAccept),
    case(Kernel::RawRefuse),
    case(Kernel::RawCalendar),
    case(Kernel::RawCalendarRefuse),
    case(Kernel::RawVariance),
    case(Kernel::RawDensity),
    case(Kernel::HealthOfOne),
    case(Kernel::HealthRecentred),
    case(Kernel::Health)
        .within(40_000)
        .published("Derive, 32 options: 34.4M gas; Mango: below 3,350 a token"),
    case(Kernel::StandardRule),
    case(Kernel::WorstPayoff),
    case(Kernel::Isolated),
    case(Kernel::SliceFraction),
    case(Kernel::Discount),
    case(Kernel::WholeLots),
    case(Kernel::DecideLegs),
    case(Kernel::ConversionPrice),
    case(Kernel::CashFor),
    case(Kernel::CollateralFor),
    case(Kernel::InsolvencyPayment),
    case(Kernel::SplitShortfall),
    case(Kernel::ProRata),
    case(Kernel::AmmGreeks),
    case(Kernel::AmmQuote),
    case(Kernel::Nudge),
    case(Kernel::MidRecorded),
    case(Kernel::MidSince),
    case(Kernel::HedgeQuote),
    case(Kernel::NavAdd),
    case(Kernel::Unearned),
    case(Kernel::Reservation),
    case(Kernel::Mint),
    case(Kernel::Burn),
    case(Kernel::Fees),
    case(Kernel::ServeDeposit),
    case(Kernel::ServeWithdrawal),
    case(Kernel::Accrue),
    case(Kernel::Socialise),
    case(Kernel::MovingAverage),
    case(Kernel::Payoff),
];

/// Measures all of them.
pub fn measure() -> Vec<KernelRow> {
    let mut bench = KernelBench::new();
    let row = |case: &Case| {
        let (worst, mean) = bench.cost(case.kernel);
        KernelRow {
            kernel: case.kernel.label(),
            worst,
            mean,
            budget: case.budget,
            solmath: case.solmath.map(|kernel| bench.cost(kernel)),
            published: case.published,
        }
    };
    CASES.iter().map(row).collect()
}

/// The program that runs kernels.
pub struct KernelBench(LoneProgram);

impl Default for KernelBench {
    fn default() -> Self {
        Self::new()
    }
}

impl KernelBench {
    /// Loads it.
    pub fn new() -> Self {
        Self(LoneProgram::load("tenor_kernels"))
    }

    /// Runs a kernel on all its rows: one report for each transaction.
    ///
    /// # Panics
    /// If the program fails.
    pub fn reports(&mut self, kernel: Kernel, words: &[u64]) -> Vec<Report> {
        let rows = (words.len() / kernel.words()) as u64;
        self.0.write(bytemuck::cast_slice(words).to_vec());
        let (mut reports, mut first) = (Vec::new(), 0);
        while first < rows {
            let request = Request {
                kernel: kernel.number(),
                first,
            };
            let report: Report = bytemuck::pod_read_unaligned(&self.0.call(bytemuck::bytes_of(&request).to_vec()));
            assert!(report.next > first, "{kernel:?} takes more than a transaction has");
            first = report.next;
            reports.push(report);
        }
        reports
    }

    /// Worst and mean units of a kernel over those of its rows that have a result.
    fn cost(&mut self, kernel: Kernel) -> (u64, u64) {
        let reports = self.reports(kernel, &inputs::words(kernel));
        let worst = reports.iter().map(|report| report.worst_units).max();
        let results: u64 = reports.iter().map(|report| report.results).sum();
        let total: u64 = reports.iter().map(|report| report.total_units).sum();
        assert!(results > 0, "{kernel:?} has no results");
        (worst.unwrap_or_default(), total.div_ceil(results))
    }
}
