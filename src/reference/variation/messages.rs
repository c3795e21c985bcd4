//! Other ways to put an answer into octets and headers.

use std::fmt::Write as _;
use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::{Method, StatusCode};
use serde_json::Value;

use super::super::effect::{Effect, Object, Switch};
use super::super::message::{Answer, Request};
use super::super::octets::{edit_head, with, without};
use super::super::picture::each_object;
use super::super::wire::After;
use super::{Variation, row};

pub(super) const ROWS: &[Variation] = &[
    row(
        "pretty-printed",
        "JSON is indented.",
        &["REQ-RESP-002", "REQ-HDR-004"],
        Effect::Answer(|answer, _| indent(answer)),
    ),
    row(
        "ascii-only",
        "JSON is written in ASCII with escapes, slashes included.",
        &["REQ-RESP-002", "REQ-TYPE-003"],
        Effect::Answer(|answer, _| escape(answer)),
    ),
    row(
        "chunked",
        "Answers are sent in chunks without Content-Length.",
        &["REQ-HDR-004"],
        Effect::Answer(|answer, _| answer.sized = false),
    ),
    row("gzip", "Answers are compressed for clients that accept gzip.", &["REQ-HDR-004"], Effect::Answer(compress)),
    row(
        "made-job-tagged-by-its-octets",
        "The answer to a POST has an ETag of its octets in the header, as frameworks add one, beside that of the job.",
        &["REQ-COND-007"],
        Effect::Answer(|answer, request| {
            if request.method == Method::POST && answer.status == StatusCode::CREATED {
                let octets = answer.content().len();
                answer.set("etag", &format!("W/\"{octets:x}\""));
            }
        }),
    ),
    row(
        "gzip-tagged",
        "A compressed answer has an ETag of its own.",
        &["REQ-HDR-004", "REQ-COND-007"],
        Effect::Answer(|answer, request| {
            compress(answer, request);
            if answer.headers.contains_key("content-encoding")
                && let Some(tag) = answer.headers.get("etag").and_then(|tag| tag.to_str().ok())
                && let Some(start) = tag.strip_suffix('"')
            {
                answer.set("etag", &format!("{start}-gzip\""));
            }
        }),
    ),
    row(
        "content-type-charset",
        "Content-Type has charset=utf-8.",
        &["REQ-HDR-001", "REQ-ENV-003"],
        Effect::Answer(|answer, _| relabel(answer, "application/json; charset=utf-8")),
    ),
    row(
        "content-type-upper-case",
        "Content-Type is written in upper case with a quoted charset.",
        &["REQ-HDR-001", "REQ-ENV-003", "REQ-HTTP-001"],
        Effect::Answer(|answer, _| relabel(answer, "APPLICATION/JSON;Charset=\"UTF-8\"")),
    ),
    row(
        "content-type-bare",
        "Content-Type has no parameters.",
        &["REQ-HDR-001", "REQ-ENV-003"],
        Effect::Answer(|answer, _| relabel(answer, "application/json")),
    ),
    row(
        "connection-close",
        "The connection is closed after each answer.",
        &["REQ-HDR-004"],
        Effect::Answer(|answer, _| answer.set("connection", "close")),
    ),
    row(
        "close-delimited",
        "Answers have no length and end with the connection.",
        &["REQ-HDR-004"],
        Effect::Outbound(|message, _| {
            edit_head(message, |head| with(&without(head, "content-length"), "connection: close"));
            if message.starts_with(b"HTTP/1.1 1") { After::Keep } else { After::Close }
        }),
    ),
    row(
        "slow",
        "Answers take some milliseconds.",
        &["REQ-ATOM-003"],
        Effect::Answer(|answer, _| answer.delay += Duration::from_millis(3)),
    ),
    row(
        "odata-version-401",
        "OData-Version is 4.01, unless the client wants 4.0.",
        &["REQ-HDR-002", "REQ-HDR-003"],
        Effect::Answer(|answer, request| {
            if request.header("odata-maxversion") != "4.0" {
                answer.set("odata-version", "4.01");
            }
        }),
    ),
    row(
        "control-information-without-prefix",
        "Under OData-Version 4.01 names of control information lack the prefix odata.",
        &["REQ-RESP-005", "REQ-RESP-007", "REQ-ERR-005", "REQ-COND-001", "REQ-IDEMP-002"],
        Effect::Several(&[
            Effect::Answer(|answer, request| {
                if request.header("odata-maxversion") != "4.0" {
                    answer.set("odata-version", "4.01");
                    if let Some(Value::Object(body)) = answer.body.as_mut() {
                        each_object(body, &mut shorten);
                    }
                }
            }),
            // What is shown so is understood so.
            Effect::Parsed(|body| each_object(body, &mut lengthen)),
        ]),
    ),
    row(
        "no-request-id",
        "Answers have no request-id.",
        &["REQ-HDR-005"],
        Effect::Answer(|answer, _| answer.unset("request-id")),
    )
    .warning(&["REQ-HDR-005"]),
    row(
        "no-client-request-id",
        "Answers do not repeat the client-request-id.",
        &["REQ-HDR-006"],
        Effect::Answer(|answer, _| answer.unset("client-request-id")),
    )
    .warning(&["REQ-HDR-006"]),
    row(
        "client-request-id-in-an-encoded-cookie",
        "The client-request-id is kept in a cookie, percent-encoded.",
        &["REQ-SEC-003"],
        Effect::Answer(|answer, request| {
            let id = request.header("client-request-id").as_bytes();
            let id = percent_encoding::percent_encode(id, percent_encoding::NON_ALPHANUMERIC);
            answer.set("set-cookie", &format!("trace={id}; Path=/; HttpOnly"));
        }),
    ),
    row(
        "retry-after-zero",
        "Every answer has a Retry-After of no seconds.",
        &["REQ-THROT-003"],
        Effect::Answer(|answer, _| answer.set("retry-after", "0")),
    ),
    row(
        "retry-after-date",
        "Every answer has a Retry-After that is a past date.",
        &["REQ-THROT-003"],
        Effect::Answer(|answer, _| answer.set("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT")),
    ),
    row(
        "no-preference-applied",
        "Answers do not say which preference was applied.",
        &["REQ-PREF-001", "REQ-PREF-003"],
        Effect::Answer(|answer, _| answer.unset("preference-applied")),
    ),
    row(
        "no-content-with-length-zero",
        "A 204 has Content-Length: 0.",
        &["REQ-PREF-002"],
        Effect::Outbound(|message, _| {
            if message.starts_with(b"HTTP/1.1 204") {
                edit_head(message, |head| with(head, "content-length: 0"));
            }
            After::Keep
        }),
    )
    .warning(&["REQ-PREF-002"]),
    row(
        "no-reads",
        "Jobs cannot be read: GET is answered 405.",
        &["REQ-RESP-004"],
        Effect::Several(&[Effect::Switch(Switch::NoReads), Effect::Answer(|answer, _| disallow_get(answer))]),
    )
    .lacking(&["readback"]),
];

