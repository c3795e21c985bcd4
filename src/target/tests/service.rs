//! Housekeeping against a scripted server: provisioning, throttling, putting back.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::{connection, patch, server};
use crate::model::secret::Scrubber;
use crate::target::client::Client;
use crate::target::journal::JournalEntry;
use crate::target::pace::{Backoff, Pace};
use crate::target::provision::{create, delete, discover};
use crate::target::restore::{RestoreError, Restored, restore};
use crate::target::service::{ATTEMPTS, Service};
use crate::target::token::{SecretSource, Token};

/// Runs `work` against a server that gives these answers in turn; returns the first line of each request too, with
/// its If-Match.
fn with<T>(answers: Vec<(&'static str, Value)>, work: impl AsyncFnOnce(Service<'_>) -> T) -> (T, Vec<String>) {
    let (url, requests) = server(move |stream, count| {
        let (head, body) = &answers[count];
        let body = body.to_string();
        let text = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        std::io::Write::write_all(stream, text.as_bytes()).unwrap();
    });
    let result = at(&url, work);
    let told = |request: String| {
        let condition = request.lines().find(|line| line.starts_with("If-Match: ")).unwrap_or_default();
        format!("{} {condition}", request.lines().next().unwrap()).trim_end().to_owned()
    };
    let lines = requests.try_iter().map(told).collect();
    (result, lines)
}

