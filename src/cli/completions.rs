//! `patchproof completions`: completions for a shell, on stdout.

use clap::Args as ClapArgs;
use clap_complete::Shell;

use crate::model::exit;

/// Arguments of `completions`.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

const EXAMPLES: &str = "Examples:
  source <(patchproof completions bash)
  patchproof completions fish > ~/.config/fish/completions/patchproof.fish";

pub(super) fn run(args: &Args) -> u8 {
    let mut bytes = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "patchproof", &mut bytes);
    super::write::out(String::from_utf8_lossy(&bytes).trim_end());
    exit::CONFORMS
}
