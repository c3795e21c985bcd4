//! The layers of settings: flags, `PATCHPROOF_*`, a target of `patchproof.toml`, defaults.

use std::path::{Path, PathBuf};

use super::super::policy;
use super::super::suite::count;
use super::super::write::{err, out};
use super::TargetArgs;
use super::aim::{on_embedded, patience, value};
use super::conflicts::{contradictions, elsewhere, other_issuer};
use super::slip::of_another_target;
use crate::contract::endpoint::ENDPOINTS;
use crate::contract::requirement::requirements;
use crate::diff;
use crate::plan::Suite;
use crate::target::config::{self, ConfigFile, Origin, Resolved, TargetConfig, Vocabulary};
use crate::target::pace::Backoff;

/// What counts, and the file that it came from in part.
#[derive(Debug)]
pub(in crate::cli) struct Layers {
    /// The settings.
    pub(in crate::cli) resolved: Resolved,
    /// The configuration file that was read.
    pub(in crate::cli) file: Option<PathBuf>,
    /// The targets of the file, where it has several and none of them is meant.
    pub(in crate::cli) unnamed: Vec<String>,
}

/// The layers as given, and what is wrong with them.
struct Given {
    flags: TargetConfig,
    env: TargetConfig,
    file: Option<ConfigFile>,
    wrong: Vec<String>,
}

impl TargetArgs {
    /// All layers, checked; every error in one go.
    pub(in crate::cli) fn layers(&self) -> Result<Layers, String> {
        let Given { flags, env, file, mut wrong } = self.given();
        let mut target = TargetConfig::default();
        let address = flags.base_url.as_ref().or(env.base_url.as_ref());
        // An address that was given is another target than the file's default, unless it is named.
        let named = self.target.clone().or_else(|| variable("PATCHPROOF_TARGET"));
        match &file {
            // Whoever names a file does not mean the embedded server.
            Some(file)
                if address.is_none() && named.is_none() && self.named_file().is_some() && file.targets.is_empty() =>
            {
                wrong.push(format!("{}: there is no target in it", file.path.display()));
            }
            Some(file) if named.is_some() || address.is_none() => match file.target(named.as_deref()) {
                Ok(found) => target = found,
                Err(error) => wrong.push(error.to_string()),
            },
            None if wrong.is_empty() && named.is_some() => {
                let name = named.unwrap_or_default();
                wrong.push(format!("target {name}: there is no patchproof.toml here or in a folder above"));
            }
            _ => {}
        }
        wrong.extend(elsewhere(address, &target));
        wrong.extend(other_issuer(&[&flags, &env], &target));
        if !wrong.is_empty() {
            return Err(wrong.join("\n"));
        }
        let resolved = match config::merge(flags, env, target) {
            resolved if resolved.base_url.is_none() => on_embedded(resolved, false),
            resolved => resolved,
        };
        if let Some(wrong) = contradictions(&resolved) {
            return Err(wrong);
        }
        let several = file.iter().filter(|file| resolved.base_url.is_none() && file.targets.len() > 1);
        let unnamed = several.flat_map(|file| file.targets.keys().cloned()).collect();
        Ok(Layers { resolved, file: file.map(|file| file.path), unnamed })
    }

    /// The layers where the embedded server has faults or variations: the flags alone.
    pub(in crate::cli) fn layers_of_embedded(&self, has_faults: bool) -> Result<Layers, String> {
        let flags = self.layer().map_err(|errors| errors.join("\n"))?;
        let resolved = config::merge(flags, TargetConfig::default(), TargetConfig::default());
        if let Some(name) = of_another_target(&resolved) {
            return Err(format!(
                "{name} is about another target; what has a fault or a variation is the embedded server"
            ));
        }
        Ok(Layers { resolved: on_embedded(resolved, has_faults), file: None, unnamed: Vec::new() })
    }

