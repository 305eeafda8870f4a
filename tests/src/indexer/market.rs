//! Underlyings and chains.

use super::state::{Chain, Slice, State, Strike, Underlying};
use tenor_margin::event::{
    ChainCreated, ChainSwept, HourMarked, LateMinuteMarked, PriceUpdated, RiskRefreshed, SettlementMarked,
    StrikesAdded, SurfacePosted,
};
use tenor_margin::state::SETTLEMENT_MARKS;

impl Underlying {
    pub(super) fn price_updated(&mut self, event: &PriceUpdated) {
        self.price_e9 = event.price_e9;
        self.confidence_e9 = event.confidence_e9;
        self.ema_e9 = event.ema_e9;
        self.published_at = event.published_at;
        self.updated_slot = event.updated_slot;
        self.variance_hour = event.variance_hour;
        self.variance_price_e9 = event.variance_price_e9;
        self.hourly_variance_q62 = event.hourly_variance_q62;
        self.range_e9 = event.range_e9;
        self.previous_range_e9 = event.previous_range_e9;
        self.range_moved_at = event.range_moved_at;
    }

    pub(super) fn hour_marked(&mut self, event: &HourMarked) {
        self.variance_hour = event.hour;
        self.variance_price_e9 = event.price_e9;
        self.hourly_variance_q62 = event.hourly_variance_q62;
        self.range_e9 = event.range_e9;
        self.previous_range_e9 = event.previous_range_e9;
        self.range_moved_at = event.range_moved_at;
    }
}

impl Chain {
    pub(super) fn strikes_added(&mut self, event: &StrikesAdded) {
        assert_eq!(self.strikes.len(), usize::from(event.first_slot));
        let (replacing, appended) = event.prices_e9.split_at(event.replaced_slots.len());
        let strike = |price_e9: &u64, rent_payer, rent_lamports| Strike {
            price_e9: *price_e9,
            rent_payer,
            rent_lamports,
            ..Strike::default()
        };
        for (slot, price_e9) in event.replaced_slots.iter().zip(replacing) {
            let place = &mut self.strikes[usize::from(*slot)];
            *place = strike(price_e9, place.rent_payer, place.rent_lamports);
        }
        self.strikes.extend(
            appended
                .iter()
                .map(|price_e9| strike(price_e9, event.rent_payer, event.rent_lamports)),
        );
    }

    pub(super) fn surface_posted(&mut self, event: &SurfacePosted) {
        self.slice = Slice {
            theta_e12: event.theta_e12,
            rho_e12: event.rho_e12,
            psi_e12: event.psi_e12,
            forward_ratio_e9: event.forward_ratio_e9,
            discount_e9: event.discount_e9,
            posted_at: event.posted_at,
            number: event.number,
            hour_anchor: event.hour_anchor,
            day_anchor: event.day_anchor,
            eve_anchor: event.eve_anchor,
        };
    }

    pub(super) fn marked(&mut self, event: &SettlementMarked) {
        for (mark, price_e9) in self.marks_e9.iter_mut().enumerate() {
            if event.marks >> mark & 1 == 1 {
                *price_e9 = event.price_e9;
            }
        }
    }

    pub(super) fn late_minute(&mut self, event: &LateMinuteMarked) {
        self.late = (event.minute, event.price_e9, event.published_at, event.waits_since);
    }

    pub(super) fn refreshed(&mut self, event: &RiskRefreshed) {
        for slot in &event.strike_slots {
            let strike = &mut self.strikes[usize::from(*slot)];
            strike.reference_price_e9 = event.reference_price_e9;
            strike.reference_slot = event.slot;
            strike.reference_at = event.refreshed_at;
            strike.range_e9 = event.range_e9;
            strike.slice_number = event.slice_number;
            strike.fixed = (event.fixed_e9, event.fixed_share);
        }
    }
}

impl State {
    pub(super) fn chain_created(&mut self, event: &ChainCreated) {
        let expiries = &mut self.underlying(&event.underlying).expiries;
        expiries.retain(|expiry| *expiry > event.listed_at);
        expiries.push(event.expiry);
        expiries.sort_unstable();
        let chain = Chain {
            underlying: event.underlying,
            rent_payer: event.rent_payer,
            expiry: event.expiry,
            slice: Slice::default(),
            settlement: None,
            marks_e9: [0; SETTLEMENT_MARKS],
            late: (0, 0, 0, 0),
            fees_atoms: 0,
            settlement_balance_atoms: 0,
            open_positions: 0,
            strikes: Vec::new(),
        };
        self.chains.insert(event.chain, chain);
    }

    pub(super) fn swept(&mut self, event: &ChainSwept) {
        let chain = self.chain(&event.chain);
        assert_eq!(chain.fees_atoms, event.fees_atoms);
        chain.fees_atoms = 0;
        if event.residue_atoms != 0 {
            chain.settlement_balance_atoms = 0;
        }
        self.insurance.balance_atoms = event.insurance_balance_atoms;
        self.insurance.inflow_atoms += event.insurance_atoms + event.residue_atoms;
        self.insurance.treasury_atoms = event.treasury_balance_atoms;
    }
}
