//! Margin accounts, and the lots that they hold of chains.

use super::state::{Account, Liquidation, State};
use solana_pubkey::Pubkey;
use std::collections::BTreeMap;
use tenor_margin::event::{
    AccountOpened, AccountSettled, CashAfter, Deposited, InterestAccrued, PositionTransferred, SideAfter,
    SliceLiquidated, Traded, Transferred, Withdrawn,
};
use tenor_margin::state::StoredIndices;

const LONG: fn(i64) -> u64 = |lots| u64::try_from(lots).unwrap_or(0);

/// Cash of an account that the pool has just counted.
const fn counted(cash_atoms: i64) -> CashAfter {
    CashAfter {
        cash_atoms,
        counted_atoms: cash_atoms,
        reserve_due_atoms: 0,
    }
}

impl State {
    pub(super) fn opened(&mut self, event: &AccountOpened) {
        let account = Account {
            owner: event.owner,
            number: event.number,
            size_class: event.size_class,
            capacity: event.capacity,
            rent_payer: event.rent_payer,
            rent_lamports: event.rent_lamports,
            opened_at: event.opened_at,
            exposure_sequence: 0,
            delegate: Pubkey::default(),
            delegate_max_daily_loss_e9: 0,
            delegate_loss_e9: 0,
            delegate_day: 0,
            cash: CashAfter::default(),
            indices: StoredIndices::default(),
            small_withdrawn_e9: 0,
            small_day: 0,
            recent_deposits: (0, [0; 16]),
            balances_atoms: [0; 16],
            positions: BTreeMap::new(),
            liquidation: Liquidation::default(),
        };
        self.accounts.insert(event.account, account);
    }

    /// Cash is always brought to the indices that the registry shows.
    fn set_cash(&mut self, of: &Pubkey, cash: CashAfter) {
        let indices = self.registry.interest.indices;
        let account = self.account(of);
        (account.cash, account.indices) = (cash, indices);
    }

    fn expose(&mut self, account: &Pubkey) {
        self.account(account).exposure_sequence += 1;
    }

    pub(super) fn deposited(&mut self, event: &Deposited) {
        self.registry.interest = event.interest;
        let listed = self.collateral(event.collateral_index);
        listed.booked_total_atoms = event.booked_total_atoms;
        (listed.outflow_atoms, listed.outflow_at) = (event.outflow_atoms, event.outflow_at);
        let left = (event.recent_since, event.recent_deposits_atoms);
        self.account(&event.account).recent(event.collateral_index, left);
        if event.collateral_index != 0 {
            self.account(&event.account).balances_atoms[usize::from(event.collateral_index)] += event.atoms;
        }
        self.set_cash(&event.account, counted(event.cash_atoms));
    }

    pub(super) fn withdrawn(&mut self, event: &Withdrawn) {
        self.registry.interest = event.interest;
        let listed = self.collateral(event.collateral_index);
        listed.booked_total_atoms = event.booked_total_atoms;
        (listed.outflow_atoms, listed.outflow_at) = (event.outflow_atoms, event.outflow_at);
        let left = (event.recent_since, event.recent_deposits_atoms);
        self.account(&event.account).recent(event.collateral_index, left);
        let account = self.account(&event.account);
        if event.collateral_index != 0 {
            account.balances_atoms[usize::from(event.collateral_index)] -= event.atoms;
        }
        account.small_withdrawn_e9 = event.small_withdrawn_e9;
        account.small_day = event.small_day;
        self.expose(&event.account);
        self.set_cash(&event.account, counted(event.cash_atoms));
    }

    pub(super) fn accrued(&mut self, event: &InterestAccrued) {
        self.registry.interest = event.interest;
        self.insurance.balance_atoms = event.insurance_atoms;
        self.insurance.inflow_atoms += event.swept_atoms;
        self.set_cash(&event.account, counted(event.cash_atoms));
    }

    pub(super) fn transferred(&mut self, event: &Transferred) {
        self.registry.interest = event.interest;
        let index = usize::from(event.collateral_index);
        if index != 0 {
            self.account(&event.from).balances_atoms[index] -= event.atoms;
            self.account(&event.to).balances_atoms[index] += event.atoms;
        }
        self.expose(&event.from);
        self.set_cash(&event.from, counted(event.from_cash_atoms));
        self.set_cash(&event.to, counted(event.to_cash_atoms));
    }

