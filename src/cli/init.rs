//! `patchproof init`: write a commented `patchproof.toml`, from flags or, on a terminal, after asking.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::target::ProvisionMode;
use super::write::{out, usage_error};
use crate::contract::endpoint::{self, ENDPOINTS};
use crate::model::exit;
use crate::target::oauth::{GrantType, usable};

const EXAMPLES: &str = "Examples:
  patchproof init                                  asks, and writes patchproof.toml
  patchproof init --target staging --base-url https://staging.example/v1.0 \\
    --token-env STAGING_TOKEN --provision create   writes without asking
  patchproof init --base-url https://staging.example/v1.0 --oauth-client-id 0a1b… \\
    --oauth-issuer https://login.example/tenant    with a token that an issuer gives";

/// Arguments of `init`.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Where to write
    #[arg(value_name = "FILE", default_value = "patchproof.toml")]
    file: PathBuf,
    /// Name of the target
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// Service root of the server under test
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Environment variable that holds the token
    #[arg(long, value_name = "NAME")]
    token_env: Option<String>,
    /// OAuth 2.0 issuer that gives the token
    #[arg(long, value_name = "URL", requires = "oauth_client_id", conflicts_with = "token_env")]
    oauth_issuer: Option<String>,
    /// The client that asks the issuer
    #[arg(long, value_name = "ID", requires = "oauth_issuer")]
    oauth_client_id: Option<String>,
    /// What the token is to be good for: scopes separated by spaces
    #[arg(long, value_name = "SCOPES", requires = "oauth_issuer")]
    oauth_scope: Option<String>,
    /// How the token is got: client-credentials or device-code
    #[arg(long, value_name = "GRANT", requires = "oauth_issuer")]
    oauth_grant: Option<GrantType>,
    /// Job that may be patched; repeatable
    #[arg(long = "job", value_name = "COLLECTION=ID", value_delimiter = ',')]
    job: Vec<String>,
    /// Where jobs come from when none are given
    #[arg(long, value_name = "HOW")]
    provision: Option<ProvisionMode>,
    /// Overwrite a file that is there
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &Args) -> u8 {
    match write(args) {
        Ok(()) => {
            let path = args.file.display();
            out(format!(
                "{path} is written; `patchproof lint` checks it, `patchproof run --dry-run` shows what it does"
            ));
            exit::CONFORMS
        }
        Err(problem) => usage_error(problem),
    }
}

fn write(args: &Args) -> Result<(), String> {
    let path = args.file.display();
    if args.file.exists() && !args.force {
        return Err(format!("{path} is there already; --force overwrites it"));
    }
    if args.base_url.is_none() && !std::io::stdin().is_terminal() {
        return Err("--base-url is needed where nobody can be asked".to_owned());
    }
    let name = answer("Name of the target", args.target.as_deref(), "staging");
    let base_url = answer("Service root", args.base_url.as_deref(), "https://staging.example/v1.0");
    let token = if let Some(issuer) = &args.oauth_issuer {
        oauth(args, issuer)?
    } else {
        let question = "Environment variable that holds the token";
        let name = answer(question, args.token_env.as_deref(), "PATCHPROOF_TOKEN");
        let legal = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'_';
        if name.bytes().next().is_none_or(|first| first.is_ascii_digit()) || !name.bytes().all(legal) {
            return Err(format!("{name:?} is no name of an environment variable"));
        }
        token(&name)
    };
    let (jobs, provision) = jobs(args)?;
    let text = text(&name, &base_url, &token, &jobs, provision)?;
    std::fs::write(&args.file, text).map_err(|error| format!("{path}: {error}"))
}

/// The jobs that may be patched, or where they come from: as given, else as a person at the terminal says. A target
/// without either cannot be judged.
fn jobs(args: &Args) -> Result<(Vec<String>, Option<ProvisionMode>), String> {
    if !args.job.is_empty() || args.provision.is_some() || !std::io::stdin().is_terminal() {
        return Ok((args.job.clone(), args.provision));
    }
    let question = "Jobs that may be patched (COLLECTION=ID,COLLECTION=ID), or create, or discover";
    match answer(question, None, "create").as_str() {
        "create" => Ok((Vec::new(), Some(ProvisionMode::Create))),
        "discover" => Ok((Vec::new(), Some(ProvisionMode::Discover))),
        ids if crate::target::config::parse_jobs(ids).is_ok_and(|jobs| !jobs.is_empty()) => {
            Ok((vec![ids.to_owned()], None))
        }
        other => Err(format!("{other:?}: expected create, discover or COLLECTION=ID")),
    }
}

