//! What is explained, as data: shown on a terminal or written as Markdown.

use std::fmt::Write as _;

use textwrap::{Options, WordSeparator, WordSplitter};

/// Columns on a terminal.
const WIDTH: usize = 78;

/// One thing that is explained.
#[derive(Debug, Default)]
pub(super) struct Topic {
    /// Its name.
    pub(super) id: String,
    /// A few words beside the name.
    pub(super) title: String,
    /// The sentence.
    pub(super) sentence: String,
    /// What belongs to it, in paragraphs: label and text.
    pub(super) paragraphs: Vec<(&'static str, String)>,
    /// What it is connected with: label and names.
    pub(super) lists: Vec<(&'static str, Vec<String>)>,
    /// What it looks like: heading, blocks of HTTP, closing sentence.
    pub(super) pictures: Vec<Picture>,
}

/// An exchange as it is shown.
#[derive(Debug, Default)]
pub(super) struct Picture {
    /// What it shows.
    pub(super) heading: String,
    /// Request and response.
    pub(super) blocks: Vec<String>,
    /// What is to be seen there.
    pub(super) remark: String,
}

impl Topic {
    /// Adds a paragraph, where there is something to say.
    pub(super) fn say(&mut self, label: &'static str, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.paragraphs.push((label, text));
        }
    }

    /// For a terminal.
    pub(super) fn plain(&self) -> String {
        let mut out = String::new();
        let title = if self.title.is_empty() { String::new() } else { format!("  {}", self.title) };
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}{title}\n", self.id);
        if !self.sentence.is_empty() {
            let _ = writeln!(out, "{}\n", filled("  ", "  ", &self.sentence));
        }
        for (label, text) in &self.paragraphs {
            let first = format!("  {label:<12}");
            let _ = writeln!(out, "{}", filled(&first, &" ".repeat(first.len()), text));
        }
        for (label, names) in &self.lists {
            for (i, name) in names.iter().enumerate() {
                let label = if i == 0 { label } else { "" };
                let _ = writeln!(out, "  {label:<12}{name}");
            }
        }
        for picture in &self.pictures {
            let _ = writeln!(out, "\n  {}\n", picture.heading);
            for line in picture.blocks.join("\n\n").lines() {
                let _ = writeln!(out, "{}", format!("    {line}").trim_end());
            }
            if !picture.remark.is_empty() {
                let _ = writeln!(out, "\n{}", filled("  ", "  ", &picture.remark));
            }
        }
        out
    }

    /// As a section of a page.
    pub(super) fn markdown(&self) -> String {
        let mut out = format!("## {}\n\n**{}**\n\n{}\n", self.id, self.title, self.sentence);
        for (label, text) in &self.paragraphs {
            let _ = writeln!(out, "\n*{}:* {text}", capital(label));
        }
        if !self.lists.is_empty() {
            out.push_str("\n| | |\n|---|---|\n");
        }
        for (label, names) in &self.lists {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let _ = writeln!(out, "| {label} | {} |", names.join(", "));
        }
        for picture in &self.pictures {
            let _ = writeln!(out, "\n{}:", picture.heading);
            for block in &picture.blocks {
                let _ = writeln!(out, "\n```http\n{block}\n```");
            }
            if !picture.remark.is_empty() {
                let _ = writeln!(out, "\n{}", picture.remark);
            }
        }
        out
    }
}

fn filled(first: &str, other: &str, text: &str) -> String {
    // An address or a piece of code is never broken.
    let options = Options::new(WIDTH)
        .initial_indent(first)
        .subsequent_indent(other)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}

fn capital(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
