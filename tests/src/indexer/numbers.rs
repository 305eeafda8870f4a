//! Which accounts an event is about, and whether one is missing.

use solana_pubkey::Pubkey;
use std::collections::BTreeMap;
use tenor_margin::governance::Change;
use tenor_sdk::event::Event;

/// An account that counts the events about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    /// The house.
    House,
    /// The registry.
    Registry,
    /// An underlying.
    Underlying(Pubkey),
    /// A chain.
    Chain(Pubkey),
    /// A margin account.
    Account(Pubkey),
}

/// What an event's number of an account says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// The account is new and counts from here.
    Begins(u64),
    /// The next.
    Follows(u64),
    /// The last.
    Ends(u64),
}

/// An event before this one is missing, or this one came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The account.
    pub of: Of,
    /// Its last number; none if it is not known.
    pub last: Option<u64>,
    /// Number in the event.
    pub found: u64,
}

/// Last number of each account that exists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    last: BTreeMap<Of, u64>,
}

impl Numbers {
    /// Takes the numbers of the next event.
    ///
    /// # Errors
    /// [`Gap`] if one is not exactly the last plus one; then none is taken.
    pub fn advance(&mut self, event: &Event) -> Result<(), Gap> {
        let marks = marks(event);
        for (of, mark) in &marks {
            let last = self.last.get(of).copied();
            let (fits, found) = match *mark {
                Mark::Begins(number) => (last.is_none(), number),
                Mark::Follows(number) | Mark::Ends(number) => (last.is_some_and(|last| last + 1 == number), number),
            };
            if !fits {
                return Err(Gap { of: *of, last, found });
            }
        }
        for (of, mark) in marks {
            match mark {
                Mark::Begins(number) | Mark::Follows(number) => self.last.insert(of, number),
                Mark::Ends(_) => self.last.remove(&of),
            };
        }
        Ok(())
    }

    /// The last number of an account that exists.
    pub fn last(&self, of: Of) -> Option<u64> {
        self.last.get(&of).copied()
    }
}

impl FromIterator<(Of, u64)> for Numbers {
    fn from_iter<T: IntoIterator<Item = (Of, u64)>>(numbers: T) -> Self {
        Self {
            last: numbers.into_iter().collect(),
        }
    }
}

