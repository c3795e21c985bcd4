//! Any text as a `DateTimeOffset`: two of them compare in both directions alike, and each equals itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use patchproof::instant::{Closeness, Instant};

fuzz_target!(|data: &str| {
    let (left, right) = data.split_once('\n').unwrap_or((data, data));
    let (Ok(a), Ok(b)) = (Instant::parse(left), Instant::parse(right)) else { return };
    assert_eq!(a.compare(&a), Closeness::Equal);
    assert_eq!(a.compare(&b) == Closeness::Different, b.compare(&a) == Closeness::Different);
    let grammar = |text: &str| {
        text.bytes().all(|octet| matches!(octet, b'0'..=b'9' | b'-' | b'+' | b':' | b'.' | b'T' | b't' | b'Z' | b'z'))
    };
    assert!(grammar(left) && grammar(right), "{left} {right}");
});
