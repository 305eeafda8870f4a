//! Finding the bytecode of the last build.

use std::path::PathBuf;

/// Folder with the programs' bytecode.
const DEPLOY_DIR: &str = "TENOR_DEPLOY_DIR";

/// Bytecode of the clearing house.
///
/// # Panics
/// If there is none: tests run the real program or nothing.
pub fn margin() -> Vec<u8> {
    program("tenor_margin")
}

/// Bytecode of a program, by the name of its library.
///
/// # Panics
/// If there is none.
pub fn program(name: &str) -> Vec<u8> {
    let path = deploy_dir().join(name).with_extension("so");
    std::fs::read(&path).unwrap_or_else(|error| {
        panic!(
            "no bytecode at {}: {error}; run `cargo xtask build` or set {DEPLOY_DIR}",
            path.display()
        )
    })
}

/// `TENOR_DEPLOY_DIR`, or where `cargo xtask build` puts it.
fn deploy_dir() -> PathBuf {
    let from = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let cache = || from("XDG_CACHE_HOME").or_else(|| from("HOME").map(|home| home.join(".cache")));
    from(DEPLOY_DIR)
        .or_else(|| from("CARGO_TARGET_DIR").map(|target| target.join("deploy")))
        .or_else(|| cache().map(|cache| cache.join("tenor/target/deploy")))
        .unwrap_or_default()
}
