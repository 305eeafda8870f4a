"""Sums of an account's book."""

from z3 import And, If, Implies, Ints, Q, Real, Reals

from proof import absolute, ceil_of, floor_of, proof, prove, require, require_code

E9 = 10**9


@proof(
    "pnl-no-wrap",
    "The wrapping sums of scenario results never wrap: the bound that is checked holds for every entry after every strike",
    "risk/book.rs: add_results",
    "SMT, integers, induction over strikes",
    ("checked_product(lots, bound)", ".filter(|bound| bound >> 61 == 0)",
     "sum.wrapping_add(net.get().wrapping_mul(*pnl))"),
)
def pnl_no_wrap():
    total, bound, net, pnl, pnl_bound, product = Ints("total bound net pnl pnl_bound product")
    # A product is at most the product of the magnitudes' bounds.
    prove(absolute(net * pnl) <= absolute(net) * pnl_bound, absolute(pnl) <= pnl_bound)
    added = Ints("added")[0]
    given = (absolute(total) <= bound, absolute(product) <= added, added >= 0, bound + added < 2**61)
    prove(And(absolute(total + product) <= bound + added, absolute(product) < 2**63, absolute(total + product) < 2**61), *given)


@proof(
    "pnl-bound",
    "`pnl_bound_e9` bounds every entry of a risk array, each of which fits i64",
    "risk/array.rs: strike_risk",
    "SMT, integers",
    ("pnl_bound_e9 = pnl_bound_e9.max(pnl.unsigned_abs())", "to_signed(value)? - to_signed(self.mark_e9)?"),
)
def pnl_bound():
    value, mark, bound, after = Ints("value mark bound after")
    pnl = value - mark
    given = (0 <= value, value < 2**63, 0 <= mark, mark < 2**63, after == If(absolute(pnl) > bound, absolute(pnl), bound))
    prove(And(absolute(pnl) < 2**63, absolute(pnl) <= after, after >= bound), *given)


def weight_of_tail():
    """A tail's weight in Q62: range / |move| rounded up, and at most one."""
    range_, tail, quotient, weight = Ints("range tail quotient weight")
    given = (10**7 <= range_, range_ <= 78 * 10**7, 33 * 10**7 <= tail, tail <= 4 * E9,
             ceil_of(quotient, range_ * 2**62, tail), quotient >= 0, weight == If(quotient < 2**62, quotient, 2**62))
    return range_, tail, quotient, weight, given


WEIGHT = (
    "range.e9() < 10_000_000 || range.e9() > 780_000_000",
    "mul_div(range.e9(), ONE_Q62.unsigned_abs(), tail_e9.unsigned_abs(), Round::Up)?",
    "*weight = weight_q62.min(ONE_Q62.unsigned_abs()).cast_signed()",
)


@proof(
    "weighted",
    "A weight in [0, 1], rounded up, and its product, rounded down, never make a loss smaller than its exact weighted size, "
    "make it larger by less than three units, change a gain by less than two, never turn one into the other, and keep the "
    "result within its magnitude",
    "risk/scenario.rs: PriceShocks::weighted",
    "SMT, integers",
    WEIGHT + ("Some(&weight_q62) => mul_q62(result_e9, weight_q62)", "None | Some(&ONE_Q62) => result_e9"),
)
def weighted():
    range_, tail, quotient, weight, given = weight_of_tail()
    prove(And(0 < weight, weight <= 2**62, weight < 2**63), *given)
    # A quotient that is compared as an unsigned word must be one.
    prove(quotient < 2**64, *given)
    # Of the exact weight, at most one: what rounding up adds is below one unit.
    exact, result, out = Reals("exact result out")
    w = Real("w")
    rounded = (0 <= exact, exact <= 1, exact <= w, w < exact + Q(1, 2**62), w <= 1, absolute(result) < 2**63,
               out <= result * w, out > result * w - 1)
    prove(Implies(result <= 0, And(out <= result * exact, out > result * exact - 3, out <= 0)), *rounded)
    prove(Implies(result >= 0, And(out < result * exact + 2, out > result * exact - 1)), *rounded)
    whole, by = Ints("whole by")
    prove(whole >= 0, by >= 0, floor_of(whole, by, 2**62))
    result, out, product = Ints("result out product")
    bound = absolute(result) * 2**62
    prove(And(result * weight <= bound, result * weight >= -bound), 0 <= weight, weight <= 2**62)
    prove(absolute(out) <= absolute(result), product <= bound, product >= -bound, floor_of(out, product, 2**62))


