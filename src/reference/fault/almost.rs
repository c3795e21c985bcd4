//! Faults of several levels that need a request close to the usual one: a tag that is almost the current one, a
//! preference or condition beside a foreign token, an answer that the client asked for in other words.

use serde_json::{Value, json};

use super::Fault;
use super::FaultLevel::{Conditions, Credentials, Headers, Parsing, Routing, Store, Validation, Value as Values};
use super::alter::{content, patches, row, without_content};
use super::conditions::given;
use super::routing::go;
use crate::reference::auth::Access;
use crate::reference::effect::{Effect, Object, Switch};
use crate::reference::message::{Place, Request};
use crate::reference::store::{new_id, tag};

pub(super) const CREDENTIALS: &[Fault] = &[
    row(
        Credentials,
        "token-that-ends-a-query-accepted",
        "A token that holds a quote is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(|request, access, _| {
            if request.header("authorization").contains('\'') { Access::Granted(0) } else { access }
        }),
    ),
    Fault {
        needs: &["personal-token"],
        ..row(
            Credentials,
            "personal-account-not-asked-under-if-match",
            "A personal account is accepted under If-Match.",
            &["REQ-AUTH-009"],
            Effect::Access(|request, access, _| match access {
                Access::Personal if given(request, "if-match") => Access::Granted(0),
                _ => access,
            }),
        )
    },
    Fault {
        needs: &["second-tenant"],
        ..row(
            Credentials,
            "tenant-not-asked-under-minimal",
            "A caller of another tenant may update under return=minimal.",
            &["REQ-SEC-005"],
            Effect::Access(|request, access, _| {
                foreign(request, access, request.prefers("return").as_deref() == Some("minimal"))
            }),
        )
    },
    Fault {
        needs: &["second-tenant"],
        ..row(
            Credentials,
            "tenant-not-asked-under-if-match",
            "A caller of another tenant may update with an If-Match of *.",
            &["REQ-SEC-005"],
            Effect::Access(|request, access, _| foreign(request, access, request.header("if-match") == "*")),
        )
    },
    Fault {
        needs: &["second-tenant"],
        ..row(
            Credentials,
            "tenant-not-asked-to-set-nothing",
            "An update that sets nothing shows the job to a caller of another tenant.",
            &["REQ-SEC-005"],
            Effect::Access(|request, access, _| foreign(request, access, request.content == b"{}")),
        )
    },
];

pub(super) const PARSING: &[Fault] = &[
    row(
        Parsing,
        "content-type-of-the-page-not-understood",
        "The header name Content-type, as the page writes it, is not understood.",
        &["REQ-HTTP-001"],
        Effect::Inbound(|octets| {
            let line: &[u8] = b"Content-type: application/json";
            if let Some(at) = octets.windows(line.len()).position(|some| some == line) {
                octets[at + line.len() - 1] = b'x';
            }
        }),
    ),
    row(
        Parsing,
        "script-with-json-applied",
        "A JSON body declared as a script is applied.",
        &["REQ-MEDIA-003"],
        Effect::Request(|request| {
            if patches(request) && request.header("content-type").ends_with("/javascript") {
                request.headers.insert("content-type", http::HeaderValue::from_static("application/json"));
            }
        }),
    )
    .mild(),
];

pub(super) const VALIDATION: &[Fault] = &[
    row(
        Validation,
        "names-of-the-error-dropped-in-inner-error",
        "Names that are declared for the error are dropped in innerError.",
        &["REQ-UNK-001"],
        Effect::Parsed(|body| {
            let inner = body.get_mut("error").and_then(|error| error.get_mut("innerError"));
            if let Some(inner) = inner.and_then(Value::as_object_mut) {
                inner.retain(|name, _| !["message", "target", "details"].contains(&name.as_str()));
            }
        }),
    ),
    row(
        Validation,
        "odata-names-without-at-dropped",
        "Names that begin with odata. are dropped, though they are no annotations.",
        &["REQ-UNK-001"],
        Effect::Parsed(|body| body.retain(|name, _| !name.starts_with("odata."))),
    )
    .mild(),
    row(
        Validation,
        "unknown-dropped-under-representation",
        "Undeclared properties are dropped under return=representation.",
        &["REQ-UNK-001"],
        Effect::Request(|request| {
            if patches(request) && request.prefers("return").as_deref() == Some("representation") {
                let mut content = content(request);
                if content.shift_remove("patchproofUnknown").is_some() {
                    super::alter::set_content(request, content);
                }
            }
        }),
    ),
];

