//! The kinds of values that settings have: how each is read from TOML and from text, shown, and laid over another.
//!
//! The main type is the trait [`Value`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use toml::de::DeTable;

use super::super::connection::Resolve;
use super::super::oauth::{ClientAuth, GrantType};
use super::super::pace::RateLimit;
use super::read::{Node, Reader};
use super::units::{parse_duration, parse_size};
use crate::model::profile::Alias;

/// Jobs: ids by collection.
pub type Jobs = BTreeMap<String, Vec<String>>;

/// A set of words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(pub BTreeSet<String>);

/// Lists of words by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WordsByName(pub BTreeMap<String, Vec<String>>);

/// A number of octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteSize(pub usize);

/// How jobs come about when none are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provision {
    /// Made with POST, deleted at the end.
    Create,
    /// Taken from the list that GET of the collection gives.
    Discover,
}

/// A kind of value.
pub(super) trait Value: Sized {
    /// What is appended to the key in the file: several keys can say one setting.
    const SUFFIXES: &[&str] = &[""];
    /// What is appended to the name of the environment variable.
    const SPELLINGS: &[&str] = &[""];
    /// What stands between the items of a list as text; `None` where there is one value.
    const BETWEEN: Option<char> = None;

    /// Looks the setting up in a table.
    fn find(reader: &mut Reader<'_>, table: &DeTable<'_>, path: &str, key: &str) -> Option<Self> {
        table.get(key).and_then(|node| Self::read(reader, node, &format!("{path}.{key}")))
    }

    /// Reads TOML; a string is read as text unless the kind says otherwise.
    fn read(reader: &mut Reader<'_>, node: &Node<'_>, key: &str) -> Option<Self> {
        let text = reader.string(node, key, "a string")?;
        Self::from_text(text, "").map_err(|why| reader.error(node.span(), key, why, None)).ok()
    }

    /// Reads text.
    fn from_text(text: &str, suffix: &str) -> Result<Self, String>;

    /// Shows the value, without secrets.
    fn show(&self) -> String;

    /// The value laid over one of a weaker layer.
    fn over(self, _under: Self) -> Self {
        self
    }
}

macro_rules! plain {
    ($type:ty, $parse:expr, $show:expr) => {
        impl Value for $type {
            fn from_text(text: &str, _: &str) -> Result<Self, String> {
                $parse(text)
            }

            fn show(&self) -> String {
                $show(self)
            }
        }
    };
    ($type:ty, $parse:expr, $show:expr, $read:expr $(, between $between:expr)?) => {
        impl Value for $type {
            $(const BETWEEN: Option<char> = Some($between);)?

            fn read(reader: &mut Reader<'_>, node: &Node<'_>, key: &str) -> Option<Self> {
                $read(reader, node, key)
            }

            fn from_text(text: &str, _: &str) -> Result<Self, String> {
                $parse(text)
            }

            fn show(&self) -> String {
                $show(self)
            }
        }
    };
}

fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text.trim().parse().map_err(|error: T::Err| error.to_string())
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.trim().parse().map_err(|_| format!("expected a whole number, found `{text}`"))
}

fn truth(text: &str) -> Result<bool, String> {
    text.trim().parse().map_err(|_| format!("expected `true` or `false`, found `{text}`"))
}

fn show<T: ToString>(value: &T) -> String {
    value.to_string()
}

plain!(String, |text: &str| Ok(text.to_owned()), show);
plain!(bool, truth, show, Reader::bool);
plain!(u64, number, show, Reader::number);
plain!(u32, number, show, |reader: &mut Reader<'_>, node: &Node<'_>, key: &str| {
    u32::try_from(reader.number(node, key)?).map_err(|_| reader.error(node.span(), key, "is too large", None)).ok()
});
plain!(RateLimit, parsed, show);
plain!(GrantType, parsed, show);
plain!(ClientAuth, parsed, show);
plain!(Duration, parse_duration, |duration: &Duration| humantime::format_duration(*duration).to_string());
plain!(PathBuf, |text: &str| Ok(PathBuf::from(text)), |path: &PathBuf| path.display().to_string(), read_path);
plain!(
    Provision,
    |text: &str| match text {
        "create" => Ok(Provision::Create),
        "discover" => Ok(Provision::Discover),
        _ => Err(format!("expected `create` or `discover`, found `{text}`")),
    },
    |provision: &Provision| match provision {
        Provision::Create => "create".to_owned(),
        Provision::Discover => "discover".to_owned(),
    }
);
plain!(Alias, str::parse, |alias: &Alias| match alias {
    Alias::Shared => "shared".to_owned(),
    Alias::Independent => "independent".to_owned(),
});
plain!(ByteSize, parse_size, |size: &ByteSize| format!("{} octets", size.0), read_size);
plain!(
    Vec<Resolve>,
    |text: &str| text.split_whitespace().map(|entry| entry.parse().map_err(|e| format!("{e}"))).collect(),
    |all: &Vec<Resolve>| {
        let entry = |r: &Resolve| {
            let addresses: Vec<String> = r.addresses.iter().map(ToString::to_string).collect();
            format!("{}:{}:{}", r.host, r.port, addresses.join(","))
        };
        all.iter().map(entry).collect::<Vec<_>>().join(" ")
    },
    |reader: &mut Reader<'_>, node: &Node<'_>, key: &str| {
        let mut all = Vec::new();
        for (text, at) in reader.strings(node, key) {
            match text.parse() {
                Ok(entry) => all.push(entry),
                Err(error) => reader.error(at, key, format!("{error}"), None),
            }
        }
        Some(all)
    },
    between ' '
);
plain!(
    Words,
    |text: &str| Ok(Words(
        text.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
    )),
    |words: &Words| words.0.iter().cloned().collect::<Vec<_>>().join(","),
    |reader: &mut Reader<'_>, node: &Node<'_>, key: &str| {
        let (known, what) = reader.vocabulary.words(key);
        let words = reader.strings(node, key);
        for (word, at) in &words {
            reader.check_word(word, known, what, at.clone(), key);
        }
        Some(Words(words.into_iter().map(|(word, _)| word).collect()))
    },
    between ','
);
plain!(Jobs, parse_jobs, |jobs: &Jobs| show_lists(jobs), read_lists, between ',');
plain!(
    WordsByName,
    parse_words_by_name,
    |words: &WordsByName| show_lists(&words.0),
    |reader: &mut Reader<'_>, node: &Node<'_>, key: &str| read_lists(reader, node, key).map(WordsByName),
    between ','
);

