//! A private apt: the suite `sid` in folders of our own, so that the machine's packages and lists stay as they are.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::apt_sources;
use crate::process;

const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

pub(super) struct PrivateApt {
    dir: PathBuf,
}

impl PrivateApt {
    /// Fetches the suite's index from the first of the machine's mirrors that has it, signed by Debian.
    pub(super) fn with_sid(dir: PathBuf) -> Result<Self> {
        for folder in ["lists/partial", "cache/archives/partial", "preferences.d", "packages"] {
            fs::create_dir_all(dir.join(folder)).with_context(|| format!("cannot make {}", dir.display()))?;
        }
        let apt = Self { dir };
        for mirror in apt_sources::debian_mirrors()? {
            println!("looking for Debian sid at {mirror}");
            let entry = format!("deb [signed-by={KEYRING}] {mirror} sid main\n");
            fs::write(apt.dir.join("sources.list"), entry).context("cannot write a sources.list")?;
            if process::run(apt.command("apt-get").args(["update", "--quiet"])).is_ok() {
                return Ok(apt);
            }
        }
        bail!("no archive in this machine's apt configuration carries Debian's suite sid; add a Debian mirror to it")
    }

    /// Unpacks a package and all that it depends on.
    pub(super) fn unpack_with_dependencies(&self, package: &str, destination: &Path) -> Result<()> {
        let packages = self.dir.join("packages");
        let mut download = self.command("apt-get");
        download
            .args(["download", "--quiet"])
            .args(self.closure(package)?)
            .current_dir(&packages);
        process::run(&mut download)?;
        for deb in fs::read_dir(&packages)? {
            process::run(Command::new("dpkg").arg("--extract").arg(deb?.path()).arg(destination))?;
        }
        Ok(())
    }

    /// A package and what it needs, needed parts of that included.
    fn closure(&self, package: &str) -> Result<Vec<String>> {
        let mut depends = self.command("apt-cache");
        depends.args(["depends", "--recurse", "--important", package]);
        let tree = process::read(&mut depends)?;
        // Dependencies are indented below each package, names without one are virtual.
        let is_package = |line: &&str| line.starts_with(|first: char| first.is_ascii_alphanumeric());
        let mut names: Vec<_> = tree.lines().filter(is_package).map(str::to_owned).collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let path = |name: &str| self.dir.join(name).display().to_string();
        let options = [
            ("Dir::Etc::sourcelist", path("sources.list")),
            ("Dir::Etc::sourceparts", "-".to_owned()),
            ("Dir::Etc::preferences", path("preferences")),
            ("Dir::Etc::preferencesparts", path("preferences.d")),
            ("Dir::State::lists", path("lists")),
            ("Dir::Cache", path("cache")),
            // Nothing counts as installed: the dependencies are to be unpacked too.
            ("Dir::State::status", "/dev/null".to_owned()),
            // The folders are this user's, apt's own cannot enter them.
            ("APT::Sandbox::User", "root".to_owned()),
            // By default apt only warns when it cannot fetch an index.
            ("APT::Update::Error-Mode", "any".to_owned()),
        ];
        for (name, value) in options {
            command.arg("-o").arg(format!("{name}={value}"));
        }
        command
    }
}
