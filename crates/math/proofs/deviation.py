"""Total variance, its root and reciprocal, and what a price makes of their errors."""

from flint import arb, fmpq
from z3 import And, If, Implies, Ints, Reals

import ln
import normal
from kernel import claimed, require_within, upper
from proof import absolute, floor_of, proof, prove, require, require_code

FILE = "pricing/variance.rs"
SQRT = "special/sqrt.rs"
ROOT = ("let half_shift = x.leading_zeros() >> 1", "(x << (2 * half_shift)).isqrt() as u64",
        "(1_u128 << 127) / self.root as u128", "if quotient >> 64 != 0 { u64::MAX } else { quotient as u64 }")


def root_and_reciprocal():
    """An integer shifted to at least 2^126, its root rounded down, and the capped quotient."""
    x, root, quotient, reciprocal = Ints("x root quotient reciprocal")
    return (x, root, quotient, reciprocal), (
        2**126 <= x, x < 2**128, root >= 0, root * root <= x, x < (root + 1) * (root + 1),
        2**63 <= root, root < 2**64,
        quotient * root <= 2**127, 2**127 < (quotient + 1) * root,
        reciprocal == If(quotient >= 2**64, 2**64 - 1, quotient),
    )


@proof("root-normalised", "The root of a number shifted to 127 or 128 bits fills 64 bits", f"{SQRT}: normalised_root",
       "SMT, integers", ROOT[:2])
def root_normalised():
    x, root = Ints("x root")
    prove(And(2**63 <= root, root < 2**64), 2**126 <= x, x < 2**128, root >= 0, root * root <= x, x < (root + 1) * (root + 1))


@proof("reciprocal", "The reciprocal of a root has 64 significant bits: its product with the root is within one root of "
       "2^127, and the cap touches only the least root", f"{SQRT}: Root::reciprocal", "SMT, integers", ROOT[2:])
def reciprocal():
    (x, root, quotient, value), _ = root_and_reciprocal()
    given = (2**63 <= root, root < 2**64, quotient * root <= 2**127, 2**127 < (quotient + 1) * root,
             value == If(quotient >= 2**64, 2**64 - 1, quotient))
    prove(And(quotient <= 2**64, Implies(quotient == 2**64, root == 2**63)), *given)
    prove(And(value * root <= 2**127, value * root >= 2**127 - root, 2**63 <= value, value < 2**64), *given)


@proof("rsqrt-error", "The documented relative bound of rsqrt_q64 holds for every positive number", f"{SQRT}: rsqrt_q64",
       "ball arithmetic on what `root-normalised` and `reciprocal` show", ROOT)
def rsqrt_error():
    # reciprocal root in (2^127 - root, 2^127] and sqrt(x) / root in [1, 1 + 1 / root), root in [2^63, 2^64).
    low = 1 - arb(fmpq(1, 2**63))
    high = 1 + arb(fmpq(1, 2**63))
    error = upper(low - 1).max(upper(high - 1))
    return require_within(error, claimed(SQRT, "rsqrt_q64"), "relative error")


@proof("standardise", "Products with a reciprocal fit i128, and d1 and d2 fit i64 for every log-moneyness and deviation",
       f"{FILE}: Deviation::standardise", "SMT, integers",
       ("i128::from(x_q56).wrapping_mul(i128::from(self.reciprocal)) >> self.shift", "let half = self.s_q56 >> 1",
        "(quotient + half, quotient - half)", "const MAX_STANDARDISED_Q56: i128 = 1 << 61"))
def standardise():
    x, reciprocal_, s, half, quotient = Ints("x reciprocal s half quotient")
    prove(absolute(x * reciprocal_) <= 2**63 * (2**64 - 1), absolute(x) <= 2**63, 0 <= reciprocal_, reciprocal_ < 2**64)
    require(2**63 * (2**64 - 1) < 2**127, "the product may not fit")
    prove(And(absolute(quotient + half) < 2**63, absolute(quotient - half) < 2**63), absolute(quotient) <= 2**61,
          0 <= s, s < 2**63, floor_of(half, s, 2))


@proof("variance-scaled", "The long division of `scaled` gives floor(w numerator / denominator) with no intermediate of 2^114 "
       "or more", f"{FILE}: TotalVariance::scaled", "SMT, integers",
       ("let upper = (self.0 >> 64) * numerator", "(upper / denominator, upper % denominator)",
        "(rest << 64) + (self.0 & u128::from(u64::MAX)) * numerator", "Self::from_q96((whole << 64) + lower / denominator)"))
def variance_scaled():
    high, low, n, d, whole, rest, last, tail = Ints("high low n d whole rest last tail")
    sized = (0 <= high, high < 2**48, 0 <= low, low < 2**64, 0 <= n, n < 2**48, 0 < d, d < 2**48)
    prove(And(high * n < 2**96, low * n < 2**112), *sized)
    up, lower, low_n = Ints("up lower low_n")
    steps = (up == whole * d + rest, 0 <= rest, rest < d, lower == rest * 2**64 + low_n,
             lower == last * d + tail, 0 <= tail, tail < d)
    prove(lower < 2**114, 0 <= rest, rest < 2**48, 0 <= low_n, low_n < 2**112, lower == rest * 2**64 + low_n)
    result = whole * 2**64 + last
    prove(And(result * d <= up * 2**64 + low_n, up * 2**64 + low_n < (result + 1) * d), 0 < d, *steps)


