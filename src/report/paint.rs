//! Colour, or none: ANSI SGR sequences around text that is already wrapped and harmless.

use std::fmt;

/// A colour or weight by what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// As it is.
    Plain,
    /// Names and headings.
    Strong,
    /// What matters less.
    Quiet,
    /// Passed, added, expected.
    Good,
    /// Failed, removed.
    Bad,
    /// Warnings, waivers, could not be judged.
    Warn,
    /// Where to look.
    Link,
}

/// Whether to colour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint(pub(super) bool);

impl Paint {
    /// The text in a tone.
    pub(super) fn tone<T: fmt::Display>(self, tone: Tone, text: T) -> Painted<T> {
        Painted { code: if self.0 { code(tone) } else { "" }, text }
    }
}

fn code(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "",
        Tone::Strong => "1",
        Tone::Quiet => "2",
        Tone::Good => "32",
        Tone::Bad => "31",
        Tone::Warn => "33",
        Tone::Link => "36",
    }
}

/// Text with its colour.
pub(super) struct Painted<T> {
    code: &'static str,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.code.is_empty() {
            self.text.fmt(f)
        } else {
            write!(f, "\u{1b}[{}m", self.code)?;
            self.text.fmt(f)?;
            f.write_str("\u{1b}[0m")
        }
    }
}
