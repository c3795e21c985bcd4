//! What an update may have that a server may mind, as a table: what is looked at in the request, and one row each.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use crate::instant::Instant;
use crate::model::exchange::SentRequest;

/// Something that an update has, which another may lack.
#[derive(Debug)]
pub struct Trait {
    /// Follows "each of them has".
    pub what: &'static str,
    /// The requirement by which a server takes it.
    pub requirement: &'static str,
    holds: fn(&Facts<'_>) -> bool,
}

/// What is looked at in an update.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that is in an update or is not")]
struct Facts<'a> {
    request: &'a SentRequest,
    body: &'a Map<String, Value>,
    /// The values of [`PROPERTIES`], where the update sets them.
    set: [Option<&'a Value>; 7],
    /// The instants of [`TIMES`] as they would be with what is sent, where they are known.
    times: [Option<i128>; 3],
    has_id: bool,
    /// The root names its type.
    has_type: bool,
    /// The date-times, wherever they are.
    dates: Vec<&'a str>,
    /// The types that nested objects name.
    types: Vec<&'a str>,
    has_null: bool,
    has_empty_text: bool,
    has_long_text: bool,
    has_foreign_text: bool,
    has_empty_element: bool,
}

/// The seven properties that a client sets.
const PROPERTIES: [&str; 7] =
    ["type", "status", "tenantId", "creationDateTime", "startDateTime", "endDateTime", "error"];

/// The three times of a job among them.
const TIMES: [&str; 3] = ["creationDateTime", "startDateTime", "endDateTime"];

const fn row(what: &'static str, requirement: &'static str, holds: fn(&Facts<'_>) -> bool) -> Trait {
    Trait { what, requirement, holds }
}

/// The traits, those that tell most first; no more than there are bits in [`Traits`].
pub const TRAITS: &[Trait] = &[
    row("a nested `@odata.type` with `#`", "REQ-BODY-012", |f| f.types.iter().any(|name| name.starts_with('#'))),
    row("a nested `@odata.type` without `#`", "REQ-BODY-012", |f| f.types.iter().any(|name| !name.starts_with('#'))),
    row("an `@odata.type` with `#` at the root", "REQ-BODY-001", |f| f.root_type().starts_with('#')),
    row("another member before `@odata.type` at the root", "REQ-BODY-006", |f| {
        f.has_type && f.body.keys().next().is_some_and(|first| first != "@odata.type")
    }),
    row("line breaks in the body", "REQ-BODY-006", |f| f.request.body.contains(&b'\n')),
    row("null for `error`", "REQ-NULL-001", |f| f.get("error").is_some_and(Value::is_null)),
    row("null for a property", "REQ-NULL-001", |f| f.has_null),
    row("an element of `details` that holds nothing", "REQ-ERR-004", |f| f.has_empty_element),
    row("an empty `status`", "REQ-TYPE-003", |f| f.get("status").is_some_and(|status| status == "")),
    row("an empty string", "REQ-TYPE-003", |f| f.has_empty_text),
    row("a string of more than 100 characters", "REQ-TYPE-003", |f| f.has_long_text),
    row("characters beyond ASCII", "REQ-TYPE-003", |f| f.has_foreign_text),
    row("an `endDateTime` before the `startDateTime`", "REQ-DTO-006", |f| {
        f.sets("startDateTime") && f.sets("endDateTime") && ends_early(f)
    }),
    row("a time that puts `endDateTime` before `startDateTime`", "REQ-DTO-006", ends_early),
    row("an `endDateTime` alone, before the stored `startDateTime`", "REQ-DTO-006", |f| {
        f.without("endDateTime", "startDateTime") && ends_early(f)
    }),
    row("a `startDateTime` alone, after the stored `endDateTime`", "REQ-DTO-006", |f| {
        f.without("startDateTime", "endDateTime") && ends_early(f)
    }),
    row("an `endDateTime` that is the `startDateTime`", "REQ-DTO-006", |f| {
        f.order("startDateTime", "endDateTime") == Some(Ordering::Equal)
    }),
    row("a `creationDateTime` after the `startDateTime`", "REQ-DTO-006", |f| {
        f.order("startDateTime", "creationDateTime") == Some(Ordering::Less)
    }),
    row("a `creationDateTime` after the `endDateTime`", "REQ-DTO-006", |f| {
        f.order("endDateTime", "creationDateTime") == Some(Ordering::Less)
    }),
    row("a date-time in UTC (`Z`)", "REQ-DTO-005", |f| f.dates.iter().any(|date| date.ends_with('Z'))),
    row("a date-time with an offset of hours and minutes", "REQ-DTO-005", |f| {
        f.dates.iter().any(|date| offset(date).is_some_and(|offset| !offset.ends_with(":00")))
    }),
    row("a date-time with an offset", "REQ-DTO-005", |f| f.dates.iter().any(|date| offset(date).is_some())),
    row("a date-time", "REQ-DTO-005", |f| !f.dates.is_empty()),
    row("a date-time with seven fractional digits", "REQ-DTO-009", |f| f.dates.iter().any(|date| digits(date) == 7)),
    row("a date-time with one fractional digit", "REQ-DTO-009", |f| f.dates.iter().any(|date| digits(date) == 1)),
    row("a date-time with three fractional digits", "REQ-DTO-009", |f| f.dates.iter().any(|date| digits(date) == 3)),
    row("a date-time with six fractional digits", "REQ-DTO-009", |f| f.dates.iter().any(|date| digits(date) == 6)),
    row("a date-time with fractional digits", "REQ-DTO-009", |f| f.dates.iter().any(|date| digits(date) > 0)),
    row("a date-time without fractional digits", "REQ-DTO-009", |f| f.dates.iter().any(|date| digits(date) == 0)),
    row("nothing but `type`", "REQ-BODY-004", |f| f.only("type")),
    row("nothing but `status`", "REQ-BODY-004", |f| f.only("status")),
    row("nothing but `tenantId`", "REQ-BODY-004", |f| f.only("tenantId")),
    row("nothing but `creationDateTime`", "REQ-BODY-004", |f| f.only("creationDateTime")),
    row("nothing but `startDateTime`", "REQ-BODY-004", |f| f.only("startDateTime")),
    row("nothing but `endDateTime`", "REQ-BODY-004", |f| f.only("endDateTime")),
    row("nothing but `error`", "REQ-BODY-004", |f| f.only("error")),
    row("an `id` in the body", "REQ-BODY-003", |f| f.has_id),
    row("no `id` in the body", "REQ-BODY-002", |f| !f.has_id),
    row("no `@odata.type` at the root", "REQ-BODY-005", |f| !f.has_type),
    row("an `error` without `@odata.type`", "REQ-BODY-005", |f| f.in_error(|error| !error.contains_key("@odata.type"))),
    row("an element of `details` without `@odata.type`", "REQ-BODY-005", |f| f.in_error(has_untyped_element)),
    row("an element of `details` that holds something, but no `@odata.type`", "REQ-BODY-005", |f| {
        f.in_error(|error| elements(error).any(|element| !element.is_empty() && !element.contains_key("@odata.type")))
    }),
    row("no `type`", "REQ-BODY-004", |f| f.lacks("type")),
    row("no `status`", "REQ-BODY-004", |f| f.lacks("status")),
    row("no `tenantId`", "REQ-BODY-004", |f| f.lacks("tenantId")),
    row("no `creationDateTime`", "REQ-BODY-004", |f| f.lacks("creationDateTime")),
    row("no `startDateTime`", "REQ-BODY-004", |f| f.lacks("startDateTime")),
    row("no `endDateTime`", "REQ-BODY-004", |f| f.lacks("endDateTime")),
    row("no `error`", "REQ-BODY-004", |f| f.lacks("error")),
    row("`endDateTime` without `startDateTime`", "REQ-BODY-004", |f| f.without("endDateTime", "startDateTime")),
    row("`startDateTime` without `endDateTime`", "REQ-BODY-004", |f| f.without("startDateTime", "endDateTime")),
    row("`error` without `status`", "REQ-BODY-004", |f| f.without("error", "status")),
    row("`status` without `error`", "REQ-BODY-004", |f| f.without("status", "error")),
    row("`status` without `type`", "REQ-BODY-004", |f| f.without("status", "type")),
    row("all seven properties", "REQ-BODY-001", |f| f.set.iter().all(Option::is_some)),
    row("some of the seven properties left out", "REQ-BODY-004", |f| f.set.iter().any(Option::is_none)),
    row("a value for `type`", "REQ-BODY-004", |f| f.has_value("type")),
    row("a value for `status`", "REQ-BODY-004", |f| f.has_value("status")),
    row("a value for `tenantId`", "REQ-BODY-004", |f| f.has_value("tenantId")),
    row("a value for `creationDateTime`", "REQ-BODY-004", |f| f.has_value("creationDateTime")),
    row("a value for `startDateTime`", "REQ-BODY-004", |f| f.has_value("startDateTime")),
    row("a value for `endDateTime`", "REQ-BODY-004", |f| f.has_value("endDateTime")),
    row("`innerError`", "REQ-ERR-001", |f| f.of_error("innerError")),
    row("`details`", "REQ-ERR-004", |f| f.of_error("details")),
    row("`error`", "REQ-ERR-001", |f| f.sets("error")),
    row("an annotation besides `@odata.type`", "REQ-UNK-002", |f| {
        f.body.keys().any(|name| name.contains('@') && name != "@odata.type")
    }),
    row("an If-Match", "REQ-COND-001", |f| f.request.header("if-match").is_some()),
    row("a Prefer", "REQ-PREF-004", |f| f.request.header("prefer").is_some()),
    row("a query in the URL", "REQ-PATH-001", |f| f.request.url.contains('?')),
    row("a parameter of its media type", "REQ-MEDIA-002", |f| f.media_type().contains(';')),
    row("the bare media type `application/json`", "REQ-MEDIA-001", |f| f.media_type().trim() == "application/json"),
];

/// A set of [`TRAITS`], a bit each.
pub type Traits = u128;

const _: () = assert!(TRAITS.len() <= Traits::BITS as usize, "there are more traits than bits");

/// The traits of an update of a job that was so before, as far as that is known; none of what is not a JSON object.
#[must_use]
pub fn traits(request: &SentRequest, before: Option<&Value>) -> Traits {
    let Some(body) = request.json.as_deref().and_then(Value::as_object) else { return 0 };
    let mut facts = Facts {
        request,
        body,
        set: PROPERTIES.map(|_| None),
        times: TIMES.map(|_| None),
        has_id: false,
        has_type: false,
        dates: Vec::new(),
        types: Vec::new(),
        has_null: false,
        has_empty_text: false,
        has_long_text: false,
        has_foreign_text: false,
        has_empty_element: false,
    };
    facts.walk(body, true);
    if TIMES.iter().any(|name| facts.sets(name)) {
        facts.times = TIMES.map(|name| {
            let value = facts.get(name).or_else(|| before?.get(name))?;
            Some(Instant::parse(value.as_str()?).ok()?.picoseconds)
        });
    }
    TRAITS.iter().enumerate().filter(|(_, one)| (one.holds)(&facts)).fold(0, |set, (at, _)| set | 1 << at)
}

impl<'a> Facts<'a> {
    fn walk(&mut self, object: &'a Map<String, Value>, root: bool) {
        for (name, value) in object {
            if root {
                self.has_id |= name == "id";
                self.has_type |= name == "@odata.type";
                if let Some(place) = PROPERTIES.iter().position(|known| known == name) {
                    self.set[place] = Some(value);
                }
            }
            match value {
                Value::Null => self.has_null = true,
                Value::String(text) if name == "@odata.type" => {
                    if !root {
                        self.types.push(text);
                    }
                }
                Value::String(text) if name.ends_with("DateTime") => self.dates.push(text),
                Value::String(text) => {
                    self.has_empty_text |= text.is_empty();
                    self.has_long_text |= text.len() > 100;
                    self.has_foreign_text |= !text.is_ascii();
                }
                Value::Object(inner) => self.walk(inner, false),
                Value::Array(elements) => {
                    for element in elements.iter().filter_map(Value::as_object) {
                        self.has_empty_element |= element.keys().all(|name| name.contains('@'));
                        self.walk(element, false);
                    }
                }
                Value::Bool(_) | Value::Number(_) => {}
            }
        }
    }

    /// The value that the update has for a property.
    fn get(&self, property: &str) -> Option<&'a Value> {
        self.set[PROPERTIES.iter().position(|known| *known == property)?]
    }

    fn sets(&self, property: &str) -> bool {
        self.get(property).is_some()
    }

    fn has_value(&self, property: &str) -> bool {
        self.get(property).is_some_and(|value| !value.is_null())
    }

    /// Whether the update sets properties, but not this one.
    fn lacks(&self, property: &str) -> bool {
        !self.sets(property) && self.set.iter().any(Option::is_some)
    }

    fn in_error(&self, holds: fn(&Map<String, Value>) -> bool) -> bool {
        self.get("error").and_then(Value::as_object).is_some_and(holds)
    }

    fn only(&self, property: &str) -> bool {
        let mut named = self.body.keys().filter(|name| !name.contains('@') && *name != "id");
        named.next().is_some_and(|name| name == property) && named.next().is_none()
    }

    fn of_error(&self, part: &str) -> bool {
        self.get("error").is_some_and(|error| error.get(part).is_some())
    }

    /// The update sets one property and not the other.
    fn without(&self, property: &str, other: &str) -> bool {
        self.sets(property) && !self.sets(other)
    }

    /// How two times of the job would lie, with what is sent; nothing where neither is.
    fn order(&self, one: &str, other: &str) -> Option<Ordering> {
        if !self.sets(one) && !self.sets(other) {
            return None;
        }
        let at = |name: &str| self.times[TIMES.iter().position(|known| *known == name)?];
        Some(at(one)?.cmp(&at(other)?))
    }

    fn root_type(&self) -> &str {
        self.body.get("@odata.type").and_then(Value::as_str).unwrap_or_default()
    }

    fn media_type(&self) -> &str {
        self.request.header("content-type").unwrap_or_default()
    }
}

/// With what is sent, the job would end before it starts.
fn ends_early(f: &Facts<'_>) -> bool {
    f.order("endDateTime", "startDateTime") == Some(Ordering::Less)
}

fn has_untyped_element(error: &Map<String, Value>) -> bool {
    elements(error).any(|element| !element.contains_key("@odata.type"))
}

/// The elements of `details`.
fn elements(error: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    error.get("details").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// The offset of a date-time that is not in UTC by `Z`.
fn offset(date: &str) -> Option<&str> {
    let at = date.len().checked_sub(6)?;
    date.get(at..).filter(|end| end.starts_with(['+', '-']))
}

/// How many fractional digits the seconds have.
fn digits(date: &str) -> usize {
    date.split_once('.').map_or(0, |(_, rest)| rest.bytes().take_while(u8::is_ascii_digit).count())
}
