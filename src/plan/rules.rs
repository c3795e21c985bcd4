//! What the schema of case files cannot say: ids that exist, placeholders, regular expressions, base64.
//!
//! The main type is [`Rules`], which walks a whole file. Of a place that the schema has spoken about it says nothing more:
//! one cause is told once.

use std::collections::HashSet;

use base64::Engine as _;
use serde_json::Value;

use super::explain::Mistake;
use super::template;
use crate::contract::requirement::{requirement, requirements};
use crate::json::escape;
use crate::model::pattern::pattern as compiled;
use crate::suggest::{hint, nearest};

/// The rules, and where in the file they are.
pub(super) struct Rules<'m, 'v> {
    path: Vec<Token<'v>>,
    /// Pointers that the schema has spoken about: one cause is told once.
    told: HashSet<String>,
    mistakes: &'m mut Vec<Mistake>,
}

#[derive(Clone, Copy)]
enum Token<'v> {
    Member(&'v str),
    Item(usize),
}

impl<'m, 'v> Rules<'m, 'v> {
    /// `told` are the places of which the schema has spoken.
    pub(super) fn new(told: HashSet<String>, mistakes: &'m mut Vec<Mistake>) -> Self {
        Self { path: Vec::new(), told, mistakes }
    }

    fn tell(&mut self, message: String) {
        let pointer = self.path.iter().fold(String::new(), |pointer, token| match token {
            Token::Member(name) => format!("{pointer}/{}", escape(name)),
            Token::Item(index) => format!("{pointer}/{index}"),
        });
        if !self.told.contains(&pointer) {
            self.mistakes.push(Mistake { pointer, at_name: false, message });
        }
    }

    fn within(&mut self, token: Token<'v>, rule: impl FnOnce(&mut Self)) {
        self.path.push(token);
        rule(self);
        self.path.pop();
    }

    /// Checks a whole case file.
    pub(super) fn file(&mut self, case: &'v Value) {
        self.each(case.get("requirements"), "requirements", Self::requirement);
        self.step(case);
        self.each(case.get("steps"), "steps", Self::step);
    }

    fn each(&mut self, list: Option<&'v Value>, name: &'static str, rule: fn(&mut Self, &'v Value)) {
        let items = list.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        self.within(Token::Member(name), |rules| {
            for (index, item) in items.iter().enumerate() {
                rules.within(Token::Item(index), |rules| rule(rules, item));
            }
        });
    }

    fn step(&mut self, step: &'v Value) {
        if let Some(request) = step.get("request") {
            self.within(Token::Member("request"), |rules| rules.request(request));
        }
        if let Some(race) = step.get("race") {
            self.within(Token::Member("race"), |rules| rules.texts(race));
        }
        if let Some(expect) = step.get("expect") {
            self.within(Token::Member("expect"), |rules| rules.expect(expect));
        }
    }

    fn request(&mut self, request: &'v Value) {
        self.texts(request);
        if let Some(Err(error)) = request
            .get("bodyBase64")
            .and_then(Value::as_str)
            .map(|text| base64::engine::general_purpose::STANDARD.decode(text))
        {
            self.within(Token::Member("bodyBase64"), |rules| rules.tell(format!("expected base64: {error}")));
        }
    }

    fn expect(&mut self, expect: &'v Value) {
        self.one_requirement(expect);
        for name in ["body", "headers", "members"] {
            if let Some(value) = expect.get(name) {
                self.within(Token::Member(name), |rules| rules.texts(value));
            }
        }
        for group in ["headers", "members"] {
            for (name, matcher) in expect.get(group).and_then(Value::as_object).into_iter().flatten() {
                self.within(Token::Member(group), |rules| {
                    rules.within(Token::Member(name), |rules| rules.matcher(matcher));
                });
            }
        }
        for (name, id) in expect.get("attribute").and_then(Value::as_object).into_iter().flatten() {
            self.within(Token::Member("attribute"), |rules| {
                rules.within(Token::Member(name), |rules| rules.requirement(id));
            });
        }
        self.each(expect.get("or"), "or", Self::expect);
    }

    fn matcher(&mut self, matcher: &'v Value) {
        self.one_requirement(matcher);
        let Some(pattern) = matcher.get("matches").and_then(Value::as_str) else { return };
        if let Err(error) = compiled(&template::fill(pattern, &|_| Some("x".to_owned()))) {
            let text = error.to_string();
            let why = text.lines().last().unwrap_or(&text).trim_start_matches("error: ").to_owned();
            self.within(Token::Member("matches"), |rules| rules.tell(format!("expected a regular expression: {why}")));
        }
    }

    fn one_requirement(&mut self, holder: &'v Value) {
        if let Some(id) = holder.get("requirement") {
            self.within(Token::Member("requirement"), |rules| rules.requirement(id));
        }
    }

    fn requirement(&mut self, id: &'v Value) {
        let Some(id) = id.as_str() else { return };
        if requirement(id).is_none() {
            let hint = hint(nearest(id, requirements().iter().map(|known| known.id.as_str())));
            self.tell(format!("expected the id of a requirement, found {id:?}{hint}"));
        }
    }

    /// Placeholders in every string below `value`.
    fn texts(&mut self, value: &'v Value) {
        match value {
            Value::String(text) if template::may_hold(text) => {
                for message in template::placeholders(text).filter_map(Result::err) {
                    self.tell(message);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.within(Token::Item(index), |rules| rules.texts(item));
                }
            }
            Value::Object(members) => {
                for (name, item) in members {
                    self.within(Token::Member(name), |rules| rules.texts(item));
                }
            }
            _ => {}
        }
    }
}
