//! The time that reports tell: now, or a fixed one, so that they can be made again octet by octet.

use super::environment::variable;

/// The start of the run, or what `SOURCE_DATE_EPOCH` says it is.
pub(super) fn started_at() -> String {
    now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Now, or what `SOURCE_DATE_EPOCH` says it is.
pub(super) fn now() -> jiff::Timestamp {
    fixed_time().ok().flatten().unwrap_or_else(jiff::Timestamp::now)
}

/// What `SOURCE_DATE_EPOCH` says, where it is set; a build that it does not fix as it should is to fail (its
/// specification, section "Specification").
pub(super) fn fixed_time() -> Result<Option<jiff::Timestamp>, String> {
    let Some(text) = variable("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let time =
        text.to_str().and_then(|text| text.parse().ok()).and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    time.map(Some).ok_or_else(|| format!("SOURCE_DATE_EPOCH: `{}` is no number of seconds since 1970", text.display()))
}
