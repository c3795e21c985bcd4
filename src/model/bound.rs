//! What the placeholders in an expectation stood for when its request was made.
//!
//! The main type is [`Bound`]. It is part of the evidence, so that an expectation can be judged again later.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::expect::{Expect, Matcher};

/// Names of placeholders with their values, such as `uuid`. Empty where the expectation has none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bound(pub Vec<(String, String)>);

impl Bound {
    /// Nothing has to be filled in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text with each `{{name}}` that is known replaced.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        self.replaced(text, &|value| Cow::Borrowed(value))
    }

    /// The value with the texts in it, not the names, filled.
    #[must_use]
    pub fn json(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.json(item)).collect(),
            Value::Object(members) => Value::Object(self.members(members)),
            other => other.clone(),
        }
    }

    fn members(&self, object: &Map<String, Value>) -> Map<String, Value> {
        object.iter().map(|(name, item)| (name.clone(), self.json(item))).collect()
    }

    /// The matcher with its texts filled; in a regular expression a value stands for itself.
    #[must_use]
    pub fn matcher<'m>(&self, matcher: &'m Matcher) -> Cow<'m, Matcher> {
        if self.is_empty() {
            return Cow::Borrowed(matcher);
        }
        let text = |text: &Option<String>| text.as_deref().map(|text| self.text(text));
        Cow::Owned(Matcher {
            equals: matcher.equals.as_ref().map(|value| self.json(value)),
            same_instant: text(&matcher.same_instant),
            one_of: matcher.one_of.as_ref().map(|values| values.iter().map(|value| self.json(value)).collect()),
            has_one_of: matcher
                .has_one_of
                .as_ref()
                .map(|objects| objects.iter().map(|one| self.members(one)).collect()),
            matches: matcher
                .matches
                .as_deref()
                .map(|pattern| self.replaced(pattern, &|value| Cow::Owned(regex::escape(value)))),
            lists: text(&matcher.lists),
            lacks: text(&matcher.lacks),
            ..matcher.clone()
        })
    }

    fn replaced<'v>(&'v self, text: &str, value_of: &dyn Fn(&'v str) -> Cow<'v, str>) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, value)| {
            let placeholder = format!("{{{{{name}}}}}");
            if text.contains(&placeholder) { text.replace(&placeholder, &value_of(value)) } else { text }
        })
    }
}

/// Visits the texts of an expectation in which placeholders may stand, those of its alternatives too.
pub fn each_text(expect: &Expect, visit: &mut dyn FnMut(&str)) {
    for matcher in expect.headers.values().chain(expect.members.values()) {
        matcher.equals.iter().chain(matcher.one_of.iter().flatten()).for_each(|value| in_json(value, visit));
        let members = matcher.has_one_of.iter().flatten().flat_map(Map::values);
        members.for_each(|value| in_json(value, visit));
        let texts = [&matcher.same_instant, &matcher.matches, &matcher.lists, &matcher.lacks];
        texts.into_iter().flatten().for_each(|text| visit(text));
    }
    expect.body.iter().for_each(|body| in_json(body, visit));
    expect.or.iter().for_each(|alternative| each_text(alternative, visit));
}

fn in_json(value: &Value, visit: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(items) => items.iter().for_each(|item| in_json(item, visit)),
        Value::Object(members) => members.values().for_each(|item| in_json(item, visit)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fills_what_is_known_wherever_it_may_stand() {
        let bound = Bound(vec![("uuid".to_owned(), "a.b".to_owned()), ("job.id".to_owned(), "7".to_owned())]);
        let matcher: Matcher = serde_json::from_value(json!({
            "equals": {"{{uuid}}": ["x {{uuid}} {{job.id}}", 1]}, "matches": "^{{uuid}}$", "lacks": "{{uuid.2}}"
        }))
        .unwrap();
        let filled = bound.matcher(&matcher);
        assert_eq!(filled.equals, Some(json!({"{{uuid}}": ["x a.b 7", 1]})));
        assert_eq!(filled.matches.as_deref(), Some(r"^a\.b$"));
        assert_eq!(filled.lacks.as_deref(), Some("{{uuid.2}}"));
        assert!(matches!(Bound::default().matcher(&matcher), Cow::Borrowed(_)));
    }

    #[test]
    fn finds_every_text() {
        let expect: Expect = serde_json::from_value(json!({
            "headers": {"a": {"equals": "1"}},
            "or": [{"status": 204, "members": {"/b": {"oneOf": ["2", 3], "matches": "4"}}, "body": {"c": ["5"]}}]
        }))
        .unwrap();
        let mut seen = Vec::new();
        each_text(&expect, &mut |text| seen.push(text.to_owned()));
        assert_eq!(seen, ["1", "2", "4", "5"]);
    }
}
