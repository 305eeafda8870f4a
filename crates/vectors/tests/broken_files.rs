//! What is wrong is reported, by file and row, and fails the command.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tenor_vectors::{Verdict, own_copies, run};

/// A folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir(&folder).unwrap();
    folder
}

/// The project's copy of a file with its lines changed by `change`, in a folder that holds nothing else.
fn changed(test: &str, file: &str, change: impl FnOnce(&mut Vec<String>)) -> PathBuf {
    let text = fs::read_to_string(own_copies().join(file)).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    change(&mut lines);
    let folder = folder(test);
    fs::write(folder.join(file), lines.join("\n")).unwrap();
    folder
}

fn succeeds(folder: &Path) -> bool {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vectors"));
    command.arg(folder).output().unwrap().status.success()
}

/// The verdict of a quantity, or of the whole file for `-`.
fn verdict(folder: &Path, quantity: &str) -> Verdict {
    let report = run(folder).unwrap();
    let line = report.lines.iter().find(|line| line.quantity == quantity);
    line.unwrap_or_else(|| panic!("{report}")).verdict.clone()
}

/// Puts `cell` into a column of a line, counted from one, of a file without quotes.
fn set(lines: &mut [String], line: usize, column: &str, cell: &str) {
    let header = lines.iter().find(|line| !line.starts_with('#')).unwrap();
    let index = header.split(',').position(|name| name == column).unwrap();
    let mut cells: Vec<&str> = lines[line - 1].split(',').collect();
    cells[index] = cell;
    lines[line - 1] = cells.join(",");
}

#[test]
fn an_unchanged_file_passes() {
    let folder = changed("unchanged", "ncdf.csv", |_| ());
    assert!(succeeds(&folder));
}

#[test]
fn a_wrong_price_is_a_breach_that_names_its_row() {
    // A true price of 50.0, off by 2e-13: 2e-15 of the forward is within the limit of 1e-14, 2e-13 of it is not.
    let within = changed("price_within", "bs_grid.csv", |lines| {
        set(lines, 9, "call", "50.0000000000002");
        lines.truncate(20);
    });
    assert_eq!(verdict(&within, "price / (max(F,K) DF)"), Verdict::Pass);
    let beyond = changed("price_beyond", "bs_grid.csv", |lines| {
        set(lines, 9, "call", "50.00000000002");
        lines.truncate(20);
    });
    let breach = verdict(&beyond, "price / (max(F,K) DF)");
    assert_eq!(
        breach,
        Verdict::Breach("1 rows: line 9 (2,core) errs by 2.0e-13".to_owned())
    );
    assert!(!succeeds(&beyond));
}

/// A row of each format whose stated result is changed.
#[test]
fn a_wrong_row_of_any_format_is_a_breach_that_names_it() {
    let rows = [
        ("amm_as.csv", "AS,100,0", "r", "7"),
        ("amm_vega.csv", "VEGA,151.2,150", "iv_used", "0.7"),
        ("bs_grid.csv", "2,core", "vega", "0.7"),
        ("iv_cases.csv", "grid,150,75,1,86400,P,0.03", "iv", "4.9999"),
        ("liquidation_cases.csv", "A,-147.57", "fraction_or_x", "0.7"),
        ("liquidation_cases.csv", "B,95", "fraction_or_x", "0.7"),
        ("liquidation_cases.csv", "C,90,100,0.97", "fraction_or_x", "0.7"),
        ("margin_standard.csv", "aevo,P", "MM", "25"),
        ("margin_strategy.csv", "short_call_itm", "requirement", "3411"),
        ("margin_strategy.csv", "iron_condor", "requirement", "1881"),
        ("ncdf.csv", "inv,", "ppf", "0.7"),
        ("prim.csv", "log1p", "out", "0.7"),
        ("ssvi_cases.csv", "0.002,-0.7", "w", "0.7"),
        ("sv_prices.csv", "merton_small", "call", "40.7"),
        ("svi_calendar.csv", "touch_inside", "calendar_free", "0"),
        ("svi_cases.csv", "sol_1w", "density_k", "0.7"),
        ("svi_slices.csv", "vogt_gj_fix1", "butterfly_free", "0"),
    ];
    for (file, start, column, cell) in rows {
        let mut line = 0;
        let folder = changed("wrong_row", file, |lines| {
            line = 1 + lines.iter().position(|line| line.starts_with(start)).unwrap();
            set(lines, line, column, cell);
            lines.truncate(line);
        });
        if file == "svi_cases.csv" {
            fs::copy(own_copies().join("svi_slices.csv"), folder.join("svi_slices.csv")).unwrap();
        }
        let report = run(&folder).unwrap();
        let named = format!("1 rows: line {line} (");
        let names = |verdict: &Verdict| matches!(verdict, Verdict::Breach(rows) if rows.starts_with(&named));
        assert!(
            report.lines.iter().any(|line| names(&line.verdict)),
            "{start}: {report}"
        );
        assert!(!succeeds(&folder), "{start}");
    }
}

