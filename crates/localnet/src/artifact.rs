//! A program's bytecode as it was built.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// Name of the clearing house's bytecode file.
pub const MARGIN: &str = "tenor_margin";
const DEPLOY_DIR_VARIABLE: &str = "TENOR_DEPLOY_DIR";

/// Bytecode, and its digest.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// The `.so`.
    pub bytes: Vec<u8>,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// What the build wrote beside the `.so`.
#[derive(Deserialize)]
struct Stamp {
    so_sha256: String,
}

impl Artifact {
    /// Reads a program from the folder that `TENOR_DEPLOY_DIR` names. A stamp beside it must match.
    ///
    /// # Errors
    /// If the variable or the file is missing, or the file is not the one that was stamped.
    pub fn load(name: &str) -> Result<Self> {
        let folder = std::env::var_os(DEPLOY_DIR_VARIABLE)
            .map(PathBuf::from)
            .with_context(|| {
                format!("{DEPLOY_DIR_VARIABLE} is not set; `cargo xtask demo` and `cargo xtask test` set it")
            })?;
        let path = folder.join(name).with_extension("so");
        let bytes =
            fs::read(&path).with_context(|| format!("cannot read {}; `cargo xtask build` makes it", path.display()))?;
        let sha256 = hex(&Sha256::digest(&bytes));
        check_stamp(&path.with_extension("build.json"), &sha256)?;
        Ok(Self { bytes, sha256 })
    }
}

fn check_stamp(path: &Path, sha256: &str) -> Result<()> {
    if !path.is_file() {
        return Ok(());
    }
    let stamp: Stamp =
        serde_json::from_slice(&fs::read(path)?).with_context(|| format!("{} is malformed", path.display()))?;
    ensure!(
        stamp.so_sha256 == sha256,
        "{} is of another build; run `cargo xtask build`",
        path.display()
    );
    Ok(())
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
