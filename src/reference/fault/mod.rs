//! The catalogue of faults: named ways in which a server is wrong, each in exactly one way.
//!
//! There is one folder per level and in it one table per subject, in the order of [`faults`], which is the order of
//! reports. What several tables share stands beside the folders, in files named by what they do.

mod access;
mod alter;
mod conditions;
mod connection;
mod credentials;
mod date_times;
mod edit;
mod framing;
mod given;
mod headers;
mod jobs;
mod members;
mod octets;
mod parsing;
mod repair;
mod rewrite;
mod routes;
mod routing;
mod secrets;
mod store;
mod type_names;
mod validation;
mod value;

use super::effect::Effect;

/// The part of a server in which a defect would sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultLevel {
    /// Who may do what.
    Credentials,
    /// From octets to a JSON value.
    Parsing,
    /// From a JSON value to an update.
    Validation,
    /// What is kept.
    Store,
    /// The values in an answer.
    Value,
    /// The headers of an answer.
    Headers,
    /// How an answer is cut into octets.
    Framing,
    /// What becomes of connections.
    Connection,
    /// Which method on which path does what.
    Routing,
    /// Preconditions and `ETags`.
    Conditions,
}

/// What a fault shows under only: something beside the token and the jobs that every client has, or a variation of the
/// server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A token that may read and not write.
    ScopedToken,
    /// The token of a personal account.
    PersonalToken,
    /// A token and jobs of a second tenant.
    SecondTenant,
    /// Updates without If-Match are refused.
    EtagRequired,
    /// There are no `ETags`.
    NoEtag,
    /// Updates that overlap are throttled.
    Throttle,
    /// A limit of requests in a time.
    RateLimit,
}

impl Need {
    /// The words for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ScopedToken => "scoped-token",
            Self::PersonalToken => "personal-token",
            Self::SecondTenant => "second-tenant",
            Self::EtagRequired => "etag-required",
            Self::NoEtag => "no-etag",
            Self::Throttle => "throttle",
            Self::RateLimit => "rate-limit",
        }
    }

    /// The variation by which the server is set up so; none where it is so, or can be told.
    pub(super) const fn variation(self) -> Option<&'static str> {
        match self {
            Self::EtagRequired => Some("if-match-required"),
            Self::NoEtag => Some("no-etags"),
            Self::Throttle => Some("overlapping-updates-throttled"),
            Self::ScopedToken | Self::PersonalToken | Self::SecondTenant | Self::RateLimit => None,
        }
    }
}

/// One row of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// A short name, words joined by hyphens.
    pub name: &'static str,
    /// What is wrong, in one sentence.
    pub title: &'static str,
    /// Where it sits.
    pub level: FaultLevel,
    /// The requirements that it breaks; the first is the cause.
    pub requirements: &'static [&'static str],
    /// What it shows under only.
    pub needs: &'static [Need],
    /// The contract takes it for a warning, though it names a requirement that must hold.
    pub mild: bool,
    pub(super) apply: Effect,
}

impl Fault {
    /// The row as one that the contract only warns about.
    const fn mild(self) -> Self {
        Self { mild: true, ..self }
    }
}

/// A row that needs no capability beyond those of the sound server.
const fn row(
    level: FaultLevel,
    name: &'static str,
    title: &'static str,
    requirements: &'static [&'static str],
    apply: Effect,
) -> Fault {
    Fault { name, title, level, requirements, needs: &[], mild: false, apply }
}

/// The tables of the levels, in the order of reports.
const LEVELS: &[&[&[Fault]]] = &[
    credentials::TABLES,
    parsing::TABLES,
    validation::TABLES,
    store::TABLES,
    value::TABLES,
    headers::TABLES,
    framing::TABLES,
    connection::TABLES,
    routing::TABLES,
    conditions::TABLES,
];

/// All faults, in the order of reports.
pub fn faults() -> impl Iterator<Item = &'static Fault> {
    LEVELS.iter().copied().flatten().copied().flatten()
}

/// The fault of this name.
#[must_use]
pub fn fault(name: &str) -> Option<&'static Fault> {
    faults().find(|fault| fault.name == name)
}
