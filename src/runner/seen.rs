//! What the answers that showed a job were read as, so that the same octets are not read again.
//!
//! The main type is [`Seen`]. Reads around refused updates show the same job again and again, octet for octet.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use crate::json::Parsed;
use crate::model::exchange::Exchange;

/// Longer content is not kept.
const MOST: usize = 64 * 1024;

/// The last answer to a read that showed the job, and the last one to another request: octets, and what they are.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    read: Option<(Bytes, Arc<Value>)>,
    updated: Option<(Bytes, Arc<Value>)>,
}

impl Seen {
    /// Gives an answer with the same octets as the last one of its kind the value of that, and remembers any other.
    pub(super) fn note(&mut self, exchange: &Exchange) {
        let Some(response) = exchange.response() else { return };
        if response.status != 200 || response.body.is_empty() || response.body.len() > MOST {
            return;
        }
        let last = if exchange.request.method == "GET" { &mut self.read } else { &mut self.updated };
        if let Some((octets, value)) = last
            && *octets == response.body
        {
            // Where it was parsed meanwhile, that is as good.
            let _ = response.parsed.set(Parsed { value: Some(Arc::clone(value)), defects: Vec::new() });
            return;
        }
        let parsed = response.parsed();
        let sound = parsed.value.as_ref().filter(|_| parsed.defects.is_empty());
        *last = sound.map(|value| (response.body.clone(), Arc::clone(value)));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;
    use std::time::Duration;

    use super::*;
    use crate::model::exchange::{Outcome, Response, SentRequest};

    fn answer(method: &str, status: u16, body: &'static str) -> Exchange {
        let request = SentRequest {
            method: method.to_owned(),
            url: String::new(),
            headers: Vec::new(),
            body: Bytes::new(),
            json: None,
            token: None,
            raw: false,
        };
        let response = Response {
            status,
            reason: None,
            version: "HTTP/1.1",
            headers: Vec::new(),
            body: Bytes::from_static(body.as_bytes()),
            wire_length: body.len() as u64,
            problem: None,
            parsed: OnceLock::new(),
        };
        let (at, first_byte, total) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        let outcome = Outcome::Answered(response);
        Exchange { request, outcome, at, first_byte, total, request_id_repeated: false }
    }

    #[test]
    fn the_same_octets_are_read_once() {
        let value = |exchange: &Exchange| exchange.response().and_then(|response| response.parsed().value.clone());
        let mut seen = Seen::default();
        let [first, again, other] = [r#"{"a":1}"#, r#"{"a":1}"#, r#"{"a":2}"#].map(|body| answer("GET", 200, body));
        for exchange in [&first, &again, &other] {
            seen.note(exchange);
        }
        assert!(value(&first).zip(value(&again)).is_some_and(|(a, b)| Arc::ptr_eq(&a, &b)));
        assert_eq!(value(&other).as_deref(), Some(&serde_json::json!({"a": 2})));
    }

    #[test]
    fn what_has_a_defect_is_told_each_time() {
        let mut seen = Seen::default();
        for body in ["{", "{\"a\":1,\"a\":1}"] {
            for _ in 0..2 {
                let exchange = answer("PATCH", 200, body);
                seen.note(&exchange);
                assert_eq!(exchange.response().map(|response| response.parsed().defects.len()), Some(1), "{body}");
            }
        }
    }
}
