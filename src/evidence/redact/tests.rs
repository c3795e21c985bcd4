//! What is left of secrets in evidence.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::evidence::record::RecordedExchange;
use crate::model::exchange::{BodyProblem, Broken, BrokenKind, Exchange, Outcome, Response, SentRequest};
use crate::model::secret::Scrubber;

const TOKEN: &str = "eyJhbGciOi.JIUzI1NiJ9-abcdefghijklmnop/q+r=";

fn with(check: impl Fn(&Redactor<'_>, &Secret)) {
    let secret = Secret::new(TOKEN);
    let scrubber = Scrubber::new([&secret]);
    let known = Known { secrets: vec![secret.clone()], scrubber: &scrubber };
    let near = Secret::new(TOKEN.replace("nop/", "nAp/"));
    let random = Secret::new("pp.0123456789abcdef0123456789abcdef");
    let redactor = Redactor::new("run", &known, [near, random.clone(), secret.clone()].into_iter());
    check(&redactor, &secret);
    let shown = redactor.token(&random).unwrap();
    assert_ne!(Some(shown), redactor.token(&secret));
}

#[test]
fn a_leak_is_found_again_and_nothing_of_the_secret_is_left() {
    with(|redactor, secret| {
        let stands_for = Secret::new(redactor.token(secret).unwrap());
        let percent = TOKEN.bytes().map(|b| format!("%{b:02X}")).collect::<Vec<_>>().concat();
        let escaped = TOKEN.chars().map(|c| format!("\\u{:04x}", c as u32)).collect::<Vec<_>>().concat();
        for leak in [TOKEN, &TOKEN[5..30], &percent, &format!("\"{escaped}\""), &format!("a {TOKEN} b {TOKEN}")] {
            let clean = redactor.text(&format!("{{\"x\":\"y\"}} {leak} tail"));
            assert!(stands_for.leaks_in(clean.as_bytes()), "{clean}");
            assert!(!secret.leaks_in(clean.as_bytes()) && clean.ends_with(" tail"), "{clean}");
            assert!(!clean.contains("%65%79"), "{clean}");
        }
    });
}

#[test]
fn no_part_of_a_record_holds_the_secret() {
    let put = |text: &str| format!("{text} {TOKEN}");
    let answer = |problem| {
        Outcome::Answered(Response {
            status: 200,
            reason: Some(put("reason")),
            version: "HTTP/1.1",
            headers: vec![(put("name"), put("value"))],
            body: put("body").into_bytes().into(),
            wire_length: 9,
            problem: Some(problem),
            parsed: std::sync::OnceLock::new(),
        })
    };
    let broken = || Outcome::Broken(Broken { kind: BrokenKind::Malformed, detail: put("detail") });
    let cut_off = || answer(BodyProblem::CutOff(put("cut")));
    let undecodable = || answer(BodyProblem::Undecodable(put("undecodable")));
    with(|redactor, secret| {
        for outcome in [broken(), cut_off(), undecodable()] {
            let request = SentRequest {
                method: put("PATCH"),
                url: put("http://x"),
                headers: vec![("Authorization".to_owned(), put("Bearer"))],
                body: put("body").into_bytes().into(),
                json: None,
                token: Some(secret.clone()),
                raw: false,
            };
            let zero = std::time::Duration::ZERO;
            let (at, first_byte, total) = (zero, zero, zero);
            let exchange = Exchange { request, outcome, at, first_byte, total, request_id_repeated: false };
            let text = serde_json::to_string(&RecordedExchange::of(&exchange, redactor)).unwrap();
            let encoded = STANDARD.encode(put("body"));
            assert!(!text.contains(TOKEN) && !text.contains(&encoded), "{text}");
        }
    });
}

#[test]
fn what_was_different_stays_different_and_what_was_the_same_the_same() {
    with(|redactor, secret| {
        let escaped = TOKEN.replace('e', "\\u0065");
        let most = &TOKEN[..TOKEN.len() - 1];
        let near = TOKEN.replace("nop/", "nAp/");
        let names = [TOKEN.to_owned(), most.to_owned(), near, TOKEN.to_uppercase(), TOKEN.to_lowercase(), escaped];
        let text = names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>();
        let clean = redactor.text(&format!("[{}]", text.join(",")));
        let clean: Vec<String> = serde_json::from_str(&clean).unwrap();
        assert_eq!(clean[0], redactor.token(secret).unwrap());
        assert_eq!(clean[0], clean[5], "one text, with escapes and without");
        let different: std::collections::BTreeSet<&String> = clean[..5].iter().collect();
        assert_eq!(different.len(), 5, "{clean:?}");
        assert_eq!(clean[1], redactor.text(most), "one mark for one part");
    });
}

#[test]
fn spellings_that_are_no_leak_become_no_leak() {
    use base64::Engine as _;
    with(|redactor, secret| {
        let stands_for = Secret::new(redactor.token(secret).unwrap());
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("user:{TOKEN}"));
        let clean = redactor.text(&basic);
        assert!(clean.contains("***") && !stands_for.leaks_in(clean.as_bytes()), "{clean}");
        assert_eq!(redactor.text("harmless"), "harmless");
        let job = serde_json::json!({"status": TOKEN, "n": 1});
        assert_eq!(redactor.json(&job)["n"], 1);
        assert!(!redactor.json(&job).to_string().contains("abcdefgh"));
    });
}
