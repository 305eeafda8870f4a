//! Everything that can be sent. Instructions come from the SDK; there is no second client.

use crate::actor::Actor;
use crate::asset::{Asset, USDC};
use crate::chain::{ChainOf, Instrument};
use crate::picture::Picture;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use std::sync::Arc;
use tenor_sdk::address::{self, TOKEN_PROGRAM};
use tenor_sdk::instruction::{self, OwnAccounts, Party, TokenMove};
use tenor_sdk::margin::governance::Change;
use tenor_sdk::margin::instructions::{
    AddCollateralArgs, AddUnderlyingArgs, InitializeArgs, Leg, LiquidateSliceArgs, OpenAccountArgs, PostSurfaceArgs,
    SetDelegateArgs, TradeArgs, TransferPositionArgs,
};
use tenor_sdk::margin::risk::ViewOf;
use tenor_sdk::margin::state::{MAX_POSITIONS, Pausable};
use tenor_sdk::math::pricing::OptionKind;
use tenor_sdk::math::quantity::Price;

/// Instructions of one transaction and who signs them.
#[derive(Clone, Debug)]
pub struct Call {
    /// Instructions.
    pub instructions: Vec<Instruction>,
    /// Keys that sign where the instructions ask for it.
    pub signers: Vec<Arc<Keypair>>,
}

impl Call {
    /// One instruction.
    pub fn new<'a>(instruction: Instruction, signers: impl IntoIterator<Item = &'a Actor>) -> Self {
        Self {
            instructions: vec![instruction],
            signers: signers.into_iter().map(Actor::key).collect(),
        }
    }

    /// The only instruction.
    ///
    /// # Panics
    /// If there are none.
    pub fn instruction_mut(&mut self) -> &mut Instruction {
        self.instructions.first_mut().expect("an instruction")
    }

    /// This and then another in the same transaction.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.instructions.extend(other.instructions);
        self.signers.extend(other.signers);
        self
    }
}

/// Something that can be sent to the program.
pub trait Action {
    /// The call, given what the program's accounts show.
    fn call(&self, picture: &Picture) -> Call;
}

impl Action for Call {
    fn call(&self, _: &Picture) -> Call {
        self.clone()
    }
}

impl<A: Action> Action for &A {
    fn call(&self, picture: &Picture) -> Call {
        (*self).call(picture)
    }
}

/// Creates the house.
#[derive(Clone, Copy, Debug)]
pub struct Initialize<'a> {
    /// Upgrade authority of the program.
    pub upgrade_authority: &'a Actor,
    /// Quote currency.
    pub quote: Asset,
    /// Parameters.
    pub args: InitializeArgs,
}

impl Action for Initialize<'_> {
    fn call(&self, _: &Picture) -> Call {
        let authority = self.upgrade_authority;
        Call::new(
            instruction::initialize(authority.address(), self.quote.mint(), self.args),
            [authority],
        )
    }
}

/// Lists an asset with a price feed.
#[derive(Clone, Copy, Debug)]
pub struct AddUnderlying<'a> {
    /// Admin of the house.
    pub admin: &'a Actor,
    /// Terms.
    pub args: AddUnderlyingArgs,
    /// Number of the queued change that approves it, once set-up is over.
    pub approval: Option<u64>,
}

impl Action for AddUnderlying<'_> {
    fn call(&self, _: &Picture) -> Call {
        Call::new(
            instruction::add_underlying(self.admin.address(), self.args, self.approval.map(address::change)),
            [self.admin],
        )
    }
}

/// Lists a collateral.
#[derive(Clone, Copy, Debug)]
pub struct AddCollateral<'a> {
    /// Admin of the house.
    pub admin: &'a Actor,
    /// The token.
    pub asset: Asset,
    /// Terms.
    pub args: AddCollateralArgs,
    /// Number of the queued change that approves it, once set-up is over.
    pub approval: Option<u64>,
}

impl Action for AddCollateral<'_> {
    fn call(&self, _: &Picture) -> Call {
        Call::new(
            instruction::add_collateral(
                self.admin.address(),
                self.asset.mint(),
                TOKEN_PROGRAM,
                self.args,
                self.approval.map(address::change),
            ),
            [self.admin],
        )
    }
}

