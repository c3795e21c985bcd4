//! Every report that a run writes is written again from its `report.json`, octet for octet.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::fs;
use std::path::Path;
use std::process::Command;

use patchproof::report::FORMATS;

/// The options that ask for every format in this folder.
fn reports(folder: &str) -> Vec<String> {
    FORMATS.iter().flat_map(|f| ["--report".to_owned(), format!("{}={folder}/{}", f.name, f.extension)]).collect()
}

fn patchproof(folder: &Path, words: &[&str], reports: &[String]) -> Option<i32> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_patchproof"));
    command.args(words).args(reports).current_dir(folder).env("PATCHPROOF_STATE_DIR", folder.join("state"));
    command.output().unwrap().status.code()
}

/// The run has failures, endpoints that are told in another order than the page, and what passed with its exchanges.
#[test]
fn a_run_is_told_again_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let words = [
        "run",
        "-q",
        "--fault",
        "empty-date-becomes-null",
        "--topic",
        "dto",
        "--endpoint",
        "jobs,classifyFileJobs",
        "--evidence",
        "all",
    ];
    let docs = ["--docs-url", "https://docs.example/requirements"];
    assert_eq!(patchproof(folder.path(), &[&words[..], &docs].concat(), &reports("first")), Some(1));
    let words = ["report", "first/report.json"];
    assert_eq!(patchproof(folder.path(), &words, &reports("again")), Some(0));
    for format in FORMATS {
        let read = |of: &str| fs::read(folder.path().join(of).join(format.extension)).unwrap();
        assert!(read("first") == read("again"), "{} differs", format.name);
        assert!(!read("first").is_empty(), "{}", format.name);
    }
}
