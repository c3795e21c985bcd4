//! Case files: a request (or a few, in order) and what is expected.
//!
//! The grammar that people see is `schemas/case.schema.json`; these types are its mirror. A file with a single
//! step writes `request` and `expect` at its root; [`Case::steps`] is the same for both spellings.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::expect::Expect;

/// One case: what is sent, in order, and what is expected of the answers.
#[derive(Debug, Deserialize)]
#[serde(try_from = "CaseFile")]
pub struct Case {
    /// One sentence that says what the case shows.
    pub title: String,
    /// Why the case exists, for people.
    pub description: Option<String>,
    /// Requirements that the case tests; the first one is the one that a wrong status breaks.
    pub requirements: Vec<String>,
    /// Collections that the case applies to; all six when `None`.
    pub endpoints: Option<Vec<String>>,
    /// Capabilities without which the case is skipped.
    pub needs: Vec<String>,
    /// Capabilities with which the case makes no sense (for example `upsert`).
    pub unless: Vec<String>,
    /// The case looks at more than its own job, so nothing else may run beside it.
    pub exclusive: bool,
    /// The steps, at least one.
    pub steps: Vec<Step>,
}

impl Case {
    /// The requirement that a wrong status is attributed to unless the step says otherwise.
    #[must_use]
    pub fn primary(&self) -> &str {
        self.requirements.first().map_or("REQ-STATUS-001", String::as_str)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CaseFile {
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    title: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    requirements: Vec<String>,
    #[serde(default)]
    endpoints: Option<Vec<String>>,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    exclusive: bool,
    #[serde(default)]
    request: Option<Request>,
    #[serde(default)]
    expect: Option<Expect>,
    #[serde(default)]
    steps: Option<Vec<Step>>,
}

impl TryFrom<CaseFile> for Case {
    type Error = &'static str;

    fn try_from(file: CaseFile) -> Result<Self, Self::Error> {
        let steps = match (file.steps, file.request, file.expect) {
            (Some(steps), None, None) if !steps.is_empty() => steps,
            (Some(_), None, None) => return Err("`steps` must hold at least one step"),
            (Some(_), _, _) => return Err("a case has either `steps` or one `request` with `expect`, not both"),
            (None, request, expect) => vec![Step {
                name: None,
                request: request.unwrap_or_default(),
                race: None,
                expect: expect.unwrap_or_default(),
            }],
        };
        Ok(Self {
            title: file.title,
            description: file.description,
            requirements: file.requirements,
            endpoints: file.endpoints,
            needs: file.needs,
            unless: file.unless,
            exclusive: file.exclusive,
            steps,
        })
    }
}

/// One request and what is expected of its answer.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Step {
    /// Name by which messages and placeholders refer to the step.
    #[serde(default)]
    pub name: Option<String>,
    /// What is sent.
    #[serde(default)]
    pub request: Request,
    /// Requests sent at the same time instead of one request.
    #[serde(default)]
    pub race: Option<Race>,
    /// What is expected of the answer.
    #[serde(default)]
    pub expect: Expect,
}

/// Concurrent writers and readers of one job.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Race {
    /// Bodies of the PATCH requests that are sent at once in every round.
    pub writers: Vec<Value>,
    /// GET requests sent at once with the writers in every round.
    #[serde(default)]
    pub readers: usize,
    /// How often the race is run, at most 50.
    #[serde(default = "one")]
    pub rounds: usize,
    /// What must hold of the answers.
    pub must: RaceRule,
}

fn one() -> usize {
    1
}

/// What must hold after a [`Race`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RaceRule {
    /// Every state that a reader sees is the work of one writer (REQ-ATOM-003).
    WholeStates,
    /// What two successful writers set is visible afterwards (REQ-ATOM-004).
    BothVisible,
}

/// A request as a template: everything not said is the baseline request of the contract, part 0.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Request {
    /// HTTP method, `PATCH` by default.
    #[serde(default)]
    pub method: Option<String>,
    /// The resource addressed, the leased job by default.
    #[serde(default)]
    pub to: Address,
    /// Raw query string without `?`; placeholders are filled in.
    #[serde(default)]
    pub query: Option<String>,
    /// Headers set (string), repeated (array) or removed (null).
    #[serde(default)]
    pub headers: IndexMap<String, Option<OneOrMany>>,
    /// Credentials, the valid token by default.
    #[serde(default)]
    pub auth: Auth,
    /// Body as JSON; `null` here is the JSON text `null`.
    #[serde(default, deserialize_with = "present")]
    pub body: Option<Value>,
    /// Body as text, sent octet for octet.
    #[serde(default)]
    pub body_text: Option<String>,
    /// Body as octets in base64.
    #[serde(default)]
    pub body_base64: Option<String>,
    /// Body made by the harness.
    #[serde(default)]
    pub body_made: Option<MadeBody>,
    /// How the request travels.
    #[serde(default)]
    pub wire: Wire,
}

/// `Option<Value>` that keeps an explicit `null` as `Some(Value::Null)`.
fn present<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(d).map(Some)
}

