//! The requirement pages, `docs/requirements/`: one per group, and a list of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use super::example::About;
use super::{build, example};
use crate::contract::notes;
use crate::contract::requirement::requirements;
use crate::plan::Suite;

const MADE: &str =
    "<!-- Written by `patchproof explain --write-docs docs/requirements`; a test keeps it fresh. -->\n\n";

/// Every page: file name and text, with exchanges or without; they take the embedded server a while.
fn pages(suite: &Suite, exchanges: bool) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    let mut list = format!(
        "{MADE}# Requirements\n\nWhat patchproof holds a server to: every sentence with its source, why it matters, how \
         it is tested, what is\ntolerated, and a broken and a right exchange. `patchproof explain ID` says the same.\n"
    );
    for group in notes::groups() {
        let mut page = format!("{MADE}# {}: {}\n\n{}\n", group.id, group.title, group.why);
        // Writing to a String cannot fail.
        let _ = writeln!(list, "\n## [{}]({}.md): {}\n", group.id, group.id, group.title);
        for requirement in requirements().iter().filter(|requirement| requirement.group() == group.id) {
            let mut topic = build::of_requirement(requirement, suite);
            if exchanges {
                topic.pictures = example::pictures(About { requirement: &requirement.id, ..About::default() }, suite);
            }
            // The group says it once; checks, cases and faults come and go, and `explain` lists them.
            topic.paragraphs.retain(|(label, _)| *label != "matters");
            topic.lists.clear();
            let _ = write!(page, "\n{}", topic.markdown());
            let anchor = requirement.id.to_lowercase();
            let (id, level) = (&requirement.id, requirement.level);
            let _ = writeln!(list, "- [{id}]({}.md#{anchor}) ({level}) {}", group.id, requirement.title);
        }
        pages.insert(format!("{}.md", group.id), page);
    }
    pages.insert("README.md".to_owned(), list);
    pages
}

/// Writes the pages, and takes away those of groups that are no more.
pub(super) fn write(folder: &Path, suite: &Suite) -> io::Result<usize> {
    let pages = pages(suite, true);
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.extension().is_some_and(|end| end == "md") && !pages.contains_key(&name) {
            fs::remove_file(path)?;
        }
    }
    for (name, text) in &pages {
        fs::write(folder.join(name), text)?;
    }
    Ok(pages.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::untestable::untestable;
    use crate::plan::{Source, load};

    /// All but the exchanges, which follow from faults and cases that come and go.
    #[test]
    fn the_pages_are_fresh() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/requirements");
        let suite = load(&Source::BuiltIn).unwrap();
        let fresh = pages(&suite, false);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), fresh.len());
        for (name, text) in fresh {
            let there = fs::read_to_string(folder.join(&name)).unwrap_or_default();
            for part in text.split("\n## ") {
                let stale = "is not what is written now: patchproof explain --write-docs docs/requirements";
                assert!(there.contains(part.trim_end()), "{name} {stale}: {part}");
            }
            assert_eq!(there.matches("\n## ").count(), text.matches("\n## ").count(), "{name}");
        }
    }

    #[test]
    fn every_requirement_shows_a_broken_exchange_and_a_right_one() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/requirements");
        for requirement in requirements() {
            let page = fs::read_to_string(folder.join(format!("{}.md", requirement.group()))).unwrap();
            let section = page.split("\n## ").find(|part| part.starts_with(&*requirement.id)).unwrap();
            // Where either way is right, two right ones.
            let other =
                if untestable(&requirement.id).is_some() { "\nRight too (variation `" } else { "\nBroken (fault `" };
            for heading in [other, "\nRight"] {
                assert!(section.contains(heading), "{} has no exchange that begins {heading:?}", requirement.id);
            }
        }
    }
}
