//! More faults of level [`FaultLevel::Value`](super::FaultLevel::Value): answers that say too much.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::FaultLevel::Value as Level;
use super::alter::{any_string, is_date};
use super::secrets::{part, token};
use super::{Fault, row};
use crate::reference::effect::Effect;
use crate::reference::message::Answer;

pub(super) const ROWS: &[Fault] = &[
    row(
        Level,
        "token-in-entity",
        "The token that was sent stands in an annotation of the entity.",
        &["REQ-SEC-001"],
        Effect::Entity(|object, request| drop(object.insert("@odata.nextToken".to_owned(), token(request).into()))),
    ),
    row(
        Level,
        "token-as-names",
        "The token that was sent, whole and without its last character, names annotations of the entity.",
        &["REQ-SEC-001"],
        Effect::Entity(|object, request| {
            let token = token(request);
            for name in [Some(token), token.get(..token.len().saturating_sub(1))].into_iter().flatten() {
                object.insert(format!("@debug.{name}"), true.into());
            }
        }),
    ),
    row(
        Level,
        "token-in-message",
        "The message of a refusal repeats the token that was sent.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            let message = format!("The request with token {} is not valid.", token(request));
            answer.error().insert("message".to_owned(), message.into());
        }),
    ),
    row(
        Level,
        "wrong-token-in-message",
        "The message of a 401 repeats the token that was sent.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            if answer.status == 401 {
                let message = format!("The token '{}' is not known.", token(request));
                answer.error().insert("message".to_owned(), message.into());
            }
        }),
    ),
    row(
        Level,
        "part-of-token-in-message",
        "The message of a 401 repeats the first sixteen characters of the token.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            if answer.status == 401 {
                let message = format!("The token {}… is not known.", part(request));
                answer.error().insert("message".to_owned(), message.into());
            }
        }),
    ),
    row(
        Level,
        "token-percent-encoded-in-message",
        "The message of a refusal repeats the token percent-encoded.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            let message = format!(
                "See /log?t={}.",
                percent_encoding::utf8_percent_encode(token(request), percent_encoding::NON_ALPHANUMERIC)
            );
            answer.error().insert("message".to_owned(), message.into());
        }),
    ),
    row(
        Level,
        "token-escaped-in-message",
        "The message of a refusal repeats the token with every character escaped.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            let escaped = escaped(token(request));
            answer.error().insert("message".to_owned(), "TOKEN was refused.".into());
            answer.rewrite(|octets| *octets = String::from_utf8_lossy(octets).replace("TOKEN", &escaped).into_bytes());
        }),
    ),
    row(
        Level,
        "headers-in-inner-error",
        "The innerError of a refusal has the headers of the request.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            let header = request.header("authorization").to_owned();
            let inner = answer.error().get_mut("innerError").and_then(Value::as_object_mut);
            if let Some(inner) = inner {
                inner.insert("headers".to_owned(), json!({"Authorization": header}));
            }
        }),
    ),
    row(
        Level,
        "token-in-404-only",
        "The message of a 404 repeats the token.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            if answer.status == 404 {
                let message = format!("Nothing found for {}.", token(request));
                answer.error().insert("message".to_owned(), message.into());
            }
        }),
    ),
    row(
        Level,
        "token-from-query-in-message",
        "The message of a refusal repeats the query.",
        &["REQ-SEC-001"],
        Effect::Failed(|answer, request| {
            if !request.query.is_empty() {
                let message = format!("The query '{}' is not valid.", request.query);
                answer.error().insert("message".to_owned(), message.into());
            }
        }),
    ),
    row(
        Level,
        "stack-trace-of-dotnet",
        "The message of a refusal has a stack trace.",
        &["REQ-SEC-002"],
        Effect::Failed(|answer, _| {
            message(
                answer,
                "System.FormatException: not valid\r\n   at Graph.Jobs.Update(Job job) in C:\\src\\Jobs.cs:line 42\r\n   at Graph.Host.Run()",
            );
        }),
    ),
    row(
        Level,
        "stack-trace-of-python",
        "The message of a refusal has a traceback.",
        &["REQ-SEC-002"],
        Effect::Failed(|answer, _| {
            message(
                answer,
                "Traceback (most recent call last):\n  File \"/srv/app/jobs.py\", line 42, in update\nValueError: not valid",
            );
        }),
    ),
    row(
        Level,
        "stack-trace-of-ruby",
        "The message of a refusal has a line of Ruby.",
        &["REQ-SEC-002"],
        Effect::Failed(|answer, _| message(answer, "app/controllers/jobs_controller.rb:42:in `update'")),
    ),
    row(
        Level,
        "exception-of-elixir",
        "The message of a refusal has an exception of Elixir.",
        &["REQ-SEC-002"],
        Effect::Failed(|answer, _| message(answer, "** (FunctionClauseError) no clause matches")),
    ),
    row(
        Level,
        "path-of-windows",
        "The message of a refusal has a path of a web server.",
        &["REQ-SEC-002"],
        Effect::Failed(|answer, _| message(answer, "Could not read C:\\inetpub\\wwwroot\\jobs.config")),
    ),
    row(
        Level,
        "stack-trace-of-go",
        "The message of a refusal has the trace of a goroutine.",
        &["REQ-SEC-002"],
        Effect::Failed(|answer, _| {
            message(answer, "goroutine 42 [running]:\nmain.update(0xc000123400)\n\t/src/jobs/update.go:42 +0x1d");
        }),
    ),
    row(
        Level,
        "stack-trace-of-rust",
        "The message of a refusal has the words of a panic.",
        &["REQ-SEC-002"],
        Effect::Failed(|answer, _| {
            message(
                answer,
                "thread 'main' panicked at src/jobs/update.rs:42:17:\ncalled `Result::unwrap()` on an `Err` value",
            );
        }),
    ),
    row(
        Level,
        "stack-trace-of-java",
        "The message of a refusal has a stack trace with tabs.",
        &["REQ-SEC-002"],
        Effect::Failed(|answer, _| {
            message(
                answer,
                "java.lang.IllegalArgumentException: not valid\n\tat com.example.jobs.Update.run(Update.java:42)\n   at com.example.Main.main(Main.java:7)",
            );
        }),
    ),
    row(
        Level,
        "stack-trace-in-inner-error",
        "The innerError of a refusal has a stackTrace.",
        &["REQ-SEC-002"],
        Effect::Failed(|answer, _| {
            let trace = "   at Graph.Jobs.Update(Job job) in C:\\src\\Jobs.cs:line 42";
            let inner = answer.error().get_mut("innerError").and_then(Value::as_object_mut);
            if let Some(inner) = inner {
                inner.insert("stackTrace".to_owned(), trace.into());
            }
        }),
    ),
    row(
        Level,
        "stack-trace-for-bad-date",
        "The refusal of a date-time has a stack trace.",
        &["REQ-SEC-002"],
        Effect::Failed(|answer, request| {
            let bad = any_string(&request.body, is_date, |text| crate::reference::datetime::parse(text).is_none());
            if answer.status == 400 && bad {
                message(
                    answer,
                    "String was not recognized as a valid DateTime.\r\n   at System.DateTimeOffset.Parse(String input) in DateTime.cs:line 42",
                );
            }
        }),
    ),
    row(
        Level,
        "stack-trace-for-bad-json",
        "The refusal of a body that is not JSON has a traceback.",
        &["REQ-SEC-002"],
        Effect::Failed(|answer, request| {
            if answer.status == 400 && serde_json::from_slice::<Value>(&request.content).is_err() {
                message(
                    answer,
                    "Traceback (most recent call last):\n  File \"/usr/lib/python3/json/decoder.py\", line 355",
                );
            }
        }),
    ),
];

fn message(answer: &mut Answer, text: &str) {
    answer.error().insert("message".to_owned(), text.into());
}

/// A text with every character written as an escape of JSON.
fn escaped(text: &str) -> String {
    let mut all = String::new();
    for unit in text.encode_utf16() {
        // Writing to a String cannot fail.
        let _ = write!(all, "\\u{unit:04x}");
    }
    all
}
