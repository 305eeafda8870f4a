//! Instructions on one margin account, or on two of one owner.

mod accrue;
mod close_account;
mod deposit;
mod grow_account;
mod open_account;
mod set_delegate;
mod settle_account;
mod transfer;
mod transfer_position;
mod withdraw;

pub use accrue::*;
pub use close_account::*;
pub use deposit::*;
pub use grow_account::*;
pub use open_account::*;
pub use set_delegate::*;
pub use settle_account::*;
pub use transfer::*;
pub use transfer_position::*;
pub use withdraw::*;
