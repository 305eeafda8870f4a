//! SHA-256 of files and folders.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// Digest of files and whole folders: of their paths below `root` and their contents, in order of path.
pub(crate) fn of_tree(root: &Path, entries: impl IntoIterator<Item = PathBuf>) -> Result<String> {
    let mut files = Vec::new();
    for entry in entries {
        collect_files(&entry, &mut files)?;
    }
    files.sort();
    files.dedup();
    let mut digest = Sha256::new();
    for file in files {
        let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy();
        // Of fixed length each, so that no file can pass for another by its name or its neighbour's bytes.
        digest.update(Sha256::digest(name.as_bytes()));
        digest.update(Sha256::digest(content));
    }
    Ok(format!("{:x}", digest.finalize()))
}

fn collect_files(entry: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if !entry.is_dir() {
        files.push(entry.to_path_buf());
        return Ok(());
    }
    let listing = fs::read_dir(entry).with_context(|| format!("cannot list {}", entry.display()))?;
    for child in listing {
        collect_files(&child?.path(), files)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_digest_follows_names_and_contents() {
        let root = std::env::temp_dir().join(format!("tenor-digest-{}", std::process::id()));
        let digest = |files: &[(&str, &str)]| {
            let _ = fs::remove_dir_all(&root);
            for (name, content) in files {
                let path = root.join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, content).unwrap();
            }
            of_tree(&root, [root.clone()]).unwrap()
        };

        let first = digest(&[("a/b", "one"), ("c", "two")]);

        assert_eq!(
            first,
            digest(&[("c", "two"), ("a/b", "one")]),
            "the order of creation does not count"
        );
        assert_ne!(first, digest(&[("a/b", "one"), ("c", "2")]), "contents count");
        assert_ne!(first, digest(&[("a/b", "one"), ("d", "two")]), "names count");
        assert_ne!(
            first,
            digest(&[("a/b", "onec"), ("", "two")].map(|(n, c)| if n.is_empty() { ("e", c) } else { (n, c) }))
        );
        fs::remove_dir_all(&root).unwrap();
    }
}
