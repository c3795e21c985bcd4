//! The suite as tests, one per trial: the embedded server by default, the one that `PATCHPROOF_BASE_URL` names otherwise.

fn main() -> std::process::ExitCode {
    patchproof::conformance::main()
}
