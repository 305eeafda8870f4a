//! What is made from `toolchain/`: the link script, and the routines as bitcode beside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::packages::CLANG;
use crate::{digest, process};

const ROUTINES: [&str; 2] = ["int128", "memory"];

/// Without `-fno-builtin` clang would see that memcpy copies memory, and have it call memcpy.
const CLANG_FLAGS: [&str; 7] = [
    "-target",
    "bpfel",
    "-mcpu=v3",
    "-O2",
    "-Wall",
    "-Wextra",
    "-fno-builtin",
];

/// Returns the path of the linker.
///
/// It lies in a folder named by the recipe's digest. To cargo a changed recipe is thus another linker, for which
/// everything is built anew.
pub(super) fn install(toolchain_dir: &Path, sources: &Path) -> Result<PathBuf> {
    let inputs = digest::of_tree(sources, ["link.sh", "routines"].map(|entry| sources.join(entry)))?;
    let recipe = digest::of_bytes(format!("{inputs} {CLANG_FLAGS:?}").as_bytes());
    let installed = toolchain_dir.join(format!("recipe-{recipe:.16}"));
    let linker = installed.join("link.sh");
    if installed.is_dir() {
        return Ok(linker);
    }
    let partial = toolchain_dir.join("recipe.partial");
    if partial.exists() {
        fs::remove_dir_all(&partial).with_context(|| format!("cannot remove {}", partial.display()))?;
    }
    fs::create_dir(&partial).with_context(|| format!("cannot make {}", partial.display()))?;
    for name in ROUTINES {
        let source = sources.join("routines").join(name).with_extension("c");
        compile(&source, &partial.join(name).with_extension("bc"))?;
    }
    fs::copy(sources.join("link.sh"), partial.join("link.sh")).context("cannot copy toolchain/link.sh")?;
    fs::rename(&partial, &installed).with_context(|| format!("cannot make {}", installed.display()))?;
    Ok(linker)
}

/// To bitcode only: clang 22's own backend cannot return 128 bits, that of LLVM 23 can.
fn compile(source: &Path, bitcode: &Path) -> Result<()> {
    let mut clang = Command::new(CLANG);
    clang
        .args(CLANG_FLAGS)
        .args(["-Werror", "-emit-llvm", "-c"])
        .arg(source)
        .arg("-o")
        .arg(bitcode);
    process::run(&mut clang)
}
