//! The accounts as the events say they must be, against those that are: field by field, with every field of a layout named,
//! so that a new one does not go unnoticed.
//!
//! Taken over from the account, and so not compared: layout versions, bumps, alignment and reserved bytes, which mean
//! nothing; the order of tables and what free slots of them hold; the state of a bracket, which no account keeps beyond
//! its transaction; and risk arrays, which follow from slice, price and parameters ([`fresh_arrays`] computes them again).

use super::numbers::{Numbers, Of};
use super::state::{Account, Chain, Collateral, Pause, State, Strike, Underlying};
use bytemuck::Zeroable;
use solana_account::ReadableAccount;
use solana_pubkey::Pubkey;
use std::collections::BTreeSet;
use std::mem::size_of;
use tenor_margin::state as layout;
use tenor_margin::valuation::ChainValuation;
use tenor_math::quantity::UnixSeconds;
use tenor_sdk::address;
use tenor_sdk::decode::{AccountData, ChainData};
use tenor_testkit::{Picture, World};

/// Numbers that the accounts themselves show.
pub fn numbers(picture: &Picture) -> Numbers {
    let market = &picture.market;
    let house = market.house().map(|house| (Of::House, house.sequence));
    let registry = market.registry().map(|registry| (Of::Registry, registry.sequence));
    let underlyings = market
        .underlyings()
        .map(|(at, data)| (Of::Underlying(*at), data.sequence));
    let chains = market.chains().map(|(at, data)| (Of::Chain(*at), data.chain.sequence));
    let accounts = picture.accounts.iter();
    let accounts = accounts.map(|(at, data)| (Of::Account(*at), data.account.sequence));
    let shared = house.into_iter().chain(registry).chain(underlyings);
    shared.chain(chains).chain(accounts).collect()
}

/// Asserts that the state is what the accounts hold.
///
/// # Panics
/// If it is not.
pub fn assert_equal(state: &State, kept: &Numbers, world: &World) {
    let picture = world.picture();
    assert_eq!(*kept, numbers(&picture), "sequence numbers");
    let decoded = picture.house();
    assert_eq!(house(state, kept, decoded), *decoded);
    let decoded = picture.market.registry().expect("a registry");
    assert_eq!(registry(state, kept, decoded), *decoded);
    let decoded = picture.insurance.expect("an insurance fund");
    assert_eq!(insurance(state, &decoded), decoded);
    assert_eq!(state.changes.len(), picture.changes.len());
    for (number, decoded) in &picture.changes {
        assert_eq!(change(state, *number, decoded), *decoded);
    }
    assert_eq!(state.underlyings.len(), picture.market.underlyings().count());
    for (at, decoded) in picture.market.underlyings() {
        let number = kept.last(Of::Underlying(*at));
        assert_eq!(
            underlying(state, &state.underlyings[at], number, decoded),
            *decoded,
            "{at}"
        );
    }
    assert_eq!(state.chains.len(), picture.market.chains().count());
    for (at, decoded) in picture.market.chains() {
        let number = kept.last(Of::Chain(*at));
        assert_eq!(chain(state, &state.chains[at], number, decoded), *decoded, "{at}");
    }
    assert_eq!(state.accounts.len(), picture.accounts.len());
    for (at, decoded) in &picture.accounts {
        let (kept, number) = (&state.accounts[at], kept.last(Of::Account(*at)));
        assert_eq!(account(state, kept, number, decoded), decoded.account, "{at}");
        assert_tables(state, kept, decoded);
        let length = world.account(at).expect("an account").data().len();
        assert_eq!(length, account_length(kept.capacity), "{at}");
    }
}

/// Discriminator, header, number of positions, alignment, positions.
fn account_length(capacity: u16) -> usize {
    (8 + size_of::<layout::MarginAccount>() + 4).next_multiple_of(8) + usize::from(capacity) * 24
}

fn house(state: &State, kept: &Numbers, decoded: &layout::ClearingHouse) -> layout::ClearingHouse {
    let house = &state.house;
    let terms = house.terms.expect("a house");
    let records = |pauses: [Pause; 8]| pauses.map(|(began_at, until)| layout::PauseRecord { began_at, until });
    assert_eq!(house.address, address::house());
    layout::ClearingHouse {
        version: decoded.version,
        bump: decoded.bump,
        quote_decimals: house.quote_decimals,
        padding: decoded.padding,
        underlying_count: house.underlying_count,
        admin: house.admin,
        pending_admin: house.pending_admin.0,
        guardian: house.guardian,
        surface_authority: house.surface_authority,
        quote_mint: house.quote_mint,
        treasury: house.treasury,
        bracket_programs: house.bracket_programs,
        sequence: kept.last(Of::House).expect("a house"),
        change_count: house.change_count,
        pending_admin_ready_at: house.pending_admin.1,
        pending_admin_expires_at: house.pending_admin.2,
        genesis_until: house.genesis_until,
        wound_down_at: house.wound_down_at,
        paused_until: house.paused_until,
        guardian_pauses: records(house.guardian_pauses),
        admin_pauses: records(house.admin_pauses),
        timelock: terms.timelock,
        risk: terms.risk,
        interest: terms.interest,
        fees: terms.fees,
        reserved: decoded.reserved,
    }
}

