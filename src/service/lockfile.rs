//! Who owns a ledger: one process, told by a lock on a file beside it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use thiserror::Error;

/// Why a lock was not had.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another process has it.
    #[error("another dakbox is running on this ledger already, as process {pid}")]
    Taken {
        /// Its number, as it wrote it; `?` where it did not.
        pid: String,
    },
    /// The file can't be used.
    #[error("the lock {path} can't be taken: {source}")]
    Io {
        /// The lock file.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// The lock; it is let go when this is dropped, and by the kernel when the process dies.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock at `path` and writes this process's number into it.
    pub(super) fn take(path: &Path) -> Result<Self, LockError> {
        let io = |source| LockError::Io { path: path.display().to_string(), source };
        // Open to read and write: flock on NFS asks for both.
        let mut options = OpenOptions::new();
        let mut file =
            options.read(true).write(true).create(true).truncate(false).mode(0o600).open(path).map_err(io)?;
        match patiently(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                let _ = file.read_to_string(&mut pid);
                let pid = Some(pid.trim().to_owned()).filter(|p| !p.is_empty()).unwrap_or_else(|| "?".into());
                return Err(LockError::Taken { pid });
            }
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        file.set_len(0).and_then(|()| file.rewind()).map_err(io)?;
        writeln!(file, "{}", std::process::id()).map_err(io)?;
        Ok(Self { _file: file })
    }
}

/// `dakbox status` holds the lock for an instant, to see whether anybody else does.
pub(super) fn patiently(file: &File) -> Result<(), TryLockError> {
    for _ in 0..10 {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(30)),
            decided => return decided,
        }
    }
    file.try_lock()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_owner_is_told_the_first_ones_number() {
        let dir = tempfile::TempDir::new().unwrap();
        let path = dir.path().join("ledger.lock");
        let first = Lock::take(&path).unwrap();
        let second = Lock::take(&path).unwrap_err().to_string();
        assert!(second.ends_with(&format!("process {}", std::process::id())), "{second}");
        drop(first);
        Lock::take(&path).unwrap();
    }
}
