//! Links of a run that names no folder of requirement pages lead to public pages or stay within the report.

use patchproof::report::FORMATS;

use super::rendered;
use super::sample;

/// The texts after each `start`, up to `end`.
fn between<'a>(text: &'a str, start: &'a str, end: char) -> impl Iterator<Item = &'a str> {
    text.split(start).skip(1).filter_map(move |rest| rest.split(end).next())
}

#[test]
fn without_pages_no_link_is_relative() {
    let mut run = sample::run();
    run.info.docs = None;
    for format in FORMATS {
        let text = rendered(&run, format.name).replace("&#x2f;", "/");
        assert!(!text.contains("docs/requirements"), "{}", format.name);
        if format.name == "html" {
            let links: Vec<&str> = between(&text, "href=\"", '"').collect();
            let lost = links.iter().find(|link| !link.starts_with("https://") && !link.starts_with('#'));
            assert!(links.len() > 100 && lost.is_none(), "{lost:?}");
        }
        if format.name == "markdown" {
            let links: Vec<&str> = between(&text, "](", ')').collect();
            let lost = links.iter().find(|link| !link.starts_with("https://"));
            assert!(links.len() > 5 && lost.is_none(), "{lost:?}");
        }
    }
}

#[test]
fn with_pages_they_are_linked() {
    let mut run = sample::run();
    run.info.docs = Some("https://pages.example/r".to_owned());
    for name in ["html", "markdown", "sarif", "github"] {
        let text = rendered(&run, name).replace("&#x2f;", "/");
        assert!(text.contains("https://pages.example/r/PROP.md#req-prop-001"), "{name}");
    }
}
