//! One run: people, chains and prices, and the steps that they take.

use super::{Report, amounts};
use crate::model::acts::trade::Bracketed;
use crate::model::forecast::Act;
use crate::model::lockstep::Lockstep;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use solana_pubkey::Pubkey;
use std::collections::{BTreeMap, BTreeSet};
use tenor_margin::event::SliceLiquidated;
use tenor_margin::governance::Change;
use tenor_margin::instructions::{LiquidateSliceArgs, SetDelegateArgs};
use tenor_margin::params::{CollateralTerms, InterestModel};
use tenor_margin::state::Pausable;
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::Price;
use tenor_testkit::action::{
    Accrue, AddStrikes, ApplyChange, CancelChange, CloseAccount, CloseChain, CreateChain, Deposit, GrowAccount,
    LiquidateSlice, MarkHour, MarkSettlement, OpenAccount, Pause, PayTreasury, PostSurface, QueueChange, Quote,
    RefreshRisk, SetDelegate, SettleAccount, SettleChain, Sweep, Tighten, Touch, Trade, TradeTerms, Transfer,
    TransferPosition, Unpause, UpdatePrice, Withdraw,
};
use tenor_testkit::totals::violations;
use tenor_testkit::world::{
    FIRST_EXPIRY, SETTLEMENT_GRACE, USUAL_FEES, VOLATILITY_PERCENT, admin, anyone, guardian, surface_authority,
};
use tenor_testkit::{
    Actor, Asset, BTC, ChainOf, Feed, Instrument, Picture, Receipt, SOL, USDC, World, hours, sol, usdc, weeks,
};

/// Every step ends in what is wrong, if anything.
type Step = Result<(), String>;

/// Steps after which everything is added up.
const ADD_UP_EVERY: u64 = 25;
/// Where settlement updates are written.
const SETTLEMENT_FEED: Pubkey = Pubkey::new_from_array([55; 32]);
/// Live and unsettled chains that a run keeps at most.
const MOST_CHAINS: usize = 5;
/// Strikes after which a chain is rarely given more.
const USUAL_STRIKES: usize = 8;

/// Interest that hours of a run show: up to 1,000% a year.
pub const INTEREST: InterestModel = InterestModel {
    optimal_utilisation_e9: 500_000_000,
    base_rate_e9: 1_000_000_000,
    optimal_rate_e9: 4_000_000_000,
    max_rate_e9: 10_000_000_000,
    reserve_share_e9: 200_000_000,
};

/// Who gets the house's part of fees.
fn treasury() -> Actor {
    Actor::named("treasury")
}

pub struct Walk {
    /// The world, with the model beside it.
    beside: Lockstep,
    rng: StdRng,
    actors: Vec<Actor>,
    chains: BTreeSet<ChainOf>,
    /// Chains that there ever were.
    listed: usize,
    prices_e9: BTreeMap<Asset, u64>,
    /// Of the last slices, percent.
    volatility: u64,
    /// Numbers of the changes that wait.
    queued: Vec<u64>,
    /// Every set of parameters as it was.
    sets: Vec<(Option<Asset>, Change)>,
    report: Report,
    steps: u64,
}

impl Walk {
    pub fn new(seed: u64) -> Self {
        let mut world = World::new();
        world.edit_house(|house| (house.fees, house.interest) = (USUAL_FEES, INTEREST));
        Self::among(world, seed)
    }

    /// A run in a world that has a house.
    pub fn among(mut world: World, seed: u64) -> Self {
        let chains = BTreeSet::from([
            world.list_chain(SOL, FIRST_EXPIRY, &[160, 180, 200, 220, 240]),
            world.list_chain(SOL, FIRST_EXPIRY + weeks(1), &[150, 200, 250]),
            world.list_chain(BTC, FIRST_EXPIRY, &[90_000, 100_000, 110_000]),
        ]);
        let wealth = [
            ("ann", 2_000, 5),
            ("ben", 5_000, 0),
            ("cleo", 300, 40),
            ("dan", 20_000, 0),
            ("eve", 200_000, 100),
        ];
        let actors = wealth.map(|(name, dollars, coins)| {
            let actor = world.trader(name, &[(USDC, usdc(dollars)), (SOL, sol(coins + 1))]);
            world.set_wallet(&actor, USDC, usdc(dollars));
            world.set_wallet(&actor, SOL, sol(coins));
            world.set_wallet(&actor, BTC, 20_000_000);
            actor
        });
        world.set_wallet(&treasury(), USDC, 0);
        let prices_e9 = [SOL, BTC].map(|asset| (asset, asset.first_price_usd * 1_000_000_000));
        let rng = StdRng::seed_from_u64(seed);
        let sets = sets(&world.picture());
        let mut beside = Lockstep::new(world);
        for actor in &actors {
            beside.introduce(actor);
        }
        Self {
            beside,
            rng,
            actors: actors.into(),
            listed: chains.len(),
            chains,
            prices_e9: prices_e9.into(),
            volatility: VOLATILITY_PERCENT,
            queued: Vec::new(),
            sets,
            report: Report::default(),
            steps: 0,
        }
    }

