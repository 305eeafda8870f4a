//! One program, with std, by Debian's cargo and rustc.

use std::path::PathBuf;

use anyhow::Result;

use super::Toolchain;
use super::packages::{CARGO, RUSTC};
use crate::process;
use crate::project::Project;
use crate::workspace::Program;

const TARGET: &str = "sbpf-solana-solana";

impl Toolchain {
    pub(in crate::bytecode) fn compile(&self, project: &Project, program: &Program) -> Result<PathBuf> {
        let toolchain = project.root().join("toolchain");
        let target_dir = project.bytecode_target_dir();
        let mut cargo = project.command(CARGO);
        // What the host's toolchain, or the cargo that started this process, has set for itself.
        for name in [
            "RUSTUP_TOOLCHAIN",
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
            "CARGO_TARGET_DIR",
            "LD_LIBRARY_PATH",
        ] {
            cargo.env_remove(name);
        }
        // A stable rustc that may build its std, for a target that it knows only from a file.
        cargo
            .env("RUSTC", RUSTC)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTC_BOOTSTRAP_SYNTHETIC_TARGET", "1");
        cargo.args(["rustc", "--locked", "--release", "--lib", "--crate-type", "cdylib"]);
        cargo.arg("--package").arg(&program.package);
        cargo.arg("--config").arg(toolchain.join("sbpf.toml"));
        cargo
            .arg("--config")
            .arg(format!("target.{TARGET}.linker={:?}", self.linker));
        cargo.arg("--target").arg(toolchain.join(TARGET).with_extension("json"));
        cargo.arg("--target-dir").arg(target_dir);
        process::run(&mut cargo)?;
        Ok(target_dir
            .join(TARGET)
            .join("release")
            .join(&program.lib_name)
            .with_extension("so"))
    }
}
