"""Rigorous error bounds of table-and-polynomial kernels, in ball arithmetic on the very constants of `tables.rs`.

Three parts add up, none estimated: what the polynomial with its rounded coefficients differs from the function by
(`distance`), what Horner's rule loses by rounding down at each step (`horner_loss`), and what the caller's own roundings
of arguments, constants and results do.
"""

import re
from math import comb

from flint import arb, arb_series, ctx, fmpq

from proof import NotProved, text

ctx.prec = 240
ULP_Q62 = fmpq(1, 2**62)


def tables() -> dict[str, tuple[int, int | list]]:
    """Name without its format -> (fractional bits, number or nested list)."""
    found = {}
    source = re.sub(r"//[^\n]*", "", text("special/tables.rs"))
    for name, bits, value in re.findall(r"const (\w+)_Q(\d+): [^=]*=\s*([^;]+);", source):
        numbers = value.replace("_", "").strip()
        if not re.fullmatch(r"[\d\s,\[\]-]+", numbers):
            raise NotProved(f"{name} is no table of integers")
        found[name] = (int(bits), eval(numbers, {"__builtins__": {}}))
    return found


def exact(value: int, bits: int) -> arb:
    return arb(fmpq(value, 2**bits))


def upper(ball) -> arb:
    """An upper bound of the magnitude."""
    return abs(arb(ball)).upper()


def hull(low, high) -> arb:
    return arb(low).union(arb(high))


def claimed(file: str, function: str, words: str = "error at most") -> fmpq:
    """The bound after `words` in the function's documentation, such as 1e-17."""
    before = text(file).partition(f"fn {function}(")[0].splitlines()[:-1]
    while before and not before[-1].lstrip().startswith("///"):
        before.pop()
    doc = []
    while before and before[-1].lstrip().startswith("///"):
        doc.append(before.pop().lstrip().removeprefix("///").strip())
    bound = re.search(words + r" (\d+(?:\.\d+)?)e-(\d+)", " ".join(reversed(doc)), re.IGNORECASE)
    if not bound:
        raise NotProved(f"the documentation of {function} states no bound")
    digits = fmpq(int(bound[1].replace(".", "")), 10 ** len(bound[1].partition(".")[2]))
    return digits / 10 ** int(bound[2])


def require_within(bound, limit, what: str) -> str:
    if not bound <= arb(limit):
        raise NotProved(f"{what}: the bound is {show(bound)}, the claim {show(limit)}")
    return f"{what}: {show(bound)}, claimed {show(limit)}"


def show(x) -> str:
    return f"{float(arb(x).mid()):.3g}"


def distance(coefficients: list[int], bits: int, function, middle, half, scale=1, order: int = 24) -> arb:
    """Bound on |function(middle + half t) - sum c_k (scale t)^k| over t in [-1, 1]; highest power first.

    The function's Taylor polynomial of degree `order` with Lagrange's remainder stands for it. A polynomial is nowhere
    above the sum of the magnitudes of its Chebyshev coefficients.
    """
    series = function(arb_series([middle, half], prec=order + 1))
    difference = [series[k] for k in range(order + 1)]
    for power, value in enumerate(reversed(coefficients)):
        difference[power] -= exact(value, bits) * arb(scale) ** power
    everywhere = hull(middle - half, middle + half)
    remainder = function(arb_series([everywhere, half], prec=order + 2))[order + 1]
    return chebyshev_norm(difference) + upper(remainder)


def chebyshev_norm(coefficients: list) -> arb:
    """Sum of magnitudes of the Chebyshev coefficients of a polynomial given from the constant up."""
    chebyshev = [arb(0) for _ in coefficients]
    for power, value in enumerate(coefficients):
        for j in range(power // 2 + 1):
            degree = power - 2 * j
            share = fmpq(comb(power, j), 2**power) * (1 if degree == 0 else 2)
            chebyshev[degree] += value * arb(share)
    total = arb(0)
    for value in chebyshev:
        total += upper(value)
    return total


def horner_loss(count: int, x) -> arb:
    """What `polynomial_q62` with `count` coefficients loses, in units of the last place: each product after the first
    sum is rounded down by [0, 1) and then multiplied on."""
    loss = arb(0)
    for _ in range(count - 1):
        loss = loss * x + hull(0, 1)
    return loss


def require_no_wrap(coefficients: list[int], x) -> None:
    """Every partial sum of Horner's rule stays below 2^63 in magnitude."""
    size = arb(0)
    for value in coefficients:
        size = size * upper(x) + abs(value) + 1
        if not size < 2**63:
            raise NotProved("a partial sum can leave i64")
