//! The committed table: written as markdown, read back to compare.

use super::{Fit, KernelRow, Row, Size};
use std::collections::BTreeMap;
use std::fmt::{self, Write};

/// Relative difference that counts as the same: key derivation may take a bump more or less.
const TOLERANCE_PERCENT: u64 = 1;
const LAMPORTS_PER_SOL: f64 = 1e9;

/// Everything that was measured.
#[derive(Clone, Debug)]
pub struct Table {
    /// Transactions.
    pub rows: Vec<Row>,
    /// Functions of the mathematics.
    pub kernels: Vec<KernelRow>,
    /// Accounts.
    pub sizes: Vec<Size>,
    /// Bytes of the program.
    pub program_bytes: usize,
}

/// How two tables differ, a line each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences(pub Vec<String>);

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(
            "# Benchmarks\n\nWritten by `cargo xtask bench`, compared by `cargo xtask bench --check` (1% tolerance). \
             Each row is one transaction on the\nreal bytecode in LiteSVM, all its instructions included: 150 of the \
             units set the compute budget. Budgets are those of the design. A transaction locks at most 64 accounts and \
             has at most\n1232 bytes; signers and programs aside, a lookup table makes each account one byte instead of 32.\n\n\
             ## Compute units\n\n\
             | instruction | case | compute units | budget | met | accounts | bytes | with a lookup table |\n\
             |---|---|---:|---:|---|---:|---:|---:|\n",
        )?;
        for row in &self.rows {
            let (budget, met) = verdict(row.compute_units, row.budget);
            let fit = row.transaction.map_or_else(
                || " |  | ".to_owned(),
                |fit| format!("{} | {} | {}", fit.accounts, fit.bytes, fit.bytes_with_table),
            );
            let Row {
                instruction,
                case,
                compute_units,
                ..
            } = row;
            writeln!(
                out,
                "| {instruction} | {case} | {compute_units} | {budget} | {met} | {fit} |"
            )?;
        }
        write_kernels(out, &self.kernels)?;
        out.write_str("\n## Sizes\n\n| account | bytes | rent, SOL | budget, SOL | met |\n|---|---:|---:|---:|---|\n")?;
        for size in &self.sizes {
            let sol = |lamports: u64| lamports as f64 / LAMPORTS_PER_SOL;
            let (_, met) = verdict(size.rent_lamports, size.budget_lamports);
            let budget = size
                .budget_lamports
                .map_or_else(String::new, |budget| sol(budget).to_string());
            writeln!(
                out,
                "| {} | {} | {:.5} | {budget} | {met} |",
                size.account,
                size.bytes,
                sol(size.rent_lamports)
            )?;
        }
        writeln!(
            out,
            "\nThe program is {} bytes (not compared: toolchains differ).",
            self.program_bytes
        )?;
        let missed = self.missed();
        if !missed.is_empty() {
            out.write_str("\n## Budgets not met yet\n\n")?;
            for (name, measured, budget) in missed {
                writeln!(out, "- {name}: {measured} of {budget}")?;
            }
        }
        Ok(())
    }
}

fn write_kernels(out: &mut fmt::Formatter<'_>, kernels: &[KernelRow]) -> fmt::Result {
    out.write_str(
        "\n## Kernels\n\nFunctions of `tenor-math` on the bytecode, between two readings of the remaining units, over \
         the rows of the vector files.\nBudgets are for the worst row. `solmath` 0.2.0 runs in the same program on the \
         same rows (worst / mean); what others publish is\nas they state it, in compute units unless it says gas.\n\n\
         | kernel | worst | mean | budget | met | solmath here | published |\n|---|---:|---:|---:|---|---:|---|\n",
    )?;
    for row in kernels {
        let (budget, met) = verdict(row.worst, row.budget);
        let solmath = row
            .solmath
            .map_or_else(String::new, |(worst, mean)| format!("{worst} / {mean}"));
        let KernelRow {
            kernel,
            worst,
            mean,
            published,
            ..
        } = row;
        writeln!(
            out,
            "| {kernel} | {worst} | {mean} | {budget} | {met} | {solmath} | {published} |"
        )?;
    }
    Ok(())
}

fn verdict(measured: u64, budget: Option<u64>) -> (String, &'static str) {
    match budget {
        None => (String::new(), ""),
        Some(budget) if measured <= budget => (budget.to_string(), "yes"),
        Some(budget) => (budget.to_string(), "no"),
    }
}

