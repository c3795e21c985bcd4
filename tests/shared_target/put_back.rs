//! A job is as it was after a run, to the member, whether its server merges the objects of a PATCH or replaces them.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

use crate::scripted::server;
use crate::staging::{Staging, text};

/// What a server makes of an object that a PATCH names: of the one that it has and the one that came.
type Update = fn(&mut Map<String, Value>, &Map<String, Value>);

/// Every member by itself, and objects within objects too; null takes away.
fn merges(had: &mut Map<String, Value>, sent: &Map<String, Value>) {
    for (name, value) in sent {
        match (had.get_mut(name), value) {
            (Some(Value::Object(had)), Value::Object(sent)) => merges(had, sent),
            (_, Value::Null) => drop(had.shift_remove(name)),
            _ => drop(had.insert(name.clone(), value.clone())),
        }
    }
}

/// What is sent is all there is, nulls and all.
fn replaces(had: &mut Map<String, Value>, sent: &Map<String, Value>) {
    had.clone_from(sent);
}

/// The error is merged, and each object in it replaced.
fn replaces_within(had: &mut Map<String, Value>, sent: &Map<String, Value>) {
    for (name, value) in sent {
        match value {
            Value::Null => drop(had.shift_remove(name)),
            _ => drop(had.insert(name.clone(), value.clone())),
        }
    }
}

/// The job that a server has.
type Job = Arc<Mutex<Map<String, Value>>>;

/// A server of one job, whose properties are merged and whose error is updated in this way. It stores annotations (but no control information), and
/// with the value of a property the annotation of the old value goes.
fn serving(job: &Job, update: Update) -> String {
    let job = Arc::clone(job);
    server(move |request| {
        let mut job = job.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = serde_json::from_str(&request.body).ok().filter(|_| request.method() == "PATCH");
        let Value::Object(sent) = sent.unwrap_or_default() else { return shown(&job) };
        job.retain(|name, _| name.split_once('@').is_none_or(|(of, _)| !sent.contains_key(of)));
        for (name, value) in sent {
            match (job.get_mut("error"), &value) {
                (Some(Value::Object(had)), Value::Object(sent)) if name == "error" => update(had, sent),
                _ if name == "id" || name.contains("@odata.") => {}
                _ if name.contains('@') && value.is_null() => drop(job.shift_remove(&name)),
                _ => drop(job.insert(name, value)),
            }
        }
        shown(&job)
    })
}

fn shown(job: &Map<String, Value>) -> (String, String) {
    let head = "200 OK\r\nContent-Type: application/json\r\nOData-Version: 4.0";
    (head.to_owned(), Value::Object(job.clone()).to_string())
}

/// A server that replaces what it is sent, and takes neither a creation date nor an error that does not say its type.
fn particular(job: &Job) -> String {
    let job = Arc::clone(job);
    server(move |request| {
        let mut job = job.lock().unwrap_or_else(PoisonError::into_inner);
        let sent: Option<Map<String, Value>> = serde_json::from_str(&request.body).ok();
        let sent = sent.filter(|_| request.method() == "PATCH").unwrap_or_default();
        let untyped = sent.get("error").is_some_and(|error| error.is_object() && error.get("@odata.type").is_none());
        if untyped || sent.contains_key("creationDateTime") {
            let refusal = json!({"error": {"code": "badRequest", "message": "not that"}});
            return ("400 Bad Request\r\nContent-Type: application/json".to_owned(), refusal.to_string());
        }
        job.extend(sent.into_iter().filter(|(name, _)| name != "id" && !name.starts_with('@')));
        shown(&job)
    })
}

/// The job before a run that judges these trials, and after it.
fn around(before: &Value, update: Update, trials: &str) -> Value {
    around_a_run(before, |job| serving(job, update), trials)
}

fn around_a_run(before: &Value, serve: impl Fn(&Job) -> String, trials: &str) -> Value {
    let job: Job = Arc::new(Mutex::new(before.as_object().expect("a job is an object").clone()));
    let staging = Staging::new();
    let mut run = staging.command(&serve(&job));
    let output = run.args(["run", "-q", "--job", "jobs=7", "--run", trials]).output().expect("the binary runs");
    assert!([0, 1].contains(&output.status.code().unwrap_or_default()), "{}", text(&output.stderr));
    assert!(!text(&output.stderr).contains("put back"), "{}", text(&output.stderr));
    let job = job.lock().unwrap_or_else(PoisonError::into_inner);
    Value::Object(job.clone())
}

