//! That faults show on the wire: a fixed talk with a faulty server runs otherwise than with a sound one.

use std::sync::LazyLock;

use regex::Regex;

use super::{Options, Reply, Server, faults, raw, sample, send, variation};
use crate::reference::{Fault, FaultLevel};

const TEXT: &str = "/v1.0/dataClassification/classifyTextJobs/job-1";

/// One request: method, path, added header lines, body.
type Step = (&'static str, String, String, Vec<u8>);

const COLLECTIONS: [&str; 6] = [
    "jobs",
    "classifyFileJobs",
    "classifyTextJobs",
    "evaluateLabelJobs",
    "evaluateDlpPoliciesJobs",
    "labelsAndPoliciesEvaluationJobs",
];

fn options() -> Options {
    let both = |collection: &&str| ["job-1", "job-2"].map(|id| ((*collection).to_owned(), id.to_owned()));
    Options {
        jobs: COLLECTIONS.iter().flat_map(both).collect(),
        scoped_token: Some("scoped-token".to_owned()),
        personal_token: Some("personal-token".to_owned()),
        second_tenant_token: Some("tenant-token".to_owned()),
        ..Options::default()
    }
}

/// Bodies, each sent as `application/json` with the right token.
const BODIES: &[&str] = &[
    "{\"status\":\"x\"}",
    "{}",
    "",
    "[]",
    "[{\"status\":\"array\"}]",
    "null",
    "1",
    "\"{}\"",
    "{\"status\":\"cut\"",
    "{\"status\":\"comma\",}",
    "{'status':'single'}",
    "{status:\"bare\"}",
    "{\"status\":NaN}",
    "{\"status\":\"a\"} garbage",
    "{\"status\":\"a\"}{\"status\":\"b\"}",
    "{\"status\":\"a\",\"status\":\"b\"}",
    "{\"status\":\"a\",\"status\":\"c\"}",
    "{\"\\u0073tatus\":\"\\u0053tatus value\"}",
    "\u{feff}{}",
    "{\"status\":\"x\",\"@odata.type\":\"#microsoft.graph.jobResponseBase\"}",
    "{\"error\":{\"code\":\"x\",\"@odata.type\":\"microsoft.graph.classificationError\"},\"status\":\"y\"}",
    "{\"status\":\"x\"}\n",
    "{\r\n\"status\": \"crlf\",\r\n\"type\": \"y\"}",
    "{\"@patchproof.note\":\"x\",\"status@patchproof.note\":\"y\",\"status\":\"noted\"}",
    "{\"@patchproof.note\":\"x\"}",
    "{\"@odata.context\":\"x\",\"@odata.id\":\"jobs('job-2')\",\"status\":\"controlled\"}",
    "{\"@odata.etag\":\"\\\"zzz\\\"\",\"status\":\"tagged\"}",
    "{\"type\":1}",
    "{\"type\":true}",
    "{\"type\":{\"a\":\"b\"}}",
    "{\"type\":[\"a\"]}",
    "{\"creationDateTime\":5}",
    "{\"error\":\"text\"}",
    "{\"error\":[]}",
    "{\"error\":false}",
    "{\"error\":{\"innerError\":[]}}",
    "{\"error\":{\"innerError\":\"x\"}}",
    "{\"error\":{\"details\":{\"code\":\"x\"}}}",
    "{\"error\":{\"details\":\"x\"}}",
    "{\"error\":{\"details\":[1]}}",
    "{\"error\":{\"code\":1}}",
    "{\"status\":\"new\",\"startDateTime\":\"not-a-date\"}",
    "{\"startDateTime\":\"not-a-date\",\"status\":\"newer\"}",
    "{\"startDateTime\":\"\"}",
    "{\"startDateTime\":\"2017-13-01T00:00:00Z\"}",
    "{\"startDateTime\":\"2017-02-30T00:00:00Z\"}",
    "{\"startDateTime\":\"2017-01-01T24:00:00Z\"}",
    "{\"startDateTime\":\"2017-01-01T00:60:00Z\"}",
    "{\"startDateTime\":\"2017-01-01\"}",
    "{\"startDateTime\":\"2017-01-01T00:00:00\"}",
    "{\"error\":{\"innerError\":{\"errorDateTime\":\"never\"}}}",
    "{\"startDateTime\":\"2017-01-01T00:00:00+14:00\"}",
    "{\"startDateTime\":\"2017-01-01T00:00:00-14:00\"}",
    "{\"startDateTime\":\"2017-01-01T00:00:00-00:00\"}",
    "{\"startDateTime\":\"2017-01-01T00:00:00+05:45\"}",
    "{\"startDateTime\":\"2017-01-01T00:00:00.1Z\"}",
    "{\"startDateTime\":\"2017-01-01T00:00:00.123Z\"}",
    "{\"startDateTime\":\"2017-01-01T00:00:00.123456Z\"}",
    "{\"startDateTime\":\"2017-01-01T00:00:00.1234567Z\",\"creationDateTime\":\"2018-01-01T00:00:00Z\"}",
    "{\"creationDateTime\":\"2018-01-01T00:00:00Z\"}",
    "{\"error\":{\"code\":\"x\"}}",
    "{\"tenantId\":\"x\"}",
    "{\"type\":\"Type value\",\"status\":\"other\"}",
    "{\"type\":null}",
    "{\"status\":null}",
    "{\"tenantId\":null}",
    "{\"endDateTime\":null}",
    "{\"error\":{\"code\":null}}",
    "{\"error\":{\"innerError\":{\"activityId\":\"a\",\"code\":\"b\"}}}",
    "{\"error\":{\"innerError\":{\"activityId\":null}}}",
    "{\"error\":{\"innerError\":null}}",
    "{\"error\":null}",
    "{\"error\":{\"details\":[{},{\"code\":\"y\"}]}}",
    "{\"error\":{\"details\":null}}",
    "{\"error\":{\"details\":[]}}",
    "{\"status\":\"\"}",
    "{\"status\":\" x \"}",
    "{\"status\":\"\\u00e9\\ud83d\\ude00\"}",
    "{\"status\":\"a\u{301}\u{1f468}\"}",
    "{\"status\":\"<script>\\\"'\"}",
    "{\"status\":\"a\\nb\\u007f\"}",
    "{\"status\":\"\\u0000\"}",
    "{\"patchproofUnknown\":\"x\",\"status\":\"beside\"}",
    "{\"error\":{\"patchproofUnknown\":\"x\"}}",
    "{\"error\":{\"innerError\":{\"patchproofUnknown\":\"x\"}}}",
    "{\"error\":{\"details\":[{\"patchproofUnknown\":\"x\"}]}}",
    "{\"userId\":\"me\"}",
    "{\"error\":{\"@odata.type\":\"#microsoft.graph.classificationError\",\"code\":\"hash\"}}",
    "{\"error\":{\"@odata.type\":\"microsoft.graph.classificationError\",\"innerError\":{\"code\":\"c\"}}}",
    "{\"@odata.type\":\"microsoft.graph.jobResponseBase\",\"status\":\"outer\"}",
    "{\"@odata.type\":\"#microsoft.graph.evaluateLabelJobResponse\",\"status\":\"moved\"}",
    "{\"error\":{\"details\":[{\"@odata.type\":\"microsoft.graph.classificationErrorBase\",\"code\":\"s\"}]}}",
    "{\"error\":{\"details\":[{\"@odata.type\":\"microsoft.graph.classificationError\",\"code\":\"d\"}]}}",
    "{\"id\":\"job-1\",\"status\":\"same\"}",
    "{\"id\":\"job-2\",\"status\":\"other\"}",
    "{\"id\":\"fresh\",\"status\":\"fresh\"}",
    "{\"status\":\"after\"}",
    "{\"id\":null,\"status\":\"none\"}",
];

/// Added header lines, each sent with a small body; those without credentials first.
const HEADERS: &[&str] = &[
    "",
    "Authorization: Bearer wrong",
    "Authorization: Bearer patchproof",
    "Authorization: Bearer patchproof-reference-tokenx",
    "Authorization: Bearer patchproof-reference-tokeX",
    "Authorization: Bearer PATCHPROOF-reference-token",
    "Authorization: Bearer xxxxxxxxxx-reference-token",
    "Authorization: Bearer",
    "Authorization: patchproof-reference-token",
    "Authorization: Basic YTpi",
    "Authorization: Token patchproof-reference-token",
    "Authorization: Bearer scoped-token",
    "Authorization: Bearer personal-token",
    "Authorization: Bearer tenant-token",
    "AUTHORIZATION: bearer patchproof-reference-token",
    "authorization: bearer patchproof-reference-token",
    "@content-type: Application/JSON",
    "@Content-Type: application/json; charset=utf-8",
    "@Content-Type: application/json;charset=\"UTF-8\"",
    "@Content-Type: application/json;odata.metadata=minimal",
    "@Content-Type: application/json;IEEE754Compatible=false",
    "@Content-Type: application/xml",
    "@Content-Type: text/plain",
    "@X-Nothing: here",
    "@If-Match: *",
    "@If-Match: \"zzz\"",
    "@If-Match: \"r1\"",
    "@If-None-Match: *",
    "@OData-Version: 4.01\r\nX-Tag: stale",
    "@Prefer: return=minimal",
    "@Prefer: return=representation",
    "@Prefer: patchproof-unknown=1",
];

const PATHS: &[(&str, &str)] = &[
    ("POST", TEXT),
    ("PUT", TEXT),
    ("BREW", TEXT),
    ("OPTIONS", TEXT),
    ("PATCH", "/v1.0/dataClassification/jobs"),
    ("PATCH", "/v1.0/dataClassification/jobs/nobody"),
    ("PATCH", "/v1.0/dataClassification/jobs/..%2F..%2Fjobs"),
    ("PATCH", "/v1.0/dataClassification/jobs/%2e%2e"),
    ("PATCH", "/v1.0/dataClassification/jobs/%27%20or%201%20eq%201"),
    ("PATCH", "/v1.0/dataClassification/jobs/%00"),
    ("PATCH", "/v1.0/dataClassification/Jobs/job-1"),
    ("PATCH", "/v1.0/dataClassification/patchproofNoSuchJobs/job-1"),
];

fn token() -> String {
    format!("Authorization: Bearer {}\r\n", Options::default().token)
}

fn typed() -> String {
    format!("{}Content-Type: application/json\r\n", token())
}

/// The whole talk; every request is followed by a look at the job.
fn talk() -> Vec<Step> {
    let patch = |headers: String, body: &[u8]| ("PATCH", TEXT.to_owned(), headers, body.to_vec());
    let mut all = Vec::new();
    for collection in COLLECTIONS {
        let job = format!("/v1.0/dataClassification/{collection}/job-1");
        all.push(("PATCH", job, typed(), sample().into_bytes()));
    }
    all.extend(BODIES.iter().map(|body| patch(typed(), body.as_bytes())));
    all.push(patch(typed(), sample().replace('\n', "\r\n").as_bytes()));
    all.push(patch(typed(), b"{\"status\":\"\xe9\"}"));
    for (index, line) in HEADERS.iter().enumerate() {
        let headers = match line.strip_prefix('@') {
            Some(line) => format!("{}{line}\r\n", token()),
            None if line.is_empty() => String::new(),
            None => format!("{line}\r\n"),
        };
        all.push(patch(headers, format!("{{\"status\":\"h{index}\"}}").as_bytes()));
    }
    let operations = b"[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"op\"}]";
    all.push(patch(format!("{}Content-Type: application/json-patch+json\r\n", token()), operations));
    let version = format!("{}OData-Version: 4.01\r\n", token());
    all.push(patch(version, b"{\"@odata.etag\":\"\\\"zzz\\\"\",\"status\":\"v\"}"));
    let query = format!("{TEXT}?access_token={}", Options::default().token);
    all.push(("PATCH", query, String::new(), b"{\"status\":\"q\"}".to_vec()));
    for (method, path) in PATHS {
        all.push((*method, (*path).to_owned(), typed(), b"{\"status\":\"p\"}".to_vec()));
    }
    let star = format!("{}If-Match: *\r\n", typed());
    all.push(("PATCH", "/v1.0/dataClassification/jobs/nowhere".to_owned(), star, b"{\"status\":\"p\"}".to_vec()));
    for count in [100, 129, 250, 256] {
        let long = "x".repeat(count);
        all.push(patch(typed(), format!("{{\"status\":\"{long}\",\"error\":{{\"message\":\"{long}\"}}}}").as_bytes()));
    }
    all.push(patch(
        typed(),
        format!("{{\"error\":{{\"details\":{}{}}}}}", "[".repeat(900), "]".repeat(900)).as_bytes(),
    ));
    all.push(patch(typed(), format!("{{\"status\":\"{}\"}}", "x".repeat(5 << 20)).as_bytes()));
    all
}

static STAMP: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("\"(date|request-id|client-request-id)\":\"[^\"]*\"").unwrap());
static OWN: LazyLock<Regex> = LazyLock::new(|| Regex::new("[0-9a-f]{8}-[0-9a-f-]{27}").unwrap());

