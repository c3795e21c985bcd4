//! `patchproof schema`: print a JSON Schema that is part of the program.

use clap::Args as ClapArgs;

use super::write::{err, out};
use crate::contract::schemas;
use crate::model::exit;

/// Arguments of `schema`.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Which one; all names when not given
    #[arg(value_name = "KIND")]
    kind: Option<String>,
}

const EXAMPLES: &str = "Examples:
  patchproof schema case > case.schema.json
  patchproof schema report";

const OWN: &[(&str, &str)] = &[
    ("case", include_str!("../../schemas/case.schema.json")),
    ("config", include_str!("../../schemas/config.schema.json")),
    ("report", include_str!("../../schemas/report.schema.json")),
    ("event", include_str!("../../schemas/event.schema.json")),
    ("waivers", include_str!("../../schemas/waivers.schema.json")),
];

pub(super) fn run(args: &Args) -> u8 {
    let resources = schemas::FILES.iter().map(|(name, text)| (name.trim_end_matches(".schema.json"), *text));
    let all: Vec<(&str, &str)> = OWN.iter().copied().chain(resources).collect();
    let Some(kind) = &args.kind else {
        for (name, _) in all {
            out(name);
        }
        return exit::CONFORMS;
    };
    if let Some((_, text)) = all.iter().find(|(name, _)| name == kind) {
        out(text.trim_end());
        exit::CONFORMS
    } else {
        let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        err(format!("error: no schema is called {kind:?}; there are {}", names.join(", ")));
        exit::USAGE
    }
}
