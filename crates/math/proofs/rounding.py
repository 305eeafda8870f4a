"""Multiplication, division and their rounding."""

from z3 import And, If, Implies, Int, Ints

from proof import absolute, ceil_of, floor_of, proof, prove

E9 = 10**9


@proof(
    "mul-div",
    "For all u64 a, b and divisor > 0 the product fits u128, the quotient rounded up exceeds the one rounded down by one "
    "exactly when the division is inexact, and both err by less than one; nothing gives nothing either way, and a product of 64 bits has a quotient of 64 bits, so "
    "its short cut gives the same",
    "round.rs: mul_div",
    "SMT, integers",
    ("u128::from(a) * u128::from(b)", "Round::Down => product / divisor", "Round::Up => product.div_ceil(divisor)",
     "if let Ok(product) = u64::try_from(product) {", "if divisor == 0 {", "if a == 0 || b == 0 { return Ok(0); }"),
)
def mul_div():
    a, b, product, divisor, down, up = Ints("a b product divisor down up")
    word = And(0 <= a, a < 2**64, 0 <= b, b < 2**64)
    prove(a * b < 2**128, word)
    # The bound on the product is all that the quotients know of it.
    range_ = And(0 <= product, product < 2**128, 0 < divisor, divisor < 2**64)
    given = (range_, floor_of(down, product, divisor), ceil_of(up, product, divisor))
    prove(And(up - down >= 0, up - down <= 1, (up == down) == (product == down * divisor)), *given)
    prove(And(product - down * divisor < divisor, up * divisor - product < divisor), *given)
    prove(And(0 <= down, down <= up, up <= product), *given)
    prove(Implies(product == 0, And(down == 0, up == 0)), *given)


@proof(
    "mul-div-signed",
    "Rounding the magnitude the other way below zero is rounding toward the named infinity: down is the floor and up the "
    "ceiling of the signed quotient",
    "round.rs: mul_div_signed",
    "SMT, integers",
    ("(true, Round::Down) => Round::Up", "(true, Round::Up) => Round::Down", "mul_div(a.unsigned_abs(), b, divisor"),
)
def mul_div_signed():
    magnitude, divisor, down, up, floor, ceiling = Ints("magnitude divisor down up floor ceiling")
    given = (
        magnitude > 0, divisor > 0,
        floor_of(down, magnitude, divisor), ceil_of(up, magnitude, divisor),
        floor_of(floor, -magnitude, divisor), ceil_of(ceiling, -magnitude, divisor),
    )
    prove(And(floor == -up, ceiling == -down), *given)


@proof(
    "mul-q62",
    "For |b| <= 1 in Q62 and any i64 a but the least, the product of `mul_q62` fits i64, is the floor of the exact one and "
    "is at most |a| in magnitude",
    "fixed.rs: mul_q62",
    "SMT, integers",
    ("((a as i128).wrapping_mul(b as i128) >> 62) as i64",),
)
def mul_q62():
    a, b, product, result = Ints("a b product result")
    sized = And(-(2**63) < a, a < 2**63, -(2**62) <= b, b <= 2**62)
    bound = absolute(a) * 2**62
    prove(And(a * b <= bound, a * b >= -bound, absolute(a * b) < 2**127), sized)
    given = (-(2**63) < a, a < 2**63, product <= bound, product >= -bound, floor_of(result, product, 2**62))
    prove(And(absolute(result) <= absolute(a), absolute(result) < 2**63), *given)


@proof(
    "scale-by-q62",
    "A u64 times a fraction in [0, 1] is at most the value, so it never wraps, and loses less than one unit",
    "fixed.rs: scale_by_q62",
    "SMT, integers",
    ("((value as u128).wrapping_mul(fraction_q62 as u128) >> 62) as u64",),
)
def scale_by_q62():
    value, fraction, result = Ints("value fraction result")
    given = (0 <= value, value < 2**64, 0 <= fraction, fraction <= 2**62, floor_of(result, value * fraction, 2**62))
    prove(And(0 <= result, result <= value, result * 2**62 > value * fraction - 2**62), *given)


@proof(
    "value-round-trip",
    "Atoms turned into a value rounded down and back, rounded down, never gain; rounded up and back, rounded up, never lose",
    "quantity/value.rs: from_quote_atoms, to_quote_atoms",
    "SMT, integers, decimals 0 to 18",
    ("mul_div_signed(atoms, super::E9, power_of_ten(decimals)?, round)", "mul_div_signed(self.0, power_of_ten(decimals)?, super::E9, round)"),
)
def value_round_trip():
    atoms, value, back = Ints("atoms value back")
    for decimals in range(19):
        scale = 10**decimals
        prove(back <= atoms, floor_of(value, atoms * E9, scale), floor_of(back, value * scale, E9))
        prove(back >= atoms, ceil_of(value, atoms * E9, scale), ceil_of(back, value * scale, E9))


@proof(
    "call-put-payoff",
    "At expiry call less put of a lot is the lot's forward payoff within one unit of 1e-9 USD, and one of them is zero",
    "pricing/payoff.rs: payoff_per_lot",
    "SMT, integers",
    ("settlement.e9().saturating_sub(strike.e9())", "strike.e9().saturating_sub(settlement.e9())"),
)
def call_put_payoff():
    price, strike, lot, call, put, product_call, product_put = Ints("price strike lot call put product_call product_put")
    up, down = If(price > strike, price - strike, 0), If(strike > price, strike - price, 0)
    given = (
        price >= 0, strike >= 0, lot > 0, lot <= 10**12,
        product_call == up * lot, product_put == down * lot,
        floor_of(call, product_call, E9), floor_of(put, product_put, E9),
    )
    prove(Implies(price >= strike, put == 0), *given)
    prove(Implies(price <= strike, call == 0), *given)
    # Either way the other is the floor of the forward's payoff.
    prove(Implies(price >= strike, And(call * E9 <= (price - strike) * lot, (price - strike) * lot < call * E9 + E9)), *given)
    prove(Implies(price <= strike, And(put * E9 <= (strike - price) * lot, (strike - price) * lot < put * E9 + E9)), *given)
