//! Moving lots between position tables.

use super::forecast::Draft;
use super::state::{Account, Model, Position};
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_math::pricing::OptionKind;
use tenor_testkit::Instrument;

/// Which option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Option {
    /// The chain.
    pub chain: Pubkey,
    /// Place of the strike.
    pub strike: u16,
    /// Zero for the call, one for the put.
    pub kind: usize,
}

impl Option {
    /// An instrument as the chain lists it.
    ///
    /// # Panics
    /// If it is not listed.
    pub fn of(instrument: Instrument, model: &Model) -> Self {
        let chain = instrument.chain.address();
        let price_e9 = i128::from(instrument.strike.e9());
        let mut strikes = model.chain(&chain).strikes.iter();
        let place = strikes.position(|strike| strike.price_e9 == price_e9);
        Self {
            chain,
            strike: place
                .and_then(|place| u16::try_from(place).ok())
                .expect("a listed strike"),
            kind: match instrument.kind {
                OptionKind::Call => 0,
                OptionKind::Put => 1,
            },
        }
    }
}

impl Account {
    /// Adds lots; what that does to open interest and to the number of positions.
    ///
    /// # Errors
    /// A table that is full, or lots beyond what a table's entry holds.
    fn add_lots(&mut self, option: Option, lots: i128) -> Result<(i128, i128), MarginError> {
        if lots == 0 {
            return Ok((0, 0));
        }
        if !self.slots.contains(&Some(option.chain)) {
            let most = self.most_chains();
            let free = self.slots[..most].iter_mut().find(|slot| slot.is_none());
            *free.ok_or(MarginError::ChainTableFull)? = Some(option.chain);
        }
        let place = self
            .positions
            .iter()
            .position(|held| held.is_of(&option.chain, option.strike));
        let (place, opened) = match place {
            Some(place) => (place, 0),
            None if self.positions.len() >= self.capacity => return Err(MarginError::PositionTableFull),
            None => {
                self.positions.push(Position {
                    chain: option.chain,
                    strike: option.strike,
                    lots: [0; 2],
                });
                (self.positions.len() - 1, 1)
            }
        };
        let held = &mut self.positions[place].lots[option.kind];
        let before = *held;
        *held += lots;
        if held.abs() > i128::from(i64::MAX) {
            return Err(MarginError::MathOverflow);
        }
        let open_interest = (*held).max(0) - before.max(0);
        // The last entry takes the place of one that is flat.
        let closed = if self.positions[place].lots == [0; 2] {
            self.positions.swap_remove(place);
            self.free_slot(&option.chain);
            1
        } else {
            0
        };
        Ok((open_interest, opened - closed))
    }

    /// Frees the slot of a chain without positions.
    fn free_slot(&mut self, chain: &Pubkey) {
        if self.positions.iter().all(|held| held.chain != *chain) {
            for slot in self.slots.iter_mut().filter(|slot| **slot == Some(*chain)) {
                *slot = None;
            }
        }
    }
}

impl Draft {
    /// Moves lots from one account to another: first out of the one, then into the other.
    ///
    /// # Errors
    /// A table that is full, or lots beyond what a table's entry holds.
    pub fn move_lots(
        &mut self,
        model: &Model,
        [from, to]: [Pubkey; 2],
        option: Option,
        lots: i128,
    ) -> Result<i128, MarginError> {
        let given = self.account(model, from).add_lots(option, -lots)?;
        let gained = self.account(model, to).add_lots(option, lots)?;
        let chain = self.chain(model, option.chain);
        chain.open_positions += given.1 + gained.1;
        let open_interest = &mut chain.strikes[usize::from(option.strike)].open_interest[option.kind];
        *open_interest += given.0 + gained.0;
        Ok(*open_interest)
    }

    /// Takes every position of a chain out of an account's table, in its order.
    pub fn release(&mut self, model: &Model, account: Pubkey, chain: Pubkey) -> Vec<Position> {
        let mut released = Vec::new();
        let account = self.account(model, account);
        let mut place = 0;
        while let Some(held) = account.positions.get(place).copied() {
            if held.chain == chain {
                released.push(held);
                account.positions.swap_remove(place);
            } else {
                place += 1;
            }
        }
        account.free_slot(&chain);
        let chain = self.chain(model, chain);
        for held in &released {
            chain.open_positions -= 1;
            let strike = &mut chain.strikes[usize::from(held.strike)];
            for (open_interest, lots) in strike.open_interest.iter_mut().zip(held.lots) {
                *open_interest -= lots.max(0);
            }
        }
        released
    }
}
