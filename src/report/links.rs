//! Where to read about a requirement: its own page where the run says that there are pages, else the source that it cites.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::contract::requirement::{PAGE, Requirement};

/// The page of a requirement: what it means, how it is tested, a broken and a right exchange. `docs` is where the pages
/// are, as the run says; nothing else is known of them.
pub(super) fn page(requirement: &Requirement, docs: Option<&str>) -> Option<String> {
    Some(format!("{}/{}.md#{}", pages(docs)?, requirement.group(), requirement.id.to_lowercase()))
}

/// Where to read about a requirement: its own page, else the source that it cites.
pub(super) fn link(requirement: &Requirement, docs: Option<&str>) -> String {
    page(requirement, docs).unwrap_or_else(|| requirement.url().to_owned())
}

/// Where the pages of the requirements are, harmless in every markup; `docs` is what the run says.
pub(super) fn pages(docs: Option<&str>) -> Option<String> {
    docs.map(|docs| utf8_percent_encode(docs.trim_end_matches('/'), MARKUP).to_string())
}

/// Where the list of the requirements is, else the API page.
pub(super) fn list(docs: Option<&str>) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::requirement::requirement;

    #[test]
    fn pages_are_where_the_run_says() {
        let link = |docs| requirement("REQ-AUTH-005").map(|requirement| link(requirement, docs)).unwrap_or_default();
        assert_eq!(link(None), "https://learn.microsoft.com/graph/errors");
        assert_eq!(link(Some("https://docs.example/p/")), "https://docs.example/p/AUTH.md#req-auth-005");
        assert_eq!(link(Some("a\n)<b>")), "a%0A%29%3Cb%3E/AUTH.md#req-auth-005");
        assert_eq!((list(None).as_str(), list(Some("p/")).as_str()), (PAGE, "p/README.md"));
    }
}
