"""Risk arrays and account requirements, computed with mpmath from the formulas of the design, not from this crate.

`python3 risk.py ..` writes `risk_arrays.csv` and `portfolios.csv`. Values are USD per lot or USD.
"""

import csv
import os
import random
import sys

import mpmath as mp

mp.mp.dps = 50
YEAR, DAY = 31_536_000, 86_400
P = dict(range=mp.mpf("0.18"), up=mp.mpf("0.45"), down=mp.mpf("0.30"), floor=mp.mpf("0.45"),
         short=mp.mpf("0.3"), long=mp.mpf("0.13"), im_short=mp.mpf("0.005"), mm_short=mp.mpf("0.003"),
         roll=mp.mpf("0.001"), factor=mp.mpf("0.8"))
QUARTERS = [0, 1, -1, 2, -2, 3, -3, 4, -4]
TAILS = ["-0.66", "-0.33", "0.5", "1", "2", "4"]
SCENARIOS = [(P["range"] * q / 4, v, mp.mpf(1)) for q in QUARTERS for v in ("down", "flat", "up")]
SCENARIOS += [(mp.mpf(t), "up", min(mp.mpf(1), P["range"] / abs(mp.mpf(t)))) for t in TAILS]


def call(forward, strike, w):
    if w <= 0:
        return max(forward - strike, mp.mpf(0))
    s = mp.sqrt(w)
    d1 = mp.log(forward / strike) / s + s / 2
    return forward * mp.ncdf(d1) - strike * mp.ncdf(d1 - s)


def ssvi(theta, rho, psi, k):
    return (theta + rho * psi * k + mp.sqrt((psi * k + rho * theta) ** 2 + theta ** 2 * (1 - rho ** 2))) / 2


def shocked(w, seconds, kind):
    days = mp.mpf(max(seconds, DAY)) / DAY
    scale = (30 / days) ** (P["short"] if seconds < 30 * DAY else P["long"])
    if kind == "up":
        return max(w * (1 + P["up"] * scale) ** 2, P["floor"] ** 2 * mp.mpf(seconds) / YEAR)
    if kind == "down":
        return w * max(1 - P["down"] * scale, mp.mpf(0)) ** 2
    return w


def strike_risk(m, strike):
    """Mark, discounted forward and strike, delta, gamma cash, vega and scenario results of one lot of the call."""
    forward = m["spot"] * m["ratio"]
    w = ssvi(m["theta"], m["rho"], m["psi"], mp.log(strike / forward)) * m["seconds"] / m["slice_seconds"]
    unit = m["lot"] * m["df"]
    value = lambda shift, kind: unit * call(forward * (1 + shift), strike, shocked(w, m["seconds"], kind))
    now = value(0, "flat")
    s = mp.sqrt(w)
    d1 = mp.log(forward / strike) / s + s / 2
    return dict(mark=now, forward=unit * forward, strike=unit * strike, delta=unit * mp.ncdf(d1) * m["ratio"],
                gamma=unit * forward * mp.npdf(d1) / s,
                vega=unit * forward * mp.npdf(d1) * mp.sqrt(mp.mpf(m["seconds"]) / YEAR),
                pnl=[value(shift, kind) - now for shift, kind, _ in SCENARIOS])


def requirement(m, confidence, cash, base, haircut, positions):
    risks = {k: strike_risk(m, k) for k in positions}
    spot, lot = m["spot"], m["lot"]
    options = lambda s: sum((c + p) * risks[k]["pnl"][s] - p * risks[k]["forward"] * SCENARIOS[s][0]
                            for k, (c, p) in positions.items())
    value = sum(c * risks[k]["mark"] + p * (risks[k]["mark"] - risks[k]["forward"] + risks[k]["strike"])
                for k, (c, p) in positions.items())
    cut = base * spot * haircut
    held = base * spot - cut
    losses = [weight * (options(s) + held * shift) for s, (shift, _, weight) in enumerate(SCENARIOS)]
    R = max(mp.mpf(0), -min(losses))
    short = any(c < 0 or p < 0 for c, p in positions.values())
    net_short = sum(max(-(c + p), 0) for c, p in positions.values())
    option_delta = sum((c + p) * risks[k]["delta"] - p * risks[k]["forward"] / spot for k, (c, p) in positions.items())
    roll = P["roll"] * abs(option_delta) * spot if short else 0
    notional = net_short * lot * spot
    c_im = P["im_short"] * notional + roll if short else mp.mpf(0)
    c_mm = P["mm_short"] * notional + roll if short else mp.mpf(0)
    equity = cash + held + value
    uncertainty = abs(option_delta + held / spot) * confidence
    withdrawal = max(mp.mpf(0), -min(
        (min(mp.mpf(0), value + weight * options(s)) if short else 0) + weight * held * shift
        for s, (shift, _, weight) in enumerate(SCENARIOS)))
    alone = held / spot * confidence
    cost = max(uncertainty, alone) if short else alone
    return dict(equity=equity, initial=R + c_im, maintenance=P["factor"] * R + c_mm, haircut=cut,
                uncertainty=uncertainty, withdrawable=cash + held - withdrawal - c_im - cost)


