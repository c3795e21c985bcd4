//! A server that a test starts itself.

use std::any::Any;
use std::fmt;

use crate::model::secret::Secret;

/// Starts a server and says how it is reached.
pub(super) type Start = Box<dyn FnOnce() -> Result<UnderTest, String> + Send>;

/// A started server: where it listens and which of its jobs may be patched.
pub struct UnderTest {
    pub(super) base_url: String,
    pub(super) token: Option<Secret>,
    pub(super) jobs: Vec<String>,
    kept: Vec<Box<dyn Any + Send>>,
}

impl UnderTest {
    /// A server with this service root, for example `http://127.0.0.1:8080/v1.0`.
    #[must_use]
    pub fn new(base_url: impl Into<String>) -> Self {
        Self { base_url: base_url.into(), token: None, jobs: Vec::new(), kept: Vec::new() }
    }

    /// The bearer token that it takes.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(Secret::new(token));
        self
    }

    /// A job that may be patched; two in a collection allow the tests of isolation.
    #[must_use]
    pub fn job(mut self, collection: &str, id: &str) -> Self {
        self.jobs.push(format!("{collection}={id}"));
        self
    }

    /// Keeps a value, such as the handle of the server, until the last trial is judged.
    #[must_use]
    pub fn keep(mut self, value: impl Any + Send) -> Self {
        self.kept.push(Box::new(value));
        self
    }
}

impl fmt::Debug for UnderTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnderTest").field("base_url", &self.base_url).field("jobs", &self.jobs).finish_non_exhaustive()
    }
}
