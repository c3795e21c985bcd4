//! A charset or another parameter of the media type application/json is refused, or crashes the server.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{crashed, fail_on_type, unsupported};
use crate::reference::fault::given::media;

pub(super) const ROWS: &[Fault] = &[
    row(
        "charset-parameter-refused",
        "A charset parameter on application/json is refused.",
        &["REQ-MEDIA-002"],
        Effect::Refuse(|_, request| unsupported(media(request).to_ascii_lowercase().contains("charset"))),
    ),
    row(
        "charset-value-in-capitals-refused",
        "A charset whose value is in capitals is refused.",
        &["REQ-MEDIA-002", "REQ-HTTP-001"],
        Effect::Refuse(|_, request| unsupported(media(request).contains("charset=UTF-8"))),
    ),
    row(
        "quoted-charset-refused",
        "A quoted parameter value on application/json is refused.",
        &["REQ-MEDIA-002"],
        Effect::Refuse(|_, request| unsupported(media(request).contains('"'))),
    ),
    row(
        "charset-parameter-crashes",
        "A charset parameter on application/json ends in 500.",
        &["REQ-MEDIA-002", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(media(request).to_ascii_lowercase().contains("charset"))),
    ),
    row(
        "unknown-charset-crashes",
        "A charset that nobody knows ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Answer(|answer, request| fail_on_type(answer, request, |given| given.contains("charset=x-"))),
    ),
    row(
        "content-type-without-value-crashes",
        "A parameter of the media type without a value ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Answer(|answer, request| fail_on_type(answer, request, |given| given.ends_with("charset"))),
    ),
    row(
        "format-parameter-refused",
        "An odata.metadata parameter on application/json is refused.",
        &["REQ-MEDIA-002"],
        Effect::Refuse(|_, request| unsupported(media(request).contains("odata.metadata"))),
    )
    .mild(),
    row(
        "format-parameter-crashes",
        "An odata.metadata parameter on application/json ends in 500.",
        &["REQ-MEDIA-002", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(media(request).contains("odata.metadata"))),
    ),
    row(
        "number-format-parameter-refused",
        "An IEEE754Compatible parameter on application/json is refused.",
        &["REQ-MEDIA-002"],
        Effect::Refuse(|_, request| unsupported(media(request).contains("IEEE754Compatible"))),
    )
    .mild(),
    row(
        "streaming-parameter-crashes",
        "An odata.streaming parameter on application/json ends in 500.",
        &["REQ-MEDIA-002", "REQ-STATUS-002"],
        Effect::Refuse(|_, request| crashed(request.header("content-type").contains("odata.streaming"))),
    ),
    row(
        "several-parameters-refused",
        "More than one parameter on application/json is refused.",
        &["REQ-MEDIA-002"],
        Effect::Refuse(|_, request| unsupported(media(request).matches(';').count() > 1)),
    )
    .mild(),
    row(
        "white-space-before-parameters-refused",
        "White space before the semicolon of a media type is refused.",
        &["REQ-MEDIA-002"],
        Effect::Refuse(|_, request| unsupported(request.header("content-type").contains(" ;"))),
    ),
];
