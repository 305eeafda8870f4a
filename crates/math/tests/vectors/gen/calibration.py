"""Quotes of surfaces whose parameters are known, computed with mpmath from the formulas of the papers.

`python3 calibration.py ..` writes `calibration_quotes.csv` and `calibration_slices.csv`.

A quote row: case, expiry (position), seconds, forward, discount, strike, measure (V volatility, C or P price), bid, ask
(empty where absent), vol: the true volatility, off: 1 where the quote was moved away from it on purpose.
A slice row: case, expiry, seconds, theta, rho, psi: the true parameters (empty where the truth is no eSSVI slice).
"""

import csv
import os
import random
import sys

import mpmath as mp

mp.mp.dps = 40
YEAR, DAY = 31_536_000, 86_400


def essvi(theta, rho, psi, k):
    return (theta + rho * psi * k + mp.sqrt((psi * k + rho * theta) ** 2 + theta ** 2 * (1 - rho ** 2))) / 2


def svi(a, b, rho, m, sigma, k):
    return a + b * (rho * (k - m) + mp.sqrt((k - m) ** 2 + sigma ** 2))


def black(kind, forward, strike, discount, w):
    s = mp.sqrt(w)
    d1 = mp.log(forward / strike) / s + s / 2
    call = forward * mp.ncdf(d1) - strike * mp.ncdf(d1 - s)
    return discount * (call if kind == "C" else call - forward + strike)


def strikes(forward, vol, years, count, reach):
    """Log-moneyness spread evenly over `reach` standard deviations either way, as plain decimals."""
    s = float(vol) * years ** 0.5
    for i in range(count):
        k = s * reach * (2 * i / (count - 1) - 1)
        yield mp.mpf(f"{float(forward) * mp.exp(k)!s:.9}")


# (days, volatility at the money, rho, psi / sqrt(theta)): both signs of skew, 40% to 150%.
FALLING_SKEW = [(1, "1.10", "-0.20", "0.90"), (7, "0.90", "-0.30", "0.80"), (30, "0.80", "-0.40", "0.70"),
                (60, "0.75", "-0.45", "0.65"), (90, "0.72", "-0.47", "0.62"), (180, "0.68", "-0.50", "0.55"),
                (270, "0.66", "-0.50", "0.52"), (365, "0.65", "-0.50", "0.50")]
RISING_SKEW = [(2, "0.40", "0.35", "1.00"), (14, "0.48", "0.30", "0.90"), (45, "0.55", "0.22", "0.80"),
               (120, "0.60", "0.15", "0.70"), (365, "0.62", "0.05", "0.60")]
HIGH = [(3, "1.50", "0.10", "0.60"), (30, "1.30", "-0.10", "0.55"), (120, "1.10", "-0.20", "0.50")]


def slices(table):
    for days, vol, rho, curvature in table:
        years = mp.mpf(days) * DAY / YEAR
        theta = mp.mpf(vol) ** 2 * years
        yield days * DAY, years, theta, mp.mpf(rho), mp.mpf(curvature) * mp.sqrt(theta)


def check_pairs(table):
    before = None
    for _, _, theta, rho, psi in slices(table):
        assert psi * (1 + abs(rho)) < 4 and psi ** 2 * (1 + abs(rho)) <= 4 * theta
        if before:
            t1, r1, p1 = before
            assert theta >= t1 and psi >= p1 and abs(rho * psi - r1 * p1) <= psi - p1 and psi * t1 <= p1 * theta, table
        before = (theta, rho, psi)


