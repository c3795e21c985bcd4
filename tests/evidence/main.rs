//! Bundles of real runs: what holds, what does not, and that no octet can be altered unseen.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod forged;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use patchproof::evidence::sign::{PrivateKey, PublicKey};
use patchproof::evidence::{Refused, rejudge, verify};
use patchproof::plan::Source;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

const CASES: [&str; 6] = [
    "auth/near-miss-token",
    "auth/none",
    "auth/random-token",
    "body/malformed-nan",
    "merge/details-replace",
    "merge/one-status",
];

/// A folder with a few cases of the suite.
fn cases(into: &Path) -> PathBuf {
    let folder = into.join("cases");
    for name in CASES {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(format!("{name}.json"));
        let text = fs::read_to_string(&from).unwrap();
        let to = folder.join(format!("{name}.json"));
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, text).unwrap();
    }
    folder
}

fn patchproof(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_patchproof"));
    command.current_dir(folder).args(arguments);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PATCHPROOF_")) {
        command.env_remove(name);
    }
    command.output().unwrap()
}

/// Runs a few cases on one endpoint with these arguments; the bundle is `bundle` or `bundle.tar.gz`.
fn bundle(name: &str, more: &[&str]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    cases(folder.path());
    let report = format!("bundle={name}");
    let mut arguments = vec!["run", "-q", "--cases", "cases", "--endpoint", "jobs", "--report", &report];
    arguments.extend(more);
    let output = patchproof(folder.path(), &arguments);
    let path = folder.path().join(name);
    assert!(path.exists(), "{output:?}");
    (folder, path)
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

#[test]
fn an_untouched_bundle_holds_whatever_the_verdict() {
    let challenge = ["--fault", "challenge-repeats-the-token"];
    // What is taken out must not make one name of two.
    let names = ["--fault", "token-as-names"];
    for (name, more) in
        [("bundle.tar.gz", &[][..]), ("bundle", &challenge), ("b/undle", &["--repeat", "2"]), ("names", &names)]
    {
        let (folder, path) = bundle(name, more);
        let verified = verify(&path, None).unwrap();
        assert!(verified.judged > 1 && verified.exchanges > 3 && verified.signed.is_none(), "{verified:?}");
        let again = rejudge(&path, None).unwrap();
        assert_eq!((again.differences.as_slice(), again.judged), (&[][..], verified.judged));
        let shown = patchproof(folder.path(), &["verify", name]);
        assert_eq!(code(&shown), 0, "{shown:?}");
        assert_eq!(code(&patchproof(folder.path(), &["rejudge", name])), 0);
    }
}

#[test]
fn a_failure_is_found_again_and_no_token_is_kept() {
    let (_folder, path) = bundle("bundle", &["--fault", "challenge-repeats-the-token"]);
    let report: Value = serde_json::from_slice(&fs::read(path.join("report.json")).unwrap()).unwrap();
    assert!(report.to_string().contains("REQ-SEC-001"), "the leak is not found");
    assert_eq!(verify(&path, None).unwrap().exit_code, 1);
    let token = patchproof::reference::Options::default().token;
    for file in files(&path) {
        let octets = fs::read(&file).unwrap();
        let found = octets.windows(token.len().min(16)).any(|window| window == &token.as_bytes()[..window.len()]);
        assert!(!found, "{} holds the token", file.display());
    }
}

#[test]
fn a_waived_failure_holds_only_with_its_waiver() {
    let folder = tempfile::tempdir().unwrap();
    let waiver = "[[waivers]]\ntrial = \"**\"\nrequirement = \"REQ-SEC-001\"\nreason = \"known\"\nowner = \"ann\"\nexpires = 2099-12-31\n";
    fs::write(folder.path().join("w.toml"), waiver).unwrap();
    let waivers = folder.path().join("w.toml");
    let (_folder, path) =
        bundle("bundle", &["--fault", "challenge-repeats-the-token", "--waivers", waivers.to_str().unwrap()]);
    let text = fs::read_to_string(path.join("report.json")).unwrap();
    assert!(text.contains(r#""verdict":"waived""#), "{text}");
    verify(&path, None).unwrap();
    fs::write(path.join("waivers.json"), "[]").unwrap();
    forged::cover_up(&path, "waivers.json", |_| {});
    assert!(matches!(verify(&path, None), Err(Refused::DoesNotFollow(why)) if why.contains("waived by no waiver")));
}

/// A small generator of our own, so that a change that is accepted can be made again.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    /// The text with one octet changed, added or taken away.
    fn change(&mut self, octets: &[u8]) -> Vec<u8> {
        let mut changed = octets.to_vec();
        let at = self.below(changed.len());
        match self.below(8) {
            0 => drop(changed.remove(at)),
            1 => changed.insert(at, b'0'),
            bit => changed[at] ^= 1 << bit,
        }
        if changed == octets {
            changed.push(b' ');
        }
        changed
    }
}

#[test]
fn a_thousand_changes_to_the_file_are_all_refused() {
    let (folder, path) = bundle("bundle.tar.gz", &[]);
    let octets = fs::read(&path).unwrap();
    let changed = folder.path().join("changed.tar.gz");
    let mut random = Random(20_260_301);
    for round in 0..1_000 {
        fs::write(&changed, random.change(&octets)).unwrap();
        assert!(verify(&changed, None).is_err(), "change {round} is not seen");
    }
    // The head, which gzip itself does not protect, octet by octet.
    for at in 0..120 {
        let mut head = octets.clone();
        head[at] ^= 1;
        fs::write(&changed, head).unwrap();
        assert!(verify(&changed, None).is_err(), "octet {at} is not seen");
    }
    verify(&path, None).unwrap();
}

#[test]
fn a_thousand_changes_to_the_folder_are_all_refused() {
    let key = PrivateKey::generate().unwrap();
    let keys = tempfile::tempdir().unwrap();
    fs::write(keys.path().join("key"), key.to_pem().unwrap()).unwrap();
    let (_folder, path) = bundle("bundle", &["--sign", keys.path().join("key").to_str().unwrap()]);
    let (files, public) = (files(&path), key.public());
    let mut random = Random(7);
    for round in 0..1_000 {
        let file = &files[random.below(files.len())];
        let octets = fs::read(file).unwrap();
        fs::write(file, random.change(&octets)).unwrap();
        assert!(verify(&path, Some(&public)).is_err(), "change {round}, to {}, is not seen", file.display());
        fs::write(file, octets).unwrap();
    }
    for file in &files {
        let octets = fs::read(file).unwrap();
        fs::remove_file(file).unwrap();
        assert!(verify(&path, Some(&public)).is_err(), "{} can go missing", file.display());
        fs::write(file, octets).unwrap();
    }
    fs::write(path.join("added.txt"), "x").unwrap();
    assert!(matches!(verify(&path, None), Err(Refused::Altered(_))));
    fs::remove_file(path.join("added.txt")).unwrap();
    verify(&path, Some(&public)).unwrap();
}

#[test]
fn a_signature_is_by_one_key_and_names_what_was_tested() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(code(&patchproof(folder.path(), &["keygen", "vendor"])), 0);
    assert_eq!(code(&patchproof(folder.path(), &["keygen", "vendor"])), 2, "a key is overwritten");
    patchproof(folder.path(), &["keygen", "other"]);
    fs::write(folder.path().join("server.tar"), "the server").unwrap();
    cases(folder.path());
    let run = ["run", "-q", "--cases", "cases", "--endpoint", "jobs", "--report", "bundle=b.tar.gz"];
    let signed = [&run[..], &["--sign", "vendor", "--subject", "server.tar"]].concat();
    assert_eq!(code(&patchproof(folder.path(), &signed)), 0);
    let verified = |more: &[&str]| patchproof(folder.path(), &[&["verify", "b.tar.gz"], more].concat());
    assert_eq!(code(&verified(&["--key", "vendor.pub"])), 0);
    assert_eq!(code(&verified(&["--key", "other.pub"])), 7);
    assert_eq!(code(&verified(&["--key", "vendor"])), 2, "a private key is no public key");
    assert!(String::from_utf8(verified(&[]).stdout).unwrap().contains("not checked"));
    let public = PublicKey::from_pem(&fs::read_to_string(folder.path().join("vendor.pub")).unwrap()).unwrap();
    let found = verify(&folder.path().join("b.tar.gz"), Some(&public)).unwrap();
    let digest = Sha256::digest("the server").iter().fold(String::new(), |text, octet| format!("{text}{octet:02x}"));
    assert_eq!((found.subjects[0].name.as_str(), found.subjects[0].sha256.as_str()), ("server.tar", digest.as_str()));
    assert_eq!(code(&patchproof(folder.path(), &run)), 0);
    assert_eq!(code(&verified(&["--key", "vendor.pub"])), 7, "an unsigned bundle passes for a signed one");
}