/// The accounts that an event is about, each once.
fn marks(event: &Event) -> BTreeMap<Of, Mark> {
    use Mark::{Begins, Ends, Follows};
    let house = |number| vec![(Of::House, Follows(number))];
    let account = |address, number| (Of::Account(address), Follows(number));
    let chain = |address, number| (Of::Chain(address), Follows(number));
    let registry = |number| (Of::Registry, Follows(number));
    let underlying = |address, number| (Of::Underlying(address), Follows(number));
    let list = match event {
        Event::HouseInitialized(event) => vec![
            (Of::House, Begins(event.sequence)),
            (Of::Registry, Begins(event.registry_sequence)),
        ],
        Event::ChangeQueued(event) => house(event.sequence),
        Event::ChangeApplied(event) => {
            let mut list = changed(event.sequence, &event.change, event.target, event.target_sequence);
            if matches!(event.change, Change::Interest(_)) {
                list.push(registry(event.registry_sequence));
            }
            list
        }
        Event::ParametersTightened(event) => {
            changed(event.sequence, &event.change, event.target, event.target_sequence)
        }
        Event::ChangeCancelled(event) => house(event.sequence),
        Event::AdminProposed(event) => house(event.sequence),
        Event::AdminProposalCancelled(event) => house(event.sequence),
        Event::AdminAccepted(event) => house(event.sequence),
        Event::ActionPaused(event) => house(event.sequence),
        Event::ActionUnpaused(event) => house(event.sequence),
        Event::GenesisEnded(event) => house(event.sequence),
        Event::UnderlyingListed(event) => vec![
            (Of::House, Follows(event.sequence)),
            (Of::Underlying(event.underlying), Begins(event.underlying_sequence)),
        ],
        Event::CollateralListed(event) => vec![registry(event.registry_sequence)],
        Event::PriceUpdated(event) => vec![underlying(event.underlying, event.sequence)],
        Event::HourMarked(event) => vec![underlying(event.underlying, event.sequence)],
        Event::AccountOpened(event) => vec![(Of::Account(event.account), Begins(event.sequence))],
        Event::AccountGrown(event) => vec![account(event.account, event.sequence)],
        Event::AccountClosed(event) => vec![
            (Of::Account(event.account), Ends(event.sequence)),
            registry(event.registry_sequence),
        ],
        Event::DelegateSet(event) => vec![account(event.account, event.sequence)],
        Event::InterestAccrued(event) => vec![
            account(event.account, event.sequence),
            registry(event.registry_sequence),
        ],
        Event::Transferred(event) => vec![
            account(event.from, event.from_sequence),
            account(event.to, event.to_sequence),
            registry(event.registry_sequence),
        ],
        Event::PositionTransferred(event) => vec![
            account(event.from, event.from_sequence),
            account(event.to, event.to_sequence),
            chain(event.chain, event.chain_sequence),
        ],
        Event::Deposited(event) => vec![
            account(event.account, event.sequence),
            registry(event.registry_sequence),
        ],
        Event::Withdrawn(event) => vec![
            account(event.account, event.sequence),
            registry(event.registry_sequence),
        ],
        Event::ChainCreated(event) => vec![
            (Of::Chain(event.chain), Begins(event.sequence)),
            underlying(event.underlying, event.underlying_sequence),
        ],
        Event::StrikesAdded(event) => vec![chain(event.chain, event.sequence)],
        Event::SurfacePosted(event) => vec![chain(event.chain, event.sequence)],
        Event::RiskRefreshed(event) => vec![chain(event.chain, event.sequence)],
        Event::Traded(event) => {
            let sides = [
                account(event.buyer, event.buyer_sequence),
                account(event.seller, event.seller_sequence),
            ];
            let chains = event.legs.iter().map(|leg| chain(leg.chain, leg.chain_sequence));
            sides.into_iter().chain(chains).collect()
        }
        Event::BracketBegun(event) => vec![account(event.account, event.sequence)],
        Event::BracketEnded(event) => vec![account(event.account, event.sequence)],
        Event::SettlementMarked(event) => vec![chain(event.chain, event.sequence)],
        Event::LateMinuteMarked(event) => vec![chain(event.chain, event.sequence)],
        Event::ChainSettled(event) => vec![chain(event.chain, event.sequence)],
        Event::TreasuryPaid(event) => vec![registry(event.registry_sequence)],
        Event::ChainSwept(event) => vec![chain(event.chain, event.sequence)],
        Event::StrikesRemoved(event) => vec![chain(event.chain, event.sequence)],
        Event::ChainClosed(event) => vec![(Of::Chain(event.chain), Ends(event.sequence))],
        Event::AccountSettled(event) => vec![
            account(event.account, event.sequence),
            chain(event.chain, event.chain_sequence),
        ],
        Event::LiquidationTouched(event) => vec![account(event.account, event.sequence)],
        Event::SliceLiquidated(event) => {
            let sides = [
                account(event.account, event.sequence),
                account(event.liquidator, event.liquidator_sequence),
            ];
            let chains = event
                .taken
                .chains
                .iter()
                .map(|taken| chain(taken.chain, taken.sequence));
            sides.into_iter().chain(chains).collect()
        }
    };
    let mut marks = BTreeMap::new();
    for (of, mark) in list {
        // Legs of one chain state its number again.
        let before = marks.insert(of, mark);
        assert!(
            before.is_none_or(|before| before == mark),
            "two numbers of {of:?} in {event:?}"
        );
    }
    marks
}

fn changed(of_house: u64, change: &Change, target: Pubkey, of_target: u64) -> Vec<(Of, Mark)> {
    let mut list = vec![(Of::House, Mark::Follows(of_house))];
    if change.is_of_underlying() {
        list.push((Of::Underlying(target), Mark::Follows(of_target)));
    } else if matches!(change, Change::Collateral { .. } | Change::Withdrawals(_)) {
        list.push((Of::Registry, Mark::Follows(of_target)));
    } else {
        assert_eq!(of_house, of_target, "the target is the house");
    }
    list
}
