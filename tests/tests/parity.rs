//! What the SDK computes on a client equals what the program computes on chain, bit for bit.

use bytemuck::bytes_of;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use solana_account::{ReadableAccount, WritableAccount};
use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;
use std::mem::size_of;
use tenor_margin::event::LiquidationTouched;
use tenor_margin::instructions::PostSurfaceArgs;
use tenor_margin::risk::Freshness;
use tenor_margin::state::{ChainSlot, MarginAccount, Position};
use tenor_margin::valuation::ChainValuation;
use tenor_math::quantity::{Price, UnixSeconds};
use tenor_math::risk::WithdrawalCheck;
use tenor_sdk::SdkError;
use tenor_sdk::decode::AccountData;
use tenor_sdk::error::error_code;
use tenor_testkit::action::{OpenAccount, RefreshRisk, Touch, Withdraw};
use tenor_testkit::world::{FIRST_EXPIRY, anyone};
use tenor_testkit::{Actor, BTC, ChainOf, Feed, Outcome, SOL, USDC, World, usdc, weeks};

/// Where an account's positions begin: discriminator, header, their number, padding.
const COUNT_AT: usize = 8 + size_of::<MarginAccount>();
const POSITIONS_AT: usize = (COUNT_AT + 4).next_multiple_of(8);

#[test]
fn risk_arrays_on_chain_equal_those_on_the_host() {
    let mut rng = StdRng::seed_from_u64(1);
    let mut world = World::new();
    let near = [100, 110, 130, 150, 180, 195, 200, 205, 220, 250, 300, 400];
    let far = [80, 100, 120, 140, 150, 180, 200, 210, 250, 300, 400, 600];
    let chains: Vec<ChainOf> = [(0, near), (1, near), (7, near), (24, far)]
        .map(|(week, strikes)| world.list_chain(SOL, FIRST_EXPIRY + weeks(week), &strikes))
        .into();
    let mut compared = 0;
    for round in 0..40 {
        let chain = chains[round % chains.len()];
        // Up to the last seconds of the first chain; at least one, as a second has one price.
        let step = if round < 36 { rng.random_range(1..7_000) } else { 1 };
        world.advance(step);
        // Feeds have eight decimals.
        let spot = Price::from_e9(10 * rng.random_range(6_000_000_000..70_000_000_000));
        world.write_feed(SOL.feed(), &Feed::of(SOL, spot, world.now()));
        world.land(tenor_testkit::action::UpdatePrice {
            asset: SOL,
            feed: SOL.feed(),
        });
        let args = PostSurfaceArgs {
            rho_e12: rng.random_range(-500_000_000_000..500_000_000_000),
            forward_ratio_e9: rng.random_range(950_000_000..1_050_000_000),
            discount_e9: rng.random_range(950_000_000..=1_000_000_000),
            ..chain.slice(rng.random_range(6..300), world.now())
        };
        // Slices from all over: no authority could take such steps.
        let now = world.now();
        world.edit_chain(chain, |header| {
            header.theta_e12 = args.theta_e12;
            header.rho_e12 = args.rho_e12;
            header.psi_e12 = args.psi_e12;
            header.forward_ratio_e9 = args.forward_ratio_e9;
            header.discount_e9 = args.discount_e9;
            (header.slice_posted_at, header.slice_number) = (now, header.slice_number + 1);
        });
        // Some time passes between slice and refresh: variance decays.
        world.advance(rng.random_range(0..20));
        world.refresh_chain(chain);

        let picture = world.picture();
        let data = picture.chain(chain);
        let now = UnixSeconds::new(world.now());
        let valuation = ChainValuation::new(&data.chain, picture.underlying(SOL), now).unwrap();
        for stored in &data.strikes {
            let mut computed = *stored;
            valuation.refresh(&mut computed, now, stored.reference_slot).unwrap();
            assert_eq!(*stored, computed, "round {round}");
            compared += 1;
        }
    }
    assert_eq!(compared, 40 * 12);
}

/// Three chains on two underlyings and an account whose contents each round rewrites.
struct Portfolios {
    world: World,
    rng: StdRng,
    chains: [ChainOf; 3],
    actor: Actor,
}

