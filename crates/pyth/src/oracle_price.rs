//! One price for both kinds of account.

use crate::fixed_point::positive_e9;
use crate::{PriceUpdate, PushPrice, PythError, to_e9_ceil};

/// A price of either oracle in e9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OraclePrice {
    /// The price, rounded down; at least 1.
    pub price_e9: u64,
    /// Half-width of the interval around it, rounded up.
    pub conf_e9: u64,
    /// When it was published.
    pub publish_time_secs: i64,
    /// When the feed's price before it was published, if the account proves that nothing came between the two. Only a pull
    /// update does; see [`PriceUpdate::prev_publish_time_secs`].
    pub prev_publish_time_secs: Option<i64>,
}

impl PriceUpdate {
    /// The update's price.
    ///
    /// # Errors
    /// As [`PriceUpdate::price_e9`] and [`PriceUpdate::conf_e9`].
    pub fn oracle_price(&self) -> Result<OraclePrice, PythError> {
        Ok(OraclePrice {
            price_e9: self.price_e9()?,
            conf_e9: self.conf_e9()?,
            publish_time_secs: self.publish_time_secs,
            prev_publish_time_secs: Some(self.prev_publish_time_secs),
        })
    }
}

impl PushPrice {
    /// The newest price that was trading; see [`PushPrice::last_traded`].
    ///
    /// # Errors
    /// [`PythError::NotPositive`] also before the first price and if a positive price rounds to zero;
    /// [`PythError::ExponentOutOfRange`]; [`PythError::Overflow`].
    pub fn oracle_price(&self) -> Result<OraclePrice, PythError> {
        let traded = self.last_traded();
        Ok(OraclePrice {
            price_e9: positive_e9(traded.price, self.exponent)?,
            conf_e9: to_e9_ceil(traded.conf, self.exponent)?,
            publish_time_secs: traded.publish_time_secs,
            prev_publish_time_secs: None,
        })
    }
}
