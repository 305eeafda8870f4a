"""Shares of a pool: price (assets + 1) / (shares + 1,000)."""

from z3 import And, Ints

from proof import ceil_of, constant, floor_of, proof, prove

FILE = "shares/pool.rs"
CODE = (
    "mul_div(offered.get(), shares, assets, Round::Down)",
    "let cost = self.worth_of(shares, Round::Up)?", "self.mint_into(self, offered)", "self.burn_from(self, shares)",
    "let paid = self.worth_of(shares, Round::Down)?",
    "(self.assets + VIRTUAL_ASSETS, self.shares + VIRTUAL_SHARES)",
)


def pool():
    """Assets and supply with the virtual ones, and what a mint of `shares` costs and a burn pays."""
    assets, supply, shares, cost, paid = Ints("assets supply shares cost paid")
    given = (assets >= constant(FILE, "VIRTUAL_ASSETS"), supply >= constant(FILE, "VIRTUAL_SHARES"), shares >= 0)
    product = shares * assets
    return (assets, supply, shares, cost, paid), given, ceil_of(cost, product, supply), floor_of(paid, product, supply)


@proof("mint", "A mint never lowers the price of a share, costs at most what was offered, and less than one atom more than the "
       "exact worth of its shares", f"{FILE}: SharePool::mint", "SMT, integers", CODE)
def mint():
    (assets, supply, shares, cost, _), given, minting, _ = pool()
    prove((assets + cost) * supply >= assets * (supply + shares), *given, minting)
    prove((cost - 1) * supply < shares * assets, *given, minting)
    offered = Ints("offered")[0]
    prove(cost <= offered, *given, minting, floor_of(shares, offered * supply, assets))


@proof("burn", "A burn never lowers the price of a share, and pays at most the exact worth of its shares and what the pool holds",
       f"{FILE}: SharePool::burn", "SMT, integers", CODE)
def burn():
    (assets, supply, shares, _, paid), given, _, burning = pool()
    prove((assets - paid) * supply >= assets * (supply - shares), *given, burning)
    # Virtual shares cannot be burned, so at least one atom of `assets`, the virtual one, stays.
    virtual = constant(FILE, "VIRTUAL_SHARES")
    prove(paid < assets, *given, burning, shares <= supply - virtual, shares * assets <= (supply - virtual) * assets)
    prove(shares * assets <= (supply - virtual) * assets, *given, shares <= supply - virtual)


@proof("inflation", "Whatever was donated to a pool before, who mints and burns at once loses at most one atom and gains none: "
       "inflating the first deposit's price takes nothing from the second", f"{FILE}: SharePool::mint, burn", "SMT, integers", CODE)
def inflation():
    (assets, supply, shares, cost, paid), given, minting, _ = pool()
    burning = floor_of(paid, shares * (assets + cost), supply + shares)
    after = Ints("after")[0]
    # After a mint a share is worth no less, and no more than an atom more for all that were minted.
    prove(shares * (assets + cost) * supply >= shares * assets * (supply + shares), *given, minting,
          (assets + cost) * supply >= assets * (supply + shares))
    prove(paid <= cost, *given, burning, shares * (assets + cost) <= cost * (supply + shares), cost >= 0)
    prove(shares * (assets + cost) <= cost * (supply + shares), *given, minting)
    # `after` is the exact worth before, floored: at least cost - 1, and the price has not fallen.
    prove(after >= cost - 1, *given, minting, floor_of(after, shares * assets, supply))
    prove(paid >= after, *given, burning, after * (supply + shares) <= shares * (assets + cost))
    prove(after * (supply + shares) <= shares * (assets + cost), *given, shares * assets >= after * supply,
          cost * shares >= after * shares)
