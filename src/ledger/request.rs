//! Requests: what a person asks of the daemon from outside, and what it answers.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::{LedgerError, schema};
use crate::job::{JobId, Moment};

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Go on with what waits or has failed.
    Retry {
        /// Send once more what may have been paid for already.
        again: bool,
    },
    /// Give it up.
    Cancel,
}

/// A request that nobody has answered yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request {
    /// Its number.
    pub id: i64,
    /// The job it is about.
    pub job: JobId,
    /// What is asked for.
    pub ask: Ask,
}

/// What became of a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// It was done.
    pub done: bool,
    /// In words.
    pub text: String,
}

/// A place to leave requests, for whoever is not the daemon.
pub struct Requests {
    db: Connection,
}

impl Requests {
    /// Opens the ledger at `path` for requests alone.
    ///
    /// # Errors
    /// Where there is none, or one that this version has not brought up to date yet.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        Ok(Self { db: schema::open_beside(path)? })
    }

    /// Leaves a request; its number.
    pub fn leave(&self, job: JobId, ask: Ask, at: Moment) -> Result<i64, LedgerError> {
        let ask = serde_json::to_string(&ask).map_err(|e| LedgerError::Damaged { what: e.to_string() })?;
        self.db
            .execute("INSERT INTO request (at, job, ask) VALUES (?1, ?2, ?3)", params![at.0, job.0, ask])?;
        Ok(self.db.last_insert_rowid())
    }

    /// The answer to a request, once there is one.
    pub fn answer(&self, id: i64) -> Result<Option<Answer>, LedgerError> {
        let sql = "SELECT done, answer FROM request WHERE id = ?1 AND done IS NOT NULL";
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Answer { done: row.get(0)?, text: row.get::<_, Option<String>>(1)?.unwrap_or_default() })
        };
        Ok(self.db.query_row(sql, [id], read).optional()?)
    }
}

/// The requests that nobody has answered yet, oldest first. One that can't be read is answered as such.
pub(super) fn open_requests(db: &Connection) -> Result<Vec<Request>, LedgerError> {
    let mut query = db.prepare_cached("SELECT id, job, ask FROM request WHERE done IS NULL ORDER BY id")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))?;
    let mut open = Vec::new();
    for row in rows {
        let (id, job, ask): (i64, i64, String) = row?;
        match serde_json::from_str(&ask) {
            Ok(ask) => open.push(Request { id, job: JobId(job), ask }),
            Err(error) => {
                let text = format!("this version does not know what is asked: {error}");
                answer(db, id, &Answer { done: false, text })?;
            }
        }
    }
    Ok(open)
}

/// Answers a request, and forgets those of long ago.
pub(super) fn answer(db: &Connection, id: i64, answer: &Answer) -> Result<(), LedgerError> {
    db.execute(
        "UPDATE request SET done = ?2, answer = ?3 WHERE id = ?1",
        params![id, answer.done, answer.text],
    )?;
    db.execute("DELETE FROM request WHERE id < ?1 - 1000 AND done IS NOT NULL", [id])?;
    Ok(())
}
