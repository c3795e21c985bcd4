//! How many requests may go out, as people write it: `5/s`, `100/m` or `auto`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How many requests may go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateLimit {
    /// So many requests in so long a time, spread evenly.
    Fixed(u32, Duration),
    /// As fast as the target lets us: slower after each 429 and 503, slowly faster again.
    Auto,
}

/// A rate limit that is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a rate: expected for example `5/s`, `100/m` or `auto`")]
pub struct NotARate(String);

impl FromStr for RateLimit {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        let bad = || NotARate(text.to_owned());
        if text == "auto" {
            return Ok(Self::Auto);
        }
        let (count, unit) = text.split_once('/').ok_or_else(bad)?;
        let count: u32 = count.trim().parse().map_err(|_| bad())?;
        let per = match unit.trim() {
            "s" => Duration::from_secs(1),
            "m" => Duration::from_secs(60),
            "h" => Duration::from_secs(3600),
            _ => return Err(bad()),
        };
        if count == 0 { Err(bad()) } else { Ok(Self::Fixed(count, per)) }
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Fixed(count, per) => {
                let unit = match per.as_secs() {
                    1 => "s",
                    60 => "m",
                    _ => "h",
                };
                write!(f, "{count}/{unit}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn reads_rates() {
        assert_eq!("5/s".parse(), Ok(RateLimit::Fixed(5, SECOND)));
        assert_eq!("100/m".parse(), Ok(RateLimit::Fixed(100, 60 * SECOND)));
        assert_eq!("auto".parse(), Ok(RateLimit::Auto));
        for bad in ["", "5", "0/s", "-1/s", "5/d", "s/5", "5/s/s"] {
            assert!(bad.parse::<RateLimit>().is_err(), "{bad}");
        }
        assert_eq!("7/m".parse::<RateLimit>().unwrap().to_string(), "7/m");
    }
}
