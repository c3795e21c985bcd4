//! Tokens from an issuer, end to end through the binary: asked for once, kept, renewed, told where there is none.

use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::credentials::{passing, read_all, spellings};
use crate::issuer::{CLIENT, Issuer, Reply, SECRET, json_reply, token};
use crate::scripted::server;
use crate::staging::{Staging, TOKEN, text};

/// The binary with client credentials in place of a token.
fn command(staging: &Staging, url: &str, issuer: &Issuer) -> Command {
    let mut command = staging.command(url);
    command.env_remove("PATCHPROOF_TOKEN");
    command.env("PATCHPROOF_OAUTH_ISSUER", &issuer.url).env("PATCHPROOF_OAUTH_CLIENT_ID", CLIENT);
    command.env("PATCHPROOF_OAUTH_CLIENT_SECRET", SECRET).env("PATCHPROOF_OAUTH_SCOPE", "jobs.write  jobs.read");
    command
}

fn run(staging: &Staging, url: &str, issuer: &Issuer) -> Command {
    let mut run = command(staging, url, issuer);
    run.args(["run", "--topic", "merge", "--endpoint", "jobs", "-q"]).args(staging.job_flags());
    run
}

fn told(output: &Output) -> String {
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

#[test]
fn client_credentials_are_asked_for_once_and_kept_for_the_next_process() {
    let staging = Staging::new();
    let issuer = Issuer::with(vec![token(TOKEN, 3600)]);
    for _ in 0..2 {
        let mut run = run(&staging, &staging.server.base_url(), &issuer);
        let output = run.args(["--set", "oauth-params=audience=api"]).output().expect("the binary runs");
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    }
    let form = "grant_type=client_credentials&scope=jobs.write+jobs.read&audience=api";
    assert_eq!(issuer.asked(), [("/tenant/token?policy=p".to_owned(), form.to_owned())]);
}

#[cfg(unix)]
#[test]
fn a_kept_token_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let staging = Staging::new();
    let issuer = Issuer::with(vec![token(TOKEN, 3600)]);
    let output = run(&staging, &staging.server.base_url(), &issuer).output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let folder = staging.state.path().join("tokens");
    let mode = |path: &std::path::Path| path.metadata().expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files: Vec<_> = std::fs::read_dir(&folder).expect("a folder is read").flatten().map(|e| e.path()).collect();
    assert_eq!(files.len(), 2, "{files:?}");
    assert!(files.iter().all(|file| mode(file) == 0o600), "{files:?}");
    // One that others could have read is not trusted, and replaced.
    let kept = files.iter().find(|file| file.extension().is_some_and(|e| e == "json")).expect("a kept token");
    std::fs::set_permissions(kept, PermissionsExt::from_mode(0o644)).expect("the mode is set");
    let output = run(&staging, &staging.server.base_url(), &issuer).output().expect("the binary runs");
    assert_eq!((output.status.code(), issuer.asked().len(), mode(kept)), (Some(0), 2, 0o600));
}

#[test]
fn a_token_that_cannot_be_kept_is_used_and_that_is_said() {
    // What stands in the way: a file where the folder is to be, or a folder where the file is to be.
    for in_the_way in ["the folder", "the file"] {
        let staging = Staging::new();
        let tokens = staging.state.path().join("tokens");
        let issuer = Issuer::with(vec![token(TOKEN, 3600)]);
        if in_the_way == "the folder" {
            std::fs::write(&tokens, "").expect("a file is written");
        } else {
            let output = run(&staging, &staging.server.base_url(), &issuer).output().expect("the binary runs");
            assert_eq!(output.status.code(), Some(0), "{}", told(&output));
            let files = std::fs::read_dir(&tokens).expect("a folder is read").flatten().map(|entry| entry.path());
            let kept = files.into_iter().find(|path| path.extension().is_some_and(|e| e == "json")).expect("a token");
            std::fs::remove_file(&kept).expect("it is removed");
            std::fs::create_dir_all(kept.join("inside")).expect("a folder is made");
        }
        let asked = issuer.asked().len();
        let output = run(&staging, &staging.server.base_url(), &issuer).output().expect("the binary runs");
        assert_eq!((output.status.code(), issuer.asked().len()), (Some(0), asked + 1), "{}", told(&output));
        let said = told(&output);
        let note = "note: the token is not kept, and the next run asks for another one: ";
        assert_eq!(said.matches(note).count(), 1, "{in_the_way}: {said}");
        assert!(said.contains(&tokens.display().to_string()), "{in_the_way}: {said}");
    }
}

