//! The runner: takes the trials of a plan, drives the target, has each attempt judged, and tells what happened as events.
//!
//! One lane per endpoint holds that endpoint's job, so no two trials touch one job at a time; lanes run side by
//! side, spread over threads, but for lanes that share a job. The runner keeps the last known state of each job, so a plain update
//! costs a single exchange. Trials that look beyond their own job run alone at the end.

mod added;
mod attempt;
mod clock;
mod course;
mod curl;
mod evidence;
mod gate;
mod given;
mod health;
mod hold;
mod job;
mod lane;
mod late;
mod listing;
mod marks;
mod outage;
mod preview;
mod probe;
mod reported;
mod request;
mod schedule;
mod session;
mod settable;
mod settings;
mod sharing;
mod silence;
mod subject;
mod wanted;
mod welcome;

pub use attempt::Patience;
pub use gate::{ruled_out, writes_back};
pub use preview::preview;
pub use schedule::run;
pub use session::Session;
pub use settings::{Evidence, Record, Settings, steady_seed};
pub use subject::{Credentials, Target};
