//! `patchproof report`: render a stored run again, in any format.

use std::fs::File;
use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::keep::StateArgs;
use super::output;
use super::write::{Pending, err, stdout, usage_error};
use crate::model::exit;
use crate::report::{self, Run};

/// Arguments of `report`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  patchproof report reports/report.json --report html=acceptance.html
  patchproof report nightly.json --report junit=junit.xml --report sarif=findings.sarif
  patchproof report nightly.json                the findings, as text on stdout

The exit code says whether the reports were written; the verdict is in them.")]
pub(super) struct Args {
    /// The report.json of a run; or `latest`, or the beginning of the id of a kept run
    #[arg(value_name = "RUN")]
    file: PathBuf,
    /// Write a report; repeatable. Text on stdout when not given
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    reports: Vec<String>,
    #[command(flatten)]
    state: StateArgs,
}

pub(super) fn run(args: &Args) -> u8 {
    match render(args) {
        Ok(()) => exit::CONFORMS,
        Err(code) => code,
    }
}

fn render(args: &Args) -> Result<(), u8> {
    let outputs = output::parse(&args.reports)?;
    let run = if args.file.is_file() { read(&args.file)? } else { kept(&args.file, &args.state)? };
    if outputs.is_empty()
        && let Some(format) = report::format("text")
    {
        // A closed pipe is nobody's concern.
        let _ = report::render(&run, format, stdout());
    }
    let mut code = Ok(());
    for output in outputs {
        let written = Pending::new(&output.path).and_then(|(pending, writer)| {
            report::render(&run, output.format, writer)?;
            pending.finish()
        });
        if let Err(error) = written {
            err(format!("error: {}: {error}", output.path.display()));
            code = Err(exit::REPORT);
        }
    }
    code
}

/// Reads a kept run; what is wrong with it is told on stderr.
fn kept(name: &std::path::Path, state: &StateArgs) -> Result<Run, u8> {
    state.store()?.open(&name.to_string_lossy()).map_err(usage_error)
}

/// Reads a stored run; what is wrong with it is told on stderr.
pub(super) fn read(path: &std::path::Path) -> Result<Run, u8> {
    let run = File::open(path).map_err(|error| error.to_string());
    run.and_then(|file| report::read_run(file).map_err(|error| error.to_string()))
        .map_err(|problem| usage_error(format!("{}: {problem}", path.display())))
}
