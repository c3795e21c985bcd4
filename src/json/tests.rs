use super::*;

#[test]
fn a_pointer_leads_where_the_library_says() {
    let root = serde_json::json!({"a": {"b/c": [1, {"~": 2}], "": 3}, "01": 4, "list": [5, 6]});
    for pointer in [
        "",
        "/",
        "a",
        "/a",
        "/a/",
        "/a/b~1c",
        "/a/b~1c/1/~0",
        "/a/b~1c/2",
        "/01",
        "/list/0",
        "/list/1",
        "/list/00",
        "/list/01",
        "/list/+1",
        "/list/-",
        "/list/",
        "/list/0/x",
        "/none/x",
    ] {
        assert_eq!(at(&root, pointer), root.pointer(pointer), "{pointer}");
    }
}

#[test]
fn annotations_have_a_long_and_a_short_name() {
    let read = |text: &str| parse(text.as_bytes()).value.and_then(|value| value.as_object().cloned()).unwrap();
    for text in [
        r##"{"@odata.type": "#a", "@type": "#b"}"##,
        r##"{"@type": "#b", "x": 1, "@odata.type": "#a"}"##,
        r##"{"@type": "#a"}"##,
        r##"{"@odata.type": "#a"}"##,
    ] {
        assert_eq!(annotation(&read(text), "type").and_then(Value::as_str), Some("#a"), "{text}");
    }
    assert_eq!(annotation(&read(r##"{"type": "#a"}"##), "type"), None);
    assert_eq!(unescape(&escape("a/b~1")), "a/b~1");
}

#[test]
fn unpaired_surrogates_are_well_formed() {
    let read = |text: &str| parse(text.as_bytes());
    for text in [r#""\ud800""#, r#"{"a":"x\udc00\ud83d\ude00"}"#, r#""\ud800\u0041""#, r#""\ud83d\\ude00""#] {
        assert!(read(text).defects.is_empty(), "{text}");
    }
    assert_eq!(read(r#""\\ud800 \ud800""#).value, Some(Arc::new("\\ud800 \u{10f000}".into())));
    for (shown, replaced) in [
        ("a \u{fffd} b", true),
        ("a \u{fffd}\u{fffd} b", true),
        ("a \u{10f000}\u{10f400} b", false),
        ("a ?? b", true),
        ("a ? b", false),
        ("a  b", false),
    ] {
        let sent = read(r#""a \ud800\ud800 b""#).value.unwrap();
        assert_eq!(halves_are_replaced(sent.as_str().unwrap(), shown), replaced, "{shown}");
    }
    assert!(!halves_are_replaced("a \u{fffd}", "a \u{fffd}"));
    assert!(
        read(r#""\ud800"#).value.is_none() && read(r#""\ud8"#).value.is_none() && read("\"\\\u{e9}").value.is_none()
    );
}

#[test]
fn half_a_pair_is_written_as_it_was_read() {
    for text in [r#"{"lone\ud800":null}"#, r#"["\udc00\ud83d","a"]"#, "{\"a\":\"\u{10f8ff}é\"}", r#"{"a":1.5}"#] {
        let value = parse(text.as_bytes()).value.unwrap();
        assert_eq!(String::from_utf8(octets(&value)).unwrap(), text);
    }
}

#[test]
fn numbers_have_no_range() {
    let read = |text: &str| parse(text.as_bytes());
    for text in ["1e400", "-1.8e308", r#"{"a\\": [1e999, "1e999\"", 2], "b": -1E+999}"#] {
        assert!(read(text).defects.is_empty() && read(text).value.is_some(), "{text}");
    }
    assert_eq!(read(r#"["1e999", 1e999]"#).value.unwrap()[0], "1e999");
    for text in ["1e999 x", "1e+999+", "[1e999, 01e999]", "[1e999, 1.e999]", "[1e999,]", "{\"a\": 1e999"] {
        assert!(read(text).value.is_none(), "{text}");
    }
}

#[test]
fn names_each_defect() {
    assert_eq!(parse(b"").defects, [JsonDefect::Empty]);
    assert_eq!(parse(b"\xEF\xBB\xBF{}").defects, [JsonDefect::ByteOrderMark]);
    assert_eq!(parse(b"{\"a\":\"\xFF\"}").defects, [JsonDefect::NotUtf8(6)]);
    assert_eq!(parse(br#"{"a":1,"a":2}"#).defects, [JsonDefect::DuplicateMember("/a".into())]);
    let nested = br#"{"error":{"details":[{"code":1},{"code":2,"code":3}],"a/b":{"x":1,"x":2}}}"#;
    let pointers = ["/error/details/1/code", "/error/a~1b/x"].map(|at| JsonDefect::DuplicateMember(at.into()));
    assert_eq!(parse(nested).defects, pointers);
    assert!(matches!(parse(b"{} x").defects[..], [JsonDefect::Malformed(..)]));
    assert!(parse(br#"{"a":[1,-2,3.5,null,true,"x"]}"#).defects.is_empty());
}

/// What the library cannot read by itself is read another way, and what was noted before stays noted.
#[test]
fn a_second_reading_forgets_no_defect() {
    assert_eq!(parse(b"\xEF\xBB\xBF{\"a\":\"\\ud800\"}").defects, [JsonDefect::ByteOrderMark]);
    assert_eq!(parse(b"\xEF\xBB\xBF{\"a\":1e999}").defects, [JsonDefect::ByteOrderMark]);
    assert_eq!(parse(br#"{"a":"\udfff","a":-1e999}"#).defects, [JsonDefect::DuplicateMember("/a".into())]);
}

#[test]
fn deep_nesting_is_read_over() {
    let deep = |levels: usize, inner: &str| format!("{}{inner}{}", "[".repeat(levels), "]".repeat(levels));
    let parsed = parse(deep(200_000, "1").as_bytes());
    assert!(parsed.defects.is_empty() && parsed.value.is_some());
    let job = format!(r#"{{"id":"1","status":"s","more":{}}}"#, deep(150, "\"\\ud800\""));
    let parsed = parse(job.as_bytes());
    assert_eq!((parsed.defects.len(), &parsed.value.unwrap()["status"]), (0, &serde_json::json!("s")));
    for broken in [deep(200_000, "1,"), "[".repeat(200_000), deep(300, "{}}")] {
        assert!(matches!(parse(broken.as_bytes()).defects[..], [JsonDefect::Malformed(..)]));
    }
}

#[test]
fn the_text_around_a_mistake_is_kept() {
    let around = |text: &str| match &parse(text.as_bytes()).defects[..] {
        [JsonDefect::Malformed(_, around)] => around.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(around("{\"a\"=1}"), "{\"a\"=1}");
    let long = format!("{{\n\"b\": \"{}\", \"c\"; \"{}\"}}", "ä".repeat(90), "ö".repeat(90));
    let kept = around(&long);
    assert!(kept.starts_with("…ä") && kept.ends_with("ö…") && kept.contains("\"c\"; \"ö"), "{kept}");
    assert_eq!(around("{\"a\": \"é"), "{\"a\": \"é");
}
