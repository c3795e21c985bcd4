//! Every report format of one fixed run, compared byte for byte with the samples in `reports/sample/`.
//!
//! `UPDATE_GOLDEN=1 cargo test --test report_samples` writes them anew; the change is then visible in review.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use patchproof::report::terminal::{Options, Terminal, Verbosity};
use patchproof::report::{self, FORMATS, Run};
use serde_json::Value;

mod hostile;
mod links;
mod public;
mod sample;

/// A writer whose bytes can be looked at afterwards.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Shared {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn rendered(run: &Run, format: &str) -> String {
    let out = Shared::default();
    report::render(run, report::format(format).unwrap(), Box::new(out.clone())).unwrap();
    out.text()
}

fn terminal(run: &Run, options: Options) -> String {
    let out = Shared::default();
    report::replay(run, &mut Terminal::new(Box::new(out.clone()), options)).unwrap();
    out.text()
}

fn schema(name: &str) -> jsonschema::Validator {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schemas").join(name);
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn valid(schema: &jsonschema::Validator, text: &str) {
    let value: Value = serde_json::from_str(text).unwrap();
    let errors: Vec<String> = schema.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

fn golden(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("reports/sample").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let want = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(want == text, "{} is not what is rendered now; UPDATE_GOLDEN=1 rewrites it", path.display());
}

#[test]
fn every_format_is_as_its_sample() {
    let run = sample::run();
    for format in FORMATS {
        golden(format.extension, &rendered(&run, format.name));
    }
    golden("terminal.ansi", &terminal(&run, Options { color: true, ..Options::default() }));
}

#[test]
fn a_stored_run_renders_to_the_same_bytes() {
    let run = sample::run();
    let stored = rendered(&run, "json");
    let again = report::read_run(stored.as_bytes()).unwrap();
    for format in FORMATS {
        assert_eq!(rendered(&again, format.name), rendered(&run, format.name), "{}", format.name);
    }
    assert!(report::read_run(&stored.as_bytes()[..stored.len() / 2]).is_err());
}

#[test]
fn json_and_events_keep_their_schemas() {
    let run = sample::run();
    valid(&schema("report.schema.json"), &rendered(&run, "json"));
    let events = rendered(&run, "ndjson");
    let schema = schema("event.schema.json");
    events.lines().for_each(|line| valid(&schema, line));
    assert!(events.lines().last().unwrap().contains(r#""event":"run_finished""#));
    assert_eq!(events.lines().count(), run.trials.len() + 2);
}

#[test]
fn junit_counts_are_those_of_its_elements() {
    let text = rendered(&sample::run(), "junit");
    let document = roxmltree::Document::parse(&text).unwrap();
    let count = |node: roxmltree::Node<'_, '_>, name: &str| node.descendants().filter(|n| n.has_tag_name(name)).count();
    for node in document.descendants().filter(|n| n.has_tag_name("testsuites") || n.has_tag_name("testsuite")) {
        for (attribute, element) in
            [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
        {
            let Some(told) = node.attribute(attribute) else { continue };
            assert_eq!(told, count(node, element).to_string(), "{attribute}");
        }
    }
    assert_eq!(count(document.root(), "flakyFailure"), 1);
    assert!(document.descendants().filter(|n| n.has_tag_name("testcase")).all(|n| n.attribute("classname").is_some()));
}

#[test]
fn the_terminal_fits_its_width() {
    let run = sample::run();
    for line in terminal(&run, Options::default())
        .lines()
        .filter(|line| !line.contains("127.0.0.1") && !line.contains("--data-raw"))
    {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let quiet = terminal(&run, Options { verbosity: Verbosity::Quiet, ..Options::default() });
    assert!(quiet.lines().count() <= 3, "{quiet}");
    let verbose = terminal(&run, Options { verbosity: Verbosity::Verbose, ..Options::default() });
    assert!(run.trials.iter().all(|trial| verbose.contains(&trial.name)));
}

#[test]
fn a_server_broken_everywhere_is_told_briefly() {
    let trials = (0..2_000)
        .map(|i| {
            let endpoint = ["jobs", "classifyFileJobs"][i % 2];
            let trial = sample::trial(&format!("{endpoint}::update::case-{i}"), "An update", "REQ-STATUS-001");
            let place = patchproof::model::finding::Place::Status;
            let (want, got) = (sample::text("200"), sample::text("500"));
            sample::failed(trial, sample::finding("REQ-STATUS-001", "status", place, "the status is 500", want, got))
        })
        .collect();
    let text = terminal(&sample::of(trials), Options::default());
    assert!(text.lines().count() < 40, "{text}");
    assert!(text.contains("1,999 more trials"), "{text}");
}

#[test]
fn ten_thousand_trials_make_a_page_of_under_twenty_megabytes() {
    let endpoints = ["jobs", "classifyFileJobs", "classifyTextJobs", "evaluateLabelJobs", "evaluateDlpPoliciesJobs"];
    let trials = (0..10_000)
        .map(|i| {
            let trial =
                sample::trial(&format!("{}::update::case-{i}", endpoints[i % 5]), "An update", "REQ-STATUS-001");
            let place = patchproof::model::finding::Place::Status;
            let (want, got) = (sample::text("200"), sample::text("500"));
            let finding = sample::finding("REQ-STATUS-001", "status", place, "the status is 500", want, got);
            let mut trial = sample::failed(trial, finding);
            trial.evidence[0].response_body = "x".repeat(6_000);
            trial
        })
        .collect();
    let run = sample::of(trials);
    assert!(rendered(&run, "html").len() < 20_000_000);
    assert!(rendered(&run, "markdown").len() < 1 << 20);
    assert!(rendered(&run, "github").lines().count() <= 30);
}
