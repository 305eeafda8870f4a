//! Events of the program, as found in a transaction's inner instructions.

use anchor_lang::wincode::{self, SchemaRead};
use anchor_lang::{BORSH_CONFIG, BorshConfig, Discriminator};
use tenor_margin::event::TAG;

pub use tenor_margin::event::Event;

/// Name of the event in the data of an inner instruction of the program; `None` if it is no event.
///
/// The caller has checked what [`Event::read`] says.
pub fn name(data: &[u8]) -> Option<&'static str> {
    let body = data.strip_prefix(&TAG)?;
    let known = Event::KNOWN.iter();
    known
        .copied()
        .find(|(discriminator, _)| body.starts_with(discriminator))
        .map(|(_, name)| name)
}

/// Bytes of an event's fields, if the data is this event.
pub fn fields<E: Discriminator>(data: &[u8]) -> Option<&[u8]> {
    data.strip_prefix(&TAG)?.strip_prefix(E::DISCRIMINATOR)
}

/// The event's fields, if the data is this event.
pub fn read<E>(data: &[u8]) -> Option<E>
where
    E: Discriminator + for<'de> SchemaRead<'de, BorshConfig, Dst = E>,
{
    wincode::config::deserialize(fields::<E>(data)?, BORSH_CONFIG).ok()
}
