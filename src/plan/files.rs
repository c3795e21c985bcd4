//! The case files of a folder: which there are, what each is called, and what is in it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::check::MAX_FILE;
use super::diagnostic::Diagnostic;

/// Where the text of a case is.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// Part of the program: `topic/name`, and its text.
    Embedded(&'static (&'static str, &'static str)),
    /// The file below this folder that the id of the case says: most are, and a large suite has many.
    Below(Arc<Path>),
    File(Box<Path>),
}

/// Most case files are smaller, and are then read at once.
const USUAL: usize = 8 * 1024;

thread_local! {
    /// What was read last, so that not every file of a large suite takes memory of its own.
    static READ: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Place {
    /// The place of the file `path`, in which the case `id` is.
    fn of(path: PathBuf, id: &str, root: &Arc<Path>) -> Self {
        if said_by(id, root) == path { Self::Below(Arc::clone(root)) } else { Self::File(path.into()) }
    }

    /// The file of the case `id` as people can find it.
    pub(super) fn file(&self, id: &str) -> String {
        match self {
            Self::Embedded((name, _)) => format!("cases/{name}.json"),
            Self::Below(root) => said_by(id, root).display().to_string(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// Reads the text of the case `id` and gives what `read` makes of it. One that is too large comes cut, and is refused
    /// for that.
    pub(super) fn with<T>(&self, id: &str, read: impl FnOnce(&[u8]) -> T) -> Result<T, String> {
        let path: Cow<'_, Path> = match self {
            Self::Embedded((_, text)) => return Ok(read(text.as_bytes())),
            Self::Below(root) => said_by(id, root).into(),
            Self::File(path) => path.as_ref().into(),
        };
        READ.with_borrow_mut(|octets| {
            let cannot = |error: std::io::Error| format!("expected a readable file: {error}");
            let file = fs::File::open(path).map_err(cannot)?;
            octets.clear();
            octets.reserve(USUAL);
            // One octet more than is allowed tells a file that is too large from one that just fits.
            file.take(MAX_FILE as u64 + 1).read_to_end(octets).map_err(cannot)?;
            let result = read(octets);
            octets.shrink_to(USUAL);
            Ok(result)
        })
    }
}

/// Where the file of a case is that is called after its path.
fn said_by(id: &str, root: &Path) -> PathBuf {
    let mut path = root.join(id.replace("::", std::path::MAIN_SEPARATOR_STR)).into_os_string();
    path.push(".json");
    path.into()
}

/// The case files below `root` with their ids, sorted by path.
pub(super) fn files_below(root: &Path, wrong: &mut Vec<Diagnostic>) -> Vec<(Box<str>, Place)> {
    let topic_of = |folder: &Path| {
        let full = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        full.file_name().map_or_else(|| "cases".to_owned(), |name| name.to_string_lossy().into_owned())
    };
    let mut found = Vec::new();
    if root.is_file() {
        let folder = root.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = root.file_stem().unwrap_or_default().to_string_lossy();
        return vec![(format!("{}::{name}", topic_of(folder)).into(), Place::File(root.into()))];
    }
    let of_root = topic_of(root);
    walk(&root.into(), (root, None, &of_root), &mut Vec::new(), &mut found, wrong);
    found
}

/// What is in a folder.
enum Kind {
    Folder,
    Case,
    /// A pipe or the like: whoever opens one waits for somebody who writes to it.
    Special,
}

/// What is at a path; none where it is nothing that a suite has.
fn kind(path: &Path, entry: &fs::DirEntry) -> Option<Kind> {
    // Most entries tell their kind for nothing; only a link has to be followed.
    let kind = entry.file_type();
    let is_folder = match &kind {
        Ok(kind) if kind.is_symlink() => path.is_dir(),
        Ok(kind) => kind.is_dir(),
        Err(_) => false,
    };
    if is_folder {
        return Some(Kind::Folder);
    }
    path.extension().filter(|extension| extension.eq_ignore_ascii_case("json"))?;
    let is_special = match &kind {
        Ok(kind) if kind.is_symlink() => fs::metadata(path).is_ok_and(|there| !there.is_file()),
        Ok(kind) => !kind.is_file(),
        Err(_) => false,
    };
    Some(if is_special { Kind::Special } else { Kind::Case })
}

/// Goes through a folder in the order of the names in it, which is that of the paths. Beside the folder stand what the
/// names of the folders from the root down to it make, and what the root is called.
fn walk(
    root: &Arc<Path>,
    (folder, topic, of_root): (&Path, Option<&str>, &str),
    above: &mut Vec<PathBuf>,
    found: &mut Vec<(Box<str>, Place)>,
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
            Ok(entry) if entry.file_name().as_encoded_bytes().starts_with(b".") => {}
            Ok(entry) => named.extend(kind(&entry.path(), &entry).map(|kind| (entry.file_name(), kind))),
            Err(error) => wrong.push(Diagnostic::of_file(&shown, format!("expected a readable folder: {error}"))),
        }
    }
    named.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    for (name, kind) in named {
        let path = folder.join(&name);
        match kind {
            Kind::Folder => {
                let name = name.to_string_lossy();
                let below = topic.map_or_else(|| name.to_string(), |topic| format!("{topic}::{name}"));
                walk(root, (&path, Some(&below), of_root), above, found, wrong);
            }
            Kind::Case => {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                let id: Box<str> = format!("{}::{stem}", topic.unwrap_or(of_root)).into();
                let place = Place::of(path, &id, root);
                found.push((id, place));
            }
            Kind::Special => {
                let file = path.display().to_string();
                wrong.push(Diagnostic::of_file(file, "expected a file, found a pipe or the like"));
            }
        }
    }
    above.pop();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a file is called to people is what they said, and the same whichever way its place is kept.
    #[test]
    fn a_file_is_called_as_it_was_given() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("a/b")).unwrap();
        for name in ["one.json", "a/two.json", "a/b/three.JSON", "a/x::four.json"] {
            fs::write(dir.path().join(name), name).unwrap();
        }
        for root in [dir.path().to_owned(), dir.path().join("")] {
            let found = files_below(&root, &mut Vec::new());
            let told: Vec<_> = found.iter().map(|(id, place)| place.file(id)).collect();
            let wanted = ["a/b/three.JSON", "a/two.json", "a/x::four.json", "one.json"];
            assert_eq!(told, wanted.map(|name| dir.path().join(name).display().to_string()));
            for ((id, place), name) in found.iter().zip(wanted) {
                assert_eq!(place.with(id, <[u8]>::to_vec), Ok(name.as_bytes().to_vec()));
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_above_is_told() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("a")).unwrap();
        fs::write(dir.path().join("a/one.json"), "").unwrap();
        std::os::unix::fs::symlink(dir.path(), dir.path().join("a/loop")).unwrap();
        let mut wrong = Vec::new();
        let found = files_below(dir.path(), &mut wrong);
        assert_eq!(found.iter().map(|(id, ..)| &**id).collect::<Vec<_>>(), ["a::one"]);
        assert!(wrong[0].message.contains("link"), "{wrong:?}");
    }
}
