//! What became of a value, in words: how a fraction, an instant or a string has changed.

use serde_json::Value;

use crate::instant::Instant;

/// What became of the fractional digits: what was cut or rounded to fewer of them has lost the rest, and anything else is
/// another fraction.
pub(super) fn digits(expected: &Value, actual: Option<&Value>) -> &'static str {
    let fraction = |value: &Value| -> String {
        let text = value.as_str().unwrap_or_default();
        let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
        let digits: String = fraction.chars().take_while(char::is_ascii_digit).take(PICOSECOND).collect();
        digits.trim_end_matches('0').to_owned()
    };
    let picoseconds = |fraction: &str| format!("{fraction:0<PICOSECOND$}").parse::<u64>().unwrap_or_default();
    let (sent, back) = (fraction(expected), actual.map(fraction).unwrap_or_default());
    let unit = 10_u64.pow(u32::try_from(PICOSECOND - back.len()).unwrap_or_default());
    let close = picoseconds(&sent).abs_diff(picoseconds(&back)) < unit;
    if back.len() < sent.len() && close { "lost fractional digits" } else { "other fractional digits" }
}

/// The most fractional digits that a `DateTimeOffset` has.
const PICOSECOND: usize = 12;

/// By how much an instant moved, where both are instants.
pub(super) fn shift(expected: &Value, actual: Option<&Value>) -> String {
    let parse = |value: &Value| value.as_str().and_then(|text| Instant::parse(text).ok());
    let (Some(a), Some(b)) = (parse(expected), actual.and_then(parse)) else { return String::new() };
    let seconds = (b.picoseconds - a.picoseconds) / 1_000_000_000_000;
    let hours = seconds / 3600;
    if seconds != 0 && seconds % 900 == 0 {
        format!(
            ": it has moved by {}{:02}:{:02}",
            if seconds < 0 { "-" } else { "+" },
            hours.abs(),
            (seconds % 3600).abs() / 60
        )
    } else {
        format!(": it has moved by {seconds} s")
    }
}

/// How a string was altered, where the result is still recognisable.
pub(super) fn alteration(sent: &str, found: &str) -> Option<&'static str> {
    let letters =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    if sent.trim() == found || sent.trim_start() == found || sent.trim_end() == found {
        Some("trimmed")
    } else if sent.to_lowercase() == found.to_lowercase() {
        // Signs such as that of the kelvin have the small letter of another letter: they are replaced, not set in
        // another case.
        let mut pairs = sent.chars().zip(found.chars()).filter(|(a, b)| a != b);
        Some(if pairs.all(|(a, b)| a.is_uppercase() != b.is_uppercase()) {
            "in other letter case"
        } else {
            "normalised"
        })
    } else if !found.is_empty() && sent.starts_with(found) {
        Some("cut short")
    } else if found.contains('\u{FFFD}') || found.contains('?') && !sent.contains('?') {
        Some("with characters lost")
    } else if ["&lt;", "&gt;", "&amp;", "&quot;", "&#", "\\u", "\\n", "\\\"", "%"]
        .iter()
        .any(|mark| found.contains(mark) && !sent.contains(mark))
    {
        Some("escaped")
    } else if sent.split_whitespace().collect::<Vec<_>>() == found.split_whitespace().collect::<Vec<_>>() {
        Some("with its white space altered")
    } else {
        let (a, b) = (letters(sent), letters(found));
        let close = !a.is_empty() && !b.is_empty() && (a == b || a.contains(&b) || b.contains(&a));
        let ascii = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let same_ascii = !sent.is_ascii() && !ascii(sent).is_empty() && ascii(sent) == ascii(found);
        (close || same_ascii).then_some("altered")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_value_is_said_as_it_is() {
        assert_eq!(alteration("Value", "vALUE"), Some("in other letter case"));
        assert_eq!(alteration("300 \u{212a}", "300 K"), Some("normalised"));
        let said = |sent: &str, back: &str| digits(&Value::from(sent), Some(&Value::from(back)));
        assert_eq!(said("2017-01-01T00:00:00.1234567Z", "2017-01-01T00:00:00.123Z"), "lost fractional digits");
        assert_eq!(said("2017-01-01T00:00:00.1234567Z", "2017-01-01T00:00:00.1234560+00:00"), "lost fractional digits");
        assert_eq!(said("2017-01-01T00:00:00.0000001Z", "2017-01-01T00:00:00.0000002Z"), "other fractional digits");
        assert_eq!(said("2017-01-01T00:00:00.0500000Z", "2017-01-01T00:00:00.5Z"), "other fractional digits");
        assert_eq!(said("2017-01-01T00:00:00.1234567Z", "2017-01-01T00:00:00.123457Z"), "lost fractional digits");
    }
}
