//! The listed market: tokens, feeds, house, chains with their volatility slices, and what all of it would be worth at other
//! prices.

use crate::feed::PriceFeed;
use crate::keys::Role;
use crate::price_path::Quotes;
use crate::tokens;
use crate::validator::Validator;
use anyhow::{Context, Result, ensure};
use solana_pubkey::Pubkey;
use tenor_migrations::{Action, ChainState, Deployment, LOCALNET, Signers, Step, apply, open_ends, plan};
use tenor_sdk::decode::{ChainData, ProgramAccount};
use tenor_sdk::margin::MarginError;
use tenor_sdk::margin::instructions::PostSurfaceArgs;
use tenor_sdk::margin::state::Underlying;
use tenor_sdk::margin::valuation::ChainValuation;
use tenor_sdk::market::Market;
use tenor_sdk::math::pricing::OptionKind;
use tenor_sdk::math::quantity::{SECONDS_PER_YEAR, UnixSeconds};
use tenor_sdk::{SdkError, address, instruction};

/// Index of the quote in the registry.
pub const QUOTE_INDEX: u8 = 0;
/// Index of wrapped SOL, as the deployment file lists it.
pub const SOL_INDEX: u8 = 1;
/// Index of wrapped bitcoin.
pub const WBTC_INDEX: u8 = 2;
/// Index of JitoSOL.
pub const JITOSOL_INDEX: u8 = 3;
/// Decimals of the mints, by index.
pub const DECIMALS: [u8; 4] = [6, 9, 8, 9];
/// Whole tokens that exist of each mint.
const SUPPLY: u64 = 10_000_000;

/// Volatility a year at the money in percent, by place of the underlying.
const VOLATILITY_PERCENT: [u64; 2] = [75, 50];
const RHO_E12: i64 = -250_000_000_000;
/// psi / sqrt(theta), in tenths: about a third of what butterfly arbitrage would need.
const PSI_TENTHS: u64 = 6;
const E9: u64 = 1_000_000_000;

/// A collateral.
#[derive(Clone, Debug)]
pub struct Token {
    /// Name for people.
    pub symbol: String,
    /// Its mint.
    pub mint: Pubkey,
    /// Decimals of the mint.
    pub decimals: u8,
}

/// Options of one underlying with one expiry.
#[derive(Clone, Debug)]
pub struct ListedChain {
    /// The chain.
    pub address: Pubkey,
    /// Expiry, Unix seconds.
    pub expiry: i64,
    /// Strikes in the order of their slots, USD x 1e9.
    pub strikes_e9: Vec<u64>,
}

/// An underlying.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its symbol.
    pub symbol: String,
    /// Its address.
    pub underlying: Pubkey,
    /// Account of its price feed.
    pub feed: Pubkey,
    /// Its chain; none for one that only prices a collateral.
    pub chain: Option<ListedChain>,
}

/// The listed market.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Underlyings in the order of the deployment file.
    pub assets: Vec<Asset>,
    /// Collaterals by index.
    pub tokens: Vec<Token>,
}

/// What listing did and left.
pub struct Listing {
    /// The market.
    pub listed: Listed,
    /// Its price feeds, in the order of the underlyings.
    pub feeds: Vec<PriceFeed>,
    /// Titles of the steps.
    pub steps: Vec<String>,
    /// What keeps the deployment from being complete.
    pub open_ends: Vec<String>,
}

/// Creates mints and feeds at first prices, then whatever the deployment plan says is missing.
///
/// # Errors
/// If a step fails.
pub async fn list(validator: &Validator, first: &Quotes) -> Result<Listing> {
    let deployment = Deployment::parse(LOCALNET)?;
    let tokens = tokens_of(&deployment);
    for token in &tokens {
        let supply_atoms = SUPPLY * 10_u64.pow(token.decimals.into());
        tokens::create_mint(validator, &token.mint, token.decimals, supply_atoms).await?;
    }
    let mut feeds = Vec::new();
    for (file, quote) in deployment.underlyings.iter().zip(first) {
        let id = file.feed.id_bytes().context("a feed id is malformed")?;
        let mut feed = PriceFeed::new(validator, file.feed.account.0, id).await?;
        feed.publish(validator, *quote).await?;
        feeds.push(feed);
    }

    let steps = plan(&ChainState::fetch(validator.client()).await?, &deployment)?;
    let (upgrade, admin) = (Role::Upgrade.keypair(), Role::Admin.keypair());
    let signers = Signers {
        upgrade: &upgrade,
        admin: &admin,
    };
    apply(validator.client(), &steps, signers, |_, _| ()).await?;
    let state = ChainState::fetch(validator.client()).await?;
    ensure!(plan(&state, &deployment)?.is_empty(), "a second plan is not empty");

    Ok(Listing {
        listed: Listed {
            assets: assets_of(&deployment, &steps)?,
            tokens,
        },
        feeds,
        steps: steps.iter().map(|step| step.action.to_string()).collect(),
        open_ends: open_ends(&state).iter().map(ToString::to_string).collect(),
    })
}

