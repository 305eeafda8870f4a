//! Packages of this machine's Debian release.

use std::process::Command;

use anyhow::{Result, bail};

use crate::process;

/// Installs what is missing of `packages`, as root or through sudo.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    if packages.iter().all(|package| is_installed(package)) {
        return Ok(());
    }
    println!("installing {}", packages.join(" "));
    let apt_get = as_root(packages)?;
    // Any archive of the machine may be down; whether it is one that matters shows when the packages are fetched.
    process::succeeds(apt_get().args(["update", "--quiet"]));
    let mut install = apt_get();
    install
        .args(["install", "--quiet", "--yes", "--no-install-recommends"])
        .args(packages);
    process::run(&mut install)
}

fn is_installed(package: &str) -> bool {
    let query = ["--show", "--showformat=${db:Status-Status}", package];
    let output = Command::new("dpkg-query").args(query).output();
    output.is_ok_and(|output| output.stdout == b"installed")
}

/// Makes commands that begin with `apt-get`.
fn as_root(packages: &[&str]) -> Result<impl Fn() -> Command> {
    let is_root = process::read(Command::new("id").arg("-u"))?.trim() == "0";
    if !is_root && process::find_on_path("sudo").is_none() {
        bail!(
            "packages can be installed only by root, and there is no sudo; as root, run \
             `apt-get update && apt-get install {}`",
            packages.join(" ")
        );
    }
    Ok(move || {
        let mut command = Command::new(if is_root { "env" } else { "sudo" });
        if !is_root {
            command.arg("env");
        }
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        command
    })
}