fn registry(state: &State, kept: &Numbers, decoded: &layout::Registry) -> layout::Registry {
    let mut collaterals = [layout::CollateralEntry::zeroed(); layout::MAX_COLLATERALS];
    for (place, listed) in collaterals.iter_mut().zip(&state.registry.collaterals) {
        *place = collateral(listed);
    }
    layout::Registry {
        version: decoded.version,
        bump: decoded.bump,
        count: u8::try_from(state.registry.collaterals.len()).expect("at most 16"),
        padding: decoded.padding,
        house: state.house.address,
        sequence: kept.last(Of::Registry).expect("a registry"),
        withdrawals: state.registry.withdrawals.expect("a registry"),
        interest: state.registry.interest,
        collaterals,
        reserved: decoded.reserved,
    }
}

fn collateral(listed: &Collateral) -> layout::CollateralEntry {
    layout::CollateralEntry {
        mint: listed.mint,
        vault: listed.vault,
        haircut_e9: listed.haircut_e9,
        // Nothing sets it.
        concentration_haircut_e9: 0,
        deposit_cap_atoms: listed.deposit_cap_atoms,
        booked_total_atoms: listed.booked_total_atoms,
        token_program: listed.token_program,
        window_cap_atoms: listed.window_cap_atoms,
        outflow_atoms: listed.outflow_atoms,
        outflow_at: listed.outflow_at,
        ramp_started_at: listed.ramp_started_at,
        ramp_seconds: listed.ramp_seconds,
        underlying_index: listed.underlying_index,
        scenario_index: listed.scenario_index,
        decimals: listed.decimals,
        accepts_freeze_authority: listed.accepts_freeze_authority,
        padding: [0; 4],
        reserved: [0; 32],
    }
}

fn insurance(state: &State, decoded: &layout::InsuranceFund) -> layout::InsuranceFund {
    layout::InsuranceFund {
        version: decoded.version,
        bump: decoded.bump,
        padding: decoded.padding,
        house: state.house.address,
        vault: state.insurance.vault,
        balance_atoms: state.insurance.balance_atoms,
        inflow_atoms: state.insurance.inflow_atoms,
        // Nothing is paid out of it.
        outflow_atoms: 0,
        treasury_atoms: state.insurance.treasury_atoms,
        reserved: decoded.reserved,
    }
}

fn change(state: &State, number: u64, decoded: &layout::QueuedChange) -> layout::QueuedChange {
    let queued = &state.changes[&number];
    let mut expected = layout::QueuedChange {
        version: decoded.version,
        bump: decoded.bump,
        length: 0,
        padding: decoded.padding,
        house: state.house.address,
        target: queued.target,
        proposed_by: queued.proposed_by,
        rent_payer: queued.proposed_by,
        replaces: queued.replaces,
        number,
        ready_at: queued.ready_at,
        expires_at: queued.expires_at,
        payload: [0; layout::MAX_CHANGE_LEN],
        reserved: decoded.reserved,
    };
    expected.store(&queued.change).expect("a change that fits");
    expected
}

fn underlying(
    state: &State,
    kept: &Underlying,
    number: Option<u64>,
    decoded: &layout::Underlying,
) -> layout::Underlying {
    let mut expiries = [0; layout::MAX_EXPIRIES];
    expiries[..kept.expiries.len()].copy_from_slice(&kept.expiries);
    layout::Underlying {
        version: decoded.version,
        bump: decoded.bump,
        index: kept.index,
        padding: decoded.padding,
        feed_exponent: kept.listed.feed_exponent,
        house: state.house.address,
        symbol: kept.listed.symbol,
        feed_id: kept.listed.feed_id,
        push_feed: kept.listed.push_feed,
        push_exponent: kept.listed.push_exponent,
        padding_2: decoded.padding_2,
        lot_units_e9: kept.listed.lot_units_e9,
        feed: kept.feed,
        risk: kept.risk,
        market: kept.market,
        surface: kept.surface,
        sequence: number.expect("a number"),
        active_from: kept.active_from,
        price_e9: kept.price_e9,
        confidence_e9: kept.confidence_e9,
        published_at: kept.published_at,
        updated_slot: kept.updated_slot,
        ema_e9: kept.ema_e9,
        hourly_variance_q62: kept.hourly_variance_q62,
        variance_hour: kept.variance_hour,
        variance_price_e9: kept.variance_price_e9,
        range_e9: kept.range_e9,
        previous_range_e9: kept.previous_range_e9,
        range_moved_at: kept.range_moved_at,
        // Nothing covers losses yet.
        bad_debt_atoms: 0,
        bad_debt_since: 0,
        expiries,
        reserved: decoded.reserved,
    }
}

