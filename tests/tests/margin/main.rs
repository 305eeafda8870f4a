//! One module per instruction, one test per line of its documentation, named in the same words.

mod accrue;
mod add_collateral;
mod add_strikes;
mod add_underlying;
mod close_account;
mod create_chain;
mod deposit;
mod grow_account;
mod initialize;
mod liquidate_slice;
mod open_account;
mod post_surface;
mod reckoning;
mod refresh_risk;
mod scene;
mod set_delegate;
mod settle_account;
mod settle_chain;
mod token_safety;
mod touch_liquidation;
mod trade;
mod transfer;
mod transfer_position;
mod update_price;
mod withdraw;
