"""Sums of an account's book."""

from z3 import And, If, Implies, Ints, Q, Real, Reals

from proof import absolute, ceil_of, floor_of, proof, prove, require, require_code

E9 = 10**9


@proof(
    "pnl-no-wrap",
    "The wrapping sums of scenario results never wrap: the bound that is checked holds for every entry after every strike",
    "risk/book.rs: add_results",
    "SMT, integers, induction over strikes",
    ("net.magnitude_value(strike.pnl_bound_e9)?.e9().unsigned_abs()", ".filter(|bound| bound >> 61 == 0)",
     "sum.wrapping_add(net.get().wrapping_mul(*pnl))"),
)
def pnl_no_wrap():
    require_code("quantity/lots.rs", ("i64::try_from(self.magnitude())", "checked_product(lots, per_lot)"))
    total, bound, net, pnl, pnl_bound, product = Ints("total bound net pnl pnl_bound product")
    # A product is at most the product of the magnitudes' bounds.
    prove(absolute(net * pnl) <= absolute(net) * pnl_bound, absolute(pnl) <= pnl_bound)
    added = Ints("added")[0]
    given = (absolute(total) <= bound, absolute(product) <= added, added >= 0, bound + added < 2**61)
    prove(And(absolute(total + product) <= bound + added, absolute(product) < 2**63, absolute(total + product) < 2**61), *given)


