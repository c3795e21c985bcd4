//! One trial as the page shows it: a line, and behind it requests, responses and findings.

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;
use serde_json::json;

use super::detail::Detail;
use crate::contract::requirement::requirement;
use crate::model::event::{ExchangeRecord, ReportedFinding, TrialResult};
use crate::model::finding::Level;
use crate::report::difference::{Row, one_line, pair, rows};
use crate::report::reading::{Span, exchange as exchange_of, fails, headline};
use crate::report::safe;

/// Characters shown of a request or response body.
const BODY: usize = 4_000;

#[derive(Serialize)]
struct FindingView {
    id: String,
    level: &'static str,
    class: &'static str,
    statement: &'static str,
    message: String,
    place: String,
    purpose: String,
    line: String,
    expected: Option<String>,
    actual: Option<String>,
    rows: Vec<(&'static str, String)>,
    waived: Option<String>,
}

#[derive(Serialize)]
struct ExchangeView {
    purpose: String,
    request: String,
    response: String,
    time: String,
    curl: String,
}

/// The values of the template `trial.html`.
pub(super) fn view(trial: &TrialResult, deny: Level, detail: Detail) -> Value {
    let whole = detail == Detail::Whole;
    let shown = if detail == Detail::Headline { &[][..] } else { &trial.findings };
    let findings: Vec<FindingView> = shown.iter().map(|reported| finding(trial, reported, deny)).collect();
    let exchanges: Vec<ExchangeView> = if whole { trial.evidence.iter().map(exchange).collect() } else { Vec::new() };
    let attempts: Vec<(&str, String)> = trial
        .attempts
        .iter()
        .map(|attempt| (attempt.verdict.as_str(), safe::short(attempt.reason.as_deref().unwrap_or_default())))
        .collect();
    let reason = match (&trial.reason, detail) {
        (None, Detail::Headline) if !trial.findings.is_empty() => Some(headline(trial, deny)),
        (reason, _) => reason.as_deref(),
    };
    let left_out = match detail {
        Detail::Headline if !trial.findings.is_empty() => "Findings and exchanges are",
        Detail::Headline | Detail::Findings if !trial.evidence.is_empty() => "The exchanges are",
        _ => "",
    };
    let nothing = trial.findings.is_empty() && trial.evidence.is_empty() && attempts.is_empty();
    Value::from(Serde(json!({
        "name": safe::line(&trial.name),
        "title": safe::short(&trial.title),
        "verdict": trial.verdict.as_str(),
        "flaky": trial.flaky,
        "reason": reason.map(safe::short),
        "time": Span(trial.micros).to_string(),
        "folded": !nothing,
        "left_out": left_out,
        "findings": findings,
        "exchanges": exchanges,
        "attempts": attempts,
    })))
}

fn finding(trial: &TrialResult, reported: &ReportedFinding, deny: Level) -> FindingView {
    let finding = &reported.finding;
    let rows = finding.expected.as_ref().zip(finding.actual.as_ref()).and_then(|(e, a)| rows(e, a)).unwrap_or_default();
    let (expected, actual) = (finding.expected.as_ref().map(one_line), finding.actual.as_ref().map(one_line));
    let (e, a) = pair(expected.as_deref().unwrap_or_default(), actual.as_deref().unwrap_or_default());
    let plain = rows.is_empty();
    let purpose = exchange_of(trial, reported).filter(|_| trial.exchanges > 1).map_or("", |record| &record.purpose);
    FindingView {
        id: finding.requirement.to_string(),
        level: finding.level.as_str(),
        class: if fails(reported, deny) { "fail" } else { "warn" },
        statement: requirement(&finding.requirement).map_or("", |r| &r.statement),
        message: safe::short(&finding.message),
        place: safe::short(&finding.place.to_string()),
        purpose: safe::short(purpose),
        line: format!(
            "{}{}",
            safe::line(&trial.file),
            reported.line.map_or_else(String::new, |line| format!(":{line}"))
        ),
        expected: expected.filter(|_| plain).map(|_| e),
        actual: actual.filter(|_| plain).map(|_| a),
        rows: rows.iter().map(|row| (class(row), row.text())).collect(),
        waived: reported.waived.as_deref().map(safe::short),
    }
}

fn class(row: &Row) -> &'static str {
    match row {
        Row::Same(_) => "same",
        Row::Expected(_) => "expected",
        Row::Actual(_) => "actual",
        Row::Gap(_) => "gap",
    }
}

fn exchange(record: &ExchangeRecord) -> ExchangeView {
    let first = format!("{} {}", safe::line(&record.method), safe::line(&record.url));
    let request = message(&first, &record.request_headers, &record.request_body);
    let response = match record.status {
        Some(status) => {
            let first = format!("{} {status}", safe::line(&record.version));
            message(&first, &record.response_headers, &record.response_body)
        }
        None => "no response".to_owned(),
    };
    let broken = record.broken.as_deref().map_or_else(String::new, |broken| format!("\n\n[{}]", safe::short(broken)));
    ExchangeView {
        purpose: safe::short(&record.purpose),
        request,
        response: response + &broken,
        time: Span(record.total_micros).to_string(),
        curl: safe::block(&record.curl).into_owned(),
    }
}

fn message(first: &str, headers: &[(String, String)], body: &str) -> String {
    let mut text = safe::cut_to(first, BODY).into_owned();
    for (name, value) in headers {
        text = text + "\n" + &safe::short(name) + ": " + &safe::short(value);
    }
    if !body.is_empty() {
        let pretty =
            serde_json::from_str::<serde_json::Value>(body).and_then(|json| serde_json::to_string_pretty(&json));
        let body = pretty.as_deref().unwrap_or(body);
        text = text + "\n\n" + &safe::block(&safe::cut_to(body, BODY));
    }
    text
}
