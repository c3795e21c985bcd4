//! The proof in small: what it must notice about a suite.

use super::score::wrong;
use super::subject::{Subject, on_one, relevant, run};
use crate::plan::{Plan, Selection, Source, load};
use crate::reference;

#[test]
fn a_fault_is_caught_and_the_check_that_catches_it_is_needed() {
    let suite = load(&Source::BuiltIn).unwrap();
    let names = ["jobs::auth::none".to_owned()].into();
    let plan = Plan::new(&suite, &Selection { names: Some(names), ..Selection::default() }, None).unwrap();
    let fault = Subject::Fault(reference::fault("no-token-needed").unwrap());
    let caught = run(&suite, &plan, fault, &[]);
    assert_eq!(wrong(&caught), None, "{caught:?}");
    let off: Vec<String> = caught.seen.values().flat_map(|seen| seen.checks.clone()).collect();
    assert!(wrong(&run(&suite, &plan, fault, &off)).is_some());
}

#[test]
fn the_sound_server_is_clean() {
    let suite = load(&Source::BuiltIn).unwrap();
    let selection =
        Selection { endpoints: vec!["jobs".to_owned()], topics: vec!["merge".to_owned()], ..Selection::default() };
    let plan = Plan::new(&suite, &selection, None).unwrap();
    let result = run(&suite, &plan, Subject::Sound, &[]);
    assert_eq!(wrong(&result), None);
    assert!(result.trials > 20);
}

/// The rows of a table of the matrix, as cells without their back quotes.
fn table(heading: &str) -> Vec<Vec<String>> {
    let matrix = include_str!("../../../reports/fault-matrix.md");
    let section = matrix.split(&format!("## {heading}\n")).nth(1).unwrap();
    let lines = section.split("\n## ").next().unwrap().lines().filter(|line| line.starts_with("| `"));
    lines.map(|line| line.split('|').skip(1).map(|cell| cell.trim().trim_matches('`').to_owned()).collect()).collect()
}

#[test]
fn the_matrix_is_that_of_the_catalogue() {
    let hint = "patchproof selftest --markdown reports/fault-matrix.md --summary reports/selftest.json";
    let titles = |heading| table(heading).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect::<Vec<_>>();
    let faults: Vec<_> = reference::faults().map(|row| (row.name.to_owned(), row.title.to_owned())).collect();
    assert!(titles("Faults") == faults, "run {hint}");
    let variations = reference::VARIATIONS.iter().map(|row| (row.name.to_owned(), row.title.to_owned()));
    assert!(titles("Legal variations") == variations.collect::<Vec<_>>(), "run {hint}");
    assert!(table("Faults").iter().all(|row| row[2] != "**missed**"));
}

#[test]
fn without_any_one_check_a_fault_is_missed() {
    let suite = load(&Source::BuiltIn).unwrap();
    let rows = table("Checks");
    let named: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(named, crate::checks::CHECKS.iter().map(|check| check.name).collect::<Vec<_>>());
    for row in &rows {
        let fault = reference::fault(&row[2]).unwrap_or_else(|| panic!("{} is needed for no fault", row[0]));
        let (plan, fault) = (relevant(&suite, fault), Subject::Fault(fault));
        assert_eq!(wrong(&run(&suite, &plan, fault, &[])), None, "{} is not caught", row[2]);
        let off = [row[0].clone()];
        assert!(wrong(&run(&suite, &plan, fault, &off)).is_some(), "{} is caught without {}", row[2], row[0]);
    }
}

#[test]
fn a_path_that_takes_no_update_is_judged_by_the_plainest() {
    let suite = load(&Source::BuiltIn).unwrap();
    let fault = Subject::Fault(reference::fault("json-refused").unwrap());
    let result = run(&suite, &on_one(&suite), fault, &[]);
    assert_eq!(result.trials, suite.refs.len());
    for id in ["REQ-PATH-001", "REQ-MEDIA-001", "REQ-BODY-001"] {
        assert!(result.seen.contains_key(id), "{:?}", result.seen);
    }
    assert!(result.seen.len() < 10, "{:?}", result.seen.keys());
    assert!(result.inconclusive > suite.refs.len() / 2, "{} of {}", result.inconclusive, result.trials);
}

/// One defect is not told as others that the server does not have.
#[test]
fn what_is_shown_otherwise_is_neither_lost_nor_a_mixture_nor_ignored() {
    let suite = load(&Source::BuiltIn).unwrap();
    let topics = ["atom", "err", "dto", "status"].map(str::to_owned).into();
    let selection = Selection { endpoints: vec!["jobs".to_owned()], topics, ..Selection::default() };
    let plan = Plan::new(&suite, &selection, None).unwrap();
    for (name, cause) in [("dates-as-strings-of-numbers", "REQ-DTO-001"), ("first-element-only", "REQ-ERR-004")] {
        let result = run(&suite, &plan, Subject::Fault(reference::fault(name).unwrap()), &[]);
        assert!(result.seen.contains_key(cause), "{name}: {:?}", result.seen.keys());
        for other in ["REQ-ATOM-003", "REQ-ATOM-004", "REQ-STATUS-003", "REQ-MERGE-003"] {
            assert!(!result.seen.contains_key(other), "{name} is told as {other}");
        }
    }
}
