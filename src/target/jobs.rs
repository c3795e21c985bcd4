//! The pool of jobs that may be patched, and the leases under which that is done.
//!
//! The main type is [`JobPool`]: a trial asks for a [`Lease`] of each job that it touches, and drops it to give the job
//! back. Two layers make a lease exclusive:
//!
//! - Within the process, a queue. Whoever asks is given all jobs at once or none, in the order of asking, so nobody
//!   starves and nobody deadlocks.
//! - Between processes of one machine, where there is a state folder, a locked file for each job. The file is that of the
//!   id, whatever the collection: the same id on two paths may be one job.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use indexmap::IndexSet;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use super::LONGEST_POLL;
use super::config::Jobs;
use crate::model::digest::hexadecimal;
use crate::model::locked::Locked;

/// Why a job cannot be leased.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// The pool has too few jobs of the collection, however long one waits.
    #[error("{collection}: {needed} jobs are needed at once and {available} may be patched")]
    TooFew {
        /// The collection.
        collection: String,
        /// How many are needed.
        needed: usize,
        /// How many there are.
        available: usize,
    },
    /// A lock file cannot be made or locked.
    #[error("lock file {}: {why}", path.display())]
    Lock {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
}

/// The jobs that may be patched.
#[derive(Debug, Clone)]
pub struct JobPool(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    state: Locked<State>,
    /// Lock files by id, opened once.
    locks: BTreeMap<String, Lock>,
}

#[derive(Debug)]
struct Lock {
    file: File,
    path: PathBuf,
    /// Leases of this process that stand on the lock: one for each collection in which the id is.
    holders: Locked<usize>,
}

impl Lock {
    fn holders(&self) -> MutexGuard<'_, usize> {
        self.holders.lock()
    }
}

#[derive(Debug, Default)]
struct State {
    /// Ids that nobody in this process holds, by collection; the one that rested longest comes first.
    free: BTreeMap<String, VecDeque<String>>,
    /// How many ids there are, by collection.
    size: BTreeMap<String, usize>,
    waiting: VecDeque<Waiter>,
}

/// Somebody in the queue.
#[derive(Debug)]
struct Waiter {
    wanted: Vec<(String, usize)>,
    granted: oneshot::Sender<Vec<Lease>>,
}

/// A job that is ours until this is dropped.
#[derive(Debug)]
pub struct Lease {
    /// Collection of the job.
    pub collection: String,
    /// Id of the job.
    pub id: String,
    pool: Option<Arc<Pool>>,
    locked: bool,
}

impl JobPool {
    /// A pool of these jobs. With `state`, leases hold between processes too, for jobs of `base_url`.
    ///
    /// # Errors
    /// When a lock file cannot be made.
    pub fn new(jobs: &Jobs, state: Option<&Path>, base_url: &str) -> Result<Self, LeaseError> {
        let mut locks = BTreeMap::new();
        let mut pool = State::default();
        for (collection, ids) in jobs {
            // An id that was given twice is still one job.
            let ids: IndexSet<&String> = ids.iter().collect();
            for id in &ids {
                if let Some(state) = state.filter(|_| !locks.contains_key(*id)) {
                    let (path, file) = lock_file(&state.join("leases"), base_url, id)?;
                    locks.insert((*id).clone(), Lock { file, path, holders: Locked::new(0) });
                }
            }
            pool.size.insert(collection.clone(), ids.len());
            pool.free.insert(collection.clone(), ids.into_iter().cloned().collect());
        }
        Ok(Self(Arc::new(Pool { state: Locked::new(pool), locks })))
    }

    /// How many jobs of the collection may be patched.
    #[must_use]
    pub fn size(&self, collection: &str) -> usize {
        self.0.state().size.get(collection).copied().unwrap_or_default()
    }

    /// Leases one job, waiting for it if need be.
    ///
    /// # Errors
    /// When the collection has no job, or its lock file cannot be locked.
    pub async fn lease(&self, collection: &str) -> Result<Lease, LeaseError> {
        let mut leases = self.lease_all(&[(collection, 1)]).await?;
        leases.pop().ok_or_else(|| LeaseError::TooFew { collection: collection.to_owned(), needed: 1, available: 0 })
    }