/// Ends set-up.
#[derive(Clone, Copy, Debug)]
pub struct EndGenesis<'a> {
    /// Admin of the house.
    pub admin: &'a Actor,
}

impl Action for EndGenesis<'_> {
    fn call(&self, _: &Picture) -> Call {
        Call::new(instruction::end_genesis(self.admin.address()), [self.admin])
    }
}

/// Queues a change under the next number.
#[derive(Clone, Copy, Debug)]
pub struct QueueChange<'a> {
    /// Admin of the house.
    pub admin: &'a Actor,
    /// The underlying, for a change of one.
    pub of: Option<Asset>,
    /// The change.
    pub change: Change,
}

impl Action for QueueChange<'_> {
    fn call(&self, picture: &Picture) -> Call {
        let number = picture.house().change_count;
        let underlying = self.of.map(|asset| asset.underlying());
        Call::new(
            instruction::queue_change(self.admin.address(), number, underlying, self.change),
            [self.admin],
        )
    }
}

/// Makes a queued change.
#[derive(Clone, Copy, Debug)]
pub struct ApplyChange {
    /// Its number.
    pub number: u64,
}

impl Action for ApplyChange {
    fn call(&self, picture: &Picture) -> Call {
        let queued = picture.change(self.number);
        let is_underlying = picture
            .market
            .underlyings()
            .any(|(address, _)| *address == queued.target);
        let underlying = is_underlying.then_some(queued.target);
        Call::new(
            instruction::apply_change(self.number, underlying, queued.rent_payer),
            [],
        )
    }
}

/// Cancels a queued change.
#[derive(Clone, Copy, Debug)]
pub struct CancelChange<'a> {
    /// Admin or guardian of the house.
    pub authority: &'a Actor,
    /// Its number.
    pub number: u64,
}

impl Action for CancelChange<'_> {
    fn call(&self, picture: &Picture) -> Call {
        let rent_payer = picture.change(self.number).rent_payer;
        Call::new(
            instruction::cancel_change(self.authority.address(), self.number, rent_payer),
            [self.authority],
        )
    }
}

/// Makes a change at once that only tightens.
#[derive(Clone, Copy, Debug)]
pub struct Tighten<'a> {
    /// Admin of the house.
    pub admin: &'a Actor,
    /// The underlying, for a change of one.
    pub of: Option<Asset>,
    /// The change.
    pub change: Change,
}

impl Action for Tighten<'_> {
    fn call(&self, _: &Picture) -> Call {
        let underlying = self.of.map(|asset| asset.underlying());
        Call::new(
            instruction::tighten(self.admin.address(), underlying, self.change),
            [self.admin],
        )
    }
}

/// Proposes a successor of the admin.
#[derive(Clone, Copy, Debug)]
pub struct ProposeAdmin<'a> {
    /// Admin of the house.
    pub admin: &'a Actor,
    /// Who shall follow.
    pub successor: Pubkey,
}

impl Action for ProposeAdmin<'_> {
    fn call(&self, _: &Picture) -> Call {
        Call::new(
            instruction::propose_admin(self.admin.address(), self.successor),
            [self.admin],
        )
    }
}

/// Cancels the proposal of a successor.
#[derive(Clone, Copy, Debug)]
pub struct CancelAdminProposal<'a> {
    /// Admin or guardian of the house.
    pub authority: &'a Actor,
}

impl Action for CancelAdminProposal<'_> {
    fn call(&self, _: &Picture) -> Call {
        Call::new(
            instruction::cancel_admin_proposal(self.authority.address()),
            [self.authority],
        )
    }
}

/// Takes over as admin.
#[derive(Clone, Copy, Debug)]
pub struct AcceptAdmin<'a> {
    /// Who was proposed.
    pub successor: &'a Actor,
}

impl Action for AcceptAdmin<'_> {
    fn call(&self, _: &Picture) -> Call {
        Call::new(instruction::accept_admin(self.successor.address()), [self.successor])
    }
}

/// Pauses an action for a while.
#[derive(Clone, Copy, Debug)]
pub struct Pause<'a> {
    /// Admin or guardian of the house.
    pub authority: &'a Actor,
    /// What is paused.
    pub action: Pausable,
    /// For how long.
    pub seconds: u32,
}

