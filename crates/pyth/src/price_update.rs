//! What a price update says.

/// How many of the Wormhole guardians' signatures the receiver has checked.
///
/// Anybody who colludes with `num_signatures` guardians can forge a `Partial` update, so a protocol
/// that moves money accepts `Full` only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerificationLevel {
    /// Some signatures, possibly none.
    Partial {
        /// Signatures checked.
        num_signatures: u8,
    },
    /// At least two thirds of the guardians.
    Full,
}

/// A price of one feed at one time, as posted to a `PriceUpdateV2` account.
///
/// Prices and confidences are decimal: USD = value x 10^`exponent`. No field is checked for sense;
/// the `*_e9` methods check those that they convert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceUpdate {
    /// Who may overwrite or close the account. Says nothing about the price.
    pub write_authority: [u8; 32],
    /// How far the update's signatures were checked.
    pub verification_level: VerificationLevel,
    /// Which price this is, for example SOL/USD.
    pub feed_id: [u8; 32],
    /// Aggregate price.
    pub price: i64,
    /// Half-width of the interval around `price`, about one standard deviation of the publishers.
    pub conf: u64,
    /// Power of ten that scales both prices and both confidences; usually -8.
    pub exponent: i32,
    /// When Pyth published this price.
    pub publish_time_secs: i64,
    /// When Pyth published the price before this one. For any time `t` there is at most one update
    /// with `prev_publish_time_secs < t <= publish_time_secs`. Equal to `publish_time_secs` if the
    /// aggregation failed, and such an update is the one for no `t`.
    pub prev_publish_time_secs: i64,
    /// Pyth's own moving average of the price, over about an hour.
    pub ema_price: i64,
    /// Moving average of the confidence.
    pub ema_conf: u64,
    /// Solana slot in which the account was written. Later than the price, by any amount.
    pub posted_slot: u64,
}
