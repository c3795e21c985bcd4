//! An id with characters that need an escape crashes the server, or leads elsewhere.

use http::Method;

use super::row;
use crate::contract::endpoint::by_collection;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{instead, key, patches, restatus, without_content};
use crate::reference::fault::routes::{first, go, no_such_job};
use crate::reference::message::{Answer, Place, Request};

pub(super) const ROWS: &[Fault] = &[
    row(
        "wildcards-of-sql-in-id",
        "A per cent sign or an underscore at the end of an id stands for what is missing.",
        &["REQ-SEC-004"],
        Effect::Place(|request, state| {
            if let (true, Some((collection, id))) = (patches(request), key(request))
                && let Some(start) = id.strip_suffix(['%', '_']).filter(|start| !start.is_empty())
            {
                let found = state.jobs.keys().find(|(of, known)| *of == collection && known.starts_with(start));
                go(request, found.cloned());
            }
        }),
    ),
    row(
        "encoded-dots-resolve",
        "An id of encoded dots names the first job of the collection.",
        &["REQ-SEC-004"],
        Effect::Place(|request, state| {
            if let (true, Some((collection, id))) = (patches(request), key(request))
                && [".", ".."].contains(&id.as_str())
            {
                go(request, first(state, collection));
            }
        }),
    ),
    row(
        "encoded-dots-crash",
        "An id of encoded dots ends in 500.",
        &["REQ-SEC-004", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash_if_in_id(answer, request, &[".."])),
    ),
    row(
        "encoded-slash-splits",
        "An encoded slash parts segments, and dots lead upwards.",
        &["REQ-SEC-004"],
        Effect::Place(|request, state| {
            if let (true, Some((_, id))) = (patches(request), key(request))
                && let Some(collection) = id.rsplit('/').next().filter(|_| id.contains("../")).and_then(by_collection)
            {
                go(request, first(state, collection.collection));
            }
        }),
    ),
    row(
        "encoded-slash-reaches-collection",
        "An id with encoded slashes is answered as the collection that it leads to.",
        &["REQ-SEC-004"],
        Effect::Place(|request, _| {
            let last = key(request).and_then(|(_, id)| by_collection(id.rsplit_once('/')?.1));
            if let (true, Some(endpoint)) = (patches(request), last) {
                request.method = Method::GET;
                request.place = Place::Collection(endpoint);
            }
        }),
    ),
    row(
        "encoded-slash-crashes",
        "An encoded slash in the id ends in 500.",
        &["REQ-SEC-004", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash_if_in_id(answer, request, &["/"])),
    ),
    row(
        "quote-in-id-crashes",
        "A quote in the id ends in 500.",
        &["REQ-SEC-004", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash_if_in_id(answer, request, &["'"])),
    ),
    row(
        "quote-in-id-is-a-query",
        "An id with a quote and a condition that is true names the first job.",
        &["REQ-SEC-004", "REQ-PATH-002"],
        Effect::Place(|request, state| {
            if let (true, Some((collection, id))) = (patches(request), key(request))
                && id.starts_with('\'')
                && id.contains(" or ")
            {
                go(request, first(state, collection));
            }
        }),
    ),
    row(
        "nul-in-id-crashes",
        "An encoded NUL in the id ends in 500.",
        &["REQ-SEC-004", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash_if_in_id(answer, request, &["\0"])),
    ),
    row(
        "nul-in-id-ends-it",
        "An id is compared up to NUL, so that NUL alone names the first job.",
        &["REQ-SEC-004", "REQ-PATH-002"],
        Effect::Place(|request, state| {
            if let (true, Some((collection, id))) = (patches(request), key(request))
                && let Some(head) = id.split_once('\0').map(|(head, _)| head)
            {
                let like = |known: &&(&str, String)| known.0 == collection && known.1.starts_with(head);
                let known = state.jobs.keys().find(like).cloned();
                go(request, known);
            }
        }),
    ),
    row(
        "odd-id-answered-204",
        "An id with characters that need an escape is answered 204.",
        &["REQ-SEC-004", "REQ-STATUS-003"],
        Effect::Failed(|answer, request| {
            if no_such_job(answer, request) && request.path.rsplit('/').next().is_some_and(|id| id.contains('%')) {
                without_content(answer);
            }
        }),
    ),
    row(
        "segments-below-a-job-overlooked",
        "What follows the id of a job in the path is not looked at.",
        &["REQ-PATH-004"],
        Effect::Place(|request, _| {
            let mut segments = request.path.split('/').skip_while(|segment| *segment != "dataClassification").skip(1);
            if let (Some(endpoint), Some(id), Some(_)) =
                (segments.next().and_then(by_collection), segments.next().filter(|id| !id.is_empty()), segments.next())
            {
                request.place = Place::Job(endpoint, id.to_owned());
            }
        }),
    ),
    row(
        "id-decoded-twice",
        "The id of a path is percent-decoded twice.",
        &["REQ-SEC-004"],
        Effect::Place(|request, _| {
            if let Some((collection, id)) = key(request).filter(|(_, id)| patches(request) && id.contains('%')) {
                let again = percent_encoding::percent_decode_str(&id).decode_utf8_lossy().into_owned();
                go(request, Some((collection, again)));
            }
        }),
    ),
    row(
        "backslash-parts-segments",
        "A backslash in an id parts segments.",
        &["REQ-SEC-004"],
        Effect::Place(|request, _| {
            if let Some((collection, id)) = key(request).filter(|(_, id)| patches(request) && id.contains('\\')) {
                let last = id.rsplit('\\').next().unwrap_or_default().to_owned();
                go(request, Some((collection, last)));
            }
        }),
    ),
    row(
        "encoded-dots-normalised",
        "Segments of encoded dots are resolved.",
        &["REQ-SEC-004"],
        Effect::Request(|request| request.path = resolved(&request.path)),
    )
    .mild(),
    row(
        "encoded-slash-answered-405",
        "An id with an encoded slash is answered 405.",
        &["REQ-SEC-004"],
        Effect::Failed(|answer, request| {
            if has_encoded_slash(request) && patches(request) {
                restatus(answer, 405);
                answer.set("allow", "GET, PATCH");
            }
        }),
    )
    .mild(),
    row(
        "long-id-crashes",
        "An id of more than 300 characters ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash(answer, request, request.path.len() > 300)),
    ),
    row(
        "broken-escape-crashes",
        "An escape in the path that is none ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash(answer, request, request.path.contains("%zz"))),
    ),
    row(
        "escape-that-is-not-utf-8-crashes",
        "An escape in the path that is not UTF-8 ends in 500.",
        &["REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash(answer, request, request.path.contains("%FF"))),
    ),
];

fn crash_if_in_id(answer: &mut Answer, request: &Request, parts: &[&str]) {
    if no_such_job(answer, request) && key(request).is_some_and(|(_, id)| parts.iter().any(|part| id.contains(part))) {
        restatus(answer, 500);
    }
}

fn has_encoded_slash(request: &Request) -> bool {
    request.path.to_ascii_lowercase().contains("%2f")
}

/// A path without segments of dots, encoded or not.
fn resolved(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment.to_ascii_lowercase().replace("%2e", ".").as_str() {
            "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    segments.join("/")
}

/// Fails with 500 where no job was found.
fn crash(answer: &mut Answer, request: &Request, so: bool) {
    if so && patches(request) {
        instead(answer, 404, 500);
        instead(answer, 400, 500);
    }
}
