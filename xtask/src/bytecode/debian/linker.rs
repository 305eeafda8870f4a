//! The linker that turns BPF bitcode into an SBPF program.

use std::path::Path;

use anyhow::Result;

use crate::process;
use crate::project::cargo_path;

/// `toolchain/link.sh` names it too.
const VERSION: &str = "0.2.6";

pub(super) fn install(toolchain_dir: &Path) -> Result<()> {
    let root = toolchain_dir.join(format!("sbpf-linker-{VERSION}"));
    if root.join("bin/sbpf-linker").is_file() {
        return Ok(());
    }
    println!("installing sbpf-linker {VERSION}");
    let mut install = std::process::Command::new(cargo_path());
    install
        .args([
            "install",
            "--locked",
            "--quiet",
            "sbpf-linker",
            "--version",
            VERSION,
            "--root",
        ])
        .arg(root);
    // A build of its own: nothing of this workspace may leak into it.
    for name in ["CARGO_TARGET_DIR", "RUSTC", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        install.env_remove(name);
    }
    process::run(&mut install)
}
