"""The requirement R = sum W - rho (sum W - W_sys): what merging, adding and scaling portfolios does to it.

Shown over the reals for two underlyings and three scenarios. That is the general case: a counterexample with more would
need only the scenario of each underlying's loss and that of the systemic loss, of the merged portfolio.
"""

from z3 import And, Ints, Real, Reals, Sum

from proof import at_least, floor_of, proof, prove, require_code

HEALTH = "risk/health.rs: HealthBuilder::finish"
CODE = ("self.systemic_e9.iter().copied().min().unwrap_or(0).min(0)", "self.losses.try_sub(credit)?")
# What collateral counts for is its worth less a fraction of it, whatever the options are.
HAIRCUT = ("risk/book.rs", ("collateral.haircut.of(collateral.value, Round::Up)?",))
UNDERLYINGS, SCENARIOS = 2, 3


def results(name: str):
    return [Reals(" ".join(f"{name}{u}_{s}" for s in range(SCENARIOS))) for u in range(UNDERLYINGS)]


def plus(a, b):
    return [[x + y for x, y in zip(*rows)] for rows in zip(a, b)]


def worst(row):
    """max(0, -min)."""
    loss = 0
    for value in row:
        loss = at_least(loss, -value)
    return loss


def systemic(book):
    return worst([Sum(*column) for column in zip(*book)])


def losses(book):
    return Sum(*[worst(row) for row in book])


def require_subadditive(measure):
    a, b = results("a"), results("b")
    prove(measure(plus(a, b)) <= measure(a) + measure(b))


@proof("w-subadditive", "W and W_sys of merged portfolios are at most the sums of theirs", HEALTH, "SMT, reals", CODE)
def w_subadditive():
    require_subadditive(lambda book: worst(book[0]))
    require_subadditive(systemic)


@proof("w-systemic", "W_sys is at most the sum of W, so the credit is never cut off at zero", HEALTH, "SMT, reals", CODE)
def w_systemic():
    book = results("a")
    prove(systemic(book) <= losses(book))


def requirement(book, rho):
    return (1 - rho) * losses(book) + rho * systemic(book)


@proof("r-subadditive", "R of merged portfolios is at most the sum of theirs, for every credit in [0, 1]", HEALTH,
       "SMT, reals", CODE)
def r_subadditive():
    # Both parts are sub-additive, and R weighs them with weights that are not negative.
    require_subadditive(losses)
    require_subadditive(systemic)
    rho, l, s, l1, s1, l2, s2 = Reals("rho l s l1 s1 l2 s2")
    prove((1 - rho) * l + rho * s <= (1 - rho) * (l1 + l2) + rho * (s1 + s2), 0 <= rho, rho <= 1, l <= l1 + l2, s <= s1 + s2)


@proof("r-homogeneous", "R of a portfolio scaled by x >= 0 is x R: what makes a slice of the whole book scale its margin",
       HEALTH, "SMT, reals", CODE)
def r_homogeneous():
    # For one maximum of two; the nested ones and their sums follow by using it again.
    x, p, q, rho, l, s = Reals("x p q rho l s")
    prove(at_least(x * p, x * q) == x * at_least(p, q), x >= 0)
    prove((1 - rho) * (x * l) + rho * (x * s) == x * ((1 - rho) * l + rho * s))


@proof("long-for-nothing", "A long received for nothing never lowers equity - R: its weighted loss in any scenario "
       "is at most its mark, and no haircut depends on it", HEALTH, "SMT, reals",
       CODE + ("let without_options = self.cash.try_add(self.collateral)?",))
def long_for_nothing():
    require_code(*HAIRCUT)
    book, gain, mark = results("a"), results("g"), Real("mark")
    # A long in the first underlying: worth its mark, its result w (value - mark) is at least -mark as w <= 1.
    given = [mark >= 0, *[g >= -mark for g in gain[0]], *[g == 0 for g in gain[1]]]
    for measure in (losses, systemic):
        prove(measure(plus(book, gain)) <= measure(book) + mark, *given)


@proof("short-for-nothing", "A short taken for nothing never raises equity - R: no haircut depends on it", HEALTH, "SMT, reals",
       CODE)
def short_for_nothing():
    require_code(*HAIRCUT)
    book, gain, mark = results("a"), results("g"), Real("mark")
    given = [mark >= 0, *[g <= mark for g in gain[0]], *[g == 0 for g in gain[1]]]
    for measure in (losses, systemic):
        # Equity falls by the mark; R falls by no more than that.
        prove(measure(plus(book, gain)) >= measure(book) - mark, *given)


@proof("weighted-long", "A result w (value - mark) with w in [0, 1] and a value not negative is at least -mark: the premise "
       "of `long-for-nothing`", "risk/scenario.rs: PriceShocks::weighted", "SMT, reals")
def weighted_long():
    w, value, mark = Reals("w value mark")
    prove(w * (value - mark) >= -mark, 0 <= w, w <= 1, value >= 0, mark >= 0)


@proof("r-rounding", "With results, linear gains and weighted results rounded down, W of merged portfolios of given "
       "collateral values is still at most the sum; with the credit rounded down R exceeds the sum by at most one unit of "
       "1e-9 USD", HEALTH, "SMT, integers", CODE)
def r_rounding():
    require_code("risk/scenario.rs", ("mul_q62(result_e9, weight_q62)", "mul_q60(value.e9(), move_q60)",
                                       "scaled_by_quarters(quarter_q60, quarters)"))
    require_code("risk/requirement.rs", ("options.checked_add(collateral)",))
    x, y, w, a, b, both = Ints("x y w a b both")
    e9 = 10**9
    # Rounded products: merging gives at least the sum, so a loss at most the sum. First of a move in Q60, then of a weight
    # in Q62, which does not fall with its factor.
    for one in (2**60, 2**62):
        prove(both >= a + b, floor_of(a, x * w, one), floor_of(b, y * w, one), floor_of(both, (x + y) * w, one))
    less, more, product, larger = Ints("less more product larger")
    prove(less <= more, product <= larger, floor_of(less, product, 2**62), floor_of(more, larger, 2**62))
    l1, l2, s1, s2, l, s, c1, c2, c, rho = Ints("l1 l2 s1 s2 l s c1 c2 c rho")
    given = (
        0 <= rho, rho <= e9, l <= l1 + l2, s <= s1 + s2, s <= l,
        floor_of(c1, (l1 - s1) * rho, e9), floor_of(c2, (l2 - s2) * rho, e9), floor_of(c, (l - s) * rho, e9),
    )
    prove((l - c) * e9 < (l1 + l2 - c1 - c2) * e9 + e9 + e9, *given,
          (l1 + l2 - l) * rho <= (l1 + l2 - l) * e9, (s1 + s2 - s) * rho >= 0)
    prove(And((l1 + l2 - l) * rho <= (l1 + l2 - l) * e9, (s1 + s2 - s) * rho >= 0), *given[:4])


@proof("r-monotone", "An account that loses less in every scenario needs no more", HEALTH, "SMT, reals", CODE)
def r_monotone():
    book, better = results("a"), results("b")
    given = [y >= x for rows in zip(book, better) for x, y in zip(*rows)]
    for measure in (losses, systemic):
        prove(measure(better) <= measure(book), *given)
