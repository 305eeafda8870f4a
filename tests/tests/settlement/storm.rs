//! 504 series of six chains at one expiry, 20 holders each: marks in any order, payouts page by page, killed half-way and resumed.

use solana_account::{AccountSharedData, ReadableAccount};
use solana_pubkey::Pubkey;
use std::collections::BTreeMap;
use tenor_math::quantity::Price;
use tenor_testkit::action::{
    Action, Call, CloseChain, MarkSettlement, Quote, SettleAccount, SettleChain, Sweep, Trade,
};
use tenor_testkit::mint::mint_account;
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::{FIRST_EXPIRY, SETTLEMENT_FEED, SETTLEMENT_GRACE};
use tenor_testkit::{Actor, Asset, ChainOf, Feed, SOL, USDC, World, assert_lands, usdc};

const SYMBOLS: [&str; 6] = ["SOL", "AAA", "BBB", "CCC", "DDD", "EEE"];
/// Strikes of a chain.
const STRIKES: usize = 42;
/// Strikes that one account holds.
const HELD: usize = 14;
/// Holders of each series: as many long as short.
const HOLDERS: usize = 20;
/// Accounts of one transaction.
const PAGE: usize = 4;
/// A lot of each, 1e-9 units.
const LOT: i128 = 10_000_000;
const E9: i128 = 1_000_000_000;

/// Lots of a holder: calls and puts by strike in dollars.
type Book = BTreeMap<u64, [i64; 2]>;

struct Storm {
    world: World,
    chains: Vec<ChainOf>,
    /// Whoever holds something, with chain and lots.
    holders: Vec<(Actor, usize, Book)>,
}

fn strikes() -> Vec<u64> {
    // What is listable at 200 dollars: every five dollars near it, every ten beyond.
    let far = |from: u64, to: u64| (from..=to).step_by(10);
    let all: Vec<u64> = far(100, 130)
        .chain((140..=280).step_by(5))
        .chain(far(290, 370))
        .collect();
    assert_eq!(all.len(), STRIKES);
    all
}

impl Storm {
    fn new() -> Self {
        let mut world = World::new();
        let assets = SYMBOLS.map(|symbol| Asset { symbol, ..SOL });
        for asset in &assets[1..] {
            world.set_account(asset.mint(), mint_account(*asset));
            world.list_asset(*asset);
        }
        let strikes = strikes();
        let chains: Vec<ChainOf> = assets
            .iter()
            .map(|asset| world.list_chain(*asset, FIRST_EXPIRY, &strikes))
            .collect();
        let mut storm = Self {
            world,
            chains,
            holders: Vec::new(),
        };
        for chain in 0..storm.chains.len() {
            for group in strikes.chunks(HELD) {
                for pair in 0..HOLDERS / 2 {
                    storm.pair(chain, group, pair);
                }
            }
        }
        storm
    }

    /// Two accounts with opposite lots of every series of a group of strikes, traded at mark.
    fn pair(&mut self, chain: usize, strikes: &[u64], pair: usize) {
        let number = self.holders.len();
        let [one, other] = ["one", "other"].map(|side| {
            let name = format!("{side} {number}");
            self.world.trader(&name, &[(USDC, usdc(2_000))])
        });
        let of = self.chains[chain];
        let mut books = [Book::new(), Book::new()];
        let mut quotes = Vec::new();
        for (place, strike) in strikes.iter().enumerate() {
            for (kind, option) in [of.call(*strike), of.put(*strike)].into_iter().enumerate() {
                let size = 1 + i64::try_from((pair + 3 * place + kind) % 5).unwrap();
                let lots = if (pair + place + kind).is_multiple_of(3) {
                    -size
                } else {
                    size
                };
                quotes.push(Quote {
                    option,
                    lots,
                    price: self.world.picture().mark(option),
                });
                books[0].entry(*strike).or_default()[kind] = lots;
                books[1].entry(*strike).or_default()[kind] = -lots;
            }
        }
        for quotes in quotes.chunks(7) {
            self.world.land(Trade {
                buyer: &one,
                seller: &other,
                quotes: quotes.to_vec(),
            });
        }
        let [of_one, of_other] = books;
        self.holders.push((one, chain, of_one));
        self.holders.push((other, chain, of_other));
    }

