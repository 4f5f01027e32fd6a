//! The roots this ledger knows, and its own id.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};

use super::LedgerError;

/// How far the marking of a root came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RootState {
    /// The ledger has noted that it is about to write the mark.
    Marking,
    /// The mark was written: without it, the share is away.
    Known,
}

/// A root this ledger knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Root {
    /// Its number here.
    pub id: i64,
    /// The id in its mark.
    pub mark: String,
    /// How far its marking came.
    pub state: RootState,
}

/// The ledger's own id, as the marks carry it.
pub(super) fn ledger_id(db: &Connection) -> Result<String, LedgerError> {
    Ok(db.query_row("SELECT value FROM meta WHERE key = 'ledger'", [], |row| row.get(0))?)
}

/// The root with that id in its mark.
pub(super) fn by_mark(db: &Connection, mark: &str) -> Result<Option<Root>, LedgerError> {
    find(db, "SELECT id, mark, state FROM root WHERE mark = ?1", params![mark])
}

/// The root last seen at that path.
pub(super) fn by_path(db: &Connection, path: &Path) -> Result<Option<Root>, LedgerError> {
    let sql = "SELECT id, mark, state FROM root WHERE path = ?1 ORDER BY id DESC LIMIT 1";
    find(db, sql, params![path.as_os_str().as_bytes()])
}

/// Notes that the root at `path` is about to be marked, or is known, under `mark`.
pub(super) fn note(db: &Connection, path: &Path, mark: &str, state: RootState) -> Result<Root, LedgerError> {
    let word = match state {
        RootState::Marking => "marking",
        RootState::Known => "known",
    };
    db.execute(
        "INSERT INTO root (mark, path, state) VALUES (?1, ?2, ?3)
         ON CONFLICT (mark) DO UPDATE SET path = excluded.path, state = excluded.state",
        params![mark, path.as_os_str().as_bytes(), word],
    )?;
    by_mark(db, mark)?.ok_or_else(|| LedgerError::Damaged { what: format!("the root {mark}") })
}

fn find(db: &Connection, sql: &str, params: impl rusqlite::Params) -> Result<Option<Root>, LedgerError> {
    let read = |row: &rusqlite::Row<'_>| {
        let known = row.get::<_, String>(2)? == "known";
        let state = if known { RootState::Known } else { RootState::Marking };
        Ok(Root { id: row.get(0)?, mark: row.get(1)?, state })
    };
    Ok(db.query_row(sql, params, read).optional()?)
}
