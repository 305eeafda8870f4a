"""Options on a settlement average that is partly fixed, computed with mpmath from the definition, not from this crate.

`python3 averaging.py ..` writes `averaging.csv`. Prices are USD. The variance of the open mean is the plain double sum
over pairs of marks. A few rows carry a reference price that makes no lognormal assumption about the mean: quadrature
over the first of two marks, or simulation of all marks with the geometric mean as control variate. The script fails
if the approximation is off by more than a twentieth of the open mean's variance times the forward, beyond four standard
errors of the simulation.
"""

import csv
import math
import os
import random
import sys

import mpmath as mp

mp.mp.dps = 40
YEAR = 31_536_000
MARKS, STEP = 30, 60
LIMIT = mp.mpf(1) / 20
PATHS = 40_000


def call(forward, strike, w):
    if strike <= 0:
        return forward - strike
    if w <= 0 or forward <= 0:
        return max(forward - strike, mp.mpf(0))
    s = mp.sqrt(w)
    d1 = mp.log(forward / strike) / s + s / 2
    return forward * mp.ncdf(d1) - strike * mp.ncdf(d1 - s)


def delta(forward, strike, w):
    if strike <= 0:
        return mp.mpf(1)
    if w <= 0 or forward <= 0:
        return mp.mpf(1 if forward > strike else 0)
    s = mp.sqrt(w)
    return mp.ncdf(mp.log(forward / strike) / s + s / 2)


def times(row):
    """Seconds to each open mark: zero for those that are due."""
    ahead = [row["next"] + STEP * i for i in range(row["ahead"])]
    return [0] * (row["open"] - row["ahead"]) + ahead


def price(row):
    total = row["fixed"] + row["open"]
    share = mp.mpf(row["open"]) / total
    moments = [mp.mpf(min(a, b)) for a in times(row) for b in times(row)]
    reduced = row["variance"] * sum(moments) / (max(row["open"], 1) ** 2 * max(row["seconds"], 1))
    fixed = row["fixed_sum"] / total
    expected = share * row["forward"] + fixed
    if share == 0:
        value = max(fixed - row["strike"], mp.mpf(0))
        return reduced, expected, value, mp.mpf(0)
    strike = (row["strike"] - fixed) / share
    return reduced, expected, share * call(row["forward"], strike, reduced), share * delta(row["forward"], strike, reduced)


def quadrature(row):
    """Two open marks ahead: the second's option given the first, integrated over the first."""
    total = row["fixed"] + row["open"]
    rate = row["variance"] / row["seconds"]
    first = mp.sqrt(rate * row["next"])

    def given(z):
        mark = row["forward"] * mp.exp(first * z - first ** 2 / 2)
        strike = row["strike"] * total - row["fixed_sum"] - mark
        return mp.npdf(z) * call(mark, strike, rate * STEP)

    return mp.quad(given, [-12, -6, -3, -1, 0, 1, 3, 6, 12]) / total


def simulation(row, seed):
    """Mean and standard error over antithetic paths, the geometric mean's option as control."""
    rng = random.Random(seed)
    at = times(row)
    m, total = len(at), row["fixed"] + row["open"]
    forward, strike, fixed = float(row["forward"]), float(row["strike"]), float(row["fixed_sum"])
    rate = float(row["variance"]) / row["seconds"]
    steps = [(rate * (b - a)) ** 0.5 for a, b in zip([0] + at, at)]
    shift = strike * total - fixed
    values, controls = [], []
    for _ in range(PATHS):
        noise = [rng.gauss(0, 1) * step for step in steps]
        value = control = 0.0
        for sign in (1, -1):
            position, logs = 0.0, []
            for z, t in zip(noise, at):
                position += sign * z
                logs.append(position - rate * t / 2)
            marks = sum(map(math.exp, logs))
            geometric = m * math.exp(sum(logs) / m)
            value += max(forward * marks - shift, 0.0) / total / 2
            control += max(forward * geometric - shift, 0.0) / total / 2
        values.append(value)
        controls.append(control)
    # The geometric mean is lognormal: its logarithm has this mean and variance.
    centre = -rate * sum(at) / m / 2
    spread = mp.mpf(rate) * sum(min(a, b) for a in at for b in at) / m ** 2
    exact = mp.mpf(m) / total * call(row["forward"] * mp.exp(centre + spread / 2), mp.mpf(shift) / m, spread)
    count = len(values)
    mean, middle = sum(values) / count, sum(controls) / count
    cross = sum((v - mean) * (c - middle) for v, c in zip(values, controls))
    square = sum((c - middle) ** 2 for c in controls) or 1.0
    beta = cross / square
    rest = [v - mean - beta * (c - middle) for v, c in zip(values, controls)]
    error = (sum(x * x for x in rest) / count / (count - 1)) ** 0.5
    return mp.mpf(mean) + beta * (exact - middle), mp.mpf(error)