@proof(
    "tail-weight",
    "A linear position loses no more in a tail than at the end of the price range, weight x |move| <= range, but for the "
    "rounding up of the weight: less than 2^-62 of the move",
    "risk/scenario.rs: PriceShocks::from_range",
    "SMT, integers",
    WEIGHT + ("-660_000_000,", "-330_000_000,", "4_000_000_000,"),
)
def tail_weight():
    range_, tail, quotient, weight, given = weight_of_tail()
    prove(weight * tail < range_ * 2**62 + tail, *given, Implies(quotient >= 2**62, 2**62 * tail <= quotient * tail))
    prove(Implies(quotient >= 2**62, 2**62 * tail <= quotient * tail), tail >= 0)
    # The exact weight is cut off at one just where the move lies within the range.
    prove(Implies(range_ < tail, weight == quotient), *given)


@proof(
    "linear-e9",
    "Every move in Q60 is within four units of the exact one, and what a linear holding gains at a move is within one unit "
    "and 4 |value| 2^-60 of exact: less than five units; every product fits",
    "risk/scenario.rs: PriceShocks::linear_e9",
    "SMT, integers",
    ("mul_div(range.e9() / 4, 1 << 60, E9, Round::Down)?.cast_signed()", "*place = quarter_q60 * quarters",
     "*place = range_e9 / 4 * quarters", "(((TAIL_MOVES_E9[tail] as i128) << 60) / E9 as i128) as i64",
     "value.e9().unsigned_abs() >> 60 != 0", "*result = mul_q60(value.e9(), move_q60)", "[0, 1, -1, 2, -2, 3, -3, 4, -4]"),
)
def linear_e9():
    require_code("fixed.rs", ("((a as i128).wrapping_mul(b as i128) >> 60) as i64",))
    quarter, quarter_q60 = Ints("quarter quarter_q60")
    given = (2_500_000 <= quarter, quarter <= 195_000_000, floor_of(quarter_q60, quarter * 2**60, E9))
    for quarters in range(-4, 5):
        # In units of 2^-60 times 1e-9.
        off = quarters * quarter_q60 * E9 - quarters * quarter * 2**60
        prove(And(absolute(off) < 4 * E9, absolute(quarters * quarter_q60) < 2**60), *given)
    for tail in (-660_000_000, -330_000_000, 500_000_000, E9, 2 * E9, 4 * E9):
        magnitude = (abs(tail) << 60) // E9
        require(abs(tail) * 2**60 - magnitude * E9 < E9 and magnitude <= 2**62, "a tail's move is off")
    value, move_q60, product, result, off, value_off = Ints("value move_q60 product result off value_off")
    # |value| < 2^60 and |move| <= 2^62: the product fits i128 and the result i64.
    prove(absolute(value * move_q60) <= 2**60 * 2**62, absolute(value) <= 2**60, absolute(move_q60) <= 2**62)
    prove(absolute(result) <= 2**62, absolute(product) <= 2**122, floor_of(result, product, 2**60))
    # With move_q60 1e9 = move 2^60 + off, off within 4e9: the error against value x move, in units of 2^-60 times 1e-9.
    prove(absolute(value * off) <= absolute(value) * 4 * E9, absolute(off) <= 4 * E9)
    exact = product * E9 - value_off
    prove(absolute(result * 2**60 * E9 - exact) < 2**60 * E9 + absolute(value) * 4 * E9 + 1,
          absolute(value_off) <= absolute(value) * 4 * E9, floor_of(result, product, 2**60))


