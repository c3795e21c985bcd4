//! Bundles whose digests fit and whose content does not.

use super::*;

/// Writes manifest and statement anew, as somebody would who alters a bundle that is not signed.
pub(super) fn cover_up(path: &Path, file: &str, statement: impl FnOnce(&mut Value)) {
    let digest = |octets: &[u8]| Sha256::digest(octets).iter().fold(String::new(), |t, o| format!("{t}{o:02x}"));
    let write = |name: &str, value: &Value| {
        let text = format!("{}\n", serde_json::to_string_pretty(value).unwrap());
        fs::write(path.join(name), &text).unwrap();
        digest(text.as_bytes())
    };
    let read = |name: &str| serde_json::from_slice::<Value>(&fs::read(path.join(name)).unwrap()).unwrap();
    let octets = fs::read(path.join(file)).unwrap();
    let mut manifest = read("manifest.json");
    manifest["files"][file] = json!({"bytes": octets.len(), "sha256": digest(&octets)});
    let subject = write("manifest.json", &manifest);
    let mut told = read("statement.json");
    told["subject"][0]["digest"]["sha256"] = subject.into();
    statement(&mut told);
    write("statement.json", &told);
}

#[test]
fn a_verdict_that_does_not_follow_is_refused_though_every_digest_fits() {
    let (_folder, path) = bundle("bundle", &[]);
    cover_up(&path, "settings.json", |_| {});
    verify(&path, None).unwrap();
    // A pass that is told as a failure, with its sums.
    let text = fs::read_to_string(path.join("report.json")).unwrap();
    let mut report: Value = serde_json::from_str(&text).unwrap();
    let passes = report["trials"].as_array().unwrap().iter().position(|trial| trial["verdict"] == "pass").unwrap();
    let name = report["trials"][passes]["name"].clone();
    report["trials"][passes]["verdict"] = "inconclusive".into();
    fs::write(path.join("report.json"), report.to_string()).unwrap();
    let fail = |told: &mut Value| {
        told["predicate"]["passedTests"].as_array_mut().unwrap().retain(|test| *test != name);
        told["predicate"]["failedTests"].as_array_mut().unwrap().push(name.clone());
    };
    cover_up(&path, "report.json", fail);
    assert!(matches!(verify(&path, None), Err(Refused::DoesNotFollow(why)) if why.contains("sums")));
    let sums = report["summary"].as_object_mut().unwrap();
    sums["counts"]["pass"] = json!(sums["counts"]["pass"].as_u64().unwrap() - 1);
    sums["counts"]["inconclusive"] = json!(1);
    sums["exitCode"] = json!(3);
    for requirement in report["trials"][passes]["requirements"].clone().as_array().unwrap() {
        let tally = &mut report["summary"]["requirements"][requirement.as_str().unwrap()];
        tally["passed"] = json!(tally["passed"].as_u64().unwrap() - 1);
        tally["inconclusive"] = json!(tally["inconclusive"].as_u64().unwrap() + 1);
    }
    fs::write(path.join("report.json"), report.to_string()).unwrap();
    cover_up(&path, "report.json", |told| told["predicate"]["result"] = "FAILED".into());
    assert!(matches!(verify(&path, None), Err(Refused::DoesNotFollow(why)) if why.contains("does not follow")));
}

#[test]
fn a_newer_suite_judges_what_it_still_asks() {
    let (folder, path) = bundle("bundle", &[]);
    let cases = folder.path().join("cases");
    let file = cases.join("auth/none.json");
    let mut case: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let original = case.clone();
    let expect = |case: &mut Value| {
        let holder = if case.get("steps").is_some() { &mut case["steps"][0] } else { case };
        holder["expect"] = json!({"status": 418, "requirement": "REQ-AUTH-001"});
    };
    expect(&mut case);
    fs::write(&file, case.to_string()).unwrap();
    let again = rejudge(&path, Some(&Source::Dir(cases.clone()))).unwrap();
    let told: Vec<&str> = again.differences.iter().map(|difference| difference.trial.as_str()).collect();
    assert_eq!(told, ["jobs::auth::none"]);
    let shown = patchproof(folder.path(), &["rejudge", "bundle", "--cases", "cases"]);
    assert_eq!(code(&shown), 7);
    assert!(String::from_utf8(shown.stdout).unwrap().contains("was pass, is fail"));
    // Another request was never sent.
    let mut case = original;
    case["exclusive"] = json!(true);
    fs::write(&file, case.to_string()).unwrap();
    let again = rejudge(&path, Some(&Source::Dir(cases))).unwrap();
    assert_eq!((again.differences.len(), again.unjudged.len()), (0, 1));
}

#[test]
fn what_is_no_bundle_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    cases(folder.path());
    fs::create_dir(folder.path().join("full")).unwrap();
    fs::write(folder.path().join("full/mine.txt"), "keep").unwrap();
    let run = ["run", "-q", "--cases", "cases", "--endpoint", "jobs", "--report", "bundle=full"];
    assert_eq!(code(&patchproof(folder.path(), &run)), 6);
    assert_eq!(fs::read_to_string(folder.path().join("full/mine.txt")).unwrap(), "keep");
    fs::write(folder.path().join("report.json"), "{}").unwrap();
    for wrong in ["full", "cases", "missing", "report.json"] {
        assert_eq!(code(&patchproof(folder.path(), &["verify", wrong])), 2, "{wrong}");
        assert_eq!(code(&patchproof(folder.path(), &["rejudge", wrong])), 2, "{wrong}");
    }
    fs::write(folder.path().join("not.tar.gz"), "x").unwrap();
    assert_eq!(code(&patchproof(folder.path(), &["verify", "not.tar.gz"])), 7);
    assert_eq!(code(&patchproof(folder.path(), &["run", "--sign", "no-key"])), 2);
    // Nothing half-written is left behind.
    let left = files(folder.path()).iter().filter(|path| path.to_string_lossy().contains(".patchproof-")).count();
    assert_eq!(left, 0);
}

/// What tells a text of another job from an own one is known to the run alone, so the bundle has to say it.
#[test]
fn what_another_job_was_sent_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let fault = ["--fault", "error-of-the-job-updated-before", "--run", "jobs::iso::second-job-with-*"];
    let report = ["--report", "json=report.json", "--report", "bundle=bundle"];
    let output = patchproof(folder.path(), &[&["run", "-q"][..], &fault, &report].concat());
    assert_eq!(code(&output), 1, "{output:?}");
    let report: Value = serde_json::from_slice(&fs::read(folder.path().join("report.json")).unwrap()).unwrap();
    let findings = report["trials"].as_array().unwrap().iter().filter_map(|trial| trial["findings"].as_array());
    assert!(findings.flatten().any(|finding| finding["check"] == "strangers"), "{report}");
    let bundle = folder.path().join("bundle");
    assert_eq!(verify(&bundle, None).unwrap().exit_code, 1);
    assert!(rejudge(&bundle, None).unwrap().differences.is_empty());
}
