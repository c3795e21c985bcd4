//! Trials that have something in common, with the one that shows it best.
//!
//! The main type is [`Group`]. It keeps a few names and one example, however many trials are in it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::event::{ExchangeRecord, ReportedFinding, TrialResult};
use crate::model::finding::{Place, Shown};
use crate::model::transcript::Role;
use crate::report::reading::{cause, exchange, thousands};
use crate::report::safe;

/// Names told of a group.
const NAMES: usize = 3;
/// Different places of a group kept apart.
const PLACES: usize = 50;

/// What the places past [`PLACES`] are called.
const ELSEWHERE: &str = "other places";

/// Place of a finding in the run: endpoint, trial within it, finding within that.
pub(in crate::report) type Order = (usize, usize, usize);

/// How much there is in a trial besides what a group is about: the plainest is the least, by one after another.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Plainness {
    /// Requirements that its case is about before the one that is broken.
    besides: usize,
    /// Its topic is that of other requirements.
    elsewhere: bool,
    /// Exchanges that came before the one that shows it, but for reads of the job before it.
    before: usize,
    /// Octets of the request, as a command without its URL.
    length: usize,
    /// Octets of the name of its case.
    name: usize,
    order: Order,
}

/// Trials that have something in common.
#[derive(Debug, Default)]
pub(in crate::report) struct Group {
    /// How many.
    pub(in crate::report) trials: usize,
    /// The first few of them.
    pub(in crate::report) names: Vec<(Order, String)>,
    /// The plainest of them, cut down to the one finding and its exchange.
    pub(in crate::report) example: Option<Box<TrialResult>>,
    /// How plain that is: the least of these.
    plainness: Option<Plainness>,
    /// Findings by place, array indices left out.
    places: BTreeMap<String, usize>,
    /// The trial that was added last.
    pub(super) last: Option<(usize, usize)>,
}

impl Group {
    /// Whether the trial explains the group better than its example: its case is about the requirement that is broken and
    /// among others of its kind, little has led there, its request is short, its name has little to tell apart, and it came first.
    pub(in crate::report) fn is_plainer(
        &mut self,
        trial: &TrialResult,
        reported: &ReportedFinding,
        order: Order,
    ) -> bool {
        let besides =
            trial.requirements.iter().position(|id| *id == reported.finding.requirement).unwrap_or(usize::MAX);
        let case = trial.name.strip_prefix(&trial.endpoint).unwrap_or(&trial.name).trim_start_matches("::");
        let group = reported.finding.requirement.split('-').nth(1).unwrap_or_default();
        let elsewhere = !case.split("::").next().is_some_and(|topic| topic.eq_ignore_ascii_case(group));
        let request = cause(trial, reported).or_else(|| exchange(trial, reported));
        let length = request.map_or(0, |record| record.curl.len().saturating_sub(record.url.len()));
        // Whether the job was read first depends on the trial before.
        let leads = |record: &&ExchangeRecord| record.role != Some(Role::ReadBefore);
        let seen = trial.evidence.get(..reported.finding.exchange);
        let before = seen.map_or(reported.finding.exchange, |seen| seen.iter().filter(leads).count());
        let plainness = Plainness { besides, elsewhere, before, length, name: case.len(), order };
        let plainer = self.plainness.as_ref().is_none_or(|known| plainness < *known);
        if plainer {
            self.plainness = Some(plainness);
        }
        plainer
    }

    pub(in crate::report) fn add(&mut self, order: Order, name: &str) {
        self.trials += 1;
        let at = self.names.partition_point(|(o, _)| *o < order);
        if at <= NAMES {
            self.names.insert(at, (order, name.to_owned()));
            self.names.truncate(NAMES + 1);
        }
    }

    pub(in crate::report) fn note(&mut self, place: &Place) {
        let place = anonymous(place);
        let known = self.places.contains_key(&place) || self.places.len() < PLACES;
        *self.places.entry(if known { place } else { ELSEWHERE.to_owned() }).or_default() += 1;
    }