impl Portfolios {
    fn new(seed: u64) -> Self {
        let mut world = World::new();
        let chains = [
            world.list_chain(SOL, FIRST_EXPIRY, &[140, 170, 190, 200, 210, 230, 260]),
            world.list_chain(SOL, FIRST_EXPIRY + weeks(4), &[100, 150, 200, 250, 300, 400]),
            world.list_chain(
                BTC,
                FIRST_EXPIRY + weeks(1),
                &[80_000, 90_000, 100_000, 110_000, 120_000],
            ),
        ];
        let actor = world.visitor("anybody");
        world.land(OpenAccount {
            payer: &anyone(),
            owner: &actor,
            capacity: 64,
        });
        // Others' money, so that the vault can pay.
        world.trader("banker", &[(USDC, usdc(1_000_000))]);
        Self {
            world,
            rng: StdRng::seed_from_u64(seed),
            chains,
            actor,
        }
    }

    /// Prices move a little from where the arrays were computed, and with another certainty.
    fn move_prices(&mut self) {
        self.world.advance(1);
        for asset in [SOL, BTC] {
            let first = asset.first_price_usd * 1_000_000;
            let spot = Price::from_e9(first * self.rng.random_range(995..=1_005));
            let conf = spot.e9() / 10 / 10_000 * self.rng.random_range(0..100);
            let feed = Feed::of(asset, spot, self.world.now()).but(|update| update.conf = conf);
            self.world.write_feed(asset.feed(), &feed);
            self.world.land(tenor_testkit::action::UpdatePrice {
                asset,
                feed: asset.feed(),
            });
        }
    }

    fn lots(&mut self) -> i64 {
        let size = 10_i64.pow(self.rng.random_range(0..8));
        if self.rng.random_ratio(1, 3) {
            0
        } else {
            self.rng.random_range(-size..=size)
        }
    }

    /// Writes a random portfolio into the account, with an auction that runs so that a touch reports its health.
    fn rewrite(&mut self) -> AccountData {
        let picture = self.world.picture();
        let mut account = picture.account(&self.actor).account;
        account.cash_atoms = self.rng.random_range(-5_000_000_000_000..5_000_000_000_000);
        account.balances_atoms = [0; 16];
        for index in [1, 2] {
            if self.rng.random() {
                account.balances_atoms[index] = self.rng.random_range(0..1_000_000_000_000);
            }
        }
        account.chains = bytemuck::Zeroable::zeroed();
        (account.liquidation.active, account.liquidation.touched_at) = (1, self.world.now());
        let mut positions = Vec::new();
        for (place, chain) in (0_u8..).zip(self.chains) {
            let data = picture.chain(chain);
            let before = positions.len();
            for strike_slot in 0..u16::try_from(data.strikes.len()).unwrap() {
                let held = Position {
                    chain_slot: place,
                    strike_slot,
                    call_lots: self.lots(),
                    put_lots: self.lots(),
                    ..Position::default()
                };
                if self.rng.random_ratio(2, 3) && !held.is_flat() {
                    positions.push(held);
                }
            }
            account.chains[usize::from(place)] = ChainSlot {
                chain: chain.address(),
                positions: u32::try_from(positions.len() - before).unwrap(),
                underlying_index: data.chain.underlying_index,
                ..bytemuck::Zeroable::zeroed()
            };
        }
        let data = AccountData { account, positions };
        self.write(&data);
        data
    }

    fn write(&mut self, data: &AccountData) {
        let mut stored = self.world.account(&self.actor.account()).unwrap();
        let bytes = stored.data_as_mut_slice();
        bytes[8..COUNT_AT].copy_from_slice(bytes_of(&data.account));
        bytes[COUNT_AT..COUNT_AT + 4].copy_from_slice(&u32::try_from(data.positions.len()).unwrap().to_le_bytes());
        let positions = bytemuck::cast_slice::<Position, u8>(&data.positions);
        bytes[POSITIONS_AT..POSITIONS_AT + positions.len()].copy_from_slice(positions);
        assert_eq!(
            stored.data().len(),
            self.world.account(&self.actor.account()).unwrap().data().len()
        );
        self.world.set_account(self.actor.account(), stored);
        assert_eq!(self.world.picture().account(&self.actor), data);
    }
}