#[test]
fn sixteen_processes_ask_once() {
    let staging = Staging::new();
    let issuer = Issuer::with(vec![token(TOKEN, 3600)]);
    let list = |_| {
        let mut run = run(&staging, &staging.server.base_url(), &issuer);
        run.args(["--run", "jobs::merge::*", "--max-fail", "1"]);
        run.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().expect("the binary starts")
    };
    let children: Vec<_> = (0..16).map(list).collect();
    for mut child in children {
        assert_eq!(child.wait().expect("it ends").code(), Some(0));
    }
    assert_eq!(issuer.asked().len(), 1);
}

#[test]
fn a_refused_token_is_replaced_once() {
    let staging = Staging::new();
    // The target takes the first token for 40 requests.
    let taken = Arc::new(AtomicUsize::new(0));
    let url = passing(&staging, "the-first-token-0123456789", move || taken.fetch_add(1, Ordering::Relaxed) < 40);
    let issuer = Issuer::with(vec![token("the-first-token-0123456789", 3600), token(TOKEN, 3600)]);
    let output = run(&staging, &url, &issuer).output().expect("the binary runs");
    assert_eq!((output.status.code(), issuer.asked().len()), (Some(0), 2), "{}", told(&output));
}

#[test]
fn a_target_that_refuses_every_token_does_not_wear_out_the_issuer() {
    let staging = Staging::new();
    let count = AtomicUsize::new(0);
    let issuer = Issuer::answering(move |_| {
        token(&format!("token-number-{}-0123456789", count.fetch_add(1, Ordering::Relaxed)), 3600)
    });
    let output = run(&staging, &staging.server.base_url(), &issuer).output().expect("the binary runs");
    assert_eq!((output.status.code(), issuer.asked().len()), (Some(3), 2), "{}", told(&output));
    assert!(told(&output).contains("credentials are refused on every path (401)"), "{}", told(&output));
}

#[test]
fn a_token_is_renewed_before_it_ends() {
    let staging = Staging::new();
    // Living for no time at all, each is due as soon as it is there.
    let issuer = Issuer::with(vec![token(TOKEN, 0)]);
    let output = run(&staging, &staging.server.base_url(), &issuer).output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(issuer.asked().len() > 5, "each trial has a new one: {}", issuer.asked().len());
}

#[test]
fn what_is_wrong_with_an_issuer_is_named_and_nothing_is_sent() {
    let page = ("200 OK\r\nContent-Type: text/html".to_owned(), "<!doctype html><title>Sign in</title>".to_owned());
    let quoted = json!({"error": "invalid_client", "error_description": format!("no {SECRET}\u{1b}[2J today")});
    let mac = json!({"access_token": "mac-canary-0123456789", "token_type": "mac"});
    let huge = json!({"access_token": "x".repeat(1 << 20), "token_type": "bearer"});
    let cases: [(Reply, &str); 9] = [
        (page, "answers 200 with a page of HTML or XML, not with JSON"),
        (json_reply("401 Unauthorized", &quoted), r"refuses: invalid_client: no ***\u{1b}[2J today"),
        (json_reply("200 OK", &mac), "gives a token of type mac, not Bearer"),
        (json_reply("200 OK", &json!({"token_type": "bearer"})), "access_token is missing"),
        (json_reply("200 OK", &huge), "answers more than 262144 octets"),
        (
            ("302 Found\r\nLocation: https://login.example/?x=1".to_owned(), String::new()),
            "redirects (302) to https://login.example/,",
        ),
        (("200 OK".to_owned(), String::new()), "answers 200 without content"),
        (("503 Service Unavailable\r\nRetry-After: 0".to_owned(), String::new()), "answers 503"),
        (token("with a blank", 60), "gives a token that cannot be sent in a header"),
    ];
    for (reply, words) in cases {
        let issuer = Issuer::with(vec![reply]);
        let staging = Staging::new();
        // Nobody listens there.
        let output = run(&staging, "http://127.0.0.1:9/v1.0", &issuer).output().expect("the binary runs");
        let told = told(&output);
        assert_eq!(output.status.code(), Some(3), "{words}: {told}");
        assert!(told.contains(words) && !told.contains("canary"), "{words}: {told}");
    }
    let issuer = Issuer::with(vec![token(TOKEN, 3600)]);
    let staging = Staging::new();
    let mut other = run(&staging, "http://127.0.0.1:9/v1.0", &issuer);
    other.env("PATCHPROOF_OAUTH_ISSUER", format!("{}/", issuer.url.replace("/tenant", "")));
    let output = other.output().expect("the binary runs");
    assert!(told(&output).contains("openid-configuration: answers 404 with a page of HTML"), "{}", told(&output));
}

#[test]
fn a_slow_issuer_is_not_waited_for_without_end() {
    let staging = Staging::new();
    let issuer = Issuer::answering(|_| {
        loop {
            std::thread::park();
        }
    });
    let mut run = run(&staging, "http://127.0.0.1:9/v1.0", &issuer);
    let output = run.args(["--max-time", "200ms"]).output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(told(&output).contains("/tenant/token: "), "{}", told(&output));
}

