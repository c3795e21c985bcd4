//! Any answer to any case, judged by every check. The input: two octets that choose the case, a status line, header
//! lines, an empty line, content.
#![no_main]

use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use patchproof::checks;
use patchproof::contract::requirement::requirement;
use patchproof::contract::sample;
use patchproof::model::bound::Bound;
use patchproof::model::exchange::{Exchange, Outcome, Response, SentRequest};
use patchproof::model::transcript::{Entry, Role, Transcript};
use patchproof::plan::{Source, Suite, load};

const JOB: &str = "324d1724-1724-324d-2417-4d3224174d32";

static SUITE: LazyLock<Suite> = LazyLock::new(|| load(&Source::BuiltIn).expect("the built-in suite is right"));

fuzz_target!(|data: &[u8]| {
    let Some((choice, answer)) = data.split_first_chunk::<2>() else { return };
    let index = usize::from(u16::from_le_bytes(*choice)) % SUITE.refs.len();
    let case = SUITE.case(index).expect("the built-in suite is readable");
    let entries: Vec<Entry> = (0..case.steps.len())
        .flat_map(|step| [Role::ReadBefore, Role::Step, Role::ReadAfter].map(|role| entry(step, role, answer)))
        .collect();
    let transcript = Transcript { case, collection: "jobs", job: JOB.to_owned(), profile: Arc::default(), entries };
    for finding in checks::judge(&transcript, &[]).findings {
        assert!(requirement(&finding.requirement).is_some(), "{finding:?}");
        assert!(finding.exchange < transcript.entries.len() && finding.message.ends_with('.'), "{finding:?}");
    }
});

fn entry(step: usize, role: Role, answer: &[u8]) -> Entry {
    let (content, sent) = sample::sample();
    let mut before = serde_json::Value::clone(&sent);
    before["id"] = JOB.into();
    before["status"] = "before".into();
    let step_itself = role == Role::Step;
    Entry {
        step,
        role,
        exchange: Exchange {
            request: SentRequest {
                method: if step_itself { "PATCH" } else { "GET" }.to_owned(),
                url: format!("http://127.0.0.1/dataClassification/jobs/{JOB}"),
                headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
                body: if step_itself { content.clone() } else { Bytes::new() },
                json: step_itself.then(|| sent.clone()),
                token: None,
                raw: false,
            },
            outcome: Outcome::Answered(response(answer)),
            at: Duration::ZERO,
            first_byte: Duration::ZERO,
            total: Duration::ZERO,
            request_id_repeated: false,
        },
        before: Some(Arc::new(before)),
        etag_before: Some("\"1\"".to_owned()),
        target_id: JOB.to_owned(),
        listed: None,
        reference: None,
        marks: Vec::new(),
        stranger: None,
        bound: Bound::default(),
    }
}

fn response(answer: &[u8]) -> Response {
    let end = answer.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = end.map_or((answer, &[][..]), |end| (&answer[..end], &answer[end + 2..]));
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.trim().parse().ok()).unwrap_or(200);
    let headers = lines.filter_map(|line| line.split_once(':'));
    Response {
        status: 100 + status % 500,
        version: "HTTP/1.1",
        reason: None,
        headers: headers.map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned())).collect(),
        body: Bytes::copy_from_slice(body),
        wire_length: body.len() as u64,
        problem: None,
        parsed: OnceLock::new(),
    }
}
