//! Loads a suite: reads and checks every case file, and tells all mistakes of all files at once.
//!
//! The main type is [`Suite`]. A small suite is kept in memory; of a large one only the paths are, so that memory
//! stays flat however many files there are.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest, Sha256};

use super::check::check;
use super::diagnostic::Diagnostic;
use super::facts::CaseFacts;
use super::files::{Place, files_below};
use super::suite::BUILT_IN;
use super::template;
use crate::model::case::Case;
use crate::model::digest::hexadecimal;

/// Source text up to this size is kept parsed: the built-in suite fits. It takes about eight times as much memory, and
/// reading a case again costs a tenth of its trial.
const KEPT: usize = 2 << 20;

/// Of a suite with more files nothing is kept, since the little that fits would make no difference.
const MOST_KEPT: usize = 4096;

/// From so many files on, a second thread helps to read them.
const MANY: usize = 64;

/// Where the case files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The suite that is part of the program.
    BuiltIn,
    /// A folder, or a single file.
    Dir(PathBuf),
}

/// One case of a suite.
#[derive(Debug)]
pub struct CaseRef {
    /// `topic::name`, from the path.
    pub id: Box<str>,
    /// What selection has to know of it.
    pub facts: CaseFacts,
    /// The variables that its placeholders name.
    pub variables: Box<[String]>,
    place: Place,
    digest: [u8; 32],
    kept: Option<Arc<Case>>,
}

impl CaseRef {
    /// The file as people can find it.
    #[must_use]
    pub fn file(&self) -> String {
        self.place.file(&self.id)
    }

    /// What `read` makes of the octets of the file, if they are those that were loaded.
    fn with<T>(&self, read: impl FnOnce(&[u8]) -> T) -> Result<T, Diagnostic> {
        let made = self.place.with(&self.id, |octets| (digest_of(octets) == self.digest).then(|| read(octets)));
        let told = |why: String| Diagnostic::of_file(self.file(), why);
        made.map_err(told)?.ok_or_else(|| told("expected the file as it was loaded, found it changed".to_owned()))
    }
}

/// A loaded suite. A clone shares the cases.
#[derive(Debug, Clone)]
pub struct Suite {
    /// The cases, sorted by file.
    pub refs: Arc<Vec<CaseRef>>,
    /// SHA-256 over names and texts, in hexadecimal digits.
    pub digest: String,
}

impl Suite {
    /// The case at `index` of [`Suite::refs`], from memory or read again.
    ///
    /// # Errors
    ///
    /// The file cannot be read any more, or has changed since the suite was loaded.
    pub fn case(&self, index: usize) -> Result<Arc<Case>, Diagnostic> {
        let row = self.row(index)?;
        if let Some(case) = &row.kept {
            return Ok(Arc::clone(case));
        }
        // The octets were sound when the suite was loaded.
        let case = row.with(|octets| serde_json::from_slice(octets).map(Arc::new))?;
        case.map_err(|error| Diagnostic::of_file(row.file(), error.to_string()))
    }

    /// The octets of the file of the case at `index`, as they were when the suite was loaded.
    ///
    /// # Errors
    ///
    /// The file cannot be read any more, or has changed since.
    pub fn octets(&self, index: usize) -> Result<Vec<u8>, Diagnostic> {
        self.row(index)?.with(<[u8]>::to_vec)
    }

    fn row(&self, index: usize) -> Result<&CaseRef, Diagnostic> {
        self.refs
            .get(index)
            .ok_or_else(|| Diagnostic::of_file("", format!("expected a case below {}, found {index}", self.refs.len())))
    }
}

/// Reads and checks every file of `source`.
///
/// # Errors
///
/// Every mistake of every file.
pub fn load(source: &Source) -> Result<Suite, Vec<Diagnostic>> {
    load_only(source, |_| true)
}

/// Reads and checks those files of `source` whose case id (`topic::name`) is wanted; the others are not opened.
///
/// # Errors
///
/// Every mistake of every file that was read.
pub fn load_only(source: &Source, wanted: impl Fn(&str) -> bool) -> Result<Suite, Vec<Diagnostic>> {
    let mut wrong = Vec::new();
    let mut files = files_of(source, &mut wrong);
    files.retain(|(id, _)| wanted(id));
    let refs = read_in_halves(files, &mut wrong);
    let by_name = by_name(&refs);
    repeated_ids(&by_name, &mut wrong);
    if !wrong.is_empty() {
        wrong.sort();
        return Err(wrong);
    }
    let digest = digest_of_all(&by_name);
    drop(by_name);
    Ok(Suite { digest, refs: Arc::new(refs) })
}

