//! Settings that cannot hold at once, whichever layers they come from.

use std::time::Duration;

use crate::target::config::{Credential, Origin, Resolved, Setting, TargetConfig};

/// The secrets of a target in the file go to the origin that stands beside them, and nowhere else.
pub(super) fn elsewhere(address: Option<&String>, target: &TargetConfig) -> Option<String> {
    let (Some(address), Some(own)) = (address, &target.base_url) else { return None };
    let origin = |text: &str| url::Url::parse(text).ok().map(|url| url.origin());
    let secret = target.token.is_some() || target.headers.is_some() || target.oauth_issuer.is_some();
    let secret = secret || target.oauth_token_url.is_some();
    (secret && origin(address) != origin(own)).then(|| {
        format!(
            "base URL {address} is another server than that of the target in the file ({own}), whose token and \
             headers must not go there; make it a target of its own"
        )
    })
}

/// The same for the secret of an OAuth client and its issuer.
pub(super) fn other_issuer(over: &[&TargetConfig], target: &TargetConfig) -> Option<String> {
    let places = |layer: &TargetConfig| {
        let urls = [&layer.oauth_issuer, &layer.oauth_token_url, &layer.oauth_device_url].into_iter().flatten();
        urls.filter_map(|text| Some(url::Url::parse(text).ok()?.origin())).collect::<Vec<_>>()
    };
    let own = places(target);
    let given: Vec<_> = over.iter().flat_map(|layer| places(layer)).collect();
    let secret = target.oauth_client_secret.is_some() && over.iter().all(|layer| layer.oauth_client_secret.is_none());
    (secret && given.iter().any(|place| !own.contains(place))).then(|| {
        "the OAuth issuer is another server than that of the target in the file, whose client secret must not go \
         there; make it a target of its own"
            .to_owned()
    })
}

/// What cannot hold at once.
pub(super) fn contradictions(resolved: &Resolved) -> Option<String> {
    let headers = resolved.headers.iter().flat_map(|headers| &headers.value.0);
    let illegal = |(name, _): &&(String, _)| http::HeaderName::from_bytes(name.as_bytes()).is_err();
    if let Some((name, _)) = headers.into_iter().find(illegal) {
        return Some(format!("headers: {name:?} is no name of a header"));
    }
    match resolved.credential() {
        Err(wrong) => return Some(wrong),
        Ok(Credential::None) => {}
        Ok(_) => {
            let named = resolved.headers.iter().flat_map(|headers| &headers.value.0);
            if named.into_iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
                return Some("headers: Authorization would stand in place of the token; give only one".to_owned());
            }
        }
    }
    let zero = |setting: &Option<Setting<Duration>>| setting.as_ref().is_some_and(|setting| setting.value.is_zero());
    let no_time = [("max-time", &resolved.max_time), ("connect-timeout", &resolved.connect_timeout)];
    if let Some((name, _)) = no_time.iter().find(|(_, setting)| zero(setting)) {
        return Some(format!("{name}: nothing is answered in no time"));
    }
    if resolved.concurrency.as_ref().is_some_and(|setting| setting.value == 0) {
        return Some("concurrency: no trial runs where none may".to_owned());
    }
    let jobs = resolved.jobs.as_ref()?;
    let off = resolved.not_offered.as_ref()?;
    let both: Vec<&str> =
        off.value.0.iter().filter(|name| jobs.value.contains_key(*name)).map(String::as_str).collect();
    // A flag may narrow what the file offers.
    (!both.is_empty() && off.origin == jobs.origin && off.origin != Origin::File)
        .then(|| format!("not-offered {}: a job of this collection is given as well", both.join(", ")))
}
