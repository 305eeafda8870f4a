//! From what there is and what there shall be to the steps between.

use crate::deployment::{Authorities, Deployment, UnderlyingFile};
use crate::state::ChainState;
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use std::fmt;
use tenor_sdk::margin::grid::check_expiry;
use tenor_sdk::margin::instructions::MAX_STRIKES_PER_CALL;
use tenor_sdk::margin::state::{MarketLimits, Underlying};
use tenor_sdk::math::quantity::{SECONDS_PER_DAY, UnixSeconds};
use tenor_sdk::{address, instruction};

/// Expiries lie on full hours, and every week has one.
const SECONDS_PER_HOUR: i64 = 3_600;
const HOURS_PER_WEEK: i64 = 7 * 24;

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Creates house, registry and insurance fund.
    Initialize,
    /// Lists a collateral.
    AddCollateral {
        /// Its symbol in the file.
        symbol: String,
    },
    /// Lists an asset with a price feed.
    AddUnderlying {
        /// Its symbol.
        symbol: String,
    },
    /// Lists an expiry.
    CreateChain {
        /// Symbol of the underlying.
        symbol: String,
        /// Expiry, Unix seconds.
        expiry: i64,
    },
    /// Lists strikes, after storing the feed's price, around which they must lie.
    AddStrikes {
        /// Symbol of the underlying.
        symbol: String,
        /// Expiry of the chain, Unix seconds.
        expiry: i64,
        /// Strike prices, USD x 1e9.
        prices_e9: Vec<u64>,
    },
    /// Ends set-up: from then on listings wait.
    EndGenesis,
    /// Hands the upgrade authority to a timelock or multisig.
    HandOverUpgrades {
        /// Who gets it.
        to: Pubkey,
    },
}

/// What keeps a deployment from being complete although every step of its plan is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenEnd {
    /// One stolen key could replace the program at once.
    #[error("the upgrade authority {0} is a plain key: hand it to a timelock or multisig")]
    UpgradesByPlainKey(Pubkey),
    /// The admin still lists without delay.
    #[error("set-up lasts until {0} (Unix seconds): the admin's key alone can list anything")]
    GenesisLasts(i64),
}

/// What is still open; empty once no single key can take anything at once.
pub fn open_ends(state: &ChainState) -> Vec<OpenEnd> {
    let plain = state.upgrade_authority.filter(Pubkey::is_on_curve);
    let genesis = state
        .market
        .house()
        .filter(|house| house.is_genesis(state.now))
        .map(|house| OpenEnd::GenesisLasts(house.genesis_until));
    plain
        .map(OpenEnd::UpgradesByPlainKey)
        .into_iter()
        .chain(genesis)
        .collect()
}

/// Whose signature a step needs; the same key pays for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// Upgrade authority of the program.
    Upgrade,
    /// Admin of the house.
    Admin,
}

/// One transaction that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it does.
    pub action: Action,
    /// Who signs.
    pub signer: Authority,
    /// What it sends.
    pub instructions: Vec<Instruction>,
}

/// Why there is no way from what there is to what there shall be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The house that exists is not the one that the file describes.
    #[error("the house's {what} is {found}, the deployment's is {expected}")]
    OtherHouse {
        /// What differs.
        what: &'static str,
        /// On the chain.
        found: Pubkey,
        /// In the file.
        expected: Pubkey,
    },
    /// The file was changed after it was checked.
    #[error("the deployment is not valid: {0}")]
    Invalid(&'static str),
}

/// The steps that the chain lacks, in the order in which they must be sent. Empty when everything is there.
///
/// # Errors
/// [`PlanError`].
pub fn plan(state: &ChainState, deployment: &Deployment) -> Result<Vec<Step>, PlanError> {
    refuse_other_house(state, deployment)?;
    let mut planner = Planner {
        state,
        deployment,
        steps: Vec::new(),
    };
    planner.initialize()?;
    planner.quote();
    let indices = planner.underlyings()?;
    planner.collaterals(&indices)?;
    for underlying in &deployment.underlyings {
        planner.chains(underlying)?;
    }
    planner.end_genesis();
    planner.hand_over_upgrades();
    Ok(planner.steps)
}

fn refuse_other_house(state: &ChainState, deployment: &Deployment) -> Result<(), PlanError> {
    let Some(house) = state.market.house() else {
        return Ok(());
    };
    let pairs = [
        ("admin", house.admin, deployment.authorities.admin.0),
        ("quote mint", house.quote_mint, deployment.quote.mint.0),
    ];
    match pairs.into_iter().find(|(_, found, expected)| found != expected) {
        Some((what, found, expected)) => Err(PlanError::OtherHouse { what, found, expected }),
        None => Ok(()),
    }
}

