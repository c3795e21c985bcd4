//! A thousand leases from sixteen processes over twelve jobs: a job never has two holders.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use patchproof::contract::endpoint::ENDPOINTS;
use patchproof::target::config::Jobs;
use patchproof::target::jobs::{JobPool, Lease};

const PROCESSES: usize = 16;
const LEASES: usize = 1000;
/// Names the folder for a process that this test starts of itself.
const FOLDER: &str = "PATCHPROOF_TEST_LEASES";

/// Two jobs in each of the six collections.
fn pool(state: &Path) -> JobPool {
    let ids = || vec!["first".to_owned(), "second".to_owned()];
    let jobs: Jobs = ENDPOINTS.iter().map(|endpoint| (endpoint.collection.to_owned(), ids())).collect();
    JobPool::new(&jobs, Some(state), "http://127.0.0.1:9/v1.0").expect("lock files are made")
}

/// What holders leave and take away again; whoever finds it there is the second one.
fn mark(folder: &Path, lease: &Lease) -> PathBuf {
    folder.join(format!("held-{}-{}", lease.collection, lease.id))
}

#[test]
fn a_job_never_has_two_holders() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let this = std::env::current_exe().expect("this test has a path");
    let start = |_| {
        let mut other = Command::new(&this);
        other.args(["leases::takes_leases", "--exact", "--ignored", "--quiet"]).env(FOLDER, folder.path());
        other.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("this test starts itself")
    };
    let children: Vec<_> = (0..PROCESSES).map(start).collect();
    for child in children {
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let taken = std::fs::read(folder.path().join("taken")).expect("leases were taken");
    assert_eq!((taken.len(), files(folder.path(), "held-")), (LEASES, 0));
}

fn files(folder: &Path, start: &str) -> usize {
    let names = std::fs::read_dir(folder).expect("a folder is read").flatten().map(|entry| entry.file_name());
    names.filter(|name| name.to_string_lossy().starts_with(start)).count()
}

#[test]
#[ignore = "the part of a_job_never_has_two_holders that runs sixteen times"]
fn takes_leases() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    File::create(folder.join(format!("ready-{}", std::process::id()))).expect("a file is made");
    // All sixteen at once; one that does not come is told by its own failure.
    let begun = Instant::now();
    while files(&folder, "ready-") < PROCESSES && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(1));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let pool = pool(&folder);
        let collections: Vec<&str> = ENDPOINTS.iter().map(|endpoint| endpoint.collection).collect();
        // Several lanes in each process, as in a run; some take two jobs at once, of one collection or of two.
        let lanes = (0..4).map(|lane| {
            let (pool, folder, collections) = (&pool, &folder, &collections);
            async move {
                let mut dice = fastrand::Rng::new();
                for turn in lane..LEASES {
                    let (one, other) = (dice.choice(collections).unwrap_or(&"jobs"), dice.choice(collections));
                    let wanted = match (turn % 3, other) {
                        (0, Some(other)) if one != other => vec![(*one, 1), (*other, 1)],
                        (1, _) => vec![(*one, 2)],
                        _ => vec![(*one, 1)],
                    };
                    let leases = pool.lease_all(&wanted).await.expect("leases");
                    if !hold(folder, &leases).await {
                        return;
                    }
                }
            }
        });
        futures_util::future::join_all(lanes).await;
    });
}

/// Holds leases for a moment; false when all processes together have had enough.
async fn hold(folder: &Path, leases: &[Lease]) -> bool {
    for lease in leases {
        let made = File::options().write(true).create_new(true).open(mark(folder, lease));
        made.expect("nobody else holds the job");
    }
    for _ in 0..3 {
        tokio::task::yield_now().await;
    }
    let enough = !count(folder, leases.len());
    for lease in leases {
        std::fs::remove_file(mark(folder, lease)).expect("the mark is still there");
    }
    !enough
}

/// Counts leases, an octet each, up to a thousand over all processes.
fn count(folder: &Path, more: usize) -> bool {
    use std::io::Write as _;
    let path = folder.join("taken");
    let mut file = File::options().append(true).create(true).open(&path).expect("the file is opened");
    file.lock().expect("the file is locked");
    let there = usize::try_from(file.metadata().expect("a length").len()).unwrap_or(LEASES);
    let room = more.min(LEASES.saturating_sub(there));
    file.write_all(&vec![b'.'; room]).expect("a lease is counted");
    there + room < LEASES
}
