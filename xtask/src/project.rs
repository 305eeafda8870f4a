//! Where things are, and the environment that every child gets.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf, absolute};
use std::process::Command;

use anyhow::{Context, Result};

pub(crate) struct Project {
    root: PathBuf,
    cache_dir: PathBuf,
    target_dir: PathBuf,
    bytecode_target_dir: PathBuf,
}

impl Project {
    pub(crate) fn locate() -> Result<Self> {
        let manifest_dir =
            env::var_os("CARGO_MANIFEST_DIR").context("CARGO_MANIFEST_DIR is not set; run this as `cargo xtask`")?;
        let root = Path::new(&manifest_dir)
            .parent()
            .context("xtask has no parent folder")?
            .to_path_buf();
        let cache_dir = user_cache_dir()?.join("tenor");
        // The bytecode build has another compiler and may run beside a host build, which would lock it out.
        let (target_dir, bytecode_target_dir) = match env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
            Some(dir) => {
                let dir = absolute(dir).context("CARGO_TARGET_DIR is no path")?;
                (dir.clone(), dir.join("sbf"))
            }
            None => (cache_dir.join("target"), cache_dir.join("sbf-target")),
        };
        Ok(Self {
            root,
            cache_dir,
            target_dir,
            bytecode_target_dir,
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// What outlives a clean checkout: toolchains and tools.
    pub(crate) fn cache_dir(&self) -> &Path {
        &self.cache_dir
    }

    pub(crate) fn bytecode_target_dir(&self) -> &Path {
        &self.bytecode_target_dir
    }

    /// Where the `.so` files are put.
    pub(crate) fn deploy_dir(&self) -> PathBuf {
        self.target_dir.join("deploy")
    }

    /// Where the benchmarks of the host leave their results.
    pub(crate) fn criterion_dir(&self) -> PathBuf {
        self.target_dir.join("criterion")
    }

    /// The path of a binary that [`Self::cargo`] built.
    pub(crate) fn binary(&self, name: &str) -> PathBuf {
        self.target_dir
            .join("debug")
            .join(name)
            .with_extension(env::consts::EXE_EXTENSION)
    }

    /// The cargo that started this process, on this workspace.
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let mut command = self.command(cargo_path());
        command.arg(subcommand);
        command
    }

    /// A program that runs at the root of the project.
    pub(crate) fn command(&self, program: impl Into<OsString>) -> Command {
        let mut command = Command::new(program.into());
        command.current_dir(&self.root);
        for (name, _) in env::vars_os().filter(|(name, _)| describes_this_package(name.to_str())) {
            command.env_remove(name);
        }
        command
            .env("CARGO_TARGET_DIR", &self.target_dir)
            .env("TENOR_DEPLOY_DIR", self.deploy_dir());
        command
    }
}

/// The running toolchain's own `cargo`, not rustup's stand-in for it.
pub(crate) fn cargo_path() -> PathBuf {
    env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

/// Variables that `cargo run` sets about this package. A child's build scripts must not see them: some rebuild when
/// they change, and everything would be built twice, here and by plain `cargo`.
fn describes_this_package(name: Option<&str>) -> bool {
    const PREFIXES: [&str; 4] = ["CARGO_BIN_", "CARGO_CRATE_", "CARGO_MANIFEST_", "CARGO_PKG_"];
    name.is_some_and(|name| PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || name == "CARGO_PRIMARY_PACKAGE")
}

fn user_cache_dir() -> Result<PathBuf> {
    let stated = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|dir| dir.is_absolute());
    let home = || env::home_dir().map(|home| home.join(".cache"));
    stated
        .or_else(home)
        .context("no cache folder: set HOME or XDG_CACHE_HOME")
}
