//! What differs between an expected and an actual value, and a little around it, however large both are.
//!
//! ```text
//!   {
//!     "code": "contentNotFound",
//! -   "message": "No such file",
//! +   "message": null,
//!   … 14 more lines
//! ```
//!
//! JSON is printed one member a line, members of the actual value in the order of the expected one, so that another
//! order does not show. Known limit: from [`WINDOW`] lines past the first difference the rest is only counted, so
//! that comparing never costs more than reading.

use serde_json::Value;
use similar::{DiffTag, TextDiff};

use super::safe;
use crate::model::finding::Shown;

/// Equal lines shown around a difference.
const AROUND: usize = 2;
/// Lines compared on either side.
const WINDOW: usize = 400;
/// Rows shown.
const ROWS: usize = 60;

/// One row of a difference, harmless to show.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// On both sides.
    Same(String),
    /// Expected and not there.
    Expected(String),
    /// There and not expected.
    Actual(String),
    /// So many lines left out.
    Gap(usize),
}

impl Row {
    /// The row as text, its sign first.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Same(line) => format!("  {line}"),
            Self::Expected(line) => format!("- {line}"),
            Self::Actual(line) => format!("+ {line}"),
            Self::Gap(lines) => format!("  … {}", super::reading::count(*lines, "more line")),
        }
    }
}

/// The rows, where both values have several lines or one has; `None` where two short lines say it better.
pub(super) fn rows(expected: &Shown, actual: &Shown) -> Option<Vec<Row>> {
    let (left, right) = match (expected, actual) {
        (Shown::Json(e), Shown::Json(a)) => (pretty(e), pretty(&aligned(a, e))),
        (Shown::Text(e), Shown::Text(a)) => (e.clone(), a.clone()),
        _ => return None,
    };
    let (left, right): (Vec<&str>, Vec<&str>) = (left.lines().collect(), right.lines().collect());
    if (left.len() < 2 && right.len() < 2) || left == right {
        return None;
    }
    Some(compare(&left, &right))
}

/// A value on one line.
pub(super) fn one_line(shown: &Shown) -> String {
    match shown {
        Shown::Json(value) => value.to_string(),
        Shown::Text(text) => text.clone(),
    }
}

/// Expected and actual on one line each, cut so that the first difference is still seen.
pub(super) fn pair(expected: &str, actual: &str) -> (String, String) {
    let same = expected.chars().zip(actual.chars()).take_while(|(e, a)| e == a).count();
    let long = |text: &str| text.chars().nth(safe::LIMIT).is_some();
    if same < safe::LIMIT / 2 || !(long(expected) || long(actual)) {
        return (safe::short(expected), safe::short(actual));
    }
    let from = |text: &str| {
        let tail: String = text.chars().skip(same - 40).collect();
        format!("… {}", safe::short(&tail))
    };
    (from(expected), from(actual))
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The actual value with its members in the order of the expected one.
fn aligned(actual: &Value, expected: &Value) -> Value {
    match (actual, expected) {
        (Value::Object(a), Value::Object(e)) => {
            let first = e.iter().filter_map(|(name, e)| a.get(name).map(|a| (name.clone(), aligned(a, e))));
            let rest = a.iter().filter(|(name, _)| !e.contains_key(*name)).map(|(n, a)| (n.clone(), a.clone()));
            Value::Object(first.chain(rest).collect())
        }
        (Value::Array(a), Value::Array(e)) => Value::Array(
            a.iter().enumerate().map(|(i, a)| e.get(i).map_or_else(|| a.clone(), |e| aligned(a, e))).collect(),
        ),
        _ => actual.clone(),
    }
}

fn compare(left: &[&str], right: &[&str]) -> Vec<Row> {
    let head = left.iter().zip(right).take_while(|(l, r)| l == r).count();
    let short = left.len().min(right.len()) - head;
    let tail = left.iter().rev().zip(right.iter().rev()).take(short).take_while(|(l, r)| l == r).count();
    let start = head.saturating_sub(AROUND);
    let end = |lines: &[&str]| (lines.len() - tail.saturating_sub(AROUND)).min(start + WINDOW);
    let (l, r) = (&left[start..end(left)], &right[start..end(right)]);
    let diff = TextDiff::from_slices(l, r);
    let mut rows = Vec::new();
    // The first expected line that is not told yet.
    let mut next = 0;
    for op in diff.grouped_ops(AROUND).iter().flatten() {
        let (old, new) = (op.old_range(), op.new_range());
        if start + old.start > next {
            rows.push(Row::Gap(start + old.start - next));
        }
        next = start + old.end;
        match op.tag() {
            DiffTag::Equal => rows.extend(l[old].iter().map(|line| Row::Same(safe::short(line)))),
            _ => change(&l[old], &r[new], &mut rows),
        }
    }
    let cut = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    let unread = right.len().saturating_sub(end(right)).saturating_sub(tail);
    let rest = (left.len() - next).max(unread) + cut;
    if rest > 0 {
        rows.push(Row::Gap(rest));
    }
    rows
}

fn change(old: &[&str], new: &[&str], rows: &mut Vec<Row>) {
    if old.len() == new.len() {
        let pairs: Vec<_> = old.iter().zip(new).map(|(o, n)| pair(o, n)).collect();
        let (olds, news): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
        rows.extend(olds.into_iter().map(Row::Expected));
        rows.extend(news.into_iter().map(Row::Actual));
    } else {
        rows.extend(old.iter().map(|line| Row::Expected(safe::short(line))));
        rows.extend(new.iter().map(|line| Row::Actual(safe::short(line))));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn texts(expected: Value, actual: Value) -> Vec<String> {
        rows(&expected.into(), &actual.into()).unwrap().iter().map(Row::text).collect()
    }

    #[test]
    fn order_of_members_does_not_show() {
        let got = texts(json!({"a": 1, "b": 2, "c": 3}), json!({"c": 3, "b": 9, "a": 1}));
        assert_eq!(got, ["  {", "    \"a\": 1,", "-   \"b\": 2,", "+   \"b\": 9,", "    \"c\": 3", "  }"]);
        assert_eq!(rows(&json!({"a": 1, "b": 2}).into(), &json!({"b": 2, "a": 1}).into()), None);
        assert_eq!(rows(&json!("x").into(), &json!(1).into()), None);
    }

    #[test]
    fn a_large_body_shows_little() {
        let large: Vec<u32> = (0..50_000).collect();
        let mut other = large.clone();
        other[30_000] = 7;
        let got = texts(json!(large), json!(other));
        assert_eq!(got.len(), 8, "{got:?}");
        assert_eq!(got[0], "  … 29,999 more lines");
        assert_eq!(got[3..5], ["-   30000,", "+   7,"]);
    }

    #[test]
    fn a_difference_deep_in_a_long_string_is_seen() {
        let base = "x".repeat(5000);
        let (e, a) = pair(&format!("{base}yes"), &format!("{base}no"));
        assert!(e.ends_with("yes") && a.ends_with("no") && e.len() < 400);
    }
}
