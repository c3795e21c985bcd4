//! Settings that are secrets: tokens, the proxy, and headers, which may hold credentials.
//!
//! In the file a secret is never written out: `token-env`, `token-file` or `token-command` says where it is.

use toml::de::DeTable;

use super::super::token::SecretSource;
use super::read::{Node, Reader};
use super::value::Value;
use crate::model::secret::Secret;

/// Headers and where their values come from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Headers(pub Vec<(String, SecretSource)>);

impl Value for SecretSource {
    const SUFFIXES: &[&str] = &["-env", "-file", "-command"];
    const SPELLINGS: &[&str] = &["", "-env", "-file", "-command"];

    fn find(reader: &mut Reader<'_>, table: &DeTable<'_>, path: &str, key: &str) -> Option<Self> {
        let mut found = None;
        for suffix in ["", "-env", "-file", "-command"] {
            let Some((name, node)) = table.get_key_value(format!("{key}{suffix}").as_str()) else { continue };
            let at = format!("{path}.{key}{suffix}");
            if suffix.is_empty() && key != "proxy" {
                let message = format!("a secret does not belong in this file; use `{key}-env`, -file or -command");
                reader.error(name.span(), &at, message, None);
                continue;
            }
            let Some(text) = reader.string(node, &at, "a string") else { continue };
            if found.is_some() {
                reader.error(name.span(), &at, format!("`{key}` is given more than once"), None);
            }
            found = Some(source(reader, suffix.trim_start_matches('-'), text));
        }
        found
    }

    fn from_text(text: &str, suffix: &str) -> Result<Self, String> {
        Ok(match suffix {
            "-env" => Self::Environment(text.to_owned()),
            "-file" => Self::File(text.into()),
            "-command" => Self::Command(text.to_owned()),
            _ => Self::Given(Secret::new(text)),
        })
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

fn source(reader: &Reader<'_>, kind: &str, text: &str) -> SecretSource {
    match kind {
        "env" => SecretSource::Environment(text.to_owned()),
        "file" => SecretSource::File(reader.beside(text)),
        "command" => SecretSource::Command(text.to_owned()),
        _ => SecretSource::Given(Secret::new(text)),
    }
}

impl SecretSource {
    /// Whether the value of a header called `name` is kept out of records: it does not stand in plain text, or the
    /// name says that it is a credential.
    pub(super) fn is_secret(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let telling = ["auth", "cookie", "key", "token", "secret", "pass", "session", "code", "sig", "cred", "jwt"];
        !matches!(self, Self::Given(_)) || telling.iter().any(|word| name.contains(word))
    }
}

impl Value for Headers {
    const BETWEEN: Option<char> = Some('\n');

    fn read(reader: &mut Reader<'_>, node: &Node<'_>, key: &str) -> Option<Self> {
        let mut headers = Vec::new();
        for (name, node) in reader.table(node, key)? {
            let at = format!("{key}.{}", name.get_ref());
            let value = if let Some(table) = node.get_ref().as_table() {
                let mut entries = table.iter();
                match (entries.next(), entries.next()) {
                    (Some((kind, node)), None) if ["env", "file", "command"].contains(&kind.get_ref().as_ref()) => {
                        reader.string(node, &at, "a string").map(|text| source(reader, kind.get_ref(), text))
                    }
                    _ => {
                        let message = "expected a string, or one of `env`, `file` and `command`";
                        reader.error(node.span(), &at, message, None);
                        None
                    }
                }
            } else {
                reader.string(node, &at, "a string").map(|text| SecretSource::Given(Secret::new(text)))
            };
            headers.extend(value.map(|value| (name.get_ref().to_string(), value)));
        }
        Some(Self(headers))
    }

    /// Reads `Name: value`, one a line.
    fn from_text(text: &str, _: &str) -> Result<Self, String> {
        let header = |line: &str| {
            let (name, value) = line.split_once(':').ok_or("expected `Name: value`")?;
            Ok((name.trim().to_owned(), SecretSource::Given(Secret::new(value.trim()))))
        };
        text.lines().filter(|line| !line.trim().is_empty()).map(header).collect::<Result<_, _>>().map(Self)
    }

    fn show(&self) -> String {
        let header = |(name, source): &(String, SecretSource)| match source {
            SecretSource::Given(secret) if !source.is_secret(name) => format!("{name}: {}", secret.expose()),
            source => format!("{name}: {source}"),
        };
        self.0.iter().map(header).collect::<Vec<_>>().join(", ")
    }

    fn over(mut self, under: Self) -> Self {
        for (name, value) in under.0 {
            if !self.0.iter().any(|(n, _)| n.eq_ignore_ascii_case(&name)) {
                self.0.push((name, value));
            }
        }
        self
    }
}
