//! All options on one underlying with one expiry.

use crate::error::MarginError;
use crate::settlement::FixedPart;
use anchor_lang::accounts::Slab;
use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};
use core::mem::{offset_of, size_of};
use tenor_math::pricing::{MAX_MARKS, OptionKind};
use tenor_math::quantity::{Price, Ratio, UnixSeconds, Value};
use tenor_math::risk::{FormerMarks, SCENARIOS, StrikeRisk, StrikeView};
use tenor_math::surface::Slice;

/// Number of one-minute settlement marks.
#[expect(clippy::as_conversions, reason = "evaluated by the compiler; a small number")]
pub const SETTLEMENT_MARKS: usize = MAX_MARKS as usize;
/// Most strikes of one chain.
pub const MAX_STRIKES: usize = 64;

/// A chain with its strikes.
pub type ChainAccount = Slab<Chain, Strike>;

/// A slice as it was at a moment, by volatility instead of total variance, so that time does not move it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable, IdlType, SchemaRead, SchemaWrite)]
#[repr(C)]
pub struct SurfaceAnchor {
    /// When the window that it begins began, Unix seconds; zero before the first slice.
    pub since: i64,
    /// At-the-money variance per year x 1e12.
    pub variance_e12: u64,
    /// Correlation x 1e12.
    pub rho_e12: i64,
    /// Slope in standard deviations, psi over the root of theta, x 1e9: at most two, and constant for a smile that keeps its
    /// shape in them.
    pub slope_e9: u64,
    /// Forward over spot x 1e9.
    pub forward_ratio_e9: u64,
    /// Discount factor x 1e9.
    pub discount_e9: u64,
}

/// Header of a chain; strikes follow. Seeds: `[chain, underlying, expiry]`.
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct Chain {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// Index of the underlying.
    pub underlying_index: u8,
    /// One once the settlement price is written.
    pub settled: u8,
    /// Number of settlement marks taken.
    pub marks_taken: u8,
    /// Alignment.
    pub padding: [u8; 3],
    /// House that it belongs to.
    pub house: Address,
    /// Underlying of the options.
    pub underlying: Address,
    /// Who paid the rent of the account without strikes and gets it back.
    pub rent_payer: Address,
    /// Expiry, Unix seconds.
    pub expiry: i64,
    /// At-the-money total variance of the slice x 1e12; zero before the first slice.
    pub theta_e12: u64,
    /// Correlation of the slice x 1e12.
    pub rho_e12: i64,
    /// Slope of the slice, theta phi, x 1e12.
    pub psi_e12: u64,
    /// Forward over spot x 1e9.
    pub forward_ratio_e9: u64,
    /// Discount factor x 1e9.
    pub discount_e9: u64,
    /// When the slice was posted, Unix seconds; its variance is that of the time from then to expiry.
    pub slice_posted_at: i64,
    /// Number of the slice: grows with every post.
    pub slice_number: u64,
    /// The slice at the start of the hour, which this hour's posts are measured from.
    pub hour_anchor: SurfaceAnchor,
    /// The slice at the start of the day.
    pub day_anchor: SurfaceAnchor,
    /// The slice at the start of the day before: a day old at least, whenever it is read.
    pub eve_anchor: SurfaceAnchor,
    /// Number of the chain's last event.
    pub sequence: u64,
    /// Settlement price, USD x 1e9; zero before settlement.
    pub settlement_price_e9: u64,
    /// Publish time of the one update that settled, Unix seconds; of a mean of marks the expiry.
    pub settlement_published_at: i64,
    /// One-minute marks, the last at expiry, USD x 1e9; zero where missing.
    pub settlement_marks_e9: [u64; SETTLEMENT_MARKS],
    /// Sum of the marks taken, USD x 1e9.
    pub marks_sum_e9: u64,
    /// Minute after expiry, from one on, whose mark settles if the marks are too few; zero if none was brought.
    pub late_minute: u64,
    /// Its price, USD x 1e9.
    pub late_price_e9: u64,
    /// Publish time of its update, Unix seconds.
    pub late_published_at: i64,
    /// When the mark of such a minute was first brought, Unix seconds.
    pub late_since: i64,
    /// Fees collected and not yet swept, atoms.
    pub fees_atoms: u64,
    /// Losses charged to the chain, atoms.
    pub debt_atoms: u64,
    /// Share of positive payouts that is paid x 1e9.
    pub payout_factor_e9: u64,
    /// Receipts less payouts of the accounts settled so far, atoms; once all are settled, the rounding residue.
    pub settlement_balance_atoms: i64,
    /// Number of positions (accounts x strikes) that are open in the chain.
    pub open_positions: u64,
    /// For later versions.
    pub reserved: [u8; 216],
}

