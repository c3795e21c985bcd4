//! What is written and read: whole or not at all, and nothing else is touched.

use std::fs;

use crate::{err, out, patchproof};

/// Where GitHub runs the program, the summary of the step is written once, also where it is asked for by name.
#[test]
fn the_summary_of_a_step_is_written_once() {
    let folder = tempfile::tempdir().unwrap();
    let summary = folder.path().join("summary.md");
    let named = format!("markdown={}", summary.display());
    for flags in [&[][..], &["--report", named.as_str()]] {
        fs::write(&summary, "before\n").unwrap();
        let mut run = patchproof();
        run.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary);
        let output = run.args(["run", "-q", "jobs::prop::"]).args(flags).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        let text = fs::read_to_string(&summary).unwrap();
        assert!(
            text.starts_with("before\n") && text.matches("\n## ").count() + text.matches("before\n## ").count() > 0
        );
    }
}

/// Whoever opens a pipe to read waits for ever, and a device that is renamed away is missed by the whole machine.
#[cfg(unix)]
#[test]
fn pipes_are_neither_read_as_cases_nor_replaced_by_bundles() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("one.json");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let lint = patchproof().arg("lint").arg(folder.path()).output().unwrap();
    assert_eq!(lint.status.code(), Some(2), "{}", out(&lint));
    assert!(err(&lint).contains("expected a file, found a pipe or the like"), "{}", err(&lint));
    let report = format!("bundle={}", pipe.display());
    let run = patchproof().args(["run", "-q", "jobs::prop::", "--report", &report]).output().unwrap();
    assert_eq!(run.status.code(), Some(6), "{}", err(&run));
    assert!(!pipe.is_dir() && pipe.exists(), "left alone");
    let report = format!("json={}", folder.path().display());
    let run = patchproof().args(["run", "-q", "jobs::prop::", "--report", &report]).output().unwrap();
    assert_eq!((run.status.code(), &*out(&run)), (Some(6), ""), "{}", err(&run));
}

/// Whoever reads the last line must not take a part for the whole.
#[test]
fn a_part_of_the_proof_is_told_as_a_part() {
    let folder = tempfile::tempdir().unwrap();
    let written = folder.path().join("matrix.md");
    let path = written.to_str().unwrap();
    let part = ["selftest", "--only", "code-missing"];
    let output = patchproof().args(part).args(["--markdown", path]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(out(&output).ends_with("No problem in this part; only the whole is a proof\n"), "{}", out(&output));
    assert!(!out(&output).contains("Testable MUST"), "{}", out(&output));
    assert!(fs::read_to_string(written).unwrap().contains("| `code-missing` |"));
    // What cannot be written is told before the work.
    let output = patchproof().args(part).args(["--json", folder.path().to_str().unwrap()]).output().unwrap();
    assert_eq!((output.status.code(), &*out(&output)), (Some(6), ""), "{}", err(&output));
}

#[test]
fn a_folder_that_is_no_bundle_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let output = patchproof().arg("verify").arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = format!("{}: no bundle, as there is no manifest.json in it", folder.path().display());
    assert!(err(&output).contains(&told), "{}", err(&output));
}

/// A report that was changed by hand must not say two things at once.
#[test]
fn a_report_whose_sums_do_not_fit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    let report = format!("json={}", path.display());
    let run = ["run", "-q", "--fault", "empty-date-becomes-null", "jobs::dto", "--report", &report];
    assert_eq!(patchproof().args(run).output().unwrap().status.code(), Some(1));
    let whole = fs::read_to_string(&path).unwrap();
    let mut edited: serde_json::Value = serde_json::from_str(&whole).unwrap();
    edited["summary"]["counts"]["fail"] = 0.into();
    fs::write(&path, edited.to_string()).unwrap();
    let output = patchproof().arg("report").arg(&path).output().unwrap();
    assert_eq!((output.status.code(), &*out(&output)), (Some(2), ""), "{}", err(&output));
    assert!(err(&output).contains("its summary counts other verdicts than its trials have"), "{}", err(&output));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_not_green() {
    for arguments in
        [&["schema", "case"][..], &["list"], &["run", "jobs::prop"], &["run", "--message-format=json", "jobs::prop"]]
    {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = patchproof().args(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(6), "{arguments:?}: {}", err(&output));
        assert_eq!(err(&output).matches("error: stdout: ").count(), 1, "{}", err(&output));
    }
}

#[cfg(unix)]
#[test]
fn a_report_leaves_links_pipes_and_the_summary_of_a_job_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("real.json"), "old").unwrap();
    std::os::unix::fs::symlink("real.json", at("link.json")).unwrap();
    fs::write(at("summary.md"), "of the step before\n").unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap();
    assert!(pipe.success());
    let reader = std::thread::spawn({
        let pipe = at("pipe");
        move || fs::read_to_string(pipe).unwrap()
    });
    let reports = [("json", "link.json"), ("tap", "pipe")]
        .map(|(format, name)| format!("--report={format}={}", at(name).display()));
    let mut run = patchproof();
    run.args(["run", "-q", "--profile", "ci", "jobs::prop"]).args(reports).env("GITHUB_STEP_SUMMARY", at("summary.md"));
    let output = run.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(fs::symlink_metadata(at("link.json")).unwrap().is_symlink());
    assert!(fs::read_to_string(at("real.json")).unwrap().starts_with('{'));
    assert!(reader.join().unwrap().starts_with("TAP version"));
    let summary = fs::read_to_string(at("summary.md")).unwrap();
    assert!(summary.starts_with("of the step before\n") && summary.contains("Conforms"), "{summary}");
}

#[test]
fn a_key_without_its_other_half_is_not_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("k");
    fs::write(folder.path().join("k.pub"), "somebody's").unwrap();
    let output = patchproof().arg("keygen").arg(&key).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", err(&output));
    assert!(!key.exists());
}
