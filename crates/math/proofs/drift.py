"""Re-centring: an account at another spot price than its strikes."""

from fractions import Fraction

from z3 import And, If, Ints, Q, Reals

from proof import absolute, floor_of, proof, prove, require, require_code

E9 = 10**9
# A scenario's value: the moved forward is rounded down, the call's price errs by less than a unit, and 4e-17 of forward and
# strike is below half a unit for lots below ten million USD.
NOISE = ("let value = call_value(moved, self.strike, log_moneyness_q56, self.deviations.get(shock))",
         "mul_div(forward, moved_e9, E9, Round::Down)?", "let moved = moved_forward(forward, move_e9)?")


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
    "With each value of a scenario at most 2.5 units below the exact one and 1.5 above it, and every slope rounded up, the 64 "
    "units that `of_tail` adds keep the difference of slopes at least the exact one, and the 8 that `of_quarter` adds the "
    "second difference",
    "risk/drift.rs: StrikeDrift::of_tail, of_quarter",
    "SMT, reals",
    ("const ROUNDING_UNITS: i64 = 8", "let rounding = ROUNDING_UNITS.unsigned_abs() * 8",
     "let difference = steepest.saturating_sub(flattest) + rounding", "mul_div(rise, E9, run.unsigned_abs(), Round::Up)",
     ".max(0)", "i128::from(below) + i128::from(above) - 2 * middle", "second + i128::from(ROUNDING_UNITS)"),
)
def tail_drift_rounding():
    require_code("risk/array.rs", NOISE)
    b, m, a = Reals("b m a")
    prove(And(a + b - 2 * m >= -8, absolute(a - m) <= 4), *[bound for v in (b, m, a) for bound in (v >= -Q(5, 2), v <= Q(3, 2))])
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


@proof(
    "mark-drift",
    "A call's value after a step is no further from the tangent at the mark than the step times `of_mark`, which takes the "
    "tangent's distance from the chords to the grid's neighbours",
    "risk/drift.rs: StrikeDrift::of_mark",
    "SMT, reals",
    ("mul_div(result(4).saturating_add(4), E9, spacing_e9, Round::Up)?",
     "mul_div(result(7).saturating_sub(4), E9, spacing_e9, Round::Down)?", "rising.saturating_sub(self.slope_e9)",
     "self.slope_e9.saturating_sub(falling)", "Ok(above.max(below).saturating_add(4))"),
)
def mark_drift():
    require_code("risk/array.rs", NOISE + ("slope_e9: crate::fixed::scale_by_q62(forward, greeks.delta_q62)",))
    step, run, tangent, between, outside, chord, slope = Reals("step run tangent between outside chord slope")
    result, rising, falling, bound = Reals("result rising falling bound")
    # The slope is rounded down, from a delta whose error is worth less than a unit.
    near = (slope <= tangent + 1, slope > tangent - 2, 0 < step, step <= run, run <= Q(195, 1000))
    # A rise parts the run into the step and the rest, whose slopes do not fall.
    up = (tangent <= between, between <= outside, chord * run == between * step + outside * (run - step), tangent >= 0)
    prove(And(between <= chord, between >= tangent), *up, 0 < step, step <= run)
    # A result, the difference of two values each of which errs as above, is within four units.
    prove(rising >= chord, run > 0, absolute(result - chord * run) <= 4, rising * run >= absolute(result) + 4)
    above = If(rising > slope, rising - slope, 0)
    prove(between - tangent <= above + 4, *near, tangent <= between, between <= chord, rising >= chord)
    down = (outside <= between, between <= tangent, chord * run == between * step + outside * (run - step), outside >= 0)
    prove(And(between >= chord, chord >= 0), *down, 0 < step, step <= run)
    shown = If(absolute(result) > 4, absolute(result) - 4, 0)
    prove(falling <= chord, run > 0, chord >= 0, absolute(-result - chord * run) <= 4, falling * run <= shown)
    below = If(slope > falling, slope - falling, 0)
    prove(tangent - between <= below + 4, *near, between <= tangent, between >= chord, falling <= chord)