fn chain(state: &State, kept: &Chain, number: Option<u64>, decoded: &ChainData) -> ChainData {
    assert_eq!(kept.strikes.len(), decoded.strikes.len());
    let strikes = kept.strikes.iter().zip(&decoded.strikes);
    ChainData {
        chain: chain_header(state, kept, number, &decoded.chain),
        strikes: strikes.map(|(kept, decoded)| strike(kept, decoded)).collect(),
    }
}

fn chain_header(state: &State, kept: &Chain, number: Option<u64>, decoded: &layout::Chain) -> layout::Chain {
    let (settlement_price_e9, settlement_published_at) = kept.settlement.unwrap_or_default();
    let (late_minute, late_price_e9, late_published_at, late_since) = kept.late;
    let marks_taken = kept.marks_e9.iter().filter(|price_e9| **price_e9 != 0).count();
    layout::Chain {
        version: decoded.version,
        bump: decoded.bump,
        underlying_index: state.underlyings[&kept.underlying].index,
        settled: u8::from(kept.settlement.is_some()),
        marks_taken: u8::try_from(marks_taken).expect("at most thirty"),
        padding: decoded.padding,
        house: state.house.address,
        underlying: kept.underlying,
        rent_payer: kept.rent_payer,
        expiry: kept.expiry,
        theta_e12: kept.slice.theta_e12,
        rho_e12: kept.slice.rho_e12,
        psi_e12: kept.slice.psi_e12,
        forward_ratio_e9: kept.slice.forward_ratio_e9,
        discount_e9: kept.slice.discount_e9,
        slice_posted_at: kept.slice.posted_at,
        slice_number: kept.slice.number,
        hour_anchor: kept.slice.hour_anchor,
        day_anchor: kept.slice.day_anchor,
        eve_anchor: kept.slice.eve_anchor,
        sequence: number.expect("a number"),
        settlement_price_e9,
        settlement_published_at,
        settlement_marks_e9: kept.marks_e9,
        marks_sum_e9: kept.marks_e9.iter().sum(),
        late_minute,
        late_price_e9,
        late_published_at,
        late_since,
        // Nothing charges losses to a chain or cuts payouts yet.
        fees_atoms: kept.fees_atoms,
        debt_atoms: 0,
        payout_factor_e9: 1_000_000_000,
        settlement_balance_atoms: kept.settlement_balance_atoms,
        open_positions: kept.open_positions,
        reserved: decoded.reserved,
    }
}

fn strike(kept: &Strike, decoded: &layout::Strike) -> layout::Strike {
    layout::Strike {
        price_e9: kept.price_e9,
        call_open_interest_lots: kept.open_interest[0],
        put_open_interest_lots: kept.open_interest[1],
        reference_price_e9: kept.reference_price_e9,
        reference_slot: kept.reference_slot,
        reference_at: kept.reference_at,
        range_e9: kept.range_e9,
        rent_payer: kept.rent_payer,
        rent_lamports: kept.rent_lamports,
        slice_number: kept.slice_number,
        fixed_e9: kept.fixed.0,
        fixed_share: kept.fixed.1,
        mark_e9: decoded.mark_e9,
        forward_value_e9: decoded.forward_value_e9,
        strike_value_e9: decoded.strike_value_e9,
        delta_units_e9: decoded.delta_units_e9,
        gamma_cash_e9: decoded.gamma_cash_e9,
        vega_e9: decoded.vega_e9,
        pnl_bound_e9: decoded.pnl_bound_e9,
        drift_e9: decoded.drift_e9,
        pnl_e9: decoded.pnl_e9,
        call_below_e9: decoded.call_below_e9,
        call_above_e9: decoded.call_above_e9,
        forward_off_e9: decoded.forward_off_e9,
        reserved: decoded.reserved,
    }
}

