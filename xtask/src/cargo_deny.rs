//! Licences, sources and layering of the dependencies, by the rules of `deny.toml`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::project::{Project, cargo_path};

const VERSION: &str = "0.20.2";

pub(crate) fn check(project: &Project) -> Result<()> {
    let tool = installed(project)?;
    // Of every platform: the check reads them all, and must not need the network itself.
    process::run(project.cargo("fetch").args(["--locked", "--quiet"]))?;
    let mut check = project.command(tool);
    check.args([
        "--workspace",
        "--locked",
        "--offline",
        "check",
        "--hide-inclusion-graph",
    ]);
    // A licence that is only in the crate's text is recognised by it.
    check.args(["--allow", "no-license-field"]);
    process::run(check.args(["bans", "licenses", "sources"]))
}

/// The path of cargo-deny: the user's own if there is one.
fn installed(project: &Project) -> Result<PathBuf> {
    if let Some(tool) = process::find_on_path("cargo-deny") {
        return Ok(tool);
    }
    let root = project.cache_dir().join(format!("cargo-deny-{VERSION}"));
    let tool = root.join("bin/cargo-deny");
    if !tool.is_file() {
        println!("installing cargo-deny {VERSION}");
        let mut install = Command::new(cargo_path());
        install
            .args([
                "install",
                "--locked",
                "--quiet",
                "cargo-deny",
                "--version",
                VERSION,
                "--root",
            ])
            .arg(root);
        // It runs for a second: its release profile, with link-time optimisation, would take minutes to compile.
        install
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_LTO", "off");
        install
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env_remove("CARGO_TARGET_DIR");
        process::run(&mut install)?;
    }
    Ok(tool)
}
