"""The eSSVI slice."""

from z3 import And, Ints, Real, Reals

from proof import absolute, constant, floor_of, proof, prove, require

E12 = 10**12
FILE = "surface/essvi.rs"


def root(s, psi, rho, theta, k):
    """s = sqrt((psi k + rho theta)^2 + theta^2 (1 - rho^2))."""
    return And(s >= 0, s * s == (psi * k + rho * theta) ** 2 + theta**2 * (1 - rho**2))


def slice_of(psi, rho, theta):
    return And(theta > 0, psi >= 0, -1 < rho, rho < 1, psi * (1 + rho) < 4, psi * (1 - rho) < 4,
               psi * psi * (1 + rho) <= 4 * theta, psi * psi * (1 - rho) <= 4 * theta)


@proof("variance-positive", "Total variance is not negative at any log-moneyness", f"{FILE}: Slice::total_variance",
       "SMT, reals", ("i128::from(self.theta_q56) + i128::from(mul_q56(self.rho_psi_q56, k)) + root",))
def variance_positive():
    psi, rho, theta, k, s, x = Reals("psi rho theta k s x")
    # In x = psi k: (theta + rho x)^2 + (1 - rho^2) x^2 = s^2, so s >= |theta + rho x|.
    prove(s * s == (theta + rho * x) ** 2 + (1 - rho**2) * x**2, s * s == (x + rho * theta) ** 2 + theta**2 * (1 - rho**2))
    y = Real("y")
    prove(y + s >= 0, s >= 0, s * s >= y * y)


@proof("variance-atm", "At the money total variance is theta exactly", f"{FILE}: Slice::total_variance", "SMT, reals")
def variance_atm():
    psi, rho, theta, s = Reals("psi rho theta s")
    prove(theta + s == 2 * theta, theta > 0, s >= 0, s * s == (rho * theta) ** 2 + theta**2 * (1 - rho**2))


@proof("variance-homogeneous", "w of (c theta, rho, c psi) is c w at every log-moneyness: a multiplicative shift of a quote "
       "shifts the whole slice", f"{FILE}: Slice::total_variance", "SMT, reals")
def variance_homogeneous():
    x, rho, theta, c, s, scaled = Reals("x rho theta c s scaled")
    # Squares first, then the roots of equal squares.
    prove((c * x + rho * c * theta) ** 2 + (c * theta) ** 2 * (1 - rho**2) == c * c * ((x + rho * theta) ** 2 + theta**2 * (1 - rho**2)))
    prove(scaled == c * s, c >= 0, s >= 0, scaled >= 0, scaled * scaled == (c * s) * (c * s))


@proof("lee", "In the wings w grows by less than 2 |k|, Lee's bound: its slope there is psi (1 +- rho) / 2 < 2",
       f"{FILE}: check_butterfly", "SMT, reals", ("u128::from(steep_psi_e12) * u128::from(one_plus_rho) >= FOUR_E24",))
def lee():
    x, rho, theta, s = Reals("x rho theta s")
    # s <= |x| + theta, so that w <= theta + psi (1 + |rho|) |k| / 2.
    square = s * s == (x + rho * theta) ** 2 + theta**2 * (1 - rho**2)
    prove((x + rho * theta) ** 2 + theta**2 * (1 - rho**2) <= (absolute(x) + theta) ** 2, theta > 0, -1 < rho, rho < 1)
    y = Real("y")
    prove(s <= y, s >= 0, y >= 0, s * s <= y * y)


@proof("acceptance-exact", "Every product of the conditions on a slice fits u128, so they are evaluated exactly",
       f"{FILE}: check_butterfly", "SMT, integers",
       ("steep_psi_e12 >= MAX_PSI_E12 || u128::from(steep_psi_e12) * u128::from(one_plus_rho) >= FOUR_E24",
        "squares > u128::from(theta_e12).wrapping_mul(FOUR_E24)"))
def acceptance_exact():
    psi, rho, theta = Ints("psi rho theta")
    most = constant(FILE, "MAX_THETA_E12")
    require((4 * E12 - 1) ** 2 * (2 * E12 - 1) < 2**127 and 4 * most * E12 * E12 < 2**127, "a product may not fit")
    given = (0 <= psi, psi < 4 * E12, 0 <= rho, rho < E12)
    prove(psi * (E12 + rho) <= (4 * E12) * (2 * E12), *given)
    square = Ints("square")[0]
    prove(psi * psi <= (4 * E12 - 1) * (4 * E12 - 1), *given)
    prove(square * (E12 + rho) < 2**127, 0 <= square, square <= (4 * E12 - 1) ** 2, *given)


@proof("acceptance-tenor", "A slice accepted with its bounds in units of 1e-12 satisfies them over the reals: nothing passes "
       "by rounding", f"{FILE}: Slice::try_new", "SMT, reals")
def acceptance_tenor():
    psi, rho, theta, one = Reals("psi rho theta one")
    prove((psi / one) * (psi / one) * (1 + rho / one) <= 4 * (theta / one), one == E12,
          psi * psi * (one + rho) <= 4 * theta * one * one)


@proof("surface-overflow", "Within eight e-folds every intermediate of `total_variance` stays below 2^124, its root below "
       "2^62 and the result below 2^16", f"{FILE}: Slice::total_variance", "SMT, integers",
       ("i128::from(mul_q56(self.psi_q56, k) + self.rho_theta_q56)", "slope * slope + self.base_q112",
        "(twice.max(0) as u128) << 7"))
def surface_overflow():
    psi, k, product, scaled, rho_theta, slope, base, total = Ints("psi k product scaled rho_theta slope base total")
    # psi < 4 and theta <= 16 in Q56, |rho| < 1, each rounded toward minus infinity.
    prove(absolute(psi * k) <= 2**58 * 2**59, 0 <= psi, psi <= 2**58, -(2**59) <= k, k <= 2**59)
    given = (absolute(product) <= 2**117, floor_of(scaled, product, 2**56), -(2**60) - 1 <= rho_theta, rho_theta <= 2**60,
             slope == scaled + rho_theta)
    prove(absolute(slope) <= 2**61 + 2**60 + 1, *given)
    square, r, rho_psi, twice = Ints("square r rho_psi twice")
    require((2**61 + 2**60 + 1) ** 2 + 2**120 < 2**124, "the square leaves its bound")
    prove(r < 2**62, r >= 0, r * r <= (2**61 + 2**60 + 1) ** 2 + 2**120)
    prove(absolute(twice) < 2**64, twice == total + scaled + r, 0 <= total, total <= 2**60, absolute(scaled) <= 2**61 + 1,
          0 <= r, r < 2**62)
    require((2**64 << 7) < 2**80, "the variance leaves its range")
