//! Two jobs, member by member.

use std::fmt;

use serde_json::{Map, Value};

use super::{Against, Difference, Kind, MemberType, equal};
use crate::instant::{Closeness, Instant};
use crate::json::escape;

/// A place in the job, told from the inside out: most places are equal, and only a difference has its pointer written.
#[derive(Debug)]
pub enum At<'a> {
    /// The job itself.
    Root,
    /// A member of what is there.
    Member(&'a At<'a>, &'a str),
    /// An element of what is there.
    Element(&'a At<'a>, usize),
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(of, name) => write!(f, "{of}/{}", escape(name)),
            Self::Element(of, index) => write!(f, "{of}/{index}"),
        }
    }
}

pub(super) struct Walk<'a> {
    pub(super) against: Against,
    pub(super) whole: bool,
    pub(super) out: &'a mut Vec<Difference>,
}

impl Walk<'_> {
    pub(super) fn object(
        &mut self,
        form: &[(&str, MemberType)],
        expected: &Map<String, Value>,
        actual: &Map<String, Value>,
        at: &At<'_>,
        root: bool,
    ) {
        for (name, form) in form {
            let wanted = expected.get(*name);
            if wanted.is_none() && !self.whole {
                continue;
            }
            self.value(*form, wanted, actual.get(*name), &At::Member(at, name), root);
        }
    }

    fn push(&mut self, at: &At<'_>, kind: Kind, expected: &Value, actual: Option<&Value>) {
        self.out.push(Difference {
            pointer: at.to_string(),
            kind,
            expected: expected.clone(),
            actual: actual.cloned(),
        });
    }

    pub(super) fn value(
        &mut self,
        form: MemberType,
        expected: Option<&Value>,
        actual: Option<&Value>,
        at: &At<'_>,
        root: bool,
    ) {
        let null = Value::Null;
        let empty = Value::Array(Vec::new());
        // Rule 3: inside `error` absent equals null, and an absent collection equals an empty one.
        let absent = if matches!(form, MemberType::Collection(_)) { &empty } else { &null };
        let wanted = expected.unwrap_or(absent);
        let found = match actual {
            Some(found) => found,
            None if root && self.against == Against::Sent => return self.push(at, Kind::Missing, wanted, None),
            None => absent,
        };
        match (wanted, found) {
            (Value::Null, Value::Null) => {}
            // What was there before is as it was, even where it should never have been there.
            (before, now) if self.against == Against::SameState && before == now => {}
            (Value::Null, _) => self.push(at, Kind::NotNull, wanted, actual),
            (_, Value::Null) => {
                let kind = if actual.is_none() { Kind::Missing } else { Kind::Null };
                self.push(at, kind, wanted, actual);
            }
            (Value::String(a), Value::String(b)) => match form {
                _ if a == b => {}
                MemberType::Instant => self.instant(at, a, b),
                _ => self.push(at, Kind::Text, wanted, actual),
            },
            (Value::Object(a), Value::Object(b)) => match form {
                // An object inside is compared with the members that were named, so that a merge can be told from an echo.
                MemberType::Complex(members) => self.object(members, a, b, at, false),
                _ => self.push(at, Kind::Type, wanted, actual),
            },
            (Value::Array(a), Value::Array(b)) => match form {
                MemberType::Collection(members) => self.collection(members, a, b, at, actual),
                _ => self.push(at, Kind::Type, wanted, actual),
            },
            _ => self.push(at, Kind::Type, wanted, actual),
        }
    }

    fn instant(&mut self, at: &At<'_>, a: &str, b: &str) {
        let kind = match (Instant::parse(a), Instant::parse(b)) {
            (Ok(wanted), Ok(found)) => match wanted.compare(&found) {
                Closeness::Equal => return,
                Closeness::Different => Kind::Instant,
                loss => Kind::Precision(loss),
            },
            _ => Kind::Instant,
        };
        let kind = match (kind, self.against) {
            (Kind::Precision(_), Against::SameState) => Kind::Instant,
            (kind, _) => kind,
        };
        self.push(at, kind, &Value::from(a), Some(&Value::from(b)));
    }

    fn collection(
        &mut self,
        form: &'static [(&'static str, MemberType)],
        a: &[Value],
        b: &[Value],
        at: &At<'_>,
        actual: Option<&Value>,
    ) {
        if a.len() != b.len() {
            return self.push(at, Kind::Count, &Value::from(a.to_vec()), actual);
        }
        let same = |x: &Value, y: &Value| equal_element(form, x, y, self.against);
        let mut free: Vec<usize> = (0..b.len()).collect();
        let mut unmatched = Vec::new();
        let mut moved = false;
        for (i, x) in a.iter().enumerate() {
            // The element at the same place first, so that a pure change of order is told from a change of value.
            let hit = free
                .iter()
                .position(|&j| j == i && same(x, &b[j]))
                .or_else(|| free.iter().position(|&j| same(x, &b[j])));
            match hit {
                Some(k) => moved |= free.remove(k) != i,
                None => unmatched.push(i),
            }
        }
        if unmatched.is_empty() {
            if moved {
                self.push(at, Kind::Order, &Value::from(a.to_vec()), actual);
            }
            return;
        }
        for (i, j) in unmatched.into_iter().zip(free) {
            let place = At::Element(at, j);
            match (&a[i], &b[j]) {
                (Value::Object(x), Value::Object(y)) => {
                    let whole = std::mem::replace(&mut self.whole, true);
                    self.object(form, x, y, &place, false);
                    self.whole = whole;
                }
                (x, y) => self.push(&place, Kind::Type, x, Some(y)),
            }
        }
    }
}

/// Whether two elements of a collection are equal; an element without members equals one whose members are all null.
fn equal_element(form: &'static [(&'static str, MemberType)], a: &Value, b: &Value, against: Against) -> bool {
    match (a, b) {
        (Value::Object(_), Value::Object(_)) => equal(MemberType::Complex(form), Some(a), Some(b), against),
        _ => a == b,
    }
}
