//! What the valid updates have in common that a target refuses, where no update has it that the target accepts.
//!
//! One cause makes a target refuse updates of many cases, which are about other things. [`TRAITS`] are what an update may
//! have that a server may mind; the main type is [`InCommon`].

mod traits;

use serde::{Deserialize, Serialize};

pub use traits::{TRAITS, Trait, Traits, traits};

/// What became of valid updates, by what they have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InCommon {
    /// Updates that were refused.
    pub refused: u32,
    /// What each of these has.
    #[serde(with = "named")]
    refused_have: Traits,
    /// What any that was performed has.
    #[serde(with = "named")]
    performed_have: Traits,
}

/// A set of traits as the list of what they are; what another version calls otherwise is left out.
mod named {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{TRAITS, Traits};

    pub(super) fn serialize<S: Serializer>(set: &Traits, serializer: S) -> Result<S::Ok, S::Error> {
        let held = TRAITS.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0);
        serializer.collect_seq(held.map(|(_, one)| one.what))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Traits, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        let held = TRAITS.iter().enumerate().filter(|(_, one)| names.iter().any(|name| name == one.what));
        Ok(held.fold(0, |set, (at, _)| set | 1 << at))
    }
}

/// What fewer refused updates have in common may be chance.
const ENOUGH: u32 = 3;

impl InCommon {
    /// Takes in an update that was performed.
    pub fn accept(&mut self, traits: Traits) {
        self.performed_have |= traits;
    }

    /// Takes in an update that was refused.
    pub fn refuse(&mut self, traits: Traits) {
        self.refused_have = if self.refused == 0 { traits } else { self.refused_have & traits };
        self.refused += 1;
    }

    /// Takes in what became of others.
    pub fn join(&mut self, other: &Self) {
        self.performed_have |= other.performed_have;
        if other.refused > 0 {
            self.refused_have =
                if self.refused == 0 { other.refused_have } else { self.refused_have & other.refused_have };
            self.refused += other.refused;
        }
    }

    /// What each refused update has and no performed one, that which tells most first, one thing for each requirement.
    /// Nothing where none was performed: then there is nothing to tell them apart by.
    #[must_use]
    pub fn distinguishing(&self) -> Vec<&'static Trait> {
        if self.refused < ENOUGH || self.performed_have == 0 {
            return Vec::new();
        }
        let apart = self.refused_have & !self.performed_have;
        let mut told: Vec<&Trait> = Vec::new();
        for (_, one) in TRAITS.iter().enumerate().filter(|(at, _)| apart & (1 << at) != 0) {
            // Whoever has nothing but a status has no type either.
            if told.iter().all(|known| known.requirement != one.requirement) {
                told.push(one);
            }
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::model::exchange::SentRequest;

    fn update(json: &str) -> Traits {
        let body = bytes::Bytes::copy_from_slice(json.as_bytes());
        traits(
            &SentRequest {
                method: "PATCH".to_owned(),
                url: "http://127.0.0.1/jobs/1".to_owned(),
                headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
                json: serde_json::from_slice::<Value>(&body).ok().map(Into::into),
                body,
                token: None,
                raw: false,
            },
            None,
        )
    }

    /// What is told where each of the refused updates is refused twice.
    fn told(accepted: &[&str], refused: &[&str]) -> Vec<&'static str> {
        let mut all = InCommon::default();
        let mut others = InCommon::default();
        for json in accepted {
            all.accept(update(json));
        }
        for json in refused.iter().chain(refused) {
            others.refuse(update(json));
        }
        all.join(&others);
        all.distinguishing().iter().map(|one| one.what).collect()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut all = InCommon::default();
        all.refuse(update(r#"{"status": ""}"#));
        all.accept(update(r#"{"type": "a", "@odata.type": "b"}"#));
        let text = serde_json::to_string(&all).unwrap();
        assert!(
            text.starts_with(r#"{"refused":1,"refusedHave":["an empty `status`","an empty string","nothing but"#),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<InCommon>(&text).unwrap(), all);
    }

    #[test]
    fn the_traits_fit_in_their_set() {
        assert!(TRAITS.len() <= Traits::BITS as usize);
    }

    #[test]
    fn what_only_refused_updates_have_is_told() {
        let utc = r#"{"startDateTime": "2018-01-01T00:00:00Z", "status": "a"}"#;
        let nested = r#"{"error": {"innerError": {"errorDateTime": "2018-01-01T00:00:00Z"}}}"#;
        let offset = r#"{"startDateTime": "2018-01-01T00:00:00+03:00", "error": {"innerError": {}}}"#;
        assert_eq!(told(&[offset, r#"{"status": "b"}"#], &[utc, nested]), ["a date-time in UTC (`Z`)"]);
        let (one, two) = (r#"{"status": "a"}"#, r#"{"@odata.type": "x", "status": "b"}"#);
        assert_eq!(told(&[r#"{"status": "a", "type": "b"}"#], &[one, two]), ["nothing but `status`"]);
        let without = [r#"{"type": "b", "tenantId": "c"}"#, r#"{"tenantId": "c", "type": null}"#];
        assert_eq!(told(&[one, "{}"], &without), ["no `status`"]);
        let tenth = r#"{"startDateTime": "2018-01-01T00:00:00.5Z"}"#;
        let tenth_within = r#"{"error": {"innerError": {"errorDateTime": "2018-01-01T00:00:00.1+03:00"}}}"#;
        let finer = r#"{"startDateTime": "2018-01-01T00:00:00.25+03:00", "endDateTime": "2018-01-02T00:00:00Z"}"#;
        let others = [finer, r#"{"startDateTime": null}"#, r#"{"error": {"innerError": {}}}"#];
        assert_eq!(told(&others, &[tenth, tenth_within])[0], "a date-time with one fractional digit");
        let (alone, beside) = (r#"{"error": {"code": "a"}}"#, r#"{"error": null, "type": "b"}"#);
        let both = r#"{"error": {"code": null}, "status": "b"}"#;
        assert_eq!(told(&[both, r#"{"type": null}"#], &[alone, beside]), ["`error` without `status`"]);
        let dated = [tenth, finer, r#"{"endDateTime": "2018-01-01T00:00:00+03:00"}"#];
        let undated = [r#"{"startDateTime": null}"#, alone, one];
        assert_eq!(told(&undated, &dated)[0], "a date-time");
        let ended = [r#"{"endDateTime": "2018-01-01T00:00:00Z"}"#, r#"{"type": "a", "endDateTime": "x"}"#];
        assert_eq!(told(&[r#"{"endDateTime": null}"#, tenth, utc], &ended)[0], "a value for `endDateTime`");
    }

    #[test]
    fn times_are_looked_at_where_one_of_them_is_set() {
        let same = r#"{"startDateTime": "2018-01-01T03:00:00+03:00", "endDateTime": "2018-01-01T00:00:00Z"}"#;
        let apart = r#"{"startDateTime": "2018-01-01T03:00:00+03:00", "endDateTime": "2018-01-01T00:00:01Z"}"#;
        assert_eq!(told(&[apart], &[same, same]), ["an `endDateTime` that is the `startDateTime`"]);
    }

    #[test]
    fn nothing_is_told_of_few_updates_nor_where_all_are_refused() {
        let one = r#"{"status": null}"#;
        assert!(told(&[r#"{"status": "a"}"#], &[one]).is_empty());
        assert!(told(&[], &[one, one]).is_empty());
        assert!(told(&[one], &[one, one]).is_empty());
    }
}