    /// The places other than that of the example, the most frequent first, with how many findings each.
    pub(in crate::report) fn elsewhere(&self) -> Vec<(&str, usize)> {
        let finding = self.example.iter().flat_map(|example| &example.findings).next();
        let shown = finding.map(|reported| anonymous(&reported.finding.place));
        let others = self.places.iter().filter(|(place, _)| Some(*place) != shown.as_ref());
        let mut others: Vec<(&str, usize)> = others.map(|(place, n)| (place.as_str(), *n)).collect();
        others.sort_by_key(|(_, n)| Reverse(*n));
        others
    }

    /// Its example is an update that should have been answered 200 and got a client error.
    pub(in crate::report) fn is_refused_update(&self) -> bool {
        self.is_update_answered(|status| status.starts_with('4'))
    }

    /// The same with a status that says that there is no such job.
    pub(super) fn is_not_found(&self) -> bool {
        self.is_update_answered(|status| matches!(status, "404" | "410"))
    }

    /// The same with a status that blames the type of the content.
    pub(super) fn is_for_its_type(&self) -> bool {
        self.is_update_answered(|status| status == "415")
    }

    fn is_update_answered(&self, with: fn(&str) -> bool) -> bool {
        let finding = self.example.iter().flat_map(|example| &example.findings).next().map(|found| &found.finding);
        let text = |shown: &Option<Shown>, is: fn(&str) -> bool| matches!(shown, Some(Shown::Text(text)) if is(text));
        finding.is_some_and(|finding| {
            finding.place == Place::Status
                && text(&finding.expected, |text| text == "200")
                && text(&finding.actual, with)
        })
    }

    /// The case of its example is about the requirement that it shows broken, before all others.
    pub(super) fn is_about_itself(&self) -> bool {
        self.plainness.as_ref().is_some_and(|plainness| plainness.besides == 0)
    }

    /// How long the request of its example is, as a command.
    pub(super) fn request_length(&self) -> usize {
        let record = self.example.iter().flat_map(|example| &example.evidence).next_back();
        record.map_or(usize::MAX, |record| record.curl.len())
    }

    /// The place of its first trial.
    pub(in crate::report) fn order(&self) -> Order {
        self.names.first().map_or((usize::MAX, 0, 0), |(order, _)| *order)
    }

    /// `a, b, c and 5`: the names of the trials, without that of the example if it is shown.
    pub(in crate::report) fn named(&self, shown: bool) -> String {
        let example = self.example.as_deref().filter(|_| shown).map(|example| example.name.as_str());
        let others = self.names.iter().map(|(_, name)| name).filter(|name| Some(name.as_str()) != example);
        let names: Vec<_> = others.take(NAMES).map(|name| safe::line(name)).collect();
        let hidden = self.trials - usize::from(example.is_some()) - names.len();
        let end = if hidden > 0 { format!(" and {}", thousands(hidden)) } else { String::new() };
        format!("{}{end}", names.join(", "))
    }

    /// Name of the trial that stands for all: the example, or the first.
    pub(in crate::report) fn such(&self) -> &str {
        let first = || self.names.first().map(|(_, name)| name);
        self.example.as_deref().map(|example| &example.name).or_else(first).map_or("", |name| name)
    }
}

/// The place without what differs from job to job and from request to request: array indices and paths.
fn anonymous(place: &Place) -> String {
    let at = |pointer: &str| {
        let is_index = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        pointer.split('/').map(|part| if is_index(part) { "*" } else { part }).collect::<Vec<_>>().join("/")
    };
    match place {
        Place::Body(pointer) => Place::Body(at(pointer)).to_string(),
        Place::Job(pointer) => Place::Job(at(pointer)).to_string(),
        Place::Elsewhere(_) => "another resource".to_owned(),
        Place::Status | Place::Header(_) | Place::Wire => place.to_string(),
    }
}
