//! A job as it stands: the sum of its events.

use serde::{Deserialize, Serialize};

use crate::instruction::Asked;

use super::{
    AccountId, Batch, Code, ContentHash, Failure, JobId, Key, Lineage, Moment, Past, RelPath, RenderId,
    SessionId, Stamp, Step, TaskId, Work, message_key,
};

/// The clip a job is about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Clip {
    /// Which root it lies in, by the ledger's number.
    pub root: i64,
    /// Where it lies below the inbox.
    pub path: RelPath,
    /// What was judged.
    pub stamp: Stamp,
}

/// A text file that was read for a job.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TextRef {
    /// Where it lies below the inbox.
    pub path: RelPath,
    /// As it was when it was read.
    pub stamp: Stamp,
    /// Of its raw bytes.
    pub hash: ContentHash,
    /// Of what it says, whatever its encoding and line ends; `None` of texts that were read before this was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<ContentHash>,
}

impl TextRef {
    /// Whether it is the same text, though it may have been saved again.
    pub fn same_text(&self, other: &Self) -> bool {
        self.hash == other.hash || (self.says.is_some() && self.says == other.says)
    }
}

/// Where a job's words come from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordsFrom {
    /// The clip's own sidecar.
    Sidecar(TextRef),
    /// The `default.txt` of its folder.
    FolderDefault(TextRef),
    /// The configured default.
    Default,
}

impl WordsFrom {
    /// The file they stand in.
    pub const fn text(&self) -> Option<&TextRef> {
        match self {
            Self::Sidecar(text) | Self::FolderDefault(text) => Some(text),
            Self::Default => None,
        }
    }
}

/// What is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Order {
    /// The canonical words of the whole text.
    pub words: String,
    /// The messages among its steps, in order; none where every step is an action.
    pub messages: Vec<String>,
    /// The language the session is opened with.
    pub language: String,
    /// The quality of the export: `low`, `medium` or `high`.
    pub quality: String,
    /// The film's name, where the sidecar gives one.
    pub output: Option<String>,
    /// 0 high, 1 normal, 2 low.
    pub priority: u8,
    /// The text consents to pay once more for what was paid for before.
    #[serde(default)]
    pub again: bool,
    /// The text says `Cost: ok`: a clip likely to be dear may be paid for.
    #[serde(default)]
    pub cost_ok: bool,
    /// How the film was asked for by a step that is an export: the report says what came out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// Where the words were read.
    pub from: WordsFrom,
}

impl Order {
    /// Whether sending `other` instead would be the same request to the service.
    pub fn same_request(&self, other: &Self) -> bool {
        self.words == other.words && self.language == other.language
    }
}

/// How a message's stream ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamEnd {
    /// The body ended as it should, without an error in it.
    Clean,
    /// The body ended as it should, and told of an error.
    Error(String),
    /// It broke, or never began, and may have been received all the same.
    Broken(String),
    /// A whole answer says that it was not accepted; believed once the state reads as before.
    Denied {
        /// What the service said.
        failure: Failure,
        /// How long it asked to be left alone, in milliseconds.
        retry_after_ms: Option<u64>,
    },
}

/// What is known of a message that an intent was written for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It may have been received, and nobody knows more.
    Open,
    /// It was provably not accepted: it may be sent again.
    Refused,
    /// Its stream ended.
    Ended(StreamEnd),
    /// The draft changed by it.
    Taken,
}

/// One message of a job.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Message {
    /// Its place among the order's messages.
    pub n: u16,
    /// How often a person has consented to pay for it once more.
    pub again: u16,
    /// What became of it.
    pub fate: Fate,
    /// The event that is its intent, and holds the state read before it.
    pub intent: u32,
}

impl Message {
    /// Whether it may have been paid for.
    pub const fn may_be_paid(&self) -> bool {
        !matches!(self.fate, Fate::Refused)
    }
}

/// How far the upload into the session came.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Upload {
    /// Nothing was sent yet.
    #[default]
    Fresh,
    /// It is being sent for the first time.
    First,
    /// It was begun before, and what became of that is not known.
    Doubt,
    /// The clip is in the session.
    Done {
        /// The service said that the state has it already.
        applied: bool,
    },
}

