//! A token counts where it stands in the query, the body or another header.

use http::HeaderValue;
use serde_json::{Value, json};

use super::row;
use crate::reference::auth::Access;
use crate::reference::effect::{Effect, Object};
use crate::reference::fault::Fault;
use crate::reference::fault::access::{GRANTED, past};
use crate::reference::fault::alter::{absorb, content, restatus, set_content};
use crate::reference::fault::given::media;

pub(super) const ROWS: &[Fault] = &[
    row(
        "token-in-query-accepted",
        "The token may stand in the query.",
        &["REQ-AUTH-007", "REQ-AUTH-001"],
        Effect::Access(|request, access, options| {
            let given = |pair: &str| pair.split_once('=').is_some_and(|(_, value)| value == options.token);
            if request.query.split('&').any(given) { GRANTED } else { access }
        }),
    ),
    row(
        "any-token-in-query-accepted",
        "A query with access_token stands for credentials, whatever it says.",
        &["REQ-AUTH-007", "REQ-AUTH-001"],
        Effect::Access(|request, access, _| if request.query.contains("access_token=") { GRANTED } else { access }),
    ),
    row(
        "token-in-query-answered-500",
        "A token in the query ends in 500.",
        &["REQ-AUTH-007", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if request.query.contains("access_token=") {
                restatus(answer, 500);
            }
        }),
    ),
    row(
        "token-behind-another-parameter-accepted",
        "The token may stand in the query behind another parameter.",
        &["REQ-AUTH-007"],
        Effect::Access(|request, access, options| {
            past(request.query.contains(&format!("&access_token={}", options.token)), access)
        }),
    ),
    row(
        "token-in-trailer-accepted",
        "The token may stand in a trailer field.",
        &["REQ-AUTH-001", "REQ-AUTH-007"],
        Effect::Access(|request, access, options| {
            let given = request.trailers.get("authorization").and_then(|value| value.to_str().ok());
            past(given.and_then(|value| value.strip_prefix("Bearer ")) == Some(&options.token), access)
        }),
    ),
    row(
        "proxy-authorization-accepted",
        "Proxy-Authorization stands for Authorization.",
        &["REQ-AUTH-001"],
        Effect::Access(|request, access, options| {
            past(request.header("proxy-authorization") == format!("Bearer {}", options.token), access)
        }),
    ),
    row(
        "token-in-parameter-token-accepted",
        "A query parameter token stands for the header.",
        &["REQ-AUTH-007", "REQ-AUTH-001"],
        Effect::Access(|request, access, options| {
            let given = request.query.split('&').any(|pair| pair.strip_prefix("token=") == Some(&options.token));
            if given { Access::Granted(0) } else { access }
        }),
    ),
    row(
        "token-in-json-body-accepted",
        "A member access_token of the body stands for the header.",
        &["REQ-AUTH-007", "REQ-AUTH-001"],
        Effect::Several(&[
            Effect::Access(|request, access, options| {
                let given = content(request).get("access_token").and_then(Value::as_str) == Some(&options.token);
                if given && request.header("authorization").is_empty() { Access::Granted(0) } else { access }
            }),
            Effect::Parsed(|object| drop(object.shift_remove("access_token"))),
        ]),
    ),
    row(
        "token-in-form-body-accepted",
        "A form is taken for an update, as Accept-Patch says, and its access_token for the header.",
        &["REQ-AUTH-007", "REQ-AUTH-001"],
        Effect::Several(&[
            Effect::Request(|request| {
                if media(request).starts_with(FORM) {
                    let pairs = form_urlencoded::parse(&request.content);
                    let body: Object = pairs.map(|(name, value)| (format!("form_{name}"), value.into())).collect();
                    let status = body.get("form_status").cloned().unwrap_or_default();
                    let token = body.get("form_access_token").cloned().unwrap_or_default();
                    set_content(request, json!({ "form_access_token": token, "status": status }));
                    request.headers.insert("content-type", HeaderValue::from_static("application/json"));
                }
            }),
            Effect::Access(|request, access, options| {
                let given = content(request).get("form_access_token").and_then(Value::as_str) == Some(&options.token);
                if given && request.header("authorization").is_empty() { Access::Granted(0) } else { access }
            }),
            Effect::Parsed(|object| drop(object.shift_remove("form_access_token"))),
            Effect::Answer(|answer, _| answer.set("accept-patch", &format!("application/json, {FORM}"))),
        ]),
    ),
    row(
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
        "applied-with-token-in-query",
        "A request with the token in the query is answered 401 and applied all the same.",
        &["REQ-AUTH-007", "REQ-ATOM-002"],
        Effect::Refused(|status, request, job| {
            if status == 401 && request.query.contains("access_token=") {
                absorb(content(request), job);
            }
        }),
    ),
];

const FORM: &str = "application/x-www-form-urlencoded";
