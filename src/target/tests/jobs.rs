//! Leases under contention: never two holders, in order, and none is lost.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::target::config::Jobs;
use crate::target::jobs::{JobPool, LeaseError};

fn jobs(pairs: &[(&str, &[&str])]) -> Jobs {
    pairs.iter().map(|(name, ids)| ((*name).to_owned(), ids.iter().map(|id| (*id).to_owned()).collect())).collect()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn never_two_holders_within_and_between_processes() {
    // Two pools on one folder stand for two processes: each has files of its own.
    let folder = tempfile::tempdir().unwrap();
    let given = jobs(&[("jobs", &["1", "2", "3"]), ("classifyTextJobs", &["4"])]);
    let holders: Arc<BTreeMap<&str, AtomicUsize>> =
        Arc::new(["1", "2", "3", "4"].map(|id| (id, AtomicUsize::new(0))).into());
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (holders, given, folder) = (Arc::clone(&holders), given.clone(), folder.path().to_owned());
            std::thread::spawn(move || {
                let pool = JobPool::new(&given, Some(&folder), "http://x").unwrap();
                let hold = async || {
                    for round in 0..20 {
                        let wanted: &[(&str, usize)] =
                            if round % 5 == 0 { &[("classifyTextJobs", 1), ("jobs", 2)] } else { &[("jobs", 1)] };
                        let leases = pool.lease_all(wanted).await.unwrap();
                        for lease in &leases {
                            assert_eq!(holders[lease.id.as_str()].fetch_add(1, Ordering::SeqCst), 0);
                        }
                        tokio::task::yield_now().await;
                        for lease in &leases {
                            holders[lease.id.as_str()].fetch_sub(1, Ordering::SeqCst);
                        }
                    }
                };
                runtime().block_on(async { tokio::join!(hold(), hold(), hold(), hold()) });
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

/// Whoever gives jobs decides which of them is updated.
#[test]
fn the_first_job_that_was_given_is_leased_first() {
    let pool = JobPool::new(&jobs(&[("jobs", &["2", "1", "2"])]), None, "").unwrap();
    let leases = runtime().block_on(pool.lease_all(&[("jobs", 2)])).unwrap();
    assert_eq!(leases.iter().map(|lease| lease.id.as_str()).collect::<Vec<_>>(), ["2", "1"]);
}

#[test]
fn leases_come_in_the_order_in_which_they_were_asked_for() {
    runtime().block_on(async {
        let pool = JobPool::new(&jobs(&[("jobs", &["1", "2", "2"])]), None, "").unwrap();
        assert_eq!(pool.size("jobs"), 2);
        let first = pool.lease("jobs").await.unwrap();
        let both = {
            let pool = pool.clone();
            tokio::spawn(async move { pool.lease_all(&[("jobs", 2)]).await.unwrap().len() })
        };
        tokio::task::yield_now().await;
        // One job is free, but somebody waits for two.
        let late = {
            let pool = pool.clone();
            tokio::spawn(async move { drop(pool.lease("jobs").await.unwrap()) })
        };
        tokio::task::yield_now().await;
        assert!(!both.is_finished() && !late.is_finished());
        drop(first);
        assert_eq!(both.await.unwrap(), 2);
        late.await.unwrap();
    });
}

#[test]
fn a_waiter_that_gave_up_keeps_nothing() {
    runtime().block_on(async {
        let pool = JobPool::new(&jobs(&[("jobs", &["1"])]), None, "").unwrap();
        let held = pool.lease("jobs").await.unwrap();
        let waiting = {
            let pool = pool.clone();
            tokio::spawn(async move { pool.lease("jobs").await.unwrap() })
        };
        tokio::task::yield_now().await;
        waiting.abort();
        let _ = waiting.await;
        drop(held);
        assert_eq!(pool.lease("jobs").await.unwrap().id, "1");
        assert!(matches!(pool.lease("other").await, Err(LeaseError::TooFew { available: 0, .. })));
    });
}

#[test]
fn a_server_of_two_names_is_one() {
    runtime().block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let pool = |base: &str| JobPool::new(&jobs(&[("jobs", &["1"])]), Some(folder.path()), base).unwrap();
        let _held = pool("http://127.0.0.1:8001/v1.0").lease("jobs").await.unwrap();
        let (same, other) = (pool("http://localhost:8001/v1.0/"), pool("http://127.0.0.1:8002/v1.0"));
        let mut waits = std::pin::pin!(same.lease("jobs"));
        assert!(futures_util::future::poll_immediate(waits.as_mut()).await.is_none());
        other.lease("jobs").await.unwrap();
    });
}

#[test]
fn the_same_id_on_two_paths_is_one_lock() {
    runtime().block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let given = jobs(&[("jobs", &["1"]), ("classifyTextJobs", &["1"])]);
        let ours = JobPool::new(&given, Some(folder.path()), "http://x").unwrap();
        let mut both = ours.lease_all(&[("jobs", 1), ("classifyTextJobs", 1)]).await.unwrap();
        let theirs = JobPool::new(&jobs(&[("jobs", &["1"])]), Some(folder.path()), "http://x").unwrap();
        let mut waits = std::pin::pin!(theirs.lease("jobs"));
        assert!(futures_util::future::poll_immediate(waits.as_mut()).await.is_none());
        both.pop();
        assert!(futures_util::future::poll_immediate(waits.as_mut()).await.is_none(), "one of ours still holds it");
        drop(both);
        waits.await.unwrap();
    });
}
