//! The environment of the program. A variable that is empty counts as one that is not set.

use std::ffi::OsString;

/// The value of a variable.
pub(super) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Whether a CI system runs the program, so that nobody watches and the machine is thrown away: all of them set `CI`.
pub(super) fn is_ci() -> bool {
    variable("CI").is_some_and(|value| value != "false" && value != "0")
}
