//! Jobs that were given, found or made, and how they are after the run.

use std::collections::BTreeSet;

use crate::staging::{Staging, text};

/// Topics that change every member of a job, of its neighbour too.
const CHANGES: [&str; 6] =
    ["--run", "jobs::merge::*", "--run", "classifyTextJobs::null::*", "--run", "*::iso::second-job-*"];

/// Most of what a second tenant shows needs its token only; a dry run and a run agree on that.
#[test]
fn a_token_makes_a_second_tenant() {
    let staging = Staging::new();
    for token in [None, Some("second-tenant-0123456789")] {
        let told = |more: &[&str]| {
            let mut run = staging.command(&staging.server.base_url());
            run.envs(token.map(|token| ("PATCHPROOF_SECOND_TENANT_TOKEN", token)));
            run.args(["run", "jobs::sec::tenant-read", "--job=jobs=jobs-1"]).args(more);
            let output = run.output().expect("the binary runs");
            (text(&output.stdout) + &text(&output.stderr)).contains("needs capability second-tenant")
        };
        assert_eq!((told(&[]), told(&["--dry-run"])), (token.is_none(), token.is_none()), "{token:?}");
    }
}

#[test]
fn jobs_that_were_given_are_as_before() {
    let staging = Staging::new();
    let before = staging.jobs();
    let flags = staging.job_flags();
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let output = staging.run(&[&flags[..], &CHANGES, &["-q"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(staging.jobs(), before);
    assert_eq!(staging.journals(), 0, "nothing is left to be put back");
}

#[test]
fn what_changes_by_itself_is_put_back_too() {
    let staging = Staging::new();
    let before = staging.jobs();
    let output = staging.run(&["-q", "--set", "volatile=status", "--job", "jobs=jobs-1", "--topic", "merge,null"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!((staging.jobs(), staging.journals()), (before, 0));
}

#[test]
fn jobs_that_were_found_are_as_before() {
    let staging = Staging::new();
    let before = staging.jobs();
    let output = staging.run(&[&CHANGES[..], &["--provision", "discover", "-q"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(staging.jobs(), before);
}

#[test]
fn jobs_that_were_made_are_deleted_and_others_never_touched() {
    let staging = Staging::new();
    let (before, listed) = (staging.jobs(), staging.listed("jobs"));
    let output = staging.run(&[&CHANGES[..], &["--provision", "create", "-q"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!((staging.jobs(), staging.listed("jobs")), (before, listed));
    assert_eq!(staging.journals(), 0);
}

/// A slip of the pen is none of the target's, and leaves unjudged what needs the job.
#[test]
fn a_job_that_is_not_there_is_told_and_its_cases_are_not_judged() {
    let staging = Staging::new();
    let flags = ["--job", "jobs=nobody", "--derived-job", "jobs=no-one"];
    let run = ["jobs::iso", "jobs::merge", "--job", "jobs=jobs-1", "--alias", "independent", "--color", "never"];
    let output = staging.run(&[&run[..], &flags].concat());
    let (shown, told) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(3), "{shown}{told}");
    for id in ["nobody", "no-one"] {
        let why = format!("job jobs/{id} was given, and the target does not know it (404)");
        assert!(told.contains(&why), "{told}");
        assert!(shown.split_whitespace().collect::<Vec<_>>().join(" ").contains(&why), "{shown}");
    }
    assert!(!shown.contains("FAIL"), "{shown}");
    // What the target would not be asked anyway is skipped as ever.
    let second = ["--job", "jobs=jobs-1", "--job", "jobs=nobody", "--color", "never"];
    let output = staging.run(&[&["jobs::iso::derived-job-beside-second"][..], &second].concat());
    assert!(text(&output.stdout).contains("needs capability derived-job"), "{}", text(&output.stdout));
}

/// So it is with the second tenant: without its job, or with a token that has died, nothing is known of it.
#[test]
fn a_second_tenant_that_is_not_known_is_told_and_not_judged() {
    let options = patchproof::reference::Options {
        second_tenant_token: Some("second-tenant-0123456789".to_owned()),
        ..Default::default()
    };
    let server = patchproof::reference::Server::start(options).expect("a loopback port is free");
    let id_of = |of: &[(String, String)]| {
        of.iter().find(|(name, _)| name == "jobs").map(|(_, id)| id.clone()).expect("each collection has jobs")
    };
    let (own, foreign) = (id_of(server.jobs()), id_of(server.foreign_jobs()));
    let staging = Staging::new();
    for (token, id, why) in [
        ("second-tenant-0123456789", foreign.as_str(), ""),
        ("second-tenant-0123456789", "nobody", "job jobs/nobody was given, and the target does not know it (404)"),
        ("another-tenant-0123456789", foreign.as_str(), "the token of the second tenant is refused (401)"),
    ] {
        let mut run = staging.command(&server.base_url());
        run.env("PATCHPROOF_TOKEN", server.token()).env("PATCHPROOF_SECOND_TENANT_TOKEN", token);
        run.args(["run", "-q", "jobs::sec", "--job", &format!("jobs={own}")]);
        run.args(["--set", &format!("second-tenant-jobs=jobs={id}")]);
        let output = run.output().expect("the binary runs");
        let told = text(&output.stderr);
        let code = if why.is_empty() { 0 } else { 3 };
        assert_eq!(output.status.code(), Some(code), "{id}: {}{told}", text(&output.stdout));
        assert!(told.contains(why) && why.is_empty() == told.is_empty(), "{id}: {told}");
    }
}

/// What is declared is asked for: that jobs can be read another way does not make up for it.
#[test]
fn a_target_with_readback_has_to_show_its_jobs() {
    let faults = vec![patchproof::reference::fault("jobs-not-shown-by-get").expect("a fault of the catalogue")];
    let options = patchproof::reference::Options { faults, ..Default::default() };
    let server = patchproof::reference::Server::start(options).expect("a loopback port is free");
    let (_, id) = server.jobs().iter().find(|(name, _)| name == "jobs").expect("each collection has jobs");
    let staging = Staging::new();
    let run = |more: &[&str]| {
        let mut run = staging.command(&server.base_url());
        run.env("PATCHPROOF_TOKEN", server.token());
        run.args(["run", "jobs::resp", "jobs::atom", "--color", "never", "--job"]).arg(format!("jobs={id}")).args(more);
        run.output().expect("the binary runs")
    };
    let declared = run(&["--capability", "readback"]);
    assert_eq!(declared.status.code(), Some(1), "{}", text(&declared.stderr));
    assert!(text(&declared.stdout).contains("REQ-RESP-004 (MUST): The job is gone after the update."));
    let undeclared = run(&[]);
    assert_eq!(undeclared.status.code(), Some(0), "{}", text(&undeclared.stdout));
}

#[test]
fn a_target_that_makes_no_jobs_is_not_judged() {
    let staging = Staging::new();
    let refused = ["--provision", "create", "--token", "wrong-token-0123456789", "-q", "jobs::merge"];
    let output = staging.run(&refused);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    let told = text(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("provisioning failed: POST /dataClassification/jobs: answered 401 The token"), "{told}");
}

#[test]
fn a_dry_run_lists_requests_and_jobs_and_sends_nothing() {
    // Nobody listens there, so whatever is sent fails.
    let staging = Staging::new();
    let mut run = staging.command("http://127.0.0.1:9/v1.0");
    run.args(["run", "--dry-run", "--job", "jobs=a/b", "--job", "jobs=2", "--provision", "create"]);
    run.args(["--run", "{jobs,classifyFileJobs}::iso::second-job-status"]);
    let output = run.output().expect("the binary runs");
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for line in [
        "POST /dataClassification/classifyFileJobs    makes NEW-2",
        "GET /dataClassification/jobs/a%2Fb    how the job is; PATCH {} where it cannot be read",
        "jobs::iso::second-job-status",
        "    PATCH /dataClassification/jobs/a%2Fb",
        "    GET /dataClassification/jobs/2",
        "GET, PATCH, GET /dataClassification/jobs/2    put back and verified where it is not as it was",
        "DELETE /dataClassification/classifyFileJobs/NEW-1",
    ] {
        assert!(told.lines().any(|told| told == line), "{line}\n{told}");
    }
    assert!(text(&output.stderr).contains("2 trials on http://127.0.0.1:9/v1.0; nothing was sent"));

    let mut run = staging.command("http://127.0.0.1:9/v1.0");
    run.args(["run", "--dry-run", "-j", "18", "--provision", "create", "--run", "jobs::merge::one-status"]);
    let told = text(&run.output().expect("the binary runs").stdout);
    assert_eq!(told.matches("POST /dataClassification/jobs    makes NEW-").count(), 3, "{told}");
    assert!(told.contains("Trials are spread over up to 3 jobs of each collection"), "{told}");
}

#[test]
fn a_job_that_was_given_is_not_replaced_unless_the_user_says_so() {
    let staging = Staging::new();
    let sent = |more: &[&str]| {
        let put = ["run", "--dry-run", "--run", "{jobs,classifyTextJobs}::method::{put,put-on-derived-job}"];
        let output = staging.command("http://127.0.0.1:9/v1.0").args(put).args(more).output().expect("the binary runs");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let lines = text(&output.stdout);
        lines.lines().filter(|line| line.starts_with("    PUT ")).map(|line| line[8..].to_owned()).collect::<Vec<_>>()
    };
    let given = ["--job", "jobs=jobs-1", "--job", "classifyTextJobs=classifyTextJobs-1"];
    assert!(sent(&given).is_empty());
    assert_eq!(sent(&[&given[..], &["--capability", "provision"]].concat()).len(), 2);
    assert_eq!(
        sent(&["--job", "jobs=jobs-1", "--provision", "create"]),
        ["/dataClassification/classifyTextJobs/NEW-1"],
        "the one that is made, not the one that was given"
    );
    let derived = ["--provision", "create", "--derived-job", "classifyTextJobs=theirs"];
    assert_eq!(sent(&derived).len(), 2, "a job of a derived type is none that the run makes");
    assert_eq!(sent(&[&derived[..], &["--capability", "provision"]].concat()).len(), 2);
}

#[test]
fn an_id_that_needs_encoding_tears_no_request_line() {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let lines = std::sync::Arc::clone(&seen);
    let url = crate::scripted::server(move |request| {
        let line = request.head.lines().next().unwrap_or_default().to_owned();
        lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(line);
        let head = "200 OK\r\nContent-Type: application/json\r\nOData-Version: 4.0";
        (head.to_owned(), r#"{"id":"a b","status":"s"}"#.to_owned())
    });
    let staging = Staging::new();
    let mut run = staging.command(&url);
    run.args(["run", "-q", "--job", "jobs=a b", "--topic", "path,merge"]);
    let output = run.output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let seen = seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    assert!(seen.iter().any(|line| line.contains("job/a%20b")), "the case with another collection was sent");
    assert!(seen.iter().all(|line| line.split(' ').count() == 3), "{seen:#?}");
}

#[test]
fn with_more_trials_side_by_side_each_has_a_job_of_its_own() {
    let staging = Staging::new();
    let before = staging.jobs();
    let flags = staging.job_flags();
    let patched = |most: &str| {
        let report = staging.state.path().join(format!("{most}.json"));
        let report = format!("json={}", report.display());
        let mut run: Vec<&str> = flags.iter().map(String::as_str).collect();
        run.extend(["-q", "-j", most, "--run", "jobs::{merge,null,iso}::*", "--evidence", "all", "--report", &report]);
        let output = staging.run(&run);
        assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
        assert_eq!(staging.jobs(), before);
        let report = std::fs::read(staging.state.path().join(format!("{most}.json"))).expect("a report");
        let report: serde_json::Value = serde_json::from_slice(&report).expect("a report is JSON");
        let trials = |topic: &str| {
            let passed = report["trials"].as_array().into_iter().flatten().filter(|trial| trial["verdict"] == "pass");
            passed
                .filter(|trial| trial["name"].as_str().is_some_and(|name| name.starts_with(topic)))
                .collect::<Vec<_>>()
        };
        let of = |trial: &serde_json::Value| -> BTreeSet<String> {
            let exchanges = trial["evidence"].as_array().into_iter().flatten();
            let updates = exchanges.filter(|exchange| exchange["method"] == "PATCH");
            let urls = updates.filter_map(|exchange| exchange["url"].as_str());
            urls.filter_map(|url| Some(url.rsplit_once('/')?.1.split('?').next()?.to_owned())).collect()
        };
        let alone = trials("jobs::iso::other-paths-");
        assert!(alone.len() > 3 && alone.into_iter().map(of).all(|jobs| jobs.iter().eq(["jobs-1"])));
        trials("jobs::merge::").into_iter().map(of).collect::<Vec<_>>()
    };
    let one = patched("6");
    assert!(one.len() > 30 && one.iter().all(|jobs| jobs.iter().eq(["jobs-1"])), "{one:?}");
    let two = patched("12");
    let on = |job: &str| two.iter().filter(|jobs| jobs.iter().eq([job])).count();
    assert_eq!(on("jobs-1") + on("jobs-2"), one.len(), "no trial has both: {two:?}");
    assert!(on("jobs-1") > one.len() / 4 && on("jobs-2") > one.len() / 4, "{two:?}");
}

/// Ruling O-11 of the contract.
#[test]
fn who_does_not_offer_every_path_conforms_on_the_others_only() {
    let staging = Staging::new();
    let flags = staging.job_flags();
    let given = flags.chunks(2).filter(|flag| !flag[1].starts_with("labels"));
    let mut run: Vec<&str> = given.flatten().map(String::as_str).collect();
    run.extend(["--run", "*::merge::one-status", "--not-offered", "labelsAndPoliciesEvaluationJobs"]);
    let output = staging.run(&run);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("Conforms on 5 of 6 paths ("), "{}", text(&output.stdout));
}
