"""How much of an account a slice takes, and what is left of it."""

import re

from z3 import And, If, Implies, Ints, Real, Reals

from proof import absolute, ceil_of, constant, floor_of, proof, prove, require, text

E9, E18 = 10**9, 10**18
FRACTION = ("let missing = t * m - E9_WIDE * e", "let divisor = m * (t - d) + E9_WIDE * h")


def terms():
    """M, E, H in 1e-9 USD and t, d as fractions, all that `slice_fraction` accepts."""
    m, e, h, t, d = Reals("M E H t d")
    return (m, e, h, t, d), (m > 0, h >= 0, t >= 1, d >= 0, d < t)


@proof(
    "slice-no-overshoot",
    "After a slice f <= (tM - E) / (M (t - d) + H), equity E + fH - dfM is at most t times the requirement (1 - f) M that "
    "is left, with equality at the largest f",
    "liquidation/slice.rs: slice_fraction",
    "SMT, reals",
    FRACTION,
)
def slice_no_overshoot():
    (m, e, h, t, d), given = terms()
    f = Real("f")
    divisor = m * (t - d) + h
    after, left = e + f * h - d * f * m, (1 - f) * m
    prove(after <= t * left, *given, 0 <= f, f <= 1, f * divisor <= t * m - e)
    prove(after == t * left, *given, 0 <= f, f <= 1, f * divisor == t * m - e)


@proof(
    "slice-two-steps",
    "The two divisions of nine digits give exactly floor(1e18 missing / divisor), below 1e18",
    "liquidation/slice.rs: slice_fraction",
    "SMT, integers",
    ("(missing * E9_WIDE / divisor, missing * E9_WIDE % divisor)", "let low = rest * E9_WIDE / divisor", "high * E9_WIDE + low"),
)
def slice_two_steps():
    missing, divisor, high, rest, low, rest2 = Ints("missing divisor high rest low rest2")
    given = (
        0 < missing, missing < divisor,
        missing * E9 == high * divisor + rest, 0 <= rest, rest < divisor,
        rest * E9 == low * divisor + rest2, 0 <= rest2, rest2 < divisor,
    )
    result = high * E9 + low
    prove(result * divisor <= missing * E18, *given)
    prove(missing * E18 < (result + 1) * divisor, *given)
    prove(result < E18, *given, result * divisor <= missing * E18)


@proof(
    "slice-overflow",
    "No intermediate of `slice_fraction` reaches 2^127, for all values and every target below 2^32",
    "liquidation/slice.rs: slice_fraction",
    "SMT, integers",
    ("target.e9() >> 32 != 0", "discount >= target"),
)
def slice_overflow():
    m, e, h, t, d, missing, divisor = Ints("m e h t d missing divisor")
    value = And(0 < m, m < 2**63, -(2**63) <= e, e < 2**63, 0 <= h, h < 2**63, 0 <= d, d < t, t < 2**32)
    tm, gap = Ints("tm gap")
    prove(And(0 <= t * m, t * m < 2**95, m * (t - d) > 0, m * (t - d) < 2**95), value)
    given = (value, 0 <= tm, tm < 2**95, 0 < gap, gap < 2**95, missing == tm - E9 * e, divisor == gap + E9 * h)
    prove(And(absolute(missing) < 2**97, divisor > 0, divisor < 2**97), *given)
    # Only a `missing` below the divisor is multiplied, as is a remainder.
    prove(And(missing * E9 < 2**127, divisor * E9 < 2**127), *given, 0 < missing, missing < divisor)


@proof(
    "slice-equity",
    "With d <= E/M no slice makes equity negative: E + fH - dfM >= (1 - f) E for every f in [0, 1]",
    "liquidation/discount.rs: discount_on",
    "SMT, reals",
    ("mul_div(equity, E9, maintenance, Round::Down)", "by_clock.min(Ratio::from_e9(by_equity_e9))"),
)
def slice_equity():
    (m, e, h, t, d), given = terms()
    f = Real("f")
    prove(e + f * h - d * f * m >= (1 - f) * e, *given, e > 0, 0 <= f, f <= 1, d * m <= e)


@proof(
    "slice-discount-payment",
    "In integers, with the discount and both products rounded down, what a slice pays the liquidator is at most equity",
    "liquidation/discount.rs: discount_on",
    "SMT, integers",
    ("mul_div(equity, E9, maintenance, Round::Down)",),
)
def slice_discount_payment():
    m, e, d, f, freed, paid = Ints("m e d f freed paid")
    given = (
        0 < m, m < 2**63, 0 < e, e < m, 0 <= f, f <= E18,
        floor_of(d, e * E9, m), d >= 0,
        floor_of(freed, m * f, E18), 0 <= freed, freed <= m,
        floor_of(paid, freed * d, E9),
    )
    prove(paid <= e, *given, freed * d <= m * d)
    # The premise added above: a product grows with its factor.
    prove(freed * d <= m * d, 0 <= freed, freed <= m, d >= 0)


@proof(
    "slice-improves",
    "A slice with d <= E/M never lowers equity over requirement: E' M >= E M'",
    "liquidation/slice.rs: slice_fraction",
    "SMT, reals",
    FRACTION,
)
def slice_improves():
    (m, e, h, t, d), given = terms()
    f = Real("f")
    after, left = e + f * h - d * f * m, (1 - f) * m
    prove(after * m >= e * left, *given, e > 0, 0 <= f, f <= 1, d * m <= e)


