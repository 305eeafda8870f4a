//! Portfolios that traders hold, their requirement by the program and by an independent computation in floats, and the
//! table of both in `docs/margin.md`.

mod catalogue;
mod document;
mod example;
pub mod model;
mod program;
mod reading;
mod stage;
mod table;

pub use catalogue::{Leg, Place, Portfolio, catalogue, strangle_on_sol};
pub use document::{Document, Section};
pub use example::example;
pub use program::{ProgramHealth, health};
pub use reading::{holdings, market};
pub use stage::{Held, Stage};
pub use table::table;
