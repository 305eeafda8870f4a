"""The market maker's integer rules.

What is exhaustive is so at reduced width: the formulas are those of `src/amm` with the scales 2^56 and 1e9 replaced by small
ones, and every input of the stated ranges is tried.
"""

from itertools import product

from z3 import And, If, Ints

from proof import absolute, ceil_of, floor_of, proof, prove, require

METHOD = "exhaustive at reduced width"


def holds_everywhere(cases) -> str:
    """Requires every one of the cases, of which there is at least one."""
    points = 0
    for holds in cases:
        points += 1
        require(holds, f"case {points} fails")
    require(points > 0, "there are no cases")
    return f"{points} cases"


def ceil_div(a, b):
    return -(-a // b)


def gap_charge(buy, before, after, cap, gap, scale):
    lean = (lambda g: max(0, -g)) if buy else (lambda g: max(0, g))
    twice = max(0, lean(after) ** 2 - lean(before) ** 2)
    return ceil_div(ceil_div(twice, 2 * cap) * gap, scale)


@proof(
    "amm-gap",
    "Cutting an order in two never lowers what it pays for gaps, nor raises it by more than gap / 1e9 and two units",
    "amm/spread.rs: PriceSpread::gap_charge",
    METHOD,
    (
        "Side::Buy => u128::from(gamma.e9().min(0).unsigned_abs())",
        "Side::Sell => u128::from(gamma.e9().max(0).unsigned_abs())",
        "let twice = (after * after).saturating_sub(before * before)",
        "twice.div_ceil(2 * u128::from(self.gamma_cap.e9().unsigned_abs()))",
        "charge.div_ceil(u128::from(E9))",
    ),
)
def amm_gap():
    return holds_everywhere(slices_never_pay_less_gap_than_the_whole())


def slices_never_pay_less_gap_than_the_whole():
    for start, lot, a, b, cap, gap in product(range(-9, 10), range(4), range(1, 5), range(1, 5), range(1, 6), range(9)):
        for buy in (True, False):
            sign = -1 if buy else 1
            middle, end = start + sign * a * lot, start + sign * (a + b) * lot
            parts = gap_charge(buy, start, middle, cap, gap, 4) + gap_charge(buy, middle, end, cap, gap, 4)
            whole = gap_charge(buy, start, end, cap, gap, 4)
            yield whole <= parts <= whole + gap // 4 + 2


@proof(
    "amm-cut",
    "Across a cut at one price a buyer pays at least, and a seller receives at most, what one order of the whole would, by at "
    "most one unit",
    "amm/quote.rs: Worth::of",
    "SMT, integers",
    ("Round::Down => product / divisor", "Round::Up => product.div_ceil(divisor)",
     "let discounted = mul_div(scaled, self.terms.discount.e9(), E9, round)?"),
)
def amm_cut():
    first, second, divisor, a, b, whole = Ints("first second divisor a b whole")
    parts, both = (first >= 0, second >= 0, divisor > 0), first + second
    prove(And(a + b >= whole, a + b <= whole + 1), *parts, ceil_of(a, first, divisor), ceil_of(b, second, divisor),
          ceil_of(whole, both, divisor))
    prove(And(a + b <= whole, a + b >= whole - 1), *parts, floor_of(a, first, divisor), floor_of(b, second, divisor),
          floor_of(whole, both, divisor))



RULE = (
    "spread <= cap && slope <= shift", "floor - cap < ONE_Q56 >> 3", "kink_q56(ONE_Q56 - floor, shift)",
    "kink_q56(ceiling - ONE_Q56, shift)", "if slope == 0 { 0 } else { kink_q56(cap - spread, slope) }",
    "if widest > lowest.min(highest)", "floor <= ONE_Q56 && ceiling >= ONE_Q56",
    "(ONE_Q56 - mul_q56(self.shift_q56, position_q56)).clamp(self.floor_q56, self.ceiling_q56)",
    "self.half_spread_q56 + mul_q56(self.slope_q56, position_q56.abs())", "widened.min(self.half_spread_cap_q56)",
)
ONE = 16


def kink(height, slope):
    return 10**6 if slope == 0 else height * ONE // slope


def rules():
    """Every rule that InventoryCurve::try_new accepts, on a grid of sixteenths."""
    for shift, floor, ceiling, spread, slope, cap in product(
        range(0, 25, 3), range(8, 17, 2), range(16, 33, 4), range(0, 3), range(0, 25, 3), range(0, 7)
    ):
        if spread > cap or slope > shift or floor - cap < ONE // 8:
            continue
        lowest, highest = kink(ONE - floor, shift), kink(ceiling - ONE, shift)
        widest = 0 if slope == 0 else kink(cap - spread, slope)
        if widest > min(lowest, highest):
            continue
        yield shift, floor, ceiling, spread, slope, cap


def multiplier(rule, buy, x):
    shift, floor, ceiling, spread, slope, cap = rule
    mid = max(floor, min(ceiling, ONE - (shift * x >> 4)))
    half = min(spread + (slope * abs(x) >> 4), cap)
    return mid + half if buy else mid - half


@proof(
    "amm-monotone",
    "The multiplier of an accepted rule never rises with inventory, on either side, by more than two units of "
    "rounding",
    "amm/inventory.rs: InventoryCurve::try_new",
    METHOD,
    RULE,
)
def amm_monotone():
    return holds_everywhere(an_accepted_rule_never_rises_with_inventory_by_more_than_two_units())


def an_accepted_rule_never_rises_with_inventory_by_more_than_two_units():
    for rule in rules():
        for buy in (True, False):
            values = [multiplier(rule, buy, x) for x in range(-48, 49)]
            least = values[0]
            for value in values[1:]:
                yield value <= least + 2
                least = min(least, value)


@proof(
    "amm-bid-ask",
    "An accepted rule always has a bid at most its ask and of at least one eighth",
    "amm/inventory.rs: InventoryCurve::try_new",
    METHOD,
    RULE,
)
def amm_bid_ask():
    return holds_everywhere(an_accepted_rule_always_has_a_bid_below_its_ask_and_above_an_eighth())


def an_accepted_rule_always_has_a_bid_below_its_ask_and_above_an_eighth():
    for rule in rules():
        for x in range(-48, 49):
            ask, bid = multiplier(rule, True, x), multiplier(rule, False, x)
            yield ONE // 8 <= bid <= ask


@proof(
    "amm-nudge",
    "A nudge leaves the base as it was to the last bit, moves the level by at most its step, never away from the target nor "
    "past it, and within its bounds",
    "amm/nudge.rs: Anchor::nudged",
    "SMT, integers",
    ("average_mid.e9().clamp(MIN_LEVEL_E9, MAX_LEVEL_E9)", "target.abs_diff(self.level.e9()).min(max_step.e9())",
     "if target >= self.level.e9()", "self.level.e9().checked_add_signed(gain)", "self.offset_e9.checked_sub(gain)"),
)
def amm_nudge():
    level, offset, target, most, low, high = Ints("level offset target most low high")
    gap = absolute(target - level)
    step = If(gap < most, gap, most)
    gain = If(target >= level, step, -step)
    moved = level + gain
    prove(And(moved + offset - gain == level + offset, absolute(gain) <= most, low <= moved, moved <= high,
              absolute(target - moved) == gap - step), low <= level, level <= high, low <= target, target <= high, most >= 0)


@proof(
    "amm-navs",
    "What a position adds to the ask-NAV is at least what it adds to the bid-NAV",
    "amm/nav.rs: NavBuilder::add",
    "SMT, integers",
    ("if holding.lots.get() >= 0 { (holding.ask, holding.bid) } else { (holding.bid, holding.ask) }",
     ".try_sub(holding.unearned)?",
     "holding.bid > holding.ask || holding.bid < Value::ZERO || holding.unearned < Value::ZERO"),
)
def amm_navs():
    lots, bid, ask, unearned = Ints("lots bid ask unearned")
    to_ask, to_bid = If(lots >= 0, lots * ask, lots * bid), If(lots >= 0, lots * bid, lots * ask) - unearned
    prove(to_ask >= to_bid, 0 <= bid, bid <= ask, unearned >= 0)
