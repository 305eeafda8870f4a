//! What options of one expiry can pay whatever the price will be. Source: design sections 5.2 and 5.3.

use super::exact::{Approx, Exact};
use super::state::{Chain, Position, Underlying};

const E9: i128 = 1_000_000_000;
/// Farthest that a price is taken to rise while nobody can see it.
const HIGHEST_OVER_LAST: i128 = 5;

/// Lots at one strike.
#[derive(Clone, Copy, Debug)]
struct Held {
    /// Strike per lot, USD x 1e9, rounded down.
    strike_e9: i128,
    calls: i128,
    puts: i128,
}

/// An account's positions in a live expiry.
pub struct Expiry<'a> {
    underlying: &'a Underlying,
    chain: &'a Chain,
    held: Vec<(usize, Held)>,
}

/// Worth of a lot at a price, rounded down.
pub fn lot_value_e9(underlying: &Underlying, price_e9: i128) -> i128 {
    underlying.lot_units_e9 * price_e9 / E9
}

/// Worth of a lot at spot: the program's rounds up.
pub fn lot_at_spot(underlying: &Underlying) -> Approx {
    Approx::from(Exact::quotient(underlying.lot_units_e9 * underlying.price_e9, E9)).rounded(1)
}

/// What a position pays, or owes, once its chain is settled; a lot's payoff rounds down for both sides.
pub fn payoff_e9(position: &Position, chain: &Chain, underlying: &Underlying, settlement_e9: i128) -> i128 {
    let strike_e9 = chain.strikes[usize::from(position.strike)].price_e9;
    let [calls, puts] = position.lots;
    calls * lot_value_e9(underlying, (settlement_e9 - strike_e9).max(0))
        + puts * lot_value_e9(underlying, (strike_e9 - settlement_e9).max(0))
}

impl<'a> Expiry<'a> {
    /// Those of the positions that are of the chain.
    pub fn new<'p>(
        positions: impl Iterator<Item = &'p Position>,
        chain: &'a Chain,
        underlying: &'a Underlying,
    ) -> Self {
        let held = |position: &Position| {
            let slot = usize::from(position.strike);
            let [calls, puts] = position.lots;
            let strike_e9 = lot_value_e9(underlying, chain.strikes[slot].price_e9);
            (slot, Held { strike_e9, calls, puts })
        };
        Self {
            underlying,
            chain,
            held: positions.map(held).collect(),
        }
    }

    /// Payoff at a price per lot, with cover.
    fn at(&self, price_e9: i128, cover: i128) -> i128 {
        let held = self.held.iter().map(|(_, held)| {
            held.calls * (price_e9 - held.strike_e9).max(0) + held.puts * (held.strike_e9 - price_e9).max(0)
        });
        held.sum::<i128>() + cover * price_e9
    }

    /// Lots by which short calls exceed long ones and the cover.
    fn unpaired(&self, cover: i128) -> i128 {
        let calls: i128 = self.held.iter().map(|(_, held)| held.calls).sum();
        (-(calls + cover)).max(0)
    }

    fn least(&self, prices: impl Iterator<Item = i128>, cover: i128) -> i128 {
        let payoffs = prices.map(|price_e9| self.at(price_e9, cover));
        payoffs.fold(self.at(0, cover), i128::min)
    }

    fn strikes(&self) -> impl Iterator<Item = i128> + '_ {
        self.held.iter().map(|(_, held)| held.strike_e9)
    }

    /// Takes what the short calls need off the cover.
    fn take_cover(&self, cover: &mut i128) -> i128 {
        let used = self.unpaired(0).min(*cover);
        *cover -= used;
        used
    }

    /// Lots by which short calls exceed long ones.
    pub fn naked(&self) -> i128 {
        self.unpaired(0)
    }

    /// Five times the last price, per lot.
    fn highest_e9(&self) -> i128 {
        let lot = Exact::quotient(self.underlying.lot_units_e9 * self.underlying.price_e9, E9);
        lot.ceil_i128() * HIGHEST_OVER_LAST
    }

    /// The least that they pay up to five times the last price.
    pub fn worst_e9(&self, cover: &mut i128) -> i128 {
        let used = self.take_cover(cover);
        let highest_e9 = self.highest_e9();
        let prices = self.strikes().filter(|strike| *strike < highest_e9);
        self.least(prices.chain([highest_e9]), used)
    }

    /// The most that they pay up to five times the last price.
    pub fn best(&self) -> Approx {
        let highest_e9 = self.highest_e9();
        let prices = self.strikes().filter(|strike| *strike < highest_e9).chain([highest_e9]);
        let best = prices
            .map(|price_e9| self.at(price_e9, 0))
            .fold(self.at(0, 0), i128::max);
        best.into()
    }

    /// The most that they, and the cover that they need, can lose from a mark; nothing if that has no bound.
    pub fn greatest_loss(&self, mark: &Approx, cover: &mut i128) -> Option<Approx> {
        let used = self.take_cover(cover);
        if self.unpaired(used) > 0 {
            return None;
        }
        let of_cover = lot_at_spot(self.underlying).times_whole(used);
        let worst = self.least(self.strikes(), used);
        Some((&(mark + &of_cover) - &worst.into()).or_zero())
    }

    /// Requirement by the standard rule: the worst payoff at zero or any strike of the chain, and a part of spot for each
    /// short call without a long one.
    pub fn standard(&self) -> Approx {
        let every = self.chain.strikes.iter();
        let every = every.map(|strike| lot_value_e9(self.underlying, strike.price_e9));
        let worst = (-self.least(every, 0)).max(0);
        let rate = Exact::quotient(self.underlying.risk.unpaired_short_e9, E9);
        let naked = lot_at_spot(self.underlying).times_whole(self.unpaired(0));
        &naked.times(&rate).rounded(1) + &worst.into()
    }
}