/// The program's refusal equals the SDK's.
#[track_caller]
fn assert_same_refusal(outcome: Outcome, error: &SdkError) {
    let SdkError::Margin(error) = error else {
        panic!("{error}")
    };
    let refusal = outcome.expect_err("the SDK says that the program would refuse");
    let TransactionError::InstructionError(_, found) = refusal.error else {
        panic!("{:?}", refusal.error)
    };
    assert_eq!(found, InstructionError::Custom(error_code(*error)));
}

#[test]
fn health_on_chain_equals_the_sdks() {
    let mut portfolios = Portfolios::new(2);
    let mut compared = 0;
    for round in 0..300 {
        if round % 10 == 0 {
            portfolios.move_prices();
        }
        let data = portfolios.rewrite();
        let picture = portfolios.world.picture();
        let freshness = Freshness::Liquidation(UnixSeconds::new(portfolios.world.now()));
        let local = picture.market.health(&data, freshness);
        let outcome = portfolios.world.send(Touch { of: &portfolios.actor });
        match local {
            Ok(health) => {
                let event: LiquidationTouched = tenor_testkit::assert_lands(outcome).event();
                let on_chain = (event.equity_e9, event.maintenance_e9);
                assert_eq!(on_chain, (health.equity.e9(), health.maintenance.e9()), "round {round}");
                compared += 1;
            }
            Err(error) => assert_same_refusal(outcome, &error),
        }
    }
    assert!(compared > 250, "only {compared} portfolios could be compared");
}

#[test]
fn the_withdrawal_rule_on_chain_equals_the_sdks() {
    let mut portfolios = Portfolios::new(3);
    let (mut passed, mut refused) = (0, 0);
    for round in 0..300 {
        if round % 10 == 0 {
            portfolios.move_prices();
        }
        let mut data = portfolios.rewrite();
        data.account.cash_atoms = data.account.cash_atoms.abs() + 1;
        portfolios.write(&data);
        let picture = portfolios.world.picture();
        let freshness = Freshness::Action(UnixSeconds::new(portfolios.world.now()));
        // The rule holds for the account as it is afterwards; take what is free to the atom, or one atom.
        let Ok(health) = picture.market.health(&data, freshness) else {
            continue;
        };
        let free = u64::try_from(health.withdrawable.e9() / 1_000).unwrap_or(0);
        let atoms = free.clamp(1, usdc(1_000).min(data.account.cash_atoms.unsigned_abs())) + round % 2;
        let mut after = data.clone();
        after.account.cash_atoms -= i64::try_from(atoms).unwrap();
        let verdict = picture.market.health(&after, freshness).unwrap().withdrawal().unwrap();

        let outcome = portfolios.world.send(Withdraw {
            owner: &portfolios.actor,
            asset: USDC,
            atoms,
        });
        if verdict == WithdrawalCheck::Passes && after.account.cash_atoms >= 0 {
            tenor_testkit::assert_lands(outcome);
            passed += 1;
        } else {
            let error = if after.account.cash_atoms < 0 {
                tenor_margin::MarginError::InsufficientBalance
            } else {
                tenor_margin::MarginError::WithdrawalTooLarge
            };
            tenor_testkit::assert_fails_with(outcome, error);
            refused += 1;
        }
    }
    assert!(passed > 20 && refused > 20, "{passed} passed, {refused} refused");
}

#[test]
fn greeks_and_marks_are_those_of_the_last_refresh_until_the_next() {
    let mut portfolios = Portfolios::new(4);
    let before = portfolios.world.picture().chain(portfolios.chains[0]).strikes.clone();
    portfolios.move_prices();
    assert_eq!(portfolios.world.picture().chain(portfolios.chains[0]).strikes, before);
    portfolios.world.land(RefreshRisk {
        chain: portfolios.chains[0],
        strike_slots: vec![0],
    });
    let after = portfolios.world.picture().chain(portfolios.chains[0]).strikes.clone();
    assert_eq!(after[1..], before[1..]);
}