#[test]
fn members_of_an_error_that_were_absent_are_absent_again() {
    let job = |error: Value| {
        json!({"id": "7", "status": "s", "type": null, "tenantId": null, "creationDateTime": null,
            "startDateTime": null, "endDateTime": null, "error": error})
    };
    for error in [
        json!({"code": "c"}),
        json!({"message": null, "innerError": {"activityId": "a"}}),
        json!({"code": "c", "innerError": null, "details": [{"code": "d"}]}),
        json!({"target": "t", "innerError": {"errorDateTime": null}, "details": []}),
        json!({}),
        Value::Null,
    ] {
        let before = job(error);
        let after = |update| around(&before, update, "jobs::merge::one-status");
        assert_eq!(after(replaces), before);
        let within = after(replaces_within);
        assert_eq!(within["error"]["innerError"], before["error"]["innerError"]);
        // To a server that merges, a null is the same as nothing.
        for after in [within, after(merges)] {
            assert_eq!(without_nothing(after), without_nothing(before.clone()));
        }
    }
}

#[test]
fn annotations_that_the_target_stores_are_put_back() {
    let error = json!({"@my.note": "e", "code": "c", "code@my.note": "d",
        "innerError": {"activityId": "a", "activityId@my.note": {"by": 1}}});
    let before = json!({"id": "7", "status": "s", "status@my.note": "x", "type": null, "tenantId": null,
        "creationDateTime": null, "startDateTime": null, "endDateTime": null, "error": error, "@my.note": [1]});
    for update in [replaces, replaces_within, merges] as [Update; 3] {
        for trials in ["jobs::merge::one-status", "jobs::unk::annotation-in-error"] {
            assert_eq!(without_nothing(around(&before, update, trials)), without_nothing(before.clone()), "{trials}");
        }
    }
    // What is put back after a failure leaves nothing behind for those that follow either.
    assert_eq!(around(&before, replaces, "jobs::unk::annotation*"), before);
}

/// What is refused as a whole goes back property by property, and each with its types where the whole needed them.
#[test]
fn types_go_along_when_properties_are_put_back_one_by_one() {
    let inner = json!({"@odata.type": "#microsoft.graph.classificationInnerError", "activityId": "a"});
    let error = json!({"@odata.type": "#microsoft.graph.classificationError", "code": "c", "innerError": inner});
    let before = json!({"id": "7", "status": "s", "type": null, "tenantId": null,
        "creationDateTime": "2020-01-01T00:00:00Z", "startDateTime": null, "endDateTime": null, "error": error});
    let after = around_a_run(&before, particular, "jobs::body::nested-types-with-hash");
    assert_eq!(without_nothing(after), without_nothing(before));
}

/// A value without members that are null, and empty lists.
fn without_nothing(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().map(|(name, value)| (name, without_nothing(value)));
            Value::Object(kept.filter(|(_, value)| !value.is_null() && *value != json!([])).collect())
        }
        other => other,
    }
}

/// Half a surrogate pair in a name is no character, and the member is taken away under the name that it has.
#[test]
fn a_member_with_half_a_pair_in_its_name_is_taken_away() {
    const NAME: &str = r#""lone\ud800":"#;
    let kept = Arc::new(Mutex::new(false));
    let url = server({
        let kept = Arc::clone(&kept);
        move |request| {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            // The server has the text of the name as it came.
            let body = request.body.replace(' ', "");
            if body.contains(NAME) {
                *kept = !body.contains(&format!("{NAME}null"));
            }
            let more = if *kept { format!("{NAME}1,") } else { String::new() };
            let head = "200 OK\r\nContent-Type: application/json\r\nOData-Version: 4.0";
            (head.to_owned(), format!(r#"{{{more}"id":"jobs-1","status":"as it was"}}"#))
        }
    });
    let staging = Staging::new();
    let mut run = staging.command(&url);
    let output = run.args(["run", "--job", "jobs=jobs-1", "--run", "jobs::status::lone-surrogate-elsewhere"]).output();
    let shown = text(&output.expect("the binary runs").stdout);
    assert!(!*kept.lock().unwrap_or_else(PoisonError::into_inner), "{shown}");
    assert!(!shown.contains("put back"), "{shown}");
}
