//! Where output goes: stdout and stderr that outlive a closed pipe, and files that appear whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use tempfile::NamedTempFile;

use crate::model::exit;
use crate::model::secret::Scrubber;

/// Stands before the terminal, and shares what it knows with the run: a token that is read late is known here too.
static SCRUBBER: LazyLock<Scrubber> = LazyLock::new(Scrubber::default);

/// The scrubber of the process.
pub(super) fn scrubber() -> Scrubber {
    SCRUBBER.clone()
}

/// Keeps secrets out of the message of a panic.
pub(super) fn scrub_panics() {
    std::panic::set_hook(Box::new(|info| err(format!("internal error: {info}"))));
}

/// Something was not written to stdout, and not because nobody reads it.
static LOST: AtomicBool = AtomicBool::new(false);

/// Whether stdout took everything; the reason why not was told on stderr.
pub(super) fn stdout_is_whole() -> bool {
    note_loss(&io::stdout().lock().flush());
    !LOST.load(Ordering::Relaxed)
}

/// Tells once that stdout is lost. A closed pipe is no loss: whoever reads has seen enough.
fn note_loss<T>(written: &io::Result<T>) {
    let Err(error) = written else { return };
    if error.kind() != io::ErrorKind::BrokenPipe && !LOST.swap(true, Ordering::Relaxed) {
        err(format!("error: stdout: {error}"));
    }
}

/// Prints a line to stdout; a closed pipe ends the output and nothing else.
pub(super) fn out(text: impl AsRef<str>) {
    note_loss(&writeln!(io::stdout().lock(), "{}", SCRUBBER.scrub(text.as_ref())));
}

/// Prints a line to stderr.
pub(super) fn err(text: impl AsRef<str>) {
    let _ = writeln!(io::stderr().lock(), "{}", SCRUBBER.scrub(text.as_ref()));
}

/// Tells on stderr what the user got wrong, an error a line, and gives the exit code for it.
pub(super) fn usage_error(problem: impl std::fmt::Display) -> u8 {
    // Lines that are set in belong to the one before.
    for line in problem.to_string().lines() {
        err(if line.starts_with(' ') { line.to_owned() } else { format!("error: {line}") });
    }
    exit::USAGE
}

/// Stdout, buffered by line so that a reader sees events as they come, and deaf to a closed pipe.
struct Stdout;

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = io::stdout().lock().write(bytes);
        note_loss(&written);
        // The reports go on.
        Ok(written.unwrap_or(bytes.len()))
    }

    fn flush(&mut self) -> io::Result<()> {
        note_loss(&io::stdout().lock().flush());
        Ok(())
    }
}

/// A writer to stdout that outlives a closed pipe.
pub(super) fn stdout() -> Box<dyn Write + Send> {
    Box::new(Stdout)
}

/// A file that is written beside its place and renamed when it is whole. A path that is no regular file, such as a pipe,
/// is written in place.
pub(super) struct Pending {
    path: PathBuf,
    end: Shared,
}

type Shared = Arc<Mutex<Option<BufWriter<End>>>>;

/// Where the octets go.
enum End {
    /// Beside the place of the file.
    Beside(NamedTempFile),
    /// What is there already.
    There(File),
}

impl Write for End {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Beside(file) => file.write(bytes),
            Self::There(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Beside(file) => file.flush(),
            Self::There(file) => file.flush(),
        }
    }
}

/// Writes a whole file; a problem is told on stderr, and the exit code for it is given.
pub(super) fn write_whole(path: &Path, text: &str) -> Result<(), u8> {
    WholeFile::begin(path)?.write(text)
}

/// A file that is begun before the work whose outcome it is to hold, so that work is not done for nothing.
pub(super) struct WholeFile {
    path: PathBuf,
    pending: Pending,
    writer: Box<dyn Write + Send>,
}

impl WholeFile {
    /// Begins it; a problem is told on stderr, and the exit code for it is given.
    pub(super) fn begin(path: &Path) -> Result<Self, u8> {
        let (pending, writer) = Pending::new(path).map_err(|error| unwritten(path, &error))?;
        Ok(Self { path: path.to_owned(), pending, writer })
    }

    /// Writes it and puts it in its place.
    pub(super) fn write(self, text: &str) -> Result<(), u8> {
        let Self { path, pending, mut writer } = self;
        let written = writer.write_all(text.as_bytes());
        drop(writer);
        written.and_then(|()| pending.finish()).map_err(|error| unwritten(&path, &error))
    }
}

fn unwritten(path: &Path, error: &io::Error) -> u8 {
    err(format!("error: {}: {error}", path.display()));
    exit::REPORT
}

/// The writing end of a [`Pending`] file.
struct Writer(Shared);

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.lock().map_err(|_| io::Error::other("a writer panicked"))?.as_mut() {
            Some(file) => file.write(bytes),
            None => Err(io::Error::other("the file is closed")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.lock().map_err(|_| io::Error::other("a writer panicked"))?.as_mut() {
            Some(file) => file.flush(),
            None => Ok(()),
        }
    }
}

/// The file of GitHub to which each step adds its summary.
fn is_added_to(path: &Path) -> bool {
    let summary = std::env::var_os("GITHUB_STEP_SUMMARY").map(PathBuf::from);
    summary.is_some_and(|summary| fs::canonicalize(&summary).unwrap_or(summary) == path)
}

impl Pending {
    /// Starts the file; missing folders are made. A link stays one: what it leads to is written.
    pub(super) fn new(path: &Path) -> io::Result<(Self, Box<dyn Write + Send>)> {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if path.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "a folder is there, not a file"));
        }
        let end = if fs::metadata(&path).is_ok_and(|there| !there.is_file()) {
            End::There(File::options().write(true).open(&path)?)
        } else {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            fs::create_dir_all(folder)?;
            let mut builder = tempfile::Builder::new();
            // A temporary file is private; a report is for whom the umask lets read it.
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
            End::Beside(builder.tempfile_in(folder)?)
        };
        let end = Arc::new(Mutex::new(Some(BufWriter::with_capacity(64 * 1024, end))));
        Ok((Self { path, end: end.clone() }, Box::new(Writer(end))))
    }

    /// Puts the file in its place.
    pub(super) fn finish(self) -> io::Result<()> {
        let end = self.end.lock().map_err(|_| io::Error::other("a writer panicked"))?.take();
        let Some(end) = end else { return Ok(()) };
        match end.into_inner().map_err(io::IntoInnerError::into_error)? {
            End::Beside(file) if is_added_to(&self.path) => {
                let mut summary = File::options().append(true).create(true).open(&self.path)?;
                io::copy(&mut file.reopen()?, &mut summary)?;
            }
            End::Beside(file) => {
                file.persist(&self.path).map_err(|error| error.error)?;
            }
            End::There(mut file) => file.flush()?,
        }
        Ok(())
    }
}
