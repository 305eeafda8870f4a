"""The price range that follows the market."""

from z3 import And, If, Implies, Ints, Q, Reals

from proof import absolute, floor_of, proof, prove, require, require_code

FILE = "risk/range.rs"
CODE = (
    "const MAX_RISE_PER_HOUR_E9: u64 = 20_000_000", "const SECONDS_PER_HOUR: u64 = 3_600",
    "now.since(moved_at).min(SECONDS_PER_HOUR.saturating_mul(24))",
    "mul_div(MAX_RISE_PER_HOUR_E9, elapsed, SECONDS_PER_HOUR, Round::Down)?", "range.e9().saturating_add(rise_e9)",
    "Ok(target.min(limit))",
)
PER_HOUR, HOUR, DAY = 20_000_000, 3_600, 86_400


def lesser(x, y):
    return If(x < y, x, y)


def rise(name: str, seconds):
    """The rise that a time allows, and what defines it."""
    found = Ints(name)[0]
    return found, (seconds >= 0, floor_of(found, PER_HOUR * lesser(seconds, DAY), HOUR))


def next_range(range_, target, risen):
    return lesser(target, range_ + risen)


@proof("range-bounds", "Whatever the range was, the next lies between the lesser of it and the floor and the cap, and nothing overflows", f"{FILE}: "
       "RangeParams::next", "SMT, integers",
       CODE + ("Ratio::from_e9(range_e9).clamp(self.floor, self.cap)", "self.cap < self.floor", "self.horizon_hours > 720",
               "(u128::from(variance.0) * u128::from(self.horizon_hours)) << 2"))
def range_bounds():
    range_, target, floor, cap, seconds, variance, hours = Ints("range target floor cap seconds variance hours")
    risen, defined = rise("risen", seconds)
    then = next_range(range_, target, risen)
    prove(And(lesser(floor, range_) <= then, then <= cap, risen <= 480_000_000), *defined, range_ >= 0, floor <= target, target <= cap)
    # The root's domain ends at 2^78; 27 (sqrt 720) times ten deviations x 1e9 is far below 2^64.
    prove(variance * hours * 4 < 2**74, 0 <= variance, variance <= 2**62, 0 <= hours, hours <= 720)


@proof("range-rise", "The range rises by at most two points an hour, pro rata, over any number "
       "of steps and whatever the targets between them", f"{FILE}: RangeParams::next", "SMT, integers, induction over steps",
       CODE)
def range_rise():
    range_, target, seconds, start, before = Ints("range target seconds start before")
    risen, defined = rise("risen", seconds)
    then = next_range(range_, target, risen)
    # In units of 1e-9 / 3,600: risen so far by at most the time so far, and after one more step too.
    prove((then - start) * HOUR <= PER_HOUR * (before + seconds), *defined,
          before >= 0, (range_ - start) * HOUR <= PER_HOUR * before)


@proof("range-split", "Cutting up to a day into steps of one target never outruns one step over the whole, and neither does "
       "cutting any longer time where the target is at most 48 points above", f"{FILE}: RangeParams::next", "SMT, integers",
       CODE)
def range_split():
    range_, target, first, second = Ints("range target first second")
    a, a_defined = rise("a", first)
    b, b_defined = rise("b", second)
    whole, whole_defined = rise("whole", first + second)
    once = next_range(range_, target, whole)
    twice = next_range(next_range(range_, target, a), target, b)
    given = (*a_defined, *b_defined, *whole_defined)
    prove(Implies(first + second <= DAY, a + b <= whole), *given)
    prove(Implies(first + second <= DAY, twice <= once), *given)
    prove(Implies(target - range_ <= 24 * PER_HOUR, twice <= once), *given)


@proof("variance-range", "A variance stays in [0, 1] whatever the marks: its two parts weigh one together", f"{FILE}: "
       "HourlyVariance::after", "SMT, integers",
       ("(u128::from(magnitude) * u128::from(magnitude)) >> 50) as u64 / hours", ".min(MAX_RETURN_Q56)",
        "scale_by_q62(self.0, kept_q62) + scale_by_q62(square_q62, ONE - kept_q62)", "const MAX_RETURN_Q56: u64 = 1 << 56",
        "let (mut power, mut rest) = (ONE, hours)"))
