//! The intent rows: one for each message that may have been paid for.

use rusqlite::{Connection, OptionalExtension, params};

use super::LedgerError;
use crate::job::{JobId, Key, Moment};

/// Which message an intent is for.
#[derive(Clone, Copy)]
pub(super) struct For {
    pub(super) job: JobId,
    pub(super) n: u16,
    /// The event that is the intent.
    pub(super) seq: u32,
}

/// Writes the intent of a message.
///
/// # Errors
/// [`LedgerError::KeyTaken`] where the same message may have been sent before, by whatever job.
pub(super) fn write(db: &Connection, key: &Key, message: For, at: Moment) -> Result<(), LedgerError> {
    if let Some((by, refused)) = find(db, key)? {
        if !refused {
            return Err(LedgerError::KeyTaken { by });
        }
        db.execute("DELETE FROM intent WHERE key = ?1", [key.as_str()])?;
        db.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'reused'", [])?;
    }
    let For { job, n, seq } = message;
    let checksum = checksum(key.as_str(), job, n, "open");
    db.execute(
        "INSERT INTO intent (key, job, n, seq, at, state, checksum) VALUES (?1, ?2, ?3, ?4, ?5, 'open', ?6)",
        params![key.as_str(), job.0, n, seq, at.0, checksum],
    )?;
    db.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'intents'", [])?;
    Ok(())
}

/// Message `n` of `job` was provably not accepted: its key may be used again.
pub(super) fn refuse(db: &Connection, job: JobId, n: u16, seq: u32) -> Result<(), LedgerError> {
    let key: Option<String> = db
        .query_row(
            "SELECT key FROM intent WHERE job = ?1 AND n = ?2 AND seq = ?3",
            params![job.0, n, seq],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(key) = key {
        let checksum = checksum(&key, job, n, "refused");
        db.execute(
            "UPDATE intent SET state = 'refused', checksum = ?2 WHERE key = ?1",
            params![key, checksum],
        )?;
    }
    Ok(())
}

/// How many intents were ever written.
pub(super) fn count(db: &Connection) -> Result<u64, LedgerError> {
    counter(db, "intents")
}

/// A number that is kept for the whole ledger, to count its rows against.
pub(super) fn counter(db: &Connection, key: &str) -> Result<u64, LedgerError> {
    let count: String = db.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0))?;
    count.parse().map_err(|_| LedgerError::Damaged { what: format!("the count of {key} is `{count}`") })
}

/// Reads every intent there is, holds each against its checksum, and all against their count.
pub(super) fn read_all(db: &Connection) -> Result<(), LedgerError> {
    let mut rows = db.prepare("SELECT key, job, n, state, checksum FROM intent")?;
    let mut rows = rows.query([])?;
    let mut there = 0_u64;
    while let Some(row) = rows.next()? {
        let (key, job, n, state, stored): (String, i64, u16, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
        if checksum(&key, JobId(job), n, &state) != stored {
            return Err(LedgerError::Damaged { what: format!("the intent of message {n} of job {job}") });
        }
        there += 1;
    }
    let wanted = count(db)?.saturating_sub(counter(db, "reused")?);
    if there != wanted {
        return Err(LedgerError::Damaged { what: format!("{there} intents are there of {wanted}") });
    }
    Ok(())
}

/// The job a key was used by, and whether its message was refused.
pub(super) fn find(db: &Connection, key: &Key) -> Result<Option<(JobId, bool)>, LedgerError> {
    let row = db
        .query_row("SELECT job, n, state, checksum FROM intent WHERE key = ?1", [key.as_str()], |row| {
            Ok((
                JobId(row.get(0)?),
                row.get::<_, u16>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, String>(3)?,
            ))
        })
        .optional()?;
    let Some((job, n, state, stored)) = row else { return Ok(None) };
    if checksum(key.as_str(), job, n, &state) != stored {
        return Err(LedgerError::Damaged { what: format!("the intent of message {n} of job {job}") });
    }
    Ok(Some((job, state == "refused")))
}

fn checksum(key: &str, job: JobId, n: u16, state: &str) -> String {
    super::record::checksum(&[key, &job.to_string(), &n.to_string(), state])
}