    pub fn into_report(self) -> Report {
        Report {
            tally: self.beside.tally().clone(),
            ..self.report
        }
    }

    /// Everything is made fresh; then the world is handed back.
    pub fn into_world(mut self) -> Result<(World, Report), String> {
        self.beside.world.advance(1);
        self.catch_up()?;
        Ok((self.beside.world, self.report))
    }

    /// One random action, then everything must add up.
    pub fn step(&mut self) -> Step {
        match self.rng.random_range(0..104) {
            0..=28 => self.trade()?,
            29 if self.rng.random() => self.accrue()?,
            29 => self.set_delegate()?,
            30 | 31 => self.among_own()?,
            32..=34 => self.hunt()?,
            35..=44 => self.deposit()?,
            45..=54 => self.withdraw()?,
            55..=64 => self.move_market()?,
            65..=69 => self.catch_up()?,
            70..=77 => self.touch()?,
            78..=89 => self.slice()?,
            90..=91 => self.list()?,
            92..=94 => self.settle()?,
            95 => self.open()?,
            96..=97 => self.odd_feed()?,
            98 | 99 => self.pass_time()?,
            100..=102 => self.govern()?,
            _ if self.rng.random() => self.pause()?,
            _ => self.list()?,
        }
        self.check_now_and_then()
    }

    /// One random action that neither moves a price nor takes time, then every account meets its requirement.
    pub fn step_at_one_price(&mut self) -> Step {
        match self.rng.random_range(0..10) {
            0..=5 => self.trade()?,
            6 => self.deposit()?,
            7 | 8 => self.withdraw()?,
            _ => self.touch()?,
        }
        let picture = self.beside.world.picture();
        for actor in &self.actors {
            let health = picture
                .health(actor)
                .initial_health()
                .map_err(|error| error.to_string())?;
            if health.e9() < 0 {
                return Err(format!("{} fell below its requirement at one price", actor.name()));
            }
        }
        self.check()
    }

    /// Now and then everything is added up; the model compares what each action names.
    fn check_now_and_then(&mut self) -> Step {
        self.steps += 1;
        if self.steps.is_multiple_of(ADD_UP_EVERY) {
            self.check()
        } else {
            Ok(())
        }
    }

    fn check(&self) -> Step {
        let found = violations(&self.beside.world);
        if found.is_empty() {
            Ok(())
        } else {
            Err(format!("{found:?}"))
        }
    }

    /// Every chain expires, everybody is paid and takes out all they have: what stays is what somebody owes, and dust.
    pub fn drain(&mut self) -> Step {
        let end = self.chains.iter().map(|chain| chain.expiry).max().unwrap_or(0);
        self.beside.world.set_time(end.max(self.beside.world.now()));
        for chain in self.chains.clone() {
            // Whatever was brought before, this settles it.
            for (from, until) in [(-1_800, 0), (0, 60)] {
                self.mark(chain, from, until)?;
                let end = chain.expiry + SETTLEMENT_GRACE;
                self.beside.world.set_time(end.max(self.beside.world.now()));
            }
            self.send(SettleChain { chain })?;
            for of in self.accounts() {
                self.send(SettleAccount { chain, of: &of })?;
            }
        }
        for of in self.accounts() {
            self.send(Accrue { of: &of })?;
        }
        self.check()?;
        for asset in [SOL, BTC] {
            self.publish(asset)?;
        }
        for owner in self.accounts() {
            for asset in [USDC, SOL, BTC] {
                let picture = self.beside.world.picture();
                let held = u64::try_from(picture.balance(&owner, asset)).unwrap_or(0);
                let atoms = held.min(self.beside.world.tokens(&picture.collateral(asset).vault));
                self.send(Withdraw {
                    owner: &owner,
                    asset,
                    atoms,
                })?;
            }
        }
        self.check()?;
        self.check_drained()
    }

    fn check_drained(&self) -> Step {
        let picture = self.beside.world.picture();
        let owed: i64 = self
            .accounts()
            .iter()
            .map(|actor| picture.balance(actor, USDC).min(0))
            .sum();
        for actor in &self.accounts() {
            let account = picture.account(actor);
            let stuck = [USDC, SOL, BTC].map(|asset| picture.balance(actor, asset));
            if !account.positions.is_empty() {
                return Err(format!("{} still has positions", actor.name()));
            }
            if owed == 0 && stuck != [0; 3] {
                return Err(format!(
                    "{} cannot take out {stuck:?} although nobody owes anything",
                    actor.name()
                ));
            }
        }
        let fees: u64 = picture.market.chains().map(|(_, data)| data.chain.fees_atoms).sum();
        let pool = picture.market.registry().map(|registry| registry.interest.pool());
        let reserve = pool.map_or(0, |pool| pool.reserve().get());
        let insured = picture
            .insurance
            .map_or(0, |fund| fund.balance_atoms + fund.treasury_atoms);
        let held = self.beside.world.tokens(&picture.collateral(USDC).vault);
        // While somebody owes, the house's own part may be lent as well.
        let left = held.saturating_sub(insured + reserve + fees);
        // An atom an account and chain, and parts of one each time that the pool counted an account anew.
        let chains = self.accounts().len() * self.listed;
        let recounts = ["deposit", "withdraw", "accrue"].map(|action| self.report.count(action));
        let dust = u64::try_from(chains).unwrap_or(u64::MAX) + recounts.iter().sum::<u64>();
        if owed == 0 && left > dust {
            return Err(format!("{left} atoms are left of a house that owes nothing"));
        }
        Ok(())
    }

