//! Faults of several levels that show where a request is not of the usual form: tokens elsewhere, several texts in one
//! body, ids and versions that cannot be read.

use serde_json::{Value, json};

use super::FaultLevel::{Credentials, Headers, Parsing, Routing};
use super::alter::{content, crashed, instead, key, patches, set_content, unsupported, without_content};
use super::repair::lenient;
use super::routes::{go, no_such_job};
use super::{Fault, row};
use crate::reference::auth::Access;
use crate::reference::effect::Effect;
use crate::reference::message::{Answer, Request};

pub(super) const CREDENTIALS: &[Fault] = &[
    row(
        Credentials,
        "token-in-parameter-token-accepted",
        "A query parameter token stands for the header.",
        &["REQ-AUTH-007", "REQ-AUTH-001"],
        Effect::Access(|request, access, options| {
            let given = request.query.split('&').any(|pair| pair.strip_prefix("token=") == Some(&options.token));
            if given { Access::Granted(0) } else { access }
        }),
    ),
    row(
        Credentials,
        "token-in-x-access-token-accepted",
        "A header X-Access-Token stands for Authorization.",
        &["REQ-AUTH-001"],
        Effect::Access(
            |request, access, options| {
                if request.header("x-access-token") == options.token { Access::Granted(0) } else { access }
            },
        ),
    ),
    row(
        Credentials,
        "empty-authorization-crashes",
        "An empty Authorization header ends in 500.",
        &["REQ-STATUS-002", "REQ-AUTH-001"],
        Effect::Failed(|answer, request| {
            if request.headers.get("authorization").is_some_and(http::HeaderValue::is_empty) {
                instead(answer, 401, 500);
            }
        }),
    ),
    row(
        Credentials,
        "unreadable-basic-credentials-crash",
        "Basic credentials that are not base64 end in 500.",
        &["REQ-STATUS-002", "REQ-AUTH-001"],
        Effect::Failed(|answer, request| {
            let basic = request.header("authorization").strip_prefix("Basic ");
            if basic.is_some_and(|rest| rest.contains(['?', '*', '!'])) {
                instead(answer, 401, 500);
            }
        }),
    ),
    Fault {
        needs: &["scoped-token"],
        ..row(
            Credentials,
            "permission-asked-for-status-only",
            "A token without the needed permission may update whatever is not the status.",
            &["REQ-AUTH-008"],
            Effect::Access(|request, access, _| match access {
                Access::Scope if patches(request) && !content(request).contains_key("status") => Access::Granted(0),
                _ => access,
            }),
        )
    },
    Fault {
        needs: &["scoped-token"],
        ..row(
            Credentials,
            "permission-not-asked-to-set-nothing",
            "A token without the needed permission may send an update that sets nothing.",
            &["REQ-AUTH-008"],
            Effect::Access(|request, access, _| match access {
                Access::Scope if request.content == b"{}" => Access::Granted(0),
                _ => access,
            }),
        )
    },
    Fault {
        needs: &["personal-token"],
        ..row(
            Credentials,
            "personal-account-not-asked-under-minimal",
            "A personal account is accepted under return=minimal.",
            &["REQ-AUTH-009"],
            Effect::Access(|request, access, _| match access {
                Access::Personal if request.prefers("return").as_deref() == Some("minimal") => Access::Granted(0),
                _ => access,
            }),
        )
    },
];

pub(super) const PARSING: &[Fault] = &[
    row(
        Parsing,
        "first-of-several-lines-taken",
        "Of several JSON texts on lines of their own the first one is applied.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            lenient(request, |text| match text.split_once('\n') {
                Some((first, rest)) if first.ends_with('}') && rest.starts_with('{') => first.to_owned(),
                _ => text.to_owned(),
            });
        }),
    ),
    row(
        Parsing,
        "prefix-against-inclusion-dropped",
        "The characters )]}' in front of a JSON text are dropped.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            lenient(request, |text| text.trim_start_matches([')', ']', '}', '\'', ',', '\n']).to_owned());
        }),
    ),
    row(
        Parsing,
        "call-around-a-text-dropped",
        "A call around a JSON text, as of JSONP, is dropped.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            lenient(request, |text| text.trim_start_matches("callback(").trim_end_matches([')', ';']).to_owned());
        }),
    ),
    row(
        Parsing,
        "surrogates-as-utf-8-accepted",
        "Surrogates that are encoded as UTF-8 one by one are read as the character that they are a pair of.",
        &["REQ-BODY-007"],
        Effect::Request(|request| {
            let pair: &[u8] = b"\xed\xa0\xbd\xed\xb8\x80";
            if let Some(at) = request.content.windows(pair.len()).position(|octets| octets == pair) {
                request.content.splice(at..at + pair.len(), "😀".bytes());
            }
        }),
    ),
    row(
        Parsing,
        "empty-string-taken-as-nothing",
        "An empty string at the top level is taken for an update that sets nothing.",
        &["REQ-BODY-008", "REQ-STATUS-003"],
        Effect::Request(|request| nothing_instead_of(request, &json!(""))),
    ),
    row(
        Parsing,
        "zero-taken-as-nothing",
        "A zero at the top level is taken for an update that sets nothing.",
        &["REQ-BODY-008", "REQ-STATUS-003"],
        Effect::Request(|request| nothing_instead_of(request, &json!(0))),
    ),
    row(
        Parsing,
        "false-taken-as-nothing",
        "A false at the top level is taken for an update that sets nothing.",
        &["REQ-BODY-008", "REQ-STATUS-003"],
        Effect::Request(|request| nothing_instead_of(request, &json!(false))),
    ),
    row(
        Parsing,
        "white-space-before-parameters-refused",
        "White space before the semicolon of a media type is refused.",
        &["REQ-MEDIA-002"],
        Effect::Refuse(|_, request| unsupported(request.header("content-type").contains(" ;"))),
    ),
    row(
        Parsing,
        "text-xml-taken-as-nothing",
        "A document of type text/xml is answered 200.",
        &["REQ-MEDIA-003", "REQ-MEDIA-004", "REQ-STATUS-003"],
        Effect::Request(|request| {
            if patches(request) && request.header("content-type").starts_with("text/xml") {
                request.headers.remove("content-type");
                set_content(request, json!({}));
            }
        }),
    ),
];

