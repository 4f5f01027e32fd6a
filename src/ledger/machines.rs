//! What programs that watch ask of a ledger: the jobs a page at a time, and the messages.

use rusqlite::params;

use super::handle::read_meta;
use super::{LedgerError, Overview, query};
use crate::job::{Job, JobId};

impl Overview {
    /// At most so many jobs, newest first: of one state where that is given, and after (older than) one of them.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn jobs_after(
        &self,
        state: Option<&str>,
        after: Option<JobId>,
        most: u32,
    ) -> Result<Vec<Job>, LedgerError> {
        let before = after.map_or(i64::MAX, |id| id.0);
        match state {
            Some(state) => query::many(
                &self.db,
                "SELECT body FROM job WHERE state = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
                params![state, before, most],
            ),
            None => query::many(
                &self.db,
                "SELECT body FROM job WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
                params![before, most],
            ),
        }
    }

    /// How many messages were promised, ever: each is paid for at most once.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn promised(&self) -> Result<u64, LedgerError> {
        Ok(read_meta(&self.db, "intents")?.and_then(|count| count.parse().ok()).unwrap_or_default())
    }
}