/// The export of a job.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Render {
    /// The id it was asked for under.
    pub id: Option<RenderId>,
    /// How many ids failed.
    pub failed: u8,
    /// Where the film is to be had, as the service said.
    pub url: Option<String>,
}

/// The fetched film.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Film {
    /// Where it lies below the outbox until it gets its name.
    pub temp: RelPath,
    /// Its length in bytes.
    pub len: u64,
    /// Of its bytes.
    pub hash: ContentHash,
    /// How long it plays, in milliseconds, where its container says so.
    pub duration_ms: Option<u64>,
    /// Width and height in pixels, where its container says so.
    pub size: Option<(u32, u32)>,
}

/// Where a job stands within its step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The step may be started.
    Ready,
    /// The step was started; after a restart it may be started again.
    Running,
    /// Parked: `waiting` says why.
    Waiting,
    /// Nothing more will happen.
    Ended,
}

/// How a job ends.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The film lies in the outbox.
    Delivered,
    /// It can't be done; the files go to `failed/`.
    Failed(Failure),
    /// The clip was taken away before anything was paid, or a person gave it up.
    Cancelled,
    /// What was asked is answered by a report.
    Answered,
}

/// A question of the service that waits for a person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Asking {
    /// The message that was answered by it.
    pub n: u16,
    /// An answer's file that lay there already when it was asked: it was meant for another question.
    pub lying: Option<Stamp>,
}

/// A message that answers a question.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reply {
    /// Its place among the order's messages.
    pub n: u16,
    /// The text it was read from; `None` where the settings answered.
    pub text: Option<TextRef>,
    /// Where that text is the clip's own: its steps, which are all said by now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<String>,
}

/// A job, as the sum of its events says.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// How many events it has.
    pub seq: u32,
    /// When it was admitted.
    pub created: Moment,
    /// When its last event was recorded.
    pub changed: Moment,
    /// The clip, or the file that was dropped in its place.
    pub clip: Clip,
    /// What its film is made of.
    #[serde(default, skip_serializing_if = "Work::is_clip")]
    pub work: Work,
    /// What is asked for; bound once a message has its intent.
    pub order: Order,
    /// The step it is in.
    pub step: Step,
    /// Where it stands in it.
    pub phase: Phase,
    /// Failed tries of this step in a row.
    pub attempts: u32,
    /// Not to be started before this.
    pub not_before: Option<Moment>,
    /// Why it waits, or waited until its next step succeeds.
    pub waiting: Option<Failure>,
    /// The pair changed under it: it goes on when the pair has settled anew.
    pub unsettled: bool,
    /// Whether all that was sent for it is known.
    #[serde(default, skip_serializing_if = "Past::is_known")]
    pub past: Past,
    /// How many sessions were opened for it.
    pub sessions: u32,
    /// The session it works in.
    pub session: Option<SessionId>,
    /// The session's task, for the claim link.
    pub task: Option<TaskId>,
    /// The account it is paid from.
    pub account: Option<AccountId>,
    /// How far the upload into this session came.
    pub upload: Upload,
    /// Of the bytes that were uploaded; of the address, where one was.
    pub content: Option<ContentHash>,
    /// The messages that intents were written for.
    pub messages: Vec<Message>,
    /// The event that holds the draft to export.
    pub draft_seq: Option<u32>,
    /// The export.
    pub render: Render,
    /// The film, once fetched.
    pub film: Option<Film>,
    /// Where the film lies below the outbox; where the answer lies, of a question.
    pub delivered: Option<RelPath>,
    /// A stream broke: something may be missing in the film.
    pub incomplete: bool,
    /// The clip was left where it was dropped.
    pub left: bool,
    /// How it ended, from the moment that is known.
    pub end: Option<End>,
    /// A person gave it up: its files are put aside with this note.
    #[serde(default)]
    pub withdrawn: Option<Failure>,
    /// The question that waits for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asking: Option<Asking>,
    /// Which of its messages answer questions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replies: Vec<Reply>,
    /// How many messages, at the end, are of words that were saved while it ran.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub added: u16,
    /// The job that was paid for the same clip with the same words: its film is delivered once more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<JobId>,
    /// The batch it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<Box<Batch>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives it so")]
