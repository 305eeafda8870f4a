//! The formulas against vectors.

use std::path::{PathBuf, absolute};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::project::Project;

/// Prints how far off each formula is on the vectors of a folder, or on the project's own.
///
/// Builds only what it needs: the crate of the vectors depends on the formulas and on number types, whose features no
/// other crate of the workspace changes.
pub(crate) fn vectors(project: &Project, dir: Option<PathBuf>) -> Result<ExitCode> {
    let mut vectors = project.cargo("run");
    vectors.args(["--locked", "--quiet", "--package", "tenor-vectors", "--bin", "vectors"]);
    if let Some(dir) = dir {
        // Cargo runs in another folder than this command.
        let dir = absolute(&dir).context("the folder of vectors is no path")?;
        if !dir.is_dir() {
            bail!("no folder {}; name one that holds vectors", dir.display());
        }
        vectors.arg("--").arg(dir);
    }
    process::become_command(&mut vectors)
}
