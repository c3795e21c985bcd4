//! `patchproof keygen`: make a key that signs bundles, and the key by which others check them.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use super::write::{out, usage_error};
use crate::evidence::sign::PrivateKey;
use crate::model::exit;

/// Arguments of `keygen`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  patchproof keygen                       patchproof.key and patchproof.key.pub
  patchproof keygen ~/keys/vendor

Keep the private key to yourself; give the public one to whoever verifies, by another way than the
bundle. Both are PEM (PKCS #8, SubjectPublicKeyInfo) without a passphrase.")]
pub(super) struct Args {
    /// The private key; the public one goes beside it, with `.pub` at its end
    #[arg(value_name = "PATH", default_value = "patchproof.key")]
    path: PathBuf,
}

pub(super) fn run(args: &Args) -> u8 {
    let public = PathBuf::from(format!("{}.pub", args.path.display()));
    let made = PrivateKey::generate().and_then(|key| {
        let (private, shared) = (key.to_pem()?, key.public().to_pem()?);
        if public.exists() {
            return Err(format!("{}: it exists", public.display()));
        }
        write(&args.path, &private, true)?;
        write(&public, &shared, false)?;
        Ok(key.public().id())
    });
    match made {
        Ok(id) => {
            out(format!("private key  {}", args.path.display()));
            out(format!("public key   {}", public.display()));
            out(format!("id           {id}"));
            exit::CONFORMS
        }
        Err(problem) => usage_error(problem),
    }
}

/// Writes a new file; a key that is there is never overwritten.
fn write(path: &Path, text: &str, private: bool) -> Result<(), String> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = private;
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| format!("{}: {error}", path.display()))
}
