//! A long string comes back cut.

use super::{kept, row};
use crate::reference::effect::Effect;
use crate::reference::fault::Fault;
use crate::reference::fault::rewrite::{nested, rewrite, texts};
use crate::reference::picture::each_member;

pub(super) const ROWS: &[Fault] = &[
    row(
        "string-cut-at-32",
        "A string is cut after 32 characters.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Change(|job| texts(job, |text| text.chars().take(32).collect())),
    ),
    row(
        "tenant-cut-at-36",
        "The tenantId is cut after 36 characters.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Change(|job| {
            each_member(job, &["tenantId"], |value| rewrite(value, |text| text.chars().take(36).collect()));
        }),
    ),
    row(
        "string-cut-at-255-octets",
        "A string is cut after 255 octets.",
        &["REQ-TYPE-003", "REQ-STATUS-003", "REQ-RESP-003"],
        Effect::Change(|job| {
            texts(job, |text| {
                let end = (0..=text.len().min(255)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
                text[..end].to_owned()
            });
        }),
    ),
    row(
        "long-string-ends-in-dots",
        "A string of more than 200 characters comes back with dots at its end.",
        &["REQ-TYPE-003", "REQ-RESP-003"],
        Effect::Entity(|job, _| {
            texts(job, |text| {
                if text.chars().count() > 200 {
                    text.chars().take(200).chain("...".chars()).collect()
                } else {
                    text.to_owned()
                }
            });
        }),
    ),
    kept("long-strings-of-error-cut", "A string of the error is cut at 1000 characters.", |job| {
        nested(job, |text| text.chars().take(1000).collect());
    }),
    kept("long-strings-of-error-cut-at-4000", "A string of the error is cut at 4000 characters.", |job| {
        nested(job, |text| text.chars().take(4000).collect());
    }),
    kept("long-strings-of-error-cut-at-8000", "A string of the error is cut at 8000 characters.", |job| {
        nested(job, |text| text.chars().take(8000).collect());
    }),
];
