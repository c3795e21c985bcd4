//! Finding the configuration file: `patchproof.toml` here or in a folder above.

use std::path::{Path, PathBuf};

/// Name of the configuration file.
const FILE_NAME: &str = "patchproof.toml";

/// The nearest configuration file, from `start` upwards.
#[must_use]
pub fn find(start: &Path) -> Option<PathBuf> {
    start.ancestors().map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file())
}
