"""The slow average of a price."""

from fractions import Fraction

from z3 import And, Ints, Or, Reals

from proof import absolute, constant, floor_of, proof, prove, require

E9 = 10**9
FILE = "average.rs"
CODE = (
    "mul_div(gap, elapsed_seconds, weight_divisor, Round::Down)",
    "mul_div(average.e9(), MAX_HOURLY_STEP_E9, E9, Round::Down)",
    "elapsed_seconds.min(TIME_CONSTANT_SECONDS)",
    "let step = by_weight.min(by_limit)",
)


def step_of(average, gap, elapsed, names):
    """The step's defining inequalities."""
    weight, hour, limit, step, capped, product = names
    hour_seconds = constant(FILE, "TIME_CONSTANT_SECONDS")
    return (
        0 < average, average < 2**63, 0 <= gap, gap < 2**63, 0 <= elapsed, elapsed < 2**63,
        product == gap * elapsed, product >= 0, product <= gap * (elapsed + hour_seconds),
        floor_of(weight, product, elapsed + hour_seconds), 0 <= weight, weight <= gap,
        floor_of(hour, average * constant(FILE, "MAX_HOURLY_STEP_E9"), E9),
        capped <= elapsed, capped <= hour_seconds, Or(capped == elapsed, capped == hour_seconds),
        floor_of(limit, hour * capped, hour_seconds),
        step <= weight, step <= limit, Or(step == weight, step == limit),
    )


@proof(
    "average-step",
    "The average moves by at most 6% of itself a call, pro rata below an hour, never past the price and never out of u64",
    "average.rs: moving_average",
    "SMT, integers",
    CODE,
)
def average_step():
    average, gap, elapsed, *names = Ints("average gap elapsed weight hour limit step capped product")
    step, capped = names[3], names[4]
    given = step_of(average, gap, elapsed, names)
    prove(And(0 <= step, step <= gap), *given)
    prove(step * 50 <= average * 3, *given)
    prove(And(average - step > 0, average + step <= average + gap), *given)
    # Pro rata: step <= 6% x average x seconds / 3,600.
    hour, limit = names[1], names[2]
    prove(limit * 3_600 <= hour * capped, floor_of(limit, hour * capped, 3_600), hour >= 0)
    prove(hour * capped * 50 <= average * 3 * capped, hour * 50 <= average * 3, capped >= 0)


@proof(
    "average-weight",
    "The weight elapsed / (elapsed + 1 h) keeps the step within the gap: what `average-step` takes for granted",
    "average.rs: moving_average",
    "SMT, integers",
    CODE[:1],
)
def average_weight():
    gap, elapsed, weight = Ints("gap elapsed weight")
    given = (0 <= gap, 0 <= elapsed, floor_of(weight, gap * elapsed, elapsed + 3_600))
    prove(gap * elapsed <= gap * (elapsed + 3_600), *given[:2])
    prove(And(weight >= 0, weight <= gap), *given, gap * elapsed <= gap * (elapsed + 3_600), gap * elapsed >= 0)


@proof(
    "average-compound",
    "However often it is called, in an hour the average rises by less than 6.184% of itself and falls by at most 6%",
    "average.rs: moving_average",
    "SMT, reals, induction over calls; the exponential's series",
    CODE,
)
def average_compound():
    # A call after a part s of an hour multiplies by a factor within 1 -+ 0.06 s, by `average-step`. Falls: after a part t the
    # average is at least 1 - 0.06 t of the start.
    average, then, s, t = Reals("average then s t")
    prove(then >= 1 - (t + s) * 6 / 100, average >= 1 - t * 6 / 100, then >= average * (1 - s * 6 / 100), 0 <= s, 0 <= t,
          s + t <= 1)
    # Rises: 1 + x <= e^x, so all calls together multiply by at most e^0.06, below its series up to x^4 / 4! and twice the next.
    x, term, total = Fraction(6, 100), Fraction(1), Fraction(1)
    for n in range(1, 5):
        term *= x / n
        total += term
    require(total + 2 * term * x / 5 < Fraction(106_184, 100_000), "the average rises by more")
