//! The whole protocol on a local validator.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use crate::project::Project;
use crate::workspace::Workspace;
use crate::{bytecode, host, process};

const KEEPER: &str = "tenor-keeper";

#[derive(Args)]
pub(crate) struct Options {
    /// Print plain lines, for logs
    #[arg(long)]
    headless: bool,
    /// Leave validator and keeper running after the story
    #[arg(long)]
    keep: bool,
}

pub(crate) fn demo(project: &Project, options: Options) -> Result<ExitCode> {
    let workspace = Workspace::load(project)?;
    let keeper = project.binary(workspace.binary_of(KEEPER)?);
    bytecode::build(project)?;
    host::build(project)?;

    let folder = project.root().join("target/demo");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut demo = project.command(project.binary("demo"));
    demo.env("TENOR_KEEPER_BIN", keeper).env("TENOR_DEMO_DIR", folder);
    demo.args(options.headless.then_some("--headless"))
        .args(options.keep.then_some("--keep"));
    process::become_command(&mut demo)
}
