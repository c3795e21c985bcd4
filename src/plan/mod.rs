//! From case files to a plan: load and check, expand, select, partition. Pure but for reading files; nothing here
//! opens a socket.

mod check;
pub mod diagnostic;
mod explain;
mod facts;
mod files;
mod lines;
pub mod load;
mod locate;
mod partition;
mod rules;
mod select;
pub mod suite;
pub mod template;
mod trial;
pub mod waivers;

pub use diagnostic::Diagnostic;
pub use facts::CaseFacts;
pub use lines::Lines;
pub use load::{Source, Suite, load, load_only};
pub use partition::Partition;
pub use select::{Pattern, Selection};
pub use trial::{Plan, Trial};
pub use waivers::Waivers;