@proof(
    "mixture",
    "What is part value now and part value in one scenario or two, (1 - a - b) x + a y + b z with a + b <= 1, moves by at most "
    "the largest of the three moves. A tail of weight w is such a mixture, and so is equity less maintenance, for a factor f "
    "of at most one and any correlation credit in [0, 1], at given contingencies: weighted losses count f (1 - credit) w and "
    "f credit w'. Its least over scenarios moves by no more",
    "risk/requirement.rs: UnderlyingBook::liquidation_tolerance",
    "SMT, reals",
    ("let moved = recentred(&self.pnl_e9, self.shocks, step_q30.cast_signed())?",
     "let mut largest = self.interval.confidence_cost_e9(deltas.total_e9()?)?", "largest = largest.max(change",
     "let linear = collateral_value.try_sub(put_forward)?", "linear.e9().checked_add(at_move)",
     "signed(largest)?.try_add(by_drift)?.try_add(self.recentring)",
     "mul_div_signed(self.drift.e9(), step_q30, 1 << 30, Round::Up)", "mul_div(confidence_e9, 1 << 30, spot_e9, Round::Up)?"),
)
def mixture():
    require_code("risk/health.rs", ("maintenance_factor .of(scenario_requirement, Round::Up)?",
                                    "correlation_credit > Ratio::ONE", "self.losses.try_sub(credit)?"))
    a, b, x, y, z, most = Reals("a b x y z most")
    within = [absolute(v) <= most for v in (x, y, z)]
    mixed = (1 - a - b) * x + a * y + b * z
    # Each part is at most its share of the largest.
    parts = [absolute(part * v) <= part * most for part, v in ((a, x), (b, y), (1 - a - b, z))]
    for part in parts:
        prove(part, 0 <= a, 0 <= b, a + b <= 1, *within)
    p, q, r = Reals("p q r")
    prove(absolute(p + q + r) <= most, absolute(p) <= (1 - a - b) * most, absolute(q) <= a * most, absolute(r) <= b * most)
    # Equity less f R: the mark, less f (1 - credit) of the underlying's own weighted loss and f credit of the systemic one.
    f, credit, own, common, w, u = Reals("f credit own common w u")
    factors = (0 <= f, f <= 1, 0 <= credit, credit <= 1, 0 <= w, w <= 1, 0 <= u, u <= 1)
    prove(And(f * (1 - credit) * w >= 0, f * credit * u >= 0, f * (1 - credit) * w + f * credit * u <= 1), *factors)
    mark = x
    prove(mark + a * (own - mark) + b * (common - mark) == (1 - a - b) * mark + a * own + b * common)
    # Moves of both sides of a minimum by at most `most` move the least by at most that.
    s, t, s2, t2 = Reals("s t s2 t2")
    least, least2 = If(s < t, s, t), If(s2 < t2, s2, t2)
    prove(absolute(least - least2) <= most, absolute(s - s2) <= most, absolute(t - t2) <= most)
    # A middle slope times a smaller step either way, and the drift times it, are at most those of the whole step.
    slope, drift, step, whole = Reals("slope drift step whole")
    prove(And(absolute(slope * step) <= absolute(slope) * whole, drift * absolute(step) <= drift * whole),
          absolute(step) <= whole, drift >= 0)


@proof(
    "tail-mixture",
    "A tail's drift is at least its weight times its own error and the rest times the mark's, rounding included",
    "risk/drift.rs: StrikeDrift::of_tail",
    "SMT, reals",
    ("Ok(shocks.weighted(place, value).unsigned_abs())", "let of_rest = of_mark.saturating_sub(weighted(of_mark)?)",
     "Ok(weighted(moved)?.saturating_add(of_rest).saturating_add(2))", "largest.max(self.of_tail(tail, of_mark, shocks)?)",
     "let mut largest = of_mark"),
)
def tail_mixture():
    weight, tail, own, mark, of_mark, first, second, p, q, p2, q2 = Reals("weight tail own mark of_mark first second p q p2 q2")
    given = (0 <= weight, weight <= 1, 0 <= tail, tail <= own, 0 <= mark, mark <= of_mark)
    prove(And(weight * tail <= weight * own, (1 - weight) * mark <= (1 - weight) * of_mark, weight * of_mark <= of_mark), *given)
    # p and q are weight x own and weight x of_mark, p2 and q2 what they bound.
    rest = If(of_mark > second, of_mark - second, 0)
    prove(first + rest + 2 >= p2 + q2, first > p - 1, first <= p, second > q - 1, second <= q, p2 <= p, q2 <= of_mark - q)