def main(folder):
    rng = random.Random(20_240_607)
    quotes, truth = [], []

    def text(value, digits=17):
        return "" if value is None else mp.nstr(value, digits, strip_zeros=True)

    def emit(case, expiry, seconds, forward, discount, strike, measure, bid, ask, vol, off=0):
        quotes.append([case, expiry, seconds, text(forward), text(discount), text(strike), measure, text(bid),
                       text(ask), text(vol), off])

    def surface(case, table, forward, count, reach, quote):
        check_pairs(table)
        for expiry, (seconds, years, theta, rho, psi) in enumerate(slices(table)):
            truth.append([case, expiry, seconds, text(theta), text(rho), text(psi)])
            f = forward * mp.exp(mp.mpf("0.04") * years)
            discount = mp.exp(-mp.mpf("0.04") * years)
            for number, strike in enumerate(strikes(f, mp.sqrt(theta / years), float(years), count, reach)):
                vol = mp.sqrt(essvi(theta, rho, psi, mp.log(strike / f)) / years)
                quote(case, expiry, seconds, f, discount, strike, years, vol, number)

    def exact_volatility(case, expiry, seconds, f, discount, strike, years, vol, number):
        emit(case, expiry, seconds, f, discount, strike, "V", vol - mp.mpf("0.004"), vol + mp.mpf("0.004"), vol)

    def exact_price(case, expiry, seconds, f, discount, strike, years, vol, number):
        kind = "CP"[number % 2] if abs(mp.log(strike / f)) < vol * mp.sqrt(years) else ("C" if strike > f else "P")
        half = mp.mpf("0.004")
        bid, ask = (black(kind, f, strike, discount, (vol + side) ** 2 * years) for side in (-half, half))
        emit(case, expiry, seconds, f, discount, strike, kind, bid, ask, vol)

    def noisy(case, expiry, seconds, f, discount, strike, years, vol, number):
        mid = vol + mp.mpf(rng.gauss(0, 0.005))
        half = mp.mpf(rng.uniform(0.004, 0.012))
        emit(case, expiry, seconds, f, discount, strike, "V", mid - half, mid + half, vol)

    def with_outliers(sign):
        def quote(case, expiry, seconds, f, discount, strike, years, vol, number):
            off = number % 5 == (expiry + 2) % 5
            shift = mp.mpf("0.3") * (sign or rng.choice((-1, 1))) if off else 0
            half = mp.mpf("0.005")
            emit(case, expiry, seconds, f, discount, strike, "V", vol + shift - half, vol + shift + half, vol, int(off))
        return quote

    def one_sided(case, expiry, seconds, f, discount, strike, years, vol, number):
        half = mp.mpf("0.004")
        sides = {0: (vol - half, None), 1: (None, vol + half)}.get(number % 4, (vol - half, vol + half))
        emit(case, expiry, seconds, f, discount, strike, "V", *sides, vol)

    surface("exact_falling", FALLING_SKEW, mp.mpf(150), 15, 2.5, exact_volatility)
    surface("exact_rising", RISING_SKEW, mp.mpf(65_000), 13, 2, exact_volatility)
    surface("exact_high", HIGH, mp.mpf("0.02"), 9, 2, exact_volatility)
    surface("prices_falling", FALLING_SKEW, mp.mpf(150), 11, 2, exact_price)
    surface("prices_rising", RISING_SKEW, mp.mpf(3_000), 11, 2, exact_price)
    surface("noise_falling", FALLING_SKEW, mp.mpf(150), 25, 2, noisy)
    surface("noise_rising", RISING_SKEW, mp.mpf(150), 25, 2, noisy)
    surface("outliers_up", FALLING_SKEW, mp.mpf(150), 15, 2, with_outliers(1))
    surface("outliers_down", HIGH, mp.mpf(150), 15, 2, with_outliers(-1))
    surface("outliers_both", RISING_SKEW, mp.mpf(150), 20, 2, with_outliers(0))
    surface("one_sided", FALLING_SKEW[2:6], mp.mpf(150), 16, 2, one_sided)

    # SSVI with the power law of Gatheral and Jacquier, eta (1 + |rho|) <= 2: one rho, free of arbitrage everywhere.
    eta, gamma, rho = mp.mpf("0.9"), mp.mpf("0.4"), mp.mpf("-0.35")
    for expiry, (days, vol) in enumerate([(7, "0.7"), (30, "0.65"), (90, "0.62"), (180, "0.6")]):
        years = mp.mpf(days) * DAY / YEAR
        theta = mp.mpf(vol) ** 2 * years
        psi = eta * theta ** (1 - gamma) / (1 + theta) ** (1 - gamma)
        truth.append(["power_law", expiry, days * DAY, text(theta), text(rho), text(psi)])
        for strike in strikes(mp.mpf(100), mp.mpf(vol), float(years), 13, 2):
            v = mp.sqrt(essvi(theta, rho, psi, mp.log(strike / 100)) / years)
            exact_volatility("power_law", expiry, days * DAY, mp.mpf(100), mp.mpf(1), strike, years, v, 0)

    # Raw SVI: the first is the slice theta = 0.04, rho = -0.3, psi = 0.16 in its five parameters, a = theta (1 - rho^2) / 2,
    # b = psi / 2, m = -rho theta / psi, sigma = sqrt(1 - rho^2) theta / psi; the second is no eSSVI slice.
    theta, rho, psi = mp.mpf("0.04"), mp.mpf("-0.3"), mp.mpf("0.16")
    root = mp.sqrt(1 - rho ** 2)
    raw = [(theta * root ** 2 / 2, psi / 2, rho, -rho * theta / psi, root * theta / psi),
           (mp.mpf("0.03"), mp.mpf("0.11"), mp.mpf("-0.25"), mp.mpf("0.05"), mp.mpf("0.2"))]
    for name, parameters in zip(("svi_equal", "svi_other"), raw):
        exact = [theta, rho, psi] if name == "svi_equal" else [None] * 3
        truth.append([name, 0, 30 * DAY] + [text(value) for value in exact])
        years = mp.mpf(30) * DAY / YEAR
        for strike in strikes(mp.mpf(100), mp.mpf("0.7"), float(years), 13, 2):
            v = mp.sqrt(svi(*parameters, mp.log(strike / 100)) / years)
            exact_volatility(name, 0, 30 * DAY, mp.mpf(100), mp.mpf(1), strike, years, v, 0)

    # Calendar arbitrage in the quotes: the second expiry's total variance lies below the first's everywhere.
    for expiry, (days, vol) in enumerate([(30, "0.9"), (60, "0.5"), (90, "0.8")]):
        years = mp.mpf(days) * DAY / YEAR
        theta = mp.mpf(vol) ** 2 * years
        rho, psi = mp.mpf("-0.3"), mp.mpf("0.6") * mp.sqrt(theta)
        truth.append(["crossed_expiries", expiry, days * DAY, text(theta), text(rho), text(psi)])
        for strike in strikes(mp.mpf(100), mp.mpf(vol), float(years), 11, 2):
            v = mp.sqrt(essvi(theta, rho, psi, mp.log(strike / 100)) / years)
            exact_volatility("crossed_expiries", expiry, days * DAY, mp.mpf(100), mp.mpf(1), strike, years, v, 0)

    header = "case,expiry,seconds,forward,discount,strike,measure,bid,ask,vol,off".split(",")
    for name, head, rows in (("calibration_quotes.csv", header, quotes),
                             ("calibration_slices.csv", "case,expiry,seconds,theta,rho,psi".split(","), truth)):
        with open(os.path.join(folder, name), "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(head)
            writer.writerows(rows)


if __name__ == "__main__":
    main(sys.argv[1])
