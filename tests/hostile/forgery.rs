//! What a server says cannot pass for what we say, in any format.

use super::listener::{Listener, answer};
use super::run::run;
use super::sane;

/// Everything that some reader could take for its own.
const MEAN: &str = "\u{1b}[2J\u{1b}]0;own\u{7}\u{9b}31m\r\n::error::FORGED\n# FORGED\n| FORGED | 0 |\n]]>--></failure>\
    <script>alert(1)</script><img src=x onerror=alert(1)>\u{202e}\u{0}\u{fffe}`'\"&%0A\n##[error]FORGED\nok 1 - FORGED\n\
    Conforms (1 ms)\n";

#[test]
fn no_format_can_be_forged() {
    let body = serde_json::json!({"error": {"code": MEAN, "message": MEAN, "target": MEAN, MEAN: MEAN}, MEAN: MEAN});
    // What HTTP lets through in a header.
    let header = MEAN.replace(|c: char| c.is_control(), " ");
    let headers =
        format!("Content-Type: application/json; a=\"{header}\"\r\nETag: {header}\r\nrequest-id: {header}\r\n");
    let server = Listener::saying(answer("500 ]]><b>FORGED", &headers, body.to_string()));
    let folder = tempfile::tempdir().unwrap();
    let formats: Vec<String> = patchproof::report::FORMATS
        .iter()
        .map(|format| format!("--report={}={}", format.name, folder.path().join(format.extension).display()))
        .collect();
    let arguments: Vec<&str> = formats.iter().map(String::as_str).chain(["-v"]).collect();
    let ran = run(&server.url, &arguments);
    sane("mean words", &ran, &[1]);
    harmless("terminal", &ran.text());
    for format in patchproof::report::FORMATS {
        let text = std::fs::read_to_string(folder.path().join(format.extension)).unwrap();
        match format.name {
            // JSON escapes what is not to be shown; what reads it has strings, not lines.
            "json" | "ndjson" | "ctrf" | "sarif" | "har" => assert!(!text.contains('\u{1b}'), "{}", format.name),
            "junit" => {
                let document = roxmltree::Document::parse(&text).unwrap();
                let count = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
                assert_eq!((count("testcase"), count("script"), count("img")), (3, 0, 0), "{text}");
            }
            "html" => {
                assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{text}");
                harmless(format.name, &text);
            }
            "markdown" => {
                // Between fences it is text, and no line of it is a fence.
                let outside: String = text.split("\n```").step_by(2).collect();
                assert!(!outside.contains("<script>alert") && !outside.contains("<img src=x"), "{text}");
                harmless(format.name, &text);
            }
            _ => harmless(format.name, &text),
        }
    }
}

/// No control characters, and no line that begins as only ours begin.
fn harmless(name: &str, text: &str) {
    let control = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{202e}' | '\u{fffe}');
    assert_eq!(text.find(control), None, "{name}: {:?}", text.find(control).map(|at| &text[at.saturating_sub(40)..at]));
    for line in text.lines().map(str::trim_start) {
        for start in ["::error::FORGED", "##[error]", "# FORGED", "| FORGED", "ok 1 - FORGED", "Conforms ("] {
            assert!(!line.starts_with(start), "{name}: {line}");
        }
    }
}