struct Planner<'a> {
    state: &'a ChainState,
    deployment: &'a Deployment,
    steps: Vec<Step>,
}

impl Planner<'_> {
    fn push(&mut self, action: Action, signer: Authority, instructions: Vec<Instruction>) {
        self.steps.push(Step {
            action,
            signer,
            instructions,
        });
    }

    fn admin(&self) -> Pubkey {
        self.deployment.authorities.admin.0
    }

    fn initialize(&mut self) -> Result<(), PlanError> {
        if self.state.market.house().is_some() {
            return Ok(());
        }
        let Deployment {
            authorities,
            house,
            quote,
            ..
        } = self.deployment;
        let args = house.args(authorities).ok_or(PlanError::Invalid("house"))?;
        let instruction = instruction::initialize(authorities.upgrade.0, quote.mint.0, args);
        self.push(Action::Initialize, Authority::Upgrade, vec![instruction]);
        Ok(())
    }

    fn quote(&mut self) {
        let quote = &self.deployment.quote;
        if !self.is_collateral(&quote.mint.0) {
            let instruction = instruction::add_collateral(
                self.admin(),
                quote.mint.0,
                quote.token_program.address(),
                quote.args(),
                None,
            );
            let action = Action::AddCollateral {
                symbol: quote.symbol.clone(),
            };
            self.push(action, Authority::Admin, vec![instruction]);
        }
    }

    /// Plans the underlyings and says which index each has or will get.
    fn underlyings(&mut self) -> Result<Vec<(String, u8)>, PlanError> {
        let listed = self.state.market.house().map_or(0, |house| house.underlying_count);
        let mut next = u8::try_from(listed).map_err(|_| PlanError::Invalid("too many underlyings"))?;
        let mut indices = Vec::new();
        for file in &self.deployment.underlyings {
            let index = match self.listed(file) {
                Some(underlying) => underlying.index,
                None => {
                    let args = file.args().ok_or(PlanError::Invalid("underlying"))?;
                    let instruction = instruction::add_underlying(self.admin(), args, None);
                    let action = Action::AddUnderlying {
                        symbol: file.symbol.clone(),
                    };
                    self.push(action, Authority::Admin, vec![instruction]);
                    next = next.saturating_add(1);
                    next - 1
                }
            };
            indices.push((file.symbol.clone(), index));
        }
        Ok(indices)
    }

    fn collaterals(&mut self, indices: &[(String, u8)]) -> Result<(), PlanError> {
        for file in &self.deployment.collaterals {
            if self.is_collateral(&file.mint.0) {
                continue;
            }
            let index_of = |name: &str| {
                let found = indices.iter().find(|(symbol, _)| symbol == name);
                found
                    .map(|(_, index)| *index)
                    .ok_or(PlanError::Invalid("a collateral names an unknown underlying"))
            };
            let args = file.args(index_of(&file.priced_by)?, index_of(file.shocked_by())?);
            let program = file.token_program.address();
            let instruction = instruction::add_collateral(self.admin(), file.mint.0, program, args, None);
            let action = Action::AddCollateral {
                symbol: file.symbol.clone(),
            };
            self.push(action, Authority::Admin, vec![instruction]);
        }
        Ok(())
    }

    fn chains(&mut self, file: &UnderlyingFile) -> Result<(), PlanError> {
        let Some(listing) = &file.listing else { return Ok(()) };
        let symbol = file.padded_symbol().ok_or(PlanError::Invalid("symbol"))?;
        let underlying = address::underlying(&symbol);
        let limits = file.args().ok_or(PlanError::Invalid("underlying"))?.market;
        let first = i64::from(listing.min_days).saturating_mul(SECONDS_PER_DAY.cast_signed());
        let from = self.state.now.get().saturating_add(first);
        for expiry in expiries(from, self.state.now, &limits).take(usize::from(listing.expiries)) {
            let chain = address::chain(&underlying, expiry);
            let listed = self.state.market.chain_data(&chain);
            if listed.is_none() {
                let instruction = instruction::create_chain(self.admin(), underlying, expiry);
                let action = Action::CreateChain {
                    symbol: file.symbol.clone(),
                    expiry,
                };
                self.push(action, Authority::Admin, vec![instruction]);
            }
            let is_listed = |price_e9: &u64| {
                listed.is_some_and(|chain| chain.strikes.iter().any(|strike| strike.price_e9 == *price_e9))
            };
            let missing: Vec<u64> = listing.strikes_e9().filter(|price_e9| !is_listed(price_e9)).collect();
            for prices_e9 in missing.chunks(MAX_STRIKES_PER_CALL) {
                let instructions = vec![
                    instruction::update_price(underlying, file.feed.account.0),
                    instruction::add_strikes(self.admin(), underlying, chain, prices_e9.to_vec(), Vec::new()),
                ];
                let action = Action::AddStrikes {
                    symbol: file.symbol.clone(),
                    expiry,
                    prices_e9: prices_e9.to_vec(),
                };
                self.push(action, Authority::Admin, instructions);
            }
        }
        Ok(())
    }

    fn end_genesis(&mut self) {
        let lasts = self
            .state
            .market
            .house()
            .is_none_or(|house| house.is_genesis(self.state.now));
        if self.deployment.house.end_genesis && lasts {
            let instruction = instruction::end_genesis(self.admin());
            self.push(Action::EndGenesis, Authority::Admin, vec![instruction]);
        }
    }

    /// The last step: afterwards no key of this deployment can replace the program.
    fn hand_over_upgrades(&mut self) {
        let Authorities {
            upgrade,
            upgrade_timelock,
            ..
        } = self.deployment.authorities;
        let Some(to) = upgrade_timelock.map(|key| key.0) else {
            return;
        };
        let holds = self.state.upgrade_authority.unwrap_or(upgrade.0);
        if holds != to {
            let instruction = set_upgrade_authority(upgrade.0, to);
            self.push(Action::HandOverUpgrades { to }, Authority::Upgrade, vec![instruction]);
        }
    }

    fn is_collateral(&self, mint: &Pubkey) -> bool {
        let registry = self.state.market.registry();
        registry.is_some_and(|registry| registry.listed().iter().any(|entry| entry.mint == *mint))
    }

    fn listed(&self, file: &UnderlyingFile) -> Option<&Underlying> {
        let symbol = file.padded_symbol()?;
        self.state
            .market
            .underlyings()
            .map(|(_, underlying)| underlying)
            .find(|found| found.symbol == symbol)
    }
}

