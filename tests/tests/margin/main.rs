//! One module per instruction, one test per line of its documentation, named in the same words.

mod add_collateral;
mod add_strikes;
mod add_underlying;
mod bracket;
mod caller;
mod create_chain;
mod deposit;
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
mod trade_budget;
mod trade_exits;
mod trade_fees;
mod update_price;
mod withdraw;