@proof(
    "step-applied",
    "A positive value moved by a relative step below one is never negative, and zero falls to minus one; for values in "
    "[0, 2^62) a rise is at most the exact one and less than two units below it, a fall at most one unit below the exact one "
    "and above it by less than value / 2^62",
    "risk/strike.rs: Step::applied_to",
    "SMT, integers",
    ("mul_div(difference_e9.unsigned_abs(), 1 << 62, reference.e9(), Round::Down)?", "if relative_q62 >> 62 != 0",
     "let change = mul_q62(value.e9(), self.relative_q62.cast_signed())", "Value::from_e9(value.e9() - change - 1)",
     "value.try_add(Value::from_e9(change))"),
)
def step_applied():
    value, relative, product, change = Ints("value relative product change")
    # A product with a step below one is below the value.
    prove(And(value * relative >= 0, value * relative <= value * 2**62 - value), value >= 0, 0 <= relative, relative < 2**62)
    given = (value >= 0, product >= 0, product <= value * 2**62 - value, floor_of(change, product, 2**62))
    prove(And(Implies(value >= 1, value - change - 1 >= 0), change >= 0, change <= value), *given)
    prove(-change - 1 == -1, *given, value == 0)
    # With the exact step in [relative, relative + 1) units of 2^-62, value x step lies in [product, product + value).
    exact = Real("exact")
    given = (0 <= value, value < 2**62, product >= 0, product <= exact, Implies(value > 0, exact < product + value),
             Implies(value == 0, exact == 0), floor_of(change, product, 2**62))
    prove(And(change * 2**62 <= exact, change * 2**62 > exact - 2 * 2**62), *given)
    prove(And(-(change + 1) * 2**62 >= -exact - 2**62, -(change + 1) * 2**62 <= -exact + value), *given)


@proof(
    "checked-product",
    "The short cut of `checked_product` takes only factors whose product is below 2^62",
    "fixed.rs: checked_product",
    "SMT, integers",
    ("(x >> 24 == 0 && y >> 38 == 0) || (x >> 38 == 0 && y >> 24 == 0)",),
)
def checked_product():
    x, y = Ints("x y")
    prove(x * y < 2**62, 0 <= x, x < 2**24, 0 <= y, y < 2**38)


@proof(
    "recentring-slope",
    "A convex value moves by its reach times a slope between those of the chords beside it, so the middle slope errs by at "
    "most |reach| times half their difference: the drift",
    "risk/drift.rs: recentred, StrikeDrift",
    "SMT, reals",
    ("let second = u64::try_from(second + i128::from(ROUNDING_UNITS))",
     "let width = if is_end { spacing_e9 } else { 2 * spacing_e9 }",
     "reach / 2"),
)
def recentring_slope():
    reach, below, above, slope = Reals("reach below above slope")
    middle = (below + above) / 2
    prove(absolute(reach * slope - reach * middle) <= absolute(reach) * (above - below) / 2, below <= slope, slope <= above)


