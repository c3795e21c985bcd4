//! Edits a waiver file and leaves everything else in it as it was: comments, order, spaces.

use std::collections::BTreeSet;

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, TomlError, Value, value};

use crate::model::waiver::Waiver;

/// The text with further waivers at its end.
///
/// # Errors
/// When the text is no TOML, or `waivers` is no list of tables.
pub fn add(text: &str, waivers: &[Waiver]) -> Result<String, String> {
    let document: DocumentMut = text.parse().map_err(|error: TomlError| error.to_string())?;
    if document.get("waivers").is_some_and(|item| !item.is_array_of_tables()) {
        return Err("waivers is not written as [[waivers]], so nothing can be added to it".to_owned());
    }
    // There is nothing but waivers in the file, so what is added can stand after everything, comments as well.
    let mut further = DocumentMut::new();
    further["waivers"] = Item::ArrayOfTables(waivers.iter().map(table).collect::<ArrayOfTables>());
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    Ok(if waivers.is_empty() { text.to_owned() } else { format!("{text}{end}{further}") })
}

/// The text without the waivers at these places, counted from 0.
///
/// # Errors
/// When the text is no TOML, or `waivers` is no list of tables.
pub fn prune(text: &str, places: &BTreeSet<usize>) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|error: TomlError| error.to_string())?;
    let Some(item) = document.get_mut("waivers") else { return Ok(text.to_owned()) };
    let list = item
        .as_array_of_tables_mut()
        .ok_or("waivers is not written as [[waivers]], so nothing can be taken out of it")?;
    let mut place = 0;
    list.retain(|_| {
        place += 1;
        !places.contains(&(place - 1))
    });
    Ok(document.to_string())
}

fn table(waiver: &Waiver) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    let mut set = |name: &str, text: &str| table[name] = value(text);
    set("trial", &waiver.trial);
    for (name, text) in [("requirement", &waiver.requirement), ("fingerprint", &waiver.fingerprint)] {
        if let Some(text) = text {
            set(name, text);
        }
    }
    set("reason", &waiver.reason);
    set("owner", &waiver.owner);
    if let Some(ticket) = &waiver.ticket {
        set("ticket", ticket);
    }
    // A date of its own in TOML; text where it is none, so that the reader finds the mistake.
    table["expires"] = waiver.expires.parse::<toml_edit::Datetime>().map_or_else(|_| value(&waiver.expires), value);
    if !waiver.targets.is_empty() {
        table["targets"] = Item::Value(Value::Array(waiver.targets.iter().collect()));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::waivers::read;

    const FILE: &str = "# Ours.\n\n# About merging.\n[[waivers]]\ntrial   = \"jobs::a::b\" # aligned\n\
        requirement = \"REQ-BODY-001\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2026-01-01\n";

    fn waiver() -> Waiver {
        Waiver {
            trial: "jobs::c::d".to_owned(),
            fingerprint: Some("0123456789abcdef".to_owned()),
            reason: "says \"so\"".to_owned(),
            owner: "ann".to_owned(),
            expires: "2026-09-30".to_owned(),
            targets: vec!["staging".to_owned()],
            ..Waiver::default()
        }
    }

    #[test]
    fn adding_keeps_what_is_there() {
        let text = add(FILE, &[waiver()]).unwrap();
        assert!(text.starts_with(FILE), "{text}");
        assert_eq!(read("w", &text).unwrap()[1], waiver());
        assert_eq!(read("w", &add("", &[waiver()]).unwrap()).unwrap(), [waiver()]);
        assert_eq!(add("# Ours.", &[]).unwrap(), "# Ours.");
        assert!(add("# Ours.", &[waiver()]).unwrap().starts_with("# Ours.\n\n[[waivers]]"));
        assert!(add("waivers = 3", &[waiver()]).is_err());
    }

    #[test]
    fn pruning_takes_out_one_and_its_comment() {
        let text = add(FILE, &[waiver()]).unwrap();
        assert_eq!(prune(&text, &BTreeSet::from([1])).unwrap(), FILE);
        let rest = prune(&text, &BTreeSet::from([0])).unwrap();
        assert_eq!(read("w", &rest).unwrap(), [waiver()]);
        assert_eq!(prune("", &BTreeSet::from([0])).unwrap(), "");
    }
}
