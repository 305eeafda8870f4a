//! Which parts of the requirement apply.

/// Parts of the requirement that can be switched.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The price's interval also holds the slow average.
    pub average_widens: bool,
    /// Holding much of a strike's open interest costs.
    pub concentration: Option<Concentration>,
    /// No underlying asks for more than its book can lose until its last expiry.
    pub greatest_loss_caps: bool,
}

/// What holding much of a strike's open interest costs: initial requirement alone.
#[derive(Clone, Copy, Debug)]
pub struct Concentration {
    /// Part of a strike's open interest that costs nothing.
    pub free_share: f64,
    /// Lots that cost nothing whatever the open interest is.
    pub free_lots: f64,
    /// Charge per lot above it, as a fraction of spot.
    pub rate: f64,
}

impl Rules {
    /// Those that the program applies.
    pub const OF_THE_PROGRAM: Self = Self {
        average_widens: true,
        concentration: Some(Concentration {
            free_share: 0.25,
            free_lots: 1_000.0,
            rate: 0.01,
        }),
        greatest_loss_caps: true,
    };
}
