#!/usr/bin/env python3
"""Writes `implied_deep.csv`: prices over the whole domain of the solver with their exact deviations.

Needs mpmath; `python3 implied.py > ../implied_deep.csv`. A deviation is drawn, the price is rounded to 2^-64 and the
root is found again for the rounded price at 80 digits.
"""

import random

import mpmath as mp

mp.mp.dps = 80


def tail(x):
    return mp.erfc(x / mp.sqrt(2)) / 2


def out_of_the_money(least, k, s):
    """Value of the out-of-the-money leg, |ln(F/K)| = k."""
    d1 = s / 2 - k / s
    return least * (tail(-d1) - mp.exp(k) * tail(s - d1))


def root(least, k, price, s):
    for _ in range(200):
        d1 = s / 2 - k / s
        density = mp.exp(-d1 * d1 / 2) / mp.sqrt(2 * mp.pi)
        step = (out_of_the_money(least, k, s) - price) / (least * density)
        s -= max(min(step, s / 2), -s)
        if abs(step) < mp.mpf(10) ** -40 * s:
            return s
    raise ArithmeticError("no root")


def main():
    rnd = random.Random(20)
    print("# out-of-the-money price in units of the forward's scale x 2^64 -> s = sigma sqrt(T) at which Black gives it, 34 digits")
    print("forward,strike,price_q64,deviation")
    written = 0
    while written < 400:
        forward = rnd.getrandbits(62) | 1 << 61
        s = mp.mpf(10) ** rnd.uniform(-10, 1.35)
        d1 = mp.mpf(rnd.uniform(-12.5, 12.5))
        k = s * (s / 2 - d1)
        if k < 0:
            k = mp.mpf(0)
        strike = int(forward * mp.exp(rnd.choice((-1, 1)) * k))
        if not 1 << 8 <= strike < 1 << 63:
            continue
        least = mp.mpf(min(forward, strike))
        k = mp.log(mp.mpf(max(forward, strike)) / least)
        price = int(out_of_the_money(least, k, s) * mp.mpf(2) ** 64)
        if price < 1 << 20 or int(least) << 64 <= price + (1 << 20):
            continue
        exact = root(least, k, mp.mpf(price) / mp.mpf(2) ** 64, s)
        print(f"{forward},{strike},{price},{mp.nstr(exact, 34, min_fixed=-8, max_fixed=40)}")
        written += 1


main()