impl Action for Pause<'_> {
    fn call(&self, _: &Picture) -> Call {
        Call::new(
            instruction::pause(self.authority.address(), self.action, self.seconds),
            [self.authority],
        )
    }
}

/// Ends one's own pause early.
#[derive(Clone, Copy, Debug)]
pub struct Unpause<'a> {
    /// Admin or guardian of the house.
    pub authority: &'a Actor,
    /// What was paused.
    pub action: Pausable,
}

impl Action for Unpause<'_> {
    fn call(&self, _: &Picture) -> Call {
        Call::new(
            instruction::unpause(self.authority.address(), self.action),
            [self.authority],
        )
    }
}

/// Stores the price of a feed.
#[derive(Clone, Copy, Debug)]
pub struct UpdatePrice {
    /// The asset.
    pub asset: Asset,
    /// The oracle's account.
    pub feed: Pubkey,
}

impl Action for UpdatePrice {
    fn call(&self, _: &Picture) -> Call {
        Call::new(instruction::update_price(self.asset.underlying(), self.feed), [])
    }
}

/// Takes the hour's mark from the update that straddles the hour.
#[derive(Clone, Copy, Debug)]
pub struct MarkHour {
    /// The asset.
    pub asset: Asset,
    /// The oracle's account.
    pub feed: Pubkey,
}

impl Action for MarkHour {
    fn call(&self, _: &Picture) -> Call {
        Call::new(instruction::mark_hour(self.asset.underlying(), self.feed), [])
    }
}

/// Lists an expiry.
#[derive(Clone, Copy, Debug)]
pub struct CreateChain<'a> {
    /// Who pays the rent.
    pub payer: &'a Actor,
    /// The chain.
    pub chain: ChainOf,
}

impl Action for CreateChain<'_> {
    fn call(&self, _: &Picture) -> Call {
        let ChainOf { asset, expiry } = self.chain;
        Call::new(
            instruction::create_chain(self.payer.address(), asset.underlying(), expiry),
            [self.payer],
        )
    }
}

/// Lists strikes.
#[derive(Clone, Debug)]
pub struct AddStrikes<'a> {
    /// Who pays the rent.
    pub payer: &'a Actor,
    /// The chain.
    pub chain: ChainOf,
    /// Strike prices.
    pub strikes: Vec<Price>,
}

/// Lists strikes, the first of them in the slots of others.
#[derive(Clone, Debug)]
pub struct ReplaceStrikes<'a> {
    /// What is listed.
    pub listed: AddStrikes<'a>,
    /// Slots that the first of them take.
    pub slots: Vec<u16>,
}

impl Action for ReplaceStrikes<'_> {
    fn call(&self, _: &Picture) -> Call {
        self.listed.with_slots(self.slots.clone())
    }
}

impl AddStrikes<'_> {
    fn with_slots(&self, replace_slots: Vec<u16>) -> Call {
        let underlying = self.chain.asset.underlying();
        let prices_e9 = self.strikes.iter().map(|strike| strike.e9()).collect();
        let chain = self.chain.address();
        let instruction = instruction::add_strikes(self.payer.address(), underlying, chain, prices_e9, replace_slots);
        Call::new(instruction, [self.payer])
    }
}

impl Action for AddStrikes<'_> {
    fn call(&self, _: &Picture) -> Call {
        self.with_slots(Vec::new())
    }
}

/// Posts a volatility slice.
#[derive(Clone, Copy, Debug)]
pub struct PostSurface<'a> {
    /// Surface authority of the house.
    pub authority: &'a Actor,
    /// The chain.
    pub chain: ChainOf,
    /// The slice.
    pub args: PostSurfaceArgs,
}

impl Action for PostSurface<'_> {
    fn call(&self, picture: &Picture) -> Call {
        let (underlying, chain) = (self.chain.asset.underlying(), self.chain.address());
        let neighbours = picture.neighbours(self.chain);
        Call::new(
            instruction::post_surface(self.authority.address(), underlying, chain, &neighbours, self.args),
            [self.authority],
        )
    }
}

/// Payers of strikes that are passed at most, so that a transaction holds them without a table.
const RENT_PAYERS_PER_CLOSE: usize = 20;

