//! `patchproof run`: judge a target, tell what happened, leave the exit code that scripts depend on.

use std::sync::Arc;

use clap::{Args as ClapArgs, ColorChoice, ValueEnum};
use sha2::{Digest, Sha256};

use super::binary::OwnDigest;
use super::bundle::{BundleArgs, Wanted};
use super::keep::{Begun, KeepArgs, Keeping};
use super::output::{Aside, Output, OutputArgs, Sinks};
use super::policy::{PolicyArgs, Profile, today};
use super::suite::{Chosen, SuiteArgs};
use super::target::{Aim, TargetArgs};
use super::write::{err, out, usage_error};
use crate::model::digest::hexadecimal;
use crate::model::event::{Event, RunInfo, SCHEMA_VERSION, Summary};
use crate::model::exit;
use crate::model::waiver::Waiver;
use crate::runner::{self, Evidence, Settings, Target};
use crate::runs::RunIdentity;

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
const REAL: [&str; 4] = ["base_url", "target", "job", "provision"];

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
        args.target.layers().map_err(usage_error)?.shown().iter().for_each(out);
        return Ok(exit::CONFORMS);
    }
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
    let aim = if args.fault.is_empty() && args.variation.is_empty() {
        super::reach::reach(&args.target).await?
    } else {
        super::serve::wrong(&args.fault, &args.variation)
            .and_then(|(faults, variations)| super::target::embedded(faults, variations, &args.target))
            .map_err(usage_error)?
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

/// What is told of the run before its first trial.
fn info(args: &Args, chosen: &Chosen, aim: &Aim, identity: &RunIdentity, own_digest: OwnDigest) -> RunInfo {
    RunInfo {
        run_id: identity.run_id.clone(),
        started_at: identity.started_at.clone(),
        partition: chosen.partition.map(|partition| partition.to_string()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        base_url: aim.target.client.base_url().to_owned(),
        embedded: aim.embedded.is_some(),
        suite: args.suite.cases.as_ref().map_or_else(|| "built-in".to_owned(), |dir| dir.display().to_string()),
        suite_digest: chosen.suite.digest.clone(),
        selftest: super::selftest::summary::measured(&chosen.suite.digest).map(Box::new),
        binary_digest: own_digest.finish(),
        docs: args.docs_url.clone(),
        tiers: chosen.tiers.iter().flatten().map(|tier| tier.as_str().to_owned()).collect(),
        ..RunInfo::default()
    }
}

/// How the arguments have the run go about its trials.
fn settings(args: &Args, chosen: &Chosen, aim: &Aim) -> Settings {
    Settings {
        repeat: args.repeat,
        max_fail: args.max_fail,
        deny: args.policy.deny(),
        tiers: chosen.tiers.clone(),
        evidence: match (args.evidence, args.policy.profile) {
            (Some(Keep::All), _) | (None, Some(Profile::Acceptance)) => Evidence::All,
            (Some(Keep::None), _) => Evidence::None,
            (Some(Keep::Failures) | None, _) => Evidence::Failures,
        },
        cancelled: super::signal::interrupts(),
        notice: |text| err(format!("note: {text}")),
        ..aim.settings()
    }
}

/// All that can be found wrong before the first request is sent, done.
struct Prepared {
    settings: Settings,
    sinks: Sinks,
    bundle: Option<super::bundle::Begun>,
}

#[expect(clippy::too_many_arguments, reason = "each is taken as a whole, and there is one caller")]
fn prepare(
    args: &Args,
    color: ColorChoice,
    chosen: &Chosen,
    waivers: Vec<Waiver>,
    mut outputs: Vec<Output>,
    asides: Vec<Aside>,
    bundle: Option<Wanted>,
    info: &RunInfo,
    mut settings: Settings,
) -> Result<Prepared, u8> {
    let accepted = waivers.clone();
    let url = Some(info.base_url.as_str()).filter(|_| !info.embedded);
    let waivers = args.policy.waivers(waivers, &chosen.suite, &args.target, url, today()).map_err(usage_error)?;
    settings.waivers = Arc::new(waivers);
    let bundle = match bundle {
        Some(wanted) => {
            let target = args.target.layers().map(|layers| layers.shown()).unwrap_or_default();
            Some(wanted.begin(&info.run_id, target, &accepted, &mut outputs, &mut settings)?)
        }
        None => None,
    };
    let sinks = Sinks::open(&args.output, color, outputs, asides).map_err(|problem| {
        err(format!("error: {problem}"));
        exit::REPORT
    })?;
    Ok(Prepared { settings, sinks, bundle })
}

/// What is run, as far as a verdict depends on it.
fn identity(args: &Args, chosen: &Chosen, aim: &Aim) -> RunIdentity {
    let base_url = aim.embedded.is_none().then(|| aim.target.client.base_url());
    let wrong: Vec<&str> = args.fault.iter().chain(&args.variation).map(String::as_str).collect();
    let deny = args.policy.deny();
    let target = base_url.map_or_else(|| format!("the embedded server [{}]", wrong.join(", ")), str::to_owned);
    // A vendor whose server is to be accepted must not be able to predict the order.
    let seed = match args.policy.profile {
        Some(Profile::Acceptance) => fastrand::u64(1..1_000_000),
        _ => runner::steady_seed(&chosen.suite.digest, &target),
    };
    RunIdentity {
        schema_version: SCHEMA_VERSION.to_owned(),
        run_id: uuid::Uuid::new_v4().to_string(),
        started_at: started_at(),
        target,
        suite: chosen.suite.digest.clone(),
        plan: chosen.plan.digest(&chosen.suite),
        declared: declared(&aim.target),
        policy: format!("deny {deny}, tiers {:?}, repeat {}", chosen.tiers, args.repeat),
        seed: args.seed.unwrap_or(seed),
    }
}

/// Digest of what is declared of a target, as far as verdicts depend on it.
fn declared(target: &Target) -> String {
    let Target { profile, variables, other_tenant, provision, .. } = target;
    let declared = format!("{profile:?} {variables:?} {other_tenant:?} {provision:?}");
    hexadecimal(&Sha256::digest(declared)[..16])
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

/// The start of the run, or what `SOURCE_DATE_EPOCH` says it is.
fn started_at() -> String {
    now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Now, or what `SOURCE_DATE_EPOCH` says it is.
pub(super) fn now() -> jiff::Timestamp {
    let fixed = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    fixed.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()).unwrap_or_else(jiff::Timestamp::now)
}

/// Tells every request that would be sent and every job that would be touched.
fn dry_run(args: &Args, chosen: &Chosen) -> Result<u8, u8> {
    super::serve::wrong(&args.fault, &args.variation).map_err(usage_error)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        err(format!("error: {error}"));
        exit::INTERNAL
    })?;
    let aim = runtime.block_on(args.target.aim_in_silence()).map_err(usage_error)?;
    let base = aim.target.client.base_url().to_owned();
    let settings = aim.settings();
    runner::preview(&chosen.suite, &chosen.plan, aim.target, &settings, &mut |line| out(line));
    let base = if aim.embedded.is_some() { "the embedded reference server" } else { &base };
    err(format!("{} on {base}; nothing was sent", super::suite::count(chosen.plan.len(), "trial")));
    Ok(exit::CONFORMS)
}
