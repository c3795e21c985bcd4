//! The digest of the program itself, so that a report says what judged.
//!
//! Reading the whole program costs more than judging a handful of trials, so its digest is kept with what the system
//! says of the file: as long as device, inode, size and both times are the same, so is the program.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use crate::evidence::Subject;

/// The file in the state folder that keeps the digest.
const KEPT: &str = "program.sha256";

/// A digest under way: it takes some milliseconds, and the cases are loaded meanwhile.
pub(super) struct OwnDigest(Option<JoinHandle<Option<String>>>);

impl OwnDigest {
    /// Looks the digest up in the state folder, and reads the program where it is not there.
    pub(super) fn begin(state: Option<PathBuf>) -> Self {
        let digest = move || of_program(state.as_deref());
        Self(thread::Builder::new().name("own digest".to_owned()).spawn(digest).ok())
    }

    /// SHA-256 in hexadecimal; none where the program cannot be read.
    pub(super) fn finish(self) -> Option<String> {
        self.0?.join().ok().flatten()
    }
}

fn of_program(state: Option<&Path>) -> Option<String> {
    let program = std::env::current_exe().ok()?;
    let Some((state, stamp)) = state.zip(stamp(&program)) else { return read(&program) };
    let kept = state.join(KEPT);
    if let Some(digest) = look_up(&kept, &stamp) {
        return Some(digest);
    }
    let digest = read(&program)?;
    // Where it cannot be kept, the next run reads the program again.
    let _ = keep(state, &kept, &format!("{digest} {stamp}\n"));
    Some(digest)
}

fn read(program: &Path) -> Option<String> {
    Some(Subject::parse(program.to_str()?).ok()?.sha256)
}

fn look_up(kept: &Path, stamp: &str) -> Option<String> {
    let text = fs::read_to_string(kept).ok()?;
    let (digest, known) = text.trim_end().split_once(' ')?;
    let is_digest = digest.len() == 64 && digest.bytes().all(|octet| octet.is_ascii_hexdigit());
    (is_digest && known == stamp).then(|| digest.to_owned())
}

/// Other processes see the old file or the new one, never half of it.
fn keep(state: &Path, kept: &Path, text: &str) -> std::io::Result<()> {
    fs::create_dir_all(state)?;
    let file = tempfile::NamedTempFile::new_in(state)?;
    fs::write(file.path(), text)?;
    file.persist(kept)?;
    Ok(())
}

/// What changes with the program.
#[cfg(unix)]
fn stamp(program: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let of = fs::metadata(program).ok()?;
    let (modified, changed) = ((of.mtime(), of.mtime_nsec()), (of.ctime(), of.ctime_nsec()));
    Some(format!("{} {} {} {modified:?} {changed:?}", of.dev(), of.ino(), of.size()))
}

#[cfg(not(unix))]
fn stamp(_program: &Path) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_program() {
        let digest = OwnDigest::begin(None).finish().unwrap();
        assert!(digest.len() == 64 && digest.bytes().all(|octet| octet.is_ascii_hexdigit()), "{digest}");
        let state = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            assert_eq!(OwnDigest::begin(Some(state.path().join("new"))).finish().as_ref(), Some(&digest));
        }
    }

    #[test]
    #[cfg(unix)]
    fn what_was_kept_of_another_program_does_not_count() {
        let state = tempfile::tempdir().unwrap();
        let digest = OwnDigest::begin(Some(state.path().to_owned())).finish().unwrap();
        let kept = state.path().join(KEPT);
        let of_this = fs::read_to_string(&kept).unwrap();
        let zeros = "0".repeat(64);
        fs::write(&kept, of_this.replace(&digest, &zeros)).unwrap();
        assert_eq!(OwnDigest::begin(Some(state.path().to_owned())).finish(), Some(zeros.clone()), "it is looked up");
        for wrong in [format!("{zeros} 1 2 3"), of_this.replace(&digest, "short"), String::new(), "\u{0}".to_owned()] {
            fs::write(&kept, wrong).unwrap();
            assert_eq!(OwnDigest::begin(Some(state.path().to_owned())).finish().as_ref(), Some(&digest));
        }
    }
}
