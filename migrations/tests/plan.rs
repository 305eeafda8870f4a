//! Plans against chains in every stage of a deployment.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use bytemuck::Zeroable;
use solana_pubkey::Pubkey;
use tenor_migrations::{
    Action, Authority, ChainState, Deployment, LOCALNET, OpenEnd, PlanError, Step, open_ends, plan,
};
use tenor_sdk::address;
use tenor_sdk::decode::{ChainData, ProgramAccount};
use tenor_sdk::margin::state::{Chain, ClearingHouse, CollateralEntry, Registry, Strike, Underlying};
use tenor_sdk::math::quantity::UnixSeconds;

/// Sunday, 22 November 2026, 13:00 UTC.
const NOW: i64 = 1_795_352_400;
/// The Friday after, 08:00 UTC.
const EXPIRY: i64 = 1_795_766_400;
const E9: u64 = 1_000_000_000;

fn localnet() -> Deployment {
    Deployment::parse(LOCALNET).unwrap()
}

fn empty() -> ChainState {
    ChainState {
        now: UnixSeconds::new(NOW),
        ..ChainState::default()
    }
}

fn symbol(text: &str) -> [u8; 16] {
    address::symbol(text).unwrap()
}

/// What the program would make of steps, as far as a plan can see it.
struct Chainlike {
    house: ClearingHouse,
    registry: Registry,
    state: ChainState,
}

impl Chainlike {
    fn after(steps: &[Step], deployment: &Deployment) -> ChainState {
        let mut chain = Self {
            house: ClearingHouse::zeroed(),
            registry: Registry::zeroed(),
            state: empty(),
        };
        for step in steps {
            chain.take(&step.action, deployment);
        }
        chain.state
    }

    fn take(&mut self, action: &Action, deployment: &Deployment) {
        let market = &mut self.state.market;
        match action {
            Action::EndGenesis => self.house.genesis_until = 0,
            Action::HandOverUpgrades { to } => self.state.upgrade_authority = Some(*to),
            Action::Initialize => {
                self.house.genesis_until = NOW + i64::from(deployment.house.genesis_seconds);
                self.state.upgrade_authority = Some(deployment.authorities.upgrade.0);
                self.house.admin = deployment.authorities.admin.0;
                self.house.quote_mint = deployment.quote.mint.0;
            }
            Action::AddCollateral { .. } => {
                let place = usize::from(self.registry.count);
                let listed = deployment.collaterals.iter().map(|file| file.mint.0);
                let mint = std::iter::once(deployment.quote.mint.0)
                    .chain(listed)
                    .nth(place)
                    .unwrap();
                self.registry.collaterals[place] = CollateralEntry {
                    mint,
                    ..CollateralEntry::zeroed()
                };
                self.registry.count += 1;
            }
            Action::AddUnderlying { symbol: name } => {
                let index = u8::try_from(self.house.underlying_count).unwrap();
                let underlying = Underlying {
                    symbol: symbol(name),
                    index,
                    ..Underlying::zeroed()
                };
                self.house.underlying_count += 1;
                market.insert(
                    address::underlying(&symbol(name)),
                    ProgramAccount::Underlying(Box::new(underlying)),
                );
            }
            Action::CreateChain { symbol: name, expiry } => {
                let chain = address::chain(&address::underlying(&symbol(name)), *expiry);
                let data = ChainData {
                    chain: Chain::zeroed(),
                    strikes: Vec::new(),
                };
                market.insert(chain, ProgramAccount::Chain(Box::new(data)));
            }
            Action::AddStrikes {
                symbol: name,
                expiry,
                prices_e9,
            } => {
                let chain = address::chain(&address::underlying(&symbol(name)), *expiry);
                let mut data = market.chain_data(&chain).unwrap().clone();
                data.strikes
                    .extend(prices_e9.iter().map(|price_e9| Strike::new(*price_e9)));
                market.insert(chain, ProgramAccount::Chain(Box::new(data)));
            }
        }
        market.insert(address::house(), ProgramAccount::House(Box::new(self.house)));
        market.insert(address::registry(), ProgramAccount::Registry(Box::new(self.registry)));
    }
}

