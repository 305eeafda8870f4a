//! The Debian mirrors that this machine's apt is set up with.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// One archive that apt takes packages from.
#[derive(Debug, PartialEq, Eq)]
struct Source {
    uri: String,
    suites: Vec<String>,
    components: Vec<String>,
}

/// Addresses of archives that look like Debian's main one, in apt's order.
///
/// A third party's archive may look alike; its signature tells them apart.
pub(super) fn debian_mirrors() -> Result<Vec<String>> {
    let mut mirrors = Vec::new();
    for file in source_files(Path::new("/etc/apt"))? {
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let is_deb822 = file.extension().is_some_and(|extension| extension == "sources");
        let sources = if is_deb822 {
            parse_deb822(&text)
        } else {
            parse_lines(&text)
        };
        for source in sources.into_iter().filter(Source::looks_like_main_archive) {
            if !mirrors.contains(&source.uri) {
                mirrors.push(source.uri);
            }
        }
    }
    Ok(mirrors)
}

/// The files that apt reads: it ignores any other extension.
fn source_files(etc_apt: &Path) -> Result<Vec<PathBuf>> {
    let mut files = vec![etc_apt.join("sources.list")];
    files.retain(|file| file.is_file());
    let parts = etc_apt.join("sources.list.d");
    if parts.is_dir() {
        let entries = fs::read_dir(&parts).with_context(|| format!("cannot list {}", parts.display()))?;
        let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        paths.retain(|path| {
            path.extension()
                .is_some_and(|extension| extension == "list" || extension == "sources")
        });
        paths.sort();
        files.extend(paths);
    }
    Ok(files)
}

impl Source {
    /// Whether this may be the archive that also carries the suite `sid`: not the one for security updates, which has
    /// other suites, and not one of a third party, which has its own components.
    fn looks_like_main_archive(&self) -> bool {
        let official = |suite: &String| !suite.contains("security") && !suite.contains('/');
        self.components.iter().any(|component| component == "main") && self.suites.iter().any(official)
    }
}

/// `deb [option=value ...] uri suite component...`
fn parse_lines(text: &str) -> Vec<Source> {
    text.lines().filter_map(parse_line).collect()
}

fn parse_line(line: &str) -> Option<Source> {
    let line = line.split('#').next()?;
    let rest = line.trim().strip_prefix("deb")?;
    let rest = rest.strip_prefix(char::is_whitespace)?.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(options) => options.split_once(']')?.1,
        None => rest,
    };
    let mut words = rest.split_whitespace().map(str::to_owned);
    Some(Source {
        uri: words.next()?,
        suites: vec![words.next()?],
        components: words.collect(),
    })
}

/// Stanzas of `Field: value`, parted by blank lines; an indented line continues the field above it.
fn parse_deb822(text: &str) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut stanza: Vec<(String, String)> = Vec::new();
    for line in text.lines().chain([""]).filter(|line| !line.starts_with('#')) {
        if line.trim().is_empty() {
            sources.extend(sources_of_stanza(&stanza));
            stanza.clear();
        } else if line.starts_with(char::is_whitespace) {
            if let Some((_, value)) = stanza.last_mut() {
                value.push(' ');
                value.push_str(line);
            }
        } else if let Some((field, value)) = line.split_once(':') {
            stanza.push((field.trim().to_ascii_lowercase(), value.to_owned()));
        }
    }
    sources
}

fn sources_of_stanza(stanza: &[(String, String)]) -> Vec<Source> {
    let words = |name: &str| -> Vec<String> {
        let value = stanza
            .iter()
            .find(|(field, _)| field == name)
            .map_or("", |(_, value)| value.as_str());
        value.split_whitespace().map(str::to_owned).collect()
    };
    let disabled = words("enabled")
        .first()
        .is_some_and(|value| value == "no" || value == "false");
    if disabled || !words("types").iter().any(|kind| kind == "deb") {
        return Vec::new();
    }
    let source = |uri| Source {
        uri,
        suites: words("suites"),
        components: words("components"),
    };
    words("uris").into_iter().map(source).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mirrors(sources: Vec<Source>) -> Vec<String> {
        sources
            .into_iter()
            .filter(Source::looks_like_main_archive)
            .map(|source| source.uri)
            .collect()
    }

    #[test]
    fn a_deb822_file_names_the_main_archive() {
        let text = "\
Types: deb
# The date of the image
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
";
        assert_eq!(mirrors(parse_deb822(text)), ["http://mirror.example/debian"]);
    }

    #[test]
    fn deb822_fields_may_be_in_any_case_and_go_on_over_lines() {
        let text = "types: deb-src deb\nURIS:\n http://one.example/debian\n http://two.example/debian\n\
                    suites: trixie\ncomponents: main contrib\n";
        assert_eq!(
            mirrors(parse_deb822(text)),
            ["http://one.example/debian", "http://two.example/debian"]
        );
    }

    #[test]
    fn deb822_stanzas_that_apt_skips_are_skipped() {
        let disabled = "Enabled: no\nTypes: deb\nURIs: http://mirror.example/debian\nSuites: sid\nComponents: main\n";
        let sources_only = "Types: deb-src\nURIs: http://mirror.example/debian\nSuites: sid\nComponents: main\n";
        assert!(parse_deb822(disabled).is_empty());
        assert!(parse_deb822(sources_only).is_empty());
    }

    #[test]
    fn one_line_entries_may_have_options_and_comments() {
        let text = "\
# deb http://old.example/debian bookworm main
deb-src http://mirror.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian bookworm main # x
deb http://mirror.example/debian-security bookworm-security main
";
        assert_eq!(mirrors(parse_lines(text)), ["http://mirror.example/debian"]);
    }

    #[test]
    fn archives_of_third_parties_with_their_own_components_or_paths_are_skipped() {
        let lines = "deb https://download.example/linux/debian bookworm stable\ndeb https://flat.example/repo ./\n";
        let stanza = "Types: deb\nURIs: https://deb.example/node_20.x\nSuites: ./\nComponents: main\n";
        assert!(mirrors(parse_lines(lines)).is_empty());
        assert!(mirrors(parse_deb822(stanza)).is_empty());
    }
}
