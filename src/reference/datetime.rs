//! The grammar of `Edm.DateTimeOffset` values: `year-month-dayThour:minute[:second[.fraction]]` and `Z` or `±hour:minute`.
//!
//! The OData ABNF governs, so seconds are optional and stop at 59, and up to twelve fractional digits are legal.
//! See rule `dateTimeOffsetValue` in <https://docs.oasis-open.org/odata/odata/v4.01/os/abnf/odata-abnf-construction-rules.txt>.

/// The fields of a value that satisfies the grammar and exists in the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub(crate) seconds: i64,
    /// The fractional digits as written.
    pub(crate) fraction: String,
    /// Minutes east of UTC.
    pub(crate) offset: i64,
}

/// Reads a value; `None` if it is no legal value.
pub(crate) fn parse(text: &str) -> Option<Moment> {
    let bytes = text.as_bytes();
    let year = digits(bytes, 0, 4)?;
    let month = digits(bytes, 5, 2)?;
    let day = digits(bytes, 8, 2)?;
    let hour = digits(bytes, 11, 2)?;
    let minute = digits(bytes, 14, 2)?;
    let marks = bytes[4] == b'-' && bytes[7] == b'-' && bytes[10].eq_ignore_ascii_case(&b'T') && bytes[13] == b':';
    let fits = year >= 1 && (1..=12).contains(&month) && hour <= 23 && minute <= 59;
    if !marks || !fits || day < 1 || day > days_in(year, month) {
        return None;
    }
    let mut rest = &text[16..];
    let mut second = 0;
    let mut fraction = String::new();
    if let Some(after) = rest.strip_prefix(':') {
        second = digits(after.as_bytes(), 0, 2).filter(|second| *second <= 59)?;
        rest = &after[2..];
        if let Some(after) = rest.strip_prefix('.') {
            let count = after.bytes().take_while(u8::is_ascii_digit).count();
            if !(1..=12).contains(&count) {
                return None;
            }
            after[..count].clone_into(&mut fraction);
            rest = &after[count..];
        }
    }
    let offset = offset(rest)?;
    let seconds = days_before(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset * 60;
    Some(Moment { seconds, fraction, offset })
}

/// Writes an instant with the given offset in minutes; 0 becomes `Z`.
pub(crate) fn write(seconds: i64, fraction: &str, offset: i64) -> String {
    let local = seconds + offset * 60;
    let (year, month, day) = civil(local.div_euclid(86_400));
    let time = local.rem_euclid(86_400);
    let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
    let dot = if fraction.is_empty() { "" } else { "." };
    let zone = match offset {
        0 => "Z".to_owned(),
        _ => format!("{}{:02}:{:02}", if offset < 0 { '-' } else { '+' }, offset.abs() / 60, offset.abs() % 60),
    };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{dot}{fraction}{zone}")
}

fn offset(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("Z") {
        return Some(0);
    }
    let bytes = text.as_bytes();
    let sign = match bytes.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hour = digits(bytes, 1, 2)?;
    let minute = digits(bytes, 4, 2)?;
    (bytes.len() == 6 && bytes[3] == b':' && hour <= 23 && minute <= 59).then_some(sign * (hour * 60 + minute))
}

fn digits(bytes: &[u8], start: usize, count: usize) -> Option<i64> {
    let field = bytes.get(start..start + count)?;
    field.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, with years counted from March.
const fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

const fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + if month <= 2 { 1 } else { 0 }, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_the_grammar_has() {
        for text in [
            "2017-01-01T00:01:50.3140554+03:00",
            "2016-02-29T23:59:59Z",
            "2017-01-01T00:00Z",
            "2017-01-01t00:00:00z",
            "2017-01-01T00:00:00.123456789012-14:00",
            "0001-01-01T00:00:00-00:00",
        ] {
            assert!(parse(text).is_some(), "{text}");
        }
    }

    #[test]
    fn refuses_what_it_has_not() {
        for text in [
            "",
            "not-a-date",
            "2017-13-01T00:00:00Z",
            "2017-02-30T00:00:00Z",
            "2017-01-01T24:00:00Z",
            "2017-01-01T00:60:00Z",
            "2017-01-01T00:00:60Z",
            "2017-01-01",
            "2017-01-01T00:00:00",
            "2017-01-01T00:00.5Z",
            "2017-01-01T00:00:00.Z",
            "2017-01-01T00:00:00.1234567890123Z",
            "2017-01-01T00:00:00+0300",
            "2017-01-01T00:00:00+03:00x",
            " 2017-01-01T00:00:00Z",
            "2017-01-01T00:00:00+24:00",
            "2017-1-01T00:00:00Z",
            "０2017-01-01T00:00:00Z",
            "2017-01-01 00:00:00Z",
            "2017-01-01T00:00Ω",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn instants_survive_a_round_trip() {
        let moment = parse("2017-01-01T00:01:50.3140554+03:00").unwrap();
        assert_eq!(write(moment.seconds, &moment.fraction, 180), "2017-01-01T00:01:50.3140554+03:00");
        assert_eq!(write(moment.seconds, "", 0), "2016-12-31T21:01:50Z");
        assert_eq!(parse("1970-01-01T00:00:00Z").unwrap().seconds, 0);
    }
}
