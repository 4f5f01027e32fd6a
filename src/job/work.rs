//! What a job makes its film of.

use serde::{Deserialize, Serialize};

use super::{AccountId, ContentHash, JobId, RelPath, SessionId, Stamp, TaskId};

/// What a job makes its film of.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// A clip.
    #[default]
    Clip,
    /// What an address leads to. It is read from its file whenever it is told to the service: the ledger holds none.
    Address,
    /// A folder: all its media in one session, with one text.
    Project(Box<Project>),
    /// Words alone.
    Video,
    /// A question about credits, or about what is going on: no film at all.
    Ask,
    /// New words for a film that was delivered: they are sent in its project.
    Refine(Box<Base>),
}

/// A folder that makes one film.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Project {
    /// The folder, below the inbox.
    pub folder: RelPath,
    /// Its media, in the order in which they go up.
    pub parts: Vec<Part>,
}

/// One file of a project.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Part {
    /// Where it lies below the inbox.
    pub path: RelPath,
    /// What was judged.
    pub stamp: Stamp,
    /// Of the bytes that were uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<ContentHash>,
}

impl Project {
    /// The first part that is not in the session yet.
    pub fn next(&self) -> Option<(u16, &Part)> {
        let at = self.parts.iter().position(|part| part.content.is_none())?;
        Some((u16::try_from(at).ok()?, &self.parts[at]))
    }

    /// The folder lies elsewhere now, with all that is in it.
    pub(in crate::job) fn moved(&mut self, folder: &RelPath) {
        for part in &mut self.parts {
            let rest = part.path.as_bytes().strip_prefix(self.folder.as_bytes()).map(<[u8]>::to_vec);
            let path = rest.and_then(|rest| RelPath::from_bytes(&[folder.as_bytes(), &rest].concat()));
            part.path = path.unwrap_or_else(|| part.path.clone());
        }
        self.folder = folder.clone();
    }

    /// Whether it is of the same files in the same state, whatever went up of them.
    pub fn same_parts(&self, other: &Self) -> bool {
        let same = |(a, b): (&Part, &Part)| a.path == b.path && a.stamp.same_contents(&b.stamp);
        self.folder == other.folder
            && self.parts.len() == other.parts.len()
            && self.parts.iter().zip(&other.parts).all(same)
    }
}

/// The batch that a clip belongs to: the clips of one folder, worked one by one in one session.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Batch {
    /// The folder, below the inbox.
    pub folder: RelPath,
    /// The inode number of its `batch.txt`: what comes into the same folder with another text is another batch.
    pub text: u64,
    /// The jobs whose sessions it went on in, or wanted to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<JobId>,
    /// It works in the session that it took over from the last of these.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
    /// The project of the batch still held an earlier clip: this one is worked in a project of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub apart: bool,
}

impl Batch {
    /// A clip of the batch of that folder, which nothing was done for yet.
    pub const fn new(folder: RelPath, text: u64) -> Self {
        Self { folder, text, after: Vec::new(), shared: false, apart: false }
    }

    /// Whether both are of one batch.
    pub fn is_same(&self, other: &Self) -> bool {
        self.folder == other.folder && self.text == other.text
    }
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

    /// Whether it is about one file that its words lie beside: a clip, or one that names an address.
    pub const fn is_file(&self) -> bool {
        matches!(self, Self::Clip | Self::Address)
    }

    /// Whether the dropped file is itself the text that says what to do.
    pub const fn is_text(&self) -> bool {
        matches!(self, Self::Video | Self::Ask | Self::Refine(_))
    }

    /// The folder that it is made of, where it is made of one.
    pub const fn project(&self) -> Option<&Project> {
        match self {
            Self::Project(project) => Some(project),
            _ => None,
        }
    }

    /// The film that its words are for, where they are for one.
    pub const fn base(&self) -> Option<&Base> {
        match self {
            Self::Refine(base) => Some(base),
            _ => None,
        }
    }
}
