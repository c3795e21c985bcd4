//! Reading TOML with every error at its line and column, all of them in one go.
//!
//! The main types are [`Reader`], which collects, and [`ConfigError`].

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::file::Vocabulary;
use crate::suggest::{hint, nearest};

/// Something in the configuration file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}:{column}: {}{message}{}", file.display(), prefix(key), hint(nearest.as_deref()))]
pub struct ConfigError {
    /// The file.
    pub file: PathBuf,
    /// Line, counted from one.
    pub line: usize,
    /// Column in characters, counted from one.
    pub column: usize,
    /// The setting, for example `targets.staging.max-time`; empty where the file is no TOML.
    pub key: String,
    /// What is wrong and what was expected.
    pub message: String,
    /// The valid name that is most like the one given.
    pub nearest: Option<String>,
}

fn prefix(key: &str) -> String {
    if key.is_empty() { String::new() } else { format!("{key}: ") }
}

/// A value with its place in the file.
pub(super) type Node<'i> = Spanned<DeValue<'i>>;

/// Reads values out of one file and collects what is wrong with them.
pub(super) struct Reader<'a> {
    text: &'a str,
    file: &'a Path,
    pub(super) vocabulary: &'a Vocabulary<'a>,
    pub(super) errors: Vec<ConfigError>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, file: &'a Path, vocabulary: &'a Vocabulary<'a>) -> Self {
        Self { text, file, vocabulary, errors: Vec::new() }
    }

    /// The path that a relative path in the file means.
    pub(super) fn beside(&self, path: &str) -> PathBuf {
        self.file.parent().map_or_else(|| PathBuf::from(path), |folder| folder.join(path))
    }

    pub(super) fn error(&mut self, at: Range<usize>, key: &str, message: impl Into<String>, nearest: Option<String>) {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        self.errors.push(ConfigError {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            key: key.to_owned(),
            message: message.into(),
            nearest,
        });
    }

    fn wrong_type(&mut self, node: &Node<'_>, key: &str, wanted: &str) {
        let found = node.get_ref().type_str();
        self.error(node.span(), key, format!("expected {wanted}, found {found}"), None);
    }

    pub(super) fn string<'n>(&mut self, node: &'n Node<'_>, key: &str, wanted: &str) -> Option<&'n str> {
        let text = node.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(node, key, wanted);
        }
        text
    }

    pub(super) fn bool(&mut self, node: &Node<'_>, key: &str) -> Option<bool> {
        let value = node.get_ref().as_bool();
        if value.is_none() {
            self.wrong_type(node, key, "true or false");
        }
        value
    }

    pub(super) fn number(&mut self, node: &Node<'_>, key: &str) -> Option<u64> {
        let integer = node.get_ref().as_integer();
        let value = integer.and_then(|integer| u64::from_str_radix(integer.as_str(), integer.radix()).ok());
        if value.is_none() {
            self.wrong_type(node, key, "a whole number that is not negative");
        }
        value
    }

    pub(super) fn table<'n, 'i>(&mut self, node: &'n Node<'i>, key: &str) -> Option<&'n DeTable<'i>> {
        let table = node.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(node, key, "a table");
        }
        table
    }

    /// Strings in a list; a single string is a list of one.
    pub(super) fn strings(&mut self, node: &Node<'_>, key: &str) -> Vec<(String, Range<usize>)> {
        if let Some(one) = node.get_ref().as_str() {
            return vec![(one.to_owned(), node.span())];
        }
        let Some(items) = node.get_ref().as_array() else {
            self.wrong_type(node, key, "a list of strings");
            return Vec::new();
        };
        let mut strings = Vec::new();
        for item in items {
            if let Some(text) = self.string(item, key, "a string") {
                strings.push((text.to_owned(), item.span()));
            }
        }
        strings
    }

    /// Complains about a word that is none of the known ones; every word is good where none are known.
    pub(super) fn check_word(&mut self, word: &str, known: &[&str], what: &str, at: Range<usize>, key: &str) {
        if !known.is_empty() && !known.contains(&word) {
            let nearest = nearest(word, known.iter().copied()).map(str::to_owned);
            self.error(at, key, format!("`{word}` is no {what}"), nearest);
        }
    }
}