def variance_range():
    require_code("fixed.rs", ("((value as u128).wrapping_mul(fraction_q62 as u128) >> 62) as u64",))
    one = 2**62
    require((2**56) ** 2 >> 50 == one, "a return of one e-fold is not a square of one")
    old, new, kept, first, second, p, q = Ints("old new kept first second p q")
    prove(And(0 <= old * kept, old * kept <= one * kept, 0 <= new * (one - kept), new * (one - kept) <= one * (one - kept)),
          0 <= old, old <= one, 0 <= new, new <= one, 0 <= kept, kept <= one)
    prove(And(0 <= first + second, first + second <= one), 0 <= p, p <= one * kept, 0 <= q, q <= one * (one - kept),
          0 <= kept, kept <= one, floor_of(first, p, one), floor_of(second, q, one))


@proof("variance-error", "For up to 1,000 hours and a decay of 0.9 or more a variance is within 2 n + 12 units of 2^-62 of "
       "v l^n + (1 - l^n) r^2 / n, either way: the power is low by less than 2 n, the return's logarithm is within 1e-17",
       f"{FILE}: HourlyVariance::after", "SMT, integers and reals, induction over hours; exhaustive over hours",
       ("const FORGOTTEN_AFTER_HOURS: u64 = 1_000", "if hours > FORGOTTEN_AFTER_HOURS {",
        "((u128::from(decay.e9()) << 62) / u128::from(E9)) as u64", "let (mut power, mut rest) = (ONE, hours)",
        "if rest & 1 == 1 { power = scale_by_q62(power, base); } base = scale_by_q62(base, base); rest >>= 1;",
        "(u128::from(magnitude) * u128::from(magnitude)) >> 50) as u64 / hours", ".min(MAX_RETURN_Q56)",
        "scale_by_q62(self.0, kept_q62) + scale_by_q62(square_q62, ONE - kept_q62)"))
def variance_error():
    require_code("special/ln.rs", ("/// ln(numerator / denominator), Q56, to nearest: one rounding for both. Error at most 1e-17",))
    one = 2**62
    # A product of two fractions, rounded down, is low by less than what both are low by and one.
    x, y, low_x, low_y, out = Reals("x y low_x low_y out")
    prove(And(out <= x * y, x * y - out <= (low_x + low_y) + Q(1, one)), 0 <= low_x, low_x <= x, x <= 1, 0 <= low_y, low_y <= y,
          y <= 1, out <= (x - low_x) * (y - low_y), out > (x - low_x) * (y - low_y) - Q(1, one))
    for hours in range(1, 1_001):
        # In units: the base is low by less than one, the first product with one is exact.
        base, power, rest = 1, None, hours
        while rest:
            if rest & 1:
                power = base if power is None else power + base + 1
            base, rest = 2 * base + 1, rest >> 1
        require(power == 2 * hours - 1, "a power is lower")
    # (1 - l^n) / n <= 1 - l by induction: from n to n + 1.
    l, kept, n = Reals("l kept n")
    prove(1 - l * kept <= (n + 1) * (1 - l), 0 <= l, l <= 1, 0 <= kept, kept <= 1, 1 - kept <= n * (1 - l), n >= 1)
    # A return of at most one known within 1e-17: its square within 2.001e-17, below 92.3 units.
    r, known = Reals("r known")
    prove(absolute(known * known - r * r) * one <= Q(923, 10), 0 <= r, r <= 1, 0 <= known, known <= 1,
          absolute(known - r) <= Q(1, 10**17))
    # In units of 2^-62: the code's square t over n is at most that far, over n, from the exact s, and less than 1 / n and one
    # more below; `weight` is 1 - l^n and `share` that over n.
    share, weight, log, off = Reals("share weight log off")
    prove(And(off <= Q(923, 100), off > -Q(923, 100) - Q(11, 10)), 0 <= share, share <= Q(1, 10), 0 <= weight, weight <= 1,
          absolute(log) <= Q(923, 10), share * log <= Q(923, 100), share * log >= -Q(923, 100), off <= share * log,
          off > share * log - share - weight)
    prove(absolute(share * log) <= Q(923, 100), 0 <= share, share <= Q(1, 10), absolute(log) <= Q(923, 10))
    # The power is e low: that moves weight from the old variance to the square, both at most one. Two products round down.
    e, v, t, s, moved, rounded = Reals("e v t s moved rounded")
    prove(absolute(e * (t - v)) <= e, 0 <= e, 0 <= v, v <= 1, 0 <= t, t <= 1)
    code = v * (kept - e) + t * (1 - kept + e)
    prove(code - (v * kept + s * (1 - kept)) == e * (t - v) + (1 - kept) * (t - s))
    prove(absolute(moved + off - rounded) < 2 * n + 12, n >= 1, absolute(moved) <= 2 * n - 1, 0 <= rounded, rounded < 2,
          off <= Q(923, 100), off > -Q(923, 100) - Q(11, 10))