    /// The price of a chain's mark, 1e-9 dollars in steps of the feed's.
    fn mark_e9(chain: usize, mark: usize) -> u64 {
        let (chain, mark) = (u64::try_from(chain).unwrap(), u64::try_from(mark).unwrap());
        (150 + 25 * chain) * 1_000_000_000 + (mark * 7 % 30) * 123_456_780
    }

    /// One update a minute of each chain, in the order of their numbers times `stride`.
    fn bring_marks(&mut self, stride: usize) {
        let count = 30 * self.chains.len();
        for number in 0..count {
            let number = number * stride % count;
            let (chain, mark) = (number / 30, number % 30);
            let of = self.chains[chain];
            let time = of.expiry - 60 * (29 - i64::try_from(mark).unwrap());
            let price = Price::from_e9(Self::mark_e9(chain, mark));
            let feed = Feed::of(of.asset, price, time + 2).but(|update| update.prev_publish_time_secs = time - 1);
            self.world.write_feed(SETTLEMENT_FEED, &feed);
            self.world.land(MarkSettlement {
                chain: of,
                feed: SETTLEMENT_FEED,
            });
        }
    }

    /// What a process without memory does: it looks who still holds something in a settled chain and pays a page. It dies after
    /// so many pages.
    fn pay_out(&mut self, order: &[usize], most_pages: usize) -> usize {
        let picture = self.world.picture();
        let is_open = |place: &&usize| !picture.account(&self.holders[**place].0).positions.is_empty();
        let open: Vec<usize> = order.iter().filter(is_open).copied().collect();
        for page in open.chunks(PAGE).take(most_pages) {
            let settle = |place: &usize| {
                let (of, chain, _) = &self.holders[*place];
                let chain = self.chains[*chain];
                SettleAccount { chain, of }.call(&picture)
            };
            let call = page.iter().map(settle).reduce(Call::then).expect("accounts");
            let receipt = self.world.land(call);
            assert!(receipt.compute_units < 1_000_000, "{}", receipt.compute_units);
        }
        open.len()
    }

    fn cash(&self, actor: &Actor) -> i64 {
        self.world.picture().balance(actor, USDC)
    }

    fn snapshot(&self) -> BTreeMap<Pubkey, AccountSharedData> {
        let known: Vec<Pubkey> = self.world.known().copied().collect();
        known
            .into_iter()
            .filter(|address| *address != SETTLEMENT_FEED)
            .filter_map(|address| Some((address, self.world.account(&address)?)))
            .collect()
    }

    fn restore(&mut self, accounts: &BTreeMap<Pubkey, AccountSharedData>) {
        for (address, account) in accounts {
            self.world.set_account(*address, account.clone());
        }
    }
}

/// The program's accounts alone: whoever pays for transactions pays for each.
fn data(accounts: &BTreeMap<Pubkey, AccountSharedData>) -> BTreeMap<Pubkey, Vec<u8>> {
    let of_program = |(_, account): &(&Pubkey, &AccountSharedData)| *account.owner() == tenor_margin::ID;
    accounts
        .iter()
        .filter(of_program)
        .map(|(address, account)| (*address, account.data().to_vec()))
        .collect()
}

/// What an account receives, atoms, from the marks in exact numbers: rounded down, for a debt away from zero.
fn payout_atoms(chain: usize, book: &Book) -> i128 {
    let sum: i128 = (0..30).map(|mark| i128::from(Storm::mark_e9(chain, mark))).sum();
    let settlement_e9 = sum / 30;
    let mut payoff_e9 = 0;
    for (strike, [calls, puts]) in book {
        let gain = settlement_e9 - i128::from(*strike) * E9;
        // A lot's payoff is kept in whole 1e-9 dollars, rounded down for the payoff of one lot.
        let per_lot = |gain: i128| gain.max(0) * LOT / E9;
        payoff_e9 += i128::from(*calls) * per_lot(gain) + i128::from(*puts) * per_lot(-gain);
    }
    payoff_e9.div_euclid(1_000)
}

