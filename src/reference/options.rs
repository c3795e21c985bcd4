//! How a reference server is set up.

use std::net::{Ipv4Addr, SocketAddr};

use super::fault::Fault;
use super::variation::Variation;

/// Everything that may be chosen before a server starts.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub addr: SocketAddr,
    /// The token that may do everything.
    pub token: String,
    /// A valid token without the needed permission: 403.
    pub scoped_token: Option<String>,
    /// A token of a personal account: 403.
    pub personal_token: Option<String>,
    /// A valid token of another tenant, which sees none of our jobs and has one of its own in each collection.
    pub second_tenant_token: Option<String>,
    /// The jobs at the start as (collection, id); if empty, two are made in each collection.
    pub jobs: Vec<(String, String)>,
    /// The service root in front of `/dataClassification`.
    pub base_path: String,
    /// The ways in which this server is wrong.
    pub faults: Vec<&'static Fault>,
    /// The legal ways in which it differs.
    pub variations: Vec<&'static Variation>,
    /// How many requests a second are served before 429.
    pub throttle: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            token: "patchproof-reference-token".to_owned(),
            scoped_token: None,
            personal_token: None,
            second_tenant_token: None,
            jobs: Vec::new(),
            base_path: "/v1.0".to_owned(),
            faults: Vec::new(),
            variations: Vec::new(),
            throttle: None,
        }
    }
}