#[test]
fn an_empty_chain_lacks_every_step_in_order() {
    let steps = plan(&empty(), &localnet()).unwrap();
    let named = str::to_owned;
    let collateral = |symbol| (Action::AddCollateral { symbol: named(symbol) }, Authority::Admin);
    let underlying = |symbol| (Action::AddUnderlying { symbol: named(symbol) }, Authority::Admin);
    let chain = |symbol| {
        let (symbol, expiry) = (named(symbol), EXPIRY);
        (Action::CreateChain { symbol, expiry }, Authority::Admin)
    };
    let strikes = |symbol, usd: Vec<u64>| {
        let action = Action::AddStrikes {
            symbol: named(symbol),
            expiry: EXPIRY,
            prices_e9: usd.into_iter().map(|usd| usd * E9).collect(),
        };
        (action, Authority::Admin)
    };
    let expected = [
        (Action::Initialize, Authority::Upgrade),
        collateral("USDC"),
        underlying("SOL"),
        underlying("BTC"),
        underlying("JITOSOL"),
        collateral("SOL"),
        collateral("wBTC"),
        collateral("JitoSOL"),
        chain("SOL"),
        strikes("SOL", vec![160, 180, 200, 220, 240, 260, 280]),
        chain("BTC"),
        strikes(
            "BTC",
            vec![
                95_000, 100_000, 105_000, 110_000, 115_000, 120_000, 125_000, 130_000, 135_000,
            ],
        ),
        (Action::EndGenesis, Authority::Admin),
    ];
    let found: Vec<_> = steps.into_iter().map(|step| (step.action, step.signer)).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_deployment_that_stopped_anywhere_goes_on_where_it_stopped() {
    let deployment = localnet();
    let all = plan(&empty(), &deployment).unwrap();
    for done in 0..=all.len() {
        let (before, missing) = all.split_at(done);
        let state = Chainlike::after(before, &deployment);
        assert_eq!(plan(&state, &deployment).unwrap(), missing, "after {done} steps");
    }
}

#[test]
fn only_missing_strikes_are_listed() {
    let deployment = localnet();
    let mut steps = plan(&empty(), &deployment).unwrap();
    let mut actions = steps.iter_mut().map(|step| &mut step.action);
    let Some(Action::AddStrikes { prices_e9, .. }) =
        actions.find(|action| matches!(action, Action::AddStrikes { symbol, .. } if symbol == "SOL"))
    else {
        panic!("a step lists strikes of SOL");
    };
    prices_e9.retain(|price_e9| *price_e9 != 200 * E9 && *price_e9 != 280 * E9);

    let missing = plan(&Chainlike::after(&steps, &deployment), &deployment).unwrap();

    let actions: Vec<_> = missing.into_iter().map(|step| step.action).collect();
    let prices_e9 = vec![200 * E9, 280 * E9];
    assert_eq!(
        actions,
        [Action::AddStrikes {
            symbol: "SOL".to_owned(),
            expiry: EXPIRY,
            prices_e9
        }]
    );
}

#[test]
fn a_week_later_the_next_expiry_is_missing() {
    let deployment = localnet();
    let all = plan(&empty(), &deployment).unwrap();
    let mut state = Chainlike::after(&all, &deployment);
    // Two days and some hours before the expiry that is listed: too near to list it today.
    state.now = UnixSeconds::new(NOW + 3 * 86_400);

    let missing = plan(&state, &deployment).unwrap();

    let next = EXPIRY + 7 * 86_400;
    assert_eq!(
        missing[0].action,
        Action::CreateChain {
            symbol: "SOL".to_owned(),
            expiry: next
        }
    );
    // A chain and its strikes for SOL and for BTC; nothing for what only prices a collateral.
    assert_eq!(missing.len(), 4);
}

/// The scenarios of a collateral with its own feed are another underlying's, and both are named by their indices.
#[test]
fn a_collateral_with_its_own_feed_takes_the_scenarios_of_another_underlying() {
    let deployment = localnet();
    let steps = plan(&empty(), &deployment).unwrap();
    let listed = steps
        .iter()
        .find(|step| matches!(&step.action, Action::AddCollateral { symbol } if symbol == "JitoSOL"))
        .unwrap();
    // SOL, BTC, JITOSOL are underlyings 0, 1 and 2: priced by 2, shocked by 0, after eight bytes that name the instruction.
    assert_eq!(listed.instructions[0].data[8..10], [2, 0]);
    let prices_only = &deployment.underlyings[2];
    assert_eq!(
        (prices_only.symbol.as_str(), prices_only.market.max_tenor_seconds),
        ("JITOSOL", 0)
    );
    assert!(prices_only.listing.is_none());
}

#[test]
fn many_strikes_are_listed_in_calls_of_sixteen() {
    let text = LOCALNET.replace("spacing_usd = \"20\"", "spacing_usd = \"5\"");
    let steps = plan(&empty(), &Deployment::parse(&text).unwrap()).unwrap();
    let counts: Vec<_> = steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::AddStrikes { prices_e9, .. } => Some(prices_e9.len()),
            _ => None,
        })
        .collect();
    // The BTC strikes are as they were.
    assert_eq!(counts, [16, 9, 9]);
}