/// A string or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One value.
    One(String),
    /// Several values, each on a line of its own.
    Many(Vec<String>),
}

impl OneOrMany {
    /// The values in order.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// The resource that a request addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Address {
    /// The job leased for the trial.
    #[default]
    Job,
    /// A second job of the same collection (capability `second-job`).
    SecondJob,
    /// The jobs of the five other collections: one request each.
    OtherJobs,
    /// The id of the leased job on each of the other collections: one request each.
    SameIdElsewhere,
    /// A job of a derived type (capability `derived-job`).
    DerivedJob,
    /// A job of the second tenant (capability `second-tenant`).
    ForeignJob,
    /// A random GUID that no job has; the same one all through the trial.
    UnknownJob,
    /// An id segment sent raw, without normalisation.
    Id(String),
    /// The collection itself.
    Collection,
    /// A path below the service root, sent raw; placeholders are filled in.
    Path(String),
}

/// Credentials of a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Auth {
    /// `Authorization: Bearer` with the token of the target.
    #[default]
    Valid,
    /// The valid token behind a scheme in lower case.
    LowercaseScheme,
    /// The valid token behind a scheme and header name in capitals.
    UppercaseScheme,
    /// The valid token, the header name in capitals.
    UppercaseName,
    /// The valid token, the header name in lower case.
    LowercaseName,
    /// No Authorization header.
    None,
    /// A random token of legal syntax.
    Random,
    /// The valid token with its last character changed.
    NearMiss,
    /// The valid token with its first character changed.
    FirstChanged,
    /// The valid token with its last character changed; not of a JWT, whose last character carries spare bits.
    LastChanged,
    /// The valid token with two characters in the other order.
    Swapped,
    /// The valid token behind one more character.
    Prefixed,
    /// A JWT without a signature (`alg` `none`) that nobody issued.
    ForgedJwt,
    /// The word `null` as a token.
    WordNull,
    /// The word `undefined` as a token.
    WordUndefined,
    /// The word `test` as a token.
    WordTest,
    /// The valid token in quotes.
    Quoted,
    /// The valid token with a space in it.
    Spaced,
    /// The valid token twice, with a comma between.
    Doubled,
    /// The valid token as `access_token` in a form body and no header (RFC 6750, section 2.2).
    FormBody,
    /// The valid token behind the scheme `BearerX`.
    LongerScheme,
    /// `Digest` with made-up credentials.
    Digest,
    /// `Negotiate` with made-up credentials.
    Negotiate,
    /// `?access_token=` with the valid token in the query, and a random token in the header.
    QueryBesideRandom,
    /// The valid token without its last character.
    Truncated,
    /// The valid token with one more character.
    Extended,
    /// The valid token in the other letter case.
    OtherCase,
    /// `Authorization: Bearer` and nothing more.
    EmptyBearer,
    /// The valid token without a scheme.
    BareToken,
    /// A Bearer value that is not legal b64token syntax.
    Malformed,
    /// `Basic` with made-up credentials.
    Basic,
    /// The valid token as password of `Basic`.
    BasicWithToken,
    /// The valid token behind the scheme `Token`.
    TokenScheme,
    /// `?access_token=` in the query and no header.
    Query,
    /// The valid token in a form field `access_token` of the JSON body and no header.
    Cookie,
    /// The token without the needed permission (capability `scoped-token`).
    Scoped,
    /// The token of a personal account (capability `personal-token`).
    Personal,
    /// The token of another tenant (capability `second-tenant`).
    SecondTenant,
}

/// A body that the harness makes, because it is too large for a file or depends on earlier answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MadeBody {
    /// `{"status": "xxx…"}` with a string of so many octets.
    LongStatus(usize),
    /// `{"error": {"details": [[[…]]]}}` nested so many levels deep.
    DeepDetails(usize),
    /// The entity exactly as the last read returned it, unwrapped.
    LastRead,
    /// As `LastRead`, without the members that the page and the metadata do not declare.
    LastReadDeclared,
    /// No content at all: zero octets.
    Empty,
}

impl MadeBody {
    /// The body is the job as it was read.
    #[must_use]
    pub fn is_write_back(self) -> bool {
        matches!(self, Self::LastRead | Self::LastReadDeclared)
    }
}

/// How a request travels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Wire {
    /// Over the connection pool.
    #[default]
    Pooled,
    /// Over a new connection, its octets written and read without an HTTP library in between, so that framing shows.
    Raw,
    /// As `raw`, with chunked transfer coding in chunks of so many octets.
    Chunked(usize),
    /// As `raw`, announcing the whole body, sending so many octets fewer, then closing.
    CutOff(usize),
    /// As `chunked`, without the last chunk, which alone says that the content is whole, then closing.
    ChunkedCutOff(usize),
}

impl Wire {
    /// The client ends the request before its content has arrived whole (REQ-HTTP-003).
    #[must_use]
    pub fn is_cut_off(self) -> bool {
        matches!(self, Self::CutOff(_) | Self::ChunkedCutOff(_))
    }
}
