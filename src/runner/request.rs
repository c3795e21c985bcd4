//! From a request template to the request that goes out (contract, part 0: the baseline request).

use std::cell::OnceCell;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::session::{JobState, Session};
use crate::contract::endpoint::ENDPOINTS;
use crate::contract::sample;
use crate::diff;
use crate::model::case::{Address, Auth, MadeBody, OneOrMany, Request};
use crate::model::secret::Secret;
use crate::plan::template::{self, Placeholder};
use crate::target::{Authorization, Outgoing, TOKEN_PLACEHOLDER};

/// What an id segment keeps as it is: the unreserved characters of RFC 3986, section 2.3.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Values that stay the same all through one attempt, each made when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Bindings {
    uuids: [OnceCell<String>; 9],
    unknown: OnceCell<String>,
    random_token: OnceCell<Secret>,
    now: OnceCell<String>,
}

impl Bindings {
    /// The texts that only this attempt can have put anywhere.
    pub(super) fn marks(&self) -> Vec<String> {
        self.uuids.iter().filter_map(OnceCell::get).cloned().collect()
    }

    fn uuid(&self, n: u8) -> Option<String> {
        let cell = self.uuids.get(usize::from(n).saturating_sub(1))?;
        Some(cell.get_or_init(|| uuid::Uuid::new_v4().to_string()).clone())
    }

    fn unknown(&self) -> &str {
        self.unknown.get_or_init(|| uuid::Uuid::new_v4().to_string())
    }

    /// Legal b64token syntax (RFC 6750, section 2.1), and long enough to be found again when it leaks.
    fn random_token(&self) -> &Secret {
        let half = || uuid::Uuid::new_v4().simple();
        self.random_token.get_or_init(|| Secret::new(format!("pp.{}{}", half(), half())))
    }

    pub(super) fn lookup(
        &self,
        session: &Session,
        collection: &str,
        job: &JobState,
        wanted: &Placeholder,
    ) -> Option<String> {
        match wanted {
            Placeholder::JobId => Some(job.id.clone()),
            Placeholder::JobIdOtherCase => Some(other_case(&job.id)),
            Placeholder::JobIdEncodedTwice => Some(twice_encoded(&job.id)),
            Placeholder::Collection => Some(collection.to_owned()),
            Placeholder::Uuid(n) => self.uuid(*n),
            Placeholder::Now => Some(self.now.get_or_init(|| jiff::Timestamp::now().to_string()).clone()),
            Placeholder::Var(name) => session.target.variables.get(name).cloned(),
            Placeholder::SecondId => second(session, collection).map(str::to_owned),
            Placeholder::UnknownId => Some(self.unknown().to_owned()),
            Placeholder::Etag => job.etag.clone(),
            Placeholder::OldEtag => job.old_etag.clone(),
            Placeholder::OtherTenant => session.target.other_tenant.clone(),
        }
    }
}

/// Every octet percent-encoded, and that once more.
fn twice_encoded(id: &str) -> String {
    id.bytes().map(percent_encoding::percent_encode_byte).collect::<String>().replace('%', "%25")
}

/// The stand-by job of a collection.
pub(super) fn second<'a>(session: &'a Session, collection: &str) -> Option<&'a str> {
    session.target.jobs.get(collection).and_then(|ids| ids.get(1)).map(String::as_str)
}

/// One request to send and the job id it addresses.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) outgoing: Outgoing,
    pub(super) id: String,
}

