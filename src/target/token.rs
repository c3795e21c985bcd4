//! Where secrets come from: given, environment, file or command; and a token that can be read again.
//!
//! The main types are [`SecretSource`] and [`Token`]. A command is split into words and run without a shell.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::model::secret::{Scrubber, Secret};

/// Longest run of a command that prints a secret; `az` and `gcloud` take seconds.
const COMMAND_TIME: Duration = Duration::from_secs(60);
/// Most of what a failed command wrote that is shown.
const MOST_SHOWN: usize = 2000;

/// So long before its end a token is read anew.
const BEFORE_THE_END: Duration = Duration::from_secs(30);

/// Where a secret comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum SecretSource {
    /// It was given.
    Given(Secret),
    /// An environment variable holds it.
    Environment(String),
    /// A file holds it; line breaks at its end do not belong to it.
    File(PathBuf),
    /// A command prints it as the first line of its output.
    Command(String),
}

/// Why a secret could not be read. No variant holds the secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The environment variable is not set, or empty.
    #[error("environment variable {0} is not set")]
    NotSet(String),
    /// The file cannot be read.
    #[error("{}: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The command could not be split into words, run, or did not succeed.
    #[error("command `{command}`: {why}")]
    Command {
        /// The command line as configured.
        command: String,
        /// What went wrong, with the end of what it wrote to stderr, secrets removed.
        why: String,
    },
    /// The source is empty.
    #[error("the secret from {0} is empty")]
    Empty(String),
    /// The source holds a line break or another control character, so it cannot be sent in a header.
    #[error("the secret from {0} holds a control character")]
    Unusable(String),
}

impl SecretSource {
    /// Reads the secret, each time anew.
    ///
    /// # Errors
    /// When there is none, or it cannot be a header value. What a failed command wrote goes through `scrubber`.
    pub async fn read(&self, scrubber: &Scrubber) -> Result<Secret, SecretError> {
        let text = match self {
            Self::Given(secret) => secret.expose().to_owned(),
            Self::Environment(name) => {
                std::env::var(name).ok().filter(|v| !v.is_empty()).ok_or_else(|| SecretError::NotSet(name.clone()))?
            }
            Self::File(path) => std::fs::read_to_string(path)
                .map_err(|error| SecretError::File { path: path.clone(), why: error.to_string() })?,
            Self::Command(command) => run(command, scrubber).await?,
        };
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            return Err(SecretError::Empty(self.to_string()));
        }
        if text.chars().any(char::is_control) {
            return Err(SecretError::Unusable(self.to_string()));
        }
        Ok(Secret::new(text))
    }

    /// Whether reading again can give another secret.
    #[must_use]
    pub fn can_change(&self) -> bool {
        matches!(self, Self::File(_) | Self::Command(_))
    }
}

impl std::fmt::Display for SecretSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Given(_) => f.write_str("***"),
            Self::Environment(name) => write!(f, "${name}"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Command(command) => write!(f, "`{command}`"),
        }
    }
}

async fn run(command: &str, scrubber: &Scrubber) -> Result<String, SecretError> {
    let failed = |why: String| SecretError::Command { command: scrubber.scrub(command).into_owned(), why };
    let words = shell_words::split(command).map_err(|error| failed(error.to_string()))?;
    let (program, arguments) = words.split_first().ok_or_else(|| failed("is empty".to_owned()))?;
    let child = tokio::process::Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(COMMAND_TIME, child)
        .await
        .map_err(|_| failed(format!("did not end within {COMMAND_TIME:?}")))?
        .map_err(|error| failed(error.to_string()))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let first = printed.lines().next().unwrap_or_default().trim();
    if output.status.success() {
        return Ok(first.to_owned());
    }
    // A command that fails late may already have printed the secret, and some repeat it in their complaint.
    let complaint = String::from_utf8_lossy(&output.stderr);
    let complaint = Scrubber::new([&Secret::new(first)]).scrub(&complaint).into_owned();
    let complaint: String = scrubber.scrub(complaint.trim()).chars().take(MOST_SHOWN).collect();
    Err(failed(format!("{}\n{}", output.status, complaint.escape_debug().to_string().replace("\\n", "\n"))))
}

