//! A change of one member in a server's answer gives exactly one finding, at that member.

use std::sync::{Arc, Mutex};

use patchproof::cli::target::TargetArgs;
use patchproof::model::event::{Event, RunInfo, TrialResult};
use patchproof::model::finding::Level;
use patchproof::model::secret::Secret;
use patchproof::plan::{self, Plan, Selection, Source};
use patchproof::runner;
use serde_json::{Value, json};

use super::listener::Request;
use super::proxy::Proxy;

/// What is done to one member.
type Change = fn(&mut serde_json::Map<String, Value>, &str);

/// Everything that is done to each member.
const CHANGES: &[(&str, Change)] = &[
    ("other value", |parent, name| {
        let text = parent[name].as_str().unwrap();
        let other =
            if text.starts_with("2020-") { "2021-03-04T05:06:07Z".to_owned() } else { format!("{text} changed") };
        parent[name] = json!(other);
    }),
    ("null", |parent, name| parent[name] = Value::Null),
    ("number", |parent, name| parent[name] = json!(7)),
    ("object", |parent, name| parent[name] = json!({"code": "a code"})),
    ("missing", |parent, name| drop(parent.shift_remove(name))),
];

/// The update, with a value in every member that the page has.
fn update() -> Value {
    let inner = |n: u8| {
        json!({
            "errorDateTime": format!("2020-01-01T00:00:0{n}Z"),
            "clientRequestId": format!("request {n}"),
            "activityId": format!("activity {n}"),
            "code": format!("inner code {n}"),
        })
    };
    let element = json!({"code": "one", "message": "two", "target": "three", "innerError": inner(1)});
    json!({
        "type": "a type", "status": "a status", "tenantId": "a tenant",
        "creationDateTime": "2020-02-01T00:00:00Z",
        "startDateTime": "2020-02-02T00:00:00+01:00",
        "endDateTime": "2020-02-03T00:00:00.5Z",
        "error": {
            "code": "a code", "message": "a message", "target": "a target",
            "innerError": inner(2),
            "details": [element],
        },
    })
}

/// The pointers of every member that holds no other.
fn leaves(value: &Value, at: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                leaves(member, &format!("{at}/{name}"), out);
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                leaves(item, &format!("{at}/{i}"), out);
            }
        }
        _ => out.push(at.to_owned()),
    }
}

/// The answer with one member changed.
fn altered(answer: &[u8], pointer: &str, change: Change) -> Vec<u8> {
    let at = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let mut body: Value = serde_json::from_slice(&answer[at + 4..]).unwrap();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    change(body.pointer_mut(parent).unwrap().as_object_mut().unwrap(), name);
    let body = body.to_string();
    let head = String::from_utf8_lossy(&answer[..at]);
    let kept = head.split("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("content-length"));
    let head: Vec<&str> = kept.collect();
    format!("{}\r\nContent-Length: {}\r\n\r\n{body}", head.join("\r\n"), body.len()).into_bytes()
}

/// Runs the one case against the proxy.
fn judge(proxy: &Proxy, folder: &std::path::Path) -> TrialResult {
    let suite = plan::load(&Source::Dir(folder.to_owned())).unwrap();
    let plan = Plan::new(&suite, &Selection::default(), None).unwrap();
    let target = TargetArgs {
        base_url: Some(proxy.url.clone()),
        token: Some(Secret::new(proxy.server.token())),
        job: proxy.jobs("jobs"),
        state_dir: Some(folder.join("state")),
        ..TargetArgs::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut results = Vec::new();
    runtime.block_on(async {
        let aim = target.aim().await.unwrap();
        let settings = aim.settings();
        runner::run(&suite, &plan, aim.target, &settings, RunInfo::default(), &mut |event| {
            if let Event::TrialFinished(result) = event {
                results.push(*result);
            }
        })
        .await;
    });
    results.pop().unwrap()
}

#[test]
fn one_changed_member_is_one_finding_there() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("t")).unwrap();
    let case = json!({
        "title": "t", "requirements": ["REQ-RESP-003"], "endpoints": ["jobs"], "request": {"body": update()},
    });
    std::fs::write(folder.path().join("t/one.json"), case.to_string()).unwrap();

    let now: Arc<Mutex<Option<(String, Change)>>> = Arc::default();
    let shared = now.clone();
    let proxy = Proxy::new(move |request: &Request, answer| match &*shared.lock().unwrap() {
        // Putting the job back is none of the trial.
        Some((pointer, change)) if request.method() == "PATCH" && request.body.windows(8).any(|w| w == b"a status") => {
            altered(&answer, pointer, *change)
        }
        _ => answer,
    });
    let sound = judge(&proxy, folder.path());
    assert!(sound.findings.is_empty(), "{:#?}", sound.findings);

    let mut pointers = vec!["/id".to_owned()];
    leaves(&update(), "", &mut pointers);
    assert_eq!(pointers.len(), 21);
    let mut wrong = Vec::new();
    for (name, change) in CHANGES {
        for pointer in &pointers {
            *now.lock().unwrap() = Some((pointer.clone(), *change));
            let result = judge(&proxy, folder.path());
            let found: Vec<String> = result
                .findings
                .iter()
                .filter(|reported| reported.finding.level > Level::May)
                .map(|reported| format!("{} at {}", reported.finding.requirement, reported.finding.place))
                .collect();
            if found.len() != 1 || !found[0].ends_with(&format!(" at body {pointer}")) {
                wrong.push(format!("{name} at {pointer}: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
