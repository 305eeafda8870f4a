"""Calendar order of two eSSVI slices.

With z = rho psi, 2 w(k) = theta + z k + sqrt(psi^2 k^2 + 2 z k theta + theta^2). A slice scales with theta, a strike other
than the forward's can be taken as k = 1 (psi and z absorb it; k < 0 mirrors z, and the conditions are symmetric in it), and
theta of the near slice as one. The far slice is then moved to the near one in three steps, each of which lowers it.
"""

from z3 import And, Implies, Ints, Real, Reals

from proof import absolute, proof, prove

FILE = "surface/calendar.rs"
CONDITIONS = (
    "if theta_far < theta_near",
    "if psi_far < psi_near",
    "skew_e24.unsigned_abs() > u128::from(psi_far - psi_near) * u128::from(E12)",
    "u128::from(psi_far) * u128::from(theta_near) > u128::from(psi_near) * u128::from(theta_far)",
)


@proof("calendar", "Two slices accepted in calendar order have total variance that does not fall from near to far at any "
       "strike", f"{FILE}: check_calendar", "SMT, reals, in three steps", CONDITIONS)
def calendar():
    c, p1, y1, p2, y2 = Reals("c p1 y1 p2 y2")
    s2, s = Reals("s2 s")
    far = And(c >= 1, p1 >= 0, absolute(y1) <= p1, absolute(y2) <= p2, p1 <= p2, p2 <= c * p1, absolute(y2 - y1) <= p2 - p1)

    def root(r, p, y, theta):
        return And(r >= 0, r * r == p * p + 2 * y * theta + theta * theta)

    # 1. The least skew that the wing condition leaves, y = y1 - (p2 - p1): w rises with y.
    y = y1 - (p2 - p1)
    prove(s2 * s2 >= s * s, far, root(s2, p2, y2, c), root(s, p2, y, c))
    prove(Implies(And(y2 >= y, s2 * s2 >= s * s, s2 >= 0, s >= 0), y2 + s2 >= y + s))
    prove(And(y >= -p2, c * p1 - p2 >= 0, y1 + p1 >= 0), far)
    # 2. The most psi that the curvature condition leaves, P = c p1: with D = P - p2, s + D >= S.
    d, big = Reals("D S")
    skew = Real("skew")
    prove(s >= p2 - c, s >= 0, s * s >= (p2 - c) * (p2 - c))
    prove(p2 * p2 + 2 * skew * c + c * c >= (p2 - c) * (p2 - c), c >= 1, skew >= -p2)
    prove((s + d) * (s + d) - big * big == 2 * d * (s - p2 + c), root(s, p2, skew, c), root(big, p2 + d, skew - d, c))
    prove(s + d >= big, s >= 0, d >= 0, big >= 0, (s + d) * (s + d) - big * big == 2 * d * (s - p2 + c),
          2 * d * (s - p2 + c) >= 0)
    prove(2 * d * (s - p2 + c) >= 0, d >= 0, s - p2 + c >= 0)
    # 3. With m = p1 - 1 and q = y1 + p1 >= 0: S >= s1 + (c - 1) m.
    m, q, s1 = Reals("m q s1")
    near, scaled = And(s1 >= 0, s1 * s1 == m * m + 2 * q), And(big >= 0, big * big == c * c * m * m + 2 * c * q)
    prove(c * c * p1 * p1 + 2 * c * (y1 - (c - 1) * p1) + c * c == c * c * (p1 - 1) * (p1 - 1) + 2 * c * (y1 + p1))
    excess = Real("excess")
    prove(big * big - (s1 + (c - 1) * m) * (s1 + (c - 1) * m) == 2 * (c - 1) * (m * m + q - m * s1), near, scaled)
    prove(excess >= m * s1, excess == m * m + q, q >= 0, s1 >= 0, excess * excess >= (m * s1) * (m * s1))
    prove((m * m + q) * (m * m + q) >= m * m * (m * m + 2 * q), q >= 0)
    total = Real("total")
    prove(big >= total, big >= 0, big * big - total * total >= 0)


@proof("calendar-exact", "Every product of the calendar conditions fits its word, so they are evaluated exactly",
       f"{FILE}: check_calendar", "SMT, integers", CONDITIONS)
def calendar_exact():
    theta, psi, rho = Ints("theta psi rho")
    given = (0 < theta, theta <= 16 * 10**12, 0 <= psi, psi < 4 * 10**12, absolute(rho) < 10**12)
    prove(And(absolute(rho * psi) < 2**82, psi * theta < 2**87, psi * 10**12 < 2**82), *given)


@proof("calendar-chain", "Calendar order is transitive: a new slice need be compared with its neighbours only",
       f"{FILE}: check_calendar", "SMT, reals", CONDITIONS)
def calendar_chain():
    names = "theta1 theta2 theta3 psi1 psi2 psi3 z1 z2 z3"
    t1, t2, t3, p1, p2, p3, z1, z2, z3_ = Reals(names)
    given = (0 < t1, t1 <= t2, t2 <= t3, 0 <= p1, p1 <= p2, p2 <= p3, absolute(z2 - z1) <= p2 - p1, absolute(z3_ - z2) <= p3 - p2)
    prove(absolute(z3_ - z1) <= p3 - p1, *given)
    prove(p3 * t1 <= p1 * t3, *given, p2 * t1 <= p1 * t2, p3 * t2 <= p2 * t3)
