//! What messages have cost: read from the events, so that no kill makes dakbox forget it.

use rusqlite::{Connection, params};

use super::query::{raw_event, read_event};
use super::{Ledger, LedgerError};
use crate::job::{AccountId, CLIPS_KEPT, JobId, Moment, Sent, note_sent};

/// Jobs of the account, and of none that is known: what may be its own counts.
const OURS: &str = "(?1 IS NULL OR coalesce(json_extract(job.body, '$.account'), ?1) = ?1)";

impl Ledger {
    /// The account's messages that may have been paid for, oldest first: all since `midnight`, those on their way, and
    /// those of the last delivered clips.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn sent_since(
        &self,
        midnight: Moment,
        account: Option<AccountId>,
    ) -> Result<Vec<Sent>, LedgerError> {
        self.call(move |db| sent_since(db, midnight, account.as_ref().map(AccountId::as_str))).await
    }
}

fn sent_since(db: &Connection, midnight: Moment, account: Option<&str>) -> Result<Vec<Sent>, LedgerError> {
    let first = format!(
        "SELECT coalesce(min(at), ?2) FROM intent WHERE job IN (
             SELECT id FROM job WHERE state = 'delivered' AND id IN (SELECT job FROM intent) AND {OURS}
             ORDER BY changed DESC LIMIT ?3)"
    );
    let kept = i64::try_from(CLIPS_KEPT).unwrap_or(i64::MAX);
    let first: i64 =
        db.prepare_cached(&first)?.query_row(params![account, midnight.0, kept], |row| row.get(0))?;
    let events = format!(
        "SELECT event.seq, event.at, event.version, event.body, event.checksum, job.id, job.state = 'delivered'
         FROM job JOIN event ON event.job = job.id
         WHERE job.id IN (SELECT job FROM intent WHERE state = 'open')
         AND (job.changed >= ?2 OR job.ended = 0) AND {OURS}
         AND event.name IN ('intent', 'refused', 'answered', 'observed', 'waits', 'failed', 'withdrawn')
         ORDER BY job.id, event.seq"
    );
    let mut rows = db.prepare_cached(&events)?;
    let mut rows = rows.query(params![account, first.min(midnight.0)])?;
    let mut sent = Vec::new();
    while let Some(row) = rows.next()? {
        let of = (JobId(row.get(5)?), row.get(6)?);
        let recorded = read_event(of.0, raw_event(row)?)?;
        note_sent(&mut sent, of, recorded.seq, recorded.at, &recorded.event);
    }
    sent.sort_by_key(|s: &Sent| s.begun);
    Ok(sent)
}
