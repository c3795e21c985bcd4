//! What the reports say about a requirement: the content of `contract/requirements.json`, read once when it is asked for.

use std::sync::LazyLock;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Deserialize;

use crate::model::finding::Level;

/// One testable sentence of the contract.
#[derive(Debug, Deserialize)]
pub struct Requirement {
    /// Stable id.
    pub id: String,
    /// A few words.
    pub title: String,
    /// The sentence.
    pub statement: String,
    /// How binding it is.
    pub level: Level,
    /// `documented`, `protocol` or `graph`.
    pub tier: String,
    /// Where it comes from.
    pub source: String,
    /// Where that can be read.
    pub source_url: Option<String>,
}

impl Requirement {
    /// The middle of the id, `ERR` of `REQ-ERR-001`: what belongs together.
    #[must_use]
    pub fn group(&self) -> &str {
        self.id.split('-').nth(1).unwrap_or(&self.id)
    }

    /// Where the source can be read; the API page where nothing else is named.
    #[must_use]
    pub fn url(&self) -> &str {
        self.source_url.as_deref().unwrap_or(PAGE)
    }

    /// Its own page: what it means, how it is tested, a broken and a right exchange. `docs` is where the pages are, as
    /// the run says; nothing else is known of them.
    #[must_use]
    pub fn page(&self, docs: Option<&str>) -> Option<String> {
        Some(format!("{}/{}.md#{}", pages(docs)?, self.group(), self.id.to_lowercase()))
    }

    /// Where to read about it: its own page, else the source that it cites.
    #[must_use]
    pub fn link(&self, docs: Option<&str>) -> String {
        self.page(docs).unwrap_or_else(|| self.url().to_owned())
    }
}

/// The API page.
pub const PAGE: &str = "https://learn.microsoft.com/graph/api/jobresponsebase-update?view=graph-rest-beta";

/// Where the pages of the requirements are, harmless in every markup; `docs` is what the run says.
#[must_use]
pub fn pages(docs: Option<&str>) -> Option<String> {
    docs.map(|docs| utf8_percent_encode(docs.trim_end_matches('/'), MARKUP).to_string())
}

/// Where the list of the requirements is, else the API page.
#[must_use]
pub fn list(docs: Option<&str>) -> String {
    pages(docs).map_or_else(|| PAGE.to_owned(), |pages| format!("{pages}/README.md"))
}

/// What would end a link in HTML, in Markdown or in a GitHub annotation.
const MARKUP: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'\'')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'|')
    .add(b'(')
    .add(b')')
    .add(b'[')
    .add(b']')
    .add(b'\\');

static ALL: LazyLock<Vec<Requirement>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../contract/requirements.json")).unwrap_or_default());

/// All requirements, in the order of the contract.
#[must_use]
pub fn requirements() -> &'static [Requirement] {
    &ALL
}

/// The requirement of that id.
#[must_use]
pub fn requirement(id: &str) -> Option<&'static Requirement> {
    ALL.iter().find(|requirement| requirement.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_them_all() {
        assert!(requirements().len() > 100);
        assert_eq!(requirement("REQ-ERR-001").map(Requirement::group), Some("ERR"));
    }

    #[test]
    fn pages_are_where_the_run_says() {
        let link = |docs| requirement("REQ-AUTH-005").map(|requirement| requirement.link(docs)).unwrap_or_default();
        assert_eq!(link(None), "https://learn.microsoft.com/graph/errors");
        assert_eq!(link(Some("https://docs.example/p/")), "https://docs.example/p/AUTH.md#req-auth-005");
        assert_eq!(link(Some("a\n)<b>")), "a%0A%29%3Cb%3E/AUTH.md#req-auth-005");
        assert_eq!((list(None).as_str(), list(Some("p/")).as_str()), (PAGE, "p/README.md"));
    }
}
