//! The attacker, its twin, and the others.

use super::push::{Dimension, Push, Terms, push_all};
use solana_account::AccountSharedData;
use tenor_margin::MarginError;
use tenor_margin::instructions::SetDelegateArgs;
use tenor_margin::params::FeeModel;
use tenor_margin::state::SurfaceAnchor;
use tenor_math::quantity::{E9, Price};
use tenor_testkit::action::{Deposit, LiquidateSlice, Quote, SetDelegate, Touch, Trade, Withdraw};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::FIRST_EXPIRY;
use tenor_testkit::{Actor, Call, ChainOf, Instrument, SOL, USDC, World, assert_fails_with, hours, usdc, weeks};

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
    slices: u32,
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
    /// Whether former slices are wiped out before marks are computed: the rule that is under test does not act.
    forgets: bool,
    /// Dollar cents that the price moves an hour.
    drift_cents: i64,
    price_e9: u64,
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

/// The same call, signed by a delegate in the place of the owner.
fn signed_for(mut call: Call, owner: &Actor, by: &Actor) -> Call {
    for meta in &mut call.instruction_mut().accounts {
        if meta.is_signer && meta.pubkey == owner.address() {
            meta.pubkey = by.address();
        }
    }
    call.signers.push(by.key());
    call
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
    pub fn new(drift_cents: i64, forgets: bool) -> Self {
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
        world.land(SetDelegate {
            owner: &twin,
            args: SetDelegateArgs {
                delegate: attacker.address(),
                max_daily_loss_e9: 1_000_000 * E9,
            },
        });
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
            forgets,
            drift_cents,
            price_e9: 200 * E9,
        }
    }

    pub fn begin_hour(&mut self) {
        self.world.advance(hours(1));
        self.price_e9 = self.price_e9.saturating_add_signed(self.drift_cents * 10_000_000);
        self.world.set_price(SOL, Price::from_e9(self.price_e9));
        self.forget_and_refresh();
    }

    fn forget_and_refresh(&mut self) {
        for chain in [self.near, self.far] {
            if self.forgets {
                self.world.edit_chain(chain, |header| {
                    let present = SurfaceAnchor::of_chain(header).unwrap();
                    (header.day_anchor, header.eve_anchor) = (present, present);
                });
            }
            self.world.refresh_chain(chain);
        }
    }

    /// Every number as far as it may go.
    pub fn push(&mut self, push: Push) {
        self.counts.posts += push_all(&mut self.world, [self.near, self.far], push, &Dimension::ALL);
        self.forget_and_refresh();
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
            // Neutral to the scenarios' volatilities and long gamma, for who is long the near one.
            vec![(far.call(200), 3), (near.call(200), -5)],
            vec![
                (far.call(200), 3),
                (far.put(200), 3),
                (near.call(200), -5),
                (near.put(200), -5),
            ],
        ]
    }

    /// The attacker takes what the push will raise.
    pub fn trade_ahead_of(&mut self, push: Push) {
        self.trade_books(push.far_volatility);
    }

    /// It gives back what the push has raised.
    pub fn trade_after(&mut self, push: Push) {
        self.trade_books(!push.far_volatility);
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
                let call = self.world.call(trade);
                let call = if size.abs() == 2_000 {
                    signed_for(call, &self.twin, &self.attacker)
                } else {
                    call
                };
                if self.world.send(&call).is_ok() {
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
        self.twins_fight();
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

    /// Nobody can liquidate the other at the house's cost, and a delegate takes nothing out.
    fn twins_fight(&mut self) {
        for (liquidator, of) in [(&self.attacker, &self.twin), (&self.twin, &self.attacker)] {
            let touched = self.world.send(Touch { of }).is_ok();
            let picture = self.world.picture();
            let slice = LiquidateSlice::largest(of, liquidator, &picture);
            self.counts.slices += u32::from(touched && self.world.send(slice).is_ok());
        }
        let call = self.world.call(Withdraw {
            owner: &self.twin,
            asset: USDC,
            atoms: 1,
        });
        let stolen = signed_for(call, &self.twin, &self.attacker);
        assert_fails_with(self.world.send(&stolen), MarginError::NotAccountAuthority);
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

    /// Accounts of those who do nothing and the insurance fund, byte by byte.
    pub fn others_accounts(&self) -> Vec<Option<AccountSharedData>> {
        let of = |actor: &Actor| self.world.account(&actor.account());
        let insurance = self.world.account(&tenor_sdk::address::insurance());
        self.others.iter().map(of).chain([insurance]).collect()
    }

    pub fn assert_it_did_much(&self) {
        let Counts {
            posts,
            bought,
            sold,
            withdrawals_tried,
            ..
        } = self.counts;
        assert!(posts >= 30, "{posts} posts");
        assert!(bought + sold >= 16, "{bought} bought, {sold} sold");
        assert!(withdrawals_tried >= 24 * 20, "{withdrawals_tried} withdrawals tried");
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

    /// Much was out at some time, or else accounts that never could withdraw prove nothing.
    pub fn assert_it_took_much_out(&self) {
        let Counts {
            withdrawals,
            most_taken,
            ..
        } = self.counts;
        assert!(withdrawals >= 24, "{withdrawals} withdrawals");
        assert!(most_taken >= STAKE / 2, "at most {most_taken} were out");
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