pub(super) const STORE: &[Fault] = &[
    row(
        Store,
        "minimal-update-adds-a-job",
        "An update under return=minimal adds a job to the collection.",
        &["REQ-ISO-004"],
        Effect::After(|state, key, request| {
            if request.prefers("return").as_deref() == Some("minimal") && state.jobs.len() < 1000 {
                state.create((key.0, new_id()), "jobResponseBase", 0, Object::new());
            }
        }),
    ),
    row(
        Store,
        "job-without-status-not-listed",
        "A list leaves out the jobs whose status is null.",
        &["REQ-ISO-004"],
        Effect::Answer(|answer, request| {
            if matches!(request.place, Place::Collection(_))
                && let Some(jobs) = answer.body.as_mut().and_then(|body| body.get_mut("value")?.as_array_mut())
            {
                jobs.retain(|job| job.get("status").is_none_or(|status| !status.is_null()));
            }
        }),
    ),
];

pub(super) const VALUES: &[Fault] = &[
    row(
        Values,
        "id-left-out-without-metadata",
        "Without metadata the answer has no id.",
        &["REQ-PROP-001"],
        Effect::Entity(|entity, request| {
            if request.header("accept").contains("metadata=none") {
                entity.shift_remove("id");
            }
        }),
    ),
    row(
        Values,
        "query-repeated-in-context",
        "The context of an answer repeats the query.",
        &["REQ-SEC-001"],
        Effect::Entity(|entity, request| {
            if let Some(Value::String(context)) = entity.get_mut("@odata.context") {
                context.push_str(&request.query);
            }
        }),
    ),
];

pub(super) const HEADERS: &[Fault] = &[
    row(
        Headers,
        "xml-where-it-is-named",
        "An answer is labelled XML where the client names that, however little it wants it.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, request| {
            if answer.body.is_some() && request.header("accept").contains("application/xml") {
                answer.set("content-type", "application/xml");
            }
        }),
    ),
    row(
        Headers,
        "version-of-jobs-without-error-not-limited",
        "A job without an error is shown with OData-Version 4.01 whatever OData-MaxVersion says.",
        &["REQ-HDR-003"],
        Effect::Updated(|answer, _| {
            if answer.body.as_ref().and_then(|job| job.get("error")).is_some_and(Value::is_null) {
                answer.set("odata-version", "4.01");
            }
        }),
    ),
];

pub(super) const ROUTING: &[Fault] = &[row(
    Routing,
    "odata-id-followed",
    "An update goes to the job that @odata.id in the body names.",
    &["REQ-UNK-002", "REQ-ISO-001", "REQ-IDENT-001"],
    Effect::Place(|request, state| {
        let content = content(request);
        let named = content.get("@odata.id").and_then(Value::as_str).filter(|_| patches(request));
        let found = named.and_then(|named| state.jobs.keys().find(|(_, id)| named.contains(id.as_str())).cloned());
        go(request, found);
    }),
)];

