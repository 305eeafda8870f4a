//! An indexer: the state of the house from its events alone. It knows the types that events carry and no rule of the
//! program but those that `docs/events.md` names.
//!
//! | module | holds |
//! |---|---|
//! | [`numbers`] | which accounts an event is about, and gaps in their numbers |
//! | [`state`] | what is kept |
//! | [`house`], [`market`], [`account`] | what the events change |
//! | [`compare`] | the accounts as they must be, against those that are |

pub mod account;
pub mod compare;
pub mod house;
pub mod market;
pub mod numbers;
pub mod state;

use numbers::{Gap, Numbers};
use state::State;
use tenor_sdk::event::Event;

/// Follows the house from its first event.
#[derive(Clone, Debug, Default)]
pub struct Indexer {
    /// Last number of each account.
    pub numbers: Numbers,
    /// What the events say.
    pub state: State,
}

impl Indexer {
    /// Applies the next event.
    ///
    /// # Errors
    /// [`Gap`], and nothing is applied, if an event before it is missing.
    pub fn apply(&mut self, event: &Event) -> Result<(), Gap> {
        self.numbers.advance(event)?;
        self.state.apply(event);
        Ok(())
    }
}

impl State {
    fn apply(&mut self, event: &Event) {
        match event {
            Event::HouseInitialized(event) => self.initialized(event),
            Event::ChangeQueued(event) => self.queued(event),
            Event::ChangeApplied(event) => {
                self.changes.remove(&event.number);
                self.registry.interest = event.interest;
                self.change(event.target, &event.change, event.applied_at);
            }
            Event::ChangeCancelled(event) => {
                self.changes.remove(&event.number);
            }
            // No change with a time in it tightens.
            Event::ParametersTightened(event) => self.change(event.target, &event.change, 0),
            Event::AdminProposed(event) => {
                self.house.pending_admin = (event.successor, event.ready_at, event.expires_at);
            }
            Event::AdminProposalCancelled(_) => self.house.pending_admin = Default::default(),
            Event::AdminAccepted(event) => {
                self.house.admin = event.admin;
                self.house.pending_admin = Default::default();
            }
            Event::ActionPaused(event) => self.house.paused(event),
            Event::ActionUnpaused(event) => self.house.unpaused(event),
            Event::GenesisEnded(_) => self.house.genesis_until = 0,
            Event::UnderlyingListed(event) => self.underlying_listed(event),
            Event::CollateralListed(event) => self.collateral_listed(event),
            Event::PriceUpdated(event) => self.underlying(&event.underlying).price_updated(event),
            Event::HourMarked(event) => self.underlying(&event.underlying).hour_marked(event),
            Event::ChainCreated(event) => self.chain_created(event),
            Event::StrikesAdded(event) => self.chain(&event.chain).strikes_added(event),
            Event::SurfacePosted(event) => self.chain(&event.chain).surface_posted(event),
            Event::RiskRefreshed(event) => self.chain(&event.chain).refreshed(event),
            Event::SettlementMarked(event) => self.chain(&event.chain).marked(event),
            Event::LateMinuteMarked(event) => self.chain(&event.chain).late_minute(event),
            Event::ChainSettled(event) => {
                self.chain(&event.chain).settlement = Some((event.price_e9, event.published_at));
            }
            Event::TreasuryPaid(event) => {
                self.insurance.treasury_atoms = event.treasury_balance_atoms;
                self.collateral(0).booked_total_atoms = event.booked_total_atoms;
            }
            Event::ChainSwept(event) => self.swept(event),
            Event::StrikesRemoved(event) => self.chain(&event.chain).strikes.truncate(event.left.into()),
            Event::ChainClosed(event) => {
                self.chains.remove(&event.chain);
            }
            Event::AccountOpened(event) => self.opened(event),
            Event::AccountGrown(event) => self.account(&event.account).capacity = event.capacity,
            Event::AccountClosed(event) => {
                self.accounts.remove(&event.account);
                self.registry.interest = event.interest;
            }
            Event::DelegateSet(event) => {
                let account = self.account(&event.account);
                account.delegate = event.delegate;
                account.delegate_max_daily_loss_e9 = event.max_daily_loss_e9;
            }
            Event::InterestAccrued(event) => self.accrued(event),
            Event::Transferred(event) => self.transferred(event),
            Event::PositionTransferred(event) => self.position_transferred(event),
            Event::Deposited(event) => self.deposited(event),
            Event::Withdrawn(event) => self.withdrawn(event),
            Event::Traded(event) => self.traded(event),
            // Brackets live within one transaction.
            Event::BracketBegun(_) | Event::BracketEnded(_) => {}
            Event::AccountSettled(event) => self.settled(event),
            Event::LiquidationTouched(event) => {
                self.account(&event.account).liquidation = state::Liquidation {
                    started_at: event.started_at,
                    touched_at: event.touched_at,
                    ended_at: event.ended_at,
                    clock_seconds: event.clock_seconds,
                    active: event.active,
                };
            }
            Event::SliceLiquidated(event) => self.sliced(event),
        }
    }
}
