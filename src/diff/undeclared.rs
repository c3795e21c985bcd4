//! Members that the model does not declare: taken out, found, or compared between two answers of a server (rule 8).

use serde_json::{Map, Number, Value};

use super::shape::{Form, JOB};
use crate::json::escape;

/// Takes the members that the model does not declare out of a job, at every depth; annotations and the key stay.
pub fn strip_undeclared(job: &mut Value) {
    strip(JOB, job);
}

fn strip(form: &[(&str, Form)], value: &mut Value) {
    let Value::Object(members) = value else { return };
    let declared = |name: &str| form.iter().find(|(known, _)| *known == name).map(|(_, form)| *form);
    members.retain(|name, _| name.contains('@') || name == "id" || declared(name).is_some());
    for (name, member) in members.iter_mut() {
        match declared(name) {
            Some(Form::Complex(form)) => strip(form, member),
            Some(Form::Collection(form)) => {
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

/// Members outside the model that differ between two answers of the server (rule 8), as JSON Pointers.
#[must_use]
pub fn undeclared(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<String> {
    let counts = |name: &str| !name.contains('@') && name != "id" && JOB.iter().all(|(known, _)| *known != name);
    let mut names: Vec<&String> = before.keys().chain(after.keys()).filter(|name| counts(name)).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| !same_json(before.get(*name), after.get(*name)))
        .map(|name| format!("/{}", escape(name)))
        .collect()
}

/// The name of the member at the root that a pointer leads to.
#[must_use]
pub fn member(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace("~1", "/").replace("~0", "~")
}

/// JSON equality with numbers by value, objects without order, arrays with order; annotations do not count.
fn same_json(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(Value::Number(x)), Some(Value::Number(y))) => same_number(x, y),
        (Some(Value::Array(x)), Some(Value::Array(y))) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same_json(Some(x), Some(y)))
        }
        (Some(Value::Object(x)), Some(Value::Object(y))) => {
            x.keys().chain(y.keys()).filter(|name| !name.contains('@')).all(|name| same_json(x.get(name), y.get(name)))
        }
        (None | Some(Value::Null), None | Some(Value::Null)) => true,
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
        !undeclared(&job(before), &job(after)).is_empty()
    }

    #[test]
    fn numbers_are_equal_by_value() {
        for (a, b) in
            [(json!(1), json!(1.0)), (json!(1000), json!(1e3)), (json!(1e30), json!(1e30)), (json!(0.5), json!(5e-1))]
        {
            assert!(!differs(a, b));
        }
    }

    #[test]
    fn a_pointer_leads_to_the_name_as_it_was_sent() {
        let job = |value: i64| Map::from_iter([("error/co~de".to_owned(), json!(value))]);
        let found: Vec<_> = undeclared(&job(1), &job(2)).iter().map(|pointer| member(pointer)).collect();
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
