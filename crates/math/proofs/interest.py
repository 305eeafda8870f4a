"""Products of more than 128 bits, growth and indices."""

from fractions import Fraction

from z3 import And, If, Implies, Ints, Reals

from proof import ceil_of, floor_of, proof, prove, require

WORD = 2**64


@proof("mul-q64", "`mul_q64` is a b / 2^64 rounded as named, for every u128 a and u64 b, and no intermediate leaves u128",
       "wide.rs: mul_q64", "SMT, integers",
       ("let (high, low) = ((a >> 64).wrapping_mul(b), (a & WORD).wrapping_mul(b))", "Round::Up if low & WORD != 0 => 1", "high + (low >> 64) + carry"))
def mul_q64():
    top, bottom, b, product_top, product_bottom, whole, rest = Ints("top bottom b product_top product_bottom whole rest")
    words = (0 <= top, top < WORD, 0 <= bottom, bottom < WORD, 0 <= b, b < WORD)
    prove(And(top * b <= (WORD - 1) * (WORD - 1), bottom * b <= (WORD - 1) * (WORD - 1)), *words)
    require((WORD - 1) ** 2 + WORD <= 2**128 - 1, "the sum leaves u128")
    # a b = product_top 2^64 + product_bottom.
    split = (product_bottom == whole * WORD + rest, 0 <= rest, rest < WORD)
    down, up = product_top + whole, product_top + whole + If(rest != 0, 1, 0)
    exact = product_top * WORD + product_bottom
    prove(And(down * WORD <= exact, exact < (down + 1) * WORD, up * WORD >= exact, exact > (up - 1) * WORD), *split)


@proof("mul-div-wide", "The long division of `mul_div_wide` gives a b / divisor rounded as named with no intermediate of 2^128 or "
       "more", "wide.rs: mul_div_wide", "SMT, integers",
       ("div_rem(b, divisor)", "None => (0, b)", "Some(rest) if rest < divisor => (1, rest)",
        "div_rem((a >> 32).wrapping_mul(rest), divisor)", "div_rem((first << 32) + (a & HALF_WORD).wrapping_mul(rest), divisor)",
        "(whole, (high << 32) + low, remainder)", "product.checked_add(part + carry)"))
def mul_div_wide():
    high, low, rest, divisor = Ints("high low rest divisor")
    half = 2**32
    digits = (0 <= high, high < half, 0 <= low, low < half, 0 <= rest, rest < divisor, 0 < divisor, divisor < 2**95)
    prove(And(high * rest < 2**127, low * rest <= (half - 1) * (2**95 - 1)), *digits)
    require((2**95 - 1) * half + (half - 1) * (2**95 - 1) < 2**128, "the second dividend leaves u128")
    q1, r1, q2, r2, first, lower = Ints("q1 r1 q2 r2 first lower")
    # a rest = first 2^32 + lower.
    steps = (divisor > 0, first == q1 * divisor + r1, r1 * half + lower == q2 * divisor + r2, 0 <= r2, r2 < divisor)
    part = q1 * half + q2
    prove(And(part * divisor <= first * half + lower, first * half + lower < (part + 1) * divisor), *steps)


@proof("growth-error", "The series of `expm1_q64` is never above e^x - 1 and less than 19 units of 2^-64 below it, for x in [0, 1/2]",
       "interest/growth.rs: expm1_q64", "exact rationals, the recurrence of the errors at its largest x",
       ("term = ((term as u128 * x_q64 as u128) >> 64) as u64 / n", "if term == 0 { return sum; }"))
def growth_error():
    x, error, total, term = Fraction(1, 2), Fraction(0), Fraction(0), Fraction(WORD, 2)
    n = 1
    # Two roundings down in a row are one: an error of term n below error x / n + 1. Errors rise with x.
    while True:
        n += 1
        error, term = error * x / n + 1, term * x / n
        if term < 1:
            break
        total += error
    # The first term that is computed as zero is below its error, and the ones after it are a geometric series of ratio x / n.
    cut = error / (1 - x / n)
    require(total + cut < 19, f"the bound is {float(total + cut)}")
    return f"error: {float(total + cut):.2f} units, claimed 19"


@proof("growth-time", "Accruing over two stretches of time gives an exponent within one unit of 2^-64 of accruing once, and never "
       "more", "interest/growth.rs: Growth::over", "SMT, integers",
       ("(u128::from(product / YEAR_E9), product % YEAR_E9)", "(product / year, u64::try_from(product % year).unwrap_or(0))",
        "(whole.min(32) << 64) + u128::from(fraction_of_year_q64(rest))", "let widened = rest << 9",
        "quotient = (quotient << 9) | (widened / YEAR_E9)", "while digits < 7 {", "(quotient << 1) | ((rest << 1) / YEAR_E9)"))
