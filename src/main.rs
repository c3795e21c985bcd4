//! The `patchproof` command: parse, dispatch, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    patchproof::cli::main()
}
