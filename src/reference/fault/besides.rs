//! More faults of level [`FaultLevel::Credentials`](super::FaultLevel::Credentials): a guard that does not look where the
//! request has something else besides.

use super::Fault;
use super::FaultLevel::{Credentials, Routing};
use super::alter::{key, patches, row};
use super::conditions::given;
use crate::reference::auth::Access;
use crate::reference::effect::{Effect, Object};
use crate::reference::message::Request;
use crate::reference::store::State;

pub(super) const ROWS: &[Fault] = &[
    row(
        Credentials,
        "question-of-a-cache-needs-no-credentials",
        "A request with If-None-Match needs no credentials.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, _| past(given(request, "if-none-match"), access)),
    ),
    row(
        Credentials,
        "untyped-content-needs-no-credentials",
        "A request without Content-Type needs no credentials.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, _| past(patches(request) && !given(request, "content-type"), access)),
    ),
    row(
        Credentials,
        "principal-in-a-header-believed",
        "A header that names the caller, as a gateway sets it, stands for credentials.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, _| past(given(request, "x-ms-client-principal-id"), access)),
    ),
    row(
        Credentials,
        "token-behind-another-parameter-accepted",
        "The token may stand in the query behind another parameter.",
        &["REQ-AUTH-007"],
        Effect::Access(|request, access, options| {
            past(request.query.contains(&format!("&access_token={}", options.token)), access)
        }),
    ),
    scoped(
        "permission-not-checked-in-chunks",
        "A token without the needed permission may update in chunks.",
        Effect::Access(|request, access, _| privileged(given(request, "transfer-encoding"), access)),
    ),
    scoped(
        "permission-not-checked-under-a-condition",
        "A token without the needed permission may update under If-Match.",
        Effect::Access(|request, access, _| privileged(given(request, "if-match"), access)),
    ),
    scoped(
        "permission-not-checked-with-a-charset",
        "A token without the needed permission may update where the media type has a parameter.",
        Effect::Access(|request, access, _| privileged(request.header("content-type").contains(';'), access)),
    ),
    scoped(
        "permission-not-checked-with-a-query",
        "A token without the needed permission may update where the request has a query.",
        Effect::Access(|request, access, _| privileged(!request.query.is_empty(), access)),
    ),
    Fault {
        needs: &["second-tenant"],
        ..row(
            Credentials,
            "tenants-not-told-apart-in-chunks",
            "A token of another tenant may update in chunks.",
            &["REQ-SEC-005"],
            Effect::Access(|request, access, _| {
                let other = access == Access::Granted(1) && given(request, "transfer-encoding");
                if other { Access::Granted(0) } else { access }
            }),
        )
    },
    row(
        Routing,
        "unknown-job-made-where-its-id-is-named",
        "An update of an unknown id makes the job where the body names the id too.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-ISO-004"],
        Effect::Place(|request, state| {
            let named = key(request).is_some_and(|(_, id)| holds(&request.content, &id));
            make(named, request, state);
        }),
    ),
    row(
        Routing,
        "unknown-job-made-where-it-is-to-be-shown",
        "An update of an unknown id makes the job where the client prefers to see it.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-ISO-004"],
        Effect::Place(|request, state| {
            make(request.prefers("return").as_deref() == Some("representation"), request, state);
        }),
    ),
    row(
        Routing,
        "unknown-job-made-in-chunks",
        "An update of an unknown id in chunks makes the job.",
        &["REQ-PATH-002", "REQ-PATH-003", "REQ-ISO-004"],
        Effect::Place(|request, state| make(given(request, "transfer-encoding"), request, state)),
    ),
];

/// A row about a token without the needed permission.
const fn scoped(name: &'static str, title: &'static str, apply: Effect) -> Fault {
    Fault { needs: &["scoped-token"], ..row(Credentials, name, title, &["REQ-AUTH-008"], apply) }
}

/// Grants access to a request without credentials if so.
fn past(so: bool, access: Access) -> Access {
    if so && access == Access::Missing { Access::Granted(0) } else { access }
}

/// Grants access to a request without permission if so.
fn privileged(so: bool, access: Access) -> Access {
    if so && access == Access::Scope { Access::Granted(0) } else { access }
}

fn holds(content: &[u8], id: &str) -> bool {
    !id.is_empty() && content.windows(id.len()).any(|part| part == id.as_bytes())
}

/// Makes the job that an update names, if so.
fn make(so: bool, request: &Request, state: &mut State) {
    let unknown = key(request).filter(|key| so && patches(request) && !state.jobs.contains_key(key));
    if let Some(key) = unknown.filter(|(_, id)| uuid::Uuid::try_parse(id).is_ok()) {
        state.create(key, "jobResponseBase", 0, Object::new());
    }
}
