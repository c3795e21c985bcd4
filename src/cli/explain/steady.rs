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
              |(?P<base>http://(?:127\.0\.0\.1:\d+|localhost\b))
              |\b[0-9a-f]{8}(?:-|%2D)[0-9a-f]{4}(?:-|%2D)4[0-9a-f]{3}(?:-|%2D)[89ab][0-9a-f]{3}(?:-|%2D)[0-9a-f]{8,12}
              |(?:%25[0-9A-F]{2}){36}
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
            let found = &found[0];
            let plain = decoded(&decoded(found));
            let next = known.len() + 1;
            let number = *known.entry(plain.chars().take(31).collect()).or_insert(next);
            let id: String = format!("00000000-0000-4000-8000-{number:08}0000").chars().take(plain.len()).collect();
            match found {
                twice if twice.starts_with("%25") => encoded(&id).replace('%', "%25"),
                once if once.contains('%') => id.replace('-', "%2D"),
                _ => id,
            }
        });
        *text = new.lines().map(cut).collect::<Vec<_>>().join("\n");
    };
    picture.blocks.iter_mut().for_each(&mut replace);
    replace(&mut picture.remark);
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Every octet percent-encoded.
fn encoded(text: &str) -> String {
    text.bytes().map(percent_encoding::percent_encode_byte).collect()
}

fn cut(line: &str) -> String {
    let clean: String = line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let clean = clean.replace("```", "'''");
    match clean.char_indices().nth(400) {
        None => clean,
        Some((at, _)) => format!("{}…", &clean[..at]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_itself_in_every_spelling() {
        let id = "1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b";
        let twice = encoded(id).replace('%', "%25");
        let text = format!("{id} {} {twice} {}", id.replace('-', "%2D"), &id[..32]);
        let mut picture = Picture { blocks: vec![text], ..Picture::default() };
        steady(&mut picture);
        let steady = "00000000-0000-4000-8000-000000010000";
        let twice = encoded(steady).replace('%', "%25");
        let wanted = format!("{steady} {} {twice} {}", steady.replace('-', "%2D"), &steady[..32]);
        assert_eq!(picture.blocks, [wanted]);
    }
}
