"""Exponential, powers, and the density that is made of it."""

from flint import arb, fmpq

import ln
from kernel import ULP_Q62, claimed, distance, exact, horner_loss, hull, require_no_wrap, require_within, tables, upper
from proof import proof, require, require_code

FILE = "special/exp.rs"
POWER = (
    "let power = polynomial_q62(&EXP_Q62, r_q62) as u64",
    "wrapping_mul(u128::from(EXP_STEP_Q62[(steps & 127) as usize] as u64))",
)
REDUCED = (
    "let steps_q111 = (x_q56 as i128).wrapping_mul(STEPS_PER_UNIT_Q55 as i128)",
    "let steps = ((steps_q111 >> 110) as i64 + 1) >> 1",
    "let r_q80 = ((x_q56 as i128) << 24) - (steps as i128).wrapping_mul(STEP_Q80)",
    "(steps, (r_q80 >> 18) as i64)",
)
METHOD = "ball arithmetic over each table entry"


class Steps:
    """The reduction x = n step + r and its constants."""

    def __init__(self, largest: int):
        constants = tables()
        self.table = [exact(value, 62) for value in constants["EXP_STEP"][1]]
        self.coefficients = constants["EXP"][1]
        self.count = len(self.table)
        require(self.count == 128, "the shifts by seven suit a table of 128")
        self.step = arb(2).log() / self.count
        bits, per_unit = constants["STEPS_PER_UNIT"]
        bits_step, step = constants["STEP"]
        per_unit = exact(per_unit, bits)
        most = int((largest * upper(per_unit) + 1).ceil().unique_fmpz())
        # n = floor(x per_unit + 1/2), so that |x - n / per_unit| <= 1 / (2 per_unit); then the true step, and the
        # rounding of r to Q62.
        slack = most * upper(1 / per_unit - self.step)
        self.argument = arb(0, most) * (self.step - exact(step, bits_step)) + hull(-ULP_Q62, 0)
        # A product of x in Q62 that is itself rounded down can add a unit of Q55 to the place of a step.
        self.edge = upper(1 / per_unit) / 2 + slack + upper(self.argument) + arb(fmpq(1, 2**54))
        range_ = arb(0, self.edge)
        require_no_wrap(self.coefficients, range_)
        truncation = distance(self.coefficients, 62, lambda r: r.exp(), arb(0), self.edge, scale=self.edge)
        self.absolute = arb(0, truncation.upper()) - horner_loss(len(self.coefficients), range_) * ULP_Q62
        self.smallest = (-self.edge).exp()

    def relative(self, index: int) -> arb:
        """(computed - true) / true of the product for a table entry, before it is shifted."""
        power = self.table[index] / (self.step * index).exp()
        of_polynomial = 1 + self.absolute / hull(self.smallest, 1 / self.smallest)
        return self.argument.exp() * power * of_polynomial - 1

    def any_relative(self) -> arb:
        every = self.relative(0)
        for index in range(1, self.count):
            every = every.union(self.relative(index))
        return every

    def truth(self, n: int) -> arb:
        """exp(x) over the x that take n steps."""
        return (n * self.step + arb(0, self.edge)).exp()


def negative_errors():
    """For each entry: exp(-x), at most one, and computed - true in `exp_neg_q62`, its largest halving."""
    steps = Steps(43)
    for n in range(-steps.count, 1):
        # Further halvings shrink the first part and leave the second, the last rounding.
        truth = steps.truth(n).min(arb(1))
        yield truth, truth * steps.relative(n % steps.count) + hull(-ULP_Q62, 0)


@proof("exp-neg-error", "The documented bound of exp_neg_q62 holds for every x", f"{FILE}: exp_neg_q62", METHOD,
       POWER + REDUCED + ("x_q56 >= 43 * super::ONE_Q56", "(product_q124(steps, r_q62) >> (62 - (steps >> 7))) as u64"))
def exp_neg_error():
    worst = (-arb(43)).exp()
    for _, error in negative_errors():
        worst = worst.max(upper(error))
    return require_within(worst, claimed(FILE, "exp_neg_q62"), "error")


@proof("exp-error", "The documented relative bound of exp_q56 holds for every x of the format", f"{FILE}: exp_q56", METHOD,
       POWER + REDUCED + ("Exponential::from_product(product_q124(steps, r_q62), 124)",))
