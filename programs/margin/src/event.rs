//! What happened, in the past tense. Each instruction that changes something emits exactly one event, by a call of the
//! program to itself: logs are cut at ten kilobytes, inner instructions are not.
//!
//! House, registry, underlyings, chains and margin accounts each count the events about them. An event carries the number of
//! every account that it is about, after it: whoever applies them in order and finds no gap has the whole state. What they
//! leave to be derived, and from what, is in `docs/events.md`.

use crate::state::{InterestState, MarginAccount, SurfaceAnchor};
use alloc::vec::Vec;
use anchor_lang::prelude::*;

/// Generates the events, with the fields that an indexer needs to follow the state without reading accounts, and the type
/// that is any of them.
macro_rules! events {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* })*) => {
        $($(#[$doc])*
        #[event]
        #[derive(Clone, Debug, PartialEq, Eq, SchemaRead)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* })*

        /// Any event, as a reader finds it.
        #[cfg(not(target_os = "solana"))]
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(clippy::large_enum_variant, reason = "read one at a time and applied at once")]
        pub enum Event {
            $($(#[$doc])* $name($name),)*
        }

        #[cfg(not(target_os = "solana"))]
        impl Event {
            /// Discriminators and names of all events.
            pub const KNOWN: &'static [(&'static [u8], &'static str)] =
                &[$((<$name as Discriminator>::DISCRIMINATOR, stringify!($name)),)*];

            /// The event in the data of an inner instruction of the program; none if it is not known or not complete. The
            /// caller has checked that the instruction's program is this one and that it is nested directly below an
            /// instruction of the same program: bytes alone prove nothing.
            pub fn read(data: &[u8]) -> Option<Self> {
                use anchor_lang::{BORSH_CONFIG, wincode};
                let body = data.strip_prefix(&TAG)?;
                $(if let Some(fields) = body.strip_prefix(<$name as Discriminator>::DISCRIMINATOR) {
                    return wincode::config::deserialize(fields, BORSH_CONFIG).ok().map(Self::$name);
                })*
                None
            }

            /// Its name.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => stringify!($name),)* }
            }
        }
    };
}

/// Tag before every event's discriminator.
pub const TAG: [u8; 8] = 0x1d9a_cb51_2ea5_45e4_u64.to_le_bytes();

/// An account's cash and what the pool counts of it after an event, both at the indices that the registry then shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct CashAfter {
    /// Cash, atoms of the quote; negative if owed.
    pub cash_atoms: i64,
    /// What the pool counts of it, atoms.
    pub counted_atoms: i64,
    /// What is due to the reserve, atoms.
    pub reserve_due_atoms: u64,
}

impl CashAfter {
    /// That of an account.
    pub const fn of(account: &MarginAccount) -> Self {
        Self {
            cash_atoms: account.cash_atoms,
            counted_atoms: account.interest.counted_atoms,
            reserve_due_atoms: account.interest.reserve_due_atoms,
        }
    }
}

/// What a trade leaves of one side beside its positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct SideAfter {
    /// Its cash.
    pub cash: CashAfter,
    /// Loss against mark under the delegate's signature on its last day with one, USD x 1e9.
    pub delegate_loss_e9: u64,
    /// That day, Unix days.
    pub delegate_day: i64,
}

impl SideAfter {
    /// That of an account.
    pub const fn of(account: &MarginAccount) -> Self {
        Self {
            cash: CashAfter::of(account),
            delegate_loss_e9: account.delegate_loss_e9,
            delegate_day: account.delegate_day,
        }
    }
}

