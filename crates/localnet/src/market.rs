//! The listed market: tokens, feed, house, one chain with its volatility slice, and what all of it would be worth at
//! another price.

use crate::feed::{PriceFeed, Quote};
use crate::keys::Role;
use crate::tokens::{self, WRAPPED_SOL};
use crate::validator::Validator;
use anyhow::{Context, Result};
use solana_pubkey::Pubkey;
use tenor_migrations::{Action, ChainState, Deployment, LOCALNET, Signers, apply, plan};
use tenor_sdk::decode::{ChainData, ProgramAccount};
use tenor_sdk::margin::MarginError;
use tenor_sdk::margin::instructions::PostSurfaceArgs;
use tenor_sdk::margin::state::Underlying;
use tenor_sdk::margin::valuation::ChainValuation;
use tenor_sdk::market::Market;
use tenor_sdk::math::pricing::OptionKind;
use tenor_sdk::math::quantity::{SECONDS_PER_YEAR, UnixSeconds};
use tenor_sdk::{SdkError, address, instruction};

/// Decimals of the quote's mint.
pub const QUOTE_DECIMALS: u8 = 6;
/// Decimals of wrapped SOL.
pub const SOL_DECIMALS: u8 = 9;
/// Index of the quote in the registry.
pub const QUOTE_INDEX: u8 = 0;
/// Index of wrapped SOL in the registry, as the deployment file lists it.
pub const SOL_INDEX: u8 = 1;
/// All USDC and SOL of the local network.
const QUOTE_SUPPLY_ATOMS: u64 = 10_000_000_000_000;
const SOL_SUPPLY_ATOMS: u64 = 1_000_000_000_000_000;

/// Volatility of 75% a year at the money, squared, x 1e12.
const YEARLY_VARIANCE_E12: u64 = 562_500_000_000;
const RHO_E12: i64 = -250_000_000_000;
/// psi / sqrt(theta), in tenths: about a third of what butterfly arbitrage would need.
const PSI_TENTHS: u64 = 6;
const E9: u64 = 1_000_000_000;

/// Addresses of the listed market.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The underlying.
    pub underlying: Pubkey,
    /// Its only chain.
    pub chain: Pubkey,
    /// Expiry of the chain, Unix seconds.
    pub expiry: i64,
    /// Account of the price feed.
    pub feed: Pubkey,
    /// Strikes in the order of their slots, USD x 1e9.
    pub strikes_e9: Vec<u64>,
    /// Mint of the quote.
    pub quote_mint: Pubkey,
}

/// Creates mints and feed at a first price, then whatever the deployment plan says is missing. Returns the market, the
/// feed and the titles of the steps.
///
/// # Errors
/// If a step fails.
pub async fn list(validator: &Validator, first: Quote) -> Result<(Listed, PriceFeed, Vec<String>)> {
    let deployment = Deployment::parse(LOCALNET)?;
    let file = deployment
        .underlyings
        .first()
        .context("the deployment lists no underlying")?;
    let quote_mint = deployment.quote.mint.0;
    tokens::create_mint(validator, &quote_mint, QUOTE_DECIMALS, QUOTE_SUPPLY_ATOMS).await?;
    tokens::create_mint(validator, &WRAPPED_SOL, SOL_DECIMALS, SOL_SUPPLY_ATOMS).await?;
    let feed_id = file.feed.id_bytes().context("the feed id is malformed")?;
    let mut feed = PriceFeed::new(validator, file.feed.account.0, feed_id).await?;
    feed.publish(validator, first).await?;

    let steps = plan(&ChainState::fetch(validator.client()).await?, &deployment)?;
    let (upgrade, admin) = (Role::Upgrade.keypair(), Role::Admin.keypair());
    apply(
        validator.client(),
        &steps,
        Signers {
            upgrade: &upgrade,
            admin: &admin,
        },
        |_, _| (),
    )
    .await?;

    let (expiry, strikes_e9) = steps
        .iter()
        .find_map(|step| match &step.action {
            Action::AddStrikes { expiry, prices_e9, .. } => Some((*expiry, prices_e9.clone())),
            _ => None,
        })
        .context("the plan lists no strikes")?;
    let symbol = file.padded_symbol().context("the symbol is malformed")?;
    let underlying = address::underlying(&symbol);
    let chain = address::chain(&underlying, expiry);
    let feed_account = file.feed.account.0;
    let listed = Listed {
        underlying,
        chain,
        expiry,
        feed: feed_account,
        strikes_e9,
        quote_mint,
    };
    let titles = steps.iter().map(|step| step.action.to_string()).collect();
    Ok((listed, feed, titles))
}

