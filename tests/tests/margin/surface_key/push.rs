//! Slices pushed as far as they are accepted.

use tenor_margin::instructions::PostSurfaceArgs;
use tenor_math::quantity::{E9, SECONDS_PER_YEAR};
use tenor_testkit::action::PostSurface;
use tenor_testkit::world::surface_authority;
use tenor_testkit::{ChainOf, World};

const E12: u128 = 1_000_000_000_000;
/// Steps that are tried, thousandths of the number (of one for rho), the largest that a post may take first.
const STEPS: [i64; 6] = [199, 100, 50, 20, 8, 3];
/// Carry moves by so much less: at most half a percent a post.
const CARRY: i64 = 40;

/// Where each number of both slices is pushed: up if true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push {
    pub volatility: bool,
    /// The far slice's; [`Push::volatility`] is the near one's.
    pub far_volatility: bool,
    pub rho: bool,
    pub slope: bool,
    pub forward: bool,
    pub discount: bool,
}

impl Push {
    pub const UP: Self = Self {
        volatility: true,
        far_volatility: true,
        rho: true,
        slope: true,
        forward: true,
        discount: true,
    };
    /// The near slice up, the far one down: what no scenario does.
    pub const APART: Self = Self {
        far_volatility: false,
        ..Self::UP
    };
    pub const TOGETHER: Self = Self {
        far_volatility: true,
        ..Self::DOWN
    };
    pub const DOWN: Self = Self {
        volatility: false,
        far_volatility: false,
        rho: false,
        slope: false,
        forward: false,
        discount: false,
    };
}

/// One number of a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    Volatility,
    Rho,
    Slope,
    Forward,
    Discount,
}

impl Dimension {
    pub const ALL: [Self; 5] = [Self::Volatility, Self::Forward, Self::Discount, Self::Rho, Self::Slope];

    fn rises(self, push: Push, is_far: bool) -> bool {
        match self {
            Self::Volatility if is_far => push.far_volatility,
            Self::Volatility => push.volatility,
            Self::Rho => push.rho,
            Self::Slope => push.slope,
            Self::Forward => push.forward,
            Self::Discount => push.discount,
        }
    }
}

/// A slice in the numbers that steps are measured in.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Variance per year x 1e12.
    pub variance_e12: u64,
    pub rho_e12: i64,
    /// psi over the root of theta, x 1e9.
    pub slope_e9: u64,
    pub forward_ratio_e9: u64,
    pub discount_e9: u64,
}

impl Terms {
    pub fn of(world: &World, chain: ChainOf) -> Self {
        let stored = world.picture().chain(chain).chain;
        let seconds = chain.expiry.abs_diff(stored.slice_posted_at);
        let theta = u128::from(stored.theta_e12);
        let root = (theta * E12).isqrt();
        Self {
            variance_e12: (theta * u128::from(SECONDS_PER_YEAR) / u128::from(seconds))
                .try_into()
                .unwrap(),
            rho_e12: stored.rho_e12,
            slope_e9: (u128::from(stored.psi_e12) * u128::from(E9) / root).try_into().unwrap(),
            forward_ratio_e9: stored.forward_ratio_e9,
            discount_e9: stored.discount_e9,
        }
    }

    /// One number moved by so many thousandths.
    fn moved(mut self, dimension: Dimension, permille: i64) -> Self {
        let scaled = |value: u64, parts: i64, of: i64| {
            u64::try_from(i128::from(value) * i128::from(of + parts) / i128::from(of)).unwrap()
        };
        match dimension {
            Dimension::Volatility => {
                self.variance_e12 = scaled(scaled(self.variance_e12, permille, 1_000), permille, 1_000);
            }
            Dimension::Rho => self.rho_e12 += permille * 1_000_000_000,
            Dimension::Slope => self.slope_e9 = scaled(self.slope_e9, permille, 1_000),
            Dimension::Forward => self.forward_ratio_e9 = scaled(self.forward_ratio_e9, permille, 1_000 * CARRY),
            Dimension::Discount => self.discount_e9 = scaled(self.discount_e9, permille, 1_000 * CARRY).min(E9),
        }
        self
    }

    pub fn args(self, seconds: u64) -> PostSurfaceArgs {
        let theta = u128::from(self.variance_e12) * u128::from(seconds) / u128::from(SECONDS_PER_YEAR);
        let psi = (theta * E12).isqrt() * u128::from(self.slope_e9) / u128::from(E9);
        PostSurfaceArgs {
            theta_e12: theta.try_into().unwrap(),
            rho_e12: self.rho_e12,
            psi_e12: psi.try_into().unwrap(),
            forward_ratio_e9: self.forward_ratio_e9,
            discount_e9: self.discount_e9,
        }
    }
}

/// Each number of both slices as far as it may go, in ever smaller steps; returns how many posts landed. Rising slices go far
/// first and falling ones near first, or calendar order would stop them.
pub fn push_all(world: &mut World, [near, far]: [ChainOf; 2], push: Push, dimensions: &[Dimension]) -> u32 {
    let mut landed = 0;
    let chains = if push.far_volatility { [far, near] } else { [near, far] };
    for permille in STEPS {
        for dimension in dimensions {
            for chain in chains {
                let signed = if dimension.rises(push, chain == far) {
                    permille
                } else {
                    -permille
                };
                while step(world, chain, *dimension, signed) {
                    landed += 1;
                }
            }
        }
    }
    for chain in chains {
        world.refresh_chain(chain);
    }
    landed
}

fn step(world: &mut World, chain: ChainOf, dimension: Dimension, permille: i64) -> bool {
    let now = Terms::of(world, chain);
    let to = now.moved(dimension, permille);
    if dimension == Dimension::Discount && to.discount_e9 == now.discount_e9 {
        return false;
    }
    let args = to.args(chain.expiry.abs_diff(world.now()));
    let post = PostSurface {
        authority: &surface_authority(),
        chain,
        args,
    };
    world.send(post).is_ok()
}