/// The loader's `SetAuthority`: variant 4, a u32. The new authority need not sign: an address of a program cannot.
fn set_upgrade_authority(from: Pubkey, to: Pubkey) -> Instruction {
    Instruction {
        program_id: address::LOADER,
        accounts: vec![
            AccountMeta::new(address::program_data(), false),
            AccountMeta::new_readonly(from, true),
            AccountMeta::new_readonly(to, false),
        ],
        data: 4_u32.to_le_bytes().to_vec(),
    }
}

/// Expiries of the program's grid from a moment on, nearest first.
fn expiries(from: i64, now: UnixSeconds, limits: &MarketLimits) -> impl Iterator<Item = i64> + use<> {
    let limits = *limits;
    let first_hour = from.div_euclid(SECONDS_PER_HOUR) + i64::from(from.rem_euclid(SECONDS_PER_HOUR) != 0);
    let furthest = now
        .get()
        .saturating_add(limits.max_tenor_seconds.try_into().unwrap_or(i64::MAX));
    let is_listable = move |expiry: &i64| check_expiry(UnixSeconds::new(*expiry), now, &limits).is_ok();
    let nearest = (first_hour..=first_hour + HOURS_PER_WEEK)
        .map(|hour| hour * SECONDS_PER_HOUR)
        .find(is_listable);
    (0..)
        .map_while(move |week| Some(nearest? + week * HOURS_PER_WEEK * SECONDS_PER_HOUR))
        .take_while(move |expiry| *expiry <= furthest)
        .filter(is_listable)
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date =
            |expiry: i64| jiff::Timestamp::from_second(expiry).map_or_else(|_| expiry.to_string(), |t| t.to_string());
        match self {
            Self::EndGenesis => write!(f, "end set-up"),
            Self::HandOverUpgrades { to } => write!(f, "hand the upgrade authority to {to}"),
            Self::Initialize => write!(f, "create the clearing house"),
            Self::AddCollateral { symbol } => write!(f, "list the collateral {symbol}"),
            Self::AddUnderlying { symbol } => write!(f, "list the underlying {symbol}"),
            Self::CreateChain { symbol, expiry } => write!(f, "list the {symbol} options of {}", date(*expiry)),
            Self::AddStrikes {
                symbol,
                expiry,
                prices_e9,
            } => {
                write!(
                    f,
                    "list {} strikes of the {symbol} options of {}",
                    prices_e9.len(),
                    date(*expiry)
                )
            }
        }
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Upgrade => "upgrade authority",
            Self::Admin => "admin",
        })
    }
}
