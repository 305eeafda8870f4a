//! Why an action may be refused. Anything else that a random action runs into is a fault of the program.

use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;
use tenor_margin::MarginError::{self, *};
use tenor_sdk::error::error_code;

/// Errors that an action may meet: the program's, and numbers of the framework and of other programs.
pub struct Allowed {
    pub action: &'static str,
    own: &'static [MarginError],
    numbers: &'static [u32],
}

/// The system program: the account exists.
const ACCOUNT_EXISTS: u32 = 0;
/// The token program: the source holds too little.
const INSUFFICIENT_FUNDS: u32 = 1;
/// The framework: one account in two writable slots.
const SAME_ACCOUNT_TWICE: u32 = 2040;

pub const DEPOSIT: Allowed = Allowed {
    action: "deposit",
    own: &[ZeroAmount, DepositCap, NotAccountAuthority],
    numbers: &[INSUFFICIENT_FUNDS],
};
pub const ACCRUE: Allowed = Allowed {
    action: "accrue",
    own: &[],
    numbers: &[],
};
pub const WITHDRAW: Allowed = Allowed {
    action: "withdraw",
    own: &[
        ZeroAmount,
        InsufficientBalance,
        MathOverflow,
        PriceStale,
        PriceUncertain,
        RiskStale,
        WithdrawalTooLarge,
        NotEnoughLiquidity,
    ],
    numbers: &[],
};
pub const TRADE: Allowed = Allowed {
    action: "trade",
    own: &[
        ZeroAmount,
        MathOverflow,
        PriceStale,
        PriceUncertain,
        RiskStale,
        ChainExpired,
        OpenInterestLimit,
        PriceOutsideBand,
        DeadlinePassed,
        LimitExceeded,
        GainsUnrealised,
        InitialHealthNegative,
        PositionTableFull,
        ChainTableFull,
    ],
    numbers: &[SAME_ACCOUNT_TWICE],
};
pub const BRACKET: Allowed = Allowed {
    action: "trade in a bracket",
    ..TRADE
};
pub const TOUCH: Allowed = Allowed {
    action: "touch_liquidation",
    own: &[AccountHealthy, PriceStale, PriceUncertain, RiskStale],
    numbers: &[],
};
pub const SLICE: Allowed = Allowed {
    action: "liquidate_slice",
    own: &[
        ZeroAmount,
        SequenceMismatch,
        LimitExceeded,
        SameAccount,
        PriceStale,
        PriceUncertain,
        RiskStale,
        InitialHealthNegative,
        CashBelowZero,
        PositionTableFull,
        AuctionNotStarted,
        EquityExhausted,
        NothingToLiquidate,
        HealthNotRaised,
    ],
    numbers: &[SAME_ACCOUNT_TWICE],
};
pub const UPDATE_PRICE: Allowed = Allowed {
    action: "update_price",
    own: &[
        PriceStale,
        PriceOlderThanStored,
        PriceFromFuture,
        PriceUncertain,
        PriceNotPositive,
        FeedExponent,
    ],
    numbers: &[],
};
pub const CREATE_CHAIN: Allowed = Allowed {
    action: "create_chain",
    own: &[ExpiryNotOnGrid],
    numbers: &[ACCOUNT_EXISTS],
};
pub const ADD_STRIKES: Allowed = Allowed {
    action: "add_strikes",
    own: &[
        DuplicateEntry,
        PriceStale,
        PriceUncertain,
        StrikeNotOnGrid,
        StrikeExists,
        ChainFull,
        ChainExpired,
    ],
    numbers: &[],
};
pub const POST_SURFACE: Allowed = Allowed {
    action: "post_surface",
    own: &[SurfaceOutOfBounds, SurfaceStep, CalendarArbitrage],
    numbers: &[],
};
pub const MARK_HOUR: Allowed = Allowed {
    action: "mark_hour",
    own: &[NotHourMark],
    numbers: &[],
};
pub const SWEEP: Allowed = Allowed {
    action: "sweep",
    own: &[NothingToSweep],
    numbers: &[],
};
pub const CLOSE_CHAIN: Allowed = Allowed {
    action: "close_chain",
    own: &[ChainNotExpired, ChainNotEmpty],
    numbers: &[],
};
pub const REFRESH_RISK: Allowed = Allowed {
    action: "refresh_risk",
    own: &[PriceStale, SurfaceMissing, NoSuchStrike],
    numbers: &[],
};
pub const SETTLE_CHAIN: Allowed = Allowed {
    action: "settle_chain",
    own: &[ChainNotExpired, ChainSettled, NotSettlementUpdate],
    numbers: &[],
};
pub const SETTLE_ACCOUNT: Allowed = Allowed {
    action: "settle_account",
    own: &[ChainNotSettled, NoPositions],
    numbers: &[],
};
pub const OPEN_ACCOUNT: Allowed = Allowed {
    action: "open_account",
    own: &[ParameterOutOfRange],
    numbers: &[ACCOUNT_EXISTS],
};

impl Allowed {
    /// Name of the reason if the action may fail so.
    pub fn name(&self, error: &TransactionError) -> Option<String> {
        let TransactionError::InstructionError(_, InstructionError::Custom(number)) = error else {
            return None;
        };
        let own = self
            .own
            .iter()
            .find(|own| error_code(**own) == *number)
            .map(|own| format!("{own:?}"));
        own.or_else(|| self.numbers.contains(number).then(|| format!("error {number}")))
    }
}
