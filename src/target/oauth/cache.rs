//! The token on the disk, for every process of this machine: in a folder and a file that only their owner can read.
//!
//! The main type is [`TokenCache`]. Whoever asks the issuer holds a lock, so that the others wait and find the new token,
//! or, where the issuer failed meanwhile, learn that without asking once more.

use std::fs::{DirBuilder, File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::super::LONGEST_POLL;
use super::{Grant, OAuthError};
use crate::model::secret::{Scrubber, Secret};

/// Folder of the tokens in the state folder.
const FOLDER: &str = "tokens";
/// So long the lock is waited for in silence.
const IN_SILENCE: Duration = Duration::from_secs(2);
/// Most octets of a file that is read; no token is as long.
const MOST: u64 = 1 << 20;

/// A token as it stands on the disk; times are milliseconds since 1970.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CachedToken {
    pub(super) access_token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) refresh_token: Option<String>,
    /// When the token ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) end: Option<u64>,
    /// When it is to be renewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due: Option<u64>,
    /// When it replaced one that the target had refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) replaced: Option<u64>,
}

/// What the last one who asked in vain was told; stands in the lock file.
#[derive(Serialize, Deserialize)]
struct Failure {
    at: u64,
    why: String,
}

/// Where the token of a grant is kept.
pub(super) struct TokenCache {
    folder: Option<PathBuf>,
    name: String,
}

/// The right to ask the issuer; by default one that nobody else has to wait for.
#[derive(Default)]
pub(super) struct Guard {
    file: Option<File>,
    /// Since when this process waited for it, if it had to.
    waited_since: Option<u64>,
}

impl TokenCache {
    /// Nowhere, without a state folder.
    pub(super) fn of(grant: &Grant, state: Option<&Path>) -> Self {
        Self { folder: state.map(|state| state.join(FOLDER)), name: grant.fingerprint() }
    }

    /// The folder, for people.
    pub(super) fn shown(state: Option<&Path>) -> String {
        state.map_or_else(|| "the state folder".to_owned(), |state| state.join(FOLDER).display().to_string())
    }

    fn file(&self, extension: &str) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{}.{extension}", self.name)))
    }

    /// The kept token, if there is one that can be read and that nobody else could. The scrubber learns it.
    pub(super) fn read(&self, scrubber: &Scrubber) -> Option<CachedToken> {
        let file = File::open(self.file("json")?).ok().filter(is_private)?;
        let mut text = String::new();
        file.take(MOST).read_to_string(&mut text).ok()?;
        let kept: CachedToken = serde_json::from_str(&text).ok()?;
        let secrets = [Some(&kept.access_token), kept.refresh_token.as_ref()].into_iter().flatten();
        scrubber.learn_all(&secrets.map(|secret| Secret::new(secret.as_str())).collect::<Vec<_>>());
        Some(kept)
    }

    /// Keeps a token. The file is whole or as it was.
    pub(super) fn write(&self, kept: &CachedToken) -> Result<(), OAuthError> {
        let (Some(folder), Some(path)) = (&self.folder, self.file("json")) else { return Ok(()) };
        let written = || -> io::Result<()> {
            // Made with mode 0600, whatever the umask.
            let mut file = tempfile::Builder::new().prefix(".token-").tempfile_in(folder)?;
            serde_json::to_writer(&mut file, kept)?;
            file.as_file().sync_data()?;
            file.persist(&path)?;
            Ok(())
        };
        written().map_err(|error| OAuthError::Cache { path: path.clone(), why: error.to_string() })
    }

    /// Waits for the right to ask the issuer, and says so where it takes long.
    pub(super) async fn lock(&self, notice: fn(&str)) -> Result<Guard, OAuthError> {
        let (Some(folder), Some(path)) = (&self.folder, self.file("lock")) else {
            return Ok(Guard::default());
        };
        let failed = |error: io::Error| OAuthError::Cache { path: path.clone(), why: error.to_string() };
        let file = open(folder, &path).map_err(failed)?;
        let mut waited_since = None;
        let (mut pause, mut waited, mut told) = (Duration::from_millis(1), Duration::ZERO, false);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Guard { file: Some(file), waited_since }),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) => {}
            }
            waited_since.get_or_insert_with(|| millis(SystemTime::now()));
            tokio::time::sleep(pause).await;
            waited += pause;
            pause = (pause * 2).min(LONGEST_POLL);
            if waited > IN_SILENCE && !std::mem::replace(&mut told, true) {
                notice("waiting for a token that another process of this machine asks for");
            }
        }
    }
}

impl Guard {
    /// Why the issuer gave no token to a process for which this one waited.
    pub(super) fn failed_while_waiting(&self) -> Option<String> {
        let since = self.waited_since?;
        let mut text = String::new();
        let mut file = self.file.as_ref()?;
        file.rewind().ok()?;
        file.take(MOST).read_to_string(&mut text).ok()?;
        let failure: Failure = serde_json::from_str(&text).ok()?;
        (failure.at >= since).then_some(failure.why)
    }

    /// Lets those who wait know that the issuer failed; without secrets.
    pub(super) fn failed(mut self, why: &str) {
        let failure = Failure { at: millis(SystemTime::now()), why: why.to_owned() };
        let text = serde_json::to_string(&failure).unwrap_or_default();
        self.put(&text);
    }

    /// Lets those who wait know that there is a token.
    pub(super) fn succeeded(mut self) {
        self.put("");
    }

    fn put(&mut self, text: &str) {
        let Some(file) = &mut self.file else { return };
        // It is a courtesy: who does not learn of it asks the issuer.
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(text.as_bytes()));
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            // An unlock that fails ends with the process at the latest.
            let _ = file.unlock();
        }
    }
}

fn open(folder: &Path, path: &Path) -> io::Result<File> {
    let mut builder = DirBuilder::new();
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    builder.recursive(true).create(folder)?;
    options.open(path)
}

/// Whether nobody but the owner can read or write it.
#[cfg(unix)]
fn is_private(file: &File) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    // The last six bits are what group and others may do.
    file.metadata().is_ok_and(|metadata| metadata.permissions().mode().trailing_zeros() >= 6)
}

#[cfg(not(unix))]
fn is_private(_: &File) -> bool {
    true
}

pub(super) fn millis(time: SystemTime) -> u64 {
    u64::try_from(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}
