//! Programs to bytecode, by Solana's own tool where it is installed and by this project's recipe elsewhere.

mod artifact;
mod debian;
mod vendor;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::digest;
use crate::project::Project;
use crate::workspace::{Program, Workspace};
use artifact::Artifact;

/// Builds every program, puts its `.so` and the stamp of its origin into the deploy folder, and says what it made.
///
/// Cargo decides what is fresh, so it always runs.
pub(crate) fn build(project: &Project) -> Result<()> {
    let programs = Workspace::load(project)?.programs(project)?;
    let compiler = Compiler::choose(project)?;
    let deploy_dir = project.deploy_dir();
    fs::create_dir_all(&deploy_dir).with_context(|| format!("cannot make {}", deploy_dir.display()))?;
    let toolchain = compiler.version()?;
    for program in &programs {
        // Before the build: a source that changes meanwhile leaves a stamp that no longer fits it.
        let sources = sources_of(project, program);
        let sources_sha256 = digest::of_tree(project.root(), sources.clone())?;
        let built = compiler.compile(project, program)?;
        let artifact = Artifact::publish(&built, &deploy_dir, program)?;
        artifact.stamp(project.root(), &toolchain, &sources, &sources_sha256)?;
        println!("{artifact}");
    }
    Ok(())
}

/// Everything of this repository that the bytecode depends on.
fn sources_of(project: &Project, program: &Program) -> BTreeSet<PathBuf> {
    let mut sources = program.source_dirs.clone();
    sources.extend(["Cargo.lock", "Cargo.toml", "toolchain"].map(|entry| project.root().join(entry)));
    sources
}

enum Compiler {
    Vendor,
    Debian(debian::Toolchain),
}

impl Compiler {
    fn choose(project: &Project) -> Result<Self> {
        if vendor::is_installed() {
            return Ok(Self::Vendor);
        }
        debian::Toolchain::prepare(project).map(Self::Debian)
    }

    fn version(&self) -> Result<String> {
        match self {
            Self::Vendor => vendor::version(),
            Self::Debian(toolchain) => toolchain.version(),
        }
    }

    /// Builds a program and returns the path of its `.so`.
    fn compile(&self, project: &Project, program: &Program) -> Result<PathBuf> {
        match self {
            Self::Vendor => vendor::compile(project, program),
            Self::Debian(toolchain) => toolchain.compile(project, program),
        }
    }
}

/// Writes a file so that a reader sees the old content or the new, never half of it.
fn write_atomically(path: &Path, content: &[u8]) -> Result<()> {
    let partial = path.with_extension(format!("partial-{}", std::process::id()));
    fs::write(&partial, content).with_context(|| format!("cannot write {}", partial.display()))?;
    fs::rename(&partial, path).with_context(|| format!("cannot replace {}", path.display()))
}
