//! Judging again: every verdict computed anew from the exchanges that a bundle holds, without any network.
//!
//! A case of another suite is judged only if it asks what the case in the bundle asked: an expectation may change, a
//! request that was never sent cannot be answered.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::bundle::Settings;
use super::chain::{self, ChainHead};
use super::manifest::Manifest;
use super::record::{RecordedAttempt, RecordedLine};
use super::stored::{Stored, WithoutEvidence};
use super::{Refused, container};
use crate::checks;
use crate::contract::endpoint;
use crate::model::event::TrialResult;
use crate::model::finding::Finding;
use crate::model::profile::Profile;
use crate::model::verdict::{self, Facts, Verdict};
use crate::plan::{self, Source, Suite};

/// A verdict that came out differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictDifference {
    /// `endpoint::topic::case`.
    pub trial: String,
    /// As the bundle has it; `None` where it says nothing of the trial.
    pub was: Option<Verdict>,
    /// As it comes out now; `None` where there is no exchange to judge.
    pub is: Option<Verdict>,
    /// What was found then and is not now.
    pub gone: Vec<String>,
    /// What is found now and was not then.
    pub new: Vec<String>,
}

/// What judging again came to.
#[derive(Debug, Default)]
pub struct Rejudged {
    /// Trials judged again.
    pub judged: usize,
    /// What came out differently, by trial.
    pub differences: Vec<VerdictDifference>,
    /// Trials that the suite cannot judge, and why.
    pub unjudged: Vec<(String, String)>,
    /// Trials without an exchange, which nothing can be said of: skipped, or not run.
    pub silent: usize,
}

/// Judges a bundle again with `source`, or with its own suite.
///
/// # Errors
///
/// Where the bundle or the suite cannot be read, or the chain of exchanges is broken.
pub fn rejudge(bundle: &Path, source: Option<&Source>) -> Result<Rejudged, Refused> {
    let opened = container::open(bundle)?;
    let (manifest, _) = Manifest::read(&opened.folder)?;
    judge(&opened.folder, &manifest, &Stored::read(&opened.folder)?, source).map(|(rejudged, _)| rejudged)
}

/// As [`rejudge`], with the head that the chain came to.
pub(super) fn judge(
    folder: &Path,
    manifest: &Manifest,
    stored: &Stored,
    source: Option<&Source>,
) -> Result<(Rejudged, ChainHead), Refused> {
    let settings = settings(folder)?;
    let own = load(&Source::Dir(folder.join("suite")))?;
    let other = source.map(load).transpose()?;
    let mut judge = Judge {
        asked: asked(&own),
        expected: other.as_ref().map(asked),
        suite: other.as_ref().unwrap_or(&own),
        own: &own,
        off: settings.off.iter().map(String::as_str).collect(),
        settings: &settings,
        waived: stored.trials.iter().map(|trial| (trial.0.name.as_str(), waived(&trial.0))).collect(),
        profile: Arc::default(),
        came_to: BTreeMap::new(),
        unjudged: BTreeMap::new(),
    };
    let path = folder.join("exchanges.ndjson");
    let file = File::open(&path).map_err(|error| Refused::Unreadable("exchanges.ndjson".to_owned(), error))?;
    let head = chain::read(&mut BufReader::new(file), &manifest.run_id, &mut |told| {
        match told {
            RecordedLine::Profile(profile) => judge.profile = Arc::new(profile),
            RecordedLine::Aside { .. } => {}
            RecordedLine::Attempt(attempt) => judge.attempt(attempt)?,
        }
        Ok(())
    })?;
    Ok((judge.compare(stored), head))
}

fn settings(folder: &Path) -> Result<Settings, Refused> {
    let name = "settings.json";
    let octets = fs::read(folder.join(name)).map_err(|error| Refused::Unreadable(name.to_owned(), error))?;
    serde_json::from_slice(&octets).map_err(|error| Refused::NotABundle(format!("{name}: {error}")))
}

fn load(source: &Source) -> Result<Suite, Refused> {
    plan::load(source).map_err(|problems| {
        let told: Vec<String> = problems.iter().take(3).map(ToString::to_string).collect();
        Refused::NotABundle(format!("the suite cannot be read: {}", told.join("; ")))
    })
}

/// Index of each case by its id.
fn asked(suite: &Suite) -> HashMap<String, usize> {
    suite.refs.iter().enumerate().map(|(index, row)| (row.id.to_string(), index)).collect()
}

/// Fingerprints that a waiver of the run covered.
fn waived(trial: &TrialResult) -> Vec<&str> {
    trial.findings.iter().filter(|f| f.waived.is_some()).map(|f| f.fingerprint.as_str()).collect()
}

/// What one trial came to, by the attempt that is told.
struct CameTo {
    verdict: Verdict,
    severity: u8,
    findings: BTreeMap<String, String>,
}

struct Judge<'a> {
    asked: HashMap<String, usize>,
    expected: Option<HashMap<String, usize>>,
    suite: &'a Suite,
    own: &'a Suite,
    off: Vec<&'a str>,
    settings: &'a Settings,
    waived: HashMap<&'a str, Vec<&'a str>>,
    profile: Arc<Profile>,
    came_to: BTreeMap<String, CameTo>,
    unjudged: BTreeMap<String, String>,
}

