//! Configuration end to end: file, errors, layers, and the published schema.

use std::path::Path;

use super::*;
use crate::model::secret::Secret;

const EXAMPLE: &str = include_str!("../../../examples/patchproof.toml");
const SCHEMA: &str = include_str!("../../../schemas/config.schema.json");

fn vocabulary() -> Vocabulary<'static> {
    Vocabulary { collections: &["jobs", "classifyTextJobs"], requirements: &["REQ-COND-005"], properties: &["status"] }
}

fn errors(text: &str) -> Vec<String> {
    let errors = parse(text, Path::new("patchproof.toml"), &vocabulary()).unwrap_err();
    errors.iter().map(ToString::to_string).collect()
}

fn example(target: &str) -> TargetConfig {
    let file = parse(EXAMPLE, Path::new("/etc/patchproof.toml"), &Vocabulary::default()).unwrap();
    file.target(Some(target)).unwrap()
}

#[test]
fn the_example_is_read_whole() {
    let staging = example("staging");
    assert_eq!(staging.jobs.as_ref().unwrap()["jobs"].len(), 2);
    assert_eq!(staging.jobs.as_ref().unwrap()["classifyFileJobs"].len(), 1);
    assert!(matches!(staging.token, Some(SecretSource::Command(_))));
    let shared = example("shared");
    assert_eq!(shared.cacert.as_deref(), Some(Path::new("/etc/certs/shared-ca.pem")));
    assert_eq!(shared.token, Some(SecretSource::File("/run/secrets/shared-token".into())));
    assert_eq!(shared.body_limit, Some(ByteSize(256 << 10)));
    assert_eq!(shared.permitted.unwrap().0["status"].len(), 4);
    assert_eq!(shared.rate_limit.unwrap().to_string(), "100/m");
}