def exp_error():
    return require_within(upper(relative_error()), claimed(FILE, "exp_q56"), "relative error")


def relative_error() -> arb:
    # The 64 highest bits of the product are kept: the mantissa is at least one.
    return (1 + Steps(128).any_relative()) * hull(1 - arb(fmpq(1, 2**63)), 1) - 1


@proof("exp-m1-error", "The documented bound of exp_m1_q62 holds on [-1, 1]", f"{FILE}: exp_m1_q62", METHOD,
       POWER + ("(mul_q62(x_q62, STEPS_PER_UNIT_Q55) + (1 << 54)) >> 55",
                "((i128::from(x_q62) << 18) - i128::from(steps).wrapping_mul(STEP_Q80)) >> 18",
                "polynomial_q62(&EXP_Q62, r_q62) - super::ONE_Q62"))
def exp_m1_error():
    steps = Steps(1)
    worst = upper(steps.absolute + (steps.argument.exp() - 1) / steps.smallest)
    most = 185
    for n in range(-most, most + 1):
        truth = steps.truth(n).min(arb(1).exp())
        worst = worst.max(upper(truth * steps.relative(n % steps.count) + hull(-ULP_Q62, 0)))
    return require_within(worst, claimed(FILE, "exp_m1_q62"), "error")


@proof("exp-range", "The product of `product_q124` lies in (0.997, 2.006) and exp_neg_q62 in [0, 1]",
       f"{FILE}: product_q124", METHOD, POWER + ("value.min(super::ONE_Q62 as u64) as i64",))
def exp_range():
    steps = Steps(128)
    for index in range(steps.count):
        product = (steps.step * index + arb(0, steps.edge)).exp() * (1 + steps.relative(index))
        require(product > arb("0.997") and product < arb("2.006"), f"the product of entry {index} is {product}")
    # As unsigned the largest that exp_neg_q62 shifts by 62 fits 64 bits.
    require(arb("2.006") * 2**62 < 2**64, "the shifted product leaves u64")


@proof("pdf-error", "The documented bound of normal_pdf_q62 holds for every x", "special/normal.rs: normal_pdf_q62",
       METHOD + " of the exponential",
       ("magnitude >= 16 << 56", ">> 57) as i64", "mul_q62(exp_neg_q62(half_square_q56), INV_SQRT_TAU_Q62) as u64"))
def pdf_error():
    require_code(FILE, POWER + REDUCED)
    bits, factor = tables()["INV_SQRT_TAU"]
    factor, truth_factor = exact(factor, bits), 1 / (2 * arb.pi()).sqrt()
    # Beyond 43 the exponential is taken for nothing.
    worst = (-arb(43)).exp() * truth_factor
    for truth, error in negative_errors():
        # Half the square rounds down by [0, 1) in Q56, which raises the exponential.
        argument = truth * (hull(0, fmpq(1, 2**56)).exp() - 1)
        difference = (argument + error) * factor + truth * (factor - truth_factor) + hull(-ULP_Q62, 0)
        worst = worst.max(upper(difference))
    return require_within(worst, claimed("special/normal.rs", "normal_pdf_q62"), "error")


@proof("pow-error", "The documented relative bound of pow_e9, (1.2e-17 + 1.8e-18 |power|), holds for every base and power",
       "special/power.rs: pow_e9", METHOD,
       ("Error at most (1.2e-17 + 1.8e-18 |power|) relative", "i64::try_from((exponent_q62 + 32) >> 6)"))
def pow_error():
    require_code(ln.FILE, ln.FRACTION + ln.SUM[:2] + ("(self.q62() * i128::from(power_e9)).div_euclid(1_000_000_000)",))
    per_power = upper(ln.q62_error(64) + ln.dropped())
    # The product rounds down in Q62 and then to nearest in Q56.
    fixed = arb(fmpq(1, 2**62)) + arb(ln.HALF_Q56)
    own = upper(relative_error())
    # exp is convex and the argument's error small: exp(e) - 1 <= 1.0001 e up to the largest power.
    largest = per_power * 8192 + fixed
    require(largest.exp() - 1 <= largest * arb("1.0001"), "the argument's error is not small")
    slope, constant = per_power * arb("1.0001"), (fixed * arb("1.0001") + own) * arb("1.0001")
    first = require_within(constant, fmpq(12, 10**18), "relative error")
    return first + "; " + require_within(slope, fmpq(18, 10**19), "per unit of power")
