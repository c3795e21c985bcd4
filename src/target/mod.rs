//! The server under test: how it is reached, with which credentials, which of its jobs may be touched, how fast.
//!
//! The main type is [`Client`], which turns an [`Outgoing`] request into an
//! [`Exchange`](crate::model::exchange::Exchange), whatever comes back. Specifications: RFC 9110 (semantics),
//! RFC 9112 (HTTP/1.1), RFC 9113 (HTTP/2, where TLS offers it).

mod body;
mod broken;
pub mod client;
pub mod config;
pub mod connection;
mod content;
mod dial;
mod head;
pub mod jobs;
pub mod journal;
pub mod oauth;
pub mod outgoing;
pub mod pace;
mod pooled;
pub mod provision;
mod proxy;
mod rate_limit;
pub mod restore;
pub mod root;
pub mod service;
#[cfg(test)]
mod tests;
mod tls;
pub mod token;
mod wire;

use std::time::Duration;

pub use client::Client;
pub use connection::{Connection, Inside, Resolve, TargetError};
pub use outgoing::{Authorization, Carrier, Outgoing, TOKEN_PLACEHOLDER};
pub use pace::RateLimit;

/// Longest wait between two looks at a lock that another process holds.
const LONGEST_POLL: Duration = Duration::from_millis(50);
