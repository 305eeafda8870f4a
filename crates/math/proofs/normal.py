"""Distribution and density of the standard normal."""

import mpmath
from flint import arb, arb_series, fmpq

import ln

from kernel import claimed, distance, horner_loss, hull, require_no_wrap, require_within, tables, upper
from proof import proof, require, require_code

FILE = "special/normal.rs"
TABLE = "TAIL"


def tail(x):
    return (x / arb(2).sqrt()).erfc() / 2


def rows():
    bits, rows = tables()[TABLE]
    require(bits == 62, "the table is no longer Q62")
    return rows


@proof(
    "cdf-error",
    "The documented bound of normal_cdf_q62 holds for every x",
    "special/normal.rs: normal_cdf_q62",
    "ball arithmetic over each table interval",
    ("TAIL_Q62.get((magnitude >> 51) as usize)", "let place = magnitude & ((1 << 51) - 1)",
     "((place << 12) as i64) - super::ONE_Q62", "polynomial_q62(coefficients, t_q62).max(0)", "None => 0",
     "(super::ONE_Q62 - tail) as u64"),
)
def cdf_error():
    half = arb(fmpq(1, 64))
    worst = arb(0)
    table = rows()
    for index, coefficients in enumerate(table):
        require_no_wrap(coefficients, 1)
        # The argument is exact: 51 bits below the interval's edge, shifted to Q62.
        error = distance(coefficients, 62, tail, (2 * index + 1) * half, half)
        error += upper(horner_loss(len(coefficients), arb(0, 1))) / 2**62
        worst = worst.max(error)
    # Beyond the table the tail is taken for nothing.
    worst = worst.max(upper(tail(arb(fmpq(len(table), 32)))))
    return require_within(worst, claimed("special/normal.rs", "normal_cdf_q62"), "error")


@proof(
    "cdf-range",
    "Every tail that the polynomials give is at most one half and a rounding, so the result lies in [0, 1] and Phi(x) + "
    "Phi(-x) is one away from zero",
    "special/normal.rs: normal_cdf_q62",
    "ball arithmetic over each table interval",
    (".max(0)", "if x_q56 < 0", "(super::ONE_Q62 - tail) as u64"),
)
def cdf_range():
    half = arb(fmpq(1, 64))
    for index, coefficients in enumerate(rows()):
        slack = distance(coefficients, 62, tail, (2 * index + 1) * half, half)
        slack += upper(horner_loss(len(coefficients), arb(0, 1))) / 2**62
        require(tail(arb(fmpq(index, 32))) + slack <= arb(fmpq(1, 2)) + arb(fmpq(1, 10**16)), "a tail above one half")
    return None


@proof(
    "quantile-error",
    "The documented bound of normal_quantile_q56 holds on its whole domain",
    "special/quantile.rs: normal_quantile_q56",
    "ball arithmetic over each table interval; the function from its differential equation x' = t q(t) / phi(x)",
    ("Logarithm::of_q96(tail_q96)?.q56()", "const MIN_TAIL_Q96: u128 = 1 << 36",
     "sqrt_q64((ln_tail_q56.unsigned_abs() as u128) << 9)", "let place = t_q56.saturating_sub(START_Q56)",
     "QUANTILE_Q59.get((place >> 52) as usize)", "(((place & ((1 << 52) - 1)) << 11) as i64) - super::ONE_Q62",
     "(polynomial_q62(row, within_q62).max(0) + 4) >> 3", "const START_Q56: u64 = 9 << 53"),
)
def quantile_error():
    bits, table = tables()["QUANTILE"]
    require_code(ln.FILE, ln.FRACTION + ln.SUM + ln.TOP_BITS + ("exponent: as_q64.exponent - 32",))
    # A tail from 2^-60 to one half has exponents from -60 to -1.
    log_error = upper(ln.q62_error(60) + ln.dropped() + arb(0, ln.HALF_Q56))
    half, worst = arb(fmpq(1, 32)), arb(0)
    # The least t is that of a tail of one half.
    first = (2 * arb(2).log()).sqrt()
    for index, coefficients in enumerate(table):
        low = arb(fmpq(9, 8)) + index * 2 * half
        middle = low + half
        error = distance(coefficients, bits, Quantile(middle, half), middle, half)
        error += upper(horner_loss(len(coefficients), arb(0, 1))) / 2**bits + arb(ln.HALF_Q56)
        # What an error of t does: of the logarithm, over t, and of the root's rounding down.
        slope = steepest(low, 2 * half)
        error += slope * (log_error / (low.max(first) - arb("1e-15")) + arb(fmpq(1, 2**56))) * arb("1.000001")
        require_no_wrap(coefficients, 1)
        worst = worst.max(error)
    return require_within(worst, claimed("special/quantile.rs", "normal_quantile_q56"), "error")


class Quantile:
    """x(t) with 1 - Phi(x) = exp(-t^2 / 2), around a middle, as a function of a series in t."""

    def __init__(self, middle, half):
        self.middle, self.half = middle, half

    def __call__(self, series):
        start = enclosure(series[0])
        x = arb_series([start], prec=1)
        order = series.prec
        for count in range(1, order):
            # Picard's iteration: each round makes one more coefficient right.
            t = arb_series(list(series)[: count + 1], prec=count)
            x_here = arb_series(list(x), prec=count)
            slope = t * ((x_here * x_here - t * t) / 2).exp() * (2 * arb.pi()).sqrt()
            coefficients = [start] + [slope[k] * self.half / (k + 1) for k in range(count)]
            x = arb_series(coefficients, prec=count + 1)
        return x


def steepest(low, width, pieces: int = 4):
    """Bound on x'(t) over an interval, piece by piece."""
    found = arb(0)
    for piece in range(pieces):
        t = hull(low + width * piece / pieces, low + width * (piece + 1) / pieces)
        x = enclosure(t)
        found = found.max(upper(t * ((x * x - t * t) / 2).exp() * (2 * arb.pi()).sqrt()))
    return found


def enclosure(t):
    """A ball that holds x(s) for every s in the ball t: x rises with t."""
    return hull(bracket(t.lower(), -1), bracket(t.upper(), 1))


def bracket(t, side: int):
    """A number just below (side -1) or above (side 1) x(t), shown by the sign of the tail's difference."""
    wanted = (-t * t / 2).exp()
    found = arb(decimal_quantile(t)) + side * arb("1e-30")
    difference = tail(found) - wanted
    require(bool(difference < 0) if side > 0 else bool(difference > 0), "a quantile is not where it was sought")
    return found


def decimal_quantile(t) -> str:
    """Digits of x(t), not known to be right."""
    with mpmath.workdps(45):
        wanted = mpmath.mpf(t.mid().str(50, radius=False))
        log_tail = -wanted * wanted / 2
        guess = mpmath.mpf(0) if wanted < 1.3 else wanted - mpmath.log(wanted * mpmath.sqrt(2 * mpmath.pi)) / wanted
        root = mpmath.findroot(lambda x: mpmath.log(mpmath.erfc(x / mpmath.sqrt(2)) / 2) - log_tail, guess)
        return mpmath.nstr(root, 42)
