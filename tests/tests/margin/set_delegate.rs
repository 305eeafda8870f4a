//! `set_delegate`: names who may trade for a margin account.

use crate::scene::Scene;
use solana_instruction::error::InstructionError;
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::event::DelegateSet;
use tenor_margin::instructions::SetDelegateArgs;
use tenor_testkit::action::{CloseAccount, OpenAccount, SetDelegate, Transfer, Withdraw};
use tenor_testkit::world::anyone;
use tenor_testkit::{Actor, Call, USDC, assert_fails_with, assert_lands};

fn named(owner: &Actor, delegate: Pubkey) -> SetDelegate<'_> {
    SetDelegate {
        owner,
        args: SetDelegateArgs {
            delegate,
            max_daily_loss_e9: 250_000_000_000,
        },
    }
}

/// The same call, signed by somebody else in the place of the owner.
fn usurped(mut call: Call, owner: &Actor, by: &Actor) -> Call {
    for meta in &mut call.instruction_mut().accounts {
        if meta.is_signer && meta.pubkey == owner.address() {
            meta.pubkey = by.address();
        }
    }
    call.signers.push(by.key());
    call
}

#[test]
fn requires_that_the_owner_signs() {
    let mut scene = Scene::new();
    let call = scene.world.call(named(&scene.alice, scene.bob.address()));
    let mut unsigned = call.clone();
    unsigned.instruction_mut().accounts[0].is_signer = false;
    assert_fails_with(scene.world.send(&unsigned), InstructionError::MissingRequiredSignature);
    let stolen = usurped(call.clone(), &scene.alice, &scene.bob);
    assert_fails_with(scene.world.send(&stolen), MarginError::NotAccountAuthority);
    assert_lands(scene.world.send(&call));
    // Not even the delegate may name another.
    assert_fails_with(scene.world.send(&stolen), MarginError::NotAccountAuthority);
}

#[test]
fn the_delegate_and_its_daily_limit_of_loss_are_stored_and_the_zero_address_is_nobody() {
    let mut scene = Scene::new();
    let receipt = scene.world.land(named(&scene.alice, scene.bob.address()));
    let account = scene.world.picture().account(&scene.alice).account;
    assert_eq!(account.delegate, scene.bob.address());
    assert_eq!(account.delegate_max_daily_loss_e9, 250_000_000_000);
    let event: DelegateSet = receipt.event();
    assert_eq!(
        (event.account, event.sequence),
        (scene.alice.account(), account.sequence)
    );
    assert_eq!(
        (event.delegate, event.max_daily_loss_e9),
        (scene.bob.address(), 250_000_000_000)
    );

    let offer = scene.world.call(scene.offer(scene.chain.put(180), 1));
    let by_bob = usurped(offer, &scene.alice, &scene.bob);
    assert_lands(scene.world.send(&by_bob));
    scene.world.land(named(&scene.alice, Pubkey::default()));
    assert_fails_with(scene.world.send(&by_bob), MarginError::NotAccountAuthority);
}

#[test]
fn a_delegate_may_never_withdraw_transfer_or_close() {
    let mut scene = Scene::new();
    scene.world.land(named(&scene.alice, scene.bob.address()));
    let second = scene.alice.with_account_number(1);
    scene.world.land(OpenAccount {
        payer: &anyone(),
        owner: &second,
        capacity: 1,
    });
    let world = &mut scene.world;
    let calls = [
        world.call(Withdraw {
            owner: &scene.alice,
            asset: USDC,
            atoms: 1,
        }),
        world.call(Transfer {
            from: &scene.alice,
            to: &second,
            asset: USDC,
            atoms: 1,
        }),
        world.call(CloseAccount { owner: &scene.alice }),
    ];
    for call in calls {
        let by_bob = usurped(call, &scene.alice, &scene.bob);
        assert_fails_with(world.send(&by_bob), MarginError::NotAccountAuthority);
    }
}
