//! What a run waits for, and what it does not.

use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::scripted::server;
use crate::staging::{Staging, request, text};

/// How long the target says that it takes until an update shows, in milliseconds.
const SETTLE: u64 = 40;

/// What a refused request did may show late, so the whole time passes before the job is read.
#[test]
fn no_read_comes_before_what_was_refused_has_settled() {
    let staging = Staging::new();
    let settle = format!("settle-ms={SETTLE}");
    let mut arguments = vec!["-q", "--set", &settle, "--job", "jobs=jobs-1", "--evidence", "all"];
    arguments.extend(["--report", "json=r.json", "--run", "jobs::atom::status-and-tenant"]);
    arguments.extend(["--run", "jobs::atom::*-then-*", "--run", "jobs::merge::one-*"]);
    let output = staging.run(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    let report = std::fs::read(staging.state.path().join("r.json")).expect("a report");
    let report: Value = serde_json::from_slice(&report).expect("a report is JSON");
    let trials = report["trials"].as_array().expect("trials").iter();
    let exchanges = trials.flat_map(|trial| trial["evidence"].as_array().into_iter().flatten());
    let times = |exchange: &Value| {
        let at = exchange["atMicros"].as_u64().expect("a time");
        let refused = exchange["status"].as_u64().is_some_and(|status| status >= 400);
        (at, at + exchange["totalMicros"].as_u64().expect("a time"), exchange["method"] == "GET", refused)
    };
    let mut exchanges: Vec<(u64, u64, bool, bool)> = exchanges.map(times).collect();
    exchanges.sort_unstable();
    let (mut written, mut judged, mut reads) = (None, false, 0);
    for (at, end, is_read, refused) in exchanges {
        match written {
            Some(written) if is_read => {
                reads += usize::from(judged);
                let after = at.saturating_sub(written);
                assert!(!judged || after >= SETTLE * 1000, "a read comes {after} µs after a refused request");
            }
            _ if !is_read => (written, judged) = (written.max(Some(end)), refused),
            _ => {}
        }
    }
    assert!(reads > 20, "{reads} reads");
}

/// A target shows an update to the third read after it only: that is waited for, and nothing is said against it.
#[test]
fn an_update_may_show_late_within_the_time_to_settle() {
    let staging = Staging::new();
    let (addr, state) = (staging.server.addr(), std::sync::Mutex::new((String::new(), 0)));
    let reads = Arc::new(AtomicUsize::new(0));
    let seen = reads.clone();
    let url = server(move |sent| {
        let path = format!("/jobs/{}", sent.id());
        let mut state = state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if sent.method() == "PATCH" && state.1 == 0 {
            state.0 = request(addr, "GET", &path, "").1;
        }
        let (status, job) = request(addr, sent.method(), &path, &sent.body);
        let head = format!("{status} X\r\nContent-Type: application/json\r\nOData-Version: 4.01");
        if sent.method() == "PATCH" {
            state.1 = 2;
            return (head, job);
        }
        seen.fetch_add(1, Ordering::Relaxed);
        if state.1 > 0 {
            state.1 -= 1;
            return (head, state.0.clone());
        }
        (head, job)
    });
    let mut run = staging.command(&url);
    run.args(["run", "--job", "jobs=jobs-1", "--set", "settle-ms=160", "--run", "jobs::resp::update-persists"]);
    let output = run.output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(reads.load(Ordering::Relaxed) > 3, "{}", text(&output.stdout));
}

/// Of an update that sets what is there already only the tag shows late, and an old tag is no state of the job.
#[test]
fn a_tag_that_is_late_is_not_taken_for_that_of_the_update() {
    let staging = Staging::new();
    let folder = staging.state.path().join("cases/topic");
    std::fs::create_dir_all(&folder).expect("a folder");
    let set = |status: &str| json!({"request": {"body": {"status": status}}, "expect": {"readBack": true}});
    let named = json!({"request": {"headers": {"If-Match": "{{etag}}"}, "body": {"status": "b"}}});
    let case = json!({"title": "t", "requirements": ["REQ-COND-001"], "endpoints": ["jobs"], "needs": ["etag"],
        "steps": [set("a"), set("a"), named]});
    std::fs::write(folder.join("again.json"), case.to_string()).expect("a file");
    // Status and revision as they are, and as the one read after an update still shows them.
    let state = std::sync::Mutex::new((("s".to_owned(), 1), None));
    let url = server(move |sent| {
        let mut state = state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let body: Value = serde_json::from_str(&sent.body).unwrap_or_default();
        let mut shown = state.0.clone();
        if sent.method() == "PATCH" {
            if sent.header("if-match").is_some_and(|tag| tag != format!("\"r{}\"", state.0.1)) {
                let error = json!({"error": {"code": "preconditionFailed", "message": "m"}}).to_string();
                return ("412 X\r\nContent-Type: application/json\r\nOData-Version: 4.0".to_owned(), error);
            }
            let status = body["status"].as_str().map_or_else(|| state.0.0.clone(), str::to_owned);
            state.1 = Some(state.0.clone());
            state.0 = (status, state.0.1 + 1);
            shown = state.0.clone();
        } else if let Some(late) = state.1.take() {
            shown = late;
        }
        let job = json!({"id": "jobs-1", "type": "t", "status": shown.0, "tenantId": null, "creationDateTime": null,
            "startDateTime": null, "endDateTime": null, "error": null});
        let head = "200 OK\r\nContent-Type: application/json\r\nOData-Version: 4.0";
        (format!("{head}\r\nETag: \"r{}\"", shown.1), job.to_string())
    });
    let mut run = staging.command(&url);
    run.args(["run", "-q", "--job", "jobs=jobs-1", "--set", "settle-ms=160", "--capability", "etag", "--cases"]);
    let output = run.arg(folder).output().expect("the binary runs");
    let shown = text(&output.stdout);
    assert!(output.status.code() == Some(0) && shown.contains("1 passed"), "{shown}{}", text(&output.stderr));
}

/// A burst within the limit is none, and would pass whatever the target does with too many requests.
#[test]
fn what_needs_a_burst_is_not_judged_within_a_rate_limit() {
    let staging = Staging::new();
    let arguments = ["--job", "jobs=jobs-1", "--capability", "throttle", "--topic", "throt", "--dry-run"];
    let shown = |more: &[&str]| text(&staging.run(&[&arguments[..], more].concat()).stdout);
    assert!(!shown(&[]).contains("rate-limit"));
    assert!(!shown(&["--rate-limit", "auto"]).contains("rate-limit"));
    let limited = shown(&["--rate-limit", "50/s"]);
    assert_eq!(limited.matches("would have to go faster than `rate-limit` allows").count(), 18, "{limited}");
}

/// A pass after a retry is flaky, for whatever reason; what the target asked for itself is told beside it.
#[test]
fn waits_that_the_target_asked_for_are_counted() {
    let told = |busy: &'static str| {
        let staging = Staging::new();
        let (updates, addr) = (AtomicUsize::new(0), staging.server.addr());
        let url = server(move |sent| {
            if sent.method() == "PATCH" && updates.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
                return (busy.to_owned(), String::new());
            }
            let path = format!("/jobs/{}", sent.id());
            let (status, job) = request(addr, sent.method(), &path, &sent.body);
            (format!("{status} X\r\nContent-Type: application/json\r\nOData-Version: 4.01"), job)
        });
        let mut run = staging.command(&url);
        run.args(["run", "--job", "jobs=jobs-1", "--retry-interval", "1ms", "--run", "jobs::merge::one-status"]);
        let output = run.args(["--report", "json=r.json"]).output().expect("the binary runs");
        let report = std::fs::read(staging.state.path().join("r.json")).expect("a report");
        (text(&output.stdout), serde_json::from_slice::<Value>(&report).expect("a report is JSON"))
    };
    for busy in ["429 Too Many Requests", "429 Too Many Requests\r\nRetry-After: 0", "503 Busy\r\nRetry-After: 0"] {
        let (shown, report) = told(busy);
        let waits = report["summary"]["waits"].as_u64().unwrap_or_default();
        assert!(waits > 0 && shown.contains(" that the target asked for"), "{busy}: {shown}");
        assert_eq!((&report["summary"]["flaky"], &report["trials"][0]["waits"]), (&json!(1), &json!(waits)), "{busy}");
        assert!(shown.contains("1 flaky, "), "{busy}: {shown}");
    }
    let (shown, report) = told("503 Busy");
    assert!(shown.contains("1 flaky") && report["summary"].get("waits").is_none(), "{shown}");
}

