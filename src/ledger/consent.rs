//! Texts that have consented to pay once more: a row for each that is used up.

use rusqlite::{Connection, params};

use super::{LedgerError, intent, record};
use crate::job::{JobId, Key, TextRef};

/// The count of the rows: one that is gone would let its text pay a second time.
const COUNT: &str = "consents";

/// Uses up a text's consent to send the message of that key once more.
///
/// # Errors
/// [`LedgerError::ConsentUsed`] where the same text has let out the same message before.
pub(super) fn consent(db: &Connection, key: &Key, text: &TextRef, job: JobId) -> Result<(), LedgerError> {
    if use_up(db, key, text, job)? { Ok(()) } else { Err(LedgerError::ConsentUsed) }
}

/// Uses it up where it is not used up yet; whether it was there to be used. A text that was only saved again is the same: it
/// is kept by what it says, and those of a time when that was not noted by their bytes.
pub(super) fn use_up(db: &Connection, key: &Key, text: &TextRef, job: JobId) -> Result<bool, LedgerError> {
    let bytes = text.hash.to_string();
    let known = "SELECT EXISTS (SELECT 1 FROM consent WHERE key = ?1 AND text = ?2)";
    if db.query_row(known, params![key.as_str(), bytes], |row| row.get(0))? {
        return Ok(false);
    }
    let text = text.says.map_or(bytes, |says| says.to_string());
    let checksum = checksum(key.as_str(), &text, job);
    let sql = "INSERT OR IGNORE INTO consent (key, text, job, checksum) VALUES (?1, ?2, ?3, ?4)";
    let is_new = db.execute(sql, params![key.as_str(), text, job.0, checksum])? > 0;
    recount(db, is_new.into())?;
    Ok(is_new)
}

/// Gives a job's consent back: the message it was for was refused.
pub(super) fn give_back(db: &Connection, key: &Key, job: JobId) -> Result<(), LedgerError> {
    let sql = "DELETE FROM consent WHERE key = ?1 AND job = ?2";
    let gone = db.execute(sql, params![key.as_str(), job.0])?;
    recount(db, -i64::try_from(gone).unwrap_or(0))
}

fn recount(db: &Connection, change: i64) -> Result<(), LedgerError> {
    if change != 0 {
        let sql = "UPDATE meta SET value = CAST(value AS INTEGER) + ?2 WHERE key = ?1";
        db.execute(sql, params![COUNT, change])?;
    }
    Ok(())
}

/// Reads every row there is, holds each against its checksum, and all against their count.
pub(super) fn read_all(db: &Connection) -> Result<(), LedgerError> {
    let mut there = 0_u64;
    for (key, text, job, stored) in rows(db)? {
        if checksum(&key, &text, job) != stored {
            return Err(LedgerError::Damaged { what: format!("the consent of job {job}") });
        }
        there += 1;
    }
    let wanted = intent::counter(db, COUNT)?;
    if there != wanted {
        return Err(LedgerError::Damaged { what: format!("{there} consents are there of {wanted}") });
    }
    Ok(())
}

/// Gives the rows of a time without checksums theirs.
pub(super) fn seal(db: &Connection) -> Result<(), LedgerError> {
    for (key, text, job, _) in rows(db)? {
        let sql = "UPDATE consent SET checksum = ?3 WHERE key = ?1 AND text = ?2";
        db.execute(sql, params![key, text, checksum(&key, &text, job)])?;
    }
    Ok(())
}

type Row = (String, String, JobId, String);

fn rows(db: &Connection) -> Result<Vec<Row>, LedgerError> {
    let mut rows = db.prepare("SELECT key, text, job, checksum FROM consent")?;
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, JobId(row.get(2)?), row.get(3)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn checksum(key: &str, text: &str, job: JobId) -> String {
    record::checksum(&[key, text, &job.to_string()])
}