impl Judge<'_> {
    fn attempt(&mut self, attempt: RecordedAttempt) -> Result<(), Refused> {
        let trial = attempt.trial.clone();
        let broken = |why: String| Refused::DoesNotFollow(format!("{trial}: {why}"));
        let Some((collection, id)) = trial.split_once("::") else {
            return Err(broken("not a trial's name".to_owned()));
        };
        let Some(endpoint) = endpoint::by_collection(collection) else {
            return Err(broken("no such collection".to_owned()));
        };
        let index = match self.comparable(id) {
            Ok(index) => index,
            Err(why) => {
                self.unjudged.insert(trial, why);
                return Ok(());
            }
        };
        let case = self.suite.case(index).map_err(|problem| broken(problem.to_string()))?;
        let transcript = attempt.transcript(case, endpoint.collection, self.profile.clone()).map_err(broken)?;
        let judgement = checks::judge_for(&transcript, self.settings.tiers.as_deref(), &self.off);
        let (waived, counted): (Vec<&Finding>, Vec<&Finding>) =
            judgement.findings.iter().partition(|finding| self.is_waived(&trial, finding));
        let fails = |all: &[&Finding]| all.iter().filter(|finding| finding.level >= self.settings.deny).count();
        let (unjudged, inapplicable) = (judgement.unjudged.is_some(), judgement.inapplicable.is_some());
        let (failures, waived) = (fails(&counted), fails(&waived));
        let verdict = verdict::verdict(Facts { unjudged, inapplicable, failures, waived, ..Facts::default() });
        // Which attempt is told was decided before the waivers.
        let plain = verdict::verdict(Facts { unjudged, inapplicable, failures: failures + waived, ..Facts::default() });
        let findings = judgement.findings.iter().map(|finding| (finding.fingerprint(&trial), told(finding))).collect();
        // Of several attempts the worst is told, and the first of those.
        if self.came_to.get(&trial).is_none_or(|known| plain.severity() > known.severity) {
            self.came_to.insert(trial, CameTo { verdict, severity: plain.severity(), findings });
        }
        Ok(())
    }

    fn is_waived(&self, trial: &str, finding: &Finding) -> bool {
        self.waived.get(trial).is_some_and(|all| !all.is_empty() && all.contains(&finding.fingerprint(trial).as_str()))
    }

    /// The case by which an attempt can be judged.
    fn comparable(&self, id: &str) -> Result<usize, String> {
        let own = *self.asked.get(id).ok_or("the suite of the bundle has no such case")?;
        let Some(expected) = &self.expected else { return Ok(own) };
        let other = *expected.get(id).ok_or("the suite has no such case")?;
        let asks = |suite: &Suite, index| -> Result<Value, String> {
            let octets = suite.octets(index).map_err(|problem| problem.to_string())?;
            serde_json::from_slice(&octets).map(asks).map_err(|error| error.to_string())
        };
        if asks(self.own, own)? == asks(self.suite, other)? {
            Ok(other)
        } else {
            Err("the case asks for something else now".to_owned())
        }
    }

    fn compare(mut self, stored: &Stored) -> Rejudged {
        let mut out = Rejudged::default();
        for WithoutEvidence(trial) in &stored.trials {
            if self.unjudged.contains_key(&trial.name) {
                continue;
            }
            let before: BTreeMap<String, String> =
                trial.findings.iter().map(|found| (found.fingerprint.clone(), told(&found.finding))).collect();
            let Some(now) = self.came_to.remove(&trial.name) else {
                let silent = matches!(trial.verdict, Verdict::Skip | Verdict::Inconclusive) && before.is_empty();
                if silent {
                    out.silent += 1;
                } else {
                    out.differences.push(difference(
                        trial.name.clone(),
                        Some(trial.verdict),
                        None,
                        &before,
                        &BTreeMap::new(),
                    ));
                }
                continue;
            };
            out.judged += 1;
            // That a waiver covers nothing is a matter of the waivers, not of the exchanges.
            let same_verdict =
                trial.verdict == now.verdict || (trial.verdict, now.verdict) == (Verdict::StaleWaiver, Verdict::Pass);
            if !same_verdict || before != now.findings {
                let is = Some(now.verdict);
                out.differences.push(difference(trial.name.clone(), Some(trial.verdict), is, &before, &now.findings));
            }
        }
        for (trial, now) in self.came_to {
            out.differences.push(difference(trial, None, Some(now.verdict), &BTreeMap::new(), &now.findings));
        }
        out.unjudged = self.unjudged.into_iter().collect();
        out.differences.sort_by(|a, b| a.trial.cmp(&b.trial));
        out
    }
}

fn difference(
    trial: String,
    was: Option<Verdict>,
    is: Option<Verdict>,
    before: &BTreeMap<String, String>,
    now: &BTreeMap<String, String>,
) -> VerdictDifference {
    let gone = before.iter().filter(|(id, text)| now.get(*id) != Some(text)).map(|(_, text)| text.clone()).collect();
    let new = now.iter().filter(|(id, text)| before.get(*id) != Some(text)).map(|(_, text)| text.clone()).collect();
    VerdictDifference { trial, was, is, gone, new }
}

/// A finding without its values, in which a placeholder may stand now where `***` stood.
fn told(finding: &Finding) -> String {
    let Finding { requirement, level, check, place, .. } = finding;
    format!("{requirement} ({level}) at {place}, by {check}")
}

/// What a case asks of a server, without what it expects and what it is called.
fn asks(mut case: Value) -> Value {
    const EXPECTS: [&str; 9] =
        ["$schema", "title", "description", "requirements", "needs", "unless", "plain", "expect", "endpoints"];
    if let Value::Object(members) = &mut case {
        members.retain(|name, _| !EXPECTS.contains(&name.as_str()));
        if let Some(Value::Array(steps)) = members.get_mut("steps") {
            for step in steps.iter_mut().filter_map(Value::as_object_mut) {
                step.remove("expect");
                if let Some(race) = step.get_mut("race").and_then(Value::as_object_mut) {
                    race.remove("must");
                }
            }
        }
    }
    case
}
