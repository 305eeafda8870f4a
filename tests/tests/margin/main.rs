//! One module per instruction, one test per line of its documentation, named in the same words.

mod add_collateral;
mod add_strikes;
mod add_underlying;
mod close_chain;
mod create_chain;
mod deposit;
mod initialize;
mod liquidate_slice;
mod mark_hour;
mod open_account;
mod post_surface;
mod reckoning;
mod refresh_risk;
mod scene;
mod settle_account;
mod settle_chain;
mod surface_key;
mod sweep;
mod touch_liquidation;
mod trade;
mod update_price;
mod withdraw;
