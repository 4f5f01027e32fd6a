//! What became of the jobs that ended while this process ran: the exit code of `--once`.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::job::{End, Job};

/// Counts of ended jobs.
#[derive(Debug, Default)]
pub struct Tally {
    delivered: AtomicU64,
    failed: AtomicU64,
}

impl Tally {
    /// Counts a job that has ended.
    pub fn count(&self, job: &Job) {
        match job.end {
            Some(End::Delivered) => self.delivered.fetch_add(1, Ordering::Relaxed),
            Some(End::Failed(_)) => self.failed.fetch_add(1, Ordering::Relaxed),
            Some(End::Cancelled | End::Answered) | None => 0,
        };
    }

    /// Films delivered.
    pub fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Relaxed)
    }

    /// Jobs failed.
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }
}
