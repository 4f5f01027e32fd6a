//! What the ledger knows of what lies in the inbox, for those who only look. Reads, and touches nothing.

use crate::config::Config;
use crate::job::{Job, Order, RelPath, Stamp};
use crate::ledger::{LedgerError, Overview};
use crate::worker::{self, Admission};

/// The jobs of one root.
pub(super) struct Records<'a> {
    /// The jobs of all of them.
    pub(super) ledger: &'a Overview,
    /// The ledger's number of the root, by which its jobs are known; 0 where it knows none.
    root: i64,
}

impl<'a> Records<'a> {
    /// Those of the root in the settings.
    pub(super) fn new(config: &Config, ledger: &'a Overview) -> Result<Self, LedgerError> {
        let typed = &config.folders.root;
        let root = match ledger.root_at(typed)? {
            // It was begun from elsewhere, or in the background.
            None => ledger.root_at(&std::path::absolute(typed)?)?,
            root => root,
        };
        Ok(Self { ledger, root: root.unwrap_or_default() })
    }

    /// The newest job at that place.
    pub(super) fn job_at(&self, path: &RelPath) -> Result<Option<Job>, LedgerError> {
        self.ledger.job_at(self.root, path)
    }

    /// What an arrival would be, among the jobs of its kind.
    pub(super) fn admission(
        &self,
        (path, stamp): (&RelPath, &Stamp),
        order: Option<&Order>,
        is_kind: impl Fn(&Job) -> bool,
    ) -> Result<Admission, LedgerError> {
        let at = self.job_at(path)?.filter(&is_kind);
        let of = self.ledger.job_of_file(stamp)?.filter(is_kind);
        Ok(worker::admit(path, stamp, order, at, of))
    }
}
