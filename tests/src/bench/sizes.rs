//! Bytes of accounts and what exempts them from rent.

use super::Size;
use solana_account::ReadableAccount;
use solana_pubkey::Pubkey;
use tenor_margin::governance::Change;
use tenor_sdk::address;
use tenor_testkit::action::{AddStrikes, OpenAccount, QueueChange};
use tenor_testkit::world::{FIRST_EXPIRY, admin, anyone};
use tenor_testkit::{ChainOf, ETH, SOL, World, usd, weeks};

/// Every kind of account.
pub(super) fn sizes() -> Vec<Size> {
    let mut world = World::new();
    let strikes: Vec<u64> = (0..24).map(|place| 140 + 5 * place).collect();
    let of_24 = world.list_chain(SOL, FIRST_EXPIRY + weeks(1), &strikes);
    let of_64 = list_64_strikes(&mut world);
    let owner = world.visitor("owner");
    let account = |world: &mut World, capacity| {
        let owner = owner.with_account_number(capacity);
        world.land(OpenAccount {
            payer: &anyone(),
            owner: &owner,
            capacity,
        });
        owner.account()
    };
    let (of_32, of_64_positions, of_256) = (
        account(&mut world, 32),
        account(&mut world, 64),
        account(&mut world, 256),
    );
    let number = world.picture().house().change_count;
    world.land(QueueChange {
        admin: &admin(),
        of: None,
        change: Change::ListUnderlying(ETH.listing()),
    });
    let of = |name: &'static str, address: Pubkey, budget_lamports| {
        let account = world.account(&address).expect("it was made");
        Size {
            account: name,
            bytes: account.data().len(),
            rent_lamports: account.lamports(),
            budget_lamports,
        }
    };
    vec![
        of("chain of 24 strikes", of_24.address(), Some(100_000_000)),
        of("chain of 64 strikes", of_64.address(), None),
        of("margin account of 32 positions", of_32, Some(20_000_000)),
        of("margin account of 64 positions", of_64_positions, None),
        of("margin account of 256 positions", of_256, None),
        of("house", address::house(), None),
        of("registry of 16 collaterals", address::registry(), None),
        of("insurance fund", address::insurance(), None),
        of("underlying", SOL.underlying(), None),
        of("queued change", address::change(number), None),
    ]
}

/// Lists as many strikes at one expiry as a chain can have, which takes three prices, and makes them tradable.
pub(super) fn list_64_strikes(world: &mut World) -> ChainOf {
    let steps = |from: u64, to: u64, step: usize| (from..=to).step_by(step);
    // From 100 to 400 at a price of 200: every five dollars from 140 to 280, else every ten.
    let at_200 = steps(100, 130, 10).chain(steps(140, 280, 5)).chain(steps(290, 400, 10));
    let chain = world.list_chain(SOL, FIRST_EXPIRY, &at_200.collect::<Vec<_>>());
    let near: [(u64, Vec<u64>); 2] = [
        (150, steps(105, 135, 10).collect()),
        (250, steps(285, 345, 10).chain(steps(410, 480, 10)).collect()),
    ];
    for (price, strikes) in near {
        world.set_price(SOL, usd(price));
        let strikes = strikes.into_iter().map(usd).collect();
        world.land(AddStrikes {
            payer: &anyone(),
            chain,
            strikes,
        });
    }
    world.set_price(SOL, usd(200));
    world.refresh_chain(chain);
    assert_eq!(world.picture().chain(chain).strikes.len(), 64);
    chain
}
