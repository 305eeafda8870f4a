//! The formulas against vectors.

use std::path::{PathBuf, absolute};

use anyhow::{Context, Result, bail};

use crate::process;
use crate::project::Project;

pub(crate) fn vectors(project: &Project, dir: Option<PathBuf>) -> Result<()> {
    let mut test = project.cargo("test");
    test.args(["--locked", "--package", "tenor-math", "--test", "vectors"]);
    if let Some(dir) = dir {
        // The test runs in another folder than this command.
        let dir = absolute(&dir).context("the folder of vectors is no path")?;
        if !dir.is_dir() {
            bail!("no folder {}; name one that holds vectors", dir.display());
        }
        test.env("TENOR_VECTORS_DIR", dir);
    }
    process::run(&mut test)
}
