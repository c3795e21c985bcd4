//! The nouns that every other module speaks of: plain data, no I/O.
//!
//! A [`case::Case`] on one endpoint is a trial; running it gives a [`transcript::Transcript`] of
//! [`exchange::Exchange`]s; judging that gives [`finding::Finding`]s; [`verdict::Verdict`] sums them up and
//! [`event::Event`]s carry the results to the reports.

pub mod bound;
pub mod capability;
pub mod case;
pub mod content;
pub mod digest;
pub mod event;
pub mod exchange;
pub mod exit;
pub mod expect;
pub mod finding;
pub mod in_common;
pub mod locked;
pub mod pattern;
pub mod profile;
pub mod proof;
pub mod request;
pub mod secret;
pub mod status;
pub mod token_variables;
pub mod transcript;
pub mod verdict;
pub mod waiver;
pub mod wire;
pub mod witness;
