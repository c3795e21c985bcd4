//! Settings from environment variables: `PATCHPROOF_` and the key in capitals, so `max-time` is `PATCHPROOF_MAX_TIME`.
//!
//! Lists are separated by commas; jobs are written as on the command line, `COLLECTION=ID`, separated by commas.

use super::value::Value;
use super::{TargetConfig, from_words};
use crate::suggest::{hint, nearest};

/// The settings that environment variables say; `variable` looks one up.
///
/// # Errors
/// Every variable whose value cannot be read, in one go.
pub fn from_env(variable: impl Fn(&str) -> Option<String>) -> Result<TargetConfig, Vec<String>> {
    let mut errors = Vec::new();
    let mut word = |name: &str| variable(name).filter(|value| !value.is_empty());
    let config = from_words(&mut word, &mut errors);
    if errors.is_empty() { Ok(config) } else { Err(errors) }
}

/// Which of these variables is none, and how the one that it is a slip of is spelt: one without its underscores, or with
/// one letter more, less or other. Whatever else begins like ours may be somebody's own.
#[must_use]
pub fn slips(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut known = Vec::new();
    let mut word = |name: &str| {
        known.push(name.to_owned());
        None
    };
    // Nothing is set, so nothing is wrong.
    let _ = from_words(&mut word, &mut Vec::new());
    let plain = |name: &str| name.replace('_', "");
    let near = |given: &str, known: &str| {
        let letters = |name: &str| name.chars().filter(|c| !c.is_ascii_digit()).count() == name.chars().count();
        plain(given) == plain(known) || letters(given) && strsim::osa_distance(given, known) == 1
    };
    let told = |name: &String| {
        let meant = known.iter().find(|known| near(name, known))?;
        Some(format!("{name}: no such setting{}", hint(Some(meant))))
    };
    names.into_iter().filter(|name| !known.contains(name)).filter_map(|name| told(&name)).collect()
}

/// The settings that `KEY=VALUE` pairs say, the keys and values as environment variables have them but spelled as in
/// the file.
///
/// # Errors
/// Every pair that cannot be read, in one go.
pub fn from_pairs<'p>(pairs: impl IntoIterator<Item = &'p str>) -> Result<TargetConfig, Vec<String>> {
    let known: Vec<String> = super::keys().collect();
    let (mut words, mut errors) = (std::collections::BTreeMap::new(), Vec::new());
    for pair in pairs {
        let given = pair.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
        // A dotted key, as the file has them.
        let dotted = given.and_then(|(key, value)| {
            let (outer, inner) = key.split_once('.')?;
            known.iter().any(|name| name == outer).then(|| (outer, format!("{inner}={value}")))
        });
        match dotted.as_ref().map(|(outer, rest)| (*outer, &**rest)).or(given) {
            Some((key, value)) if known.iter().any(|name| name == key) => {
                let all = words.entry(variable(key)).or_insert_with(String::new);
                // Given again, a list gets longer.
                match super::between(key) {
                    _ if all.is_empty() => {}
                    Some(between) => all.push(between),
                    None => errors.push(format!("{key}: given twice, and it has one value")),
                }
                all.push_str(&plain(value, super::between(key)));
            }
            Some((key, _)) => {
                let near = nearest(key, known.iter().map(String::as_str));
                errors.push(format!("{key}: no such setting{}", hint(near)));
            }
            None => errors.push(format!("`{pair}` is not KEY=VALUE")),
        }
    }
    let mut wrong = Vec::new();
    let mut word = |name: &str| words.get(name).cloned();
    let config = from_words(&mut word, &mut wrong);
    errors.extend(wrong.iter().map(|error| {
        let (name, why) = error.split_once(": ").unwrap_or_default();
        format!("{}: {why}", name.trim_start_matches("PATCHPROOF_").to_ascii_lowercase().replace('_', "-"))
    }));
    if errors.is_empty() { Ok(config) } else { Err(errors) }
}

/// A value as environment variables have it, where it is written as in the file: a text in quotes, or a list of them.
fn plain(value: &str, between: Option<char>) -> String {
    let quoted =
        value.starts_with(['[', '"', '\'']).then(|| toml::from_str::<toml::Table>(&format!("value = {value}")));
    let written = match quoted {
        Some(Ok(mut table)) => table.remove("value"),
        _ => None,
    };
    match written {
        Some(toml::Value::String(text)) => text,
        Some(toml::Value::Array(items)) if items.iter().all(toml::Value::is_str) => {
            let items: Vec<&str> = items.iter().filter_map(toml::Value::as_str).collect();
            items.join(between.unwrap_or(',').encode_utf8(&mut [0; 4]))
        }
        _ => value.to_owned(),
    }
}

/// The environment variable of a setting.
fn variable(key: &str) -> String {
    format!("PATCHPROOF_{}", key.to_ascii_uppercase().replace('-', "_"))
}

