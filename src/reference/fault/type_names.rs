//! Reads the names of types in a body.

use serde_json::Value;

use super::alter::{any, content};
use crate::reference::effect::Object;
use crate::reference::message::Request;
use crate::reference::validate::reduce;

/// The annotation of type.
pub(super) const TYPE: &str = "@odata.type";

/// The name of the type of a value, as it stands there.
pub(super) fn type_of(value: &Value) -> Option<&str> {
    value.get(TYPE).and_then(Value::as_str)
}

/// Whether a test holds for the name of a type below the root.
pub(super) fn any_type_below(object: &Object, test: fn(&str) -> bool) -> bool {
    let below = object.iter().filter(|(name, _)| *name != TYPE).map(|(name, value)| (name.clone(), value.clone()));
    any(&below.collect(), &|name, value| name == TYPE && value.as_str().is_some_and(test))
}

/// The name of a type at the root of the content, reduced.
pub(super) fn type_name(request: &Request) -> Option<String> {
    content(request).get(TYPE).and_then(Value::as_str).and_then(reduce).map(str::to_owned)
}
