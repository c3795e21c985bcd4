//! Sharding a run over machines: `hash:m/n` by trial name, `slice:m/n` by position (as nextest has it).
//!
//! The main type is [`Partition`].

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// Which part of the trials is run, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partition {
    /// By a hash of the name: adding a trial moves no other.
    Hash(u64, u64),
    /// By position: parts of equal size.
    Slice(u64, u64),
}

impl FromStr for Partition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("expected hash:m/n or slice:m/n with 1 <= m <= n, found {text:?}");
        let (kind, rest) = text.split_once(':').ok_or_else(wrong)?;
        let (m, n) = rest.split_once('/').ok_or_else(wrong)?;
        let (m, n): (u64, u64) = (m.parse().map_err(|_| wrong())?, n.parse().map_err(|_| wrong())?);
        if m == 0 || m > n {
            return Err(wrong());
        }
        match kind {
            "hash" => Ok(Self::Hash(m, n)),
            "slice" => Ok(Self::Slice(m, n)),
            _ => Err(wrong()),
        }
    }
}

/// Variables that number machines: index, count, and the number of the first machine. Kubernetes tells a pod its index
/// and not how many there are, so the job has to say that.
const NUMBERED: [(&str, &str, u64); 3] = [
    ("JOB_COMPLETION_INDEX", "PATCHPROOF_SHARDS", 0),
    ("CI_NODE_INDEX", "CI_NODE_TOTAL", 1),
    ("CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0),
];

impl Partition {
    /// Reads `hash:m/n`, `slice:m/n`, or `hash:env`, `slice:env` (`env` for short), where environment variables say
    /// which machine this is; `variable` looks one up.
    ///
    /// # Errors
    /// One sentence: what was expected, or which variable is missing or wrong.
    pub fn of(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let kind = match text {
            "env" => "hash",
            _ => match text.split_once(':') {
                Some((kind, "env")) => kind,
                _ => return text.parse(),
            },
        };
        let Some((index, count, first)) = NUMBERED.into_iter().find(|(index, ..)| variable(index).is_some()) else {
            let names: Vec<&str> = NUMBERED.iter().map(|(index, ..)| *index).collect();
            return Err(format!("partition {text}: none of {} is set", names.join(", ")));
        };
        let number = |name: &str| {
            let text =
                variable(name).ok_or_else(|| format!("{index} is set, but {name} is not: how many machines?"))?;
            text.trim().parse::<u64>().map_err(|_| format!("{name}: expected a number, found {text:?}"))
        };
        let (m, n) = (number(index)?, number(count)?);
        let part = (m + 1).saturating_sub(first);
        format!("{kind}:{part}/{n}").parse().map_err(|error| format!("{index}={m} of {count}={n}: {error}"))
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hash(m, n) => write!(f, "hash:{m}/{n}"),
            Self::Slice(m, n) => write!(f, "slice:{m}/{n}"),
        }
    }
}

impl Partition {
    /// Whether the trial with this name, at this position among those selected, is in the part.
    #[must_use]
    pub fn holds(&self, name: &str, position: u64) -> bool {
        match *self {
            Self::Slice(m, n) => position % n == m - 1,
            Self::Hash(m, n) => {
                let digest = Sha256::digest(name.as_bytes());
                let head = digest.iter().take(8).fold(0u64, |sum, octet| sum << 8 | u64::from(*octet));
                head % n == m - 1
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refuses_what_is_no_partition() {
        for bad in ["", "hash", "hash:0/3", "slice:4/3", "hash:a/b", "round:1/2", "slice:1"] {
            assert!(bad.parse::<Partition>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_environment_numbers_machines() {
        let of = |text: &str, set: &[(&str, &str)]| {
            Partition::of(text, &|name| set.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
        };
        let pod = [("JOB_COMPLETION_INDEX", "0"), ("PATCHPROOF_SHARDS", "3")];
        assert_eq!(of("env", &pod), Ok(Partition::Hash(1, 3)));
        let node = [("CI_NODE_INDEX", "3"), ("CI_NODE_TOTAL", "3")];
        assert_eq!(of("slice:env", &node), Ok(Partition::Slice(3, 3)));
        assert_eq!(of("hash:2/5", &pod), Ok(Partition::Hash(2, 5)));
        assert!(of("env", &pod[..1]).unwrap_err().contains("PATCHPROOF_SHARDS is not"));
        assert!(of("env", &[]).unwrap_err().contains("CI_NODE_INDEX"));
        assert!(of("env", &[("CI_NODE_INDEX", "0"), ("CI_NODE_TOTAL", "3")]).is_err());
        assert!(of("round:env", &node).is_err());
    }

    proptest! {
        #[test]
        fn the_parts_are_disjoint_and_complete(n in 1u64..9, names in prop::collection::vec("[a-z:]{1,20}", 1..40)) {
            for kind in ["hash", "slice"] {
                for (position, name) in (0..).zip(&names) {
                    let held = (1..=n)
                        .filter(|m| format!("{kind}:{m}/{n}").parse::<Partition>().unwrap().holds(name, position))
                        .count();
                    prop_assert_eq!(held, 1);
                }
            }
        }
    }
}