fn read_path(reader: &mut Reader<'_>, node: &Node<'_>, key: &str) -> Option<PathBuf> {
    reader.string(node, key, "a path").map(|path| reader.beside(path))
}

fn read_size(reader: &mut Reader<'_>, node: &Node<'_>, key: &str) -> Option<ByteSize> {
    if node.get_ref().is_integer() {
        let size = reader.number(node, key)?.to_string();
        return parse_size(&size).map_err(|why| reader.error(node.span(), key, why, None)).ok();
    }
    let text = reader.string(node, key, "a size such as \"1MiB\"")?;
    parse_size(text).map_err(|why| reader.error(node.span(), key, why, None)).ok()
}

fn show_lists(lists: &BTreeMap<String, Vec<String>>) -> String {
    let pairs = lists.iter().flat_map(|(name, words)| words.iter().map(move |word| format!("{name}={word}")));
    pairs.collect::<Vec<_>>().join(",")
}

fn read_lists(reader: &mut Reader<'_>, node: &Node<'_>, key: &str) -> Option<BTreeMap<String, Vec<String>>> {
    let (known, what) = reader.vocabulary.words(key);
    let mut lists = BTreeMap::new();
    for (name, node) in reader.table(node, key)? {
        reader.check_word(name.get_ref(), known, what, name.span(), key);
        let words = reader.strings(node, &format!("{key}.{}", name.get_ref()));
        lists.insert(name.get_ref().to_string(), words.into_iter().map(|(word, _)| word).collect());
    }
    Some(lists)
}

impl Value for BTreeMap<String, String> {
    const BETWEEN: Option<char> = Some(',');

    fn read(reader: &mut Reader<'_>, node: &Node<'_>, key: &str) -> Option<Self> {
        let (known, what) = reader.vocabulary.words(key);
        let mut map = BTreeMap::new();
        for (name, node) in reader.table(node, key)? {
            reader.check_word(name.get_ref(), known, what, name.span(), key);
            if let Some(text) = reader.string(node, &format!("{key}.{}", name.get_ref()), "a string") {
                map.insert(name.get_ref().to_string(), text.to_owned());
            }
        }
        Some(map)
    }

    fn from_text(text: &str, _: &str) -> Result<Self, String> {
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').ok_or_else(|| format!("`{pair}` is not NAME=VALUE"))?;
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        };
        text.split(',').filter(|text| !text.trim().is_empty()).map(pair).collect()
    }

    fn show(&self) -> String {
        self.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(",")
    }

    fn over(mut self, under: Self) -> Self {
        for (name, value) in under {
            self.entry(name).or_insert(value);
        }
        self
    }
}

/// Reads `NAME=WORD`, several separated by commas; what has no name of its own belongs to the name before it.
fn parse_words_by_name(text: &str) -> Result<WordsByName, String> {
    let mut words = BTreeMap::<String, Vec<String>>::new();
    let mut last = None;
    for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let (name, word) = match (entry.split_once('='), &last) {
            (Some((name, word)), _) => (name.trim().to_owned(), word.trim()),
            (None, Some(name)) => (String::clone(name), entry),
            (None, None) => return Err(format!("`{entry}` is not NAME=VALUE")),
        };
        words.entry(name.clone()).or_default().push(word.to_owned());
        last = Some(name);
    }
    Ok(WordsByName(words))
}

/// Reads `COLLECTION=ID`, several separated by commas; a collection named again gets one more id.
///
/// # Errors
/// When an entry is not of that form.
pub fn parse_jobs(text: &str) -> Result<Jobs, String> {
    let mut jobs = Jobs::new();
    for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        match entry.split_once('=') {
            Some((collection, id)) if !collection.is_empty() && !id.is_empty() => {
                jobs.entry(collection.to_owned()).or_default().push(id.to_owned());
            }
            _ => return Err(format!("`{entry}` is not COLLECTION=ID")),
        }
    }
    Ok(jobs)
}