/// Closes a chain, or the last strikes of one that too many people paid for.
#[derive(Clone, Copy, Debug)]
pub struct CloseChain {
    /// The chain.
    pub chain: ChainOf,
}

impl Action for CloseChain {
    fn call(&self, picture: &Picture) -> Call {
        let data = picture.chain(self.chain);
        let (rent_payer, others) = (data.chain.rent_payer, data.rent_payers(RENT_PAYERS_PER_CLOSE));
        Call::new(instruction::close_chain(self.chain.address(), rent_payer, &others), [])
    }
}

/// Pays the treasury.
#[derive(Clone, Copy, Debug)]
pub struct PayTreasury<'a> {
    /// Whose wallet of the quote receives.
    pub to: &'a Actor,
}

impl Action for PayTreasury<'_> {
    fn call(&self, _: &Picture) -> Call {
        let wallet = self.to.wallet(USDC);
        Call::new(instruction::pay_treasury(USDC.mint(), TOKEN_PROGRAM, wallet), [])
    }
}

/// Moves what a chain has collected to the house.
#[derive(Clone, Copy, Debug)]
pub struct Sweep {
    /// The chain.
    pub chain: ChainOf,
}

impl Action for Sweep {
    fn call(&self, _: &Picture) -> Call {
        Call::new(instruction::sweep(self.chain.address()), [])
    }
}

/// Computes risk arrays.
#[derive(Clone, Debug)]
pub struct RefreshRisk {
    /// The chain.
    pub chain: ChainOf,
    /// Slots of the strikes.
    pub strike_slots: Vec<u16>,
}

impl Action for RefreshRisk {
    fn call(&self, _: &Picture) -> Call {
        let (underlying, chain) = (self.chain.asset.underlying(), self.chain.address());
        Call::new(
            instruction::refresh_risk(underlying, chain, self.strike_slots.clone()),
            [],
        )
    }
}

/// Opens a margin account.
#[derive(Clone, Copy, Debug)]
pub struct OpenAccount<'a> {
    /// Who pays the rent.
    pub payer: &'a Actor,
    /// Whose account.
    pub owner: &'a Actor,
    /// Positions that it can hold; above 64 the account is of the large class.
    pub capacity: u16,
}

impl Action for OpenAccount<'_> {
    fn call(&self, _: &Picture) -> Call {
        let args = OpenAccountArgs {
            number: self.owner.number(),
            capacity: self.capacity,
            size_class: u8::from(u32::from(self.capacity) > MAX_POSITIONS),
        };
        let instruction = instruction::open_account(self.payer.address(), self.owner.address(), args);
        Call::new(instruction, [self.payer, self.owner])
    }
}

/// Makes room for more positions.
#[derive(Clone, Copy, Debug)]
pub struct GrowAccount<'a> {
    /// Who pays the rent.
    pub payer: &'a Actor,
    /// Whose account.
    pub of: &'a Actor,
    /// Positions that it can hold after.
    pub capacity: u16,
}

impl Action for GrowAccount<'_> {
    fn call(&self, _: &Picture) -> Call {
        let instruction = instruction::grow_account(self.payer.address(), self.of.account(), self.capacity);
        Call::new(instruction, [self.payer])
    }
}

/// Closes an empty account.
#[derive(Clone, Copy, Debug)]
pub struct CloseAccount<'a> {
    /// Whose account.
    pub owner: &'a Actor,
}

impl Action for CloseAccount<'_> {
    fn call(&self, picture: &Picture) -> Call {
        let rent_payer = picture.account(self.owner).account.terms.rent_payer;
        let instruction = instruction::close_account(self.owner.address(), self.owner.account(), rent_payer);
        Call::new(instruction, [self.owner])
    }
}

/// Names who may trade for an account.
#[derive(Clone, Copy, Debug)]
pub struct SetDelegate<'a> {
    /// Whose account.
    pub owner: &'a Actor,
    /// Who, and how much of it may go wrong.
    pub args: SetDelegateArgs,
}

impl Action for SetDelegate<'_> {
    fn call(&self, _: &Picture) -> Call {
        let instruction = instruction::set_delegate(self.owner.address(), self.owner.account(), self.args);
        Call::new(instruction, [self.owner])
    }
}