impl Listed {
    /// Posts the volatility slice and computes all risk arrays.
    ///
    /// # Errors
    /// If a transaction fails.
    pub async fn post_surface(&self, validator: &Validator) -> Result<()> {
        let seconds = u64::try_from(self.expiry - validator.now().await?)?;
        let post = instruction::post_surface(
            Role::Surface.address(),
            self.underlying,
            self.chain,
            &[],
            surface(seconds),
        );
        validator.send(&[post], &[Role::Surface]).await?;
        self.refresh(validator).await
    }

    /// Stores the feed's price and computes all risk arrays from it.
    ///
    /// # Errors
    /// If the transaction fails.
    pub async fn refresh(&self, validator: &Validator) -> Result<()> {
        let slots = (0..self.strikes_e9.len())
            .map(u16::try_from)
            .collect::<Result<_, _>>()?;
        let instructions = [
            instruction::update_price(self.underlying, self.feed),
            instruction::refresh_risk(self.underlying, self.chain, slots),
        ];
        validator.send(&instructions, &[Role::Admin]).await?;
        Ok(())
    }

    /// Slot of a strike by its price in whole USD.
    pub fn slot_of(&self, strike_usd: u64) -> Option<u16> {
        self.strikes_e9
            .iter()
            .position(|price_e9| *price_e9 == strike_usd * E9)
            .and_then(|slot| slot.try_into().ok())
    }

    /// Name of an option, such as `SOL 27-Nov 200 P`.
    pub fn instrument(&self, strike_slot: u16, kind: OptionKind) -> String {
        let strike_usd = self
            .strikes_e9
            .get(usize::from(strike_slot))
            .map_or(0, |price_e9| price_e9 / E9);
        let day = jiff::Timestamp::from_second(self.expiry).map_or_else(
            |_| self.expiry.to_string(),
            |expiry| expiry.strftime("%d-%b").to_string(),
        );
        format!("SOL {day} {strike_usd} {}", letter(kind))
    }
}

/// C or P.
pub const fn letter(kind: OptionKind) -> char {
    match kind {
        OptionKind::Call => 'C',
        OptionKind::Put => 'P',
    }
}

/// A slice of 75% volatility with a moderate skew, for a time to expiry.
pub fn surface(seconds: u64) -> PostSurfaceArgs {
    let theta_e12 = YEARLY_VARIANCE_E12 * seconds / SECONDS_PER_YEAR;
    // sqrt(theta) x 1e12 is 1e6 times the root of theta x 1e12.
    let psi_e12 = theta_e12.isqrt() * 1_000_000 * PSI_TENTHS / 10;
    PostSurfaceArgs {
        theta_e12,
        rho_e12: RHO_E12,
        psi_e12,
        forward_ratio_e9: E9,
        discount_e9: E9,
    }
}

/// The market after `update_price` and `refresh_risk` at a quote: what accounts are worth now, before anyone has sent
/// them.
///
/// # Errors
/// With what the program would say.
pub fn revalued(market: &Market, quote: Quote, now: i64) -> Result<Market, SdkError> {
    let mut revalued = market.clone();
    for (address, underlying) in market.underlyings() {
        let underlying = Underlying {
            price_e9: quote.price_e9,
            confidence_e9: quote.confidence_e9,
            published_at: now,
            ..*underlying
        };
        for (chain, data) in market.chains().filter(|(_, data)| data.chain.underlying == *address) {
            let data = revalued_chain(data, &underlying, UnixSeconds::new(now))?;
            revalued.insert(*chain, ProgramAccount::Chain(Box::new(data)));
        }
        revalued.insert(*address, ProgramAccount::Underlying(Box::new(underlying)));
    }
    Ok(revalued)
}

fn revalued_chain(data: &ChainData, underlying: &Underlying, now: UnixSeconds) -> Result<ChainData, MarginError> {
    let valuation = ChainValuation::new(&data.chain, underlying, now)?;
    let mut data = data.clone();
    for strike in &mut data.strikes {
        valuation.refresh(strike, now, 0)?;
    }
    Ok(data)
}
