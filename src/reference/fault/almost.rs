//! Faults of several levels that need a request close to the usual one: a preference or condition beside a foreign
//! token, a name at another place, an answer that the client asked for in other words.

use serde_json::Value;

use super::FaultLevel::{Credentials, Headers, Parsing, Routing, Store, Validation, Value as Values};
use super::alter::{content, patches, set_content};
use super::given::given;
use super::{Fault, row};
use crate::reference::auth::Access;
use crate::reference::effect::{Effect, Object, Switch};
use crate::reference::message::{Place, Request};
use crate::reference::store::new_id;

pub(super) const CREDENTIALS: &[Fault] = &[
    row(
        Credentials,
        "token-that-ends-a-query-accepted",
        "A token that holds a quote is accepted.",
        &["REQ-AUTH-005"],
        Effect::Access(
            |request, access, _| {
                if request.header("authorization").contains('\'') { Access::Granted(0) } else { access }
            },
        ),
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
                    set_content(request, content);
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
    "deleted-job-comes-back",
    "An update finds a job that was deleted, and brings it back.",
    &["REQ-PATH-002"],
    Effect::Switch(Switch::DeletedComesBack),
)];

/// A caller of the second tenant is taken for one of the first.
fn foreign(request: &Request, access: Access, so: bool) -> Access {
    if access == Access::Granted(1) && so && patches(request) { Access::Granted(0) } else { access }
}
