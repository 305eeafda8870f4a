//! Everything that can be refused. Each message states the fact and the remedy; numbers are fixed and never reused.

use anchor_lang::prelude::*;
use tenor_math::MathError;
use tenor_pyth::PythError;

/// Why an instruction was refused. Codes start at 6000.
#[error_code]
#[derive(Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the message documents the variant")]
pub enum MarginError {
    // 0-19: the request
    #[msg("Amount is zero; send at least one unit")]
    ZeroAmount = 0,
    #[msg("A number does not fit its range; use a smaller size")]
    MathOverflow = 1,
    #[msg("A parameter is outside its allowed range; see the field's documentation")]
    ParameterOutOfRange = 2,
    #[msg("The list is empty or longer than one instruction takes; split it")]
    WrongListLength = 3,
    #[msg("The same entry is named twice; merge the two")]
    DuplicateEntry = 4,
    #[msg("What the account holds changed since the action was decided; read it again")]
    SequenceMismatch = 5,
    #[msg("The result is worse than the stated limit; decide again on present prices")]
    LimitExceeded = 6,

    // 20-39: authority and accounts
    #[msg("The signer may not do this; sign with the authority that the house names")]
    NotAuthorised = 20,
    #[msg("The signer is neither owner nor delegate of the margin account")]
    NotAccountAuthority = 21,
    #[msg("Only the program's upgrade authority may initialize the house")]
    NotUpgradeAuthority = 22,
    #[msg("The account belongs to another house")]
    WrongHouse = 23,
    #[msg("The account's layout version is not the one that this program reads; migrate it")]
    WrongVersion = 24,
    #[msg("A margin account cannot trade with or liquidate itself")]
    SameAccount = 25,
    #[msg("The token's mint is not the collateral's; pass the mint that the registry lists")]
    WrongMint = 26,
    #[msg("The vault is not the collateral's; pass the vault that the registry lists")]
    WrongVault = 27,
    #[msg("The token account's owner is not the signer")]
    WrongTokenOwner = 28,