/// The requests that a template stands for: one, or one per job for `otherJobs` and `sameIdElsewhere`.
pub(super) fn build(
    session: &Session,
    collection: &str,
    job: &JobState,
    bindings: &Bindings,
    request: &Request,
) -> Vec<Ready> {
    let lookup = |wanted: &Placeholder| bindings.lookup(session, collection, job, wanted);
    let method = request.method.clone().unwrap_or_else(|| "PATCH".to_owned());
    let (body, json) = content(session, job, request, &method, &lookup);
    addresses(session, collection, job, bindings, &request.to, &lookup)
        .into_iter()
        .map(|(mut path, id)| {
            if let Some(query) = &request.query {
                path.push('?');
                path.push_str(&template::fill(query, &lookup));
            }
            let headers = headers(session, job, request, body.is_some(), &lookup);
            let authorization = authorization(session, bindings, request.auth);
            let mut headers = headers;
            if request.auth == Auth::QueryBesideRandom {
                headers.push(("Authorization".to_owned(), format!("Bearer {}", bindings.random_token().expose())));
            }
            if request.auth == Auth::Cookie
                && let Some(token) = session.valid()
            {
                headers.push(("Cookie".to_owned(), format!("access_token={}", token.expose())));
            }
            let outgoing = Outgoing {
                method: method.clone(),
                path,
                headers,
                authorization,
                body: body.clone(),
                json: json.clone(),
                wire: request.wire,
                fresh: false,
            };
            Ready { outgoing, id }
        })
        .collect()
}

/// A GET of a job on a new connection.
pub(super) fn read(session: &Session, collection: &str, id: &str) -> Outgoing {
    Outgoing {
        method: "GET".to_owned(),
        path: job_path(collection, id),
        headers: vec![("Accept".to_owned(), "application/json".to_owned()), request_id()],
        authorization: bearer(session.valid(), "Authorization", "Bearer "),
        body: None,
        json: None,
        wire: crate::model::case::Wire::Pooled,
        fresh: true,
    }
}

/// A PATCH of a job with this body, as the runner itself sends it.
pub(super) fn patch(session: &Session, collection: &str, job: &JobState, body: &Value) -> Outgoing {
    let mut headers = vec![
        ("Content-Type".to_owned(), "application/json".to_owned()),
        ("Accept".to_owned(), "application/json".to_owned()),
        request_id(),
    ];
    if session.profile.has("etag-required") {
        headers.push(("If-Match".to_owned(), job.etag.clone().unwrap_or_else(|| "*".to_owned())));
    }
    Outgoing {
        method: "PATCH".to_owned(),
        path: job_path(collection, &job.id),
        headers,
        authorization: bearer(session.valid(), "Authorization", "Bearer "),
        body: Some(Bytes::from(body.to_string())),
        json: Some(Arc::new(body.clone())),
        wire: crate::model::case::Wire::Pooled,
        fresh: false,
    }
}

fn request_id() -> (String, String) {
    ("client-request-id".to_owned(), uuid::Uuid::new_v4().to_string())
}

/// The path of a job below the service root.
pub(super) fn job_path(collection: &str, id: &str) -> String {
    format!("/dataClassification/{collection}/{}", utf8_percent_encode(id, SEGMENT))
}

fn addresses(
    session: &Session,
    collection: &str,
    job: &JobState,
    bindings: &Bindings,
    to: &Address,
    lookup: &dyn Fn(&Placeholder) -> Option<String>,
) -> Vec<(String, String)> {
    let one = |id: &str| vec![(job_path(collection, id), id.to_owned())];
    let elsewhere = || ENDPOINTS.iter().map(|endpoint| endpoint.collection).filter(move |other| *other != collection);
    match to {
        // Where a case is about the derived job, the lane has taken that for its job.
        Address::Job | Address::DerivedJob => one(&job.id),
        Address::SecondJob => second(session, collection).map(one).unwrap_or_default(),
        Address::UnknownJob => one(bindings.unknown()),
        Address::ForeignJob => session.target.foreign.get(collection).map(|id| one(id)).unwrap_or_default(),
        Address::OtherJobs => elsewhere()
            .filter_map(|other| {
                let id = session.target.jobs.get(other)?.first()?;
                // Where the paths share their jobs, the same id is the same job and may change with it.
                (*id != job.id).then(|| (job_path(other, id), id.clone()))
            })
            .collect(),
        Address::SameIdElsewhere => elsewhere().map(|other| (job_path(other, &job.id), job.id.clone())).collect(),
        Address::Id(raw) => {
            let id = template::fill(raw, lookup);
            vec![(format!("/dataClassification/{collection}/{id}"), id.into_owned())]
        }
        Address::Collection => vec![(format!("/dataClassification/{collection}"), String::new())],
        Address::Path(raw) => vec![(template::fill(raw, lookup).into_owned(), job.id.clone())],
    }
}

