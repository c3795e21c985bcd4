//! `patchproof run`: judge a target, tell what happened, leave the exit code that scripts depend on.

mod prepare;

use clap::{Args as ClapArgs, ColorChoice, ValueEnum};

use super::binary::OwnDigest;
use super::bundle::{BundleArgs, Wanted};
use super::clock::fixed_time;
use super::keep::{Begun, KeepArgs, Keeping};
use super::output::{Output, OutputArgs, Sinks};
use super::policy::PolicyArgs;
use super::suite::{Chosen, SuiteArgs};
use super::target::{Aim, TargetArgs};
use super::write::{err, out, usage_error};
use crate::model::event::{Event, Summary};
use crate::model::exit;
use crate::model::waiver::Waiver;
use crate::runner::{self, Settings};
use prepare::{Prepared, identity, info, prepare, settings};

/// Arguments of `run`.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    suite: SuiteArgs,
    /// Run each trial so many times; one whose attempts differ is flaky
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Pace",
        value_parser = clap::value_parser!(u32).range(1..))]
    repeat: u32,
    /// Seed of the order of trials [default: the same for a suite on a target; by chance with --profile acceptance]
    #[arg(long, value_name = "N", help_heading = "Pace")]
    seed: Option<u64>,
    /// What the values in requests follow from: shards that are given the same send what the whole run sends. To be
    /// given once; a server may echo what it was sent before, so a run that goes on has another [default: by chance]
    #[arg(long, value_name = "TEXT", help_heading = "Pace",
        value_parser = clap::builder::NonEmptyStringValueParser::new())]
    nonce: Option<String>,
    /// Stop after so many failed trials
    #[arg(long, value_name = "N", help_heading = "Pace",
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    max_fail: Option<usize>,
    #[command(flatten)]
    policy: PolicyArgs,
    /// Whose exchanges reports keep [default: failures]
    #[arg(long, value_name = "WHOSE", help_heading = "Reports")]
    evidence: Option<Keep>,
    #[command(flatten)]
    keep: KeepArgs,
    #[command(flatten)]
    output: OutputArgs,
    /// Where reports find the pages that `explain --write-docs` writes; else they lead to the sources
    #[arg(long, value_name = "URL", env = "PATCHPROOF_DOCS_URL", help_heading = "Reports")]
    docs_url: Option<String>,
    #[command(flatten)]
    bundle: BundleArgs,
    /// Say which settings hold and where each came from, and send nothing
    #[arg(long, help_heading = "Output")]
    show_config: bool,
    /// Say what would be run, and send nothing
    #[arg(long, help_heading = "Output")]
    dry_run: bool,
    /// Run the embedded server with this fault, to see it found
    #[arg(long, value_name = "NAME", help_heading = "Embedded server", conflicts_with_all = REAL)]
    fault: Vec<String>,
    /// Run the embedded server with this legal variation
    #[arg(long, value_name = "NAME", help_heading = "Embedded server", conflicts_with_all = REAL)]
    variation: Vec<String>,
}

const EXAMPLES: &str = "Examples:
  patchproof run                          the embedded reference server
  patchproof run jobs::merge -v           some trials, each shown
  patchproof run --base-url https://staging.example/v1.0 --job jobs=324d1724-…
                                          a real one; the token comes from
                                          PATCHPROOF_TOKEN
  patchproof run --target staging --report-dir reports --profile ci
  patchproof run --run 'classify*::**' --repeat 25 --seed 7";

/// Flags that mean a target which cannot be made wrong.
const REAL: [&str; 5] = ["base_url", "target", "config", "job", "provision"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Keep {
    All,
    Failures,
    None,
}

pub(super) fn run(args: Args, color: ColorChoice) -> u8 {
    match judge(args, color) {
        Ok(code) | Err(code) => code,
    }
}

fn judge(mut args: Args, color: ColorChoice) -> Result<u8, u8> {
    if args.show_config {
        let is_plain = args.fault.is_empty() && args.variation.is_empty();
        let layers =
            if is_plain { args.target.layers() } else { args.target.layers_of_embedded(!args.fault.is_empty()) };
        layers.map_err(usage_error)?.shown().iter().for_each(out);
        return Ok(exit::CONFORMS);
    }
    fixed_time().map_err(usage_error)?;
    let bundle = args.bundle.wanted(&mut args.output.reports)?;
    let outputs = args.output.outputs(args.policy.profile)?;
    args.keep.state.clone_from(&args.target.state_dir);
    // What is wrong with the configuration is told when the target is aimed at.
    if let Ok(layers) = args.target.layers()
        && args.fault.is_empty()
        && args.variation.is_empty()
    {
        args.policy.configured(&layers.resolved);
        args.keep.state = layers.resolved.state_dir.map(|setting| setting.value);
    }
    // What is evidence does not lean on what was written down before.
    let own_digest = OwnDigest::begin(args.keep.folder().filter(|_| bundle.is_none()));
    let waivers = args.policy.read()?;
    let names = args.keep.names()?;
    let chosen = args.suite.choose_among(names)?;
    if chosen.plan.is_empty() {
        return Ok(args.policy.nothing(chosen.plan.unmatched()));
    }
    if args.dry_run {
        return dry_run(&args, &chosen);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        err(format!("error: {error}"));
        exit::INTERNAL
    })?;
    runtime.block_on(fire(args, color, own_digest, chosen, waivers, outputs, bundle))
}

