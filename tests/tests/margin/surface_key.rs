//! What the surface authority's key is worth to whoever steals it: it posts the worst slices that it may for a day, while trading
//! with a twin.

use tenor_margin::instructions::PostSurfaceArgs;
use tenor_math::quantity::{E9, Price};
use tenor_testkit::action::{PostSurface, Quote, SettleAccount, SettleChain, Trade, Withdraw};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::{FIRST_EXPIRY, surface_authority};
use tenor_testkit::{Actor, ChainOf, Feed, Instrument, SOL, USDC, World, hours, usd, usdc, weeks};

/// What the attacker and its twin bring each.
const STAKE: u64 = usdc(20_000);

struct Drill {
    world: World,
    near: ChainOf,
    far: ChainOf,
    attacker: Actor,
    twin: Actor,
    /// Short an option of each chain, with 1.2 times its initial requirement, and whoever bought them.
    careful: [Actor; 2],
    buyer: Actor,
    /// Posts, trades and withdrawals that landed.
    landed: [u32; 3],
}

/// Where the authority pushes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Push {
    Up,
    Down,
}

impl Drill {
    fn new() -> Self {
        let mut world = World::new();
        let strikes = [100, 150, 180, 200, 220, 250, 400];
        let near = world.list_chain(SOL, FIRST_EXPIRY, &strikes);
        let far = world.list_chain(SOL, FIRST_EXPIRY + weeks(7), &strikes);
        let [attacker, twin] = ["attacker", "twin"].map(|name| world.trader(name, &[(USDC, STAKE)]));
        let buyer = world.trader("buyer", &[(USDC, usdc(50_000))]);
        let careful = ["careful", "patient"].map(|name| world.trader(name, &[(USDC, usdc(50_000))]));
        for (writer, option) in careful.iter().zip([near.call(200), far.call(200)]) {
            world.trade_at_mark(&buyer, writer, option, 1_000);
            keep_a_fifth_more_than_required(&mut world, writer);
        }
        Self {
            world,
            near,
            far,
            attacker,
            twin,
            careful,
            buyer,
            landed: [0; 3],
        }
    }

    /// Every number as far as it may go, in ever smaller steps until nothing is accepted, far first when rising.
    fn push(&mut self, push: Push) {
        let chains = match push {
            Push::Up => [self.far, self.near],
            Push::Down => [self.near, self.far],
        };
        for permille in [199, 150, 100, 70, 40, 20, 10, 5] {
            for chain in chains {
                while self.step(chain, push, permille) {}
            }
        }
        for chain in chains {
            self.world.refresh_chain(chain);
        }
    }

    /// One post: volatility by so much, forward and discount by as much as they may in a post.
    fn step(&mut self, chain: ChainOf, push: Push, permille: u64) -> bool {
        let (picture, now) = (self.world.picture(), self.world.now());
        let stored = picture.chain(chain).chain;
        let (factor, carry) = match push {
            Push::Up => (1_000 + permille, E9 + 4_900 * permille.min(100) * 10),
            Push::Down => (1_000 - permille, E9 - 4_900 * permille.min(100) * 10),
        };
        let seconds = |at: i64| u128::from((chain.expiry - at).unsigned_abs());
        let theta = u128::from(stored.theta_e12) * seconds(now) / seconds(stored.slice_posted_at);
        let theta_e12 = u64::try_from(theta * u128::from(factor * factor) / 1_000_000).unwrap();
        let psi_e12 = u64::try_from((u128::from(theta_e12) * 1_000_000_000_000).isqrt() / 2).unwrap();
        let moved = |e9: u64| u64::try_from(u128::from(e9) * u128::from(carry) / u128::from(E9)).unwrap();
        // Forward and discount go along where they may, else volatility alone.
        [moved(stored.forward_ratio_e9), stored.forward_ratio_e9]
            .into_iter()
            .any(|forward_ratio_e9| {
                let args = PostSurfaceArgs {
                    theta_e12,
                    rho_e12: stored.rho_e12,
                    psi_e12,
                    forward_ratio_e9,
                    discount_e9: stored.discount_e9,
                };
                let post = PostSurface {
                    authority: &surface_authority(),
                    chain,
                    args,
                };
                let is_accepted = self.world.send(post).is_ok();
                self.landed[0] += u32::from(is_accepted);
                is_accepted
            })
    }

    /// The attacker and its twin trade whatever they can at the end of the band that favours the first.
    fn trade_with_twin(&mut self, push: Push) {
        for chain in [self.near, self.far] {
            for strike in [100, 200, 400] {
                for option in [chain.call(strike), chain.put(strike)] {
                    for lots in [1_000, 200, 30] {
                        // It buys what will rise and sells back what will fall, always too cheap or too dear.
                        let lots = if push == Push::Up { lots } else { -lots };
                        let price = self.band_end(option, lots);
                        let quotes = vec![Quote { option, lots, price }];
                        let trade = Trade {
                            buyer: &self.attacker,
                            seller: &self.twin,
                            quotes,
                        };
                        if self.world.send(trade).is_ok() {
                            self.landed[1] += 1;
                            break;
                        }
                    }
                }
            }
        }
    }

    fn band_end(&self, option: Instrument, lots: i64) -> Price {
        let mark = self.world.picture().mark(option).e9();
        // A fifth of the mark or two dollars, less what rounding may cost.
        let band = (mark / 5).max(2 * E9) / 100 * 99;
        Price::from_e9(if lots > 0 {
            mark.saturating_sub(band)
        } else {
            mark + band
        })
    }

