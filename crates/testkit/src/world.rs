//! The house on a bank, its clock, and how actions are sent.

use crate::action::{
    Action, AddCollateral, AddStrikes, AddUnderlying, Call, CreateChain, Deposit, EndGenesis, Initialize,
    MarkSettlement, OpenAccount, PostSurface, Quote, RefreshRisk, SettleChain, Trade, UpdatePrice,
};
use crate::actor::Actor;
use crate::asset::{Asset, BTC, ETH, SOL, USDC};
use crate::bank::{Bank, Execution, FEE_PER_SIGNATURE_LAMPORTS, Inner};
use crate::chain::{ChainOf, Instrument};
use crate::expect::assert_lands;
use crate::lite::LiteBank;
use crate::mint::{amount, mint_account, token_account};
use crate::oracle::{Feed, OracleAccount};
use crate::picture::Picture;
use anchor_lang::{BorshConfig, Discriminator, SchemaRead};
use solana_account::{Account, AccountSharedData, ReadableAccount, WritableAccount};
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::Instruction;
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;
use std::collections::{BTreeMap, BTreeSet};
use tenor_sdk::address::SYSTEM_PROGRAM;
use tenor_sdk::margin::instructions::InitializeArgs;
use tenor_sdk::margin::params::{FeeModel, HouseRisk, InterestModel, Timelock, WithdrawalWindow};
use tenor_sdk::margin::state::{
    Chain, ClearingHouse, DISCRIMINATOR_LEN, MarginAccount, NO_UNDERLYING, Registry, Underlying,
};
use tenor_sdk::math::quantity::{Price, UnixSeconds};
use tenor_sdk::{MARGIN_PROGRAM, decode, event};

/// When worlds start: Monday 2026-01-05, 12:00 UTC.
pub const START: i64 = 1_767_614_400;
/// The first expiry after [`START`]: Friday 2026-01-09, 08:00 UTC.
pub const FIRST_EXPIRY: i64 = 1_767_945_600;
/// Volatility of the slices that [`World::refresh`] posts, percent.
pub const VOLATILITY_PERCENT: u64 = 60;

/// How long after expiry settlement marks may be brought, seconds.
pub const SETTLEMENT_GRACE: i64 = 600;
/// Where updates that settle are written.
pub const SETTLEMENT_FEED: Pubkey = Pubkey::new_from_array([66; 32]);

/// The sysvar that says what a byte costs.
const RENT: Pubkey = Pubkey::from_str_const("SysvarRent111111111111111111111111111111111");
const FIRST_SLOT: u64 = 1_000_000;
/// Lamports that everybody starts with.
const LAMPORTS: u64 = 1_000_000_000_000;
/// Compute units that a transaction may use at most.
const COMPUTE_LIMIT: u32 = 1_400_000;
/// Strikes that fit one refresh.
const STRIKES_PER_REFRESH: usize = 12;
const STRIKES_PER_LISTING: usize = 16;

/// A transaction that succeeded.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Compute units that it used.
    pub compute_units: u64,
    /// Accounts that it locked.
    pub accounts: usize,
    /// Bytes of it, without lookup tables.
    pub bytes: usize,
    /// Bytes of it, with one lookup table that holds whatever a table can.
    pub bytes_with_table: usize,
    /// What programs logged.
    pub logs: Vec<String>,
    /// What the last instruction returned.
    pub return_data: Vec<u8>,
    inner: Vec<Inner>,
}

/// A transaction that failed.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Why.
    pub error: TransactionError,
    /// What programs logged.
    pub logs: Vec<String>,
    /// Accounts that it changed all the same, besides the payer's fee. None, or the bank is broken.
    pub changed: Vec<Pubkey>,
}

/// What came of an action.
pub type Outcome = Result<Receipt, Refusal>;

/// The house on a bank.
pub struct World<B = LiteBank> {
    bank: B,
    fee_payer: Actor,
    known: BTreeSet<Pubkey>,
    prices: BTreeMap<Asset, Price>,
    chains: BTreeSet<ChainOf>,
    /// Data of the events of all that landed, if they are kept.
    journal: Option<Vec<Vec<u8>>>,
}

