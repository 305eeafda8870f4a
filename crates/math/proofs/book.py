"""Sums of an account's book."""

from z3 import And, If, Implies, Ints, Reals

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


@proof(
    "weighted",
    "A weight at most one, rounded down, never makes a loss smaller than its exact weighted size nor turns a gain into a "
    "larger one, and keeps the result in range",
    "risk/scenario.rs: PriceShocks::weighted",
    "SMT, integers",
    ("mul_div_signed(result_e9, weight_e9, E9, Round::Down)", "(range.e9() * E9 / tail_e9.unsigned_abs()).min(E9)"),
)
def weighted():
    result, weight, out = Ints("result weight out")
    given = (0 <= weight, weight <= E9, absolute(result) < 2**63, floor_of(out, result * weight, E9))
    prove(And(out * E9 <= result * weight, absolute(out) <= absolute(result)), *given,
          Implies(result >= 0, And(result * weight <= result * E9, result * weight >= 0)),
          Implies(result < 0, And(result * weight >= result * E9, result * weight <= 0)))
    # The premises just used.
    prove(Implies(result >= 0, result * weight <= result * E9), *given[:2])
    prove(Implies(result < 0, result * weight >= result * E9), *given[:2])
    range_, tail, ratio = Ints("range tail ratio")
    prove(And(range_ * E9 < 2**64, ratio >= 0), 10**7 <= range_, range_ <= 9 * 10**8, tail >= 33 * 10**7,
          floor_of(ratio, range_ * E9, tail))


@proof(
    "tail-weight",
    "A linear position loses no more in a tail than at the end of the price range: weight x |move| <= range",
    "risk/scenario.rs: PriceShocks::from_range",
    "SMT, integers",
    ("(range.e9() * E9 / tail_e9.unsigned_abs()).min(E9)",),
)
def tail_weight():
    range_, tail, ratio, weight = Ints("range tail ratio weight")
    given = (10**7 <= range_, range_ <= 9 * 10**8, tail >= 33 * 10**7, floor_of(ratio, range_ * E9, tail),
             weight == If(ratio < E9, ratio, E9), ratio >= 0)
    prove(weight * tail <= range_ * E9, *given, Implies(ratio >= E9, E9 * tail <= ratio * tail))
    prove(Implies(ratio >= E9, E9 * tail <= ratio * tail), tail >= 0)


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
    ("let second = u64::try_from(second + i128::from(ROUNDING_UNITS))", "let width = if is_end { spacing_e9 } else { 2 * spacing_e9 }",
     "reach / 2"),
)
def recentring_slope():
    reach, below, above, slope = Reals("reach below above slope")
    middle = (below + above) / 2
    prove(absolute(reach * slope - reach * middle) <= absolute(reach) * (above - below) / 2, below <= slope, slope <= above)


@proof(
    "recentred-overflow",
    "No intermediate of the re-centring of an account's sums reaches 2^106",
    "risk/drift.rs: recentred",
    "SMT, integers",
    ("let reach = step_q30 * i64::try_from(shocks.moved_e9(place)?)", ".map(|run| reach / run)",
     "(middle - below) * i128::from(factor.0)", "(above - middle) * i128::from(factor.1)"),
)
def recentred_overflow():
    require_code("risk/book.rs", (".filter(|bound| bound >> 61 == 0)", "filter(|step| step >> 30 == 0)"))
    require_code("risk/scenario.rs", ("range.e9() < 10_000_000", "*place = range_e9 / 4 * quarters"))
    step, moved, reach, run, factor, first, second = Ints("step moved reach run factor first second")
    # A move is at most fourfold, and neighbours are at least a quarter of 1% apart.
    prove(absolute(step * moved) < 2**63, absolute(step) < 2**30, 0 <= moved, moved <= 5 * E9)
    prove(absolute(factor) < 2**42, absolute(reach) < 2**63, run >= 2_500_000, absolute(factor) * run <= absolute(reach))
    prove(absolute(first * factor) <= 2**62 * 2**42, absolute(first) <= 2**62, absolute(factor) < 2**42)
    require(2 * 2**104 <= 2**105, "the sum of the two products leaves its bound")


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
    "uncovered-haircut",
    "Covered calls lower the haircut by at most the covered share, and never below zero nor above the whole",
    "risk/book.rs: uncovered_haircut",
    "SMT, integers",
    ("self.base_units_e9.saturating_sub(short_units)",
     "mul_div_signed(self.base_haircut.e9(), uncovered, self.base_units_e9, Round::Up)"),
)
def uncovered_haircut():
    haircut, units, uncovered, left = Ints("haircut units uncovered left")
    given = (haircut >= 0, units > 0, 0 <= uncovered, uncovered <= units, ceil_of(left, haircut * uncovered, units))
    prove(And(left >= 0, left <= haircut), *given, haircut * uncovered <= haircut * units, haircut * uncovered >= 0)
    prove(haircut * uncovered <= haircut * units, *given[:4])


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