pub(super) fn setting<T: Value>(
    key: &str,
    word: &mut dyn FnMut(&str) -> Option<String>,
    errors: &mut Vec<String>,
) -> Option<T> {
    let (suffix, name, text) = T::SPELLINGS.iter().find_map(|suffix| {
        let name = variable(&format!("{key}{suffix}"));
        word(&name).map(|text| (*suffix, name, text))
    })?;
    match T::from_text(&text, suffix) {
        Ok(value) => Some(value),
        Err(why) => {
            errors.push(format!("{name}: {why}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Headers, Provision};
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<TargetConfig, Vec<String>> {
        from_env(|name| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn reads_every_kind_of_value() {
        let config = read(&[
            ("PATCHPROOF_BASE_URL", "https://x.example"),
            ("PATCHPROOF_TOKEN_COMMAND", "print token"),
            ("PATCHPROOF_JOBS", "jobs=1, jobs=2,classifyTextJobs=3"),
            ("PATCHPROOF_PROVISION", "create"),
            ("PATCHPROOF_MAX_TIME", "500ms"),
            ("PATCHPROOF_INSECURE", "true"),
            ("PATCHPROOF_RATE_LIMIT", "5/s"),
            ("PATCHPROOF_CAPABILITIES", "readback,etag"),
            ("PATCHPROOF_RETRY", ""),
        ])
        .unwrap();
        assert_eq!(config.token.unwrap().to_string(), "`print token`");
        assert_eq!(config.jobs.unwrap()["jobs"], ["1", "2"]);
        assert_eq!(config.provision, Some(Provision::Create));
        assert_eq!(config.max_time.unwrap().as_millis(), 500);
        assert_eq!((config.insecure, config.retry), (Some(true), None));
        assert_eq!(config.capabilities.unwrap().0.len(), 2);
        assert_eq!(config.headers, None::<Headers>);
    }

    #[test]
    fn reads_pairs_with_the_names_of_the_file() {
        let pair = |text: &str| from_pairs([text]);
        assert_eq!(pair("settle-ms=250").unwrap().settle_ms, Some(250));
        assert_eq!(pair("permitted.status=a,b").unwrap().permitted, pair("permitted=status=a,b").unwrap().permitted);
        assert_eq!(pair("settle.ms=1").unwrap_err(), ["settle.ms: no such setting; did you mean `settle-ms`?"]);
        assert_eq!(pair("excused=REQ-COND-005=no tags").unwrap().excused.unwrap()["REQ-COND-005"], "no tags");
        assert_eq!(pair("token-env=CI_TOKEN").unwrap().token.unwrap().to_string(), "$CI_TOKEN");
        for list in ["tenantId,userId", r#"["tenantId", "userId"]"#] {
            let words = pair(&format!("volatile={list}")).unwrap().volatile.unwrap();
            assert_eq!(words.0.into_iter().collect::<Vec<_>>(), ["tenantId", "userId"], "{list}");
        }
        assert_eq!(pair(r#"base-url="https://x.example""#).unwrap().base_url.unwrap(), "https://x.example");
        assert_eq!(pair("settle=1").unwrap_err(), ["settle: no such setting; did you mean `settle-ms`?"]);
        assert_eq!(pair("settle-ms=x").unwrap_err(), ["settle-ms: expected a whole number, found `x`"]);
        assert_eq!(pair("settle-ms").unwrap_err(), ["`settle-ms` is not KEY=VALUE"]);
        assert_eq!(pair("body-limit=2GiB").unwrap_err(), ["body-limit: `2GiB` is more than 1GiB"]);
        assert_eq!(pair("body-limit=1GiB").unwrap().body_limit.unwrap().0, 1 << 30);
        let twice = |texts: [&str; 2]| from_pairs(texts);
        let told = twice(["base-url=http://a", "base-url=http://b"]).unwrap_err();
        assert_eq!(told, ["base-url: given twice, and it has one value"]);
        let resolve = twice(["resolve=a:1:127.0.0.1", "resolve=b:2:127.0.0.1"]).unwrap().resolve.unwrap();
        assert_eq!(resolve.len(), 2);
        assert_eq!(pair(r#"resolve=["a:1:127.0.0.1", "b:2:127.0.0.1"]"#).unwrap().resolve.unwrap().len(), 2);
        assert_eq!(twice(["headers=A: 1", "headers=B: 2"]).unwrap().headers.unwrap().0.len(), 2);
        assert_eq!(twice(["jobs=jobs=1", "jobs=jobs=2"]).unwrap().jobs.unwrap()["jobs"], ["1", "2"]);
    }

    #[test]
    fn a_misspelt_variable_is_told_and_somebody_elses_is_not() {
        let told = |name: &str| slips([name.to_owned()]).pop();
        for (slip, meant) in [
            ("PATCHPROOF_MAXTIME", "PATCHPROOF_MAX_TIME"),
            ("PATCHPROOF_JOB", "PATCHPROOF_JOBS"),
            ("PATCHPROOF_CONCURENCY", "PATCHPROOF_CONCURRENCY"),
            ("PATCHPROOF_BASEURL", "PATCHPROOF_BASE_URL"),
        ] {
            assert_eq!(told(slip).unwrap(), format!("{slip}: no such setting; did you mean `{meant}`?"));
        }
        let others = "CASES CONFIG DOCS_URL HISTORY KEEP_RUNS PARTITION PROFILE REPORT_DIR SIGN TARGET TOKEN WAIVERS SHARDS \
                      STATE_DIR MAX_TIME JOBS_1 JOBS2 TOKEN_OF_STAGING OAUTH_CLIENT_SECRET";
        for name in others.split_whitespace() {
            assert_eq!(told(&format!("PATCHPROOF_{name}")), None, "{name}");
        }
    }

    #[test]
    fn names_every_variable_that_is_wrong() {
        let errors = read(&[("PATCHPROOF_MAX_TIME", "soon"), ("PATCHPROOF_JOBS", "1")]).unwrap_err();
        assert_eq!(errors.len(), 2);
        assert!(errors.iter().all(|error| error.starts_with("PATCHPROOF_")));
    }
}
