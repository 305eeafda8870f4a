//! What is measured: everything that can be sent, and at its largest.

use super::sizes::sizes;
use super::{Fit, Row, Table, kernels};
use tenor_testkit::action::Action;
use tenor_testkit::{Receipt, World, bytecode};

/// Most that any instruction may take.
pub(super) const ANY_LIMIT: u64 = 1_000_000;

/// Measures everything.
pub fn measure() -> Table {
    let mut bench = Bench::default();
    bench.listing();
    bench.control();
    bench.market();
    bench.money();
    bench.portfolios();
    bench.ends();
    Table {
        rows: bench.rows,
        kernels: kernels::measure(),
        sizes: sizes(),
        program_bytes: bytecode::margin().len(),
    }
}

/// Rows measured so far.
#[derive(Default)]
pub(super) struct Bench {
    rows: Vec<Row>,
}

impl Bench {
    /// A transaction that was sent, within a budget of its own.
    pub(super) fn within(&mut self, budget: u64, instruction: &'static str, case: &str, receipt: &Receipt) {
        self.rows.push(Row {
            instruction,
            case: case.to_owned(),
            compute_units: receipt.compute_units,
            budget: Some(budget),
            transaction: Some(Fit {
                accounts: receipt.accounts,
                bytes: receipt.bytes,
                bytes_with_table: receipt.bytes_with_table,
            }),
        });
    }

    /// A transaction that was sent.
    pub(super) fn add(&mut self, instruction: &'static str, case: &str, receipt: &Receipt) {
        self.within(ANY_LIMIT, instruction, case, receipt);
    }

    /// A number that follows from measured ones.
    pub(super) fn derive(&mut self, instruction: &'static str, case: String, compute_units: u64, budget: Option<u64>) {
        self.rows.push(Row {
            instruction,
            case,
            compute_units,
            budget,
            transaction: None,
        });
    }

    /// Sends an action that must land.
    pub(super) fn land(
        &mut self,
        world: &mut World,
        instruction: &'static str,
        case: &str,
        action: impl Action,
    ) -> Receipt {
        let receipt = world.land(action);
        self.add(instruction, case, &receipt);
        receipt
    }

    /// Sends an action at the largest size, which may not complete: then the row says so and misses its budget.
    pub(super) fn attempt(
        &mut self,
        world: &mut World,
        (instruction, budget): (&'static str, u64),
        case: &str,
        action: impl Action,
    ) -> Option<Receipt> {
        const MOST_UNITS: u64 = 1_400_000;
        match world.send(action) {
            Ok(receipt) => {
                self.within(budget, instruction, case, &receipt);
                Some(receipt)
            }
            Err(refusal) => {
                let case = format!("{case}: {}", refusal.error);
                self.derive(instruction, case, MOST_UNITS, Some(budget));
                None
            }
        }
    }
}
