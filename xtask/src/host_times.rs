//! Nanoseconds of the kernels on this machine, for the table of benchmarks.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::process;
use crate::project::Project;

/// The package with the benchmark.
const PACKAGE: &str = "tenor-kernels";

/// What criterion writes of a benchmark.
#[derive(Deserialize)]
struct Benchmark {
    group_id: String,
    function_id: String,
    throughput: Throughput,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Throughput {
    /// Calls of one iteration.
    elements: f64,
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    /// Nanoseconds of one iteration.
    point_estimate: f64,
}

/// Nanoseconds of a call, by what is computed and by whom.
type Times = BTreeMap<String, BTreeMap<String, f64>>;

/// Measures and adds a section to the table. It names the processor and is compared with nothing.
pub(crate) fn append(project: &Project, table: &Path) -> Result<()> {
    let results = project.criterion_dir();
    if results.exists() {
        fs::remove_dir_all(&results).with_context(|| format!("cannot remove {}", results.display()))?;
    }
    let mut bench = project.cargo("bench");
    bench.env("CRITERION_HOME", &results);
    process::run(bench.args(["--locked", "--package", PACKAGE, "--bench", "host"]))?;
    let section = section(&processor(), &read(&results)?)?;
    let mut file = OpenOptions::new()
        .append(true)
        .open(table)
        .with_context(|| format!("cannot open {}", table.display()))?;
    file.write_all(section.as_bytes())
        .with_context(|| format!("cannot write {}", table.display()))
}

#[expect(clippy::float_arithmetic, reason = "a time, only to be shown")]
fn read(results: &Path) -> Result<Times> {
    let mut times = Times::new();
    for group in folders(results)? {
        for function in folders(&group)? {
            let newest = function.join("new");
            let benchmark: Benchmark = read_json(&newest.join("benchmark.json"))?;
            let estimates: Estimates = read_json(&newest.join("estimates.json"))?;
            times.entry(benchmark.group_id).or_default().insert(
                benchmark.function_id,
                estimates.median.point_estimate / benchmark.throughput.elements,
            );
        }
    }
    Ok(times)
}

fn folders(parent: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(parent).with_context(|| format!("cannot list {}", parent.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    // Criterion keeps a summary of all functions beside them.
    paths.retain(|path| path.is_dir() && !path.ends_with("report"));
    Ok(paths)
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not what criterion wrote so far", path.display()))
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name"));
    model
        .map_or("an unnamed processor", |model| {
            model.trim_start_matches(['\t', ' ', ':'])
        })
        .to_owned()
}

fn section(processor: &str, times: &Times) -> Result<String> {
    let mut section = format!(
        "\n## On the host\n\nNanoseconds of one call (median) over the rows of the vector files, release build, one core \
         of {processor}. Not compared:\nmachines differ.\n\n| kernel | by | time |\n|---|---|---:|\n"
    );
    for (kernel, functions) in times {
        for (by, nanoseconds) in functions {
            writeln!(section, "| {kernel} | {by} | {nanoseconds:.0} ns |")?;
        }
    }
    Ok(section)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_that_of_one_call() {
        let results = std::env::temp_dir().join(format!("tenor-host-times-{}", std::process::id()));
        let newest = results.join("price/tenor-math/new");
        fs::create_dir_all(&newest).unwrap();
        fs::create_dir_all(results.join("report")).unwrap();
        let benchmark = r#"{"group_id":"price","function_id":"tenor-math","throughput":{"Elements":100}}"#;
        fs::write(newest.join("benchmark.json"), benchmark).unwrap();
        fs::write(newest.join("estimates.json"), r#"{"median":{"point_estimate":4200.0}}"#).unwrap();
        let times = read(&results);
        fs::remove_dir_all(&results).unwrap();
        assert!(
            section("a processor", &times.unwrap())
                .unwrap()
                .ends_with("| price | tenor-math | 42 ns |\n")
        );
    }
}
