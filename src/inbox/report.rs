//! What the inbox reports.

use std::time::Duration;

use super::address::Address;
use crate::job::{Code, Failure, Part, RelPath, Stamp};
use crate::media::{Facts, Format};

/// One thing that the inbox has to say. Times are since it was started.
#[derive(Clone, PartialEq, Debug)]
pub enum Report {
    /// A clip is ready, or has come to be what must go to `failed/`. Sent again when the clip or its own text
    /// changed since, and after every start.
    Arrival(Box<Arrival>),
    /// A project's folder is whole: its text, and all its media. Sent again when any of them changed, and after every start.
    Project(Box<ProjectFound>),
    /// A text that lies alone is still, and its time has come. Sent again when it changed, and after every start.
    Text(Box<LoneText>),
    /// A clip, or a text alone, that had arrived is not there any more.
    Gone(Gone),
    /// All that lies there and is not taken now; sent when it changed.
    Withheld(Vec<Withheld>),
    /// The folder itself came or went.
    Folder(FolderState),
    /// A look has ended.
    Looked {
        /// Whether it was one at everything; else at what is polled.
        everything: bool,
        /// How long it took.
        took: Duration,
    },
    /// All was looked at, and nothing will become ready by waiting.
    Quiet,
}

/// A settled clip with its settled words.
#[derive(Clone, PartialEq, Debug)]
pub struct Arrival {
    /// The clip, below the inbox.
    pub clip: RelPath,
    /// What was judged.
    pub stamp: Stamp,
    /// What to do with it: upload it, or say why it can't be taken.
    pub verdict: Result<Dropped, Failure>,
    /// Its own text.
    pub sidecar: Option<Text>,
    /// The text of its batch, or of the nearest `default.txt`, where it has none of its own.
    pub default: Option<Text>,
    /// Texts that mean this clip too but give way to `sidecar`; they never refine.
    pub beside: Vec<RelPath>,
    /// The `batch.txt` of its folder, which makes it one of a batch.
    pub batch: Option<Stamp>,
}

/// What was dropped, by its bytes.
#[derive(Clone, PartialEq, Debug)]
pub enum Dropped {
    /// A clip.
    Media(Media),
    /// A file that names the address of one.
    Address(Address),
}

/// What a clip is by its bytes.
#[derive(Clone, PartialEq, Debug)]
pub struct Media {
    /// Its format: what the bytes say, where its name says otherwise.
    pub format: Format,
    /// What else was read from it.
    pub facts: Facts,
}

/// A text as it was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    /// Where it lies, below the inbox.
    pub path: RelPath,
    /// Its state before and after reading.
    pub stamp: Stamp,
    /// Its bytes: all of them, or one more than a text may have.
    pub bytes: Vec<u8>,
    /// Of a text that is a clip's, and has headers alone: the one that would hold without it.
    pub over: Option<Box<Self>>,
}

/// A project's folder, quiet and whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProjectFound {
    /// The folder, below the inbox.
    pub folder: RelPath,
    /// Its `project.txt`.
    pub text: Text,
    /// Its media in order, none of them uploaded.
    pub parts: Vec<Part>,
}

/// A text that lies alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoneText {
    /// The text.
    pub text: Text,
    /// What it may be meant for.
    pub means: Means,
}

/// What a text alone may be meant for, by its name and its words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Means {
    /// `<name>.answer.txt`: the answer to a question.
    Answer,
    /// `<name>.v2.txt`: words for that version of a film.
    Version(u32),
    /// `<name>.video.txt`, or `Make: video`: a film of words alone.
    Video,
    /// Nothing but `credits` or `status`.
    Ask,
    /// Anything else: words for the film of its name, where there is one.
    Words,
}

/// A clip that had arrived and is not there any more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gone {
    /// Where it lay.
    pub path: RelPath,
    /// What had arrived.
    pub stamp: Stamp,
    /// Where the same file lies now: it was renamed.
    pub now_at: Option<RelPath>,
}

/// Something that lies there and is not taken now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Withheld {
    /// The file, or the folder that it is about.
    pub path: RelPath,
    /// What is at that path.
    pub what: What,
    /// Why.
    pub reason: Reason,
    /// Since when.
    pub since: Duration,
    /// Whether a person should be told by now.
    pub note_due: bool,
    /// Names and numbers that belong to the reason; empty where there are none. Names in it are escaped.
    pub detail: String,
    /// When it will be ready, if nothing happens to it; `None` where waiting alone doesn't help.
    pub due: Option<Duration>,
    /// For a file: when its name was seen for the first time, and whether by an event of the kernel.
    pub first: Option<(Duration, bool)>,
    /// For a file: its state as it was seen last.
    pub stamp: Option<Stamp>,
}

/// What is withheld.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum What {
    /// A clip.
    Clip,
    /// A text without a clip.
    Text,
    /// A file that names an address.
    Address,
    /// A folder as a whole.
    Folder,
    /// The files of a folder that are none of these; the path is the folder's.
    Foreign,
}

/// Why something is withheld.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reason {
    /// It, or its text, changed a moment ago.
    Settling,
    /// A text may still come.
    AwaitsSidecar,
    /// Its folder is new, and something in it changed a moment ago.
    FolderArriving,
    /// A text that waits for its clip.
    AwaitsClip,
    /// It needs something else than time.
    Held(Code),
}

impl Reason {
    /// The code to tell people, where time alone doesn't help.
    pub const fn code(self) -> Option<Code> {
        if let Self::Held(code) = self { Some(code) } else { None }
    }
}

/// Whether the inbox is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FolderState {
    /// It is looked at: the file system it lies on, and those that are mounted in it.
    Here(Vec<Mounted>),
    /// It isn't there, or can't be read, or another folder is in its place.
    Away {
        /// What was seen.
        why: String,
    },
}

/// A file system of the inbox, and how what comes there is noticed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mounted {
    /// Where it is mounted, below the inbox; the inbox's own is the root.
    pub at: RelPath,
    /// Its kind, for people.
    pub fs: &'static str,
    /// Whether by events of the kernel; else every `poll_interval`.
    pub native: bool,
    /// Why not, where events were wanted or had been tried.
    pub why: Option<String>,
    /// Files that no event told of.
    pub missed: u32,
}
