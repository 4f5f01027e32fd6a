//! What must hold before a message is paid for: SQLite's pages carry no checksum, so a flipped bit is found here.
//!
//! A job is held against its events each time. All that was ever paid for is read through once in a process, at the
//! first message: a key that has turned into another one would let its message out a second time.

use rusqlite::{Connection, OptionalExtension};

use super::{LedgerError, intent, query};
use crate::job::Job;

/// Holds a job's row against its events, as far as a payment hangs on it.
///
/// # Errors
/// [`LedgerError::Damaged`].
pub(super) fn job(db: &Connection, row: &Job) -> Result<(), LedgerError> {
    let damaged = |what: &str| LedgerError::Damaged { what: format!("job {}: {what}", row.id) };
    let made = match query::rebuild(db, row.id) {
        Err(LedgerError::Illegal(illegal)) => return Err(damaged(&illegal.to_string())),
        made => made?,
    };
    let paid = |job: &Job| {
        (job.seq, job.order.clone(), job.session.clone(), job.content, job.messages.clone(), job.step)
    };
    if paid(&made) == paid(row) { Ok(()) } else { Err(damaged("its row is not what its events say")) }
}

/// Reads through all that was ever paid for: the tree of its keys, and each row's checksum.
///
/// # Errors
/// [`LedgerError::Damaged`], and what SQLite finds itself.
pub(super) fn intents(db: &Connection) -> Result<(), LedgerError> {
    let found: Option<String> =
        db.query_row("PRAGMA integrity_check('intent')", [], |row| row.get(0)).optional()?;
    match found {
        Some(ok) if ok == "ok" => intent::read_all(db),
        found => Err(LedgerError::Damaged { what: found.unwrap_or_else(|| "the intents".to_owned()) }),
    }
}
