//! The portfolios.

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use std::fmt;
use tenor_testkit::{Asset, BTC, ETH, SOL, USDC, sol, usdc};

use super::model::Kind;

/// Chains of the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// SOL, four days.
    SolNear,
    /// SOL, twenty-five days.
    SolMid,
    /// SOL, three months.
    SolFar,
    /// BTC, twenty-five days.
    BtcMid,
    /// ETH, twenty-five days.
    EthMid,
}

/// Some units of one option.
#[derive(Clone, Copy, Debug)]
pub struct Leg {
    /// Its chain.
    pub place: Place,
    /// Call or put.
    pub kind: Kind,
    /// Strike price, USD.
    pub strike_usd: u64,
    /// Lots, negative if short.
    pub lots: i64,
}

/// What someone holds.
#[derive(Clone, Debug)]
pub struct Portfolio {
    /// What traders call it.
    pub name: String,
    /// Deposits, atoms.
    pub deposits: Vec<(Asset, u64)>,
    /// Options.
    pub legs: Vec<Leg>,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::SolNear, Self::SolMid, Self::SolFar, Self::BtcMid, Self::EthMid];

    /// Its underlying.
    pub const fn asset(self) -> Asset {
        match self {
            Self::SolNear | Self::SolMid | Self::SolFar => SOL,
            Self::BtcMid => BTC,
            Self::EthMid => ETH,
        }
    }

    /// Fridays between the first and its expiry.
    pub const fn weeks(self) -> i64 {
        match self {
            Self::SolNear => 0,
            Self::SolMid | Self::BtcMid | Self::EthMid => 3,
            Self::SolFar => 11,
        }
    }

    /// Its strikes, USD.
    pub fn strikes_usd(self) -> Vec<u64> {
        let (first, last, step) = match self {
            Self::SolNear | Self::SolMid => (120, 300, 10),
            Self::SolFar => (100, 400, 20),
            Self::BtcMid => (70_000, 130_000, 4_000),
            Self::EthMid => (2_800, 5_200, 200),
        };
        (first..=last).step_by(step).collect()
    }

    /// Lots of one unit of the underlying.
    const fn lots_per_unit(self) -> i64 {
        1_000_000_000 / self.asset().lot_units_e9.cast_signed()
    }

    /// Days to its expiry, as the table says it.
    const fn days(self) -> &'static str {
        match self {
            Self::SolNear => "4 d",
            Self::SolMid | Self::BtcMid | Self::EthMid => "25 d",
            Self::SolFar => "81 d",
        }
    }
}

const fn leg(place: Place, kind: Kind, strike_usd: u64, units: i64) -> Leg {
    Leg {
        place,
        kind,
        strike_usd,
        lots: units * place.lots_per_unit(),
    }
}

const fn call(strike_usd: u64, units: i64) -> Leg {
    leg(Place::SolMid, Kind::Call, strike_usd, units)
}

const fn put(strike_usd: u64, units: i64) -> Leg {
    leg(Place::SolMid, Kind::Put, strike_usd, units)
}

fn portfolio(name: &str, deposits: &[(Asset, u64)], legs: &[Leg]) -> Portfolio {
    Portfolio {
        name: name.to_owned(),
        deposits: deposits.to_vec(),
        legs: legs.to_vec(),
    }
}

/// The account of the worked example.
pub fn strangle_on_sol() -> Portfolio {
    let deposits = [(SOL, sol(50)), (USDC, usdc(3_000))];
    portfolio(
        "strangle on SOL as collateral",
        &deposits,
        &[call(220, -40), put(180, -20)],
    )
}

/// Every portfolio of the table.
pub fn catalogue() -> Vec<Portfolio> {
    let mut all = Vec::new();
    all.extend(covers());
    all.extend(spreads());
    all.extend(across_expiries());
    all.extend(across_assets());
    all.extend((1..=4).map(random));
    all
}

/// 100 SOL of everything, and cash to trade with.
fn covers() -> Vec<Portfolio> {
    let (cash, base) = ([(USDC, usdc(40_000))], [(SOL, sol(100)), (USDC, usdc(5_000))]);
    let wrong_way = [(SOL, sol(300))];
    vec![
        portfolio("naked call", &cash, &[call(220, -100)]),
        portfolio("covered call", &base, &[call(220, -100)]),
        portfolio("cash-secured put", &[(USDC, usdc(18_000))], &[put(180, -100)]),
        portfolio("protective put", &base, &[put(180, 100)]),
        portfolio("collar", &base, &[put(180, 100), call(220, -100)]),
        portfolio("conversion", &base, &[put(200, 100), call(200, -100)]),
        portfolio("short puts on SOL as collateral", &wrong_way, &[put(180, -100)]),
        portfolio("short calls on SOL as collateral", &wrong_way, &[call(220, -300)]),
        strangle_on_sol(),
    ]
}

fn spreads() -> Vec<Portfolio> {
    let cash = [(USDC, usdc(40_000))];
    let of = |name, legs: &[Leg]| portfolio(name, &cash, legs);
    vec![
        of("bull call spread", &[call(200, 100), call(220, -100)]),
        of("bear call spread", &[call(220, -100), call(240, 100)]),
        of("bull put spread", &[put(180, -100), put(160, 100)]),
        of("bear put spread", &[put(180, -100), put(200, 100)]),
        of("box", &[call(180, 100), put(180, -100), call(220, -100), put(220, 100)]),
        of("short straddle", &[call(200, -100), put(200, -100)]),
        of("short strangle", &[call(220, -100), put(180, -100)]),
        of("long butterfly", &[call(180, 100), call(200, -200), call(220, 100)]),
        of(
            "iron butterfly",
            &[put(180, 100), put(200, -100), call(200, -100), call(220, 100)],
        ),
        of(
            "iron condor",
            &[put(160, 100), put(180, -100), call(220, -100), call(240, 100)],
        ),
        of(
            "long call condor",
            &[call(160, 100), call(180, -100), call(220, -100), call(240, 100)],
        ),
        of("call ratio spread", &[call(200, 100), call(240, -200)]),
        of("risk reversal", &[call(220, 100), put(180, -100)]),
        of("short risk reversal", &[call(220, -100), put(180, 100)]),
    ]
}

