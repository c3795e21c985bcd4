//! Words in flags and environment that nobody knows. The file is checked with lines and columns when it is read.

use std::collections::BTreeMap;

use super::{TargetConfig, Vocabulary};
use crate::suggest::{hint, nearest};

impl TargetConfig {
    /// What this layer says with words that nobody knows, one sentence fragment each. The file is checked with lines
    /// and columns when it is read; this is for flags and environment.
    #[must_use]
    pub fn unknown_words(&self, vocabulary: &Vocabulary<'_>) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut check = |key: &str, word: &str| {
            let (known, what) = vocabulary.words(key);
            if !known.is_empty() && !known.contains(&word) {
                let near = nearest(word, known.iter().copied());
                wrong.push(format!("{key}: `{word}` is no {what}{}", hint(near)));
            }
        };
        for (key, jobs) in [
            ("jobs", &self.jobs),
            ("derived-jobs", &self.derived_jobs),
            ("second-tenant-jobs", &self.second_tenant_jobs),
            ("permitted", &self.permitted.as_ref().map(|permitted| permitted.0.clone())),
        ] {
            jobs.iter().flat_map(BTreeMap::keys).for_each(|word| check(key, word));
        }
        for (key, words) in [
            ("capabilities", &self.capabilities),
            ("not-offered", &self.not_offered),
            ("read-only", &self.read_only),
            ("computed", &self.computed),
            ("volatile", &self.volatile),
        ] {
            words.iter().flat_map(|words| &words.0).for_each(|word| check(key, word));
        }
        self.excused.iter().flat_map(BTreeMap::keys).for_each(|word| check("excused", word));
        wrong
    }
}
