"""Numbers of any size: their products and multiples."""

from flint import arb, fmpq
from z3 import And, Ints

from kernel import claimed, hull, require_within, upper
from proof import floor_of, proof, prove, require, require_code

FILE = "special/exponential.rs"


@proof("exponential-product", "The product of two numbers of any size keeps the top bit set, is at most the exact one, and "
       "less than 2^-63 of it below", f"{FILE}: Exponential::product", "SMT, integers, both cases of the leading zero",
       ("(self.mantissa_q63 as u128).wrapping_mul(other.mantissa_q63 as u128)", "let zeros = product.leading_zeros()",
        "mantissa_q63: ((product << zeros) >> 64) as u64", "exponent: self.exponent + other.exponent + 1 - zeros as i32"))
def exponential_product():
    first, second, product, mantissa = Ints("first second product mantissa")
    prove(And(2**126 <= first * second, first * second < 2**128), 2**63 <= first, first < 2**64, 2**63 <= second,
          second < 2**64)
    # Without a leading zero from 2^127 on, with one below.
    for zeros, low, high in ((0, 2**127, 2**128), (1, 2**126, 2**127)):
        given = (low <= product, product < high, floor_of(mantissa, product * 2**zeros, 2**64))
        prove(And(2**63 <= mantissa, mantissa < 2**64), *given)
        # Exact is product 2^(e - 126), computed mantissa 2^(e + 1 - zeros - 63): in units of 2^(e - 126), with e the sum of
        # the exponents.
        computed = mantissa * 2 ** (126 + 1 - zeros - 63)
        prove(And(computed <= product, (product - computed) * 2**63 < product), *given)


@proof("exponential-times", "A value times a number of any size is the exact product rounded down, or the largest u64 where that "
       "does not fit", f"{FILE}: Exponential::times", "SMT, integers, and every shift",
       ("let right = 63 - self.exponent", "if right >= 128 || product == 0", "right < 0 || (product >> right) > u64::MAX as u128",
        "(product >> right) as u64"))
def exponential_times():
    value, mantissa, product, shifted = Ints("value mantissa product shifted")
    sized = (0 <= value, value < 2**64, 2**63 <= mantissa, mantissa < 2**64)
    prove(And(value * mantissa < 2**128, value * mantissa >= value * 2**63), *sized)
    # Shifted by 128 or more nothing is left, and by less than nothing a product that is not zero does not fit.
    prove(shifted == 0, 0 <= product, product < 2**128, floor_of(shifted, product, 2**128))
    prove(product * 2 >= 2**64, value >= 1, product >= value * 2**63)
    for right in range(128):
        # value mantissa 2^(exponent - 63) with exponent = 63 - right.
        require((63 - right) - 63 == -right, "the shift is not the exponent")
        prove(And(shifted >= 0, shifted * 2**right <= product, product < (shifted + 1) * 2**right), 0 <= product,
              product < 2**128, floor_of(shifted, product, 2**right))


@proof("greek-factors", "The factors of vega, theta, vanna and volga err by less than 2^-60 relative before the value is "
       "multiplied, once and rounded down", "pricing/greeks.rs: with_time",
       "ball arithmetic on what `root-normalised`, `rsqrt-error` and `exponential-product` show",
       ("let per_sigma = root.product(deviation.inverse())",
        "let decay = deviation.value().product(inverse_root).product(inverse_root)", "let vega = root.times(per_deviation)",
        "let theta = decay.times(per_deviation) >> 1", "per_sigma.times(by_d2)", "per_sigma.product(root).times("))
def greek_factors():
    require_code("pricing/variance.rs", ("exponent: 63 - self.root_shift as i32", "exponent: 63 - self.shift as i32",
                                         "((seconds_q72 / year) << 24) + ((seconds_q72 % year) << 24) / year"))
    product = hull(1 - arb(fmpq(1, 2**63)), 1)
    root = hull(1 - arb(fmpq(1, 2**63)), 1)
    error = arb(claimed("special/sqrt.rs", "rsqrt_q64"))
    inverse = hull(1 - error, 1 + error)
    # A second in years is 2^96 / 31,536,000 units, of which one is lost.
    years = hull(1 - arb(fmpq(31_536_000, 2**96)), 1)
    factors = {
        "vega": root * years,
        "theta": root * inverse / years * inverse * product * product,
        "vanna": root * years * inverse * product,
        "volga": root * years * inverse * product * root * years * product,
    }
    worst = arb(0)
    for factor in factors.values():
        worst = worst.max(upper(factor - 1))
    return require_within(worst, fmpq(1, 2**60), "relative error")