#[test]
fn a_house_of_someone_else_is_left_alone() {
    let deployment = localnet();
    let mut state = empty();
    let house = ClearingHouse {
        admin: Pubkey::new_from_array([7; 32]),
        ..ClearingHouse::zeroed()
    };
    state
        .market
        .insert(address::house(), ProgramAccount::House(Box::new(house)));
    assert_eq!(
        plan(&state, &deployment),
        Err(PlanError::OtherHouse {
            what: "admin",
            found: Pubkey::new_from_array([7; 32]),
            expected: deployment.authorities.admin.0,
        })
    );
}

/// The local network's deployment, finished as a real one would be.
fn guarded() -> (Deployment, Pubkey) {
    // Any address of a program: no key signs for it.
    let timelock = address::house();
    let text = LOCALNET.replacen(
        "[authorities]",
        &format!("[authorities]\nupgrade_timelock = \"{timelock}\""),
        1,
    );
    (Deployment::parse(&text).unwrap(), timelock)
}

#[test]
fn the_last_steps_end_set_up_and_hand_the_upgrade_authority_to_a_timelock() {
    let (deployment, timelock) = guarded();
    let steps = plan(&empty(), &deployment).unwrap();
    let last: Vec<_> = steps.iter().rev().take(2).collect();
    assert_eq!(
        (&last[0].action, last[0].signer),
        (&Action::HandOverUpgrades { to: timelock }, Authority::Upgrade)
    );
    assert_eq!(
        (&last[1].action, last[1].signer),
        (&Action::EndGenesis, Authority::Admin)
    );
    // The loader's SetAuthority: data account, present authority, new authority.
    let instruction = &last[0].instructions[0];
    assert_eq!(
        (instruction.program_id, &instruction.data[..]),
        (address::LOADER, &[4, 0, 0, 0][..])
    );
    let metas: Vec<_> = instruction
        .accounts
        .iter()
        .map(|meta| (meta.pubkey, meta.is_signer, meta.is_writable))
        .collect();
    assert_eq!(
        metas,
        [
            (address::program_data(), false, true),
            (deployment.authorities.upgrade.0, true, false),
            (timelock, false, false),
        ]
    );
    for done in 0..=steps.len() {
        let (before, missing) = steps.split_at(done);
        assert_eq!(
            plan(&Chainlike::after(before, &deployment), &deployment).unwrap(),
            missing
        );
    }
}

#[test]
fn a_deployment_is_not_complete_while_a_plain_key_can_upgrade_or_set_up_lasts() {
    let (deployment, _) = guarded();
    let steps = plan(&empty(), &deployment).unwrap();
    let count = steps.len();
    let key = deployment.authorities.upgrade.0;
    let until = NOW + i64::from(deployment.house.genesis_seconds);
    let after = |done: usize| open_ends(&Chainlike::after(&steps[..done], &deployment));
    assert_eq!(
        after(count - 2),
        [OpenEnd::UpgradesByPlainKey(key), OpenEnd::GenesisLasts(until)]
    );
    assert_eq!(after(count - 1), [OpenEnd::UpgradesByPlainKey(key)]);
    assert_eq!(after(count), []);
    // Whoever names no timelock stays incomplete, whatever else is done.
    let local = localnet();
    let all = plan(&empty(), &local).unwrap();
    assert!(
        open_ends(&Chainlike::after(&all, &local)).contains(&OpenEnd::UpgradesByPlainKey(local.authorities.upgrade.0))
    );
}
