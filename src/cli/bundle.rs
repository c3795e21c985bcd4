//! `--report bundle=PATH`: the flags of a bundle, and what the command line puts into it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde_json::Value;

use super::output::Output;
use super::suite::count;
use super::write::{err, usage_error};
use crate::evidence::sign::PrivateKey;
use crate::evidence::{Contents, Settings, Stage, Subject};
use crate::model::exit;
use crate::model::waiver::Waiver;
use crate::plan::Suite;
use crate::report;
use crate::runner;

/// What a bundle is about, and who signs it.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reports")]
pub(super) struct BundleArgs {
    /// What is tested, for the statement of a bundle: a file, or NAME@sha256:HEX; repeatable
    #[arg(long, value_name = "ARTEFACT")]
    subject: Vec<String>,
    /// Sign the statement of a bundle with this Ed25519 key (see `keygen`)
    #[arg(long, value_name = "KEY", env = "PATCHPROOF_SIGN")]
    sign: Option<PathBuf>,
}

/// A bundle that is wanted.
pub(super) struct Wanted {
    path: PathBuf,
    subjects: Vec<Subject>,
    key: Option<PrivateKey>,
}

impl BundleArgs {
    /// Takes `bundle=PATH` out of the values of `--report`; what is wrong is told on stderr.
    pub(super) fn wanted(&self, reports: &mut Vec<String>) -> Result<Option<Wanted>, u8> {
        let paths: Vec<String> =
            reports.iter().filter_map(|text| text.strip_prefix("bundle=")).map(str::to_owned).collect();
        reports.retain(|text| !text.starts_with("bundle="));
        let path = match paths.as_slice() {
            [] if self.subject.is_empty() && self.sign.is_none() => return Ok(None),
            [] => return Err(usage_error("--subject and --sign need --report bundle=PATH")),
            [path] if !path.is_empty() => PathBuf::from(path),
            [_] => return Err(usage_error("--report bundle=: expected a path")),
            _ => return Err(usage_error("--report bundle= is given twice")),
        };
        let subjects = self.subject.iter().map(|text| Subject::parse(text)).collect::<Result<_, _>>();
        let subjects = subjects.map_err(|problem| usage_error(format!("--subject {problem}")))?;
        let key = self.sign.as_deref().map(private).transpose().map_err(usage_error)?;
        Ok(Some(Wanted { path, subjects, key }))
    }
}

fn private(path: &Path) -> Result<PrivateKey, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
    PrivateKey::from_pem(&text).map_err(|error| format!("{shown}: {error}"))
}

/// A bundle being written.
pub(super) struct Begun {
    stage: Stage,
    wanted: Wanted,
    more: Vec<(String, Vec<u8>)>,
    settings: Settings,
}

impl Wanted {
    /// Starts the bundle: its reports join `outputs`, and its witness the settings of the run.
    pub(super) fn begin(
        self,
        run_id: &str,
        target: Vec<String>,
        waivers: &[Waiver],
        outputs: &mut Vec<Output>,
        settings: &mut runner::Settings,
    ) -> Result<Begun, u8> {
        let shown = self.path.display().to_string();
        let failed = |problem: &dyn std::fmt::Display| {
            err(format!("error: {shown}: {problem}"));
            exit::REPORT
        };
        let judged = Arc::clone(&settings.known);
        let stage = Stage::begin(&self.path, run_id, &|trial| judged.contains_key(trial));
        let stage = stage.map_err(|error| failed(&error))?;
        if stage.carried().len() < judged.len() {
            let lost = count(judged.len() - stage.carried().len(), "trial");
            err(format!("note: the exchanges of {lost} judged before are not at hand; run again for the bundle"));
            let kept = judged.iter().filter(|(name, _)| stage.carried().contains(*name));
            settings.known = Arc::new(kept.map(|(name, result)| (name.clone(), result.clone())).collect());
        }
        for format in ["json", "html"].into_iter().filter_map(report::format) {
            outputs.push(Output { format, path: stage.report(format.extension) });
        }
        settings.witness = Some(stage.witness());
        let mut more = Vec::new();
        if !waivers.is_empty() {
            let octets = serde_json::to_vec_pretty(waivers).map_err(|error| failed(&error))?;
            more.push(("waivers.json".to_owned(), octets));
        }
        let settings = Settings {
            deny: settings.deny,
            tiers: settings.tiers.clone(),
            off: settings.off.clone(),
            target: target.into_iter().map(Value::from).collect(),
        };
        Ok(Begun { stage, wanted: self, more, settings })
    }
}

impl Begun {
    /// Completes the bundle and puts it in its place.
    pub(super) fn finish(self, suite: &Suite) -> Result<(), String> {
        let shown = self.wanted.path.display().to_string();
        let contents = Contents {
            suite,
            settings: &self.settings,
            more: &self.more,
            subjects: self.wanted.subjects,
            key: self.wanted.key.as_ref(),
        };
        self.stage.finish(contents).map_err(|error| format!("{shown}: {error}"))
    }
}
