//! Control characters and line ends in a string are dropped or become other ones.

use super::{kept, row};
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::rewrite::{nested, only, texts};

pub(super) const ROWS: &[Fault] = &[
    row(
        "next-line-becomes-line-feed",
        "A U+0085 in a string becomes a line feed.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace('\u{85}', "\n"))),
    ),
    row(
        "line-feed-becomes-space",
        "A line feed in a string becomes a space.",
        &["REQ-TYPE-003", "REQ-SEC-003"],
        Effect::Change(|job| texts(job, |text| text.replace('\n', " "))),
    ),
    row(
        "line-ends-normalized",
        "Carriage returns in a string are dropped.",
        &["REQ-TYPE-003", "REQ-SEC-003"],
        Effect::Change(|job| texts(job, |text| text.replace('\r', ""))),
    ),
    row(
        "line-feed-gains-carriage-return",
        "A carriage return is put before a line feed in a string.",
        &["REQ-TYPE-003"],
        Effect::Shown(|job, _, _| texts(job, |text| text.replace("\r\n", "\n").replace('\n', "\r\n"))),
    ),
    kept("lone-carriage-return-becomes-line-feed", "A carriage return without a line feed becomes one.", |job| {
        texts(job, |text| text.replace("\r\n", "\0").replace('\r', "\n").replace('\0', "\r\n"));
    }),
    row(
        "controls-dropped",
        "U+007F and other controls are dropped.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace(char::is_control, ""))),
    ),
    kept("controls-of-target-dropped", "The control characters of a target are dropped.", |job| {
        only(job, "target", |text| text.replace(|letter| letter < ' ', "").into());
    }),
    kept("nul-of-message-dropped", "U+0000 in a message is dropped.", |job| {
        only(job, "message", |text| text.replace('\0', "").into());
    }),
    row(
        "line-separator-becomes-line-feed",
        "U+2028 becomes a line feed.",
        &["REQ-TYPE-003"],
        Effect::Change(|job| texts(job, |text| text.replace('\u{2028}', "\n"))),
    ),
    kept("paragraph-separator-dropped", "U+2029 in the error is dropped.", |job| {
        nested(job, |text| text.replace('\u{2029}', ""));
    }),
];
