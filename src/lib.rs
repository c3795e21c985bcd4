//! patchproof: a conformance harness for *Update jobResponseBase* of the Microsoft Graph data classification API.
//!
//! # The journey of a case
//!
//! ```text
//! case file → Plan → Runner → Exchange(s) → checks → Findings → Verdict → Reports
//! ```
//!
//! 1. `cases/<topic>/<name>.json` is written by a person, with completion from `schemas/case.schema.json`.
//! 2. [`plan`] loads it, checks it against that schema, expands it over the endpoints, selects and partitions:
//!    pure, before any socket opens.
//! 3. [`runner`] takes each trial, leases a job for it, and drives [`target`] to make the exchanges.
//! 4. [`target`] turns a request into HTTP and the answer, whatever it is, into an [`model::exchange::Exchange`].
//! 5. [`checks`] read the transcript and write findings: pure functions, no I/O, no clock.
//! 6. [`model::verdict`] derives the verdict from findings, waivers and attempts: one function, one truth table.
//! 7. [`report`] streams [`model::event::Event`]s into bytes; the command line owns files and terminal.
//!
//! Always forward: read the modules in this order and you never go back.
//!
//! # Floors
//!
//! | floor | modules |
//! |---|---|
//! | F0 | [`instant`], [`json`], [`suggest`]; on them [`model`], [`diff`] |
//! | F1 | [`contract`] |
//! | F2 | [`plan`], [`checks`], [`target`], [`report`], [`reference`](mod@reference) |
//! | F3 | [`runner`], [`runs`], [`evidence`] |
//! | F4 | [`cli`] and `main.rs` |
//!
//! Imports only point down, and modules of one floor do not import each other. Above all the checks never see the
//! reference server and the reference server never sees the checks: they are two independent readings of the
//! contract, and the proof that the suite bites is worth nothing otherwise. `tests/floors` keeps that true.

pub mod checks;
pub mod cli;
pub mod contract;
pub mod diff;
pub mod evidence;
pub mod instant;
pub mod json;
pub mod model;
pub mod plan;
pub mod reference;
pub mod report;
pub mod runner;
pub mod runs;
pub mod suggest;
pub mod target;

pub use cli::conformance;
