//! Examples that are the same text from run to run: ports, ids and times are replaced, long lines are cut.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::topic::Picture;

/// Ids, times and addresses that a run makes up, each replaced by one that is always the same.
pub(super) fn steady(picture: &mut Picture) {
    static CHANGING: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?x)(?P<time>\b20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)
              |(?P<base>http://127\.0\.0\.1:\d+)
              |\b[0-9a-f]{8}(?:-|%2D)[0-9a-f]{4}(?:-|%2D)4[0-9a-f]{3}(?:-|%2D)[89ab][0-9a-f]{3}(?:-|%2D)[0-9a-f]{8,12}
              |\bpp\.[0-9a-f]{64}\b",
        )
        .ok()
    });
    let Some(changing) = &*CHANGING else { return };
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut replace = |text: &mut String| {
        let new = changing.replace_all(text, |found: &Captures<'_>| {
            if found.name("time").is_some() {
                return "2026-01-01T00:00:00Z".to_owned();
            }
            if found.name("base").is_some() {
                return "https://graph.example".to_owned();
            }
            // An id that a fault cut or encoded is shown cut or encoded.
            let plain = found[0].replace("%2D", "-");
            let next = known.len() + 1;
            let number = *known.entry(plain.chars().take(31).collect()).or_insert(next);
            let id: String = format!("00000000-0000-4000-8000-{number:08}0000").chars().take(plain.len()).collect();
            if found[0].contains('%') { id.replace('-', "%2D") } else { id }
        });
        *text = new.lines().map(cut).collect::<Vec<_>>().join("\n");
    };
    picture.blocks.iter_mut().for_each(&mut replace);
    replace(&mut picture.remark);
}

fn cut(line: &str) -> String {
    let clean: String = line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let clean = clean.replace("```", "'''");
    match clean.char_indices().nth(400) {
        None => clean,
        Some((at, _)) => format!("{}…", &clean[..at]),
    }
}
