//! Any octets as one file of an evidence bundle, verified and judged again. The first octet chooses the file, and
//! `PATCHPROOF_BUNDLE` names a good bundle, for which `patchproof run --report bundle=…` serves. Digests stop most
//! changes at the door, so this is above all a test of the door.
#![no_main]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use patchproof::evidence;

const FILES: [&str; 5] = ["manifest.json", "exchanges.ndjson", "settings.json", "statement.json", "report.json"];

static GOOD: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::var_os("PATCHPROOF_BUNDLE").expect("PATCHPROOF_BUNDLE names a bundle").into());

fuzz_target!(|data: &[u8]| {
    let Some((choice, content)) = data.split_first() else { return };
    let Ok(folder) = tempfile::tempdir() else { return };
    copy(&GOOD, folder.path());
    let file = FILES[usize::from(*choice) % FILES.len()];
    std::fs::write(folder.path().join(file), content).expect("the folder is ours");
    let _ = evidence::verify(folder.path(), None);
    let _ = evidence::rejudge(folder.path(), None);
});

/// Links, so that a bundle costs nothing; the file that changes is no link.
fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("the bundle is readable").flatten() {
        let name = entry.file_name();
        if FILES.iter().any(|file| *file == name) {
            std::fs::copy(entry.path(), to.join(name)).expect("the folder is ours");
        } else {
            std::os::unix::fs::symlink(entry.path(), to.join(name)).expect("the folder is ours");
        }
    }
}
