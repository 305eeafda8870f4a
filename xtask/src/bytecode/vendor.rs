//! Solana's own `cargo build-sbf`.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process;
use crate::project::Project;
use crate::workspace::Program;

const TOOL: &str = "cargo-build-sbf";

pub(super) fn is_installed() -> bool {
    process::find_on_path(TOOL).is_some()
}

pub(super) fn version() -> Result<String> {
    let output = process::read(std::process::Command::new(TOOL).arg("--version"))?;
    let line = output.lines().next().context("cargo-build-sbf names no version")?;
    Ok(line.to_owned())
}

pub(super) fn compile(project: &Project, program: &Program) -> Result<PathBuf> {
    let out_dir = project.bytecode_target_dir().join("vendor");
    let mut command = project.command(TOOL);
    // It chooses its own toolchain. That one's rustc is older than the host's, on which `rust-version` is about.
    command.env_remove("RUSTUP_TOOLCHAIN");
    command
        .args(["--arch", "v3", "--manifest-path"])
        .arg(program.dir.join("Cargo.toml"));
    command.arg("--sbf-out-dir").arg(&out_dir);
    command
        .args(["--", "--locked", "--ignore-rust-version", "--target-dir"])
        .arg(project.bytecode_target_dir());
    process::run(&mut command)?;
    Ok(out_dir.join(&program.lib_name).with_extension("so"))
}