@proof(
    "slice-monotone",
    "The poorer an account, the larger the fraction: f does not rise with equity, nor fall with the discount",
    "liquidation/slice.rs: slice_fraction",
    "SMT, reals",
    FRACTION,
)
def slice_monotone():
    (m, e, h, t, d), given = terms()
    e2, d2, f, f2 = Reals("E2 d2 f f2")
    exact = f * (m * (t - d) + h) == t * m - e
    prove(f2 <= f, *given, exact, e2 >= e, f2 * (m * (t - d) + h) == t * m - e2)
    prove(f2 >= f, *given, exact, t * m - e >= 0, d2 >= d, d2 < t, f2 * (m * (t - d2) + h) == t * m - e)


@proof(
    "slice-lots",
    "Shorts round up and longs down by less than one lot; no more lots move than there are, never with the other sign, and "
    "a positive fraction of a short moves at least one",
    "liquidation/slice.rs: Fraction::of_lots",
    "SMT, integers",
    ("if lots.get() < 0 { Round::Up } else { Round::Down }", "mul_div(lots.magnitude(), self.0, E18, round)"),
)
def slice_lots():
    lots, f, up, down = Ints("lots f up down")
    given = (0 < lots, lots < 2**63, 0 <= f, f <= E18, floor_of(down, lots * f, E18), ceil_of(up, lots * f, E18))
    prove(And(0 <= down, down <= lots, lots * f - down * E18 < E18), *given)
    prove(And(0 <= up, up <= lots, up * E18 - lots * f < E18), *given)
    prove(Implies(f > 0, up >= 1), *given, lots * f >= f)


@proof(
    "slice-lots-split",
    "Cutting a position into two slices, each rounded, moves at most one lot more than one slice of the whole",
    "liquidation/slice.rs: Fraction::of_lots",
    "SMT, integers",
    ("mul_div(lots.magnitude(), self.0, E18, round)",),
)
def slice_lots_split():
    a, b, both, first, second, f = Ints("a b both first second f")
    given = (a >= 0, b >= 0, 0 <= f, f <= E18)
    up = (ceil_of(first, a * f, E18), ceil_of(second, b * f, E18), ceil_of(both, (a + b) * f, E18))
    prove(And(both <= first + second, first + second <= both + 1), *given, *up)


AUCTION, DISCOUNT = "liquidation/auction.rs", "liquidation/discount.rs"


def schedules() -> list[list[tuple[int, int]]]:
    """Each schedule of the source: its points as (second, discount x 1e9)."""
    found = []
    for block in re.findall(r"pub const \w+: Self = Self \{\s*points: \[(.*?)\],", text(DISCOUNT), re.DOTALL):
        block = block.replace("Ratio::ONE", "Ratio::from_bps(10_000)").replace("_", "")
        points = re.findall(r"DiscountPoint::new\((\d+), Ratio::frombps\((\d+)\)\)", block)
        found.append([(int(second), int(bps) * 100_000) for second, bps in points])
    require(len(found) == 2 and all(len(points) == 3 for points in found), "the schedules have another form")
    return found


def discount_at(points: list[tuple[int, int]], second: int) -> int:
    first, knee, last = points
    (start, low), (end, high) = (first, knee) if second <= knee[0] else (knee, last)
    ran = min(max(second - start, 0), end - start)
    return low + (high - low) * ran // (end - start)


@proof(
    "discount-schedule",
    "Both discount schedules pass through their points, never fall, stay at most one, and never jump by more than 0.03 "
    "points a second: they are continuous to their resolution",
    "liquidation/discount.rs: DiscountSchedule::at",
    "exhaustive, every second up to the end of the schedule",
    ("let (from, to) = if clock.seconds() <= knee.seconds", "clock.seconds().saturating_sub(from.seconds)).min(duration)",
     "(to.discount.e9() - from.discount.e9()) * ran / duration"),
)
def discount_schedule():
    for points in schedules():
        values = [discount_at(points, second) for second in range(points[-1][0] + 3)]
        require(all(values[second] == discount for second, discount in points), "a point is missed")
        steps = [after - before for before, after in zip(values, values[1:])]
        require(min(steps) >= 0 and max(steps) <= 300_000 and max(values) <= E9, f"steps lie in {min(steps)}..{max(steps)}")


@proof(
    "auction-clock",
    "A touch advances the clock by at most 30 s of time, and at most the time since the last, times a speed of 1 to 8, and "
    "never back; touches within a time T advance it by at most T times the greatest speed",
    "liquidation/auction.rs: AuctionClock::advanced_at",
    "SMT, integers, induction over touches",
    ("now.since(last).min(MAX_STEP_SECONDS).saturating_mul(u64::from(speed.0))", "self.0.saturating_add(",
     "whole.saturating_add(1).min(u64::from(Self::FASTEST.0))", "pub const FASTEST: Self = Self(8)"),
)
def auction_clock():
    clock, last, now, speed, step, start, begun, after = Ints("clock last now speed step start begun after")
    elapsed = If(now < last, 0, now - last)
    limit = constant(AUCTION, "MAX_STEP_SECONDS")
    given = (0 <= clock, clock < 2**32, 1 <= speed, speed <= 8, step == If(elapsed < limit, elapsed, limit) * speed,
             after == If(clock + step < 2**32, clock + step, 2**32 - 1))
    prove(And(after >= clock, after - clock <= limit * speed, after - clock <= elapsed * speed), *given)
    # Step of the induction, for touches in order: what is shown <= start + 8 times the time since the first touch.
    prove(after <= start + 8 * (now - begun), *given, now >= last, clock <= start + 8 * (last - begun),
          step <= 8 * elapsed)
    prove(step <= 8 * elapsed, *given)