/// Brings interest to the present.
#[derive(Clone, Copy, Debug)]
pub struct Accrue<'a> {
    /// Whose account is counted anew.
    pub of: &'a Actor,
}

impl Action for Accrue<'_> {
    fn call(&self, _: &Picture) -> Call {
        Call::new(instruction::accrue(self.of.account()), [])
    }
}

/// Moves cash or a collateral between two accounts of one owner.
#[derive(Clone, Copy, Debug)]
pub struct Transfer<'a> {
    /// The owner, acting for the account that gives.
    pub from: &'a Actor,
    /// The owner, acting for the account that receives.
    pub to: &'a Actor,
    /// The token.
    pub asset: Asset,
    /// Amount.
    pub atoms: u64,
}

impl Action for Transfer<'_> {
    fn call(&self, picture: &Picture) -> Call {
        let market = picture.health_accounts([self.from]);
        let index = picture.collateral_index(self.asset);
        let instruction = instruction::transfer(own(self.from, self.to), &market, index, self.atoms);
        Call::new(instruction, [self.from])
    }
}

/// Moves lots of one option between two accounts of one owner.
#[derive(Clone, Copy, Debug)]
pub struct TransferPosition<'a> {
    /// The owner, acting for the account that gives.
    pub from: &'a Actor,
    /// The owner, acting for the account that receives.
    pub to: &'a Actor,
    /// The option.
    pub option: Instrument,
    /// Lots that the receiving account gains.
    pub lots: i64,
}

impl Action for TransferPosition<'_> {
    fn call(&self, picture: &Picture) -> Call {
        let mut market = picture.health_accounts([self.from, self.to]);
        market.add_underlying(self.option.chain.asset.underlying());
        let place = market.add_chain(self.option.chain.address());
        let (call_lots, put_lots) = match self.option.kind {
            OptionKind::Call => (self.lots, 0),
            OptionKind::Put => (0, self.lots),
        };
        let args = TransferPositionArgs {
            chain: u8::try_from(place).expect("a place among few chains"),
            strike_slot: picture.strike_slot(self.option),
            call_lots,
            put_lots,
        };
        let instruction = instruction::transfer_position(own(self.from, self.to), &market, args);
        Call::new(instruction, [self.from])
    }
}

fn own(from: &Actor, to: &Actor) -> OwnAccounts {
    OwnAccounts {
        owner: from.address(),
        from: from.account(),
        to: to.account(),
    }
}

/// Brings tokens in.
#[derive(Clone, Copy, Debug)]
pub struct Deposit<'a> {
    /// Who pays.
    pub depositor: &'a Actor,
    /// Whose margin account receives.
    pub to: &'a Actor,
    /// The token.
    pub asset: Asset,
    /// Amount.
    pub atoms: u64,
}

impl Action for Deposit<'_> {
    fn call(&self, picture: &Picture) -> Call {
        let transfer = TokenMove {
            authority: self.depositor.address(),
            account: self.to.account(),
            wallet: self.depositor.wallet(self.asset),
            mint: self.asset.mint(),
            token_program: picture.collateral(self.asset).token_program,
            collateral_index: picture.collateral_index(self.asset),
            atoms: self.atoms,
        };
        Call::new(instruction::deposit(&transfer), [self.depositor])
    }
}

/// Takes tokens out.
#[derive(Clone, Copy, Debug)]
pub struct Withdraw<'a> {
    /// Owner of the margin account.
    pub owner: &'a Actor,
    /// The token.
    pub asset: Asset,
    /// Amount.
    pub atoms: u64,
}

impl Action for Withdraw<'_> {
    fn call(&self, picture: &Picture) -> Call {
        let transfer = TokenMove {
            authority: self.owner.address(),
            account: self.owner.account(),
            wallet: self.owner.wallet(self.asset),
            mint: self.asset.mint(),
            token_program: picture.collateral(self.asset).token_program,
            collateral_index: picture.collateral_index(self.asset),
            atoms: self.atoms,
        };
        Call::new(
            instruction::withdraw(&transfer, &picture.health_accounts([self.owner])),
            [self.owner],
        )
    }
}

