//! Where secrets come from: given, environment, file or command.
//!
//! The main type is [`SecretSource`]. A command is split into words and run without a shell.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use super::super::oauth::OAuthError;
use crate::model::secret::{Scrubber, Secret};

/// Longest run of a command that prints a secret; `az` and `gcloud` take seconds.
const COMMAND_TIME: Duration = Duration::from_secs(60);
/// Most of what a failed command wrote that is shown.
const MOST_SHOWN: usize = 2000;

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

/// Longest secret, in octets. Common servers take headers of 8 to 64 KiB.
const MOST: usize = 64 << 10;

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
    #[error("{0} is empty")]
    Empty(String),
    /// The source is longer than a header that servers take.
    #[error("{0} is longer than {MOST} octets, which no server takes in a header")]
    TooLong(String),
    /// The issuer gives no token.
    #[error("OAuth: {0}")]
    OAuth(#[from] OAuthError),
    /// The source holds a line break or another control character, so it cannot be sent in a header.
    #[error("{0} holds a control character")]
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
            return Err(SecretError::Empty(self.called()));
        }
        if text.len() > MOST {
            return Err(SecretError::TooLong(self.called()));
        }
        if text.chars().any(char::is_control) {
            return Err(SecretError::Unusable(self.called()));
        }
        Ok(Secret::new(text))
    }

    /// What it is called in a sentence that says what is wrong with it.
    fn called(&self) -> String {
        match self {
            Self::Given(_) => "the value given".to_owned(),
            _ => format!("the secret from {self}"),
        }
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
        .map_err(|error| failed(format!("{error}; no shell runs the command")))?;
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
}
