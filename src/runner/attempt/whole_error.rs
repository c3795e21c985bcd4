//! Targets that take a part of an error only where the job has one already, which is a warning (REQ-MERGE-002): where a trial
//! begins with such a part, the job is given a whole error first, so that the trial shows what it is about.

use serde_json::{Map, Value};
use tokio::time::Instant;

use super::Attempt;
use crate::contract::sample;
use crate::diff;
use crate::model::case::{Address, Case, Step};
use crate::model::exchange::{Exchange, Response};
use crate::runner::{lost_updates, request};

impl Attempt<'_> {
    /// Notes that the target refuses a part of an error for a job that had none `before`.
    pub(super) fn note_refused_part(&mut self, step: &Step, before: Option<&Value>, exchange: &Exchange) {
        let refused = matches!(exchange.status(), Some(400 | 409 | 422)) && step.expect.wants_success();
        let sent = exchange.request.json.as_deref().and_then(Value::as_object);
        self.job.wants_error |= refused && before.is_some_and(has_no_error) && sent.is_some_and(diff::is_part_of_error);
    }

    /// Gives the job an error, where the target wants one before the case begins and there is none.
    pub(super) async fn give_an_error(&mut self, case: &Case) {
        let begins = case.steps.first().is_some_and(|step| {
            let body = step.request.content.as_ref().and_then(|content| content.json()?.as_object());
            step.race.is_none() && step.request.to == Address::Job && body.is_some_and(diff::is_part_of_error)
        });
        let has_none = self.job.known.as_deref().is_some_and(has_no_error);
        if !self.job.wants_error || !begins || !has_none {
            return;
        }
        let (_, sample) = sample::sample();
        let error = Map::from_iter([("error".to_owned(), sample["error"].clone())]);
        let outgoing = request::patch(self.session, self.collection, self.job, &Value::Object(error));
        let sent = outgoing.clone();
        let exchange = self.session.send(outgoing).await;
        self.session.aside("giving the job an error first", &exchange);
        lost_updates::note(self.job, lost_updates::written(&sent), &exchange);
        let shown = exchange.response().filter(|response| response.status == 200);
        if let Some(response) = shown {
            self.tag(response);
        }
        self.job.written = Some(Instant::now());
        self.job.known = shown.and_then(Response::shared_entity);
        self.job.last_read = None;
    }
}

fn has_no_error(job: &Value) -> bool {
    job.get("error").is_none_or(Value::is_null)
}