    /// The layers for a target with this address: the one that is named if it has it, or one in the file, or, where
    /// there is no `other` address, what the flags and the environment say.
    pub(in crate::cli) fn layers_of(&self, base_url: &str, only: bool) -> Result<Option<Layers>, String> {
        let same = |given: &String| is_address(given, base_url);
        let named = self.layers()?;
        match &named.resolved.base_url {
            Some(setting) if same(&setting.value) => return Ok(Some(named)),
            Some(setting) if setting.origin != Origin::File || self.target.is_some() => return Ok(None),
            _ => {}
        }
        let Given { mut flags, env, file, .. } = self.given();
        let of_file = file.iter().flat_map(|file| file.targets.values());
        let found = of_file.into_iter().find(|target| target.base_url.as_ref().is_some_and(same)).cloned();
        Ok(match found {
            Some(target) => {
                let resolved = config::merge(flags, env, target);
                Some(Layers { resolved, file: named.file, unnamed: Vec::new() })
            }
            None if only && named.resolved.base_url.is_none() => {
                flags.base_url = Some(base_url.to_owned());
                let resolved = config::merge(flags, env, TargetConfig::default());
                Some(Layers { resolved, file: named.file, unnamed: Vec::new() })
            }
            None => None,
        })
    }

    /// The folder of the program's state that is set, where it is clear whose is meant.
    pub(in crate::cli) fn state(&self) -> Result<Option<PathBuf>, String> {
        let problem = match self.layers() {
            Ok(layers) => return Ok(layers.resolved.state_dir.map(|setting| setting.value)),
            Err(problem) => problem,
        };
        // What is amiss with the target is no matter where all targets have the same folder.
        let Given { flags, env, file, .. } = self.given();
        if let Some(folder) = flags.state_dir.or(env.state_dir) {
            return Ok(Some(folder));
        }
        let mut folders = file.iter().flat_map(|file| file.targets.values()).map(|target| &target.state_dir);
        let first = folders.next().cloned().flatten();
        if file.is_some() && folders.all(|folder| *folder == first) { Ok(first) } else { Err(problem) }
    }

    fn given(&self) -> Given {
        let mut wrong = Vec::new();
        let mut take = |layer: Result<TargetConfig, Vec<String>>, from: &str| {
            let layer = layer.unwrap_or_else(|errors| {
                wrong.extend(errors);
                TargetConfig::default()
            });
            with_vocabulary(|words| {
                wrong.extend(layer.unknown_words(words).iter().map(|error| format!("{from}: {error}")));
            });
            layer
        };
        let flags = take(self.layer(), "command line");
        let env = take(config::from_env(|name| std::env::var(name).ok()), "environment");
        let ours = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        wrong.extend(config::slips(ours.filter(|name| name.starts_with("PATCHPROOF_"))));
        let file = self.file().unwrap_or_else(|errors| {
            wrong.extend(errors);
            None
        });
        Given { flags, env, file, wrong }
    }

    /// The configuration file that is named.
    fn named_file(&self) -> Option<PathBuf> {
        self.config.clone().or_else(|| variable("PATCHPROOF_CONFIG").map(PathBuf::from))
    }

    /// The configuration file: the one named, else the nearest.
    fn file(&self) -> Result<Option<ConfigFile>, Vec<String>> {
        let path = self.named_file().or_else(|| config::find(&std::env::current_dir().unwrap_or_default()));
        path.map(|path| read_file(&path)).transpose()
    }
}

impl Layers {
    /// Where leases and journals are: as set, else where the system keeps the state of programs. Not in a folder for
    /// everybody's files, where somebody else could write down which jobs are to be deleted with the user's token.
    pub(in crate::cli) fn state_folder(&self) -> Option<PathBuf> {
        value(self.resolved.state_dir.as_ref()).or_else(crate::cli::keep::state_folder)
    }

    /// Makes the folder of leases and journals, without which no job is touched.
    ///
    /// # Errors
    /// One sentence for people, where nothing can be written there.
    pub(in crate::cli) fn keep_ready(&self) -> Result<(), String> {
        let folder = self.state_folder().ok_or(NO_STATE_FOLDER)?;
        let written = std::fs::create_dir_all(&folder).and_then(|()| tempfile::tempfile_in(&folder));
        written.map(drop).map_err(|error| {
            let shown = folder.display();
            format!(
                "{shown}: {error}\n  what has to be put back is written down there before a job is touched; \
                 --state-dir or PATCHPROOF_STATE_DIR names another folder"
            )
        })
    }

    /// How long housekeeping waits before it asks again.
    pub(in crate::cli) fn backoff(&self) -> Backoff {
        let patience = patience(&self.resolved);
        Backoff { interval: patience.interval, cap: patience.cap }
    }
}

