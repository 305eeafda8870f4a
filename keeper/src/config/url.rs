//! An address of a node, which may hold an access key.

use std::fmt;
use url::Url;

/// URL of a node. Providers put access keys into path, query or user: showing it shows scheme and host only.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

impl Endpoint {
    /// Parses a URL whose scheme is one of `schemes`.
    pub(super) fn parse(text: &str, schemes: &[&str]) -> Result<Self, String> {
        let allowed = || format!("must be a URL that starts with {}://", schemes.join(":// or "));
        let url = Url::parse(text).map_err(|error| format!("{}: {error}", allowed()))?;
        if !schemes.contains(&url.scheme()) || url.host_str().is_none() {
            return Err(allowed());
        }
        Ok(Self(url))
    }

    /// The text without this URL's secrets: errors of HTTP clients quote the whole URL.
    pub fn redact(&self, text: &str) -> String {
        text.replace(self.expose(), &self.to_string())
    }

    /// The whole URL, secrets included.
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}://{}",
            self.0.scheme(),
            self.0.host_str().unwrap_or_default()
        )?;
        if let Some(port) = self.0.port() {
            write!(formatter, ":{port}")?;
        }
        let has_secret = self.0.path() != "/"
            || self.0.query().is_some()
            || !self.0.username().is_empty()
            || self.0.password().is_some();
        formatter.write_str(if has_secret { "/***" } else { "" })
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
