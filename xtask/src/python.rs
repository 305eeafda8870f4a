//! A Python with the packages that the proofs need, in the cache folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::apt_get;
use crate::project::Project;
use crate::{digest, process};

/// The interpreter of an environment that holds exactly the packages of a `requirements.txt`; made once for each content
/// of that file.
pub(crate) fn with_packages(project: &Project, requirements: &Path) -> Result<PathBuf> {
    let listed = fs::read(requirements).with_context(|| format!("cannot read {}", requirements.display()))?;
    let name = digest::of_bytes(&listed).chars().take(16).collect::<String>();
    let root = project.cache_dir().join("python").join(name);
    let python = root.join("bin/python");
    // Written last, so that an installation that was interrupted is begun again.
    let complete = root.join("complete");
    if complete.is_file() {
        return Ok(python);
    }
    println!("installing the packages of {}", requirements.display());
    make_environment(&root)?;
    process::run(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--requirement"])
            .arg(requirements),
    )?;
    fs::write(&complete, "").with_context(|| format!("cannot write {}", complete.display()))?;
    Ok(python)
}

/// Debian keeps `venv` in a package of its own: where it is missing, it and the interpreter are installed.
fn make_environment(root: &Path) -> Result<()> {
    let create = || {
        let mut command = Command::new("python3");
        command.args(["-m", "venv", "--clear"]).arg(root);
        command
    };
    if process::succeeds(&mut create()) {
        return Ok(());
    }
    apt_get::install(&["python3", "python3-venv"])?;
    process::run(&mut create())
}
