//! More faults of level [`FaultLevel::Routing`](super::FaultLevel::Routing): an id with characters that need an escape.

use http::Method;

use super::FaultLevel::Routing;
use super::alter::{key, patches, restatus, without_content};
use super::routes::{first, go, no_such_job};
use super::{Fault, row};
use crate::contract::endpoint::by_collection;
use crate::reference::effect::Effect;
use crate::reference::message::{Answer, Place, Request};

pub(super) const ROWS: &[Fault] = &[
    row(
        Routing,
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
        Routing,
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
        Routing,
        "encoded-dots-crash",
        "An id of encoded dots ends in 500.",
        &["REQ-SEC-004", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash_if_in_id(answer, request, &[".."])),
    ),
    row(
        Routing,
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
        Routing,
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
        Routing,
        "encoded-slash-crashes",
        "An encoded slash in the id ends in 500.",
        &["REQ-SEC-004", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash_if_in_id(answer, request, &["/"])),
    ),
    row(
        Routing,
        "quote-in-id-crashes",
        "A quote in the id ends in 500.",
        &["REQ-SEC-004", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash_if_in_id(answer, request, &["'"])),
    ),
    row(
        Routing,
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
        Routing,
        "nul-in-id-crashes",
        "An encoded NUL in the id ends in 500.",
        &["REQ-SEC-004", "REQ-STATUS-002"],
        Effect::Failed(|answer, request| crash_if_in_id(answer, request, &["\0"])),
    ),
    row(
        Routing,
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
        Routing,
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
        Routing,
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
];

fn crash_if_in_id(answer: &mut Answer, request: &Request, parts: &[&str]) {
    if no_such_job(answer, request) && key(request).is_some_and(|(_, id)| parts.iter().any(|part| id.contains(part))) {
        restatus(answer, 500);
    }
}
