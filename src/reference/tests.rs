//! The server over real sockets: what the sound one answers.

mod catalogue;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use super::{Options, Server};

const PAGE: &str = include_str!("../../contract/jobresponsebase-update.md");

/// The sample body of the page.
fn sample() -> String {
    let start = PAGE.find("{\n  \"@odata.type\"").unwrap();
    PAGE[start..start + PAGE[start..].find("\n}\n").unwrap() + 2].to_owned()
}

struct Reply {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    fn has(&self, line: &str) -> bool {
        self.head.to_ascii_lowercase().contains(&line.to_ascii_lowercase())
    }
}

/// Sends octets and reads until the connection closes.
fn raw(server: &Server, octets: &[u8]) -> Reply {
    let mut socket = TcpStream::connect(server.addr()).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    socket.write_all(octets).unwrap();
    let _ = socket.shutdown(Shutdown::Write);
    let mut all = Vec::new();
    if let Err(error) = socket.read_to_end(&mut all) {
        let hangs = [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind());
        assert!(!hangs, "no end after {} octets", all.len());
    }
    while all.starts_with(b"HTTP/1.1 1") {
        let end = all.windows(4).position(|four| four == b"\r\n\r\n").map_or(all.len(), |at| at + 4);
        all.drain(..end);
    }
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").map_or(all.len(), |at| at + 4);
    let head = String::from_utf8_lossy(&all[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Reply { status, head, body: all[end..].to_vec() }
}

fn job(server: &Server, collection: &str) -> String {
    let (_, id) = server.jobs().iter().find(|(one, _)| one == collection).unwrap();
    format!("/v1.0/dataClassification/{collection}/{id}")
}

/// Sends a request on a fresh connection; `headers` are added lines.
fn send(server: &Server, method: &str, path: &str, headers: &str, body: &str) -> Reply {
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{length}{headers}\r\n");
    raw(server, format!("{head}{body}").as_bytes())
}

fn token(server: &Server) -> String {
    format!("Authorization: Bearer {}\r\n", server.token())
}

fn patch(server: &Server, path: &str, body: &str) -> Reply {
    send(server, "PATCH", path, &format!("{}Content-Type: application/json\r\n", token(server)), body)
}

fn sound() -> Server {
    Server::start(Options::default()).unwrap()
}

#[test]
fn the_sample_of_the_page_is_answered_with_the_entity() {
    let server = sound();
    for (collection, id) in server.jobs() {
        let reply = patch(&server, &format!("/v1.0/dataClassification/{collection}/{id}"), &sample());
        assert_eq!(reply.status, 200, "{collection}");
        let body = reply.json();
        let sent: Value = serde_json::from_str(&sample()).unwrap();
        assert_eq!(body["id"], **id);
        for name in ["@odata.type", "type", "status", "tenantId", "creationDateTime", "startDateTime", "endDateTime"] {
            assert_eq!(body[name], sent[name], "{name}");
        }
        assert_eq!(body["error"]["innerError"]["activityId"], "Activity Id value");
        assert_eq!(body["error"]["innerError"]["code"], Value::Null);
        assert_eq!(body["error"]["details"].as_array().unwrap().len(), 1);
        assert!(
            reply.has("content-type: application/json") && reply.has("odata-version: 4.0") && reply.has("request-id: ")
        );
    }
}

#[test]
fn updates_merge_and_read_back() {
    let server = sound();
    let path = job(&server, "jobs");
    assert_eq!(patch(&server, &path, &sample()).status, 200);
    let body =
        patch(&server, &path, r#"{"status":null,"error":{"code":"X","innerError":{"activityId":"Y"},"details":[]}}"#)
            .json();
    assert_eq!(body["status"], Value::Null);
    assert_eq!(body["type"], "Type value");
    assert_eq!(body["error"]["message"], "Message value");
    assert_eq!(body["error"]["innerError"]["clientRequestId"], "Client Request Id value");
    assert_eq!(body["error"]["innerError"]["activityId"], "Y");
    assert_eq!(body["error"]["details"], json!([]));
    assert_eq!(send(&server, "GET", &path, &token(&server), "").json(), body);
    assert_eq!(patch(&server, &path, r#"{"error":null}"#).json()["error"], Value::Null);
    assert_eq!(patch(&server, &path, r#"{"error":{"code":"X"}}"#).json()["error"]["message"], Value::Null);
    let read = send(&server, "GET", &path, &token(&server), "");
    assert_eq!(
        patch(&server, &path, &String::from_utf8(read.body.clone()).unwrap()).json()["error"],
        read.json()["error"]
    );
}

#[test]
fn bad_bodies_are_refused_and_change_nothing() {
    let server = sound();
    let path = job(&server, "classifyTextJobs");
    let before = send(&server, "GET", &path, &token(&server), "").json();
    for body in [
        "{",
        "{\"status\":\"x\",}",
        "[]",
        "null",
        "{\"status\":\"a\",\"status\":\"b\"}",
        "{\"status\":\"x\"} {}",
        "{\"status\":1}",
        "{\"status\":\"x\",\"startDateTime\":\"2017-02-30T00:00:00Z\"}",
        "{\"status\":\"x\",\"nope\":1}",
        "{\"error\":{\"nope\":1}}",
        "{\"error\":[]}",
        "{\"error\":{\"details\":null}}",
        "{\"error\":{\"details\":{}}}",
        "{\"id\":null,\"status\":\"x\"}",
        "{\"error\":{\"details\":[{\"@odata.type\":\"microsoft.graph.classificationErrorBase\"}]}}",
        "{\"result\":{}}",
        "{\"@odata.type\":\"#microsoft.graph.evaluateLabelJobResponse\",\"status\":\"x\"}",
        "{\"status\":\"\\ud800\"}",
        "{\"error\":{\"details\":[{\"innerError\":{\"errorDateTime\":\"x\"}}]}}",
    ] {
        let reply = patch(&server, &path, body);
        assert_eq!(reply.status, 400, "{body}");
        let error = reply.json()["error"].clone();
        assert_eq!(error["code"], "badRequest");
        assert!(error["innerError"]["request-id"].is_string());
    }
    let deep = format!("{{\"error\":{{\"details\":{}{}}}}}", "[".repeat(5000), "]".repeat(5000));
    assert_eq!(patch(&server, &path, &deep).status, 400);
    assert_eq!(patch(&server, &path, &format!("{{\"status\":\"{}\"}}", "x".repeat(8 << 20))).status, 413);
    let typed = format!("{}Content-Type: application/xml\r\n", token(&server));
    let reply = send(&server, "PATCH", &path, &typed, "<a/>");
    assert!(reply.status == 415 && reply.has("accept-patch: application/json"));
    assert_eq!(send(&server, "GET", &path, &token(&server), "").json(), before);
}

#[test]
fn harmless_differences_are_accepted() {
    let server = sound();
    let path = job(&server, "evaluateLabelJobs");
    for body in [
        "{}",
        "{\"@patchproof.note\":1,\"status@x.y\":{},\"status\":\"a\"}",
        "{\"id\":\"other\",\"status\":\"b\"}",
        "{\"@odata.type\":\"microsoft.graph.jobResponseBase\"}",
        "{\"userId\":\"me\"}",
        "{\"error\":{\"@odata.type\":\"#microsoft.graph.classificationError\",\"details\":[{\"@odata.type\":\"#graph.classificationError\",\"details\":[]}]}}",
    ] {
        assert_eq!(patch(&server, &path, body).status, 200, "{body}");
    }
    let odd =
        format!("AUTHORIZATION: bearer {}\r\ncontent-type: Application/JSON;Charset=\"UTF-8\"\r\n", server.token());
    assert_eq!(send(&server, "PATCH", &path, &odd, "{\"status\":\"x\"}").status, 200);
    let chunked = format!("{}Transfer-Encoding: chunked\r\n", token(&server));
    let head = format!("PATCH {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{chunked}\r\n");
    let reply = raw(&server, format!("{head}5\r\n{{\"sta\r\nc\r\ntus\":\"cccc\"}}\r\n0\r\n\r\n").as_bytes());
    assert_eq!((reply.status, reply.has("200 OK")), (200, true));
}

#[test]
fn credentials_decide() {
    let options = Options {
        scoped_token: Some("scoped".to_owned()),
        personal_token: Some("personal".to_owned()),
        second_tenant_token: Some("tenant2".to_owned()),
        ..Options::default()
    };
    let server = Server::start(options).unwrap();
    let path = job(&server, "jobs");
    let with = |line: &str| send(&server, "PATCH", &path, line, "{\"status\":\"x\"}");
    let missing = with("");
    assert!(missing.status == 401 && missing.has("www-authenticate: bearer realm=") && !missing.has("error="));
    assert!(with("Authorization: Bearer wrong\r\n").has("error=\"invalid_token\""));
    for (line, status) in [
        ("Authorization: Bearer\r\n", 401),
        ("Authorization: Bearer a b\r\n", 401),
        ("Authorization: Basic YTpi\r\n", 401),
        ("Authorization: Bearer scoped\r\n", 403),
        ("Authorization: Bearer personal\r\n", 403),
        ("Authorization: Bearer tenant2\r\n", 404),
    ] {
        assert_eq!(with(line).status, status, "{line}");
    }
    let query = format!("{path}?access_token={}", server.token());
    assert_eq!(send(&server, "PATCH", &query, "", "{}").status, 401);
    assert!(server.capabilities().contains(&"second-tenant"));
}

#[test]
fn conditions_preferences_and_methods() {
    let server = sound();
    let path = job(&server, "jobs");
    let first = patch(&server, &path, "{\"status\":\"1\"}");
    let tag = first.json()["@odata.etag"].as_str().unwrap().to_owned();
    assert!(first.has(&format!("etag: {tag}\r\n")));
    let with = |line: &str, path: &str| {
        send(&server, "PATCH", path, &format!("{}{line}\r\n", token(&server)), "{\"status\":\"2\"}")
    };
    assert_eq!(with("If-None-Match: *", &path).status, 412);
    assert_eq!(with("If-Match: \"zzz\"", &path).status, 412);
    assert_eq!(with(&format!("If-Match: \"a\", W/{tag}"), &path).status, 200);
    assert_eq!(with(&format!("If-Match: {tag}"), &path).status, 412);
    assert_eq!(with("If-Match: *", &path).status, 200);
    assert_eq!(with("If-Match: *", "/v1.0/dataClassification/jobs/nobody").status, 404);
    let minimal = with("Prefer: foo; bar, return=minimal", &path);
    assert!(minimal.status == 204 && minimal.body.is_empty() && !minimal.has("content-length"));
    assert_eq!(with("Prefer: return=representation", &path).status, 200);
    let collection = "/v1.0/dataClassification/jobs";
    for (method, path, status) in [
        ("POST", path.as_str(), 405),
        ("PUT", &path, 405),
        ("PATCH", collection, 405),
        ("BREW", &path, 501),
        ("OPTIONS", &path, 204),
        ("GET", collection, 200),
        ("PATCH", "/v1.0/dataClassification/nope/1", 404),
        ("PATCH", &format!("{collection}/..%2F..%2Fjobs"), 404),
        ("PATCH", &format!("{collection}/%00"), 404),
        ("PATCH", &format!("{collection}/%27%ff"), 404),
        ("HEAD", &path, 200),
    ] {
        let reply = send(&server, method, path, &token(&server), "{}");
        assert_eq!(reply.status, status, "{method} {path}");
        assert!(![405, 501].contains(&reply.status) || reply.has("allow: GET"));
    }
}

#[test]
fn jobs_come_and_go() {
    let server = sound();
    let collection = "/v1.0/dataClassification/evaluateDlpPoliciesJobs";
    let made = send(&server, "POST", collection, &token(&server), &sample());
    assert_eq!(made.status, 201);
    let path = format!("{collection}/{}", made.json()["id"].as_str().unwrap());
    assert_eq!(patch(&server, &path, "{}").json()["status"], "Status value");
    assert_eq!(send(&server, "DELETE", &path, &token(&server), "").status, 204);
    assert_eq!(patch(&server, &path, "{}").status, 404);
    let (collection, id) = &server.derived_jobs()[0];
    let derived = patch(&server, &format!("/v1.0/dataClassification/{collection}/{id}"), &sample());
    assert_eq!(derived.json()["@odata.type"], "#microsoft.graph.classificationJobResponse");
}

#[test]
fn incomplete_content_is_not_applied() {
    let server = sound();
    let path = job(&server, "jobs");
    let head = format!("PATCH {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n{}\r\n", token(&server));
    raw(&server, format!("{head}{{\"status\":\"cut\"}}").as_bytes());
    assert_ne!(send(&server, "GET", &path, &token(&server), "").json()["status"], "cut");
}
