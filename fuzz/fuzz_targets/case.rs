//! Any octets as a case file: loaded, or refused with a diagnostic, and expanded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use patchproof::plan::{Plan, Selection, Source, load};

fuzz_target!(|data: &[u8]| {
    let Ok(folder) = tempfile::tempdir() else { return };
    let file = folder.path().join("case.json");
    if std::fs::write(&file, data).is_err() {
        return;
    }
    match load(&Source::Dir(file)) {
        Ok(suite) => {
            // What was accepted can be read again and fired.
            assert!((0..suite.refs.len()).all(|index| suite.case(index).is_ok()));
            assert!(Plan::new(&suite, &Selection::default(), None).is_ok());
        }
        Err(wrong) => assert!(!wrong.is_empty() && wrong.iter().all(|one| !one.to_string().is_empty())),
    }
});