    // 40-59: prices and surface
    #[msg("The feed account is owned by neither oracle program; pass the pull or the push oracle's account")]
    FeedOwner = 40,
    #[msg("The feed is not the underlying's; pass the account with its feed id")]
    FeedId = 41,
    #[msg("The price update is not fully verified; post it with full verification")]
    FeedVerification = 42,
    #[msg(
        "The feed account cannot be read as its oracle's price; pass a price account of the layout that is supported"
    )]
    FeedMalformed = 43,
    #[msg("The price is zero or negative")]
    PriceNotPositive = 44,
    #[msg("The price is too old for this action; update it in the same transaction")]
    PriceStale = 45,
    #[msg("The price is older than the one stored")]
    PriceOlderThanStored = 46,
    #[msg("The price lies in the future of the chain's clock; wait")]
    PriceFromFuture = 47,
    #[msg("The price's confidence interval is too wide; wait for a certain price")]
    PriceUncertain = 48,
    #[msg("The feed's exponent is not the one that the listing fixes for its oracle")]
    FeedExponent = 49,
    #[msg("The chain has no volatility slice yet, or it is too old; post one")]
    SurfaceMissing = 50,
    #[msg("The slice admits arbitrage; lower psi or |rho|, or raise theta")]
    SurfaceArbitrage = 51,
    #[msg("The slice's forward, discount or volatility is outside its bounds")]
    SurfaceOutOfBounds = 52,
    #[msg("A strike's risk array is too old or too far from spot; refresh it in the same transaction")]
    RiskStale = 53,
    #[msg("A push feed does not prove which price is the expiry's; pass the pull oracle's update")]
    FeedCannotSettle = 54,
    #[msg(
        "The push oracle's account is not the one that the listing names; pass that one, or the pull oracle's update"
    )]
    FeedAddress = 55,

    // 60-79: chains
    #[msg(
        "The expiry is not on the listing grid: Fridays 08:00 UTC for eight weeks, then the last of a month, then of a quarter"
    )]
    ExpiryNotOnGrid = 60,
    #[msg("The strike is not on the grid or outside the window around spot")]
    StrikeNotOnGrid = 61,
    #[msg("The strike is listed already")]
    StrikeExists = 62,
    #[msg("The chain holds as many strikes as it can")]
    ChainFull = 63,
    #[msg("There is no such strike in the chain")]
    NoSuchStrike = 64,
    #[msg("The chain has expired; settle it")]
    ChainExpired = 65,
    #[msg("The chain has not expired yet")]
    ChainNotExpired = 66,
    #[msg("The chain is settled already")]
    ChainSettled = 67,
    #[msg("The chain is not settled yet; settle it first")]
    ChainNotSettled = 68,
    #[msg(
        "The update straddles no minute that is taken now: until ten minutes after expiry one of the thirty marks, then a minute after expiry, with prev_publish_time < mark <= publish_time"
    )]
    NotSettlementUpdate = 69,
    #[msg("Open interest would exceed the market's limit; use fewer lots")]
    OpenInterestLimit = 70,
    #[msg("Chains cannot be listed on the underlying yet; wait until it is active")]
    UnderlyingNotActive = 71,
    #[msg("The underlying's table of live expiries is full; wait for one to pass")]
    TooManyExpiries = 72,
    #[msg("The chain still has positions, fees, debt or a settlement balance; settle its accounts and sweep it")]
    ChainNotEmpty = 73,
    #[msg("The chain holds nothing to sweep")]
    NothingToSweep = 74,
    #[msg("The chain is not full; list the strike without replacing one")]
    ChainNotFull = 75,
    #[msg("The strike to be replaced is still listable or has open interest; name another slot")]
    StrikeInUse = 76,
    #[msg("The rent goes to whoever paid it; pass the payers that chain and last strike name, writable")]
    NotRentPayer = 77,
    #[msg("Settlement marks may be brought until ten minutes after expiry; settle the chain then")]
    SettlementMarksOpen = 78,
    #[msg(
        "Fewer than fifteen marks were brought; bring the update that straddles the first minute after expiry by mark_settlement"
    )]
    SettlementMarksMissing = 79,

    // 80-99: the market view of a health check
    #[msg("A chain that the account has positions in was not passed")]
    MissingChain = 80,
    #[msg("An underlying that the account's health needs was not passed")]
    MissingUnderlying = 81,
    #[msg("A remaining account is passed twice")]
    DuplicateMarketAccount = 82,
    #[msg("A remaining account is neither a chain nor an underlying of this house")]
    ForeignMarketAccount = 83,
    #[msg("The chain must be writable, for its open interest changes")]
    ChainNotWritable = 84,

    // 100-119: margin accounts
    #[msg("The feed is unusable and the options left on it are not fully covered; close the short ones")]
    NotCovered = 112,
    #[msg("Initial health would be negative; add collateral or reduce size")]
    InitialHealthNegative = 100,
    #[msg("The withdrawal would leave too little; unrealised option gains cannot be withdrawn")]
    WithdrawalTooLarge = 101,
    #[msg("The balance is smaller than the amount")]
    InsufficientBalance = 102,
    #[msg("Cash would fall below zero; deposit the quote currency")]
    CashBelowZero = 103,
    #[msg("The position table is full; close a strike or open a larger account")]
    PositionTableFull = 104,
    #[msg("The chain table is full; settle or close a chain")]
    ChainTableFull = 105,
    #[msg("The deposit would exceed the collateral's cap")]
    DepositCap = 106,
    #[msg("There is no such collateral in the registry")]
    NoSuchCollateral = 107,
    #[msg("The account has no positions in the chain")]
    NoPositions = 108,
    #[msg("The price is outside the band around the mark")]
    PriceOutsideBand = 109,
    #[msg("The collateral is listed already")]
    CollateralExists = 110,
    #[msg("The registry is full")]
    RegistryFull = 111,

    // 120-139: liquidation
    #[msg("The account is healthy; no liquidation can start")]
    AccountHealthy = 120,
    #[msg("No auction runs on the account; touch it first")]
    AuctionNotStarted = 121,
    #[msg("Equity is not positive: there is nothing to sell at a discount")]
    EquityExhausted = 122,
    #[msg("Equity has reached the target; nothing is left to liquidate")]
    NothingToLiquidate = 123,
    #[msg("The slice would not raise the account's health; take a larger fraction")]
    HealthNotRaised = 124,

    // 140-159: governance
    #[msg("The transaction has a durable nonce; governance takes only transactions that expire: sign a new one")]
    DurableNonce = 140,
    #[msg("The account passed is not the instructions sysvar")]
    NotInstructionsSysvar = 141,
    #[msg("The action is paused; the house says until when")]
    ActionPaused = 142,
    #[msg("This power paused the action not long ago; wait out the cool-down")]
    PauseCoolingDown = 143,
    #[msg("This power does not pause the action now; whoever paused it may end the pause, or wait")]
    NotPaused = 144,
    #[msg("The house is wound down; reduce, settle and withdraw")]
    WoundDown = 145,
    #[msg("The change does not only tighten; queue it and wait out the timelock")]
    ChangeLoosens = 146,
    #[msg("The change must wait; the account says from when on it may be made")]
    ChangeNotReady = 147,
    #[msg("The change waited too long and is dead; queue it again")]
    ChangeExpired = 148,
    #[msg("What the change replaces is not what it was when it was queued; cancel it and queue it again")]
    ChangeOutdated = 149,
    #[msg("The change was queued by a former admin; cancel it and queue it again")]
    ChangeOfFormerAdmin = 150,
    #[msg("The account to change is missing or is not the change's; pass the one that the change names")]
    WrongChangeTarget = 151,
    #[msg("The change is a listing; list by its own instruction and name the change as approval")]
    ListingByItsInstruction = 152,
    #[msg("Set-up is over: queue the listing and name the change as approval once it is ready")]
    ListingNotApproved = 153,
    #[msg("The approval is for another listing; pass exactly what was queued")]
    WrongApproval = 154,
    #[msg("Set-up is over already")]
    GenesisOver = 155,
    #[msg("No admin is proposed; propose one first")]
    NoPendingAdmin = 156,
    #[msg("The change changes nothing")]
    NothingChanges = 157,
    #[msg("Set-up lasts, in which collaterals are listed without delay; deposit once it is over")]
    GenesisLasts = 158,

    // 160-179: cash, tokens and the keeping of accounts
    #[msg("The vault holds less than the amount, for the rest is lent; withdraw less or wait for repayments")]
    NotEnoughLiquidity = 160,
    #[msg("Net outflow would exceed the collateral's cap for the window; withdraw less or wait")]
    WindowCapReached = 161,
    #[msg("The mint takes a fee of transfers; it cannot be a collateral")]
    MintTransferFee = 162,
    #[msg("The mint calls a program at transfers; it cannot be a collateral")]
    MintTransferHook = 163,
    #[msg("Somebody may move every token of the mint; it cannot be a collateral")]
    MintPermanentDelegate = 164,
    #[msg("Somebody may freeze accounts of the mint; name the exception if this is meant")]
    MintFreezable = 165,
    #[msg("Somebody may pause the mint; it cannot be a collateral")]
    MintPausable = 166,
    #[msg("The mint has an extension that is not on the list of allowed ones; it cannot be a collateral")]
    MintExtension = 167,
    #[msg("The token program is not the collateral's; pass the program that the registry lists")]
    WrongTokenProgram = 168,
    #[msg("The account still holds or owes something; empty it first")]
    AccountNotEmpty = 169,
    #[msg("The capacity is not above the present one or beyond the account's size class")]
    WrongCapacity = 170,
    #[msg("The account holds fewer lots of the option; transfer what it holds")]
    NotEnoughLots = 171,
    #[msg("The rent goes to who paid it at opening; pass that address")]
    WrongRentPayer = 172,
    #[msg("The account is not a mint of the token program; pass the mint and the program that owns it")]
    NotAMint = 173,
    #[msg("The account is not a token account of the collateral's token program")]
    NotATokenAccount = 174,

    #[msg("The token account is not the treasury's; pass one that the house's treasury owns")]
    NotTheTreasury = 175,
    #[msg(
        "Options and collaterals would depend on more underlyings than the account's size class allows; use another account"
    )]
    TooManyUnderlyings = 176,
    #[msg("The account would hold more collaterals than its size class allows; use another account")]
    TooManyCollaterals = 177,

    // 178-179: settlement
    #[msg("A later minute's mark waits ten minutes for an earlier one; bring that, or settle the chain then")]
    SettlementMarkWaits = 178,
    #[msg("Nothing can change any more what the chain settles at; settle it")]
    SettlementFinal = 179,

    // 180-199: trades and brackets
    #[msg("Both accounts have one owner; move positions between them by a transfer")]
    SelfTrade = 180,
    #[msg("The deadline of the trade has passed; decide again")]
    DeadlinePassed = 181,
    #[msg(
        "The trade gives value away at mark or borrows cash against gains that are not realised; trade at mark, use fewer lots or add collateral"
    )]
    GainsUnrealised = 182,
    #[msg("The delegate's losses against mark would exceed the day's limit; the owner may sign or raise it")]
    DelegateLossLimit = 183,
    #[msg("A bracket begins and ends at the top level of a transaction, not by a call of another program")]
    BracketNotTopLevel = 184,
    #[msg("No end of this account's bracket follows in the transaction; add end_bracket for the same account")]
    BracketNotEnded = 185,
    #[msg("A bracket may not begin inside another; end the first one before")]
    BracketNested = 186,
    #[msg("An instruction inside the bracket is not one that brackets allow; move it before or after")]
    BracketForeignInstruction = 187,
    #[msg("The account is in a bracket; do this before or after it")]
    BracketActive = 188,
    #[msg("No bracket of the account is open; begin one in the same transaction")]
    BracketNotActive = 189,
    #[msg("Both accounts are of the large class and fall short; trade with one that meets its requirement")]
    LargeReductions = 190,

    // 200-219: surface and range
    #[msg(
        "The slice and a neighbour's admit calendar arbitrage; post a rising surface far first, a falling one near first"
    )]
    CalendarArbitrage = 200,
    #[msg("A neighbouring chain was not passed; pass each side's chains out to the first that has a slice")]
    MissingNeighbour = 201,
    #[msg("The slice moves too far from the last one, the hour's or the day's; post a smaller step")]
    SurfaceStep = 202,
    #[msg("The last slice was posted too short a time ago; wait")]
    SurfaceTooSoon = 203,
    #[msg(
        "The update is not the hour's mark: it must straddle an hour that began less than ten minutes ago and has none"
    )]
    NotHourMark = 204,
}

impl From<MathError> for MarginError {
    fn from(error: MathError) -> Self {
        match error {
            MathError::Overflow | MathError::DivideByZero => Self::MathOverflow,
            MathError::OutOfDomain => Self::ParameterOutOfRange,
        }
    }
}

/// Math errors inside handlers.
pub trait OrMarginError<T> {
    /// The same result with the program's error.
    ///
    /// # Errors
    /// The error of the calculation, as a [`MarginError`].
    fn or_margin_error(self) -> core::result::Result<T, MarginError>;
}

impl<T> OrMarginError<T> for core::result::Result<T, MathError> {
    fn or_margin_error(self) -> core::result::Result<T, MarginError> {
        self.map_err(MarginError::from)
    }
}

impl From<PythError> for MarginError {
    fn from(error: PythError) -> Self {
        match error {
            PythError::NotPositive => Self::PriceNotPositive,
            PythError::ExponentOutOfRange => Self::FeedExponent,
            PythError::Overflow => Self::MathOverflow,
            _ => Self::FeedMalformed,
        }
    }
}
