//! What the admin and the guardian can send.

use super::cases::Bench;
use tenor_margin::event::ChangeQueued;
use tenor_margin::governance::Change;
use tenor_margin::params::HouseRisk;
use tenor_margin::state::{MarketLimits, Pausable};
use tenor_testkit::action::{
    AcceptAdmin, AddCollateral, AddUnderlying, ApplyChange, CancelAdminProposal, CancelChange, EndGenesis, Pause,
    ProposeAdmin, QueueChange, Tighten, Unpause,
};
use tenor_testkit::world::{admin, guardian, house_terms};
use tenor_testkit::{ETH, SOL, World, hours};

/// The timelock of the house that is measured.
const DELAY: i64 = hours(48);

impl Bench {
    pub(super) fn control(&mut self) {
        let mut world = World::new();
        let (boss, guardian) = (admin(), guardian());
        self.land(&mut world, "end_genesis", "", EndGenesis { admin: &boss });
        let queue = |of, change| QueueChange {
            admin: &boss,
            of,
            change,
        };
        let market = |band_of_mark_e9| {
            Change::Market(MarketLimits {
                band_of_mark_e9,
                ..SOL.listing().market
            })
        };
        let softer = Change::HouseRisk(HouseRisk {
            maintenance_factor_e9: 700_000_000,
            ..house_terms().risk
        });
        let mut queue_one = |world: &mut World, case: &str, of, change| {
            let receipt = self.land(world, "queue_change", case, queue(of, change));
            receipt.event::<ChangeQueued>().number
        };
        let of_house = queue_one(&mut world, "of the house", None, softer);
        let of_underlying = queue_one(&mut world, "of an underlying", Some(SOL), market(400_000_000));
        let listing = queue_one(&mut world, "an underlying", None, Change::ListUnderlying(ETH.listing()));
        let args = ETH.collateral(0);
        let mint = ETH.mint();
        let collateral = queue_one(&mut world, "a collateral", None, Change::ListCollateral { mint, args });
        let cancel = CancelChange {
            authority: &guardian,
            number: of_house,
        };
        self.land(&mut world, "cancel_change", "", cancel);
        let propose = ProposeAdmin {
            admin: &boss,
            successor: world.visitor("successor").address(),
        };
        self.land(&mut world, "propose_admin", "", propose);
        self.land(
            &mut world,
            "cancel_admin_proposal",
            "",
            CancelAdminProposal { authority: &guardian },
        );
        world.land(propose);
        world.advance(DELAY);
        let apply = ApplyChange { number: of_underlying };
        self.land(&mut world, "apply_change", "of an underlying", apply);
        let underlying = AddUnderlying {
            admin: &boss,
            args: ETH.listing(),
            approval: Some(listing),
        };
        self.land(&mut world, "add_underlying", "by a queued change", underlying);
        let collateral = AddCollateral {
            admin: &boss,
            asset: ETH,
            args,
            approval: Some(collateral),
        };
        self.land(&mut world, "add_collateral", "by a queued change", collateral);
        let tighten = Tighten {
            admin: &boss,
            of: Some(SOL),
            change: Change::Market(MarketLimits {
                max_open_interest_lots: 900_000_000,
                ..world.picture().underlying(SOL).market
            }),
        };
        self.land(&mut world, "tighten", "of an underlying", tighten);
        let (authority, action) = (&guardian, Pausable::Deposit);
        let pause = Pause {
            authority,
            action,
            seconds: 3_600,
        };
        self.land(&mut world, "pause", "", pause);
        self.land(&mut world, "unpause", "", Unpause { authority, action });
        let successor = tenor_testkit::Actor::named("successor");
        self.land(&mut world, "accept_admin", "", AcceptAdmin { successor: &successor });
    }
}
