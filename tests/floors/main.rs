//! The floors of `lib.rs`, kept: imports only point down, modules of one floor do not import each other.
//!
//! The table in the documentation of the crate is the rule itself: this test reads it, and then every path that the
//! source names, in `use` lines and elsewhere. Test modules are held to it as well.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends at the first thing that is not there")]

mod source;

use std::collections::BTreeMap;

use source::{Seen, read};

/// Where async code may be; everything else is plain functions.
const ASYNC: [&str; 4] = ["target", "reference", "runner", "cli"];

/// Modules that read no file, no clock and no environment.
const PURE: [&str; 6] = ["diff", "instant", "json", "contract", "checks", "model"];

/// What a pure module does not name.
const IMPURE: [&str; 9] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "tokio",
    "jiff::Timestamp::now",
];

/// A floor, and the step on it: a semicolon in the table stands between two steps.
type Floor = (usize, usize);

/// The floor of each top-level module, from the table in `lib.rs`.
fn floors() -> BTreeMap<String, Floor> {
    let mut floors = BTreeMap::new();
    for row in include_str!("../../src/lib.rs").lines().filter_map(|line| line.strip_prefix("//! | F")) {
        let (floor, modules) = row.split_once(" |").expect("a row has a floor and modules");
        let floor: usize = floor.parse().expect("a floor is a number");
        for (step, modules) in modules.split(';').enumerate() {
            for name in modules.split('`').skip(1).step_by(2) {
                assert_eq!(floors.insert(name.to_owned(), (floor, step)), None, "{name} is on two floors");
            }
        }
    }
    floors
}

#[test]
fn every_module_is_on_a_floor() {
    let mut floors = floors();
    assert_eq!(floors.remove("main.rs"), Some((4, 0)), "main.rs is on top");
    let mut named: Vec<String> = floors.into_keys().collect();
    named.sort();
    let mut there: Vec<String> = read().iter().map(|file| file.top.clone()).filter(|top| top != "lib").collect();
    there.sort();
    there.dedup();
    there.retain(|top| top != "main");
    assert_eq!(named, there, "the table in lib.rs and the modules in src differ");
}

#[test]
fn imports_only_point_down() {
    let floors = floors();
    let floor = |top: &str| floors.get(top).copied().unwrap_or((4, 0));
    let mut wrong = Vec::new();
    for file in read() {
        for Seen { path, line } in &file.paths {
            let Some(other) = path.strip_prefix("crate::").and_then(|path| path.split("::").next()) else { continue };
            if other != file.top && floors.contains_key(other) && floor(other) >= floor(&file.top) {
                let (own, its) = (floor(&file.top).0, floor(other).0);
                wrong.push(format!("{}:{line}: {} (F{own}) names {path} (F{its})", file.name, file.top));
            }
        }
    }
    assert!(wrong.is_empty(), "imports must point down:\n{}", wrong.join("\n"));
}

/// Two independent readings of the contract, or the proof that the suite bites is worth nothing.
#[test]
fn checks_and_reference_never_see_each_other() {
    for file in read() {
        let other = match file.top.as_str() {
            "checks" => "reference",
            "reference" => "checks",
            _ => continue,
        };
        for Seen { path, line } in file.paths.iter().chain(&file.expanded) {
            assert!(!path.starts_with(&format!("crate::{other}")), "{}:{line} names {path}", file.name);
        }
    }
}

/// Whoever reads the contract anew shares no rule of it, however deep it lies: the names of the six paths only.
#[test]
fn the_reference_server_shares_the_names_of_the_paths_only() {
    for file in read().iter().filter(|file| file.top == "reference") {
        for Seen { path, line } in file.paths.iter().chain(&file.expanded) {
            let shared = path.starts_with("crate::") && !path.starts_with("crate::reference");
            let allowed = path.starts_with("crate::contract::endpoint");
            assert!(!shared || allowed, "{}:{line} names {path}", file.name);
        }
    }
}

#[test]
fn async_lives_where_the_wire_is() {
    let mut wrong = Vec::new();
    for file in read().iter().filter(|file| !ASYNC.contains(&file.top.as_str())) {
        wrong.extend(file.asyncs.iter().map(|line| format!("{}:{line}", file.name)));
    }
    assert!(wrong.is_empty(), "async code outside {ASYNC:?}:\n{}", wrong.join("\n"));
}

#[test]
fn pure_modules_do_no_io_and_read_no_clock() {
    let mut wrong = Vec::new();
    for file in read().iter().filter(|file| PURE.contains(&file.top.as_str())) {
        for Seen { path, line } in file.paths.iter().chain(&file.expanded) {
            let impure = |name: &&&str| path == **name || path.starts_with(&format!("{name}::"));
            if let Some(name) = IMPURE.iter().find(impure) {
                wrong.push(format!("{}:{line}: {name}", file.name));
            }
        }
    }
    assert!(wrong.is_empty(), "these modules are pure:\n{}", wrong.join("\n"));
}

#[test]
fn the_reader_sees_every_kind_of_path() {
    let text = "
        use crate::{plan::{self, Plan as P}, model::*};
        mod inner {
            use super::super::runner::run;
            fn f() { super::g(); crate::diff::text(); vec![crate::json::parse(crate::instant::X)]; }
        }
        fn g() -> crate::report::Run { async { 1 }; x.await }
        #[cfg(test)] mod tests { use super::super::target as t; }";
    let file = source::parse("src/checks/one.rs", text);
    let mut seen: Vec<&str> = file.paths.iter().map(|seen| seen.path.as_str()).collect();
    seen.retain(|path| path.starts_with("crate::"));
    seen.sort_unstable();
    for path in [
        "crate::checks::runner::run",
        "crate::diff::text",
        "crate::instant",
        "crate::json",
        "crate::model::*",
        "crate::plan",
        "crate::plan::Plan",
        "crate::report::Run",
        "crate::checks::target",
    ] {
        assert!(seen.contains(&path), "{path} of {seen:?}");
    }
    assert_eq!(file.asyncs.len(), 2);
    assert_eq!(file.top, "checks");
}

/// A file that is longer has two subjects.
const MOST_LINES: usize = 300;

#[test]
fn a_file_has_one_subject() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut waiting: Vec<_> = ["src", "tests", "benches", "examples"].map(|folder| root.join(folder)).into();
    let (mut seen, mut long) = (0, Vec::new());
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let lines = std::fs::read_to_string(&path).unwrap().lines().count();
            seen += 1;
            if lines > MOST_LINES {
                long.push(format!("{}: {lines} lines", path.display()));
            }
        }
    }
    assert!(long.is_empty() && seen > 300, "{seen} files, {long:#?}");
}