/// One option that the buyer gains (or gives, if the lots are negative) at a price per whole underlying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The option.
    pub option: Instrument,
    /// Lots that the buyer gains.
    pub lots: i64,
    /// Price per whole underlying.
    pub price: Price,
}

/// Moves positions and premium between two margin accounts; the buyer takes, and both let the price go as far as it may.
#[derive(Clone, Debug)]
pub struct Trade<'a> {
    /// Who gains the lots.
    pub buyer: &'a Actor,
    /// Who gives them.
    pub seller: &'a Actor,
    /// What is traded.
    pub quotes: Vec<Quote>,
}

/// How far each side of a trade lets it go, who takes, and who signs.
#[derive(Clone, Copy, Debug)]
pub struct TradeTerms<'a> {
    /// Zero if the buyer takes, one if the seller does.
    pub taker: u8,
    /// Most that the buyer's cash falls by, atoms.
    pub buyer_max_payment_atoms: i64,
    /// Least that the seller's cash rises by, atoms.
    pub seller_min_receipt_atoms: i64,
    /// Last second.
    pub deadline: i64,
    /// Who signs instead of the buyer.
    pub for_buyer: Option<&'a Actor>,
    /// Who signs instead of the seller.
    pub for_seller: Option<&'a Actor>,
}

impl Default for TradeTerms<'_> {
    fn default() -> Self {
        Self {
            taker: 0,
            buyer_max_payment_atoms: i64::MAX,
            seller_min_receipt_atoms: i64::MIN,
            deadline: i64::MAX,
            for_buyer: None,
            for_seller: None,
        }
    }
}

/// A trade on terms.
#[derive(Clone, Debug)]
pub struct TermedTrade<'a> {
    /// Who trades what.
    pub trade: Trade<'a>,
    /// On which terms.
    pub terms: TradeTerms<'a>,
}

impl<'a> Trade<'a> {
    /// The same on terms.
    #[must_use]
    pub fn on(self, terms: TradeTerms<'a>) -> TermedTrade<'a> {
        TermedTrade { trade: self, terms }
    }

    /// The same, and the seller takes.
    #[must_use]
    pub fn seller_takes(self) -> TermedTrade<'a> {
        self.on(TradeTerms {
            taker: 1,
            ..TradeTerms::default()
        })
    }
}

impl Action for Trade<'_> {
    fn call(&self, picture: &Picture) -> Call {
        self.clone().on(TradeTerms::default()).call(picture)
    }
}

impl Action for TermedTrade<'_> {
    fn call(&self, picture: &Picture) -> Call {
        let Self {
            trade: Trade { buyer, seller, quotes },
            terms,
        } = self;
        let mut market = picture.health_accounts([*buyer, *seller]);
        let leg = |quote: &Quote| {
            market.add_underlying(quote.option.chain.asset.underlying());
            let place = market.add_chain(quote.option.chain.address());
            Leg {
                chain: u8::try_from(place).expect("a place among few chains"),
                kind: match quote.option.kind {
                    OptionKind::Call => 0,
                    OptionKind::Put => 1,
                },
                strike_slot: picture.strike_slot(quote.option),
                strike_e9: quote.option.strike.e9(),
                lots: quote.lots,
                price_e9: quote.price.e9(),
            }
        };
        let args = TradeArgs {
            legs: quotes.iter().map(leg).collect(),
            taker: terms.taker,
            buyer_max_payment_atoms: terms.buyer_max_payment_atoms,
            seller_min_receipt_atoms: terms.seller_min_receipt_atoms,
            deadline: terms.deadline,
        };
        let signers = [terms.for_buyer.unwrap_or(buyer), terms.for_seller.unwrap_or(seller)];
        let [buyer, seller] = [(buyer, signers[0]), (seller, signers[1])].map(|(of, signer)| Party {
            account: of.account(),
            authority: signer.address(),
        });
        Call::new(instruction::trade(buyer, seller, &market, args), signers)
    }
}

/// Defers the check of an account to the end of a bracket.
#[derive(Clone, Copy, Debug)]
pub struct BeginBracket<'a> {
    /// Whose account.
    pub of: &'a Actor,
    /// Who signs.
    pub by: &'a Actor,
}