@proof("variance-times", "`times_q40` is floor(value factor / 2^40) with no intermediate of 2^115 or more, and "
       "`times_square_q40` is at most w factor^2 and less than nine units of 2^-96 below it", f"{FILE}: "
       "TotalVariance::times_square_q40", "SMT, integers",
       ("(((value >> 64) * factor) << 24) + (((value & low_word) * factor) >> 40)", "if factor_q40 >> 43 != 0",
        "Self::from_q96(times_q40(Self::from_q96(times_q40(self.0, factor_q40))?.0, factor_q40))", "if q96 >> 112 != 0"))
def variance_times():
    high, low, factor, part, high_part = Ints("high low factor part high_part")
    sized = (0 <= high, high < 2**48, 0 <= low, low < 2**64, 0 <= factor, factor < 2**43)
    prove(And(high * factor >= 0, high * factor < 2**91, low * factor >= 0, low * factor < 2**107), *sized)
    prove(And(part >= 0, part < 2**67, high_part * 2**24 + part < 2**115 + 2**67), 0 <= high_part, high_part < 2**91,
          floor_of(part, low * factor, 2**40), 0 <= low * factor, low * factor < 2**107)
    result = high_part * 2**24 + part
    prove(floor_of(result, high_part * 2**64 + low * factor, 2**40), floor_of(part, low * factor, 2**40))
    # Twice: what the first product lost, below one unit, times a factor below eight, and what the second loses.
    value, ratio, first, second = Reals("value ratio first second")
    prove(And(second <= value * ratio * ratio, second > value * ratio * ratio - 9), value >= 0, 0 <= ratio, ratio < 8,
          first <= value * ratio, first > value * ratio - 1, second <= first * ratio, second > first * ratio - 1)


@proof("deviation-shifts", "Every shift of a deviation is within its word, and scaling by a factor keeps the value: the new "
       "root and shift stand for the product rounded down in its 64th bit", f"{FILE}: Deviation::times_q40",
       "exhaustive over shifts",
       ("const MIN_ROOT_SHIFT: u32 = 57", "const MAX_ROOT_SHIFT: u32 = 127", "let right = root_shift - 56",
        "shift: 127 - root_shift", "(self.root_shift + zeros).saturating_sub(24)", "Some(Self::from_parts(root, 48 + half_shift))",
        "const MAX_Q96: u128 = (1 << 110) - 1"))
def deviation_shifts():
    for root_shift in range(57, 128):
        require(1 <= root_shift - 56 <= 71 and 0 <= 127 - root_shift <= 70, "a shift leaves its word")
    # Of a variance of 1..=110 bits in Q96.
    for bits in range(1, 111):
        half_shift = (128 - bits) >> 1
        require(9 <= half_shift <= 63 and 57 <= 48 + half_shift <= 111, "a root's shift leaves its range")
        # s^2 = x 2^-96 and root^2 ~ x 2^(2 half_shift), so s = root 2^-(48 + half_shift); in Q56 it is below 2^63.
        require(64 - (48 + half_shift - 56) <= 63, "a deviation leaves Q56")
    for zeros in range(65):
        # A product of 128 - zeros bits, of which the root keeps 64: value = root 2^(64 - zeros) / 2^(shift + 40).
        require((64 - zeros) - 40 == -(zeros - 24), "the shift of a product is off")


@proof("price-error", "The out-of-the-money leg of `black` errs by less than one unit of the scale plus 4e-17 of "
       "max(forward, strike), for every forward, strike and variance", "pricing/black.rs: black",
       "ball arithmetic; the error of k / s enters to second order only",
       ("scale_by_q62(forward, normal_cdf_q62(d1)).saturating_sub(scale_by_q62(strike, normal_cdf_q62(d2)))",
        "let log_moneyness_q56 = ln_ratio_q56(forward, strike)?"))
def price_error():
    require_code(FILE, ("let half = self.s_q56 >> 1", "MAX_STANDARDISED_Q56.wrapping_neg(), MAX_STANDARDISED_Q56"))
    density = 1 / (2 * arb.pi()).sqrt()
    unit = arb(fmpq(1, 2**56))
    largest_log = 64 * arb(2).log()
    # Roots and reciprocals are within 2^-63 each, so a quotient is k / s (1 + 2^-62), then rounded down.
    relative = arb(fmpq(1, 2**62)) + arb(fmpq(1, 2**120))
    epsilon = claimed(ln.FILE, "ln_ratio_q56") + largest_log * relative
    least = arb(fmpq(1, 2**48))  # The root of the least variance, 2^-96.
    # The clamp at 32 changes nothing: where |k / s| > 32, s / 2 is at most 0.7 and both tails are beyond 8.5.
    require(32 - largest_log / 32 / 2 > arb("8.5"), "the clamp shows")
    # A shift of d1 and d2 by the same amount x changes F Phi(d1) - K Phi(d2), as F phi(d1) = K phi(d2), by the integral of
    # F phi(d1 + y) (1 - e^(s y)) over y up to x: at most F phi(0) x (e^(s x) - 1), with x <= epsilon / s + one unit. As
    # e^z - 1 <= 1.01 z for the small z here, s x^2 <= epsilon^2 / s + 2 epsilon unit + s unit^2 bounds it.
    largest = arb(128)
    require(bool(epsilon + largest * unit < arb("0.01")), "the shift is not small")
    same = arb("1.01") * density * (epsilon**2 / least + 2 * epsilon * unit + largest * unit**2)
    # A shift apart, from s / 2: the root's rounding down in its 64th bit, then one in Q56, since two roundings down in a
    # row are one.
    apart = 2 * density * (unit + largest / 2 * arb(fmpq(1, 2**63)))
    distribution = 2 * arb(claimed(normal.FILE, "normal_cdf_q62"))
    return require_within(same + apart + distribution, fmpq(4, 10**17), "relative to max(forward, strike)")
