//! What a run is, and all that has to be ready before its first request.

use std::sync::Arc;

use clap::ColorChoice;
use sha2::{Digest, Sha256};

use super::{Args, Keep};
use crate::cli::binary::OwnDigest;
use crate::cli::bundle::{Begun, Wanted};
use crate::cli::clock::started_at;
use crate::cli::output::{Aside, Output, Sinks};
use crate::cli::policy::{Profile, today};
use crate::cli::suite::Chosen;
use crate::cli::target::Aim;
use crate::cli::write::{err, usage_error};
use crate::cli::{selftest, signal};
use crate::model::digest::hexadecimal;
use crate::model::event::{RunInfo, SCHEMA_VERSION};
use crate::model::exit;
use crate::model::waiver::Waiver;
use crate::runner::{self, Evidence, Nonce, Settings, Target};
use crate::runs::RunIdentity;

/// What is told of the run before its first trial.
pub(super) fn info(args: &Args, chosen: &Chosen, aim: &Aim, identity: &RunIdentity, own_digest: OwnDigest) -> RunInfo {
    RunInfo {
        run_id: identity.run_id.clone(),
        started_at: identity.started_at.clone(),
        partition: chosen.partition.map(|partition| partition.to_string()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        base_url: aim.target.client.base_url().to_owned(),
        embedded: aim.embedded.is_some(),
        suite: args.suite.cases.as_ref().map_or_else(|| "built-in".to_owned(), |dir| dir.display().to_string()),
        suite_digest: chosen.suite.digest.clone(),
        selftest: selftest::summary::measured(&chosen.suite.digest).map(Box::new),
        binary_digest: own_digest.finish(),
        docs: args.docs_url.clone(),
        tiers: chosen.tiers.iter().flatten().map(|tier| tier.as_str().to_owned()).collect(),
        ..RunInfo::default()
    }
}

/// How the arguments have the run go about its trials.
pub(super) fn settings(args: &Args, chosen: &Chosen, aim: &Aim) -> Settings {
    Settings {
        repeat: args.repeat,
        // What a run set before it was interrupted may still be there when it goes on.
        nonce: args.nonce.as_deref().filter(|_| args.keep.resume.is_none()).map_or_else(Nonce::default, Nonce::new),
        max_fail: args.max_fail,
        deny: args.policy.deny(),
        tiers: chosen.tiers.clone(),
        evidence: match (args.evidence, args.policy.profile) {
            (Some(Keep::All), _) | (None, Some(Profile::Acceptance)) => Evidence::All,
            (Some(Keep::None), _) => Evidence::None,
            (Some(Keep::Failures) | None, _) => Evidence::Failures,
        },
        cancelled: signal::interrupts(),
        notice: |text| err(format!("note: {text}")),
        ..aim.settings()
    }
}

/// All that can be found wrong before the first request is sent, done.
pub(super) struct Prepared {
    pub(super) settings: Settings,
    pub(super) sinks: Sinks,
    pub(super) bundle: Option<Begun>,
}

/// Opens everything that the run writes to.
#[expect(clippy::too_many_arguments, reason = "each is taken as a whole, and there is one caller")]
pub(super) fn prepare(
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
pub(super) fn identity(args: &Args, chosen: &Chosen, aim: &Aim) -> RunIdentity {
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
