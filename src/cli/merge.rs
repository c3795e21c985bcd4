//! `patchproof merge`: put the reports of shards together to the report of the whole run.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ColorChoice};

use super::output::{OutputArgs, Sinks};
use super::write::{err, usage_error};
use crate::model::event::Event;
use crate::model::exit;
use crate::report;
use crate::runs::merge;

/// Arguments of `merge`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  patchproof run --partition hash:1/3 --report json=shard-1.json     on each of three machines
  patchproof merge shard-*.json --report-dir reports                 afterwards, on one

The exit code is that of the whole run. Shards with the same --seed and --nonce (a
new nonce each time) send what the whole run would send, and come to the same
verdicts and findings. Times, ids of runs and requests, and how many reads a
trial begins with are their own.")]
pub(super) struct Args {
    /// The report.json of every shard
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Merge what there is, where shards are missing; the run then counts as unfinished
    #[arg(long)]
    partial: bool,
    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn run(args: &Args, color: ColorChoice) -> u8 {
    match merged(args, color) {
        Ok(code) | Err(code) => code,
    }
}

fn merged(args: &Args, color: ColorChoice) -> Result<u8, u8> {
    let outputs = args.output.outputs(None)?;
    let mut shards = Vec::new();
    for path in &args.files {
        let name = path.display().to_string();
        let file = std::fs::File::open(path).map_err(|error| usage_error(format!("{name}: {error}")))?;
        let run = report::read_run(file).map_err(|error| usage_error(format!("{name}: {error}")))?;
        shards.push((name, run));
    }
    let run = merge(shards, args.partial).map_err(usage_error)?;
    let code = run.summary.exit_code;
    let told = |problem: String| {
        err(format!("error: {problem}"));
        // A failure stays a failure; a green run without its report is not green.
        if code == exit::CONFORMS { exit::REPORT } else { code }
    };
    let mut sinks = Sinks::open(&args.output, color, outputs, Vec::new()).map_err(told)?;
    sinks.event(&Event::RunStarted(run.info));
    for trial in run.trials {
        sinks.event(&Event::TrialFinished(Box::new(trial)));
    }
    sinks.event(&Event::RunFinished(run.summary));
    sinks.close().map_err(told)?;
    Ok(code)
}
