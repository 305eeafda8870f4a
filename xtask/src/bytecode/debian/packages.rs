//! What comes from this Debian release: a recent rustc with the source of its std, and clang.

use anyhow::{Context, Result};

use crate::apt_get;

/// Debian's own, beside the rustup toolchain that `rustc` on the PATH may be.
pub(super) const RUSTC: &str = "/usr/bin/rustc";
pub(super) const CARGO: &str = "/usr/bin/cargo";
pub(super) const CLANG: &str = "/usr/bin/clang-22";

const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "clang-22"];

pub(super) fn install() -> Result<()> {
    apt_get::install(&PACKAGES).context("these packages are in Debian 12 with its security updates")
}
