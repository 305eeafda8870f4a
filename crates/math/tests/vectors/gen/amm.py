#!/usr/bin/env python3
"""Writes amm_path.csv: premiums of the options market maker by numerical integration at 50 digits.

Every marginal price is evaluated in exact decimals and integrated over the trade, cut at the exact kinks of the rule:
no formula is shared with the integer code. Run: python3 amm.py > ../amm_path.csv  (needs mpmath)

python3 amm.py bound  prints the nodes in Q62 and, for the widest panel of each order, the worst error over strikes and
deviations beside the proved bound 0.62 2^-50 s sqrt(FK).
"""

import random
import sys
from mpmath import mp, mpf, cos, diff, exp, findroot, legendre, log, ncdf, nint, pi, quad, sqrt

mp.dps = 50
random.seed(20240917)
E9 = 10**9
COLUMNS = (
    "side,kind,forward_e9,strike_e9,discount_e9,lot_units_e9,variance_q64,level_e9,offset_e9,vega_cap_e9,shift_e9,"
    "floor_e9,ceiling_e9,half_spread_e9,half_spread_slope_e9,half_spread_cap_e9,pool_vega_e9,lot_vega_e9,pool_gamma_e9,"
    "lot_gamma_e9,gamma_cap_e9,gap_e9,lot_delta_e9,latency_e9,tick_e9,lots,premium_e9,multiplier,pieces"
)


def black(kind, forward, strike, s):
    k = log(forward / strike)
    d1, d2 = k / s + s / 2, k / s - s / 2
    if kind == "C":
        return forward * ncdf(d1) - strike * ncdf(d2)
    return strike * ncdf(-d2) - forward * ncdf(-d1)


def multiplier(row, x):
    """Of the posted volatility, held on the pool's side of the mark."""
    r = {name: mpf(row[name]) / E9 for name in row if name.endswith("_e9")}
    shift = max(r["floor_e9"], min(r["ceiling_e9"], 1 - r["shift_e9"] * x))
    half = min(r["half_spread_e9"] + r["half_spread_slope_e9"] * abs(x), r["half_spread_cap_e9"])
    base, level = r["level_e9"] + r["offset_e9"], r["level_e9"]
    if row["side"] == "buy":
        return max(level, base * (shift + half))
    return min(level, base * (shift - half))


def bisect(f, low, high):
    """The sign change of a monotone f between two points."""
    positive = f(low) > 0
    for _ in range(180):
        middle = (low + high) / 2
        if (f(middle) > 0) == positive:
            low = middle
        else:
            high = middle
    return low


def cuts(row, x0, x1):
    r = {name: mpf(row[name]) / E9 for name in row if name.endswith("_e9")}
    points = [mpf(0)]
    if r["shift_e9"]:
        points += [(1 - r["floor_e9"]) / r["shift_e9"], (1 - r["ceiling_e9"]) / r["shift_e9"]]
    if r["half_spread_slope_e9"]:
        wide = (r["half_spread_cap_e9"] - r["half_spread_e9"]) / r["half_spread_slope_e9"]
        points += [wide, -wide]
    low, high = min(x0, x1), max(x0, x1)
    inner = sorted([low, high] + [p for p in points if low < p < high])
    out = [inner[0]]
    level = r["level_e9"]
    for a, b in zip(inner, inner[1:]):
        held = [abs(multiplier(row, p) - level) < mpf(10) ** -40 for p in (a, b)]
        if held[0] != held[1]:
            eps = mpf(10) ** -42
            out.append(bisect(lambda x: abs(multiplier(row, x) - level) - eps, a, b))
        out.append(b)
    return out


