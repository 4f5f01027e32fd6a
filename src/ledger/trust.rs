//! What must hold before a message is paid for: SQLite's pages carry no checksum, so a flipped bit is found here.
//!
//! A job is held against its events each time. All that was ever paid for is read through once in a process, at the
//! first message: a key that has turned into another one would let its message out a second time.

use rusqlite::{Connection, OptionalExtension};

use super::{LedgerError, consent, intent, query};
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
        let asked = (job.order.clone(), job.replies.clone(), job.contents(), job.work.clone());
        (job.seq, asked, job.session.clone(), job.messages.clone(), job.step)
    };
    if paid(&made) == paid(row) { Ok(()) } else { Err(damaged("its row is not what its events say")) }
}

/// Reads through all that was ever paid for, and every text that has consented to pay once more: the trees of their keys,
/// and each row's checksum.
///
/// # Errors
/// [`LedgerError::Damaged`], and what SQLite finds itself.
pub(super) fn paid(db: &Connection) -> Result<(), LedgerError> {
    sound(db, "PRAGMA integrity_check('intent')")?;
    intent::read_all(db)?;
    sound(db, "PRAGMA integrity_check('consent')")?;
    consent::read_all(db)
}

fn sound(db: &Connection, check: &str) -> Result<(), LedgerError> {
    let found: Option<String> = db.query_row(check, [], |row| row.get(0)).optional()?;
    match found {
        Some(ok) if ok == "ok" => Ok(()),
        found => Err(LedgerError::Damaged { what: found.unwrap_or_else(|| "what was paid for".to_owned()) }),
    }
}
