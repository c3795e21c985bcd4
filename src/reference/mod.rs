//! The reference server: an honest implementation of the contract on a real socket, which can be made wrong on purpose.
//!
//! A request goes `wire` → `http` → `route` → `auth` → `update` (`body`, `validate`, `store`) → `respond` → `http` →
//! `wire`. [`faults`] and [`VARIATIONS`] are catalogues of rows; each row reaches in at one of the hooks of `effect`.

mod auth;
mod body;
mod core;
mod datetime;
mod effect;
mod fault;
mod http;
mod message;
mod octets;
mod options;
mod picture;
mod respond;
mod route;
mod server;
mod store;
#[cfg(test)]
mod tests;
mod update;
mod validate;
mod variation;
mod wire;

pub use fault::{Fault, FaultLevel, Need, fault, faults};
pub use options::Options;
pub use server::{Server, Service};
pub use variation::{VARIATIONS, Variation, variation};
