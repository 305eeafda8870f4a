//! Bytes of accounts and what exempts them from rent.

use super::Size;
use crate::listing::list_64_strikes;
use solana_account::ReadableAccount;
use solana_pubkey::Pubkey;
use tenor_margin::governance::Change;
use tenor_sdk::address;
use tenor_testkit::action::{OpenAccount, QueueChange};
use tenor_testkit::world::{FIRST_EXPIRY, admin, anyone};
use tenor_testkit::{ETH, SOL, World, weeks};

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
