//! Building what runs on this machine.

use anyhow::Result;

use crate::process;
use crate::project::Project;

/// Builds every target of the workspace.
///
/// Always all of them: cargo gives a dependency the features that the selected packages ask for together, so another
/// selection would compile the validator's thousand crates a second time.
pub(crate) fn build(project: &Project) -> Result<()> {
    process::run(
        project
            .cargo("build")
            .args(["--workspace", "--all-targets", "--locked"]),
    )
}
