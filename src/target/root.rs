//! The service root, and the links of the target that lead to places below it.

use url::Url;

use super::connection::TargetError;

/// A service root as a URL.
///
/// # Errors
/// When it is none, or holds what does not belong in it.
pub fn parse(given: &str) -> Result<Url, TargetError> {
    let bad = |why: &str| TargetError::BaseUrl(given.to_owned(), why.to_owned());
    let url = Url::parse(given).map_err(|error| match error {
        url::ParseError::RelativeUrlWithoutBase => bad("it must be a whole URL, such as https://host/v1.0"),
        error => bad(&error.to_string()),
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad("its scheme must be http or https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        // Not repeated: it may hold a password.
        return Err(TargetError::BaseUrl("…@…".to_owned(), "credentials do not belong in it".to_owned()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(bad("it must end with the path of the service root, without query and fragment"));
    }
    Ok(url)
}

/// Path and query, below the service root `root` (without a slash at its end), of a link in the answer to a request for
/// the path `from`; a relative link is resolved against that (RFC 3986 section 5). `None` where it leads elsewhere: the
/// token goes to the target only, whatever a link says.
pub(super) fn below(root: &str, from: &str, link: &str) -> Option<String> {
    let requested = Url::parse(&format!("{root}{from}")).ok()?;
    let url = requested.join(link).ok()?;
    let credentials = !url.username().is_empty() || url.password().is_some();
    if url.origin() != requested.origin() || credentials {
        return None;
    }
    let root = Url::parse(root).ok()?;
    let path = url.path().strip_prefix(root.path().trim_end_matches('/')).filter(|path| path.starts_with('/'))?;
    Some(url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
}

/// Whether the URL leads to this machine.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
