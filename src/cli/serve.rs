//! `patchproof serve`: the reference server on its own, until Ctrl-C or SIGTERM.

use std::net::{Ipv4Addr, SocketAddr};

use clap::{Args as ClapArgs, ValueEnum};
use serde_json::json;

use super::suite::meant_or_listed;
use super::write::{err, out, usage_error};
use crate::contract::endpoint;
use crate::model::exit;
use crate::reference::{self, Fault, Options, Server, Variation};

/// Arguments of `serve`.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Port on the loopback interface; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// The valid bearer token
    #[arg(long, value_name = "TOKEN", env = "PATCHPROOF_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Job to start with; repeatable
    #[arg(long = "job", value_name = "COLLECTION=ID")]
    jobs: Vec<String>,
    /// Be wrong in this way
    #[arg(long, value_name = "NAME")]
    fault: Vec<String>,
    /// Differ legally in this way
    #[arg(long, value_name = "NAME")]
    variation: Vec<String>,
    /// Requests a second before 429
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    throttle: Option<u32>,
    /// List the names for --fault, with what is wrong, and end
    #[arg(long, conflicts_with = "list_variations")]
    list_faults: bool,
    /// List the names for --variation, with how it differs, and end
    #[arg(long)]
    list_variations: bool,
    /// How to say where it listens
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    message_format: Format,
}

const EXAMPLES: &str = "Examples:
  patchproof serve                        a free port, a token, two jobs a path
  patchproof serve --port 8080 --token secret --job jobs=1 --job jobs=2
  patchproof serve --message-format json
  patchproof serve --list-faults          what it can be made to do wrong";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

/// The catalogue rows of these names.
pub(super) fn wrong(
    faults: &[String],
    variations: &[String],
) -> Result<(Vec<&'static Fault>, Vec<&'static Variation>), String> {
    let fault = |name: &String| {
        let names = reference::faults().map(|fault| fault.name);
        let near = || meant_or_listed(name, names, "patchproof serve --list-faults");
        reference::fault(name).ok_or_else(|| format!("--fault {name:?}: no such fault{}", near()))
    };
    let variation = |name: &String| {
        let names = reference::VARIATIONS.iter().map(|row| row.name);
        let near = || meant_or_listed(name, names, "patchproof serve --list-variations");
        reference::variation(name).ok_or_else(|| format!("--variation {name:?}: no such variation{}", near()))
    };
    let faults = faults.iter().map(fault).collect::<Result<_, _>>()?;
    let variations = variations.iter().map(variation).collect::<Result<_, _>>()?;
    Ok((faults, variations))
}

fn options(args: &Args) -> Result<Options, String> {
    let (faults, variations) = wrong(&args.fault, &args.variation)?;
    let mut jobs = Vec::new();
    for text in &args.jobs {
        let (collection, id) = text.split_once('=').ok_or_else(|| format!("--job {text:?}: expected COLLECTION=ID"))?;
        if endpoint::by_collection(collection).is_none() {
            return Err(format!("--job {text:?}: no such collection"));
        }
        jobs.push((collection.to_owned(), id.to_owned()));
    }
    let mut options = Options {
        addr: SocketAddr::from((Ipv4Addr::LOCALHOST, args.port)),
        jobs,
        faults,
        variations,
        throttle: args.throttle,
        ..Options::default()
    };
    if let Some(token) = &args.token {
        options.token.clone_from(token);
    }
    Ok(options)
}

/// The rows of a catalogue, one a line.
fn list(rows: impl Iterator<Item = (&'static str, &'static str)>, format: Format) -> u8 {
    for (name, title) in rows {
        out(match format {
            Format::Human => format!("{name}: {title}"),
            Format::Json => json!({ "name": name, "title": title }).to_string(),
        });
    }
    exit::CONFORMS
}

pub(super) fn run(args: &Args) -> u8 {
    if args.list_faults {
        return list(reference::faults().map(|row| (row.name, row.title)), args.message_format);
    }
    if args.list_variations {
        return list(reference::VARIATIONS.iter().map(|row| (row.name, row.title)), args.message_format);
    }
    let start =
        |options| Server::start(options).map_err(|error| format!("cannot listen on port {}: {error}", args.port));
    let server = options(args).and_then(start);
    let server = match server {
        Ok(server) => server,
        Err(problem) => return usage_error(problem),
    };
    let jobs: Vec<String> = server.jobs().iter().map(|(collection, id)| format!("{collection}={id}")).collect();
    match args.message_format {
        Format::Human => {
            out(format!("listening on {} token {} jobs {}", server.base_url(), server.token(), jobs.join(",")));
        }
        Format::Json => {
            out(json!({"baseUrl": server.base_url(), "token": server.token(), "jobs": jobs}).to_string());
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(super::signal::interrupted()),
        Err(error) => {
            err(format!("error: {error}"));
            return exit::INTERNAL;
        }
    }
    server.stop();
    exit::CONFORMS
}