impl Table {
    /// Name, measure and budget of what takes more than its budget: units, accounts, bytes.
    fn missed(&self) -> Vec<(String, u64, u64)> {
        let instructions = self.rows.iter().flat_map(|row| {
            let name = format!("{}, {}", row.instruction, row.case);
            let of_transaction = row.transaction.into_iter().flat_map({
                let name = name.clone();
                move |fit| {
                    [
                        (format!("accounts of {name}"), fit.accounts, Fit::MOST_ACCOUNTS),
                        (format!("bytes of {name}"), fit.bytes_with_table, Fit::MOST_BYTES),
                    ]
                    .map(|(name, measured, most)| (name, measured as u64, Some(most as u64)))
                }
            });
            [(name, row.compute_units, row.budget)]
                .into_iter()
                .chain(of_transaction)
        });
        let kernels = self
            .kernels
            .iter()
            .map(|row| (row.kernel.to_owned(), row.worst, row.budget));
        instructions
            .chain(kernels)
            .filter_map(|(name, measured, budget)| {
                budget
                    .filter(|budget| measured > *budget)
                    .map(|budget| (name, measured, budget))
            })
            .collect()
    }

    /// What differs from a committed table by more than the tolerance, or is missing on either side.
    pub fn compare(&self, committed: &str) -> Differences {
        let (mut known, mut differences) = (numbers(committed), Vec::new());
        for (name, measured) in numbers(&self.to_string()) {
            match known.remove(&name) {
                None => differences.push(format!("{name}: {measured}, not in the table")),
                Some(stated) if stated.abs_diff(measured) * 100 > stated * TOLERANCE_PERCENT => {
                    differences.push(format!("{name}: measured {measured}, the table says {stated}"));
                }
                Some(_) => {}
            }
        }
        differences.extend(
            known
                .into_keys()
                .map(|name| format!("{name}: in the table, not measured")),
        );
        Differences(differences)
    }
}

/// The first whole number after the names of each row: compute units of an instruction, bytes of an account.
fn numbers(markdown: &str) -> BTreeMap<String, u64> {
    let cells = |line: &str| -> Vec<String> { line.split('|').map(|cell| cell.trim().to_owned()).collect() };
    markdown
        .lines()
        .filter(|line| line.starts_with("| "))
        .filter_map(|line| {
            let cells = cells(line);
            let place = cells.iter().position(|cell| cell.parse::<u64>().is_ok())?;
            let mut name = String::new();
            for cell in cells.get(1..place)? {
                write!(name, "{}{cell}", if name.is_empty() { "" } else { ", " }).ok()?;
            }
            Some((name, cells.get(place)?.parse().ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(compute_units: u64) -> Table {
        let row = Row {
            instruction: "deposit",
            case: "USDC".to_owned(),
            compute_units,
            budget: Some(12_000),
            transaction: None,
        };
        Table {
            rows: vec![row],
            kernels: Vec::new(),
            sizes: Vec::new(),
            program_bytes: 1,
        }
    }

    #[test]
    fn one_percent_is_the_same_and_two_are_not() {
        let committed = table(10_000).to_string();
        assert_eq!(table(10_100).compare(&committed), Differences::default());
        assert_eq!(
            table(10_200).compare(&committed).0,
            ["deposit, USDC: measured 10200, the table says 10000"]
        );
    }

    #[test]
    fn a_row_that_is_missing_on_either_side_is_a_difference() {
        assert_eq!(table(1).compare("").0, ["deposit, USDC: 1, not in the table"]);
        let none = Table {
            rows: Vec::new(),
            ..table(1)
        };
        assert_eq!(
            none.compare(&table(1).to_string()).0,
            ["deposit, USDC: in the table, not measured"]
        );
    }

    #[test]
    fn a_transaction_that_does_not_fit_is_said_so() {
        let of = |accounts, bytes_with_table| {
            let mut table = table(1);
            table.rows[0].transaction = Some(Fit {
                accounts,
                bytes: 2_000,
                bytes_with_table,
            });
            table.to_string()
        };
        assert!(of(64, 1_232).contains("| 64 | 2000 | 1232 |") && !of(64, 1_232).contains("not met"));
        assert!(of(65, 1_232).contains("- accounts of deposit, USDC: 65 of 64"));
        assert!(of(64, 1_233).contains("- bytes of deposit, USDC: 1233 of 1232"));
    }

    #[test]
    fn a_budget_that_is_not_met_is_said_so() {
        assert!(table(12_001).to_string().contains("- deposit, USDC: 12001 of 12000"));
        assert!(!table(12_000).to_string().contains("not met"));
    }
}
