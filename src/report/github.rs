//! GitHub annotations: findings shown on the lines of the case files.
//!
//! See <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>. The most severe first, at most
//! ten of a kind, because GitHub shows no more; a defect found in many trials is one annotation.
//!
//! ```text
//! ::error file=cases/update/no-prefer.json,line=9,title=REQ-STATUS-001 in 2 trials::the status is 204, not 200 (jobs::update::no-prefer)%0Apatchproof explain REQ-STATUS-001
//! ::warning file=cases/media/wrong-type.json,line=9,title=REQ-MEDIA-004 in 1 trial::the status is 400, not 415 (jobs::media::wrong-type)%0A…
//! ```

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Renderer;
use super::aggregate::{Aggregate, Group};
use super::difference::one_line;
use super::reading::{count, deny};
use super::{links, safe};
use crate::contract::requirement::requirement;
use crate::model::event::{Event, Summary, TrialResult};
use crate::model::finding::{Finding, Level};

/// Annotations of one kind that GitHub shows per step.
const MOST: usize = 10;

/// Writes GitHub annotations.
pub(super) struct GitHub {
    out: Box<dyn Write + Send>,
    aggregate: Aggregate,
    docs: Option<String>,
}

impl GitHub {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out, aggregate: Aggregate::new(Level::Must), docs: None }
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let stale = |fails: bool| {
            let lines = summary.waiver_problems.iter().filter(move |_| summary.waivers_warn != fails);
            lines.map(|line| Annotation {
                file: None,
                title: "Waiver out of date".to_owned(),
                message: safe::short(line),
            })
        };
        let docs = self.docs.as_deref();
        self.aggregate.conclude(summary);
        let failures = self.aggregate.failures();
        let all = failures.len() + stale(true).count();
        annotate(
            &mut self.out,
            "error",
            all,
            failures.into_iter().filter_map(|group| of_finding(group, docs)).chain(stale(true)),
        )?;
        let mut warnings: Vec<&Group> = self.aggregate.warnings.values().collect();
        warnings.sort_by_key(|group| group.order());
        let unjudged = of_reasons(&self.aggregate.inconclusive, "could not be judged");
        let all = warnings.len() + unjudged.len() + stale(false).count();
        let lines =
            warnings.into_iter().filter_map(|group| of_finding(group, docs)).chain(unjudged).chain(stale(false));
        annotate(&mut self.out, "warning", all, lines)?;
        let waived = of_reasons(&self.aggregate.waived, "waived");
        annotate(&mut self.out, "notice", waived.len(), waived.into_iter())?;
        self.out.flush()
    }
}

impl Renderer for GitHub {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(info) => {
                self.aggregate = Aggregate::new(deny(info));
                self.docs.clone_from(&info.docs);
            }
            Event::TrialFinished(trial) => self.aggregate.add(trial),
            Event::RunFinished(summary) => self.finish(summary)?,
        }
        Ok(())
    }
}

/// Properties and message of an annotation, unescaped.
struct Annotation {
    file: Option<(String, usize)>,
    title: String,
    message: String,
}

fn of_finding(group: &Group, docs: Option<&str>) -> Option<Annotation> {
    let example = group.example.as_deref()?;
    let reported = example.findings.first()?;
    let finding = &reported.finding;
    // An annotation has no place of its own, so a path that starts from one leads nowhere.
    let page = requirement(&finding.requirement)
        .and_then(|known| links::page(known, docs))
        .filter(|page| page.contains("://"));
    let page = page.unwrap_or_else(|| format!("patchproof explain {}", finding.requirement));
    Some(Annotation {
        file: Some((example.file.clone(), reported.line.unwrap_or(1))),
        title: format!("{} in {}", finding.requirement, count(group.trials, "trial")),
        message: format!(
            "{} ({}){}\n{page}",
            safe::short(&finding.message),
            safe::line(&example.name),
            met(example, finding)
        ),
    })
}

/// What was sent, expected and found, each on a line of its own where it is known.
fn met(example: &TrialResult, finding: &Finding) -> String {
    let request = example.evidence.first().map(|record| format!("{} {}", record.method, record.url));
    let [expected, actual] = [&finding.expected, &finding.actual].map(|value| value.as_ref().map(one_line));
    let lines = [("request", request), ("expected", expected), ("actual", actual)];
    let told = lines.into_iter().filter_map(|(label, text)| Some(format!("\n{label}: {}", safe::short(&text?))));
    told.collect()
}

fn of_reasons(reasons: &BTreeMap<String, Group>, what: &str) -> Vec<Annotation> {
    let annotation = |(reason, group): (&String, &Group)| Annotation {
        file: None,
        title: format!("{} {what}", count(group.trials, "trial")),
        message: format!("{} (such as {})", safe::short(reason), group.such()),
    };
    reasons.iter().map(annotation).collect()
}

fn annotate(
    out: &mut dyn Write,
    kind: &str,
    all: usize,
    annotations: impl Iterator<Item = Annotation>,
) -> io::Result<()> {
    // Where there are too many, the last one tells how many are left.
    let shown = if all > MOST { MOST - 1 } else { MOST };
    for Annotation { file, title, message } in annotations.take(shown) {
        let file = file.map_or_else(String::new, |(file, line)| format!("file={},line={line},", property(&file)));
        writeln!(out, "::{kind} {file}title={}::{}", property(&title), data(&message))?;
    }
    if all > shown {
        writeln!(out, "::{kind} title=patchproof::and {} more; the other reports have them all", all - shown)?;
    }
    Ok(())
}

fn data(text: &str) -> String {
    let lines = text.split('\n').map(|line| safe::line(line).replace('%', "%25"));
    lines.collect::<Vec<_>>().join("%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
