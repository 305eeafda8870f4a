//! LLVM 23 from Debian's suite sid, unpacked with the C library and the loader that it needs.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::apt::PrivateApt;

const PACKAGE: &str = "libllvm23";
const FOLDER: &str = "llvm-23";
const LIBRARY: &str = "usr/lib/x86_64-linux-gnu/libLLVM.so.23.1";

pub(super) fn install(toolchain_dir: &Path) -> Result<()> {
    let installed = toolchain_dir.join(FOLDER);
    if installed.is_dir() {
        return Ok(());
    }
    println!("unpacking {PACKAGE} of Debian sid");
    let partial = toolchain_dir.join("llvm-23.partial");
    let apt_dir = toolchain_dir.join("apt");
    for leftover in [&partial, &apt_dir].into_iter().filter(|dir| dir.exists()) {
        fs::remove_dir_all(leftover).with_context(|| format!("cannot remove {}", leftover.display()))?;
    }
    PrivateApt::with_sid(apt_dir.clone())?.unpack_with_dependencies(PACKAGE, &partial)?;
    if !partial.join(LIBRARY).exists() {
        bail!("Debian's {PACKAGE} has no {LIBRARY} any more; adapt llvm.rs and toolchain/link.sh to its new place");
    }
    // Last, so that an installation cut short is done again.
    fs::rename(&partial, &installed).with_context(|| format!("cannot make {}", installed.display()))?;
    fs::remove_dir_all(&apt_dir).with_context(|| format!("cannot remove {}", apt_dir.display()))
}