/// What cannot be the same twice is taken out of an answer.
fn told(server: &Server, reply: &Reply) -> String {
    let port = server.addr().port().to_string();
    let lines = reply.head.lines().filter(|line| {
        let name = line.split(':').next().unwrap_or_default();
        !["date", "request-id"].contains(&name)
    });
    let body = String::from_utf8_lossy(&reply.body).replace(&port, "PORT");
    let body = STAMP.replace_all(&body, "");
    let text = format!("{}\n{body}", lines.collect::<Vec<_>>().join("\n"));
    let text = text.lines().filter(|line| !line.starts_with("content-length")).collect::<Vec<_>>().join("\n");
    OWN.replace_all(&text, "UUID").into_owned()
}

/// Holds the talk for as long as it runs as expected; all that was told.
fn hold(server: &Server, expected: Option<&[String]>) -> Vec<String> {
    let mut all = Vec::new();
    for (index, (method, path, headers, body)) in talk().into_iter().enumerate() {
        let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
        let head = format!("{head}{headers}Content-Length: {}\r\n\r\n", body.len());
        all.push(told(server, &raw(server, &[head.as_bytes(), &body].concat())));
        let seen = ["/v1.0/dataClassification/jobs", TEXT, TEXT, TEXT.trim_end_matches("/job-1")][index % 4];
        all.push(told(server, &send(server, "GET", seen, &token(), "")));
        if expected.is_some_and(|expected| expected[..all.len()] != all) {
            return all;
        }
    }
    let chunked = format!("{}Transfer-Encoding: chunked\r\n", typed());
    let head = format!("PATCH {TEXT} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{chunked}\r\n");
    all.push(told(
        server,
        &raw(server, format!("{head}5\r\n{{\"sta\r\nc\r\ntus\":\"cccc\"}}\r\n0\r\n\r\n").as_bytes()),
    ));
    let head = format!("PATCH {TEXT} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n{}\r\n", typed());
    raw(server, format!("{head}{{\"status\":\"broken off\"}}").as_bytes());
    all.push(told(server, &send(server, "GET", TEXT, &token(), "")));
    for tag in ["{now}", "{now}"] {
        let reply = send(server, "GET", TEXT, &token(), "");
        let line = reply.head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap_or_default();
        let headers = format!("{}If-Match: {}\r\n", typed(), tag.replace("{now}", line));
        all.push(told(server, &send(server, "PATCH", TEXT, &headers, "{\"status\":\"tag\"}")));
    }
    all
}

fn shows(row: &'static Fault, expected: &[String]) -> bool {
    let server = Server::start(Options { faults: vec![row], ..options() }).unwrap();
    hold(&server, Some(expected)) != expected
}

#[test]
#[ignore = "talks for a minute or two"]
fn every_fault_of_judgement_shows() {
    use FaultLevel::{Conditions, Credentials, Parsing, Routing, Validation};
    let sound = hold(&Server::start(options()).unwrap(), None);
    assert!(hold(&Server::start(options()).unwrap(), Some(&sound)) == sound, "the talk can be repeated");
    let strict = Options { variations: variation("if-match-required").into_iter().collect(), ..options() };
    let strict = hold(&Server::start(strict).unwrap(), None);
    let levels = [Credentials, Parsing, Validation, Routing, Conditions];
    let silent = faults().filter(|row| levels.contains(&row.level)).filter(|row| {
        let expected = if row.needs.contains(&"etag-required") { &strict } else { &sound };
        !shows(row, expected)
    });
    assert_eq!(silent.map(|row| row.name).collect::<Vec<_>>(), Vec::<&str>::new());
}