def rows():
    rng = random.Random(7)
    for index in range(240):
        forward = mp.mpf(rng.choice(["0.5", "180", "200", "2500", "98765.4321"]))
        volatility = mp.mpf(rng.choice(["0.2", "0.6", "1", "1.8", "3"]))
        fixed = 0 if index % 4 == 0 else rng.randrange(0, MARKS + 1)
        # A tenth of the rows settle with marks missing.
        total = MARKS if index % 10 else rng.randrange(max(15, fixed), MARKS + 1)
        if index % 24 == 7:
            fixed, total = MARKS - 2, MARKS
        opened = total - fixed
        due = min(opened, rng.choice([0, 0, 0, 1, 3]))
        ahead = opened - due
        next_mark = rng.choice([0, 1, 30, 59, 60]) if fixed + due else rng.choice([0, 17, 60, 3_600, 86_400, 2_592_000])
        if index % 24 == 7:
            due, ahead, next_mark = 0, opened, 30
        seconds = next_mark + STEP * max(ahead - 1, 0) + rng.choice([0, 60])
        mean = forward * (1 + mp.mpf(rng.randrange(-200, 201)) / 10_000)
        distance = mp.mpf(rng.randrange(-120, 121)) / rng.choice([1_000, 10_000, 100_000])
        expected = (fixed * mean + opened * forward) / total
        strike = expected * (1 + distance)
        if index % 12 == 5:
            strike = fixed * mean / total * mp.mpf("0.9") + forward / 1_000
        yield dict(forward=forward, strike=cut(strike), fixed_sum=cut(fixed * mean), fixed=fixed, open=opened, ahead=ahead,
                   next=next_mark, seconds=seconds, variance=cut(volatility ** 2 * seconds / YEAR, 18))


def cut(x, digits=9):
    """An input has as many digits as the file."""
    return mp.floor(x * 10 ** digits) / mp.mpf(10) ** digits


def text(x, digits):
    return mp.nstr(x, 40, strip_zeros=True, min_fixed=-mp.inf, max_fixed=mp.inf) if digits is None else mp.nstr(
        mp.nint(x * 10 ** digits) / mp.mpf(10) ** digits, 34, min_fixed=-mp.inf, max_fixed=mp.inf)


def main(folder):
    written, simulated, worst = [], 0, mp.mpf(0)
    for index, row in enumerate(rows()):
        reduced, expected, value, sensitivity = price(row)
        out = {name: text(x, None) if isinstance(x, mp.mpf) else x for name, x in row.items()}
        out.update(open_variance=text(reduced, 24), expected=text(expected, 18), call=text(value, 18),
                   put=text(value - expected + row["strike"], 18), delta=text(sensitivity, 20), reference="", error="")
        reference = None
        if row["ahead"] == row["open"] == 2 and row["next"] > 0:
            reference, error = quadrature(row), mp.mpf(0)
        elif row["ahead"] > 2 and simulated < 14 and abs(row["strike"] / expected - 1) < 2 * mp.sqrt(reduced):
            simulated += 1
            reference, error = simulation(row, index)
        if reference is not None:
            difference = abs(reference - value)
            scale = reduced * row["forward"]
            assert difference <= LIMIT * scale + 4 * error, (index, difference, error, row)
            worst = max(worst, (difference - 4 * error) / scale)
            out.update(reference=text(reference, 18), error=text(error, 18))
        written.append(out)
    with open(os.path.join(folder, "averaging.csv"), "w", newline="") as file:
        file.write("# Options on a settlement average, USD; see gen/averaging.py. `ahead` of the `open` marks lie ahead, the\n"
                   "# first after `next` seconds, a minute apart; `variance` is the total variance to expiry. `reference` is the\n"
                   "# price without the lognormal approximation, `error` its standard error (0: quadrature).\n"
                   f"# Worst difference of `call` to `reference`, less four standard errors: {mp.nstr(worst, 2)} of the forward\n"
                   "# times `open_variance`.\n")
        writer = csv.DictWriter(file, list(written[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(written)


if __name__ == "__main__":
    main(sys.argv[1])
