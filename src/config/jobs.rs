//! `[jobs]`: how many at once, how often, how long.

use std::time::Duration;

use super::section::Section;

/// How jobs are run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Jobs {
    /// Jobs at once, from 1.
    pub concurrency: u32,
    /// Of them uploading at once, from 1.
    pub uploads: u32,
    /// Tries of each step against a passing fault, from 1.
    pub max_attempts: u32,
    /// How long stopping waits for running messages.
    pub drain: Duration,
    /// How often what a job waits for is looked at again.
    pub waiting_recheck: Duration,
    /// After so long in work, people are told that it goes on.
    pub still_working: Duration,
}

impl Jobs {
    pub(super) fn read(s: &mut Section<'_, '_>) -> Self {
        Self {
            concurrency: s.count("concurrency", 4),
            uploads: s.count("uploads", 2),
            max_attempts: s.count("max_attempts", 5),
            drain: s.get("drain", Duration::from_mins(16)),
            waiting_recheck: s.interval("waiting_recheck", Duration::from_mins(5)),
            still_working: s.get("still_working", Duration::from_mins(2)),
        }
    }
}