def text(x):
    """Fixed point with 18 decimals, trailing zeros dropped."""
    units = int(mp.nint(mp.mpf(x) * 10 ** 18))
    whole, fraction = divmod(abs(units), 10 ** 18)
    return ("-" if units < 0 else "") + f"{whole}.{fraction:018d}".rstrip("0").rstrip(".")


def random_market(rnd, spots, lots):
    index = rnd.randrange(len(spots))
    spot = mp.mpf(f"{spots[index] * rnd.uniform(0.5, 2):.4f}")
    seconds = rnd.choice([3_600, DAY, 3 * DAY, 7 * DAY, 29 * DAY, 31 * DAY, 90 * DAY, 365 * DAY])
    slice_seconds = seconds + rnd.randrange(0, 3_600)
    vol = rnd.uniform(0.25, 1.8)
    theta = mp.mpf(f"{vol * vol * slice_seconds / YEAR:.12f}")
    rho = mp.mpf(f"{rnd.uniform(-0.7, 0.7):.6f}")
    bound = min(4 / (1 + abs(rho)), 2 * mp.sqrt(theta / (1 + abs(rho))))
    psi = mp.mpf(f"{float(bound) * rnd.uniform(0.1, 0.95):.9f}")
    return dict(spot=spot, ratio=mp.mpf(f"{rnd.uniform(0.97, 1.04):.6f}"), df=mp.mpf(f"{rnd.uniform(0.95, 1):.6f}"),
                lot=lots[index], theta=theta, rho=rho, psi=psi, seconds=seconds, slice_seconds=slice_seconds)


MARKET = ["spot", "ratio", "df", "lot", "theta", "rho", "psi", "seconds", "slice_seconds"]


def main(folder):
    rnd = random.Random(20251010)
    spots, lots = [200, 100_000, 4_000], [mp.mpf("0.01"), mp.mpf("0.001"), mp.mpf("0.01")]
    strike_of = lambda m: mp.mpf(f"{float(m['spot']) * rnd.choice([0.5, 0.8, 0.9, 1, 1.05, 1.1, 1.25, 1.6, 2]):.2f}")
    with open(os.path.join(folder, "risk_arrays.csv"), "w", newline="") as file:
        file.write("# one lot of a call: market, then value, sensitivities and the 33 scenario results; range 18%, vol "
                   "+45%/-30% at 30 days, floor 45%, powers 0.3/0.13\n")
        out = csv.writer(file)
        out.writerow(MARKET + ["k", "mark", "forward", "strike", "delta", "gamma", "vega"] + [f"s{i}" for i in range(33)])
        for _ in range(150):
            m = random_market(rnd, spots, lots)
            k = strike_of(m)
            r = strike_risk(m, k)
            out.writerow([text(m[c]) for c in MARKET] + [text(k)]
                         + [text(r[c]) for c in ("mark", "forward", "strike", "delta", "gamma", "vega")]
                         + [text(x) for x in r["pnl"]])
    with open(os.path.join(folder, "portfolios.csv"), "w", newline="") as file:
        file.write("# accounts in one underlying: contingencies 0.5%/0.3% of spot per net short, roll 0.1%, maintenance "
                   "factor 0.8; positions are strike:calls:puts\n")
        out = csv.writer(file)
        results = ["equity", "initial", "maintenance", "haircut", "uncertainty", "withdrawable"]
        out.writerow(MARKET + ["confidence", "cash", "base", "cut", "positions"] + results)
        for case in range(150):
            m = random_market(rnd, spots, lots)
            count = rnd.randrange(0, 7)
            signs = rnd.choice([(-1, 1), (0, 1), (-1, 0)])
            positions = {}
            for _ in range(count):
                lots_of = lambda: rnd.randint(signs[0] * 500, signs[1] * 500)
                positions[strike_of(m)] = (lots_of(), lots_of())
            confidence = mp.mpf(f"{float(m['spot']) * rnd.choice([0, 0.0005, 0.004]):.4f}")
            base = mp.mpf(f"{rnd.choice([0, 0, 1.5, 40]) * rnd.random():.9f}")
            cash = mp.mpf(f"{rnd.uniform(-500, 20_000):.6f}")
            cut = mp.mpf(rnd.choice(["0", "0.05", "0.1"]))
            r = requirement(m, confidence, cash, base, cut, positions)
            listed = ";".join(f"{text(k)}:{c}:{p}" for k, (c, p) in positions.items())
            out.writerow([text(m[c]) for c in MARKET] + [text(confidence), text(cash), text(base), text(cut), listed]
                         + [text(r[c]) for c in results])


main(sys.argv[1])
