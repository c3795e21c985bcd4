//! What loading gives, refuses and keeps.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::super::check::MAX_FILE;
use super::*;
use crate::model::exchange::MADE_UP_TAG;

const SOUND: &str = r#"{"title": "t", "requirements": ["REQ-STATUS-001"]}"#;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn load_dir(path: &Path) -> Result<Suite, Vec<Diagnostic>> {
    load(&Source::Dir(path.to_owned()))
}

#[test]
fn ids_come_from_the_path() {
    let dir = folder(&[("s/b/two.json", SOUND), ("s/a/x/one.json", SOUND), ("s/top.json", SOUND), ("s/n.txt", "")]);
    let suite = load_dir(&dir.path().join("s")).unwrap();
    let ids: Vec<_> = suite.refs.iter().map(|row| &*row.id).collect();
    assert_eq!(ids, ["a::x::one", "b::two", "s::top"]);
    assert_eq!(suite.case(1).unwrap().title, "t");
    assert!(suite.case(3).is_err());
    let single = load_dir(&dir.path().join("s/b/two.json")).unwrap();
    assert_eq!(&*single.refs[0].id, "b::two");
    let only = load_only(&Source::Dir(dir.path().join("s")), |id| id == "b::two").unwrap();
    assert_eq!(only.refs.len(), 1);
}

#[test]
fn the_digest_is_that_of_the_cases_wherever_they_are() {
    let built_in = load(&Source::BuiltIn).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    assert_eq!(load_dir(&folder).unwrap().digest, built_in.digest);
}

#[test]
fn mistakes_of_all_files_come_together() {
    let dir = folder(&[("a/one.json", "{"), ("a/two.json", "{}"), ("a/three.json", SOUND)]);
    let wrong = load_dir(dir.path()).unwrap_err();
    assert_eq!(wrong.len(), 3, "{wrong:#?}");
}

#[test]
fn nothing_to_load_is_a_mistake() {
    let dir = folder(&[]);
    assert!(load_dir(dir.path()).unwrap_err()[0].to_string().ends_with("found none"));
    let missing = load_dir(&dir.path().join("missing")).unwrap_err();
    assert!(missing[0].to_string().contains("expected a folder"));
}

#[test]
fn repeated_ids_and_large_files_are_refused() {
    let dir = folder(&[("cases/top.json", SOUND), ("cases/cases/top.json", SOUND)]);
    let wrong = load_dir(&dir.path().join("cases")).unwrap_err();
    assert!(wrong[0].message.contains("cases::top"), "{wrong:?}");
    let dir = folder(&[("a/big.json", &" ".repeat(MAX_FILE + 1))]);
    assert!(load_dir(dir.path()).unwrap_err()[0].message.contains("1 MiB"));
}

#[test]
fn a_large_suite_is_read_again() {
    let long = format!(r#"{{"title": "{}", "requirements": ["REQ-STATUS-001"]}}"#, "x".repeat(60_000));
    let names: Vec<_> = (0..=KEPT / 60_000).map(|n| format!("a/{n:03}.json")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), long.as_str())).collect();
    let dir = folder(&files);
    let suite = load_dir(dir.path()).unwrap();
    let forgotten = suite.refs.iter().position(|row| row.kept.is_none()).unwrap();
    assert_eq!(suite.case(forgotten).unwrap().title.len(), 60_000);
    assert_eq!(&*suite.refs[7].id, "a::007");
    fs::write(dir.path().join(&names[forgotten]), SOUND).unwrap();
    assert!(suite.case(forgotten).unwrap_err().message.contains("changed"));
}

#[test]
fn the_built_in_suite_is_kept() {
    let suite = load(&Source::BuiltIn).unwrap();
    assert_eq!(suite.refs.iter().filter(|row| row.kept.is_none()).count(), 0, "it has outgrown `KEPT`");
}

#[test]
fn digest_depends_on_names_and_texts() {
    let one = load_dir(folder(&[("a/one.json", SOUND)]).path()).unwrap().digest;
    let same = load_dir(folder(&[("a/one.json", SOUND)]).path()).unwrap().digest;
    let renamed = load_dir(folder(&[("a/two.json", SOUND)]).path()).unwrap().digest;
    assert_eq!((one.len(), &one), (64, &same));
    assert_ne!(one, renamed);
}

/// A target that keeps what it does not know shows such a tag, which is none of its own.
#[test]
fn cases_make_up_one_tag_for_a_body() {
    let suite = load(&Source::BuiltIn).unwrap();
    let bodies = (0..suite.refs.len()).flat_map(|case| {
        let steps = |case: Arc<Case>| {
            case.steps.iter().filter_map(|step| step.request.content.as_ref()?.json().cloned()).collect::<Vec<_>>()
        };
        steps(suite.case(case).unwrap())
    });
    let tags: BTreeSet<String> =
        bodies.filter_map(|body| Some(body.get("@odata.etag")?.as_str()?.to_owned())).collect();
    assert_eq!(tags, [MADE_UP_TAG, "{{etag}}"].map(str::to_owned).into());
}
