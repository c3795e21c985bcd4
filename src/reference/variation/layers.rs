//! Answers that the API does not make: those of an HTTP library, or of a gateway in front, to what is no request to them.

use http::{Method, StatusCode};

use super::super::effect::Effect;
use super::super::message::{Answer, Request};
use super::{Variation, row};

pub(super) const ROWS: &[Variation] = &[
    row(
        "malformed-target-refused-below",
        "A path with a broken escape is answered 400 with plain text by the HTTP library.",
        &["REQ-ENV-001", "REQ-ENV-003", "REQ-HDR-002"],
        Effect::Answer(|answer, request| {
            if !escapes_are_whole(&request.path) {
                stand_in(answer, StatusCode::BAD_REQUEST, "400 Bad Request");
            }
        }),
    ),
    row(
        "hidden-separators-refused-below",
        "A path in which a slash, a backslash or NUL is escaped is answered 404 with a page of the gateway.",
        &["REQ-ENV-001", "REQ-ENV-003", "REQ-PATH-002", "REQ-SEC-004"],
        Effect::Answer(|answer, request| {
            let path = request.path.to_ascii_lowercase();
            if ["%2f", "%5c", "%00"].iter().any(|separator| path.contains(separator)) {
                stand_in(answer, StatusCode::NOT_FOUND, "<html><h1>Not Found</h1></html>");
            }
        }),
    ),
    row(
        "repeated-fields-refused-below",
        "A second line of Authorization or If-Match is answered 400 by the gateway.",
        &["REQ-ENV-001", "REQ-ENV-003", "REQ-HDR-002"],
        Effect::Several(&[
            Effect::Request(|request| {
                if repeats_a_field(request) {
                    // Nobody behind the gateway sees it.
                    "/".clone_into(&mut request.path);
                }
            }),
            Effect::Answer(|answer, request| {
                if repeats_a_field(request) {
                    stand_in(answer, StatusCode::BAD_REQUEST, "<html><h1>400 Bad Request</h1></html>");
                }
            }),
        ]),
    )
    .warning(&["REQ-COND-001"]),
    row(
        "chunked-requests-refused-below",
        "A request in chunks is answered 411 by the gateway, whoever sends it and wherever it goes.",
        &["REQ-HTTP-002", "REQ-AUTH-001", "REQ-ENV-001"],
        Effect::Several(&[
            Effect::Request(|request| {
                if request.headers.contains_key("transfer-encoding") {
                    // Nobody behind the gateway sees it.
                    "/".clone_into(&mut request.path);
                }
            }),
            Effect::Answer(|answer, request| {
                if request.headers.contains_key("transfer-encoding") {
                    stand_in(answer, StatusCode::LENGTH_REQUIRED, "<html><h1>411 Length Required</h1></html>");
                }
            }),
        ]),
    ),
    row(
        "long-heads-refused-below",
        "A header line of more than 4 KiB is answered 431 by the HTTP library.",
        &["REQ-AUTH-005", "REQ-ENV-001"],
        Effect::Answer(|answer, request| {
            if request.headers.values().any(|value| value.len() > 4096) {
                stand_in(answer, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "431 Request Header Fields Too Large");
            }
        }),
    ),
    row(
        "proxy-credentials-refused-by-a-gateway",
        "Proxy-Authorization is answered 407 by the gateway, which has no use for a token of the API.",
        &["REQ-AUTH-001", "REQ-ENV-001"],
        Effect::Answer(|answer, request| {
            if request.headers.contains_key("proxy-authorization") {
                stand_in(answer, StatusCode::PROXY_AUTHENTICATION_REQUIRED, "<html><h1>407</h1></html>");
                answer.set("proxy-authenticate", "Basic realm=\"gateway\"");
            }
        }),
    ),
    row(
        "unregistered-method-hangs-up",
        "A method that is not registered ends the connection.",
        &["REQ-METHOD-001"],
        Effect::Failed(|answer, request| {
            let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
            answer.abandoned |= !known.contains(&request.method.as_str());
        }),
    )
    .warning(&["REQ-METHOD-001"]),
    row(
        "trace-refused-by-a-gateway",
        "TRACE is answered 405 by the gateway, which does not know what the URL allows.",
        &["REQ-METHOD-001", "REQ-ENV-001"],
        Effect::Answer(|answer, request| {
            if request.method == Method::TRACE {
                stand_in(answer, StatusCode::METHOD_NOT_ALLOWED, "<html><h1>405 Not Allowed</h1></html>");
            }
        }),
    ),
    row(
        "incomplete-content-unavailable",
        "Content that broke off is answered 503 by the gateway, and reaches nobody.",
        &["REQ-HTTP-003", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| {
            if !request.whole && !request.oversized {
                stand_in(answer, StatusCode::SERVICE_UNAVAILABLE, "Backend fetch failed");
                answer.set("retry-after", "5");
            }
        }),
    ),
];

/// A page in place of the API's answer, without any of its header fields.
fn stand_in(answer: &mut Answer, status: StatusCode, page: &str) {
    *answer = Answer::new(status, None);
    answer.octets = Some(page.as_bytes().to_vec());
    answer.set("content-type", if page.starts_with('<') { "text/html" } else { "text/plain; charset=utf-8" });
}

fn escapes_are_whole(path: &str) -> bool {
    path.split('%').skip(1).all(|rest| rest.get(..2).is_some_and(|two| two.bytes().all(|c| c.is_ascii_hexdigit())))
}

fn repeats_a_field(request: &Request) -> bool {
    ["authorization", "if-match"].iter().any(|field| request.headers.get_all(*field).iter().count() > 1)
}
