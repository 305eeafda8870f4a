//! What there is to measure.

macro_rules! kernels {
    ($($name:ident, $words:literal, $label:literal;)*) => {
        /// A function, or a few that belong together.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kernel {
            $(#[doc = $label] $name,)*
        }

        impl Kernel {
            /// All of them; the place is the number by which an instruction names one.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What it is called in tables.
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$name => $label,)*
                }
            }

            /// Words of one row of its inputs.
            pub const fn words(self) -> usize {
                match self {
                    $(Self::$name => $words,)*
                }
            }
        }
    };
}

// Name, words of a row, label.
kernels! {
    MulDiv, 3, "mul_div by 1e9";
    MulDivWide, 3, "mul_div by a number above 2^32";
    MulDivSigned, 3, "mul_div_signed by 1e9";
    Ln, 1, "ln of an integer";
    LnRatio, 2, "ln of a ratio";
    Log1p, 1, "log1p";
    Exp, 1, "exp, not above one";
    ExpAny, 1, "exp";
    Expm1, 1, "expm1";
    Pow, 3, "pow";
    Sqrt, 2, "sqrt";
    Rsqrt, 2, "rsqrt";
    Cdf, 1, "normal cdf";
    Survival, 1, "normal survival function";
    Pdf, 1, "normal pdf";
    Quantile, 2, "normal quantile";
    DeviationOf, 2, "sqrt of a variance, with reciprocal";
    CallValue, 5, "price, ln and sqrt known";
    Price, 4, "price";
    PriceGreeks, 4, "price with delta, gamma and dC/ds";
    FullGreeks, 5, "price with delta, gamma, vega, theta, vanna, volga";
    ImpliedWitness, 7, "implied volatility, check of a witness";
    ImpliedSolve, 5, "implied volatility, solved";
    AverageVariance, 10, "settlement average, variance of the open marks";
    AverageOption, 10, "settlement average, price and greeks";
    StrikeRisk, 10, "strike refresh, 33 scenarios";
    LogMoves, 1, "shared by all strikes of a chain: range, 15 ln";
    Marks, 44, "marks of a strike, re-centred";
    SliceAccept, 3, "acceptance of a slice";
    PairAccept, 6, "acceptance of a slice pair, calendar included";
    SliceVariance, 4, "total variance of a slice";
    Interpolate, 7, "interpolation between expiries";
    RawAccept, 5, "raw SVI, acceptance of a slice";
    RawRefuse, 5, "raw SVI, refusal of a slice";
    RawCalendar, 10, "raw SVI, calendar order of a pair";
    RawCalendarRefuse, 10, "raw SVI, refusal of a pair";
    RawVariance, 6, "raw SVI, total variance";
    RawDensity, 6, "raw SVI, density";
    SliceFraction, 5, "fraction of a liquidation slice";
    Discount, 3, "liquidation discount";
    WholeLots, 33, "whole lots of a slice, 32 positions";
    DecideLegs, 6, "decision on liquidation legs";
    ConversionPrice, 2, "conversion, discounted price";
    CashFor, 4, "conversion, cash for collateral";
    CollateralFor, 4, "conversion, collateral for cash";
    InsolvencyPayment, 4, "payment for an insolvent account";
    SplitShortfall, 9, "shortfall, split over 8 underlyings";
    ProRata, 3, "payout under a debt, pro rata";
    StandardRule, 24, "standard rule, expiry of 8 strikes";
    WorstPayoff, 24, "worst payoff of an expiry of 8 strikes";
    Isolated, 7, "requirement of one short option alone";
    HourlyVariance, 4, "price range, variance after a mark";
    RangeNext, 4, "price range, next";
    AmmGreeks, 8, "market maker, greeks of a lot";
    AmmQuote, 12, "market maker, quote";
    Nudge, 3, "market maker, nudge";
    MidRecorded, 4, "market maker, mid recorded";
    MidSince, 4, "market maker, average of the mid";
    HedgeQuote, 3, "market maker, hedge quote";
    NavAdd, 5, "market maker, holding added to net asset values";
    Unearned, 4, "market maker, unearned premium";
    Reservation, 5, "reservation price and spread";
    Mint, 3, "shares, mint";
    Burn, 3, "shares, burn";
    Fees, 5, "vault fees";
    ServeDeposit, 6, "round of a queue, deposit served";
    ServeWithdrawal, 6, "round of a queue, withdrawal served";
    Accrue, 4, "interest, accrual";
    Socialise, 4, "interest, loss taken from deposits";
    MovingAverage, 3, "moving average of a price";
    Payoff, 4, "payoff at expiry";
    HealthOfOne, 50, "health of one position";
    Health, 1_383, "health of 32 positions on 4 chains";
    HealthRecentred, 1_383, "the same before a liquidation, from prices up to half a percent away";
    SolmathLn, 1, "solmath ln_fixed_i";
    SolmathExp, 1, "solmath exp_fixed_i";
    SolmathSqrt, 1, "solmath fp_sqrt";
    SolmathCdf, 1, "solmath norm_cdf_poly";
    SolmathPrice, 5, "solmath black_scholes_price";
    SolmathFull, 5, "solmath bs_full";
    SolmathFullHp, 5, "solmath bs_full_hp";
    SolmathImpliedVolatility, 5, "solmath implied_vol";
}

impl Kernel {
    /// The number by which an instruction names it.
    pub fn number(self) -> u64 {
        Self::ALL.iter().take_while(|each| **each != self).count() as u64
    }

    /// The kernel of a number.
    pub fn of_number(number: u64) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_name_kernels() {
        for kernel in Kernel::ALL {
            assert_eq!(Kernel::of_number(kernel.number()), Some(*kernel));
        }
        assert_eq!(Kernel::of_number(Kernel::ALL.len() as u64), None);
    }
}
