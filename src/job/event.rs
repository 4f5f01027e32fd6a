//! What happens to a job: each event is stored, and they alone are the truth.

use serde::{Deserialize, Serialize};

use super::{
    AccountId, Batch, Clip, ContentHash, Failure, Film, JobId, Key, Moment, Order, RelPath, RenderId, Repeat,
    SessionId, Stamp, Step, StreamEnd, TaskId, TextRef, Work,
};

/// The version of the events below; stored with each, raised when one of them changes its meaning.
pub const EVENT_VERSION: u16 = 1;

/// Credits of an account at one moment, as the service says them.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Balance {
    /// To be spent.
    pub available: f64,
    /// Reserved for work in progress.
    pub frozen: f64,
    /// When they were asked for: a message may leave long after. Earlier versions didn't note it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
}

/// One thing that happened.
// Not internally tagged: serde buffers such an enum, and serde_json's `arbitrary_precision` numbers don't survive that.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobEvent {
    /// A settled pair became a job.
    Admitted {
        /// The clip.
        clip: Clip,
        /// What is asked for, until the words are bound.
        order: Order,
        /// What the film is made of.
        #[serde(default, skip_serializing_if = "Work::is_clip")]
        work: Work,
        /// The batch it belongs to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        batch: Option<Box<Batch>>,
    },
    /// Before any message: other words, or the clip touched without a change of its bytes.
    Rebound {
        /// The clip as it is now.
        clip: Clip,
        /// The words as they are now.
        order: Order,
    },
    /// Before any message: other bytes under the clip's name. It is uploaded anew, into a new session.
    Replaced {
        /// The clip as it is now.
        clip: Clip,
        /// The words as they are now.
        order: Order,
        /// What the film is made of now, where that is another thing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        work: Option<Work>,
    },
    /// After a message was paid for: other words, or the same in another file. Of their steps those that were not bound are sent after the job's own.
    Refined {
        /// The words as they are now.
        order: Order,
    },
    /// The clip lies elsewhere now; its bytes are the same.
    Renamed {
        /// Where it lies.
        path: RelPath,
        /// Its stamp there (a rename moves ctime).
        stamp: Stamp,
    },
    /// The pair is not as it was judged: nothing is sent until it has settled anew.
    Unsettled,
    /// A step begins to act.
    Started {
        /// Which.
        step: Step,
    },
    /// A session is open.
    SessionOpened {
        /// Its id.
        session: SessionId,
        /// Its task, where the service named one.
        task: Option<TaskId>,
        /// Whose it is.
        account: Option<AccountId>,
    },
    /// A clip of a batch goes on in the session of one that was delivered before it.
    SessionJoined {
        /// The job of that one.
        of: JobId,
        /// The session's id.
        session: SessionId,
        /// Its task, where the service named one.
        task: Option<TaskId>,
        /// Whose it is.
        account: Option<AccountId>,
    },
    /// The session that was taken over is needed for the film made in it: it is left as it was, nothing went up.
    SessionLeft,
    /// The project of the batch still holds an earlier clip: this one is worked in a project of its own.
    Apart,
    /// The session is of no use any more, and nothing was paid in it.
    SessionDropped,
    /// A person had the folders worked with a ledger that knows less than their mark: an old copy. A message that it knows
    /// nothing of may have been sent since.
    TakenOver,
    /// The clip is in the session.
    Uploaded {
        /// Of the bytes that were sent.
        content: ContentHash,
        /// The clip's stamp while they were sent.
        stamp: Stamp,
        /// The service has it in the state already.
        applied: bool,
    },
    /// A part of a project is in the session.
    PartUploaded {
        /// Its place among the parts.
        n: u16,
        /// Of the bytes that were sent.
        content: ContentHash,
        /// Its stamp while they were sent.
        stamp: Stamp,
    },
    /// THE line: on disk before the first byte of message `n` leaves.
    Intent {
        /// The message's place.
        n: u16,
        /// Consents to pay for it once more.
        again: u16,
        /// What it is paid under.
        key: Key,
        /// The state before it, as JSON that the timeline room reads.
        baseline: String,
        /// The account's credits before it.
        credits: Option<Balance>,
    },
    /// Message `n` was provably not accepted.
    Refused {
        /// The message's place.
        n: u16,
        /// Its intent's event: an old answer says nothing about a later intent.
        intent: u32,
    },
    /// Message `n` is over, one way or another.
    Answered {
        /// The message's place.
        n: u16,
        /// Its intent's event.
        intent: u32,
        /// How it ended.
        end: StreamEnd,
        /// What the service said.
        words: String,
    },
    /// The draft changed by message `n`.
    Observed {
        /// The message's place.
        n: u16,
        /// Its intent's event.
        intent: u32,
        /// The state after it, as JSON that the timeline room reads.
        reading: String,
        /// The account's credits after it.
        credits: Option<Balance>,
    },
    /// The service has answered message `n` with a question, and changed nothing.
    Asked {
        /// The message's place.
        n: u16,
        /// Its intent's event.
        intent: u32,
        /// An answer's file that lies there already: it was meant for another question.
        lying: Option<Stamp>,
    },
    /// The question that message `n` was answered with is answered: these words are the next message.
    Replied {
        /// The question's message.
        n: u16,
        /// The answer.
        words: String,
        /// The text it was read from; `None` where the settings answered.
        text: Option<TextRef>,
        /// That text is the clip's own by now.
        sidecar: bool,
        /// The steps of that text, where it is: what is new in them is said with this.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        steps: Vec<String>,
    },
    /// The same clip was paid for with the same words: its film is made once more of that project.
    SameAs {
        /// The job that was paid for.
        job: JobId,
        /// Its session.
        session: SessionId,
        /// The session's task, where the service named one.
        task: Option<TaskId>,
        /// Whose it is.
        account: Option<AccountId>,
        /// The state its film was made of, as JSON that the timeline room reads.
        reading: String,
    },
    /// The state to export where no message was sent.
    DraftRead {
        /// The state, as JSON that the timeline room reads.
        reading: String,
    },
    /// An export is about to be asked for under this id.
    ExportChosen {
        /// Our id.
        id: RenderId,
    },
    /// The export under the last id failed.
    RenderFailed {
        /// What the service said.
        message: String,
    },
    /// The film is rendered.
    Rendered {
        /// Where it is to be had; `None` where only the fallback is left.
        url: Option<String>,
    },
    /// The film lies beside its place, whole and durable.
    Fetched {
        /// The film.
        film: Film,
    },
    /// The fetched film is not there any more: it is fetched anew.
    FilmLost,
    /// The film has its name.
    Delivered {
        /// Where it lies below the outbox.
        path: RelPath,
    },
    /// Report, notes and archive are done.
    Tidied {
        /// Where the clip lies now, for people; `None` where it was left, deleted, or gone.
        clip_at: Option<String>,
        /// It was left where it was dropped: it is not to be taken again.
        left: bool,
    },
    /// A try failed and is repeated.
    Tried {
        /// Why.
        failure: Failure,
        /// Not again before this.
        until: Moment,
    },
    /// The job is parked.
    Waits {
        /// Why.
        failure: Failure,
        /// When it is looked at again; `None` where only a person ends it.
        until: Option<Moment>,
    },
    /// What it waited for is there, or a person said so.
    GoesOn,
    /// A person consents to pay for message `n` once more.
    Consent {
        /// The message's place.
        n: u16,
        /// How often they have consented, with this time: a repeated event is not a second consent.
        again: u16,
        /// The text that says so, where it was one: it is used up by this.
        text: Option<TextRef>,
    },
    /// It can't be done.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// The clip was taken away before anything was paid.
    Cancelled,
    /// A person gave it up.
    Withdrawn {
        /// As the note says it.
        failure: Failure,
    },
    /// A cancelled clip was dropped again, or a failed one was put back.
    Reopened {
        /// The clip as it is now.
        clip: Clip,
        /// The words as they are now.
        order: Order,
        /// What the film is made of now, where that is another thing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        work: Option<Work>,
        /// Of the clip's bytes, where they were read: it is a copy, that has another time and number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content: Option<ContentHash>,
    },
}

