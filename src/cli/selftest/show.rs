//! The matrix for people, for machines, and as a document.
//!
//! ```text
//! Faults caught              512 of 512
//! Variations clean            83 of 83
//! Testable MUST covered      102 of 102
//! Checks needed               32 of 32
//! ```

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::score::{Score, wrong};
use super::subject::{Subject, SubjectResult};

/// For the terminal: what is wrong, or every row, and the sums.
pub(super) fn human(score: &Score, verbose: bool) -> String {
    let mut out = String::new();
    if verbose {
        for result in &score.results {
            row(&mut out, result);
        }
        out.push('\n');
    }
    for problem in &score.problems {
        let lines = textwrap::wrap(problem, textwrap::Options::new(78).subsequent_indent("  "));
        put(&mut out, format_args!("{}\n", lines.join("\n")));
    }
    if !score.problems.is_empty() {
        out.push('\n');
    }
    let ((caught, faults), (clean, variations)) = (score.faults(), score.variations());
    put(&mut out, format_args!("Faults caught          {caught:>4} of {faults}\n"));
    put(&mut out, format_args!("Variations clean       {clean:>4} of {variations}\n"));
    if score.whole {
        put(&mut out, format_args!("Testable MUST covered  {:>4} of {}\n", score.covered, score.musts));
    }
    if !score.needed.is_empty() {
        let needed = score.needed.iter().filter(|one| one.fault.is_some()).count();
        put(&mut out, format_args!("Checks needed          {needed:>4} of {}\n", score.needed.len()));
    }
    out.push_str(match (score.problems.is_empty(), score.whole) {
        (true, true) => "Proven",
        (true, false) => "No problem in this part; only the whole is a proof",
        (false, _) => "Not proven",
    });
    out
}

fn row(out: &mut String, result: &SubjectResult) {
    let mark = if wrong(result).is_none() { "ok  " } else { "FAIL" };
    put(out, format_args!("{mark} {} ({} trials)\n", result.subject.name(), result.trials));
    for (title, rows) in
        [("caught by", result.caught_by().collect::<Vec<_>>()), ("besides", result.besides().collect())]
    {
        for (id, seen) in rows {
            let text = format!("{title} {id} ({}, {} trials): {}", seen.level, seen.trials, seen.message);
            let options = textwrap::Options::new(78).initial_indent("       ").subsequent_indent("         ");
            put(out, format_args!("{}\n", textwrap::fill(&text, options)));
        }
    }
}

/// The whole matrix as JSON.
pub(super) fn json(score: &Score) -> String {
    let rows: Vec<Value> = score.results.iter().map(as_json).collect();
    let ((caught, faults), (clean, variations)) = (score.faults(), score.variations());
    let whole = json!({
        "schemaVersion": "1",
        "faults": { "caught": caught, "all": faults },
        "variations": { "clean": clean, "all": variations },
        "must": { "covered": score.covered, "all": score.musts },
        "checks": score.needed.iter().map(|one| json!({
            "check": one.check, "alone": one.alone, "fault": one.fault, "without": one.then,
        })).collect::<Vec<_>>(),
        "problems": score.problems,
        "rows": rows,
    });
    format!("{whole:#}")
}

fn as_json(result: &SubjectResult) -> Value {
    let (kind, title) = match result.subject {
        Subject::Sound => ("sound", "The reference server without any change."),
        Subject::Variation(row) => ("variation", row.title),
        Subject::Fault(row) => ("fault", row.title),
    };
    let seen: Vec<Value> = result
        .caught_by()
        .chain(result.besides())
        .map(|(id, seen)| {
            json!({ "requirement": id, "level": seen.level, "checks": seen.checks, "trial": seen.witness,
                    "message": seen.message })
        })
        .collect();
    json!({ "name": result.subject.name(), "kind": kind, "title": title, "requirements": result.subject.named(),
            "ok": wrong(result).is_none(), "seen": seen })
}

/// The matrix as a document.
pub(super) fn markdown(score: &Score) -> String {
    let ((caught, faults), (clean, variations)) = (score.faults(), score.variations());
    let mut out = String::from(
        "# Fault matrix\n\nMade by `patchproof selftest --markdown`. Each row is a server that is wrong in one way; the \
         suite must name a\nrequirement that the fault breaks. The sound server and every legal variation must pass.\n\n",
    );
    put(&mut out, format_args!("- Faults caught: {caught} of {faults}\n- Variations clean: {clean} of {variations}\n"));
    put(&mut out, format_args!("- Testable MUST requirements covered: {} of {}\n", score.covered, score.musts));
    out.push_str("\n## Faults\n\n| fault | what is wrong | caught by | in | also reported |\n|---|---|---|---|---|\n");
    for result in &score.results {
        let Subject::Fault(fault) = result.subject else { continue };
        let caught: Vec<&str> = result.caught_by().map(|(id, _)| id).collect();
        let also: Vec<&str> = result.besides().map(|(id, _)| id).collect();
        let witness = result.caught_by().next().map_or("", |(_, seen)| seen.witness.as_str());
        let (name, title, caught) =
            (fault.name, fault.title, if caught.is_empty() { "**missed**".to_owned() } else { caught.join(", ") });
        put(&mut out, format_args!("| `{name}` | {title} | {caught} | {witness} | {} |\n", also.join(", ")));
    }
    out.push_str(
        "\n## Legal variations\n\n| variation | what differs | tolerated by | may warn |\n|---|---|---|---|\n",
    );
    for result in &score.results {
        let Subject::Variation(row) = result.subject else { continue };
        let (tolerance, warns) = (row.tolerance.join(", "), row.warns.join(", "));
        put(&mut out, format_args!("| `{}` | {} | {tolerance} | {warns} |\n", row.name, row.title));
    }
    out.push_str(
        "\n## Checks\n\nSwitched off one at a time: how many faults only this check catches, and one of them that the \
         whole suite on one\nendpoint then misses.\n\n| check | faults it catches alone | missed without it |\n|---|---|---|\n",
    );
    for one in &score.needed {
        put(&mut out, format_args!("| `{}` | {} | `{}` |\n", one.check, one.alone, one.fault.unwrap_or("none")));
    }
    out
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = out.write_fmt(text);
}
