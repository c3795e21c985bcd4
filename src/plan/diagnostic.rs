//! What is wrong in a file that a person wrote: where, what was expected, and the nearest valid name.
//!
//! ```text
//! cases/prop/all-eight.json:12:7 at /expect/status: expected a status, found "2x"; did you mean `2xx`?
//! ```

use std::fmt;

/// One mistake in one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The file, as it is shown.
    pub file: String,
    /// Line, from 1; 0 if the mistake is about the file as a whole.
    pub line: usize,
    /// Column in characters, from 1; 0 if the mistake is about the file as a whole.
    pub column: usize,
    /// JSON Pointer of the value, empty for the root.
    pub pointer: String,
    /// What was expected and what was found.
    pub message: String,
    /// How bad it is.
    pub severity: Severity,
}

/// How bad a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but is probably not what was meant.
    Warning,
}

impl Diagnostic {
    /// An error about a file as a whole.
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: 0,
            column: 0,
            pointer: String::new(),
            message: message.into(),
            severity: Severity::Error,
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        if !self.pointer.is_empty() {
            write!(f, " at {}", self.pointer)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for Diagnostic {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_place_and_message() {
        let mut diagnostic = Diagnostic::of_file("cases/x.json", "expected a status");
        assert_eq!(diagnostic.to_string(), "cases/x.json: expected a status");
        (diagnostic.line, diagnostic.column, diagnostic.pointer) = (12, 7, "/expect/status".into());
        assert_eq!(diagnostic.to_string(), "cases/x.json:12:7 at /expect/status: expected a status");
    }
}