#[test]
fn a_busy_issuer_is_asked_again() {
    let staging = Staging::new();
    let busy = || ("429 Too Many Requests\r\nRetry-After: 0".to_owned(), String::new());
    let issuer = Issuer::with(vec![busy(), busy(), token(TOKEN, 3600)]);
    let output = run(&staging, &staging.server.base_url(), &issuer).output().expect("the binary runs");
    assert_eq!((output.status.code(), issuer.asked().len()), (Some(0), 3), "{}", told(&output));
}

#[test]
fn a_dry_run_and_show_config_ask_nobody() {
    let staging = Staging::new();
    let issuer = Issuer::with(vec![token(TOKEN, 3600)]);
    let mut dry = run(&staging, &staging.server.base_url(), &issuer);
    let output = dry.arg("--dry-run").output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let mut shown = command(&staging, "http://127.0.0.1:9/v1.0", &issuer);
    let output = shown.args(["run", "--show-config"]).output().expect("the binary runs");
    let told = told(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("oauth-client-secret *** environment"), "{told}");
    assert!(issuer.asked().is_empty());
}

#[test]
fn a_device_code_without_a_terminal_is_an_error_unless_a_token_is_kept() {
    let staging = Staging::new();
    let issuer = Issuer::with(vec![token(TOKEN, 3600)]);
    let device = ["--oauth-grant", "device-code"];
    let alone = run(&staging, &staging.server.base_url(), &issuer).args(device).output().expect("the binary runs");
    assert_eq!(alone.status.code(), Some(3), "{}", told(&alone));
    assert!(told(&alone).contains("there is no terminal; run it once at one"), "{}", told(&alone));
    assert!(issuer.asked().is_empty());
    // What a run at a terminal leaves behind: here the token of the other grant under the name of this one.
    let tokens = staging.state.path().join("tokens");
    let name = std::fs::read_dir(&tokens).expect("a folder is read").flatten().next().expect("a lock").path();
    let other = run(&staging, &staging.server.base_url(), &issuer).output().expect("the binary runs");
    assert_eq!(other.status.code(), Some(0), "{}", told(&other));
    let files = std::fs::read_dir(&tokens).expect("a folder is read").flatten().map(|entry| entry.path());
    let kept = files.into_iter().find(|path| path.extension().is_some_and(|e| e == "json")).expect("a kept token");
    std::fs::rename(kept, name.with_extension("json")).expect("it is renamed");
    let kept = run(&staging, &staging.server.base_url(), &issuer).args(device).output().expect("the binary runs");
    assert_eq!((kept.status.code(), issuer.asked().len()), (Some(0), 1), "{}", told(&kept));
}

#[test]
fn no_secret_of_an_issuer_is_in_anything_that_a_run_writes() {
    let canaries = [SECRET, "access-canary/0123456789+=", "refresh-canary/0123456789+="];
    let basic = STANDARD.encode(format!("{CLIENT}:{SECRET}"));
    let echo: Vec<String> = canaries.iter().flat_map(|canary| spellings(canary)).chain([basic]).collect();
    let issuer = Issuer::with(vec![json_reply(
        "200 OK",
        &json!({"access_token": canaries[1], "token_type": "Bearer", "expires_in": "3600", "refresh_token": canaries[2]}),
    )]);
    let echoed = echo.clone();
    let url = server(move |request| {
        let head = format!("200 OK\r\nContent-Type: application/json\r\nX-Echo: {}", echoed.join("\r\nX-Echo: "));
        (head, json!({"id": request.id(), "type": request.head, "error": {"message": echoed}}).to_string())
    });
    let staging = Staging::new();
    let folder = staging.state.path().join("reports");
    let mut run = command(&staging, &url, &issuer);
    run.args(["run", "-v", "--evidence", "all", "--endpoint", "jobs", "--topic", "auth,resp,method"]);
    run.args(staging.job_flags());
    for format in patchproof::report::FORMATS {
        run.args(["--report", &format!("{}={}", format.name, folder.join(format.extension).display())]);
    }
    let output = run.output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let mut written = vec![("stdout".to_owned(), output.stdout), ("stderr".to_owned(), output.stderr)];
    read_all(staging.state.path(), &mut written);
    // The one place in which the tokens must stand.
    written.retain(|(name, _)| !(name.contains("/tokens/") && name.ends_with("json")));
    assert!(written.len() > 3 + patchproof::report::FORMATS.len(), "reports and state were read");
    let found = |(name, octets): &(String, Vec<u8>)| {
        let text = String::from_utf8_lossy(octets).into_owned();
        echo.iter()
            .filter(|canary| text.contains(*canary))
            .map(|canary| format!("{name}: {canary}"))
            .collect::<Vec<_>>()
    };
    let leaks: Vec<String> = written.iter().flat_map(found).collect();
    assert!(leaks.is_empty(), "{leaks:#?}");
}
