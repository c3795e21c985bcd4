//! The line of a case file that expected what did not come.

use super::load::Suite;
use super::locate::Locator;
use crate::json::escape;
use crate::model::finding::Place;

/// Finds lines in the file of one case.
#[derive(Debug, Clone, Copy)]
pub struct Lines<'s> {
    suite: &'s Suite,
    case: usize,
}

impl<'s> Lines<'s> {
    /// Those of the case at `case` of [`Suite::refs`].
    #[must_use]
    pub fn new(suite: &'s Suite, case: usize) -> Self {
        Self { suite, case }
    }

    /// For each step, counted from zero, and place in one of its exchanges: the line, from 1, that says what is expected
    /// there; as near as the file goes. None where the file cannot be read any more.
    #[must_use]
    pub fn expecting(&self, wanted: &[(usize, &Place)]) -> Vec<Option<usize>> {
        let octets = self.suite.octets(self.case).unwrap_or_default();
        let Some(text) = std::str::from_utf8(&octets).ok().filter(|text| !text.is_empty()) else {
            return vec![None; wanted.len()];
        };
        let locator = Locator::new(text);
        wanted.iter().map(|(step, place)| Some(line(&locator, *step, place))).collect()
    }
}

fn line(locator: &Locator<'_>, step: usize, place: &Place) -> usize {
    // A file of one step may do without the list.
    let numbered = format!("/steps/{step}");
    let of = if locator.line_of("/steps").is_some() { numbered.as_str() } else { "" };
    let candidates = match place {
        Place::Status => vec![format!("{of}/expect/status")],
        Place::Header(name) => vec![format!("{of}/expect/headers/{}", escape(name))],
        Place::Body(at) | Place::Job(at) if !at.is_empty() => {
            vec![format!("{of}/expect/members/{}", escape(at)), format!("{of}/request/body{at}")]
        }
        Place::Body(_) | Place::Job(_) | Place::Elsewhere(_) | Place::Wire => Vec::new(),
    };
    let general = ["/expect", "/race/must", "/request", ""].map(|part| format!("{of}{part}"));
    candidates.iter().chain(&general).find_map(|pointer| locator.line_of(pointer)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_that_of_what_was_expected() {
        let one = Locator::new(
            r#"{
              "title": "x",
              "request": { "body": {
                "status": "a",
                "error": { "code": "b" } } },
              "expect": {
                "status": 200,
                "headers": { "ETag": "x" },
                "members": {
                  "/status": "c" } }
            }"#,
        );
        for (place, wanted) in [
            (Place::Status, 7),
            (Place::Header("etag".into()), 8),
            (Place::Header("odata-version".into()), 6),
            (Place::Body("/status".into()), 10),
            (Place::Job("/error/code".into()), 5),
            (Place::Body("/error/message".into()), 6),
            (Place::Wire, 6),
        ] {
            assert_eq!(line(&one, 0, &place), wanted, "{place}");
        }
        let two = Locator::new("{\n\"steps\": [\n{ \"request\": {} },\n{\n\"race\": {\n\"must\": \"apart\" } }\n] }");
        assert_eq!(line(&two, 0, &Place::Status), 3);
        assert_eq!(line(&two, 1, &Place::Status), 6);
        assert_eq!(line(&Locator::new("{ not JSON"), 0, &Place::Status), 1);
    }
}