/// One strike: a call and a put, and the risk array of one lot of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType)]
#[repr(C)]
pub struct Strike {
    /// Strike price, USD x 1e9.
    pub price_e9: u64,
    /// Long lots of the call over all accounts.
    pub call_open_interest_lots: u64,
    /// Long lots of the put over all accounts.
    pub put_open_interest_lots: u64,
    /// Spot price at which the array was computed, USD x 1e9; zero before the first refresh.
    pub reference_price_e9: u64,
    /// Slot of the refresh.
    pub reference_slot: u64,
    /// Time of the refresh, Unix seconds.
    pub reference_at: i64,
    /// Mark of the call per lot, USD x 1e9.
    pub mark_e9: i64,
    /// Discounted forward per lot, USD x 1e9; once settlement marks are fixed, of the open share.
    pub forward_value_e9: i64,
    /// Discounted strike per lot, USD x 1e9, less what fixed settlement marks make certain of the forward.
    pub strike_value_e9: i64,
    /// Delta of the call per lot, 1e-9 units of the underlying.
    pub delta_units_e9: i64,
    /// Spot^2 x gamma per lot, USD x 1e9.
    pub gamma_cash_e9: i64,
    /// Vega per lot and 100 points of volatility, USD x 1e9.
    pub vega_e9: i64,
    /// Largest magnitude in the array, USD x 1e9.
    pub pnl_bound_e9: u64,
    /// Bound on the error of re-centring a lot to another spot price, USD x 1e9 per unit of relative step.
    pub drift_e9: u64,
    /// Gain of the call in each scenario per lot, USD x 1e9.
    pub pnl_e9: [i64; SCENARIOS],
    /// Price range of the scenarios of the array x 1e9.
    pub range_e9: u64,
    /// Number of the slice that the array follows from.
    pub slice_number: u64,
    /// Who paid the rent of the slot and gets it back.
    pub rent_payer: Address,
    /// How far the call's mark per lot is above what it is on the day's slice or the eve's, USD x 1e9; zero if it is not.
    pub call_below_e9: u64,
    /// How far it is below.
    pub call_above_e9: u64,
    /// How far the discounted forward less strike per lot is from what it is on them, USD x 1e9.
    pub forward_off_e9: u64,
    /// What was paid for the slot, lamports.
    pub rent_lamports: u64,
    /// What fixed settlement marks added to the average when the array was computed, USD x 1e9.
    pub fixed_e9: u64,
    /// Their share of it in thirtieths.
    pub fixed_share: u8,
    /// For later versions.
    pub reserved: [u8; 7],
}

impl Chain {
    /// Numbers an event about the chain.
    pub fn advance(&mut self) -> u64 {
        self.sequence = self.sequence.wrapping_add(1);
        self.sequence
    }

    /// Expiry.
    pub const fn expiry(&self) -> UnixSeconds {
        UnixSeconds::new(self.expiry)
    }

    /// Settlement price once there is one.
    pub fn settlement_price(&self) -> Option<Price> {
        (self.settled != 0).then_some(Price::from_e9(self.settlement_price_e9))
    }

    /// Whether a slice was posted.
    pub const fn has_slice(&self) -> bool {
        self.theta_e12 != 0
    }

    /// The volatility slice.
    ///
    /// # Errors
    /// [`MarginError::SurfaceMissing`] before the first one.
    pub fn slice(&self) -> core::result::Result<Slice, MarginError> {
        Slice::try_new(self.theta_e12, self.rho_e12, self.psi_e12).map_err(|_| MarginError::SurfaceMissing)
    }