/// What was given, else what a person at the terminal says, else the default.
fn answer(question: &str, given: Option<&str>, default: &str) -> String {
    if let Some(given) = given {
        return given.to_owned();
    }
    let mut line = String::new();
    if std::io::stdin().is_terminal() {
        let _ = write!(std::io::stderr(), "{question} [{default}]: ");
        // What cannot be read is as good as an empty line.
        let _ = std::io::stdin().read_line(&mut line);
    }
    let line = line.trim();
    if line.is_empty() { default.to_owned() } else { line.to_owned() }
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// The lines about a token that is read.
fn token(variable: &str) -> String {
    format!(
        "# A secret never stands here: it comes from the environment, a file (token-file), a command (token-command)\n\
         # or an OAuth 2.0 issuer (oauth-issuer, oauth-client-id, oauth-client-secret-env).\ntoken-env = {}\n",
        quoted(variable)
    )
}

/// The lines about a token that an issuer gives.
fn oauth(args: &Args, issuer: &str) -> Result<String, String> {
    usable(issuer).map_err(|error| format!("--oauth-issuer: {error}"))?;
    let client = args.oauth_client_id.as_deref().unwrap_or_default();
    let mut lines = format!(
        "# The token comes from this issuer, is kept in the state folder, and is renewed before it ends.\n\
         oauth-issuer = {}\noauth-client-id = {}\n",
        quoted(issuer),
        quoted(client)
    );
    if let Some(scope) = &args.oauth_scope {
        lines.extend(["oauth-scope = ", &quoted(scope), "\n"]);
    }
    match args.oauth_grant {
        Some(GrantType::DeviceCode) => lines.push_str("oauth-grant = \"device-code\"\n"),
        _ => lines.push_str("oauth-client-secret-env = \"PATCHPROOF_OAUTH_CLIENT_SECRET\"\n"),
    }
    Ok(lines)
}

fn text(
    name: &str,
    base_url: &str,
    token: &str,
    jobs: &[String],
    how: Option<ProvisionMode>,
) -> Result<String, String> {
    crate::target::root::parse(base_url).map_err(|error| error.to_string())?;
    let jobs = crate::target::config::parse_jobs(&jobs.join(","))?;
    if let Some(name) = jobs.keys().find(|name| endpoint::by_collection(name).is_none()) {
        return Err(format!("--job {name}: no such collection"));
    }
    let mut text = format!(
        "# Targets of patchproof. A flag stands over an environment variable, which stands over this file.\n\
         # `patchproof schema config` prints the schema of this file.\n\n\
         default-target = {name}\n\n[targets.{name}]\nbase-url = {}\n{token}",
        quoted(base_url),
        name = quoted(name),
    );
    text.push_str(
        "\n# Where jobs come from when none are given: \"create\" makes and deletes them, \"discover\" lists them.\n",
    );
    // Writing to a String cannot fail.
    let _ = match how {
        Some(ProvisionMode::Create) => writeln!(text, "provision = \"create\""),
        Some(ProvisionMode::Discover) => writeln!(text, "provision = \"discover\""),
        None => writeln!(text, "# provision = \"create\""),
    };
    text.push_str(
        "\n# What the target offers beyond PATCH, and what it cannot do.\n# capabilities = [\"etag\"]\n\
         # not-offered = [\"labelsAndPoliciesEvaluationJobs\"]\n# read-only = [\"creationDateTime\"]\n\
         # volatile = [\"endDateTime\"]\n# settle-ms = 250\n\n# How fast.\n# concurrency = 4\n# rate-limit = \"auto\"\n",
    );
    let _ = writeln!(
        text,
        "\n# Only these jobs are patched, and they are put back. Two of a collection allow isolation tests."
    );
    let mark = if jobs.is_empty() { "# " } else { "" };
    let _ = writeln!(text, "{mark}[targets.{}.jobs]", quoted(name));
    for endpoint in &ENDPOINTS {
        let ids = jobs.get(endpoint.collection);
        let list = ids.map(|ids| ids.iter().map(|id| quoted(id)).collect::<Vec<_>>().join(", "));
        let _ = match list {
            Some(list) => writeln!(text, "{} = [{list}]", endpoint.collection),
            None => writeln!(text, "# {} = [\"id\", \"another-id\"]", endpoint.collection),
        };
    }
    Ok(text)
}