    /// Leases so many jobs of each collection, all at once, waiting for them if need be. They come in the order in
    /// which they were asked for.
    ///
    /// # Errors
    /// When there are too few, or a lock file cannot be locked.
    pub async fn lease_all(&self, wanted: &[(&str, usize)]) -> Result<Vec<Lease>, LeaseError> {
        for (collection, count) in wanted {
            let available = self.size(collection);
            if available < *count {
                return Err(LeaseError::TooFew { collection: (*collection).to_owned(), needed: *count, available });
            }
        }
        let wanted: Vec<(String, usize)> = wanted.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
        let mut pause = Duration::from_millis(1);
        loop {
            let mut leases = self.lease_in_process(&wanted).await;
            if self.0.lock_all(&mut leases)? {
                return Ok(leases);
            }
            // Another process holds one of them. What was locked is given back, so that two processes cannot wait
            // for each other for ever.
            drop(leases);
            tokio::time::sleep(pause.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
            pause = (pause * 2).min(LONGEST_POLL);
        }
    }

    /// Waits for the turn in the queue of this process. Other processes may still hold a job of it.
    async fn lease_in_process(&self, wanted: &[(String, usize)]) -> Vec<Lease> {
        loop {
            let granted = {
                let mut state = self.0.state();
                let ahead = |name: &String| state.waiting.iter().any(|w| w.wanted.iter().any(|(n, _)| n == name));
                if !wanted.iter().any(|(name, _)| ahead(name))
                    && let Some(taken) = state.take(wanted)
                {
                    drop(state);
                    return self.0.leases(taken);
                }
                let (sender, granted) = oneshot::channel();
                state.waiting.push_back(Waiter { wanted: wanted.to_vec(), granted: sender });
                granted
            };
            if let Ok(leases) = granted.await {
                return leases;
            }
        }
    }
}

impl State {
    /// Takes all that is wanted, or nothing.
    fn take(&mut self, wanted: &[(String, usize)]) -> Option<Vec<(String, String)>> {
        let there = |(name, count): &(String, usize)| self.free.get(name).is_some_and(|free| free.len() >= *count);
        if !wanted.iter().all(there) {
            return None;
        }
        let mut taken = Vec::new();
        for (name, count) in wanted {
            let free = self.free.get_mut(name)?;
            taken.extend(free.drain(..*count).map(|id| (name.clone(), id)));
        }
        Some(taken)
    }
}

impl Pool {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    fn leases(self: &Arc<Self>, taken: Vec<(String, String)>) -> Vec<Lease> {
        let lease = |(collection, id)| Lease { collection, id, pool: Some(Arc::clone(self)), locked: false };
        taken.into_iter().map(lease).collect()
    }

    /// Locks the files of the leases; false when another process holds one of them.
    fn lock_all(&self, leases: &mut [Lease]) -> Result<bool, LeaseError> {
        for lease in leases {
            let Some(lock) = self.locks.get(&lease.id) else { continue };
            let mut holders = lock.holders();
            if *holders == 0 {
                match lock.file.try_lock() {
                    Ok(()) => {}
                    Err(TryLockError::WouldBlock) => return Ok(false),
                    Err(TryLockError::Error(error)) => {
                        return Err(LeaseError::Lock { path: lock.path.clone(), why: error.to_string() });
                    }
                }
            }
            *holders += 1;
            lease.locked = true;
        }
        Ok(true)
    }

    /// Gives a job back and serves those who wait, in their order.
    fn release(self: &Arc<Self>, collection: &str, id: String) {
        let mut state = self.state();
        if let Some(free) = state.free.get_mut(collection) {
            free.push_back(id);
        }
        let mut served = Vec::new();
        let mut passed: BTreeSet<String> = BTreeSet::new();
        let mut index = 0;
        while let Some(waiter) = state.waiting.get(index) {
            let wanted = waiter.wanted.clone();
            // Who comes later must not take what somebody before them waits for.
            let blocked = wanted.iter().any(|(name, _)| passed.contains(name));
            let taken = if blocked { None } else { state.take(&wanted) };
            if let Some(taken) = taken {
                served.extend(state.waiting.remove(index).map(|waiter| (waiter, taken)));
            } else {
                passed.extend(wanted.into_iter().map(|(name, _)| name));
                index += 1;
            }
        }
        drop(state);
        for (waiter, taken) in served {
            // Who no longer waits drops the leases, and so gives them back.
            drop(waiter.granted.send(self.leases(taken)));
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(pool) = self.pool.take() else { return };
        if let Some(lock) = pool.locks.get(&self.id).filter(|_| self.locked) {
            let mut holders = lock.holders();
            *holders -= 1;
            if *holders == 0 {
                // An unlock that fails ends with the process at the latest.
                let _ = lock.file.unlock();
            }
        }
        pool.release(&self.collection, std::mem::take(&mut self.id));
    }
}

/// The lock of an id. One server has many names (`localhost`, `127.0.0.1`, an alias), and two runs that take it for two
/// would disturb each other, while waiting for a namesake on another one costs a little time: so only the port counts.
fn lock_file(folder: &Path, base_url: &str, id: &str) -> Result<(PathBuf, File), LeaseError> {
    let port = url::Url::parse(base_url).ok().and_then(|url| url.port_or_known_default()).unwrap_or_default();
    let mut name = Sha256::new();
    name.update(port.to_be_bytes());
    name.update(id.as_bytes());
    let path = folder.join(format!("{}.lock", hexadecimal(&name.finalize()[..16])));
    let opened = std::fs::create_dir_all(folder)
        .and_then(|()| File::options().read(true).write(true).create(true).truncate(false).open(&path));
    match opened {
        Ok(file) => Ok((path, file)),
        Err(error) => Err(LeaseError::Lock { path, why: error.to_string() }),
    }
}