pub(super) const ROUTING: &[Fault] = &[
    row(
        Routing,
        "unknown-job-answered-204-under-minimal",
        "An update of an unknown id is answered 204 under return=minimal.",
        &["REQ-PATH-002", "REQ-STATUS-003"],
        Effect::Failed(|answer, request| {
            if no_such_job(answer, request) && request.prefers("return").as_deref() == Some("minimal") {
                without_content(answer);
            }
        }),
    ),
    row(
        Routing,
        "nothing-set-before-the-job-is-looked-up",
        "An update that sets nothing is answered 200 before anybody looks for the job.",
        &["REQ-PATH-002", "REQ-STATUS-003"],
        Effect::Failed(|answer, request| {
            if no_such_job(answer, request) && request.content == b"{}" {
                without_content(answer);
            }
        }),
    ),
    row(
        Routing,
        "job-found-by-the-beginning-of-its-id",
        "A job is found by the beginning of its id.",
        &["REQ-PATH-002"],
        Effect::Place(|request, state| {
            let Some((collection, id)) = key(request).filter(|(_, id)| id.len() > 8 && patches(request)) else {
                return;
            };
            let found = state.jobs.keys().find(|known| known.0 == collection && known.1.starts_with(&id)).cloned();
            go(request, found);
        }),
    ),
    row(
        Routing,
        "long-id-crashes",
        "An id of more than 300 characters ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash(answer, request, request.path.len() > 300)),
    ),
    row(
        Routing,
        "broken-escape-crashes",
        "An escape in the path that is none ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash(answer, request, request.path.contains("%zz"))),
    ),
    row(
        Routing,
        "escape-that-is-not-utf-8-crashes",
        "An escape in the path that is not UTF-8 ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash(answer, request, request.path.contains("%FF"))),
    ),
];

pub(super) const HEADERS: &[Fault] = &[
    row(
        Headers,
        "version-of-refusals-not-limited",
        "A refusal has OData-Version 4.01 whatever OData-MaxVersion says.",
        &["REQ-HDR-003"],
        Effect::Failed(|answer, _| answer.set("odata-version", "4.01")),
    ),
    row(
        Headers,
        "version-without-content-not-limited",
        "An answer without content has OData-Version 4.01 whatever OData-MaxVersion says.",
        &["REQ-HDR-003"],
        Effect::Updated(|answer, _| {
            if answer.body.is_none() {
                answer.set("odata-version", "4.01");
            }
        }),
    ),
    row(
        Headers,
        "version-that-is-no-number-crashes",
        "An OData-MaxVersion that is no number ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Refuse(|_, request| {
            let asked = request.header("odata-maxversion");
            crashed(!asked.is_empty() && asked.parse::<f64>().is_err())
        }),
    ),
    row(
        Headers,
        "second-charset",
        "A second charset of the media type is not utf-8.",
        &["REQ-HDR-001"],
        Effect::Updated(|answer, _| answer.set("content-type", "application/json; charset=utf-8; charset=utf-16")),
    ),
];

/// An update that sets nothing, where the content is this value.
fn nothing_instead_of(request: &mut Request, value: &Value) {
    if patches(request) && serde_json::from_slice::<Value>(&request.content).is_ok_and(|content| content == *value) {
        set_content(request, json!({}));
    }
}

/// Fails with 500 where no job was found.
fn crash(answer: &mut Answer, request: &Request, so: bool) {
    if so && patches(request) {
        instead(answer, 404, 500);
        instead(answer, 400, 500);
    }
}
