//! What is traded and deposited, and the terms on which tests list it.

use solana_pubkey::Pubkey;
use tenor_sdk::address;
use tenor_sdk::margin::instructions::{AddCollateralArgs, AddUnderlyingArgs};
use tenor_sdk::margin::state::{FeedLimits, MarketLimits, NO_UNDERLYING, RiskSettings, SurfaceLimits};
use tenor_sdk::math::quantity::{E9, Price};

/// A token, and unless it is the quote an underlying with a price feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asset {
    /// Symbol.
    pub symbol: &'static str,
    /// Decimals of the mint.
    pub decimals: u8,
    /// Price at which worlds start, USD.
    pub first_price_usd: u64,
    /// Distance of strikes, USD.
    pub strike_step_usd: u64,
    /// One lot, in 1e-9 units.
    pub lot_units_e9: u64,
}

/// The quote.
pub const USDC: Asset = Asset {
    symbol: "USDC",
    decimals: 6,
    first_price_usd: 1,
    strike_step_usd: 0,
    lot_units_e9: 0,
};
/// Lots of 0.01, strikes every five dollars.
pub const SOL: Asset = Asset {
    symbol: "SOL",
    decimals: 9,
    first_price_usd: 200,
    strike_step_usd: 5,
    lot_units_e9: 10_000_000,
};
/// Lots of 0.0001, strikes every two thousand dollars.
pub const BTC: Asset = Asset {
    symbol: "BTC",
    decimals: 8,
    first_price_usd: 100_000,
    strike_step_usd: 2_000,
    lot_units_e9: 100_000,
};
/// Lots of 0.001, strikes every fifty dollars. Worlds know it, but list it only where asked.
pub const ETH: Asset = Asset {
    symbol: "ETH",
    decimals: 8,
    first_price_usd: 4_000,
    strike_step_usd: 50,
    lot_units_e9: 1_000_000,
};

/// A token that earns yield: its own feed, the scenarios of SOL.
pub const JITOSOL: Asset = Asset {
    symbol: "JITOSOL",
    decimals: 9,
    first_price_usd: 220,
    strike_step_usd: 5,
    lot_units_e9: 10_000_000,
};
/// Wrapped bitcoin, priced by the feed of BTC.
pub const WBTC: Asset = Asset {
    symbol: "WBTC",
    decimals: 8,
    first_price_usd: 100_000,
    strike_step_usd: 1_000,
    lot_units_e9: 100_000,
};

/// Whole dollars as atoms of the quote.
pub const fn usdc(dollars: u64) -> u64 {
    dollars * 1_000_000
}

/// Whole SOL as atoms.
pub const fn sol(units: u64) -> u64 {
    units * 1_000_000_000
}

/// Whole dollars as a price.
pub const fn usd(dollars: u64) -> Price {
    Price::from_e9(dollars * E9)
}

impl Asset {
    /// Its mint.
    pub fn mint(&self) -> Pubkey {
        Pubkey::new_from_array(padded("mint", self.symbol))
    }

    /// Address of its underlying.
    pub fn underlying(&self) -> Pubkey {
        address::underlying(&self.padded_symbol())
    }

    /// Id of its feed.
    pub fn feed_id(&self) -> [u8; 32] {
        padded("feed id", self.symbol)
    }

    /// Account to which the oracle writes its price.
    pub fn feed(&self) -> Pubkey {
        Pubkey::new_from_array(padded("feed", self.symbol))
    }

    /// Account of the push oracle for its price.
    pub fn push_feed(&self) -> Pubkey {
        Pubkey::new_from_array(padded("push feed", self.symbol))
    }

    /// Symbol as the program stores it.
    pub fn padded_symbol(&self) -> [u8; 16] {
        address::symbol(self.symbol).expect("a symbol of at most 16 bytes")
    }

    /// Terms on which it is listed as an underlying: those of the design.
    pub fn listing(&self) -> AddUnderlyingArgs {
        AddUnderlyingArgs {
            symbol: self.padded_symbol(),
            feed_id: self.feed_id(),
            feed_exponent: -8,
            push_feed: self.push_feed(),
            push_exponent: PUSH_EXPONENT,
            lot_units_e9: self.lot_units_e9,
            feed: FEED_LIMITS,
            risk: RISK_SETTINGS,
            market: MarketLimits {
                strike_step_e9: self.strike_step_usd * E9,
                ..MARKET_LIMITS
            },
            surface: SURFACE_LIMITS,
        }
    }

    /// Terms on which it is a collateral: a tenth of its worth does not count unless it is the quote.
    pub fn collateral(&self, underlying_index: u8) -> AddCollateralArgs {
        let is_quote = underlying_index == NO_UNDERLYING;
        AddCollateralArgs {
            underlying_index,
            scenario_index: underlying_index,
            accepts_freeze_authority: 0,
            haircut_e9: if is_quote { 0 } else { 100_000_000 },
            deposit_cap_atoms: 1_000_000_000_000_000,
            ramp_seconds: 0,
            window_cap_atoms: 1_000_000_000_000_000,
        }
    }
}

/// Exponent of the push oracle's prices: not that of the pull oracle's, so that none passes for the other.
pub const PUSH_EXPONENT: i32 = -9;

const FEED_LIMITS: FeedLimits = FeedLimits {
    max_confidence_e9: 20_000_000,
    max_stored_confidence_e9: 100_000_000,
    max_age_seconds: 30,
    unusable_age_seconds: 3_600,
    max_liquidation_age_seconds: 10,
    max_risk_age_seconds: 600,
    max_drift_e9: 5_000_000,
    max_surface_age_seconds: 86_400,
};

const RISK_SETTINGS: RiskSettings = RiskSettings {
    range_floor_e9: 180_000_000,
    range_cap_e9: 400_000_000,
    range_deviations_e9: 3_500_000_000,
    range_horizon_hours: 24,
    variance_decay_e9: 970_000_000,
    volatility_up_e9: 450_000_000,
    volatility_down_e9: 300_000_000,
    volatility_floor_e9: 450_000_000,
    short_power_e9: 300_000_000,
    long_power_e9: 130_000_000,
    initial_short_e9: 5_000_000,
    maintenance_short_e9: 3_000_000,
    roll_e9: 1_000_000,
    concentration_e9: 10_000_000,
    free_share_e9: 250_000_000,
    free_lots: 1_000_000,
    unpaired_short_e9: 150_000_000,
};

const SURFACE_LIMITS: SurfaceLimits = SurfaceLimits {
    max_step_e9: 200_000_000,
    max_hourly_step_e9: 300_000_000,
    max_daily_step_e9: 500_000_000,
    max_carry_step_e9: 5_000_000,
    max_hourly_carry_step_e9: 10_000_000,
    max_daily_carry_step_e9: 20_000_000,
    min_interval_seconds: 0,
};

const MARKET_LIMITS: MarketLimits = MarketLimits {
    strike_step_e9: E9,
    strike_window_low_e9: 250_000_000,
    strike_window_high_e9: 4_000_000_000,
    max_tenor_seconds: 180 * 86_400,
    band_of_mark_e9: 200_000_000,
    band_of_spot_e9: 10_000_000,
    max_open_interest_lots: 1_000_000_000,
    min_forward_ratio_e9: 900_000_000,
    min_discount_e9: 900_000_000,
};

/// A readable address: what it is and whose, then zeros.
fn padded(kind: &str, name: &str) -> [u8; 32] {
    let text = format!("{kind} {name}");
    let mut bytes = [0; 32];
    bytes[..text.len()].copy_from_slice(text.as_bytes());
    bytes
}
