//! How the program ends, as scripts see it.

use std::process::ExitCode;

/// The exit codes; each means the same for every command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Something failed.
    Failed = 1,
    /// Used or configured wrongly.
    Usage = 2,
    /// Something waits for a person.
    Waiting = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