/// Runs until the target has counted so many requests, then sends Ctrl-C.
#[cfg(unix)]
fn interrupted(run: &mut Command, counted: &AtomicUsize, enough: usize) -> Output {
    let child = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
    while counted.load(Ordering::Relaxed) < enough {
        std::thread::yield_now();
    }
    let sent = Command::new("/bin/kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("there is a kill").success());
    child.wait_with_output().expect("it ends")
}

/// The target would be asked again after 25 seconds.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_wait_for_a_target_that_is_down() {
    let updates = Arc::new(AtomicUsize::new(0));
    let count = updates.clone();
    let url = server(move |request| {
        let typed = "Content-Type: application/json";
        if request.method() == "PATCH" {
            count.fetch_add(1, Ordering::Relaxed);
            return (format!("503 Service Unavailable\r\nRetry-After: 25\r\n{typed}"), "{}".to_owned());
        }
        (format!("200 OK\r\n{typed}"), json!({"id": request.id(), "status": "as it was"}).to_string())
    });
    let staging = Staging::new();
    let mut run = staging.command(&url);
    run.args(["run", "-q", "--job", "jobs=1", "--run", "jobs::merge::one-status"]);
    let output = interrupted(&mut run, &updates, 1);
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    assert_eq!(updates.load(Ordering::Relaxed), 1, "it was asked again");
}

