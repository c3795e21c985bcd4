//! The case files that are part of the program.

/// Every file of `cases/`, as (`topic/name`, text), sorted by name.
pub const BUILT_IN: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/suite.rs"));
