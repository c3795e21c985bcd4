//! What a target offers or knows beyond PATCH (contract, part 0).
//!
//! The main type is [`Capability`]; its words are those that users, cases and reports say.

use serde::{Deserialize, Serialize};

/// Something that a target offers or knows beyond PATCH, in the order of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// A job can be read with GET.
    Readback,
    /// Jobs can be made with POST and taken away with DELETE.
    Provision,
    /// There are two jobs of the same collection.
    SecondJob,
    /// There is a job of a derived type.
    DerivedJob,
    /// Jobs have an `ETag`.
    Etag,
    /// A PATCH without If-Match is refused.
    EtagRequired,
    /// A PATCH of an unknown id makes a job.
    Upsert,
    /// How the same id on two paths relates is said.
    Alias,
    /// There is a token that may read and not write.
    ScopedToken,
    /// There is a token of a personal account.
    PersonalToken,
    /// There are a token and jobs of a second tenant.
    SecondTenant,
    /// The target throttles, and may be brought to it.
    Throttle,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Readback,
        Self::Provision,
        Self::SecondJob,
        Self::DerivedJob,
        Self::Etag,
        Self::EtagRequired,
        Self::Upsert,
        Self::Alias,
        Self::ScopedToken,
        Self::PersonalToken,
        Self::SecondTenant,
        Self::Throttle,
    ];

    /// The words for all of them.
    pub const WORDS: [&'static str; Self::ALL.len()] = {
        let mut words = [""; Self::ALL.len()];
        let mut index = 0;
        while index < words.len() {
            words[index] = Self::ALL[index].as_str();
            index += 1;
        }
        words
    };

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Readback => "readback",
            Self::Provision => "provision",
            Self::SecondJob => "second-job",
            Self::DerivedJob => "derived-job",
            Self::Etag => "etag",
            Self::EtagRequired => "etag-required",
            Self::Upsert => "upsert",
            Self::Alias => "alias",
            Self::ScopedToken => "scoped-token",
            Self::PersonalToken => "personal-token",
            Self::SecondTenant => "second-tenant",
            Self::Throttle => "throttle",
        }
    }
}

impl std::fmt::Display for Capability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Capability {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|known| known.as_str() == text).ok_or_else(|| format!("`{text}` is no capability"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_people_use_one_word_for_each() {
        let schema: serde_json::Value = serde_json::from_str(include_str!("../../schemas/case.schema.json")).unwrap();
        let words = serde_json::to_value(Capability::ALL).unwrap();
        assert_eq!(words, serde_json::json!(Capability::WORDS));
        assert_eq!(schema["$defs"]["capability"]["enum"], words);
        assert_eq!(Capability::ALL.map(|one| one.as_str().parse()), Capability::ALL.map(Ok));
    }
}
