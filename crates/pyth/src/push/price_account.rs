//! What a price account of the push oracle says.

/// What the aggregate's price is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceStatus {
    /// No price now, for a reason that is not known.
    Unknown,
    /// The price is good.
    Trading,
    /// Trading in the product has been halted.
    Halted,
    /// An auction is setting the price.
    Auction,
    /// The confidence interval is too wide; of a publisher's price, not of an aggregate.
    Ignored,
}

/// A price account of the push oracle.
///
/// Prices and confidences are decimal: USD = value x 10^`exponent`. No field is checked for sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PushPrice {
    /// Account that names what is priced.
    pub product: [u8; 32],
    /// Power of ten that scales prices and confidences.
    pub exponent: i32,
    /// Aggregate price; good only while `status` is [`PriceStatus::Trading`].
    pub price: i64,
    /// Half-width of the interval around `price`.
    pub conf: u64,
    /// What `price` is worth.
    pub status: PriceStatus,
    /// Slot of the aggregate.
    pub slot: u64,
    /// When the aggregate was computed, whatever its status.
    pub publish_time_secs: i64,
    /// Price of the last aggregate before this one that was trading.
    pub prev_price: i64,
    /// Its confidence.
    pub prev_conf: u64,
    /// Its slot.
    pub prev_slot: u64,
    /// Its time. Unlike a pull update's it does not bound the time that this price stands for: an aggregate is overwritten
    /// in the account, and none is kept.
    pub prev_publish_time_secs: i64,
}

/// A price at which the product traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastTraded {
    /// The price.
    pub price: i64,
    /// Half-width of the interval around it.
    pub conf: u64,
    /// When it was computed.
    pub publish_time_secs: i64,
}

impl PushPrice {
    /// The newest price that was trading: the aggregate if it is, else the previous one with its own time, which a check of
    /// ages then sees.
    #[must_use]
    pub const fn last_traded(&self) -> LastTraded {
        match self.status {
            PriceStatus::Trading => LastTraded {
                price: self.price,
                conf: self.conf,
                publish_time_secs: self.publish_time_secs,
            },
            PriceStatus::Unknown | PriceStatus::Halted | PriceStatus::Auction | PriceStatus::Ignored => LastTraded {
                price: self.prev_price,
                conf: self.prev_conf,
                publish_time_secs: self.prev_publish_time_secs,
            },
        }
    }
}

impl PriceStatus {
    pub(crate) const fn from_number(number: u32) -> Option<Self> {
        Some(match number {
            0 => Self::Unknown,
            1 => Self::Trading,
            2 => Self::Halted,
            3 => Self::Auction,
            4 => Self::Ignored,
            _ => return None,
        })
    }

    pub(crate) const fn number(self) -> u32 {
        match self {
            Self::Unknown => 0,
            Self::Trading => 1,
            Self::Halted => 2,
            Self::Auction => 3,
            Self::Ignored => 4,
        }
    }
}
