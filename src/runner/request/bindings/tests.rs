use super::*;

use crate::runner::job::ReadVia;

#[test]
fn makes_tags_that_are_almost_the_current_one() {
    let made = |tag, how| alike(tag, how).unwrap_or_default();
    assert_eq!(made("W/\"ab-19\"", Alike::Shorter), "W/\"ab-1\"");
    assert_eq!(made("\"ab-19\"", Alike::Longer), "\"ab-190\"");
    assert_eq!(made("W/\"ab-19\"", Alike::FirstChanged), "W/\"1b-19\"");
    assert_eq!(made("\"1\"", Alike::FirstChanged), "\"2\"");
    assert_eq!(made("W/\"ab-19\"", Alike::OtherCase), "W/\"AB-19\"");
    assert_eq!(made("W/\"ab-19\"", Alike::CountedUp), "W/\"ab-20\"");
    assert_eq!(alike("\"19\"", Alike::OtherCase), None);
    assert_eq!(alike("\"ab\"", Alike::CountedUp), None);
    assert_eq!(alike("unquoted", Alike::Longer), None);
    assert_eq!(alike("\"", Alike::Longer), None);
    assert_eq!(alike("\"\"", Alike::Longer), None);
}

#[test]
fn tags_of_long_ago_are_none_that_the_job_has_again() {
    let bindings = Bindings::default();
    let mut job = JobState::of("7", ReadVia::Get);
    assert_eq!((sixteenth(&job, true, &bindings), all_old(&job, &bindings)), (None, None));
    job.etag = Some("\"now\"".to_owned());
    assert_eq!(all_old(&job, &bindings), Some(bindings.unknown_tag()), "there is none yet");
    job.older_etags = (0..18).map(|age| format!("\"{age}\"")).collect();
    assert_eq!(sixteenth(&job, true, &bindings).as_deref(), Some("\"15\""));
    job.older_etags.truncate(4);
    job.older_etags[2] = "\"now\"".to_owned();
    assert_eq!(all_old(&job, &bindings).as_deref(), Some("\"3\""));
    for (length, listed) in [(2000, 1), (900, 2), (3000, 1)] {
        job.older_etags = (0..9).map(|age| format!("\"{age}{}\"", "x".repeat(length))).collect();
        assert_eq!(all_old(&job, &bindings).map(|list| list.split(", ").count()), Some(listed), "{length}");
    }
    job.older_etags = (0..4).map(|age| format!("\"{age}\"")).collect();
    job.etag = Some("\"3\"".to_owned());
    assert_eq!(sixteenth(&job, true, &bindings).as_deref(), Some("\"3\""), "every state was there once");
    assert_eq!(sixteenth(&job, false, &bindings), Some(bindings.unknown_tag()), "the state may be there again");
}

#[test]
fn a_short_id_has_no_neighbours() {
    let bindings = Bindings::default();
    let guid = "324d1724-1724-324d-2417-4d3224174d32";
    assert_eq!(bindings.beside(guid, |id| format!("{id}0")), format!("{guid}0"));
    assert_eq!(without_hyphens(guid).as_deref(), Some("324d17241724324d24174d3224174d32"));
    for id in ["1000", "job-7", ""] {
        assert_eq!(without_hyphens(id), None, "{id}");
        assert_eq!(bindings.beside(id, |id| format!("{id}0")), bindings.unknown(), "{id}");
    }
}

#[test]
fn permitted_values_change_with_what_they_stand_for_and_differ_from_the_current_one() {
    let values = ["a", "b", "c"].map(str::to_owned);
    let bindings = Bindings::default();
    let pick = |text, current| bindings.pick("status", text, &values, current);
    assert_eq!(pick("first", Some("a")), Some("b"));
    assert_eq!(pick("second", Some("b")), Some("c"));
    assert_eq!(pick("third", Some("c")), Some("a"));
    assert_eq!(pick("first", Some("a")), Some("b"), "the same again");
    assert_eq!(pick("c", Some("a")), None, "what is permitted stays");
    assert_eq!(bindings.pick("type", "first", &values, None), Some("a"), "each property has its own");
    assert_eq!(bindings.pick("tenantId", "first", &["only".to_owned()], Some("only")), Some("only"));
}
