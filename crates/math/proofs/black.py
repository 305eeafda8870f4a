"""Prices: bounds and parity that hold whatever the distribution function returns."""

from z3 import And, If, Ints

from proof import floor_of, proof, prove, require_code

ONE = 2**62
CALL_VALUE = (
    "scale_by_q62(forward, normal_cdf_q62(d1)).saturating_sub(scale_by_q62(strike, normal_cdf_q62(d2)))",
    "put + (forward - strike)",
    "return forward.saturating_sub(strike)",
)


def legs():
    """A forward, a strike, and the out-of-the-money leg for any two probabilities in [0, 1]."""
    forward, strike, p, q, first, second, leg, call = Ints("forward strike p q first second leg call")
    given = (
        0 <= forward, forward < 2**63, 0 <= strike, strike < 2**63, 0 <= p, p <= ONE, 0 <= q, q <= ONE,
        0 <= first, 0 <= second,
        # By `scale-by-q62` a scaled value is at most the value.
        first <= If(forward <= strike, forward, strike), second <= If(forward <= strike, strike, forward),
        leg == If(first > second, first - second, 0),
        call == If(forward <= strike, leg, leg + (forward - strike)),
    )
    return forward, strike, call, given


@proof(
    "call-bounds",
    "For any probabilities in [0, 1] a call lies between its intrinsic value and the forward, so no sum overflows",
    "pricing/black.rs: call_value",
    "SMT, integers",
    CALL_VALUE,
)
def call_bounds():
    forward, strike, call, given = legs()
    prove(And(call >= 0, call >= forward - strike, call <= forward), *given)


@proof(
    "parity",
    "Call less put is forward less strike to the last bit for all inputs, and the put lies between its intrinsic value and "
    "the strike",
    "pricing/black.rs: pair",
    "SMT, integers",
    CALL_VALUE + ("call + (strike - forward)", "call - (forward - strike)"),
)
def parity():
    forward, strike, call, given = legs()
    put = If(forward <= strike, call + (strike - forward), call - (forward - strike))
    prove(And(call - put == forward - strike, put >= 0, put >= strike - forward, put <= strike), *given)


@proof(
    "marks",
    "Re-centred marks obey parity exactly and neither leg is below its intrinsic value, wherever spot has gone",
    "risk/strike.rs: StrikeView::marks_after",
    "SMT, integers",
    ("let parity = forward.try_sub(self.strike_value)?",
     "self.mark.try_add(Value::from_e9(moved_e9))?.max(parity).or_zero()", "put: call.try_sub(parity)?"),
)
def marks():
    mark, moved, forward, strike, call, put = Ints("mark moved forward strike call put")
    best = If(mark + moved > forward - strike, mark + moved, forward - strike)
    given = (call == If(best < 0, 0, best), put == call - (forward - strike))
    prove(And(call - put == forward - strike, call >= 0, put >= 0, call >= forward - strike, put >= strike - forward), *given)


@proof(
    "put-array",
    "A put's result in a scenario is its call's less the forward's, exactly, so one array serves both",
    "risk/book.rs: add_strike",
    "SMT, integers",
    ("let net = call.try_add(put)?", "put_forward.try_add(put.value(marks.forward)?)"),
)
def put_array():
    calls, puts, call, call2, forward, forward2, strike = Ints("calls puts call call2 forward forward2 strike")
    put, put2 = call - forward + strike, call2 - forward2 + strike
    direct = calls * (call2 - call) + puts * (put2 - put)
    prove((calls + puts) * (call2 - call) - puts * (forward2 - forward) == direct)


@proof(
    "put-shift",
    "What parity takes off the puts is one product for a whole book, rounded down once: never more than the account gains at "
    "the move in Q60, and less than one unit below it",
    "risk/requirement.rs: UnderlyingBook::losses",
    "SMT, integers",
    ("self.shocks.linear_e9(put_forward.try_neg()?)?", "pnl.checked_add(at(&of_puts))"),
)
def put_shift():
    require_code("risk/requirement.rs", ("let put_forward = self.put_forward_total()?",))
    require_code("risk/scenario.rs", ("*result = mul_q60(value.e9(), move_q60)",
                                       "*result = scaled_by_quarters(quarter_q60, quarters)"))
    forward, move, product, taken = Ints("forward move product taken")
    given = (product == -forward * move, floor_of(taken, product, 2**60))
    prove(And(taken * 2**60 <= -forward * move, taken * 2**60 > -forward * move - 2**60), *given)
