//! Black's formula for an option on a forward.

/// Call or put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The right to buy.
    Call,
    /// The right to sell.
    Put,
}

/// A European option on one unit of a forward.
#[derive(Clone, Copy, Debug)]
pub struct Option76 {
    /// Call or put.
    pub kind: Kind,
    /// Forward price.
    pub forward: f64,
    /// Strike price.
    pub strike: f64,
    /// Total variance, sigma^2 T.
    pub variance: f64,
}

/// The normal distribution's lower tail.
fn normal(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

impl Option76 {
    /// Value at expiry terms, undiscounted. Source: F. Black, "The pricing of commodity contracts" (1976).
    pub fn value(&self) -> f64 {
        let (forward, strike) = (self.forward, self.strike);
        if self.variance <= 0.0 {
            return self.payoff(forward);
        }
        let (d1, d2) = self.d1_d2();
        match self.kind {
            Kind::Call => forward * normal(d1) - strike * normal(d2),
            Kind::Put => strike * normal(-d2) - forward * normal(-d1),
        }
    }

    /// Derivative of the undiscounted value by the forward.
    pub fn delta(&self) -> f64 {
        if self.variance <= 0.0 {
            return match self.kind {
                Kind::Call => f64::from(u8::from(self.forward > self.strike)),
                Kind::Put => -f64::from(u8::from(self.forward < self.strike)),
            };
        }
        let (d1, _) = self.d1_d2();
        match self.kind {
            Kind::Call => normal(d1),
            Kind::Put => -normal(-d1),
        }
    }

    /// What it pays at a price of the underlying.
    pub fn payoff(&self, price: f64) -> f64 {
        match self.kind {
            Kind::Call => (price - self.strike).max(0.0),
            Kind::Put => (self.strike - price).max(0.0),
        }
    }

    fn d1_d2(&self) -> (f64, f64) {
        let deviation = libm::sqrt(self.variance);
        let d1 = libm::log(self.forward / self.strike) / deviation + deviation / 2.0;
        (d1, d1 - deviation)
    }
}
