//! Sections of a document that a program writes, between two comments.

use std::fmt::Write;

/// One written section.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its name in the comments around it.
    pub name: &'static str,
    /// What stands between them.
    pub text: String,
}

/// A document with written sections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document(pub String);

impl Document {
    /// The same with one section replaced; nothing if the document has no such section.
    #[must_use]
    pub fn with(&self, section: &Section) -> Option<Self> {
        let (begin, end) = (
            format!("<!-- {} begins -->\n", section.name),
            format!("<!-- {} ends -->", section.name),
        );
        let (before, rest) = self.0.split_once(&begin)?;
        let (_, after) = rest.split_once(&end)?;
        let mut text = String::new();
        write!(text, "{before}{begin}\n{}\n{end}{after}", section.text).ok()?;
        Some(Self(text))
    }
}
