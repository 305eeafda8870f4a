//! An account's health in exact arithmetic, from the stored bytes: an oracle that shares no code with the program.

use tenor_testkit::{Actor, Picture};

/// Equity and maintenance requirement as fractions, USD x 1e9 x [`SCALE`].
pub struct Reckoning {
    equity: i128,
    maintenance: i128,
}

/// Digits beyond 1e-9 dollars.
const SCALE: i128 = 1_000_000_000;
const E9: i128 = 1_000_000_000;
const GRID_QUARTERS: [i128; 9] = [0, 1, -1, 2, -2, 3, -3, 4, -4];
const TAILS_E9: [i128; 6] = [
    -660_000_000,
    -330_000_000,
    500_000_000,
    1_000_000_000,
    2_000_000_000,
    4_000_000_000,
];

/// Reckons an account that holds options and collateral of one underlying, priced where its arrays were computed.
pub fn of(picture: &Picture, actor: &Actor) -> Reckoning {
    let data = picture.account(actor);
    let house = picture.market.house().expect("a house");
    let registry = picture.market.registry().expect("a registry");
    let slot = data
        .account
        .chains
        .iter()
        .find(|slot| slot.positions > 0)
        .expect("a position");
    let chain = picture.market.chain_data(&slot.chain).expect("a chain");
    let (_, underlying) = picture
        .market
        .underlyings()
        .find(|(_, each)| each.index == slot.underlying_index)
        .unwrap();
    let spot = i128::from(underlying.price_e9);
    let lot = i128::from(underlying.lot_units_e9);

    let (mut options, mut results, mut shorts, mut delta) = (0, [0_i128; 33], 0, 0);
    let mut put_forward = 0;
    for held in &data.positions {
        let strike = &chain.strikes[usize::from(held.strike_slot)];
        assert_eq!(strike.reference_price_e9, underlying.price_e9, "arrays at spot");
        let (calls, puts) = (i128::from(held.call_lots), i128::from(held.put_lots));
        let parity = i128::from(strike.forward_value_e9) - i128::from(strike.strike_value_e9);
        let call_mark = i128::from(strike.mark_e9).max(parity).max(0);
        options += calls * call_mark + puts * (call_mark - parity);
        for (sum, pnl) in results.iter_mut().zip(strike.pnl_e9) {
            *sum += (calls + puts) * i128::from(pnl);
        }
        put_forward += puts * i128::from(strike.forward_value_e9);
        shorts += (-(calls + puts)).max(0);
        let forward_units = i128::from(strike.forward_value_e9) * E9 * SCALE / spot;
        delta += (calls + puts) * i128::from(strike.delta_units_e9) * SCALE - puts * forward_units;
    }

    let (mut worth, mut haircut) = (0, 0);
    for (entry, atoms) in registry.listed().iter().zip(data.account.balances_atoms) {
        if entry.underlying_index == underlying.index {
            let amount = i128::from(atoms) * SCALE;
            let value = amount * spot / 10_i128.pow(entry.decimals.into());
            worth += value;
            haircut += value / E9 * i128::from(entry.haircut_e9);
        }
    }
    let collateral = worth - haircut;

    let range = i128::from(underlying.range_e9);
    let mut worst = 0;
    for (index, sum) in results.iter().enumerate() {
        // The result counts in full within the range, and as range over move beyond it.
        let (move_e9, reach) = if index < 27 {
            (range * GRID_QUARTERS[index / 3] / 4, range)
        } else {
            let tail = TAILS_E9[index - 27];
            (tail, tail.abs().max(range))
        };
        let options = sum * SCALE - put_forward * move_e9 * (SCALE / E9);
        let total = options + collateral / E9 * move_e9;
        worst = worst.min(total / reach * range);
    }
    let requirement = -worst;
    let holds_short = data
        .positions
        .iter()
        .any(|held| held.call_lots < 0 || held.put_lots < 0);
    let contingency = if holds_short {
        let notional = shorts * lot * spot;
        let roll = delta.abs() / SCALE * spot;
        (notional * i128::from(underlying.risk.maintenance_short_e9) + roll * i128::from(underlying.risk.roll_e9)) / E9
            * (SCALE / E9)
    } else {
        0
    };
    let cash = i128::from(data.account.cash_atoms) * 10_i128.pow(9 - u32::from(house.quote_decimals));
    Reckoning {
        equity: cash * SCALE + collateral + options * SCALE,
        maintenance: requirement / E9 * i128::from(house.risk.maintenance_factor_e9) + contingency,
    }
}

impl Reckoning {
    /// Whether true equity is at least what the program says, up to the digits that are reckoned.
    pub fn equity_is_at_least(&self, equity_e9: i64) -> bool {
        self.equity + SCALE / 1_000 >= i128::from(equity_e9) * SCALE
    }

    /// Whether the true requirement is at most what the program says, up to the digits that are reckoned.
    pub fn maintenance_is_at_most(&self, maintenance_e9: i64) -> bool {
        self.maintenance <= i128::from(maintenance_e9) * SCALE + SCALE
    }

    /// Whether both are within a number of units of what the program says.
    pub fn is_within(&self, equity_e9: i64, maintenance_e9: i64, units: i128) -> bool {
        (self.equity - i128::from(equity_e9) * SCALE).abs() <= units * SCALE
            && (self.maintenance - i128::from(maintenance_e9) * SCALE).abs() <= units * SCALE
    }
}