    /// Sends an action, which must come out as the model says.
    fn send<A: Act>(&mut self, action: A) -> Result<Option<Receipt>, String> {
        match self.beside.send(&action)? {
            Ok(receipt) => {
                self.report.landed(A::NAME);
                Ok(Some(receipt))
            }
            Err(reason) => {
                self.report.refused(A::NAME, reason);
                Ok(None)
            }
        }
    }

    fn someone(&mut self) -> Actor {
        self.actors.choose(&mut self.rng).expect("actors").clone()
    }

    /// Every account of everybody.
    fn accounts(&self) -> Vec<Actor> {
        let numbers = |actor: &Actor| [0, 1, 2].map(|number| actor.with_account_number(number));
        let all = self.actors.iter().flat_map(numbers);
        all.filter(|of| self.beside.world.account(&of.account()).is_some())
            .collect()
    }

    /// Two people, rarely one twice.
    fn pair(&mut self) -> (Actor, Actor) {
        let (one, mut other) = (self.someone(), self.someone());
        while other.name() == one.name() && !self.rng.random_ratio(1, 20) {
            other = self.someone();
        }
        (one, other)
    }

    /// Mostly somebody whose auction runs, if there is one.
    fn somebody_in_trouble(&mut self) -> Actor {
        let picture = self.beside.world.picture();
        let is_in_trouble = |actor: &&Actor| picture.account(actor).account.liquidation.is_active();
        let troubled: Vec<Actor> = self.actors.iter().filter(is_in_trouble).cloned().collect();
        match troubled.choose(&mut self.rng) {
            Some(actor) if self.rng.random_ratio(9, 10) => actor.clone(),
            _ => self.someone(),
        }
    }

    fn some_chain(&mut self) -> ChainOf {
        let chains: Vec<ChainOf> = self.chains.iter().copied().collect();
        *chains.choose(&mut self.rng).expect("chains")
    }

    fn some_asset(&mut self) -> Asset {
        *[USDC, USDC, SOL, BTC].choose(&mut self.rng).expect("assets")
    }

    fn deposit(&mut self) -> Step {
        let (depositor, to, asset) = (self.someone(), self.someone(), self.some_asset());
        let has = self.beside.world.tokens(&depositor.wallet(asset));
        let atoms = amounts::around(&mut self.rng, has);
        self.send(Deposit {
            depositor: &depositor,
            to: &to,
            asset,
            atoms,
        })?;
        Ok(())
    }

    /// Someone moves something between own accounts, makes one larger or closes one.
    fn among_own(&mut self) -> Step {
        let person = self.someone();
        let all = [0, 1, 2].map(|number| person.with_account_number(number));
        let known = |of: &&Actor| self.beside.world.account(&of.account()).is_some();
        let own: Vec<Actor> = all.iter().filter(known).cloned().collect();
        let from = own.choose(&mut self.rng).expect("an account").clone();
        let mut to = own.choose(&mut self.rng).expect("an account").clone();
        if to.number() == from.number() && !self.rng.random_ratio(1, 10) {
            // Mostly another one, opened where there is none.
            to = person.with_account_number((from.number() + 1) % 3);
            if !own.iter().any(|each| each.number() == to.number()) {
                return self.open_account(&to, 16);
            }
        }
        match self.rng.random_range(0..8) {
            0 => {
                let capacity = self.rng.random_range(0..=70);
                self.send(GrowAccount {
                    payer: &anyone(),
                    of: &to,
                    capacity,
                })?;
            }
            1 if to.number() != 0 => {
                self.send(CloseAccount { owner: &to })?;
            }
            2..=4 => {
                let asset = self.some_asset();
                let has = u64::try_from(self.beside.world.picture().balance(&from, asset)).unwrap_or(0);
                let atoms = amounts::around(&mut self.rng, has);
                self.send(Transfer {
                    from: &from,
                    to: &to,
                    asset,
                    atoms,
                })?;
            }
            _ => {
                let mut quote = self.some_quote(&from);
                let held = |walk: &Self, of: &Quote| walk.beside.world.picture().lots(&from, of.option);
                for _ in 0..12 {
                    if held(self, &quote) != 0 {
                        break;
                    }
                    quote = self.some_quote(&from);
                }
                let held = held(self, &quote);
                let lots = if held != 0 && self.rng.random_ratio(4, 5) {
                    self.rng.random_range(held.min(0)..=held.max(0))
                } else {
                    quote.lots
                };
                self.send(TransferPosition {
                    from: &from,
                    to: &to,
                    option: quote.option,
                    lots,
                })?;
            }
        }
        Ok(())
    }

