//! Members that the model does not declare: taken out, found, or compared between two answers of a server (rule 8).

use serde_json::{Map, Number, Value};

use super::shape::{JOB, MemberType};
use crate::json::{escape, unescape};

/// Takes the members that the model does not declare out of a job, at every depth; annotations and the key stay.
pub fn strip_undeclared(job: &mut Value) {
    strip(JOB, job);
}

fn strip(form: &[(&str, MemberType)], value: &mut Value) {
    let Value::Object(members) = value else { return };
    let declared = |name: &str| form.iter().find(|(known, _)| *known == name).map(|(_, form)| *form);
    members.retain(|name, _| name.contains('@') || name == "id" || declared(name).is_some());
    for (name, member) in members.iter_mut() {
        match declared(name) {
            Some(MemberType::Complex(form)) => strip(form, member),
            Some(MemberType::Collection(form)) => {
                member.as_array_mut().into_iter().flatten().for_each(|element| strip(form, element));
            }
            _ => {}
        }
    }
}

/// Whether a job has members that the model does not declare, at any depth.
#[must_use]
pub fn has_undeclared(job: &Value) -> bool {
    let mut stripped = job.clone();
    strip_undeclared(&mut stripped);
    stripped != *job
}

/// What a member within a value is if it is absent in one answer and null in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// The same: the answers are of different kinds, and one may leave nulls out.
    IsNull,
    /// A change: both are answers to the same request.
    Counts,
}

/// Members outside the model that differ between two answers of the server (rule 8), as JSON Pointers. At the root of the
/// job absence is null.
#[must_use]
pub fn undeclared(before: &Map<String, Value>, after: &Map<String, Value>, absence: Absence) -> Vec<String> {
    let counts = |name: &str| !name.contains('@') && name != "id" && JOB.iter().all(|(known, _)| *known != name);
    let mut names: Vec<&String> = before.keys().chain(after.keys()).filter(|name| counts(name)).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| {
            let (old, new) = (before.get(*name).unwrap_or(&Value::Null), after.get(*name).unwrap_or(&Value::Null));
            !same_json(Some(old), Some(new), absence, *name == "result")
        })
        .map(|name| format!("/{}", escape(name)))
        .collect()
}

/// The name of the member at the root that a pointer leads to.
#[must_use]
pub fn member(pointer: &str) -> String {
    unescape(pointer.trim_start_matches('/')).into_owned()
}

/// JSON equality with numbers by value, objects without order, arrays with order; annotations do not count.
///
/// Inside `result` a number may be a string in one of them (rule 9): under IEEE754Compatible=true it is.
fn same_json(a: Option<&Value>, b: Option<&Value>, absence: Absence, in_result: bool) -> bool {
    let same = |a, b| same_json(a, b, absence, in_result);
    match (a, b) {
        (Some(Value::Number(x)), Some(Value::Number(y))) => same_number(x, y),
        (Some(Value::Number(x)), Some(Value::String(y))) | (Some(Value::String(y)), Some(Value::Number(x)))
            if in_result =>
        {
            y.parse().is_ok_and(|y: Number| same_number(x, &y))
        }
        (Some(Value::Array(x)), Some(Value::Array(y))) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(Some(x), Some(y)))
        }
        (Some(Value::Object(x)), Some(Value::Object(y))) => {
            x.keys().chain(y.keys()).filter(|name| !name.contains('@')).all(|name| same(x.get(name), y.get(name)))
        }
        (None | Some(Value::Null), None | Some(Value::Null)) => {
            a.is_some() == b.is_some() || absence == Absence::IsNull
        }
        (a, b) => a == b,
    }
}

/// Equality by value (rule 9): whole numbers exactly, as an Edm.Int64 has more digits than a double keeps.
fn same_number(a: &Number, b: &Number) -> bool {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a.as_f64() == b.as_f64(),
    }
}

fn whole(number: &Number) -> Option<i128> {
    let written = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    // `1.0` and `1e3` are whole as well.
    written.or_else(|| format!("{:.0}", number.as_f64().filter(|value| value.fract() == 0.0)?).parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn differs(before: Value, after: Value) -> bool {
        let job = |value: Value| Map::from_iter([("result".to_owned(), value)]);
        !undeclared(&job(before), &job(after), Absence::IsNull).is_empty()
    }

    #[test]
    fn a_null_that_is_gone_counts_between_answers_of_one_kind_only() {
        let job = |value: Value| Map::from_iter([("result".to_owned(), value)]);
        let (with, without) = (job(json!({ "recommended": null })), job(json!({})));
        assert_eq!(undeclared(&with, &without, Absence::Counts), ["/result"]);
        assert!(undeclared(&with, &without, Absence::IsNull).is_empty());
        assert!(undeclared(&job(Value::Null), &Map::new(), Absence::Counts).is_empty());
    }

    #[test]
    fn numbers_are_equal_by_value() {
        for (a, b) in
            [(json!(1), json!(1.0)), (json!(1000), json!(1e3)), (json!(1e30), json!(1e30)), (json!(0.5), json!(5e-1))]
        {
            assert!(!differs(a, b));
        }
        assert!(!differs(json!({"fontSize": "12"}), json!({"fontSize": 12})));
        assert!(differs(json!({"fontSize": "12"}), json!({"fontSize": 13})) && differs(json!("12"), json!("12.0")));
    }

    #[test]
    fn a_pointer_leads_to_the_name_as_it_was_sent() {
        let job = |value: i64| Map::from_iter([("error/co~de".to_owned(), json!(value))]);
        let found: Vec<_> =
            undeclared(&job(1), &job(2), Absence::IsNull).iter().map(|pointer| member(pointer)).collect();
        assert_eq!(found, ["error/co~de"]);
    }

    #[test]
    fn a_number_beyond_a_double_that_was_rounded_differs() {
        assert!(differs(
            json!({ "fontSize": 9_007_199_254_740_993_i64 }),
            json!({ "fontSize": 9_007_199_254_740_992_i64 })
        ));
        assert!(differs(json!(9_007_199_254_740_993_i64), json!(9_007_199_254_740_992.0)));
    }
}