/// The case files with their ids, sorted by path.
fn files_of(source: &Source, wrong: &mut Vec<Diagnostic>) -> Vec<(Box<str>, Place)> {
    let files: Vec<_> = match source {
        Source::BuiltIn => BUILT_IN.iter().map(|row| (row.0.replace('/', "::").into(), Place::Embedded(row))).collect(),
        Source::Dir(root) => files_below(root, wrong),
    };
    if files.is_empty() && wrong.is_empty() {
        let shown = match source {
            Source::BuiltIn => "cases".to_owned(),
            Source::Dir(root) => root.display().to_string(),
        };
        wrong.push(Diagnostic::of_file(shown, "expected case files (*.json), found none"));
    }
    files
}

/// Reads files, the first half of many on a second thread.
fn read_in_halves(mut files: Vec<(Box<str>, Place)>, wrong: &mut Vec<Diagnostic>) -> Vec<CaseRef> {
    let room = AtomicUsize::new(if files.len() > MOST_KEPT { 0 } else { KEPT });
    let all = files.len();
    let back = files.split_off(if files.len() < MANY { 0 } else { files.len() / 2 });
    let front = files;
    std::thread::scope(|scope| {
        let helper = (!front.is_empty()).then(|| scope.spawn(|| read_all(front, all, &room)));
        let count = back.len();
        let (mut back, mistakes) = read_all(back, count, &room);
        let Some(helper) = helper else {
            wrong.extend(mistakes);
            return back;
        };
        let (mut refs, first) = helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        wrong.extend(first.into_iter().chain(mistakes));
        refs.append(&mut back);
        refs
    })
}

/// By name, so that the same cases have the same digest wherever they are: paths sort by their endings too.
fn by_name(refs: &[CaseRef]) -> Vec<&CaseRef> {
    let mut by_name: Vec<&CaseRef> = refs.iter().collect();
    by_name.sort_by(|a, b| a.id.cmp(&b.id));
    by_name
}

fn digest_of_all(by_name: &[&CaseRef]) -> String {
    let mut digest = Sha256::new();
    for row in by_name {
        digest.update(row.id.as_bytes());
        digest.update([0]);
        digest.update(row.digest);
    }
    hexadecimal(&digest.finalize())
}

/// Reads files, into a list with so much `space`.
fn read_all(files: Vec<(Box<str>, Place)>, space: usize, room: &AtomicUsize) -> (Vec<CaseRef>, Vec<Diagnostic>) {
    let (mut refs, mut wrong) = (Vec::with_capacity(space), Vec::new());
    for file in files {
        match read(file, room) {
            Ok(row) => refs.push(row),
            Err(mistakes) => wrong.extend(mistakes),
        }
    }
    (refs, wrong)
}

/// Reads one file; its case is kept as long as there is `room`, in octets of text.
fn read((id, place): (Box<str>, Place), room: &AtomicUsize) -> Result<CaseRef, Vec<Diagnostic>> {
    let read = place.with(&id, |octets| {
        (check(&place.file(&id), octets), digest_of(octets), octets.len(), template::variables(octets))
    });
    let (case, digest, length, variables) = read.map_err(|error| vec![Diagnostic::of_file(place.file(&id), error)])?;
    let case = case?;
    let taken = room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |room| room.checked_sub(length));
    Ok(CaseRef {
        id,
        facts: CaseFacts::of(&case),
        variables: variables.into(),
        place,
        digest,
        kept: taken.is_ok().then(|| Arc::new(case)),
    })
}

fn repeated_ids(by_name: &[&CaseRef], wrong: &mut Vec<Diagnostic>) {
    for (first, row) in by_name.iter().zip(by_name.iter().skip(1)).filter(|(first, row)| first.id == row.id) {
        let message = format!("expected a name of its own, found {} as in {}", row.id, first.file());
        wrong.push(Diagnostic::of_file(row.file(), message));
    }
}

fn digest_of(octets: &[u8]) -> [u8; 32] {
    Sha256::digest(octets).into()
}

#[cfg(test)]
mod tests;
