//! Runs after they were told: kept, gone on with, merged, compared, remembered.
//!
//! A run is kept in a folder of its own below the state folder: `journal.ndjson` while it goes on, `report.json` when it
//! has ended. Everything else here works on [`Run`](crate::report::Run)s that were read from a `report.json`.

pub mod diff;
pub mod history;
mod journal;
mod merge;
mod store;

pub use journal::{Interrupted, RunIdentity, RunJournal};
pub use merge::{MergeError, Named, merge};
pub use store::{FindError, KeptRun, Store};