    pub(super) fn position_transferred(&mut self, event: &PositionTransferred) {
        let gained = [event.call_lots, event.put_lots];
        self.move_lots(&event.from, &event.to, (event.chain, event.strike_slot), gained);
        self.expose(&event.from);
        self.expose(&event.to);
    }

    pub(super) fn traded(&mut self, event: &Traded) {
        for leg in &event.legs {
            let gained = if leg.kind == 0 { [leg.lots, 0] } else { [0, leg.lots] };
            self.move_lots(&event.seller, &event.buyer, (leg.chain, leg.strike_slot), gained);
            self.chain(&leg.chain).fees_atoms += leg.fees_atoms;
        }
        for (address, after) in [(&event.buyer, &event.buyer_after), (&event.seller, &event.seller_after)] {
            let SideAfter {
                cash,
                delegate_loss_e9,
                delegate_day,
            } = *after;
            let account = self.account(address);
            (account.delegate_loss_e9, account.delegate_day) = (delegate_loss_e9, delegate_day);
            self.expose(address);
            self.set_cash(address, cash);
        }
    }

    pub(super) fn settled(&mut self, event: &AccountSettled) {
        let held = self.account(&event.account).positions.clone();
        let closed = held.into_iter().filter(|((chain, _), _)| *chain == event.chain);
        let mut count = 0;
        for (option, lots) in closed {
            self.set_lots(&event.account, option, lots, [0, 0]);
            count += 1;
        }
        assert_eq!(count, event.positions);
        self.chain(&event.chain).settlement_balance_atoms = event.settlement_balance_atoms;
        self.expose(&event.account);
        self.set_cash(&event.account, event.cash);
    }

    pub(super) fn sliced(&mut self, event: &SliceLiquidated) {
        for lots in &event.taken.lots {
            let chain = event.taken.chains[usize::from(lots.chain)].chain;
            let gained = [lots.call_lots, lots.put_lots];
            self.move_lots(&event.account, &event.liquidator, (chain, lots.strike_slot), gained);
        }
        for taken in &event.taken.collaterals {
            let index = usize::from(taken.index);
            self.account(&event.account).balances_atoms[index] -= taken.atoms;
            self.account(&event.liquidator).balances_atoms[index] += taken.atoms;
        }
        self.account(&event.account).liquidation = Liquidation {
            started_at: event.started_at,
            touched_at: event.touched_at,
            ended_at: event.ended_at,
            clock_seconds: event.clock_seconds,
            active: event.active,
        };
        for (address, cash) in [
            (&event.account, event.account_cash),
            (&event.liquidator, event.liquidator_cash),
        ] {
            self.expose(address);
            self.set_cash(address, cash);
        }
    }

    fn move_lots(&mut self, from: &Pubkey, to: &Pubkey, option: (Pubkey, u16), gained: [i64; 2]) {
        for (address, sign) in [(from, -1), (to, 1)] {
            let before = self
                .account(address)
                .positions
                .get(&option)
                .copied()
                .unwrap_or_default();
            let after = [before[0] + sign * gained[0], before[1] + sign * gained[1]];
            self.set_lots(address, option, before, after);
        }
    }

    /// Open interest is the sum of longs; a chain counts the strikes that accounts hold anything of.
    fn set_lots(&mut self, of: &Pubkey, option: (Pubkey, u16), before: [i64; 2], after: [i64; 2]) {
        let positions = &mut self.account(of).positions;
        if after == [0, 0] {
            positions.remove(&option);
        } else {
            positions.insert(option, after);
        }
        let chain = self.chain(&option.0);
        chain.open_positions -= u64::from(before != [0, 0]);
        chain.open_positions += u64::from(after != [0, 0]);
        let strike = &mut chain.strikes[usize::from(option.1)];
        for kind in 0..2 {
            strike.open_interest[kind] -= LONG(before[kind]);
            strike.open_interest[kind] += LONG(after[kind]);
        }
    }
}

impl super::state::Account {
    /// A newer beginning forgets what was there before.
    fn recent(&mut self, collateral_index: u8, (since, atoms): (i64, u64)) {
        if self.recent_deposits.0 != since {
            self.recent_deposits = (since, [0; 16]);
        }
        self.recent_deposits.1[usize::from(collateral_index)] = atoms;
    }
}