impl World {
    /// A house on a bank in memory that takes USDC, SOL and BTC and lists SOL at 200 and BTC at 100,000.
    pub fn new() -> Self {
        Self::on(LiteBank::new(&upgrade_authority().address()))
    }

    /// A house of these terms, otherwise as [`World::new`], whose events are kept from the first on.
    pub fn recorded(terms: InitializeArgs) -> Self {
        let mut world = Self::without_house();
        world.journal = Some(Vec::new());
        world.found(terms);
        world
    }

    /// The program on a bank in memory, before there is a house.
    pub fn without_house() -> Self {
        Self::without_house_of(&upgrade_authority().address())
    }

    /// The same where somebody else may upgrade the program.
    pub fn without_house_of(upgrade_authority: &Pubkey) -> Self {
        Self::empty(LiteBank::new(upgrade_authority))
    }
}

impl World {
    /// Loads a program from the bytecode of a library.
    pub fn add_program(&mut self, address: Pubkey, library: &str) {
        self.bank.add_program(address, library);
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// May upgrade the program.
pub fn upgrade_authority() -> Actor {
    Actor::named("upgrade authority")
}

/// May list and change parameters.
pub fn admin() -> Actor {
    Actor::named("admin")
}

/// May pause and cancel.
pub fn guardian() -> Actor {
    Actor::named("guardian")
}

/// May post slices.
pub fn surface_authority() -> Actor {
    Actor::named("surface authority")
}

/// Anyone: pays rents and sends what everybody may send.
pub fn anyone() -> Actor {
    Actor::named("anyone")
}

/// Fees of a house in use; those of a new world are zero, so that amounts are those of the trades alone.
pub const USUAL_FEES: FeeModel = FeeModel {
    taker_e9: 300_000,
    maker_e9: 200_000,
    cap_e9: 125_000_000,
    insurance_share_e9: 500_000_000,
};

/// Parameters of the house: those of the design.
pub fn house_terms() -> InitializeArgs {
    InitializeArgs {
        admin: admin().address(),
        guardian: guardian().address(),
        surface_authority: surface_authority().address(),
        treasury: Actor::named("treasury").address(),
        genesis_seconds: 604_800,
        timelock: Timelock {
            delay_seconds: 172_800,
            ttl_seconds: 604_800,
        },
        risk: HouseRisk {
            correlation_credit_e9: 250_000_000,
            maintenance_factor_e9: 800_000_000,
            liquidation_target_e9: 1_150_000_000,
            full_close_below_e9: 50_000_000_000,
            auction_memory_seconds: 1_800,
        },
        interest: InterestModel {
            optimal_utilisation_e9: 800_000_000,
            base_rate_e9: 0,
            optimal_rate_e9: 80_000_000,
            max_rate_e9: 1_000_000_000,
            reserve_share_e9: 100_000_000,
        },
        fees: FeeModel {
            taker_e9: 300_000,
            maker_e9: 100_000,
            cap_e9: 125_000_000,
            insurance_share_e9: 500_000_000,
        },
        withdrawals: WithdrawalWindow {
            window_seconds: 86_400,
            small_withdrawal_e9: 500_000_000_000,
        },
    }
}

impl<B: Bank> World<B> {
    /// The program on a bank, before there is a house.
    pub fn empty(bank: B) -> Self {
        let fee_payer = Actor::named("fee payer");
        let mut world = Self {
            bank,
            fee_payer,
            known: BTreeSet::new(),
            prices: BTreeMap::new(),
            chains: BTreeSet::new(),
            journal: None,
        };
        let mut clock = world.bank.clock();
        (clock.unix_timestamp, clock.slot) = (START, clock.slot.max(FIRST_SLOT));
        world.bank.set_clock(clock);
        for actor in [
            world.fee_payer.clone(),
            upgrade_authority(),
            admin(),
            guardian(),
            surface_authority(),
            anyone(),
        ] {
            world.fund(&actor);
        }
        for asset in [USDC, SOL, BTC, ETH] {
            world.set_account(asset.mint(), mint_account(asset));
        }
        world
    }

    /// A house that takes USDC, SOL and BTC and lists SOL and BTC, with prices.
    pub fn on(bank: B) -> Self {
        let mut world = Self::empty(bank);
        world.found(house_terms());
        // Neither fees nor interest unless a test asks for them: what is expected stays a sum of premiums.
        world.edit_house(|house| {
            house.fees = FeeModel {
                taker_e9: 0,
                maker_e9: 0,
                ..house.fees
            };
            house.interest = bytemuck::Zeroable::zeroed();
        });
        world
    }

    fn found(&mut self, args: InitializeArgs) {
        self.land(Initialize {
            upgrade_authority: &upgrade_authority(),
            quote: USDC,
            args,
        });
        self.land(AddCollateral {
            admin: &admin(),
            asset: USDC,
            args: USDC.collateral(NO_UNDERLYING),
            approval: None,
        });
        for asset in [SOL, BTC] {
            self.list_asset(asset);
        }
    }

    /// Lists an asset as an underlying, the next one, and as a collateral that it prices.
    ///
    /// # Panics
    /// If there is no house.
    pub fn list_asset(&mut self, asset: Asset) {
        let listed = self.picture().market.house().expect("a house").underlying_count;
        let index = u8::try_from(listed).expect("at most 64 underlyings");
        let genesis_until = self.picture().house().genesis_until;
        if genesis_until <= self.now() {
            self.allow_listing();
        }
        self.land(AddUnderlying {
            admin: &admin(),
            args: asset.listing(),
            approval: None,
        });
        self.land(AddCollateral {
            admin: &admin(),
            asset,
            args: asset.collateral(index),
            approval: None,
        });
        if genesis_until <= self.now() {
            self.edit_house(|house| house.genesis_until = genesis_until);
        }
        self.set_price(asset, crate::asset::usd(asset.first_price_usd));
    }

    // Time.

    /// Now, Unix seconds.
    pub fn now(&self) -> i64 {
        self.bank.clock().unix_timestamp
    }

    /// The present slot.
    pub fn slot(&self) -> u64 {
        self.bank.clock().slot
    }

    /// Sets the clock; slots pass with it.
    ///
    /// # Panics
    /// If the time lies in the past.
    pub fn set_time(&mut self, time: i64) {
        let mut clock = self.bank.clock();
        let elapsed = u64::try_from(time - clock.unix_timestamp).expect("a time that is not in the past");
        clock.unix_timestamp = time;
        clock.slot += (elapsed * 5 / 2).max(1);
        self.bank.set_clock(clock);
    }

    /// Lets seconds pass.
    pub fn advance(&mut self, seconds: i64) {
        self.set_time(self.now() + seconds);
    }

    // Sending.

    /// Sends an instruction before everything else in the transaction, and then an action.
    pub fn send_after(&mut self, first: Instruction, signers: &[&Actor], action: impl Action) -> Outcome {
        let mut call = action.call(&self.picture());
        call.signers.extend(signers.iter().map(|signer| signer.key()));
        self.execute(call, vec![first])
    }

    /// Sends an action. What it changed although it failed, if anything, is in the refusal.
    pub fn send(&mut self, action: impl Action) -> Outcome {
        let call = action.call(&self.picture());
        self.execute(call, Vec::new())
    }

    fn execute(&mut self, call: Call, first: Vec<Instruction>) -> Outcome {
        let message = self.message(&call, first);
        let required = message.header.num_required_signatures;
        let keys = &message.account_keys[..usize::from(required)];
        let (accounts, bytes) = (message.account_keys.len(), transaction_length(&message));
        let bytes_with_table = length_with_table(&message);
        let mut signers = vec![self.fee_payer.key()];
        for signer in call.signers {
            if keys.contains(&signer.pubkey()) && signers.iter().all(|known| known.pubkey() != signer.pubkey()) {
                signers.push(signer);
            }
        }
        let transaction =
            VersionedTransaction::try_new(VersionedMessage::Legacy(message), &signers).expect("a key for every signer");
        let before = self.snapshot();
        let Execution {
            result,
            logs,
            compute_units,
            return_data,
            inner,
        } = self.bank.execute(transaction);
        match result {
            Ok(()) => {
                let receipt = Receipt {
                    compute_units,
                    accounts,
                    bytes,
                    bytes_with_table,
                    logs,
                    return_data,
                    inner,
                };
                if let Some(journal) = &mut self.journal {
                    let events = receipt.of_program().filter(|data| event::name(data).is_some());
                    journal.extend(events.map(<[u8]>::to_vec));
                }
                Ok(receipt)
            }
            Err(error) => Err(Refusal {
                changed: self.changes_since(before, required, &error),
                error,
                logs,
            }),
        }
    }

    /// Sends an action that must succeed.
    #[track_caller]
    pub fn land(&mut self, action: impl Action) -> Receipt {
        assert_lands(self.send(action))
    }

    /// The call that an action makes now, to send it changed.
    pub fn call(&self, action: impl Action) -> Call {
        action.call(&self.picture())
    }

    fn message(&mut self, call: &Call, mut instructions: Vec<Instruction>) -> Message {
        instructions.push(ComputeBudgetInstruction::set_compute_unit_limit(COMPUTE_LIMIT));
        instructions.extend_from_slice(&call.instructions);
        for instruction in &instructions {
            self.known.extend(instruction.accounts.iter().map(|meta| meta.pubkey));
        }
        let blockhash = self.bank.fresh_blockhash();
        Message::new_with_blockhash(&instructions, Some(&self.fee_payer.address()), &blockhash)
    }

    /// Every account that was ever named or written, except the fee payer's.
    fn snapshot(&self) -> BTreeMap<Pubkey, Option<AccountSharedData>> {
        self.known
            .iter()
            .map(|address| (*address, self.bank.account(address)))
            .chain([self.payer_entry()])
            .collect()
    }

    fn payer_entry(&self) -> (Pubkey, Option<AccountSharedData>) {
        let address = self.fee_payer.address();
        (address, self.bank.account(&address))
    }

    fn changes_since(
        &self,
        mut before: BTreeMap<Pubkey, Option<AccountSharedData>>,
        signatures: u8,
        error: &TransactionError,
    ) -> Vec<Pubkey> {
        // A transaction that never ran costs nothing.
        let ran = matches!(error, TransactionError::InstructionError(..));
        let fee = if ran {
            u64::from(signatures) * FEE_PER_SIGNATURE_LAMPORTS
        } else {
            0
        };
        if let Some(Some(payer)) = before.get_mut(&self.fee_payer.address()) {
            let mut account = Account::from(payer.clone());
            account.lamports -= fee;
            *payer = account.into();
        }
        let is_changed = |(address, account): (Pubkey, Option<AccountSharedData>)| {
            (self.bank.account(&address) != account).then_some(address)
        };
        before.into_iter().filter_map(is_changed).collect()
    }

    // Reading.

    /// Every account of the program that can be read.
    pub fn picture(&self) -> Picture {
        let mut picture = Picture {
            now: self.now(),
            ..Picture::default()
        };
        for address in &self.known {
            let account = self
                .bank
                .account(address)
                .filter(|account| *account.owner() == MARGIN_PROGRAM);
            if let Some(Ok(account)) = account.map(|account| decode::any(account.data())) {
                picture.insert(*address, account);
            }
        }
        picture
    }

    /// An account, if it exists.
    pub fn account(&self, address: &Pubkey) -> Option<AccountSharedData> {
        self.bank.account(address)
    }

    /// What a token account holds, atoms.
    ///
    /// # Panics
    /// If it does not exist.
    pub fn tokens(&self, address: &Pubkey) -> u64 {
        amount(&self.account(address).expect("a token account"))
    }

    /// Data of the events of all that landed, in order; none unless the world was [`World::recorded`].
    pub fn journal(&self) -> &[Vec<u8>] {
        self.journal.as_deref().unwrap_or_default()
    }

    /// Addresses of all accounts that were ever named or written.
    pub fn known(&self) -> impl Iterator<Item = &Pubkey> {
        self.known.iter()
    }

    // Writing what only other programs could write.

    /// Writes an account as it is.
    pub fn set_account(&mut self, address: Pubkey, account: AccountSharedData) {
        self.known.insert(address);
        self.bank.set_account(address, account);
    }

    /// Multiplies what the cluster asks for a byte by a ratio.
    ///
    /// # Panics
    /// If the bank has no rent.
    pub fn scale_rent(&mut self, numerator: u64, denominator: u64) {
        let mut account = self.bank.account(&RENT).expect("the rent sysvar");
        let (per_byte, _) = account.data_as_mut_slice().split_at_mut(size_of::<u64>());
        let lamports = u64::from_le_bytes(per_byte.try_into().expect("eight bytes"));
        per_byte.copy_from_slice(&(lamports * numerator / denominator).to_le_bytes());
        self.bank.set_account(RENT, account);
    }

    /// Writes an oracle account.
    pub fn write_feed(&mut self, address: Pubkey, feed: &impl OracleAccount) {
        self.set_account(address, feed.account());
    }

    /// Gives an actor lamports and a wallet with `atoms` of an asset.
    pub fn set_wallet(&mut self, actor: &Actor, asset: Asset, atoms: u64) {
        self.set_account(
            actor.wallet(asset),
            token_account(&asset.mint(), &actor.address(), atoms),
        );
    }

    /// Changes the header of an actor's margin account: states that only a long history would bring about.
    ///
    /// # Panics
    /// If the account does not exist.
    pub fn edit_account(&mut self, actor: &Actor, change: impl FnOnce(&mut MarginAccount)) {
        self.edit_header(actor.account(), change);
    }

    /// Changes the house: parameters that only a change which waited out the timelock would set.
    ///
    /// # Panics
    /// If there is no house.
    pub fn edit_house(&mut self, change: impl FnOnce(&mut ClearingHouse)) {
        self.edit_header(tenor_sdk::address::house(), change);
    }

    /// Changes the registry: as [`World::edit_house`].
    ///
    /// # Panics
    /// If there is no registry.
    pub fn edit_registry(&mut self, change: impl FnOnce(&mut Registry)) {
        self.edit_header(tenor_sdk::address::registry(), change);
    }

    /// Changes the header of a chain: states that only a long history would bring about.
    ///
    /// # Panics
    /// If the chain does not exist.
    pub fn edit_chain(&mut self, chain: ChainOf, change: impl FnOnce(&mut Chain)) {
        self.edit_header(chain.address(), change);
    }

    fn edit_header<T: bytemuck::Pod>(&mut self, address: Pubkey, change: impl FnOnce(&mut T)) {
        let place = DISCRIMINATOR_LEN..DISCRIMINATOR_LEN + size_of::<T>();
        let mut account = self.account(&address).expect("an account");
        let mut header: T = bytemuck::pod_read_unaligned(&account.data()[place.clone()]);
        change(&mut header);
        account.data_as_mut_slice()[place].copy_from_slice(bytemuck::bytes_of(&header));
        self.set_account(address, account);
    }

    /// Changes an underlying: parameters that governance would take days to change.
    ///
    /// # Panics
    /// If the underlying does not exist.
    pub fn edit_underlying(&mut self, asset: Asset, change: impl FnOnce(&mut Underlying)) {
        self.edit_header(asset.underlying(), change);
    }

    fn fund(&mut self, actor: &Actor) {
        let account = Account {
            lamports: LAMPORTS,
            owner: SYSTEM_PROGRAM,
            ..Account::default()
        };
        // The payer's fees are not a change that a test looks for.
        let address = actor.address();
        if address == self.fee_payer.address() {
            self.bank.set_account(address, account.into());
        } else {
            self.set_account(address, account.into());
        }
    }

    // Scenes that many tests begin with.

    /// Someone with lamports and empty wallets, without a margin account.
    pub fn visitor(&mut self, name: &str) -> Actor {
        let actor = Actor::named(name);
        self.fund(&actor);
        for asset in [USDC, SOL, BTC, ETH] {
            self.set_wallet(&actor, asset, 0);
        }
        actor
    }

    /// Someone with a margin account for 32 positions and deposits in it.
    pub fn trader(&mut self, name: &str, deposits: &[(Asset, u64)]) -> Actor {
        let actor = self.visitor(name);
        self.land(OpenAccount {
            payer: &anyone(),
            owner: &actor,
            capacity: 32,
        });
        for (asset, atoms) in deposits {
            self.deposit(&actor, *asset, *atoms);
        }
        actor
    }

    /// Ends set-up, if it lasts: before the first deposit.
    pub fn end_set_up(&mut self) {
        let now = UnixSeconds::new(self.now());
        if self.picture().house().is_genesis(now) {
            self.land(EndGenesis { admin: &admin() });
        }
    }

    /// Lets the admin list without delay again until the clock moves: what it lists now it would have queued days before.
    pub fn allow_listing(&mut self) {
        let until = self.now() + 1;
        self.edit_house(|house| house.genesis_until = until);
    }

    /// Brings new tokens into an actor's margin account.
    pub fn deposit(&mut self, actor: &Actor, asset: Asset, atoms: u64) {
        let wallet = self.account(&actor.wallet(asset)).map_or(0, |wallet| amount(&wallet));
        self.set_wallet(actor, asset, wallet + atoms);
        self.end_set_up();
        self.land(Deposit {
            depositor: actor,
            to: actor,
            asset,
            atoms,
        });
    }

    /// The oracle publishes a price now, and someone brings it to the house. A second has one price: another one comes a
    /// second after the stored one, if need be ahead of the clock.
    pub fn set_price(&mut self, asset: Asset, price: Price) {
        self.prices.insert(asset, price);
        let (stored, stored_at) = {
            let picture = self.picture();
            let underlying = picture.underlying(asset);
            (underlying.price(), underlying.published_at)
        };
        let earliest = if price == stored { stored_at } else { stored_at + 1 };
        let feed = Feed::of(asset, price, self.now().max(earliest));
        self.write_feed(asset.feed(), &feed);
        self.land(UpdatePrice {
            asset,
            feed: asset.feed(),
        });
    }

    /// Lists strikes at an expiry and makes them tradable.
    pub fn list_chain(&mut self, asset: Asset, expiry: i64, strikes_usd: &[u64]) -> ChainOf {
        let chain = ChainOf { asset, expiry };
        self.land(CreateChain {
            payer: &anyone(),
            chain,
        });
        self.chains.insert(chain);
        for strikes in strikes_usd.chunks(STRIKES_PER_LISTING) {
            let strikes = strikes.iter().map(|strike| crate::asset::usd(*strike)).collect();
            self.land(AddStrikes {
                payer: &anyone(),
                chain,
                strikes,
            });
        }
        self.post_surface(chain);
        self.refresh_chain(chain);
        chain
    }

    /// The surface authority posts the usual slice.
    pub fn post_surface(&mut self, chain: ChainOf) {
        self.post_volatility(chain, VOLATILITY_PERCENT);
    }

    /// The surface authority posts a slice of a volatility in percent.
    pub fn post_volatility(&mut self, chain: ChainOf, percent: u64) {
        let args = chain.slice(percent, self.now());
        self.land(PostSurface {
            authority: &surface_authority(),
            chain,
            args,
        });
    }

    /// Someone computes all risk arrays of a chain.
    pub fn refresh_chain(&mut self, chain: ChainOf) {
        let count = u16::try_from(self.picture().chain(chain).strikes.len()).expect("at most 64 strikes");
        let slots: Vec<u16> = (0..count).collect();
        for strike_slots in slots.chunks(STRIKES_PER_REFRESH) {
            self.land(RefreshRisk {
                chain,
                strike_slots: strike_slots.to_vec(),
            });
        }
    }

    /// Keepers catch up: every price is published again, and every live chain gets a slice and risk arrays.
    pub fn refresh(&mut self) {
        let (prices, chains) = (self.prices.clone(), self.chains.clone());
        for (asset, price) in prices {
            self.set_price(asset, price);
        }
        for chain in chains {
            if self.account(&chain.address()).is_none() {
                continue;
            }
            if self.now() < chain.expiry {
                self.post_surface(chain);
            }
            if self.picture().chain(chain).chain.settlement_price().is_none() {
                self.refresh_chain(chain);
            }
        }
    }

    /// The market moves, and keepers catch up.
    pub fn move_price(&mut self, asset: Asset, price: Price) {
        self.prices.insert(asset, price);
        self.refresh();
    }

    /// A chain expires at a price: somebody brings it as every mark that can still be brought, and as soon as nothing can change
    /// it the chain is settled.
    pub fn settle(&mut self, chain: ChainOf, price: Price) {
        self.bring_marks(chain, price);
        self.set_time(self.now().max(chain.expiry + SETTLEMENT_GRACE));
        self.land(SettleChain { chain });
    }

    /// One update after a long silence is all thirty marks; if they are final, the mark of the first minute after expiry.
    pub fn bring_marks(&mut self, chain: ChainOf, price: Price) {
        self.set_time(self.now().max(chain.expiry));
        let (previous, published) = if self.now() < chain.expiry + SETTLEMENT_GRACE {
            (chain.expiry - 1_800, chain.expiry)
        } else {
            (chain.expiry, chain.expiry + 60)
        };
        let feed = Feed::of(chain.asset, price, published).but(|update| update.prev_publish_time_secs = previous);
        self.write_feed(SETTLEMENT_FEED, &feed);
        self.land(MarkSettlement {
            chain,
            feed: SETTLEMENT_FEED,
        });
    }

    /// Chains that were listed through this world.
    pub fn chains(&self) -> impl Iterator<Item = ChainOf> + use<'_, B> {
        self.chains.iter().copied()
    }

    /// One option changes hands at its mark.
    #[track_caller]
    pub fn trade_at_mark(&mut self, buyer: &Actor, seller: &Actor, option: Instrument, lots: i64) -> Receipt {
        let price = self.picture().mark(option);
        self.land(Trade {
            buyer,
            seller,
            quotes: vec![Quote { option, lots, price }],
        })
    }
}

/// Bytes of a transaction: signatures and message, before lookup tables shorten it.
fn transaction_length(message: &Message) -> usize {
    const SIGNATURE: usize = 64;
    const KEY: usize = 32;
    let instruction = |data: usize, accounts: usize| 1 + compact(accounts) + accounts + compact(data) + data;
    let instructions: usize = message
        .instructions
        .iter()
        .map(|each| instruction(each.data.len(), each.accounts.len()))
        .sum();
    let signatures = usize::from(message.header.num_required_signatures);
    let keys = message.account_keys.len();
    compact(signatures)
        + signatures * SIGNATURE
        + 3
        + compact(keys)
        + keys * KEY
        + KEY
        + compact(message.instructions.len())
        + instructions
}

/// Bytes of a transaction whose accounts are in a lookup table, other than signers and programs that it calls: each is an index
/// of one byte instead of a key. The table costs its key, two lengths, the number of tables and the version.
fn length_with_table(message: &Message) -> usize {
    const SAVED_BY_ACCOUNT: usize = 31;
    const COST_OF_TABLE: usize = 32 + 2 + 1 + 1;
    let called: BTreeSet<u8> = message.instructions.iter().map(|each| each.program_id_index).collect();
    let listed = message
        .account_keys
        .len()
        .saturating_sub(usize::from(message.header.num_required_signatures) + called.len());
    transaction_length(message) + COST_OF_TABLE - SAVED_BY_ACCOUNT * listed
}

/// Bytes of a length in the transaction's format: seven bits each.
const fn compact(length: usize) -> usize {
    if length < 128 { 1 } else { 2 }
}

impl Receipt {
    /// Names of the program's events, in order.
    pub fn events(&self) -> Vec<&'static str> {
        self.of_program().filter_map(event::name).collect()
    }

    /// The only event of a kind.
    ///
    /// # Panics
    /// If there is none.
    pub fn event<E>(&self) -> E
    where
        E: Discriminator + for<'de> SchemaRead<'de, BorshConfig, Dst = E>,
    {
        self.of_program().find_map(event::read).expect("an event of this kind")
    }

    fn of_program(&self) -> impl Iterator<Item = &[u8]> {
        self.inner
            .iter()
            .filter(|inner| inner.program == MARGIN_PROGRAM)
            .map(|inner| inner.data.as_slice())
    }
}
