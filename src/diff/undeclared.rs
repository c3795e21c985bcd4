//! Members that the model does not declare: taken out, found, or compared between two answers of a server (rule 8).

use serde_json::{Map, Value};

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

/// JSON equality with numbers by value, objects without order, arrays with order; annotations do not count.
fn same_json(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(Value::Number(x)), Some(Value::Number(y))) => x == y || x.as_f64() == y.as_f64(),
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