impl JobEvent {
    /// Whether nothing is lost if a power cut takes the event back: what follows from it is found out again, or done
    /// again for nothing. A session is opened anew; an export is asked for by its id, which is on disk before.
    pub const fn may_be_lost(&self) -> bool {
        match self {
            Self::SessionOpened { .. } | Self::Rendered { .. } => true,
            // An upload that was begun must be known: else it goes up twice into one session.
            Self::Started { step } => matches!(step.repeat(), Repeat::Safe) && !matches!(step, Step::Upload),
            _ => false,
        }
    }

    /// The event's stored name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Admitted { .. } => "admitted",
            Self::Rebound { .. } => "rebound",
            Self::Replaced { .. } => "replaced",
            Self::Refined { .. } => "refined",
            Self::Renamed { .. } => "renamed",
            Self::Unsettled => "unsettled",
            Self::Started { .. } => "started",
            Self::SessionOpened { .. } => "session_opened",
            Self::SessionJoined { .. } => "session_joined",
            Self::SessionLeft => "session_left",
            Self::Apart => "apart",
            Self::SessionDropped => "session_dropped",
            Self::TakenOver => "taken_over",
            Self::Uploaded { .. } => "uploaded",
            Self::PartUploaded { .. } => "part_uploaded",
            Self::Intent { .. } => "intent",
            Self::Refused { .. } => "refused",
            Self::Answered { .. } => "answered",
            Self::Observed { .. } => "observed",
            Self::Asked { .. } => "asked",
            Self::Replied { .. } => "replied",
            Self::SameAs { .. } => "same_as",
            Self::DraftRead { .. } => "draft_read",
            Self::ExportChosen { .. } => "export_chosen",
            Self::RenderFailed { .. } => "render_failed",
            Self::Rendered { .. } => "rendered",
            Self::Fetched { .. } => "fetched",
            Self::FilmLost => "film_lost",
            Self::Delivered { .. } => "delivered",
            Self::Tidied { .. } => "tidied",
            Self::Tried { .. } => "tried",
            Self::Waits { .. } => "waits",
            Self::GoesOn => "goes_on",
            Self::Consent { .. } => "consent",
            Self::Failed { .. } => "failed",
            Self::Cancelled => "cancelled",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Reopened { .. } => "reopened",
        }
    }
}
