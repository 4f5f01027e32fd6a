//! How far running steps are, for whoever watches: never waited for, never needed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::clock::wall;
use crate::job::JobId;
use crate::ledger::Progress;

/// Where steps leave their progress and observers find it.
#[derive(Clone, Debug, Default)]
pub struct Board {
    rows: Arc<Mutex<BTreeMap<JobId, Progress>>>,
    counters: Arc<Mutex<BTreeMap<JobId, Arc<AtomicU64>>>>,
    begun: Arc<Notify>,
}

/// A counter that is followed until this is dropped.
#[derive(Debug)]
pub struct Following {
    board: Board,
    job: JobId,
}

impl Drop for Following {
    fn drop(&mut self) {
        self.board.counters().remove(&self.job);
    }
}

impl Board {
    fn rows(&self) -> MutexGuard<'_, BTreeMap<JobId, Progress>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `done` of `total` of a job's step; `total` 0 where that is not known.
    pub fn set(&self, job: JobId, step: &str, done: u64, total: u64) {
        self.rows().insert(job, Progress { job, step: step.to_owned(), done, total, at: wall() });
        self.begun.notify_one();
    }

    /// Until there is something to see, or has been since this was asked last.
    pub async fn begun(&self) {
        self.begun.notified().await;
    }

    /// Follows a counter for a job's step, until what this returns is dropped.
    pub fn follow(&self, job: JobId, step: &str, counter: Arc<AtomicU64>, total: u64) -> Following {
        self.set(job, step, 0, total);
        self.counters().insert(job, counter);
        Following { board: self.clone(), job }
    }

    fn counters(&self) -> MutexGuard<'_, BTreeMap<JobId, Arc<AtomicU64>>> {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The job's step is over.
    pub fn end(&self, job: JobId) {
        self.rows().remove(&job);
    }

    /// All rows, by job.
    pub fn all(&self) -> Vec<Progress> {
        let counters = self.counters();
        let mut rows = self.rows();
        for (job, counter) in counters.iter() {
            if let Some(row) = rows.get_mut(job) {
                let done = counter.load(Ordering::Relaxed);
                if done != row.done {
                    (row.done, row.at) = (done, wall());
                }
            }
        }
        rows.values().cloned().collect()
    }
}
