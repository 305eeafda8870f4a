//! What happened, in the past tense. Each instruction that changes something emits exactly one event, by a call of the
//! program to itself: logs are cut at ten kilobytes, inner instructions are not. Sequence numbers are per margin account.

use alloc::vec::Vec;
use anchor_lang::prelude::*;

/// Generates an event with the fields that an indexer needs to follow the state without reading accounts.
macro_rules! events {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* })*) => {
        $($(#[$doc])*
        #[event]
        #[derive(SchemaRead)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* })*
    };
}

events! {
    /// The house was created.
    HouseInitialized {
        /// The house.
        house: Address,
        /// May list and change parameters.
        admin: Address,
        /// May pause and cancel.
        guardian: Address,
        /// May post slices.
        surface_authority: Address,
        /// Mint of the quote currency.
        quote_mint: Address,
    }
    /// An asset with a price feed was listed.
    UnderlyingListed {
        /// The underlying.
        underlying: Address,
        /// Its index.
        index: u8,
        /// Its symbol, padded with zeros.
        symbol: [u8; 16],
        /// Its feed of the pull oracle.
        feed_id: [u8; 32],
        /// Exponent of that feed.
        feed_exponent: i32,
        /// Its account of the push oracle, or zero.
        push_feed: Address,
        /// Exponent of that account.
        push_exponent: i32,
        /// One lot in 1e-9 units.
        lot_units_e9: u64,
    }
    /// A collateral was listed.
    CollateralListed {
        /// Its index.
        index: u8,
        /// Its mint.
        mint: Address,
        /// The house's token account for it.
        vault: Address,
        /// Underlying that prices it, 255 for the quote.
        underlying_index: u8,
        /// Part that does not count as equity x 1e9.
        haircut_e9: u64,
        /// Deposit cap, atoms.
        deposit_cap_atoms: u64,
    }
    /// A checked price was stored.
    PriceUpdated {
        /// The underlying.
        underlying: Address,
        /// Price, USD x 1e9.
        price_e9: u64,
        /// Confidence interval, USD x 1e9.
        confidence_e9: u64,
        /// Exponential average, USD x 1e9.
        ema_e9: u64,
        /// Publish time, Unix seconds.
        published_at: i64,
    }
    /// A margin account was opened.
    AccountOpened {
        /// The account.
        account: Address,
        /// Its owner.
        owner: Address,
        /// The owner's number for it.
        number: u16,
        /// Positions that it can hold.
        capacity: u16,
    }
    /// Tokens came in.
    Deposited {
        /// The account.
        account: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// The collateral.
        collateral_index: u8,
        /// What arrived, atoms.
        atoms: u64,
        /// The collateral's booked total after this, atoms.
        booked_total_atoms: u64,
    }
    /// Tokens went out.
    Withdrawn {
        /// The account.
        account: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// The collateral.
        collateral_index: u8,
        /// What left, atoms.
        atoms: u64,
        /// The collateral's booked total after this, atoms.
        booked_total_atoms: u64,
    }
    /// A chain was listed.
    ChainCreated {
        /// The chain.
        chain: Address,
        /// Its underlying.
        underlying: Address,
        /// Its expiry, Unix seconds.
        expiry: i64,
        /// Who paid the rent.
        rent_payer: Address,
    }
    /// Strikes were listed.
    StrikesAdded {
        /// The chain.
        chain: Address,
        /// Slot of the first of them.
        first_slot: u16,
        /// Strike prices, USD x 1e9, in the order of their slots.
        prices_e9: Vec<u64>,
    }
    /// A volatility slice was posted.
    SurfacePosted {
        /// The chain.
        chain: Address,
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
    }
    /// Risk arrays were computed.
    RiskRefreshed {
        /// The chain.
        chain: Address,
        /// Spot at which they were computed, USD x 1e9.
        reference_price_e9: u64,
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
        /// The legs, as in the instruction.
        legs: Vec<crate::instructions::Leg>,
    }
    /// A settlement price was written.
    ChainSettled {
        /// The chain.
        chain: Address,
        /// The price, USD x 1e9.
        price_e9: u64,
        /// Publish time of the update, Unix seconds.
        published_at: i64,
    }
    /// An account's positions in a chain were paid out.
    AccountSettled {
        /// The account.
        account: Address,
        /// Its sequence number after this.
        sequence: u64,
        /// The chain.
        chain: Address,
        /// Positions that were closed.
        positions: u32,
        /// What the account received, atoms; negative if it paid.
        payout_atoms: i64,
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
    }
}
