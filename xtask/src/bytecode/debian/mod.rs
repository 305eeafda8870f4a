//! The recipe for a Debian machine without Solana's toolchain: see `toolchain/README.md` for why each step is there.

mod apt;
mod apt_sources;
mod compile;
mod linker;
mod llvm;
mod packages;
mod recipe;

use std::env::consts::ARCH;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::process;
use crate::project::Project;

/// An installed toolchain.
pub(super) struct Toolchain {
    /// The project's linker, with the routines beside it.
    linker: PathBuf,
}

impl Toolchain {
    /// Installs what is missing.
    pub(super) fn prepare(project: &Project) -> Result<Self> {
        require_debian()?;
        let dir = project.cache_dir().join("toolchain");
        fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        let _lock = lock(&dir)?;
        packages::install()?;
        llvm::install(&dir)?;
        linker::install(&dir)?;
        let linker = recipe::install(&dir, &project.root().join("toolchain"))?;
        Ok(Self { linker })
    }

    pub(super) fn version(&self) -> Result<String> {
        let version = process::read(std::process::Command::new(packages::RUSTC).arg("--version"))?;
        Ok(version.trim().to_owned())
    }
}

fn require_debian() -> Result<()> {
    const REMEDY: &str = "install `cargo-build-sbf`, which comes with Solana's command-line tools (Agave)";
    if !Path::new("/etc/debian_version").exists() || process::find_on_path("apt-get").is_none() {
        bail!("programs cannot be built here: this is no Debian system; {REMEDY}");
    }
    if ARCH != "x86_64" {
        bail!("programs cannot be built here: the recipe for Debian is for x86_64, not {ARCH}; {REMEDY}");
    }
    Ok(())
}

/// Keeps a second build from installing the same things at the same time, until the file is dropped.
fn lock(dir: &Path) -> Result<File> {
    let path = dir.join("lock");
    let file = File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
    file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
    Ok(file)
}
