//! The runner: takes the trials of a plan, drives the target, has each attempt judged, and tells what happened as events.
//!
//! One lane per endpoint holds that endpoint's job, so no two trials touch one job at a time; lanes run side by
//! side, spread over threads, but for lanes that share a job. The runner keeps the last known state of each job, so a plain update
//! costs a single exchange. Trials that look beyond their own job run alone at the end.

mod acceptance;
mod additions;
mod attempt;
mod clock;
mod curl;
mod evidence;
mod executor;
mod findings;
mod fixture;
mod gate;
mod health;
mod job;
mod listing;
mod lost_updates;
mod needs;
mod newcomers;
mod outage;
mod preview;
mod probe;
mod provenance;
mod recovery;
mod rejected;
mod request;
mod request_ids;
mod schedule;
mod seen;
mod session;
mod settable;
mod settings;
mod sharing;
mod silence;
mod target;
mod trial;
mod underway;
mod workers;

pub use attempt::Patience;
pub use gate::{ruled_out, writes_back};
pub use preview::preview;
pub use request::Nonce;
pub use schedule::run;
pub use session::Session;
pub use settings::{Evidence, Record, Settings, steady_seed};
pub use target::{Credentials, Target};