def premium(row):
    sign = 1 if row["side"] == "buy" else -1
    n = row["lots"]
    cap = mpf(row["vega_cap_e9"])
    x0 = row["pool_vega_e9"] / cap
    x1 = (row["pool_vega_e9"] - sign * n * row["lot_vega_e9"]) / cap
    forward, strike = mpf(row["forward_e9"]), mpf(row["strike_e9"])
    s0 = sqrt(mpf(row["variance_q64"]) / 2**64)
    price = lambda m: black(row["kind"], forward, strike, s0 * m)
    points, mean, area = [], mpf(0), mpf(0)
    if x0 == x1:
        mean, area, points = multiplier(row, x0), price(multiplier(row, x0)), [0, 0]
    else:
        points = cuts(row, x0, x1)
        for a, b in zip(points, points[1:]):
            width = (b - a) / abs(x1 - x0)
            # The multiplier is linear on a piece: average over the multiplier itself.
            ma, mb = multiplier(row, a), multiplier(row, b)
            mean += width * (ma + mb) / 2
            if abs(mb - ma) < mpf(10) ** -30:
                area += width * price((ma + mb) / 2)
            else:
                steps = 1 + int(abs(log(mb / ma)) * 8)
                grid = [ma + (mb - ma) * i / steps for i in range(steps + 1)]
                area += width * quad(price, grid, method="gauss-legendre") / (mb - ma)
    lot = mpf(row["lot_units_e9"]) / E9
    discount = mpf(row["discount_e9"]) / E9
    fair = n * area * lot * discount
    lean = lambda u: max(mpf(0), -sign * (row["pool_gamma_e9"] - sign * u * row["lot_gamma_e9"]))
    knee = row["pool_gamma_e9"] / mpf(row["lot_gamma_e9"]) * sign if row["lot_gamma_e9"] else mpf(-1)
    grid = [mpf(0)] + ([knee] if 0 < knee < n else []) + [mpf(n)]
    gap = quad(lean, grid) * row["lot_gamma_e9"] / mpf(row["gamma_cap_e9"]) * row["gap_e9"] / E9
    latency = mpf(n) * abs(row["lot_delta_e9"]) * row["latency_e9"] / E9
    mark = price(mpf(row["level_e9"]) / E9) * lot * discount
    if sign == 1:
        total = fair + gap + latency + n * max(mpf(0), row["tick_e9"] - mark)
    else:
        total = fair - gap - latency
    return total, mean, len(points) - 1, mark


def sample(i):
    e9 = lambda value: int(round(value * E9))
    side = random.choice(["buy", "sell"])
    forward = random.choice([0.5, 1.0, 23.7, 151.2, 3100.0, 98000.0])
    s = random.choice([0.02, 0.05, 0.11, 0.23, 0.23, 0.5, 1.1])
    strike = forward * float(mp.exp(random.uniform(-2.2, 2.2) * s))
    lots = random.choice([1, 3, 10, 100, 1000, 25000])
    lot = random.choice([10**6, 10**7, 10**8, 10**9])
    cap = random.choice([10**4, 10**5, 10**6, 10**8])
    shift = random.choice([0, 0.05, 0.25, 0.3, 0.6])
    slope = random.choice([0, 0.02, 0.05, 0.2])
    slope = min(slope, shift)
    floor, ceiling = random.choice([(0.6, 1.5), (0.85, 1.2), (0.5, 2.0)])
    half = random.choice([0, 0.005, 0.012])
    reach = min((1 - floor), (ceiling - 1)) / shift if shift else 1
    spread_cap = min(half + slope * reach * random.choice([0.3, 0.7, 0.99]), floor - 0.13)
    lot_vega = forward * 0.39 * 0.2 * lot / E9 * random.choice([1, 0.3, 0.01])
    # Some rows are large enough to show the error of the average below the rounding to 1e-9 USD.
    vast = i % 6 == 5
    if vast:
        lots = int(2e18 / forward / lot)
    # Half of the rows move far on purpose, so that all kinks are crossed.
    if i % 2:
        lot_vega = cap * random.uniform(0.05, 2.0) / lots
    start = random.uniform(-1.2, 1.2) * cap
    lot_vega = max(lot_vega, 1e-9)
    level = random.choice([1, 1, 1, 0.93, 1.1])
    row = dict(
        side=side, kind=random.choice("CP"), forward_e9=e9(forward), strike_e9=e9(strike),
        discount_e9=random.choice([E9, 995_000_000, 950_000_001]), lot_units_e9=lot,
        variance_q64=int(s * s * 2**64), level_e9=e9(level),
        offset_e9=random.choice([0, 0, 0, 40_000_000, -30_000_000]), vega_cap_e9=e9(cap), shift_e9=e9(shift),
        floor_e9=e9(floor), ceiling_e9=e9(ceiling), half_spread_e9=e9(half), half_spread_slope_e9=e9(slope),
        half_spread_cap_e9=e9(spread_cap), pool_vega_e9=e9(start), lot_vega_e9=e9(lot_vega),
        pool_gamma_e9=e9(random.uniform(-1, 1) * cap), lot_gamma_e9=0 if vast else e9(forward * lot / E9 * random.uniform(0, 2)),
        gamma_cap_e9=e9(cap * 2), gap_e9=0 if vast else random.choice([0, 5_000_000, 20_000_000]),
        lot_delta_e9=e9(random.uniform(-1, 1) * forward * lot / E9),
        latency_e9=0 if vast else random.choice([0, 150_000, 2_000_000]), tick_e9=0 if vast else random.choice([0, 1_000_000]), lots=lots,
    )
    return row