@proof(
    "recentring-reach",
    "For steps up to 3% and at most a fifth of the price range every scenario stays between its neighbours, tails included: "
    "the chords beside it bound its slope",
    "risk/drift.rs: neighbours",
    "SMT, reals",
    ("all[FIRST_TAIL] = (None, Some(FIRST_TAIL + 1))", "all[FIRST_TAIL + 1] = (Some(FIRST_TAIL), Some(UNMOVED_UP))",
     "all[FIRST_TAIL + 2] = (Some(UNMOVED_UP), Some(FIRST_TAIL + 3))", "all[FIRST_TAIL + 5] = (Some(FIRST_TAIL + 4), None)"),
)
def recentring_reach():
    require_code("risk/strike.rs", ("for steps up to 3% and at most a fifth of the price range",))
    require_code("risk/scenario.rs", ("-660_000_000, -330_000_000, 500_000_000, 1_000_000_000, 2_000_000_000, 4_000_000_000,",))
    step, move, range_ = Reals("step move range")
    given = (0 <= step, step <= Q(3, 100), step <= range_ / 5, Q(1, 100) <= range_, range_ <= Q(78, 100))
    prove(step * (1 + move) < range_ / 4, *given, -range_ <= move, move <= range_)
    places = [-66, -33, 0, 50, 100, 200, 400]
    for left, right in zip(places, places[1:]):
        for place in (left, right):
            require(3 * (100 + place) <= 100 * (right - left), "a tail can leave its chords")


@proof(
    "tail-drift",
    "At a tail a call's value moves by its reach times a slope between those of the chords to its neighbours, the unmoved "
    "scenario being the inner one; at the outermost tails the missing chord is a slope of zero below and of the forward "
    "above. So the middle slope errs by at most |reach| times half the difference, and the one chord of an outermost tail by "
    "|reach| times all of it",
    "risk/drift.rs: StrikeDrift::of_tail",
    "SMT, reals",
    ("let (below, above) = neighbours(tail)", "below.map_or(Ok(0), |below| slope(below, tail))?",
     "above.map_or(Ok(self.forward_e9), |above| slope(tail, above))?", "difference.div_ceil(2)",
     "mul_div(width, shocks.moved_e9(place)?, E9, Round::Up)?"),
)
def tail_drift():
    below, above, between, outside, run, reach, forward = Reals("below above between outside run reach forward")
    # Convexity: slopes of chords of adjacent stretches do not fall. A reach up parts the run above into `reach`, of slope
    # `between`, and the rest, of slope `outside`; the chord to the neighbour weighs both.
    up = (0 < reach, reach <= run, below <= between, between <= outside,
          above * run == between * reach + outside * (run - reach))
    prove(And(below <= between, between <= above), *up)
    # A reach down parts the run below likewise.
    down = (0 < reach, reach <= run, outside <= between, between <= above,
            below * run == between * reach + outside * (run - reach))
    prove(And(below <= between, between <= above), *down)
    middle, half = (below + above) / 2, (above - below) / 2
    inside = (below <= between, between <= above)
    prove(absolute(reach * between - reach * middle) <= absolute(reach) * half, *inside)
    # The lowest tail knows the chord above it only, the highest the one below.
    prove(absolute(reach * between - reach * above) <= absolute(reach) * above, 0 <= between, between <= above)
    prove(absolute(reach * between - reach * below) <= absolute(reach) * (forward - below), below <= between,
          between <= forward)


@proof(
    "tail-drift-rounding",
    "With each result two units off and every slope rounded up, the 64 units that `of_tail` adds keep the difference of "
    "slopes at least the exact one; the weighted product and its unit at least the exact drift times the weight",
    "risk/drift.rs: StrikeDrift::of_tail",
    "SMT, reals",
    ("const ROUNDING_UNITS: i64 = 8", "let rounding = ROUNDING_UNITS.unsigned_abs() * 8",
     "let difference = steepest.saturating_sub(flattest) + rounding", "mul_div(rise, E9, run.unsigned_abs(), Round::Up)",
     "weighted.unsigned_abs().saturating_add(1)", ".max(0)"),
)
def tail_drift_rounding():
    require_code("risk/array.rs", ("so every entry is within two units",))
    rise_b, rise_a, true_b, true_a, run_b, run_a, flat, steep, saturated = Reals(
        "rise_b rise_a true_b true_a run_b run_a flat steep saturated")
    # Slopes times runs of at least 33% are the rises; a rise below zero counts as zero.
    given = [run_b >= Q(33, 100), run_a >= Q(33, 100), true_b >= 0, true_a >= true_b]
    for rise, true, run, slope in ((rise_b, true_b, run_b, flat), (rise_a, true_a, run_a, steep)):
        shown = If(rise < 0, 0, rise)
        given += [absolute(rise - true * run) <= 4, slope * run >= shown, (slope - 1) * run < shown]
    # Each slope is within 4 / 0.33 of exact, and rounded up.
    for true, slope in ((true_b, flat), (true_a, steep)):
        prove(And(slope >= true - Q(400, 33), slope <= true + Q(400, 33) + 1), *given)
    near = (steep >= true_a - Q(400, 33), flat <= true_b + Q(400, 33) + 1,
            saturated == If(steep > flat, steep - flat, 0), true_a >= true_b)
    prove(saturated + 64 >= true_a - true_b, *near)
    weight, exact, moved, product = Reals("weight exact moved product")
    prove(product + 1 >= weight * exact, 0 <= weight, weight <= 1, 0 <= exact, exact <= moved, product > weight * moved - 1)


