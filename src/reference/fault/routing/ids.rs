//! An id is found by something else than itself: a part of it, or what stands beside it.

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{key, patches};
use crate::reference::fault::routes::go;
use crate::reference::message::{Place, Request};

pub(super) const ROWS: &[Fault] = &[
    row(
        "white-space-before-id-overlooked",
        "White space in front of an id is taken away.",
        &["REQ-PATH-002"],
        Effect::Place(|request, _| {
            if let Place::Job(endpoint, id) = &request.place {
                request.place = Place::Job(endpoint, id.trim_start().to_owned());
            }
        }),
    )
    .mild(),
    row(
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
        "octets-that-are-no-text-dropped",
        "Octets in a path that are no text are dropped, and empty segments with them.",
        &["REQ-SEC-004"],
        Effect::Request(|request| {
            if patches(request) && request.path.contains("%FF") {
                request.path = request.path.replace("/%FF/", "/").replace("%FF", "");
            }
        }),
    ),
    decorated(
        "point-behind-id-dropped",
        "A point behind an id is dropped.",
        Effect::Place(|request, _| reduce(request, |id| id.strip_suffix('.'))),
    ),
    decorated(
        "extension-behind-id-dropped",
        "An extension behind an id is dropped.",
        Effect::Place(|request, _| reduce(request, |id| id.strip_suffix(".json"))),
    ),
    decorated(
        "braces-around-id-dropped",
        "Braces around an id are dropped.",
        Effect::Place(|request, _| reduce(request, |id| id.strip_prefix('{')?.strip_suffix('}'))),
    ),
    decorated(
        "parameter-behind-id-dropped",
        "A matrix parameter behind an id is dropped.",
        Effect::Place(|request, _| reduce(request, |id| Some(id.split_once(';')?.0))),
    ),
    row(
        "hyphens-in-id-overlooked",
        "A GUID names its job without its hyphens too.",
        &["REQ-PATH-002"],
        Effect::Place(|request, _| {
            if let Some((collection, id)) = key(request).filter(|(_, id)| id.len() == 32 && patches(request))
                && let Ok(guid) = uuid::Uuid::try_parse(&id)
            {
                go(request, Some((collection, guid.to_string())));
            }
        }),
    )
    .mild(),
    row(
        "first-of-several-ids-updated",
        "Of several ids with commas between the first one is updated.",
        &["REQ-PATH-002"],
        Effect::Place(|request, _| {
            if let Some((collection, id)) = key(request).filter(|_| patches(request))
                && let Some((first, _)) = id.split_once(',')
            {
                go(request, Some((collection, first.to_owned())));
            }
        }),
    ),
    row(
        "id-in-the-query-stands-over-the-path",
        "An id in the query names the job, whatever the path says.",
        &["REQ-ISO-001", "REQ-IDENT-001"],
        Effect::Place(|request, state| {
            let Place::Job(endpoint, _) = &request.place else { return };
            let endpoint = *endpoint;
            let named = request.query.strip_prefix("id=").map(str::to_owned);
            if let Some(id) = named.filter(|id| state.jobs.contains_key(&(endpoint.collection, id.clone()))) {
                request.place = Place::Job(endpoint, id);
            }
        }),
    ),
];

/// A row about an id with something around it, which the contract only warns about.
const fn decorated(name: &'static str, title: &'static str, apply: Effect) -> Fault {
    row(name, title, &["REQ-PATH-002"], apply).mild()
}

/// Takes the id of an update for a part of it.
fn reduce(request: &mut Request, part: fn(&str) -> Option<&str>) {
    if let Some((collection, id)) = key(request).filter(|_| patches(request))
        && let Some(known) = part(&id)
    {
        go(request, Some((collection, known.to_owned())));
    }
}