    fn accrue(&mut self) -> Step {
        let of = self.someone();
        self.send(Accrue { of: &of })?;
        Ok(())
    }

    fn withdraw(&mut self) -> Step {
        let (owner, asset) = (self.someone(), self.some_asset());
        let has = u64::try_from(self.beside.world.picture().balance(&owner, asset)).unwrap_or(0);
        let atoms = amounts::around(&mut self.rng, has);
        self.send(Withdraw {
            owner: &owner,
            asset,
            atoms,
        })?;
        Ok(())
    }

    fn trade(&mut self) -> Step {
        let (buyer, seller) = self.pair();
        let legs = self.rng.random_range(1..=4);
        let quotes: Vec<Quote> = (0..legs).map(|_| self.some_quote(&buyer)).collect();
        let before = self.beside.world.picture();
        let signers = [&buyer, &seller].map(|of| self.some_signer(of));
        let trade = Trade {
            buyer: &buyer,
            seller: &seller,
            quotes,
        }
        .on(TradeTerms {
            taker: u8::from(self.rng.random_bool(0.5)),
            buyer_max_payment_atoms: self.some_limit(1),
            seller_min_receipt_atoms: self.some_limit(-1),
            deadline: before.now + i64::from(!self.rng.random_ratio(1, 40)) - 1,
            for_buyer: signers[0].as_ref(),
            for_seller: signers[1].as_ref(),
        });
        let sent = if self.rng.random_ratio(1, 6) {
            self.send(Bracketed {
                trade,
                opened: self.chains.iter().copied().collect(),
            })?
        } else {
            self.send(trade)?
        };
        if sent.is_none() {
            return Ok(());
        }
        let after = self.beside.world.picture();
        for actor in [&buyer, &seller] {
            let initial = |picture: &Picture| {
                picture
                    .health(actor)
                    .initial_health()
                    .map_err(|error| error.to_string())
            };
            // What an account that must only reduce its risk did to it, the rule's own tests say in detail.
            if initial(&after)?.e9() < 0 && initial(&after)? <= initial(&before)? {
                return Err(format!(
                    "{} traded below its requirement and did not improve",
                    actor.name()
                ));
            }
        }
        Ok(())
    }

    /// Mostly the owner; sometimes the delegate, if there is one, rarely anybody.
    fn some_signer(&mut self, of: &Actor) -> Option<Actor> {
        let delegate = self.beside.world.picture().account(of).account.delegate;
        match self.rng.random_range(0..40) {
            0 => Some(self.someone()),
            1..=12 => self.actors.iter().find(|actor| actor.address() == delegate).cloned(),
            _ => None,
        }
    }

    /// Mostly somebody, who may lose a few dollars or much; rarely nobody.
    fn set_delegate(&mut self) -> Step {
        let owner = self.someone();
        let delegate = match self.rng.random_range(0..10) {
            0 => Pubkey::default(),
            _ => self.someone().address(),
        };
        let max_daily_loss_e9 = match self.rng.random_range(0..4) {
            0 => 0,
            1 => u64::MAX,
            _ => self.rng.random_range(0..500_000_000_000),
        };
        let args = SetDelegateArgs {
            delegate,
            max_daily_loss_e9,
        };
        self.send(SetDelegate { owner: &owner, args })?;
        Ok(())
    }

    /// Mostly none; sometimes one that a trade may exceed.
    fn some_limit(&mut self, sign: i64) -> i64 {
        match self.rng.random_range(0..20) {
            0 => self.rng.random_range(-1_000_000_000..=1_000_000_000),
            _ => i64::MAX * sign,
        }
    }

    fn some_quote(&mut self, buyer: &Actor) -> Quote {
        let chain = self.some_chain();
        let picture = self.beside.world.picture();
        let strikes = &picture.chain(chain).strikes;
        let place = self.rng.random_range(0..strikes.len());
        let kind = if self.rng.random() {
            OptionKind::Call
        } else {
            OptionKind::Put
        };
        let option = Instrument {
            chain,
            kind,
            strike: strikes[place].price(),
        };
        // No mark is known more than twice as high as where it was computed.
        let spot_e9 = picture.underlying(chain.asset).price_e9;
        let mark_e9 = if strikes[place].reference_price_e9 <= spot_e9 / 2 {
            0
        } else {
            picture.mark(option).e9()
        };
        let lots = amounts::lots(&mut self.rng, picture.lots(buyer, option));
        Quote {
            option,
            lots,
            price: Price::from_e9(amounts::price_e9(&mut self.rng, mark_e9)),
        }
    }

