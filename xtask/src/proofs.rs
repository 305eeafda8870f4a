//! Bounds of the mathematics, proved.

use anyhow::Result;

use crate::project::Project;
use crate::{process, python};

/// Runs the proofs that have one of `words` in their name, or all; an error unless every one is proved.
pub(crate) fn proofs(project: &Project, words: &[String]) -> Result<()> {
    let folder = project.root().join("crates/math/proofs");
    let python = python::with_packages(project, &folder.join("requirements.txt"))?;
    let mut run = project.command(python);
    // No compiled files beside the sources.
    run.arg("-B").arg(folder.join("run.py")).args(words);
    process::run(&mut run)
}