fn tokens_of(deployment: &Deployment) -> Vec<Token> {
    let quote = (deployment.quote.symbol.clone(), deployment.quote.mint.0);
    let others = deployment
        .collaterals
        .iter()
        .map(|file| (file.symbol.clone(), file.mint.0));
    std::iter::once(quote)
        .chain(others)
        .zip(DECIMALS)
        .map(|((symbol, mint), decimals)| Token { symbol, mint, decimals })
        .collect()
}

fn assets_of(deployment: &Deployment, steps: &[Step]) -> Result<Vec<Asset>> {
    let asset = |file: &tenor_migrations::UnderlyingFile| {
        let padded = file.padded_symbol().context("a symbol is malformed")?;
        let underlying = address::underlying(&padded);
        let chain = steps.iter().find_map(|step| match &step.action {
            Action::AddStrikes {
                symbol,
                expiry,
                prices_e9,
            } if *symbol == file.symbol => Some(ListedChain {
                address: address::chain(&underlying, *expiry),
                expiry: *expiry,
                strikes_e9: prices_e9.clone(),
            }),
            _ => None,
        });
        Ok(Asset {
            symbol: file.symbol.clone(),
            underlying,
            feed: file.feed.account.0,
            chain,
        })
    };
    deployment.underlyings.iter().map(asset).collect()
}

impl ListedChain {
    /// Slot of a strike by its price in whole USD.
    pub fn slot_of(&self, strike_usd: u64) -> Option<u16> {
        self.strikes_e9
            .iter()
            .position(|price_e9| *price_e9 == strike_usd * E9)
            .and_then(|slot| slot.try_into().ok())
    }
}

impl Listed {
    /// A collateral by its index in the registry.
    pub fn token(&self, index: u8) -> Option<&Token> {
        self.tokens.get(usize::from(index))
    }

    /// The chain of the underlying at a place.
    pub fn chain(&self, place: usize) -> Option<&ListedChain> {
        self.assets.get(place)?.chain.as_ref()
    }

    /// All chains with the places of their underlyings.
    pub fn chains(&self) -> impl Iterator<Item = (usize, &ListedChain)> {
        let places = self.assets.iter().enumerate();
        places.filter_map(|(place, asset)| Some((place, asset.chain.as_ref()?)))
    }

    /// Posts the volatility slices and computes all risk arrays.
    ///
    /// # Errors
    /// If a transaction fails.
    pub async fn post_surfaces(&self, validator: &Validator) -> Result<()> {
        for (place, chain) in self.chains() {
            let asset = self.assets.get(place).context("a chain without an underlying")?;
            let seconds = u64::try_from(chain.expiry - validator.now().await?)?;
            let authority = Role::Surface.address();
            let args = surface(place, seconds);
            let post = instruction::post_surface(authority, asset.underlying, chain.address, &[], args);
            validator.send(&[post], &[Role::Surface]).await?;
        }
        self.refresh(validator).await
    }

    /// Stores the feeds' prices and computes all risk arrays from them, in a transaction for each underlying.
    ///
    /// # Errors
    /// If a transaction fails.
    pub async fn refresh(&self, validator: &Validator) -> Result<()> {
        for asset in &self.assets {
            let mut instructions = vec![instruction::update_price(asset.underlying, asset.feed)];
            if let Some(chain) = &asset.chain {
                let slots = (0..chain.strikes_e9.len())
                    .map(u16::try_from)
                    .collect::<Result<_, _>>()?;
                instructions.push(instruction::refresh_risk(asset.underlying, chain.address, slots));
            }
            validator.send(&instructions, &[Role::Admin]).await?;
        }
        Ok(())
    }

    /// Name of an option, such as `SOL 27-Nov 200 P`; `None` for a chain that is not listed.
    pub fn instrument(&self, chain: &Pubkey, strike_slot: u16, kind: OptionKind) -> Option<String> {
        let (place, chain) = self.chains().find(|(_, listed)| listed.address == *chain)?;
        let strike_usd = chain.strikes_e9.get(usize::from(strike_slot))? / E9;
        let day = jiff::Timestamp::from_second(chain.expiry).map_or_else(
            |_| chain.expiry.to_string(),
            |expiry| expiry.strftime("%d-%b").to_string(),
        );
        let symbol = &self.assets.get(place)?.symbol;
        Some(format!("{symbol} {day} {strike_usd} {}", letter(kind)))
    }
}

/// C or P.
pub const fn letter(kind: OptionKind) -> char {
    match kind {
        OptionKind::Call => 'C',
        OptionKind::Put => 'P',
    }
}

/// A slice of the underlying's volatility with a moderate skew, for a time to expiry.
pub fn surface(place: usize, seconds: u64) -> PostSurfaceArgs {
    let percent = VOLATILITY_PERCENT.get(place).copied().unwrap_or(100);
    // A hundredth squared is 1e8 in units of 1e-12.
    let theta_e12 = percent * percent * 100_000_000 * seconds / SECONDS_PER_YEAR;
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

/// The market after `update_price` and `refresh_risk` at quotes: what accounts are worth now, before anyone has sent
/// them.
///
/// # Errors
/// With what the program would say.
pub fn revalued(market: &Market, quotes: &Quotes, now: i64) -> Result<Market, SdkError> {
    let mut revalued = market.clone();
    for (address, underlying) in market.underlyings() {
        let Some(quote) = quotes.get(usize::from(underlying.index)) else {
            continue;
        };
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