/// A token and its source, shared by all workers, so that it is read again at most once when it expires.
#[derive(Debug, Clone)]
pub struct Token(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    source: SecretSource,
    /// For whoever builds a request: looked at, never waited for.
    current: std::sync::Mutex<Option<Held>>,
    /// Held by the one who reads.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Debug, Clone)]
struct Held {
    secret: Secret,
    expires: Option<SystemTime>,
}

impl Token {
    /// A token; one that is not given as it is is read on first use.
    #[must_use]
    pub fn new(source: SecretSource) -> Self {
        let given = match &source {
            SecretSource::Given(secret) => Some(Held { secret: secret.clone(), expires: None }),
            _ => None,
        };
        Self(Arc::new(Shared { source, current: std::sync::Mutex::new(given), reading: tokio::sync::Mutex::new(()) }))
    }

    fn held(&self) -> Option<Held> {
        self.0.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The token as last read.
    #[must_use]
    pub fn current(&self) -> Option<Secret> {
        self.held().map(|held| held.secret)
    }

    /// Whether the token says that it ends soon and another can be had.
    #[must_use]
    pub fn is_due(&self) -> bool {
        let soon = |held: Held| held.expires.is_some_and(|at| at <= SystemTime::now() + BEFORE_THE_END);
        self.0.source.can_change() && self.held().is_some_and(soon)
    }

    /// The token.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn get(&self, scrubber: &Scrubber) -> Result<Secret, SecretError> {
        let _one = self.0.reading.lock().await;
        match self.current() {
            Some(secret) if !self.is_due() => Ok(secret),
            _ => self.read(scrubber).await,
        }
    }

    /// Another token than `stale`, which the target refused; `None` where the source has no other. Of several workers
    /// that come with the same stale token, one reads.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn renew(&self, stale: &Secret, scrubber: &Scrubber) -> Result<Option<Secret>, SecretError> {
        let _one = self.0.reading.lock().await;
        if let Some(secret) = self.current().filter(|secret| secret != stale) {
            return Ok(Some(secret));
        }
        if !self.0.source.can_change() {
            return Ok(None);
        }
        let secret = self.read(scrubber).await?;
        Ok((secret != *stale).then_some(secret))
    }

    async fn read(&self, scrubber: &Scrubber) -> Result<Secret, SecretError> {
        let secret = self.0.source.read(scrubber).await?;
        scrubber.learn(&secret);
        let held = Held { secret: secret.clone(), expires: expiry(&secret) };
        *self.0.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
        Ok(secret)
    }
}

/// When a JWT says that it ends (RFC 7519, section 4.1.4). Any other token does not say.
fn expiry(token: &Secret) -> Option<SystemTime> {
    let claims = URL_SAFE_NO_PAD.decode(token.expose().split('.').nth(1)?).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    UNIX_EPOCH.checked_add(Duration::from_secs(claims.get("exp")?.as_u64()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    fn read(source: &SecretSource) -> Result<Secret, SecretError> {
        block(source.read(&Scrubber::default()))
    }

    #[test]
    fn reads_a_file_without_its_last_line_break() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "abc\r\n").unwrap();
        assert_eq!(read(&SecretSource::File(path.clone())).unwrap().expose(), "abc");
        std::fs::write(&path, "a\nb\n").unwrap();
        assert!(matches!(read(&SecretSource::File(path.clone())), Err(SecretError::Unusable(_))));
        std::fs::write(&path, "\n").unwrap();
        assert!(matches!(read(&SecretSource::File(path)), Err(SecretError::Empty(_))));
    }

    #[cfg(unix)]
    #[test]
    fn runs_a_command_without_a_shell() {
        let command = |line: &str| read(&SecretSource::Command(line.to_owned()));
        assert_eq!(command("printf 'a b;$HOME\\nsecond'").unwrap().expose(), "a b;$HOME");
        let failed = command("sh -c 'echo tok-123456; echo no tok-123456 today >&2; exit 3'").unwrap_err().to_string();
        assert!(failed.contains("exit status: 3") && failed.contains("no *** today"), "{failed}");
        assert!(command("no-such-program-here").is_err());
        assert!(command("'").is_err());
    }

    #[test]
    fn a_token_that_says_when_it_ends_is_read_again_before() {
        let jwt = |exp: u64| format!("h.{}.s", URL_SAFE_NO_PAD.encode(format!("{{\"exp\":{exp}}}")));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let (ended, lasting) = (jwt(1), jwt(u64::from(u32::MAX)));
        std::fs::write(&path, &ended).unwrap();
        let token = Token::new(SecretSource::File(path.clone()));
        let scrubber = Scrubber::default();
        assert_eq!(block(token.get(&scrubber)).unwrap().expose(), ended);
        assert!(token.is_due());
        std::fs::write(&path, &lasting).unwrap();
        assert_eq!(block(token.get(&scrubber)).unwrap().expose(), lasting);
        assert!(!token.is_due());
        assert_eq!(scrubber.scrub(&format!("{ended} {lasting}")), "*** ***");
    }

    #[test]
    fn a_token_is_read_again_only_when_it_was_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "first").unwrap();
        let token = Token::new(SecretSource::File(path.clone()));
        let scrubber = Scrubber::default();
        let first = block(token.get(&scrubber)).unwrap();
        assert_eq!(block(token.renew(&first, &scrubber)).unwrap(), None);
        std::fs::write(&path, "second").unwrap();
        assert_eq!(block(token.get(&scrubber)).unwrap().expose(), "first");
        assert_eq!(block(token.renew(&first, &scrubber)).unwrap().unwrap().expose(), "second");
        std::fs::write(&path, "third").unwrap();
        assert_eq!(block(token.renew(&first, &scrubber)).unwrap().unwrap().expose(), "second");
        let given = Token::new(SecretSource::Given(first.clone()));
        assert_eq!(block(given.renew(&first, &scrubber)).unwrap(), None);
    }
}
