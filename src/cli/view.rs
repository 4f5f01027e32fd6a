//! Looking at a ledger, and at whether anybody works it, without touching either.

use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use anyhow::Context as _;

use super::human::path;
use crate::ledger::Overview;

/// The ledger at `file`, to read; `None` where none was begun yet.
///
/// # Errors
/// Where it can't be read, or a newer dakbox wrote it.
pub(super) fn open(file: &Path) -> anyhow::Result<Option<Overview>> {
    match file.metadata() {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        // A file without a byte in it is one that is being made right now.
        Ok(there) if there.len() == 0 => Ok(None),
        Ok(_) => {
            let view = Overview::open(file)?;
            Ok(view.is_begun()?.then_some(view))
        }
        Err(error) => Err(error).with_context(|| format!("the ledger {} can't be looked at", path(file))),
    }
}

/// Whether a daemon works a ledger.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Daemon {
    /// Yes, as this process where it has said so.
    Runs(Option<u32>),
    /// No.
    Stopped,
    /// It can't be found out.
    Unknown(String),
}

/// Looks whether the lock is held. It is tried shared, let go at once, and the file is never written: two
/// that look at the same time don't disturb each other, and a daemon's lock stays its own.
pub(super) fn daemon(lock: &Path) -> Daemon {
    let mut file = match File::open(lock) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Daemon::Stopped;
        }
        Err(error) => return Daemon::Unknown(error.to_string()),
    };
    match file.try_lock_shared() {
        Ok(()) => Daemon::Stopped,
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            let read = file.by_ref().take(32).read_to_string(&mut pid);
            Daemon::Runs(read.ok().and_then(|_| pid.trim().parse().ok()))
        }
        Err(TryLockError::Error(error)) => Daemon::Unknown(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_looks_takes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger.lock");
        assert_eq!(daemon(&path), Daemon::Stopped);
        assert!(!path.exists(), "looking makes no file");
        let owner = File::create(&path).unwrap();
        std::fs::write(&path, "4711\n").unwrap();
        assert_eq!(daemon(&path), Daemon::Stopped, "a number without a lock is an old one");
        owner.try_lock().unwrap();
        assert_eq!(daemon(&path), Daemon::Runs(Some(4711)));
        assert_eq!(daemon(&path), Daemon::Runs(Some(4711)), "the lock is still the owner's");
        std::fs::write(&path, "?").unwrap();
        assert_eq!(daemon(&path), Daemon::Runs(None));
        owner.unlock().unwrap();
        assert_eq!(daemon(&path), Daemon::Stopped);
        owner.try_lock().expect("looking has left no lock behind");
    }

    #[test]
    fn no_ledger_is_no_error() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("ledger.db");
        assert!(open(&file).unwrap().is_none());
        assert!(!file.exists(), "looking makes no file");
        std::fs::write(&file, "").unwrap();
        assert!(open(&file).unwrap().is_none());
        assert!(open(&file.join("deeper")).unwrap().is_none());
        // A daemon that is just starting has made the file, and no table in it yet.
        let sql = rusqlite::Connection::open(&file).unwrap();
        sql.pragma_update(None, "journal_mode", "WAL").unwrap();
        assert!(file.metadata().unwrap().len() > 0 && open(&file).unwrap().is_none());
        drop(sql);
        std::fs::write(&file, "no database, but longer than the header of one. ".repeat(9)).unwrap();
        assert!(open(&file).is_err());
    }
}