@proof(
    "recentred-overflow",
    "No intermediate of the re-centring of an account's sums reaches 2^105, no difference of sums wraps, and a reach fits u64",
    "risk/drift.rs: recentred",
    "SMT, integers",
    ("slope_factors(shocks, step_q30.unsigned_abs())", "let reach = step_q30 * shocks.moved_e9(place).unwrap_or(0)",
     "reach.checked_div(run).unwrap_or(0)", "i128::from(high.wrapping_sub(low)).wrapping_mul(i128::from(factor))",
     "let change = (falling + rising) >> 30", "if step_q30 < 0 { -change } else { change }"),
)
def recentred_overflow():
    require_code("risk/book.rs", (".filter(|bound| bound >> 61 == 0)",
                                  "recentred(&self.group.pnl_e9, self.shocks, step.relative_q30())"))
    require_code("risk/strike.rs", ("(self.relative_q62 >> 32).cast_signed()", "if relative_q62 >> 62 != 0"))
    require_code("risk/scenario.rs", ("range.e9() < 10_000_000", "*place = range_e9 / 4 * quarters"))
    step, moved, reach, run, factor, high, low, first, second = Ints("step moved reach run factor high low first second")
    # A move is at most fourfold, and neighbours are at least a quarter of 1% apart.
    prove(And(step * moved >= 0, step * moved < 2**63), 0 <= step, step < 2**30, 0 <= moved, moved <= 5 * E9)
    prove(And(factor >= 0, factor < 2**42), 0 <= reach, reach < 2**63, run >= 2_500_000, factor * run <= reach,
          reach < (factor + 1) * run)
    prove(absolute(high - low) < 2**62, absolute(high) < 2**61, absolute(low) < 2**61)
    prove(absolute(first * factor) <= 2**62 * 2**42, absolute(first) <= 2**62, 0 <= factor, factor <= 2**42)
    prove(absolute(first + second) <= 2**105, absolute(first) <= 2**104, absolute(second) <= 2**104)


@proof(
    "recentred-factors",
    "A chord's factor is below step (1 + m) / run, or half of it, by less than one unit and the half-unit's share of a run, "
    "so that a sum's change errs by at most two units of 2^-30 of the rises beside it, and one of the last place",
    "risk/drift.rs: slope_factors",
    "SMT, integers",
    ("reach / 2", "reach.checked_div(run).unwrap_or(0)", ".abs_diff(shocks.move_e9(place))"),
)
def recentred_factors():
    reach, halved, run, factor = Ints("reach halved run factor")
    given = (reach >= 0, run >= 2_500_000, floor_of(halved, reach, 2), floor_of(factor, halved, run))
    prove(And(2 * factor * run <= reach, reach < 2 * factor * run + 2 * run + 1), *given)
    prove(And(factor * run <= reach, reach < factor * run + run), run >= 2_500_000, floor_of(factor, reach, run))
    # The error of one factor is below 1 + 1 / (2 run), so below 2.
    rise, error, total = Reals("rise error total")
    prove(absolute(rise * error) <= 2 * absolute(rise), 0 <= error, error <= 2)


