//! What the API promises, as data.
//!
//! [`endpoint`] has the paths, [`requirement`] the testable sentences and [`schemas`] the shapes of resources and errors;
//! [`page`] reads what the API page itself says. Nothing here knows of cases, checks or servers.

pub mod endpoint;
pub mod notes;
pub mod page;
pub mod requirement;
pub mod sample;
pub mod schemas;
pub mod untestable;
