//! `Edm.DateTimeOffset`: grammar and equality of instants with up to 12 fractional digits.
//!
//! The grammar is rule `dateTimeOffsetValue` of the OData ABNF (contract, group DTO); an [`Instant`] is an exact
//! count of 10^-12 seconds, so nothing is rounded (contract, part 4, rule 2).

/// Picoseconds in a second.
const SECOND: i128 = 1_000_000_000_000;
/// Digits beyond the seventh are not compared.
const HUNDRED_NANOSECONDS: i128 = 100_000;

/// Digits of a year that are counted.
const COUNTED: usize = 9;

/// A point in time with the form it was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant {
    /// 10^-12 seconds since 0000-01-01T00:00:00Z in the proleptic Gregorian calendar.
    pub picoseconds: i128,
    /// Offset from UTC in minutes.
    pub offset_minutes: i32,
    /// Number of fractional digits written.
    pub digits: u8,
    /// The text has a lower-case `t` or `z`, which the ABNF allows and nobody expects.
    pub lower_case: bool,
    /// The text has no seconds.
    pub without_seconds: bool,
}

/// How two instants compare (contract, part 4, rule 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Closeness {
    /// No difference.
    Equal,
    /// Below one microsecond.
    BelowMicrosecond,
    /// Below one millisecond.
    BelowMillisecond,
    /// Below one second.
    BelowSecond,
    /// One second or more.
    Different,
}

impl Instant {
    /// Reads a value by the grammar.
    ///
    /// # Errors
    /// Says in one sentence fragment what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut rest = Cursor(text.as_bytes());
        let days = rest.date()?;
        let mut lower_case = rest.0.first() == Some(&b't');
        if !(rest.take(b'T') || rest.take(b't')) {
            return Err("has no `T` after the date");
        }
        let Time { seconds, fraction, digits, without_seconds } = rest.time()?;
        lower_case |= rest.0.first() == Some(&b'z');
        let offset_minutes = rest.offset_minutes()?;
        if !rest.0.is_empty() {
            return Err("goes on after the offset");
        }
        let seconds = i128::from(days) * 86_400 + i128::from(seconds) - i128::from(offset_minutes) * 60;
        Ok(Self { picoseconds: seconds * SECOND + fraction, offset_minutes, digits, lower_case, without_seconds })
    }

    /// How an actual instant compares with this expected one. Where the expected text has more than seven fractional
    /// digits, digits beyond the seventh are not compared.
    #[must_use]
    pub fn compare(&self, actual: &Self) -> Closeness {
        let mut difference = (self.picoseconds - actual.picoseconds).abs();
        if self.digits > 7 && difference < HUNDRED_NANOSECONDS {
            difference = 0;
        }
        match difference {
            0 => Closeness::Equal,
            1..1_000_000 => Closeness::BelowMicrosecond,
            1_000_000..1_000_000_000 => Closeness::BelowMillisecond,
            1_000_000_000..SECOND => Closeness::BelowSecond,
            _ => Closeness::Different,
        }
    }
}

/// A time of day as written.
struct Time {
    seconds: i64,
    /// Picoseconds beyond the seconds.
    fraction: i128,
    digits: u8,
    without_seconds: bool,
}

