"""Natural logarithm."""

from flint import arb, fmpq

from kernel import (
    ULP_Q62, chebyshev_norm, claimed, exact, horner_loss, hull, require_no_wrap, require_within, tables, upper,
)
from proof import proof, require, require_code

FILE = "special/ln.rs"
HALF_Q56 = fmpq(1, 2**57)
FRACTION = (
    "((mantissa_q63 >> 56) & 127) as usize",
    "wrapping_mul(u128::from(RECIPROCAL_Q62[index])) >> 63",
    "(product as i64).wrapping_sub(super::ONE_Q62)",
    "mul_q62(polynomial_q62(&LN_1P_Q62, r_q62), r_q62)",
    "LN_OFFSET_Q62[index].wrapping_add(ln_1p_q62)",
)
SUM = (
    "i128::from(self.exponent).wrapping_mul(LN_2_Q120) >> 58",
    "whole_q62.wrapping_add(i128::from(self.fraction_q62))",
    "(self.q62().wrapping_add(32) >> 6) as i64",
)
TOP_BITS = ("64_u32.saturating_sub(x_q64.leading_zeros())", "Self::of((x_q64 >> right) as u64)?",
            "top.exponent + i64::from(right) - 64")
METHOD = "ball arithmetic over each table entry"


def reduced(index: int, reciprocal: int, entries: int) -> tuple[fmpq, fmpq]:
    """Range of r = m / c - 1 over the mantissas of a table entry."""
    scale = fmpq(reciprocal, 2**62)
    return (1 + fmpq(index, entries)) * scale - 1, (1 + fmpq(index + 1, entries)) * scale - 1


def series_distance(coefficients: list[int], edge: fmpq, order: int = 24) -> arb:
    """Bound on |ln(1 + r) - r p(r)| for |r| <= edge: both as polynomials in t = r / edge."""
    ascending = [fmpq(value, 2**62) for value in reversed(coefficients)]
    terms = [arb(0)]
    for power in range(1, order + 1):
        ours = ascending[power - 1] if power <= len(ascending) else fmpq(0)
        terms.append(arb((fmpq((-1) ** (power + 1), power) - ours) * edge**power))
    remainder = arb(edge) ** (order + 1) / ((order + 1) * (1 - arb(edge)))
    return chebyshev_norm(terms) + upper(remainder)


def polynomial_error(edge: fmpq) -> arb:
    """computed - ln(1 + r) for the r that the polynomial is given: coefficients, Horner, the last product."""
    coefficients = tables()["LN_1P"][1]
    require_no_wrap(coefficients, arb(edge))
    distance = series_distance(coefficients, edge).upper()
    loss = horner_loss(len(coefficients), arb(0, edge)) * arb(0, edge) + hull(0, 1)
    return arb(0, distance) - loss * ULP_Q62


def fraction_error() -> arb:
    """computed - true for the part of the logarithm without the exponent, over all mantissas."""
    constants = tables()
    reciprocals, offsets = constants["RECIPROCAL"][1], constants["LN_OFFSET"][1]
    ranges = [reduced(index, value, len(reciprocals)) for index, value in enumerate(reciprocals)]
    # Rounding r down takes it below the range by one unit at most.
    edge = max(max(-low, high) for low, high in ranges) + ULP_Q62
    argument = hull(-ULP_Q62, 0) / (1 - arb(edge))
    offset_errors = [exact(offset, 62) + exact(value, 62).log() for value, offset in zip(reciprocals, offsets)]
    offset_error = offset_errors[0]
    for error in offset_errors:
        offset_error = offset_error.union(error)
    return argument + polynomial_error(edge) + offset_error


def whole_error(most: int) -> arb:
    """computed - true of exponent x ln 2 in Q62 for |exponent| <= most: the constant, then rounding down."""
    bits, ln_2 = tables()["LN_2"]
    return arb(0, most) * (exact(ln_2, bits) - arb(2).log()) + hull(-ULP_Q62, 0)


def q62_error(most: int) -> arb:
    return fraction_error() + whole_error(most)


@proof("ln-error", "The documented bound of ln_u64_q56 holds for every x from 1 to 2^64 - 1", f"{FILE}: ln_u64_q56",
       METHOD, FRACTION + SUM)
def ln_error():
    error = q62_error(63) + arb(0, HALF_Q56)
    return require_within(upper(error), claimed(FILE, "ln_u64_q56"), "error")


@proof("ln-q64-error", "The documented bound of ln_q64_q56 holds for every x from 2^-64 to 2^64", f"{FILE}: ln_q64_q56",
       METHOD, FRACTION + SUM + TOP_BITS)
def ln_q64_error():
    error = q62_error(64) + dropped() + arb(0, HALF_Q56)
    return require_within(upper(error), claimed(FILE, "ln_q64_q56"), "error")


def dropped() -> arb:
    """What the bits below the 64 highest are to the logarithm."""
    return hull((1 - arb(fmpq(1, 2**63))).log(), 0)


@proof("ln-ratio-error", "The documented bound of ln_ratio_q56 holds for all pairs of non-zero u64", f"{FILE}: ln_ratio_q56",
       METHOD, FRACTION + SUM + ("above.fraction_q62 - below.fraction_q62",))
def ln_ratio_error():
    error = fraction_error() - fraction_error() + whole_error(63) + arb(0, HALF_Q56)
    return require_within(upper(error), claimed(FILE, "ln_ratio_q56"), "error")


@proof("ln-1p-error", "The documented bound of ln_1p_q62 holds on [-1/2, 1]", f"{FILE}: ln_1p_q62",
       METHOD, FRACTION + ("x_q62.unsigned_abs() < 1 << 54", "i128::from(sum.exponent - 62).wrapping_mul(LN_2_Q120) >> 58"))
def ln_1p_error():
    near_zero = polynomial_error(fmpq(1, 2**8))
    worst = upper(near_zero).max(upper(fraction_error() + whole_error(1)))
    return require_within(worst, claimed(FILE, "ln_1p_q62"), "error")
