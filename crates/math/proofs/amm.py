#!/usr/bin/env python3
"""Exhaustive proofs, at reduced width, of the market maker's integer rules: every input of the stated ranges is tried.

The formulas are those of src/amm with the scales 2^56 and 1e9 replaced by small ones. Prints one line for each claim and
exits with 1 if one fails.
"""

import sys
from itertools import product


def ceil_div(a, b):
    return -(-a // b)


def gap_charge(buy, before, after, cap, gap, scale):
    """spread.rs: gap_charge."""
    lean = (lambda g: max(0, -g)) if buy else (lambda g: max(0, g))
    twice = max(0, lean(after) ** 2 - lean(before) ** 2)
    return ceil_div(ceil_div(twice, 2 * cap) * gap, scale)


def slices_never_pay_less_gap_than_the_whole():
    for start, lot, a, b, cap, gap in product(range(-9, 10), range(4), range(1, 5), range(1, 5), range(1, 6), range(9)):
        for buy in (True, False):
            sign = -1 if buy else 1
            middle, end = start + sign * a * lot, start + sign * (a + b) * lot
            parts = gap_charge(buy, start, middle, cap, gap, 4) + gap_charge(buy, middle, end, cap, gap, 4)
            whole = gap_charge(buy, start, end, cap, gap, 4)
            yield whole <= parts <= whole + gap // 4 + 2


def a_buyer_pays_at_least_and_a_seller_receives_at_most_across_a_cut():
    """quote.rs: Worth::of rounds up for an ask, down for a bid; a cut changes it by at most one unit, for the pool."""
    for price, a, b, divisor in product(range(40), range(1, 12), range(1, 12), range(1, 16)):
        ask = ceil_div(price * a, divisor) + ceil_div(price * b, divisor) - ceil_div(price * (a + b), divisor)
        bid = price * a // divisor + price * b // divisor - price * (a + b) // divisor
        yield 0 <= ask <= 1 and -1 <= bid <= 0


ONE = 16


def kink(height, slope):
    return 10**6 if slope == 0 else height * ONE // slope


def rules():
    """Every rule that InventoryCurve::try_new accepts, on a grid of sixteenths."""
    for shift, floor, ceiling, spread, slope, cap in product(
        range(0, 25, 3), range(8, 17, 2), range(16, 33, 4), range(0, 3), range(0, 25, 3), range(0, 7)
    ):
        if spread > cap or slope > shift or floor - cap < ONE // 8:
            continue
        lowest, highest = kink(ONE - floor, shift), kink(ceiling - ONE, shift)
        widest = 0 if slope == 0 else kink(cap - spread, slope)
        if widest > min(lowest, highest):
            continue
        yield shift, floor, ceiling, spread, slope, cap


def multiplier(rule, buy, x):
    shift, floor, ceiling, spread, slope, cap = rule
    mid = max(floor, min(ceiling, ONE - (shift * x >> 4)))
    half = min(spread + (slope * abs(x) >> 4), cap)
    return mid + half if buy else mid - half


def an_accepted_rule_never_rises_with_inventory_by_more_than_two_units():
    """inventory.rs: on both sides; the units are the roundings of the two products and of the kinks."""
    for rule in rules():
        for buy in (True, False):
            values = [multiplier(rule, buy, x) for x in range(-48, 49)]
            least = values[0]
            for value in values[1:]:
                yield value <= least + 2
                least = min(least, value)


def an_accepted_rule_always_has_a_bid_below_its_ask_and_above_an_eighth():
    for rule in rules():
        for x in range(-48, 49):
            ask, bid = multiplier(rule, True, x), multiplier(rule, False, x)
            yield ONE // 8 <= bid <= ask


def a_nudge_keeps_the_base_and_the_step():
    """nudge.rs: Anchor::nudged."""
    for level, offset, mid, step in product(range(4, 33), range(-12, 13), range(0, 40), range(0, 12)):
        if not 4 <= level + offset <= 32:
            continue
        target = min(32, max(4, mid))
        moved = min(abs(target - level), step)
        gain = moved if target >= level else -moved
        new_level, new_offset = level + gain, offset - gain
        toward = abs(target - new_level) <= abs(target - level)
        yield new_level + new_offset == level + offset and abs(gain) <= step and toward and 4 <= new_level <= 32


def the_navs_never_cross():
    """nav.rs: for one position; sums keep the order."""
    for lots, bid, width, unearned in product(range(-9, 10), range(9), range(9), range(9)):
        high, low = (bid + width, bid) if lots >= 0 else (bid, bid + width)
        yield lots * high >= lots * low - unearned


CLAIMS = [
    slices_never_pay_less_gap_than_the_whole,
    a_buyer_pays_at_least_and_a_seller_receives_at_most_across_a_cut,
    an_accepted_rule_never_rises_with_inventory_by_more_than_two_units,
    an_accepted_rule_always_has_a_bid_below_its_ask_and_above_an_eighth,
    a_nudge_keeps_the_base_and_the_step,
    the_navs_never_cross,
]


def main():
    failed = 0
    for claim in CLAIMS:
        points = wrong = 0
        for holds in claim():
            points += 1
            wrong += not holds
        failed += wrong > 0
        print(f"{'proved' if not wrong else 'FAILED'}  {points:>9} points  {claim.__name__.replace('_', ' ')}")
    return 1 if failed else 0


sys.exit(main())
