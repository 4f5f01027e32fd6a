//! What programs that watch ask of a ledger: counts, and the jobs a page at a time.

use rusqlite::params;

use super::handle::read_meta;
use super::{LedgerError, Overview, query};
use crate::job::{Code, Job, JobId};

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

    /// How many jobs wait (`false`), and how many have failed (`true`), for each reason that there is one for.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn reasons(&self) -> Result<Vec<(bool, Code, u64)>, LedgerError> {
        let sql =
            "SELECT state, code, count(*) FROM job WHERE code IS NOT NULL AND state IN ('waiting', 'failed')
                   GROUP BY state, code";
        let mut rows = self.db.prepare(sql)?;
        let rows = rows.query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
        })?;
        let mut reasons = Vec::new();
        for row in rows {
            let (state, code, count) = row?;
            // One of a newer version is counted by its state alone.
            reasons.extend(Code::parse(&code).map(|code| (state == "failed", code, count.unsigned_abs())));
        }
        Ok(reasons)
    }

    /// How many messages were promised, ever: each is paid for at most once.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn promised(&self) -> Result<u64, LedgerError> {
        Ok(read_meta(&self.db, "intents")?.and_then(|count| count.parse().ok()).unwrap_or_default())
    }
}