def growth_time():
    first, second, a, b, both = Ints("first second a b both")
    year = 31_536_000 * 10**9
    prove(And(a + b <= both, both <= a + b + 1), first >= 0, second >= 0, floor_of(a, first * WORD, year),
          floor_of(b, second * WORD, year), floor_of(both, (first + second) * WORD, year))
    # A digit of nine bits leaves the quotient exact: after seven and one of a bit it is that of 64 bits.
    require(year * 512 < WORD and 7 * 9 + 1 == 64, "a remainder with nine more bits leaves its word")
    dividend, quotient, rest, digit, next_rest = Ints("dividend quotient rest digit next_rest")
    prove(And((512 * quotient + digit) * year + next_rest == 512 * dividend, digit < 512, digit >= 0),
          quotient * year + rest == dividend, 0 <= rest, rest < year, 512 * rest == digit * year + next_rest, 0 <= next_rest,
          next_rest < year)


@proof("index-monotone", "An index never falls as it grows, stays within its limit, and what grows up is at least what grows down",
       "interest/growth.rs: Factors::grow", "SMT, integers, one piece",
       ("grown += mul_q64(grown, EXPM1_HALF_Q64, round)", "grown += mul_q64(grown, self.rest_q64, round)", "grown.min(limit)"))
def index_monotone():
    amount, factor, down, up, limit = Ints("amount factor down up limit")
    given = (0 <= amount, amount <= limit, limit < 2**127, 0 <= factor, factor < WORD,
             floor_of(down, amount * factor, WORD), ceil_of(up, amount * factor, WORD))
    prove(And(down >= 0, up >= down, amount + up < 2**128), *given, amount * factor >= 0, amount * factor <= amount * WORD)
    prove(And(amount * factor >= 0, amount * factor <= amount * WORD), *given[:5])


@proof("index-balance", "Depositors are paid down and debtors charged up from one index: what is owed to all deposits never exceeds "
       "what their sum has grown or shrunk to, in the same generation or a later one, and debts never sum to less",
       "interest/index.rs: InterestIndex::balance", "SMT, integers",
       ("self.balance(deposited, since, Round::Down)", "self.balance(borrowed, since, Round::Up)",
        "mul_div_wide(atoms.get(), self.e18, since.e18, round)?", "_ if self.generation == since.generation => grown,",
        "Round::Down => grown / GENERATION_FACTOR", "Round::Up => grown.div_ceil(GENERATION_FACTOR)",
        "const GENERATION_FACTOR: u128 = 1_000_000_000"))
def index_balance():
    a, b, index, since, one, two, both = Ints("a b index since one two both")
    given = (a >= 0, b >= 0, index >= 0, since > 0)
    prove(one + two <= both, *given, floor_of(one, a * index, since), floor_of(two, b * index, since),
          floor_of(both, (a + b) * index, since))
    prove(one + two >= both, *given, ceil_of(one, a * index, since), ceil_of(two, b * index, since),
          ceil_of(both, (a + b) * index, since))
    # Across generations two roundings of one direction are one, by the divisor since x 1e9: so the same holds there.
    factor, inner, outer, product = 10**9, *Ints("inner outer product")
    prove(floor_of(outer, product, since * factor), since > 0, product >= 0, floor_of(inner, product, since),
          floor_of(outer, inner, factor))
    prove(ceil_of(outer, product, since * factor), since > 0, product >= 0, ceil_of(inner, product, since),
          ceil_of(outer, inner, factor))


@proof("index-steps", "A raised index rises by at most the part earned, a lowered one falls by at least the part lost, in its own "
       "generation or the next: what is lost is never paid out, and no intermediate reaches 2^127",
       "interest/index.rs: InterestIndex::raised, lowered", "SMT, integers and reals",
       ("mul_div_wide(ONE_Q63, earned_q32, total_q32, Round::Down)?", "mul_q64(self.e18 << 1, part_q63, Round::Down)",
        "mul_div_wide(ONE_Q63, lost_q32.min(total_q32), total_q32, Round::Up)?",
        "e18.saturating_sub(mul_q64(e18 << 1, part_q63, Round::Up))", "left_of(self.e18 * GENERATION_FACTOR)",
        "self.generation.saturating_sub(since.generation) >= 2"))
def index_steps():
    index, share, part, moved, left = Reals("index share part moved left")
    half = 2**63
    prove(moved <= index * share, 0 <= index, 0 <= share, 0 <= part, part <= share * half, moved * half <= index * part)
    prove(left <= index * (1 - share), 0 <= index, 0 <= share, share <= 1, part >= share * half, moved * half >= index * part,
          left == If(moved > index, 0, index - moved))
    require(2**95 * 10**9 * 2 < 2**127, "an index of the next generation leaves its word")
    # Twice an index times half as fine a part: one product in Q64 is that in Q63.
    doubled, product = Ints("doubled product")
    prove(Implies(doubled == 2 * product, floor_of(product / half, doubled, 2**64)), product >= 0)