#[test]
fn every_error_has_its_place_and_all_come_at_once() {
    let text = "\
[targets.a]
base-urll = \"https://x\"
max-time = 5
token = \"abc\"
jobs = { job = [\"1\", 2] }
capabilities = [\"readbak\"]
rate-limit = \"5\"
excused = { REQ-COND-005 = 1 }
resolve = [\"x\"]
retry = -1

[target.b]
";
    assert_eq!(
        errors(text),
        [
            "patchproof.toml:2:1: targets.a.base-urll: no such setting; did you mean `base-url`?",
            "patchproof.toml:3:12: targets.a.max-time: expected a string, found integer",
            "patchproof.toml:4:1: targets.a.token: a secret does not belong in this file; use `token-env`, -file or \
             -command",
            "patchproof.toml:5:10: targets.a.jobs: `job` is no collection; did you mean `jobs`?",
            "patchproof.toml:5:22: targets.a.jobs.job: expected a string, found integer",
            "patchproof.toml:6:17: targets.a.capabilities: `readbak` is no capability; did you mean `readback`?",
            "patchproof.toml:7:14: targets.a.rate-limit: `5` is not a rate: expected for example `5/s`, `100/m` or \
             `auto`",
            "patchproof.toml:8:28: targets.a.excused.REQ-COND-005: expected a string, found integer",
            "patchproof.toml:9:12: targets.a.resolve: `x` is not HOST:PORT:ADDRESS",
            "patchproof.toml:10:9: targets.a.retry: expected a whole number that is not negative, found integer",
            "patchproof.toml:12:2: target: no such setting at the top of the file; did you mean `targets`?",
        ]
    );
}

#[test]
fn bad_toml_and_unknown_targets_are_named() {
    let broken = errors("[targets.a]\nbase-url = \nmax-time = 5 s\n");
    assert!(broken.len() >= 2 && broken[0].starts_with("patchproof.toml:2:"), "{broken:?}");
    assert_eq!(
        errors("default-target = \"stagin\"\n[targets.staging]\n"),
        ["patchproof.toml:1:18: default-target: there is no target `stagin`; did you mean `staging`?"]
    );
    let file = parse(EXAMPLE, Path::new("p.toml"), &Vocabulary::default()).unwrap();
    let unknown = file.target(Some("stagin")).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "p.toml: there is no target `stagin`; there is staging, shared, by-hand, local, issued"
    );
    assert_eq!(file.target(None).unwrap(), example("staging"));
}

#[test]
fn flags_stand_over_environment_over_file_over_defaults() {
    let flags = TargetConfig {
        base_url: Some("http://flag".into()),
        token: Some(SecretSource::Given(Secret::new("tok-very-secret"))),
        headers: Some(Headers(vec![("user-agent".into(), SecretSource::Given(Secret::new("flag")))])),
        ..TargetConfig::default()
    };
    let env = TargetConfig { base_url: Some("http://env".into()), retry: Some(7), ..TargetConfig::default() };
    let resolved = merge(flags, env, example("staging"));
    let shown = resolved.shown();
    let line = |key: &str| {
        let (_, value, origin) = shown.iter().find(|(k, _, _)| *k == key).unwrap();
        format!("{value} ({origin})")
    };
    assert_eq!(line("base-url"), "http://flag (flag)");
    assert_eq!(line("token"), "*** (flag)");
    assert_eq!(line("headers"), "user-agent: flag, X-Gateway-Key: $STAGING_GATEWAY_KEY (flag)");
    assert_eq!(line("retry"), "7 (environment)");
    assert_eq!(line("scoped-token"), "$STAGING_READ_TOKEN (file)");
    assert_eq!(line("max-time"), "30s (default)");
    assert!(resolved.profile().has(Capability::ScopedToken) && !resolved.profile().has(Capability::Provision));
    assert!(!format!("{resolved:?}{shown:?}").contains("tok-very-secret"));
}

#[test]
fn a_connection_knows_its_secrets() {
    let config = TargetConfig {
        base_url: Some("https://x.example".into()),
        proxy: Some(SecretSource::Given(Secret::new("http://user:pass-word@proxy.example:3128"))),
        headers: Some(Headers(vec![
            ("X-Api-Key".into(), SecretSource::Given(Secret::new("key-value"))),
            ("Accept-Language".into(), SecretSource::Given(Secret::new("en"))),
        ])),
        ..TargetConfig::default()
    };
    let resolved = merge(config, TargetConfig::default(), TargetConfig::default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (connection, secrets) = runtime.block_on(resolved.connection()).unwrap();
    assert_eq!(secrets.iter().map(Secret::expose).collect::<Vec<_>>(), ["pass-word", "key-value"]);
    assert_eq!(connection.headers[1], ("Accept-Language".to_owned(), "en".to_owned()));
    assert!(resolved.shown().iter().any(|(_, v, _)| v == "X-Api-Key: ***, Accept-Language: en"));
}

#[test]
fn the_schema_has_every_setting_and_takes_the_example() {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    let published = schema["$defs"]["target"]["properties"].as_object().unwrap();
    let known: BTreeSet<String> = keys().collect();
    assert_eq!(published.keys().cloned().collect::<BTreeSet<_>>(), known);
    assert!(published.values().all(|property| property["description"].is_string()));
    let example: serde_json::Value = toml::from_str(EXAMPLE).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&example).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert!(!validator.is_valid(&serde_json::json!({"targets": {"a": {"token": "abc"}}})));
}

#[test]
fn a_list_that_is_set_again_gets_longer() {
    let pairs = ["permitted=status=a,b", "permitted=type=c", "not-offered=jobs", "settle-ms=1"];
    let config = from_pairs(pairs).unwrap();
    let permitted = config.permitted.unwrap().0;
    assert_eq!((&permitted["status"][..], &permitted["type"][..]), (&["a".into(), "b".into()][..], &["c".into()][..]));
    let twice = from_pairs(["settle-ms=1", "settle-ms=2"]).unwrap_err();
    assert!(twice[0].starts_with("settle-ms: "), "{twice:?}");
}