/// Under the limit the trial takes a minute or two more, of which nobody wants to see the end.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_a_trial_that_a_rate_limit_holds_up() {
    let requests = Arc::new(AtomicUsize::new(0));
    let count = requests.clone();
    let url = server(move |request| {
        count.fetch_add(1, Ordering::Relaxed);
        let typed = "200 OK\r\nContent-Type: application/json".to_owned();
        (typed, json!({"id": request.id(), "status": "as it was"}).to_string())
    });
    let staging = Staging::new();
    let mut run = staging.command(&url);
    run.args(["run", "-q", "--job", "jobs=1", "--rate-limit", "60/m", "--run", "jobs::dto::offsets-in-use"]);
    let output = interrupted(&mut run, &requests, 3);
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    // What is left is to look at the job, and to put it back.
    assert!(requests.load(Ordering::Relaxed) < 15, "{requests:?} requests");
}

#[test]
fn a_target_that_wants_if_match_tells_how_to_declare_it() {
    let url = server(|request| {
        let (status, content) = match request.method() {
            "PATCH" => ("428 Precondition Required", json!({"error": {"code": "x", "message": "y"}})),
            _ => ("200 OK", json!({"id": request.id(), "status": "as it was"})),
        };
        (format!("{status}\r\nContent-Type: application/json"), content.to_string())
    });
    let staging = Staging::new();
    let mut run = staging.command(&url);
    let output = run.args(["run", "--job", "jobs=1", "--run", "jobs::path::known-job"]).output();
    let told = text(&output.expect("the binary runs").stdout);
    assert!(told.split_whitespace().collect::<Vec<_>>().join(" ").contains("capability etag-required"), "{told}");
}
