//! The attacker, its twin, and the others.

use super::push::{Dimension, Push, Terms, push_all};
use solana_account::AccountSharedData;
use tenor_margin::params::FeeModel;
use tenor_math::quantity::{E9, Price};
use tenor_testkit::action::{Deposit, Quote, Trade, Withdraw};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::FIRST_EXPIRY;
use tenor_testkit::{Actor, ChainOf, Instrument, SOL, USDC, World, hours, usd, usdc, weeks};

/// What the attacker and its twin bring each.
pub const STAKE: u64 = usdc(20_000);

/// An option and how many lots of it a book has, negative if short.
pub type Leg = (Instrument, i64);

/// What the drill did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    posts: u32,
    bought: u32,
    sold: u32,
    withdrawals_tried: u32,
    withdrawals: u32,
    most_taken: u64,
}

pub struct Drill {
    pub world: World,
    pub near: ChainOf,
    pub far: ChainOf,
    attacker: Actor,
    twin: Actor,
    /// Who holds what they held before the key was stolen: three that wrote and one that bought.
    others: Vec<Actor>,
    /// Terms of both slices at their lowest and highest.
    reach: [[Terms; 2]; 2],
    /// Both slices before the key was stolen.
    first: [Terms; 2],
    pub counts: Counts,
}

/// A house without fees, which would only cost the attacker, and two chains.
pub fn stage() -> (World, [ChainOf; 2]) {
    let mut world = World::new();
    world.edit_house(|house| {
        house.fees = FeeModel {
            taker_e9: 0,
            maker_e9: 0,
            cap_e9: 0,
            ..house.fees
        };
    });
    let strikes = [100, 150, 180, 200, 220, 250, 400];
    let near = world.list_chain(SOL, FIRST_EXPIRY, &strikes);
    let far = world.list_chain(SOL, FIRST_EXPIRY + weeks(7), &strikes);
    (world, [near, far])
}

/// `buyer` takes a book from its writer at the marks.
pub fn trade_at_marks(world: &mut World, buyer: &Actor, seller: &Actor, book: &[Leg]) {
    let picture = world.picture();
    let quote = |(option, lots): &Leg| Quote {
        option: *option,
        lots: *lots,
        price: picture.mark(*option),
    };
    let quotes = book.iter().map(quote).collect();
    world.land(Trade { buyer, seller, quotes });
}

impl Drill {
    pub fn new() -> Self {
        let (mut world, [near, far]) = stage();
        let [attacker, twin] = ["attacker", "twin"].map(|name| world.trader(name, &[(USDC, STAKE)]));
        let buyer = world.trader("buyer", &[(USDC, usdc(100_000))]);
        let mut others = vec![buyer.clone()];
        for (name, option) in [
            ("of calls", near.call(200)),
            ("of puts", far.put(180)),
            ("of far calls", far.call(220)),
        ] {
            let writer = world.trader(name, &[(USDC, usdc(100_000))]);
            trade_at_marks(&mut world, &buyer, &writer, &[(option, 2_000)]);
            others.push(writer);
        }
        let terms = [near, far].map(|chain| Terms::of(&world, chain));
        Self {
            world,
            near,
            far,
            attacker,
            twin,
            others,
            reach: [terms, terms],
            first: terms,
            counts: Counts::default(),
        }
    }

    pub fn begin_hour(&mut self) {
        self.world.advance(hours(1));
        self.world.set_price(SOL, usd(200));
        for chain in [self.near, self.far] {
            self.world.refresh_chain(chain);
        }
    }

    /// Every number as far as it may go.
    pub fn push(&mut self, push: Push) {
        self.counts.posts += push_all(&mut self.world, [self.near, self.far], push, &Dimension::ALL);
        for (place, chain) in [self.near, self.far].into_iter().enumerate() {
            let now = Terms::of(&self.world, chain);
            let [low, high] = &mut self.reach;
            for (reach, better) in [
                (&mut low[place], u64::min as fn(u64, u64) -> u64),
                (&mut high[place], u64::max),
            ] {
                reach.variance_e12 = better(reach.variance_e12, now.variance_e12);
                reach.slope_e9 = better(reach.slope_e9, now.slope_e9);
                reach.forward_ratio_e9 = better(reach.forward_ratio_e9, now.forward_ratio_e9);
                reach.discount_e9 = better(reach.discount_e9, now.discount_e9);
            }
            low[place].rho_e12 = low[place].rho_e12.min(now.rho_e12);
            high[place].rho_e12 = high[place].rho_e12.max(now.rho_e12);
        }
    }

    /// Calls, puts, at and far from the money, short and long dated, spreads over strikes and over time.
    fn books(&self) -> Vec<Vec<Leg>> {
        let (near, far) = (self.near, self.far);
        vec![
            vec![(near.call(200), 1)],
            vec![(far.call(200), 1)],
            vec![(near.put(200), 1)],
            vec![(far.put(200), 1)],
            vec![(far.call(100), 1)],
            vec![(far.put(400), 1)],
            vec![(far.call(400), 1)],
            vec![(near.put(100), 1)],
            vec![(near.call(180), 1), (near.call(220), -1)],
            vec![(far.put(200), 1), (far.put(150), -1)],
            vec![(far.call(200), 1), (near.call(200), -1)],
            vec![(far.call(250), 1), (far.put(150), -1)],
            vec![(far.call(200), 1), (far.put(200), 1)],
        ]
    }