/// Runs `work` against the server there.
fn at<T>(url: &str, work: impl AsyncFnOnce(Service<'_>) -> T) -> T {
    let client = Client::new(&connection(url)).unwrap();
    let token = patch().authorization.map(|authorization| Token::new(SecretSource::Given(authorization.secret)));
    let scrubber = Scrubber::default();
    let pace = Pace::new(None);
    let backoff = Backoff { interval: Duration::from_millis(1), cap: Duration::from_millis(5) };
    let service = Service {
        client: &client,
        token: token.as_ref(),
        scrubber: &scrubber,
        if_match: false,
        etag: None,
        watch: None,
        attempts: ATTEMPTS,
        pace: &pace,
        backoff,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(work(service))
}

/// A server may end a connection after its answer without saying so, and what a POST did is not known then.
#[test]
fn jobs_are_made_over_connections_of_their_own() {
    let ports = std::sync::Mutex::new(Vec::new());
    let (url, _requests) = server(move |stream, _| {
        let port = stream.peer_addr().unwrap().port();
        let mut ports = ports.lock().unwrap();
        if ports.contains(&port) {
            let _ = stream.shutdown(std::net::Shutdown::Both);
            return;
        }
        ports.push(port);
        let answer = b"HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\n{\"id\":\"1\"}";
        std::io::Write::write_all(stream, answer).unwrap();
    });
    let made = at(&url, async |service| {
        let mut made = Vec::new();
        for _ in 0..3 {
            made.push(create(service, "jobs", &json!({})).await.map(|job| job.id));
        }
        made
    });
    assert_eq!(made, ["1", "1", "1"].map(|id| Ok(id.to_owned())));
}

fn entry(created: bool) -> JournalEntry {
    let before = json!({"id": "1", "status": "old", "error": null});
    JournalEntry {
        base_url: String::new(),
        collection: "jobs".into(),
        id: "1".into(),
        before,
        created,
        readback: true,
        if_match: false,
        left_alone: BTreeSet::new(),
        volatile: BTreeSet::new(),
        had: BTreeSet::new(),
        added: BTreeSet::new(),
        settle_ms: 0,
        at: 1,
    }
}

#[test]
fn a_job_is_made_and_deleted_and_a_busy_target_is_waited_for() {
    let answers = vec![
        ("429 Too Many Requests\r\nRetry-After: 1", json!({})),
        ("201 Created", json!({"id": "n/1"})),
        ("404 Not Found", json!({})),
    ];
    let (created, lines) = with(answers, async |service| {
        let created = create(service, "jobs", &json!({"status": "x"})).await.unwrap();
        delete(service, "jobs", &created.id, true).await.unwrap();
        created
    });
    assert_eq!(created.id, "n/1");
    let post = "POST /v1.0/dataClassification/jobs HTTP/1.1";
    assert_eq!(lines, [post, post, "DELETE /v1.0/dataClassification/jobs/n%2F1 HTTP/1.1"]);
}

#[test]
fn a_refusal_is_told_with_the_answer() {
    let (result, lines) = with(vec![("403 Forbidden", json!({"error": "no"}))], async |service| {
        create(service, "jobs", &json!({})).await
    });
    let error = result.unwrap_err();
    assert!(error.to_string().starts_with("POST /dataClassification/jobs: answered 403 "), "{error}");
    assert_eq!(lines.len(), 1);
}

#[test]
fn a_link_to_elsewhere_is_not_followed() {
    let page = json!({"value": [{"id": "1"}, {"id": "2"}], "@odata.nextLink": "https://elsewhere.example/jobs?page=2"});
    let (ids, lines) = with(vec![("200 OK", page)], async |service| discover(service, "jobs").await.unwrap());
    assert_eq!((ids, lines.len()), (vec!["1".to_owned(), "2".to_owned()], 1));
}

#[test]
fn jobs_are_found_on_every_page() {
    let page = |id: &str, next: Option<&str>| {
        let mut page = json!({"value": [{"id": id}, {"status": "none of an id"}]});
        if let Some(next) = next {
            page["@odata.nextLink"] = json!(next);
        }
        ("200 OK", page)
    };
    let pages = vec![page("1", Some("jobs?$skip=1")), page("2", Some("jobs?$skip=2")), page("3", None)];
    let (ids, lines) = with(pages, async |service| discover(service, "jobs").await.unwrap());
    assert_eq!(ids, ["1", "2", "3"]);
    let paths: Vec<&str> = lines.iter().filter_map(|line| line.split(' ').nth(1)).collect();
    let path = "/v1.0/dataClassification/jobs";
    assert_eq!(paths, [path, &format!("{path}?$skip=1"), &format!("{path}?$skip=2")]);
    // A list that never ends does.
    let endless = (0..20).map(|_| page("1", Some("jobs?again"))).collect();
    let (_, lines) = with(endless, async |service| discover(service, "jobs").await.unwrap());
    assert_eq!(lines.len(), 10);
    // What a later page refuses is told, not taken for the end.
    let refused = vec![page("1", Some("jobs?$skip=1")), ("403 Forbidden", json!({}))];
    let (result, _) = with(refused, async |service| discover(service, "jobs").await);
    let error = result.unwrap_err().to_string();
    assert!(error.starts_with("GET /dataClassification/jobs?$skip=1: answered 403"), "{error}");
}

#[test]
fn links_are_followed_below_the_base_url_only() {
    let from = "/dataClassification/jobs";
    for (base, link, path) in [
        (
            "http://h:1/v1.0",
            "http://h:1/v1.0/dataClassification/jobs?$skip=2",
            Some("/dataClassification/jobs?$skip=2"),
        ),
        ("http://h:1/v1.0", "http://H:1/v1.0/x", Some("/x")),
        ("http://h:1/v1.0", "jobs?$skiptoken=a%2Fb", Some("/dataClassification/jobs?$skiptoken=a%2Fb")),
        ("http://h:1/v1.0", "/v1.0/x", Some("/x")),
        ("http://h:80", "http://h/x", Some("/x")),
        ("http://h:1", "http://h:1@evil:2/x", None),
        ("http://h:1", "http://h:1.evil/x", None),
        ("http://h:1", "http://h:12/x", None),
        ("http://h:1", "https://h:1/x", None),
        ("http://h:1", "http://user@h:1/x", None),
        ("http://h:1", "//evil/x", None),
        ("http://h:1/v1.0", "http://h:1/v1.0.evil/x", None),
        ("http://h:1/v1.0", "http://h:1/v1.0/../admin", None),
        ("http://h:1/v1.0", "http://h:1/v1.0/%2e%2e/admin", None),
        ("http://h:1/v1.0", "http://[", None),
    ] {
        let client = Client::new(&connection(base)).unwrap();
        assert_eq!(client.follow(from, link).as_deref(), path, "{link} below {base}");
    }
}

#[test]
fn a_job_is_put_back_and_that_is_verified() {
    let changed = json!({"id": "1", "status": "new", "error": {"code": "c"}});
    let answers = |last: Value| vec![("200 OK", changed.clone()), ("200 OK", json!({})), ("200 OK", last)];
    let (result, lines) = with(answers(entry(false).before), async |s| restore(s, &entry(false)).await);
    assert_eq!(result.unwrap(), Restored::PutBack);
    let methods: Vec<&str> = lines.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(methods, ["GET", "PATCH", "GET"]);

    let (result, lines) =
        with(answers(changed.clone()), async |s| restore(s, &JournalEntry { readback: false, ..entry(false) }).await);
    assert!(matches!(result, Err(RestoreError::Differs { differing, .. }) if differing == ["/status", "/error"]));
    assert!(lines.iter().all(|line| line.starts_with("PATCH ")), "{lines:?}");

    let (result, _) = with(vec![("204 No Content", json!(null))], async |s| restore(s, &entry(true)).await);
    assert_eq!(result.unwrap(), Restored::Deleted);
}

#[test]
fn what_the_run_added_is_taken_away_again_or_told() {
    let entry = JournalEntry { added: ["access_token", "note", "n"].map(str::to_owned).into(), ..entry(false) };
    let clean = json!({"id": "1", "status": "old", "n": null, "modified": 2});
    let with_token = json!({"id": "1", "status": "old", "access_token": "t", "modified": 1});
    let answers = vec![("200 OK", with_token.clone()), ("200 OK", json!({})), ("200 OK", clean)];
    let (result, _) = with(answers, async |s| restore(s, &entry).await);
    assert_eq!(result.unwrap(), Restored::PutBack);

    let refuses = vec![("200 OK", with_token.clone()), ("400 Bad Request", json!({})), ("200 OK", with_token)];
    let (result, _) = with(refuses, async |s| restore(s, &entry).await);
    assert!(matches!(result, Err(RestoreError::Differs { differing, .. }) if differing == ["/access_token"]));
}

#[test]
fn what_is_refused_as_a_whole_is_put_back_one_by_one() {
    let changed = json!({"id": "1", "status": "new", "error": {"code": "c"}});
    let refused = ("400 Bad Request", json!({"error": "no"}));
    let start = [("200 OK", changed.clone()), refused.clone(), ("200 OK", changed.clone()), refused.clone()];
    let pieces = [("200 OK", json!({})), refused.clone()];
    let last = |job: Value| start.iter().chain(&pieces).cloned().chain([("200 OK", job)]).collect::<Vec<_>>();

    let (result, lines) = with(last(entry(false).before), async |s| restore(s, &entry(false)).await);
    assert_eq!(result.unwrap(), Restored::PutBack);
    assert_eq!(lines.iter().filter(|line| line.starts_with("PATCH ")).count(), 4, "{lines:?}");

    let (result, _) = with(last(json!({"id": "1", "status": "old", "error": {"code": "c"}})), async |s| {
        restore(s, &entry(false)).await
    });
    assert!(result.unwrap_err().to_string().contains("answered 400"));
}

#[test]
fn where_if_match_is_demanded_the_current_tag_is_sent() {
    let changed = json!({"id": "1", "status": "new", "@odata.etag": "W/\"2\""});
    let answers = vec![
        ("200 OK\r\nETag: W/\"1\"", changed.clone()),
        // Somebody else was faster.
        ("412 Precondition Failed", json!({})),
        ("200 OK", changed),
        // And the target is busy.
        ("429 Too Many Requests\r\nRetry-After: 0", json!({})),
        ("204 No Content", json!(null)),
        ("200 OK", entry(false).before),
    ];
    let (result, lines) =
        with(answers, async |service| restore(Service { if_match: true, ..service }, &entry(false)).await);
    assert_eq!(result.unwrap(), Restored::PutBack);
    let requests: Vec<String> =
        lines.iter().map(|line| line.replace("/v1.0/dataClassification/jobs/1 HTTP/1.1", "job")).collect();
    let first = "PATCH job If-Match: W/\"1\"";
    let second = "PATCH job If-Match: W/\"2\"";
    assert_eq!(requests, ["GET job", first, "GET job", second, second, "GET job"]);

    let answers = vec![("200 OK\r\nETag: \"7\"", entry(true).before), ("204 No Content", json!(null))];
    let (result, lines) =
        with(answers, async |service| restore(Service { if_match: true, ..service }, &entry(true)).await);
    assert_eq!(result.unwrap(), Restored::Deleted);
    assert!(lines[1].starts_with("DELETE ") && lines[1].ends_with("If-Match: \"7\""), "{lines:?}");
}

#[test]
fn a_made_job_is_deleted_where_the_target_turns_out_to_demand_if_match() {
    let answers = vec![
        ("428 Precondition Required", json!({})),
        ("200 OK\r\nETag: \"7\"", entry(true).before),
        ("204 No Content", json!(null)),
    ];
    let (result, lines) = with(answers, async |service| restore(service, &entry(true)).await);
    assert_eq!(result.unwrap(), Restored::Deleted);
    assert!(lines[2].starts_with("DELETE ") && lines[2].ends_with("If-Match: \"7\""), "{lines:?}");
}

#[test]
fn a_job_that_cannot_be_read_any_more_is_put_back_as_a_whole() {
    let grown = json!({"id": "1", "status": "x".repeat(5000)});
    let answers = vec![("200 OK", grown), ("204 No Content", json!(null)), ("200 OK", entry(false).before)];
    let (result, lines) = with(answers, async |service| restore(service, &entry(false)).await);
    assert_eq!(result.unwrap(), Restored::PutBack, "{lines:?}");
}
