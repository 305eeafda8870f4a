//! Everything that can be sent. Instructions come from the SDK; there is no second client.

use crate::actor::Actor;
use crate::asset::Asset;
use crate::chain::{ChainOf, Instrument};
use crate::picture::Picture;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use std::sync::Arc;
use tenor_sdk::instruction::{self, TokenMove};
use tenor_sdk::margin::instructions::{
    AddCollateralArgs, AddUnderlyingArgs, InitializeArgs, Leg, LiquidateSliceArgs, OpenAccountArgs, PostSurfaceArgs,
};
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
}

impl Action for AddUnderlying<'_> {
    fn call(&self, _: &Picture) -> Call {
        Call::new(
            instruction::add_underlying(self.admin.address(), self.args),
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
}

impl Action for AddCollateral<'_> {
    fn call(&self, _: &Picture) -> Call {
        Call::new(
            instruction::add_collateral(self.admin.address(), self.asset.mint(), self.args),
            [self.admin],
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

/// Closes a chain.
#[derive(Clone, Copy, Debug)]
pub struct CloseChain {
    /// The chain.
    pub chain: ChainOf,
}

impl Action for CloseChain {
    fn call(&self, picture: &Picture) -> Call {
        let rent_payer = picture.chain(self.chain).chain.rent_payer;
        Call::new(instruction::close_chain(self.chain.address(), rent_payer), [])
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
    /// Positions that it can hold.
    pub capacity: u16,
}

impl Action for OpenAccount<'_> {
    fn call(&self, _: &Picture) -> Call {
        let args = OpenAccountArgs {
            number: self.owner.number(),
            capacity: self.capacity,
        };
        let instruction = instruction::open_account(self.payer.address(), self.owner.address(), args);
        Call::new(instruction, [self.payer, self.owner])
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

/// Moves positions and premium between two margin accounts.
#[derive(Clone, Debug)]
pub struct Trade<'a> {
    /// Who gains the lots.
    pub buyer: &'a Actor,
    /// Who gives them.
    pub seller: &'a Actor,
    /// What is traded.
    pub quotes: Vec<Quote>,
}

impl Action for Trade<'_> {
    fn call(&self, picture: &Picture) -> Call {
        let mut market = picture.health_accounts([self.buyer, self.seller]);
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
                lots: quote.lots,
                price_e9: quote.price.e9(),
            }
        };
        let legs = self.quotes.iter().map(leg).collect();
        let instruction = instruction::trade(self.buyer.party(), self.seller.party(), &market, legs);
        Call::new(instruction, [self.buyer, self.seller])
    }
}

/// Writes a settlement price.
#[derive(Clone, Copy, Debug)]
pub struct SettleChain {
    /// The chain.
    pub chain: ChainOf,
    /// The oracle's account.
    pub feed: Pubkey,
}

impl Action for SettleChain {
    fn call(&self, _: &Picture) -> Call {
        let (underlying, chain) = (self.chain.asset.underlying(), self.chain.address());
        Call::new(instruction::settle_chain(underlying, chain, self.feed), [])
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
