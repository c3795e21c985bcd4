//! Times and sizes as people write them.

use std::time::Duration;

use super::value::ByteSize;

/// Reads a duration: `500ms`, `2s`, `1m 30s`, or seconds without a unit as curl has them.
///
/// # Errors
/// When it is none.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).map_err(|error| format!("`{text}`: {error}"));
    }
    humantime::parse_duration(text).map_err(|_| format!("`{text}` is not a duration such as `500ms` or `2s`"))
}

/// More octets of one body than this are never kept.
const MOST: usize = 1 << 30;

/// Reads a size in octets: a number, or one with a unit such as `1MiB`.
///
/// # Errors
/// When it is neither.
pub fn parse_size(text: &str) -> Result<ByteSize, String> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match text[digits.len()..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => 0,
    };
    let size = digits.parse::<usize>().ok().and_then(|number| number.checked_mul(unit)).filter(|size| *size > 0);
    match size {
        Some(size) if size <= MOST => Ok(ByteSize(size)),
        Some(_) => Err(format!("`{text}` is more than 1GiB")),
        None => Err(format!("`{text}` is not a size such as `1MiB`")),
    }
}