@proof(
    "pnl-bound",
    "`pnl_bound_e9` bounds every entry of a risk array, each of which fits i64",
    "risk/array.rs: StrikePrices::array",
    "SMT, integers",
    ("bound_e9 = bound_e9.max(result.unsigned_abs())", "to_signed(value)? - to_signed(self.mark_e9)?", "[0_i64; SCENARIOS]",
     "let (pnl_e9, pnl_bound_e9) = prices.array("),
)
def pnl_bound():
    value, mark, bound, after = Ints("value mark bound after")
    pnl = value - mark
    given = (0 <= value, value < 2**63, 0 <= mark, mark < 2**63, after == If(absolute(pnl) > bound, absolute(pnl), bound))
    prove(And(absolute(pnl) < 2**63, absolute(pnl) <= after, after >= bound), *given)
    # The unmoved entry stays zero, within every bound.
    prove(after >= 0, *given, bound >= 0)


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
    "What a linear holding gains at a move of the grid is the exact floor of its value times so many quarters of the range in "
    "Q60, from one product; every move in Q60 is within four units of the exact one, so a gain is within one unit and "
    "4 |value| 2^-60 of exact: less than five units; every product and sum fits",
    "risk/scenario.rs: PriceShocks::linear_e9, scaled_by_quarters",
    "SMT, integers",
    ("mul_div(range.e9() / 4, 1 << 60, E9, Round::Down)?.cast_signed()", "*place = range_e9 / 4 * quarters",
     "(((TAIL_MOVES_E9[tail] as i128) << 60) / E9 as i128) as i64", "value.e9().unsigned_abs() >> 60 != 0",
     "tails.iter_mut().zip(TAILS_Q60)", "*result = mul_q60(value.e9(), move_q60)",
     "let quarter_q60 = i128::from(value.e9()).wrapping_mul(i128::from(self.quarter_q60))",
     "*result = scaled_by_quarters(quarter_q60, quarters)", "[0, 1, -1, 2, -2, 3, -3, 4, -4]",
     "let twice = product_q60.wrapping_add(product_q60)",
     "0 => 0, 1 => product_q60, 2 => twice, 3 => twice.wrapping_add(product_q60), _ => twice.wrapping_add(twice),",
     "if quarters < 0 { magnitude.wrapping_neg() } else { magnitude }", "(signed >> 60) as i64"),
)
def linear_e9():
    require_code("fixed.rs", ("((a as i128).wrapping_mul(b as i128) >> 60) as i64",))
    value, quarter, quarter_q60, move_q60, product, result, value_off, off = Ints(
        "value quarter quarter_q60 move_q60 product result value_off off")
    given = (2_500_000 <= quarter, quarter <= 195_000_000, floor_of(quarter_q60, quarter * 2**60, E9))
    prove(And(0 < quarter_q60, quarter_q60 < 2**58), *given)
    prove(absolute(value * quarter_q60) < 2**118, absolute(value) < 2**60, 0 < quarter_q60, quarter_q60 < 2**58)
    for quarters in range(-4, 5):
        # In units of 2^-60 times 1e-9.
        off_by = quarters * quarter_q60 * E9 - quarters * quarter * 2**60
        prove(And(absolute(off_by) <= 4 * E9, absolute(quarters * quarter_q60) < 2**60), *given)
        # Sums and a sign instead of a second product: the same integer, so its shift is the floor; no wrap of i128, and the
        # result fits i64.
        twice = product + product
        magnitude = {0: 0 * product, 1: product, 2: twice, 3: twice + product, 4: twice + twice}[abs(quarters)]
        signed = -magnitude if quarters < 0 else magnitude
        prove(And(signed == quarters * product, absolute(magnitude) < 2**120, absolute(twice) < 2**120),
              absolute(product) < 2**118)
        prove(absolute(result) <= 2**60, absolute(product) < 2**118, floor_of(result, quarters * product, 2**60))
    for tail in (-660_000_000, -330_000_000, 500_000_000, E9, 2 * E9, 4 * E9):
        magnitude = (abs(tail) << 60) // E9
        require(abs(tail) * 2**60 - magnitude * E9 < E9 and magnitude <= 2**62, "a tail's move is off")
    # |value| < 2^60 and |move| <= 2^62: the product fits i128 and the result i64.
    prove(absolute(value * move_q60) <= 2**60 * 2**62, absolute(value) <= 2**60, absolute(move_q60) <= 2**62)
    prove(absolute(result) <= 2**62, absolute(product) <= 2**122, floor_of(result, product, 2**60))
    # With move_q60 1e9 = move 2^60 + off, off within 4e9: the error against value x move, in units of 2^-60 times 1e-9.
    prove(absolute(value * off) <= absolute(value) * 4 * E9, absolute(off) <= 4 * E9)
    exact = product * E9 - value_off
    prove(absolute(result * 2**60 * E9 - exact) < 2**60 * E9 + absolute(value) * 4 * E9 + 1,
          absolute(value_off) <= absolute(value) * 4 * E9, floor_of(result, product, 2**60))


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
    ("let apart = self.losses.try_sub(systemic_loss)?", "correlation_credit.of(apart.or_zero(), Round::Down)",
     "self.losses.try_sub(credit)?", "correlation_credit.of(apart.try_sub(self.uncredited_losses)?.or_zero(), Round::Down)",
     "self.losses.try_sub(initial_credit)?"),
)
def credit():
    losses, systemic, rho, spread, credit_ = Ints("losses systemic rho spread credit")
    given = (losses >= 0, systemic >= 0, systemic <= losses, 0 <= rho, rho <= E9, spread == losses - systemic,
             floor_of(credit_, spread * rho, E9), spread * rho <= spread * E9, spread * rho >= 0)
    prove(And(credit_ >= 0, losses - credit_ >= systemic, losses - credit_ <= losses), *given)
    prove(And(spread * rho <= spread * E9, spread * rho >= 0), spread >= 0, 0 <= rho, rho <= E9)
    # What is left out of the initial requirement's credit only makes it smaller.
    less, product, whole, initial = Ints("less product whole initial")
    prove(And(initial >= 0, initial <= credit_), floor_of(initial, product, E9), floor_of(credit_, whole, E9), 0 <= product,
          product <= whole)
    prove(And(0 <= less * rho, less * rho <= spread * rho), 0 <= less, less <= spread, 0 <= rho)


@proof(
    "withdrawal-uncertainty",
    "Where options count only as far as they are a debt, the larger of what the interval costs collateral alone and all that is "
    "held covers what can leave at every price in it; without shorts options are no debt and collateral alone does",
    "risk/requirement.rs: UnderlyingBook::assess",
    "SMT, integers",
    ("let held = option_value_e9.saturating_add(options).min(0)", "held.checked_add(collateral)", "of_all.max(of_collateral)",
     "withdrawal_uncertainty: if self.holds_short {", "let of_collateral = self.interval_cost(deltas.collateral_e9)?",
     "let of_all = self.interval_cost(deltas.total_e9()?)?.try_add(self.recentring)?"),
)
def withdrawal_uncertainty():
    collateral, options, then, options_then, alone, every = Ints("collateral options then options_then alone every")

    def counted(of_options, of_collateral):
        return If(of_options < 0, of_options, 0) + of_collateral

    given = (then >= collateral - alone, then + options_then >= collateral + options - every, alone >= 0, every >= 0)
    larger = If(alone > every, alone, every)
    prove(counted(options_then, then) >= counted(options, collateral) - larger, *given)
    prove(counted(options_then, then) >= counted(options, collateral) - alone, *given, options >= 0, options_then >= 0)
