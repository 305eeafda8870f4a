//! A built program and the record of what it was built from.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;

use super::write_atomically;
use crate::digest;
use crate::workspace::Program;

pub(super) struct Artifact {
    package: String,
    path: PathBuf,
    size_bytes: usize,
    sha256: String,
}

/// The content of `<name>.build.json`, by which a test can tell whether a `.so` is of the sources beside it.
#[derive(Serialize)]
struct Stamp<'a> {
    program: &'a str,
    so_sha256: &'a str,
    so_size_bytes: usize,
    /// Digest of the files below `sources`.
    sources_sha256: &'a str,
    sources: Vec<&'a Path>,
    toolchain: &'a str,
}

impl Artifact {
    /// Puts a copy of the `.so` into the deploy folder.
    pub(super) fn publish(built: &Path, deploy_dir: &Path, program: &Program) -> Result<Self> {
        let bytecode = fs::read(built).with_context(|| format!("cannot read {}", built.display()))?;
        let path = deploy_dir.join(&program.lib_name).with_extension("so");
        write_atomically(&path, &bytecode)?;
        Ok(Self {
            package: program.package.clone(),
            path,
            size_bytes: bytecode.len(),
            sha256: digest::of_bytes(&bytecode),
        })
    }

    pub(super) fn stamp(
        &self,
        root: &Path,
        toolchain: &str,
        sources: &BTreeSet<PathBuf>,
        sources_sha256: &str,
    ) -> Result<()> {
        let stamp = Stamp {
            program: &self.package,
            so_sha256: &self.sha256,
            so_size_bytes: self.size_bytes,
            sources_sha256,
            sources: sources
                .iter()
                .map(|entry| entry.strip_prefix(root).unwrap_or(entry))
                .collect(),
            toolchain,
        };
        let mut text = serde_json::to_string_pretty(&stamp)?;
        text.push('\n');
        write_atomically(&self.path.with_extension("build.json"), text.as_bytes())
    }
}

impl fmt::Display for Artifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.package)?;
        writeln!(f, "  path    {}", self.path.display())?;
        writeln!(f, "  size    {} bytes", self.size_bytes)?;
        write!(f, "  sha256  {}", self.sha256)
    }
}