fn headers(
    session: &Session,
    job: &JobState,
    request: &Request,
    has_body: bool,
    lookup: &dyn Fn(&Placeholder) -> Option<String>,
) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::with_capacity(6);
    let says = |name: &str| request.headers.keys().any(|known| known.eq_ignore_ascii_case(name));
    if has_body && !says("content-type") {
        headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
    }
    if !says("accept") {
        headers.push(("Accept".to_owned(), "application/json".to_owned()));
    }
    if !says("client-request-id") {
        headers.push(request_id());
    }
    if session.profile.has("etag-required") && has_body && !says("if-match") && !says("if-none-match") {
        headers.push(("If-Match".to_owned(), job.etag.clone().unwrap_or_else(|| "*".to_owned())));
    }
    for (name, value) in &request.headers {
        for value in value.iter().flat_map(OneOrMany::as_slice) {
            headers.push((name.clone(), template::fill(value, lookup).into_owned()));
        }
    }
    headers
}

/// Content as octets and, where it is one JSON text without defects, as JSON.
fn content(
    session: &Session,
    job: &JobState,
    request: &Request,
    method: &str,
    lookup: &dyn Fn(&Placeholder) -> Option<String>,
) -> (Option<Bytes>, Option<Arc<Value>>) {
    let parsed = |bytes: &Bytes| {
        let parsed = crate::json::parse(bytes);
        parsed.value.filter(|_| parsed.defects.is_empty())
    };
    if request.auth == Auth::FormBody {
        let token = session.valid();
        let token = token.as_ref().map_or("", Secret::expose);
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("access_token", token)
            .append_pair("status", "refused")
            .finish();
        return (Some(Bytes::from(form)), None);
    }
    if request.auth == Auth::JsonBody {
        let token = session.valid();
        let body = json!({ "access_token": token.as_ref().map_or("", Secret::expose), "status": "refused" });
        return (Some(Bytes::from(body.to_string())), None);
    }
    if let Some(template) = &request.body {
        let value = template::fill_json(template, lookup);
        let value = permitted(session, value);
        return (Some(Bytes::from(value.to_string())), Some(Arc::new(value)));
    }
    if let Some(text) = &request.body_text {
        let bytes = Bytes::from(template::fill(text, lookup).into_owned());
        let json = parsed(&bytes);
        return (Some(bytes), json);
    }
    if let Some(digits) = &request.body_base64 {
        // The loader has refused what is not base64.
        let bytes = Bytes::from(STANDARD.decode(digits).unwrap_or_default());
        let json = parsed(&bytes);
        return (Some(bytes), json);
    }
    match request.body_made {
        Some(MadeBody::LongStatus(octets)) => {
            let text = format!("{{\"status\":\"{}\"}}", "x".repeat(octets.min(64 << 20)));
            let bytes = Bytes::from(text);
            let json = parsed(&bytes);
            (Some(bytes), json)
        }
        Some(MadeBody::DeepDetails(levels)) => {
            let levels = levels.min(1 << 20);
            let text = format!("{{\"error\":{{\"details\":{}{}}}}}", "[".repeat(levels), "]".repeat(levels));
            (Some(Bytes::from(text)), None)
        }
        Some(made @ (MadeBody::LastRead | MadeBody::LastReadDeclared)) => {
            let read = job.last_read.as_ref().or(job.known.as_ref());
            let mut value = read.map_or_else(|| Value::Object(Map::new()), |read| Value::clone(read));
            if made == MadeBody::LastReadDeclared {
                diff::strip_undeclared(&mut value);
            }
            (Some(Bytes::from(value.to_string())), Some(Arc::new(value)))
        }
        Some(MadeBody::Empty) => (Some(Bytes::new()), None),
        None if matches!(method, "PATCH" | "POST" | "PUT") => {
            let (bytes, json) = sample::sample();
            let plain = session.profile.permitted.is_empty()
                && session.profile.read_only.is_empty()
                && session.profile.computed.is_empty();
            if plain {
                return (Some(bytes), Some(json));
            }
            let value = permitted(session, Value::clone(&json));
            (Some(Bytes::from(value.to_string())), Some(Arc::new(value)))
        }
        None => (None, None),
    }
}

