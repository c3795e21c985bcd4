//! Requests that are read as if their content were of another type.

use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::Value;

use crate::reference::fault::alter::{patches, set_content};
use crate::reference::fault::given::media;
use crate::reference::message::Request;

/// Has an update pass for one in JSON.
pub(super) fn as_json(so: bool, request: &mut Request) {
    if so && patches(request) {
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
}

/// Takes a media type of this kind for that of JSON.
pub(super) fn near(request: &mut Request, of: fn(&str) -> bool) {
    if patches(request) && of(request.header("content-type")) {
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
}

/// Reads content of a foreign media type as this JSON value.
pub(super) fn read_as(request: &mut Request, word: &str, value: Value) {
    if patches(request) && media(request).contains(word) {
        request.headers.remove("content-type");
        set_content(request, value);
    }
}