const fn is_zero(n: &u16) -> bool {
    *n == 0
}

impl Job {
    /// The last message at place `n`, if an intent was ever written for it.
    pub fn message(&self, n: u16) -> Option<&Message> {
        self.messages.iter().rev().find(|m| m.n == n)
    }

    pub(in crate::job) fn message_mut(&mut self, n: u16) -> Option<&mut Message> {
        self.messages.iter_mut().rev().find(|m| m.n == n)
    }

    /// Whether a message may have been paid for: words are bound, and the job can no longer be cancelled.
    pub fn may_be_paid(&self) -> bool {
        self.messages.iter().any(Message::may_be_paid)
    }

    /// The key message `n` is paid under; `None` before the upload, when its contents are not known.
    pub fn key(&self, n: u16) -> Option<Key> {
        self.key_after(n, self.again(n))
    }

    /// The key of message `n` after so many consents to pay for it once more.
    pub fn key_after(&self, n: u16, again: u16) -> Option<Key> {
        let contents = self.contents()?;
        let reply = self.replies.iter().find(|reply| reply.n == n);
        let lineage = Lineage {
            contents: &contents,
            language: &self.order.language,
            words: &self.order.words,
            over: self.work.base().map(|base| (base.root, base.version)),
            reply: reply.and_then(|_| self.order.messages.get(usize::from(n))).map(String::as_str),
        };
        Some(message_key(lineage, n, again))
    }

    /// What people know it by: the clip, the text, or the folder that was dropped.
    pub fn dropped(&self) -> &RelPath {
        self.work.project().map_or(&self.clip.path, |project| &project.folder)
    }

    /// The name that its film and its notes are made of, without a clip's ending.
    pub fn stem(&self) -> &[u8] {
        self.work.project().map_or_else(|| self.clip.path.stem(), |project| project.folder.name())
    }

    /// The folder, below each of the folders, that its film and its notes go to.
    pub fn home(&self) -> RelPath {
        self.dropped().parent()
    }

    /// What went up into its session, in order; `None` before the upload.
    pub fn contents(&self) -> Option<Vec<ContentHash>> {
        match &self.work {
            Work::Clip | Work::Address => Some(vec![self.content?]),
            Work::Project(project) => project.parts.iter().map(|part| part.content).collect(),
            Work::Video | Work::Ask => Some(Vec::new()),
            Work::Refine(base) => Some(base.contents.clone()),
        }
    }

    /// How often a person has consented to pay for message `n` once more.
    pub fn again(&self, n: u16) -> u16 {
        self.message(n).map_or(0, |m| m.again)
    }

    /// Whether nothing more will happen.
    pub fn is_ended(&self) -> bool {
        self.phase == Phase::Ended
    }

    /// One word for lists: `queued`, `working`, `waiting`, `delivered`, `failed`, `cancelled`, `answered`.
    pub fn state(&self) -> &'static str {
        match (&self.end, self.phase) {
            // Its end is known from the first, and still it may have to wait.
            (Some(End::Answered), phase) if phase != Phase::Ended => {
                if self.waiting.is_some() {
                    "waiting"
                } else {
                    "working"
                }
            }
            (Some(End::Answered), _) => "answered",
            (Some(End::Delivered), _) => "delivered",
            (Some(End::Failed(_)), _) => "failed",
            (Some(End::Cancelled), _) => "cancelled",
            (None, Phase::Waiting) => "waiting",
            (None, _) if self.waiting.is_some() => "waiting",
            (None, Phase::Ready) if self.step == Step::Session => "queued",
            (None, _) => "working",
        }
    }

    /// The code of what it waits for or failed by.
    pub fn code(&self) -> Option<Code> {
        match &self.end {
            Some(End::Failed(failure)) => Some(failure.code),
            Some(End::Answered) if !self.is_ended() => self.waiting.as_ref().map(|f| f.code),
            Some(_) => None,
            None => self.waiting.as_ref().map(|f| f.code),
        }
    }
}
