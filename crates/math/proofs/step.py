"""A step from one spot price to another, and what its rounding costs."""

from fractions import Fraction

from z3 import And, Implies, Ints, Q, Real, Reals

from drift import E9, NOISE
from proof import absolute, floor_of, proof, prove, require_code


@proof(
    "step-applied",
    "A value that is not negative stays so after a relative step below one, and zero stays zero; below 2^62 a rise is never "
    "above the exact one and less than two units below it, a fall less than one unit off either way",
    "risk/strike.rs: Step::applied_to",
    "SMT, integers",
    ("mul_div(difference_e9.unsigned_abs(), 1 << 62, reference.e9(), Round::Down)?", "if relative_q62 >> 62 != 0",
     "if self.difference_e9 < 0 {", "mul_q62(value.e9(), ONE_Q62 - relative_q62)",
     "value.try_add(Value::from_e9(mul_q62(value.e9(), relative_q62)))"),
)
def step_applied():
    value, relative, product, change = Ints("value relative product change")
    # Any product of a value with a factor in [0, 1], shifted, lies between nothing and the value.
    prove(And(value * relative >= 0, value * relative <= value * 2**62), value >= 0, 0 <= relative, relative <= 2**62)
    given = (value >= 0, product >= 0, product <= value * 2**62, floor_of(change, product, 2**62))
    prove(And(change >= 0, change <= value, Implies(value == 0, change == 0)), *given)
    # With the exact step in [relative, relative + 1) units of 2^-62, value x step lies in [product, product + value).
    exact, fallen = Real("exact"), Ints("fallen")[0]
    given = (0 <= value, value < 2**62, product >= 0, product <= exact, Implies(value > 0, exact < product + value),
             Implies(value == 0, exact == 0))
    prove(And(change * 2**62 <= exact, change * 2**62 > exact - 2 * 2**62), *given, floor_of(change, product, 2**62))
    # A fall multiplies with one less the step.
    fall = (*given, floor_of(fallen, value * 2**62 - product, 2**62))
    off = fallen * 2**62 - (value * 2**62 - exact)
    prove(And(off > -(2**62), off < value + 1, off < 2**62), *fall)
    prove(2 * off <= 2**62, *fall, value < 2**61)