fn across_expiries() -> Vec<Portfolio> {
    let cash = [(USDC, usdc(60_000))];
    let at = |place, kind, strike, units| leg(place, kind, strike, units);
    let of = |name, legs: &[Leg]| portfolio(name, &cash, legs);
    let (near, mid, far) = (Place::SolNear, Place::SolMid, Place::SolFar);
    vec![
        of(
            "call calendar",
            &[at(near, Kind::Call, 200, -100), at(mid, Kind::Call, 200, 100)],
        ),
        of(
            "put calendar",
            &[at(mid, Kind::Put, 200, -100), at(far, Kind::Put, 200, 100)],
        ),
        of(
            "diagonal",
            &[at(near, Kind::Call, 220, -100), at(far, Kind::Call, 200, 100)],
        ),
        of(
            "reverse calendar",
            &[at(near, Kind::Call, 200, 100), at(far, Kind::Call, 200, -100)],
        ),
    ]
}

/// Sizes of equal worth: 100 SOL, 0.2 BTC and 5 ETH.
fn across_assets() -> Vec<Portfolio> {
    let cash = [(USDC, usdc(80_000))];
    let of = |name, legs: &[Leg]| portfolio(name, &cash, legs);
    let btc = |kind, strike_usd, lots| Leg {
        place: Place::BtcMid,
        kind,
        strike_usd,
        lots,
    };
    let eth = |kind, strike_usd, lots| Leg {
        place: Place::EthMid,
        kind,
        strike_usd,
        lots,
    };
    vec![
        of(
            "short SOL puts, long BTC puts",
            &[put(180, -100), btc(Kind::Put, 90_000, 2_000)],
        ),
        of(
            "short BTC calls, long ETH calls",
            &[btc(Kind::Call, 110_000, -2_000), eth(Kind::Call, 4_400, 5_000)],
        ),
        of(
            "strangles on SOL, BTC and ETH",
            &[
                put(180, -100),
                call(220, -100),
                btc(Kind::Put, 90_000, -2_000),
                btc(Kind::Call, 110_000, -2_000),
                eth(Kind::Put, 3_600, -5_000),
                eth(Kind::Call, 4_400, -5_000),
            ],
        ),
        portfolio(
            "short SOL calls on BTC as collateral",
            &[(BTC, 50_000_000)],
            &[call(220, -100)],
        ),
        portfolio(
            "ETH as collateral, ETH puts against SOL puts",
            &[(ETH, 2_000_000_000), (USDC, usdc(3_000))],
            &[eth(Kind::Put, 4_000, 10_000), put(180, -100)],
        ),
    ]
}

/// 64 strikes with calls, puts or both, on all three assets and collaterals.
fn random(seed: u64) -> Portfolio {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut strikes: Vec<(Place, u64)> = Place::ALL
        .iter()
        .flat_map(|place| place.strikes_usd().into_iter().map(|strike| (*place, strike)))
        .collect();
    strikes.shuffle(&mut rng);
    let mut legs = Vec::new();
    for (place, strike_usd) in strikes.into_iter().take(64) {
        let kinds: &[Kind] = match rng.random_range(0..4) {
            0 => &[Kind::Call, Kind::Put],
            1 | 2 => &[Kind::Call],
            _ => &[Kind::Put],
        };
        for kind in kinds {
            let size = rng.random_range(1..=4_000);
            let lots = if rng.random() { size } else { -size };
            legs.push(Leg {
                place,
                kind: *kind,
                strike_usd,
                lots,
            });
        }
    }
    let units = |rng: &mut StdRng, most: u64| rng.random_range(0..most);
    let deposits = [
        (USDC, usdc(500_000)),
        (SOL, units(&mut rng, sol(500))),
        (BTC, units(&mut rng, 100_000_000)),
        (ETH, units(&mut rng, 2_500_000_000)),
    ];
    portfolio(&format!("64 random positions, {seed}"), &deposits, &legs)
}

/// What it holds, in words of the table; nothing of long lists.
impl fmt::Display for Portfolio {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.legs.len() > 8 {
            return write!(out, "{} options on 64 strikes", self.legs.len());
        }
        let mut parts = Vec::new();
        for (asset, atoms) in self.deposits.iter().filter(|(asset, _)| *asset != USDC) {
            let units = *atoms as f64 / 10_f64.powi(i32::from(asset.decimals));
            parts.push(format!("{units} {}", asset.symbol));
        }
        for leg in &self.legs {
            let Leg {
                place,
                kind,
                strike_usd,
                lots,
            } = leg;
            let units = *lots as f64 / place.lots_per_unit() as f64;
            let letter = match kind {
                Kind::Call => 'C',
                Kind::Put => 'P',
            };
            parts.push(format!(
                "{units:+} {} {strike_usd}{letter} {}",
                place.asset().symbol,
                place.days()
            ));
        }
        out.write_str(&parts.join(", "))
    }
}
