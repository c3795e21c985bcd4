//! Where output goes: stdout and stderr that outlive a closed pipe, and files that appear whole or not at all.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use tempfile::NamedTempFile;

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

/// Prints a line to stdout; a closed pipe ends the output and nothing else.
pub(super) fn out(text: impl AsRef<str>) {
    let _ = writeln!(io::stdout().lock(), "{}", SCRUBBER.scrub(text.as_ref()));
}

/// Prints a line to stderr.
pub(super) fn err(text: impl AsRef<str>) {
    let _ = writeln!(io::stderr().lock(), "{}", SCRUBBER.scrub(text.as_ref()));
}

/// Stdout, buffered by line so that a reader sees events as they come, and deaf to a closed pipe.
struct Stdout;

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match io::stdout().lock().write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(bytes.len()),
            other => other,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match io::stdout().lock().flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }
}

/// A writer to stdout that outlives a closed pipe.
pub(super) fn stdout() -> Box<dyn Write + Send> {
    Box::new(Stdout)
}

/// A file that is written beside its place and renamed when it is whole.
pub(super) struct Pending {
    path: PathBuf,
    file: Arc<Mutex<Option<BufWriter<NamedTempFile>>>>,
}

/// The writing end of a [`Pending`] file.
struct Writer(Arc<Mutex<Option<BufWriter<NamedTempFile>>>>);

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

impl Pending {
    /// Starts the file; missing folders are made.
    pub(super) fn new(path: &Path) -> io::Result<(Self, Box<dyn Write + Send>)> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let file = NamedTempFile::new_in(folder)?;
        let file = Arc::new(Mutex::new(Some(BufWriter::with_capacity(64 * 1024, file))));
        Ok((Self { path: path.to_owned(), file: file.clone() }, Box::new(Writer(file))))
    }

    /// Puts the file in its place.
    pub(super) fn finish(self) -> io::Result<()> {
        let file = self.file.lock().map_err(|_| io::Error::other("a writer panicked"))?.take();
        let Some(file) = file else { return Ok(()) };
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // A temporary file is private; a report is for everybody who may read the folder.
            file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
        }
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}
