use super::*;
use serde_json::json;

fn lookup(placeholder: &Placeholder) -> Option<String> {
    match placeholder {
        Placeholder::JobId => Some("J".to_owned()),
        Placeholder::Uuid(n) => Some(format!("U{n}")),
        _ => None,
    }
}

#[test]
fn fills_what_is_known() {
    assert_eq!(fill("a {{job.id}}{{uuid.3}} b", &lookup), "a JU3 b");
    assert_eq!(fill("{{now}} {{uuid}}", &lookup), "{{now}} U1");
    assert!(matches!(fill("plain", &lookup), Cow::Borrowed("plain")));
    let value = json!({"a": ["{{uuid}}", 1, {"b": "{{job.id}}"}]});
    assert!(has_placeholders(&value));
    assert_eq!(fill_json(&value, &lookup), json!({"a": ["U1", 1, {"b": "J"}]}));
    assert!(!has_placeholders(&json!({"a": ["x", null]})));
}

#[test]
fn names_what_is_wrong() {
    let read = |text| placeholders(text).collect::<Result<Vec<_>, _>>();
    assert_eq!(read("{{var.a_b}}{{etag.old}}"), Ok(vec![Placeholder::Var("a_b".into()), Placeholder::OldEtag]));
    assert!(read("{{jobid}}").unwrap_err().contains("did you mean `{{job.id}}`?"));
    assert!(read("{{uuid.1}}").is_err());
    assert!(read("{{var.}}").is_err());
    assert_eq!(read("{{uuid}").unwrap_err(), "`{{` without `}}`");
    assert_eq!(read(r#"{"a":{"b":{}}}"#), Ok(vec![]));
}

#[test]
fn a_misspelt_name_is_told_the_nearest_of_all() {
    for (wrong, right) in
        [("job.id.longre", "job.id.longer"), ("etag.odler", "etag.older"), ("unknwon.id", "unknown.id")]
    {
        let told = Placeholder::parse(wrong).unwrap_err();
        assert!(told.ends_with(&format!("did you mean `{{{{{right}}}}}`?")), "{told}");
    }
}
