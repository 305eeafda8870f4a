//! What comes from this Debian release: a recent rustc with the source of its std, and clang.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;

/// Debian's own, beside the rustup toolchain that `rustc` on the PATH may be.
pub(super) const RUSTC: &str = "/usr/bin/rustc";
pub(super) const CARGO: &str = "/usr/bin/cargo";
pub(super) const CLANG: &str = "/usr/bin/clang-22";

const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "clang-22"];

pub(super) fn install() -> Result<()> {
    if PACKAGES.iter().all(|package| is_installed(package)) {
        return Ok(());
    }
    println!("installing {}", PACKAGES.join(" "));
    let apt_get = apt_get_as_root()?;
    // Any archive of the machine may be down; whether it is one that matters shows when the packages are fetched.
    process::succeeds(apt_get().args(["update", "--quiet"]));
    let mut install = apt_get();
    install
        .args(["install", "--quiet", "--yes", "--no-install-recommends"])
        .args(PACKAGES);
    process::run(&mut install).context("these packages are in Debian 12 with its security updates")
}

fn is_installed(package: &str) -> bool {
    let query = ["--show", "--showformat=${db:Status-Status}", package];
    let output = Command::new("dpkg-query").args(query).output();
    output.is_ok_and(|output| output.stdout == b"installed")
}

/// Makes commands that begin with `apt-get`.
fn apt_get_as_root() -> Result<impl Fn() -> Command> {
    let is_root = process::read(Command::new("id").arg("-u"))?.trim() == "0";
    if !is_root && process::find_on_path("sudo").is_none() {
        bail!(
            "packages can be installed only by root, and there is no sudo; as root, run \
             `apt-get update && apt-get install {}`",
            PACKAGES.join(" ")
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
