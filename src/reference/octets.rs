//! Changing an answer that is already octets.

/// Where the content starts; `None` in an interim answer.
pub(crate) fn content_start(message: &[u8]) -> Option<usize> {
    let end = message.windows(4).position(|four| four == b"\r\n\r\n")?;
    (!message.starts_with(b"HTTP/1.1 1")).then_some(end + 4)
}

/// Changes the head of a final answer as text; hyper writes header names in lower case.
pub(crate) fn edit_head(message: &mut Vec<u8>, edit: impl FnOnce(&str) -> String) {
    if let Some(start) = content_start(message) {
        let head = edit(&String::from_utf8_lossy(&message[..start]));
        message.splice(..start, head.into_bytes());
    }
}

/// Takes the lines of a header away.
pub(crate) fn without(head: &str, name: &str) -> String {
    let prefix = format!("{name}:");
    head.split_inclusive("\r\n").filter(|line| !line.starts_with(&prefix)).collect()
}

/// Adds a header line at the end.
pub(crate) fn with(head: &str, line: &str) -> String {
    format!("{}{line}\r\n\r\n", head.strip_suffix("\r\n").unwrap_or(head))
}