/// What is left of the text; each rule of the grammar takes its part.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    /// `year "-" month "-" day`, as days since 0000-01-01.
    fn date(&mut self) -> Result<i64, &'static str> {
        let year = self.year()?;
        self.expect(b'-', "has no `-` after the year")?;
        let month = self.number(2).ok_or("has no month of two digits")?;
        self.expect(b'-', "has no `-` after the month")?;
        let day = self.number(2).ok_or("has no day of two digits")?;
        if !(1..=12).contains(&month) {
            return Err("has a month outside 01 to 12");
        }
        if day < 1 || day > days_in_month(year, month) {
            return Err("is not a real calendar date");
        }
        Ok(days_before(year, month, day))
    }

    /// `[ "-" ] ( "0" 3DIGIT / oneToNine 3*DIGIT )`.
    fn year(&mut self) -> Result<i64, &'static str> {
        let negative = self.take(b'-');
        let digits = self.digits();
        if digits < 4 || (digits > 4 && self.0[0] == b'0') {
            return Err("does not begin with a year of four digits");
        }
        // The grammar has no end of years. All beyond the last that is counted are one, with its own leap days.
        let beyond = digits.saturating_sub(COUNTED);
        self.0 = &self.0[beyond..];
        let year = self.number(digits - beyond).ok_or("has no year")?;
        let year = if beyond > 0 { 10_i64.pow(9) + year % 10_000 } else { year };
        Ok(if negative { -year } else { year })
    }

    /// `hour ":" minute [ ":" second [ "." fractionalSeconds ] ]`.
    fn time(&mut self) -> Result<Time, &'static str> {
        let hour = self.number(2).ok_or("has no hour of two digits")?;
        self.expect(b':', "has no `:` after the hour")?;
        let minute = self.number(2).ok_or("has no minute of two digits")?;
        if hour > 23 || minute > 59 {
            return Err("has an hour outside 00 to 23 or a minute outside 00 to 59");
        }
        let mut time = Time { seconds: hour * 3600 + minute * 60, fraction: 0, digits: 0, without_seconds: true };
        if self.0.first() == Some(&b'.') {
            return Err("has a fraction, but no second");
        }
        if self.take(b':') {
            time.without_seconds = false;
            let second = self.number(2).ok_or("has no second of two digits")?;
            if second > 59 {
                return Err("has a second outside 00 to 59");
            }
            time.seconds += second;
            if self.take(b'.') {
                (time.fraction, time.digits) = self.fraction()?;
            }
        }
        Ok(time)
    }

    /// `1*12DIGIT`, as picoseconds and the number of digits.
    fn fraction(&mut self) -> Result<(i128, u8), &'static str> {
        let Ok(digits @ 1..=12) = u8::try_from(self.digits()) else {
            return Err("has a fraction of other than 1 to 12 digits");
        };
        let value = self.number(usize::from(digits)).ok_or("has no fraction")?;
        Ok((i128::from(value) * 10_i128.pow(12 - u32::from(digits)), digits))
    }

    /// `"Z" / SIGN hour ":" minute`.
    fn offset_minutes(&mut self) -> Result<i32, &'static str> {
        if self.take(b'Z') || self.take(b'z') {
            return Ok(0);
        }
        let sign = if self.take(b'+') {
            1
        } else if self.take(b'-') {
            -1
        } else {
            return Err("has no offset (`Z` or `±hh:mm`)");
        };
        let hours = self.number(2).ok_or("has no offset hour of two digits")?;
        self.expect(b':', "has no `:` in the offset")?;
        let minutes = self.number(2).ok_or("has no offset minute of two digits")?;
        if hours > 23 || minutes > 59 {
            return Err("has an offset outside ±23:59");
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 23 * 60 + 59")]
        let minutes = (hours * 60 + minutes) as i32;
        Ok(sign * minutes)
    }

    /// How many digits come next.
    fn digits(&self) -> usize {
        self.0.iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    fn take(&mut self, byte: u8) -> bool {
        let hit = self.0.first() == Some(&byte);
        if hit {
            self.0 = &self.0[1..];
        }
        hit
    }

    fn expect(&mut self, byte: u8, otherwise: &'static str) -> Result<(), &'static str> {
        if self.take(byte) { Ok(()) } else { Err(otherwise) }
    }

    /// Exactly `count` digits, at most 18.
    fn number(&mut self, count: usize) -> Option<i64> {
        let digits = self.0.get(..count)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.0 = &self.0[count..];
        Some(digits.iter().fold(0, |n, digit| n * 10 + i64::from(digit - b'0')))
    }
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 0000-01-01 to the date.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let past = year - 1;
    // Year 0 is a leap year, so it adds one day for every year after it.
    let years = year * 365 + past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400) + 1;
    (1..month).map(|m| days_in_month(year, m)).sum::<i64>() + years + day - 1
}

#[cfg(test)]
mod tests;