    /// A keeper's round: everything is fresh, every account is touched, and whoever can liquidates.
    fn hunt(&mut self) -> Step {
        self.catch_up()?;
        for of in self.accounts() {
            self.send(Touch { of: &of })?;
            if self.beside.world.picture().account(&of).account.liquidation.is_active() {
                let liquidator = self.someone();
                let largest = LiquidateSlice::largest(&of, &liquidator, &self.beside.world.picture()).args;
                self.slice_of(&of, &liquidator, largest)?;
            }
        }
        Ok(())
    }

    fn touch(&mut self) -> Step {
        let of = if self.rng.random() {
            self.someone()
        } else {
            self.somebody_in_trouble()
        };
        self.send(Touch { of: &of })?;
        Ok(())
    }

    /// A slice of any size, decided on what is or on what was.
    fn slice(&mut self) -> Step {
        let (of, liquidator) = (self.somebody_in_trouble(), self.someone());
        let sequence = self.beside.world.picture().account(&of).account.exposure_sequence;
        let args = LiquidateSliceArgs {
            max_fraction_e18: match self.rng.random_range(0..6) {
                0 => 0,
                1 => 1,
                2 => self.rng.random_range(0..1_000_000_000_000_000_000),
                _ => u64::MAX,
            },
            min_cash_change_atoms: if self.rng.random_ratio(1, 20) { 0 } else { i64::MIN },
            expected_sequence: sequence + u64::from(self.rng.random_ratio(1, 20)),
        };
        self.slice_of(&of, &liquidator, args)
    }

    fn slice_of(&mut self, of: &Actor, liquidator: &Actor, args: LiquidateSliceArgs) -> Step {
        let Some(receipt) = self.send(LiquidateSlice { of, liquidator, args })? else {
            return Ok(());
        };
        let event: SliceLiquidated = receipt.event();
        let before = i128::from(event.equity_before_e9) - i128::from(event.maintenance_before_e9);
        let after = i128::from(event.equity_after_e9) - i128::from(event.maintenance_after_e9);
        if after <= before {
            return Err(format!("a slice of {} took health from {before} to {after}", of.name()));
        }
        if event.equity_after_e9 < 0 {
            return Err(format!(
                "a slice of {} left equity {}",
                of.name(),
                event.equity_after_e9
            ));
        }
        let health = self.beside.world.picture().health(liquidator).initial_health();
        if health.map_err(|error| error.to_string())?.e9() < 0 {
            return Err(format!("{} took a slice beyond its means", liquidator.name()));
        }
        Ok(())
    }

    /// A price jumps, and mostly keepers catch up.
    fn move_market(&mut self) -> Step {
        let asset = if self.rng.random_ratio(3, 4) { SOL } else { BTC };
        let permille = match self.rng.random_range(0..10) {
            0 => self.rng.random_range(800..=1_250),
            1..=3 => self.rng.random_range(950..=1_050),
            _ => self.rng.random_range(995..=1_005),
        };
        let first = asset.first_price_usd * 1_000_000_000;
        let moved = self.prices_e9[&asset] / 1_000 * permille;
        // Within the window in which strikes of the run make sense.
        self.prices_e9.insert(asset, moved.clamp(first / 3, first * 3));
        self.beside.world.advance(1);
        self.publish(asset)?;
        if self.rng.random_ratio(4, 5) {
            self.catch_up()
        } else {
            Ok(())
        }
    }

    fn publish(&mut self, asset: Asset) -> Step {
        let wide = if self.rng.random_ratio(1, 25) {
            self.rng.random_range(2..=110)
        } else {
            1
        };
        let feed = Feed::of(asset, Price::from_e9(self.prices_e9[&asset]), self.beside.world.now());
        let feed = feed.but(|update| update.conf *= wide);
        self.beside.write_feed(asset.feed(), &feed);
        self.send(UpdatePrice {
            asset,
            feed: asset.feed(),
        })?;
        Ok(())
    }

    /// Prices, slices and risk arrays are made fresh.
    fn catch_up(&mut self) -> Step {
        for asset in [SOL, BTC] {
            self.publish(asset)?;
        }
        self.post_surfaces()?;
        for chain in self.chains.clone() {
            let data = self.beside.world.picture().chain(chain).clone();
            if data.chain.settlement_price().is_none() {
                let count = u16::try_from(data.strikes.len()).expect("at most 64 strikes");
                let slots: Vec<u16> = (0..count).collect();
                for strike_slots in slots.chunks(12) {
                    self.send(RefreshRisk {
                        chain,
                        strike_slots: strike_slots.to_vec(),
                    })?;
                }
            }
        }
        Ok(())
    }