    /// Discount factor.
    pub const fn discount(&self) -> Ratio {
        Ratio::from_e9(self.discount_e9)
    }
}

impl Strike {
    /// A strike that was never refreshed.
    pub fn new(price_e9: u64) -> Self {
        Self {
            price_e9,
            ..Self::zeroed()
        }
    }

    /// The same in a slot whose rent somebody paid.
    pub const fn paid_by(self, rent_payer: Address, rent_lamports: u64) -> Self {
        Self {
            rent_payer,
            rent_lamports,
            ..self
        }
    }

    /// Whether anybody holds the call or the put.
    pub const fn has_open_interest(&self) -> bool {
        self.call_open_interest_lots != 0 || self.put_open_interest_lots != 0
    }

    /// Strike price.
    pub const fn price(&self) -> Price {
        Price::from_e9(self.price_e9)
    }

    /// The strike as the risk engine sees it.
    #[inline(always)]
    pub const fn view(&self) -> StrikeView<'_> {
        StrikeView {
            reference: Price::from_e9(self.reference_price_e9),
            mark: Value::from_e9(self.mark_e9),
            forward_value: Value::from_e9(self.forward_value_e9),
            strike_value: Value::from_e9(self.strike_value_e9),
            delta_units_e9: self.delta_units_e9,
            drift_e9: self.drift_e9,
            pnl_e9: &self.pnl_e9,
            pnl_bound_e9: self.pnl_bound_e9,
        }
    }

    /// Whether some former slice says something else than its marks.
    #[inline(always)]
    pub const fn was_worth_else(&self) -> bool {
        self.call_below_e9 | self.call_above_e9 | self.forward_off_e9 != 0
    }

    /// How far its marks are from those on former slices.
    pub const fn former(&self) -> FormerMarks {
        FormerMarks {
            call_below_e9: self.call_below_e9,
            call_above_e9: self.call_above_e9,
            forward_off_e9: self.forward_off_e9,
        }
    }

    /// Stores how far its marks are from those on former slices.
    pub const fn store_former(&mut self, former: &FormerMarks) {
        self.call_below_e9 = former.call_below_e9;
        self.call_above_e9 = former.call_above_e9;
        self.forward_off_e9 = former.forward_off_e9;
    }

    /// The fixed part of the settlement average that the array rests on.
    #[inline(always)]
    pub const fn fixed_part(&self) -> FixedPart {
        FixedPart {
            price_e9: self.fixed_e9,
            share: self.fixed_share,
        }
    }

    /// Stores a fresh risk array.
    pub fn store(&mut self, risk: &StrikeRisk, reference: Price, range: Ratio, now: UnixSeconds, slot: u64) {
        self.reference_price_e9 = reference.e9();
        self.range_e9 = range.e9();
        self.reference_slot = slot;
        self.reference_at = now.get();
        self.mark_e9 = risk.mark.e9();
        self.forward_value_e9 = risk.forward_value.e9();
        self.strike_value_e9 = risk.strike_value.e9();
        self.delta_units_e9 = risk.delta_units_e9;
        self.gamma_cash_e9 = risk.gamma_cash.e9();
        self.vega_e9 = risk.vega.e9();
        self.pnl_bound_e9 = risk.pnl_bound_e9;
        self.drift_e9 = risk.drift_e9;
        self.pnl_e9 = risk.pnl_e9;
    }

    /// Open interest of one option.
    pub fn open_interest_mut(&mut self, kind: OptionKind) -> &mut u64 {
        match kind {
            OptionKind::Call => &mut self.call_open_interest_lots,
            OptionKind::Put => &mut self.put_open_interest_lots,
        }
    }
}

const _: () = assert!(size_of::<Strike>() == 19 * 8 + SCENARIOS * 8 + 32 + 24);
const _: () = assert!(size_of::<Chain>() == 8 + 3 * 32 + 11 * 8 + 3 * 48 + SETTLEMENT_MARKS * 8 + 10 * 8 + 216);
const _: () =
    assert!(offset_of!(Chain, house) == 8 && offset_of!(Chain, underlying) == 40 && offset_of!(Chain, expiry) == 104);
