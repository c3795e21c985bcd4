//! `patchproof verify`: check that a bundle was not altered and that its verdicts follow from its exchanges.

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use super::suite::count;
use super::write::{err, out, usage_error};
use crate::evidence::sign::PublicKey;
use crate::evidence::{self, Refused};
use crate::model::exit;

/// Arguments of `verify`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  patchproof verify acceptance.tar.gz                     digests, chain, verdicts
  patchproof verify acceptance.tar.gz --key vendor.pub    and who signed it

Exit codes: 0 it holds, 2 usage or no bundle, 7 it does not hold.
Without --key, whoever can write the bundle can write another one: see docs/evidence.md.")]
pub(super) struct Args {
    /// A folder, or a .tar.gz
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// Public key that must have signed it
    #[arg(long, value_name = "PUB")]
    key: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> u8 {
    let key = match args.key.as_deref().map(public).transpose() {
        Ok(key) => key,
        Err(problem) => return usage_error(problem),
    };
    let verified = match evidence::verify(&args.bundle, key.as_ref()) {
        Ok(verified) => verified,
        Err(refused) => return tell(&refused),
    };
    out(format!("holds: {}", args.bundle.display()));
    out(format!("  bundle     sha256:{}", verified.digest));
    out(format!("  files      {}", verified.files));
    out(format!("  exchanges  {}, chained", verified.exchanges));
    out(format!("  verdicts   {} judged again, all the same", count(verified.judged, "trial")));
    out(format!("  outcome    exit code {}", verified.exit_code));
    for subject in &verified.subjects {
        out(format!("  subject    {} sha256:{}", subject.name, subject.sha256));
    }
    out(match (&verified.signed, verified.checked) {
        (None, _) => "  signature  none: it is whole, but anybody can have made it".to_owned(),
        (Some(id), false) => format!("  signature  not checked (--key); says to be by {id}"),
        (Some(id), true) => format!("  signature  good, by {id}"),
    });
    exit::CONFORMS
}

/// Says why a bundle is refused.
pub(super) fn tell(refused: &Refused) -> u8 {
    match refused {
        Refused::Unreadable(..) | Refused::NotABundle(_) => usage_error(refused),
        Refused::Altered(_) | Refused::DoesNotFollow(_) => {
            err(format!("does not hold: {refused}"));
            exit::MISMATCH
        }
    }
}

fn public(path: &Path) -> Result<PublicKey, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
    PublicKey::from_pem(&text).map_err(|error| format!("{shown}: {error}"))
}
