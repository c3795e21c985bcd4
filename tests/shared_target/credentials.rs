//! Tokens that end are renewed or told; no secret is in anything that a run writes.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::scripted::server;
use crate::staging::{Staging, TOKEN, text};

/// Passes on to the staging server, which knows one token only; until the time comes the other one is taken as well.
fn with_two_tokens(staging: &Staging, ends_after: usize) -> String {
    let count = Arc::new(AtomicUsize::new(0));
    passing(staging, "the-first-token-0123456789", move || count.fetch_add(1, Ordering::Relaxed) < ends_after)
}

/// Passes on to the staging server, which takes this token too while it is good.
pub(crate) fn passing(
    staging: &Staging,
    token: &'static str,
    good: impl Fn() -> bool + Send + Sync + 'static,
) -> String {
    let addr = staging.server.addr();
    server(move |request| {
        let ended = !good();
        let given = request.header("authorization").unwrap_or_default();
        if given == format!("Bearer {token}") && ended {
            return ("401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"".to_owned(), String::new());
        }
        forward(addr, &request.head.replace(token, TOKEN), &request.body)
    })
}

/// What a server answers to this request.
pub(crate) fn forward(addr: std::net::SocketAddr, head: &str, body: &str) -> (String, String) {
    let head: Vec<&str> = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:")).collect();
    let mut stream = std::net::TcpStream::connect(addr).expect("the server listens");
    let text = format!("{}\r\nConnection: close\r\n\r\n{body}", head.join("\r\n"));
    std::io::Write::write_all(&mut stream, text.as_bytes()).expect("the request is sent");
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).expect("an answer comes");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    let own = ["content-length:", "connection:"];
    let kept = |line: &&str| !own.iter().any(|name| line.to_ascii_lowercase().starts_with(name));
    let head: Vec<&str> = head.lines().filter(kept).collect();
    (head.join("\r\n").replacen("HTTP/1.1 ", "", 1), body.to_owned())
}

#[test]
fn a_token_that_ends_is_read_again() {
    let staging = Staging::new();
    let url = with_two_tokens(&staging, 40);
    let mark = staging.state.path().join("asked");
    // The first call prints the first token, every later one the other.
    let script = format!(
        "sh -c 'if [ -e {0} ]; then echo {TOKEN}; else touch {0}; echo the-first-token-0123456789; fi'",
        mark.display()
    );
    let mut run = staging.command(&url);
    run.env_remove("PATCHPROOF_TOKEN").env("PATH", "/usr/bin:/bin");
    run.args(["run", "--token-command", &script, "--topic", "merge", "--endpoint", "jobs"]).args(staging.job_flags());
    let output = run.output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
}

#[test]
fn a_token_that_ends_for_good_is_no_verdict() {
    let staging = Staging::new();
    let before = staging.jobs();
    let url = with_two_tokens(&staging, 40);
    let mut run = staging.command(&url);
    run.env("PATCHPROOF_TOKEN", "the-first-token-0123456789");
    run.args(["run", "--topic", "merge", "--endpoint", "jobs"]).args(staging.job_flags());
    let output = run.output().expect("the binary runs");
    let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("no longer takes the token (401)"), "{told}");
    assert!(told.contains("is not put back"), "that is told: {told}");
    let healed = staging.command(&url).arg("restore").output().expect("the binary runs");
    assert_eq!(healed.status.code(), Some(0), "{}", text(&healed.stderr));
    assert_eq!(staging.jobs(), before);
}

/// What is pasted sends the token that the run sent, also where the configuration calls its variable otherwise.
#[cfg(unix)]
#[test]
fn a_curl_line_names_the_variable_that_the_token_comes_from() {
    let staging = Staging::wrong("empty-date-becomes-null");
    let folder = staging.state.path();
    let config = "[targets.staging]\ntoken-env = \"MY_TOKEN\"\nscoped-token-env = \"MY-SCOPED\"\n";
    std::fs::write(folder.join("patchproof.toml"), config).expect("a file can be written");
    let mut run = staging.command(&staging.server.base_url());
    run.env_remove("PATCHPROOF_TOKEN").env("MY_TOKEN", TOKEN).env("MY-SCOPED", "scoped-token-0123456789");
    run.args(["run", "--target", "staging", "--topic", "dto,auth", "--endpoint", "jobs", "--report", "json=r.json"]);
    let output = run.args(["--evidence", "all"]).args(staging.job_flags()).output().expect("the binary runs");
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}{}", text(&output.stderr));
    assert!(told.contains("Bearer $MY_TOKEN\""), "{told}");
    let again =
        staging.command("http://127.0.0.1:9/v1.0").args(["report", "r.json"]).output().expect("the binary runs");
    assert!(text(&again.stdout).contains("Bearer $MY_TOKEN\""), "{}", text(&again.stdout));

    let report = std::fs::read_to_string(folder.join("r.json")).expect("the report is there");
    let report: serde_json::Value = serde_json::from_str(&report).expect("a report is JSON");
    let trials = report["trials"].as_array().expect("trials").iter();
    let records = trials.flat_map(|trial| trial["evidence"].as_array().into_iter().flatten());
    let lines: Vec<&str> = records.filter_map(|record| record["curl"].as_str()).collect();
    let line = |name: &str| *lines.iter().find(|line| line.contains(name)).expect("a line names the variable");
    let mut bash = std::process::Command::new("bash");
    let script = format!("curl() {{ printf '%s\\n' \"$@\"; }}; {}", line("Bearer $MY_TOKEN\""));
    let sent = bash.args(["-c", &script]).env("MY_TOKEN", "mine").output().expect("bash runs");
    assert!(text(&sent.stdout).lines().any(|word| word == "Authorization: Bearer mine"), "{}", text(&sent.stdout));
    // No shell knows a variable of such a name.
    line("$PATCHPROOF_SCOPED_TOKEN");
}