@proof(
    "recentred-overflow",
    "No intermediate of the re-centring of an account's sums reaches 2^105, no difference of sums wraps, and a reach fits u64; "
    "the product across both chords is the sum of theirs",
    "risk/drift.rs: recentred",
    "SMT, integers",
    ("slope_factors(shocks, step_q30.unsigned_abs())", "let reach = step_q30 * shocks.moved_e9(place).unwrap_or(0)",
     "reach.checked_div(run).unwrap_or(0)", "i128::from(rise).wrapping_mul(i128::from(factor))",
     "part_q30(above.wrapping_sub(below), of_rise)?", "both >> 30",
     "term(middle.wrapping_sub(below), of_fall) + term(above.wrapping_sub(middle), of_rise)",
     "let reach = step_q30 * E9.saturating_add_signed(*move_e9)", "if factor >> 30 == 0 {",
     "let of_low = (rise & LOW).wrapping_mul(factor) >> 30", "(rise >> 30).wrapping_mul(factor).wrapping_add(of_low)",
     "if of_fall == of_rise"),
)
def recentred_overflow():
    require_code("risk/book.rs", (".filter(|bound| bound >> 61 == 0)",
                                  "recentred(&self.pnl_e9, self.shocks, step.relative_q30())"))
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
    # With one factor for both chords, one product is what the two sum to.
    middle = Ints("middle")[0]
    prove((middle - low) * factor + (high - middle) * factor == (high - low) * factor)
    # In words: rise = top 2^30 + bottom, and both products fit.
    top, bottom, of_top, of_bottom, part, whole = Ints("top bottom of_top of_bottom part whole")
    prove(absolute(top * factor) <= 2**33 * 2**30, absolute(top) <= 2**33, 0 <= factor, factor < 2**30)
    prove(And(0 <= bottom * factor, bottom * factor < 2**60), 0 <= bottom, bottom < 2**30, 0 <= factor, factor < 2**30)
    prove(whole == of_top + part, floor_of(part, of_bottom, 2**30), floor_of(whole, of_top * 2**30 + of_bottom, 2**30))


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
    "volatility-drift",
    "What volatility adds is at least 0.399 x 1.016 K (1 + u) slope / sqrt(w) less three units, for a strike of at most 2^56 a "
    "lot and a quotient that fits: a step within 3% moves a log-moneyness by at most 1.016 of it, and a call's slope by deviation is at most phi(0) K",
    "risk/drift.rs: volatility_drift_e9",
    "SMT, reals",
    ("let slope_q62 = slope.q96() >> 34", "if slope_q62 >> 63 != 0 || strike_e9 >> 63 != 0",
     "((u128::from(strike_e9) * slope_q62) >> 62) as u64", "flat.divide(moved.saturating_add(1))",
     "(u128::from(per_root) * u128::from(deviations.up_factor_q40)) >> 40", "(shocked + 1) * 7 / 17 + 1"),
)
def volatility_drift():
    # -ln(1 - x) / x rises with x, and at 3% is below 1.016: its series x + x^2/2 + x^3 / (3 (1 - x)).
    x = Fraction(3, 100)
    require(1 + x / 2 + x * x / (3 * (1 - x)) < Fraction(1016, 1000), "a step moves a log-moneyness by more")
    # 0.399^2 > 1 / (2 pi).
    require(Fraction(399, 1000) ** 2 * 2 * Fraction(31_415_926, 10**7) > 1, "phi(0) is larger")
    strike, slope, true, moved, product = Reals("strike slope true moved product")
    # K slope is at most the product and one strike's unit; the product rounded down and one more are within 1/64 of it.
    known = (0 <= strike, strike <= 2**56, 0 <= slope, moved * 2**62 > strike * slope - 2**62)
    prove((moved + 1) * 65 >= true * 64, *known, moved >= 0, true * 2**62 <= strike * slope + strike)
    # Divided by the root, whose reciprocal is within 2^-62 of itself, and multiplied by 1 + u, below five, each rounded down.
    quotient, shocked, up, exact, exact_up, out = Reals("quotient shocked up exact exact_up out")
    close = 1 - Q(1, 2**62)
    prove((exact * close - 1) * up - 1 >= exact_up * close - 6, exact >= 0, 1 <= up, up < 5, exact_up == exact * up)
    prove(out >= Q(399, 1000) * Q(1016, 1000) * true - 3, shocked > exact_up * close - 6, out > (shocked + 1) * Q(7, 17),
          exact_up >= 0, true >= 0, exact_up * 65 >= true * 64)
    # Products: a strike below 2^63 times a slope below two; 64 and 43 bits, and three more.
    require(2**63 * 2**63 < 2**128 and 2**64 * 2**43 * 7 < 2**128, "a product leaves u128")
