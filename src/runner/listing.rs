//! The jobs of a collection, page after page (REQ-ISO-004).

use serde_json::Value;

use super::job::JobState;
use super::request;
use super::session::Session;
use crate::json::annotation;
use crate::model::exchange::Response;
use crate::target::service::collection_path;

/// Most pages after the first, so that a list without an end does not hold the run.
const MOST_PAGES: usize = 50;

/// All ids of a list that begins with this page; `None` where it is no such list, or has no end.
pub(super) async fn ids(session: &Session, collection: &str, first: &Response) -> Option<Vec<String>> {
    let (mut ids, mut next) = page(first.json()?)?;
    let mut path = collection_path(collection);
    for _ in 0..MOST_PAGES {
        let Some(link) = next.take() else { return Some(ids) };
        path = session.target.client.follow(&path, &link)?;
        let mut outgoing = request::read(session, collection, "");
        outgoing.path.clone_from(&path);
        let exchange = session.send(outgoing).await;
        session.aside("further page of a list", &exchange);
        let (more, link) = page(exchange.response().filter(|response| response.status == 200)?.json()?)?;
        ids.extend(more);
        next = link;
    }
    None
}

/// Lists the collection before the run updates anything in it, for the trials that look for a difference.
pub(super) async fn before(session: &Session, collection: &str, job: &mut JobState) {
    let mut outgoing = request::read(session, collection, "");
    outgoing.path = collection_path(collection);
    let exchange = session.send_renewing(&outgoing, &|_| false).await;
    session.aside("probe, the jobs there are", &exchange);
    if let Some(response) = exchange.response().filter(|response| response.status == 200) {
        job.listed = ids(session, collection, response).await.map(|ids| Value::from(ids).into());
    }
}

fn page(json: &Value) -> Option<(Vec<String>, Option<String>)> {
    let items = json.get("value")?.as_array()?;
    let ids: Option<Vec<String>> =
        items.iter().map(|item| item.get("id").and_then(Value::as_str).map(str::to_owned)).collect();
    let next = annotation(json.as_object()?, "nextLink").and_then(Value::as_str);
    Some((ids?, next.map(str::to_owned)))
}