    /// The whole surface moves a step: up far first, down near first.
    fn post_surfaces(&mut self) -> Step {
        let before = self.volatility;
        let step = before / 10;
        self.volatility = self.rng.random_range(before - step..=before + step).clamp(40, 90);
        let now = self.beside.world.now();
        let mut chains: Vec<ChainOf> = self.chains.iter().copied().filter(|chain| now < chain.expiry).collect();
        if self.volatility > before {
            chains.reverse();
        }
        for chain in chains {
            let mut args = chain.slice(self.volatility, now);
            if self.rng.random_ratio(1, 8) {
                // The forward moves as well, and back with the next slice.
                args.forward_ratio_e9 += self.rng.random_range(1..=3) * 1_000_000;
            }
            self.send(PostSurface {
                authority: &surface_authority(),
                chain,
                args,
            })?;
        }
        Ok(())
    }

    fn list(&mut self) -> Step {
        if self.chains.len() < MOST_CHAINS {
            let ahead = self.rng.random_range(0..4);
            let elapsed = (self.beside.world.now() - FIRST_EXPIRY).div_euclid(weeks(1)) + 1;
            let odd = i64::from(self.rng.random_ratio(1, 10));
            let chain = ChainOf {
                asset: SOL,
                expiry: FIRST_EXPIRY + weeks(elapsed.max(0) + ahead) + odd,
            };
            if self
                .send(CreateChain {
                    payer: &anyone(),
                    chain,
                })?
                .is_some()
            {
                self.chains.insert(chain);
                self.listed += 1;
                return self.add_strikes(chain);
            }
        }
        let chain = self.some_chain();
        if self.beside.world.picture().chain(chain).strikes.len() < USUAL_STRIKES || self.rng.random_ratio(1, 20) {
            self.add_strikes(chain)?;
        }
        Ok(())
    }

    fn add_strikes(&mut self, chain: ChainOf) -> Step {
        self.publish(chain.asset)?;
        let spot = self.prices_e9[&chain.asset];
        let step = chain.asset.strike_step_usd * 1_000_000_000;
        let count = self.rng.random_range(1..=4);
        let mut strike = || Price::from_e9(spot * self.rng.random_range(2..=20) / 10 / step * step);
        let strikes = (0..count).map(|_| strike()).collect();
        let landed = self.send(AddStrikes {
            payer: &anyone(),
            chain,
            strikes,
        })?;
        if landed.is_none() && self.beside.world.picture().chain(chain).strikes.is_empty() {
            // A chain that stays empty has nothing to offer to a random trade.
            self.chains.remove(&chain);
        }
        Ok(())
    }

    /// An expired chain settles; paid-out chains are forgotten.
    fn settle(&mut self) -> Step {
        let expired = self
            .chains
            .iter()
            .copied()
            .find(|chain| chain.expiry <= self.beside.world.now());
        let chain = expired.unwrap_or_else(|| self.some_chain());
        if expired.is_none() && self.rng.random_ratio(1, 3) {
            self.near_the_end(chain)?;
        }
        self.bring_marks(chain)?;
        let end = chain.expiry + SETTLEMENT_GRACE;
        if expired.is_some() && self.beside.world.now() < end && self.rng.random_ratio(4, 5) {
            self.beside.world.set_time(end);
            self.catch_up()?;
        }
        self.send(SettleChain { chain })?;
        for of in self.accounts() {
            self.send(SettleAccount { chain, of: &of })?;
        }
        let data = self.beside.world.picture().chain(chain).chain;
        self.send(Sweep { chain })?;
        self.pay_treasury()?;
        if self.chains.len() > 1 && self.send(CloseChain { chain })?.is_some() {
            self.chains.remove(&chain);
            if data.open_positions != 0 {
                return Err("a chain with positions was closed".to_owned());
            }
        }
        Ok(())
    }

    /// In the last half hour of a chain some marks are brought, and everything is made fresh before or after.
    fn near_the_end(&mut self, chain: ChainOf) -> Step {
        let now = self.beside.world.now();
        let time = chain.expiry - self.rng.random_range(0..1_900);
        // The next to expire, if it is near: others should live on.
        let is_next = self.chains.iter().all(|other| other.expiry >= chain.expiry);
        if time <= now || time > now + hours(60) || !is_next {
            return Ok(());
        }
        self.beside.world.set_time(time);
        self.catch_up()?;
        for _ in 0..3 {
            self.bring_marks(chain)?;
            self.trade()?;
            self.move_market()?;
            self.withdraw()?;
        }
        if self.rng.random() { self.catch_up() } else { Ok(()) }
    }

