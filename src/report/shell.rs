//! Shell commands in lines that fit, so that a person can read them and still paste them.
//!
//! ```text
//! curl -sS -X PATCH \
//!   -H "Authorization: Bearer $PATCHPROOF_TOKEN" \
//!   'http://127.0.0.1:8080/v1.0/dataClassification/jobs/8b9f'
//! ```

/// A shell command in lines of so many columns, each but the last ending in a backslash. Words stay whole, and so do
/// an option and its value; a word longer than the line stands alone.
pub(super) fn fold(command: &str, width: usize) -> Vec<String> {
    let words = words(command);
    let option = |at: usize| words.get(at).is_some_and(|word| word.starts_with('-'));
    let mut lines: Vec<String> = vec![String::new()];
    let mut at = 0;
    while at < words.len() {
        let next = if option(at) && at + 1 < words.len() && !option(at + 1) { at + 2 } else { at + 1 };
        let unit = words[at..next].join(" ");
        at = next;
        match lines.last_mut() {
            Some(line) if line.is_empty() => *line = unit,
            Some(line) if line.chars().count() + unit.chars().count() + 3 <= width => {
                line.push(' ');
                line.push_str(&unit);
            }
            _ => lines.push(unit),
        }
    }
    let end = lines.len() - 1;
    lines[..end].iter_mut().for_each(|line| line.push_str(" \\"));
    lines
}

/// The words of a shell command, quotes kept.
fn words(command: &str) -> Vec<&str> {
    let (mut words, mut start, mut quote, mut escaped) = (Vec::new(), 0, None, false);
    for (at, c) in command.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some('"' | '$') | None, '\\') => escaped = true,
            // Within `$'…'` a backslash escapes.
            (None, '\'') if command[..at].ends_with('$') => quote = Some('$'),
            (None, '\'' | '"') => quote = Some(c),
            (Some('$'), '\'') => quote = None,
            (Some(open), c) if c == open => quote = None,
            (None, ' ') => {
                words.push(&command[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    words.push(&command[start..]);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_folded_between_words_only() {
        let lines =
            fold(r#"curl -sS -X PATCH -H "Authorization: Bearer $PATCHPROOF_TOKEN" -d '{"a b": 1}' 'http://x/y'"#, 60);
        assert_eq!(
            lines,
            [
                "curl -sS -X PATCH \\",
                "-H \"Authorization: Bearer $PATCHPROOF_TOKEN\" \\",
                "-d '{\"a b\": 1}' 'http://x/y'",
            ]
        );
    }

    #[test]
    fn an_escaped_quote_ends_no_word() {
        assert_eq!(words(r"a $'b\' c' d"), ["a", r"$'b\' c'", "d"]);
    }
}
