//! An update that was answered with 202 is performed some time later (RFC 9110, section 15.3.3).

use std::time::Duration;

use super::Attempt;
use crate::diff::{self, Against, Difference, Kind};
use crate::json::first_token;
use crate::model::case::{Address, Step};
use crate::model::exchange::Exchange;
use crate::runner::job::ReadVia;
use crate::runner::request;

/// Pauses before the reads that ask whether an accepted update is performed, in milliseconds.
const PAUSES: [u64; 7] = [10, 40, 100, 250, 500, 1000, 2000];

impl Attempt<'_> {
    /// Waits, for a few seconds at most, until the job shows an update that was rightly answered with 202: what follows would
    /// meet it half-way otherwise, and be blamed for it.
    pub(super) async fn performed(&mut self, step: &Step, exchange: &Exchange) {
        let own = matches!(step.request.to, Address::Job | Address::DerivedJob) && step.expect.matching(202).is_some();
        let sent = exchange.request.json.as_deref().and_then(|body| body.as_object());
        let (true, Some(202), Some(sent), ReadVia::Get) = (own, exchange.status(), sent, self.job.via) else { return };
        let profile = &self.session.profile;
        let counts = |d: &Difference| {
            !matches!(d.kind, Kind::Precision(_) | Kind::Order) && !profile.excuses(first_token(&d.pointer))
        };
        for pause in PAUSES {
            if !self.session.rest(tokio::time::sleep(Duration::from_millis(pause))).await {
                return;
            }
            let read = self.session.send(request::read(self.session, self.collection, &self.job.id)).await;
            self.session.aside("asking whether an accepted update is performed", &read);
            let differs = |job| diff::compare(diff::JOB, sent, job, Against::Sent, false).iter().any(counts);
            if read.job().is_none_or(|job| !differs(job)) {
                return;
            }
        }
    }
}
