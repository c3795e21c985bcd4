//! A refusal shows the inside of the program.

use serde_json::Value;

use super::row;
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::alter::{any_string, is_date};
use crate::reference::message::Answer;

pub(super) const ROWS: &[Fault] = &[
    row(
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
        "stack-trace-of-ruby",
        "The message of a refusal has a line of Ruby.",
        &["REQ-SEC-002"],
        Effect::Failed(|answer, _| message(answer, "app/controllers/jobs_controller.rb:42:in `update'")),
    ),
    row(
        "exception-of-elixir",
        "The message of a refusal has an exception of Elixir.",
        &["REQ-SEC-002"],
        Effect::Failed(|answer, _| message(answer, "** (FunctionClauseError) no clause matches")),
    ),
    row(
        "path-of-windows",
        "The message of a refusal has a path of a web server.",
        &["REQ-SEC-002"],
        Effect::Failed(|answer, _| message(answer, "Could not read C:\\inetpub\\wwwroot\\jobs.config")),
    ),
    row(
        "stack-trace-of-go",
        "The message of a refusal has the trace of a goroutine.",
        &["REQ-SEC-002"],
        Effect::Failed(|answer, _| {
            message(answer, "goroutine 42 [running]:\nmain.update(0xc000123400)\n\t/src/jobs/update.go:42 +0x1d");
        }),
    ),
    row(
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