    /// The attacker takes what the push will raise.
    pub fn trade_ahead_of(&mut self, push: Push) {
        self.trade_books(push.volatility);
    }

    /// It gives back what the push has raised.
    pub fn trade_after(&mut self, push: Push) {
        self.trade_books(!push.volatility);
    }

    /// Every book in the largest size that the twin can take, too cheap or too dear as far as the band goes.
    fn trade_books(&mut self, buys: bool) {
        for book in self.books() {
            for size in [10_000, 2_000, 300, 30] {
                let size = if buys { size } else { -size };
                let quotes = book
                    .iter()
                    .map(|(option, lots)| Quote {
                        option: *option,
                        lots: lots * size,
                        price: self.band_end(*option, lots * size),
                    })
                    .collect();
                let trade = Trade {
                    buyer: &self.attacker,
                    seller: &self.twin,
                    quotes,
                };
                if self.world.send(trade).is_ok() {
                    let count = if buys {
                        &mut self.counts.bought
                    } else {
                        &mut self.counts.sold
                    };
                    *count += 1;
                    break;
                }
            }
        }
    }

    /// A fifth of the mark or two dollars from it, less what rounding may cost, in favour of the attacker.
    fn band_end(&self, option: Instrument, lots: i64) -> Price {
        let mark = self.world.picture().mark(option).e9();
        let band = (mark / 5).max(2 * E9) / 100 * 99;
        Price::from_e9(if lots > 0 {
            mark.saturating_sub(band)
        } else {
            mark + band
        })
    }

    /// Both take out whatever the rule lets go, and bring it back to go on; at the end of the day they keep it.
    pub fn take_out_and_bring_back(&mut self, hour: u32) {
        for owner in [self.attacker.clone(), self.twin.clone()] {
            self.take_out(&owner);
        }
        let taken = self.taken();
        self.counts.most_taken = self.counts.most_taken.max(taken);
        assert!(taken <= 2 * STAKE, "{taken} atoms after hour {hour}");
        assert_adds_up(&self.world);
        if hour < 23 {
            for owner in [self.attacker.clone(), self.twin.clone()] {
                let atoms = self.world.tokens(&owner.wallet(USDC));
                if atoms > 0 {
                    self.world.land(Deposit {
                        depositor: &owner,
                        to: &owner,
                        asset: USDC,
                        atoms,
                    });
                }
            }
        }
    }

    /// In halves down to a dollar, from twice the stake: cash may end below zero where the rule allows it.
    fn take_out(&mut self, owner: &Actor) {
        let mut atoms = 2 * STAKE;
        while atoms > usdc(1) {
            self.counts.withdrawals_tried += 1;
            let withdraw = Withdraw {
                owner,
                asset: USDC,
                atoms,
            };
            if self.world.send(withdraw).is_ok() {
                self.counts.withdrawals += 1;
            } else {
                atoms /= 2;
            }
        }
    }

    pub fn taken(&self) -> u64 {
        self.world.tokens(&self.attacker.wallet(USDC)) + self.world.tokens(&self.twin.wallet(USDC))
    }

    /// Accounts of those who do nothing, byte by byte.
    pub fn others_accounts(&self) -> Vec<Option<AccountSharedData>> {
        let of = |actor: &Actor| self.world.account(&actor.account());
        self.others.iter().map(of).collect()
    }

    pub fn assert_it_did_much(&self) {
        let Counts {
            posts,
            bought,
            sold,
            withdrawals_tried,
            withdrawals,
            most_taken,
        } = self.counts;
        assert!(posts >= 30, "{posts} posts");
        assert!(bought >= 12 && sold >= 12, "{bought} bought, {sold} sold");
        assert!(
            withdrawals_tried >= 24 * 20 && withdrawals >= 24,
            "{withdrawals} of {withdrawals_tried} withdrawals"
        );
        assert!(most_taken >= STAKE / 2, "at most {most_taken} were out");
        for place in 0..2 {
            let [low, high] = [&self.reach[0][place], &self.reach[1][place]];
            // Volatility to at least 1.4 times its least: variance to twice. Carry by at least half a percent, rho by 0.3.
            assert!(high.variance_e12 >= 2 * low.variance_e12, "{low:?} {high:?}");
            assert!(
                high.forward_ratio_e9 - low.forward_ratio_e9 >= E9 / 200,
                "{low:?} {high:?}"
            );
            assert!(high.rho_e12 - low.rho_e12 >= 300_000_000_000, "{low:?} {high:?}");
        }
    }

    /// The key is taken from the thief and the slices are put right: what the two accounts are worth then. Together with what they
    /// took out that is what they brought, so whatever one of them is short of is what the other has won from the house.
    pub fn put_right(&mut self) -> [i64; 2] {
        for (chain, posted) in [self.near, self.far].into_iter().zip(self.first) {
            let now = self.world.now();
            let args = posted.args(chain.expiry.abs_diff(now));
            self.world.edit_chain(chain, |header| {
                header.theta_e12 = args.theta_e12;
                header.rho_e12 = args.rho_e12;
                header.psi_e12 = args.psi_e12;
                header.forward_ratio_e9 = args.forward_ratio_e9;
                header.discount_e9 = args.discount_e9;
                header.slice_posted_at = now;
            });
            self.world.refresh_chain(chain);
        }
        let picture = self.world.picture();
        [&self.attacker, &self.twin].map(|owner| picture.health(owner).equity.e9() / 1_000)
    }
}
