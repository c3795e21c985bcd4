//! Sharding a run over machines: `hash:m/n` by trial name, `slice:m/n` by position (as nextest has it).

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
