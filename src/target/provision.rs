//! Where jobs come from when none are given: made for the run, or found in the collection.
//!
//! [`create`] and [`delete`] belong together; [`discover`] only looks, and is used only when the user asks for it.

use serde_json::Value;

use super::service::{Service, ServiceError, collection_path, job_path};
use crate::json::annotation;
use crate::model::status::is_gone;

/// Pages of a collection that are read at most.
const MOST_PAGES: usize = 10;
/// Jobs of a collection that are used at most.
const MOST_JOBS: usize = 100;

/// A job that the target made for us.
#[derive(Debug, Clone, PartialEq)]
pub struct Created {
    /// Its id.
    pub id: String,
    /// Its state, as the target told it.
    pub entity: Value,
}

/// Makes a job in the collection.
///
/// # Errors
/// When the target does not answer 2xx with a job that has an id.
pub async fn create(service: Service<'_>, collection: &str, sample: &Value) -> Result<Created, ServiceError> {
    let path = collection_path(collection);
    let response = service.call("POST", &path, Some(sample), |status| (200..300).contains(&status)).await?;
    let entity = response.entity().cloned().unwrap_or_default();
    let id = entity.get("id").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned);
    let id = id.or_else(|| response.header("location").and_then(id_of_location));
    id.map(|id| Created { id, entity }).ok_or_else(|| ServiceError {
        request: format!("POST {path}"),
        status: Some(response.status),
        closed: false,
        why: "the answer has no job with an id".to_owned(),
    })
}

/// The id at the end of a Location such as `…/jobs/1` or `…/jobs('1')`.
fn id_of_location(location: &str) -> Option<String> {
    let last = location.trim_end_matches('/').rsplit('/').next()?;
    let id = last.split_once("('").map_or(last, |(_, id)| id.trim_end_matches("')"));
    let id = percent_encoding::percent_decode_str(id).decode_utf8().ok()?;
    (!id.is_empty()).then(|| id.into_owned())
}

/// Deletes a job that was made for the run. One that is gone already is deleted.
///
/// # Errors
/// When the target does not delete it.
pub async fn delete(service: Service<'_>, collection: &str, id: &str, readback: bool) -> Result<(), ServiceError> {
    let accept = |status| matches!(status, 200..=299) || is_gone(status);
    let path = job_path(collection, id);
    if !service.if_match {
        match service.call("DELETE", &path, None, accept).await {
            // It wants to be told which state is deleted, though nobody said so.
            Err(error) if error.status == Some(428) => {}
            done => return done.map(drop),
        }
    }
    // Where it cannot be read, the target says itself what it wants.
    let etag = read(service, collection, id, readback).await.ok().and_then(|job| job.etag);
    let service = Service { if_match: true, etag: etag.as_deref(), ..service };
    service.call("DELETE", &path, None, accept).await.map(drop)
}

/// The ids of the jobs in the collection, over its first pages.
///
/// # Errors
/// When the collection cannot be read.
pub async fn discover(service: Service<'_>, collection: &str) -> Result<Vec<String>, ServiceError> {
    let mut ids: Vec<String> = Vec::new();
    let mut path = collection_path(collection);
    for _ in 0..MOST_PAGES {
        let response = service.call("GET", &path, None, |status| status == 200).await?;
        let Some(Value::Array(items)) = response.json().and_then(|page| page.get("value")) else {
            let why = "the answer has no array `value`".to_owned();
            return Err(ServiceError { request: format!("GET {path}"), status: Some(200), closed: false, why });
        };
        ids.extend(items.iter().filter_map(|item| item.get("id")?.as_str()).map(str::to_owned));
        let next = response.json().and_then(|page| annotation(page.as_object()?, "nextLink")?.as_str());
        match next.and_then(|link| service.client.follow(&path, link)) {
            Some(next) if ids.len() < MOST_JOBS => path = next,
            _ => break,
        }
    }
    ids.truncate(MOST_JOBS);
    Ok(ids)
}

/// A job as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Current {
    /// Its state.
    pub entity: Value,
    /// Its tag, where it has one.
    pub etag: Option<String>,
}

/// The state of a job: with GET where the target can be read, else with an empty PATCH, which changes nothing.
///
/// # Errors
/// When the target does not answer with the job.
pub async fn read(service: Service<'_>, collection: &str, id: &str, readback: bool) -> Result<Current, ServiceError> {
    let path = job_path(collection, id);
    let empty = Value::Object(serde_json::Map::new());
    let (method, body) = if readback { ("GET", None) } else { ("PATCH", Some(&empty)) };
    let response = service.call(method, &path, body, |status| status == 200).await?;
    let entity = response.entity().cloned().ok_or_else(|| ServiceError {
        request: format!("{method} {path}"),
        status: Some(200),
        closed: false,
        why: "the answer is no JSON object".to_owned(),
    })?;
    Ok(Current { entity, etag: response.etag().map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_id_at_the_end_of_a_location() {
        for location in ["https://x/jobs/a%2Fb", "https://x/jobs('a%2Fb')", "/jobs/a%2Fb/"] {
            assert_eq!(id_of_location(location).as_deref(), Some("a/b"), "{location}");
        }
        assert_eq!(id_of_location(""), None);
    }
}
