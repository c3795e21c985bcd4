//! The catalogue of faults: named ways in which a server is wrong, each in exactly one way.
//!
//! The rows stand in one file per level and in the order of [`faults`], which is the order of reports.

mod access;
mod almost;
mod alter;
mod annotations;
mod besides;
mod challenges;
mod chunks;
mod collections;
mod conditions;
mod connection;
mod consequences;
mod contexts;
mod credentials;
mod date_times;
mod dates;
mod derived;
mod disclosure;
mod edges;
mod edit;
mod elements;
mod encodings;
mod envelope_members;
mod envelopes;
mod etags;
mod forms;
mod fractions;
mod framing;
mod given;
mod guards;
mod guessed;
mod habits;
mod headers;
mod identity;
mod ids;
mod incomplete;
mod inherited;
mod injection;
mod instants;
mod jobs;
mod keys;
mod kinds;
mod leaks;
mod leftovers;
mod lenient;
mod letter_cases;
mod limits;
mod lookalikes;
mod loose;
mod markup;
mod media;
mod members;
mod merging;
mod method_names;
mod methods;
mod missing;
mod names;
mod neighbours;
mod nested;
mod null_inputs;
mod nulls;
mod octets;
mod oddities;
mod offsets;
mod origins;
mod parsing;
mod particular;
mod preferences;
mod privileges;
mod reads;
mod repair;
mod repeats;
mod rewrite;
mod routes;
mod routing;
mod secrets;
mod segments;
mod seldom;
mod shapes;
mod spelling;
mod spoiled;
mod store;
mod strings;
mod tags;
mod texts;
mod throttling;
mod times;
mod top_level;
mod type_names;
mod typed;
mod types;
mod unadvertised;
mod unknown;
mod unknown_jobs;
mod unnamed;
mod unprepared;
mod vacant;
mod validation;
mod value;
mod wordings;

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
    /// What it shows under only, beyond the capabilities of the sound server: `etag-required`, `no-etag`, `throttle`, or
    /// `rate` for a limit of requests in a time.
    pub needs: &'static [&'static str],
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

/// The tables of the catalogue, in the order of reports.
const TABLES: &[&[Fault]] = &[
    credentials::ROWS,
    oddities::CREDENTIALS,
    challenges::ROWS,
    habits::CREDENTIALS,
    privileges::ROWS,
    guards::ROWS,
    besides::CREDENTIALS,
    contexts::CREDENTIALS,
    loose::CREDENTIALS,
    unprepared::CREDENTIALS,
    almost::CREDENTIALS,
    particular::CREDENTIALS,
    parsing::ROWS,
    lenient::ROWS,
    top_level::ROWS,
    unprepared::PARSING,
    almost::PARSING,
    particular::PARSING,
    inherited::PARSING,
    names::ROWS,
    shapes::ROWS,
    media::ROWS,
    seldom::PARSING,
    loose::PARSING,
    validation::ROWS,
    null_inputs::ROWS,
    strings::ROWS,
    limits::ROWS,
    types::ROWS,
    guessed::ROWS,
    leftovers::ROWS,
    dates::ROWS,
    forms::ROWS,
    offsets::ROWS,
    annotations::ROWS,
    keys::ROWS,
    unknown::ROWS,
    letter_cases::ROWS,
    oddities::VALIDATION,
    edges::VALIDATION,
    seldom::VALIDATION,
    derived::VALIDATION,
    almost::VALIDATION,
    particular::VALIDATION,
    inherited::VALIDATION,
    besides::VALIDATION,
    contexts::VALIDATION,
    loose::VALIDATION,
    vacant::VALIDATION,
    unnamed::ROWS,
    repeats::ROWS,
    merging::ROWS,
    collections::ROWS,
    consequences::ROWS,
    nulls::ROWS,
    store::ROWS,
    reads::ROWS,
    neighbours::ROWS,
    unadvertised::ROWS,
    oddities::STORE,
    seldom::STORE,
    edges::STORE,
    habits::STORE,
    derived::STORE,
    almost::STORE,
    particular::STORE,
    inherited::STORE,
    besides::STORE,
    contexts::STORE,
    loose::STORE,
    vacant::STORE,
    value::ROWS,
    missing::ROWS,
    kinds::ROWS,
    identity::ROWS,
    texts::ROWS,
    markup::ROWS,
    lookalikes::ROWS,
    wordings::ROWS,
    times::ROWS,
    instants::ROWS,
    origins::ROWS,
    fractions::ROWS,
    typed::ROWS,
    oddities::VALUES,
    derived::VALUES,
    almost::VALUES,
    besides::VALUES,
    loose::VALUES,
    envelopes::ROWS,
    envelope_members::ROWS,
    disclosure::ROWS,
    nested::ROWS,
    elements::ROWS,
    headers::ROWS,
    ids::ROWS,
    throttling::ROWS,
    throttling::THROTTLED,
    throttling::LIMITED,
    leaks::ROWS,
    oddities::HEADERS,
    unprepared::HEADERS,
    almost::HEADERS,
    particular::HEADERS,
    framing::ROWS,
    chunks::ROWS,
    spoiled::ROWS,
    encodings::ROWS,
    injection::ROWS,
    oddities::FRAMING,
    seldom::FRAMING,
    connection::ROWS,
    incomplete::ROWS,
    routing::ROWS,
    unknown_jobs::ROWS,
    segments::ROWS,
    methods::ROWS,
    method_names::ROWS,
    spelling::ROWS,
    oddities::ROUTING,
    unprepared::ROUTING,
    seldom::ROUTING,
    loose::ROUTING,
    habits::ROUTING,
    derived::ROUTING,
    almost::ROUTING,
    besides::ROUTING,
    conditions::ROWS,
    etags::ROWS,
    preferences::ROWS,
    seldom::CONDITIONS,
    habits::CONDITIONS,
    derived::CONDITIONS,
    besides::CONDITIONS,
    contexts::CONDITIONS,
    loose::CONDITIONS,
    tags::ROWS,
];

/// All faults, in the order of reports.
pub fn faults() -> impl Iterator<Item = &'static Fault> {
    TABLES.iter().copied().flatten()
}

/// The fault of this name.
#[must_use]
pub fn fault(name: &str) -> Option<&'static Fault> {
    faults().find(|fault| fault.name == name)
}