@proof(
    "price-interval",
    "What an interval adds covers the loss of a delta at every price in it, and is nothing when the interval is a point",
    "risk/interval.rs: PriceInterval::worst_loss_e9",
    "SMT, integers",
    ("let distance = if delta_e9 > 0 {", "mul_div(delta_e9.unsigned_abs(), distance, E9, Round::Up)"),
)
def price_interval():
    delta, low, spot, high, price, distance, cost, product, loss = Ints("delta low spot high price distance cost product loss")
    given = (0 <= low, low <= spot, spot <= high, low <= price, price <= high,
             distance == If(delta > 0, spot - low, high - spot))
    # The loss at a price within, in units of 1e-18.
    prove(-delta * (price - spot) <= absolute(delta) * distance, *given)
    prove(cost * E9 >= loss, loss <= product, ceil_of(cost, product, E9))
    prove(Implies(product == 0, cost == 0), ceil_of(cost, product, E9))


@proof(
    "loss-cap",
    "A requirement capped at the greatest possible loss is at most that loss, and never more than it was",
    "risk/requirement.rs: UnderlyingRisk::capped",
    "SMT, integers",
    ("let limit = greatest_loss.or_zero()", "self.scenario_loss.min(limit)", "self.initial_contingency.min(rest)"),
)
def loss_cap():
    greatest, loss, contingency = Ints("greatest loss contingency")
    limit = If(greatest < 0, 0, greatest)
    capped = If(loss < limit, loss, limit)
    rest = limit - capped
    kept = If(contingency < rest, contingency, rest)
    prove(And(rest >= 0, capped + kept <= limit, capped <= loss, kept <= contingency, kept >= 0),
          loss >= 0, contingency >= 0)


@proof(
    "haircut",
    "The haircut is a function of the collateral alone, between nothing and its worth; merged collateral loses no more than "
    "its parts, and at most one unit less",
    "risk/book.rs: UnderlyingBook::add_collateral",
    "SMT, integers",
    (".try_add(collateral.haircut.of(collateral.value, Round::Up)?)?", "self.base_value.try_add(collateral.value)?"),
)
def haircut():
    require_code("risk/requirement.rs", ("let haircut = self.base_haircut", "self.base_value.try_sub(haircut)?"))
    ratio, worth, other, first, second, both, product = Ints("ratio worth other first second both product")
    prove(And(ratio * worth >= 0, ratio * worth <= E9 * worth), 0 <= ratio, ratio <= E9, worth >= 0)
    prove(And(first >= 0, first <= worth), 0 <= product, product <= E9 * worth, ceil_of(first, product, E9))
    prove(And(both <= first + second, both >= first + second - 1), ceil_of(first, ratio * worth, E9),
          ceil_of(second, ratio * other, E9), ceil_of(both, ratio * worth + ratio * other, E9))


@proof(
    "credit",
    "The correlation credit is never negative and at most the losses, and the requirement is at least the systemic loss",
    "risk/health.rs: HealthBuilder::finish",
    "SMT, integers",
    ("correlation_credit.of(self.losses.try_sub(systemic_loss)?.or_zero(), Round::Down)", "self.losses.try_sub(credit)?"),
)
def credit():
    losses, systemic, rho, spread, credit_ = Ints("losses systemic rho spread credit")
    given = (losses >= 0, systemic >= 0, systemic <= losses, 0 <= rho, rho <= E9, spread == losses - systemic,
             floor_of(credit_, spread * rho, E9), spread * rho <= spread * E9, spread * rho >= 0)
    prove(And(credit_ >= 0, losses - credit_ >= systemic, losses - credit_ <= losses), *given)
    prove(And(spread * rho <= spread * E9, spread * rho >= 0), spread >= 0, 0 <= rho, rho <= E9)