/// The body with permitted values in place of made-up ones, and without what the target does not let clients set.
pub(super) fn permitted(session: &Session, mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.retain(|name, _| !session.profile.read_only.contains(name) && !session.profile.computed.contains(name));
        for (name, values) in &session.profile.permitted {
            let current = members.get(name).and_then(Value::as_str);
            if let (Some(current), false) = (current, values.is_empty()) {
                // The same made-up value always becomes the same permitted one, and neighbours differ.
                let pick = current.bytes().map(usize::from).sum::<usize>() % values.len();
                members.insert(name.clone(), Value::from(values[pick].as_str()));
            }
        }
    }
    value
}

fn bearer(token: Option<Secret>, header: &str, prefix: &str) -> Option<Authorization> {
    token.map(|secret| Authorization {
        header: header.to_owned(),
        prefix: prefix.to_owned(),
        secret,
        shown: format!("{prefix}{TOKEN_PLACEHOLDER}"),
        in_query: false,
    })
}

/// A further token, and the environment variable from which a curl line takes it.
fn further(token: Option<&Secret>, variable: &str) -> Option<Authorization> {
    token.map(|secret| made("Bearer ", secret.clone(), variable))
}

fn made(prefix: &str, secret: Secret, shown: &str) -> Authorization {
    Authorization {
        header: "Authorization".to_owned(),
        prefix: prefix.to_owned(),
        secret,
        shown: format!("{prefix}{shown}"),
        in_query: false,
    }
}

/// The text in the other letter case.
fn other_case(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }).collect()
}

/// The token with the character at an octet changed to another one that a token may hold.
fn changed(token: &str, at: usize) -> Secret {
    let mut octets = token.as_bytes().to_vec();
    if let Some(octet) = octets.get_mut(at) {
        *octet = if *octet == b'A' { b'B' } else { b'A' };
    }
    Secret::new(String::from_utf8_lossy(&octets).into_owned())
}

/// The token with the first two neighbours that differ, from the middle on, in the other order.
fn swapped(token: &str) -> Secret {
    let mut octets = token.as_bytes().to_vec();
    let middle = octets.len() / 2;
    let found = (middle..octets.len().saturating_sub(1)).find(|&at| octets[at] != octets[at + 1]);
    if let Some(at) = found {
        octets.swap(at, at + 1);
    }
    Secret::new(String::from_utf8_lossy(&octets).into_owned())
}

