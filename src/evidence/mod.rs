//! Evidence: a run kept so that somebody else can judge it again, offline, and see that nothing was altered since.
//!
//! A bundle is a folder, or the same folder as `.tar.gz`:
//!
//! | file | what it holds |
//! |---|---|
//! | `manifest.json` | path, length and SHA-256 of every other file, the head of the chain, the subjects |
//! | `exchanges.ndjson` | every exchange of the run, without secrets, each line chained to the one before |
//! | `report.json`, `report.html` | what the run came to |
//! | `settings.json` | target, policy and profile by which it was judged, without secrets |
//! | `suite/<topic>/<name>.json` | the case files |
//! | `schemas/`, `contract/` | the schemas and requirements by which it was judged |
//! | `waivers.json` | the failures that were accepted, where there were any |
//! | `statement.json` | an in-toto Statement about `manifest.json` and the subjects |
//! | `statement.dsse.json` | the same, signed, where there was a key |
//!
//! [`Stage`] writes a bundle while the run goes on, [`verify()`] checks one, [`rejudge()`] computes every verdict again.
//! What that proves and what not: `docs/evidence.md`.

mod bundle;
mod carry;
mod chain;
mod container;
mod manifest;
mod record;
mod recorder;
mod redact;
mod rejudge;
pub mod sign;
mod statement;
mod stored;
mod verify;

pub use bundle::{Contents, Settings, Stage};
pub use manifest::Subject;
pub use rejudge::{Rejudged, VerdictDifference, rejudge};
pub use verify::{Verified, verify};

/// Why a bundle is refused.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It cannot be read; the system says why.
    #[error("{0}: {1}")]
    Unreadable(String, std::io::Error),
    /// It is not a bundle, or one of another version; the user's file is at fault.
    #[error("{0}")]
    NotABundle(String),
    /// It was altered after it was written.
    #[error("{0}")]
    Altered(String),
    /// What it says does not follow from what it holds.
    #[error("{0}")]
    DoesNotFollow(String),
}
