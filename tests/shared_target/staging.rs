//! A reference server with jobs of its own, the binary run against it, and a look at its jobs.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Output};

use patchproof::contract::endpoint::ENDPOINTS;
use patchproof::reference::{Fault, Options, Server, Variation, fault, variation};
use serde_json::Value;

/// The server, and a state folder for the runs.
pub(crate) struct Staging {
    pub(crate) server: Server,
    pub(crate) state: tempfile::TempDir,
}

/// Name of the token's environment variable, and the token.
pub(crate) const TOKEN: &str = "staging-token-0123456789";

impl Staging {
    /// Two jobs in each collection, no two alike.
    pub(crate) fn new() -> Self {
        Self::with(Vec::new(), Vec::new())
    }

    /// A server with this fault.
    pub(crate) fn wrong(name: &str) -> Self {
        Self::with(Vec::new(), vec![fault(name).expect("a fault of the catalogue")])
    }

    /// A server that keeps members which the model does not declare, and makes jobs of ids that it does not know.
    pub(crate) fn keeping_and_making() -> Self {
        Self::with(["unknown-properties-kept", "upserts"].into_iter().filter_map(variation).collect(), Vec::new())
    }

    fn with(variations: Vec<&'static Variation>, faults: Vec<&'static Fault>) -> Self {
        let jobs = ENDPOINTS.iter().flat_map(|endpoint| {
            let id = |n: u8| format!("{}-{n}", endpoint.collection);
            [1, 2].map(|n| (endpoint.collection.to_owned(), id(n)))
        });
        let options =
            Options { jobs: jobs.collect(), token: TOKEN.to_owned(), variations, faults, ..Options::default() };
        let server = Server::start(options).expect("a loopback port is free");
        let staging = Self { server, state: tempfile::tempdir().expect("a temporary folder") };
        for (n, (collection, id)) in staging.server.jobs().iter().enumerate() {
            let error =
                if n % 2 == 0 { "null" } else { r#"{"code":"c","innerError":{"activityId":"a"},"details":[{}]}"# };
            let body = format!(
                r#"{{"status":"before {n}","type":null,"startDateTime":"2020-01-01T0{}:00:00+03:00","error":{error}}}"#,
                n % 10
            );
            let (status, _) = staging.request("PATCH", &format!("/{collection}/{id}"), &body);
            assert_eq!(status, 200);
        }
        staging
    }

    /// One request below `/dataClassification`: status and content.
    pub(crate) fn request(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        request(self.server.addr(), method, path, body)
    }

    /// Every job of a collection as octets.
    pub(crate) fn listed(&self, collection: &str) -> Value {
        let (status, text) = self.request("GET", &format!("/{collection}"), "");
        assert_eq!(status, 200, "{text}");
        serde_json::from_str::<Value>(&text).expect("a list is JSON")["value"].clone()
    }

    /// Every job as octets.
    pub(crate) fn jobs(&self) -> Vec<String> {
        let get = |(collection, id): &(String, String)| {
            let (_, text) = self.request("GET", &format!("/{collection}/{id}"), "");
            // The tag counts changes; it cannot be what it was.
            let mut job: Value = serde_json::from_str(&text).expect("a job is JSON");
            job.as_object_mut().expect("a job is an object").remove("@odata.etag");
            job.to_string()
        };
        self.server.jobs().iter().map(get).collect()
    }

    /// `--job` for every job.
    pub(crate) fn job_flags(&self) -> Vec<String> {
        let jobs = self.server.jobs().iter();
        jobs.flat_map(|(collection, id)| ["--job".to_owned(), format!("{collection}={id}")]).collect()
    }

    /// The binary against this server, or against what stands before it.
    pub(crate) fn command(&self, base_url: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_patchproof"));
        command.env_clear().env("PATCHPROOF_TOKEN", TOKEN).env("PATCHPROOF_BASE_URL", base_url);
        command.env("PATCHPROOF_STATE_DIR", self.state.path()).current_dir(self.state.path());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(&self.server.base_url()).arg("run").args(arguments).output().expect("the binary runs")
    }

    /// What the journals say.
    pub(crate) fn journal(&self) -> String {
        let journals = std::fs::read_dir(self.state.path().join("journals")).into_iter().flatten().flatten();
        journals.filter_map(|entry| std::fs::read_to_string(entry.path()).ok()).collect()
    }

    /// Journals that are left.
    pub(crate) fn journals(&self) -> usize {
        files(&self.state.path().join("journals"))
    }
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

pub(crate) fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

/// One request below `/dataClassification` of a server: status and content.
pub(crate) fn request(addr: SocketAddr, method: &str, path: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(addr).expect("the server listens");
    let head = format!(
        "{method} /v1.0/dataClassification{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\
         Connection: close\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("the request is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer comes");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    (status, answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}
