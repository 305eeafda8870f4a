//! The interface description of every program, made by its own code on the host.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::iter;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::cli::Generated;
use crate::process;
use crate::project::{Project, cargo_path};
use crate::workspace::{Program, Workspace};

/// The package that links Anchor's builder: apart from this one, which has to compile in seconds.
const BUILDER: &str = "xtask-idl";

pub(crate) fn idl(project: &Project, mode: Generated) -> Result<()> {
    process::run(
        project
            .cargo("build")
            .args(["--locked", "--quiet", "--package", BUILDER]),
    )?;
    let mut stale = Vec::new();
    let programs = Workspace::load(project)?.programs(project)?;
    for program in programs.into_iter().filter(|program| program.is_shipped) {
        let current = describe(project, &program)?;
        let name = format!("idl/{}.json", program.lib_name);
        match mode {
            Generated::Write => write(project, &name, &current)?,
            Generated::Check if is_same(project, &name, &current)? => println!("{name} fits the code"),
            Generated::Check => stale.push(name),
        }
    }
    if !stale.is_empty() {
        bail!(
            "{} differs from the code, as shown above; run `cargo xtask idl`",
            stale.join(", ")
        );
    }
    Ok(())
}

fn describe(project: &Project, program: &Program) -> Result<String> {
    if !program.describes_itself {
        bail!(
            "program {} has no feature `idl-build`; add `idl-build = [\"anchor-lang/idl-build\"]` to its [features]",
            program.package
        );
    }
    let mut builder = project.command(project.binary(BUILDER));
    builder.arg(&program.dir);
    // Anchor's builder starts `cargo` by name and, where this variable is set, misspells the toolchain. So the name
    // has to find the cargo of the running toolchain, not rustup's stand-in, which the variable is for.
    builder
        .env_remove("RUSTUP_TOOLCHAIN")
        .env("PATH", path_with_toolchain_first()?);
    process::read(&mut builder)
}

fn path_with_toolchain_first() -> Result<OsString> {
    let toolchain = cargo_path().parent().map(Path::to_path_buf);
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(toolchain.into_iter().chain(env::split_paths(&path))).context("the PATH holds an odd name")
}

fn write(project: &Project, name: &str, current: &str) -> Result<()> {
    let path = project.root().join(name);
    fs::create_dir_all(path.parent().unwrap_or(&path))?;
    fs::write(&path, current).with_context(|| format!("cannot write {name}"))?;
    println!("{name}");
    Ok(())
}

/// Whether the file holds the current description; the difference is printed if not.
fn is_same(project: &Project, name: &str, current: &str) -> Result<bool> {
    let committed = fs::read_to_string(project.root().join(name)).unwrap_or_default();
    if committed != current {
        println!("--- {name}\n+++ the code");
        for line in differing_lines(&committed, current) {
            println!("{line}");
        }
    }
    Ok(committed == current)
}

/// The lines between the common start and the common end, marked as in a diff.
fn differing_lines(old: &str, new: &str) -> Vec<String> {
    const SHOWN: usize = 60;
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let start = iter::zip(&old, &new).take_while(|(a, b)| a == b).count();
    let (old, new) = (
        old.get(start..).unwrap_or_default(),
        new.get(start..).unwrap_or_default(),
    );
    let end = iter::zip(old.iter().rev(), new.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let removed = old.iter().rev().skip(end).rev().map(|line| format!("-{line}"));
    let added = new.iter().rev().skip(end).rev().map(|line| format!("+{line}"));
    let mut lines = vec![format!("@@ line {} @@", start.saturating_add(1))];
    lines.extend(removed.take(SHOWN));
    lines.extend(added.take(SHOWN));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_shown() {
        assert_eq!(
            differing_lines("a\nb\nc\nd", "a\nx\ny\nd"),
            ["@@ line 2 @@", "-b", "-c", "+x", "+y"]
        );
        assert_eq!(differing_lines("a\nb", "a\nb\nc"), ["@@ line 3 @@", "+c"]);
        assert_eq!(differing_lines("a\na", "a"), ["@@ line 2 @@", "-a"]);
        assert_eq!(differing_lines("", "a"), ["@@ line 1 @@", "+a"]);
    }
}