    /// Whoever of the two can takes out whatever the rule lets go.
    fn take_out(&mut self) {
        for owner in [self.attacker.clone(), self.twin.clone()] {
            let mut atoms = u64::try_from(self.world.picture().balance(&owner, USDC)).unwrap_or(0);
            while atoms > 1_000 {
                let withdraw = Withdraw {
                    owner: &owner,
                    asset: USDC,
                    atoms,
                };
                if self.world.send(withdraw).is_ok() {
                    self.landed[2] += 1;
                } else {
                    atoms /= 2;
                }
                atoms = atoms.min(u64::try_from(self.world.picture().balance(&owner, USDC)).unwrap_or(0));
            }
        }
    }

    fn taken(&self) -> u64 {
        self.world.tokens(&self.attacker.wallet(USDC)) + self.world.tokens(&self.twin.wallet(USDC))
    }

    fn everybody(&self) -> Vec<Actor> {
        let [careful, patient] = self.careful.clone();
        vec![
            self.attacker.clone(),
            self.twin.clone(),
            careful,
            patient,
            self.buyer.clone(),
        ]
    }

    /// Both chains settle at one price, and all are paid and take out what they have.
    fn wind_up(&mut self, dollars: u64) {
        for chain in [self.near, self.far] {
            self.world.set_time(chain.expiry);
            self.world
                .write_feed(SOL.feed(), &Feed::of(SOL, usd(dollars), chain.expiry));
            self.world.land(SettleChain {
                chain,
                feed: SOL.feed(),
            });
            for of in self.everybody() {
                // Those without positions there have nothing to settle.
                let _ = self.world.send(SettleAccount { chain, of: &of });
            }
        }
        self.world.set_price(SOL, usd(dollars));
        for owner in self.everybody() {
            let left = self.world.picture().balance(&owner, USDC);
            assert!(left >= 0, "{} owes {left} atoms that the house lost", owner.name());
            if let Ok(atoms @ 1..) = u64::try_from(left) {
                self.world.land(Withdraw {
                    owner: &owner,
                    asset: USDC,
                    atoms,
                });
            }
        }
    }
}

/// Takes out all but 1.2 times the initial requirement.
fn keep_a_fifth_more_than_required(world: &mut World, owner: &Actor) {
    let health = world.picture().action_health(owner);
    let excess = (health.equity.e9() - health.initial.e9() / 5 * 6) / 1_000;
    world.land(Withdraw {
        owner,
        asset: USDC,
        atoms: u64::try_from(excess).expect("more than enough"),
    });
}

/// A day of hours: pushes in the pattern, trades, withdrawals; then everything winds up at the one price.
fn a_day_of_the_worst(pattern: impl Fn(i64) -> Push) -> Drill {
    let mut drill = Drill::new();
    for hour in 0..24 {
        drill.world.advance(hours(1));
        drill.world.set_price(SOL, usd(200));
        let push = pattern(hour);
        drill.push(push);
        drill.trade_with_twin(push);
        // In the middle of the day and at its end, for what is out can trade no more.
        if hour == 11 || hour >= 20 {
            drill.take_out();
        }
        let taken = drill.taken();
        assert!(taken <= 2 * STAKE, "{taken} atoms after hour {hour}");
        assert_adds_up(&drill.world);
    }
    let [posts, trades, withdrawals] = drill.landed;
    assert!(
        posts > 10 && trades > 30 && withdrawals > 1,
        "a drill of {:?}",
        drill.landed
    );
    drill
}

#[track_caller]
fn assert_nothing_was_extracted(mut drill: Drill) {
    drill.wind_up(200);
    let taken = drill.taken();
    assert!(
        taken <= 2 * STAKE,
        "attacker and twin brought {} and took {taken}",
        2 * STAKE
    );
    assert_adds_up(&drill.world);
    // All that is left is rounding.
    let left = drill.world.tokens(&drill.world.picture().collateral(USDC).vault);
    assert!(left <= 20, "{left} atoms are left");
}

#[test]
fn rising_slices_for_a_day_extract_nothing() {
    assert_nothing_was_extracted(a_day_of_the_worst(|_| Push::Up));
}

#[test]
fn falling_slices_for_a_day_extract_nothing() {
    assert_nothing_was_extracted(a_day_of_the_worst(|_| Push::Down));
}

#[test]
fn slices_up_and_down_extract_nothing() {
    let pattern = |hour| if hour / 2 % 2 == 0 { Push::Up } else { Push::Down };
    assert_nothing_was_extracted(a_day_of_the_worst(pattern));
}

#[test]
fn an_account_with_a_fifth_more_than_required_lasts_a_day_in_the_week_and_an_hour_in_the_seventh() {
    let mut drill = Drill::new();
    for hour in 0..24 {
        drill.world.advance(hours(1));
        drill.world.set_price(SOL, usd(200));
        drill.push(Push::Up);
        let picture = drill.world.picture();
        let is_unhealthy = |actor: &Actor| picture.health(actor).is_certainly_unhealthy().unwrap();
        assert!(!is_unhealthy(&drill.careful[0]), "options of the week, hour {hour}");
        assert!(
            hour > 0 || !is_unhealthy(&drill.careful[1]),
            "options of seven weeks, the first hour"
        );
    }
}
