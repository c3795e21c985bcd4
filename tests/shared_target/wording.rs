//! What a message has to name so that the cause is seen without a debugger.

use serde_json::Value;

use crate::scripted::server;
use crate::staging::{Staging, request, text};

/// The messages of a run with these arguments against what stands at the address.
fn messages(staging: &Staging, url: &str, trial: &str) -> Vec<String> {
    let mut run = staging.command(url);
    let output = run.args(["run", "-q", "--job=jobs=jobs-1", "--report=json=r.json", "--run", trial]).output();
    let told = text(&output.expect("the binary runs").stderr);
    let report = std::fs::read(staging.state.path().join("r.json")).unwrap_or_else(|_| panic!("no report: {told}"));
    let report: Value = serde_json::from_slice(&report).expect("a report is JSON");
    let findings = report["trials"][0]["findings"].as_array().cloned().unwrap_or_default();
    findings.iter().filter_map(|finding| finding["message"].as_str().map(str::to_owned)).collect()
}

/// A part is what a server gives that takes Range for a header of every method.
#[test]
fn an_answer_in_part_names_the_range() {
    let staging = Staging::new();
    let addr = staging.server.addr();
    let url = server(move |sent| {
        let (status, job) = request(addr, sent.method(), "/jobs/jobs-1", &sent.body);
        let in_part = sent.method() == "PATCH" && sent.header("range").is_some();
        let status = if in_part { 206 } else { status };
        (format!("{status} X\r\nContent-Type: application/json\r\nOData-Version: 4.01"), job)
    });
    let told = messages(&staging, &url, "jobs::status::odd-headers");
    let message = "A successful PATCH is answered with 206 instead of 200 and the updated job, though Range \
                   (`bytes=0-1`) is defined for GET alone (RFC 9110, section 14.2).";
    assert_eq!(told.first().map(String::as_str), Some(message), "{told:?}");
}

#[test]
fn an_id_that_leads_elsewhere_is_said_to() {
    for (fault, trial, what) in [
        (
            "encoded-slash-reaches-collection",
            "id-encoded-parent",
            "`..%2F..%2Fjobs` names no job, and is taken all the same: 200.",
        ),
        (
            "encoded-dots-resolve",
            "id-encoded-dots",
            "`%2e%2e` is resolved to another resource: the answer is 200, and shows the job of the trial.",
        ),
        (
            "backslash-parts-segments",
            "id-backslashes",
            " is resolved to another resource: the answer is 200, and shows the job of the trial.",
        ),
    ] {
        let staging = Staging::wrong(fault);
        let told = messages(&staging, &staging.server.base_url(), &format!("jobs::sec::{trial}"));
        assert!(told.first().is_some_and(|told| told.contains(what)), "{fault}: {told:?}");
    }
}
