//! What is found of a secret, and what is left of a text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

#[test]
fn a_run_of_sixteen_leaks_and_fifteen_does_not() {
    let secret = Secret::new("abcdefghijklmnopqrstuvwxyz0123456789");
    assert!(secret.leaks_in(b"xx defghijklmnopqrs yy"));
    assert!(!secret.leaks_in(b"xx defghijklmnopqr yy"));
    assert!(!secret.leaks_in(b"nothing"));
}

#[test]
fn scrubs_every_spelling() {
    let secret = Secret::new("s3cret/+token=value");
    let scrubber = Scrubber::new([&secret]);
    let basic = STANDARD.encode("user:s3cret/+token=value");
    for text in ["s3cret/+token=value", "s3cret%2F%2Btoken%3Dvalue", &basic, &STANDARD.encode("s3cret/+token=value")] {
        let clean = scrubber.scrub(text);
        assert!(clean.contains("***"), "{text} -> {clean}");
    }
    assert_eq!(scrubber.scrub("harmless"), "harmless");
    assert_eq!(scrubber.scrub("S3CRET/+TOKEN=VALUE"), "***");
    let mixed = Scrubber::new([&Secret::new("Mixed-Case-9")]);
    assert_eq!(mixed.scrub("mixed-case-9 MIXED-CASE-9 mIXED-cASE-9"), "*** *** ***");
}

#[test]
fn scrubs_longer_runs_and_what_is_learnt_late() {
    let secret = Secret::new("abcdefghijklmnopqrstuvwxyz0123456789");
    let scrubber = Scrubber::new([&secret]);
    let shared = scrubber.clone();
    assert_eq!(scrubber.scrub("“bcdefghijklmnopqrstuvwxyz” and “klmnopqrst”"), "“***” and “klmnopqrst”");
    scrubber.learn(&Secret::new("came late"));
    assert_eq!(shared.scrub("it came late"), "it ***");
}

#[test]
fn the_name_of_the_variable_stays_and_hides_nothing() {
    let line = |tail: &str| format!(r#"-H "Authorization: Bearer $PATCHPROOF_TOKEN{tail}""#);
    let scrubber = Scrubber::new([&Secret::new("token")]);
    assert_eq!(scrubber.scrub(&line("")), line(""));
    assert_eq!(scrubber.scrub(&line("token")), line("***"));
    assert_eq!(scrubber.scrub("PATCHPROOF_TOKEN=token"), "PATCHPROOF_***=***");
    assert_eq!(scrubber.scrub_octets(line("").as_bytes(), |_| "***"), line("").as_bytes());
    // A secret that begins within the name and goes on behind it is none of the name.
    let scrubber = Scrubber::new([&Secret::new("token"), &Secret::new("EN-9876543")]);
    assert_eq!(scrubber.scrub(&line("-9876543")), r#"-H "Authorization: Bearer $PATCHPROOF_TOK***""#);
}

#[test]
fn the_name_of_a_variable_of_ones_own_stays_too() {
    let line = r#"-H "Authorization: Bearer $MY_TOKEN""#;
    let scrubber = Scrubber::new([&Secret::new("token")]);
    assert_ne!(scrubber.scrub(line), line);
    scrubber.leave(["$MY_TOKEN"].into_iter());
    assert_eq!(scrubber.scrub(line), line);
    assert_eq!(scrubber.scrub("MY_TOKEN=token"), "MY_***=***");
}

#[test]
fn words_between_the_dots_of_a_token_stay() {
    let scrubber = Scrubber::new([&Secret::new("x.status.y")]);
    assert_eq!(scrubber.scrub("`status` comes back trimmed, with x.status.y"), "`status` comes back trimmed, with ***");
}

/// A token of a few kilobytes, as issuers give to people who are in many groups.
#[test]
fn a_long_secret_takes_little_room() {
    let text: String = (0..4096_u32).map(|n| char::from(b'A' + u8::try_from(n * n * 31 % 26).unwrap())).collect();
    let scrubber = Scrubber::new([&Secret::new(text.as_str())]);
    let known = scrubber.0.read().unwrap();
    let room = known.search.as_ref().unwrap().memory_usage();
    assert!(room < 4 << 20, "{room}");
    drop(known);
    for spelling in [text.clone(), text.to_lowercase(), STANDARD.encode(format!("user:{text}"))] {
        let clean = scrubber.scrub(&spelling);
        assert!(clean.len() < 16, "only the mark is left, and what is not of the secret: {}", clean.len());
    }
}

#[test]
fn one_letter_over_and_over_says_nothing() {
    for length in [8, 16, 32] {
        assert!(!Secret::new("x".repeat(length)).leaks_in("x".repeat(100).as_bytes()));
    }
    assert!(Secret::new("xxxxxxxxxxxxxxxxy").leaks_in(b"xxxxxxxxxxxxxxxxy"));
}
