//! `patchproof run` as a process, watched: exit code, output, peak memory.

use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

/// The id of the job that every hostile server is asked for.
pub(crate) const JOB: &str = "324d1724-1724-324d-2417-4d3224174d32";

/// The token that must not travel.
pub(crate) const TOKEN: &str = "patchproof-secret-of-the-hostile-tests";

/// What a run left.
pub(crate) struct Ran {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// Peak resident memory in KiB, where the system tells.
    pub(crate) peak: u64,
}

impl Ran {
    /// The exit code; a signal is none.
    pub(crate) fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Both outputs.
    pub(crate) fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// `patchproof` with nothing of the caller's environment that it reads.
pub(crate) fn patchproof() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_patchproof"));
    let own = |name: &str| name.starts_with("PATCHPROOF_") || name.to_ascii_lowercase().ends_with("_proxy");
    for (name, _) in std::env::vars().filter(|(name, _)| own(name)) {
        command.env_remove(name);
    }
    // Leases and journals of a test are nobody else's.
    command.env("XDG_STATE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("state"));
    command
}

/// Judges a few trials of the server at this URL.
pub(crate) fn run(url: &str, arguments: &[&str]) -> Ran {
    let mut command = patchproof();
    command.args(["run", "--retry=0", "--color=never", "--base-url", url, "--job", &format!("jobs={JOB}")]);
    if !arguments.iter().any(|argument| argument.starts_with("--max-time")) {
        command.arg("--max-time=20s");
    }
    if !arguments.iter().any(|argument| argument.contains("::") || argument.starts_with("--cases")) {
        command.args(["jobs::status::success-is-200", "jobs::merge::one-status", "jobs::env::bad-request-type"]);
    }
    watched(command.args(arguments).env("PATCHPROOF_TOKEN", TOKEN))
}

/// Runs a command to its end.
pub(crate) fn watched(command: &mut Command) -> Ran {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let out = thread::spawn(move || text(&mut stdout));
    let err = thread::spawn(move || text(&mut stderr));
    let mut peak = 0;
    let status = loop {
        peak = peak.max(resident(&child));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        thread::sleep(Duration::from_millis(2));
    };
    Ran { status, stdout: out.join().unwrap(), stderr: err.join().unwrap(), peak }
}

fn text(pipe: &mut impl std::io::Read) -> String {
    let mut octets = Vec::new();
    pipe.read_to_end(&mut octets).unwrap();
    String::from_utf8(octets).unwrap()
}

/// The most memory that the process has had so far, in KiB.
fn resident(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
