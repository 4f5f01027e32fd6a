//! Why dakbox does not start, or can't go on.

use thiserror::Error;

use super::lockfile::LockError;
use super::ownership::OwnershipError;
use super::pidfile::PidError;
use crate::config::Problem;
use crate::ledger::LedgerError;
use crate::web::WebError;

/// Why dakbox does not start, or can't go on.
#[derive(Debug, Error)]
pub enum StartError {
    /// The token is set, and can't be read.
    #[error("{}", .0.shown())]
    Token(Problem),
    /// The page must not be served with these settings.
    #[error(transparent)]
    Web(#[from] WebError),
    /// The state folder can't be used.
    #[error("the state folder {path} can't be used: {source}")]
    State {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The ledger would lie on a network file system, where it would be damaged.
    #[error("the ledger {path} lies on a network file system ({kind}): set `[state] dir` to a local folder")]
    RemoteLedger {
        /// The ledger.
        path: String,
        /// The kind of file system.
        kind: &'static str,
    },
    /// Another process works this ledger.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The ledger failed.
    #[error("{0}; nothing more is paid")]
    Ledger(#[from] LedgerError),
    /// The folders can't be worked in.
    #[error(transparent)]
    Folders(#[from] OwnershipError),
    /// The thread that watches the inbox has ended.
    #[error("the inbox is not watched any more, by a fault in dakbox")]
    Deaf,
    /// No client of the service can be made.
    #[error("no connection can be prepared: {0}")]
    Client(String),
    /// Its pid file can't be had.
    #[error(transparent)]
    PidFile(#[from] PidError),
    /// The folder for log files can't be used.
    #[error("no log can be written to {path}: {source}")]
    Log {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// systemd would lose sight of it.
    #[error(
        "systemd has started this process and watches it, so it must not go into the background: take `--daemonize` out \
         of `ExecStart=`"
    )]
    Supervised,
    /// The daemon does not start; in its own words.
    #[error("{message}")]
    Background {
        /// Its error.
        message: String,
        /// Whether that is the settings' fault.
        usage: bool,
    },
    /// No thread, no signal handler, no runtime, no log.
    #[error("the system refuses: {0}")]
    Thread(std::io::Error),
}

impl StartError {
    /// Whether it is the settings' fault (exit 2) rather than the moment's (exit 1).
    pub const fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Token(_)
                | Self::Web(_)
                | Self::RemoteLedger { .. }
                | Self::Folders(OwnershipError::Nested { .. })
                | Self::PidFile(PidError::NoPidFile { .. })
                | Self::Supervised
                | Self::Background { usage: true, .. }
        )
    }
}