async fn fire(
    args: Args,
    color: ColorChoice,
    own_digest: OwnDigest,
    chosen: Chosen,
    waivers: Vec<Waiver>,
    outputs: Vec<Output>,
    bundle: Option<Wanted>,
) -> Result<u8, u8> {
    let aim = match wrong(&args)? {
        Some(aim) => aim,
        None => super::reach::reach(&args.target).await?,
    };
    chosen.want_variables(&aim.target.variables).map_err(usage_error)?;
    let identity = identity(&args, &chosen, &aim);
    let history = args.keep.history(aim.embedded.is_some())?;
    let Begun { identity, known, keeping } = args.keep.begin(&identity)?;
    let asides = keeping.iter().filter_map(Keeping::report).chain(history).collect();
    let info = info(&args, &chosen, &aim, &identity, own_digest);
    let settings = Settings {
        seed: Some(identity.seed),
        known,
        record: keeping.as_ref().map(Keeping::record),
        ..settings(&args, &chosen, &aim)
    };
    let prepared = match prepare(&args, color, &chosen, waivers, outputs, asides, bundle, &info, settings) {
        Ok(prepared) => prepared,
        Err(code) => {
            keeping.into_iter().for_each(Keeping::forget);
            return Err(code);
        }
    };
    let Prepared { settings, mut sinks, bundle } = prepared;
    let progress = args.output.progress(chosen.plan.len());
    let summary = runner::run(&chosen.suite, &chosen.plan, aim.target, &settings, info, &mut |event| {
        if let Event::TrialFinished(_) = &event {
            progress.inc(1);
        }
        sinks.event(&event);
    })
    .await;
    progress.finish_and_clear();
    let mut summary = summary;
    summary.waivers_warn = args.policy.lenient();
    let mut code = finish(sinks, &mut summary);
    drop(settings);
    if let Some(keeping) = keeping {
        keeping.finish(&summary);
    }
    drop(aim.embedded);
    if let Some(Err(problem)) = bundle.map(|bundle| bundle.finish(&chosen.suite)) {
        err(format!("error: {problem}"));
        code = if code == exit::CONFORMS { exit::REPORT } else { code };
    }
    Ok(code)
}

/// Tells the sums, closes the reports and returns the exit code.
fn finish(mut sinks: Sinks, summary: &mut Summary) -> u8 {
    summary.exit_code = exit::of(summary);
    let code = summary.exit_code;
    match summary.teardown.as_slice() {
        [] => {}
        [problem] => err(format!("warning: {problem}")),
        // Each report names them all.
        [first, ..] => {
            err(format!("warning: {} jobs may not be as they were; the first: {first}", summary.teardown.len()));
        }
    }
    sinks.event(&Event::RunFinished(summary.clone()));
    match sinks.close() {
        Ok(()) => code,
        Err(problem) => {
            err(format!("error: {problem}"));
            // A failure stays a failure; a green run without its report is not green.
            if code == exit::CONFORMS { exit::REPORT } else { code }
        }
    }
}

/// The embedded server with its faults and variations, where the arguments name some.
fn wrong(args: &Args) -> Result<Option<Aim>, u8> {
    if args.fault.is_empty() && args.variation.is_empty() {
        return Ok(None);
    }
    super::serve::wrong(&args.fault, &args.variation)
        .and_then(|(faults, variations)| super::target::embedded(faults, variations, &args.target))
        .map(Some)
        .map_err(usage_error)
}

/// Tells every request that would be sent and every job that would be touched. What a run refuses before its first
/// request is refused here in the same words, as far as nobody has to be asked for it and nothing to be written.
fn dry_run(args: &Args, chosen: &Chosen) -> Result<u8, u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        err(format!("error: {error}"));
        exit::INTERNAL
    })?;
    let aim = runtime.block_on(async {
        match wrong(args)? {
            Some(aim) => Ok(aim),
            None => super::reach::look(&args.target).await,
        }
    })?;
    chosen.want_variables(&aim.target.variables).map_err(usage_error)?;
    let known = args.keep.known(&identity(args, chosen, &aim))?;
    let base = aim.target.client.base_url().to_owned();
    let settings = Settings { known, ..aim.settings() };
    let trials = runner::preview(&chosen.suite, &chosen.plan, aim.target, &settings, &mut |line| out(line));
    let base = if aim.embedded.is_some() { "the embedded reference server" } else { &base };
    err(format!("{} on {base}; nothing was sent", super::suite::count(trials, "trial")));
    Ok(exit::CONFORMS)
}