#[test]
fn three_false_rejects_in_a_hundred_are_borne_and_no_more() {
    let claimed_free = |count| {
        changed("false_rejects", "svi_slices.csv", |lines| {
            let header = lines.iter().find(|line| line.starts_with("name,")).unwrap();
            let flag = header.split(',').position(|name| name == "butterfly_free").unwrap();
            let bad: Vec<usize> = (1..=lines.len())
                .filter(|line| lines[line - 1].split(',').nth(flag) == Some("0"))
                .collect();
            for line in &bad[..count] {
                set(lines, *line, "butterfly_free", "1");
            }
        })
    };
    // 33 slices are free: one of 34 is 2.9%, two of 35 are 5.7%.
    assert_eq!(verdict(&claimed_free(1), "raw SVI acceptance"), Verdict::Pass);
    let breach = verdict(&claimed_free(2), "raw SVI acceptance");
    assert_eq!(
        breach,
        Verdict::Breach(
            "2 rows: line 4 (vogt,-0.041) is rejected falsely; line 14 (neg_total_var,-0.05) is rejected falsely"
                .to_owned()
        )
    );
}

#[test]
fn points_of_slices_need_the_slices() {
    let folder = changed("no_slices", "svi_cases.csv", |_| ());
    let unreadable = verdict(&folder, "-");
    assert!(
        matches!(unreadable, Verdict::Unreadable(reason) if reason.starts_with("svi_slices.csv, which this file needs"))
    );
    assert!(!succeeds(&folder));
}

#[test]
fn a_wrong_verdict_on_a_slice_is_a_false_accept() {
    let folder = changed("false_accept", "ssvi_cases.csv", |lines| set(lines, 3, "cond2", "0"));
    assert_eq!(
        verdict(&folder, "acceptance"),
        Verdict::Breach("1 rows: line 3 (0.002,-0.7) is accepted falsely".to_owned())
    );
    assert!(!succeeds(&folder));
}

#[test]
fn a_cell_that_is_no_number_is_unreadable() {
    let folder = changed("no_number", "prim.csv", |lines| set(lines, 4, "out", "2.57e"));
    assert_eq!(
        verdict(&folder, "-"),
        Verdict::Unreadable("line 4 (exp,-40.5): `2.57e` makes no sense as `out`".to_owned())
    );
    assert!(!succeeds(&folder));
}

#[test]
fn a_row_with_a_cell_too_few_is_unreadable() {
    let folder = changed("short_row", "prim.csv", |lines| "exp,1.5".clone_into(&mut lines[4]));
    assert!(matches!(verdict(&folder, "-"), Verdict::Unreadable(reason) if reason.contains("line: 5")));
    assert!(!succeeds(&folder));
}

#[test]
fn a_missing_column_is_unreadable() {
    let folder = changed("no_column", "prim.csv", |lines| "fn,x,z,out".clone_into(&mut lines[1]));
    assert_eq!(verdict(&folder, "-"), Verdict::Unreadable("no column `y`".to_owned()));
    assert!(!succeeds(&folder));
}

#[test]
fn an_unknown_function_is_unreadable() {
    let folder = changed("unknown", "prim.csv", |lines| set(lines, 3, "fn", "tan"));
    assert_eq!(
        verdict(&folder, "-"),
        Verdict::Unreadable("line 3 (tan,-41.5): `tan` makes no sense as `fn`".to_owned())
    );
}

#[test]
fn a_file_without_rows_is_unreadable() {
    let folder = changed("no_rows", "prim.csv", |lines| lines.truncate(2));
    assert_eq!(verdict(&folder, "-"), Verdict::Unreadable("no rows".to_owned()));
    assert!(!succeeds(&folder));
}

#[test]
fn a_folder_without_vectors_fails() {
    let empty = folder("empty");
    assert_eq!(
        run(&empty).map_err(|error| error.to_string()),
        Err(format!("no file of vectors in {}", empty.display()))
    );
    assert!(!succeeds(&empty));
    assert!(!succeeds(&empty.join("missing")));
    fs::write(empty.join("other.csv"), "a,b\n1,2\n").unwrap();
    assert!(!succeeds(&empty), "a file of another format is none of vectors");
}