    /// An update of any length around the time at which it may be one, or one that is everything that is missing.
    fn bring_marks(&mut self, chain: ChainOf) -> Step {
        let now = self.beside.world.now() - chain.expiry;
        for _ in 0..self.rng.random_range(1..=3) {
            let (from, until) = if self.rng.random_ratio(2, 3) {
                (if now < SETTLEMENT_GRACE { -1_800 } else { 0 }, now)
            } else if now < SETTLEMENT_GRACE {
                let from = self.rng.random_range(-2_000..=now.max(-1_900));
                (from, from + self.rng.random_range(0..300))
            } else {
                let from = self.rng.random_range(-100..400);
                (from, from + self.rng.random_range(0..200))
            };
            self.mark(chain, from, until)?;
        }
        Ok(())
    }

    /// Brings an update with these times, from expiry on.
    fn mark(&mut self, chain: ChainOf, from: i64, until: i64) -> Step {
        let percent = self.rng.random_range(99..=101);
        let price = Price::from_e9(self.prices_e9[&chain.asset] / 1_000 * 10 * percent);
        let feed = Feed::of(chain.asset, price, chain.expiry + until)
            .but(|update| update.prev_publish_time_secs = chain.expiry + from);
        self.beside.write_feed(SETTLEMENT_FEED, &feed);
        self.send(MarkSettlement {
            chain,
            feed: SETTLEMENT_FEED,
        })?;
        Ok(())
    }

    /// Mostly to the treasury.
    fn pay_treasury(&mut self) -> Step {
        let to = if self.rng.random_ratio(9, 10) {
            treasury()
        } else {
            self.someone()
        };
        self.send(PayTreasury { to: &to })?;
        Ok(())
    }

    fn open(&mut self) -> Step {
        let owner = self.someone().with_account_number(self.rng.random_range(0..3));
        let capacity = self.rng.random_range(0..=66);
        self.open_account(&owner, capacity)
    }

    fn open_account(&mut self, owner: &Actor, capacity: u16) -> Step {
        let landed = self.send(OpenAccount {
            payer: &anyone(),
            owner,
            capacity,
        })?;
        if landed.is_some() {
            self.beside.introduce(owner);
        }
        Ok(())
    }

    /// An update that is off in one respect.
    fn odd_feed(&mut self) -> Step {
        let (now, price) = (self.beside.world.now(), Price::from_e9(self.prices_e9[&SOL]));
        let feed = match self.rng.random_range(0..5) {
            0 => Feed::of(SOL, price, now - self.rng.random_range(0..100)),
            1 => Feed::of(SOL, price, now + self.rng.random_range(0..20)),
            2 => Feed::of(SOL, price, now).but(|update| update.conf *= self.rng.random_range(0..100)),
            3 => Feed::of(SOL, price, now).but(|update| update.price = -update.price),
            _ => Feed::of(SOL, price, now).but(|update| update.exponent = self.rng.random_range(-10..=0)),
        };
        self.beside.write_feed(SETTLEMENT_FEED, &feed);
        self.send(UpdatePrice {
            asset: SOL,
            feed: SETTLEMENT_FEED,
        })?;
        Ok(())
    }

    /// A change is queued, made, cancelled, or made at once.
    fn govern(&mut self) -> Step {
        let number = self.queued.choose(&mut self.rng).copied();
        match (self.rng.random_range(0..10), number) {
            (0, Some(number)) => {
                let authority = [admin(), guardian(), self.someone()];
                let authority = authority.choose(&mut self.rng).expect("somebody").clone();
                let cancelled = self.send(CancelChange {
                    authority: &authority,
                    number,
                })?;
                if cancelled.is_some() {
                    self.queued.retain(|other| *other != number);
                }
            }
            (1..=4, Some(number)) => {
                if self.send(ApplyChange { number })?.is_some() {
                    self.queued.retain(|other| *other != number);
                }
            }
            (5 | 6, _) => {
                let (of, change) = self.some_change();
                let admin = if self.rng.random_ratio(1, 10) {
                    guardian()
                } else {
                    admin()
                };
                self.send(Tighten {
                    admin: &admin,
                    of,
                    change,
                })?;
            }
            _ => {
                let (of, change) = self.some_change();
                let number = self.beside.world.picture().house().change_count;
                let admin = &admin();
                if self.send(QueueChange { admin, of, change })?.is_some() {
                    self.queued.push(number);
                }
            }
        }
        Ok(())
    }

    /// A set of parameters with one of them near what it was at first, or at an edge.
    fn some_change(&mut self) -> (Option<Asset>, Change) {
        let (of, mut first) = *self.sets.choose(&mut self.rng).expect("sets");
        let now = sets(&self.beside.world.picture()).into_iter();
        let is_same = |other: &Change| match (other, &first) {
            (Change::Collateral { index, .. }, Change::Collateral { index: of, .. }) => index == of,
            _ => std::mem::discriminant(other) == std::mem::discriminant(&first),
        };
        let present = now.into_iter().find(|(whose, other)| *whose == of && is_same(other));
        let (_, mut change) = present.expect("a set that was there at first");
        let place = self.rng.random_range(0..numbers(&mut first).len());
        let was = *numbers(&mut first)[place];
        let number = match self.rng.random_range(0..60) {
            0 => 0,
            1 => u64::MAX,
            2 => *numbers(&mut change)[place],
            _ => was / 100 * self.rng.random_range(80..=120),
        };
        *numbers(&mut change)[place] = number;
        if let (Change::Collateral { index, .. }, true) = (&mut change, self.rng.random_ratio(1, 40)) {
            *index = 9;
        }
        let of = if self.rng.random_ratio(1, 40) { Some(BTC) } else { of };
        (of, change)
    }

