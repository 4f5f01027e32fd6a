//! What a job makes its film of.

use serde::{Deserialize, Serialize};

use super::{AccountId, ContentHash, JobId, RelPath, SessionId, TaskId};

/// What a job makes its film of.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// A clip.
    #[default]
    Clip,
    /// What an address leads to. It is read from its file whenever it is told to the service: the ledger holds none.
    Address,
    /// Words alone.
    Video,
    /// A question about credits, or about what is going on: no film at all.
    Ask,
    /// New words for a film that was delivered: they are sent in its project.
    Refine(Box<Base>),
}

/// The film that new words are for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Base {
    /// The job whose clip went up: the first of the line.
    pub root: JobId,
    /// The job whose film these words are for: the last of the line so far.
    pub over: JobId,
    /// The version that the words are for; the line's first film is version 1.
    pub version: u32,
    /// The version that is made: another one where there is one of that number already.
    pub made: u32,
    /// The line's first film, below the outbox.
    pub film: RelPath,
    /// The length in bytes of the film that these words are for.
    pub bytes: u64,
    /// The project's session.
    pub session: SessionId,
    /// The session's task, for the claim link.
    pub task: Option<TaskId>,
    /// The account it is paid from.
    pub account: Option<AccountId>,
    /// What went up in that session, in order.
    pub contents: Vec<ContentHash>,
    /// The language the session was opened with.
    pub language: String,
}

impl Work {
    /// Whether it is about a clip.
    pub const fn is_clip(&self) -> bool {
        matches!(self, Self::Clip)
    }

    /// Whether the dropped file is itself the text that says what to do.
    pub const fn is_text(&self) -> bool {
        matches!(self, Self::Video | Self::Ask | Self::Refine(_))
    }

    /// The film that its words are for, where they are for one.
    pub const fn base(&self) -> Option<&Base> {
        match self {
            Self::Refine(base) => Some(base),
            _ => None,
        }
    }
}
