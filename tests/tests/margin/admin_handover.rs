//! `propose_admin`, `cancel_admin_proposal`, `accept_admin`: the admin's powers change hands in two steps.

use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::event::{AdminAccepted, AdminProposalCancelled, AdminProposed};
use tenor_margin::governance::Change;
use tenor_testkit::action::{
    AcceptAdmin, ApplyChange, CancelAdminProposal, CancelChange, EndGenesis, ProposeAdmin, QueueChange,
};
use tenor_testkit::world::{admin, anyone, guardian};
use tenor_testkit::{Actor, World, assert_fails_with, assert_lands};

const DELAY: i64 = 172_800;
const TTL: i64 = 604_800;

fn proposed() -> (World, Actor) {
    let mut world = World::new();
    let successor = world.visitor("successor");
    world.land(ProposeAdmin {
        admin: &admin(),
        successor: successor.address(),
    });
    (world, successor)
}

#[test]
fn propose_admin_requires_that_the_signer_is_the_admin() {
    let mut world = World::new();
    let successor = world.visitor("successor");
    for stranger in [guardian(), anyone(), successor.clone()] {
        let result = world.send(ProposeAdmin {
            admin: &stranger,
            successor: successor.address(),
        });
        assert_fails_with(result, MarginError::NotAuthorised);
    }
}

#[test]
fn propose_admin_requires_that_the_successor_is_someone_else_and_not_the_guardian() {
    let mut world = World::new();
    for successor in [Pubkey::default(), admin().address(), guardian().address()] {
        let result = world.send(ProposeAdmin {
            admin: &admin(),
            successor,
        });
        assert_fails_with(result, MarginError::ParameterOutOfRange);
    }
}

#[test]
fn the_successor_may_accept_once_the_timelock_is_over_until_the_proposal_dies() {
    let (mut world, successor) = proposed();
    let due = world.now() + DELAY;
    let accept = AcceptAdmin { successor: &successor };
    world.set_time(due - 1);
    assert_fails_with(world.send(accept), MarginError::ChangeNotReady);
    world.set_time(due + TTL);
    assert_fails_with(world.send(accept), MarginError::ChangeExpired);

    let (mut world, successor) = proposed();
    world.advance(DELAY + TTL - 1);
    let receipt = world.land(AcceptAdmin { successor: &successor });
    assert_eq!(receipt.event::<AdminAccepted>().admin, successor.address());
    let house = *world.picture().house();
    assert_eq!(
        (house.admin, house.pending_admin),
        (successor.address(), Pubkey::default())
    );
    let again = world.send(AcceptAdmin { successor: &successor });
    assert_fails_with(again, MarginError::NoPendingAdmin);
}

#[test]
fn the_admin_stays_admin_and_a_new_proposal_waits_anew() {
    let (mut world, first) = proposed();
    world.advance(DELAY - 1);
    let second = world.visitor("second");
    let receipt = world.land(ProposeAdmin {
        admin: &admin(),
        successor: second.address(),
    });
    let event: AdminProposed = receipt.event();
    assert_eq!(
        (event.successor, event.ready_at),
        (second.address(), world.now() + DELAY)
    );
    assert_eq!(event.expires_at, event.ready_at + TTL);
    assert_eq!(world.picture().house().admin, admin().address());
    world.advance(1);
    assert_fails_with(
        world.send(AcceptAdmin { successor: &first }),
        MarginError::NotAuthorised,
    );
    assert_fails_with(
        world.send(AcceptAdmin { successor: &second }),
        MarginError::ChangeNotReady,
    );
}

#[test]
fn accept_admin_requires_that_the_signer_is_the_proposed_successor() {
    let (mut world, _) = proposed();
    world.advance(DELAY);
    for stranger in [admin(), guardian(), anyone()] {
        let result = world.send(AcceptAdmin { successor: &stranger });
        assert_fails_with(result, MarginError::NotAuthorised);
    }
}

#[test]
fn a_successor_who_has_become_the_guardian_is_refused() {
    let (mut world, successor) = proposed();
    world.land(QueueChange {
        admin: &admin(),
        of: None,
        change: Change::Guardian(successor.address()),
    });
    world.advance(DELAY);
    world.land(ApplyChange { number: 0 });
    let result = world.send(AcceptAdmin { successor: &successor });
    assert_fails_with(result, MarginError::ParameterOutOfRange);
}

#[test]
fn cancel_admin_proposal_requires_the_admin_or_the_guardian_and_a_proposal() {
    for authority in [admin(), guardian()] {
        let (mut world, successor) = proposed();
        let stranger = world.send(CancelAdminProposal { authority: &anyone() });
        assert_fails_with(stranger, MarginError::NotAuthorised);
        let receipt = world.land(CancelAdminProposal { authority: &authority });
        assert_eq!(receipt.event::<AdminProposalCancelled>().by, authority.address());
        let none = world.send(CancelAdminProposal { authority: &authority });
        assert_fails_with(none, MarginError::NoPendingAdmin);
        world.advance(DELAY);
        let late = world.send(AcceptAdmin { successor: &successor });
        assert_fails_with(late, MarginError::NoPendingAdmin);
    }
}

#[test]
fn what_the_former_admin_queued_is_dead() {
    let (mut world, successor) = proposed();
    world.land(QueueChange {
        admin: &admin(),
        of: None,
        change: Change::Treasury(Pubkey::default()),
    });
    world.advance(DELAY);
    world.land(AcceptAdmin { successor: &successor });
    let result = world.send(ApplyChange { number: 0 });
    assert_fails_with(result, MarginError::ChangeOfFormerAdmin);
    // Anyone may clear it away.
    assert_lands(world.send(CancelChange {
        authority: &anyone(),
        number: 0,
    }));
    assert_fails_with(world.send(EndGenesis { admin: &admin() }), MarginError::NotAuthorised);
    assert_lands(world.send(EndGenesis { admin: &successor }));
}