    /// Guardian or admin, rarely somebody else, pauses something for hours or ends that.
    fn pause(&mut self) -> Step {
        let authority = match self.rng.random_range(0..20) {
            0 => self.someone(),
            1..=9 => guardian(),
            _ => admin(),
        };
        let action = *Pausable::ALL.choose(&mut self.rng).expect("actions");
        if self.rng.random_ratio(1, 3) {
            self.send(Unpause {
                authority: &authority,
                action,
            })?;
            return Ok(());
        }
        let seconds = match self.rng.random_range(0..20) {
            0 => 0,
            1 => 259_201,
            2 => 259_200,
            _ => self.rng.random_range(1..=7_200),
        };
        self.send(Pause {
            authority: &authority,
            action,
            seconds,
        })?;
        Ok(())
    }

    fn pass_time(&mut self) -> Step {
        let seconds = match self.rng.random_range(0..4) {
            0 => hours(self.rng.random_range(1..60)),
            1 => self.rng.random_range(60..3_600),
            _ => self.rng.random_range(0..40),
        };
        self.beside.world.advance(seconds);
        self.mark_hour()
    }

    /// The update that straddles the present hour, or one that does not.
    fn mark_hour(&mut self) -> Step {
        let hour = self.beside.world.now() / 3_600 * 3_600 - i64::from(self.rng.random_ratio(1, 10));
        let feed = Feed::of(SOL, Price::from_e9(self.prices_e9[&SOL]), hour);
        self.beside.write_feed(SETTLEMENT_FEED, &feed);
        self.send(MarkHour {
            asset: SOL,
            feed: SETTLEMENT_FEED,
        })?;
        Ok(())
    }
}

/// The sets of parameters that a run changes, as they are.
fn sets(picture: &Picture) -> Vec<(Option<Asset>, Change)> {
    let (house, registry) = (picture.house(), picture.market.registry().expect("a registry"));
    let mut sets = vec![
        (None, Change::HouseRisk(house.risk)),
        (None, Change::Interest(house.interest)),
        (None, Change::Fees(house.fees)),
        (None, Change::Withdrawals(registry.withdrawals)),
    ];
    for (index, entry) in (0..).zip(registry.listed()) {
        let terms = CollateralTerms::of(entry);
        sets.push((None, Change::Collateral { index, terms }));
    }
    for asset in [SOL, BTC] {
        let underlying = picture.underlying(asset);
        sets.push((Some(asset), Change::Risk(underlying.risk)));
        sets.push((Some(asset), Change::Market(underlying.market)));
    }
    sets
}

/// The numbers of a set that a run changes: all but what the model takes from the program, and the grid of strikes.
fn numbers(change: &mut Change) -> Vec<&mut u64> {
    match change {
        Change::HouseRisk(set) => vec![
            &mut set.correlation_credit_e9,
            &mut set.maintenance_factor_e9,
            &mut set.liquidation_target_e9,
            &mut set.auction_memory_seconds,
        ],
        Change::Interest(set) => vec![
            &mut set.optimal_utilisation_e9,
            &mut set.base_rate_e9,
            &mut set.optimal_rate_e9,
            &mut set.max_rate_e9,
            &mut set.reserve_share_e9,
        ],
        Change::Fees(set) => vec![
            &mut set.taker_e9,
            &mut set.maker_e9,
            &mut set.cap_e9,
            &mut set.insurance_share_e9,
        ],
        Change::Withdrawals(set) => vec![&mut set.window_seconds, &mut set.small_withdrawal_e9],
        Change::Collateral { terms, .. } => vec![
            &mut terms.haircut_e9,
            &mut terms.deposit_cap_atoms,
            &mut terms.window_cap_atoms,
        ],
        Change::Risk(set) => vec![
            &mut set.initial_short_e9,
            &mut set.maintenance_short_e9,
            &mut set.roll_e9,
            &mut set.concentration_e9,
            &mut set.free_share_e9,
            &mut set.free_lots,
            &mut set.unpaired_short_e9,
        ],
        Change::Market(set) => vec![
            &mut set.strike_window_low_e9,
            &mut set.strike_window_high_e9,
            &mut set.max_tenor_seconds,
            &mut set.band_of_mark_e9,
            &mut set.band_of_spot_e9,
            &mut set.max_open_interest_lots,
            &mut set.min_forward_ratio_e9,
            &mut set.min_discount_e9,
        ],
        _ => unreachable!("a set that no run changes"),
    }
}