impl Action for BeginBracket<'_> {
    fn call(&self, _: &Picture) -> Call {
        let party = Party {
            account: self.of.account(),
            authority: self.by.address(),
        };
        Call::new(instruction::begin_bracket(party), [self.by])
    }
}

/// Checks an account at the end of a bracket.
#[derive(Clone, Debug)]
pub struct EndBracket<'a> {
    /// Whose account.
    pub of: &'a Actor,
    /// Chains in which the bracket opens positions.
    pub opened: Vec<ChainOf>,
}

impl Action for EndBracket<'_> {
    fn call(&self, picture: &Picture) -> Call {
        let mut market = picture.health_accounts([self.of]);
        for chain in &self.opened {
            market.add_underlying(chain.asset.underlying());
            market.add_chain(chain.address());
        }
        Call::new(instruction::end_bracket(self.of.account(), &market), [])
    }
}

/// Takes settlement marks.
#[derive(Clone, Copy, Debug)]
pub struct MarkSettlement {
    /// The chain.
    pub chain: ChainOf,
    /// The oracle's account.
    pub feed: Pubkey,
}

impl Action for MarkSettlement {
    fn call(&self, _: &Picture) -> Call {
        let (underlying, chain) = (self.chain.asset.underlying(), self.chain.address());
        Call::new(instruction::mark_settlement(underlying, chain, self.feed), [])
    }
}

/// Writes a settlement price.
#[derive(Clone, Copy, Debug)]
pub struct SettleChain {
    /// The chain.
    pub chain: ChainOf,
}

impl Action for SettleChain {
    fn call(&self, _: &Picture) -> Call {
        Call::new(instruction::settle_chain(self.chain.address()), [])
    }
}

/// Pays out an account's positions in a settled chain.
#[derive(Clone, Copy, Debug)]
pub struct SettleAccount<'a> {
    /// The chain.
    pub chain: ChainOf,
    /// Whose account.
    pub of: &'a Actor,
}

impl Action for SettleAccount<'_> {
    fn call(&self, _: &Picture) -> Call {
        let (underlying, chain) = (self.chain.asset.underlying(), self.chain.address());
        Call::new(instruction::settle_account(underlying, chain, self.of.account()), [])
    }
}

/// Asks for an account's health.
#[derive(Clone, Copy, Debug)]
pub struct ShowHealth<'a> {
    /// Whose account.
    pub of: &'a Actor,
    /// By the rules of which action.
    pub view_of: ViewOf,
}

impl Action for ShowHealth<'_> {
    fn call(&self, picture: &Picture) -> Call {
        let market = picture.health_accounts([self.of]);
        Call::new(instruction::health(self.of.account(), &market, self.view_of), [])
    }
}

/// Starts, advances or ends the auction of an account.
#[derive(Clone, Copy, Debug)]
pub struct Touch<'a> {
    /// Whose account.
    pub of: &'a Actor,
}

impl Action for Touch<'_> {
    fn call(&self, picture: &Picture) -> Call {
        let market = picture.health_accounts([self.of]);
        Call::new(instruction::touch_liquidation(self.of.account(), &market), [])
    }
}

/// Takes over a fraction of an account.
#[derive(Clone, Copy, Debug)]
pub struct LiquidateSlice<'a> {
    /// Whose account.
    pub of: &'a Actor,
    /// Who takes the slice.
    pub liquidator: &'a Actor,
    /// What the liquidator asks for.
    pub args: LiquidateSliceArgs,
}

impl<'a> LiquidateSlice<'a> {
    /// As much as the formula allows, for whatever it costs, decided on the account as the picture shows it.
    pub fn largest(of: &'a Actor, liquidator: &'a Actor, picture: &Picture) -> Self {
        let args = LiquidateSliceArgs {
            max_fraction_e18: u64::MAX,
            min_cash_change_atoms: i64::MIN,
            expected_sequence: picture.account(of).account.exposure_sequence,
        };
        Self { of, liquidator, args }
    }
}

impl Action for LiquidateSlice<'_> {
    fn call(&self, picture: &Picture) -> Call {
        let market = picture.health_accounts([self.of, self.liquidator]);
        let instruction = instruction::liquidate_slice(self.of.account(), self.liquidator.party(), &market, self.args);
        Call::new(instruction, [self.liquidator])
    }
}
