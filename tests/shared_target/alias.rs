//! Paths that share their jobs: what one path does to a job is no damage that another path finds.

use crate::credentials::forward;
use crate::scripted::server;
use crate::staging::{Staging, text};

/// A server on which every path leads to the jobs of one collection, slowly enough for lanes to get between each other.
fn sharing(staging: &Staging) -> String {
    let addr = staging.server.addr();
    server(move |request| {
        let path = request.head.split(' ').nth(1).unwrap_or_default().to_owned();
        let collection = path.split('/').nth(3).unwrap_or_default().to_owned();
        let head = request.head.replacen(&format!("/{collection}/"), "/jobs/", 1);
        std::thread::sleep(std::time::Duration::from_millis(1));
        let (head, body) = forward(addr, &head, &request.body);
        (head, body.replace("dataClassification/jobs", &format!("dataClassification/{collection}")))
    })
}

fn run(staging: &Staging, url: &str, more: &[&str]) -> std::process::Output {
    let mut run = staging.command(url);
    run.args([
        "run",
        "-q",
        "--job",
        "jobs=jobs-1",
        "--job",
        "classifyTextJobs=jobs-1",
        "--job",
        "classifyFileJobs=jobs-2",
    ]);
    run.args(["--job", "jobs=jobs-2", "--run", "{jobs,classifyFileJobs,classifyTextJobs}::{merge,iso}::*"]);
    run.args(more).output().expect("the binary runs")
}

#[test]
fn lanes_that_share_a_job_do_not_run_side_by_side() {
    for declared in [&["--alias", "shared"][..], &[]] {
        let staging = Staging::new();
        let before = staging.jobs();
        let output = run(&staging, &sharing(&staging), declared);
        assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
        assert_eq!((staging.jobs(), staging.journals()), (before, 0));
    }
}
