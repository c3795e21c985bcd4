//! `patchproof.toml`: named targets. The format is published as `schemas/config.schema.json`.
//!
//! ```toml
//! [targets.staging]
//! base-url = "https://staging.example/v1.0"
//! token-command = "az account get-access-token --query accessToken -o tsv"
//! jobs = { jobs = ["1f0a…"], classifyTextJobs = ["77c2…", "b1d0…"] }
//! ```

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use toml::de::DeTable;

use super::read::{ConfigError, Reader};
use super::{TargetConfig, keys, read_target};
use crate::model::capability::Capability;
use crate::suggest::nearest;

/// Words that the file may use and this module does not know by itself; every word is good where a list is empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct Vocabulary<'a> {
    /// Names of the collections.
    pub collections: &'a [&'a str],
    /// Ids of the requirements.
    pub requirements: &'a [&'a str],
    /// Names of the properties of a job.
    pub properties: &'a [&'a str],
}

impl<'a> Vocabulary<'a> {
    /// The words that a setting may use and what they are called.
    pub(super) fn words(&self, key: &str) -> (&'a [&'a str], &'static str) {
        match key.rsplit('.').next().unwrap_or_default() {
            "capabilities" => (&Capability::WORDS, "capability"),
            "not-offered" | "jobs" | "derived-jobs" | "second-tenant-jobs" => (self.collections, "collection"),
            // What changes by itself may be a member beyond the declared ones.
            "read-only" | "computed" => (self.properties, "property"),
            "permitted" => (&["type", "status", "tenantId"], "property with permitted values"),
            "excused" => (self.requirements, "requirement"),
            _ => (&[], ""),
        }
    }
}

/// A configuration file as read.
#[derive(Debug, Clone, Default)]
pub struct ConfigFile {
    /// Where it was read from.
    pub path: PathBuf,
    /// The target that is taken when none is named.
    pub default_target: Option<String>,
    /// The targets in order.
    pub targets: IndexMap<String, TargetConfig>,
}

/// A target that the file does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: there is no target `{name}`; there is {}", path.display(), known.join(", "))]
pub struct UnknownTarget {
    /// The file.
    pub path: PathBuf,
    /// The name asked for.
    pub name: String,
    /// The names that there are, the most alike first.
    pub known: Vec<String>,
}

impl ConfigFile {
    /// The settings of a target: the one named, else the default target, else the only one; empty where there is
    /// none of them.
    ///
    /// # Errors
    /// When there is no target of that name.
    pub fn target(&self, name: Option<&str>) -> Result<TargetConfig, UnknownTarget> {
        let only = || self.targets.keys().next().filter(|_| self.targets.len() == 1).map(String::as_str);
        let Some(name) = name.or(self.default_target.as_deref()).or_else(only) else {
            return Ok(TargetConfig::default());
        };
        self.targets.get(name).cloned().ok_or_else(|| {
            let mut known: Vec<String> = self.targets.keys().cloned().collect();
            known.sort_by(|a, b| strsim::jaro_winkler(b, name).total_cmp(&strsim::jaro_winkler(a, name)));
            UnknownTarget { path: self.path.clone(), name: name.to_owned(), known }
        })
    }
}

/// Reads a configuration file.
///
/// # Errors
/// Everything that is wrong with it, in one go.
pub fn parse(text: &str, path: &Path, vocabulary: &Vocabulary<'_>) -> Result<ConfigFile, Vec<ConfigError>> {
    let mut reader = Reader::new(text, path, vocabulary);
    let (root, broken) = DeTable::parse_recoverable(text);
    for error in broken {
        reader.error(error.span().unwrap_or(0..0), "", error.message(), None);
    }
    let mut file = ConfigFile { path: path.to_owned(), ..ConfigFile::default() };
    // A table that could not be read whole would only give errors that follow from the first.
    if reader.errors.is_empty() {
        read_root(&mut reader, root.get_ref(), &mut file);
    }
    reader.errors.sort_by_key(|error| (error.line, error.column));
    if reader.errors.is_empty() { Ok(file) } else { Err(reader.errors) }
}

fn read_root(reader: &mut Reader<'_>, root: &DeTable<'_>, file: &mut ConfigFile) {
    let mut default_at = None;
    for (name, node) in root {
        match name.get_ref().as_ref() {
            "default-target" => {
                file.default_target = reader.string(node, "default-target", "the name of a target").map(str::to_owned);
                default_at = Some(node.span());
            }
            "targets" => {
                for (name, node) in reader.table(node, "targets").into_iter().flatten() {
                    let path = format!("targets.{}", name.get_ref());
                    if let Some(table) = reader.table(node, &path) {
                        unknown_keys(reader, table, &path);
                        let target = read_target(reader, table, &path);
                        file.targets.insert(name.get_ref().to_string(), target);
                    }
                }
            }
            other => {
                let nearest = nearest(other, ["default-target", "targets"]).map(str::to_owned);
                reader.error(name.span(), other, "no such setting at the top of the file", nearest);
            }
        }
    }
    if let (Some(name), Some(at)) = (&file.default_target, default_at)
        && !file.targets.contains_key(name)
    {
        let nearest = nearest(name, file.targets.keys().map(String::as_str)).map(str::to_owned);
        reader.error(at, "default-target", format!("there is no target `{name}`"), nearest);
    }
}

fn unknown_keys(reader: &mut Reader<'_>, table: &DeTable<'_>, path: &str) {
    let known: Vec<String> = keys().collect();
    for (name, _) in table {
        let given = name.get_ref().as_ref();
        // A secret that stands in the file is refused where secrets are read, with better words.
        let secret = known.contains(&format!("{given}-command"));
        if !secret && !known.iter().any(|key| key == given) {
            let nearest = nearest(given, known.iter().map(String::as_str)).map(str::to_owned);
            reader.error(name.span(), &format!("{path}.{given}"), "no such setting", nearest);
        }
    }
}