/// What a file or a variable holds beside a token is the reason for many a 401.
#[test]
fn a_token_that_was_not_read_as_it_was_given_out_is_told_before_anything_is_sent() {
    let staging = Staging::new();
    let folder = staging.state.path();
    std::fs::write(folder.join("bom"), format!("\u{feff}{TOKEN}\n")).expect("a file can be written");
    std::fs::write(folder.join("long"), "x".repeat(70_000)).expect("a file can be written");
    for (flags, why) in [
        (["--token", "Bearer abc"], "the token begins with the word Bearer"),
        (["--token", "two words"], "the token holds white space"),
        (["--token-file", "bom"], "the token begins with a byte order mark"),
        (["--token-file", "long"], "the token: the secret from long is longer than 65536 octets"),
        (["--token-file", "none"], "the token: none: No such file"),
        (["--scoped-token", "Bearer abc"], "scoped-token begins with the word Bearer"),
        (["-H", "x:"], "the value given is empty"),
    ] {
        let output = staging.run(&[&["-q", "jobs::merge", "--job", "jobs=jobs-1"][..], &flags].concat());
        assert_eq!(output.status.code(), Some(2), "{flags:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(why), "{flags:?}: {}", text(&output.stderr));
    }
    let mut nobody = staging.command(&staging.server.base_url());
    nobody.env_remove("PATCHPROOF_TOKEN").args(["run", "-q", "jobs::merge", "--job", "jobs=jobs-1"]);
    let output = nobody.output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    let told = text(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("the target wants credentials (401), and none are given"), "{told}");
}

const JWT: &str = "eyJhbGciOiJub25lIn0.eyJjYW5hcnkiOiJ0aGUgcGF5bG9hZCJ9.dGhlIHNpZ25hdHVyZSBjYW5hcnk";
const CANARIES: [&str; 6] = [
    JWT,
    "scoped/canary+0123456789==",
    "personal-canary-0123456789",
    "tenant\"canary\\0123456789",
    "header canary/0123456789",
    "proxy-canary-0123456789",
];

/// Every way in which a server may echo a secret.
pub(crate) fn spellings(secret: &str) -> Vec<String> {
    let mut all = vec![
        secret.to_owned(),
        form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        serde_json::Value::from(secret).to_string().trim_matches('"').to_owned(),
        STANDARD.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
        STANDARD.encode(format!("user:{secret}")),
        secret[..secret.len() - 1].to_owned(),
    ];
    all.extend(JWT.split('.').skip(1).filter(|_| secret == JWT).map(str::to_owned));
    all
}

#[test]
fn no_secret_is_in_anything_that_a_run_writes() {
    let echo: Vec<String> = CANARIES.iter().flat_map(|canary| spellings(canary)).collect();
    let echoed = echo.clone();
    let url = server(move |request| {
        let status = if request.head.contains(JWT) { "200 OK" } else { "401 Unauthorized" };
        let mut job = serde_json::json!({"id": request.id(), "type": request.head, "error": {"message": echoed}});
        for text in &echoed {
            job[text] = text.clone().into();
        }
        let header = format!("\r\nX-Echo: {}", echoed.join("\r\nX-Echo: "));
        (
            format!("{status}\r\nContent-Type: application/json{header}\r\nWWW-Authenticate: Bearer realm=\"{JWT}\""),
            job.to_string(),
        )
    });
    let staging = Staging::new();
    let folder = staging.state.path().join("reports");
    let mut run = staging.command(&url);
    let variables = ["TOKEN", "SCOPED_TOKEN", "PERSONAL_TOKEN", "SECOND_TENANT_TOKEN"];
    for (name, canary) in variables.iter().zip(CANARIES) {
        run.env(format!("PATCHPROOF_{name}"), canary);
    }
    run.args(["run", "-v", "--evidence", "all", "--endpoint", "jobs", "--topic", "auth,resp,err,method"])
        .args(staging.job_flags());
    // The server is its own proxy, so it sees these credentials too, and echoes them.
    let host = url.trim_start_matches("http://").split('/').next().unwrap_or_default();
    run.args(["--proxy", &format!("http://user:{}@{host}", CANARIES[5])]);
    run.args(["-H", &format!("X-Api-Key: {}", CANARIES[4])]);
    for format in patchproof::report::FORMATS {
        run.args(["--report", &format!("{}={}", format.name, folder.join(format.extension).display())]);
    }
    let output = run.output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let mut written = vec![("stdout".to_owned(), output.stdout), ("stderr".to_owned(), output.stderr)];
    let shown = staging.command(&url).args(["run", "--show-config", "--token", JWT]).output().expect("the binary runs");
    written.push(("shown".to_owned(), shown.stdout));
    read_all(staging.state.path(), &mut written);
    assert!(written.len() > 3 + patchproof::report::FORMATS.len(), "reports and state were read");
    let mut leaks = Vec::new();
    for (name, octets) in &written {
        let text = String::from_utf8_lossy(octets);
        leaks.extend(echo.iter().filter(|canary| text.contains(*canary)).map(|canary| format!("{name}: {canary}")));
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
}

pub(crate) fn read_all(folder: &Path, into: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).expect("a folder is read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            read_all(&path, into);
        } else {
            into.push((path.display().to_string(), std::fs::read(&path).expect("a file is read")));
        }
    }
}
