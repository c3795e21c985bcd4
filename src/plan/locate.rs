//! Where in a JSON text a JSON Pointer points: line and column, only looked for when there is a mistake to show.

use jsonc_parser::ast::{ObjectProp, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::json::{escape, unescape};

/// The syntax tree of a well-formed text.
pub(super) struct Locator<'t> {
    text: &'t str,
    root: Option<Value<'t>>,
}

impl<'t> Locator<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
        Self { text, root: parsed.ok().and_then(|result| result.value) }
    }

    /// Line and column, from 1, of the value at `pointer`, or of its name if it is a member and `name` is set; as
    /// near as the text goes where there is no such value.
    pub(super) fn find(&self, pointer: &str, name: bool) -> (usize, usize) {
        self.position(self.walk(pointer, name, PartialEq::eq).0)
    }

    /// The line, from 1, of the value at `pointer`, if there is one. Letter case does not count among headers.
    pub(super) fn line_of(&self, pointer: &str) -> Option<usize> {
        let of_headers = pointer.contains("/headers/");
        let (at, arrived) = self.walk(pointer, false, if of_headers { str::eq_ignore_ascii_case } else { str::eq });
        (self.root.is_some() && arrived).then(|| self.position(at).0)
    }

    /// The octet at which the value begins, and whether the text has it; else that of the nearest one above it.
    fn walk(&self, pointer: &str, name: bool, same: fn(&str, &str) -> bool) -> (usize, bool) {
        let Some(mut value) = self.root.as_ref() else { return (0, false) };
        let mut at = value.start();
        for token in pointer.split('/').skip(1) {
            let token = unescape(token);
            match value {
                Value::Object(object) => {
                    let named = object.properties.iter().find(|prop| same(prop.name.as_str(), &token));
                    let Some(prop) = named else { return (at, false) };
                    value = &prop.value;
                    at = if name { prop.start() } else { value.start() };
                }
                Value::Array(array) => {
                    let Some(item) = token.parse().ok().and_then(|index: usize| array.elements.get(index)) else {
                        return (at, false);
                    };
                    value = item;
                    at = value.start();
                }
                _ => return (at, false),
            }
        }
        (at, true)
    }

    /// Pointers and positions of members whose name was used before in the same object.
    pub(super) fn duplicates(&self) -> Vec<(String, (usize, usize))> {
        let mut found = Vec::new();
        if let Some(root) = &self.root {
            self.collect_duplicates(root, "", &mut found);
        }
        found
    }

    fn collect_duplicates(&self, value: &Value<'_>, pointer: &str, found: &mut Vec<(String, (usize, usize))>) {
        match value {
            Value::Object(object) => {
                let mut names = std::collections::HashSet::new();
                for prop in &object.properties {
                    let below = format!("{pointer}/{}", escape(prop.name.as_str()));
                    if !names.insert(prop.name.as_str()) {
                        found.push((below.clone(), self.position(ObjectProp::start(prop))));
                    }
                    self.collect_duplicates(&prop.value, &below, found);
                }
            }
            Value::Array(array) => {
                for (index, item) in array.elements.iter().enumerate() {
                    self.collect_duplicates(item, &format!("{pointer}/{index}"), found);
                }
            }
            _ => {}
        }
    }

    fn position(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        (line, before[start..].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_values_and_names() {
        let locator = Locator::new("{\n  \"a\": [1,\n    {\"b/c\": 2}]\n}");
        assert_eq!(locator.find("", false), (1, 1));
        assert_eq!(locator.find("/a", true), (2, 3));
        assert_eq!(locator.find("/a", false), (2, 8));
        assert_eq!(locator.find("/a/1/b~1c", false), (3, 13));
        assert_eq!(locator.find("/a/7", false), (2, 8));
    }

    #[test]
    fn finds_duplicates() {
        let locator = Locator::new("{\"a\": {\"b\": 1, \"b\": 2}}");
        assert_eq!(locator.duplicates(), [("/a/b".to_owned(), (1, 16))]);
    }
}
