//! The papers of the house are true: links lead somewhere, tables say what the code says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use patchproof::contract::requirement::{requirement, requirements};
use patchproof::model::exit;

const README: &str = include_str!("../README.md");
const CONTRIBUTING: &str = include_str!("../CONTRIBUTING.md");
const CHANGELOG: &str = include_str!("../CHANGELOG.md");

/// The relative links of a text.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://") && !target.starts_with('#'))
}

#[test]
fn links_and_paths_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, text) in [("README.md", README), ("CONTRIBUTING.md", CONTRIBUTING), ("CHANGELOG.md", CHANGELOG)] {
        // Paths that are named between backticks, without what the reader has to fill in.
        let named = text.split('`').skip(1).step_by(2).filter(|word| {
            ["src/", "tests/", "contract/", "reports/", "cases/"].iter().any(|start| word.starts_with(start))
                && !word.contains('<')
        });
        for path in links(text).chain(named) {
            assert!(root.join(path).exists(), "{name}: {path} is not there");
        }
    }
}

#[test]
fn the_readme_is_short_and_fits_a_screen() {
    assert!(README.lines().count() < 200);
    let long =
        README.lines().find(|line| line.chars().count() > 120 && !line.starts_with('|') && !line.contains("https://"));
    assert_eq!(long, None);
}

#[test]
fn exit_codes_are_those_of_the_program() {
    let table = README.split("## Exit codes").nth(1).unwrap().split("\n## ").next().unwrap();
    let told: Vec<u8> = table.lines().filter_map(|line| line.split('|').nth(1)?.trim().parse().ok()).collect();
    let known = [
        exit::CONFORMS,
        exit::NOT_CONFORMANT,
        exit::USAGE,
        exit::COULD_NOT_JUDGE,
        exit::NOTHING_TESTED,
        exit::REPORT,
        exit::MISMATCH,
        exit::INTERNAL,
        exit::INTERRUPTED,
    ];
    assert_eq!(told, known);
}

#[test]
fn the_readme_lists_commands_that_there_are() {
    let help = Command::new(env!("CARGO_BIN_EXE_patchproof")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap().to_owned();
    let rows = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let commands: Vec<&str> =
        rows.filter_map(|row| row.split_whitespace().next()).filter(|name| *name != "help").collect();
    let table = README.split("## Commands").nth(1).unwrap().split("\n## ").next().unwrap();
    let told = table.lines().filter_map(|line| line.strip_prefix("| `")?.split(['`', ' ']).next());
    for name in told {
        assert!(commands.contains(&name), "there is no command {name}");
    }
}

#[test]
fn the_proof_is_counted_right() {
    let faults = patchproof::reference::faults().count();
    let told = format!(
        "can be wrong in {},{:03} named ways and differ in\n{} legal ones",
        faults / 1000,
        faults % 1000,
        patchproof::reference::VARIATIONS.len()
    );
    assert!(README.contains(&told), "{told}");
}

#[test]
fn requirements_are_counted_right() {
    let count = requirements().len();
    assert!(README.contains(&format!("cites one of {count}\n[requirements]")));
}

/// What tests name because it is not there.
const MADE_UP: [&str; 9] = [
    "REQ-A-001",
    "REQ-B-001",
    "REQ-BODY-00",
    "REQ-BODY-999",
    "REQ-DTO-999",
    "REQ-MERGE-0022",
    "REQ-MERGE-992",
    "REQ-MERGE-999",
    "REQ-X-001",
];

/// A slip in an id would be a citation of nothing: in the code and its comments, cases, schemas and papers.
#[test]
fn every_requirement_that_is_named_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut waiting: Vec<PathBuf> =
        ["src", "tests", "cases", "schemas", "docs", "README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
            .iter()
            .map(|name| root.join(name))
            .collect();
    let (mut named, mut unknown) = (0, BTreeSet::new());
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for (at, _) in text.match_indices("REQ-") {
            let is_part = |c: &char| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '-';
            let id: String = text[at..].chars().take_while(is_part).collect();
            // `REQ-GROUP-NNN` stands for any of them, and a group for all of its own.
            if id.matches('-').count() < 2 || !id.ends_with(|c: char| c.is_ascii_digit()) {
                continue;
            }
            named += 1;
            if requirement(&id).is_none() && !MADE_UP.contains(&id.as_str()) {
                unknown.insert(format!("{}: {id}", path.display()));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
    assert!(named > 5_000, "{named}");
}