@proof(
    "step-doubt",
    "A group's doubt covers what rounding makes of its re-centred numbers against refreshed ones, in the mark and in every "
    "weighted scenario, beyond the drift: at most 29 units a held lot and the delta's unit, 2^-27 of the size, and 13 units for "
    "the sums; for lots below ten million USD, values below 2^61, steps up to 3% and a fifth of the range, at given variance",
    "risk/strike.rs: Step::doubt",
    "SMT, reals",
    ("const UNITS_PER_LOT: u64 = 48", "scale_by_q62(drift.or_zero().e9().unsigned_abs(), self.relative_q62)",
     "mul_div(self.difference_e9.unsigned_abs(), 1, E9, Round::Up)?", "by_delta.saturating_add(UNITS_PER_LOT)",
     "held_lots.saturating_mul(per_lot).saturating_add(size_e9 >> 27)", "by_drift.saturating_add(by_rounding).saturating_add(2)",
     "mul_div_signed(step.difference_e9, self.delta_units_e9.unsigned_abs(), E9, Round::Down)?"),
)
def step_doubt():
    require_code("risk/array.rs", NOISE + ("let discounted = crate::fixed::scale_by_q62(forward_value_e9, delta_q62)",
                                           "mul_div(discounted, E9, market.spot.e9(), Round::Down)?",
                                           "market.discount.of(market.lot.value(price, Round::Down)?, Round::Down)"))
    require_code("risk/book.rs", ("let held = call.magnitude().saturating_add(put.magnitude())",
                                  "self.group.size_e9.saturating_add(bound)",
                                  "self.group.size_e9.saturating_add(forwards.e9().unsigned_abs())",
                                  "step.doubt(self.group.drift, self.group.size_e9, self.group.held_lots)?"))
    # w (1 + m) is at most 1.79 at every move, and so is 1 - w + w (1 + m).
    w, m, reach = Reals("w m reach")
    prove(And(w * (1 + m) <= Q(179, 100), w * m <= Q(79, 100)), w == 1, -Q(78, 100) <= m, m <= Q(78, 100))
    for tail in (-66, -33, 50, 100, 200, 400):
        most = min(Fraction(1), Fraction(78, abs(tail)) + Fraction(1, 2**62))
        largest = Q(most.numerator, most.denominator)
        prove(And(w * (1 + m) <= Q(179, 100), w * m <= Q(79, 100)), 0 <= w, w <= largest, m == Q(tail, 100))
    # Two refreshes know the forward of a lot within two units each, which the step carries along.
    old, new, step = Reals("old new step")
    rounded = (absolute(step) <= Q(3, 100), 0 <= old, old < 2, 0 <= new, new < 2)
    prove(absolute(-old * (1 + step) + new) < Q(206, 100), *rounded)
    # Delta in 1e-9 units of the underlying loses one to its own rounding and 1e9 / spot to the product's: over the step, one
    # difference x 1e-9 and the relative step.
    spot, difference, lost = Reals("spot difference lost")
    prove(difference * lost / E9 <= difference / E9 + Q(3, 100), spot > 0, 0 <= difference, difference <= Q(3, 100) * spot,
          0 <= lost, lost <= 1 + E9 / spot)
    # By lot: of the mark, old and new within 1.5 units each, the rounding of the move, the delta's and the forward's; of a
    # scenario's value, old and new within 2.5 and the chords' rises, within 4, over runs of a quarter of the range, five
    # steps or more of it, or of 33%; of the forward two more units from `step-applied`.
    mark = Q(3, 1) + 1 + Q(3, 100) + Q(1, 2) + Q(206, 100)
    weights = (0 <= w, w <= 1, reach >= 0, reach <= Q(179, 100), 1 - w + reach <= Q(179, 100))
    of_mark, own, chords, forward = Reals("of_mark own chords forward")
    lot = (*weights, absolute(of_mark) <= mark, absolute(own) <= 5, absolute(chords) <= Q(16, 5) + Q(206, 100),
           absolute(forward) <= Q(406, 100))
    prove(absolute((1 - w) * of_mark) <= mark * (1 - w), *lot)
    prove(And(absolute(w * own) <= 5 * w, absolute(reach * chords) <= Q(526, 100) * reach,
              absolute((1 - w + reach) * forward) <= Q(406, 100) * (1 - w + reach)), *lot)
    p, q, r, s = Reals("p q r s")
    prove(absolute(p + q + r + s) <= 29, *weights, absolute(p) <= mark * (1 - w), absolute(q) <= 5 * w,
          absolute(r) <= Q(526, 100) * reach, absolute(s) <= Q(406, 100) * (1 - w + reach))
    run = Real("run")
    prove(And(4 * step / run <= Q(16, 5), step <= run), 0 <= step, step * 5 <= 4 * run, run > 0)
    prove(4 * step <= Q(16, 5) * run, 0 <= step, step <= Q(3, 100), run >= Q(33, 100))
    # By size: a step is a multiple of 2^-30, which costs 1.79 forwards, and two factors within 1 + 2e-7 units cost that of
    # rises of at most twice the largest result each.
    results, forwards = Reals("results forwards")
    prove(8 * (results + forwards) >= Q(179, 100) * forwards + 4 * (1 + Q(1, 5_000_000)) * results, results >= 0, forwards >= 0)
    # In sum, drift x step and size x 2^-27 are rounded down. So are the chords' change, one unit, the linear gains, five units
    # before and after, and the weighted products, one unit for options and one for collateral: 13. With one lot held the spare
    # units of that lot are enough.
    held, by_drift, by_size, true_drift, true_size, by_delta = Reals("held by_drift by_size true_drift true_size by_delta")
    doubt = by_drift + by_size + held * (by_delta + 48) + 2
    prove(doubt >= true_drift + true_size + held * (by_delta + 29) + 17, held >= 1, by_drift > true_drift - 3,
          by_size > true_size - 1, by_delta >= 0)
    whole, relative = Reals("whole relative")
    # A drift below 2^63 times a relative step known to 2^-62, then rounded down.
    prove(whole * relative / 2**62 - 3 < whole * (relative - 1) / 2**62 - 1, 0 <= whole, whole < 2**63)
