//! The packages of the workspace, as cargo sees them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::process;
use crate::project::Project;

#[derive(Deserialize)]
pub(crate) struct Workspace {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
    features: std::collections::BTreeMap<String, Vec<String>>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Dependency {
    /// None for an ordinary one.
    kind: Option<String>,
    /// Folder of a dependency that is not from a registry.
    path: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// A program that runs on chain.
pub(crate) struct Program {
    pub(crate) package: String,
    /// Name of the library, and of the files made from it.
    pub(crate) lib_name: String,
    pub(crate) dir: PathBuf,
    /// Its folder and those of the workspace's packages that go into it.
    pub(crate) source_dirs: BTreeSet<PathBuf>,
    pub(crate) describes_itself: bool,
    /// False for one that only tests run: it is built, but no client is ever told of it.
    pub(crate) is_shipped: bool,
}

impl Workspace {
    pub(crate) fn load(project: &Project) -> Result<Self> {
        let mut metadata = project.cargo("metadata");
        metadata.args(["--format-version=1", "--no-deps"]);
        serde_json::from_str(&process::read(&mut metadata)?).context("cargo metadata changed its format")
    }

    /// Every package under `programs/` and `tests/programs/`, by name.
    pub(crate) fn programs(&self, project: &Project) -> Result<Vec<Program>> {
        let mut programs = Vec::new();
        for (folder, is_shipped) in [("programs", true), ("tests/programs", false)] {
            let folder = project.root().join(folder);
            let members = self
                .packages
                .iter()
                .filter(|package| package.manifest_path.starts_with(&folder));
            for package in members {
                programs.push(self.program(package, is_shipped)?);
            }
        }
        if !programs.iter().any(|program| program.is_shipped) {
            bail!("no workspace member is under programs/; add one to `members` of Cargo.toml");
        }
        programs.sort_by(|a, b| a.package.cmp(&b.package));
        Ok(programs)
    }

    /// The name of a package's only binary.
    pub(crate) fn binary_of(&self, package_name: &str) -> Result<&str> {
        let package = self.packages.iter().find(|package| package.name == package_name);
        let package = package.with_context(|| format!("package {package_name} is not in the workspace"))?;
        match package.targets_of_kind("bin").collect::<Vec<_>>().as_slice() {
            [only] => Ok(&only.name),
            other => bail!("package {package_name} has {} binaries; one is expected", other.len()),
        }
    }

    fn program(&self, package: &Package, is_shipped: bool) -> Result<Program> {
        let library = package.targets_of_kind("cdylib").next().with_context(|| {
            format!(
                "program {} has no cdylib; add `crate-type = [\"cdylib\", \"lib\"]` to [lib]",
                package.name
            )
        })?;
        let mut source_dirs = BTreeSet::new();
        self.collect_sources(package, &mut source_dirs);
        Ok(Program {
            package: package.name.clone(),
            lib_name: library.name.clone(),
            dir: package.dir().to_path_buf(),
            source_dirs,
            describes_itself: package.features.contains_key("idl-build"),
            is_shipped,
        })
    }

    fn collect_sources(&self, package: &Package, dirs: &mut BTreeSet<PathBuf>) {
        if !dirs.insert(package.dir().to_path_buf()) {
            return;
        }
        let linked = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind.as_deref() != Some("dev"));
        for path in linked.filter_map(|dependency| dependency.path.as_deref()) {
            if let Some(dependency) = self.packages.iter().find(|package| package.dir() == path) {
                self.collect_sources(dependency, dirs);
            }
        }
    }
}

impl Package {
    fn dir(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }

    fn targets_of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Target> {
        self.targets
            .iter()
            .filter(move |target| target.kind.iter().any(|each| each == kind))
    }
}