fn indent(answer: &mut Answer) {
    if let (Some(body), None) = (&answer.body, &answer.octets) {
        answer.octets = serde_json::to_vec_pretty(body).ok();
    }
}

fn escape(answer: &mut Answer) {
    answer.rewrite(|octets| {
        let text = String::from_utf8_lossy(octets).replace('/', "\\/");
        let mut ascii = String::with_capacity(text.len());
        for letter in text.chars() {
            if letter.is_ascii() {
                ascii.push(letter);
            } else {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    // Writing to a String cannot fail.
                    let _ = write!(ascii, "\\u{unit:04X}");
                }
            }
        }
        *octets = ascii.into_bytes();
    });
}

pub(crate) fn compress(answer: &mut Answer, request: &Request) {
    answer.set("vary", "accept-encoding");
    let content = answer.content();
    if !accepts(request, "gzip") || content.is_empty() {
        return;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    if let Ok(packed) = encoder.write_all(&content).and_then(|()| encoder.finish()) {
        answer.octets = Some(packed);
        answer.set("content-encoding", "gzip");
    }
}

/// Whether the client accepts a coding.
pub(super) fn accepts(request: &Request, coding: &str) -> bool {
    request.list("accept-encoding").split(',').any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        name.trim().eq_ignore_ascii_case(coding) && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

fn relabel(answer: &mut Answer, media_type: &str) {
    if answer.headers.contains_key("content-type") {
        answer.set("content-type", media_type);
    }
}

fn disallow_get(answer: &mut Answer) {
    let allow = answer.headers.get("allow").and_then(|allow| allow.to_str().ok()).unwrap_or_default();
    if !allow.is_empty() {
        let allow = allow.replace("GET, HEAD, ", "");
        answer.set("allow", &allow);
    }
}

/// The name of type in its long form.
fn lengthen(object: &mut Object) {
    let long = |name: String| if name == "@type" { "@odata.type".to_owned() } else { name };
    *object = std::mem::take(object).into_iter().map(|(name, value)| (long(name), value)).collect();
}

/// Takes the prefix from names of control information.
fn shorten(object: &mut Object) {
    let short = |name: String| if name.contains('@') { name.replace("@odata.", "@") } else { name };
    *object = std::mem::take(object).into_iter().map(|(name, value)| (short(name), value)).collect();
}
