//! What the program asks for portfolios that traders hold equals the formulas, computed in floats.

mod arrays;
mod closeness;
mod formulas;
mod portfolios;
