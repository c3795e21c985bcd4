//! The suite in the repository of a server of one's own: `cargo run --example conformance -- jobs::merge`.
//!
//! There, this file is `tests/conformance.rs`, and `Cargo.toml` says so:
//!
//! ```toml
//! [dev-dependencies]
//! patchproof = "0.1"
//!
//! [[test]]
//! name = "conformance"
//! harness = false
//! ```
//!
//! `cargo test --test conformance` then starts the server and judges it, one test per trial. With `PATCHPROOF_BASE_URL`,
//! `PATCHPROOF_TOKEN` and `PATCHPROOF_JOBS` in the environment the same tests judge a staging server instead; for
//! that alone, `patchproof::conformance::main()` is the whole of `main`.

use std::process::ExitCode;

use patchproof::conformance::{Conformance, UnderTest};
use patchproof::reference;

fn main() -> ExitCode {
    Conformance::new().capabilities(["readback", "etag"]).server(start).main()
}

/// Starts the server; here the reference server stands for your own.
fn start() -> Result<UnderTest, String> {
    let server = reference::Server::start(reference::Options::default()).map_err(|error| error.to_string())?;
    let mut under_test = UnderTest::new(server.base_url()).token(server.token());
    for (collection, id) in server.jobs() {
        under_test = under_test.job(collection, id);
    }
    Ok(under_test.keep(server))
}
