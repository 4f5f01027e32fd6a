//! What can go wrong with the ledger.

use thiserror::Error;

use crate::job::{Illegal, JobId};

/// A failure of the ledger.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// SQLite failed; after a failed write nothing more is written.
    #[error("the ledger can't be used: {0}")]
    Sql(#[from] rusqlite::Error),
    /// A file operation failed.
    #[error("the ledger can't be opened: {0}")]
    Io(#[from] std::io::Error),
    /// The ledger was written by a newer dakbox.
    #[error("the ledger is of version {found}, this dakbox knows {known}: install the newer dakbox again")]
    Newer {
        /// The version in the file.
        found: i64,
        /// The version known here.
        known: i64,
    },
    /// The ledger was written by an older dakbox, and only the daemon brings it up to date.
    #[error("the ledger is of an older version: start the daemon (`dakbox run`) once, and try again")]
    Older,
    /// A row is not as it was written.
    #[error("the ledger is damaged: {what}: put a copy of the state folder in its place")]
    Damaged {
        /// Which row.
        what: String,
    },
    /// An event that can't happen.
    #[error(transparent)]
    Illegal(#[from] Illegal),
    /// The message's key was used already.
    #[error("this message was sent already, for job {by}")]
    KeyTaken {
        /// The job it was sent for.
        by: JobId,
    },
    /// The text has let the same message out once before.
    #[error("this text's consent to pay once more is used up")]
    ConsentUsed,
    /// The job has had other events meanwhile.
    #[error("job {0} has moved on meanwhile")]
    MovedOn(JobId),
    /// No such job.
    #[error("there is no job {0}")]
    NoJob(JobId),
    /// The ledger's thread has ended.
    #[error("the ledger is closed")]
    Closed,
}

impl LedgerError {
    /// The same, told as damage where SQLite says that the file is no ledger any more.
    pub(super) fn sharpened(self) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match self {
            Self::Sql(error) if matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase)) => {
                Self::Damaged { what: error.to_string() }
            }
            other => other,
        }
    }

    /// Whether it passes by itself: somebody else holds the file, or its disk is full. Nothing was written, SQLite has
    /// taken all of it back, and nothing is lost by trying again.
    pub fn passes(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseBusy, DiskFull};
        matches!(self, Self::Sql(e) if matches!(e.sqlite_error_code(), Some(DatabaseBusy | DiskFull)))
    }

    /// Whether the ledger as a whole can't be trusted any more: the daemon stops rather than go on paying.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Sql(_) => !self.passes(),
            Self::Io(_) | Self::Damaged { .. } | Self::Closed | Self::Newer { .. } => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_by_itself_ends_nothing() {
        let sql =
            |code| LedgerError::Sql(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None));
        assert!(!sql(rusqlite::ffi::SQLITE_BUSY).is_fatal() && !sql(rusqlite::ffi::SQLITE_FULL).is_fatal());
        assert!(sql(rusqlite::ffi::SQLITE_IOERR_FSYNC).is_fatal());
    }
}