fn authorization(session: &Session, bindings: &Bindings, auth: Auth) -> Option<Authorization> {
    let credentials = &session.target.credentials;
    let valid = session.valid();
    let secret = valid.clone();
    let text = secret.as_ref().map_or("patchproof", Secret::expose);
    let made = |prefix, secret, shown| Some(made(prefix, secret, shown));
    match auth {
        Auth::Valid => bearer(valid, "Authorization", "Bearer "),
        Auth::LowercaseScheme => bearer(valid, "Authorization", "bearer "),
        Auth::UppercaseScheme => bearer(valid, "AUTHORIZATION", "BEARER "),
        Auth::UppercaseName => bearer(valid, "AUTHORIZATION", "Bearer "),
        Auth::LowercaseName => bearer(valid, "authorization", "Bearer "),
        Auth::None | Auth::Cookie | Auth::FormBody | Auth::JsonBody => None,
        Auth::Random => made("Bearer ", bindings.random_token().clone(), "<random token>"),
        // In a JWT the last character carries spare bits that a decoder may ignore, so one further in is changed.
        Auth::NearMiss => {
            made("Bearer ", changed(text, text.len().saturating_sub(3)), "<the token with one character changed>")
        }
        Auth::FirstChanged => made("Bearer ", changed(text, 0), "<the token with its first character changed>"),
        Auth::LastChanged => {
            made("Bearer ", changed(text, text.len().saturating_sub(1)), "<the token with its last character changed>")
        }
        Auth::Swapped => made("Bearer ", swapped(text), "<the token with two characters swapped>"),
        Auth::Prefixed => made("Bearer ", Secret::new(format!("A{text}")), "<one more character before the token>"),
        Auth::ForgedJwt => {
            let part = |json: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json);
            let (head, claims) =
                (part(r#"{"alg":"none","typ":"JWT"}"#), part(r#"{"sub":"patchproof","exp":4102444800}"#));
            made("Bearer ", Secret::new(format!("{head}.{claims}.")), "<a JWT without signature>")
        }
        Auth::WordNull => made("Bearer ", Secret::new("null"), "null"),
        Auth::WordUndefined => made("Bearer ", Secret::new("undefined"), "undefined"),
        Auth::WordTest => made("Bearer ", Secret::new("test"), "test"),
        Auth::Quoted => made("Bearer ", Secret::new(format!("\"{text}\"")), "\"<the token>\""),
        Auth::Spaced => {
            let (head, tail) = text.split_at(text.len().saturating_sub(4));
            made("Bearer ", Secret::new(format!("{head} {tail}")), "<the token with a space in it>")
        }
        Auth::Doubled => made("Bearer ", Secret::new(format!("{text}, {text}")), "<the token>, <the token>"),
        Auth::LongerScheme => bearer(valid, "Authorization", "BearerX "),
        Auth::Digest => made(
            "Digest ",
            Secret::new(
                "username=\"patchproof\", realm=\"x\", nonce=\"0\", uri=\"/\", response=\"6629fae49393a05397450978507c4ef1\"",
            ),
            "<made-up credentials>",
        ),
        Auth::Negotiate => {
            made("Negotiate ", Secret::new(STANDARD.encode("patchproof negotiates")), "<made-up credentials>")
        }
        Auth::Truncated => {
            let mut letters = text.chars();
            letters.next_back();
            made("Bearer ", Secret::new(letters.as_str()), "<the token without its last character>")
        }
        Auth::Extended => made("Bearer ", Secret::new(format!("{text}A")), "<the token with one more character>"),
        Auth::OtherCase => made("Bearer ", Secret::new(other_case(text)), "<the token in the other letter case>"),
        Auth::EmptyBearer => made("Bearer", Secret::new(""), ""),
        Auth::BareToken => bearer(valid, "Authorization", ""),
        Auth::Malformed => made("Bearer ", Secret::new("not a b64token, \"at all\""), "not a b64token, \"at all\""),
        Auth::Basic => made("Basic ", Secret::new(STANDARD.encode("patchproof:patchproof")), "<made-up credentials>"),
        Auth::BasicWithToken => {
            made("Basic ", Secret::new(STANDARD.encode(format!("patchproof:{text}"))), "<the token as a password>")
        }
        Auth::TokenScheme => bearer(valid, "Authorization", "Token "),
        Auth::Query | Auth::QueryBesideRandom => {
            bearer(valid, "Authorization", "").map(|authorization| Authorization { in_query: true, ..authorization })
        }
        Auth::Scoped => further(credentials.scoped.as_ref(), "$PATCHPROOF_SCOPED_TOKEN"),
        Auth::Personal => further(credentials.personal.as_ref(), "$PATCHPROOF_PERSONAL_TOKEN"),
        Auth::SecondTenant => further(credentials.second_tenant.as_ref(), "$PATCHPROOF_SECOND_TENANT_TOKEN"),
    }
}
