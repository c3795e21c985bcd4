//! Settings from environment variables: `PATCHPROOF_` and the key in capitals, so `max-time` is `PATCHPROOF_MAX_TIME`.
//!
//! Lists are separated by commas; jobs are written as on the command line, `COLLECTION=ID`, separated by commas.

use super::value::Value;
use super::{TargetConfig, from_words};

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

pub(super) fn setting<T: Value>(
    key: &str,
    word: &mut dyn FnMut(&str) -> Option<String>,
    errors: &mut Vec<String>,
) -> Option<T> {
    let (suffix, name, text) = T::SPELLINGS.iter().find_map(|suffix| {
        let name = format!("PATCHPROOF_{}", format!("{key}{suffix}").to_ascii_uppercase().replace('-', "_"));
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
    fn names_every_variable_that_is_wrong() {
        let errors = read(&[("PATCHPROOF_MAX_TIME", "soon"), ("PATCHPROOF_JOBS", "1")]).unwrap_err();
        assert_eq!(errors.len(), 2);
        assert!(errors.iter().all(|error| error.starts_with("PATCHPROOF_")));
    }
}