/// Said where no folder of the program's state is known.
pub(in crate::cli) const NO_STATE_FOLDER: &str = "no folder for the program's state is known, as neither HOME nor \
     XDG_STATE_HOME is set\n  what has to be put back is written down there before a job is touched; --state-dir or \
     PATCHPROOF_STATE_DIR names one";

/// Checks the configuration file that is named, or the nearest, and its waivers, against the suite where there is one; tells
/// what there is to tell, and whether all is well.
pub(in crate::cli) fn lint(named: Option<&Path>, suite: Option<&Suite>) -> bool {
    let nearest = || config::find(&std::env::current_dir().unwrap_or_default());
    let Some(path) = named.map(Path::to_owned).or_else(nearest) else { return true };
    match read_file(&path) {
        Ok(file) => {
            let mut well = !file.targets.is_empty();
            if !well {
                err(format!("error: {}: there is no target in it", path.display()));
            }
            for (name, target) in &file.targets {
                let hold = |path: &PathBuf| match suite {
                    Some(suite) => policy::read_for(std::slice::from_ref(path), suite).is_ok(),
                    None => policy::read(std::slice::from_ref(path)).is_ok(),
                };
                well &= target.waivers.as_ref().is_none_or(hold);
                let alone = config::merge(TargetConfig::default(), TargetConfig::default(), target.clone());
                let address =
                    target.base_url.as_deref().map(|url| crate::target::root::parse(url).map_err(|e| e.to_string()));
                let oauth = alone.oauth_mistakes();
                // What is amiss with OAuth is among what cannot hold at once, and told with all the rest of it.
                let conflict = contradictions(&alone).filter(|_| oauth.is_empty());
                for mistake in oauth.into_iter().chain(address.and_then(Result::err)).chain(conflict) {
                    err(format!("error: {}: targets.{name}: {mistake}", path.display()));
                    well = false;
                }
            }
            if well {
                out(format!("{}: {}, no errors", path.display(), count(file.targets.len(), "target")));
            }
            well
        }
        Err(errors) => {
            for error in errors {
                err(format!("error: {error}"));
            }
            false
        }
    }
}

/// The waiver file of a target: the one that is named, else the one with this address, else the default one.
pub(in crate::cli) fn waivers_of(
    config: Option<&Path>,
    name: Option<&str>,
    base_url: &str,
) -> Result<Option<PathBuf>, Vec<String>> {
    let nearest = || config::find(&std::env::current_dir().unwrap_or_default());
    let Some(path) = config.map(Path::to_owned).or_else(nearest) else { return Ok(None) };
    let file = read_file(&path)?;
    let here = |target: &&TargetConfig| {
        target.base_url.as_ref().is_some_and(|url| url.trim_end_matches('/') == base_url.trim_end_matches('/'))
    };
    let target = match name {
        // What a target is called in waivers need not be in the file.
        Some(name) => file.targets.get(name).cloned(),
        None => file.targets.values().find(here).cloned().or_else(|| file.target(None).ok()),
    };
    Ok(target.and_then(|target| target.waivers))
}

/// Reads a configuration file with the words of the contract.
fn read_file(path: &Path) -> Result<ConfigFile, Vec<String>> {
    let text = std::fs::read_to_string(path).map_err(|error| vec![format!("{}: {error}", path.display())])?;
    with_vocabulary(|words| config::parse(&text, path, words))
        .map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

fn with_vocabulary<T>(work: impl FnOnce(&Vocabulary<'_>) -> T) -> T {
    let collections: Vec<&str> = ENDPOINTS.iter().map(|endpoint| endpoint.collection).collect();
    let requirements: Vec<&str> = requirements().iter().map(|requirement| requirement.id.as_str()).collect();
    let properties: Vec<&str> = diff::JOB.iter().map(|(name, _)| *name).collect();
    work(&Vocabulary { collections: &collections, requirements: &requirements, properties: &properties })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether a base URL as somebody wrote it is the one that requests go to.
fn is_address(given: &str, base_url: &str) -> bool {
    let written = url::Url::parse(given).map_or_else(|_| given.to_owned(), |url| url.to_string());
    written.trim_end_matches('/') == base_url
}
