//! Clips that were not found where they should lie, while their jobs wait for a person.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::job::JobId;

/// The jobs whose clips were missing when they were looked at last.
#[derive(Debug, Default)]
pub struct Missed(Mutex<BTreeSet<JobId>>);

impl Missed {
    /// Notes what a look has found; whether the clip was missing at this one and at the one before.
    pub(super) fn twice(&self, job: JobId, is_missing: bool) -> bool {
        let mut missed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = missed.remove(&job);
        if is_missing && !before {
            missed.insert(job);
        }
        is_missing && before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_twice_running_is_gone() {
        let (missed, job) = (Missed::default(), JobId(1));
        let seen = [true, false, true, true, true].map(|is_missing| missed.twice(job, is_missing));
        assert_eq!(seen, [false, false, false, true, false]);
    }
}
