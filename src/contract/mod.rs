//! What the API promises, as data.

pub mod endpoint;
pub mod notes;
pub mod page;
pub mod requirement;
pub mod sample;
pub mod schemas;
pub mod untestable;
