//! Any text as a configuration file and as a waiver file, which is added to and pruned.
#![no_main]

use std::collections::BTreeSet;
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use patchproof::plan::waivers;
use patchproof::target::config::{self, TargetConfig, Vocabulary};

const WORDS: Vocabulary<'static> = Vocabulary {
    collections: &["jobs", "classifyFileJobs"],
    requirements: &["REQ-RESP-003", "REQ-STATUS-001"],
    properties: &["status", "error"],
};

fuzz_target!(|text: &str| {
    if let Ok(file) = config::parse(text, Path::new("patchproof.toml"), &WORDS) {
        for target in file.targets.into_values() {
            let resolved = config::merge(TargetConfig::default(), TargetConfig::default(), target);
            let _ = (resolved.profile(), resolved.shown(), resolved.oauth_mistakes());
        }
    }
    if let Ok(read) = waivers::read("waivers.toml", text) {
        // What was read can be written, and is then read as the same and more.
        let more = waivers::add(text, &read).expect("a file that was read can be added to");
        let twice = waivers::read("waivers.toml", &more).expect("what was written can be read");
        assert_eq!(twice.len(), 2 * read.len());
        let none = waivers::prune(text, &(0..read.len()).collect::<BTreeSet<_>>()).expect("all can be taken out");
        assert!(waivers::read("waivers.toml", &none).is_ok_and(|left| left.is_empty()));
    }
});
