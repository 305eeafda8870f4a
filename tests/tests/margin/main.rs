//! One module per instruction, one test per line of its documentation, named in the same words.

mod add_collateral;
mod add_strikes;
mod add_underlying;
mod admin_handover;
mod create_chain;
mod deposit;
mod drill_admin;
mod drill_guardian;
mod governance;
mod initialize;
mod liquidate_slice;
mod open_account;
mod parameters;
mod pause;
mod post_surface;
mod reckoning;
mod refresh_risk;
mod scene;
mod security_txt;
mod settle_account;
mod settle_chain;
mod touch_liquidation;
mod trade;
mod update_price;
mod withdraw;
