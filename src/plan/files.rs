//! The case files of a folder: which there are, what each is called, and what is in it.

use std::cell::RefCell;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::check::MAX_FILE;
use super::diagnostic::Diagnostic;

/// Where the text of a case is.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// Part of the program: `topic/name`, and its text.
    Embedded(&'static str, &'static str),
    File(PathBuf),
}

/// Most case files are smaller, and are then read at once.
const USUAL: usize = 8 * 1024;

thread_local! {
    /// What was read last, so that not every file of a large suite takes memory of its own.
    static READ: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Place {
    /// The file as people can find it.
    pub(super) fn file(&self) -> String {
        match self {
            Self::Embedded(name, _) => format!("cases/{name}.json"),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// Reads the text and gives what `read` makes of it. One that is too large comes cut, and is refused for that.
    pub(super) fn with<T>(&self, read: impl FnOnce(&[u8]) -> T) -> Result<T, String> {
        match self {
            Self::Embedded(_, text) => Ok(read(text.as_bytes())),
            Self::File(path) => READ.with_borrow_mut(|octets| {
                let cannot = |error: std::io::Error| format!("expected a readable file: {error}");
                let file = fs::File::open(path).map_err(cannot)?;
                octets.clear();
                octets.reserve(USUAL);
                // One octet more than is allowed tells a file that is too large from one that just fits.
                file.take(MAX_FILE as u64 + 1).read_to_end(octets).map_err(cannot)?;
                let result = read(octets);
                octets.shrink_to(USUAL);
                Ok(result)
            }),
        }
    }
}

/// The case files below `root` with their ids, sorted by path.
pub(super) fn files_below(root: &Path, wrong: &mut Vec<Diagnostic>) -> Vec<(String, Place)> {
    let topic_of = |folder: &Path| {
        let full = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        full.file_name().map_or_else(|| "cases".to_owned(), |name| name.to_string_lossy().into_owned())
    };
    let mut found = Vec::new();
    if root.is_file() {
        let folder = root.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = root.file_stem().unwrap_or_default().to_string_lossy();
        return vec![(format!("{}::{name}", topic_of(folder)), Place::File(root.to_owned()))];
    }
    let of_root = topic_of(root);
    walk(root, (None, &of_root), &mut Vec::new(), &mut found, wrong);
    found
}

/// Goes through a folder in the order of the names in it, which is that of the paths. `topic` is what the names of its
/// folders below the root make, and what the root itself is called.
fn walk(
    folder: &Path,
    topic: (Option<&str>, &str),
    above: &mut Vec<PathBuf>,
    found: &mut Vec<(String, Place)>,
    wrong: &mut Vec<Diagnostic>,
) {
    let shown = folder.display().to_string();
    let entries = fs::canonicalize(folder).and_then(|full| Ok((full, fs::read_dir(folder)?)));
    let (full, entries) = match entries {
        Ok(both) => both,
        Err(error) => {
            wrong.push(Diagnostic::of_file(shown, format!("expected a folder with case files: {error}")));
            return;
        }
    };
    if above.contains(&full) {
        wrong.push(Diagnostic::of_file(shown, "expected a folder, found a link to one that holds it"));
        return;
    }
    above.push(full);
    let mut named = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => named.push((entry.file_name(), entry)),
            Err(error) => wrong.push(Diagnostic::of_file(&shown, format!("expected a readable folder: {error}"))),
        }
    }
    named.retain(|(name, _)| !name.as_encoded_bytes().starts_with(b"."));
    named.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    for (name, entry) in named {
        let path = entry.path();
        // Most entries tell their kind for nothing; only a link has to be followed.
        let kind = entry.file_type();
        let is_folder = match &kind {
            Ok(kind) if kind.is_symlink() => path.is_dir(),
            Ok(kind) => kind.is_dir(),
            Err(_) => false,
        };
        if is_folder {
            let name = name.to_string_lossy();
            let below = topic.0.map_or_else(|| name.to_string(), |topic| format!("{topic}::{name}"));
            walk(&path, (Some(&below), topic.1), above, found, wrong);
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
            // Whoever opens a pipe waits for somebody who writes to it.
            let is_special = match &kind {
                Ok(kind) if kind.is_symlink() => fs::metadata(&path).is_ok_and(|there| !there.is_file()),
                Ok(kind) => !kind.is_file(),
                Err(_) => false,
            };
            if is_special {
                wrong
                    .push(Diagnostic::of_file(path.display().to_string(), "expected a file, found a pipe or the like"));
            } else {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                let id = format!("{}::{stem}", topic.0.unwrap_or(topic.1));
                found.push((id, Place::File(path)));
            }
        }
    }
    above.pop();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_above_is_told() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("a")).unwrap();
        fs::write(dir.path().join("a/one.json"), "").unwrap();
        std::os::unix::fs::symlink(dir.path(), dir.path().join("a/loop")).unwrap();
        let mut wrong = Vec::new();
        let found = files_below(dir.path(), &mut wrong);
        assert_eq!(found.iter().map(|(id, ..)| id.as_str()).collect::<Vec<_>>(), ["a::one"]);
        assert!(wrong[0].message.contains("link"), "{wrong:?}");
    }
}
