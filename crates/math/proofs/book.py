"""Sums of an account's book."""

from z3 import And, If, Implies, Ints, Or

from proof import absolute, ceil_of, floor_of, proof, prove

E9 = 10**9


@proof(
    "pnl-no-wrap",
    "The wrapping sums of scenario results never wrap: the bound that is checked holds for every entry after every strike",
    "risk/book.rs: add_strike",
    "SMT, integers, induction over strikes",
    ("net.magnitude().checked_mul(strike.pnl_bound_e9)", ".filter(|bound| i64::try_from(*bound).is_ok())",
     "sum.wrapping_add(net.get().wrapping_mul(*pnl))"),
)
def pnl_no_wrap():
    total, bound, net, pnl, pnl_bound, product = Ints("total bound net pnl pnl_bound product")
    # A product is at most the product of the magnitudes' bounds.
    prove(absolute(net * pnl) <= absolute(net) * pnl_bound, absolute(pnl) <= pnl_bound)
    added = Ints("added")[0]
    given = (absolute(total) <= bound, absolute(product) <= added, added >= 0, bound + added < 2**63)
    prove(And(absolute(total + product) <= bound + added, absolute(product) < 2**63, absolute(total + product) < 2**63), *given)


@proof(
    "pnl-bound",
    "`pnl_bound_e9` bounds every entry of a risk array, each of which fits i64",
    "risk/array.rs: strike_risk",
    "SMT, integers",
    ("pnl_bound_e9 = pnl_bound_e9.max(pnl.unsigned_abs())", "to_signed(value)? - to_signed(mark_e9)?"),
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
    "second-order",
    "The second-order cost, rounded up three times, is at least half the gamma cash times the squared relative step",
    "risk/book.rs: add_second_order",
    "SMT, reals with each rounding up as an inequality",
    ("mul_div(step_e9.unsigned_abs(), E9, strike.reference.e9(), Round::Up)",
     "mul_div_signed(strike.gamma_cash.e9(), relative_e9, E9, Round::Up)",
     "mul_div_signed(once, relative_e9, 2_000_000_000, Round::Up)"),
)
def second_order():
    from z3 import Reals

    gamma, step, relative, once, cost = Reals("gamma step relative once cost")
    # In units of one; each rounding up is at least the exact quotient.
    given = (gamma >= 0, step >= 0, relative >= step, once >= gamma * relative, cost >= once * relative / 2)
    prove(gamma * relative >= gamma * step, gamma >= 0, relative >= step)
    prove(cost >= gamma * step * step / 2, *given, gamma * relative * relative >= gamma * step * step)
    prove(gamma * relative * relative >= gamma * step * step, gamma >= 0, step >= 0, relative >= step)


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
