//! House, registry and insurance fund.

use super::state::{Collateral, House, HouseTerms, Insurance, Pause, Registry, State, Underlying};
use solana_pubkey::Pubkey;
use tenor_margin::event::{
    ActionPaused, ActionUnpaused, ChangeQueued, CollateralListed, HouseInitialized, UnderlyingListed,
};
use tenor_margin::governance::Change;
use tenor_margin::state::{Pausable, Power};

/// Place of an action in the house's tables, as its documentation lists them.
const fn place(action: Pausable) -> usize {
    match action {
        Pausable::Deposit => 0,
        Pausable::RiskTrade => 1,
        Pausable::Borrow => 2,
        Pausable::Listing => 3,
        Pausable::Surface => 4,
        Pausable::OpenAccount => 5,
    }
}

impl House {
    fn pause_of(&mut self, power: Power, action: Pausable) -> &mut Pause {
        let pauses = match power {
            Power::Guardian => &mut self.guardian_pauses,
            Power::Admin => &mut self.admin_pauses,
        };
        &mut pauses[place(action)]
    }

    pub(super) fn paused(&mut self, event: &ActionPaused) {
        *self.pause_of(event.by, event.action) = (event.began_at, event.ends_at);
        self.paused_until[place(event.action)] = event.paused_until;
    }

    pub(super) fn unpaused(&mut self, event: &ActionUnpaused) {
        self.pause_of(event.by, event.action).1 = event.ended_at;
        self.paused_until[place(event.action)] = event.paused_until;
    }

    fn terms(&mut self) -> &mut HouseTerms {
        self.terms.as_mut().expect("a house")
    }
}

impl State {
    pub(super) fn initialized(&mut self, event: &HouseInitialized) {
        let args = &event.args;
        self.house = House {
            address: event.house,
            quote_decimals: event.quote_decimals,
            admin: args.admin,
            guardian: args.guardian,
            surface_authority: args.surface_authority,
            quote_mint: event.quote_mint,
            treasury: args.treasury,
            genesis_until: event.genesis_until,
            terms: Some(HouseTerms {
                timelock: args.timelock,
                risk: args.risk,
                interest: args.interest,
                fees: args.fees,
            }),
            ..House::default()
        };
        self.registry = Registry {
            withdrawals: Some(args.withdrawals),
            ..Registry::default()
        };
        self.insurance = Insurance::default();
    }

    pub(super) fn queued(&mut self, event: &ChangeQueued) {
        self.house.change_count = event.number + 1;
        self.changes.insert(event.number, event.clone());
    }

    pub(super) fn change(&mut self, target: Pubkey, change: &Change, now: i64) {
        let house = &mut self.house;
        match *change {
            Change::HouseRisk(set) => house.terms().risk = set,
            Change::Interest(set) => house.terms().interest = set,
            Change::Fees(set) => house.terms().fees = set,
            Change::Timelock(set) => house.terms().timelock = set,
            Change::Withdrawals(set) => self.registry.withdrawals = Some(set),
            Change::Guardian(guardian) => house.guardian = guardian,
            Change::SurfaceAuthority(authority) => house.surface_authority = authority,
            Change::Treasury(treasury) => house.treasury = treasury,
            Change::BracketPrograms(programs) => house.bracket_programs = programs,
            Change::WindDown => house.wound_down_at = now,
            Change::Collateral { index, terms } => {
                let place = self.collateral(index);
                place.haircut_e9 = terms.haircut_e9;
                place.deposit_cap_atoms = terms.deposit_cap_atoms;
                place.window_cap_atoms = terms.window_cap_atoms;
            }
            Change::Feed(set) => self.underlying(&target).feed = set,
            Change::Risk(set) => self.underlying(&target).risk = set,
            Change::Market(set) => self.underlying(&target).market = set,
            Change::Surface(set) => self.underlying(&target).surface = set,
            Change::FeedSource(source) => {
                let listed = &mut self.underlying(&target).listed;
                listed.feed_id = source.feed_id;
                listed.feed_exponent = source.feed_exponent;
                listed.push_feed = source.push_feed;
                listed.push_exponent = source.push_exponent;
            }
            Change::ListUnderlying(_) | Change::ListCollateral { .. } => panic!("a listing has its own event"),
        }
    }

    pub(super) fn underlying_listed(&mut self, event: &UnderlyingListed) {
        let args = event.args;
        self.house.underlying_count = u32::from(event.index) + 1;
        let range_e9 = args.risk.range_floor_e9;
        let listed = Underlying {
            index: event.index,
            listed: args,
            feed: args.feed,
            risk: args.risk,
            market: args.market,
            surface: args.surface,
            active_from: event.active_from,
            price_e9: 0,
            confidence_e9: 0,
            published_at: 0,
            updated_slot: 0,
            ema_e9: 0,
            hourly_variance_q62: 0,
            variance_hour: 0,
            variance_price_e9: 0,
            range_e9,
            previous_range_e9: range_e9,
            range_moved_at: 0,
            expiries: Vec::new(),
        };
        self.underlyings.insert(event.underlying, listed);
    }

    pub(super) fn collateral_listed(&mut self, event: &CollateralListed) {
        if event.index == 0 {
            self.insurance.vault = event.vault;
        }
        self.registry.collaterals.push(Collateral {
            mint: event.mint,
            vault: event.vault,
            token_program: event.token_program,
            underlying_index: event.underlying_index,
            scenario_index: event.scenario_index,
            decimals: event.decimals,
            accepts_freeze_authority: event.accepts_freeze_authority,
            haircut_e9: event.haircut_e9,
            deposit_cap_atoms: event.deposit_cap_atoms,
            window_cap_atoms: event.window_cap_atoms,
            ramp_started_at: event.ramp_started_at,
            ramp_seconds: event.ramp_seconds,
            booked_total_atoms: 0,
            outflow_atoms: 0,
            outflow_at: 0,
        });
    }
}