def main():
    print("# Premiums of the options market maker: integral of the marginal price over the trade, by numerical")
    print("# integration at 50 digits (gen/amm.py). premium_e9 is exact before rounding: an ask rounds up, a bid down.")
    print(COLUMNS)
    written, i = 0, 0
    while written < 360:
        row = sample(i)
        i += 1
        if row["lots"] * row["lot_vega_e9"] > 14 * row["vega_cap_e9"]:
            continue
        total, mean, pieces, mark = premium(row)
        if total <= 0 or total > 9e18:
            continue
        print(",".join(str(row[c]) for c in COLUMNS.split(",")[:-3]), end="")
        print(f",{mp.nstr(total, 32, min_fixed=-100, max_fixed=100)},{mp.nstr(mean, 25)},{pieces}")
        written += 1


def nodes(order):
    """Gauss-Legendre nodes on [-1, 1] and weights that sum to one."""
    found = []
    for i in range((order + 1) // 2):
        x = findroot(lambda t: legendre(order, t), cos(pi * (i + mpf(3) / 4) / (order + mpf(1) / 2)))
        x = mpf(0) if abs(x) < mpf(10) ** -30 else x
        slope = diff(lambda t: legendre(order, t), x)
        weight = 1 / ((1 - x * x) * slope * slope)
        found += [(x, weight)] if x == 0 else [(x, weight), (-x, weight)]
    return found


def bound():
    widest = {1: mpf(2) ** -25, 2: mpf(2) ** -12, 3: mpf(2) ** -8, 5: mpf(11) / 256, 8: mpf(47) / 303}
    for order, half in widest.items():
        rule = nodes(order)
        q62 = [(int(nint(x * 2**62)), int(nint(w * 2**62))) for x, w in rule if x >= 0]
        print(f"order {order}: {q62}")
        worst = mpf(0)
        for s in (mpf("0.01"), mpf("0.1"), mpf("0.5"), mpf(2), mpf(8)):
            for deviations in range(0, 61):
                strike = exp(s * deviations / 10)
                price = lambda t: black("C", mpf(1), strike, s * (1 + half * t))
                got = sum(w * price(x) for x, w in rule)
                true = quad(price, [-1, 1], method="gauss-legendre") / 2
                worst = max(worst, abs(got - true) / (s * sqrt(strike)))
        print(f"  half-width {mp.nstr(half, 6)}: error {mp.nstr(worst, 4)}, bound {mp.nstr(mpf('0.62') * mpf(2) ** -50, 4)}")


if sys.argv[1:] == ["bound"]:
    bound()
else:
    main()
