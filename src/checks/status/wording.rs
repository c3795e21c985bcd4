//! What a sentence about an unexpected status says of the request, where the request has what explains it.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::Scene;
use crate::json::annotation;
use crate::model::case::Address;

/// What If-Match said, and the tag that it was to be compared with.
pub(super) fn precondition(scene: &Scene<'_>) -> String {
    let given = scene.exchange().request.header("if-match").filter(|_| scene.step.expect.names(412));
    match (given, &scene.entry.etag_before) {
        // Whatever the tag was, `*` fits it.
        (Some(given), Some(tag)) if given != tag && given != "*" => {
            format!(", though If-Match is `{given}` and the tag was `{tag}`")
        }
        _ => String::new(),
    }
}

/// Whether the body has an `ETag` of the job, as one that was read has.
pub(super) fn names_a_tag(scene: &Scene<'_>) -> bool {
    scene.sent().is_some_and(|sent| annotation(sent, "etag").is_some())
}

/// What Range said, where a part is what came back.
pub(super) fn range(scene: &Scene<'_>) -> String {
    let given = scene.exchange().request.header("range").filter(|_| scene.response.status == 206);
    given.map_or_else(String::new, |given| {
        format!(", though Range (`{given}`) is defined for GET alone (RFC 9110, section 14.2)")
    })
}

/// That an id which is not to lead anywhere (REQ-SEC-004) is taken, and where it has led as far as the answer shows that.
pub(super) fn resolved(scene: &Scene<'_>) -> Option<String> {
    let (status, segment) = (scene.response.status, &scene.entry.target_id);
    if !matches!(scene.step.request.to, Address::Id(_)) || scene.primary() != "REQ-SEC-004" || status == 201 {
        return None;
    }
    let id = scene.response.entity().and_then(|job| job.get("id")).and_then(Value::as_str);
    let shown = match id {
        Some(id) if id == scene.transcript.job => "the job of the trial",
        // A job of that very id was made up.
        Some(id) if id == segment || id == percent_decode_str(segment).decode_utf8_lossy() => return None,
        Some(_) => "another job",
        None => return Some(format!("The id segment `{segment}` names no job, and is taken all the same: {status}.")),
    };
    Some(format!(
        "The id segment `{segment}` is resolved to another resource: the answer is {status}, and shows {shown}."
    ))
}