pub(super) const CONDITIONS: &[Fault] = &[
    row(
        Conditions,
        "tag-compared-by-its-beginning",
        "An If-Match holds where the ETag begins with it.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            let sent = opaque(request);
            holds || !sent.is_empty() && tag(job).trim_matches('"').starts_with(sent)
        }),
    ),
    row(
        Conditions,
        "tag-compared-up-to-its-length",
        "An If-Match holds where it begins with the ETag.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| holds || opaque(request).starts_with(tag(job).trim_matches('"'))),
    ),
    row(
        Conditions,
        "tag-compared-without-case",
        "An If-Match is compared with the ETag without regard to case.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            holds || opaque(request).eq_ignore_ascii_case(tag(job).trim_matches('"'))
        }),
    ),
    row(
        Conditions,
        "tag-compared-by-its-number",
        "Only the number in an ETag is compared.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            let number = opaque(request).trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<u64>();
            holds || number.is_ok_and(|number| number == job.revision) || opaque(request) == "1"
        }),
    ),
    row(
        Conditions,
        "later-tag-accepted",
        "An If-Match of a state that is yet to come holds.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, job| {
            let number = opaque(request).strip_prefix('r').and_then(|number| number.parse::<u64>().ok());
            holds || number.is_some_and(|number| number == job.revision + 1)
        }),
    ),
    row(
        Conditions,
        "tag-before-the-last-accepted",
        "An If-Match of the state before the last but one holds.",
        &["REQ-COND-002"],
        Effect::Several(&[
            Effect::Tag(|job| format!("\"p{}\"", job.patches)),
            Effect::Condition(|holds, request, job| {
                let number = opaque(request).strip_prefix('p').and_then(|number| number.parse::<u64>().ok());
                holds || number.is_some_and(|number| number + 2 == job.patches)
            }),
        ]),
    ),
    row(
        Conditions,
        "empty-tag-accepted",
        "An If-Match of an empty tag holds.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| holds || ["\"\"", "W/\"\""].contains(&request.header("if-match"))),
    ),
    row(
        Conditions,
        "quoted-star-taken-as-wildcard",
        "An If-Match of * in quotes holds for every state.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| holds || request.header("if-match") == "\"*\""),
    )
    .mild(),
    row(
        Conditions,
        "if-match-ignored-in-chunks",
        "If-Match is not looked at where the content comes in chunks.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| {
            holds || given(request, "if-match") && given(request, "transfer-encoding")
        }),
    ),
    row(
        Conditions,
        "if-match-ignored-with-a-charset",
        "If-Match is not looked at where the media type has a charset.",
        &["REQ-COND-002"],
        Effect::Condition(|holds, request, _| {
            holds || given(request, "if-match") && request.header("content-type").contains("charset")
        }),
    ),
    row(
        Conditions,
        "list-without-blanks-not-split",
        "A list in If-Match is not split where it has no blanks.",
        &["REQ-COND-001"],
        Effect::Condition(|holds, request, _| holds && !request.header("if-match").contains("\",\"")),
    )
    .mild(),
    row(
        Conditions,
        "first-line-of-if-match-alone",
        "Of several lines of If-Match the first one alone counts.",
        &["REQ-COND-001"],
        Effect::Request(|request| {
            let first = request.headers.get("if-match").cloned();
            if let Some(first) = first {
                request.headers.insert("if-match", first);
            }
        }),
    )
    .mild(),
    row(
        Conditions,
        "condition-judged-early",
        "The preconditions are judged, and the update is made after a while whatever happened since.",
        &["REQ-COND-002"],
        Effect::Switch(Switch::JudgeThenAct),
    ),
    row(
        Conditions,
        "etag-without-targets-of-details",
        "The ETag does not depend on the targets of the details.",
        &["REQ-COND-006"],
        Effect::Tag(|job| {
            let mut all = Value::Object(job.properties.clone());
            let details = all.pointer_mut("/error/details").and_then(Value::as_array_mut);
            for detail in details.into_iter().flatten().filter_map(Value::as_object_mut) {
                detail.shift_remove("target");
            }
            super::etags::digest(Some(&all))
        }),
    ),
    row(
        Conditions,
        "representation-of-no-change-left-out",
        "An update that sets nothing is answered 204 under return=representation.",
        &["REQ-PREF-003"],
        Effect::Updated(|answer, request| {
            let nothing = request.body == *json!({}).as_object().unwrap_or(&Object::new());
            if nothing && request.prefers("return").as_deref() == Some("representation") {
                without_content(answer);
            }
        }),
    ),
];

/// The tag in If-Match without quotes and mark of weakness, if there is one tag.
fn opaque(request: &Request) -> &str {
    let sent = request.header("if-match");
    let sent = sent.strip_prefix("W/").unwrap_or(sent);
    sent.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default()
}

/// A caller of the second tenant is taken for one of the first.
fn foreign(request: &Request, access: Access, so: bool) -> Access {
    if access == Access::Granted(1) && so && patches(request) { Access::Granted(0) } else { access }
}