fn account(state: &State, kept: &Account, number: Option<u64>, decoded: &AccountData) -> layout::MarginAccount {
    let decoded = &decoded.account;
    assert!(!decoded.bracket.is_active());
    layout::MarginAccount {
        version: decoded.version,
        bump: decoded.bump,
        number: kept.number,
        size_class: kept.size_class,
        padding: decoded.padding,
        house: state.house.address,
        owner: kept.owner,
        delegate: kept.delegate,
        sequence: number.expect("a number"),
        exposure_sequence: kept.exposure_sequence,
        cash_atoms: kept.cash.cash_atoms,
        interest: layout::AccountInterest {
            counted_atoms: kept.cash.counted_atoms,
            reserve_due_atoms: kept.cash.reserve_due_atoms,
            indices: kept.indices,
        },
        terms: layout::AccountTerms {
            rent_payer: kept.rent_payer,
            rent_lamports: kept.rent_lamports,
            opened_at: kept.opened_at,
            small_withdrawn_e9: kept.small_withdrawn_e9,
            small_day: kept.small_day,
        },
        balances_atoms: kept.balances_atoms,
        // As sets, in `assert_tables`.
        chains: decoded.chains,
        liquidation: layout::LiquidationState {
            started_at: kept.liquidation.started_at,
            touched_at: kept.liquidation.touched_at,
            ended_at: kept.liquidation.ended_at,
            clock_seconds: kept.liquidation.clock_seconds,
            active: kept.liquidation.active,
            padding: decoded.liquidation.padding,
        },
        delegate_max_daily_loss_e9: kept.delegate_max_daily_loss_e9,
        delegate_loss_e9: kept.delegate_loss_e9,
        delegate_day: kept.delegate_day,
        bracket: decoded.bracket,
        recent_deposits: layout::RecentDeposits {
            since: kept.recent_deposits.0,
            atoms: kept.recent_deposits.1,
        },
        reserved: decoded.reserved,
    }
}

/// Positions and the chains that they are in, in any order.
fn assert_tables(state: &State, kept: &Account, decoded: &AccountData) {
    let of = |place: u8| decoded.account.chains[usize::from(place)].chain;
    let held: BTreeSet<(Pubkey, u16, i64, i64)> = (decoded.positions.iter())
        .map(|held| (of(held.chain_slot), held.strike_slot, held.call_lots, held.put_lots))
        .collect();
    assert_eq!(held.len(), decoded.positions.len());
    let positions = kept.positions.iter();
    let expected = positions.map(|((chain, slot), [call, put])| (*chain, *slot, *call, *put));
    assert_eq!(held, expected.collect());

    let used = decoded.account.chains.iter().filter(|slot| slot.positions > 0);
    let used: BTreeSet<_> = used
        .map(|slot| (slot.chain, slot.positions, slot.underlying_index, slot.claimable_at))
        .collect();
    let chains: BTreeSet<Pubkey> = kept.positions.keys().map(|(chain, _)| *chain).collect();
    let count = |chain: &Pubkey| kept.positions.keys().filter(|(of, _)| of == chain).count();
    let expected = chains.iter().map(|chain| {
        let index = state.underlyings[&state.chains[chain].underlying].index;
        // Nothing makes payouts wait yet.
        (*chain, u32::try_from(count(chain)).expect("at most 256"), index, 0)
    });
    assert_eq!(used, expected.collect());
}

/// Computes again, from what the events say alone, the risk arrays that stand at the present slice, price and range, and
/// compares them with those of the accounts. Returns how many there were.
///
/// # Panics
/// If one differs.
pub fn fresh_arrays(state: &State, world: &World) -> usize {
    let (picture, mut compared) = (world.picture(), 0);
    for (at, kept) in &state.chains {
        let decoded = picture.market.chain_data(at).expect("a chain");
        let of = &state.underlyings[&kept.underlying];
        let blank = layout::Underlying::zeroed();
        let header = chain_header(state, kept, Some(0), &layout::Chain::zeroed());
        let priced = underlying(state, of, Some(0), &blank);
        for (kept, decoded) in kept.strikes.iter().zip(&decoded.strikes) {
            let is_fresh = kept.reference_price_e9 == of.price_e9
                && kept.range_e9 == of.range_e9
                && header.slice_posted_at != 0
                && kept.slice_number == header.slice_number
                && kept.reference_at >= of.published_at;
            if !is_fresh {
                continue;
            }
            let now = UnixSeconds::new(kept.reference_at);
            let valuation = ChainValuation::new(&header, &priced, now).expect("a slice");
            let fixed = valuation.fixed_part();
            if (fixed.price_e9, fixed.share) != kept.fixed {
                // Marks were taken since.
                continue;
            }
            let mut computed = strike(kept, &layout::Strike::zeroed());
            valuation
                .refresh(&mut computed, now, kept.reference_slot)
                .expect("a risk array");
            assert_eq!(computed, *decoded, "{at}");
            compared += 1;
        }
    }
    compared
}
