//! One module per instruction, one test per line of its documentation, named in the same words.

mod account_metas;
mod add_collateral;
mod add_strikes;
mod add_underlying;
mod create_chain;
mod deposit;
mod feed_states;
mod initialize;
mod liquidate_slice;
mod open_account;
mod post_surface;
mod reckoning;
mod refresh_risk;
mod scene;
mod settle_account;
mod settle_chain;
mod touch_liquidation;
mod trade;
mod update_price;
mod withdraw;
