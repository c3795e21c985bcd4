//! Turns a schema violation into a sentence for the person who wrote the file.
//!
//! Unknown members name the nearest known one, a failed `anyOf` is told by its nearest branch, and a value of earlier versions
//! by what stands in its place now (`x-replaced` in the schema).

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

use crate::json::escape;
use crate::suggest::{hint, nearest};

/// A mistake before its line is known.
pub(super) struct Mistake {
    pub(super) pointer: String,
    /// The name of the member is wrong, not its value.
    pub(super) at_name: bool,
    pub(super) message: String,
}

/// Adds what `error` says, by the words of `schema`, to `mistakes`.
pub(super) fn explain(error: &ValidationError<'_>, schema: &'static Value, mistakes: &mut Vec<Mistake>) {
    let pointer = error.instance_path().as_str().to_owned();
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            for name in unexpected {
                let hint = hint(nearest(name, known_members(error, schema)));
                mistakes.push(Mistake {
                    pointer: format!("{pointer}/{}", escape(name)),
                    at_name: true,
                    message: format!("expected no such member{hint}"),
                });
            }
        }
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            explain_branches(error, context, schema, mistakes);
        }
        ValidationErrorKind::PropertyNames { error } => {
            let name = error.instance().as_str().unwrap_or_default();
            mistakes.push(Mistake {
                pointer: format!("{pointer}/{}", escape(name)),
                at_name: true,
                message: format!("expected the {}", lower(described(error, schema))),
            });
        }
        ValidationErrorKind::FalseSchema => {
            mistakes.push(Mistake { pointer, at_name: true, message: beside(error) });
        }
        _ => mistakes.push(Mistake { pointer, at_name: false, message: sentence(error, schema) }),
    }
}

/// The message for a violation that concerns one value.
fn sentence(error: &ValidationError<'_>, schema: &'static Value) -> String {
    let found = shown(error.instance());
    match error.kind() {
        ValidationErrorKind::Enum { options } => {
            if let Some(now) = replaced(error, schema) {
                return format!("expected {now} in place of {found}");
            }
            let options = options.as_array().map_or(&[][..], Vec::as_slice);
            one_of(&options.iter().filter_map(Value::as_str).collect::<Vec<_>>(), error.instance())
        }
        ValidationErrorKind::Type { kind } => format!("expected {}, found {found}", types(kind)),
        ValidationErrorKind::Required { property } => {
            format!("expected member `{}`", property.as_str().unwrap_or_default())
        }
        ValidationErrorKind::Minimum { limit } => format!("expected at least {limit}, found {found}"),
        ValidationErrorKind::Maximum { limit } => format!("expected at most {limit}, found {found}"),
        ValidationErrorKind::MinItems { .. } | ValidationErrorKind::MinLength { .. } => {
            format!("expected something, found {found}")
        }
        ValidationErrorKind::MinProperties { .. } => {
            let known: Vec<_> = known_members(error, schema).collect();
            format!("expected a member, one of {}", list(&known))
        }
        ValidationErrorKind::MaxProperties { .. } => "expected only one member".to_owned(),
        ValidationErrorKind::UniqueItems => "expected every item once".to_owned(),
        ValidationErrorKind::Pattern { .. } => {
            format!("expected {}, found {found}", lower(described(error, schema)))
        }
        _ => error.to_string(),
    }
}

/// Tells a value that fits no branch by the branch that it comes nearest to.
fn explain_branches(
    error: &ValidationError<'_>,
    branches: &[Vec<ValidationError<'static>>],
    schema: &'static Value,
    mistakes: &mut Vec<Mistake>,
) {
    let here = error.instance_path().as_str();
    let misses_by_kind = |branch: &&Vec<ValidationError<'static>>| {
        branch.iter().any(|inner| {
            inner.instance_path().as_str() == here
                && match inner.kind() {
                    ValidationErrorKind::Type { .. } => true,
                    // A list of names is meant only by something that is a name.
                    ValidationErrorKind::Enum { .. } => !inner.instance().is_string(),
                    _ => false,
                }
        })
    };
    let near = branches.iter().filter(|branch| !misses_by_kind(branch)).min_by_key(|branch| branch.len());
    if let Some(branch) = near {
        for inner in branch {
            explain(inner, schema, mistakes);
        }
        return;
    }
    mistakes.push(Mistake {
        pointer: here.to_owned(),
        at_name: false,
        message: format!("expected {}, found {}", lower(described(error, schema)), shown(error.instance())),
    });
}

fn one_of(options: &[&str], found: &Value) -> String {
    let hint = hint(found.as_str().and_then(|found| nearest(found, options.iter().copied())));
    format!("expected one of {}, found {}{hint}", list(options), shown(found))
}

fn list(names: &[&str]) -> String {
    names.join(", ")
}

/// The members that the schema knows where `error` found another.
fn known_members(error: &ValidationError<'_>, schema: &'static Value) -> impl Iterator<Item = &'static str> + use<> {
    let path = error.schema_path().as_str();
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let properties = schema.pointer(parent).and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    properties.into_iter().flat_map(|members| members.keys().map(String::as_str))
}

/// What stands in the place of a value that there was once.
fn replaced(error: &ValidationError<'_>, schema: &'static Value) -> Option<&'static str> {
    let path = error.schema_path().as_str();
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    schema.pointer(parent)?.get("x-replaced")?.get(error.instance().as_str()?)?.as_str()
}

/// What the schema says of the value where `error` is.
fn described(error: &ValidationError<'_>, schema: &'static Value) -> &'static str {
    let path = error.schema_path().as_str();
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let text = schema.pointer(parent).and_then(|schema| schema.get("description")).and_then(Value::as_str);
    text.unwrap_or("another value").trim_end_matches('.')
}

/// Which member forbids this one.
fn beside(error: &ValidationError<'_>) -> String {
    let path = error.evaluation_path().as_str();
    let by = path.split("/dependentSchemas/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    format!("expected no such member beside `{by}`")
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => format!("a value of type {kind}"),
        TypeKind::Multiple(kinds) => {
            let names: Vec<String> = kinds.iter().map(|kind| kind.to_string()).collect();
            format!("a value of type {}", names.join(" or "))
        }
    }
}

/// The value as JSON, cut to what a line can hold.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 40 {
        return text;
    }
    text.chars().take(40).chain("…".chars()).collect()
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
