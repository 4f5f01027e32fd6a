//! Opening the file and bringing it up to date: migrations are only ever appended.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, Transaction};
use uuid::Uuid;

use super::{LedgerError, consent, line};

/// Every migration there ever was, oldest first; a file's version is how many of them it has had.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_jobs.sql"),
    include_str!("../../migrations/0002_requests.sql"),
    include_str!("../../migrations/0003_reused_keys.sql"),
    include_str!("../../migrations/0004_consent_checksums.sql"),
    include_str!("../../migrations/0005_sightings.sql"),
    include_str!("../../migrations/0006_lines.sql"),
    include_str!("../../migrations/0007_lists.sql"),
    include_str!("../../migrations/0008_counts.sql"),
];
/// Where consents got their checksums.
const SEALED: usize = 3;
/// Where films got the keys that they are found by.
const LINED: usize = 5;

/// Opens the ledger for writing, makes it where it is missing, and brings it up to date.
///
/// # Errors
/// Where the file can't be opened, is damaged, or was written by a newer version (it is left untouched then).
pub(super) fn open(path: &Path) -> Result<Connection, LedgerError> {
    // SQLite gives its companion files the mode of this one; what people asked for is nobody else's business.
    OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)?;
    let mut db = Connection::open(path)?;
    super::counted::count_rows(&mut db)?;
    db.busy_timeout(std::time::Duration::from_secs(10))?;
    let found = version(&db)?;
    if found > known() {
        return Err(LedgerError::Newer { found, known: known() });
    }
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    migrate(&mut db, path, found)?;
    Ok(db)
}

/// Opens the ledger for reading, beside a daemon that may be writing.
///
/// # Errors
/// Where there is none, or it is of a newer version.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, LedgerError> {
    let (db, _) = open_known(path)?;
    db.pragma_update(None, "query_only", true)?;
    Ok(db)
}

/// Opens the ledger beside a daemon to leave something in it.
///
/// # Errors
/// Where there is none, or it is of another version: only the daemon brings it up to date.
pub(super) fn open_beside(path: &Path) -> Result<Connection, LedgerError> {
    let (db, found) = open_known(path)?;
    if found < known() {
        return Err(LedgerError::Older);
    }
    db.pragma_update(None, "synchronous", "FULL")?;
    Ok(db)
}

fn open_known(path: &Path) -> Result<(Connection, i64), LedgerError> {
    let db = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    db.busy_timeout(std::time::Duration::from_secs(5))?;
    let found = version(&db)?;
    if found > known() {
        return Err(LedgerError::Newer { found, known: known() });
    }
    Ok((db, found))
}

pub(super) fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

pub(super) fn version(db: &Connection) -> Result<i64, LedgerError> {
    Ok(db.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn migrate(db: &mut Connection, path: &Path, found: i64) -> Result<(), LedgerError> {
    let done = usize::try_from(found).unwrap_or(0);
    for (at, sql) in MIGRATIONS.iter().enumerate().skip(done) {
        if found > 0 {
            keep_copy(db, path, at)?;
        }
        let change = db.transaction()?;
        change.execute_batch(sql)?;
        if at == 0 {
            found_ledger(&change)?;
        }
        if at == SEALED {
            consent::seal(&change)?;
        }
        if at == LINED {
            line::fill(&change)?;
        }
        change.pragma_update(None, "user_version", i64::try_from(at + 1).unwrap_or(i64::MAX))?;
        change.commit()?;
    }
    Ok(())
}

/// A copy of the ledger as it was before migration `at`, beside it.
fn keep_copy(db: &Connection, path: &Path, at: usize) -> Result<(), LedgerError> {
    let copy: PathBuf = path.with_extension(format!("before-{}.db", at + 1));
    if copy.exists() {
        return Ok(());
    }
    // Half a copy must not count as one, and what people asked for is nobody else's business.
    let part = copy.with_extension("part");
    let _ = std::fs::remove_file(&part);
    let file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&part)?;
    db.execute("VACUUM INTO ?1", [part.to_string_lossy()])?;
    file.sync_all()?;
    Ok(std::fs::rename(&part, &copy)?)
}

fn found_ledger(change: &Transaction<'_>) -> Result<(), LedgerError> {
    let insert = "INSERT INTO meta (key, value) VALUES (?1, ?2)";
    change.execute(insert, ["ledger", &Uuid::new_v4().to_string()])?;
    change.execute(insert, ["intents", "0"])?;
    Ok(())
}
