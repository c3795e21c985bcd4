//! Reads the members of content as they stand there, repeated ones too.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::reference::message::Request;

/// The members at the root, repeated ones too.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut all = Vec::new();
                while let Some(member) = map.next_entry()? {
                    all.push(member);
                }
                Ok(Members(all))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// The members at the root of the content, in their order.
pub(super) fn members(request: &Request) -> Vec<(String, Value)> {
    serde_json::from_slice::<Members>(&request.content).map(|members| members.0).unwrap_or_default()
}

/// Whether there are more open brackets than any job needs.
pub(super) fn deep(request: &Request) -> bool {
    request.content.iter().filter(|octet| b"[{".contains(octet)).count() > 500
}
