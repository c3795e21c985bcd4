//! The request of a case as a template: what is addressed, with which credentials, what is sent and how it travels.
//!
//! Everything that a case does not say is the baseline request of the contract, part 0.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::content::{Content, GeneratedBody};
use super::wire::Wire;

/// A request as a template: everything not said is the baseline request of the contract, part 0.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "WrittenRequest")]
pub struct Request {
    /// HTTP method, `PATCH` by default.
    pub method: Option<String>,
    /// The resource addressed, the leased job by default.
    pub to: Address,
    /// Raw query string without `?`; placeholders are filled in.
    pub query: Option<String>,
    /// Headers set (string), repeated (array) or removed (null).
    pub headers: IndexMap<String, Option<OneOrMany>>,
    /// Credentials, the valid token by default.
    pub auth: Auth,
    /// Content, where it is not that of the baseline request.
    pub content: Option<Content>,
    /// How the request travels.
    pub wire: Wire,
}

/// [`Request`] as it stands in a case file, whose schema admits one of the bodies.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenRequest {
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    to: Address,
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    headers: IndexMap<String, Option<OneOrMany>>,
    #[serde(default)]
    auth: Auth,
    #[serde(default, deserialize_with = "present")]
    body: Option<Value>,
    #[serde(default)]
    body_text: Option<String>,
    #[serde(default)]
    body_base64: Option<String>,
    #[serde(default)]
    body_made: Option<GeneratedBody>,
    #[serde(default)]
    wire: Wire,
}

/// `Option<Value>` that keeps an explicit `null` as `Some(Value::Null)`.
fn present<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(d).map(Some)
}

impl From<WrittenRequest> for Request {
    fn from(written: WrittenRequest) -> Self {
        let WrittenRequest { method, to, query, headers, auth, body, body_text, body_base64, body_made, wire } =
            written;
        let content = body
            .map(|body| Content::Json(Arc::new(body)))
            .or(body_text.map(Content::Text))
            .or(body_base64.map(Content::Base64))
            .or(body_made.map(Content::Generated));
        Self { method, to, query, headers, auth, content, wire }
    }
}

/// A string or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
    /// The valid token with its last character but two changed.
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
    /// The valid token behind the scheme `BearerX`.
    LongerScheme,
    /// The valid token behind the scheme `XBearer`.
    PrecededScheme,
    /// The valid token behind `Bearer` behind the scheme `Basic`.
    SecondScheme,
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
    /// The valid token with one equals sign more than base64 would have.
    Padded,
    /// The valid token in base64.
    Encoded,
    /// The valid token, each character percent-encoded.
    PercentEncoded,
    /// The valid token in capitals.
    Capitals,
    /// The valid token behind the scheme `Bearer:`.
    SchemeAndColon,
    /// The valid token behind `Bearer=`.
    SchemeAndEquals,
    /// A random token of legal syntax and 4,200 characters.
    Long,
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
    /// `Basic` with the valid token as the user and no password.
    BasicWithTokenAsUser,
    /// The valid token behind the scheme `Token`.
    TokenScheme,
    /// `?access_token=` in the query and no header.
    Query,
    /// The valid token in query parameters of other names, such as `token`, and no header.
    QueryOtherNames,
    /// The valid token in a cookie `access_token` and no header.
    Cookie,
    /// The valid token in headers of other names, such as `X-Access-Token`, and not in Authorization.
    OtherHeaders,
    /// The valid token in Proxy-Authorization, which is for whoever stands before the target (RFC 9110, section 11.7.2).
    ProxyHeader,
    /// The valid token in a trailer field Authorization behind content in chunks, and no header.
    Trailer,
    /// The token without the needed permission (capability `scoped-token`).
    Scoped,
    /// The token of a personal account (capability `personal-token`).
    Personal,
    /// The token of another tenant (capability `second-tenant`).
    SecondTenant,
}
