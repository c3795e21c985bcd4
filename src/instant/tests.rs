use super::*;

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap_or_else(|why| panic!("{text} {why}"))
}

#[test]
fn equal_instants_in_other_forms() {
    let sample = at("2017-01-01T00:01:50.3140554+03:00");
    for same in ["2016-12-31T21:01:50.3140554Z", "2016-12-31T21:01:50.314055400z", "2016-12-31t09:31:50.3140554-11:30"]
    {
        assert_eq!(sample.compare(&at(same)), Closeness::Equal, "{same}");
    }
    assert_eq!(at("2017-01-01T00:00Z").compare(&at("2017-01-01T00:00:00.0-00:00")), Closeness::Equal);
    assert_eq!(at("0001-01-01T00:00:00Z").picoseconds, 366 * 86_400 * SECOND);
    assert_eq!(at("2000-03-01T00:00:00Z").picoseconds - at("2000-02-28T00:00:00Z").picoseconds, 2 * 86_400 * SECOND);
}

#[test]
fn a_fraction_wants_a_second() {
    assert_eq!(Instant::parse("2020-02-29T10:00.5Z").unwrap_err().to_string(), "has a fraction, but no second");
}

#[test]
fn years_have_no_end() {
    let (long, leap) = ("9".repeat(60), format!("{}2000", "1".repeat(40)));
    assert!(Instant::parse(&format!("{long}-12-31T23:59:59Z")).is_ok());
    assert!(Instant::parse(&format!("-{long}-12-31T23:59:59Z")).is_ok());
    assert!(Instant::parse(&format!("{long}-02-29T00:00:00Z")).is_err());
    assert!(Instant::parse(&format!("{leap}-02-29T00:00:00Z")).is_ok());
    assert!(Instant::parse(&format!("0{long}-12-31T23:59:59Z")).is_err());
}

#[test]
fn grades_of_loss() {
    let sample = at("2017-01-01T00:00:59.9999999Z");
    assert_eq!(sample.compare(&at("2017-01-01T00:00:59.999999Z")), Closeness::BelowMicrosecond);
    assert_eq!(sample.compare(&at("2017-01-01T00:00:59.999Z")), Closeness::BelowMillisecond);
    assert_eq!(sample.compare(&at("2017-01-01T00:00:59Z")), Closeness::BelowSecond);
    assert_eq!(sample.compare(&at("2017-01-01T00:01:00Z")), Closeness::BelowMicrosecond);
    assert_eq!(sample.compare(&at("2017-01-01T00:01:01Z")), Closeness::Different);
    let fine = at("2017-01-01T00:00:00.123456789Z");
    assert_eq!(fine.compare(&at("2017-01-01T00:00:00.1234567Z")), Closeness::Equal);
    assert_eq!(fine.compare(&at("2017-01-01T00:00:00.1234568Z")), Closeness::Equal);
    assert_eq!(fine.compare(&at("2017-01-01T00:00:00.1234566Z")), Closeness::BelowMicrosecond);
    // The seventh digit itself is compared.
    let round = at("2017-01-01T00:00:00.12345670Z");
    assert_eq!(round.compare(&at("2017-01-01T00:00:00.1234568Z")), Closeness::BelowMicrosecond);
}

#[test]
fn refuses_what_the_grammar_refuses() {
    for bad in [
        "",
        "not-a-date",
        "2017-13-01T00:00:00Z",
        "2017-02-30T00:00:00Z",
        "2017-01-01T24:00:00Z",
        "2017-01-01T00:60:00Z",
        "2017-01-01",
        "2017-01-01T00:00:00",
        "2017-01-01T00:00:60Z",
        "2017-01-01T00:00:00.Z",
        "2017-01-01T00:00:00.1234567890123Z",
        "2017-01-01T00:00:00+0300",
        "2017-01-01T00:00:00Z ",
        "17-01-01T00:00:00Z",
        "2017-01-01 00:00:00Z",
        "２０17-01-01T00:00:00Z",
    ] {
        assert!(Instant::parse(bad).is_err(), "{bad}");
    }
}
