//! What is kept of the trial that is the example of a group.

use super::super::reading::{cause, exchange, says};
use crate::model::event::{ExchangeRecord, ReportedFinding, TrialResult};

/// The trial with one finding, the exchange that it is about and the one before that led there, without contents but
/// for what a refusal says.
pub(super) fn cut_down(trial: &TrialResult, reported: &ReportedFinding) -> TrialResult {
    let records = cause(trial, reported).into_iter().chain(exchange(trial, reported));
    let evidence: Vec<_> = records.map(outline).collect();
    let mut reported = reported.clone();
    reported.finding.exchange = evidence.len().saturating_sub(1);
    TrialResult {
        name: trial.name.clone(),
        endpoint: trial.endpoint.clone(),
        title: trial.title.clone(),
        file: trial.file.clone(),
        reason: trial.reason.clone(),
        findings: vec![reported],
        evidence,
        requirements: Vec::new(),
        attempts: Vec::new(),
        ..*trial
    }
}

fn outline(record: &ExchangeRecord) -> ExchangeRecord {
    ExchangeRecord {
        role: record.role,
        purpose: record.purpose.clone(),
        method: record.method.clone(),
        url: record.url.clone(),
        status: record.status,
        version: record.version.clone(),
        response_body: says(record).unwrap_or_default(),
        broken: record.broken.clone(),
        total_micros: record.total_micros,
        curl: record.curl.clone(),
        ..ExchangeRecord::default()
    }
}
