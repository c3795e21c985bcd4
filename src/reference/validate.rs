//! From a JSON object to an update: names, types, nulls and annotations against the metadata.
//!
//! The result has no annotations, but for the type of an element of `details` that is of the derived type.

use serde_json::Value;

use super::datetime;
use super::effect::{Effects, Object, Switch};
use super::message::Refusal;

/// The type of a property.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Instant,
    Complex(&'static Shape),
    Details,
}

/// A structured type: its name and what it declares.
#[derive(Debug)]
pub(crate) struct Shape {
    name: &'static str,
    members: &'static [(&'static str, Kind)],
}

const JOB: Shape = Shape {
    name: "jobResponseBase",
    members: &[
        ("type", Kind::Text),
        ("status", Kind::Text),
        ("tenantId", Kind::Text),
        ("creationDateTime", Kind::Instant),
        ("startDateTime", Kind::Instant),
        ("endDateTime", Kind::Instant),
        ("error", Kind::Complex(&ERROR)),
    ],
};

pub(crate) static ERROR: Shape = Shape {
    name: "classificationError",
    members: &[
        ("code", Kind::Text),
        ("message", Kind::Text),
        ("target", Kind::Text),
        ("innerError", Kind::Complex(&INNER)),
        ("details", Kind::Details),
    ],
};

/// So spelled in all metadata.
pub(crate) static DETAIL: Shape = Shape {
    name: "classifcationErrorBase",
    members: &[
        ("code", Kind::Text),
        ("message", Kind::Text),
        ("target", Kind::Text),
        ("innerError", Kind::Complex(&INNER)),
    ],
};

pub(crate) static INNER: Shape = Shape {
    name: "classificationInnerError",
    members: &[
        ("errorDateTime", Kind::Instant),
        ("clientRequestId", Kind::Text),
        ("activityId", Kind::Text),
        ("code", Kind::Text),
    ],
};

/// The updatable properties in the order of the page.
pub(crate) fn properties() -> impl Iterator<Item = &'static str> {
    JOB.members.iter().map(|(name, _)| *name)
}

impl Shape {
    /// The name of the type without namespace.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// The declared names in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.members.iter().map(|(name, _)| *name)
    }
}

/// Reads the update of a job of type `kind`.
pub(crate) fn update(body: Object, kind: &str, id: Option<&str>, effects: &Effects) -> Result<Object, Refusal> {
    let check = Check { effects };
    check.type_name(&body, &[JOB.name, kind], "the job")?;
    let mut change = Object::new();
    for (name, value) in body {
        match (name.as_str(), &value) {
            ("id", Value::String(other)) => {
                if effects.on(Switch::RefuseOtherId) && id.is_some_and(|id| id != other) {
                    return Err(Refusal::bad("'id' cannot be changed."));
                }
            }
            ("userId", Value::String(_) | Value::Null) => {}
            ("result", Value::Object(_) | Value::Null) if kind != JOB.name => {
                change.insert(name, value);
            }
            ("id" | "userId", _) => {
                return Err(Refusal::bad(format!("'{name}' has the wrong type.")));
            }
            _ => check.member(&JOB, name, value, &mut change)?,
        }
    }
    Ok(change)
}

/// The qualified name in an annotation, reduced to the name within microsoft.graph.
pub(crate) fn reduce(name: &str) -> Option<&str> {
    let name = name.rsplit_once('#').map_or(name, |(_, fragment)| fragment);
    name.strip_prefix("microsoft.graph.").or_else(|| name.strip_prefix("graph."))
}

struct Check<'a> {
    effects: &'a Effects,
}

impl Check<'_> {
    fn member(&self, shape: &Shape, name: String, value: Value, change: &mut Object) -> Result<(), Refusal> {
        if name.contains('@') {
            return Ok(());
        }
        let Some((_, kind)) = shape.members.iter().find(|(known, _)| *known == name) else {
            let nested = shape.name != JOB.name;
            if self.effects.on(Switch::OpenType) {
                change.insert(name, value);
            } else if !self.effects.on(if nested { Switch::DropUnknownNested } else { Switch::DropUnknown }) {
                return Err(Refusal::bad(format!("The property '{name}' does not exist on type '{}'.", shape.name)));
            }
            return Ok(());
        };
        let value = self.value(*kind, &name, value)?;
        change.insert(name, value);
        Ok(())
    }

    fn value(&self, kind: Kind, name: &str, value: Value) -> Result<Value, Refusal> {
        match (kind, value) {
            (Kind::Details, Value::Null) if self.effects.on(Switch::NullDetailsEmpty) => Ok(Value::Array(Vec::new())),
            (Kind::Text | Kind::Instant | Kind::Complex(_), Value::Null) => Ok(Value::Null),
            (Kind::Text, text @ Value::String(_)) => Ok(text),
            (Kind::Instant, text @ Value::String(_)) if self.effects.on(Switch::NoDates) => Ok(text),
            (Kind::Instant, Value::String(text)) if datetime::parse(&text).is_some() => {
                Ok(text.to_ascii_uppercase().into())
            }
            (Kind::Instant, Value::String(_)) => {
                Err(Refusal::bad(format!("'{name}' is not a date and time with an offset.")))
            }
            (Kind::Complex(shape), Value::Object(object)) => self.complex(shape, object).map(Value::Object),
            (Kind::Details, Value::Array(items)) => self.details(items).map(Value::Array),
            (_, other) if self.effects.on(Switch::NoTypes) => Ok(other),
            _ => Err(Refusal::bad(format!("'{name}' has the wrong type."))),
        }
    }

    fn complex(&self, shape: &Shape, object: Object) -> Result<Object, Refusal> {
        self.type_name(&object, &[shape.name], shape.name)?;
        self.members(shape, object)
    }

    fn members(&self, shape: &Shape, object: Object) -> Result<Object, Refusal> {
        let mut change = Object::new();
        for (name, value) in object {
            self.member(shape, name, value, &mut change)?;
        }
        Ok(change)
    }

    fn details(&self, items: Vec<Value>) -> Result<Vec<Value>, Refusal> {
        let element = |item| match item {
            Value::Object(object) => {
                self.type_name(&object, &[DETAIL.name, ERROR.name], "an element of 'details'")?;
                let derived = object.get("@odata.type").and_then(Value::as_str).and_then(reduce) == Some(ERROR.name);
                let mut element = self.members(if derived { &ERROR } else { &DETAIL }, object)?;
                if derived {
                    element.insert("@odata.type".to_owned(), ERROR.name.into());
                }
                Ok(Value::Object(element))
            }
            other if self.effects.on(Switch::NoTypes) => Ok(other),
            _ => Err(Refusal::bad("An element of 'details' has to be an object.")),
        };
        items.into_iter().map(element).collect()
    }

    fn type_name(&self, object: &Object, legal: &[&str], place: &str) -> Result<(), Refusal> {
        let fits = match object.get("@odata.type") {
            None => true,
            Some(Value::String(name)) => reduce(name).is_some_and(|name| legal.contains(&name)),
            Some(_) => false,
        };
        if fits || self.effects.on(Switch::NoTypeNames) {
            Ok(())
        } else {
            Err(Refusal::bad(format!("The type name does not fit {place}.")))
        }
    }
}
