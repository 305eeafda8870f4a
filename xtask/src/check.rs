//! Every check there is, cheapest first.

use std::env;
use std::ffi::OsString;
use std::io;
use std::process::{ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::cli::Generated;
use crate::project::Project;
use crate::report::Report;
use crate::tally::Tally;
use crate::{bench, bytecode, cargo_deny, idl, process, proofs};

/// Runs all checks and ends the output with the verdict and the number of tests.
pub(crate) fn check_everything(project: &Project) -> Result<ExitCode> {
    let mut report = Report::default();
    let mut tally = Tally::default();
    report.step("format", || format(project));
    report.step("lints", || lints(project));
    report.step("dependencies", || cargo_deny::check(project));
    report.step("proofs", || proofs::proofs(project, &[]));
    let built = report.step("bytecode", || bytecode::build(project));
    report.step("idl", || idl::idl(project, Generated::Check));
    // Bytecode of an earlier build would say nothing about this code.
    if built {
        report.step("benchmarks", || bench::bench(project, Generated::Check));
        report.step("tests", || tests(project, &mut tally));
    } else {
        report.leave_out("benchmarks");
        report.leave_out("tests");
    }
    let passed = report.conclude();
    println!("{tally}");
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn format(project: &Project) -> Result<()> {
    require_component(project, "fmt", "rustfmt")?;
    process::run(project.cargo("fmt").args(["--all", "--check"])).context("run `cargo fmt --all`")
}

fn lints(project: &Project) -> Result<()> {
    require_component(project, "clippy", "clippy")?;
    process::run(
        project
            .cargo("clippy")
            .args(["--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]),
    )
}

fn require_component(project: &Project, subcommand: &str, component: &str) -> Result<()> {
    if !process::succeeds(project.cargo(subcommand).arg("--version")) {
        bail!("{component} is not installed; run `rustup component add {component}`");
    }
    Ok(())
}

/// Random cases of each property: what the caller asks for, or as many as the documentation promises.
fn cases_per_property() -> OsString {
    env::var_os("PROPTEST_CASES").unwrap_or_else(|| "100000".into())
}

fn tests(project: &Project, tally: &mut Tally) -> Result<()> {
    let mut command = project.cargo("test");
    // All of them, so that the tally is of all of them.
    command
        .args(["--workspace", "--locked", "--no-fail-fast"])
        .env("PROPTEST_CASES", cases_per_property())
        .stdout(Stdio::piped());
    let mut child = command.spawn().context("cannot start `cargo test`")?;
    let output = child.stdout.take().context("`cargo test` has no output")?;
    tally
        .tee(output, io::stdout())
        .context("cannot pass on the output of `cargo test`")?;
    let status = child.wait().context("cannot wait for `cargo test`")?;
    process::require_success(&command, status)
}
