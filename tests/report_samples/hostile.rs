//! What a hostile server sends forges nothing: not the terminal, not XML, not the files that CI systems read.

use patchproof::model::event::TeardownProblem;
use patchproof::model::finding::Place;
use patchproof::report::terminal::Options;

use super::{rendered, sample, terminal};

const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;own\u{7}\u{9b}31m\r\n::error::forged\n]]>--><script>alert(1)</script>\
    </failure></pre><img src=x onerror=alert(1)>| a | `b` |\u{202e}\u{2028}\u{0}\u{fffe}{{7*7}}${x}%0A\"'& \
    ::error::a ::error::b ::error::c ::error::d ::error::e ::error::f ::error::g ##[error]h ::error::i ::error::j";

fn run() -> patchproof::report::Run {
    let mut trials = Vec::new();
    for place in
        [Place::Header(HOSTILE.to_owned()), Place::Body(HOSTILE.to_owned()), Place::Elsewhere(HOSTILE.to_owned())]
    {
        let mut trial = sample::trial("jobs::update::hostile", "A hostile answer", "REQ-STATUS-001");
        trial.reason = Some(HOSTILE.to_owned());
        let (expected, actual) = (sample::text("fine"), sample::text(HOSTILE));
        let finding = sample::finding("REQ-STATUS-001", "status", place, HOSTILE, expected, actual);
        trial = sample::failed(trial, finding);
        let record = &mut trial.evidence[0];
        record.response_headers.push((HOSTILE.to_owned(), HOSTILE.to_owned()));
        HOSTILE.clone_into(&mut record.response_body);
        HOSTILE.clone_into(&mut record.version);
        record.broken = Some(HOSTILE.to_owned());
        trials.push(trial);
    }
    let mut run = sample::of(trials);
    run.summary.teardown.push(TeardownProblem { job: Some(HOSTILE.to_owned()), problem: HOSTILE.to_owned() });
    run
}

#[test]
fn the_terminal_gets_no_control_characters() {
    for color in [false, true] {
        let mut text = terminal(&run(), Options { color, ..Options::default() });
        if color {
            for code in ["0", "1", "2", "31", "32", "33", "36"] {
                text = text.replace(&format!("\u{1b}[{code}m"), "");
            }
        }
        let bad = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{2028}');
        assert_eq!(text.matches(bad).count(), 0, "{text}");
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
    }
}

#[test]
fn xml_stays_well_formed() {
    let text = rendered(&run(), "junit");
    let document = roxmltree::Document::parse(&text).unwrap();
    assert_eq!(document.descendants().filter(|n| n.has_tag_name("testcase")).count(), 3);
    assert_eq!(document.descendants().filter(|n| n.has_tag_name("script") || n.has_tag_name("img")).count(), 0);
}

#[test]
fn json_keeps_every_octet() {
    let run = run();
    let again = patchproof::report::read_run(rendered(&run, "json").as_bytes()).unwrap();
    assert_eq!(again.trials[0].reason, run.trials[0].reason);
    assert_eq!(rendered(&run, "ndjson").lines().count(), run.trials.len() + 2);
}

#[test]
fn annotations_stay_on_their_lines() {
    let text = rendered(&run(), "github");
    assert!(!text.is_empty());
    for line in text.lines() {
        assert!(line.starts_with("::error file=cases/update/hostile.json,line=9,title=REQ-STATUS-001 "), "{line}");
        assert_eq!(line.matches(|c: char| c.is_control()).count(), 0, "{line}");
        let properties = line[2..].split("::").next().unwrap();
        assert_eq!(properties.matches(',').count(), 2, "{line}");
    }
}

#[test]
fn markdown_outside_its_fences_has_no_markup_of_the_server() {
    let text = rendered(&run(), "markdown");
    let mut fence: Option<&str> = None;
    let mut blocks = 0;
    for line in text.lines() {
        match fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if line.starts_with("```") => {
                fence = Some(line.trim_end_matches("text"));
                blocks += 1;
            }
            None => {
                let own = ["<details><summary>", "</summary>", "</details>"]
                    .iter()
                    .fold(line.to_owned(), |l, t| l.replace(t, ""));
                assert!(!own.contains('<') && !own.contains('`'), "{line}");
                assert!(!line.starts_with('|') || matches!(line.matches('|').count(), 4 | 8), "{line}");
            }
        }
    }
    assert!(fence.is_none() && blocks == 1, "{text}");
}

#[test]
fn tap_points_are_the_trials() {
    let text = rendered(&run(), "tap");
    let points =
        text.lines().filter(|line| line.trim_start().starts_with("not ok ") || line.trim_start().starts_with("ok "));
    assert_eq!(points.count(), 4, "{text}");
    assert_eq!(text.lines().filter(|line| line.trim() == "...").count(), 3, "{text}");
}

#[test]
fn the_page_has_no_markup_of_the_server() {
    let text = rendered(&run(), "html");
    assert_eq!(text.matches("<script").count(), 1);
    assert_eq!(text.matches("<img").count(), 0);
    assert_eq!(text.matches("<div role=\"listitem\" data-v=").count(), 3);
    assert!(text.contains("&lt;script&gt;alert(1)"));
    assert_eq!(text.matches(|c: char| c.is_control() && c != '\n').count(), 0);
    assert_eq!(text.matches("http-equiv=\"Content-Security-Policy\"").count(), 1);
}