#[test]
fn five_hundred_series_with_twenty_holders_settle_in_pages_whatever_the_order_and_whoever_dies() {
    let mut storm = Storm::new();
    assert_eq!(2 * STRIKES * SYMBOLS.len(), 504);
    for chain in &storm.chains {
        let data = storm.world.picture().chain(*chain).clone();
        assert_eq!(data.chain.open_positions, u64::try_from(STRIKES * HOLDERS).unwrap());
        let is_held = |lots: u64| lots > 0;
        assert!(
            data.strikes
                .iter()
                .all(|strike| is_held(strike.call_open_interest_lots) && is_held(strike.put_open_interest_lots))
        );
    }
    assert_adds_up(&storm.world);

    // Marks in two orders: the same bytes.
    storm.world.set_time(FIRST_EXPIRY + 5);
    let before = storm.snapshot();
    storm.bring_marks(1);
    let marked = storm.snapshot();
    storm.restore(&before);
    storm.bring_marks(77);
    assert_eq!(data(&storm.snapshot()), data(&marked));
    storm.world.set_time(FIRST_EXPIRY + SETTLEMENT_GRACE);
    for chain in storm.chains.clone() {
        storm.world.land(SettleChain { chain });
    }
    let settled = storm.snapshot();
    let cash: Vec<i64> = storm.holders.iter().map(|(of, ..)| storm.cash(of)).collect();

    // Paid from the first to the last, by a process that dies half-way and another that looks what is left.
    let forth: Vec<usize> = (0..storm.holders.len()).collect();
    let pages = forth.len().div_ceil(PAGE);
    assert_eq!(storm.pay_out(&forth, pages / 2), forth.len());
    assert_adds_up(&storm.world);
    let left = storm.pay_out(&forth, usize::MAX);
    assert_eq!(left, forth.len() - pages / 2 * PAGE);
    assert_eq!(storm.pay_out(&forth, usize::MAX), 0);
    assert_adds_up(&storm.world);
    let paid = storm.snapshot();

    // Everybody got what the marks say, and what is paid out is what is paid in but for an atom an account.
    let mut sums = vec![0_i128; storm.chains.len()];
    for ((of, chain, book), before) in storm.holders.iter().zip(cash) {
        let received = i128::from(storm.cash(of) - before);
        assert_eq!(received, payout_atoms(*chain, book), "{}", of.name());
        sums[*chain] += received;
    }
    for (chain, sum) in storm.chains.iter().zip(sums) {
        let header = storm.world.picture().chain(*chain).chain;
        assert_eq!(header.open_positions, 0);
        assert_eq!(i128::from(header.settlement_balance_atoms), -sum);
        let accounts = i128::try_from(storm.holders.len() / SYMBOLS.len()).unwrap();
        assert!((0..accounts).contains(&-sum), "{sum}");
    }

    // In another order, by a process that dies thrice: the same bytes.
    storm.restore(&settled);
    let count = storm.holders.len();
    let mixed: Vec<usize> = (0..count).map(|place| (place * 77 + 5) % count).collect();
    for pages in [1, 30, 17, usize::MAX] {
        storm.pay_out(&mixed, pages);
    }
    assert_eq!(data(&storm.snapshot()), data(&paid));

    // The residue goes to the insurance fund, and the chains are gone with their rent.
    for chain in storm.chains.clone() {
        if storm.world.picture().chain(chain).chain.settlement_balance_atoms > 0 {
            storm.world.land(Sweep { chain });
        }
        while storm
            .world
            .account(&chain.address())
            .is_some_and(|account| !account.data().is_empty())
        {
            assert_lands(storm.world.send(CloseChain { chain }));
        }
    }
    assert_adds_up(&storm.world);
}
