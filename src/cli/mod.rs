//! The command line: one file per subcommand, its arguments and what it wires together.
//!
//! This is the one place that owns files, the terminal and the exit code.

mod binary;
mod bundle;
mod clock;
mod completions;
pub mod conformance;
mod coverage;
mod diff;
mod environment;
mod explain;
mod history;
mod import;
mod init;
mod keep;
mod keygen;
mod lint;
mod list;
mod merge;
mod output;
mod policy;
mod reach;
mod rejudge;
mod report;
mod restore;
mod run;
mod schema;
mod selftest;
mod serve;
mod signal;
mod suite;
pub mod target;
mod verify;
mod waivers;
mod write;

use std::process::ExitCode;

use clap::{ColorChoice, Parser, Subcommand};

use crate::model::exit;

/// Holds servers to the contract of Update jobResponseBase (Microsoft Graph data classification).
#[derive(Debug, Parser)]
#[command(name = "patchproof", version, about, max_term_width = 80, after_help = AFTER)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// When to use colour: auto, always, never
    #[arg(long, global = true, default_value = "auto", value_name = "WHEN")]
    color: ColorChoice,
}

const AFTER: &str = "Examples:
  patchproof run                       judge the embedded reference server
  patchproof run --base-url https://staging.example/v1.0 --job jobs=324d1724-…
  patchproof list --topic merge        which trials there are
  patchproof explain REQ-MERGE-002     what a requirement says, and its source

Exit codes: 0 conforms, 1 not conformant, 2 usage or file error, 3 could not
judge, 4 nothing tested, 6 report not written, 7 evidence does not match,
70 internal error, 130 interrupted.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge a server; without a target, the embedded reference server
    Run(Box<run::Args>),
    /// List the trials that would be run
    List(list::Args),
    /// Check case files without any network
    Lint(lint::Args),
    /// Compare an API page with the suite
    Import(import::Args),
    /// Explain a requirement, check, case, fault or variation
    Explain(explain::Args),
    /// Put the reports of shards together
    Merge(merge::Args),
    /// Compare two runs
    Diff(diff::Args),
    /// Tell how a target fared over time
    History(history::Args),
    /// Check, add or prune waivers
    Waivers(waivers::Args),
    /// Render a stored run again, in any format
    Report(report::Args),
    /// Compute every verdict of a bundle again, offline
    Rejudge(rejudge::Args),
    /// Check that a bundle was not altered and that its verdicts follow from it
    Verify(verify::Args),
    /// Make a key that signs bundles
    Keygen(keygen::Args),
    /// Write a commented patchproof.toml
    Init(init::Args),
    /// Put back what a run left behind that was killed
    Restore(Box<restore::Args>),
    /// Run the reference server on its own
    Serve(serve::Args),
    /// Show requirements with their cases, faults and last verdict
    Coverage(coverage::Args),
    /// Prove the suite: every fault caught, every legal variation clean
    Selftest(selftest::Args),
    /// Print a JSON Schema
    Schema(schema::Args),
    /// Print completions for a shell
    Completions(completions::Args),
}

/// Parses the command line, runs the command and returns the exit code of the process.
#[must_use]
pub fn main() -> ExitCode {
    write::scrub_panics();
    // A panic anywhere is an internal error, never a verdict.
    let outcome = std::panic::catch_unwind(|| match Cli::try_parse() {
        Ok(cli) => match dispatch(cli) {
            // Who got only a part of it must not take it for all.
            exit::CONFORMS if !write::stdout_is_whole() => exit::REPORT,
            code => code,
        },
        Err(error) => {
            // Help and version are no errors; a closed pipe is nobody's concern.
            let _ = error.print();
            if error.use_stderr() { exit::USAGE } else { exit::CONFORMS }
        }
    });
    ExitCode::from(outcome.unwrap_or(exit::INTERNAL))
}

fn dispatch(cli: Cli) -> u8 {
    match cli.command {
        Command::Run(args) => run::run(*args, cli.color),
        Command::List(args) => list::run(&args),
        Command::Lint(args) => lint::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Merge(args) => merge::run(&args, cli.color),
        Command::Waivers(args) => waivers::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::History(args) => history::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Rejudge(args) => rejudge::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Keygen(args) => keygen::run(&args),
        Command::Init(args) => init::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Coverage(args) => coverage::run(&args),
        Command::Selftest(args) => selftest::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Completions(args) => completions::run(&args),
    }
}

/// The whole command, for completions.
fn command() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}