events! {
    /// The house was created.
    HouseInitialized {
        /// The house.
        house: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// The registry's number: none of its changes has been numbered yet.
        registry_sequence: u64,
        /// Mint of the quote currency.
        quote_mint: Address,
        /// Decimals of the quote mint.
        quote_decimals: u8,
        /// Until when the admin lists without delay, Unix seconds.
        genesis_until: i64,
        /// Who governs it, and its parameters.
        args: crate::instructions::InitializeArgs,
    }
    /// A change was queued.
    ChangeQueued {
        /// The house's sequence number after this.
        sequence: u64,
        /// Its number.
        number: u64,
        /// Account that it changes; zero for a listing.
        target: Address,
        /// Admin who queued it, and paid its rent.
        proposed_by: Address,
        /// SHA-256 of what it replaces, as a change; zeros for a listing.
        replaces: [u8; 32],
        /// From when on it may be made, Unix seconds.
        ready_at: i64,
        /// When it dies, Unix seconds.
        expires_at: i64,
        /// The change.
        change: crate::governance::Change,
    }
    /// A queued change was made.
    ChangeApplied {
        /// The house's sequence number after this.
        sequence: u64,
        /// Its number.
        number: u64,
        /// Account that it changed.
        target: Address,
        /// That account's number after this; the house's if it is the house.
        target_sequence: u64,
        /// The registry's number after this; of a change of the interest model too, which first accrues at the old rates.
        registry_sequence: u64,
        /// When, Unix seconds.
        applied_at: i64,
        /// The pool of cash after this.
        interest: InterestState,
        /// The change.
        change: crate::governance::Change,
    }
    /// A queued change was cancelled, or a dead one cleared away.
    ChangeCancelled {
        /// The house's sequence number after this.
        sequence: u64,
        /// Its number.
        number: u64,
        /// Who did it.
        by: Address,
    }
    /// A change that only tightens was made at once.
    ParametersTightened {
        /// The house's sequence number after this.
        sequence: u64,
        /// Account that it changed.
        target: Address,
        /// That account's number after this; the house's if it is the house.
        target_sequence: u64,
        /// The change.
        change: crate::governance::Change,
    }
    /// A successor of the admin was proposed.
    AdminProposed {
        /// The house's sequence number after this.
        sequence: u64,
        /// The successor.
        successor: Address,
        /// From when on it may accept, Unix seconds.
        ready_at: i64,
        /// When the proposal dies, Unix seconds.
        expires_at: i64,
    }
    /// The proposal of a successor was cancelled.
    AdminProposalCancelled {
        /// The house's sequence number after this.
        sequence: u64,
        /// Who did it.
        by: Address,
    }
    /// The successor took over. Changes that were queued before are dead.
    AdminAccepted {
        /// The house's sequence number after this.
        sequence: u64,
        /// The admin.
        admin: Address,
    }
    /// An action was paused.
    ActionPaused {
        /// The house's sequence number after this.
        sequence: u64,
        /// The action.
        action: crate::state::Pausable,
        /// Who paused it.
        by: crate::state::Power,
        /// For how long, seconds.
        seconds: u32,
        /// Until when it is paused by any power, Unix seconds.
        paused_until: i64,
        /// When this power's pause began, Unix seconds.
        began_at: i64,
        /// When it ends, Unix seconds.
        ends_at: i64,
    }
    /// A pause was ended early.
    ActionUnpaused {
        /// The house's sequence number after this.
        sequence: u64,
        /// The action.
        action: crate::state::Pausable,
        /// Whose pause it was.
        by: crate::state::Power,
        /// Until when it is paused by the other power, Unix seconds; in the past if it is not.
        paused_until: i64,
        /// When this power's pause ended: now, Unix seconds.
        ended_at: i64,
    }
    /// Set-up ended: listings wait from now on.
    GenesisEnded {
        /// The house's sequence number after this.
        sequence: u64,
    }
    /// An asset with a price feed was listed.
    UnderlyingListed {
        /// The house's sequence number after this.
        sequence: u64,
        /// The underlying.
        underlying: Address,
        /// Its number: none of its changes has been numbered yet.
        underlying_sequence: u64,
        /// Its index.
        index: u8,
        /// From when chains may be listed on it, Unix seconds.
        active_from: i64,
        /// Symbol, feeds, lot and parameters. The range of its scenarios starts at their floor.
        args: crate::instructions::AddUnderlyingArgs,
    }
    /// A collateral was listed.
    CollateralListed {
        /// The registry's sequence number after this.
        registry_sequence: u64,
        /// Its index.
        index: u8,
        /// Its mint.
        mint: Address,
        /// The house's token account for it.
        vault: Address,
        /// Program of the mint.
        token_program: Address,
        /// Underlying whose price values it, 255 for the quote.
        underlying_index: u8,
        /// Underlying whose scenarios shock it, 255 for the quote.
        scenario_index: u8,
        /// Decimals of the mint.
        decimals: u8,
        /// One if it was listed although somebody may freeze accounts of the mint.
        accepts_freeze_authority: u8,
        /// Part that does not count as equity x 1e9.
        haircut_e9: u64,
        /// Deposit cap, atoms.
        deposit_cap_atoms: u64,
        /// When that cap begins to grow from zero, Unix seconds.
        ramp_started_at: i64,
        /// How long it grows, seconds.
        ramp_seconds: u64,
        /// Cap on net outflow within the window, atoms.
        window_cap_atoms: u64,
    }
    /// A checked price was stored.
    PriceUpdated {
        /// The underlying.
        underlying: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// Price, USD x 1e9.
        price_e9: u64,
        /// Confidence interval, USD x 1e9.
        confidence_e9: u64,
        /// Exponential average, USD x 1e9.
        ema_e9: u64,
        /// Publish time, Unix seconds.
        published_at: i64,
        /// Slot of this.
        updated_slot: u64,
        /// Hour of the last mark for the range, Unix hours.
        variance_hour: i64,
        /// That mark, USD x 1e9.
        variance_price_e9: u64,
        /// Variance of hourly returns x 2^62.
        hourly_variance_q62: u64,
        /// Price range of the scenarios x 1e9.
        range_e9: u64,
        /// Range before its last move x 1e9.
        previous_range_e9: u64,
        /// When it last moved, Unix seconds.
        range_moved_at: i64,
    }
    /// An hour's mark for the range was taken from an update that was not stored as the price.
    HourMarked {
        /// The underlying.
        underlying: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// The hour, Unix hours.
        hour: i64,
        /// The mark, USD x 1e9.
        price_e9: u64,
        /// Variance of hourly returns x 2^62.
        hourly_variance_q62: u64,
        /// Price range of the scenarios x 1e9.
        range_e9: u64,
        /// Range before its last move x 1e9.
        previous_range_e9: u64,
        /// When it last moved, Unix seconds.
        range_moved_at: i64,
    }
    /// A margin account was opened.
    AccountOpened {
        /// The account.
        account: Address,
        /// Its sequence number: none of its changes has been numbered yet.
        sequence: u64,
        /// Its owner.
        owner: Address,
        /// The owner's number for it.
        number: u16,
        /// Positions that it can hold.
        capacity: u16,
        /// Zero for the standard class, one for the large.
        size_class: u8,
        /// Who paid the rent.
        rent_payer: Address,
        /// What it was, lamports.
        rent_lamports: u64,
        /// When it was opened, Unix seconds.
        opened_at: i64,
    }
    /// A margin account was given room for more positions.
    AccountGrown {
        /// The account.
        account: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// Positions that it can hold.
        capacity: u16,
    }
    /// An empty margin account was closed.
    AccountClosed {
        /// The account.
        account: Address,
        /// Its last sequence number.
        sequence: u64,
        /// The registry's sequence number after this.
        registry_sequence: u64,
        /// The pool of cash after this.
        interest: InterestState,
    }
    /// An owner named who may trade for an account.
    DelegateSet {
        /// The account.
        account: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// The delegate, zero for nobody.
        delegate: Address,
        /// Most loss against mark a day under its signature, USD x 1e9.
        max_daily_loss_e9: u64,
    }
    /// Interest was brought to the present.
    InterestAccrued {
        /// The account that was counted anew.
        account: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// The registry's sequence number after this.
        registry_sequence: u64,
        /// The account's cash after this, atoms.
        cash_atoms: i64,
        /// What the reserve gave to insurance, atoms.
        swept_atoms: u64,
        /// What insurance owns after this, atoms.
        insurance_atoms: u64,
        /// The pool of cash after this.
        interest: InterestState,
    }
    /// Cash or a collateral moved between two accounts of one owner.
    Transferred {
        /// The account that gave.
        from: Address,
        /// Its sequence number after this.
        from_sequence: u64,
        /// The account that received.
        to: Address,
        /// Its sequence number after this.
        to_sequence: u64,
        /// The registry's sequence number after this.
        registry_sequence: u64,
        /// The collateral.
        collateral_index: u8,
        /// What moved, atoms.
        atoms: u64,
        /// The giving account's cash after this, atoms.
        from_cash_atoms: i64,
        /// The receiving account's cash after this, atoms.
        to_cash_atoms: i64,
        /// The pool of cash after this.
        interest: InterestState,
    }
    /// Lots of a strike moved between two accounts of one owner.
    PositionTransferred {
        /// The account that gave.
        from: Address,
        /// Its sequence number after this.
        from_sequence: u64,
        /// The account that received.
        to: Address,
        /// Its sequence number after this.
        to_sequence: u64,
        /// The chain.
        chain: Address,
        /// Its sequence number after this.
        chain_sequence: u64,
        /// Place of the strike.
        strike_slot: u16,
        /// Lots of the call that the receiving account gained.
        call_lots: i64,
        /// Lots of the put that the receiving account gained.
        put_lots: i64,
    }
    /// Tokens came in.
    Deposited {
        /// The account.
        account: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// The registry's sequence number after this.
        registry_sequence: u64,
        /// The collateral.
        collateral_index: u8,
        /// What arrived, atoms.
        atoms: u64,
        /// The collateral's booked total after this, atoms.
        booked_total_atoms: u64,
        /// The account's cash after this, atoms.
        cash_atoms: i64,
        /// Net outflow that the collateral's window remembers after this, atoms.
        outflow_atoms: u64,
        /// When that was, Unix seconds.
        outflow_at: i64,
        /// What the account may take back of recent deposits of the collateral after this, atoms.
        recent_deposits_atoms: u64,
        /// When the oldest of all its recent deposits came in, Unix seconds.
        recent_since: i64,
        /// The pool of cash after this.
        interest: InterestState,
    }
    /// Tokens went out.
    Withdrawn {
        /// The account.
        account: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// The registry's sequence number after this.
        registry_sequence: u64,
        /// The collateral.
        collateral_index: u8,
        /// What left, atoms.
        atoms: u64,
        /// The collateral's booked total after this, atoms.
        booked_total_atoms: u64,
        /// The account's cash after this, atoms.
        cash_atoms: i64,
        /// Net outflow that the collateral's window remembers after this, atoms.
        outflow_atoms: u64,
        /// When that was, Unix seconds.
        outflow_at: i64,
        /// What the account withdrew beyond the caps on its last day with such a withdrawal, USD x 1e9.
        small_withdrawn_e9: u64,
        /// That day, Unix days.
        small_day: u64,
        /// What the account may take back of recent deposits of the collateral after this, atoms.
        recent_deposits_atoms: u64,
        /// When the oldest of all its recent deposits came in, Unix seconds.
        recent_since: i64,
        /// The pool of cash after this.
        interest: InterestState,
    }
    /// A chain was listed.
    ChainCreated {
        /// The chain.
        chain: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// Its underlying.
        underlying: Address,
        /// The underlying's sequence number after this.
        underlying_sequence: u64,
        /// When it was listed, Unix seconds; expiries up to then left the underlying's table.
        listed_at: i64,
        /// Its expiry, Unix seconds.
        expiry: i64,
        /// Who paid the rent.
        rent_payer: Address,
    }
    /// Strikes were listed.
    StrikesAdded {
        /// The chain.
        chain: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// Slots whose strikes the first prices replaced, in their order.
        replaced_slots: Vec<u16>,
        /// Who paid the rent of the slots that were appended; replaced ones stay whose they were.
        rent_payer: Address,
        /// What was paid for each of them, lamports.
        rent_lamports: u64,
        /// Slot of the first strike that was appended.
        first_slot: u16,
        /// Strike prices, USD x 1e9: those of the replaced slots, then those that were appended.
        prices_e9: Vec<u64>,
    }
    /// A volatility slice was posted.
    SurfacePosted {
        /// The chain.
        chain: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// At-the-money total variance x 1e12.
        theta_e12: u64,
        /// Correlation x 1e12.
        rho_e12: i64,
        /// Slope x 1e12.
        psi_e12: u64,
        /// Forward over spot x 1e9.
        forward_ratio_e9: u64,
        /// Discount factor x 1e9.
        discount_e9: u64,
        /// When, Unix seconds.
        posted_at: i64,
        /// Number of the slice.
        number: u64,
        /// The slice at the start of the hour.
        hour_anchor: SurfaceAnchor,
        /// The slice at the start of the day.
        day_anchor: SurfaceAnchor,
        /// The slice at the start of the day before.
        eve_anchor: SurfaceAnchor,
    }
    /// Risk arrays were computed.
    RiskRefreshed {
        /// The chain.
        chain: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// Number of the slice that they follow from.
        slice_number: u64,
        /// Price range of the scenarios x 1e9.
        range_e9: u64,
        /// Spot at which they were computed, USD x 1e9.
        reference_price_e9: u64,
        /// When, Unix seconds.
        refreshed_at: i64,
        /// Slot of this.
        slot: u64,
        /// What fixed settlement marks add to the average that they rest on, USD x 1e9.
        fixed_e9: u64,
        /// Their share of it in thirtieths.
        fixed_share: u8,
        /// Slots of the strikes.
        strike_slots: Vec<u16>,
        /// Marks of their calls per lot, USD x 1e9.
        marks_e9: Vec<i64>,
    }
    /// Positions and premium changed hands.
    Traded {
        /// The account that gained the legs' lots.
        buyer: Address,
        /// Its sequence number after this.
        buyer_sequence: u64,
        /// The account that gave them.
        seller: Address,
        /// Its sequence number after this.
        seller_sequence: u64,
        /// Premium from buyer to seller, atoms; negative the other way.
        premium_atoms: i64,
        /// Side that paid the taker's fee: zero the buyer, one the seller.
        taker: u8,
        /// Fee of the buyer, atoms.
        buyer_fee_atoms: u64,
        /// Fee of the seller, atoms.
        seller_fee_atoms: u64,
        /// The buyer after this.
        buyer_after: SideAfter,
        /// The seller after this.
        seller_after: SideAfter,
        /// The legs, with the numbers of their chains.
        legs: Vec<crate::instructions::TradedLeg>,
    }
    /// A bracket began: trades of the account are checked at its end.
    BracketBegun {
        /// The account.
        account: Address,
        /// Its sequence number after this.
        sequence: u64,
    }
    /// A bracket ended with the account within its rule.
    BracketEnded {
        /// The account.
        account: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// One if a trade in the bracket gave value away at mark.
        gave_value: u8,
        /// What its trades gained at mark, before fees, USD x 1e9; negative if they lost.
        gain_e9: i64,
    }
    /// Settlement marks were taken.
    SettlementMarked {
        /// The chain.
        chain: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// Which, a bit each: the lowest is the first of the thirty, 29 minutes before expiry.
        marks: u32,
        /// The price of each, USD x 1e9.
        price_e9: u64,
        /// Publish time of the update, Unix seconds.
        published_at: i64,
    }
    /// The mark of a minute after expiry was taken, because those before are too few.
    LateMinuteMarked {
        /// The chain.
        chain: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// The minute after expiry, from one on; the first is final.
        minute: u64,
        /// The price, USD x 1e9.
        price_e9: u64,
        /// Publish time of the update, Unix seconds.
        published_at: i64,
        /// When the first such mark was brought: ten minutes later this one is final, Unix seconds.
        waits_since: i64,
    }
    /// A settlement price was written.
    ChainSettled {
        /// The chain.
        chain: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// The price, USD x 1e9.
        price_e9: u64,
        /// Publish time of the one update that settled, Unix seconds; of a mean of marks the expiry.
        published_at: i64,
    }
    /// The treasury was paid its part of swept fees.
    TreasuryPaid {
        /// The registry's sequence number after this.
        registry_sequence: u64,
        /// Token account that received it.
        destination: Address,
        /// What left, atoms.
        atoms: u64,
        /// What the treasury still owns, atoms.
        treasury_balance_atoms: u64,
        /// Booked total of the quote after this, atoms.
        booked_total_atoms: u64,
    }
    /// A chain's fees and what rounding left of its settlement went to the house.
    ChainSwept {
        /// The chain.
        chain: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// Fees that were swept, atoms.
        fees_atoms: u64,
        /// The insurance fund's part of them, atoms.
        insurance_atoms: u64,
        /// The treasury's part, atoms.
        treasury_atoms: u64,
        /// What rounding left of the settlement, atoms, to the insurance fund.
        residue_atoms: u64,
        /// What the insurance fund owns after this, atoms.
        insurance_balance_atoms: u64,
        /// What the treasury owns after this, atoms.
        treasury_balance_atoms: u64,
    }
    /// The last strikes of a chain that is over were removed and their rent returned to who paid it.
    StrikesRemoved {
        /// The chain.
        chain: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// Strikes that are left.
        left: u16,
    }
    /// A chain was closed, with the strikes that were left, and its rent returned.
    ChainClosed {
        /// The chain.
        chain: Address,
        /// Its last sequence number.
        sequence: u64,
        /// Who got the rent of what was not a strike.
        rent_payer: Address,
    }
    /// An account's positions in a chain were paid out.
    AccountSettled {
        /// The account.
        account: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// The chain.
        chain: Address,
        /// The chain's sequence number after this.
        chain_sequence: u64,
        /// Its receipts less payouts after this, atoms.
        settlement_balance_atoms: i64,
        /// Positions that were closed.
        positions: u32,
        /// What the account received, atoms; negative if it paid.
        payout_atoms: i64,
        /// The account's cash after this.
        cash: CashAfter,
    }
    /// An auction started, ran on or ended.
    LiquidationTouched {
        /// The account.
        account: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// One while the auction runs.
        active: u8,
        /// What the clock shows, seconds.
        clock_seconds: u32,
        /// When the auction started, Unix seconds.
        started_at: i64,
        /// Last touch that advanced the clock, Unix seconds.
        touched_at: i64,
        /// When the last auction ended, Unix seconds; zero if there was none.
        ended_at: i64,
        /// Equity, USD x 1e9.
        equity_e9: i64,
        /// Maintenance requirement, USD x 1e9.
        maintenance_e9: i64,
    }
    /// A slice of an account was taken over.
    SliceLiquidated {
        /// The account that was liquidated.
        account: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// The account that took the slice.
        liquidator: Address,
        /// Its sequence number after this.
        liquidator_sequence: u64,
        /// Fraction taken x 1e18.
        fraction_e18: u64,
        /// Discount on the freed requirement x 1e9.
        discount_e9: u64,
        /// What the discount came to, atoms of the quote.
        discount_atoms: u64,
        /// Cash that the liquidator received, atoms; negative if it paid.
        cash_atoms: i64,
        /// Equity before, USD x 1e9.
        equity_before_e9: i64,
        /// Maintenance requirement before, USD x 1e9.
        maintenance_before_e9: i64,
        /// Equity after, USD x 1e9.
        equity_after_e9: i64,
        /// Maintenance requirement after, USD x 1e9.
        maintenance_after_e9: i64,
        /// What the clock shows, seconds.
        clock_seconds: u32,
        /// One if the auction runs on.
        active: u8,
        /// When the auction started, Unix seconds.
        started_at: i64,
        /// Last touch that advanced the clock, Unix seconds.
        touched_at: i64,
        /// When the last auction ended, Unix seconds; zero if there was none.
        ended_at: i64,
        /// The liquidated account's cash after this.
        account_cash: CashAfter,
        /// The liquidator's cash after this.
        liquidator_cash: CashAfter,
        /// What moved to the liquidator.
        taken: crate::instructions::Taken,
    }
}
