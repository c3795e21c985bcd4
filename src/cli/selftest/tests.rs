//! The proof in small: what it must notice about a suite.

use super::score::wrong;
use super::subject::{Subject, run};
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
